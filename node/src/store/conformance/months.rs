//! A row of what the region said of a month.

use huitong_core::clearing_month::word::{CertifiedMonthWord, MonthWord};
use huitong_core::digest::sha256;

use super::super::{Key, Row};
use crate::samples::now;

/// One of them.
pub(super) fn months() -> Vec<(Key, Row)> {
    let month: huitong_core::payable::Month = "2026-03".parse().unwrap();
    let (region, officer) = ("330200".parse().unwrap(), "li.wei".parse().unwrap());
    let word = MonthWord::new(
        region,
        month.clone(),
        sha256(b"month"),
        vec![],
        officer,
        now(),
    );
    let word = CertifiedMonthWord {
        word: word.unwrap(),
        algorithm: 1,
        key_id: sha256(b"key"),
        signature: vec![3; 4],
        signer: vec![vec![5]],
    };
    vec![(Key::MonthWord(month), Row::MonthWord(word.into()))]
}
