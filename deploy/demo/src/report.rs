//! What the demo prints at its end: a report for people, or one JSON document.

mod json;
mod text;

use std::collections::BTreeMap;

use huitong_core::money::{Fen, SignedFen};

use crate::day::Day;
use crate::network::Network;
use crate::officer::Officer;
use crate::settling::Settled;

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

/// Says where the servers listen and how to call them.
pub fn how_to_call(network: &Network) {
    let world = network.world();
    eprintln!("\nThe servers run until Ctrl-C / 服务保持运行，按 Ctrl-C 结束");
    eprintln!(
        "  clearinghouse 清算中心  https://{}",
        world.clearinghouse()
    );
    for place in world.places() {
        eprintln!(
            "  {} {} {}  https://{}",
            place.region.code, place.region.zh, place.region.en, place.node
        );
    }
    if let Ok(officer) = Officer::of_clearinghouse(world) {
        eprintln!(
            "\nThe state of clearing, as its officer:\n  huitong clearing status {}",
            officer.options().join(" ")
        );
    }
    if let Some(place) = world.places().first() {
        if let Ok(officer) = Officer::of_region(world, place) {
            eprintln!(
                "The state of a node, as its officer:\n  huitong node status {}",
                officer.options().join(" ")
            );
        }
        if let Ok(folder) = world.hospital_credentials(place) {
            eprintln!(
                "A hospital of {} speaks with the certificate in {}; services answer reflection.",
                place.region.en,
                folder.display()
            );
        }
    }
}
