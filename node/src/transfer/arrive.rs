//! The new home's part: taking the old home's words once, by number. Counting late claims in is beside it (`count_in`).
//!
//! A person who arrives is insured from the first day of the new cover; earlier cover is remembered, so that what
//! runs without a gap goes on. Totals are added to what the region knew of the person, and replace it when the
//! person comes back. If the person has gone on meanwhile, a supplement goes on after them.

use std::collections::BTreeMap;

use huitong_core::coverage::Balances;
use huitong_core::date::{DateInterval, Timestamp};
use huitong_core::money::MoneyError;
use huitong_core::record::NodeRecord;
use huitong_core::record::erasure::{ErasedWord, WordErased};
use huitong_core::record::hand::{HandOver, HandWord, Handed, ProvenHand, Supplement};
use huitong_core::record::person::HeldFiling;
use huitong_core::record::registry::{FilingArea, Member};
use huitong_core::record::transfer::{AccountAfter, HandTaken, HandWritten};
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;
use huitong_core::totals::TotalSlot;

use super::onwards::{Came, Known, Next, next, passed_on};
use super::there;
use crate::home::late::word;
use crate::home::relation::handed_over;
use crate::store::{
    Account, Counted, Filings, Rows, StoreError, TransferState, account_now, incarnation,
    is_erased_transfer,
};
use crate::writer::{Command, Verdict};

/// Which way a supplement goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// A settlement adds to totals and is paid from accounts.
    Stands,
    /// A reversal takes that back.
    Reversed,
}

/// A word of an old home to be taken; which number is held then, or why it is none of that region's.
pub struct Take {
    /// The own region.
    pub own: RegionCode,
    /// How it came here.
    pub came: Came,
    /// The word, proven.
    pub hand: ProvenHand,
    /// The salt of what goes on after the person.
    pub salt: [u8; 16],
}

impl Command for Take {
    type Answer = Result<u64, Refusal>;

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<Self::Answer>, StoreError> {
        let (own, salt, hand) = (self.own, self.salt, self.hand);
        let word = &hand.word;
        if let Some(refusal) = sent_before_restore(rows, word.old_home, self.came.sent_in())? {
            return Ok(Verdict::Answer(Err(refusal)));
        }
        let held = rows.hands_held(word.old_home)?.unwrap_or_default();
        if word.number != held.saturating_add(1) {
            return Ok(Verdict::Answer(Ok(held)));
        }
        if is_of_erased(word, rows)? {
            // Nothing is left of the person to which it could come, and what follows must not wait for it.
            let (home, word) = (word.old_home, ErasedWord::Hand(word.number));
            let record = NodeRecord::WordErased(WordErased { home, word, at });
            return Ok(Verdict::Append(vec![record], Ok(held.saturating_add(1))));
        }
        if let Some(refusal) = strange(word, rows)? {
            return Ok(Verdict::Answer(Err(refusal)));
        }
        if let Handed::Person(hand_over) = &word.handed
            && !self.came.is_handed_over()
            && let Some(left) = handed_over(rows, hand_over.order.number)?
            && left.offered.is_some()
        {
            // Whoever comes back waits until a late claim that is put to their home of now has its outcome.
            return Ok(Verdict::Answer(Ok(held)));
        }
        let number = word.number;
        let mut taken = HandTaken {
            hand: hand.clone(),
            member: None,
            filings: None,
            account: None,
            at,
        };
        let mut onwards = None;
        match &word.handed {
            Handed::Person(hand_over) if self.came.is_handed_over() => {
                taken.account = Some(passed_on(rows, hand_over.order.number)?);
            }
            Handed::Person(hand_over) => arrive(&mut taken, hand_over, rows)?,
            Handed::Claim(_) | Handed::Reversal(_) | Handed::GivenUp(_) => {
                match told(&word.handed, self.came, rows)? {
                    Next::Counted(account) => taken.account = account,
                    Next::GoesOn(new_home, supplement) => onwards = Some((new_home, supplement)),
                    Next::Waits => return Ok(Verdict::Answer(Ok(held))),
                }
            }
        }
        let mut records = vec![NodeRecord::HandTaken(taken)];
        if let Some((new_home, supplement)) = onwards {
            let handed = match way(&word.handed) {
                Way::Reversed => Handed::Reversal(supplement),
                Way::Stands => Handed::Claim(supplement),
            };
            let next = self::word((own, new_home), handed, salt, rows, at)?;
            records.push(NodeRecord::HandWritten(HandWritten::new(next)));
        }
        Ok(Verdict::Append(records, Ok(number)))
    }
}

/// Whether a word is about a settlement of somebody who came here and was erased since.
fn is_of_erased(word: &HandWord, rows: &dyn Rows) -> Result<bool, StoreError> {
    match &word.handed {
        Handed::Person(_) => Ok(false),
        Handed::Claim(supplement) | Handed::Reversal(supplement) => {
            is_erased_transfer(rows, supplement.transfer)
        }
        Handed::GivenUp(given_up) => is_erased_transfer(rows, given_up.transfer),
    }
}

/// Why a word is not the sender's to say: each region speaks only of people who come, or came, from there.
fn strange(word: &HandWord, rows: &dyn Rows) -> Result<Option<Refusal>, StoreError> {
    let (transfer, number) = match &word.handed {
        Handed::Person(hand_over) => (hand_over.order.transfer, &hand_over.order.number),
        Handed::Claim(supplement) | Handed::Reversal(supplement) => {
            (supplement.transfer, &supplement.number)
        }
        Handed::GivenUp(given_up) => (given_up.transfer, &given_up.number),
    };
    let row = rows.transfer(transfer)?;
    let is_known = match (&word.handed, row) {
        (Handed::Person(hand_over), Some(row)) => row.order == hand_over.order,
        // A restore may have lost what was agreed.
        (Handed::Person(hand_over), None) => {
            let order = &hand_over.order;
            rows.restored()?.is_some()
                && order.person.home == word.old_home
                && order.new_home == word.new_home
        }
        (Handed::Claim(_) | Handed::Reversal(_) | Handed::GivenUp(_), Some(row)) => {
            matches!(row.state, TransferState::Arrived(_))
                && row.order.person.home == word.old_home
                && row.order.number == *number
        }
        (Handed::Claim(_) | Handed::Reversal(_) | Handed::GivenUp(_), None) => false,
    };
    Ok((!is_known).then(|| Refusal::new(RefusalCode::TransferUnknown, transfer)))
}

/// Why nothing is taken that a region sent before it was restored (PROTOCOL 15): it may have been on its way since, and
/// the restored one knows nothing of it.
pub(super) fn sent_before_restore(
    rows: &dyn Rows,
    region: RegionCode,
    sent_in: Option<u32>,
) -> Result<Option<Refusal>, StoreError> {
    let known = rows.restored_peer(region)?.map(|peer| peer.incarnation);
    let ended = known.filter(|known| sent_in.is_some_and(|sent_in| sent_in < *known));
    Ok(ended.map(|known| Refusal::new(RefusalCode::OldIncarnation, known)))
}

const fn way(handed: &Handed) -> Way {
    match handed {
        Handed::Reversal(_) | Handed::GivenUp(_) => Way::Reversed,
        Handed::Claim(_) | Handed::Person(_) => Way::Stands,
    }
}

/// What a word about a settlement comes to here. What is given up comes to what was counted in under its id, whatever the
/// old home takes it for: it has lost what became of it.
fn told(handed: &Handed, came: Came, rows: &dyn Rows) -> Result<Next, StoreError> {
    match handed {
        Handed::Person(_) => Ok(Next::Counted(None)),
        // What is given up was taken back with that.
        Handed::Reversal(supplement) if is_given_up(supplement, rows)? => Ok(Next::Counted(None)),
        Handed::Claim(supplement) | Handed::Reversal(supplement) => {
            counted(supplement, way(handed), came, rows)
        }
        Handed::GivenUp(of) => {
            let row = rows.handed_id(of.treatment, of.settlement)?;
            match row.and_then(|row| row.given_back(of)) {
                None => Ok(Next::Counted(None)),
                Some(supplement) => counted(&supplement, Way::Reversed, came, rows),
            }
        }
    }
}

pub(super) fn is_given_up(supplement: &Supplement, rows: &dyn Rows) -> Result<bool, StoreError> {
    let row = rows.handed_id(supplement.of.treatment, supplement.of.settlement)?;
    Ok(row.is_some_and(|row| row.counted == Counted::GivenUp))
}

/// What a supplement comes to here. A claim that was counted in before its word came is counted in once.
fn counted(
    supplement: &Supplement,
    way: Way,
    came: Came,
    rows: &dyn Rows,
) -> Result<Next, StoreError> {
    let of = &supplement.of;
    if way == Way::Stands && rows.handed_id(of.treatment, of.settlement)?.is_some() {
        return Ok(Next::Counted(None));
    }
    match came {
        Came::Collected(Known::ToldOn) => return Ok(Next::Counted(None)),
        Came::Collected(Known::HandedOver) => {
            return Ok(Next::Counted(Some(passed_on(rows, supplement.number)?)));
        }
        Came::Collected(Known::Nothing) | Came::Sent(_) => {}
    }
    if let Some(left) = handed_over(rows, supplement.number)? {
        return next(supplement, &left, rows);
    }
    let account = account_now(rows, supplement.number)?;
    let account = there(account, "a supplement for a person who did not arrive")?;
    let after = after(&account, supplement, way);
    let after = after.map_err(|_| StoreError::Range("the balance of an account"))?;
    Ok(Next::Counted(Some(after)))
}

/// The account after a supplement. No total is below zero, nor is an account.
pub(super) fn after(
    account: &Account,
    supplement: &Supplement,
    way: Way,
) -> Result<AccountAfter, MoneyError> {
    let mut totals: BTreeMap<TotalSlot, i64> = BTreeMap::new();
    for change in &supplement.totals {
        let standing = account.totals.get(&change.slot).copied();
        let value = totals
            .entry(change.slot.clone())
            .or_insert(standing.unwrap_or_default());
        *value = match way {
            Way::Stands => value.saturating_add(change.adds),
            Way::Reversed => value.saturating_sub(change.adds).max(0),
        };
    }
    let (held, paid) = (account.balances, supplement.paid);
    let balances = match way {
        // What was not counted in before it stood may find less than it took; later words must not wait for that.
        Way::Stands => Balances {
            own: held.own.saturating_sub(paid.own),
            family: held.family.saturating_sub(paid.family),
        },
        Way::Reversed => account.given(paid)?,
    };
    Ok(AccountAfter {
        version: account.next_version(),
        totals: totals.into_iter().collect(),
        balances,
    })
}

fn arrive(taken: &mut HandTaken, hand_over: &HandOver, rows: &dyn Rows) -> Result<(), StoreError> {
    let number = hand_over.order.number;
    let account = match account_now(rows, number)? {
        Some(account) => account,
        None => Account::new(incarnation(rows)?),
    };
    let comes_back = handed_over(rows, number)?.is_some();
    let add = |slot: &TotalSlot, value: i64| {
        let known = account.totals.get(slot).copied().filter(|_| !comes_back);
        value.saturating_add(known.unwrap_or_default())
    };
    let totals = hand_over.totals.iter();
    let balances = account.given(hand_over.balances);
    taken.account = Some(AccountAfter {
        version: account.next_version(),
        totals: totals
            .map(|(slot, value)| (slot.clone(), add(slot, *value)))
            .collect(),
        balances: balances.map_err(|_| StoreError::Range("the balance of an account"))?,
    });
    taken.member = Some(insured(hand_over, rows.member(number)?));
    let before = rows.filings(number)?.unwrap_or(Filings(Vec::new())).0;
    taken.filings = Some(filings(hand_over, before));
    Ok(())
}

/// The person as the new home insures them.
fn insured(hand_over: &HandOver, before: Option<Member>) -> Member {
    let (order, handed) = (&hand_over.order, &hand_over.member);
    let first = order.cover.days.from();
    let held_on = |days: DateInterval| {
        let from = days.from().max(first);
        DateInterval::new(from, days.until()).ok()
    };
    let identities = handed.identities.iter().filter_map(|held| {
        let mut held = held.clone();
        held.days = held_on(held.days)?;
        Some(held)
    });
    let mut member = before.unwrap_or_else(|| Member {
        psn_no: order.number,
        periods: Vec::new(),
        identities: Vec::new(),
        ..handed.clone()
    });
    member
        .credentials
        .extend(handed.credentials.iter().cloned());
    member.years_paid = member.years_paid.max(handed.years_paid);
    member.claim_free_years = handed.claim_free_years;
    member.identities.extend(identities);
    member.periods.push(order.cover.clone());
    member.periods.sort_by_key(|period| period.days.from());
    member
}

/// Filings that hold on, but for those of treatment in the new home itself.
fn filings(hand_over: &HandOver, before: Vec<HeldFiling>) -> Vec<HeldFiling> {
    let order = &hand_over.order;
    let first = order.cover.days.from();
    let goes_on = |held: &&HeldFiling| {
        held.holds_from(first) && held.filing.area != FilingArea::Region(order.new_home)
    };
    let handed = hand_over.filings.iter().filter(goes_on).cloned();
    let mut all = before;
    all.extend(handed.map(|mut held| {
        held.filing.psn_no = order.number;
        held
    }));
    all
}
