//! A year of bills: where a worked example says what came before, an earlier example adds just that.
//!
//! An example states the totals that it starts from, so by itself it cannot show that a document's bills
//! lead there. Here the examples of a sequence are settled one after the other, and what each adds must be
//! what the next one states. The first of a sequence starts from nothing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs,
    reason = "a test says what must hold by panicking"
)]

use std::collections::BTreeMap;
use std::path::Path;

use huitong_adjudication::Compiled;
use huitong_authoring::examples::run;
use huitong_authoring::source::read_policy;
use huitong_core::name::Name;
use huitong_document::policy::PolicyDocument;

/// The count of admissions: an example states it as the fact `ordinal`, one more than were before.
const ADMISSIONS: &str = "admissions";

/// A document below `deploy`, and the examples that follow each other.
const YEARS: &[(&str, &[&str])] = &[
    (
        "policies/beijing-resident",
        &[
            "1,100 as an outpatient in level one",
            "2,450 as an outpatient in level three afterwards",
        ],
    ),
    (
        "policies/binzhou-resident-assistance",
        &[
            "150,800 before poverty through illness is found",
            "poverty through illness, on the year's totals",
            "20,800 after poverty through illness was found",
        ],
    ),
    (
        "policies/changsha-resident-inpatient",
        &[
            "11,200 in level three, first admission",
            "21,000 in a hospital of the province, second admission",
            "20,800 in a hospital of the province, third admission: what is left of 3,000",
            "4,000 in a primary hospital, fourth admission: no deductible left",
        ],
    ),
    (
        "policies/chuzhou-employee-outpatient",
        &[
            "500 in level one, first visit of the year",
            "1,300 in level one afterwards",
        ],
    ),
    (
        "policies/fuyang-resident",
        &[
            "filed for another reason, another province: the largest deductible",
            "not filed, another province, later in that year",
            "at home, later in that year: into the second segment of critical illness",
        ],
    ),
    (
        "policies/fuyang-resident-chronic",
        &[
            "high blood pressure at home, first of the year",
            "the second visit of the year",
        ],
    ),
    (
        "policies/nanchang-resident-critical",
        &[
            "200,800 in level three",
            "10,800 later in the year: no second start",
        ],
    ),
    (
        "policies/shenzhen-employee",
        &[
            "at home, level two, first admission",
            "a transfer to level three",
        ],
    ),
    (
        "policies/tengzhou-employee-outpatient",
        &[
            "1,000 in level one, in service, first visit of the year",
            "2,400 in level three after that: the difference",
            "500 in level one afterwards: nothing more to bear",
        ],
    ),
    (
        "policies/tianjin-employee",
        &[
            "retired, level three, first admission",
            "retired, level three, second admission",
            "retired, third admission, over the bound of the lower segment",
        ],
    ),
    (
        "policies/xuzhou-employee",
        &[
            "without approval, the first time",
            "without approval, the second time",
            "without approval, the third time: nothing is paid",
        ],
    ),
    (
        "policies/yubei-resident-tilt",
        &[
            "52,000 of a fringe family, referred",
            "20,800 of the fringe family later in the year: no second start",
        ],
    ),
    (
        "cases/mechanisms/ceiling_multiple_of_index_with_floor",
        &[
            "2012: six times the figure",
            "2012: nothing is left of the year",
        ],
    ),
    (
        "cases/mechanisms/ceiling_on_scope",
        &[
            "under the ceiling",
            "over the ceiling in two bills",
            "once the ceiling is reached",
        ],
    ),
    (
        "cases/mechanisms/ceiling_per_disease_year",
        &[
            "high blood pressure, under its limit",
            "high blood pressure, over its limit",
        ],
    ),
    (
        "cases/mechanisms/ceiling_per_month",
        &["3 May, under the limit", "28 May, over the limit"],
    ),
    (
        "cases/mechanisms/ceiling_per_visit",
        &["under the limit", "the second bill of the visit"],
    ),
    (
        "cases/mechanisms/ceiling_per_year",
        &["under the limit", "over the limit, later in the year"],
    ),
    (
        "cases/mechanisms/deductible_by_nth_unapproved",
        &["the first time without approval", "the second time"],
    ),
    (
        "cases/mechanisms/deductible_half_from_second",
        &["first admission of the year", "second admission"],
    ),
    (
        "cases/mechanisms/deductible_once_a_year_for_listed_diseases",
        &[
            "a malignancy, first admission",
            "a malignancy, second admission",
        ],
    ),
    (
        "cases/mechanisms/deductible_share_of_index",
        &["2020, over the start", "2020, the second bill of the year"],
    ),
    (
        "cases/mechanisms/deductible_yearly_total",
        &[
            "first admission, primary care",
            "second admission, primary care: the half",
            "third admission, level three: the half",
            "fourth admission, a hospital of the province: the half",
        ],
    ),
    (
        "cases/mechanisms/disease_packages",
        &[
            "a child's leukaemia, within the limit",
            "a child's leukaemia, over the limit",
        ],
    ),
    (
        "cases/mechanisms/illness_poverty_against_income",
        &[
            "March, before it is found",
            "June, found: the year so far",
            "September, the next bill",
        ],
    ),
    (
        "cases/mechanisms/interim_bills",
        &[
            "an interim bill of 20,000",
            "the last bill of 30,000 of the same stay",
        ],
    ),
    (
        "cases/mechanisms/outpatient_pooling_with_overflow",
        &[
            "4,700 as an outpatient: within the limit",
            "8,500 as an outpatient: 8,000 overflow",
            "20,800 as an inpatient afterwards: the overflow counts",
        ],
    ),
    (
        "cases/mechanisms/primary_care_tilt",
        &[
            "2,000 in a hospital",
            "1,000 in the community, later in the year",
        ],
    ),
    (
        "cases/mechanisms/transfer_upward_pays_difference",
        &[
            "level two, where the episode begins",
            "transferred upwards to level three",
            "transferred downwards to level one",
        ],
    ),
];

#[test]
fn what_earlier_bills_add_is_what_later_ones_start_from() {
    for (document, names) in YEARS {
        let path = format!("../../deploy/{document}.toml");
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        follow(document, &read_policy(&path).unwrap(), names);
    }
}

fn follow(file: &str, document: &PolicyDocument, names: &[&str]) {
    let compiled = Compiled::new(document.policy().clone(), document.digest()).unwrap();
    let declared: Vec<Name> = compiled
        .policy()
        .totals()
        .iter()
        .map(|total| total.name)
        .collect();
    let mut before: BTreeMap<Name, i64> = declared.iter().map(|name| (*name, 0)).collect();
    for name in names {
        let found = document.examples().iter().find(|one| one.name == *name);
        let example = found.unwrap_or_else(|| panic!("{file} has no example `{name}`"));
        for (total, value) in &before {
            let stated = if total.as_str() == ADMISSIONS {
                i64::from(example.bill.facts.coverage.ordinal) - 1
            } else {
                example.bill.totals.get(total).copied().unwrap_or(0)
            };
            assert_eq!(stated, *value, "{file}: {name}: {total}");
        }
        let decision = run(&compiled, example).unwrap();
        for change in decision.totals {
            *before.get_mut(&change.slot.name).unwrap() += change.adds;
        }
    }
}
