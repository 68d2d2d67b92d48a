//! The laws of money: what is to be paid for a cycle is what its legs come to for each member and fund; what counts is what
//! was told to count, no more of a fund is paid out for a cycle than was paid in, and a cycle is final just when all of it
//! moved. Who does not pay is seen to owe, and what would be paid out beyond what was paid in is parked.
//!
//! Left out: who approved a cycle, what becomes of parked money, and payment by the month.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::date::BusinessDay;
use huitong_core::record::clearing::PaymentRecord;
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1;
use huitong_proto::conversion::leg::leg_to_wire;

use super::clearing::legs_taken;
use super::{Audit, Law};

/// The day of a cycle, a member and a fund.
type Of = (String, String, i32);

impl Audit<'_> {
    /// What each member is owed by each cycle, or owes when it is below zero.
    fn nets(&self) -> BTreeMap<Of, i64> {
        let mut members: BTreeMap<String, RegionCode> = BTreeMap::new();
        let mut nets: BTreeMap<Of, i64> = BTreeMap::new();
        for (plan, legs) in legs_taken(&self.exhibits.clearing) {
            for window in plan.windows() {
                members.insert(window.region.to_string(), window.member.code());
            }
            for numbered in legs {
                let leg = leg_to_wire(numbered);
                for (region, sign) in [(&leg.creditor, 1), (&leg.debtor, -1)] {
                    let member = members.get(&**region).map(ToString::to_string);
                    let of = (plan.day().to_string(), member.unwrap_or_default(), leg.fund);
                    *nets.entry(of).or_default() += sign * leg.amount_fen;
                }
            }
        }
        nets.retain(|_, net| *net != 0);
        nets
    }

    pub(super) fn payments_are_what_cycles_come_to(&mut self) {
        let money = &self.exhibits.money;
        let signed = |payment: &v1::Payment| match payment.direction() {
            v1::Direction::PayIn => -payment.amount_fen,
            _ => payment.amount_fen,
        };
        let listed: BTreeMap<Of, i64> = money
            .listed
            .iter()
            .map(|payment| {
                let (day, member) = (payment.business_day.clone(), payment.member.clone());
                ((day, member, payment.fund), signed(payment))
            })
            .collect();
        let nets = self.nets();
        if listed != nets || listed.len() != money.listed.len() {
            let story = format!("{listed:?} is to be paid, where {nets:?} is owed");
            self.report(Law::Paid, story);
        }
        let mut ordered: BTreeMap<BusinessDay, usize> = BTreeMap::new();
        for record in &self.exhibits.clearing.payments {
            if let PaymentRecord::Instructed(order) = record {
                *ordered.entry(order.day).or_default() += 1;
            }
        }
        if ordered.values().any(|times| *times != 1) {
            self.report(Law::Paid, format!("ordered how often: {ordered:?}"));
        }
    }

    pub(super) fn what_counts_was_told_to(&mut self) {
        let money = &self.exhibits.money;
        let mut entered: BTreeMap<&str, i64> = BTreeMap::new();
        for (reference, fen) in &money.entered {
            *entered.entry(reference).or_default() += fen;
        }
        if let Some(why) = money.over.filter(|why| *why != v1::ParkReason::NotCovered) {
            let story =
                format!("more was to be paid out than was paid in, and is parked as {why:?}");
            self.report(Law::Paid, story);
        }
        let mut cover: BTreeMap<(&str, i32), i64> = BTreeMap::new();
        let mut open: BTreeSet<&str> = BTreeSet::new();
        for payment in &money.listed {
            let fen = entered.remove(payment.reference.as_str()).unwrap_or(0);
            let day = payment.business_day.as_str();
            let is_silent = money.silent.as_ref() == Some(&payment.member)
                && payment.direction() == v1::Direction::PayIn;
            let is_right = payment.paid_fen == fen
                && fen <= payment.amount_fen
                && (!is_silent || payment.paid_fen == 0)
                && payment.days_late == late(payment, &money.on);
            if !is_right {
                let story = format!("{fen} was entered on {}, and it is {payment:?}", money.on);
                self.report(Law::Paid, story);
            }
            let sign = match payment.direction() {
                v1::Direction::PayIn => 1,
                _ => -1,
            };
            *cover.entry((day, payment.fund)).or_default() += sign * payment.paid_fen;
            if payment.paid_fen < payment.amount_fen {
                open.insert(day);
            }
        }
        if !entered.is_empty() || cover.values().any(|left| *left < 0) {
            let story = format!("{entered:?} count for nothing, {cover:?} are left over");
            self.report(Law::Paid, story);
        }
        for (day, state) in &money.states {
            let is_final = *state == v1::CycleState::Final;
            if is_final == open.contains(day.as_str()) {
                let story = format!("{day} is {state:?}, and of {open:?} something is open");
                self.report(Law::Paid, story);
            }
        }
    }
}

/// How many days a payment is late on a day, while some of it is open.
fn late(payment: &v1::Payment, on: &str) -> u32 {
    let days = |text: &str| BusinessDay::parse(text).unwrap();
    let over = days(&payment.due).days_until(days(on));
    let is_open = payment.paid_fen < payment.amount_fen;
    u32::try_from(over).ok().filter(|_| is_open).unwrap_or(0)
}
