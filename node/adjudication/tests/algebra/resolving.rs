//! From a claim to a decision: facts, slots, catalogue split.

use std::collections::{BTreeMap, BTreeSet};

use huitong_adjudication::fault::Unsuited;
use huitong_adjudication::{Fault, decide, facts, slots};
use huitong_core::bill::{Arrival, Institution, SplitBill, Visit, VisitNumber};
use huitong_core::claim::Claim;
use huitong_core::coverage::{Balances, Coverage};
use huitong_core::date::DateInterval;
use huitong_core::institution::InstitutionCode;
use huitong_core::person::{PersonRef, PsnNo};
use huitong_core::policy::layer::MetBy;
use huitong_core::policy::tier::TierRow;
use huitong_core::policy::total::{Adds, Period, TotalKey, TotalRule};
use huitong_core::policy::{BenefitDate, Policy};
use huitong_core::region::RegionCode;
use huitong_core::totals::{Stretch, TotalSlot};
use huitong_core::vocabulary::*;

use crate::build::*;

fn region(code: &str) -> RegionCode {
    RegionCode::parse(code).unwrap()
}

pub fn visit() -> Visit {
    Visit {
        number: VisitNumber::parse("ZY-7").unwrap(),
        episode: VisitNumber::parse("ZY-5").unwrap(),
        episode_at: None,
        setting: Setting::Inpatient,
        interim: 0,
        admitted: date("2023-12-28"),
        billed_from: date("2023-12-28"),
        discharged: date("2024-01-03"),
        arrival: Arrival::Direct,
        sessions: 1,
        diseases: vec![name("dialysis"), name("diabetes")],
        package: None,
    }
}

pub fn claim() -> Claim {
    Claim {
        treatment: region("510100"),
        institution: Institution {
            code: InstitutionCode::parse("H51010400001").unwrap(),
            kind: InstitutionType::General,
            grade: Grade::Three,
            price_grade: Grade::Three,
            administration: Administration::Province,
            networked: true,
        },
        person: PersonRef {
            home: region("330200"),
            psn_no: PsnNo::parse("330200000000000001").unwrap(),
        },
        visit: visit(),
        bill: SplitBill::new(trial(vec![]).in_scope("20000").lines).unwrap(),
        catalogue: catalogue(),
        given: BTreeMap::new(),
    }
}

pub fn coverage() -> Coverage {
    Coverage {
        scheme: Scheme::Resident,
        category: name("adult"),
        retired: false,
        age: 59,
        years_paid: 12,
        covered_days: 3_000,
        covered_years: 8,
        claim_free_years: 2,
        identities: BTreeSet::new(),
        filing: FilingClass::Unfiled,
        filing_time: FilingTime::Absent,
        ordinal: 1,
        continued: false,
    }
}

pub fn policy(edit: impl FnOnce(&mut huitong_core::policy::Draft)) -> Policy {
    let mut draft = draft(vec![layer("basic").starts("1200").pays("0.7")]);
    edit(&mut draft);
    Policy::new(draft).unwrap()
}

#[test]
fn the_place_follows_from_the_two_regions() {
    let cases = [
        ("330200", Place::Home),
        ("330100", Place::Province),
        ("510100", Place::OtherProvince),
    ];
    for (treatment, place) in cases {
        let claim = Claim {
            treatment: region(treatment),
            ..claim()
        };
        assert_eq!(
            facts(&policy(|_| ()), &claim, &coverage()).unwrap().place,
            place
        );
    }
}

#[test]
fn the_tier_is_the_first_row_that_matches() {
    let tiers = |draft: &mut huitong_core::policy::Draft| {
        draft.tiers = vec![
            TierRow {
                grade: vec![Grade::Three],
                place: vec![Place::Home],
                ..tier_row("city_top")
            },
            TierRow {
                grade: vec![Grade::Three],
                networked: Some(true),
                ..tier_row("top")
            },
            TierRow {
                grade: vec![Grade::One, Grade::Two],
                ..tier_row("lower")
            },
        ];
    };
    let policy = policy(tiers);
    assert_eq!(
        facts(&policy, &claim(), &coverage()).unwrap().tier,
        Some(name("top"))
    );
    let mut unlisted = claim();
    unlisted.institution.networked = false;
    let fault = facts(&policy, &unlisted, &coverage()).unwrap_err();
    assert_eq!(
        fault.to_string(),
        "no tier for an institution with place other_province, grade three, administration province, \
         kind general, not networked: add a row to the tier map"
    );
}

/// An emergency counts as filed for whoever has no better filing; a referral filing raises `referred`.
#[test]
fn an_emergency_counts_as_filed() {
    use FilingClass::*;
    let cases = [
        (
            Arrival::Emergency,
            Unfiled,
            Emergency,
            FilingTime::Before,
            false,
        ),
        (
            Arrival::Emergency,
            Temporary,
            Emergency,
            FilingTime::Before,
            false,
        ),
        (
            Arrival::Emergency,
            LongTerm,
            LongTerm,
            FilingTime::DuringStay,
            false,
        ),
        (
            Arrival::Emergency,
            Referral,
            Referral,
            FilingTime::DuringStay,
            true,
        ),
        (
            Arrival::Direct,
            Unfiled,
            Unfiled,
            FilingTime::DuringStay,
            false,
        ),
        (
            Arrival::Direct,
            Referral,
            Referral,
            FilingTime::DuringStay,
            true,
        ),
        (
            Arrival::Referred,
            Unfiled,
            Unfiled,
            FilingTime::DuringStay,
            true,
        ),
    ];
    for (arrival, filed, filing, time, referred) in cases {
        let claim = Claim {
            visit: Visit { arrival, ..visit() },
            ..claim()
        };
        let coverage = Coverage {
            filing: filed,
            filing_time: FilingTime::DuringStay,
            ..coverage()
        };
        let facts = facts(&policy(|_| ()), &claim, &coverage).unwrap();
        assert_eq!(
            (facts.filing, facts.filing_time, facts.referred),
            (filing, time, referred),
            "{arrival:?} {filed:?}"
        );
    }
}

/// Inpatients by discharge unless the policy says admission, outpatients by the visit.
#[test]
fn the_benefit_date_picks_the_year() {
    let by_admission = policy(|draft| draft.benefit_date = BenefitDate::Admission);
    let dated = |policy: &Policy, setting| {
        let claim = Claim {
            visit: Visit { setting, ..visit() },
            ..claim()
        };
        facts(policy, &claim, &coverage()).unwrap().benefit_date
    };
    assert_eq!(
        dated(&policy(|_| ()), Setting::Inpatient),
        date("2024-01-03")
    );
    assert_eq!(dated(&by_admission, Setting::Inpatient), date("2023-12-28"));
    assert_eq!(
        dated(&policy(|_| ()), Setting::Outpatient),
        date("2023-12-28")
    );
    assert_eq!(facts(&by_admission, &claim(), &coverage()).unwrap().days, 7);
}

#[test]
fn a_policy_decides_only_its_own_claims() {
    let asked =
        |policy: &Policy, coverage: Coverage| facts(policy, &claim(), &coverage).map(|_| ());
    let employee = Coverage {
        scheme: Scheme::Employee,
        ..coverage()
    };
    let outpatient = policy(|draft| draft.scope.settings = vec![Setting::Outpatient]);
    let ended = policy(|draft| {
        draft.scope.effective =
            DateInterval::new(date("2023-01-01"), Some(date("2023-12-31"))).unwrap();
    });
    let refused = |unsuited| Err(Fault::NotInScope(unsuited));
    assert_eq!(asked(&policy(|_| ()), employee), refused(Unsuited::Scheme));
    assert_eq!(asked(&outpatient, coverage()), refused(Unsuited::Setting));
    assert_eq!(asked(&ended, coverage()), refused(Unsuited::Date));
}

/// Period and key give the slot; a total keyed by what the visit lacks has none.
#[test]
fn slots_follow_period_and_key() {
    let at = "H51010400001/ZY-7".to_owned();
    let cases = [
        (
            Period::Visit,
            TotalKey::Person,
            Some((Stretch::Visit(at), None)),
        ),
        (
            Period::Episode,
            TotalKey::Person,
            Some((Stretch::Episode("H51010400001/ZY-5".to_owned()), None)),
        ),
        (
            Period::Month,
            TotalKey::Person,
            Some((Stretch::Month(2024, 1), None)),
        ),
        (
            Period::Quarter,
            TotalKey::Institution,
            Some((Stretch::Quarter(2024, 1), Some("H51010400001"))),
        ),
        (
            Period::Year,
            TotalKey::Disease,
            Some((Stretch::Year(2024), Some("dialysis"))),
        ),
        (
            Period::DiseaseYear,
            TotalKey::Person,
            Some((Stretch::Year(2024), Some("dialysis"))),
        ),
        (
            Period::DiseaseYear,
            TotalKey::Institution,
            Some((Stretch::Year(2024), Some("dialysis/H51010400001"))),
        ),
        (Period::Life, TotalKey::Person, Some((Stretch::Life, None))),
        (Period::Life, TotalKey::Package, None),
    ];
    for (period, key, expected) in cases {
        let rule = TotalRule {
            period,
            key,
            ..total("counted", vec![Adds::One])
        };
        let policy = policy(|draft| draft.totals = vec![rule]);
        let facts = facts(&policy, &claim(), &coverage()).unwrap();
        let slot = slots(&policy, &facts, &claim()).remove(&name("counted"));
        let expected = expected.map(|(stretch, key)| TotalSlot {
            name: name("counted"),
            stretch,
            key: key.map(str::to_owned),
        });
        assert_eq!(slot, expected, "{period:?} {key:?}");
    }
}

/// A claim decided as both nodes do it: the stored value of its slot is read, another year's is not.
#[test]
fn a_claim_is_decided_on_the_totals_of_its_slots() {
    let trial = trial(vec![
        layer("basic")
            .starts_at(fixed("1200"), MetBy::Charged(name("charged")))
            .pays("0.7"),
    ])
    .total(total("charged", vec![Adds::StartCharged(name("basic"))]), 0);
    let slot = |year| TotalSlot {
        name: name("charged"),
        stretch: Stretch::Year(year),
        key: None,
    };
    let stored = [(slot(2023), 120_000), (slot(2024), 100_000)]
        .into_iter()
        .collect();
    let decision = decide(
        &trial.compiled(),
        &claim(),
        &coverage(),
        &stored,
        Balances::NONE,
    )
    .unwrap();
    assert_eq!(paid(&decision, "basic"), "13860.00");
    let adds = huitong_core::totals::TotalChange {
        slot: slot(2024),
        adds: 20_000,
    };
    assert_eq!(decision.totals, [adds]);
}
