//! Burying again what was given up, where a restore lost the tombstone.
//!
//! The word on it comes back from the new home, or the new home says so. Whatever legs of it say, it is put to nobody, and no
//! word is said again. Giving anything up for the first time is `give_up`, `abandon` and `late::buried`.

use huitong_core::date::Timestamp;
use huitong_core::final_refusal::RefusedRequest;
use huitong_core::record::NodeRecord;
use huitong_core::record::home::HomeRefused;
use huitong_core::record::transfer::LateEnded;
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;

use super::refusing::{Refused, refused};
use crate::store::{HomeId, Rows, StoreError};

/// An id that is given up, to be buried again.
pub(super) struct Burial {
    /// The id.
    pub(super) of: HomeId,
    /// The home region.
    pub(super) home: RegionCode,
    /// What was asked for under it.
    pub(super) request: RefusedRequest,
    /// The salt of the tombstone.
    pub(super) salt: [u8; 16],
}

impl Burial {
    /// The tombstone, if the new home was told that the id is given up, and what is written with it.
    ///
    /// # Errors
    /// [`StoreError`] when a row cannot be read.
    pub(super) fn if_told(
        self,
        rows: &dyn Rows,
        at: Timestamp,
    ) -> Result<Option<(HomeRefused, Vec<NodeRecord>)>, StoreError> {
        match rows.given_up(self.of.treatment, self.of.settlement)? {
            Some(_) => self.buried(rows, at).map(Some),
            None => Ok(None),
        }
    }

    /// The tombstone, and what is written with it.
    ///
    /// # Errors
    /// [`StoreError`] when a row cannot be read.
    pub(super) fn buried(
        self,
        rows: &dyn Rows,
        at: Timestamp,
    ) -> Result<(HomeRefused, Vec<NodeRecord>), StoreError> {
        let HomeId {
            treatment,
            settlement,
        } = self.of;
        let record = refused(Refused {
            settlement,
            home: self.home,
            treatment,
            refusal: Refusal::new(RefusalCode::Abandoned, at),
            request: self.request,
            salt: self.salt,
            at,
        })?;
        let mut records = vec![NodeRecord::HomeRefused(record.clone())];
        // The backup may have it as put.
        records.extend(rows.late_claim(treatment, settlement)?.map(|row| {
            NodeRecord::LateEnded(LateEnded {
                psn_no: row.psn_no,
                treatment,
                settlement,
                at,
            })
        }));
        Ok((record, records))
    }
}
