//! The report for people: one settlement step by step, the cases, who owes whom, and the zero.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::money::{Fen, SignedFen};

use super::Verdict;
use crate::cases::Case;
use crate::day::{Day, Net};
use crate::settling::Settled;
use crate::world::region::REGIONS;

/// Prints the report.
///
/// # Errors
/// When a sum is out of range.
pub fn text(cases: &[Case], settled: &Settled, day: &Day, verdict: &Verdict) -> anyhow::Result<()> {
    explained(cases, settled);
    compared(settled);
    owed(day)?;
    netted(day);
    summed(settled, day, verdict);
    Ok(())
}

fn heading(zh: &str, en: &str) {
    println!("\n── {zh} · {en} ──\n");
}

fn explained(cases: &[Case], settled: &Settled) {
    let (Some(case), Some(shown)) = (cases.first(), &settled.shown) else {
        return;
    };
    heading("一笔结算的逐步说明", "One settlement, step by step");
    println!(
        "{}  {} → {}  {}\n",
        case.id,
        name(&case.home),
        name(&case.treatment),
        shown.settlement
    );
    for sentence in &shown.explanation {
        println!("  {}\n  {}\n", sentence.zh, sentence.en);
    }
}

fn compared(settled: &Settled) {
    heading("已公布案例", "Published cases");
    println!("  {:<6} {:>14} {:>14}", "case", "published", "settled");
    for case in &settled.cases {
        let (ours, mark) = match &case.actual {
            Ok(paid) if case.matches() => (paid.to_string(), "="),
            Ok(paid) => (paid.to_string(), "≠"),
            Err(refused) => (refused.clone(), "≠"),
        };
        println!(
            "  {:<6} {:>14} {:>14} {mark}",
            case.id,
            case.expected.to_string(),
            ours
        );
    }
}

fn owed(day: &Day) -> anyhow::Result<()> {
    heading("谁欠谁", "Who owes whom (all funds, yuan)");
    let mut owes: BTreeMap<(&str, &str), Fen> = BTreeMap::new();
    for pair in &day.pairs {
        let sum = owes
            .entry((&pair.debtor, &pair.creditor))
            .or_insert(Fen::ZERO);
        *sum = sum.checked_add(pair.amount)?;
    }
    print!("  {:<18}", "owes ↓  is owed →");
    for creditor in REGIONS {
        print!("{:>14}", creditor.en);
    }
    println!();
    for debtor in REGIONS {
        print!("  {:<18}", debtor.en);
        for creditor in REGIONS {
            let amount = owes
                .get(&(debtor.code, creditor.code))
                .map(Fen::to_string)
                .unwrap_or_default();
            print!("{amount:>14}");
        }
        println!();
    }
    Ok(())
}

fn netted(day: &Day) {
    heading(
        "各方净额",
        "Each member's net by fund (above zero: receives)",
    );
    let funds: BTreeSet<&str> = day.nets.iter().map(|net| net.fund.as_str()).collect();
    for fund in funds {
        println!("  {fund}");
        let of_fund = |net: &&Net| net.fund == fund;
        for net in day.nets.iter().filter(of_fund) {
            println!(
                "    {:<18}{:>16}",
                name(&net.region),
                net.amount.to_string()
            );
        }
    }
}

fn summed(settled: &Settled, day: &Day, verdict: &Verdict) {
    heading("合计", "The sums");
    let refused: u64 = settled.refused.values().sum();
    println!("  business day 业务日        {}", day.business_day);
    println!("  settled 已结算             {}", settled.settled);
    println!(
        "  refused 已拒绝             {refused}  {:?}",
        settled.refused
    );
    println!("  paid by funds 基金支付     {}", settled.fund_total);
    println!("  legs 清算明细              {}", day.legs_total);
    println!("  pairs 两地轧差前           {}", verdict.pairs_total);
    println!(
        "  attested 两地核对一致      {} of {} rows, each by both regions' own books",
        day.attested.by_both, day.attested.rows
    );
    for (fund, sum) in &verdict.net_by_fund {
        println!("  Σ net {fund:<28}{}", SignedFen::to_string(sum));
    }
    println!(
        "\n  {}",
        if verdict.agrees() {
            "everything agrees / 全部一致"
        } else {
            "SOMETHING DISAGREES / 有不一致"
        }
    );
}

fn name(code: &str) -> String {
    REGIONS
        .iter()
        .find(|region| region.code == code)
        .map_or_else(
            || code.to_owned(),
            |region| format!("{} {}", region.zh, region.en),
        )
}
