//! `balances.csv`: what the personal accounts held when the node took over.

use huitong_core::money::Fen;
use huitong_core::record::registry::Balance;

use super::cell;
use super::table::{Column, Need, Row, Sheet};

/// The columns of the amounts.
pub(super) const AMOUNTS: [&str; 2] = ["own", "family"];
const COLUMNS: &[Column] = &[
    ("psn_no", Need::Required),
    ("own", Need::Required),
    ("family", Need::Optional),
];

pub(super) fn read(bytes: &[u8]) -> Sheet<Balance> {
    let mut sheet = Sheet::read(bytes, COLUMNS, balance);
    sheet.once("psn_no", |balance| vec![balance.psn_no]);
    sheet
}

fn balance(row: &Row<'_>) -> Option<Balance> {
    let psn_no = row.required("psn_no", cell::psn_no);
    let own = row.required("own", cell::yuan);
    let family = row.or("family", Fen::ZERO, cell::yuan);
    Some(Balance {
        psn_no: psn_no?,
        own: own?,
        family: family?,
    })
}
