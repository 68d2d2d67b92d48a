//! What becomes of a word about somebody who has gone on to the next home.
//!
//! A supplement goes on after the person, as a word of this home; never under a number that the next home may hold
//! already with another word. After a restore an old home gives its words again when the hand-over to the next home
//! is back: what was counted in before that hand-over is part of it, and what went on already goes on no second time.

use huitong_core::person::PsnNo;
use huitong_core::record::hand::{HandOver, Supplement};
use huitong_core::record::transfer::AccountAfter;
use huitong_core::region::RegionCode;

use super::there;
use crate::home::relation::handed_over;
use crate::home::restored::is_left_out;
use crate::store::{Account, Leaving, Rows, StoreError, account_now};

/// How a word of an old home came here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    /// Its sender sent it, in this incarnation of its own.
    Sent(u32),
    /// The own restore asked for it, and something else was lost of it than that it was taken.
    Collected(Known),
}

/// What a restored home knows of where a word about somebody who went on belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// Nothing: it came after the hand-over to the next home, if there is one.
    Nothing,
    /// The next home was told of it: the word on it came back.
    ToldOn,
    /// A change from before the hand-over is missing in the person's record, and it was this.
    HandedOver,
}

impl Came {
    /// The incarnation in which its sender sent it; none for what the own restore asked for.
    #[must_use]
    pub const fn sent_in(self) -> Option<u32> {
        match self {
            Self::Sent(incarnation) => Some(incarnation),
            Self::Collected(_) => None,
        }
    }
}

/// What a supplement comes to.
pub(super) enum Next {
    /// It changes the person's record here, or nothing.
    Counted(Option<AccountAfter>),
    /// It goes on after the person.
    GoesOn(RegionCode, Supplement),
    /// It would go on to a region that is left out: the numbers to it may be there already, with other words.
    Waits,
}

/// What a supplement for somebody who was handed over comes to.
pub(super) fn next(
    supplement: &Supplement,
    left: &Leaving,
    came: Came,
    rows: &dyn Rows,
) -> Result<Next, StoreError> {
    match came {
        Came::Collected(Known::ToldOn) => return Ok(Next::Counted(None)),
        Came::Collected(Known::HandedOver) => {
            return Ok(Next::Counted(Some(passed_on(rows, supplement.number)?)));
        }
        Came::Collected(Known::Nothing) | Came::Sent(_) => {}
    }
    if is_left_out(rows, left.new_home)? {
        return Ok(Next::Waits);
    }
    let supplement = Supplement {
        transfer: left.transfer,
        number: left.number,
        ..supplement.clone()
    };
    Ok(Next::GoesOn(left.new_home, supplement))
}

/// Whether somebody whose arrival is collected has gone on since, which came back before: the cover elsewhere begins
/// later than the one they came with. Whoever comes back comes with the later one.
pub(super) fn went_on(
    hand_over: &HandOver,
    came: Came,
    rows: &dyn Rows,
) -> Result<bool, StoreError> {
    let order = &hand_over.order;
    match came {
        Came::Sent(_) => Ok(false),
        Came::Collected(_) => {
            let left = handed_over(rows, order.number)?;
            Ok(left.is_some_and(|left| order.cover.days.from() < left.from))
        }
    }
}

/// The record of somebody who has gone on, as it stands: the change that comes back is in the hand-over.
pub(super) fn passed_on(rows: &dyn Rows, number: PsnNo) -> Result<AccountAfter, StoreError> {
    let account = account_now(rows, number)?;
    let account: Account = there(account, "a person who went on without an account")?;
    Ok(AccountAfter {
        version: account.version,
        totals: Vec::new(),
        balances: account.balances,
    })
}
