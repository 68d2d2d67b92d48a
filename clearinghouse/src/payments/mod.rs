//! Payments: which cycles are approved and ordered to be paid, what the bank says moved, and what is still open.
//!
//! | room | its question |
//! |---|---|
//! | `rules` | Does money move by the day or by the month, and until when? |
//! | `orders` | What is to be paid for a plan, and what for a month's? |
//! | `lines` | What has become of a movement of money? |
//! | `own` | What does one member pay, and for whom does it wait? |
//!
//! [`Payments::apply`] is the only way it changes, and it decides nothing: what a record says has happened. Money counts
//! for what it was ordered for or is parked; what it was ordered for never counts more than was ordered. The cycles of one
//! order go on together: they are final when all of it moved. All of it stays in memory: some hundred rows a day. Deliberately absent: what is decided, which is in `decide`, and what is posted,
//! which is in `books`.

mod lines;
mod orders;
mod own;
mod rules;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::fund::Fund;
use huitong_core::money::{Fen, MoneyError};
use huitong_core::officer::OfficerName;
use huitong_core::payable::Month;
use huitong_core::payment::{BankReference, Instruction, PaymentReference};
use huitong_core::record::clearing::{Corrected, PaymentRecord};
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::{DelayReason, Direction};

pub(crate) use lines::Line;
pub(crate) use orders::{Nets, Order};
pub(crate) use rules::{Moves, PaymentRules};

/// How many officers approve a plan, each another.
pub(crate) const OFFICERS_NEEDED: usize = 2;

/// A cycle on its way to being paid.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Paying {
    /// Who approved its plan, and when.
    pub(crate) approvals: BTreeMap<OfficerName, Timestamp>,
    /// The order to pay, which may be other cycles' too.
    pub(crate) ordered: Option<Arc<Order>>,
}

/// How far a payment is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Payment {
    pub(crate) instruction: Instruction,
    /// The order that it is part of.
    pub(crate) order: Arc<Order>,
    /// How much of it moved.
    pub(crate) paid: Fen,
    /// When the last of it was entered.
    pub(crate) last: Option<Timestamp>,
    /// Why it is late, as an officer said last.
    pub(crate) delay: Option<DelayReason>,
}

impl Payment {
    /// How many days it is late; none when it is made.
    pub(crate) fn days_late(&self, today: BusinessDay) -> u32 {
        if self.open().is_zero() {
            return 0;
        }
        u32::try_from(self.order.due.days_until(today)).unwrap_or(0)
    }

    /// When it is its turn among what a member owes: the earliest cycle first.
    pub(crate) fn turn(&self) -> (BusinessDay, PaymentReference) {
        (self.order.first, self.instruction.reference)
    }

    /// How much of it has not moved.
    pub(crate) fn open(&self) -> Fen {
        self.instruction.amount.saturating_sub(self.paid)
    }
}

/// What was entered under a bank's reference.
#[derive(Debug, Clone, Default)]
struct Entered {
    /// What stands.
    stands: Option<Line>,
    /// What was taken out again, the earliest first.
    corrected: Vec<Line>,
}

/// How far a netted cycle is on its way to being paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// Not enough officers approved it.
    Netted,
    /// Two did.
    Approved,
    /// Payment is ordered, and some is open.
    Instructed,
    /// All is paid; this was when the last of it was entered.
    Final(Timestamp),
}

/// A record of payments that does not fit what stands: damage, or a fault of this program.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PaymentError {
    /// Nothing was ordered under a reference.
    #[error("nothing was ordered under {0}")]
    Unknown(PaymentReference),
    /// More is counted than was ordered, or than moved.
    #[error("more is counted under {0} than there is")]
    TooMuch(PaymentReference),
    /// Nothing is known of a movement.
    #[error("no money moved under {0}")]
    NoLine(BankReference),
    /// A movement is told twice.
    #[error("money moved twice under {0}")]
    Twice(BankReference),
    /// An order for no cycle.
    #[error("the order to pay {0} is for no cycle")]
    NoCycle(Month),
    /// A second order for a cycle, or for what was to be paid by its order.
    #[error("what is to be paid of {0} is ordered twice")]
    Ordered(BusinessDay),
    /// A sum out of range.
    #[error(transparent)]
    Amount(#[from] MoneyError),
}

/// All payments.
#[derive(Debug, Clone, Default)]
pub(crate) struct Payments {
    cycles: BTreeMap<BusinessDay, Paying>,
    /// The orders that were for a month.
    months: BTreeMap<Month, Arc<Order>>,
    payments: BTreeMap<PaymentReference, Payment>,
    /// Those of which some is open.
    open: BTreeSet<PaymentReference>,
    lines: BTreeMap<BankReference, Entered>,
    /// The movements back of parked money, each with the movement that it took back.
    backs: BTreeMap<BankReference, BankReference>,
}

impl Payments {
    /// The cycle, if an officer ever approved it.
    pub(crate) fn cycle(&self, day: BusinessDay) -> Option<&Paying> {
        self.cycles.get(&day)
    }

    /// How far a netted cycle is.
    pub(crate) fn progress(&self, day: BusinessDay) -> Progress {
        let Some(paying) = self.cycles.get(&day) else {
            return Progress::Netted;
        };
        let Some(ordered) = &paying.ordered else {
            return if paying.approvals.len() >= OFFICERS_NEEDED {
                Progress::Approved
            } else {
                Progress::Netted
            };
        };
        self.paid(ordered)
            .map_or(Progress::Instructed, Progress::Final)
    }

    /// When the last of an order was entered, once all of it is paid.
    pub(crate) fn paid(&self, order: &Order) -> Option<Timestamp> {
        if order.references.iter().any(|of| self.open.contains(of)) {
            return None;
        }
        let entered = self.of_order(order).filter_map(|payment| payment.last);
        Some(entered.fold(order.at, Timestamp::max))
    }

    /// The order to pay a month, if there was one.
    pub(crate) fn month(&self, month: &Month) -> Option<&Arc<Order>> {
        self.months.get(month)
    }

    /// What was ordered under a reference.
    pub(crate) fn payment(&self, reference: PaymentReference) -> Option<&Payment> {
        self.payments.get(&reference)
    }

    /// Payments by reference, those after one.
    pub(crate) fn after(
        &self,
        after: Option<PaymentReference>,
    ) -> impl Iterator<Item = (PaymentReference, &Payment)> {
        let from = after.map_or(std::ops::Bound::Unbounded, std::ops::Bound::Excluded);
        let range = self.payments.range((from, std::ops::Bound::Unbounded));
        range.map(|(reference, payment)| (*reference, payment))
    }

    /// A movement of money that stands.
    pub(crate) fn line(&self, bank_reference: BankReference) -> Option<&Line> {
        self.lines.get(&bank_reference)?.stands.as_ref()
    }

    /// What was entered under a bank's reference and taken out again, the earliest first.
    pub(crate) fn corrections(&self, bank_reference: BankReference) -> &[Line] {
        let entered = self.lines.get(&bank_reference);
        entered.map_or(&[], |entered| &entered.corrected)
    }

    /// Movements by the bank's reference, those after one, each after what was taken out in its place.
    pub(crate) fn lines_after(&self, after: Option<BankReference>) -> impl Iterator<Item = &Line> {
        let from = after.map_or(std::ops::Bound::Unbounded, std::ops::Bound::Excluded);
        let range = self.lines.range((from, std::ops::Bound::Unbounded));
        range.flat_map(|(_, entered)| entered.corrected.iter().chain(&entered.stands))
    }

    /// The movement that another took back.
    pub(crate) fn taken_back_by(&self, back: BankReference) -> Option<BankReference> {
        self.backs.get(&back).copied()
    }

    /// The payments of a fund that a member still owes, the earliest cycle first.
    pub(crate) fn owed(&self, member: RegionCode, fund: Fund) -> Vec<&Payment> {
        let open = self.open.iter();
        let open = open.filter(move |of| (of.member, of.fund) == (member, fund));
        let payments = open.filter_map(|reference| self.payments.get(reference));
        let owed = payments.filter(|payment| payment.instruction.direction == Direction::PayIn);
        let mut owed: Vec<_> = owed.collect();
        owed.sort_unstable_by_key(|payment| payment.turn());
        owed
    }

    /// What was paid in for an order and fund and not paid out again.
    ///
    /// # Errors
    /// A sum out of range.
    pub(crate) fn cover(&self, order: &Order, fund: Fund) -> Result<Fen, MoneyError> {
        let (mut paid_in, mut paid_out) = (Fen::ZERO, Fen::ZERO);
        for payment in self.of_order(order) {
            if payment.instruction.reference.fund == fund {
                let sum = match payment.instruction.direction {
                    Direction::PayIn => &mut paid_in,
                    Direction::PayOut => &mut paid_out,
                };
                *sum = sum.checked_add(payment.paid)?;
            }
        }
        paid_in.checked_sub(paid_out)
    }

    /// The payments of a cycle, or of all cycles that were ordered with it, ascending by reference.
    pub(crate) fn of_cycle(&self, day: BusinessDay) -> impl Iterator<Item = &Payment> {
        let paying = self.cycles.get(&day);
        let ordered = paying.and_then(|paying| paying.ordered.as_ref());
        ordered.into_iter().flat_map(|order| self.of_order(order))
    }

    /// The payments of an order, ascending by reference.
    pub(crate) fn of_order<'a>(&'a self, order: &'a Order) -> impl Iterator<Item = &'a Payment> {
        let references = order.references.iter();
        references.filter_map(|reference| self.payments.get(reference))
    }

    /// The cycles that a record brings on.
    pub(crate) fn cycles_of(&self, record: &PaymentRecord) -> BTreeSet<BusinessDay> {
        let days_of = |reference: &PaymentReference| {
            let payment = self.payments.get(reference);
            payment.map_or_else(BTreeSet::new, |payment| payment.order.days.clone())
        };
        match record {
            PaymentRecord::Instructed(instructed) => BTreeSet::from([instructed.day]),
            PaymentRecord::MonthInstructed(instructed) => instructed.days.clone(),
            PaymentRecord::Confirmed(confirmed) => days_of(&confirmed.reference),
            PaymentRecord::Applied(applied) => {
                let days = applied.to.iter().map(|(reference, _)| days_of(reference));
                days.flatten().collect()
            }
            PaymentRecord::Approved(_)
            | PaymentRecord::Parked(_)
            | PaymentRecord::Returned(_)
            | PaymentRecord::Joined(_)
            | PaymentRecord::Corrected(_)
            | PaymentRecord::Delayed(_) => BTreeSet::new(),
        }
    }

    /// Changes what a record says has changed.
    pub(crate) fn apply(&mut self, record: &PaymentRecord) -> Result<(), PaymentError> {
        match record {
            PaymentRecord::Approved(approved) => {
                let paying = self.cycles.entry(approved.day).or_default();
                paying.approvals.insert(approved.by.clone(), approved.at);
            }
            PaymentRecord::Instructed(instructed) => {
                self.order(Order::of_cycle(instructed), &instructed.instructions)?;
            }
            PaymentRecord::MonthInstructed(instructed) => {
                let order = Order::of_month(instructed);
                let order = order.ok_or_else(|| PaymentError::NoCycle(instructed.month.clone()))?;
                self.order(order, &instructed.instructions)?;
            }
            PaymentRecord::Confirmed(confirmed) => {
                self.take(Line::confirmed(confirmed))?;
                self.count(confirmed.reference, confirmed.line.amount, confirmed.at)?;
            }
            PaymentRecord::Parked(parked) => self.take(Line::parked(parked))?,
            PaymentRecord::Applied(applied) => {
                for (reference, amount) in &applied.to {
                    self.line_mut(applied.line.bank_reference)?
                        .count(*reference, *amount)?;
                    self.count(*reference, *amount, applied.at)?;
                }
            }
            PaymentRecord::Returned(returned) => {
                let bank_reference = returned.line.bank_reference;
                self.line_mut(bank_reference)?.back = Some((returned.back, returned.on));
                self.backs.insert(returned.back, bank_reference);
            }
            PaymentRecord::Joined(joined) => {
                let (of, back) = (joined.line.bank_reference, joined.back.bank_reference);
                self.line_mut(of)?.back = Some((back, joined.back.on));
                self.line_mut(back)?.takes_back = Some(of);
            }
            PaymentRecord::Corrected(corrected) => self.correct(corrected)?,
            PaymentRecord::Delayed(delayed) => {
                let payment = self.payments.get_mut(&delayed.reference);
                payment
                    .ok_or(PaymentError::Unknown(delayed.reference))?
                    .delay = Some(delayed.why);
            }
        }
        Ok(())
    }

    fn line_mut(&mut self, bank_reference: BankReference) -> Result<&mut Line, PaymentError> {
        let entered = self.lines.get_mut(&bank_reference);
        let line = entered.and_then(|entered| entered.stands.as_mut());
        line.ok_or(PaymentError::NoLine(bank_reference))
    }

    fn take(&mut self, line: Line) -> Result<(), PaymentError> {
        let bank_reference = line.line.bank_reference;
        let entered = self.lines.entry(bank_reference).or_default();
        match entered.stands.replace(line) {
            None => Ok(()),
            Some(_) => Err(PaymentError::Twice(bank_reference)),
        }
    }

    /// Takes a movement out again with all that it counted for.
    fn correct(&mut self, corrected: &Corrected) -> Result<(), PaymentError> {
        for (reference, amount) in &corrected.counted {
            let payment = self.payments.get_mut(reference);
            let payment = payment.ok_or(PaymentError::Unknown(*reference))?;
            payment.paid = payment.paid.checked_sub(*amount)?;
            self.open.insert(*reference);
        }
        let bank_reference = corrected.line.bank_reference;
        let no_line = PaymentError::NoLine(bank_reference);
        let entered = self.lines.get_mut(&bank_reference).ok_or(no_line.clone())?;
        let mut line = entered.stands.take().ok_or(no_line)?;
        line.corrected = Some((corrected.why, corrected.by.clone(), corrected.at));
        entered.corrected.push(line);
        Ok(())
    }

    /// Counts money for what was ordered.
    fn count(
        &mut self,
        reference: PaymentReference,
        amount: Fen,
        at: Timestamp,
    ) -> Result<(), PaymentError> {
        let payment = self.payments.get_mut(&reference);
        let payment = payment.ok_or(PaymentError::Unknown(reference))?;
        let paid = payment.paid.checked_add(amount)?;
        if paid > payment.instruction.amount {
            return Err(PaymentError::TooMuch(reference));
        }
        (payment.paid, payment.last) = (paid, Some(at));
        if payment.open().is_zero() {
            self.open.remove(&reference);
        }
        Ok(())
    }
}
