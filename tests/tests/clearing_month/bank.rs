//! The bank: what members pay in, and what is paid out of it, entered by an officer line by line. One member pays nothing
//! from some day on, so not all creditors are paid.

use std::collections::BTreeMap;
use std::sync::Arc;

use huitong_core::date::BusinessDay;
use huitong_core::fund::Fund;
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1;
use huitong_proto::conversion::common::fund_to_wire;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::evidence::{Moved, Order};
use crate::office::Office;

/// So many lines are entered at the same time.
const AT_ONCE: usize = 16;

/// A line of the bank's statement.
#[derive(Debug, Clone)]
pub struct Line {
    purpose: String,
    member: RegionCode,
    pub fund: Fund,
    direction: v1::Direction,
    amount: i64,
}

impl Line {
    fn reference(&self) -> String {
        reference(&self.purpose, self.member, self.fund)
    }

    fn request(&self, bank_reference: String, on: BusinessDay) -> v1::ConfirmRequest {
        v1::ConfirmRequest {
            line: Some(v1::BankLine {
                bank_reference,
                member: self.member.to_string(),
                fund: fund_to_wire(self.fund),
                direction: self.direction.into(),
                amount_fen: self.amount,
                on: on.to_string(),
            }),
            reference: self.reference(),
        }
    }
}

/// What a payment bears.
fn reference(purpose: &str, member: RegionCode, fund: Fund) -> String {
    format!("{purpose}-{member}-{}", fund.as_str())
}

/// What members pay in for a cycle, but for one of them.
pub fn pay_in(order: &Order, silent: Option<RegionCode>) -> Vec<Line> {
    let owes = order.nets.iter().filter(|(_, net)| **net < 0);
    let pays = owes.filter(|((member, _), _)| Some(*member) != silent);
    let line = |((member, fund), net): (&(RegionCode, Fund), &i64)| Line {
        purpose: order.purpose.clone(),
        member: *member,
        fund: *fund,
        direction: v1::Direction::PayIn,
        amount: -net,
    };
    pays.map(line).collect()
}

/// What a member owes for a cycle and has not paid.
pub fn owed_by(order: &Order, member: RegionCode) -> Vec<Line> {
    let mut lines = pay_in(order, None);
    lines.retain(|line| line.member == member);
    lines.retain(|line| !order.paid.contains_key(&(member, line.fund)));
    lines
}

/// What can be paid out of what was paid in for a cycle: of each fund in the order of members, as far as it goes.
pub fn pay_out(order: &Order) -> Vec<Line> {
    let mut cover: BTreeMap<Fund, i64> = BTreeMap::new();
    for ((member, fund), paid) in &order.paid {
        let sign = -order.nets[&(*member, *fund)].signum();
        *cover.entry(*fund).or_default() += sign * paid;
    }
    let mut lines = Vec::new();
    for ((member, fund), net) in order.nets.iter().filter(|(_, net)| **net > 0) {
        let paid = order.paid.get(&(*member, *fund)).copied().unwrap_or(0);
        let cover = cover.entry(*fund).or_default();
        let amount = (net - paid).min(*cover);
        if amount > 0 {
            *cover -= amount;
            lines.push(Line {
                purpose: order.purpose.clone(),
                member: *member,
                fund: *fund,
                direction: v1::Direction::PayOut,
                amount,
            });
        }
    }
    lines
}

/// Enters lines, and notes that they moved; each counts for what it bears.
pub async fn enter(office: &mut Office, order: &mut Order, lines: &[Line], on: BusinessDay) {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut tasks = JoinSet::new();
    let [client, _] = office.payments().await;
    for line in lines {
        // What a creditor is paid in two parts is two lines.
        let paid = order.paid.entry((line.member, line.fund)).or_default();
        *paid += line.amount;
        let paid = *paid;
        order.moved.push(Moved {
            on,
            of: (line.member, line.fund),
            amount: line.amount,
        });
        let request = line.request(format!("B-{}-{paid}", line.reference()), on);
        let (places, mut client) = (Arc::clone(&places), client.clone());
        tasks.spawn(async move {
            let _place = places.acquire().await.unwrap();
            let answer = client.confirm(request).await.unwrap().into_inner();
            let movement = answer.movement.unwrap();
            assert_eq!(movement.parked_fen, 0, "{movement:?}");
        });
    }
    tasks.join_all().await;
}

/// Enters lines once more, as after an answer that was lost: nothing changes.
pub async fn enter_again(office: &mut Office, order: &Order, lines: &[Line], on: BusinessDay) {
    let mut again = order.clone();
    for line in lines {
        let paid = again.paid.get_mut(&(line.member, line.fund)).unwrap();
        *paid -= line.amount;
    }
    enter(office, &mut again, lines, on).await;
    assert_eq!(again.paid, order.paid);
}

/// Enters what is paid for a later cycle while an earlier one is open: it counts for nothing, and stays parked.
pub async fn enter_too_soon(office: &mut Office, line: &Line, on: BusinessDay) {
    let request = line.request(format!("P-{}", line.reference()), on);
    let [mut client, _] = office.payments().await;
    let answer = client.confirm(request).await.unwrap().into_inner();
    let movement = answer.movement.unwrap();
    assert_eq!(movement.parked(), v1::ParkReason::EarlierOpen);
    assert_eq!(movement.parked_fen, line.amount);
}

/// Says why a member's payments for a cycle are late.
pub async fn say_why(office: &mut Office, order: &Order, member: RegionCode) {
    for line in owed_by(order, member) {
        let request = v1::DelayRequest {
            reference: line.reference(),
            reason: v1::DelayReason::FundShort.into(),
        };
        let [mut client, _] = office.payments().await;
        client.delay(request).await.unwrap();
    }
}
