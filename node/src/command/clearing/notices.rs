//! `huitong node clearing notices`: what the region's clearing member is told of an order to pay.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::officer::OfficerName;
use huitong_core::own_clearing::NoticesSeen;
use huitong_core::payable::Month;
use huitong_transport::ClientOptions;
use serde_json::{Value, json};

use super::payments::{as_json, one};
use super::{IsLate, exit};
use crate::command::{block_on, said};
use crate::grpc::own_clearing_client::ClearingDeskClient;
use crate::own_clearing::OrderOf;

/// Show what the region's clearing member is told of an order to pay: each payment, and what it is made of, cycle by cycle.
/// Exit 1 when one of them is late.
#[derive(Debug, clap::Args)]
#[group(id = "order", required = true, multiple = false, args = ["day", "month"])]
pub struct ShowNotices {
    /// The order that this cycle was ordered with / 业务日
    #[arg(long)]
    day: Option<BusinessDay>,
    /// A month's order / 月份
    #[arg(long)]
    month: Option<Month>,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl ShowNotices {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let of = match (self.day, self.month) {
            (Some(day), _) => OrderOf::Day(day),
            (None, Some(month)) => OrderOf::Month(month),
            (None, None) => anyhow::bail!("give --day or --month / 须指定 --day 或 --month"),
        };
        let seen = block_on(async {
            let mut node = ClearingDeskClient::connect(&self.server).await?;
            node.notices(&of).await.map_err(said)
        })?;
        if self.json {
            writeln!(out, "{}", document(&seen))?;
        } else {
            print(&seen, out)?;
        }
        Ok(exit(IsLate::any(&seen.notices, |notice| {
            notice.payment.days_late > 0
        })))
    }
}

fn named((officer, at): &(OfficerName, Timestamp)) -> Value {
    json!({ "officer": officer.to_string(), "at": at.to_string() })
}

fn document(seen: &NoticesSeen) -> Value {
    let notices = seen.notices.iter().map(|notice| {
        let parts = notice.parts.iter().map(|part| {
            json!({
                "business_day": part.day.to_string(),
                "plan": part.plan,
                "receivable": part.receivable.to_string(),
                "payable": part.payable.to_string(),
                "net": part.net.to_string(),
                "legs": part.legs,
            })
        });
        json!({ "payment": as_json(&notice.payment), "parts": parts.collect::<Vec<_>>() })
    });
    let days = seen.days.iter().map(BusinessDay::to_string);
    json!({
        "member": seen.member.to_string(),
        "notices": notices.collect::<Vec<_>>(),
        "approved_by": seen.approvals.iter().map(named).collect::<Vec<_>>(),
        "ordered_by": named(&seen.ordered),
        "business_days": days.collect::<Vec<_>>(),
    })
}

fn print(seen: &NoticesSeen, out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "clearing member {} / 清算成员", seen.member)?;
    let (by, at) = &seen.ordered;
    writeln!(out, "ordered by {by} at {at} / 下达付款")?;
    for (officer, at) in &seen.approvals {
        writeln!(out, "approved by {officer} at {at} / 审批")?;
    }
    if seen.notices.is_empty() {
        writeln!(out, "nothing to pay and nothing to be paid / 无应缴应收")?;
    }
    for notice in &seen.notices {
        one(&notice.payment, out)?;
        for part in &notice.parts {
            writeln!(
                out,
                "  {} plan {}: owed {}, owes {}, net {}, {} debts / 应收、应付、净额",
                part.day, part.plan, part.receivable, part.payable, part.net, part.legs
            )?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use huitong_core::money::{Fen, SignedFen};
    use huitong_core::own_clearing::{NoticePartSeen, NoticeSeen, PaymentSeen};
    use huitong_core::vocabulary::Direction;

    use super::*;

    #[test]
    fn a_notice_says_what_a_payment_is_made_of_and_who_approved_it() {
        let fen = |fen| Fen::new(fen).unwrap();
        let at = Timestamp::parse("2026-03-02T01:00:00.000Z").unwrap();
        let day: BusinessDay = "2026-03-01".parse().unwrap();
        let named = |name: &str| (name.parse::<OfficerName>().unwrap(), at);
        let seen = NoticesSeen {
            member: "510100".parse().unwrap(),
            notices: vec![NoticeSeen {
                payment: PaymentSeen {
                    reference: "1-510100-resident_pool".parse().unwrap(),
                    day,
                    month: None,
                    direction: Direction::PayOut,
                    amount: fen(1_300_000),
                    paid: Fen::ZERO,
                    due: "2026-03-24".parse().unwrap(),
                    days_late: 0,
                    delay: None,
                    unpaid_by: Vec::new(),
                },
                parts: vec![NoticePartSeen {
                    day,
                    plan: 1,
                    receivable: fen(1_316_000),
                    payable: fen(16_000),
                    net: SignedFen::new(1_300_000).unwrap(),
                    legs: 3,
                }],
            }],
            approvals: vec![named("wang.fang"), named("zhao.min")],
            ordered: named("wang.fang"),
            days: vec![day],
        };
        let mut out = Vec::new();
        print(&seen, &mut out).unwrap();
        let said = String::from_utf8(out).unwrap();
        for part in [
            "ordered by wang.fang at 2026-03-02T01:00:00.000Z",
            "approved by zhao.min",
            "2026-03-01 plan 1: owed 13160.00, owes 160.00, net 13000.00, 3 debts",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
        let told = document(&seen);
        assert_eq!(told["notices"][0]["parts"][0]["net"], "13000.00");
        assert_eq!(told["business_days"][0], "2026-03-01");
    }
}
