//! Settlements of the core system, row by row.

use huitong_core::external::Added;
use huitong_core::fund::Fund;
use huitong_core::refusal::{Refusal, RefusalCode};

use super::*;

const HEADING: &str = "core_id,psn_no,institution,visit,setting,admitted,discharged,interim,total,payments,cash,sums,counts,corrects\n";

fn read_rows(rows: &str) -> ExternalBatch {
    let file = format!("{HEADING}{rows}");
    match read(
        region(),
        &header("externals", file.as_bytes()),
        file.as_bytes(),
    ) {
        Ok(Sound::Externals(batch)) => batch,
        other => panic!("{other:?}"),
    }
}

fn places(rows: &str) -> Vec<String> {
    let file = format!("{HEADING}{rows}");
    let faults = read(
        region(),
        &header("externals", file.as_bytes()),
        file.as_bytes(),
    );
    let faults = faults.unwrap_err();
    assert!(!faults.to_string().contains(ONE), "{faults}");
    let listed = faults.listed().iter();
    listed
        .inspect(|fault| assert!(!fault.en.is_empty() && !fault.zh.is_empty(), "{fault:?}"))
        .map(|fault| format!("{} {}", fault.line, fault.column))
        .collect()
}

#[test]
fn a_row_is_a_settlement_with_what_it_adds() {
    let rows = format!(
        "c-1,{ONE},H33020400001,V1,inpatient,2023-03-01,2023-03-09,,3000,resident_pool=1260;own_account=40,1700,paid=1260;charged=1200,visits=1,\n\
         c-2,{TWO},H33020400001,V2,outpatient,2023-03-02,,,50.5,,50.5,,,c-0\n"
    );
    let batch = read_rows(&rows);
    let [stay, call] = batch.settlements() else {
        panic!("{batch:?}")
    };
    assert_eq!(stay.paid_by(Fund::OwnAccount).get(), 4_000);
    let added = |name: &str| stay.adds[&name.parse().unwrap()];
    assert_eq!(added("visits"), Added::Count(1));
    assert_eq!(added("charged").value(), 120_000);
    assert_eq!(call.visit.discharged, call.visit.admitted);
    assert_eq!(call.corrects.as_ref().unwrap().as_str(), "c-0");
    assert_eq!(batch.sums().sum.get(), 305_050);
}

#[test]
fn every_fault_is_at_its_line_and_column() {
    let row = |id: &str, visit: &str| {
        format!("{id},{ONE},H33020400001,{visit},outpatient,2023-03-02,,,10,,10,,,\n")
    };
    assert_eq!(
        places(&(row("c-1", "V1") + &row("c-1", "V2"))),
        ["3 core_id"]
    );
    assert_eq!(places(&(row("c-1", "V1") + &row("c-2", "V1"))), ["3 visit"]);
    let bad = [
        format!("c 1,{ONE},H33020400001,V1,ward,2023-03-02,,,10,,10,,,\n"),
        format!("c-2,{ONE},H33020400001,V2,outpatient,2023-03-02,2023-03-01,,10,,10,,,\n"),
        format!("c-3,{ONE},H33020400001,V3,outpatient,2023-03-02,,,10,pool=1;x,9,,,\n"),
        format!("c-4,{ONE},H33020400001,V4,outpatient,2023-03-02,,,10,resident_pool=1,8,,,\n"),
        format!("c-5,{ONE},H33020400001,V5,outpatient,2023-03-02,,,10,,10,paid=1;paid=2,,\n"),
        format!("c-6,{ONE},H33020400001,V6,outpatient,2023-03-02,,,10,,10,,visits=1.5,\n"),
        format!("c-7,{ONE},H33020400001,V7,outpatient,2023-03-02,,,10,,10,,,c-7\n"),
    ];
    let expected = [
        "2 core_id",
        "2 setting",
        "3 discharged",
        "4 payments",
        "4 payments",
        "5 total",
        "6 sums",
        "7 counts",
        "8 corrects",
    ];
    assert_eq!(places(&bad.concat()), expected);
}

#[test]
fn what_the_node_refuses_is_told_at_the_line_of_its_row() {
    let rows = format!(
        "c-1,{ONE},H33020400001,V1,outpatient,2023-03-02,,,10,,10,,,\n\n\
         c-2,{ONE},H33020400001,V2,outpatient,2023-03-02,,,10,,10,,,\n"
    );
    let batch = read_rows(&rows);
    let refused = Refusal::new(RefusalCode::ExternalTotals, "paid");
    let faults = batch.faults(&[(1, refused)]);
    let [fault] = faults.listed() else {
        panic!("{faults}")
    };
    assert_eq!((fault.line, &*fault.column), (4, "sums"));
    assert!(fault.en.contains("external.totals (paid)"), "{fault}");
    assert!(fault.zh.contains("external.totals（paid）"), "{fault}");
}
