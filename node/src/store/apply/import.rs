//! Rows of a file once it is committed.

use std::collections::BTreeMap;

use huitong_core::coverage::Balances;
use huitong_core::date::ServiceDate;
use huitong_core::digest::Digest;
use huitong_core::person::PsnNo;
use huitong_core::record::NodeRecord;
use huitong_core::record::import::{ImportCommitted, ImportKind};
use huitong_core::record::person::HeldFiling;
use huitong_core::record::registry::{Filing, FilingArea, RegistryRows};
use huitong_core::vocabulary::FilingClass;

use super::super::{
    Account, CatalogueRow, Filings, Key, Row, StoreError, account_now, incarnation,
};
use super::person::{as_known, brought_in};
use super::transfer::handed_from;
use super::{Changes, Ground};

pub(super) fn committed(
    record: &ImportCommitted,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    out.put(Key::Count(record.kind), Row::Count(record.held));
    if record.kind == ImportKind::Catalogue {
        // The catalogue is read as a whole when the node starts; its parts stay where they are.
        let row = CatalogueRow {
            import: record.import,
            chunks: record.chunks,
        };
        out.put(Key::Catalogue(), Row::Catalogue(row));
        return Ok(());
    }
    let mut people = People {
        file: record.import,
        ground,
        accounts: BTreeMap::new(),
        filings: BTreeMap::new(),
    };
    for seq in 0..record.chunks {
        let key = Key::Chunk(record.import, seq);
        let at = ground.rows.chunk(record.import, seq)?;
        let at = at.ok_or(StoreError::Inconsistent("a committed file lacks a part"))?;
        let NodeRecord::ImportChunk(chunk) = ground.records.record(at)? else {
            return Err(StoreError::Inconsistent(
                "a part of a file is another record",
            ));
        };
        people.take(chunk.rows, out)?;
        out.remove(key);
    }
    people.finish(out);
    Ok(())
}

/// People whose record a file changes: each gets one new version, however many rows name the person.
struct People<'a> {
    file: Digest,
    ground: &'a Ground<'a>,
    accounts: BTreeMap<PsnNo, Account>,
    filings: BTreeMap<PsnNo, Filings>,
}

impl People<'_> {
    fn take(&mut self, rows: RegistryRows, out: &mut Changes) -> Result<(), StoreError> {
        match rows {
            RegistryRows::Members(rows) => {
                for member in rows {
                    self.account(member.psn_no)?;
                    let member = as_known(member, self.ground.rows)?;
                    out.put(Key::Member(member.psn_no), Row::Member(member));
                }
            }
            RegistryRows::Filings(rows) => {
                rows.into_iter().try_for_each(|filing| self.file(filing))?
            }
            RegistryRows::OpeningTotals(rows) => {
                for row in self.of_own(rows, |row| row.psn_no)? {
                    self.account(row.psn_no)?.totals.insert(row.slot, row.value);
                }
            }
            RegistryRows::Balances(rows) => {
                for row in self.of_own(rows, |row| row.psn_no)? {
                    self.account(row.psn_no)?.hold(Balances {
                        own: row.own,
                        family: row.family,
                    });
                }
            }
            RegistryRows::Institutions(rows) => {
                for row in rows {
                    out.put(Key::Institution(row.code()), Row::Institution(row));
                }
            }
            RegistryRows::Catalogue(_) => {
                return Err(StoreError::Inconsistent(
                    "a catalogue in a file of another kind",
                ));
            }
        }
        Ok(())
    }

    /// Rows of people whose totals and accounts were not handed over to another home: those are its own now.
    fn of_own<T>(&self, rows: Vec<T>, of: impl Fn(&T) -> PsnNo) -> Result<Vec<T>, StoreError> {
        let mut own = Vec::with_capacity(rows.len());
        for row in rows {
            if handed_from(self.ground.rows, of(&row))?.is_none() {
                own.push(row);
            }
        }
        Ok(own)
    }

    fn account(&mut self, psn_no: PsnNo) -> Result<&mut Account, StoreError> {
        if !self.accounts.contains_key(&psn_no) {
            let found = account_now(self.ground.rows, psn_no)?;
            let mut account = match found {
                Some(account) => account,
                None => Account::new(incarnation(self.ground.rows)?),
            };
            account.version = account.next_version();
            self.accounts.insert(psn_no, account);
        }
        self.accounts
            .get_mut(&psn_no)
            .ok_or(StoreError::Inconsistent("an account vanished"))
    }

    fn file(&mut self, filing: Filing) -> Result<(), StoreError> {
        self.account(filing.psn_no)?;
        if !self.filings.contains_key(&filing.psn_no) {
            let found = self.ground.rows.filings(filing.psn_no)?;
            self.filings
                .insert(filing.psn_no, found.unwrap_or(Filings(Vec::new())));
        }
        let held = self
            .filings
            .get_mut(&filing.psn_no)
            .ok_or(StoreError::Inconsistent("filings vanished"))?;
        let mut filing = brought_in(filing, self.file);
        // What ended stays ended, also when an old file is brought in again.
        let before = held.0.iter().find(|other| other.id == filing.id);
        filing.end = before.and_then(|before| before.end);
        held.0.retain(|other| other.id != filing.id);
        held.0.push(filing);
        held.0.sort_by_key(order);
        Ok(())
    }

    fn finish(self, out: &mut Changes) {
        for (psn_no, filings) in self.filings {
            out.put(Key::Filings(psn_no), Row::Filings(filings));
        }
        for (psn_no, account) in self.accounts {
            out.put(Key::Account(psn_no), Row::Account(account));
        }
    }
}

/// Ascending by first day.
pub(crate) fn order(one: &HeldFiling) -> (ServiceDate, FilingClass, FilingArea) {
    (one.filing.days.from(), one.filing.class, one.filing.area)
}
