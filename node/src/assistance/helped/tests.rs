//! Which totals a year moves, and which policies are refused, by the real engine.

use huitong_adjudication::decide;
use huitong_core::claim::Claim;
use huitong_core::coverage::{Balances, Coverage};
use huitong_core::vocabulary::AssistanceIdentity;

use super::*;
use crate::policies::HeldPolicy;
use crate::samples::{claim, fen, person, snapshot};

/// 100.00 in scope, of which 40.00 were paid: 20.00 of the 60.00 left are above the start, and half of them are paid.
const POLICY: &str = r#"
title = "residents"
source = "made for tests"
region = "330200"
scheme = "resident"
settings = ["inpatient"]
effective = { from = 2023-01-01 }

[totals]
admissions = { adds = "admission", period = "year" }
basic_paid = { adds = "basic.paid", period = "year" }
whole = { adds = "part.total", period = "year" }
assisted = { adds = "assistance.base", period = "year" }
funds = { adds = ["basic.paid", "assistance.paid"], period = "year" }
borne = { adds = ["part.out", "assistance.start", "assistance.share"], period = "life" }

[[layer]]
name = "basic"
when = { "given.paid_this_year" = { at_most = "0" } }
take = ["in"]
ratio = "0.70"
payer = "resident_pool"

[[layer]]
name = "year_so_far"
label = "basic"
when = { "given.paid_this_year" = { at_least = "0.01" } }
take = ["in"]
payer = "given.paid_this_year"

[[layer]]
name = "assistance"
when = { identity = "illness_poverty" }
take = ["in"]
axis = "total.assisted"
start = "40"
ratio = "0.50"
payer = "medical_assistance"
"#;

fn year(paid: i64) -> Claim {
    let name = Name::parse(PAID_THIS_YEAR).unwrap();
    let given = (paid > 0).then(|| (name, fen(paid)));
    Claim {
        given: given.into_iter().collect(),
        ..claim("assistance-2023")
    }
}

fn on(
    policy: &str,
    claim: &Claim,
    taken_before: impl Fn(Fund) -> bool,
) -> Result<Vec<(String, i64)>, (RefusalCode, String)> {
    let region = person().home;
    let policy = HeldPolicy::read(policy.as_bytes().to_vec(), region).unwrap();
    let coverage = Coverage {
        identities: [AssistanceIdentity::IllnessPoverty].into(),
        continued: true,
        ..snapshot(3).coverage
    };
    let totals = std::collections::BTreeMap::new();
    let decision = decide(&policy.compiled, claim, &coverage, &totals, Balances::NONE);
    let helped = helped(policy.policy(), &decision.unwrap(), taken_before);
    let changes = helped.map_err(|refusal| (refusal.code, refusal.detail))?;
    let changes = changes.into_iter();
    Ok(changes
        .map(|change| (change.slot.name.to_string(), change.adds))
        .collect())
}

#[test]
fn only_what_the_layers_that_help_add_moves() {
    let moved = on(POLICY, &year(4_000), |_| false).unwrap();
    let mut moved: Vec<_> = moved.iter().map(|(name, adds)| (&**name, *adds)).collect();
    moved.sort_unstable();
    // Neither the whole bill nor basic insurance nor an admission a second time.
    assert_eq!(
        moved,
        [("assisted", 6_000), ("borne", 5_000), ("funds", 1_000)]
    );
}

#[test]
fn insurance_that_would_take_the_year_again_is_named() {
    let refused = |text: &str| on(text, &year(1_000), |_| false).unwrap_err();
    let unguarded = POLICY.replacen("label = \"basic\"\n", "", 1).replacen(
        "when = { \"given.paid_this_year\" = { at_most = \"0\" } }\n",
        "",
        1,
    );
    assert_eq!(
        refused(&unguarded),
        (RefusalCode::AssistanceNotByPolicy, "basic".to_owned())
    );
    // A year of which nothing was paid looks like any bill.
    let nothing_paid = on(POLICY, &year(0), |_| false).unwrap_err();
    assert_eq!(nothing_paid.0, RefusalCode::AssistanceNotByPolicy);
    let hospital = format!(
        "{POLICY}\n[[layer]]\nname = \"relief\"\ntake = [\"in\"]\nratio = \"0.10\"\npayer = \"hospital\"\n"
    );
    assert_eq!(
        refused(&hospital),
        (RefusalCode::AssistanceNotByPolicy, "relief".to_owned())
    );
    // What the decision does not say cannot be told apart.
    let untaken = POLICY.replacen("\"assistance.share\"", "\"assistance.none\"", 1);
    assert_eq!(
        refused(&untaken),
        (RefusalCode::AssistanceNotByPolicy, "borne".to_owned())
    );
}

#[test]
fn a_supplement_helps_where_it_had_not_taken_anything_yet_and_an_account_is_left_alone() {
    let supplement = format!(
        "{POLICY}\n[[layer]]\nname = \"supplement\"\ntake = [\"in\"]\nratio = \"0.10\"\npayer = \"commercial\"\n\
         [[layer]]\nname = \"account\"\ntake = [\"in\"]\npayer = \"own_account\"\n"
    );
    assert!(on(&supplement, &year(4_000), |_| false).is_ok());
    let twice = on(&supplement, &year(4_000), |fund| fund == Fund::Commercial).unwrap_err();
    assert_eq!(
        twice,
        (RefusalCode::AssistanceNotByPolicy, "supplement".to_owned())
    );
}

#[test]
fn where_nothing_helps_nobody_is_entitled() {
    let none = POLICY.replacen("\"illness_poverty\"", "\"fringe\"", 1);
    let refused = on(&none, &year(4_000), |_| false).unwrap_err();
    assert_eq!(refused.0, RefusalCode::AssistanceNotEntitled);
}
