//! A bank's file is read as the bank meant it, or refused where it is wrong; and what this program writes it also reads.

use huitong_core::money::{Fen, SignedFen};
use proptest::prelude::*;

use super::{movement, paper};
use crate::{BankEntry, BankFile};

const FILE: &str = include_str!("../../../../tests/data/bank-2026-03.xml");

fn read(text: &str) -> Result<BankFile, (&'static str, u64, String)> {
    BankFile::read(text.as_bytes()).map_err(|fault| {
        let said = fault.to_string();
        assert!(said.starts_with(fault.wrong.code()), "{said}");
        assert!(said.contains(" / "), "in both languages: {said}");
        (fault.wrong.code(), fault.line, fault.place)
    })
}

/// The file with one thing changed, which must be there.
fn with(what: &str, other: &str) -> String {
    assert!(FILE.contains(what), "{what}");
    FILE.replacen(what, other, 1)
}

#[test]
fn a_banks_file_is_read_as_it_was_meant() {
    let file = read(FILE).unwrap();
    assert_eq!(file.account, "1202000000000000001");
    assert_eq!(
        (file.from.to_string(), file.until.to_string()),
        ("2026-03-01".to_owned(), "2026-03-31".to_owned())
    );
    assert_eq!(
        (file.opening, file.closing),
        (SignedFen::ZERO, SignedFen::new(5).unwrap())
    );
    assert_eq!((file.entries.len(), file.not_booked), (4, 1));
    let first = BankEntry {
        line: 29,
        bank_reference: "B-1".to_owned(),
        on: "2026-03-20".parse().unwrap(),
        came_in: true,
        amount: Fen::new(1_316_000).unwrap(),
        is_reversal: false,
        party: "浙江省医疗保障局 & 财政专户".to_owned(),
        bears: [
            "1-330000-resident_pool",
            "异地就医清算\u{3000}三月",
            "<附言>",
        ]
        .map(str::to_owned)
        .into(),
    };
    assert_eq!(file.entries[0], first);
    let told: Vec<_> = file
        .entries
        .iter()
        .map(|of| {
            (
                &*of.bank_reference,
                of.came_in,
                of.is_reversal,
                of.bears.len(),
            )
        })
        .collect();
    let expected = [
        ("B-1", true, false, 3),
        ("B-4", false, false, 1),
        ("B-4R", true, true, 1),
        ("B-5", false, false, 0),
    ];
    assert_eq!(told, expected);
    assert_eq!(file.entries[1].party, "四川省成都市医疗保障局");
}

/// What is changed into what, with the code and the line that are told.
const WRONG: [(&str, &str, &str, u64); 26] = [
    (
        "camt.053.001.08",
        "camt.053.001.02",
        "bank_file.namespace",
        3,
    ),
    ("xmlns=\"urn", "xmlns:c=\"urn", "bank_file.namespace", 3),
    (
        "<!-- A",
        "<!DOCTYPE Document [<!ENTITY a \"b\">]><!-- A",
        "bank_file.document_type",
        2,
    ),
    ("三月</Ustrd>", "&a;</Ustrd>", "bank_file.document_type", 42),
    ("</Stmt>", "", "bank_file.not_xml", 86),
    ("</Document>", "", "bank_file.not_xml", 88),
    (
        AMOUNT,
        "<Amt Ccy=\"USD\">13160.00</Amt>",
        "bank_file.currency",
        31,
    ),
    (AMOUNT, "<Amt>13160.00</Amt>", "bank_file.currency", 31),
    ("<Ccy>CNY</Ccy>", "<Ccy>HKD</Ccy>", "bank_file.currency", 13),
    (
        AMOUNT,
        "<Amt Ccy=\"CNY\">13160.001</Amt>",
        "bank_file.amount",
        31,
    ),
    (
        AMOUNT,
        "<Amt Ccy=\"CNY\">-13160.00</Amt>",
        "bank_file.amount",
        31,
    ),
    (
        AMOUNT,
        "<Amt Ccy=\"CNY\">1.316E4</Amt>",
        "bank_file.amount",
        31,
    ),
    (
        AMOUNT,
        "<Amt Ccy=\"CNY\">13,160.00</Amt>",
        "bank_file.amount",
        31,
    ),
    (
        AMOUNT,
        "<Amt Ccy=\"CNY\">13160.01</Amt>",
        "bank_file.sum",
        6,
    ),
    (
        AMOUNT,
        "<Amt Ccy=\"CNY\">1</Amt><Amt Ccy=\"CNY\">1</Amt>",
        "bank_file.repeated",
        31,
    ),
    (AMOUNT, "", "bank_file.missing", 29),
    (
        "<Sts><Cd>BOOK</Cd></Sts>",
        "<Sts><Cd>DONE</Cd></Sts>",
        "bank_file.word",
        33,
    ),
    ("<RvslInd>true", "<RvslInd>yes", "bank_file.word", 64),
    (
        "<AcctSvcrRef>B-5</AcctSvcrRef>",
        "",
        "bank_file.no_reference",
        71,
    ),
    (
        "<AcctSvcrRef>B-5<",
        "<AcctSvcrRef>B-1<",
        "bank_file.reference_twice",
        71,
    ),
    ("<NbOfTxs>1", "<NbOfTxs>2", "bank_file.batch", 53),
    (
        "<TxDtls>",
        "<TxDtls></TxDtls><TxDtls>",
        "bank_file.batch",
        39,
    ),
    (
        "<Dt>2026-03-23</Dt>",
        "<Dt>2026-04-01</Dt>",
        "bank_file.other_day",
        71,
    ),
    (
        "<Dt>2026-03-23</Dt>",
        "<Dt>2026-02-30</Dt>",
        "bank_file.day",
        75,
    ),
    ("<Cd>OPBD</Cd>", "<Cd>XPCD</Cd>", "bank_file.missing", 6),
    ("<Stmt>", "<Stmt/><Stmt>", "bank_file.repeated", 6),
];

const AMOUNT: &str = "<Amt Ccy=\"CNY\">13160.000</Amt>";

#[test]
fn what_is_wrong_with_a_file_is_told_with_its_place() {
    for (what, other, code, line) in WRONG {
        let (found, at, place) = read(&with(what, other)).unwrap_err();
        assert_eq!((found, at), (code, line), "{what} {other}: {place}");
    }
    let gbk = [&b"<a>"[..], &[0xB9, 0xFA], b"</a>"].concat();
    assert_eq!(
        BankFile::read(&gbk).unwrap_err().wrong.code(),
        "bank_file.not_utf8"
    );
    let deep = with(
        "<GrpHdr>",
        &format!("<GrpHdr>{}{}", "<a>".repeat(40), "</a>".repeat(40)),
    );
    assert_eq!(read(&deep).unwrap_err().0, "bank_file.too_large");
}

#[test]
fn balances_may_be_less_than_nothing_and_of_the_day_before() {
    let text = with("<Cd>OPBD</Cd>", "<Cd>PRCD</Cd>")
        .replacen(
            "<Amt Ccy=\"CNY\">0.00</Amt><CdtDbtInd>CRDT",
            "<Amt Ccy=\"CNY\">1.00</Amt><CdtDbtInd>DBIT",
            1,
        )
        .replacen(
            "<Amt Ccy=\"CNY\">0.05</Amt><CdtDbtInd>CRDT",
            "<Amt Ccy=\"CNY\">0.95</Amt><CdtDbtInd>DBIT",
            1,
        );
    let file = read(&text).unwrap();
    assert_eq!((file.opening.get(), file.closing.get()), (-100, -95));
}

#[test]
fn without_days_of_its_own_a_file_begins_with_its_opening_or_after_the_closing_before() {
    let days = |text: &str| {
        let (before, rest) = text.split_once("<FrToDt>").unwrap();
        let (_, after) = rest.split_once("</FrToDt>").unwrap();
        let file = read(&format!("{before}{after}")).unwrap();
        (file.from, file.until)
    };
    let own = read(FILE).unwrap();
    assert_eq!(days(FILE), (own.from, own.until));
    let opened = "<Dt><DtTm>2026-03-01T00:00:00+08:00</DtTm></Dt>";
    assert!(FILE.contains(opened));
    let text = with("<Cd>OPBD</Cd>", "<Cd>PRCD</Cd>");
    let text = text.replacen(opened, "<Dt><Dt>2026-02-28</Dt></Dt>", 1);
    assert_eq!(days(&text), (own.from, own.until));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn what_is_written_is_read_again(
        moved in proptest::collection::vec((1..1_000_000_000_i64, any::<bool>(), "[ -~三月]{0,40}"), 0..12),
    ) {
        let movements = moved.iter().zip(1..).map(|((fen, came_in, bears), number): (_, usize)| {
            let name = format!("{}-{number}", "B".repeat(number * 5));
            movement(&name, if *came_in { *fen } else { -fen }, bears.trim())
        });
        let paper = paper(movements.collect());
        let file = BankFile::read(&paper.to_xml().unwrap()).unwrap();
        prop_assert_eq!((file.opening, file.closing), (paper.opening, paper.closing().unwrap()));
        prop_assert_eq!(file.entries.len(), paper.movements.len());
        for (entry, moved) in file.entries.iter().zip(&paper.movements) {
            prop_assert_eq!(&entry.bank_reference, &moved.bank_reference);
            prop_assert_eq!((entry.on, entry.came_in, entry.amount), (moved.on, moved.came_in, moved.amount));
            prop_assert_eq!(&entry.party, &moved.party);
            let bears = if moved.bears.is_empty() || moved.bears == "NOTPROVIDED" { "" } else { &*moved.bears };
            prop_assert_eq!(entry.bears.first().map_or("", String::as_str), bears);
        }
    }

    /// Whatever is changed or cut, reading ends with a file or a fault.
    #[test]
    fn no_file_stops_the_reader(at in 0..FILE.len(), cut in 0..60_usize, put in "[<>&;\"'/a-z0-9]{0,6}") {
        let (Some(before), Some(after)) = (FILE.get(..at), FILE.get(at + cut..)) else {
            return Ok(());
        };
        drop(read(&format!("{before}{put}{after}")));
    }
}
