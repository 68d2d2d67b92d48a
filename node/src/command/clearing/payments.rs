//! `huitong node clearing payments`: what the region's clearing member pays and is paid.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::own_clearing::PaymentSeen;
use huitong_core::payable::Month;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::{DelayReason, Direction};
use huitong_transport::ClientOptions;
use serde_json::{Value, json};

use super::{IsLate, exit};
use crate::command::{block_on, said};
use crate::grpc::own_clearing_client::ClearingDeskClient;
use crate::own_clearing::PaymentsWanted;

const AFTER: &str = "\
As the clearinghouse says now, of the member who clears for the region: its province, or itself. Whoever pays repeats the reference
to the bank. Of what the member is to be paid it is said who has not paid in, and why. Amounts are yuan.
Exit 1 when something is late, to pay or to be paid.
由清算中心即时答复，范围为本统筹区清算成员（省或本统筹区）。付款须注明付款参考号；应收未到的列明未缴成员及原因。有逾期时退出码为1。";

/// Show what the region's clearing member pays and is paid, by when, and who has not paid what it waits for.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub struct ShowPayments {
    /// What is paid in full too / 含已清
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl ShowPayments {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let wanted = if self.all {
            PaymentsWanted::All
        } else {
            PaymentsWanted::Open
        };
        let (member, payments) = block_on(async {
            let mut node = ClearingDeskClient::connect(&self.server).await?;
            node.payments(wanted).await.map_err(said)
        })?;
        if self.json {
            writeln!(out, "{}", document(member, &payments))?;
        } else {
            print(member, &payments, out)?;
        }
        Ok(exit(IsLate::any(&payments, is_late)))
    }
}

const fn is_late(seen: &PaymentSeen) -> bool {
    seen.days_late > 0
}

pub(super) fn as_json(seen: &PaymentSeen) -> Value {
    let unpaid = seen.unpaid_by.iter().map(|unpaid| {
        json!({
            "member": unpaid.member.to_string(),
            "open": unpaid.open.to_string(),
            "delay": unpaid.delay.map(DelayReason::word),
        })
    });
    json!({
        "reference": seen.reference.to_string(),
        "business_day": seen.day.to_string(),
        "month": seen.month.as_ref().map(Month::to_string),
        "fund": seen.reference.fund.as_str(),
        "direction": seen.direction.word(),
        "amount": seen.amount.to_string(),
        "paid": seen.paid.to_string(),
        "open": seen.open().to_string(),
        "due": seen.due.to_string(),
        "days_late": seen.days_late,
        "delay": seen.delay.map(DelayReason::word),
        "unpaid_by": unpaid.collect::<Vec<_>>(),
    })
}

fn document(member: RegionCode, payments: &[PaymentSeen]) -> Value {
    json!({
        "member": member.to_string(),
        "payments": payments.iter().map(as_json).collect::<Vec<_>>(),
    })
}

const fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::PayIn => "to pay / 应缴",
        Direction::PayOut => "to be paid / 应收",
    }
}

fn because(delay: Option<DelayReason>) -> String {
    delay.map(|why| format!(" ({why})")).unwrap_or_default()
}

/// A payment, and who has not paid what it waits for.
pub(super) fn one(seen: &PaymentSeen, out: &mut dyn Write) -> anyhow::Result<()> {
    let late = match seen.days_late {
        0 => String::new(),
        days => format!(", {days} days late{} / 逾期{days}天", because(seen.delay)),
    };
    let of = seen.month.as_ref().map_or_else(
        || format!("cycle {}", seen.day),
        |month| format!("month {month}"),
    );
    writeln!(
        out,
        "{}  {}  {of}  {} yuan, {} open, due {}{late}",
        seen.reference,
        direction(seen.direction),
        seen.amount,
        seen.open(),
        seen.due
    )?;
    for unpaid in &seen.unpaid_by {
        writeln!(
            out,
            "  {} has {} yuan yet to pay in{} / 未缴",
            unpaid.member,
            unpaid.open,
            because(unpaid.delay)
        )?;
    }
    Ok(())
}

fn print(member: RegionCode, payments: &[PaymentSeen], out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "clearing member {member} / 清算成员")?;
    if payments.is_empty() {
        writeln!(out, "nothing is open / 无未清款项")?;
    }
    for seen in payments {
        one(seen, out)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use huitong_core::money::Fen;
    use huitong_core::own_clearing::Unpaid;

    use super::*;

    fn fen(fen: i64) -> Fen {
        Fen::new(fen).unwrap()
    }

    fn payment(reference: &str, direction: Direction) -> PaymentSeen {
        PaymentSeen {
            reference: reference.parse().unwrap(),
            day: "2026-03-01".parse().unwrap(),
            month: None,
            direction,
            amount: fen(1_316_000),
            paid: fen(16_000),
            due: "2026-03-24".parse().unwrap(),
            days_late: 0,
            delay: None,
            unpaid_by: Vec::new(),
        }
    }

    #[test]
    fn what_is_to_be_paid_is_shown_with_reference_day_and_who_has_not_paid() {
        let member = "510100".parse().unwrap();
        let mut waits = payment("2-510100-resident_pool", Direction::PayOut);
        waits.days_late = 2;
        waits.unpaid_by.push(Unpaid {
            member: "330000".parse().unwrap(),
            open: fen(1_300_000),
            delay: Some(DelayReason::FundShort),
        });
        let pays = payment("3-510100-resident_pool", Direction::PayIn);
        let payments = [waits, pays];
        let mut out = Vec::new();
        print(member, &payments, &mut out).unwrap();
        let said = String::from_utf8(out).unwrap();
        for part in [
            "2-510100-resident_pool  to be paid / 应收  cycle 2026-03-01  13160.00 yuan, 13000.00 open, due 2026-03-24, 2 days late",
            "330000 has 13000.00 yuan yet to pay in (fund_short)",
            "3-510100-resident_pool  to pay / 应缴",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
        let told = document(member, &payments);
        assert_eq!(told["payments"][0]["unpaid_by"][0]["delay"], "fund_short");
        assert_eq!(told["payments"][1]["direction"], "pay_in");
        assert_eq!(payments.each_ref().map(is_late), [true, false]);
    }
}
