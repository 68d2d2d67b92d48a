//! Disputes over real processes: two regions settle one among themselves and one by the operator's officers, over kills;
//! both correct what came of it, the next cycle nets it to zero, and the file proves it to who has only the root.

use std::collections::BTreeMap;
use std::path::Path;

use huitong_certs::Identity;
use huitong_core::canonical::Artifact;
use huitong_core::dispute::history::DisputeHistory;
use huitong_core::dispute::step::DisputeStep;
use huitong_core::money::Fen;
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1::NettingPlan;
use huitong_tests::bills::inpatient;
use huitong_tests::certificates::second_clearing_officer;
use huitong_tests::executable::{self, texts};
use huitong_tests::hospital::Hospital;
use huitong_tests::officer::{
    ClearingOfficer, RegionOfficer, clearing_options, clearing_options_as, options,
};
use huitong_tests::patience;
use huitong_tests::register::{CHENGDU, Desk, Item, NINGBO, Region};
use huitong_tests::start;
use huitong_tests::world::{Party, World};
use serde_json::Value;

use crate::restores::at_rest;

/// Runs a command as somebody; what was said when it was refused.
async fn run(words: &[&str], options: Vec<String>) -> Result<Value, String> {
    let words = words.iter().copied().chain(["--json"]);
    let words: Vec<&str> = words.chain(options.iter().map(String::as_str)).collect();
    let output = executable::run(&words).await;
    let (printed, said) = texts(&output);
    if output.status.success() {
        Ok(serde_json::from_str(&printed).unwrap())
    } else {
        Err(said)
    }
}

/// `huitong node dispute …` as a region's officer.
async fn node(world: &World, region: &Region, words: &[&str]) -> Result<Value, String> {
    let words = [&["node", "dispute"][..], words].concat();
    run(&words, options(world, region)).await
}

/// `huitong clearing dispute …` as an officer of the operator.
async fn clearing(world: &World, words: &[&str]) -> Result<Value, String> {
    let words = [&["clearing", "dispute"][..], words].concat();
    run(&words, clearing_options(world)).await
}

/// The same as the operator's second officer.
async fn second(world: &World, words: &[&str]) -> Result<Value, String> {
    let words = [&["clearing", "dispute"][..], words].concat();
    let options = clearing_options_as(world, &second_clearing_officer());
    run(&words, options).await
}

/// Closes the open day of both regions and nets it.
async fn net(world: &World) -> NettingPlan {
    let mut days = Vec::new();
    for region in [&NINGBO, &CHENGDU] {
        days.push(RegionOfficer::of(world, region).close_day().await.0);
    }
    assert_eq!(
        days[0], days[1],
        "midnight in Shanghai passed: run it again"
    );
    ClearingOfficer::of(world).net(&days[0]).await
}

/// What each region is owed, by fund, over several plans.
fn positions(plans: &[&NettingPlan]) -> BTreeMap<(String, i32), i64> {
    let mut sums = BTreeMap::new();
    for pair in plans.iter().flat_map(|plan| &plan.pairs) {
        *sums.entry((pair.creditor.clone(), pair.fund)).or_insert(0) += pair.amount_fen;
        *sums.entry((pair.debtor.clone(), pair.fund)).or_insert(0) -= pair.amount_fen;
    }
    sums
}

async fn written(world: &World, region: &Region) -> u64 {
    let status = RegionOfficer::of(world, region).status().await;
    status.unwrap().legs_written
}

fn yuan(fen: i64) -> String {
    Fen::new(fen).unwrap().to_string()
}

fn party(region: &Region) -> Party {
    Party::Region(RegionCode::parse(region.code).unwrap())
}

const ONE: &str = "330200/one";
const TWO: &str = "330200/two";

/// Ningbo disputes its debt for a stay in Chengdu.
async fn raise(
    world: &World,
    settlement: &str,
    reference: &str,
    fen: i64,
) -> Result<Value, String> {
    let amount = yuan(fen);
    let mut words = vec!["raise", reference, "--settlement", settlement];
    words.extend(["--fund", "resident_pool"]);
    words.extend(["--debtor", NINGBO.code, "--creditor", CHENGDU.code]);
    words.extend(["--amount", &amount, "--reason", "amount_wrong"]);
    node(world, &NINGBO, &words).await
}

/// The two regions agree on part, over a clearinghouse that is away and a node that is killed.
async fn agreed(world: &World, settlement: &str, all: i64, part: i64) {
    world.kill(Party::Clearinghouse).await;
    let away = raise(world, settlement, "one", all).await.unwrap_err();
    assert!(away.contains("clearinghouse"), "{away}");
    world.kill(party(&NINGBO)).await;
    world.run(party(&NINGBO)).await;
    world.run(Party::Clearinghouse).await;
    let raised = patience::until("the dispute is raised", async || {
        raise(world, settlement, "one", all).await.ok()
    });
    let raised = raised.await;
    let stands = (&raised["stage"], &raised["days_late"]);
    assert_eq!(stands, (&"raised".into(), &0.into()));
    assert_eq!(raise(world, settlement, "one", all).await.unwrap(), raised);
    let taken = raise(world, settlement, "one", part).await.unwrap_err();
    assert!(taken.contains("dispute.reference_taken"), "{taken}");
    let more = raise(world, settlement, "two", 1).await.unwrap_err();
    assert!(more.contains("dispute.exceeds"), "{more}");
    let claimed = yuan(all);
    let of_own = ["answer", ONE, "--accepted", "--amount", &claimed];
    let foreign = node(world, &NINGBO, &of_own).await;
    assert!(foreign.unwrap_err().contains("request.malformed"));
    let half = ["answer", ONE, "--partly", &yuan(part)];
    let answered = node(world, &CHENGDU, &half).await.unwrap();
    assert_eq!(node(world, &CHENGDU, &half).await.unwrap(), answered);
    let other = ["accept", ONE, "--amount", &claimed];
    let other = node(world, &NINGBO, &other).await.unwrap_err();
    assert!(other.contains("disputes.other_amount"), "{other}");
    let seen = ["accept", ONE, "--amount", &yuan(part)];
    let settled = node(world, &NINGBO, &seen).await.unwrap();
    assert_eq!(settled["settled"]["amount"], yuan(part));
}

/// The operator's officers decide the rest.
async fn decided(world: &World, settlement: &str, rest: i64) {
    raise(world, settlement, "two", rest).await.unwrap();
    let rejected = ["answer", TWO, "--rejected", "stands"];
    node(world, &CHENGDU, &rejected).await.unwrap();
    node(world, &NINGBO, &["escalate", TWO]).await.unwrap();
    let amount = yuan(rest);
    let decide = [
        "settle",
        TWO,
        "--amount",
        &amount,
        "--reason",
        "claim_proven",
    ];
    let confirm = [&decide[..], &["--confirm"]].concat();
    clearing(world, &decide).await.unwrap();
    let same = clearing(world, &confirm).await.unwrap_err();
    assert!(same.contains("dispute.same_officer"), "{same}");
    let decided = second(world, &confirm).await.unwrap();
    assert_eq!(decided["settled"]["by"], "decided");
    let listed = node(world, &CHENGDU, &["list", "--stage", "settled"]).await;
    assert_eq!(listed.unwrap()["disputes"].as_array().unwrap().len(), 2);
    let overdue = second(world, &["list", "--overdue"]).await.unwrap();
    assert_eq!(overdue["disputes"].as_array().unwrap().len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_two_regions_settle_and_what_officers_decide_nets_to_zero_in_the_next_cycle() {
    let world = start::start(&[&NINGBO, &CHENGDU]).await;
    let hospital = Hospital::of(&world, &CHENGDU, Desk::Three);
    let stay = inpatient(&NINGBO, 1, "v-1", &[(Item::Drug, 2_000_000)]);
    let stay = hospital.settle_for_sure("s-1", stay).await.unwrap();
    at_rest(&world).await;
    let first = net(&world).await;
    let pair = &first.pairs[0];
    assert_eq!((pair.legs, pair.debtor.as_str()), (1, NINGBO.code));
    let all = pair.amount_fen;
    agreed(&world, &stay.settlement, all, all / 2).await;
    decided(&world, &stay.settlement, all - all / 2).await;

    // Both correct it once, over a kill, and the next cycle nets it.
    for region in [&NINGBO, &CHENGDU] {
        world.kill(party(region)).await;
        world.run(party(region)).await;
        patience::until("both corrections are booked", async || {
            (written(&world, region).await == 3).then_some(())
        })
        .await;
    }
    world.tomorrow().await;
    at_rest(&world).await;
    let later = net(&world).await;
    assert_eq!((later.pairs.len(), later.pairs[0].legs), (1, 2));
    let sums = positions(&[&first, &later]);
    assert!(sums.values().all(|sum| *sum == 0), "{sums:?}");
    for region in [&NINGBO, &CHENGDU] {
        assert_eq!(written(&world, region).await, 3);
    }
    proven(&world, [ONE, TWO]).await;
    world.stop_all().await;
}

/// The file of each dispute holds with no server, and whatever is changed in it is found.
async fn proven(world: &World, names: [&str; 2]) {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let roots = world.credentials(&Identity::Clearinghouse).join("root.crt");
    let shown = |path: &Path| path.display().to_string();
    let verify = async |path: &Path| {
        let (path, roots) = (shown(path), shown(&roots));
        let words = [
            "clearing", "dispute", "verify", &path, "--roots", &roots, "--json",
        ];
        let output = executable::run(&words).await;
        let (printed, said) = texts(&output);
        let found: Value =
            serde_json::from_str(&printed).unwrap_or_else(|_| panic!("{printed}{said}"));
        (output.status.code(), found)
    };
    for name in names {
        let path = file("dispute.htdh");
        let show = ["show", name, "--out", &shown(&path)];
        clearing(world, &show).await.unwrap();
        let (code, found) = verify(&path).await;
        assert_eq!(
            (code, &found["outcome_signed"]),
            (Some(0), &true.into()),
            "{found}"
        );
        let sound = DisputeHistory::from_bytes(&std::fs::read(&path).unwrap()).unwrap();
        let mut unsigned = sound.clone();
        unsigned.outcome.as_mut().unwrap().signature[3] ^= 1;
        let mut more = sound.clone();
        more.outcome.as_mut().unwrap().outcome.amount = Fen::new(1).unwrap();
        let mut less = sound.clone();
        less.steps.remove(1);
        let mut other = sound.clone();
        let Some(DisputeStep::Said(said)) = other.steps.get_mut(1) else {
            panic!("{other:?}")
        };
        said.signed.signature[3] ^= 1;
        for (what, meddled) in [
            ("unsigned", unsigned),
            ("more", more),
            ("less", less),
            ("other", other),
        ] {
            let path = file("meddled.htdh");
            std::fs::write(&path, meddled.to_bytes()).unwrap();
            let (code, found) = verify(&path).await;
            assert_eq!(code, Some(1), "{what}: {found}");
        }
        std::fs::remove_file(&path).unwrap();
    }
}
