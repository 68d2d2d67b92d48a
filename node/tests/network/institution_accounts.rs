//! An institution's own accounts: its days, and its lines of them, against the node's book.

use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::institution_account_service_client::InstitutionAccountServiceClient;
use huitong_proto::settlement::v1::{
    AccountBooked as Of, LineFinding as Finding, ReconciledStanding as Standing, ReversalReason,
};
use tonic::Status;
use tonic::transport::Channel;

use crate::bills::{at_home, published, settle, small};
use crate::provisional::{allowed, emergency, estimate, outcome};
use crate::relay::Commits;
use crate::world::{CHENGDU, HOSPITAL, NINGBO, OTHER_HOSPITAL, World, code};

pub const OFFICER: &str = "/region/510100/officer/li.wei";
pub const MONTH: &str = "2023-03";

pub async fn desk(world: &World, party: &str) -> InstitutionAccountServiceClient<Channel> {
    InstitutionAccountServiceClient::new(world.caller(party, CHENGDU).await)
}

/// Two of the published bills and one of the own region are settled; the second is reversed on the same day.
pub async fn a_day(world: &World) -> String {
    let mut hospital = world.hospital(HOSPITAL).await;
    let stands = hospital.settle(settle("r-1", published("V1"))).await;
    hospital.settle(settle("r-2", small("V2"))).await.unwrap();
    hospital.settle(settle("r-3", at_home("V3"))).await.unwrap();
    hospital
        .reverse("x-1", "r-2", ReversalReason::WrongBill)
        .await
        .unwrap();
    stands.unwrap().settlement
}

/// The day on which the world's clock stands.
fn today(world: &World) -> String {
    let now = huitong_node::clock::Clock::now(&*world.clock);
    now.business_day_shanghai().to_string()
}

pub fn span(world: &World) -> Option<v1::AccountSpan> {
    let day = today(world);
    Some(v1::AccountSpan {
        from: day.clone(),
        to: day,
    })
}

async fn reconcile(
    world: &World,
    settled: v1::AccountSums,
    reversed: v1::AccountSums,
) -> v1::ReconcileResponse {
    let request = v1::ReconcileRequest {
        span: span(world),
        setting: 0,
        settled: Some(settled),
        reversed: Some(reversed),
    };
    let answer = desk(world, HOSPITAL).await.reconcile(request).await;
    answer.unwrap().into_inner()
}

fn nothing() -> v1::AccountSums {
    v1::AccountSums {
        count: 0,
        amounts: Some(v1::AccountAmounts::default()),
    }
}

async fn reconciled(world: &World, party: &str) -> Vec<v1::ReconciledDay> {
    let request = v1::ListReconciledRequest {
        day: today(world),
        ..v1::ListReconciledRequest::default()
    };
    let answer = desk(world, party).await.list_reconciled(request).await;
    answer.unwrap().into_inner().days
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_equal_or_both_values_of_each_figure_are_told_and_who_reconciled_is_seen() {
    let mut world = World::new().await;
    assert_eq!(reconciled(&world, OFFICER).await, []);
    a_day(&world).await;
    // The bureau sees that the day waits, and nobody else sees it but the institution.
    let [missing] = &reconciled(&world, OFFICER).await[..] else {
        panic!("one institution")
    };
    assert_eq!(missing.standing(), Standing::Missing);
    assert_eq!((missing.settled, missing.reversed), (3, 1));
    assert_eq!(reconciled(&world, OTHER_HOSPITAL).await, []);

    let told = reconcile(&world, nothing(), nothing()).await;
    let (settled, reversed) = (told.settled.unwrap(), told.reversed.unwrap());
    assert_eq!((settled.count, reversed.count), (3, 1));
    let of_all = settled.amounts.unwrap();
    assert_eq!(of_all.total_fen, 2_200_000 + 300_000 + 2_200_000);
    // Nobody else pays anything of these bills.
    let paid = of_all.funds_fen + of_all.accounts_fen + of_all.cash_fen;
    assert_eq!(paid, of_all.total_fen);
    assert_eq!(reversed.amounts.unwrap().total_fen, 300_000);
    let count = &told.differences[0];
    assert_eq!((count.institution, count.node), (0, 3));
    let [differs] = &reconciled(&world, HOSPITAL).await[..] else {
        panic!("one day")
    };
    assert_eq!(differs.standing(), Standing::Differs);

    let equal = reconcile(&world, settled, reversed).await;
    assert_eq!(equal.differences, []);
    let [equal] = &reconciled(&world, OFFICER).await[..] else {
        panic!("one institution")
    };
    assert_eq!(equal.standing(), Standing::Equal);
    assert_eq!((equal.stated_settled, equal.stated_reversed), (3, 1));

    // What comes later changes it; and it is all there again from the journal alone.
    let mut hospital = world.hospital(HOSPITAL).await;
    hospital
        .reverse("x-2", "r-1", ReversalReason::WrongBill)
        .await
        .unwrap();
    let changed = reconciled(&world, OFFICER).await;
    assert_eq!(changed[0].standing(), Standing::ChangedSince);
    world.kill(CHENGDU).await;
    world.forget_index(CHENGDU);
    world.start(CHENGDU).await;
    assert_eq!(reconciled(&world, OFFICER).await, changed);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_kind_of_care_is_reconciled_apart_from_the_others() {
    let world = World::new().await;
    a_day(&world).await;
    let ask = |setting: v1::Setting| v1::ReconcileRequest {
        span: span(&world),
        setting: setting.into(),
        settled: Some(nothing()),
        reversed: Some(nothing()),
    };
    let mut hospital = desk(&world, HOSPITAL).await;
    let outpatient = hospital.reconcile(ask(v1::Setting::Outpatient)).await;
    assert_eq!(outpatient.unwrap().into_inner().differences, []);
    // One kind that was reconciled says nothing of another one.
    let seen: Vec<(i32, Standing)> = reconciled(&world, OFFICER)
        .await
        .iter()
        .map(|day| (day.setting, day.standing()))
        .collect();
    let inpatient = v1::Setting::Inpatient.into();
    assert!(seen.contains(&(inpatient, Standing::Missing)), "{seen:?}");
    let inpatient = hospital.reconcile(ask(v1::Setting::Inpatient)).await;
    assert_eq!(inpatient.unwrap().into_inner().settled.unwrap().count, 3);
    let seen: Vec<(i32, Standing)> = reconciled(&world, HOSPITAL)
        .await
        .iter()
        .map(|day| (day.setting, day.standing()))
        .collect();
    assert_eq!(
        seen,
        [
            (v1::Setting::Inpatient.into(), Standing::Differs),
            (v1::Setting::Outpatient.into(), Standing::Equal),
        ]
    );
}

/// Lines of the day: those after an id, up to another.
pub fn ask(
    world: &World,
    lines: Vec<v1::AccountLine>,
    (after, up_to): (&str, &str),
) -> v1::CompareLinesRequest {
    v1::CompareLinesRequest {
        span: span(world),
        setting: 0,
        after: after.to_owned(),
        up_to: up_to.to_owned(),
        lines,
    }
}

pub async fn compare(
    world: &World,
    request: v1::CompareLinesRequest,
) -> Result<Vec<v1::FoundLine>, Status> {
    let answer = desk(world, HOSPITAL).await.compare_lines(request).await?;
    let answer = answer.into_inner();
    assert_eq!(answer.answered_to, "");
    Ok(answer.found)
}

pub fn own(request: &str, of: Of, amounts: Option<v1::AccountAmounts>) -> v1::AccountLine {
    v1::AccountLine {
        request_id: request.to_owned(),
        of: of.into(),
        amounts,
    }
}

pub fn findings(found: &[v1::FoundLine]) -> Vec<(&str, Of, Finding)> {
    let found = found.iter();
    found
        .map(|found| (&*found.request_id, found.of(), found.finding()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_line_that_differs_is_named_with_what_it_is() {
    let mut world = World::new().await;
    a_day(&world).await;
    world.kill(NINGBO).await;
    // Refused before anything left: nothing is known of it here.
    let mut hospital = world.hospital(HOSPITAL).await;
    let refused = hospital.settle(settle("r-4", published("V4"))).await;
    refused.unwrap_err();
    let node = compare(&world, ask(&world, Vec::new(), ("", ""))).await;
    let node = node.unwrap();
    let (settled, reversed) = (Of::Settlement, Of::Reversal);
    assert_eq!(
        findings(&node),
        [
            ("r-1", settled, Finding::OnlyAtNode),
            ("r-2", settled, Finding::OnlyAtNode),
            ("r-2", reversed, Finding::ReversedAtNode),
            ("r-3", settled, Finding::OnlyAtNode),
        ]
    );
    let wrong = v1::AccountAmounts {
        cash_fen: 1,
        ..node[3].node.unwrap()
    };
    let lines = vec![
        own("r-1", settled, node[0].node),
        own("r-2", settled, node[1].node),
        own("r-3", settled, Some(wrong)),
        own("r-4", settled, Some(wrong)),
    ];
    let told = compare(&world, ask(&world, lines, ("", ""))).await.unwrap();
    assert_eq!(
        findings(&told),
        [
            ("r-2", reversed, Finding::ReversedAtNode),
            ("r-3", settled, Finding::AmountsDiffer),
            ("r-4", settled, Finding::OnlyAtInstitution),
        ]
    );
    let [cash] = &told[1].differences[..] else {
        panic!("one figure")
    };
    let of = (cash.institution, cash.figure());
    assert_eq!(of, (1, v1::AccountFigure::Cash));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_settled_provisionally_and_taken_back_is_told_as_that() {
    let mut world = allowed(World::relayed().await).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    estimate(&mut hospital, emergency(small("V1"))).await;
    world.stop(NINGBO).await;
    let given = settle("r-1", emergency(small("V1")));
    hospital.settle(given).await.unwrap();
    let reason = ReversalReason::WrongBill;
    let wished = hospital.reverse("x-1", "r-1", reason).await;
    assert_eq!(code(&wished.unwrap_err()), "outcome.unknown");
    world.commits(Commits::Lost);
    world.start(NINGBO).await;
    let back = outcome(&mut hospital, "x-1").await;
    assert_eq!(back, Ok(v1::State::Abandoned));
    let line = own("r-1", Of::Settlement, Some(v1::AccountAmounts::default()));
    let told = compare(&world, ask(&world, vec![line], ("", ""))).await;
    let back = ("r-1", Of::Settlement, Finding::TakenBack);
    assert_eq!(findings(&told.unwrap()), [back]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_of_the_lines_is_about_its_ids_and_its_days_alone() {
    let world = World::new().await;
    a_day(&world).await;
    let node = compare(&world, ask(&world, Vec::new(), ("", ""))).await;
    let first = own("r-1", Of::Settlement, node.unwrap()[0].node);
    let lines = || vec![first.clone()];
    let part = compare(&world, ask(&world, lines(), ("", "r-1"))).await;
    assert_eq!(part.unwrap(), []);
    let outside = compare(&world, ask(&world, lines(), ("r-1", ""))).await;
    assert_eq!(code(&outside.unwrap_err()), "request.malformed");
    let twice = vec![first.clone(), first.clone()];
    let twice = compare(&world, ask(&world, twice, ("", ""))).await;
    assert_eq!(code(&twice.unwrap_err()), "request.malformed");
    let days = |from: &str, to: &str| v1::CompareLinesRequest {
        span: Some(v1::AccountSpan {
            from: from.to_owned(),
            to: to.to_owned(),
        }),
        ..ask(&world, lines(), ("", ""))
    };
    let elsewhere = compare(&world, days("2023-01-01", "2023-01-31")).await;
    assert_eq!(elsewhere.unwrap()[0].finding(), Finding::Elsewhere);
    let too_long = compare(&world, days("2023-01-01", "2023-02-01")).await;
    assert_eq!(code(&too_long.unwrap_err()), "request.malformed");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_call_about_accounts_is_heard_from_those_in_the_table_alone() {
    let world = World::new().await;
    let node = "/region/330200/node";
    for party in [node, HOSPITAL, OFFICER] {
        let (institution, officer) = (party == HOSPITAL, party == OFFICER);
        let mut desk = desk(&world, party).await;
        let is_heard = |answer: Result<(), Status>| !matches!(answer, Err(status) if code(&status) == "transport.not_allowed");
        let heard = [
            is_heard(
                desk.reconcile(v1::ReconcileRequest::default())
                    .await
                    .map(drop),
            ),
            is_heard(
                desk.compare_lines(v1::CompareLinesRequest::default())
                    .await
                    .map(drop),
            ),
            is_heard(
                desk.compare_by_settlement(v1::CompareBySettlementRequest::default())
                    .await
                    .map(drop),
            ),
            is_heard(
                desk.confirm_month(v1::ConfirmMonthRequest::default())
                    .await
                    .map(drop),
            ),
            is_heard(
                desk.roll_back_month(v1::RollBackMonthRequest::default())
                    .await
                    .map(drop),
            ),
        ];
        assert_eq!(heard, [institution; 5], "{party}");
        let heard = [
            is_heard(
                desk.list_reconciled(v1::ListReconciledRequest::default())
                    .await
                    .map(drop),
            ),
            is_heard(
                desk.list_month(v1::ListMonthRequest::default())
                    .await
                    .map(drop),
            ),
            is_heard(
                desk.month_status(v1::MonthStatusRequest::default())
                    .await
                    .map(drop),
            ),
        ];
        assert_eq!(heard, [institution || officer; 3], "{party}");
        let set = desk.set_month(v1::SetMonthRequest::default()).await;
        assert_eq!(is_heard(set.map(drop)), officer, "{party}");
    }
    // An institution that names another one is refused.
    let request = v1::MonthStatusRequest {
        month: MONTH.to_owned(),
        institution: "H51010400002".to_owned(),
        after: String::new(),
    };
    let other = desk(&world, HOSPITAL).await.month_status(request).await;
    assert_eq!(code(&other.unwrap_err()), "identity.mismatch");
}
