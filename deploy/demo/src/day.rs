//! The end of the day: every region closes it, the clearinghouse cuts off and nets, each by an officer.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use huitong_core::money::{Fen, SignedFen};
use serde_json::Value;

use crate::network::Network;
use crate::officer::Officer;
use crate::progress::Progress;

/// So long the demo waits for the regions to attest.
const ATTESTED_WITHIN: Duration = Duration::from_secs(60);
const ASKED_AGAIN: Duration = Duration::from_millis(300);

/// A netted day.
#[derive(Debug)]
pub struct Day {
    /// The business day.
    pub business_day: String,
    /// The digest of its plan, which two officers approve.
    pub digest: String,
    /// What one region owes another for one fund.
    pub pairs: Vec<Pair>,
    /// What each member receives or owes for one fund.
    pub nets: Vec<Net>,
    /// All legs, each settlement counted once.
    pub legs_total: Fen,
    /// What the regions said of its rows, each from its own book.
    pub attested: Attested,
}

/// What the regions said of a day's rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attested {
    /// How many rows there are.
    pub rows: usize,
    /// Of how many both regions said that they are as the clearinghouse holds them.
    pub by_both: usize,
}

/// What one region owes another for one fund.
#[derive(Debug)]
pub struct Pair {
    /// Who owes.
    pub debtor: String,
    /// Who is owed.
    pub creditor: String,
    /// For which fund.
    pub fund: String,
    /// How much.
    pub amount: Fen,
}

/// What a member receives (above zero) or owes (below) for one fund.
#[derive(Debug)]
pub struct Net {
    /// The member: here each region is its own.
    pub region: String,
    /// For which fund.
    pub fund: String,
    /// How much.
    pub amount: SignedFen,
}

/// Closes the day in every region, cuts it off and nets it.
///
/// # Errors
/// When a region does not close, or the plan cannot be read.
pub async fn close_and_net(network: &Network, progress: &Progress) -> anyhow::Result<Day> {
    progress.step("closing the business day / 日切");
    let mut days = Vec::new();
    for place in network.world().places() {
        let officer = Officer::of_region(network.world(), place)?;
        let status = officer.json(&["node", "status"]).await?;
        let day = text(&status, "open_business_day")?;
        let closed = officer.json(&["node", "close-day", "--day", &day]).await?;
        if closed.get("acknowledged").and_then(Value::as_bool) != Some(true) {
            anyhow::bail!(
                "{}: the clearinghouse does not hold the whole day {day}",
                place.region.en
            );
        }
        days.push(day);
    }
    days.dedup();
    let [business_day] = days.as_slice() else {
        anyhow::bail!("midnight in Shanghai passed while the day was closed: run the demo again");
    };
    let officer = Officer::of_clearinghouse(network.world())?;
    officer
        .json(&["clearing", "cut-off", "--day", business_day])
        .await?;
    progress.step("netting / 轧差");
    let net = ["clearing", "net", "--day", business_day];
    let begun = Instant::now();
    let answer = loop {
        // The nodes attest by themselves, soon after the cut-off.
        match officer.json(&net).await {
            Err(error) if is_not_attested(&error) && begun.elapsed() < ATTESTED_WITHIN => {
                tokio::time::sleep(ASKED_AGAIN).await;
            }
            answer => break answer?,
        }
    };
    let told = officer
        .json(&["clearing", "attest", "--day", business_day])
        .await?;
    read_plan(business_day, &answer, attested(&told)?)
}

/// Whether netting waits for regions that have not attested their rows.
fn is_not_attested(error: &anyhow::Error) -> bool {
    error.to_string().contains("cycle.not_attested")
}

fn attested(told: &Value) -> anyhow::Result<Attested> {
    let rows = list(told, "rows")?;
    let is_alike = |row: &Value, side: &str| {
        let state = row.get(side).and_then(|side| side.get("state"));
        state.and_then(Value::as_str) == Some("alike")
    };
    let by_both = rows
        .iter()
        .filter(|row| is_alike(row, "debtor") && is_alike(row, "creditor"));
    Ok(Attested {
        rows: rows.len(),
        by_both: by_both.count(),
    })
}

fn read_plan(business_day: &str, plan: &Value, attested: Attested) -> anyhow::Result<Day> {
    let mut pairs = Vec::new();
    for pair in list(plan, "pairs")? {
        pairs.push(Pair {
            debtor: text(pair, "debtor")?,
            creditor: text(pair, "creditor")?,
            fund: text(pair, "fund")?,
            amount: Fen::parse_yuan(&text(pair, "amount")?)?,
        });
    }
    let mut nets = Vec::new();
    for net in list(plan, "nets")? {
        nets.push(Net {
            region: text(net, "member")?,
            fund: text(net, "fund")?,
            amount: SignedFen::parse_yuan(&text(net, "amount")?)?,
        });
    }
    let legs_total = Fen::parse_yuan(&text(plan, "legs_total")?)?;
    Ok(Day {
        business_day: business_day.to_owned(),
        digest: text(plan, "digest")?,
        pairs,
        nets,
        legs_total,
        attested,
    })
}

fn list<'a>(value: &'a Value, key: &str) -> anyhow::Result<&'a Vec<Value>> {
    value
        .get(key)
        .and_then(Value::as_array)
        .with_context(|| format!("a list {key} in the answer"))
}

fn text(value: &Value, key: &str) -> anyhow::Result<String> {
    value
        .get(key)
        .and_then(Value::as_str)
        .map(str::to_owned)
        .with_context(|| format!("a text {key} in the answer"))
}
