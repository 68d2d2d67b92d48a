//! The new home's part in late claims: how a person stands who came from an old home, and counting in what it puts.
//!
//! Nothing is counted in twice, nor on another version than it was decided on, nor under an id that was given up. Words on
//! what stands or is taken back come another way (`arrive`).

use huitong_core::date::Timestamp;
use huitong_core::person::PsnNo;
use huitong_core::record::NodeRecord;
use huitong_core::record::hand::{LateOffer, LateStanding};
use huitong_core::record::transfer::SupplementTaken;
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;

use super::arrive::{Way, after, is_given_up, sent_before_restore};
use super::there;
use crate::home::late::Offered;
use crate::home::relation::in_the_way;
use crate::home::restored::missing;
use crate::store::{Rows, StoreError, account_now};
use crate::writer::{Command, Verdict};

/// What the old home is told of a person who arrived from there.
///
/// # Errors
/// A refusal when the person goes or went on, or [`StoreError`].
pub fn standing(
    rows: &dyn Rows,
    hand_over: &super::TransferRow,
) -> Result<LateStanding, crate::error::NodeError> {
    let number = hand_over.order.number;
    if let Some(refusal) = in_the_way(rows, number)? {
        return Err(refusal.into());
    }
    if let Some(refusal) = held_back(rows, number)? {
        return Err(refusal.into());
    }
    let account = there(account_now(rows, number)?, "a member without an account")?;
    Ok(LateStanding {
        version: account.version,
        totals: account.totals.into_iter().collect(),
        balances: account.balances,
    })
}

/// Why nobody's totals are lent that have a gap since a restore (PROTOCOL 18).
fn held_back(rows: &dyn Rows, number: PsnNo) -> Result<Option<Refusal>, StoreError> {
    let missing = missing(rows, number)?;
    Ok((missing > 0).then(|| Refusal::new(RefusalCode::PersonHeld, missing)))
}

/// A late claim of an old home, to be counted in.
pub struct CountIn {
    /// The old home.
    pub old_home: RegionCode,
    /// The incarnation in which it was sent.
    pub sent_in: u32,
    /// What it comes to, and on what it was decided.
    pub offer: LateOffer,
}

impl Command for CountIn {
    type Answer = Result<Offered, Refusal>;

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<Self::Answer>, StoreError> {
        if let Some(refusal) = sent_before_restore(rows, self.old_home, Some(self.sent_in))? {
            return Ok(Verdict::Answer(Err(refusal)));
        }
        let LateOffer { supplement, on } = self.offer;
        let of = &supplement.of;
        if is_given_up(&supplement, rows)? {
            // Its old home lost its own word on it.
            let refusal = Refusal::new(RefusalCode::Abandoned, of.settlement);
            return Ok(Verdict::Answer(Err(refusal)));
        }
        if rows.handed_id(of.treatment, of.settlement)?.is_some() {
            return Ok(Verdict::Answer(Ok(Offered::Taken)));
        }
        if let Some(refusal) = in_the_way(rows, supplement.number)? {
            return Ok(Verdict::Answer(Err(refusal)));
        }
        if let Some(refusal) = held_back(rows, supplement.number)? {
            return Ok(Verdict::Answer(Err(refusal)));
        }
        let account = account_now(rows, supplement.number)?;
        let account = there(account, "a member without an account")?;
        if account.version != on {
            return Ok(Verdict::Answer(Ok(Offered::Stale)));
        }
        if let Some(other) = rows.home_visit(of.visit.clone())? {
            let refusal = Refusal::new(RefusalCode::VisitAlreadySettled, other);
            return Ok(Verdict::Answer(Err(refusal)));
        }
        let (held, paid) = (account.balances, supplement.paid);
        if paid.own > held.own || paid.family > held.family {
            let refusal = Refusal::new(RefusalCode::AccountShort, "");
            return Ok(Verdict::Answer(Err(refusal)));
        }
        let after = after(&account, &supplement, Way::Stands);
        let account = after.map_err(|_| StoreError::Range("the balance of an account"))?;
        let record = SupplementTaken {
            old_home: self.old_home,
            supplement,
            account,
            at,
        };
        let records = vec![NodeRecord::SupplementTaken(record)];
        Ok(Verdict::Append(records, Ok(Offered::Taken)))
    }
}
