//! What was reversed, settled anew and deducted before the disk was lost, or is since: presented in whatever order, it ends up as it
//! was.

use std::process::ExitCode;

use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::external_service_client::ExternalServiceClient;
use huitong_proto::settlement::v1::{
    DeductionStanding as Standing, ReversalReason as Reason, State,
};
use tonic::Status;

use super::{
    HOSPITAL, OFFICER, PERSON, Presented, became, lost, next, of, present, refused, release,
    settled,
};
use crate::bills::{at_home, card, dated, person, published, settle, visit};
use crate::by_hand::bill;
use crate::deductions::{listed, order};
use crate::externals::stay;
use crate::given_up_moved::moves;
use crate::patience::until;
use crate::typed::exits;
use crate::world::{CHENGDU, NINGBO, World, code};

/// The person's number in Ningbo.
const NEW_NUMBER: &str = "330200000000000009";

#[tokio::test(flavor = "multi_thread")]
async fn a_reversal_that_was_lost_is_booked_again_with_its_settlement_or_after_it() {
    let mut world = World::new().await;
    settled(&world, "r-0", "V0").await;
    let backup = tempfile::tempdir().unwrap();
    world.back_up(CHENGDU, backup.path()).await;
    let free = next(&world).await;
    let (one, standing) = settled(&world, "r-1", "V1").await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let reversed = hospital.reverse("x-1", "r-1", Reason::WrongBill).await;
    assert_eq!(reversed.unwrap().state(), State::Reversed);
    let taken_back = of(&world, &one).await;
    for first in [&taken_back, &standing] {
        lost(&mut world, &backup).await;
        for evidence in [first, &taken_back] {
            present(&world, HOSPITAL, evidence).await.unwrap();
        }
        let mut hospital = world.hospital(HOSPITAL).await;
        assert_eq!(hospital.get("r-1").await.unwrap().state(), State::Reversed);
        assert_eq!(next(&world).await.decision, free.decision);
        assert_eq!(became(&world, HOSPITAL, &standing).await, Presented::Known);
    }
}

/// A visit that was settled, reversed and settled anew: evidence of the first while it stood and after that, and of the second.
async fn corrected(world: &World) -> [Vec<u8>; 3] {
    let (one, standing) = settled(world, "r-1", "V1").await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let reversed = hospital.reverse("x-1", "r-1", Reason::Correction).await;
    assert_eq!(reversed.unwrap().state(), State::Reversed);
    let (two, anew) = settled(world, "r-2", "V1").await;
    assert_eq!(two.correction.unwrap().replaces, one.settlement);
    [standing, of(world, &one).await, anew]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_that_was_reversed_and_settled_anew_is_so_again_in_whatever_order_that_is_presented()
 {
    let mut world = World::new().await;
    settled(&world, "r-0", "V0").await;
    let backup = tempfile::tempdir().unwrap();
    world.back_up(CHENGDU, backup.path()).await;
    let evidence = corrected(&world).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let (as_it_was, last) = (next(&world).await, hospital.get("r-2").await.unwrap());
    let orders: [&[usize]; 6] = [
        &[1, 2],
        &[2, 1],
        &[0, 1, 2],
        &[0, 2, 1],
        &[2, 0, 1],
        &[2, 1, 0],
    ];
    for order in orders {
        lost(&mut world, &backup).await;
        let mut left: Vec<usize> = order.to_vec();
        for _ in order {
            let mut refused = Vec::new();
            for nth in left {
                if present(&world, HOSPITAL, &evidence[nth]).await.is_err() {
                    refused.push(nth);
                }
            }
            left = refused;
        }
        assert_eq!(left, [] as [usize; 0], "{order:?}");
        for is_derived_again in [false, true] {
            if is_derived_again {
                world.kill(CHENGDU).await;
                world.forget_index(CHENGDU);
                world.start(CHENGDU).await;
            }
            let mut hospital = world.hospital(HOSPITAL).await;
            let state = hospital.get("r-1").await.unwrap().state();
            assert_eq!(state, State::Reversed, "{order:?}");
            let again = hospital.get("r-2").await.unwrap();
            assert_eq!(
                (again.state(), &again.correction),
                (State::Settled, &last.correction)
            );
            assert_eq!(next(&world).await.decision, as_it_was.decision, "{order:?}");
            // The visit is taken, in both roles.
            let third = hospital.settle(settle("r-3", at_home("V1"))).await;
            let third = code(&third.unwrap_err());
            assert_eq!(third, "visit.already_settled", "{order:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_presents_once_more_what_another_file_was_in_the_way_of_and_names_what_stays_refused()
 {
    let mut world = World::new().await;
    let backup = tempfile::tempdir().unwrap();
    world.back_up(CHENGDU, backup.path()).await;
    let [standing, taken_back, anew] = corrected(&world).await;
    let (_, contradicted) = settled(&world, "r-9", "V9").await;
    lost(&mut world, &backup).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    hospital.cancel("r-9", PERSON).await.unwrap();
    let files: Vec<String> = [standing, anew, contradicted, taken_back]
        .iter()
        .zip(["standing", "anew", "contradicted", "taken-back"])
        .map(|(evidence, name)| {
            let file = backup.path().join(name);
            std::fs::write(&file, evidence).unwrap();
            file.display().to_string()
        })
        .collect();
    let mut args = vec!["present-evidence"];
    args.extend(files.iter().map(String::as_str));
    let (told, exit) = exits(&world, CHENGDU, &args).await;
    assert_eq!(
        format!("{exit:?}"),
        format!("{:?}", ExitCode::FAILURE),
        "{told}"
    );
    let [first, second, third, last] = &told.lines().collect::<Vec<_>>()[..] else {
        panic!("{told}");
    };
    for (line, file) in [(first, &files[0]), (second, &files[3]), (third, &files[1])] {
        assert!(
            line.starts_with(file) && line.contains("booked again"),
            "{told}"
        );
    }
    assert!(
        last.starts_with(&files[2]) && last.contains("evidence.contradicts"),
        "{told}"
    );
    let mut hospital = world.hospital(HOSPITAL).await;
    let states = [hospital.get("r-1").await, hospital.get("r-2").await];
    let states = states.map(|told| told.unwrap().state());
    assert_eq!(states, [State::Reversed, State::Settled]);
    // Without that file all is known, and it says so.
    args.remove(3);
    let (told, exit) = exits(&world, CHENGDU, &args).await;
    assert_eq!(
        format!("{exit:?}"),
        format!("{:?}", ExitCode::SUCCESS),
        "{told}"
    );
    assert_eq!(told.matches("known").count(), 3, "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_settled_anew_since_the_restore_is_in_place_of_what_was_reversed_before_the_loss()
{
    let mut world = World::new().await;
    let backup = tempfile::tempdir().unwrap();
    world.back_up(CHENGDU, backup.path()).await;
    let [_, taken_back, anew] = corrected(&world).await;
    lost(&mut world, &backup).await;
    let (three, _) = settled(&world, "r-3", "V1").await;
    assert_eq!(three.correction, None);
    assert_eq!(
        became(&world, HOSPITAL, &taken_back).await,
        Presented::Booked
    );
    let mut hospital = world.hospital(HOSPITAL).await;
    let one = hospital.get("r-1").await.unwrap();
    let correction = hospital.get("r-3").await.unwrap().correction.unwrap();
    assert_eq!(correction.replaces, one.settlement);
    assert_eq!((correction.refund_fen, correction.owed_fen), (0, 0));
    release(&world).await;
    // What was settled anew before the loss stands against it, until that is reversed; then it stands in place of the first one,
    // and not of the one that was reversed after it.
    assert_eq!(
        refused(&world, HOSPITAL, &anew).await,
        "visit.already_settled"
    );
    hospital
        .reverse("x-3", "r-3", Reason::Duplicate)
        .await
        .unwrap();
    assert_eq!(became(&world, HOSPITAL, &anew).await, Presented::Booked);
    release(&world).await;
    let two = hospital.get("r-2").await.unwrap();
    assert_eq!(two.correction.unwrap().replaces, one.settlement);
    // Whatever is settled next takes the place of what was reversed last.
    hospital
        .reverse("x-2", "r-2", Reason::WrongBill)
        .await
        .unwrap();
    let (four, _) = settled(&world, "r-4", "V1").await;
    assert_eq!(four.correction.unwrap().replaces, two.settlement);
}

/// What of the deductible is left to somebody who has moved to Ningbo.
async fn left_at_the_new_home(world: &World) -> i64 {
    let bill = v1::Bill {
        person: Some(person(NEW_NUMBER)),
        credential: Some(card("CD1")),
        ..dated(published("V8"), "2023-03-11", "2023-03-11")
    };
    let mut hospital = world.hospital(HOSPITAL).await;
    let asked = v1::EstimateRequest { bill: Some(bill) };
    let told = hospital.client.estimate(asked).await.unwrap().into_inner();
    told.decision.unwrap().layers[0].start_fen
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_home_that_was_handed_over_to_since_is_told_what_had_been_reversed() {
    let mut world = World::new().await;
    let (one, _) = settled(&world, "r-1", "V1").await;
    let backup = tempfile::tempdir().unwrap();
    world.back_up(CHENGDU, backup.path()).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let reversed = hospital.reverse("x-1", "r-1", Reason::WrongBill).await;
    assert_eq!(reversed.unwrap().state(), State::Reversed);
    let taken_back = of(&world, &one).await;
    lost(&mut world, &backup).await;
    let scheme = (v1::Scheme::Resident, "adult");
    moves(
        &mut world,
        (PERSON, CHENGDU),
        (NEW_NUMBER, NINGBO),
        "CD1",
        scheme,
    )
    .await;
    assert_eq!(left_at_the_new_home(&world).await, 0);
    for became_of_it in [Presented::Booked, Presented::Known] {
        assert_eq!(became(&world, HOSPITAL, &taken_back).await, became_of_it);
        until(async || match left_at_the_new_home(&world).await {
            120_000 => Ok(()),
            other => Err(other),
        })
        .await;
    }
    let mut hospital = world.hospital(HOSPITAL).await;
    assert_eq!(hospital.get("r-1").await.unwrap().state(), State::Reversed);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_deducted_since_of_a_settlement_that_had_been_reversed_ends_with_it() {
    let mut world = World::new().await;
    let backup = tempfile::tempdir().unwrap();
    world.back_up(CHENGDU, backup.path()).await;
    let [standing, taken_back, _] = corrected(&world).await;
    lost(&mut world, &backup).await;
    assert_eq!(became(&world, HOSPITAL, &standing).await, Presented::Booked);
    let mut hospital = world.hospital(HOSPITAL).await;
    let one = hospital.get("r-1").await.unwrap().settlement;
    order(&world, "d-1", &one, 100).await.unwrap();
    let stand = async |world: &World| -> Vec<Standing> {
        let listed = listed(world, OFFICER).await;
        listed.iter().map(|it| it.standing()).collect()
    };
    assert_eq!(stand(&world).await, [Standing::Stands]);
    assert_eq!(
        became(&world, HOSPITAL, &taken_back).await,
        Presented::Booked
    );
    assert_eq!(stand(&world).await, [Standing::Lifted]);
    let refused = order(&world, "d-2", &one, 100).await.unwrap_err();
    assert_eq!(code(&refused), "reversal.already_reversed");
}

/// How a visit may be settled without its hospital.
#[derive(Debug, Clone, Copy)]
enum Elsewhere {
    Outside,
    ByHand,
}

impl Elsewhere {
    /// Settles V1 so, and under which id it stands.
    async fn settles(self, world: &World, id: &str) -> Result<String, Status> {
        let psn_no = PERSON.to_owned();
        if let Self::ByHand = self {
            let request = v1::SettleByHandRequest {
                psn_no,
                ..bill(id, "V1")
            };
            let settled = world.officer(CHENGDU).await.settle_by_hand(request).await?;
            return Ok(settled.into_inner().settlement);
        }
        let settlement = v1::ExternalSettlement {
            psn_no,
            institution: "H51010400001".to_owned(),
            visit: Some(visit("V1")),
            ..stay(id, "V1")
        };
        let request = v1::RecordExternalRequest {
            settlement: Some(settlement),
        };
        let mut desk = ExternalServiceClient::new(world.caller(OFFICER, CHENGDU).await);
        let recorded = desk.record(request).await?.into_inner();
        Ok(recorded.recorded.unwrap().stands_as)
    }

    /// Nobody settles V1 any more, in whatever way.
    async fn stands(self, world: &World, stands: &str, attempt: &str) {
        let mut hospital = world.hospital(HOSPITAL).await;
        let direct = hospital.settle(settle(attempt, at_home("V1"))).await;
        let refusal = direct.unwrap().refusal.unwrap();
        assert_eq!(
            (&*refusal.code, &*refusal.detail),
            ("visit.already_settled", stands),
            "{self:?}"
        );
        for second in [Self::Outside, Self::ByHand] {
            let refused = second.settles(world, attempt).await.unwrap_err();
            assert_eq!(
                code(&refused),
                "visit.already_settled",
                "{self:?}, {second:?}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_that_stands_from_outside_or_by_hand_is_not_freed_by_what_had_been_reversed() {
    let mut world = World::new().await;
    let backup = tempfile::tempdir().unwrap();
    world.back_up(CHENGDU, backup.path()).await;
    let (one, _) = settled(&world, "r-1", "V1").await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let reversed = hospital.reverse("x-1", "r-1", Reason::WrongBill).await;
    assert_eq!(reversed.unwrap().state(), State::Reversed);
    let taken_back = of(&world, &one).await;
    for elsewhere in [Elsewhere::Outside, Elsewhere::ByHand] {
        lost(&mut world, &backup).await;
        let stands = elsewhere.settles(&world, "e-1").await.unwrap();
        assert_eq!(
            became(&world, HOSPITAL, &taken_back).await,
            Presented::Booked
        );
        release(&world).await;
        elsewhere.stands(&world, &stands, "e-2").await;
        world.kill(CHENGDU).await;
        world.forget_index(CHENGDU);
        world.start(CHENGDU).await;
        elsewhere.stands(&world, &stands, "e-3").await;
    }
}
