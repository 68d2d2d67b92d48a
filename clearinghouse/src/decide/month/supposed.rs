//! What a month would come to if something were other, by its plans, which are asked for one after the other and of which
//! none is kept. Nothing follows from it: it is for officers to look at.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::date::BusinessDay;
use huitong_core::fund::Fund;
use huitong_core::money::{Fen, MoneyError, SignedFen};
use huitong_core::payment::{PaymentReference, Purpose};
use huitong_core::prefund::Prefund;
use huitong_core::vocabulary::PrefundLevel;
use huitong_netting::{Member, NettingPlan, Scenario, Supposing, WhatIf, what_if};

use super::moved::Moved;
use super::suppose::{Grounds, MonthPaying, PrefundNow, Suppose};
use crate::prefunds::{Rules, between_members};
use crate::refusal::{ClearingCode, Refusal};

/// The most prefunds of one answer.
const PREFUNDS_AT_MOST: usize = 1_000;

/// What is missing of a fund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Missing {
    pub(crate) fund: Fund,
    /// What all who are owed are still to be paid, also of that of which nothing is missing.
    pub(crate) owed: Fen,
    /// On the day on which all of it is due, and once those have paid who are late.
    pub(crate) on_due: Fen,
    pub(crate) in_the_end: Fen,
    /// What was paid in already of that of which something is owed.
    pub(crate) paid_in: Fen,
}

/// A payment of the month's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SupposedPayment {
    pub(crate) reference: PaymentReference,
    /// Above zero it is paid out to the member.
    pub(crate) planned: SignedFen,
    pub(crate) supposed: SignedFen,
    /// What moved of what is planned, and what is left of what is supposed.
    pub(crate) moved: Fen,
    pub(crate) left: SignedFen,
}

/// How much of a prefund is used, and what that is.
pub(crate) type Use = (Fen, PrefundLevel);

/// A prefund of which the month uses something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SupposedPrefund {
    pub(crate) prefund: Prefund,
    pub(crate) held: Fen,
    pub(crate) now: Use,
    /// As it would be now.
    pub(crate) supposed: Use,
    /// When those have paid on time who do, and when those have who are late.
    pub(crate) on_due: Use,
    pub(crate) in_the_end: Use,
}

/// What a month would come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) days: BTreeSet<BusinessDay>,
    pub(crate) not_netted: Vec<BusinessDay>,
    pub(crate) nets: WhatIf,
    pub(crate) missing: Vec<Missing>,
    pub(crate) paying: Option<MonthPaying>,
    pub(crate) payments: Vec<SupposedPayment>,
    pub(crate) prefunds: Vec<SupposedPrefund>,
    /// How many more prefunds there would be to show.
    pub(crate) prefunds_left_out: usize,
}

type Owed = BTreeMap<Prefund, Fen>;

/// What members owe each other of the cycles of which not all is paid.
#[derive(Default)]
struct Owing {
    /// As it is.
    looked_at: Owed,
    /// As it is supposed to be.
    supposed: Owed,
    /// What of that goes when those have paid on time who do, and when those have who are late.
    gone_on_due: Owed,
    gone_in_the_end: Owed,
}

/// Sums that are too large are as much as is counted, as they are where prefunds are kept.
fn add(sums: &mut Owed, owed: &Owed) {
    for (prefund, amount) in owed {
        let sum = sums.entry(*prefund).or_insert(Fen::ZERO);
        *sum = sum.checked_add(*amount).unwrap_or(Fen::MAX);
    }
}

fn of(sums: &Owed, prefund: Prefund) -> Fen {
    sums.get(&prefund).copied().unwrap_or(Fen::ZERO)
}

impl Suppose {
    /// Who has not paid on the day on which it is due.
    fn not_on_due(&self) -> BTreeSet<Member> {
        self.scenario.unpaid.union(&self.late).copied().collect()
    }

    fn named(&self) -> impl Iterator<Item = Member> + '_ {
        let scenario = &self.scenario;
        let named = scenario.without.iter().chain(&scenario.unpaid);
        named.chain(&self.late).copied()
    }
}

impl Grounds {
    /// What it comes to.
    ///
    /// # Errors
    /// A plan that is not to be had, sums out of range, or a member that stood in no region's place.
    pub(crate) fn found<E: From<Refusal>>(
        self,
        mut plan_of: impl FnMut(BusinessDay) -> Result<NettingPlan, E>,
    ) -> Result<Found, E> {
        let too_large = |error| Refusal::new(ClearingCode::CycleCannotNet, error);
        let scenario = &self.suppose.scenario;
        let (mut all, mut ordered) = (Supposing::new(scenario), Supposing::new(scenario));
        let (mut owing, mut with_order) = (Owing::default(), Owed::new());
        let (mut days, mut missing) = (BTreeSet::new(), AllMissing::default());
        for day in self.days.iter().chain(&self.suppose.add).copied() {
            let plan = plan_of(day)?;
            let is_planned = self.days.contains(&day);
            let is_supposed = !self.suppose.leave_out.contains(&day);
            if is_supposed {
                days.insert(day);
            }
            take(&mut all, &plan, (is_planned, is_supposed)).map_err(too_large)?;
            let is_in_order = self.is_in_order(day);
            if is_in_order {
                take(&mut ordered, &plan, (is_planned, is_supposed)).map_err(too_large)?;
            }
            if !self.open.contains(&day) {
                continue;
            }
            let mut owed = between_members(&plan);
            let freed = self.freed.get(&day);
            owed.retain(|prefund, _| !freed.is_some_and(|freed| freed.contains(prefund)));
            add(&mut owing.looked_at, &owed);
            let owed = without(owed, scenario);
            add(&mut owing.supposed, &owed);
            if is_supposed && is_in_order {
                add(&mut with_order, &owed);
            } else if is_supposed {
                let found = self.by_itself((day, &plan), &owed, (&mut missing, &mut owing));
                found.map_err(too_large)?;
            }
        }
        if let Some(stranger) = self.suppose.named().find(|named| !all.is_known(*named)) {
            return Err(Refusal::new(ClearingCode::CycleUnknownMember, stranger).into());
        }
        let nets = all.ends().map_err(too_large)?;
        let of_order = ordered.ends().map_err(too_large)?;
        let moved = &self.moved_of_order;
        let left = moved.left(&of_order, &scenario.unpaid).map_err(too_large)?;
        owing.pays(&left, &self.suppose, &with_order);
        if self.open.iter().any(|day| self.is_in_order(*day)) {
            let found = missing.add(&left, moved, &self.suppose);
            found.map_err(too_large)?;
        }
        let payments = match self.paying {
            Some(_) => self.payments(&of_order).map_err(too_large)?,
            None => Vec::new(),
        };
        let mut prefunds: Vec<_> = self
            .prefunds
            .iter()
            .filter_map(|now| owing.of(now, &self.rules))
            .collect();
        let prefunds_left_out = prefunds.len().saturating_sub(PREFUNDS_AT_MOST);
        prefunds.truncate(PREFUNDS_AT_MOST);
        Ok(Found {
            days,
            not_netted: self.not_netted,
            nets,
            missing: missing.rows(),
            paying: self.paying,
            payments,
            prefunds,
            prefunds_left_out,
        })
    }

    /// A day that is paid by itself.
    fn by_itself(
        &self,
        (day, plan): (BusinessDay, &NettingPlan),
        owed: &Owed,
        (missing, owing): (&mut AllMissing, &mut Owing),
    ) -> Result<(), MoneyError> {
        let nets = what_if(&[plan], &self.suppose.scenario)?;
        let nothing = Moved::default();
        let moved = self.moved.get(&day).unwrap_or(&nothing);
        let left = moved.left(&nets, &self.suppose.scenario.unpaid)?;
        owing.pays(&left, &self.suppose, owed);
        missing.add(&left, moved, &self.suppose)
    }

    /// Whether a cycle is paid with the month: as its order is, or as that would be given with what is supposed.
    fn is_in_order(&self, day: BusinessDay) -> bool {
        let Some(paying) = &self.paying else {
            return false;
        };
        let is_added = self.suppose.add.contains(&day) && !self.ordered.contains(&day);
        paying.days.contains(&day) || is_added
    }

    fn payments(&self, of_order: &WhatIf) -> Result<Vec<SupposedPayment>, MoneyError> {
        let purpose = Purpose::month(self.month.first());
        let rows = of_order.planned.iter().zip(&of_order.supposed);
        let rows = rows
            .filter(|(planned, supposed)| !(planned.amount.is_zero() && supposed.amount.is_zero()));
        let payments = rows.map(|(planned, supposed)| {
            let (of, moved) = ((planned.member, planned.fund), &self.moved_of_order);
            Ok(SupposedPayment {
                reference: PaymentReference {
                    purpose,
                    member: planned.member.code(),
                    fund: planned.fund,
                },
                planned: planned.amount,
                supposed: supposed.amount,
                moved: moved.of_net(of, planned.amount),
                left: moved.left_of(of, supposed.amount)?,
            })
        });
        payments.collect()
    }
}

fn take(
    nets: &mut Supposing<'_>,
    plan: &NettingPlan,
    (is_planned, is_supposed): (bool, bool),
) -> Result<(), MoneyError> {
    if is_planned {
        nets.plans(plan)?;
    }
    if is_supposed {
        nets.supposes(plan)?;
    }
    Ok(())
}

fn without(mut owed: Owed, scenario: &Scenario) -> Owed {
    let is_without = |code| scenario.without.contains(&Member::new(code));
    owed.retain(|prefund, _| !is_without(prefund.payer) && !is_without(prefund.holder));
    owed
}

impl Owing {
    /// Of an order a prefund is used until its payer has paid what it owes, whoever else does not pay.
    fn pays(&mut self, of_order: &WhatIf, suppose: &Suppose, owed: &Owed) {
        let not_on_due = suppose.not_on_due();
        for (gone, whose) in [
            (&mut self.gone_on_due, &not_on_due),
            (&mut self.gone_in_the_end, &suppose.scenario.unpaid),
        ] {
            let owing = of_order.owing(whose);
            let mut paid = owed.clone();
            paid.retain(|of, _| !owing.contains(&(Member::new(of.payer), of.fund)));
            add(gone, &paid);
        }
    }

    /// How a prefund would be used; none of which the cycles use nothing.
    fn of(&self, now: &PrefundNow, rules: &Rules) -> Option<SupposedPrefund> {
        let prefund = now.prefund;
        if of(&self.looked_at, prefund).is_zero() && of(&self.supposed, prefund).is_zero() {
            return None;
        }
        let others = now.used.saturating_sub(of(&self.looked_at, prefund));
        let supposed = of(&self.supposed, prefund);
        let supposed = others.checked_add(supposed).unwrap_or(Fen::MAX);
        let used = |used: Fen| (used, now.account.level_at(used, rules));
        let after = |gone: &Owed| used(supposed.saturating_sub(of(gone, prefund)));
        Some(SupposedPrefund {
            prefund,
            held: now.account.held,
            now: used(now.used),
            supposed: used(supposed),
            on_due: after(&self.gone_on_due),
            in_the_end: after(&self.gone_in_the_end),
        })
    }
}

/// What is owed and missing, fund by fund, on the day it is due and in the end, of all that is paid by itself and not
/// final: a day, or the month's order. What a member is owed of one does not pay what it owes of another.
#[derive(Default)]
struct AllMissing(BTreeMap<Fund, Missing>);

impl AllMissing {
    /// What is left of nets, and what moved of them.
    fn add(&mut self, nets: &WhatIf, moved: &Moved, suppose: &Suppose) -> Result<(), MoneyError> {
        for (fund, amount) in moved.paid_in() {
            let all = self.of(fund);
            all.paid_in = all.paid_in.checked_add(amount)?;
        }
        for net in &nets.supposed {
            // Below zero it is what pays for that.
            if let Ok(owed) = Fen::try_from(net.amount) {
                let all = self.of(net.fund);
                all.owed = all.owed.checked_add(owed)?;
            }
        }
        for row in nets.missing(&suppose.not_on_due())? {
            let all = self.of(row.fund);
            // No more can be missing than is still to be paid: part of it may have been paid by now.
            all.on_due = all.on_due.checked_add(row.missing.min(row.owed))?;
        }
        for row in &nets.shortfalls {
            let all = self.of(row.fund);
            all.in_the_end = all.in_the_end.checked_add(row.missing.min(row.owed))?;
        }
        Ok(())
    }

    fn of(&mut self, fund: Fund) -> &mut Missing {
        self.0.entry(fund).or_insert(Missing {
            fund,
            owed: Fen::ZERO,
            on_due: Fen::ZERO,
            in_the_end: Fen::ZERO,
            paid_in: Fen::ZERO,
        })
    }

    /// Of the funds of which something is missing: whoever does not pay in the end has not when it is due.
    fn rows(self) -> Vec<Missing> {
        let rows = self.0.into_values();
        rows.filter(|row| !row.on_due.is_zero()).collect()
    }
}
