//! One prefund: what is asked for and by when, what is held, what is missing or over, and how much is used.

use std::collections::BTreeMap;
use std::ops::Bound;

use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::id::RequestId;
use huitong_core::money::{Fen, MoneyError};
use huitong_core::record::clearing::{PrefundAsked, PrefundSet, PrefundToppedUp};
use huitong_core::vocabulary::{Direction, PrefundLevel};

/// What is set for all prefunds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rules {
    /// From how many per cent used on it is yellow.
    pub(crate) yellow_percent: u32,
    /// From how many per cent used on it is red.
    pub(crate) red_percent: u32,
    /// Within how many business days of red more is to be asked for.
    pub(crate) ask_days: u32,
    /// Within how many business days of being asked for it is to be paid.
    pub(crate) due_days: u32,
    /// How many months of last year's average a prefund comes to.
    pub(crate) months: u32,
    /// By the end of which month each year's prefunds are set.
    pub(crate) set_by_month: u32,
}

impl Rules {
    /// What holds unless an operator says otherwise: two months, yellow from 70 per cent and red from 90, three
    /// business days to ask, and fifteen to pay (five for the bureau, ten for the finance bureau); set by the end of January.
    pub(crate) const STANDARD: Self = Self {
        yellow_percent: 70,
        red_percent: 90,
        ask_days: 3,
        due_days: 15,
        months: 2,
        set_by_month: 1,
    };
}

/// Why money is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The year's setting.
    Set,
    /// A top-up.
    TopUp,
}

/// Money that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Demand {
    kind: Kind,
    amount: Fen,
    due: BusinessDay,
}

/// A prefund that was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PrefundAccount {
    /// For which year it is set.
    pub(crate) year: u16,
    /// The year's setting, then what was asked for on top of it.
    demands: Vec<Demand>,
    /// What the holder has.
    pub(crate) held: Fen,
    /// The last day on which any of it moved.
    pub(super) moved_on: Option<BusinessDay>,
    /// What each day's movements that stand come to: above zero, more came than went.
    by_day: BTreeMap<BusinessDay, i128>,
    /// What was ever asked for under which id.
    asked: BTreeMap<RequestId, Fen>,
    /// How much is used, as was found last, and when it became so.
    pub(crate) level: (PrefundLevel, Option<Timestamp>),
}

impl PrefundAccount {
    /// One that was never set before.
    pub(super) fn begun(set: &PrefundSet) -> Self {
        Self {
            year: set.year,
            demands: vec![Demand::of(set)],
            held: Fen::ZERO,
            moved_on: None,
            by_day: BTreeMap::new(),
            asked: BTreeMap::new(),
            level: (PrefundLevel::Normal, None),
        }
    }

    /// A year's setting. What was asked for on top of one of the same year still is; with one of zero all of it ends.
    pub(super) fn set(&mut self, set: &PrefundSet) {
        if self.year != set.year || set.amount.is_zero() {
            self.demands.clear();
        }
        let top_ups = self.demands.drain(..).skip(1);
        self.demands = [Demand::of(set)].into_iter().chain(top_ups).collect();
        self.year = set.year;
    }

    /// More is asked for, as it was before there were ids.
    pub(super) fn top_up(&mut self, asked: &PrefundToppedUp) {
        self.demand(asked.amount, asked.due);
    }

    /// More is asked for under an id.
    pub(super) fn ask(&mut self, asked: &PrefundAsked) {
        self.asked.insert(asked.id, asked.amount);
        self.demand(asked.amount, asked.due);
    }

    fn demand(&mut self, amount: Fen, due: BusinessDay) {
        let kind = Kind::TopUp;
        self.demands.push(Demand { kind, amount, due });
    }

    /// How much was ever asked for under an id.
    pub(crate) fn asked_as(&self, id: RequestId) -> Option<Fen> {
        self.asked.get(&id).copied()
    }

    /// How much was set for the year.
    pub(crate) fn set_amount(&self) -> Fen {
        let first = self.demands.first();
        first.map_or(Fen::ZERO, |demand| demand.amount)
    }

    /// How much was asked for on top of that.
    ///
    /// # Errors
    /// A sum out of range.
    pub(crate) fn topped_up(&self) -> Result<Fen, MoneyError> {
        Fen::sum(self.demands.iter().skip(1).map(|demand| demand.amount))
    }

    /// How much was asked for altogether, with more.
    ///
    /// # Errors
    /// A sum out of range.
    pub(crate) fn asked_with(&self, more: Fen) -> Result<Fen, MoneyError> {
        let asked = self.set_amount().checked_add(self.topped_up()?)?;
        asked.checked_add(more)
    }

    /// How much is missing.
    ///
    /// # Errors
    /// A sum out of range.
    pub(crate) fn missing(&self) -> Result<Fen, MoneyError> {
        let asked = self.asked_with(Fen::ZERO)?;
        Ok(asked.saturating_sub(self.held))
    }

    /// How much is over, and goes back.
    ///
    /// # Errors
    /// A sum out of range.
    pub(crate) fn over(&self) -> Result<Fen, MoneyError> {
        let asked = self.asked_with(Fen::ZERO)?;
        Ok(self.held.saturating_sub(asked))
    }

    /// The earliest of what was asked for that is not held in full: why, how much was asked for, and by when.
    pub(crate) fn waits_for(&self) -> Option<(Kind, Fen, BusinessDay)> {
        let mut held = self.held;
        for demand in &self.demands {
            if held < demand.amount {
                return Some((demand.kind, demand.amount, demand.due));
            }
            held = held.saturating_sub(demand.amount);
        }
        None
    }

    /// The top-up that is not paid in full.
    pub(crate) fn open_top_up(&self) -> Option<Fen> {
        let last = self.demands.last()?;
        let waits = self.waits_for().is_some();
        (waits && last.kind == Kind::TopUp).then_some(last.amount)
    }

    /// By when what is missing comes, or what is over goes back; none when it is as it should be. What is over because
    /// too much was paid in goes back from that day on.
    ///
    /// # Errors
    /// A sum out of range.
    pub(crate) fn due(&self) -> Result<Option<BusinessDay>, MoneyError> {
        if let Some((_, _, due)) = self.waits_for() {
            return Ok(Some(due));
        }
        let set = self.demands.first().map(|demand| demand.due);
        let is_over = !self.over()?.is_zero();
        Ok(set.max(self.moved_on).filter(|_| is_over))
    }

    /// Counts money that moved on a day, or that is taken out of it again.
    ///
    /// # Errors
    /// More than is counted, or less than nothing.
    pub(super) fn moves(
        &mut self,
        way: Direction,
        on: BusinessDay,
        amount: Fen,
    ) -> Result<(), MoneyError> {
        self.held = match way {
            Direction::PayIn => self.held.checked_add(amount)?,
            Direction::PayOut => self.held.checked_sub(amount)?,
        };
        self.moved_on = self.moved_on.max(Some(on));
        let amount = i128::from(amount.get());
        let sum = self.by_day.entry(on).or_insert(0);
        *sum = match way {
            Direction::PayIn => sum.saturating_add(amount),
            Direction::PayOut => sum.saturating_sub(amount),
        };
        Ok(())
    }

    /// The least that was held at the end of a day or of any later one, and on which of them; nothing where it comes to
    /// less: what was entered wrongly is taken out, and what is right is not entered yet, or an earlier program entered it.
    pub(crate) fn least_from(&self, on: BusinessDay) -> (BusinessDay, Fen) {
        let until = self.by_day.range(..=on).map(|(_, sum)| *sum);
        let mut held = until.fold(0_i128, i128::saturating_add);
        let mut least = (on, held);
        for (day, sum) in self.by_day.range((Bound::Excluded(on), Bound::Unbounded)) {
            held = held.saturating_add(*sum);
            if held < least.1 {
                least = (*day, held);
            }
        }
        let (day, least) = least;
        let least = i64::try_from(least.max(0)).map_or(Ok(Fen::MAX), Fen::new);
        (day, least.unwrap_or(Fen::MAX))
    }

    /// How much is used, of what is held. With nothing held, anything that is used is red.
    pub(crate) fn level_at(&self, used: Fen, rules: &Rules) -> PrefundLevel {
        let ends = self.demands.iter().all(|demand| demand.amount.is_zero());
        if used.is_zero() || ends {
            return PrefundLevel::Normal;
        }
        let reaches = |percent: u32| {
            let bound = i128::from(self.held.get()).saturating_mul(i128::from(percent));
            i128::from(used.get()).saturating_mul(100) >= bound
        };
        if reaches(rules.red_percent) {
            PrefundLevel::Red
        } else if reaches(rules.yellow_percent) {
            PrefundLevel::Yellow
        } else {
            PrefundLevel::Normal
        }
    }
}

impl Demand {
    const fn of(set: &PrefundSet) -> Self {
        Self {
            kind: Kind::Set,
            amount: set.amount,
            due: set.due,
        }
    }
}
