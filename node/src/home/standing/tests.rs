//! Filings, cover, age and identities as they hold on the days of a visit.

use huitong_core::bill::{Arrival, VisitNumber};
use huitong_core::date::DateInterval;
use huitong_core::id::FilingId;
use huitong_core::person::PsnNo;
use huitong_core::record::person::{AskedBy, FilingEnd};
use huitong_core::record::registry::{CoveragePeriod, Filing, IdentityPeriod};
use huitong_core::vocabulary::{FilingEndReason, Scheme, Setting};

use super::*;
use crate::samples::{claim, person};

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

fn filed(class: FilingClass, area: &str, from: &str, until: Option<&str>, on: &str) -> HeldFiling {
    let filing = Filing {
        psn_no: somebody(),
        class,
        area: area.parse().unwrap(),
        days: days(from, until),
        filed_on: on.parse().unwrap(),
    };
    HeldFiling {
        id: FilingId::from_bytes([1; 16]),
        filing,
        by: AskedBy::Officer("li.wei".parse().unwrap()),
        amends: None,
        end: None,
    }
}

/// The same, ended from a day on.
fn ended(mut held: HeldFiling, from: &str) -> HeldFiling {
    held.end = Some(FilingEnd {
        from: from.parse().unwrap(),
        reason: FilingEndReason::Returned,
    });
    held
}

fn asked<'a>(institution: &'a Institution, visit: &'a Visit, settling: Settling) -> Asked<'a> {
    Asked {
        treatment: region("510100"),
        person: person(),
        institution,
        visit,
        settling,
        credential: None,
    }
}

fn somebody() -> PsnNo {
    PsnNo::parse("330200000000000001").unwrap()
}

/// What it is, the filings there are, and what holds.
type Case = (&'static str, Vec<HeldFiling>, (FilingClass, FilingTime));

fn made() -> Vec<Case> {
    use FilingClass::{LongTerm, Referral, Temporary, Unfiled};
    use FilingTime::{Absent, Before, DuringStay};
    vec![
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
            "everywhere",
            vec![filed(Temporary, "all", "2023-01-01", None, "2023-01-01")],
            (Temporary, Before),
        ),
        (
            "the better of two",
            vec![
                filed(Temporary, "510100", "2023-01-01", None, "2023-01-01"),
                filed(Referral, "510000", "2023-02-01", None, "2023-02-01"),
            ],
            (Referral, Before),
        ),
    ]
}

fn ended_ones() -> Vec<Case> {
    use FilingClass::{LongTerm, Temporary, Unfiled};
    use FilingTime::{Absent, Before};
    vec![
        (
            "ended before admission",
            vec![ended(
                filed(LongTerm, "510100", "2023-01-01", None, "2023-01-01"),
                "2023-03-01",
            )],
            (Unfiled, Absent),
        ),
        (
            "ended during the stay",
            vec![ended(
                filed(LongTerm, "510100", "2023-01-01", None, "2023-01-01"),
                "2023-03-02",
            )],
            (LongTerm, Before),
        ),
        (
            "made during the stay for later days",
            vec![filed(Temporary, "510100", "2023-03-06", None, "2023-03-05")],
            (Unfiled, Absent),
        ),
    ]
}

#[test]
fn the_filing_that_holds() {
    for (what, filings, expected) in made().into_iter().chain(ended_ones()) {
        let (institution, visit) = (claim("V1").institution, visit());
        for settling in [Settling::Direct, Settling::ByHand] {
            let asked = asked(&institution, &visit, settling);
            assert_eq!(filing(&filings, &asked), expected, "{what}");
        }
    }
}

#[test]
fn a_filing_made_after_discharge_counts_until_the_hospital_has_settled_and_not_for_who_has_paid() {
    let late = [filed(
        FilingClass::Temporary,
        "510100",
        "2023-03-01",
        None,
        "2023-03-10",
    )];
    let (institution, visit) = (claim("V1").institution, visit());
    let found = |settling| filing(&late, &asked(&institution, &visit, settling));
    let during = (FilingClass::Temporary, FilingTime::DuringStay);
    assert_eq!(found(Settling::Direct), during);
    let none = (FilingClass::Unfiled, FilingTime::Absent);
    assert_eq!(found(Settling::ByHand), none);
}

fn covered(member: &Member) -> Result<Coverage, Refusal> {
    let (institution, visit) = (claim("V1").institution, visit());
    coverage(
        member,
        &[],
        &[],
        &asked(&institution, &visit, Settling::Direct),
    )
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
    let found = covered(&member).unwrap();
    assert_eq!(
        (found.age, found.identities.len(), found.years_paid),
        (60, 0, 12)
    );
    member.periods[0].days = days("2023-03-02", None);
    let refused = covered(&member).unwrap_err();
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
    let found = covered(&member).unwrap();
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
