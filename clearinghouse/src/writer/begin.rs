//! What the writer begins with: the state of what a store holds. Nothing is decided here.

use std::collections::BTreeMap;

use huitong_core::checkpoint::row::Pair;
use huitong_core::leg::Debt;
use huitong_netting::Members;
use tracing::error;

use crate::state::{Earlier, State, TakenDebts};
use crate::store::{Store, StoreError};

/// What plans took, as the store has it.
struct Stored<'a>(&'a dyn Store);

impl Earlier for Stored<'_> {
    type Fault = StoreError;

    fn netted(&self, debts: &[Debt]) -> Result<TakenDebts, StoreError> {
        self.0.netted(debts)
    }

    fn netted_between(&self, debt: Debt, pair: Pair) -> Result<Option<u64>, StoreError> {
        self.0.netted_between(debt, pair)
    }
}

/// The state of what a store holds.
pub(super) fn begin(members: Members, store: &dyn Store) -> Result<State, StoreError> {
    let (loaded, mut state) = (store.load()?, State::new(members));
    for (fund, sum) in loaded.books.trial_balances() {
        if sum != 0 {
            // The journal is whole: legs, payments and patients do not wait for an index to be made anew.
            error!(%fund, sum, "the books do not balance: the index is damaged; move it away, it is made anew");
        }
    }
    state.directory = loaded.directory.clone();
    let followed = state.follow_directory();
    followed.map_err(|fault| StoreError::Foreign(fault.to_string()))?;
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
    store.open_legs(&loaded, &mut |taken, of| {
        state.matching.take(taken, &of, &Stored(store))
    })?;
    state.streams.extend(loaded.streams);
    state.cycles = loaded.cycles;
    state.plan = loaded.plan;
    state.attestations = loaded.attestations;
    state.proven = loaded.proven;
    state.books = loaded.books;
    state.payments = loaded.payments;
    state.prefunds = loaded.prefunds;
    state.disputes = loaded.disputes;
    state.months = loaded.months;
    state.restored = loaded.restored;
    state.tags = loaded.tags;
    state.words = loaded.words;
    state.witnessed = loaded.witnessed;
    Ok(state)
}
