//! One JSON document; amounts are decimal strings in yuan.

use serde_json::{Value, json};

use super::Verdict;
use crate::cases::CaseOutcome;
use crate::day::Day;
use crate::settling::Settled;

/// The document.
///
/// # Errors
/// When it cannot be written, which its types exclude.
pub fn json(settled: &Settled, day: &Day, verdict: &Verdict) -> anyhow::Result<String> {
    let cases: Vec<Value> = settled.cases.iter().map(case).collect();
    let pairs: Vec<Value> = day
        .pairs
        .iter()
        .map(|pair| {
            json!({
                "debtor": pair.debtor,
                "creditor": pair.creditor,
                "fund": pair.fund,
                "amount": pair.amount.to_string(),
            })
        })
        .collect();
    let nets: Vec<Value> = day
        .nets
        .iter()
        .map(|net| json!({ "region": net.region, "fund": net.fund, "amount": net.amount.to_string() }))
        .collect();
    let refused: u64 = settled.refused.values().sum();
    Ok(serde_json::to_string_pretty(&json!({
        "business_day": day.business_day,
        "settled": settled.settled,
        "refused": refused,
        "refused_by_code": settled.refused,
        "cases": cases,
        "pairs": pairs,
        "nets": nets,
        "fund_total": settled.fund_total.to_string(),
        "legs_total": day.legs_total.to_string(),
        "rows": day.attested.rows,
        "attested_by_both": day.attested.by_both,
        "pairs_total": verdict.pairs_total.to_string(),
        "agrees": verdict.agrees(),
    }))?)
}

fn case(outcome: &CaseOutcome) -> Value {
    let actual = match &outcome.actual {
        Ok(paid) => paid.to_string(),
        Err(refused) => refused.clone(),
    };
    json!({
        "id": outcome.id,
        "expected": outcome.expected.to_string(),
        "actual": actual,
        "match": outcome.matches(),
    })
}
