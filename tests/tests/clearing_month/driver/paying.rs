//! How what was ordered is paid, and what is not: by the day on the next business day, or by the month once it is approved.

use std::collections::BTreeSet;

use huitong_core::date::BusinessDay;
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1::{CycleState, MemberAction};
use huitong_transport::refusal_code;

use super::{MONTH, MONTH_BEFORE, Month, SILENT_FROM};
use crate::bank;
use crate::closing;
use crate::evidence::{Order, sum_of};
use crate::world::Moves;

/// The silent member pays its oldest cycle on this day.
const PAYS_ONE: usize = 19;
/// On this day somebody tries to order a cycle by itself although money moves by the month.
const TRIES: usize = 10;
/// As of this day statements are asked for where money moves by the month.
const LATER: &str = "2026-10-20";

impl Month {
    /// A cycle is approved by two officers and ordered, unless money moves by the month.
    pub(super) async fn orders(&mut self, number: usize, digest: &[u8]) {
        let cycle = self.cycles.last().unwrap();
        let (day, plan, nets) = (cycle.day, cycle.plan, sum_of([cycle]));
        if self.moves == Moves::ByMonth {
            if number == TRIES {
                let refused = self.office.instructs(day).await.unwrap_err();
                assert_eq!(refusal_code(&refused), Some("payment.by_month"));
            }
            return;
        }
        self.office.approves(0, day, digest).await;
        if number == 10 {
            self.goes_down("approved by one").await;
        }
        assert_eq!(self.office.state(day).await, CycleState::Netted);
        self.office.approves(1, day, digest).await;
        if number == 11 {
            self.goes_down("approved").await;
        }
        assert_eq!(self.office.state(day).await, CycleState::Approved);
        self.office.instructs(day).await.unwrap();
        assert_eq!(self.office.state(day).await, CycleState::Instructed);
        self.orders.push(Order {
            purpose: plan.to_string(),
            days: BTreeSet::from([day]),
            ordered: self.today(),
            nets,
            told: None,
            paid: std::collections::BTreeMap::new(),
            moved: Vec::new(),
        });
    }

    /// What was ordered the day before is paid, but for what one member owes.
    pub(super) async fn banks(&mut self, number: usize) {
        let (today, silent) = (self.days[number], self.silent());
        let Some(at) = number.checked_sub(1) else {
            return;
        };
        if self.moves == Moves::ByMonth {
            return;
        }
        if let Some(late) = self.watched.paid_out_late.take() {
            let order = self.orders[late].clone();
            self.pays_out(late, order, None).await;
        }
        let mut order = self.orders[at].clone();
        let who = (at >= SILENT_FROM).then_some(silent);
        let lines = bank::pay_in(&order, who);
        bank::enter(&mut self.office, &mut order, &lines, today).await;
        if number == 12 {
            self.goes_down("instructed").await;
            bank::enter_again(&mut self.office, &order, &lines, today).await;
        }
        if self.holder_is_to_wait(number, at) {
            self.orders[at] = order;
        } else {
            self.pays_out(at, order, who).await;
        }
        if number == PAYS_ONE {
            self.pays_the_oldest(number).await;
        }
    }

    /// What was paid in of an order is paid out; one member may not have paid.
    async fn pays_out(&mut self, at: usize, mut order: Order, who: Option<RegionCode>) {
        let lines = bank::pay_out(&order);
        let today = self.today();
        bank::enter(&mut self.office, &mut order, &lines, today).await;
        let state = self.office.state(self.cycles[at].day).await;
        if who.is_none() {
            assert_eq!(state, CycleState::Final, "{}", order.purpose);
        }
        let silent = self.silent();
        bank::say_why(&mut self.office, &order, silent).await;
        self.orders[at] = order;
    }

    /// The member that did not pay pays its oldest cycle; what it pays for a later one before counts for nothing.
    async fn pays_the_oldest(&mut self, number: usize) {
        let (today, silent) = (self.days[number], self.silent());
        let oldest = &self.orders[SILENT_FROM];
        let lines = bank::owed_by(oldest, silent);
        let later = self.orders[SILENT_FROM + 1..].iter();
        let later = later.flat_map(|order| bank::owed_by(order, silent));
        let too_soon: Vec<_> = later.collect();
        let too_soon = too_soon
            .iter()
            .find(|later| lines.iter().any(|line| line.fund == later.fund));
        if let Some(line) = too_soon {
            bank::enter_too_soon(&mut self.office, line, today).await;
            self.too_soon += 1;
        }
        let mut order = oldest.clone();
        bank::enter(&mut self.office, &mut order, &lines, today).await;
        let lines = bank::pay_out(&order);
        bank::enter(&mut self.office, &mut order, &lines, today).await;
        let day = self.cycles[SILENT_FROM].day;
        assert_eq!(self.office.state(day).await, CycleState::Final);
        self.orders[SILENT_FROM] = order;
    }

    /// The months that are approved are ordered in their order and paid: the first whole, the second but for what one owes.
    pub(super) async fn pays_the_months(&mut self) {
        let silent = self.silent();
        let refused = closing::instructs(&mut self.office, MONTH).await;
        let code = refused.as_ref().err().and_then(refusal_code);
        assert_eq!(code, Some("cycle.earlier_not_instructed"));
        for (month, who) in [(MONTH_BEFORE, None), (MONTH, Some(silent))] {
            let answer = closing::instructs(&mut self.office, month).await.unwrap();
            let told = answer.order.unwrap();
            let days: BTreeSet<BusinessDay> = told
                .business_days
                .iter()
                .map(|day| day.parse().unwrap())
                .collect();
            let cycles = self.cycles.iter();
            let nets = sum_of(cycles.filter(|cycle| days.contains(&cycle.day)));
            let mut order = Order {
                purpose: format!("M{}", month.replace('-', "")),
                ordered: self.today(),
                nets,
                told: Some(self.office.payments_of(month).await),
                days,
                paid: std::collections::BTreeMap::new(),
                moved: Vec::new(),
            };
            let today = order.ordered;
            let lines = bank::pay_in(&order, who);
            bank::enter(&mut self.office, &mut order, &lines, today).await;
            self.goes_down("month instructed").await;
            bank::enter_again(&mut self.office, &order, &lines, today).await;
            let lines = bank::pay_out(&order);
            bank::enter(&mut self.office, &mut order, &lines, today).await;
            bank::say_why(&mut self.office, &order, silent).await;
            let due = if who.is_none() {
                CycleState::Final
            } else {
                CycleState::Instructed
            };
            self.all_are(&order, due).await;
            self.orders.push(order);
        }
    }

    /// Statements are asked for when what was ordered by the month is overdue.
    pub(super) fn waits(&mut self) {
        if self.moves == Moves::ByMonth {
            self.world.clock.put(LATER.parse().unwrap(), "02:00");
        }
    }

    /// When everything is looked at: the rest of the month is paid, all its cycles are final at once, and who waited to leave
    /// leaves.
    pub(super) async fn pays_the_rest(&mut self) {
        if self.moves == Moves::ByDay {
            return;
        }
        let (today, silent) = (self.today(), self.silent());
        let mut order = self.orders.last().unwrap().clone();
        let lines = bank::owed_by(&order, silent);
        assert!(!lines.is_empty());
        bank::enter(&mut self.office, &mut order, &lines, today).await;
        self.all_are(&order, CycleState::Instructed).await;
        let lines = bank::pay_out(&order);
        bank::enter(&mut self.office, &mut order, &lines, today).await;
        self.all_are(&order, CycleState::Final).await;
        let leaving = self.moving.leaving;
        let left = self.office.member(leaving, MemberAction::Leave).await;
        left.unwrap();
    }

    async fn all_are(&mut self, order: &Order, due: CycleState) {
        for day in &order.days {
            assert_eq!(self.office.state(*day).await, due, "{day}");
        }
    }
}
