//! `huitong node prefunds` and `top-up-prefund`: how the prefunds stand that the region's clearing member pays and holds, and asking
//! for more of one that it holds. Deliberately absent: any other change, which clearing officers make.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::date::BusinessDay;
use huitong_core::id::RequestId;
use huitong_core::money::Fen;
use huitong_core::prefund::{OwnPrefunds, Prefund, PrefundSeen};
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::PrefundLevel;
use huitong_transport::ClientOptions;
use serde_json::{Value, json};

use super::{block_on, said};
use crate::grpc::prefund_client::PrefundDeskClient;

const AFTER: &str = "\
As the clearinghouse says now; nothing is kept on the node. The rows are those of the member who clears for the region: its province,
or itself. Yellow and red are what is warned of: 70 and 90 per cent used of what is held, unless the clearinghouse sets others.
Amounts are yuan. Exit 1 when one is red, or something is late.
由清算中心即时答复，范围为本统筹区清算成员（省或本统筹区）付出和持有的预付金。已用达70%为黄色预警、90%为红色预警（以清算中心设定为准）。
有红色预警或逾期时退出码为1。";

/// Show how the prefunds stand that the region's clearing member pays and holds.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub struct ShowPrefunds {
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl ShowPrefunds {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let own = block_on(async {
            let mut node = PrefundDeskClient::connect(&self.server).await?;
            node.show().await.map_err(said)
        })?;
        if self.json {
            writeln!(out, "{}", document(&own))?;
        } else {
            print(&own, out)?;
        }
        Ok(if own.prefunds.iter().any(is_urgent) {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        })
    }
}

const ASKS_AFTER: &str = "\
Within three business days of red, unless the clearinghouse sets another term. Only the holder's regions ask, for a prefund that is red and
of which no earlier top-up is open. Safe to repeat: under one id it is asked for once, also after it was paid. Amounts are yuan.
须在红色预警后三个工作日内申请（以清算中心设定为准），仅持有成员所辖统筹区可申请；同一编号重复申请不重复计。";

/// Ask for more, of a prefund that is red and that the region's clearing member holds.
#[derive(Debug, clap::Args)]
#[command(after_help = ASKS_AFTER)]
pub struct TopUpPrefund {
    /// Whose money is with whom: PAYER-HOLDER-FUND, such as 330000-510100-resident_pool / 预付金
    #[arg(long)]
    prefund: Prefund,
    /// How much more, in yuan / 金额（元）
    #[arg(long)]
    amount: Fen,
    /// An id of your own for this top-up: asked for again under it, it is asked for once / 补拨编号（重复申请不重复计）
    #[arg(long, value_parser = RequestId::parse)]
    id: RequestId,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl TopUpPrefund {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let seen = block_on(async {
            let mut node = PrefundDeskClient::connect(&self.server).await?;
            let which = (self.prefund, self.id);
            node.top_up(which, self.amount).await.map_err(said)
        })?;
        let own = OwnPrefunds {
            member: seen.prefund.holder,
            prefunds: vec![seen],
        };
        if self.json {
            writeln!(out, "{}", document(&own))?;
        } else {
            print(&own, out)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Whether a person must do something.
fn is_urgent(seen: &PrefundSeen) -> bool {
    let is_late = seen.days_late > 0 || seen.ask_days_late > 0 || seen.set_days_late > 0;
    seen.level == PrefundLevel::Red || is_late
}

/// What the member is in it.
fn role(seen: &PrefundSeen, member: RegionCode) -> &'static str {
    if seen.prefund.payer == member {
        "payer"
    } else {
        "holder"
    }
}

fn day(day: Option<BusinessDay>) -> Option<String> {
    day.map(|day| day.to_string())
}

fn document(own: &OwnPrefunds) -> Value {
    let prefunds = own.prefunds.iter().map(|seen| {
        json!({
            "payer": seen.prefund.payer.to_string(),
            "holder": seen.prefund.holder.to_string(),
            "fund": seen.prefund.fund.as_str(),
            "role": role(seen, own.member),
            "year": seen.year,
            "set": seen.set.to_string(),
            "topped_up": seen.topped_up.to_string(),
            "open_top_up": seen.open_top_up.map(|open| open.to_string()),
            "held": seen.held.to_string(),
            "used": seen.used.to_string(),
            "used_percent": seen.used_percent().map(|of| of.to_string()),
            "level": seen.level.word(),
            "since": seen.since.map(|since| since.to_string()),
            "ask_by": day(seen.ask_by),
            "missing": seen.missing.to_string(),
            "over": seen.over.to_string(),
            "due": day(seen.due),
            "days_late": seen.days_late,
            "ask_days_late": seen.ask_days_late,
            "set_by": day(seen.set_by),
            "set_days_late": seen.set_days_late,
        })
    });
    json!({
        "member": own.member.to_string(),
        "prefunds": prefunds.collect::<Vec<_>>(),
    })
}

fn late(days: u32) -> String {
    match days {
        0 => String::new(),
        days => format!(", {days} days late / 逾期{days}天"),
    }
}

fn print(own: &OwnPrefunds, out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "clearing member {} / 清算成员", own.member)?;
    if own.prefunds.is_empty() {
        writeln!(out, "no prefund is set / 未设预付金")?;
    }
    for seen in &own.prefunds {
        let percent = seen.used_percent();
        let percent = percent.map_or_else(|| "-".to_owned(), |of| format!("{of}%"));
        writeln!(
            out,
            "{}  {}  {}  used {} of {} ({percent}), set {} for {} and {} on top",
            seen.prefund,
            role(seen, own.member),
            seen.level,
            seen.used,
            seen.held,
            seen.set,
            seen.year,
            seen.topped_up
        )?;
        if let Some(since) = seen.since.filter(|_| seen.level != PrefundLevel::Normal) {
            writeln!(out, "  {} since {since} / 预警", seen.level)?;
        }
        if let Some(by) = seen.ask_by {
            let late = late(seen.ask_days_late);
            writeln!(
                out,
                "  more is to be asked for by {by} / 须于该日前申请补拨{late}"
            )?;
        }
        if let Some(by) = seen.set_by {
            let late = late(seen.set_days_late);
            writeln!(
                out,
                "  it is of an earlier year, and to be set anew by {by} / 须于该日前核定本年度金额{late}"
            )?;
        }
        if let Some(open) = seen.open_top_up {
            writeln!(out, "  a top-up of {open} was asked for / 已申请补拨")?;
        }
        let late = late(seen.days_late);
        let due = day(seen.due).unwrap_or_else(|| "-".to_owned());
        if !seen.missing.is_zero() {
            let missing = seen.missing;
            writeln!(out, "  {missing} missing / 待缴, due {due}{late}")?;
        }
        if !seen.over.is_zero() {
            let over = seen.over;
            writeln!(out, "  {over} over, goes back / 多缴待退, due {due}{late}")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use huitong_core::date::Timestamp;

    use super::*;

    fn fen(fen: i64) -> Fen {
        Fen::new(fen).unwrap()
    }

    fn seen(prefund: &str) -> PrefundSeen {
        PrefundSeen {
            prefund: prefund.parse().unwrap(),
            year: 2026,
            set: fen(1_400_000),
            topped_up: Fen::ZERO,
            open_top_up: None,
            held: fen(1_400_000),
            used: fen(980_000),
            level: PrefundLevel::Yellow,
            since: Some(Timestamp::parse("2026-03-02T01:00:00.000Z").unwrap()),
            ask_by: None,
            ask_days_late: 0,
            set_by: None,
            set_days_late: 0,
            missing: Fen::ZERO,
            over: Fen::ZERO,
            due: None,
            days_late: 0,
        }
    }

    #[test]
    fn both_roles_are_shown_with_what_is_warned_of_and_what_is_due() {
        let mut holds = seen("510100-330000-resident_pool");
        holds.level = PrefundLevel::Red;
        holds.used = fen(1_316_000);
        holds.topped_up = fen(500_000);
        holds.open_top_up = Some(fen(500_000));
        holds.missing = fen(500_000);
        holds.due = Some("2026-03-24".parse().unwrap());
        holds.days_late = 2;
        let own = OwnPrefunds {
            member: "330000".parse().unwrap(),
            prefunds: vec![seen("330000-510100-resident_pool"), holds],
        };
        let mut out = Vec::new();
        print(&own, &mut out).unwrap();
        let said = String::from_utf8(out).unwrap();
        for part in [
            "330000-510100-resident_pool  payer  yellow  used 9800.00 of 14000.00 (70%)",
            "510100-330000-resident_pool  holder  red  used 13160.00 of 14000.00 (94%)",
            "a top-up of 5000.00 was asked for",
            "5000.00 missing / 待缴, due 2026-03-24, 2 days late",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
        let told = document(&own);
        assert_eq!(told["prefunds"][1]["open_top_up"], "5000.00");
        assert_eq!(told["prefunds"][0]["used_percent"], "70");
        assert_eq!(told["prefunds"][0]["open_top_up"], Value::Null);
        let urgent: Vec<bool> = own.prefunds.iter().map(is_urgent).collect();
        assert_eq!(urgent, [false, true]);
        // Nobody asked in time, and nobody set it: neither is red or unpaid.
        let mut asks = seen("330000-510100-resident_pool");
        asks.ask_days_late = 1;
        let mut sets = seen("330000-510100-resident_pool");
        (sets.set_by, sets.set_days_late) = (Some("2027-01-31".parse().unwrap()), 3);
        assert!(is_urgent(&asks) && is_urgent(&sets));
    }
}
