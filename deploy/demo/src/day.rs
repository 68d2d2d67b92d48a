//! The end of the day: every region closes it, the clearinghouse cuts off and nets, each by an officer.

use anyhow::Context as _;
use huitong_core::money::{Fen, SignedFen};
use serde_json::Value;

use crate::network::Network;
use crate::officer::Officer;
use crate::progress::Progress;

/// A netted day.
#[derive(Debug)]
pub struct Day {
    /// The business day.
    pub business_day: String,
    /// What one region owes another for one fund.
    pub pairs: Vec<Pair>,
    /// What each member receives or owes for one fund.
    pub nets: Vec<Net>,
    /// All legs, each settlement counted once.
    pub legs_total: Fen,
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
    let answer = officer
        .json(&["clearing", "net", "--day", business_day])
        .await?;
    read_plan(business_day, &answer)
}

fn read_plan(business_day: &str, plan: &Value) -> anyhow::Result<Day> {
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
        pairs,
        nets,
        legs_total,
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
