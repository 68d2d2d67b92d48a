//! Money: two officers approve each netted cycle and one orders payment, members pay in what they owe, but for one that pays
//! nothing, and creditors are paid out of that as far as it goes. The bank's lines are entered one by one, while the
//! clearinghouse is stopped and started; what is entered is entered twice. Where money is short, one line is one fen
//! more than there is: that is parked.
//!
//! Left out: lines without a reference or with another one's, what becomes of parked money, prefunds, and payment by
//! the month.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use huitong_core::digest::sha256;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::payment_service_client::PaymentServiceClient;
use huitong_transport::call_within;
use tonic::Status;
use tonic::transport::Channel;

use crate::callers::{PATIENCE, code, until};
use crate::chance::Seeded;
use crate::clearing_officer::to_clearinghouse;
use crate::papers::Paper;
use crate::saboteurs::Saboteur;

/// Pages of payments; more there are not.
const PAGES_AT_MOST: usize = 1_000;

/// What is known of the money that moved.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    /// Under which reference how much was told to count, in fen, line by line.
    pub entered: Vec<(String, i64)>,
    /// What became of a line of one fen more than there was to pay out; unspecified where it counted.
    pub over: Option<v1::ParkReason>,
    /// The member that pays nothing.
    pub silent: Option<String>,
    /// All payments as they were listed last, and on which day.
    pub listed: Vec<v1::Payment>,
    pub on: String,
    /// How each cycle stood then, by its day.
    pub states: BTreeMap<String, v1::CycleState>,
}

/// What is known of money, to those who move it and to the auditor.
#[derive(Debug, Clone, Default)]
pub struct Money(Arc<Mutex<Ledger>>);

/// The operator's officers at the bank's statement, on one day.
pub struct Bank {
    officers: [PaymentServiceClient<Channel>; 2],
    on: String,
    within: Duration,
    saboteur: Option<Saboteur>,
}

impl Money {
    pub fn all(&self) -> Ledger {
        self.0.lock().unwrap().clone()
    }

    /// Orders what is netted, and pays of all that is open what can be paid.
    pub async fn moves(
        &self,
        cycles: &[Paper],
        bank: &mut Bank,
        chance: &Seeded,
    ) -> Result<(), String> {
        for cycle in cycles {
            bank.order(cycle).await?;
        }
        let listed = bank.payments().await?;
        self.somebody_is_silent(&listed, chance);
        let silent = self.all().silent;
        let owes = listed.iter().filter(|payment| {
            payment.direction() == v1::Direction::PayIn && Some(&payment.member) != silent.as_ref()
        });
        for payment in owes {
            self.pay(bank, payment, payment.amount_fen - payment.paid_fen)
                .await?;
        }
        let listed = bank.payments().await?;
        for (payment, fen) in covered(&listed) {
            self.somebody_pays_too_much(bank, payment, fen).await?;
            self.pay(bank, payment, fen).await?;
        }
        let listed = bank.payments().await?;
        let mut ledger = self.0.lock().unwrap();
        (ledger.listed, ledger.on) = (listed, bank.on.clone());
        Ok(())
    }

    /// How a cycle stands.
    pub fn note(&self, day: &str, state: v1::CycleState) {
        let mut ledger = self.0.lock().unwrap();
        ledger.states.insert(day.to_owned(), state);
    }

    /// Of those who owe something first, one pays nothing, in most seeds.
    fn somebody_is_silent(&self, listed: &[v1::Payment], chance: &Seeded) {
        let mut ledger = self.0.lock().unwrap();
        let owes = listed
            .iter()
            .filter(|payment| payment.direction() == v1::Direction::PayIn);
        let owes: Vec<&String> = owes.map(|payment| &payment.member).collect();
        if ledger.entered.is_empty() && !owes.is_empty() && !chance.one_in(4) {
            ledger.silent = Some(owes[chance.place(owes.len())].clone());
        }
    }

    /// Enters one line, in the whole run, of one fen more than there is for a payment of which more is open.
    async fn somebody_pays_too_much(
        &self,
        bank: &mut Bank,
        payment: &v1::Payment,
        fen: i64,
    ) -> Result<(), String> {
        let is_short = payment.paid_fen + fen < payment.amount_fen;
        if self.all().over.is_some() || !is_short {
            return Ok(());
        }
        let movement = bank.enter(payment, ("over", fen + 1)).await?;
        self.0.lock().unwrap().over = Some(movement.parked());
        Ok(())
    }

    /// Enters a line of the bank's statement, twice; it counts once.
    async fn pay(&self, bank: &mut Bank, payment: &v1::Payment, fen: i64) -> Result<(), String> {
        if fen == 0 {
            return Ok(());
        }
        let so_far = (payment.paid_fen + fen).to_string();
        if !bank.swallows(payment) {
            for _ in 0..2 {
                let movement = bank.enter(payment, (so_far.as_str(), fen)).await?;
                if movement.parked_fen != 0 {
                    let (of, why) = (&payment.reference, movement.parked());
                    return Err(format!("{of}: {fen} do not count: {why:?}"));
                }
            }
        }
        let mut ledger = self.0.lock().unwrap();
        ledger.entered.push((payment.reference.clone(), fen));
        Ok(())
    }
}

/// What can be paid out of what was paid in for each cycle and fund.
fn covered(listed: &[v1::Payment]) -> Vec<(&v1::Payment, i64)> {
    let mut cover: BTreeMap<(&str, i32), i64> = BTreeMap::new();
    for payment in listed {
        let of = (payment.business_day.as_str(), payment.fund);
        let sign = match payment.direction() {
            v1::Direction::PayIn => 1,
            _ => -1,
        };
        *cover.entry(of).or_default() += sign * payment.paid_fen;
    }
    let out = listed
        .iter()
        .filter(|payment| payment.direction() == v1::Direction::PayOut);
    let out = out.map(|payment| {
        let of = (payment.business_day.as_str(), payment.fund);
        let cover = cover.entry(of).or_default();
        let fen = (payment.amount_fen - payment.paid_fen).min(*cover).max(0);
        *cover -= fen;
        (payment, fen)
    });
    out.collect()
}

/// The answer of a call, or the code of why not.
fn told<T>(answer: Result<tonic::Response<T>, Status>) -> Result<T, String> {
    answer
        .map(tonic::Response::into_inner)
        .map_err(|status| code(&status))
}

impl Bank {
    /// Those who enter what moved on a day.
    pub fn of(on: String, within: Duration, saboteur: Option<Saboteur>) -> Self {
        Self {
            officers: [0, 1].map(|which| PaymentServiceClient::new(to_clearinghouse(which))),
            on,
            within,
            saboteur,
        }
    }

    /// Somebody at the bank writes down what moved and enters nothing.
    fn swallows(&self, payment: &v1::Payment) -> bool {
        self.saboteur == Some(Saboteur::SwallowedLine)
            && payment.direction() == v1::Direction::PayOut
    }

    /// Two officers approve a netted cycle, and one orders payment of it.
    async fn order(&mut self, cycle: &Paper) -> Result<(), String> {
        let Some(plan) = &cycle.plan else {
            return Ok(());
        };
        for officer in &mut self.officers {
            let approved = until(self.within, async || {
                let request = v1::ApproveRequest {
                    business_day: cycle.day.clone(),
                    digest: sha256(plan).as_bytes().to_vec(),
                };
                let call = call_within(PATIENCE, request, |request| officer.approve(request));
                told(call.await)
            });
            approved
                .await
                .map_err(|why| format!("{} is not approved: {why}", cycle.day))?;
        }
        let [first, _] = &mut self.officers;
        let ordered = until(self.within, async || {
            let business_day = cycle.day.clone();
            let request = v1::InstructRequest { business_day };
            let call = call_within(PATIENCE, request, |request| first.instruct(request));
            told(call.await)
        });
        let ordered = ordered.await.map(drop);
        ordered.map_err(|why| format!("{} is not ordered: {why}", cycle.day))
    }

    /// Enters a line that bears a payment's reference; what became of it.
    async fn enter(
        &mut self,
        payment: &v1::Payment,
        (name, fen): (&str, i64),
    ) -> Result<v1::Movement, String> {
        let reference = &payment.reference;
        let [first, _] = &mut self.officers;
        let moved = until(self.within, async || {
            let line = v1::BankLine {
                bank_reference: format!("B-{reference}-{name}"),
                member: payment.member.clone(),
                fund: payment.fund,
                direction: payment.direction,
                amount_fen: fen,
                on: self.on.clone(),
            };
            let request = v1::ConfirmRequest {
                line: Some(line),
                reference: reference.clone(),
            };
            let call = call_within(PATIENCE, request, |request| first.confirm(request));
            Ok(told(call.await)?.movement.unwrap())
        });
        let moved = moved.await;
        moved.map_err(|why| format!("{reference}: {fen} are not entered: {why}"))
    }

    /// All payments that were ordered.
    async fn payments(&mut self) -> Result<Vec<v1::Payment>, String> {
        let [first, _] = &mut self.officers;
        let mut all = Vec::new();
        let mut after = String::new();
        for _ in 0..PAGES_AT_MOST {
            let page = until(self.within, async || {
                let request = v1::ListPaymentsRequest {
                    after: after.clone(),
                    ..v1::ListPaymentsRequest::default()
                };
                let call = call_within(PATIENCE, request, |request| first.list_payments(request));
                told(call.await)
            });
            let page = page.await.map_err(|why| format!("payments: {why}"))?;
            all.extend(page.payments);
            after = page.next;
            if after.is_empty() {
                return Ok(all);
            }
        }
        Err("payments have no end".to_owned())
    }
}
