//! Prefunds: what was set, what was paid in, and how much of it the payer owes the holder.
//!
//! | room | its question |
//! |---|---|
//! | `account` | What is asked for, what is held, and what is missing? |
//! | `spending` | What does a plan say that members owe each other? |
//!
//! A prefund is used by what the payer owes the holder of cycles that are netted and not paid yet: so much has the
//! holder laid out for it. Once the payer has paid its part and the holder is paid, nothing of it is used any more, whoever
//! else of the cycle has not paid ([`Prefunds::free`]). [`Prefunds::apply`], [`Prefunds::netted`], [`Prefunds::free`] and
//! [`Prefunds::paid`] are the only ways it changes, and they decide nothing. All of it stays in
//! memory: some thousand pairs of members. Deliberately absent: what nets, which no prefund changes.

mod account;
mod spending;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use huitong_core::date::BusinessDay;
use huitong_core::fund::Fund;
use huitong_core::money::{Fen, MoneyError};
use huitong_core::payment::BankReference;
use huitong_core::prefund::{Prefund, PrefundLine};
use huitong_core::record::clearing::{PrefundAskedByHolder, PrefundCorrected, PrefundRecord};
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::{CorrectionReason, Direction};

pub(crate) use account::{PrefundAccount, Rules};
pub(crate) use spending::{Spent, between_members};

/// A movement of money: the holder's bank gives each a reference.
pub(crate) type LineKey = (RegionCode, BankReference);

/// A record of prefunds that does not fit what stands: damage, or a fault of this program.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PrefundFault {
    /// Nothing was ever set.
    #[error("prefund {0} was never set")]
    Unknown(Prefund),
    /// A movement is told twice, or corrected and not there.
    #[error("the movement {0} of a prefund does not fit")]
    Line(BankReference),
    /// A sum out of range.
    #[error(transparent)]
    Amount(#[from] MoneyError),
}

/// All prefunds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Prefunds {
    accounts: BTreeMap<Prefund, PrefundAccount>,
    lines: BTreeMap<LineKey, PrefundLine>,
    corrected: BTreeMap<LineKey, Vec<PrefundCorrected>>,
    /// What members owe each other, by cycle that is not paid; of an order that is open again, all under its first.
    by_cycle: BTreeMap<BusinessDay, BTreeMap<Prefund, Fen>>,
    /// Of those cycles, the prefunds of which they use nothing any more.
    freed: BTreeMap<BusinessDay, BTreeSet<Prefund>>,
    /// The sum of what the others come to.
    used: BTreeMap<Prefund, Fen>,
    /// What members came to owe each other in all cycles of a year.
    spent: BTreeMap<(u16, Prefund), Spent>,
}

impl Prefunds {
    /// As it was kept: what was spent by year. Everything else is applied afterwards.
    pub(crate) fn kept(spent: BTreeMap<(u16, Prefund), Spent>) -> Self {
        Self {
            spent,
            ..Self::default()
        }
    }

    /// A prefund that was set.
    pub(crate) fn account(&self, prefund: Prefund) -> Option<&PrefundAccount> {
        self.accounts.get(&prefund)
    }

    /// Those that were set, after one.
    pub(crate) fn after(
        &self,
        after: Option<Prefund>,
    ) -> impl Iterator<Item = (Prefund, &PrefundAccount)> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let range = self.accounts.range((from, Bound::Unbounded));
        range.map(|(prefund, account)| (*prefund, account))
    }

    /// What the payer owes the holder of cycles that are not paid.
    pub(crate) fn used(&self, prefund: Prefund) -> Fen {
        self.used.get(&prefund).copied().unwrap_or(Fen::ZERO)
    }

    /// What members came to owe each other in a year's cycles.
    pub(crate) fn spent(&self, year: u16) -> impl Iterator<Item = (Prefund, Fen)> + '_ {
        let of_year = self.spent.iter().filter(move |((of, _), _)| *of == year);
        of_year.map(|((_, prefund), spent)| (*prefund, spent.sum))
    }

    /// The first cycle of a year, or of one before it, in which a member owed or was owed anything of a fund.
    pub(crate) fn begun(&self, year: u16) -> BTreeMap<(RegionCode, Fund), BusinessDay> {
        let mut begun = BTreeMap::new();
        for ((of, prefund), spent) in &self.spent {
            for member in [prefund.payer, prefund.holder] {
                if *of <= year {
                    let first = begun.entry((member, prefund.fund)).or_insert(spent.first);
                    *first = spent.first.min(*first);
                }
            }
        }
        begun
    }

    /// A movement that stands.
    pub(crate) fn line(&self, key: LineKey) -> Option<&PrefundLine> {
        self.lines.get(&key)
    }

    /// Under what anything was ever entered, after one, ascending.
    pub(crate) fn line_keys_after(&self, after: Option<LineKey>) -> BTreeSet<LineKey> {
        let bounds = (
            after.map_or(Bound::Unbounded, Bound::Excluded),
            Bound::Unbounded,
        );
        let stand = self.lines.range(bounds).map(|(key, _)| *key);
        let corrected = self.corrected.range(bounds).map(|(key, _)| *key);
        stand.chain(corrected).collect()
    }

    /// What was entered under a reference and taken out again, the earliest first.
    pub(crate) fn corrections(&self, key: LineKey) -> &[PrefundCorrected] {
        self.corrected.get(&key).map_or(&[], Vec::as_slice)
    }

    /// Changes what a record says has changed.
    pub(crate) fn apply(&mut self, record: &PrefundRecord) -> Result<(), PrefundFault> {
        match record {
            PrefundRecord::Set(set) => match self.accounts.get_mut(&set.prefund) {
                Some(account) => account.set(set),
                None => {
                    self.accounts
                        .insert(set.prefund, PrefundAccount::begun(set));
                }
            },
            PrefundRecord::ToppedUp(asked) => self.account_mut(asked.prefund)?.top_up(asked),
            PrefundRecord::Asked(asked) => self.account_mut(asked.prefund)?.ask(asked),
            PrefundRecord::AskedByHolder(PrefundAskedByHolder { asked, .. }) => {
                self.account_mut(asked.prefund)?.ask(asked);
            }
            PrefundRecord::Moved(moved) => {
                let line = moved.line;
                self.move_money(&line, line.direction)?;
                if self.lines.insert(key(&line), line).is_some() {
                    return Err(PrefundFault::Line(line.bank_reference));
                }
            }
            PrefundRecord::Corrected(corrected) => {
                let line = corrected.line;
                if self.lines.remove(&key(&line)) != Some(line) {
                    return Err(PrefundFault::Line(line.bank_reference));
                }
                let back = match line.direction {
                    Direction::PayIn => Direction::PayOut,
                    Direction::PayOut => Direction::PayIn,
                };
                // What the bank took back was there until it did; on which day that was is not said, and no later than now.
                let on = if corrected.why == CorrectionReason::Bounced && back == Direction::PayOut
                {
                    line.on.max(corrected.at.business_day_shanghai())
                } else {
                    line.on
                };
                self.move_money(&PrefundLine { on, ..line }, back)?;
                let of_key = self.corrected.entry(key(&line)).or_default();
                of_key.push(corrected.clone());
            }
            PrefundRecord::Levels(levels) => {
                for change in &levels.changed {
                    self.account_mut(change.prefund)?.level = (change.level, Some(levels.at));
                }
            }
        }
        Ok(())
    }

    /// A cycle is netted: so much members owe each other.
    pub(crate) fn netted(&mut self, day: BusinessDay, owed: BTreeMap<Prefund, Fen>) {
        for (prefund, amount) in &owed {
            let of = (day.year(), *prefund);
            let before = self.spent.get(&of).copied();
            self.spent.insert(of, Spent::with(before, day, *amount));
        }
        self.unpaid(day, owed);
    }

    /// A netted cycle, or an order by its first, is not paid: so much members owe each other. What they spent is known.
    pub(crate) fn unpaid(&mut self, day: BusinessDay, owed: BTreeMap<Prefund, Fen>) {
        let changed: Vec<_> = owed.keys().copied().collect();
        self.by_cycle.insert(day, owed);
        self.freed.remove(&day);
        self.count_used(changed);
    }

    /// Of a cycle that is not paid, or of an order by its first: of which prefunds nothing is used any more. All are looked
    /// at, also those of a fund in which nobody pays: so it is the same whenever it is found.
    pub(crate) fn free(&mut self, day: BusinessDay, frees: impl Fn(Prefund) -> bool) {
        let Some(owed) = self.by_cycle.get(&day) else {
            return;
        };
        let freed = self.freed.entry(day).or_default();
        let prefunds = owed.keys();
        let changed = prefunds.filter(|prefund| frees(**prefund) != freed.contains(*prefund));
        let changed: Vec<_> = changed.copied().collect();
        for prefund in &changed {
            if !freed.remove(prefund) {
                freed.insert(*prefund);
            }
        }
        self.count_used(changed);
    }

    /// The prefunds of which a cycle that is not paid, or an order by its first, uses nothing any more.
    pub(crate) fn freed(&self, day: BusinessDay) -> impl Iterator<Item = Prefund> + '_ {
        self.freed.get(&day).into_iter().flatten().copied()
    }

    fn is_freed(&self, day: BusinessDay, prefund: Prefund) -> bool {
        let freed = self.freed.get(&day);
        freed.is_some_and(|freed| freed.contains(&prefund))
    }

    /// All of some cycles is paid: each prefund is counted once for all of them.
    pub(crate) fn paid(&mut self, days: &BTreeSet<BusinessDay>) {
        self.freed.retain(|day, _| !days.contains(day));
        let owed = days.iter().filter_map(|day| self.by_cycle.remove(day));
        let changed: BTreeSet<_> = owed.flat_map(BTreeMap::into_keys).collect();
        self.count_used(changed);
    }

    /// What regions agree on may come to more over several cycles than is counted: then it is as much as is.
    fn count_used(&mut self, changed: impl IntoIterator<Item = Prefund>) {
        for prefund in changed {
            let cycles = self.by_cycle.iter();
            let cycles = cycles.filter(|(day, _)| !self.is_freed(**day, prefund));
            let owed = cycles.filter_map(|(_, owed)| owed.get(&prefund));
            let used = owed.fold(Fen::ZERO, |sum, amount| {
                sum.checked_add(*amount).unwrap_or(Fen::MAX)
            });
            self.used.insert(prefund, used);
        }
    }

    fn account_mut(&mut self, prefund: Prefund) -> Result<&mut PrefundAccount, PrefundFault> {
        let account = self.accounts.get_mut(&prefund);
        account.ok_or(PrefundFault::Unknown(prefund))
    }

    fn move_money(&mut self, line: &PrefundLine, way: Direction) -> Result<(), PrefundFault> {
        let account = self.account_mut(line.prefund)?;
        Ok(account.moves(way, line.on, line.amount)?)
    }
}

/// Under what a movement stands.
pub(crate) const fn key(line: &PrefundLine) -> LineKey {
    (line.prefund.holder, line.bank_reference)
}
