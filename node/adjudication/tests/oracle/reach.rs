//! What the random cases reach: a construct that no policy uses, or an outcome that no bill has, is tested
//! by nothing.

use std::collections::BTreeSet;

use huitong_adjudication::Fault;
use huitong_adjudication::fault::RuleFault;
use huitong_core::decision::{Decision, SkipReason, Step};
use huitong_core::policy::Policy;
use huitong_core::policy::layer::{Bounds, Left};
use huitong_document::policy::PolicyDocument;

use super::random::{Claims, Dice, document, draft};
use super::trial::{compiled, engine};

/// A policy written down as a document is read back as the same policy.
#[test]
fn a_policy_written_down_is_the_policy_read() {
    for seed in 1..=400 {
        let (draft, _) = draft(&mut Dice::new(seed));
        let text = document::text(&draft);
        let read = PolicyDocument::parse(text.as_bytes());
        let read = read.unwrap_or_else(|faults| panic!("seed {seed}: {faults}\n{text}"));
        assert_eq!(
            read.policy(),
            &Policy::new(draft).unwrap(),
            "seed {seed}\n{text}"
        );
    }
}

/// Every key of the language is written by some random policy.
#[test]
fn random_policies_use_every_construct() {
    let mut written = String::new();
    for seed in 1..=400 {
        written.push_str(&document::text(&draft(&mut Dice::new(seed)).0));
    }
    let left = Left::ALL.iter().map(|left| format!(".{}\"", left.word()));
    let facts = huitong_core::policy::fact::WordFact::ALL
        .iter()
        .map(|fact| format!("{} = [", fact.key()));
    let flags = huitong_core::policy::fact::FlagFact::ALL
        .iter()
        .map(|fact| format!("{} = ", fact.key()));
    let keys = CONSTRUCTS.iter().map(|key| (*key).to_owned());
    let missing: Vec<String> = keys
        .chain(left)
        .chain(facts)
        .chain(flags)
        .filter(|key| !written.contains(key))
        .collect();
    assert_eq!(missing, Vec::<String>::new());
}

const CONSTRUCTS: &[&str] = &[
    "benefit_date = \"admission\"",
    "benefit_date = \"discharge\"",
    "benefit_date = \"split\"",
    "place = ",
    "grade = ",
    "administration = ",
    "kind = ",
    "networked = ",
    "adds = [\"one\"]",
    ".base\"",
    ".paid\"",
    ".charged\"",
    "\"part.total\"",
    "period = \"visit\"",
    "period = \"episode\"",
    "period = \"month\"",
    "period = \"quarter\"",
    "period = \"year\"",
    "period = \"disease_year\"",
    "period = \"life\"",
    "key = \"disease\"",
    "key = \"package\"",
    "key = \"institution\"",
    "label = ",
    "not = [",
    "age = {",
    "years_paid = {",
    "covered_days = {",
    "covered_years = {",
    "claim_free_years = {",
    "title = ",
    "accepted_jump = ",
    "supersedes = [\"",
    "days = {",
    "sessions = {",
    "ordinal = {",
    "base = {",
    "\"index.income\" = {",
    "\"total.sum_0\" = {",
    "\"total.times_0\" = {",
    "\"balance.own_account\" = {",
    "\"balance.family_account\" = {",
    "\"given.",
    "\"part.in.implant\" = {",
    "part = [\"in\"",
    "\"first\"",
    "\"over\"",
    "\"out\"",
    "tagged = ",
    "not_tagged = ",
    " left = ",
    "not_left = ",
    "weight = [",
    "axis = \"total.",
    "met_by = \"scope.",
    "met_by = \"charged.",
    "measure = \"above_start\"",
    "measure = \"absolute\"",
    "to = {",
    "to = \"",
    "ratio = [",
    "times = ",
    "per = {",
    "ratio_at_least = \"0.",
    "ratio_at_most = \"0.",
    "floor = { of = \"base\"",
    "floor = { of = \"part.in",
    "payment = ",
    "scope = ",
    "\"none\"",
    ", total = ",
    "payer = \"own_account\"",
    "payer = \"family_account\"",
    "payer = \"hospital\"",
    "payer = \"given.",
    "of = {",
    "plus = \"-",
    "at_least = ",
    "at_most = ",
];

/// Every outcome and every refusal of the engine is met by some random claim.
#[test]
fn random_claims_meet_every_outcome() {
    let mut met = BTreeSet::new();
    for seed in 1..=300 {
        let mut dice = Dice::new(seed);
        let (draft, scale) = draft(&mut dice);
        let policy = Policy::new(draft).unwrap();
        let (compiled, claims) = (compiled(&policy), Claims::under(&policy, scale));
        for _ in 0..15 {
            match engine(&compiled, &claims.draw(&mut dice)) {
                Ok((decision, _)) => outcomes(&decision, &mut met),
                Err(fault) => drop(met.insert(refusal(&fault))),
            }
        }
    }
    let missing: Vec<&str> = OUTCOMES
        .iter()
        .filter(|outcome| !met.contains(**outcome))
        .copied()
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
}

const OUTCOMES: &[&str] = &[
    "skipped by when",
    "nothing to take",
    "weight below one",
    "start met before",
    "adjusted",
    "floor adds",
    "scope cuts",
    "payment cuts",
    "room is nothing",
    "balance",
    "left as start",
    "left as share",
    "left above",
    "a total grows",
    "own account pays",
    "family account pays",
    "hospital pays",
    "before on an axis",
    "several segments",
    "no row",
    "segments cross",
    "ratio places",
    "label twice",
    "given too large",
    "spans years",
];

fn outcomes(decision: &Decision, met: &mut BTreeSet<&'static str>) {
    for step in &decision.trace {
        let outcome = match step {
            Step::Skipped {
                reason: SkipReason::When,
                ..
            } => "skipped by when",
            Step::Skipped {
                reason: SkipReason::NothingToTake,
                ..
            } => "nothing to take",
            Step::Took { weight, .. } if *weight != huitong_core::ratio::Ratio::ONE => {
                "weight below one"
            }
            Step::Start { met, .. } if !met.is_zero() => "start met before",
            Step::Adjusted { .. } => "adjusted",
            Step::Floor { extra, .. } if !extra.is_zero() => "floor adds",
            Step::Balance { .. } => "balance",
            Step::Total { .. } => "a total grows",
            _ => continue,
        };
        met.insert(outcome);
    }
    let mut note = |happened, outcome| {
        if happened {
            met.insert(outcome);
        }
    };
    for layer in &decision.layers {
        let ceiling = layer.ceiling.as_ref();
        note(
            ceiling.is_some_and(|ceiling| ceiling.bounds == Bounds::Scope),
            "scope cuts",
        );
        note(
            ceiling.is_some_and(|ceiling| ceiling.bounds == Bounds::Payment),
            "payment cuts",
        );
        note(
            ceiling.is_some_and(|ceiling| ceiling.room.is_zero()),
            "room is nothing",
        );
        note(!layer.left.start.is_zero(), "left as start");
        note(!layer.left.share.is_zero(), "left as share");
        note(!layer.left.above.is_zero(), "left above");
        note(!layer.before.is_zero(), "before on an axis");
        note(layer.segments.len() > 1, "several segments");
    }
    note(!decision.own_account.is_zero(), "own account pays");
    note(!decision.family_account.is_zero(), "family account pays");
    note(!decision.hospital.is_zero(), "hospital pays");
}

fn refusal(fault: &Fault) -> &'static str {
    match fault {
        Fault::Layer {
            fault: RuleFault::NoRow(_),
            ..
        } => "no row",
        Fault::Layer {
            fault: RuleFault::SegmentsCross(_),
            ..
        } => "segments cross",
        Fault::Layer {
            fault: RuleFault::RatioPlaces,
            ..
        } => "ratio places",
        Fault::Layer {
            fault: RuleFault::LabelTwice(_),
            ..
        } => "label twice",
        Fault::GivenTooLarge { .. } => "given too large",
        Fault::SpansYears { .. } => "spans years",
        other => panic!("an unexpected refusal: {other}"),
    }
}
