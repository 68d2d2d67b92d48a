//! Golden explanations: the published cases as they read, and one situation for each reason.

use crate::corpus::{Ready, all_below};

const EVERY_WAY: &str = "node/explanation/tests/explanations/every_way.toml";
const NINGBO: &str = "deploy/examples/policy.toml";

/// Every published case as it reads, one snapshot for each document.
#[test]
fn published_cases() {
    for ready in all_below("deploy/cases") {
        let told = ready.document.examples().iter().map(|example| {
            let name = &example.name;
            format!("== {name}\n{}\n", ready.example(name))
        });
        let told: String = told.collect();
        let name = ready.file.rsplit('/').next().unwrap().replace(".toml", "");
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(format!("published_{name}"), told);
        });
    }
}

fn every_way(bill: &str) -> String {
    Ready::read(EVERY_WAY).bill(bill)
}

#[test]
fn the_published_case_of_ningbo() {
    insta::assert_snapshot!(
        Ready::read(NINGBO).example("22,000 at a tertiary hospital, first of the year")
    );
}

#[test]
fn a_ceiling_that_is_nearly_used_up() {
    insta::assert_snapshot!(Ready::read(NINGBO).bill(
        "facts = { tier = \"three\" }
        amounts = { in = \"20000\", first = \"500\", out = \"1500\" }
        totals = { basic_paid = \"299000\" }",
    ));
}

#[test]
fn a_bill_below_the_deductible() {
    insta::assert_snapshot!(
        Ready::read(NINGBO).bill("facts = { tier = \"three\" }\namounts = { in = \"800\" }")
    );
}

#[test]
fn the_published_case_of_a_fringe_family_in_chongqing() {
    insta::assert_snapshot!(
        Ready::read("deploy/policies/chongqing-resident.toml").example("52,000 of a fringe family")
    );
}

#[test]
fn a_year_in_pieces_in_beijing() {
    insta::assert_snapshot!(
        Ready::read("deploy/policies/beijing-employee.toml")
            .example("the year in pieces: 1,500 came before")
    );
}

#[test]
fn a_commercial_supplement_with_costs_of_three_kinds() {
    insta::assert_snapshot!(
        Ready::read("deploy/cases/weifang_commercial.toml")
            .example("GC27 785,000 with 264,000 of drugs from outside")
    );
}

#[test]
fn every_layer_pays_for_a_referred_person_with_an_identity() {
    insta::assert_snapshot!(Ready::read(EVERY_WAY).example("referred, subsistence allowance"));
}

#[test]
fn a_late_filing_and_ceilings_that_are_reached() {
    insta::assert_snapshot!(Ready::read(EVERY_WAY).example("late filing, nothing before"));
}

#[test]
fn an_outpatient_visit_names_the_rules_for_other_care() {
    insta::assert_snapshot!(Ready::read(EVERY_WAY).example("outpatient"));
}

#[test]
fn never_filed_not_networked_and_no_identity() {
    insta::assert_snapshot!(every_way(
        "amounts = { in = \"50000\" }
        balances = { own_account = \"88.80\" }
        [facts]
        setting = \"inpatient\"
        tier = \"three\"
        place = \"other_province\"
        filing = \"unfiled\"
        filing_time = \"absent\"
        identity = []
        networked = false
        retired = false
        ordinal = 1",
    ));
}

#[test]
fn an_identity_without_a_referral() {
    insta::assert_snapshot!(every_way(
        "amounts = { in = \"40000\" }
        [facts]
        setting = \"inpatient\"
        tier = \"three\"
        place = \"home\"
        filing = \"unfiled\"
        filing_time = \"absent\"
        identity = [\"fringe\", \"extreme_poverty\"]
        referred = false
        retired = true
        ordinal = 1
        [totals]
        started = \"1200\"
        basic_paid = \"30000\"",
    ));
}
