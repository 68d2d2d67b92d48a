//! A region against a clearinghouse that holds its rows otherwise.

use std::cell::RefCell;
use std::sync::Mutex;

use huitong_core::checkpoint::difference::Differs;
use huitong_core::digest::sha256;
use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
use huitong_core::leg::{LegField, LegKind};
use huitong_core::money::Fen;

use super::*;

/// A clearinghouse in memory. It notes what it is told.
struct Held {
    rows: BTreeMap<Pair, RowLegs>,
    told: Mutex<BTreeMap<Pair, Vec<Difference>>>,
    /// Answers that are none, for this pair.
    nonsense: Option<Pair>,
}

impl Held {
    fn of(legs: Vec<Leg>) -> Self {
        Self {
            rows: RowLegs::all(legs).unwrap(),
            told: Mutex::default(),
            nonsense: None,
        }
    }
}

impl Cycle for Held {
    async fn attest(&self, rows: Vec<Row>) -> Result<Vec<Pair>, String> {
        let told: BTreeMap<_, _> = rows.into_iter().map(|row| (row.pair, row)).collect();
        let held: BTreeMap<_, _> = self
            .rows
            .iter()
            .map(|(pair, legs)| (*pair, *legs.row()))
            .collect();
        let pairs = held.keys().chain(told.keys());
        let mut differ: Vec<_> = pairs
            .filter(|pair| held.get(pair) != told.get(pair))
            .copied()
            .collect();
        differ.sort_unstable();
        differ.dedup();
        Ok(differ)
    }

    async fn look_into(&self, pair: Pair, spans: Vec<Span>) -> Result<Vec<Looked>, String> {
        if self.nonsense == Some(pair) {
            return Ok(Vec::new());
        }
        let nothing = RowLegs::new(pair, []).unwrap();
        let row = self.rows.get(&pair).unwrap_or(&nothing);
        Ok(spans.into_iter().map(|span| row.look(span)).collect())
    }

    async fn tell(&self, pair: Pair, words: Vec<(LegKey, Option<Leg>)>) -> Result<(), String> {
        let held = |key: LegKey| {
            let in_row = self.rows.get(&pair).and_then(|row| row.leg(key));
            let elsewhere = || self.rows.values().find_map(|row| row.leg(key));
            in_row.or_else(elsewhere).cloned()
        };
        let differences = words
            .into_iter()
            .map(|(key, book)| Difference::new(held(key), book).unwrap());
        let differences = differences.collect();
        self.told.lock().unwrap().insert(pair, differences);
        Ok(())
    }
}

fn leg(number: u8, creditor: &str, fen: i64) -> Leg {
    Leg {
        settlement: SettlementId::from_parts(i64::from(number), [number; 10]),
        kind: LegKind::Settlement,
        debtor: "330200".parse().unwrap(),
        creditor: creditor.parse().unwrap(),
        fund: Fund::ResidentPool,
        amount: Fen::new(fen).unwrap(),
        business_day: "2026-03-01".parse().unwrap(),
        receipt: sha256(&[number]),
    }
}

/// What is told of a book against what is held: by creditor the settlements with how they differ.
async fn told(book: Vec<Leg>, held: &Held) -> Result<Vec<(String, Vec<Differs>)>, Unsaid> {
    let told = OwnRows::of(book).unwrap().say(held).await?;
    assert_eq!(*held.told.lock().unwrap(), told);
    let rows = told.into_iter().map(|(pair, differences)| {
        let differs = differences.iter().map(Difference::differs).collect();
        (pair.creditor.to_string(), differs)
    });
    Ok(rows.collect())
}

#[tokio::test]
async fn a_region_tells_exactly_what_its_book_has_otherwise() {
    const CHENGDU: &str = "510100";
    const SHANGHAI: &str = "310000";
    let both: Vec<_> = (1..100).map(|number| leg(number, CHENGDU, 100)).collect();
    assert_eq!(
        told(both.clone(), &Held::of(both.clone())).await,
        Ok(Vec::new())
    );

    let mut held = both.clone();
    held.remove(90);
    held[7].amount = Fen::new(99).unwrap();
    held[20].creditor = SHANGHAI.parse().unwrap();
    held.push(leg(200, CHENGDU, 5));
    let changed = Differs::Changed(LegField::Creditor);
    let expected = vec![
        (SHANGHAI.to_owned(), vec![changed]),
        (
            CHENGDU.to_owned(),
            vec![
                Differs::Changed(LegField::Amount),
                changed,
                Differs::NotHeld,
                Differs::NotInBook,
            ],
        ),
    ];
    assert_eq!(told(both, &Held::of(held)).await, Ok(expected));
}

/// A region that owes two others under one id has two debts.
#[tokio::test]
async fn what_two_are_owed_under_one_id_is_told_for_each_of_them() {
    for (other, another) in [("310000", "510100"), ("510100", "310000")] {
        let book = vec![leg(1, other, 100), leg(1, another, 100)];
        let held = Held::of(vec![leg(1, other, 99), leg(1, another, 100)]);
        let changed = Differs::Changed(LegField::Amount);
        let expected = vec![(other.to_owned(), vec![changed])];
        assert_eq!(told(book.clone(), &held).await, Ok(expected));
        let words = held.told.lock().unwrap();
        let words: Vec<_> = words.values().flatten().map(Difference::book).collect();
        assert_eq!(words, [Some(&book[0])]);
    }
}

#[tokio::test]
async fn a_row_that_cannot_be_searched_keeps_no_other_from_being_told() {
    let book = vec![leg(1, "510100", 100), leg(2, "310000", 100)];
    let mut held = Held::of(vec![leg(1, "510100", 99), leg(2, "310000", 99)]);
    let lost = Pair::of(&book[1]);
    held.nonsense = Some(lost);
    let unsaid = OwnRows::of(book).unwrap().say(&held).await.unwrap_err();
    let error = SearchError::Answer;
    assert_eq!(unsaid, Unsaid::Search { pair: lost, error });
    let told = RefCell::new(held.told.lock().unwrap().clone()).into_inner();
    let creditors: Vec<_> = told.keys().map(|pair| pair.creditor.to_string()).collect();
    assert_eq!(creditors, ["510100"]);
}
