//! The books as they are indexed, to be read beside the writer: accounts and vouchers up to any voucher.

use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::ledger::Account;
use huitong_core::record::clearing::ClearingRecord;

use super::journaled::misplaced;
use super::scan::each;
use super::{Proofs, booked, load};
use crate::books::{Turnover, Voucher};
use crate::payments::Payments;
use crate::store::StoreError;
use crate::store::keys::{self, PlanRow};

/// An account that was posted to: what it came to before a period, and with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AccountRow {
    pub(crate) account: Account,
    pub(crate) opening: Turnover,
    pub(crate) closing: Turnover,
}

/// What a voucher posted to an account, and what that came to with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PostedRow {
    pub(crate) voucher: u64,
    pub(crate) posted: Turnover,
    pub(crate) stands: Turnover,
}

impl Proofs {
    /// The last voucher up to a moment; 0 when nothing was posted by then.
    pub(crate) fn voucher_at(&self, at: Timestamp) -> Result<u64, StoreError> {
        let found = self.journaled.index.at_or_before(&keys::voucher_at(at))?;
        match found {
            Some((key, value)) if key.starts_with(keys::VOUCHERS_AT) => keys::read(&value),
            Some(_) | None => Ok(0),
        }
    }

    /// The last voucher; 0 when nothing was ever posted.
    pub(crate) fn last_voucher(&self) -> Result<u64, StoreError> {
        booked::last(&*self.journaled.index).map(|(number, _)| number)
    }

    /// When a cycle was netted; none of one that is not.
    pub(crate) fn netted_at(&self, day: BusinessDay) -> Result<Option<Timestamp>, StoreError> {
        let Some(value) = self.journaled.index.get(&keys::plan(day))? else {
            return Ok(None);
        };
        let row: PlanRow = keys::read(&value)?;
        let ClearingRecord::Netted(netted) = self.journaled.record(&row.place)? else {
            return Err(misplaced("a plan"));
        };
        Ok(Some(netted.at))
    }

    /// What was ordered to be paid and what moved, as it stood at a moment: up to the first record that came later.
    pub(crate) fn payments_at(&self, at: Timestamp) -> Result<Payments, StoreError> {
        load::payments(&*self.journaled.index, Some(at))
    }

    /// A voucher, and the one up to `to` that takes it back.
    pub(crate) fn voucher(
        &self,
        number: u64,
        to: u64,
    ) -> Result<Option<(Voucher, Option<u64>)>, StoreError> {
        let index = &self.journaled.index;
        let Some(value) = index.get(&keys::voucher(number))? else {
            return Ok(None);
        };
        let by = index.get(&keys::taken_back(number))?;
        let by = by.map(|value| keys::read(&value)).transpose()?;
        Ok(Some((keys::read(&value)?, by.filter(|by| *by <= to))))
    }

    /// The accounts that were posted to up to a voucher, with what they came to with one before it.
    pub(crate) fn accounts(&self, before: u64, to: u64) -> Result<Vec<AccountRow>, StoreError> {
        let mut accounts = Vec::new();
        each(&*self.journaled.index, keys::ACCOUNTS, |key, _| {
            let account = keys::of_key(key)?;
            if let Some(closing) = self.stood(&account, to)? {
                let opening = self.stood(&account, before)?;
                accounts.push(AccountRow {
                    account,
                    opening: opening.unwrap_or(Turnover::ZERO),
                    closing,
                });
            }
            Ok(())
        })?;
        accounts.sort_unstable_by_key(|row| row.account);
        Ok(accounts)
    }

    /// What was posted to an account after one voucher and up to another, at most so many rows.
    pub(crate) fn postings(
        &self,
        account: &Account,
        (after, to): (u64, u64),
        limit: usize,
    ) -> Result<Vec<PostedRow>, StoreError> {
        let prefix = keys::postings(account);
        let from = keys::posted(account, after.saturating_add(1));
        let found = self.journaled.index.scan(&prefix, &from, limit)?;
        let rows = found.iter().map(|(key, value)| {
            let (_, voucher): (Account, u64) = keys::of_key(key)?;
            let (posted, stands) = keys::read_posted(value)?;
            Ok(PostedRow {
                voucher,
                posted,
                stands,
            })
        });
        let mut rows = rows.collect::<Result<Vec<_>, StoreError>>()?;
        rows.retain(|row| row.voucher <= to);
        Ok(rows)
    }

    /// What an account came to with a voucher; none when it was not posted to by then.
    fn stood(&self, account: &Account, voucher: u64) -> Result<Option<Turnover>, StoreError> {
        let key = keys::posted(account, voucher);
        match self.journaled.index.at_or_before(&key)? {
            Some((key, value)) if key.starts_with(&keys::postings(account)) => {
                keys::read_posted(&value).map(|(_, stands)| Some(stands))
            }
            Some(_) | None => Ok(None),
        }
    }
}
