//! What a region may report, and what becomes of everything else.

use huitong_proto::clearing::v1;

use crate::world::{
    CHENGDU, Clearing, NINGBO, World, debt, held, payable, receivable, refusal, report,
};

fn pair(code: &str, detail: &str) -> (String, String) {
    (code.to_owned(), detail.to_owned())
}

#[tokio::test]
async fn only_the_next_number_is_taken_and_a_resend_is_acknowledged() {
    let world = World::begin().await;
    let mut chengdu = world.region(CHENGDU).await;
    let leg = |number: u8| receivable(number.into(), &debt(number, 1_000));
    assert_eq!(held(&mut chengdu).await, 0);
    let refused = refusal(report(&mut chengdu, vec![leg(2)]).await);
    assert_eq!(refused, pair("stream.gap", "expected number 1, found 2"));
    assert_eq!(report(&mut chengdu, vec![leg(1), leg(2)]).await.unwrap(), 2);
    assert_eq!(report(&mut chengdu, vec![leg(2)]).await.unwrap(), 2);
    assert_eq!(report(&mut chengdu, vec![leg(2), leg(3)]).await.unwrap(), 3);
    let refused = refusal(report(&mut chengdu, vec![leg(5)]).await);
    assert_eq!(refused, pair("stream.gap", "expected number 4, found 5"));
    assert_eq!(held(&mut chengdu).await, 3);
    assert_eq!(
        held(&mut world.region(NINGBO).await).await,
        0,
        "each region has its own stream"
    );
}

#[tokio::test]
async fn a_number_with_other_content_halts_the_stream_until_an_officer_releases_it() {
    let world = World::begin().await;
    let mut chengdu = world.region(CHENGDU).await;
    report(&mut chengdu, vec![receivable(1, &debt(1, 1_000))])
        .await
        .unwrap();
    let refused = report(&mut chengdu, vec![receivable(1, &debt(1, 999))]).await;
    assert_eq!(refusal(refused), pair("stream.conflict", "at number 1"));
    let refused = report(&mut chengdu, vec![receivable(2, &debt(2, 5))]).await;
    assert_eq!(refusal(refused), pair("stream.halted", "at number 1"));

    let mut officer = world.officer().await;
    let halted = crate::world::status(&mut officer, "").await.regions;
    assert_eq!(
        halted
            .iter()
            .map(|region| region.halted_at)
            .collect::<Vec<_>>(),
        [0, 1]
    );
    let release = v1::ReleaseStreamRequest {
        region: CHENGDU.to_owned(),
    };
    assert_eq!(
        officer
            .release_stream(release)
            .await
            .unwrap()
            .into_inner()
            .held,
        1
    );
    assert_eq!(
        report(&mut chengdu, vec![receivable(2, &debt(2, 5))])
            .await
            .unwrap(),
        2
    );
}

#[tokio::test]
async fn a_region_reports_only_its_own_side_of_debts_with_regions_of_the_directory() {
    let world = World::begin().await;
    let mut ningbo = world.region(NINGBO).await;
    let mut chengdu = world.region(CHENGDU).await;
    let leg = debt(1, 1_000);
    let refused = rejected(&mut ningbo, vec![receivable(1, &leg)]).await;
    let expected = pair("leg.other_region", "number 1: region 510100");
    assert_eq!(refused, (0, 1, expected));
    let refused = rejected(&mut chengdu, vec![payable(1, &leg)]).await;
    let expected = pair("leg.other_region", "number 1: region 330200");
    assert_eq!(refused, (0, 1, expected));
    let mut own = leg.clone();
    own.debtor = own.creditor;
    let refused = rejected(&mut chengdu, vec![receivable(1, &own)]).await;
    assert_eq!(refused, (0, 1, pair("leg.same_region", "number 1")));
    // One with a region that is not in the directory is held, and waits for it.
    let mut stranger = leg;
    stranger.debtor = crate::world::GUANGZHOU.parse().unwrap();
    assert_eq!(
        report(&mut chengdu, vec![receivable(1, &stranger)])
            .await
            .unwrap(),
        1
    );

    // A region with a good certificate that is not in the directory.
    let mut guangzhou = world.region(crate::world::GUANGZHOU).await;
    let position = guangzhou
        .stream_position(v1::StreamPositionRequest { incarnation: 1 })
        .await;
    assert_eq!(refusal(position), pair("stream.unknown_region", "440100"));
    assert_eq!((held(&mut ningbo).await, held(&mut chengdu).await), (0, 1));
}

/// How far a report is held, and the first leg that is not taken: its number, code and detail.
async fn rejected(region: &mut Clearing, legs: Vec<v1::Leg>) -> (u64, u64, (String, String)) {
    let request = v1::ReportLegsRequest {
        legs,
        incarnation: 1,
        ..v1::ReportLegsRequest::default()
    };
    let answer = region.report_legs(request).await.unwrap().into_inner();
    let rejected = answer.rejected.unwrap();
    let refusal = rejected.refusal.unwrap();
    (answer.held, rejected.number, (refusal.code, refusal.detail))
}

/// What is done to a good leg.
type Change = fn(&mut v1::Leg);

#[tokio::test]
async fn a_malformed_leg_is_named_with_the_path_of_its_field_and_what_came_before_it_is_taken() {
    let world = World::begin().await;
    let mut chengdu = world.region(CHENGDU).await;
    let changes: [(&str, Change); 8] = [
        ("legs[1].number", |leg| leg.number = 0),
        ("legs[1].side", |leg| leg.side = 0),
        ("legs[1].settlement", |leg| leg.settlement = "stl_1".into()),
        ("legs[1].debtor", |leg| leg.debtor = "".into()),
        ("legs[1].fund", |leg| leg.fund = 99),
        ("legs[1].amount_fen", |leg| leg.amount_fen = 0),
        ("legs[1].business_day", |leg| {
            leg.business_day = "2026-02-30".into()
        }),
        ("legs[1].receipt", |leg| leg.receipt = (&[7; 31][..]).into()),
    ];
    for (path, change) in changes {
        let mut wrong = receivable(2, &debt(2, 5));
        change(&mut wrong);
        let number = wrong.number;
        let (held, of, (code, detail)) =
            rejected(&mut chengdu, vec![receivable(1, &debt(1, 5)), wrong]).await;
        assert_eq!((held, of, code.as_str()), (1, number, "request.malformed"));
        assert!(detail.starts_with(path), "{path}: {detail}");
    }
    let many = (1..=8_193)
        .map(|number| receivable(number, &debt(1, 5)))
        .collect();
    let refused = report(&mut chengdu, many).await;
    assert_eq!(
        refusal(refused),
        pair("request.malformed", "legs: at most 8192 in one report")
    );
    assert_eq!(held(&mut chengdu).await, 1, "what came before it is taken");
}

/// A deduction goes with the settlement that its debtor named; what cannot be read beside a leg hinders no leg.
#[tokio::test]
async fn a_deduction_whose_settlement_waits_waits_and_what_cannot_be_read_says_nothing() {
    let world = World::begin().await;
    let (mut ningbo, mut chengdu) = (world.region(NINGBO).await, world.region(CHENGDU).await);
    let settled = debt(1, 500);
    // Chengdu owes it back: as from Ningbo's eyes it is a payable the other way round.
    let deducted = |id: u8| {
        let mut leg = debt(id, 40);
        leg.kind = huitong_core::leg::LegKind::Deduction;
        std::mem::swap(&mut leg.debtor, &mut leg.creditor);
        leg
    };
    let word = |number, settlement: String| v1::DeductionOf { number, settlement };
    let request = v1::ReportLegsRequest {
        legs: vec![
            receivable(1, &settled),
            payable(2, &deducted(2)),
            payable(3, &deducted(3)),
        ],
        incarnation: 1,
        deductions: vec![
            word(2, settled.settlement.to_string()),
            word(3, "stl_1".to_owned()),
            word(9, settled.settlement.to_string()),
        ],
    };
    let answer = chengdu.report_legs(request).await.unwrap().into_inner();
    assert_eq!((answer.held, answer.rejected), (3, None));
    let of_ningbo = vec![receivable(1, &deducted(2)), receivable(2, &deducted(3))];
    assert_eq!(report(&mut ningbo, of_ningbo).await.unwrap(), 2);
    let mut officer = world.officer().await;
    let status = crate::world::status(&mut officer, "").await;
    assert_eq!((status.agreed_legs, status.waiting_legs), (1, 2));
    let waiting = status.oldest_waiting.iter();
    let mut why: Vec<_> = waiting.map(v1::WaitingLeg::reason).collect();
    why.sort();
    let reasons = [
        v1::WaitingReason::CounterpartMissing,
        v1::WaitingReason::OriginalNotNetted,
    ];
    assert_eq!(why, reasons);
    assert_eq!(
        report(&mut ningbo, vec![payable(3, &settled)])
            .await
            .unwrap(),
        3
    );
    let status = crate::world::status(&mut officer, "").await;
    assert_eq!((status.agreed_legs, status.waiting_legs), (3, 0));
    let many = v1::ReportLegsRequest {
        incarnation: 1,
        deductions: vec![word(4, settled.settlement.to_string()); 8_193],
        ..v1::ReportLegsRequest::default()
    };
    let refused = refusal(chengdu.report_legs(many).await);
    let detail = "deductions: at most 8192 in one report";
    assert_eq!(refused, pair("request.malformed", detail));
}

#[tokio::test]
async fn a_full_report_is_taken_at_once_and_many_reporters_are_served_together() {
    let world = World::begin().await;
    let (mut ningbo, mut chengdu) = (world.region(NINGBO).await, world.region(CHENGDU).await);
    let leg = |number: u64| {
        let mut leg = debt(1, 5);
        let serial = number.to_be_bytes();
        let mut random = [0; 10];
        random[..8].copy_from_slice(&serial);
        leg.settlement = huitong_core::id::SettlementId::from_parts(0, random);
        leg
    };
    let full = (1..=8_192)
        .map(|number| receivable(number, &leg(number)))
        .collect();
    let trickle = async {
        for number in 1..=64 {
            let sent = report(&mut ningbo, vec![payable(number, &leg(number))]).await;
            assert_eq!(sent.unwrap(), number);
        }
    };
    let (held, ()) = tokio::join!(report(&mut chengdu, full), trickle);
    assert_eq!(held.unwrap(), 8_192);
    let status = crate::world::status(&mut world.officer().await, "").await;
    assert_eq!((status.agreed_legs, status.waiting_legs), (64, 8_192 - 64));
    assert_eq!(status.oldest_waiting.len(), 100);
}
