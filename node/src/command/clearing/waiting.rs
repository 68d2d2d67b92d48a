//! `huitong node clearing exceptions`: the region's debts that wait.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::own_clearing::{DebtWaiting, WAITS_AT_MOST_DAYS, WaitingPage};
use huitong_core::vocabulary::WaitingReason;
use huitong_desk::waiting;
use huitong_transport::ClientOptions;
use serde_json::{Value, json};

use super::{IsLate, exit};
use crate::command::{block_on, said};
use crate::grpc::own_clearing_client::ClearingDeskClient;

const AFTER: &str = "\
As the clearinghouse says now. A row is a debt that the region owes or is owed, of a day that is cut off, and that went with no
cycle: since when, why, and what each of the two told. Amounts are yuan. Of very many the oldest 100,000 are listed; all are counted.
Exit 1 when one waits for more than 30 days about which something is to be done: not for what both took back, nor for what was
told again, unless a debt of two others has its id.
由清算中心即时答复，仅列本统筹区应付或应收、已逾日切仍未轧差的债务。挂账超过30天的（双方均已冲回或重复上报的除外，编号已被他方占用的不除外），退出码为1。";

/// Show the region's debts that no cycle took although their day is over: why, how long already, and what both told.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub struct ShowWaiting {
    /// Only those that wait for this reason / 仅列某一原因
    #[arg(long, value_parser = waiting::reasons())]
    reason: Option<WaitingReason>,
    /// Only those that wait for so many days / 挂账天数下限
    #[arg(long, default_value_t = 0)]
    days: u32,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl ShowWaiting {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let mut page = block_on(async {
            let mut node = ClearingDeskClient::connect(&self.server).await?;
            node.waiting().await.map_err(said)
        })?;
        let is_late = is_late(&page);
        page.debts.retain(|debt| {
            debt.days >= self.days && self.reason.is_none_or(|reason| reason == debt.why)
        });
        if self.json {
            writeln!(out, "{}", document(&page))?;
        } else {
            print(&page, out)?;
        }
        Ok(exit(is_late))
    }
}

/// Whatever is listed: what is left off counts too, and is younger than what is listed.
fn is_late(page: &WaitingPage) -> IsLate {
    IsLate::any(&page.debts, DebtWaiting::is_late)
}

fn document(page: &WaitingPage) -> Value {
    let debts = page.debts.iter().map(waiting::document);
    json!({
        "exceptions": debts.collect::<Vec<_>>(),
        "ageing": waiting::ages_document(&page.ages),
        "left_off": page.left_off,
        "late_after_days": WAITS_AT_MOST_DAYS,
    })
}

fn print(page: &WaitingPage, out: &mut dyn Write) -> anyhow::Result<()> {
    for debt in &page.debts {
        waiting::print(debt, out)?;
    }
    waiting::print_ages(&page.ages, out)?;
    if page.left_off > 0 {
        let left_off = page.left_off;
        writeln!(
            out,
            "{left_off} younger ones are counted and not listed / 另有{left_off}笔较新的未列出"
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use huitong_core::date::Timestamp;
    use huitong_core::digest::sha256;
    use huitong_core::fund::Fund;
    use huitong_core::id::SettlementId;
    use huitong_core::leg::{LegField, LegKind};
    use huitong_core::money::{Fen, FenSum};
    use huitong_core::own_clearing::{LegTold, WaitingAges, WaitingGroup};
    use huitong_core::vocabulary::EvidenceSays;

    use super::*;

    fn told(region: &str, fen: i64) -> LegTold {
        LegTold {
            region: region.parse().unwrap(),
            number: 7,
            debtor: "330200".parse().unwrap(),
            creditor: "510100".parse().unwrap(),
            amount: Fen::new(fen).unwrap(),
            business_day: "2026-03-01".parse().unwrap(),
            receipt: sha256(b"receipt"),
        }
    }

    fn page(why: WaitingReason, days: u32) -> WaitingPage {
        let group = |legs| WaitingGroup {
            legs,
            amount: FenSum::new(700),
        };
        WaitingPage {
            debts: vec![DebtWaiting {
                since: Timestamp::parse("2026-03-01T02:00:00.000Z").unwrap(),
                days,
                why,
                field: Some(LegField::Amount),
                settlement: SettlementId::from_parts(1, [1; 10]),
                kind: LegKind::Settlement,
                fund: Fund::ResidentPool,
                told: told("330200", 700),
                other: Some(told("510100", 701)),
                evidence: Some(EvidenceSays::AsReported),
                evidence_field: None,
                id_taken: false,
            }],
            next: None,
            ages: vec![WaitingAges {
                why,
                groups: [group(0), group(0), group(0), group(1)],
            }],
            left_off: 2,
        }
    }

    #[test]
    fn what_is_counted_and_not_listed_is_told() {
        let page = page(WaitingReason::Differs, 31);
        let mut out = Vec::new();
        print(&page, &mut out).unwrap();
        let said = String::from_utf8(out).unwrap();
        assert!(
            said.ends_with("2 younger ones are counted and not listed / 另有2笔较新的未列出\n")
        );
        let told = document(&page);
        assert_eq!(told["exceptions"][0]["other"]["amount"], "7.01");
        assert_eq!(told["ageing"][0]["groups"][3]["amount"], "7.00");
        assert_eq!(told["left_off"], 2);
    }

    #[test]
    fn what_waits_for_more_than_thirty_days_is_late_unless_nothing_is_to_be_done() {
        for (why, days, late) in [
            (WaitingReason::Differs, 30, IsLate::No),
            (WaitingReason::Differs, 31, IsLate::Yes),
            (WaitingReason::TakenBack, 31, IsLate::No),
            (WaitingReason::Repeated, 31, IsLate::No),
        ] {
            assert_eq!(is_late(&page(why, days)), late, "{why} {days}");
        }
        let mut taken = page(WaitingReason::Repeated, 31);
        taken.debts[0].id_taken = true;
        assert_eq!(is_late(&taken), IsLate::Yes);
    }
}
