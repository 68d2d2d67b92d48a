//! Evidence of what was provisional: marked, to the fen, and proven by the snapshot that the home region had signed.

use huitong_core::canonical::Artifact;
use huitong_core::evidence::{Became, ProvisionalEvidence};
use huitong_core::money::Fen;
use huitong_core::provisional::TrueUp;
use huitong_node::evidence::{Checked, CheckedProof, CheckedRefusal, check};
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::State;
use huitong_proto::settlement::v1::change_person_request::Change;

use crate::bills::small;
use crate::filings::change;
use crate::final_refusals::{OFFICER_AT_HOME, ask, of_settlement, today};
use crate::provisional::{allowed, emergency, given_while_away, trued_up};
use crate::provisional_shown::told_900;
use crate::relay::Commits;
use crate::world::{CHENGDU, HOSPITAL, NINGBO, World};

fn fen(fen: i64) -> Fen {
    Fen::new(fen).unwrap()
}

fn of_settled(world: &World, bytes: &[u8]) -> Became {
    match check(bytes, &world.trust).unwrap() {
        CheckedProof::Settlement(Checked { became, .. }) => became.unwrap(),
        other @ (CheckedProof::Refusal(_) | CheckedProof::Deduction(_)) => panic!("{other:?}"),
    }
}

/// What became of a refused one, and whether the claim is shown.
fn of_refused(world: &World, bytes: &[u8]) -> (Became, bool) {
    match check(bytes, &world.trust).unwrap() {
        CheckedProof::Refusal(CheckedRefusal {
            became, evidence, ..
        }) => (became.unwrap(), evidence.claim.is_some()),
        other @ (CheckedProof::Settlement(_) | CheckedProof::Deduction(_)) => panic!("{other:?}"),
    }
}

type Meddling = (&'static str, fn(&mut Became), &'static str);

#[tokio::test(flavor = "multi_thread")]
async fn evidence_of_what_was_provisional_says_what_the_patient_paid_and_proves_what_was_told() {
    let mut world = allowed(World::new().await).await;
    today(&world, 0);
    let (_, settled) = told_900(&mut world, Some("x-0")).await;
    let own = of_settlement(&settled.settlement, "");
    let there = ask(&world, HOSPITAL, CHENGDU, own).await.unwrap();
    let became = of_settled(&world, &there);
    let expected = TrueUp::of(fen(90_000), fen(174_000), fen(50_000));
    assert_eq!(became.true_up, expected);
    let given = became.given.unwrap();
    assert_eq!(given.provisional.advanced, fen(210_000));
    // The home region tells the same, and has nothing that proves what was told.
    let at_home = of_settlement(&settled.settlement, CHENGDU);
    let at_home = ask(&world, OFFICER_AT_HOME, NINGBO, at_home).await.unwrap();
    let at_home = of_settled(&world, &at_home);
    assert_eq!((at_home.true_up, at_home.given), (expected, None));

    let honest = ProvisionalEvidence::from_bytes(&there).unwrap();
    let follows = "does not follow from what was told and decided";
    let signed = "does not follow from the snapshot that was signed";
    let meddled: [Meddling; 6] = [
        (
            "what was told",
            |it| it.true_up = TrueUp::of(fen(80_000), fen(174_000), fen(50_000)),
            follows,
        ),
        (
            "what is given back",
            |it| it.true_up.refund = fen(1),
            follows,
        ),
        (
            "what the home region bears",
            |it| it.true_up = TrueUp::of(fen(90_000), fen(174_000), fen(60_000)),
            follows,
        ),
        (
            "what was decided then",
            |it| it.given.as_mut().unwrap().provisional.decision.cash = fen(1),
            signed,
        ),
        (
            "when it was given",
            |it| {
                let given = &mut it.given.as_mut().unwrap().provisional;
                given.at = given.signed.body.signed_at.plus_millis(1 << 40).unwrap();
            },
            signed,
        ),
        (
            "the snapshot",
            |it| {
                let given = &mut it.given.as_mut().unwrap().provisional;
                given.signed.group.signature[0] ^= 1;
            },
            "signature does not belong",
        ),
    ];
    for (what, meddle, expected) in meddled {
        let mut other = honest.clone();
        meddle(&mut other.became);
        let told = check(&other.to_bytes(), &world.trust).unwrap_err();
        assert!(told.to_string().contains(expected), "{what}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn evidence_of_what_the_treatment_region_bears_says_so() {
    let mut world = allowed(World::relayed().await).await;
    today(&world, 0);
    let mut hospital = world.hospital(HOSPITAL).await;
    let given = given_while_away(&mut world, &mut hospital, emergency(small("V1"))).await;
    let told = given.provisional.unwrap();
    world.start(NINGBO).await;
    let lapse = Change::Lapse(v1::EndCover {
        from: "2023-02-01".to_owned(),
    });
    let person = "330200000000000001";
    change(&world, "m-1", person, lapse).await.unwrap();
    world.commits(Commits::Pass);
    let borne = trued_up(&mut hospital, "r-1").await;
    assert_eq!(borne.state(), State::Borne);
    let own = of_settlement(&given.settlement, "");
    let bytes = ask(&world, HOSPITAL, CHENGDU, own).await.unwrap();
    let (became, shows_claim) = of_refused(&world, &bytes);
    let expected = TrueUp::refused(fen(told.cash_told_fen), fen(told.advanced_fen));
    assert_eq!((became.true_up, shows_claim), (expected, true));
    assert!(became.given.is_some());

    // As it is written where the policy or the certificate of then is gone: the amounts alone, which still fit together.
    let mut alone = ProvisionalEvidence::from_bytes(&bytes).unwrap();
    alone.became.given = None;
    let (became, _) = of_refused(&world, &alone.to_bytes());
    assert_eq!((became.true_up, became.given), (expected, None));
    alone.became.true_up.refund = fen(1);
    let told = check(&alone.to_bytes(), &world.trust).unwrap_err();
    let follows = "does not follow from what was told and decided";
    assert!(told.to_string().contains(follows), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn evidence_of_what_is_borne_holds_where_the_home_region_only_buried_the_id() {
    let mut world = allowed(World::relayed().await).await;
    today(&world, 0);
    let mut hospital = world.hospital(HOSPITAL).await;
    let given = given_while_away(&mut world, &mut hospital, emergency(small("V1"))).await;
    let told = given.provisional.unwrap();
    world.start(NINGBO).await;
    // The home answers that the person has moved on, so the treatment region has it bury the id.
    world.commits(Commits::Moved);
    let borne = trued_up(&mut hospital, "r-1").await;
    assert_eq!(borne.state(), State::Borne);
    let own = of_settlement(&given.settlement, "");
    let bytes = ask(&world, HOSPITAL, CHENGDU, own).await.unwrap();
    let (became, shows_claim) = of_refused(&world, &bytes);
    let expected = TrueUp::refused(fen(told.cash_told_fen), fen(told.advanced_fen));
    assert_eq!((became.true_up, shows_claim), (expected, false));
    assert_eq!(became.given, None);
}
