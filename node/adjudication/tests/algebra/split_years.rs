//! An admission in several bills: split years, interim bills, linked transfers.

use std::collections::BTreeMap;

use huitong_adjudication::{Blame, Fault, decide, facts, slots};
use huitong_core::bill::{Visit, VisitNumber};
use huitong_core::claim::Claim;
use huitong_core::coverage::Balances;
use huitong_core::institution::InstitutionCode;
use huitong_core::policy::BenefitDate;
use huitong_core::policy::layer::MetBy;
use huitong_core::policy::total::{Adds, Period, TotalRule};
use huitong_core::totals::{Stretch, TotalSlot};
use huitong_core::vocabulary::Setting;

use crate::build::*;
use crate::resolving::{claim, coverage, policy, visit};

/// The bill for the days from 1 January on, or an interim bill up to 31 December.
fn half(interim: u16, from: &str, until: &str) -> Visit {
    Visit {
        interim,
        billed_from: date(from),
        discharged: date(until),
        ..visit()
    }
}

fn of(visit: Visit) -> Claim {
    Claim { visit, ..claim() }
}

/// The whole admission, 28 December to 3 January, is refused; each half falls in its own year.
#[test]
fn a_policy_may_split_a_stay_at_the_turn_of_the_year() {
    let splits = policy(|draft| draft.benefit_date = BenefitDate::Split);
    let dated = |visit: Visit| {
        facts(&splits, &of(visit), &coverage()).map(|facts| facts.benefit_date.to_string())
    };
    let spans = Fault::SpansYears {
        from: date("2023-12-28"),
        until: date("2024-01-03"),
    };
    assert_eq!(dated(visit()), Err(spans.clone()));
    assert_eq!(spans.blame(), Blame::Pieces);
    assert_eq!(
        dated(half(1, "2023-12-28", "2023-12-31")),
        Ok("2023-12-31".to_owned())
    );
    assert_eq!(
        dated(half(0, "2024-01-01", "2024-01-03")),
        Ok("2024-01-03".to_owned())
    );
    // Whoever does not stay has one day, and a policy that does not split takes the bill as it is.
    let outpatient = Visit {
        setting: Setting::Outpatient,
        ..visit()
    };
    assert_eq!(dated(outpatient), Ok("2023-12-28".to_owned()));
    assert!(facts(&policy(|_| ()), &claim(), &coverage()).is_ok());
}

/// The halves share a total of the visit, so the start is charged once; totals of the year are apart.
#[test]
fn the_halves_of_a_split_stay_are_one_admission_in_two_years() {
    let mut trial = trial(vec![
        layer("basic")
            .starts_at(fixed("1200"), MetBy::Charged(name("of_visit")))
            .pays("0.7"),
    ]);
    trial.draft.benefit_date = BenefitDate::Split;
    let adds = |called: &str, period| TotalRule {
        period,
        ..total(called, vec![Adds::StartCharged(name("basic"))])
    };
    trial.draft.totals = vec![
        adds("of_visit", Period::Visit),
        adds("of_year", Period::Year),
    ];
    let compiled = trial.compiled();
    let mut stored: BTreeMap<TotalSlot, i64> = BTreeMap::new();
    let mut settle = |visit: Visit| {
        let decision = decide(&compiled, &of(visit), &coverage(), &stored, Balances::NONE).unwrap();
        for change in &decision.totals {
            *stored.entry(change.slot.clone()).or_default() += change.adds;
        }
        paid(&decision, "basic")
    };
    // 20,000 in each half: 0.7 × 18,800, then 0.7 × 20,000.
    assert_eq!(settle(half(1, "2023-12-28", "2023-12-31")), "13160.00");
    assert_eq!(settle(half(0, "2024-01-01", "2024-01-03")), "14000.00");
    let years: Vec<_> = stored
        .iter()
        .map(|(slot, value)| (slot.stretch.clone(), *value))
        .collect();
    assert_eq!(
        years,
        [
            (Stretch::Visit("H51010400001/ZY-7".to_owned()), 120_000),
            (Stretch::Year(2023), 120_000)
        ]
    );
}

/// Both halves, and both hospitals of a transfer, are told apart among standing settlements.
#[test]
fn parts_of_an_admission_are_told_apart() {
    let first = of(half(1, "2023-12-28", "2023-12-31"));
    let second = of(half(0, "2024-01-01", "2024-01-03"));
    assert_ne!(first.visit_key(), second.visit_key());
    let moved = of(Visit {
        billed_from: date("2023-12-30"),
        ..half(1, "2023-12-28", "2023-12-31")
    });
    assert_eq!(first.visit_key(), moved.visit_key());
    assert_ne!(first.binding(), moved.binding());
}

/// A transfer that names where its episode began shares the episode's totals, not the visit's.
#[test]
fn two_hospitals_of_a_linked_transfer_share_the_episode() {
    let rule = |period| TotalRule {
        period,
        ..total("counted", vec![Adds::One])
    };
    let at = |institution: &str, number: &str, began: Option<&str>| {
        let code = |text: &str| InstitutionCode::parse(text).unwrap();
        let mut claim = of(Visit {
            number: VisitNumber::parse(number).unwrap(),
            episode_at: began.map(code),
            ..visit()
        });
        claim.institution.code = code(institution);
        claim
    };
    let first = at("H51010400001", "ZY-5", None);
    let second = at("H11010500002", "B-9", Some("H51010400001"));
    let unlinked = at("H11010500002", "B-9", None);
    let slot = |period, claim: &Claim| {
        let policy = policy(|draft| draft.totals = vec![rule(period)]);
        let facts = facts(&policy, claim, &coverage()).unwrap();
        slots(&policy, &facts, claim).remove(&name("counted"))
    };
    let episode = |claim| slot(Period::Episode, claim);
    assert_eq!(episode(&first), episode(&second));
    assert_ne!(episode(&first), episode(&unlinked));
    assert_ne!(slot(Period::Visit, &first), slot(Period::Visit, &second));
}
