//! A node's files, opened for a tool while no node runs on them.

use std::sync::Arc;

use super::{NodeConfig, StartError};
use crate::ledger::{KeyOptions, Ledger, LedgerOptions};
use crate::platform::{Platform, Stored};

/// Opens them: the journal, and the rows brought up to it.
///
/// # Errors
/// [`StartError`], while a node runs on them among others.
pub fn open_offline(config: &NodeConfig) -> Result<Ledger, StartError> {
    let platform = Platform::machine(config.data.clone(), config.store.keyring.clone());
    let Stored {
        disk,
        keys,
        index,
        images,
    } = platform.storage.open()?;
    let keys = KeyOptions {
        disk: keys,
        people: config.store.people,
        chance: platform.chance,
    };
    Ok(Ledger::open(LedgerOptions {
        region: config.region,
        disk,
        journal: config.journal,
        index,
        images,
        keys,
        key: Arc::clone(&config.signing),
        runner: platform.runner,
    })?)
}
