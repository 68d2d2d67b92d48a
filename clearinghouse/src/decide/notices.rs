//! What a member is told of an order to pay: each of its payments, and what that is made of, cycle by cycle.
//!
//! All of it follows from the plans and the order. The order is looked up in a decision; the plans of a month are many,
//! and are looked through beside the writer. Deliberately absent: what was paid on it, which a statement of today says.

use std::collections::BTreeMap;
use std::sync::Arc;

use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::fund::Fund;
use huitong_core::money::{Fen, MoneyError, SignedFen};
use huitong_core::officer::OfficerName;
use huitong_core::payable::Month;
use huitong_netting::{Member, NettingPlan};

use super::{Context, Decided, Decision};
use crate::payments::{Order, Payment};
use crate::refusal::{ClearingCode, Refusal};

/// Of which order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum OrderOf {
    /// That which a cycle was ordered with.
    Day(BusinessDay),
    /// A month's.
    Month(Month),
}

/// A member's payments of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notices {
    pub(crate) order: Arc<Order>,
    /// Whose.
    pub(crate) member: Member,
    /// Who approved the plan, or the month, and when.
    pub(crate) approvals: BTreeMap<OfficerName, Timestamp>,
    /// Ascending by reference.
    pub(crate) notices: Vec<Notice>,
    /// As of which day.
    pub(crate) today: BusinessDay,
}

/// One payment, and what it is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notice {
    pub(crate) payment: Payment,
    /// Of the cycles in which a region of the member has a row of the fund, ascending; none before the plans are
    /// looked at.
    pub(crate) parts: Vec<NoticePart>,
}

/// What a cycle comes to for a member and a fund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoticePart {
    pub(crate) day: BusinessDay,
    pub(crate) plan: u64,
    /// What its regions are owed.
    pub(crate) receivable: Fen,
    /// What its regions owe.
    pub(crate) payable: Fen,
    /// How many debts these are; one between two regions of the member is one.
    pub(crate) legs: u64,
}

impl NoticePart {
    /// What is left of it for the member.
    ///
    /// # Errors
    /// A difference out of range.
    pub(crate) fn net(&self) -> Result<SignedFen, MoneyError> {
        SignedFen::from(self.receivable).checked_sub(self.payable.into())
    }
}

impl Notices {
    /// With what each payment is made of, by the plans of the order's cycles, which are asked for one after the other.
    ///
    /// # Errors
    /// A plan that is not to be had, sums out of range, or a member that stands in none of the cycles.
    pub(crate) fn made_of<E: From<Refusal>>(
        mut self,
        mut plan_of: impl FnMut(BusinessDay) -> Result<NettingPlan, E>,
    ) -> Result<Self, E> {
        let member = self.member;
        let mut stands = false;
        for day in &self.order.days {
            let plan = plan_of(*day)?;
            stands |= plan.windows().iter().any(|window| window.member == member);
            for notice in &mut self.notices {
                let fund = notice.payment.instruction.reference.fund;
                let found = part(&plan, member, fund)
                    .map_err(|error| Refusal::new(ClearingCode::CycleCannotNet, error))?;
                notice.parts.extend(found);
            }
        }
        if !stands {
            return Err(Refusal::new(ClearingCode::CycleUnknownMember, member).into());
        }
        Ok(self)
    }
}

/// A member's notices of an order, without what they are made of.
pub(crate) fn notices(context: &Context<'_>, of: &OrderOf, member: Member) -> Decision<Notices> {
    let (order, approvals) = match ordered(context, of) {
        Ok(found) => found,
        Err(refusal) => return Ok(Decided::refuse(refusal)),
    };
    let payments = &context.state.payments;
    let is_own = |payment: &&Payment| payment.instruction.reference.member == member.code();
    let mut notices: BTreeMap<Fund, Notice> = BTreeMap::new();
    for payment in payments.of_order(&order).filter(is_own) {
        let notice = Notice {
            payment: payment.clone(),
            parts: Vec::new(),
        };
        notices.insert(payment.instruction.reference.fund, notice);
    }
    Ok(Decided::answer(Notices {
        order,
        member,
        approvals,
        notices: notices.into_values().collect(),
        today: context.now.business_day_shanghai(),
    }))
}

type Approvals = BTreeMap<OfficerName, Timestamp>;

/// The order, and who approved what it is for.
fn ordered(context: &Context<'_>, of: &OrderOf) -> Result<(Arc<Order>, Approvals), Refusal> {
    let payments = &context.state.payments;
    let found = match of {
        OrderOf::Day(day) => payments
            .cycle(*day)
            .and_then(|paying| Some((paying.ordered.clone()?, paying.approvals.clone()))),
        OrderOf::Month(month) => payments
            .month(month)
            .map(|order| (Arc::clone(order), Approvals::new())),
    };
    let (order, approvals) = found.ok_or_else(|| match of {
        OrderOf::Day(day) => Refusal::new(ClearingCode::PaymentNotOrdered, day),
        OrderOf::Month(month) => Refusal::new(ClearingCode::PaymentNotOrdered, month),
    })?;
    // Whoever approved a month approved its cycles.
    let month = order.month.as_ref();
    let month = month.and_then(|month| context.state.months.get(month));
    let approvals = month.map_or(approvals, |held| held.approvals.clone());
    Ok((order, approvals))
}

/// What a plan comes to for a member and a fund; none when it has no row of it.
fn part(plan: &NettingPlan, member: Member, fund: Fund) -> Result<Option<NoticePart>, MoneyError> {
    let is_own = |region| {
        let window = plan.window(region);
        window.is_some_and(|window| window.member == member)
    };
    let mut part = NoticePart {
        day: plan.day(),
        plan: plan.number(),
        receivable: Fen::ZERO,
        payable: Fen::ZERO,
        legs: 0,
    };
    for row in plan.gross().iter().filter(|row| row.fund == fund) {
        let (owed, owes) = (is_own(row.creditor), is_own(row.debtor));
        if owed {
            part.receivable = part.receivable.checked_add(row.amount)?;
        }
        if owes {
            part.payable = part.payable.checked_add(row.amount)?;
        }
        if owed || owes {
            part.legs = part.legs.saturating_add(row.legs);
        }
    }
    Ok((part.legs > 0).then_some(part))
}
