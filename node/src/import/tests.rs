//! Whole files: what is brought in, and every fault at its line and column.

mod properties;

use huitong_core::catalogue::CatalogueRule;
use huitong_core::record::registry::{Filing, Member};
use huitong_core::totals::Stretch;
use huitong_core::vocabulary::{CatalogueClass, FilingClass, Grade, Scheme};

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

fn read_file(word: &str, file: &[u8]) -> Result<Content, RowFaults> {
    read(region(), &header(word, file), file)
}

fn batch(word: &str, file: &str) -> ImportBatch {
    match read_file(word, file.as_bytes()).unwrap() {
        Content::Rows(batch) => batch,
        Content::Policy(_) => panic!("a policy was read"),
    }
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

const MEMBERS: &str =
    "psn_no,credentials,birth_date,scheme,category,retired,years_paid,coverage,identities\n";

fn member(row: &str) -> Member {
    let batch = batch("members", &format!("{MEMBERS}{row}\n"));
    let RegistryRows::Members(members) = batch.rows() else {
        panic!("{batch:?}")
    };
    members[0].clone()
}

#[test]
fn a_member_may_change_scheme_and_retire() {
    let member = member(&format!(
        "{ONE},resident_id:11010519491231002X;e_voucher:T-1,1949-12-31,employee,retiree,yes,30,\
         2009-01-01..2009-12-31 employee in_service no;2010-01-01..,subsistence 2023-01-01..2023-12-31"
    ));
    assert_eq!(
        (
            member.psn_no.expose(),
            member.credentials.len(),
            member.years_paid
        ),
        (ONE, 2, 30)
    );
    let periods: Vec<_> = member
        .periods
        .iter()
        .map(|period| {
            (
                period.scheme,
                period.category.to_string(),
                period.retired,
                period.days.until(),
            )
        })
        .collect();
    let end = "2009-12-31".parse().unwrap();
    assert_eq!(
        periods[0],
        (Scheme::Employee, "in_service".to_owned(), false, Some(end))
    );
    assert_eq!(
        periods[1],
        (Scheme::Employee, "retiree".to_owned(), true, None)
    );
    assert_eq!(member.identities.len(), 1);
}

#[test]
fn columns_stand_in_any_order_after_a_byte_order_mark_and_optional_ones_may_be_missing() {
    let file = format!(
        "\u{feff} coverage ,category,scheme,birth_date,credentials,psn_no\r\n\
         2020-01-01..,adult,resident,1964-02-29, social_card:A1 ,{ONE}\r\n"
    );
    let batch = batch("members", &file);
    let RegistryRows::Members(members) = batch.rows() else {
        panic!("{batch:?}")
    };
    assert_eq!(
        (members[0].periods[0].retired, members[0].years_paid),
        (false, 0)
    );
    assert_eq!(batch.digest(), sha256(file.as_bytes()));
}

#[test]
fn every_fault_of_every_member_is_found() {
    let file = format!(
        "{MEMBERS}\
         {ONE},social_card:A1,1964-02-29,resident,adult,no,0,2020-01-01..,\n\
         12,resident_id:1,1964-02-30,citizen,Adult,perhaps,81,2020-01-01,poor 2020-01-01..\n\
         \n\
         {ONE},social_card:A1,1964-02-29,resident,adult,,,2020-01-01..2020-12-31;2020-12-31..,\n\
         {TWO},,1964-02-29,resident,adult,,,2020-01-01.. x,\n\
         {TWO},resident_id:11010519491231002X,1949-12-30,resident,adult,,,,\n\
         {TWO},passport:P1,1949-12-30,resident\n\
         ,,,,,,,,\n\
         {TWO},social_card:A1,1964-02-29,resident,adult,no,0,2020-01-01..,\n\
         {TWO},passport:P1,1949-12-30,resident,adult,,,2020-01-01..,fringe 2020-01-01..;fringe 2021-01-01..\n"
    );
    check(
        "members",
        &file,
        &[
            "3 birth_date",
            "3 category",
            "3 coverage",
            "3 credentials",
            "3 identities",
            "3 psn_no",
            "3 retired",
            "3 scheme",
            "3 years_paid",
            "5 coverage",
            "6 coverage",
            "7 birth_date",
            "7 coverage",
            "8 ",
            "9 ",
            "10 credentials",
            "11 identities",
        ],
    );
}

#[test]
fn a_person_stands_in_a_file_once() {
    let row = format!("{ONE},social_card:A1,1964-02-29,resident,adult,no,0,2020-01-01..,\n");
    let other = row.replace("A1", "A2");
    check("members", &format!("{MEMBERS}{row}{other}"), &["3 psn_no"]);
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
fn institutions_fit_their_code_and_their_province() {
    let heading = "code,name,type,grade,price_grade,administration,networked,from,until\n";
    let file = format!(
        "{heading}H33020400001,宁波市第一医院,general,three,two,city,yes,2020-01-01,\n\
         P33020400001,\"药店, 东门\",pharmacy,ungraded,,private,否,2020-01-01,2023-12-31\n"
    );
    let batch = batch("institutions", &file);
    let RegistryRows::Institutions(rows) = batch.rows() else {
        panic!("{batch:?}")
    };
    assert_eq!(
        (rows[0].institution.grade, rows[0].institution.price_grade),
        (Grade::Three, Grade::Two)
    );
    assert_eq!(
        (&*rows[1].name, rows[1].institution.price_grade),
        ("药店, 东门", Grade::Ungraded)
    );
    assert!(rows[0].institution.networked && !rows[1].institution.networked);
    let bad = format!(
        "{heading}H51010400001,a,pharmacy,four,,city,yes,2020-01-01,\n\
         S33020400001,a,general,three,,city,maybe,2020-01-01,\n\
         H33020400001,a,pharmacy,three,,city,yes,2020-01-01,\n\
         H33020400002,a,general,three,,city,yes,2020-01-01,\n\
         H33020400002,b,general,three,,city,yes,2024-01-01,\n"
    );
    check(
        "institutions",
        &bad,
        &[
            "2 code",
            "2 grade",
            "2 type",
            "3 networked",
            "3 type",
            "4 type",
            "6 code",
        ],
    );
}

#[test]
fn a_catalogue_has_classes_limits_and_a_word_on_what_it_does_not_list() {
    let heading = "code,name,from,until,class,first_pay,limit_three,limit_two,restricted,tags\n";
    let file = format!(
        "{heading}XA01ABD075A002010100483,药,2023-01-01,,b,0.10,12.50,,yes,special;implant;special\n\
         001101000010000,,2023-01-01,2023-12-31,甲,,,,,\n\
         001101000010000,,2024-01-01,,c,0,,,,\n\
         *local_item,,2023-01-01,,丙,,,,,\n"
    );
    let batch = batch("catalogue", &file);
    let RegistryRows::Catalogue(rules) = batch.rows() else {
        panic!("{batch:?}")
    };
    let CatalogueRule::Listed(entry) = &rules[0] else {
        panic!("{rules:?}")
    };
    assert_eq!(
        (entry.class, entry.first_pay.to_string(), entry.restricted),
        (CatalogueClass::B, "0.1".to_owned(), true)
    );
    assert_eq!(
        entry.limits,
        [(Grade::Three, Fen::parse_yuan("12.5").unwrap())]
    );
    let tags: Vec<String> = entry.tags.iter().map(ToString::to_string).collect();
    assert_eq!(tags, ["implant", "special"]);
    assert!(matches!(rules[3], CatalogueRule::Unlisted(_)));
    let bad = format!(
        "{heading}X1,,2023-01-01,,b,,,,,\n\
         001101000010000,,2023-01-01,2022-01-01,d,1.1,-1,1.001,vielleicht,Tag\n\
         001101000010001,,2023-01-01,,b,,,,,\n\
         001101000010001,,2023-01-01,,a,0.1,,,,\n\
         *,,2023-01-01,,a,,,,,\n\
         *drug,,2023-01-01,,c,,1,,,\n\
         *,,2023-01-01,,c,,1,,,\n\
         001101000010002,,2023-01-01,2023-12-31,a,,,,,\n\
         001101000010002,,2023-12-31,,a,,,,,\n"
    );
    check(
        "catalogue",
        &bad,
        &[
            "2 code",
            "3 class",
            "3 first_pay",
            "3 limit_three",
            "3 limit_two",
            "3 restricted",
            "3 tags",
            "3 until",
            "4 first_pay",
            "5 first_pay",
            "6 class",
            "7 code",
            "8 class",
            "10 from",
        ],
    );
}

#[test]
fn a_policy_is_of_the_own_region() {
    let faults = read_file("policy", b"region = \"330200\"\n").unwrap_err();
    assert!(
        faults.count() > 1 && faults.listed().iter().any(|fault| fault.column == "title"),
        "{faults}"
    );
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
    for kind in FileKind::ALL
        .into_iter()
        .filter(|kind| *kind != FileKind::Policy)
    {
        let section = handbook.split(&format!("\n## {kind}\n")).nth(1).unwrap();
        let example = section.split("```csv\n").nth(1).unwrap();
        let example = example.split("```").next().unwrap();
        let sums = batch(kind.word(), example).sums();
        assert_eq!(sums, ControlSums::of(kind, example.as_bytes()), "{kind}");
        shown += sums.rows;
    }
    assert_eq!(shown, 7);
}
