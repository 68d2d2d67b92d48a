//! Whole files: what is brought in, and every fault at its line and column.

mod externals;
mod members;
mod properties;
mod treatment;

use huitong_core::record::registry::Filing;
use huitong_core::totals::Stretch;
use huitong_core::vocabulary::FilingClass;

use super::*;

const ONE: &str = "330200000000000001";
const TWO: &str = "330200000000000002";

fn region() -> RegionCode {
    RegionCode::parse("330200").unwrap()
}

fn kind(word: &str) -> FileKind {
    word.parse().unwrap()
}

/// A header that tells the truth of a file.
fn header(word: &str, file: &[u8]) -> ImportHeader {
    ImportHeader {
        kind: kind(word),
        as_of: Some("2023-12-31".parse().unwrap()),
        sums: ControlSums::of(kind(word), file),
        mode: Mode::Commit,
    }
}

fn read_file(word: &str, file: &[u8]) -> Result<ImportBatch, RowFaults> {
    match read(region(), &header(word, file), file)? {
        Sound::Registry(batch) => Ok(batch),
        Sound::Externals(batch) => panic!("{batch:?}"),
    }
}

fn batch(word: &str, file: &str) -> ImportBatch {
    read_file(word, file.as_bytes()).unwrap()
}

/// The places of all faults, as `line column`, in order.
fn check(word: &str, file: &str, expected: &[&str]) {
    let faults = read_file(word, file.as_bytes()).unwrap_err();
    let places: Vec<String> = faults
        .listed()
        .iter()
        .map(|fault| format!("{} {}", fault.line, fault.column))
        .collect();
    assert_eq!(places, expected, "{faults}");
    assert_eq!(faults.count(), u64::try_from(expected.len()).unwrap());
    for fault in faults.listed() {
        assert!(!fault.en.is_empty() && !fault.zh.is_empty(), "{fault:?}");
        assert!(!fault.to_string().contains(ONE), "{fault}");
    }
}

#[test]
fn the_heading_is_checked_by_name() {
    check("balances", "", &["0 "]);
    check("catalogue", "code,from,class\n", &["0 "]);
    assert_eq!(batch("balances", "psn_no,own\n").sums().rows, 0);
    check(
        "balances",
        "psn_no,family,won,own,own\n1,2,3,4,5\n",
        &["1 own", "1 won"],
    );
    check("balances", "family\n1\n", &["1 own", "1 psn_no"]);
    let gbk = b"psn_no,own,\xd2\xbd\xb1\xa3\n1,2,3\n";
    let faults = read_file("balances", gbk).unwrap_err();
    assert!(faults.to_string().contains("CSV UTF-8"), "{faults}");
}

#[test]
fn filings_name_class_area_and_days() {
    let heading = "psn_no,class,area,from,until,filed_on\n";
    let file = format!(
        "{heading}{ONE},long_term,510100,2023-01-01,,2022-12-20\n\
         {ONE},temporary,510000,2023-01-01,2023-06-30,2023-01-02\n"
    );
    let batch = batch("filings", &file);
    let RegistryRows::Filings(filings) = batch.rows() else {
        panic!("{batch:?}")
    };
    let said = |filing: &Filing| {
        (
            filing.class,
            filing.area.to_string(),
            filing.days.until().is_some(),
        )
    };
    assert_eq!(
        said(&filings[0]),
        (FilingClass::LongTerm, "510100".to_owned(), false)
    );
    assert_eq!(
        said(&filings[1]),
        (FilingClass::Temporary, "510000".to_owned(), true)
    );
    let bad = format!(
        "{heading}{ONE},unfiled,990000,2023-07-01,2023-06-30,\n\
         {ONE},referral,510100,2023-01-01,,2023-01-01\n\
         {ONE},referral,510100,2023-01-01,2023-12-31,2023-01-01\n"
    );
    check(
        "filings",
        &bad,
        &["2 area", "2 class", "2 filed_on", "2 until", "4 from"],
    );
}

#[test]
fn opening_totals_are_sums_or_counts_of_a_stretch_that_has_begun() {
    let heading = "psn_no,total,stretch,key,amount,count\n";
    let file = format!(
        "{heading}{ONE},scope,year:2023,,20000.00,\n{ONE},admissions,year:2023,,,2\n\
         {ONE},chronic,month:2023-05,diabetes,3.5,\n{ONE},q,quarter:2023-4,,1,\n{TWO},l,life,,0,\n"
    );
    let batch = batch("opening-totals", &file);
    let RegistryRows::OpeningTotals(totals) = batch.rows() else {
        panic!("{batch:?}")
    };
    let values: Vec<i64> = totals.iter().map(|total| total.value).collect();
    assert_eq!(values, [2_000_000, 2, 350, 100, 0]);
    assert_eq!(totals[2].slot.stretch, Stretch::Month(2023, 5));
    assert_eq!(totals[2].slot.key.as_deref(), Some("diabetes"));
    assert_eq!(totals[3].slot.stretch, Stretch::Quarter(2023, 4));
    assert_eq!(batch.sums().sum, Fen::parse_yuan("20004.50").unwrap());
    let bad = format!(
        "{heading}{ONE},Scope,year:2024,k k,1,\n{ONE},scope,quarter:2023-5,,-1,\n\
         {ONE},scope,month:2023-5,,1,1\n{ONE},scope,life,,,\n\
         {TWO},scope,life,,1,\n{TWO},scope,life,,2,\n"
    );
    check(
        "opening-totals",
        &bad,
        &[
            "2 key",
            "2 stretch",
            "2 total",
            "3 amount",
            "3 stretch",
            "4 amount",
            "4 stretch",
            "5 amount",
            "7 total",
        ],
    );
}

#[test]
fn totals_and_balances_stand_for_a_day() {
    for (word, file) in [
        ("balances", "psn_no,own\n"),
        ("opening-totals", "psn_no,total,stretch\n"),
    ] {
        let mut header = header(word, file.as_bytes());
        header.as_of = None;
        let faults = read(region(), &header, file.as_bytes()).unwrap_err();
        assert!(faults.to_string().contains("--as-of"), "{faults}");
    }
}

#[test]
fn what_arrives_is_what_was_counted() {
    let whole = format!("psn_no,own,family\n{ONE},1.00,2.00\n{TWO},3.00,\n");
    let sums = ControlSums::of(kind("balances"), whole.as_bytes());
    assert_eq!(
        sums,
        ControlSums {
            rows: 2,
            sum: Fen::parse_yuan("6").unwrap()
        }
    );
    let cut = whole
        .lines()
        .take(2)
        .map(|line| format!("{line}\n"))
        .collect::<String>();
    let changed = whole.replace("3.00", "3.01");
    for (file, said) in [(cut, "1 arrived"), (changed, "6.01")] {
        let faults = read(
            region(),
            &header("balances", whole.as_bytes()),
            file.as_bytes(),
        )
        .unwrap_err();
        assert!(faults.to_string().contains(said), "{faults}");
    }
    let most = Fen::MAX;
    let file = format!("psn_no,own\n{ONE},{most}\n{TWO},{most}\n");
    let faults = read_file("balances", file.as_bytes()).unwrap_err();
    assert!(faults.to_string().contains("split the file"), "{faults}");
}

#[test]
fn only_so_many_faults_are_listed_but_all_are_counted() {
    let rows = "1,1\n".repeat(1_500);
    let faults = read_file("balances", format!("psn_no,own\n{rows}").as_bytes()).unwrap_err();
    assert_eq!(
        (faults.listed().len(), faults.count()),
        (FAULTS_AT_MOST, 1_500)
    );
    assert!(faults.to_string().ends_with("500 more / 另有 500 处"));
}

#[test]
fn kinds_have_names() {
    for kind in FileKind::ALL {
        assert_eq!(kind.to_string().parse(), Ok(kind));
    }
    assert_eq!("drugs".parse::<FileKind>(), Err(FileKindError));
}

#[test]
fn the_examples_of_the_handbook_are_sound() {
    let handbook = include_str!("../../../deploy/docs/import-formats.md");
    let mut shown = 0;
    for kind in FileKind::ALL {
        let section = handbook.split(&format!("\n## {kind}\n")).nth(1).unwrap();
        let example = section.split("```csv\n").nth(1).unwrap();
        let example = example.split("```").next().unwrap();
        let file = example.as_bytes();
        let sums = read(region(), &header(kind.word(), file), file)
            .unwrap()
            .sums();
        assert_eq!(sums, ControlSums::of(kind, example.as_bytes()), "{kind}");
        shown += sums.rows;
    }
    assert_eq!(shown, 8);
}
