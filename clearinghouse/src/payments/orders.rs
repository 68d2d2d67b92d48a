//! What is to be paid: each member's net of each fund, and nothing that the plans do not say; and each of it once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::fund::Fund;
use huitong_core::money::{Fen, MoneyError, SignedFen};
use huitong_core::officer::OfficerName;
use huitong_core::payable::Month;
use huitong_core::payment::{Instruction, PaymentReference, Purpose};
use huitong_core::prefund::Prefund;
use huitong_core::record::clearing::{Instructed, MonthInstructed, PaymentRecord};
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::Direction;
use huitong_netting::NettingPlan;

use super::{Payment, PaymentError, Payments};

/// An order to pay: a cycle, or those cycles of a month for which there was none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Order {
    /// The first of its cycles: what is ordered for earlier ones is paid before it.
    pub(crate) first: BusinessDay,
    /// All of its cycles.
    pub(crate) days: BTreeSet<BusinessDay>,
    /// The month that it is for; none of a cycle's.
    pub(crate) month: Option<Month>,
    pub(crate) due: BusinessDay,
    pub(crate) by: OfficerName,
    pub(crate) at: Timestamp,
    pub(crate) references: Vec<PaymentReference>,
}

impl Order {
    pub(super) fn of_cycle(instructed: &Instructed) -> Self {
        Self {
            first: instructed.day,
            days: BTreeSet::from([instructed.day]),
            month: None,
            due: instructed.due,
            by: instructed.by.clone(),
            at: instructed.at,
            references: references(&instructed.instructions),
        }
    }

    /// None of an order that names no cycle.
    pub(super) fn of_month(instructed: &MonthInstructed) -> Option<Self> {
        Some(Self {
            first: *instructed.days.first()?,
            days: instructed.days.clone(),
            month: Some(instructed.month.clone()),
            due: instructed.due,
            by: instructed.by.clone(),
            at: instructed.at,
            references: references(&instructed.instructions),
        })
    }
}

/// Who of an order has not paid all of it, and who is not paid all, fund by fund.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Unpaid {
    owes: BTreeSet<(Fund, RegionCode)>,
    is_owed: BTreeSet<(Fund, RegionCode)>,
}

impl Unpaid {
    /// Whether nothing of a prefund is used by the order any more: its payer has paid, and its holder is paid, or waits for
    /// what others of the same fund have not paid.
    pub(crate) fn frees(&self, prefund: Prefund) -> bool {
        let fund = prefund.fund;
        let has_paid = !self.owes.contains(&(fund, prefund.payer));
        let is_paid = || !self.is_owed.contains(&(fund, prefund.holder));
        let others_owe = || self.owes.iter().any(|(of, _)| *of == fund);
        has_paid && (is_paid() || others_owe())
    }
}

impl Payments {
    /// Who of an order has not paid, and who is not paid.
    pub(crate) fn unpaid_of(&self, order: &Order) -> Unpaid {
        let mut unpaid = Unpaid::default();
        for payment in self.of_order(order) {
            let of = payment.instruction.reference;
            if payment.open().is_zero() {
                continue;
            }
            let side = match payment.instruction.direction {
                Direction::PayIn => &mut unpaid.owes,
                Direction::PayOut => &mut unpaid.is_owed,
            };
            side.insert((of.fund, of.member));
        }
        unpaid
    }

    /// The payments of which some is open past their day, and for how many days.
    pub(crate) fn late(&self, today: BusinessDay) -> impl Iterator<Item = (PaymentReference, u32)> {
        let open = self.open.iter().filter_map(|of| self.payments.get(of));
        let open = open.map(move |of| (of.instruction.reference, of.days_late(today)));
        open.filter(|(_, days)| *days > 0)
    }

    /// The cycles of whose orders something is open.
    pub(crate) fn unpaid_days(&self) -> BTreeSet<BusinessDay> {
        let open = self.open.iter().filter_map(|of| self.payments.get(of));
        let orders = open.map(|payment| (payment.order.first, &payment.order));
        let orders: BTreeMap<_, _> = orders.collect();
        let days = orders.into_values().map(|order| &order.days);
        days.flatten().copied().collect()
    }

    /// The orders that a record brings on or back.
    pub(crate) fn touched(&self, record: &PaymentRecord) -> Vec<Arc<Order>> {
        let references: Vec<_> = match record {
            PaymentRecord::Instructed(of) => {
                of.instructions.iter().map(|of| of.reference).collect()
            }
            PaymentRecord::MonthInstructed(of) => {
                of.instructions.iter().map(|of| of.reference).collect()
            }
            PaymentRecord::Confirmed(of) => vec![of.reference],
            PaymentRecord::Applied(of) => of.to.iter().map(|(of, _)| *of).collect(),
            PaymentRecord::Corrected(of) => of.counted.iter().map(|(of, _)| *of).collect(),
            PaymentRecord::Approved(_)
            | PaymentRecord::Parked(_)
            | PaymentRecord::Returned(_)
            | PaymentRecord::Joined(_)
            | PaymentRecord::Delayed(_) => Vec::new(),
        };
        let payments = references.iter().filter_map(|of| self.payments.get(of));
        let touched = payments.map(|payment| (payment.order.first, Arc::clone(&payment.order)));
        let touched: BTreeMap<_, _> = touched.collect();
        touched.into_values().collect()
    }

    /// Takes an order. What is ordered stays as it is: money may have moved for it.
    ///
    /// # Errors
    /// One of its cycles, or of its payments, is ordered.
    pub(super) fn order(
        &mut self,
        order: Order,
        instructions: &[Instruction],
    ) -> Result<(), PaymentError> {
        let mut days = order.days.iter();
        let day = days.find(|day| self.cycles.get(day).is_some_and(|of| of.ordered.is_some()));
        let mut references = order.references.iter();
        let payment = references.find_map(|reference| self.payments.get(reference));
        if let Some(first) = day.copied().or(payment.map(|of| of.order.first)) {
            return Err(PaymentError::Ordered(first));
        }
        let order = Arc::new(order);
        for day in &order.days {
            self.cycles.entry(*day).or_default().ordered = Some(Arc::clone(&order));
        }
        if let Some(month) = &order.month {
            self.months.insert(month.clone(), Arc::clone(&order));
        }
        for instruction in instructions {
            let payment = Payment {
                instruction: *instruction,
                order: Arc::clone(&order),
                paid: Fen::ZERO,
                last: None,
                delay: None,
            };
            self.payments.insert(instruction.reference, payment);
            self.open.insert(instruction.reference);
        }
        Ok(())
    }
}

fn references(instructions: &[Instruction]) -> Vec<PaymentReference> {
    instructions.iter().map(|of| of.reference).collect()
}

/// Members' nets of some plans, summed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Nets(BTreeMap<(RegionCode, Fund), SignedFen>);

impl Nets {
    /// Those of one plan.
    ///
    /// # Errors
    /// None of a plan that is one: its nets are told once for each member and fund.
    pub(crate) fn of(plan: &NettingPlan) -> Result<Self, MoneyError> {
        let mut nets = Self::default();
        nets.add(plan)?;
        Ok(nets)
    }

    /// With those of another plan.
    ///
    /// # Errors
    /// A sum out of range.
    pub(crate) fn add(&mut self, plan: &NettingPlan) -> Result<(), MoneyError> {
        for net in plan.member_nets() {
            let of = (net.member.code(), net.fund);
            let sum = self.0.entry(of).or_insert(SignedFen::ZERO);
            *sum = sum.checked_add(net.amount)?;
        }
        Ok(())
    }

    /// The payments of them, ascending by reference; none where all are zero.
    pub(crate) fn instructions(&self, purpose: Purpose) -> Vec<Instruction> {
        let nets = self.0.iter().filter(|(_, amount)| !amount.is_zero());
        let instructions = nets.map(|((member, fund), amount)| {
            let (direction, amount) = match Fen::try_from(*amount) {
                Ok(amount) => (Direction::PayOut, amount),
                Err(_) => (Direction::PayIn, amount.abs()),
            };
            let reference = PaymentReference {
                purpose,
                member: *member,
                fund: *fund,
            };
            Instruction {
                reference,
                direction,
                amount,
            }
        });
        instructions.collect()
    }
}
