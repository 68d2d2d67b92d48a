//! A request that is correct, and what a row of the tables does to it.

use huitong_proto::settlement::v1 as settlement;
use huitong_tests::bills::{inpatient, line, visit};
use huitong_tests::hospital::request;
use huitong_tests::refused::Again;
use huitong_tests::register::{Desk, Item, NINGBO};

/// The person of every bad bill.
pub(super) const PERSON: u32 = 1;
/// One who is like them, and has a settlement before the first bad bill comes.
pub(super) const TWIN: u32 = 2;
/// The id of the twin's settlement.
pub(super) const STANDING: &str = "standing";
/// The largest amount there is (ten trillion yuan), in fen.
pub(super) const LARGEST: i64 = 1_000_000_000_000_000;

/// What a hospital of Chengdu sends for a person of Ningbo.
pub(super) struct Sent {
    pub(super) desk: Desk,
    pub(super) request: settlement::SettleRequest,
}

/// What a bad request is, and what it gets.
pub(super) struct Row {
    pub(super) what: &'static str,
    pub(super) spoil: fn(&mut Sent),
    pub(super) code: &'static str,
    pub(super) again: Again,
    /// The detail names this.
    pub(super) names: &'static str,
    pub(super) seen_by: SeenBy,
}

/// Whether an estimate, which has no id and settles nothing, is refused as well.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum SeenBy {
    Estimate,
    SettleOnly,
}

pub(super) const fn row(
    what: &'static str,
    spoil: fn(&mut Sent),
    code: &'static str,
    names: &'static str,
) -> Row {
    Row {
        what,
        spoil,
        code,
        again: Again::No,
        names,
        seen_by: SeenBy::Estimate,
    }
}

pub(super) const fn about_id(
    what: &'static str,
    spoil: fn(&mut Sent),
    code: &'static str,
    names: &'static str,
) -> Row {
    Row {
        what,
        spoil,
        code,
        again: Again::No,
        names,
        seen_by: SeenBy::SettleOnly,
    }
}

impl Sent {
    /// A correct bill of a person, under an id and a visit of its own.
    pub(super) fn of(who: u32, id: &str) -> Self {
        let lines = [
            (Item::Drug, 1_800_000),
            (Item::DearDrug, 200_000),
            (Item::Comfort, 50_000),
        ];
        let bill = inpatient(&NINGBO, who, id, &lines);
        Self {
            desk: Desk::Three,
            request: request(id, bill),
        }
    }

    pub(super) fn bill(&mut self) -> &mut settlement::Bill {
        self.request.bill.as_mut().unwrap()
    }

    pub(super) fn line(&mut self, index: usize) -> &mut settlement::BillLine {
        &mut self.bill().lines[index]
    }

    pub(super) fn add(&mut self, line: settlement::BillLine) {
        self.bill().total_fen += line.amount_fen;
        self.bill().lines.push(line);
    }

    pub(super) fn day(&mut self, day: &str) {
        visit(self.bill()).admitted = day.to_owned();
        visit(self.bill()).discharged = day.to_owned();
        for line in &mut self.bill().lines {
            line.date = day.to_owned();
        }
    }
}

/// A return of line 1: a negative amount and quantity.
pub(super) fn returning(amount_fen: i64, quantity: &str) -> settlement::BillLine {
    let back = line(4, Item::Drug, amount_fen);
    settlement::BillLine {
        returns: 1,
        quantity: quantity.to_owned(),
        ..back
    }
}
