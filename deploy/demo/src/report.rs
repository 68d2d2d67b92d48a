//! What the demo prints at its end: a report for people, or one JSON document.

mod json;
mod text;

use std::collections::BTreeMap;

use huitong_core::money::{Fen, SignedFen};

use crate::day::Day;
use crate::officer::Officer;
use crate::settling::Settled;
use crate::world::World;

pub use json::json;
pub use text::text;

/// Whether everything agrees that must.
#[derive(Debug)]
pub struct Verdict {
    /// Every case is as published.
    pub cases_match: bool,
    /// Σ of the pairs.
    pub pairs_total: Fen,
    /// Both regions of every row found it in their own book as the clearinghouse holds it.
    pub attested_by_both: bool,
    /// What was paid, what was reported and what is owed are one sum.
    pub totals_agree: bool,
    /// Σ of the nets by fund.
    pub net_by_fund: BTreeMap<String, SignedFen>,
}

impl Verdict {
    /// Adds up.
    ///
    /// # Errors
    /// When a sum is out of range.
    pub fn of(settled: &Settled, day: &Day) -> anyhow::Result<Self> {
        let pairs_total = Fen::sum(day.pairs.iter().map(|pair| pair.amount))?;
        let mut net_by_fund: BTreeMap<String, SignedFen> = BTreeMap::new();
        for net in &day.nets {
            let sum = net_by_fund
                .entry(net.fund.clone())
                .or_insert_with(|| Fen::ZERO.into());
            *sum = sum.checked_add(net.amount)?;
        }
        Ok(Self {
            cases_match: settled.cases.iter().all(crate::cases::CaseOutcome::matches),
            totals_agree: settled.fund_total == day.legs_total && day.legs_total == pairs_total,
            attested_by_both: day.attested.rows == day.attested.by_both,
            pairs_total,
            net_by_fund,
        })
    }

    /// Whether all of it agrees.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.cases_match
            && self.totals_agree
            && self.attested_by_both
            && self.net_by_fund.values().all(|sum| sum.get() == 0)
    }
}

/// Where the servers listen and how to call them.
///
/// # Errors
/// Never for the demo's own names.
pub fn how_to_call(world: &World, day: &Day) -> anyhow::Result<String> {
    let mut lines = vec![
        "\nThe servers run until Ctrl-C / 服务保持运行，按 Ctrl-C 结束".to_owned(),
        format!(
            "  clearinghouse 清算中心  https://{}",
            world.clearinghouse()
        ),
    ];
    lines.extend(world.places().iter().map(|place| {
        let region = place.region;
        let (code, zh, en) = (region.code, region.zh, region.en);
        format!("  {code} {zh} {en}  https://{}", place.node)
    }));
    let first = Officer::of_clearinghouse(world)?.options().join(" ");
    let second = Officer::approver_of_clearinghouse(world)?
        .options()
        .join(" ");
    let approve = format!(
        "  huitong clearing approve --day {} --digest {}",
        day.business_day, day.digest
    );
    lines.push(format!(
        "\nThe state of clearing, as its officer / 清算状态:\n  huitong clearing status {first}"
    ));
    lines.push(format!(
        "Its two officers approve the day's plan, one after the other / 两名清算人员先后审批:\n{approve} {first}\n{approve} {second}"
    ));
    if let Some(place) = world.places().first() {
        let officer = Officer::of_region(world, place)?.options().join(" ");
        lines.push(format!(
            "The state of a node, as its officer / 节点状态:\n  huitong node status {officer}"
        ));
        lines.push(format!(
            "A hospital of {} speaks with the certificate in {}; services answer reflection.",
            place.region.en,
            world.hospital_credentials(place)?.display()
        ));
    }
    Ok(lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::how_to_call;
    use crate::day::{Attested, Day};
    use crate::world::World;
    use huitong_core::money::Fen;

    #[test]
    fn two_clearing_officers_can_approve_what_the_demo_netted() {
        let folder = tempfile::tempdir().unwrap();
        let world = World::found(folder.path()).unwrap();
        world.issue_certificates().unwrap();
        let day = Day {
            business_day: "2026-03-02".to_owned(),
            digest: "5f".repeat(32),
            pairs: Vec::new(),
            nets: Vec::new(),
            legs_total: Fen::ZERO,
            attested: Attested {
                rows: 0,
                by_both: 0,
            },
        };
        let told = how_to_call(&world, &day).unwrap();
        let begins = format!(
            "huitong clearing approve --day 2026-03-02 --digest {}",
            day.digest
        );
        let typed: Vec<_> = told.lines().filter(|line| line.contains(&begins)).collect();
        let [first, second] = typed.as_slice() else {
            panic!("two officers approve: {told}");
        };
        assert_ne!(first, second, "they are two");
        for word in told
            .split_whitespace()
            .filter(|word| word.ends_with("tls.crt"))
        {
            assert!(std::path::Path::new(word).is_file(), "{word} is there");
        }
        for place in world.places() {
            assert!(told.contains(&place.node.to_string()), "{told}");
        }
    }
}
