//! What the clearinghouse was told: legs, and beside them of which settlements deductions are.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use huitong_proto::clearing::v1::{DeductionOf, Leg, ReportLegsRequest};

use crate::patience::until;
use crate::world::World;

/// What each region said beside its legs.
#[derive(Clone, Default)]
pub(super) struct Said(Arc<Mutex<BTreeMap<String, Vec<DeductionOf>>>>);

impl Said {
    pub(super) fn hears(&self, region: &str, report: &ReportLegsRequest) {
        let mut said = self.0.lock().unwrap();
        let of_region = said.entry(region.to_owned()).or_default();
        of_region.extend(report.deductions.iter().cloned());
    }
}

impl World {
    /// A region's legs, once the clearinghouse holds so many.
    pub async fn held(&self, region: &str, legs: usize) -> Vec<Leg> {
        let clearing = self.clearing.as_ref().unwrap();
        until(async || {
            let held = clearing.held(region);
            if held.len() >= legs {
                Ok(held)
            } else {
                Err(held)
            }
        })
        .await
    }

    /// Of which settlements a region said that its legs are: each with the leg's number.
    pub fn said(&self, region: &str) -> Vec<(u64, String)> {
        let said = self.clearing.as_ref().unwrap().said.0.lock().unwrap();
        let of_region = said.get(region).into_iter().flatten();
        of_region
            .map(|word| (word.number, word.settlement.clone()))
            .collect()
    }
}
