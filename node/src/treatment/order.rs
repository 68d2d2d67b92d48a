//! What an institution asks, and what the id it chose binds.
//!
//! The settlement's id follows from region, institution and request id. So a request that was lost on the
//! way, or by a node restored from a backup, has the same id at the home region as the one that is cancelled
//! or repeated later, and a tombstone buries the right one (PROTOCOL 6).

use huitong_core::canonical::{Canonical, Encoder, encode_to_vec};
use huitong_core::claim::{Binding, VisitKey};
use huitong_core::date::Timestamp;
use huitong_core::digest::{sha256, sha256_parts};
use huitong_core::id::{RequestId, SettlementId};
use huitong_core::institution::InstitutionCode;
use huitong_core::region::RegionCode;
use huitong_proto::conversion::visit::HospitalBill;

/// Room that is made for a bill's bytes at first.
const BILL_BYTES: usize = 2_048;

/// A bill to be settled.
#[derive(Debug, Clone)]
pub struct Order {
    /// The institution, by its certificate.
    pub institution: InstitutionCode,
    /// Its own id for the request.
    pub request: RequestId,
    /// The bill.
    pub bill: HospitalBill,
    /// After this no settlement is wanted.
    pub not_after: Option<Timestamp>,
}

impl Order {
    /// What the id binds: the request as sent, before the catalogue split it.
    #[must_use]
    pub fn binding(&self) -> Binding {
        let mut bill = Encoder::with_capacity(BILL_BYTES);
        self.bill.bill.encode(&mut bill);
        self.bill.given.encode(&mut bill);
        Binding {
            institution: sha256(&encode_to_vec(&self.institution)),
            person: sha256(&encode_to_vec(&self.bill.person)),
            visit: sha256(&encode_to_vec(&self.bill.visit)),
            bill: sha256(bill.as_bytes()),
        }
    }

    /// The visit as it is unique among standing settlements.
    #[must_use]
    pub fn visit_key(&self) -> VisitKey {
        let visit = &self.bill.visit;
        VisitKey {
            institution: self.institution,
            visit: visit.number.clone(),
            setting: visit.setting,
            interim: visit.interim,
        }
    }
}

/// The id of a request.
#[must_use]
pub fn settlement_id(
    region: RegionCode,
    institution: InstitutionCode,
    request: RequestId,
) -> SettlementId {
    let digest = sha256_parts(&[
        b"HTSI\x00\x01",
        &encode_to_vec(&(region, institution, request)),
    ]);
    let (first, _) = digest
        .as_bytes()
        .split_first_chunk::<16>()
        .unwrap_or((&[0; 16], &[]));
    SettlementId::from_bytes(*first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_follows_from_region_institution_and_request() {
        let id = |region: &str, institution: &str, request: &str| {
            settlement_id(
                region.parse().unwrap(),
                institution.parse().unwrap(),
                request.parse().unwrap(),
            )
        };
        let one = id("510100", "H51010400001", "r-1");
        assert_eq!(one, id("510100", "H51010400001", "r-1"));
        assert_ne!(one, id("510100", "H51010400001", "r-2"));
        assert_ne!(one, id("510100", "H51010400002", "r-1"));
        assert_ne!(one, id("510300", "H51010400001", "r-1"));
    }
}
