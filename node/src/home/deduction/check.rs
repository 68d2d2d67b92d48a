//! Whether an order is the treatment region's, and a word on it the home region's.

use huitong_certs::signing::CertifiedKey;
use huitong_core::deduction::{DeductionWord, SignedDeduction};
use huitong_core::receipt::GroupSignature;
use huitong_core::region::RegionCode;

use crate::group::is_signed;

/// Why an order or a word is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WordFault {
    /// It is between other regions, or on another order.
    #[error("its {0} is another one")]
    Other(&'static str),
    /// It is not a leaf of the group it names.
    #[error("it does not belong to the group that was signed")]
    NotInGroup,
    /// The group was not signed by the region it is said to be of.
    #[error("its group is not signed by the key of region {0}")]
    Signature(RegionCode),
}

/// The keys of the two regions; none for the own region where nothing left the process.
#[derive(Debug, Clone, Copy)]
pub struct Keys<'a> {
    /// Of the treatment region, which ordered.
    pub treatment: Option<&'a CertifiedKey>,
    /// Of the home region, which answered.
    pub home: Option<&'a CertifiedKey>,
}

/// Checks an order.
///
/// # Errors
/// [`WordFault`].
pub fn check_order(
    order: &SignedDeduction,
    (treatment, home): (RegionCode, RegionCode),
    keys: Keys<'_>,
) -> Result<(), WordFault> {
    if order.body.treatment != treatment {
        return Err(WordFault::Other("treatment region"));
    }
    if order.body.home != home {
        return Err(WordFault::Other("home region"));
    }
    if !order.is_in_group() {
        return Err(WordFault::NotInGroup);
    }
    signed(&order.group, keys.treatment, treatment)
}

/// Checks a word, and the order that it is on.
///
/// # Errors
/// [`WordFault`].
pub fn check_word(
    word: &DeductionWord,
    between: (RegionCode, RegionCode),
    keys: Keys<'_>,
) -> Result<(), WordFault> {
    check_order(&word.order, between, keys)?;
    if !word.answer.body.is_of(&word.order.body) {
        return Err(WordFault::Other("order"));
    }
    if !word.answer.is_in_group() {
        return Err(WordFault::NotInGroup);
    }
    let (_, home) = between;
    signed(&word.answer.group, keys.home, home)
}

fn signed(
    group: &GroupSignature,
    key: Option<&CertifiedKey>,
    of: RegionCode,
) -> Result<(), WordFault> {
    match key {
        Some(key) if !is_signed(group, key) => Err(WordFault::Signature(of)),
        Some(_) | None => Ok(()),
    }
}
