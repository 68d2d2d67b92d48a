//! What the writer begins with: the state of what a store holds. Nothing is decided here.

use std::collections::BTreeMap;

use huitong_netting::Members;

use crate::state::State;
use crate::store::{Loaded, StoreError};

/// The state of what a store holds.
pub(super) fn begin(members: Members, loaded: Loaded) -> Result<State, StoreError> {
    let mut state = State::new(members);
    // The next plan begins where the last ended, for every region that had a mark.
    let marked = loaded
        .cycles
        .last_key_value()
        .map(|(_, cycle)| &cycle.marks);
    let mut before = loaded
        .streams
        .keys()
        .chain(marked.into_iter().flat_map(BTreeMap::keys));
    if let Some(left) = before.find(|region| state.members.of(**region).is_none()) {
        return Err(StoreError::RegionLeft(*left));
    }
    state.streams.extend(loaded.streams);
    for leg in loaded.legs {
        state
            .matching
            .take(leg.region, leg.numbered, leg.since, leg.netted);
    }
    state.cycles = loaded.cycles;
    state.plan = loaded.plan;
    state.proven = loaded.proven;
    state.books = loaded.books;
    state.payments = loaded.payments;
    state.prefunds = loaded.prefunds;
    state.restored = loaded.restored;
    state.tags = loaded.tags;
    Ok(state)
}
