//! Tables come out as they went in, read back by what others read them with; papers are the same bytes every time.

mod bank_file;

use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::money::{Fen, SignedFen};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::RowAccessor as _;

use crate::{AccountStatement, Cell, Kind, Movement, Table, TableError};

const COLUMNS: [(&str, Kind); 4] = [
    ("member", Kind::Text),
    ("amount", Kind::Amount),
    ("legs", Kind::Count),
    ("day", Kind::Day),
];

fn row(member: &str, fen: i64, legs: u64, day: &str) -> Vec<Cell> {
    vec![
        Cell::Text(member.to_owned()),
        Cell::Amount(SignedFen::new(fen).unwrap()),
        Cell::Count(legs),
        Cell::Day(day.parse::<BusinessDay>().unwrap()),
    ]
}

fn table() -> Table {
    let mut table = Table::new(&COLUMNS);
    table
        .push(row("330000", -131_601, 2, "2026-03-31"))
        .unwrap();
    table
        .push(row("=1+1, \"成都\"", 1, u64::MAX, "1969-12-31"))
        .unwrap();
    table
}

#[test]
fn a_row_is_what_its_columns_say() {
    let mut table = Table::new(&COLUMNS);
    let mut short = row("a", 1, 1, "2026-03-31");
    short.pop();
    let width = TableError::Width {
        expected: 4,
        found: 3,
    };
    assert_eq!(table.push(short), Err(width));
    let mut other = row("a", 1, 1, "2026-03-31");
    other.swap(1, 2);
    let kind = TableError::Kind {
        column: "amount",
        expected: Kind::Amount,
        found: Kind::Count,
    };
    assert_eq!(table.push(other), Err(kind));
    assert!(table.rows().is_empty());
}

#[test]
fn a_spreadsheet_reads_yuan_and_takes_no_text_for_a_formula() {
    let expected = "member,amount,legs,day\n330000,-1316.01,2,2026-03-31\n\
                    \"'=1+1, \"\"成都\"\"\",0.01,18446744073709551615,1969-12-31\n";
    assert_eq!(
        String::from_utf8(table().to_csv().unwrap()).unwrap(),
        expected
    );
}

#[test]
fn parquet_gives_back_what_was_written_with_the_types_of_the_columns() {
    let bytes = table().to_parquet().unwrap();
    assert_eq!(bytes, table().to_parquet().unwrap());
    let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
    let rows: Vec<_> = reader
        .get_row_iter(None)
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(rows.len(), 2);
    let first = "{member: \"330000\", amount: -1316.01, legs: 2, day: 2026-03-31}";
    assert_eq!(rows[0].to_string(), first);
    assert_eq!(rows[1].get_ulong(2).unwrap(), u64::MAX);
}

#[test]
fn no_rows_are_a_table_too() {
    let empty = Table::new(&COLUMNS);
    assert_eq!(empty.to_csv().unwrap(), b"member,amount,legs,day\n");
    let bytes = empty.to_parquet().unwrap();
    let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
    assert_eq!(reader.metadata().file_metadata().num_rows(), 0);
}

fn movement(bank_reference: &str, fen: i64, bears: &str) -> Movement {
    Movement {
        bank_reference: bank_reference.to_owned(),
        on: "2026-03-03".parse().unwrap(),
        came_in: fen > 0,
        amount: Fen::new(fen.abs()).unwrap(),
        party: "330000".to_owned(),
        bears: bears.to_owned(),
    }
}

fn paper(movements: Vec<Movement>) -> AccountStatement {
    AccountStatement {
        name: "2026-03-01-2026-03-31".to_owned(),
        account: "clearing".to_owned(),
        from: "2026-03-01".parse().unwrap(),
        until: "2026-03-31".parse().unwrap(),
        at: Timestamp::parse("2026-04-01T04:00:00.000Z").unwrap(),
        opening: SignedFen::new(-5).unwrap(),
        movements,
    }
}

#[test]
fn a_bank_statement_closes_at_what_moved_and_escapes_what_was_typed() {
    let long = "B".repeat(64);
    let paper = paper(vec![
        movement("B-1", 1_316_000, "1-330000-resident_pool"),
        movement(&long, -16_000, "<三月> & \u{1}"),
    ]);
    assert_eq!(paper.closing().unwrap(), SignedFen::new(1_299_995).unwrap());
    let xml = String::from_utf8(paper.to_xml().unwrap()).unwrap();
    for part in [
        "<Amt Ccy=\"CNY\">0.05</Amt>\n    <CdtDbtInd>DBIT</CdtDbtInd>",
        "<Amt Ccy=\"CNY\">12999.95</Amt>\n    <CdtDbtInd>CRDT</CdtDbtInd>",
        "<AcctSvcrRef>B-1</AcctSvcrRef>",
        "<Ustrd>&lt;三月&gt; &amp; ?</Ustrd>",
        &format!("<AddtlNtryInf>{long}</AddtlNtryInf>"),
    ] {
        assert!(xml.contains(part), "{part}\n{xml}");
    }
}
