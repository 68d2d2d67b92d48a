//! The laws of what regions verify offline: every region found every day whole, and the legs that its days were told to net
//! are just those that the plans took; and its node has looked at every checkpoint and refuses none.
//!
//! Left out: whether the clearinghouse has the node's word on a checkpoint, and how that is signed.

use std::collections::BTreeMap;

use huitong_core::leg::Leg;
use huitong_core::region::RegionCode;

use super::clearing::legs_taken;
use super::{Audit, Law};
use crate::register::region;

/// What tells one leg from another.
fn key(leg: &Leg) -> String {
    format!("{leg:?}")
}

impl Audit<'_> {
    /// The legs that the plan of each day took, by whoever owes or is owed by them.
    fn netted_by_day(&self) -> BTreeMap<(String, RegionCode), Vec<String>> {
        let mut netted: BTreeMap<_, Vec<String>> = BTreeMap::new();
        for (plan, legs) in legs_taken(&self.exhibits.clearing) {
            for numbered in legs {
                let leg = &numbered.leg;
                for region in [leg.debtor, leg.creditor] {
                    let of = (plan.day().to_string(), region);
                    netted.entry(of).or_default().push(key(leg));
                }
            }
        }
        netted.values_mut().for_each(|legs| legs.sort_unstable());
        netted
    }

    pub(super) fn every_region_verified_every_day(&mut self) {
        let mut netted = self.netted_by_day();
        let exhibits = self.exhibits;
        let expected = exhibits.clearing.plans.len() * exhibits.nodes.len();
        let found = exhibits.verified.len();
        if found != expected {
            let story = format!("{found} days of regions were verified, of {expected}");
            self.report(Law::Verified, story);
        }
        for verified in &exhibits.verified {
            let (own, day) = (region(verified.region), &verified.day);
            if !verified.faults.is_empty() {
                let story = format!("{own} found in its part of {day}: {:?}", verified.faults);
                self.report(Law::Verified, story);
            }
            let mut told: Vec<String> = verified.legs.iter().map(key).collect();
            told.sort_unstable();
            let taken = netted.remove(&(day.clone(), own)).unwrap_or_default();
            if told != taken {
                let story =
                    format!("{own} was told that {day} nets {told:?}, and it took {taken:?}");
                self.report(Law::Verified, story);
            }
        }
    }

    pub(super) fn every_node_saw_every_checkpoint(&mut self) {
        let plans = self.exhibits.clearing.plans.iter();
        let plans: Vec<u64> = plans.map(|plan| plan.number()).collect();
        for (number, books) in self.exhibits.nodes.iter().enumerate() {
            let own = region(number);
            for seen in &books.checkpoints_seen {
                let word = &seen.word.word;
                if let Some(findings) = word.verdict.findings() {
                    let story = format!("{own} refuses plan {}: {findings:?}", word.plan);
                    self.report(Law::Verified, story);
                }
            }
            let mut seen: Vec<u64> = books
                .checkpoints_seen
                .iter()
                .map(|seen| seen.checkpoint.signed.checkpoint.plan)
                .collect();
            seen.sort_unstable();
            seen.dedup();
            if seen != plans {
                let story = format!("{own} has looked at the plans {seen:?}, of {plans:?}");
                self.report(Law::Verified, story);
            }
        }
    }
}
