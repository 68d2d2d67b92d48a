//! Every rule met in published policies, each in a document of its own under `deploy/cases/mechanisms`.
//!
//! A test is named after the rule and runs the worked examples of its document by the engine that settles
//! bills. Figures are worked out by hand in the documents; here they are only compared. A rule that is
//! wanted and a document that stands there without the other fail.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test says what must hold by panicking"
)]

use std::path::{Path, PathBuf};

use huitong_adjudication::Compiled;
use huitong_authoring::examples::run;
use huitong_authoring::source::read_policy;
use huitong_core::decision::Decision;
use huitong_core::money::Fen;
use huitong_document::bill::Expected;

/// One line for each rule, in alphabetical order.
macro_rules! rules {
    ($($rule:ident,)+) => {
        const RULES: &[&str] = &[$(stringify!($rule)),+];
        $(
            #[test]
            fn $rule() {
                comes_out(stringify!($rule));
            }
        )+
    };
}

rules! {
    assistance_base_with_deductible,
    assistance_base_with_first_pay,
    assistance_base_without_deductible,
    assistance_identities_with_dates,
    away_first_bear_share,
    away_floor_ratio,
    away_other_deductible,
    away_own_ratio_table,
    away_points_off,
    ceiling_multiple_of_index_with_floor,
    ceiling_on_payment,
    ceiling_on_scope,
    ceiling_per_day,
    ceiling_per_disease_year,
    ceiling_per_month,
    ceiling_per_session,
    ceiling_per_visit,
    ceiling_per_year,
    ceiling_shared_by_layers,
    chronic_list,
    commercial_tier,
    critical_illness_continuous_years_bonus,
    critical_illness_tilt,
    deductible_100_75_50,
    deductible_by_category,
    deductible_by_level,
    deductible_by_nth_unapproved,
    deductible_by_scheme_employee,
    deductible_by_scheme_resident,
    deductible_exempt_by_age,
    deductible_exempt_by_disease,
    deductible_half_from_second,
    deductible_minus_100_with_floor,
    deductible_none_from_third,
    deductible_once_a_year_for_listed_diseases,
    deductible_share_of_bill_with_bounds,
    deductible_share_of_index,
    deductible_yearly_total,
    discharge_year,
    disease_packages,
    family_account,
    filing_class_and_timeliness,
    floor_guarantee,
    hospital_bears_its_part,
    illness_poverty_against_income,
    implants_by_tag,
    index_by_region_and_year,
    interim_bills,
    maternity,
    non_networked_not_paid,
    outpatient_pooling_with_overflow,
    own_account,
    payment_given_elsewhere,
    primary_care_tilt,
    ratio_by_age,
    ratio_by_category,
    ratio_by_tier,
    ratio_by_years_paid,
    re_assistance_when_referred,
    retiree_tilt_by_points,
    retiree_tilt_on_copay,
    segments_above_start,
    segments_absolute,
    special_drugs_by_tag,
    split_year,
    supplement_above_ceiling,
    transfer_upward_pays_difference,
    two_disease_drugs,
    waiting_period_after_a_lapse,
}

#[test]
fn each_document_is_a_rule_and_each_rule_has_a_document() {
    let entries = std::fs::read_dir(folder()).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut found: Vec<_> = paths
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    found.sort();
    assert_eq!(found, RULES);
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/cases/mechanisms")
}

/// The rule's document can be read and run, and shows by two examples or more where the rule bites and
/// where it does not.
fn comes_out(rule: &str) {
    let file = folder().join(rule).with_extension("toml");
    let document = match read_policy(&file) {
        Ok(document) => document,
        Err(faults) => panic!("{faults}"),
    };
    let compiled = Compiled::new(document.policy().clone(), document.digest()).unwrap();
    let examples = document.examples();
    assert!(examples.len() >= 2, "{rule}: one example shows one side");
    for example in examples {
        let name = &example.name;
        assert!(
            states_a_payment(&example.expected),
            "{rule}: {name}: no payment is stated"
        );
        match run(&compiled, example) {
            Ok(decision) => is_paid_once_over(&decision, name),
            Err(failure) => panic!("{rule}: {name}: {failure:?}"),
        }
    }
}

fn states_a_payment(expected: &Expected) -> bool {
    !expected.paid.is_empty() || expected.fund_total.is_some()
}

/// The bill equals what funds, accounts, the hospital and the patient pay.
fn is_paid_once_over(decision: &Decision, name: &str) {
    let payers = [
        decision.fund_total,
        decision.own_account,
        decision.family_account,
        decision.hospital,
        decision.cash,
    ];
    assert_eq!(Fen::sum(payers).unwrap(), decision.total, "{name}");
}
