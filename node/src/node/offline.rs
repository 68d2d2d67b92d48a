//! A node's files, opened for a tool while no node runs on them.

use std::path::Path;
use std::sync::Arc;

use huitong_backup::JOURNAL;
use huitong_journal::DirDisk;

use super::{NodeConfig, StartError};
use crate::ledger::{KeyOptions, Ledger, LedgerOptions, OpenError, lacking};
use crate::platform::{Platform, Stored, refused};

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
    let opened = Ledger::open(LedgerOptions {
        region: config.region,
        disk,
        journal: config.journal,
        index,
        images,
        keys,
        key: Arc::clone(&config.signing),
        runner: platform.runner,
    });
    opened.map_err(|error| StartError::of_ledger(error, &config.store.keyring))
}

/// The keyring that the journal was sealed under, while that one is not where it is looked for.
///
/// # Errors
/// [`StartError`] when either cannot be read.
pub fn keyring_lacking(config: &NodeConfig) -> Result<Option<u32>, StartError> {
    let at = |folder: &Path| DirDisk::at(folder).map_err(|error| refused(folder, error));
    let keyring = &config.store.keyring;
    let journal = at(&config.data.join(JOURNAL))?;
    let keys = keyring.is_dir().then(|| at(keyring)).transpose()?;
    Ok(lacking(&journal, keys, config.region).map_err(OpenError::from)?)
}
