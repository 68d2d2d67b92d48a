//! Filings, cover, age and identities as they hold on the days of a visit.

use huitong_core::bill::{Arrival, VisitNumber};
use huitong_core::date::DateInterval;
use huitong_core::person::PsnNo;
use huitong_core::record::registry::{CoveragePeriod, IdentityPeriod};
use huitong_core::vocabulary::{Scheme, Setting};

use super::*;

fn region(text: &str) -> RegionCode {
    text.parse().unwrap()
}

fn days(from: &str, until: Option<&str>) -> DateInterval {
    DateInterval::new(
        from.parse().unwrap(),
        until.map(|until| until.parse().unwrap()),
    )
    .unwrap()
}

fn visit() -> Visit {
    Visit {
        number: VisitNumber::parse("V1").unwrap(),
        episode: VisitNumber::parse("V1").unwrap(),
        episode_at: None,
        setting: Setting::Inpatient,
        interim: 0,
        admitted: "2023-03-01".parse().unwrap(),
        billed_from: "2023-03-01".parse().unwrap(),
        discharged: "2023-03-09".parse().unwrap(),
        arrival: Arrival::Direct,
        sessions: 1,
        diseases: Vec::new(),
        package: None,
    }
}

fn filed(class: FilingClass, area: &str, from: &str, until: Option<&str>, on: &str) -> Filing {
    Filing {
        psn_no: somebody(),
        class,
        area: region(area),
        days: days(from, until),
        filed_on: on.parse().unwrap(),
    }
}

fn somebody() -> PsnNo {
    PsnNo::parse("330200000000000001").unwrap()
}

#[test]
fn the_filing_that_holds() {
    use FilingClass::{LongTerm, Referral, Temporary, Unfiled};
    use FilingTime::{Absent, Before, DuringStay};
    let cases = [
        ("none", vec![], (Unfiled, Absent)),
        (
            "for the city",
            vec![filed(Temporary, "510100", "2023-01-01", None, "2023-01-01")],
            (Temporary, Before),
        ),
        (
            "for the province",
            vec![filed(LongTerm, "510000", "2023-01-01", None, "2023-01-01")],
            (LongTerm, Before),
        ),
        (
            "for another city",
            vec![filed(LongTerm, "510300", "2023-01-01", None, "2023-01-01")],
            (Unfiled, Absent),
        ),
        (
            "run out",
            vec![filed(
                LongTerm,
                "510100",
                "2022-01-01",
                Some("2023-02-28"),
                "2022-01-01",
            )],
            (Unfiled, Absent),
        ),
        (
            "made during the stay",
            vec![filed(Temporary, "510100", "2023-03-05", None, "2023-03-05")],
            (Temporary, DuringStay),
        ),
        (
            "made during the stay, for days before it",
            vec![filed(Temporary, "510100", "2023-03-01", None, "2023-03-05")],
            (Temporary, DuringStay),
        ),
        (
            "made after discharge",
            vec![filed(Temporary, "510100", "2023-03-01", None, "2023-03-10")],
            (Unfiled, Absent),
        ),
        (
            "the better of two",
            vec![
                filed(Temporary, "510100", "2023-01-01", None, "2023-01-01"),
                filed(Referral, "510000", "2023-02-01", None, "2023-02-01"),
            ],
            (Referral, Before),
        ),
    ];
    for (what, filings, expected) in cases {
        assert_eq!(
            filing(&filings, region("510100"), &visit()),
            expected,
            "{what}"
        );
    }
}

#[test]
fn cover_age_and_identities_follow_the_day_of_admission() {
    let mut member = Member {
        psn_no: somebody(),
        credentials: BTreeSet::new(),
        birth: "1963-03-01".parse().unwrap(),
        years_paid: 12,
        claim_free_years: 0,
        periods: vec![CoveragePeriod {
            scheme: Scheme::Resident,
            category: "adult".parse().unwrap(),
            retired: false,
            days: days("2023-01-01", Some("2023-03-01")),
        }],
        identities: vec![IdentityPeriod {
            identity: AssistanceIdentity::Subsistence,
            days: days("2023-03-02", None),
        }],
    };
    let found = coverage(&member, &[], region("510100"), &visit()).unwrap();
    assert_eq!(
        (found.age, found.identities.len(), found.years_paid),
        (60, 0, 12)
    );
    member.periods[0].days = days("2023-03-02", None);
    let refused = coverage(&member, &[], region("510100"), &visit()).unwrap_err();
    assert_eq!(refused.code, RefusalCode::NotEnrolled);
}

#[test]
fn cover_is_counted_up_to_the_day_of_admission() {
    let period = |days| CoveragePeriod {
        scheme: Scheme::Resident,
        category: "adult".parse().unwrap(),
        retired: false,
        days,
    };
    let member = Member {
        psn_no: somebody(),
        credentials: BTreeSet::new(),
        birth: "1963-03-01".parse().unwrap(),
        years_paid: 12,
        claim_free_years: 3,
        periods: vec![
            period(days("2019-01-01", Some("2021-12-31"))),
            period(days("2022-02-01", None)),
        ],
        identities: Vec::new(),
    };
    let found = coverage(&member, &[], region("510100"), &visit()).unwrap();
    assert_eq!(
        (
            found.covered_days,
            found.covered_years,
            found.claim_free_years
        ),
        (394, 1, 3)
    );
}

#[test]
fn a_stay_across_the_year_is_refused_by_a_code_of_its_own() {
    let spans = Fault::SpansYears {
        from: "2023-12-28".parse().unwrap(),
        until: "2024-01-03".parse().unwrap(),
    };
    let refusal = fault_refusal(&spans);
    assert_eq!(refusal.code, RefusalCode::VisitSpansYears);
    assert!(
        refusal.detail.contains("2023-12-28 to 2024-01-03"),
        "{refusal}"
    );
}
