//! `huitong node clearing exceptions`: the region's debts that wait.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::leg::{LegField, LegKind};
use huitong_core::own_clearing::{
    DebtWaiting, LegTold, WAITS_AT_MOST_DAYS, WaitingAges, WaitingPage,
};
use huitong_core::vocabulary::{EvidenceSays, WaitingReason};
use huitong_transport::ClientOptions;
use serde_json::{Value, json};

use super::{IsLate, exit};
use crate::command::{block_on, hex, said};
use crate::grpc::own_clearing_client::ClearingDeskClient;

const AFTER: &str = "\
As the clearinghouse says now. A row is a debt that the region owes or is owed, of a day that is cut off, and that went with no
cycle: since when, why, and what each of the two told. Amounts are yuan. Of very many the oldest 100,000 are listed; all are counted.
Exit 1 when one waits for more than 30 days about which something is to be done: not for what both took back, nor for what was
told again, unless a debt of two others has its id.
由清算中心即时答复，仅列本统筹区应付或应收、已逾日切仍未轧差的债务。挂账超过30天的（双方均已冲回或重复上报的除外，编号已被他方占用的不除外），退出码为1。";

/// What the groups of ages are called, in days.
const AGES: [&str; 4] = ["0-1", "2-7", "8-30", "31+"];

/// Show the region's debts that no cycle took although their day is over: why, how long already, and what both told.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub struct ShowWaiting {
    /// Only those that wait for this reason / 仅列某一原因
    #[arg(long)]
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

/// Why a debt waits, for people: in Chinese, and what to do.
const fn to_do(why: WaitingReason) -> (&'static str, &'static str) {
    match why {
        WaitingReason::CounterpartMissing => (
            "对方未上报",
            "only one of the two told it: whoever did not is to report it / 应由未上报方补报",
        ),
        WaitingReason::Differs => (
            "双方不一致",
            "the two told it differently: find out who is right, the evidence says it where it is here / 请按凭证核对",
        ),
        WaitingReason::Repeated => ("重复上报", "it was told before: nothing to pay / 无需支付"),
        WaitingReason::Late => ("逾日切", "the next cycle takes it / 转入下期"),
        WaitingReason::AttestedOtherwise => (
            "核对不符",
            "one of the two attested otherwise: once it attests it as it is held, the next cycle takes it / 核对一致后转入下期",
        ),
        WaitingReason::TooLarge => (
            "超过单笔上限",
            "it is never netted: reverse the settlement, and settle it again as interim bills if it was right; the reversal waits like it / 不轧差，请冲正，确属应付的分次中途结算；冲正分录同样挂账",
        ),
        WaitingReason::OriginalNotNetted => (
            "原债务未轧差",
            "it goes with what it takes back, or after it / 随原债务轧差",
        ),
        WaitingReason::TakenBack => (
            "双方均已冲回",
            "nothing to pay, nothing to do / 无需支付，无需处理",
        ),
        WaitingReason::LeftOut => (
            "经两人剔除",
            "officers left it out of a cycle: the next one takes it / 转入下期",
        ),
        WaitingReason::UnknownRegion => (
            "对方不在名录",
            "it waits until that region joins and tells it / 待该统筹区加入后上报",
        ),
    }
}

const fn kind(kind: LegKind) -> (&'static str, &'static str) {
    match kind {
        LegKind::Settlement => ("settlement", "结算"),
        LegKind::Reversal => ("reversal", "冲正"),
        LegKind::Deduction => ("deduction", "审核扣款"),
        LegKind::DeductionEnd => ("end of a deduction", "扣款终止"),
        LegKind::Correction => ("correction", "争议更正"),
    }
}

const fn evidence(says: EvidenceSays) -> &'static str {
    match says {
        EvidenceSays::AsReported => {
            "it is what the home region signed: the other region is to report the same / 与参保地签名一致，应由对方补报"
        }
        EvidenceSays::Otherwise => {
            "it is another than the home region signed: whoever told it is wrong / 与参保地签名不符，上报方有误"
        }
        EvidenceSays::NotOwed => {
            "the home region signed nothing of this fund / 参保地签名中无此基金"
        }
        EvidenceSays::TwoWords => {
            "the home region signed two words that do not go together / 参保地签署了两份不一致的凭证"
        }
    }
}

fn field(field: Option<LegField>) -> Option<&'static str> {
    field.map(LegField::as_str)
}

fn told(of: &LegTold) -> Value {
    json!({
        "region": of.region.to_string(),
        "number": of.number,
        "debtor": of.debtor.to_string(),
        "creditor": of.creditor.to_string(),
        "amount": of.amount.to_string(),
        "business_day": of.business_day.to_string(),
        "receipt": hex(of.receipt.as_bytes()),
    })
}

fn document(page: &WaitingPage) -> Value {
    let debts = page.debts.iter().map(|debt| {
        json!({
            "since": debt.since.to_string(),
            "days": debt.days,
            "is_late": debt.is_late(),
            "reason": debt.why.word(),
            "field": field(debt.field),
            "settlement": debt.settlement.to_string(),
            "kind": kind(debt.kind).0,
            "fund": debt.fund.as_str(),
            "told": told(&debt.told),
            "other": debt.other.as_ref().map(told),
            "evidence": debt.evidence.map(EvidenceSays::word),
            "evidence_field": field(debt.evidence_field),
            "id_taken": debt.id_taken,
        })
    });
    let ages = page.ages.iter().map(|of| {
        let groups = AGES.iter().zip(&of.groups).map(|(days, group)| {
            json!({ "days": days, "legs": group.legs, "amount": group.amount.to_string() })
        });
        json!({ "reason": of.why.word(), "groups": groups.collect::<Vec<_>>() })
    });
    json!({
        "exceptions": debts.collect::<Vec<_>>(),
        "ageing": ages.collect::<Vec<_>>(),
        "left_off": page.left_off,
        "late_after_days": WAITS_AT_MOST_DAYS,
    })
}

fn print(page: &WaitingPage, out: &mut dyn Write) -> anyhow::Result<()> {
    for debt in &page.debts {
        one(debt, out)?;
    }
    if page.ages.is_empty() {
        writeln!(out, "nothing waits / 无挂账")?;
    }
    ages(&page.ages, out)?;
    if page.left_off > 0 {
        let left_off = page.left_off;
        writeln!(
            out,
            "{left_off} younger ones are counted and not listed / 另有{left_off}笔较新的未列出"
        )?;
    }
    Ok(())
}

fn one(debt: &DebtWaiting, out: &mut dyn Write) -> anyhow::Result<()> {
    let (chinese, to_do) = to_do(debt.why);
    let differing = field(debt.field).map(|field| format!(" ({field})"));
    let late = if debt.is_late() { ", LATE" } else { "" };
    writeln!(
        out,
        "{} {} {}: {}{}, {} days since {}{late} / {chinese}，{}天",
        debt.settlement,
        kind(debt.kind).0,
        debt.fund,
        debt.why,
        differing.unwrap_or_default(),
        debt.days,
        debt.since,
        debt.days
    )?;
    for leg in std::iter::once(&debt.told).chain(&debt.other) {
        writeln!(
            out,
            "  {} number {}: {} owes {} {} yuan on {}, receipt {:.16}",
            leg.region,
            leg.number,
            leg.debtor,
            leg.creditor,
            leg.amount,
            leg.business_day,
            hex(leg.receipt.as_bytes())
        )?;
    }
    if debt.id_taken {
        writeln!(
            out,
            "  a plan took a debt of two others under this id, so this one is never netted: the region that is owed raises a \
             dispute over it / 该编号已用于另两地已轧差的债务，请债权方提出争议更正"
        )?;
    } else {
        writeln!(out, "  {to_do}")?;
    }
    if let Some(says) = debt.evidence {
        let of = field(debt.evidence_field).map(|field| format!(" ({field})"));
        writeln!(out, "  {}{}", evidence(says), of.unwrap_or_default())?;
    }
    Ok(())
}

fn ages(ages: &[WaitingAges], out: &mut dyn Write) -> anyhow::Result<()> {
    for of in ages {
        for (days, group) in AGES.iter().zip(&of.groups) {
            if group.legs > 0 {
                writeln!(
                    out,
                    "{:<22}{days:<8}{:>10} legs{:>20} yuan",
                    of.why, group.legs, group.amount
                )?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use huitong_core::date::Timestamp;
    use huitong_core::digest::sha256;
    use huitong_core::fund::Fund;
    use huitong_core::id::SettlementId;
    use huitong_core::money::{Fen, FenSum};
    use huitong_core::own_clearing::WaitingGroup;

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
    fn a_debt_that_waits_is_shown_with_both_words_and_what_is_to_be_done() {
        let page = page(WaitingReason::Differs, 31);
        let mut out = Vec::new();
        print(&page, &mut out).unwrap();
        let said = String::from_utf8(out).unwrap();
        for part in [
            "resident_pool: differs (amount), 31 days since 2026-03-01T02:00:00.000Z, LATE",
            "330200 number 7: 330200 owes 510100 7.00 yuan on 2026-03-01",
            "510100 number 7: 330200 owes 510100 7.01 yuan",
            "the other region is to report the same",
            "2 younger ones are counted and not listed",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
        // Over what is too large no dispute is taken.
        let (_, advice) = to_do(WaitingReason::TooLarge);
        assert!(advice.contains("as interim bills") && !advice.contains("dispute"));
        let told = document(&page);
        assert_eq!(told["exceptions"][0]["other"]["amount"], "7.01");
        assert_eq!(told["exceptions"][0]["is_late"], true);
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
