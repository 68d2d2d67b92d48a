//! Giving an id up: what stands under it, or a tombstone after which it can never commit.

use huitong_core::date::Timestamp;
use huitong_core::final_refusal::RefusedRequest;
use huitong_core::id::SettlementId;
use huitong_core::person::PsnNo;
use huitong_core::record::NodeRecord;
use huitong_core::record::home::HomeRefused;
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;

use super::burial::Burial;
use super::late::buried::given_up_told;
use super::refusing::{Refused, refused};
use super::relation::handed_over;
use super::restored::{Bound, bound, is_left_out};
use crate::store::{HomeId, Rows, StoreError};
use crate::writer::{Command, Verdict};

/// An id to be given up.
pub struct Abandon {
    /// The home region.
    pub home: RegionCode,
    /// The region whose id it is.
    pub treatment: RegionCode,
    /// The id.
    pub settlement: SettlementId,
    /// Whose it is, where that is said.
    pub person: Option<PsnNo>,
    /// The salts of the tombstone and of the word to the person's new home, should there be one.
    pub salts: [[u8; 16]; 2],
}

/// What stands under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AbandonVerdict {
    /// It had its outcome before.
    Repeated,
    /// A tombstone, from now on.
    Buried(Box<HomeRefused>),
    /// Legs of it are with the clearinghouse since before a restore, and do not say that it was taken back: it is not
    /// given up silently.
    LegStands,
    /// It is a late claim that is being put to the person's new home.
    Offered,
}

impl Command for Abandon {
    type Answer = AbandonVerdict;

    fn decide(
        self,
        rows: &dyn Rows,
        now: Timestamp,
    ) -> Result<Verdict<AbandonVerdict>, StoreError> {
        let Self {
            home,
            treatment,
            settlement,
            person,
            salts: [salt, hand_salt],
        } = self;
        if rows.home_settlement(treatment, settlement)?.is_some() {
            return Ok(Verdict::Answer(AbandonVerdict::Repeated));
        }
        let burial = Burial {
            of: HomeId {
                treatment,
                settlement,
            },
            home,
            request: RefusedRequest::Unseen,
            salt,
        };
        if let Some((record, records)) = burial.if_told(rows, now)? {
            let buried = AbandonVerdict::Buried(Box::new(record));
            return Ok(Verdict::Append(records, buried));
        }
        if rows.late_claim(treatment, settlement)?.is_some() {
            return Ok(Verdict::Answer(AbandonVerdict::Offered));
        }
        match bound(rows, settlement)? {
            Some(Bound::Stood { .. } | Bound::Unclear) => {
                return Ok(Verdict::Answer(AbandonVerdict::LegStands));
            }
            Some(Bound::TakenBack) | None => {}
        }
        let record = refused(Refused {
            settlement,
            home,
            treatment,
            refusal: Refusal::new(RefusalCode::Abandoned, now),
            request: RefusedRequest::Unseen,
            salt,
            at: now,
        })?;
        let mut records = vec![NodeRecord::HomeRefused(record.clone())];
        // Before the restore it may have been put to the new home, which counts it in until it is told.
        if let Some(psn_no) = person
            && rows.restored()?.is_some()
            && let Some(left) = handed_over(rows, psn_no)?
            && !is_left_out(rows, left.new_home)?
        {
            let of = HomeId {
                treatment,
                settlement,
            };
            let told = given_up_told(home, &left, (of, None), hand_salt, rows, now)?;
            records.push(told);
        }
        Ok(Verdict::Append(
            records,
            AbandonVerdict::Buried(Box::new(record)),
        ))
    }
}
