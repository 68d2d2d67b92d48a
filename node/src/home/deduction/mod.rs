//! Audit deductions, in what both roles share.
//!
//! The treatment region orders, the home region decides, and only what it accepted moves money, in both regions by the
//! same legs. Nothing here is decided about a person: totals and ceilings stay as they were adjudicated.
//!
//! | module | its question |
//! |---|---|
//! | [`check`] | Is an order the treatment region's, and a word the home region's on it? |
//! | [`lift`] | Which deductions end with the reversal of their settlement? |
//! | [`words`] | How is a signed order or word read out of the journal? |
//!
//! Not here: deciding (`home::deduct`), and ordering and booking (`treatment::deduct`).

pub mod check;
pub mod lift;
pub mod words;

use huitong_core::canonical::encode_to_vec;
use huitong_core::digest::sha256_parts;
use huitong_core::id::{DeductionId, RequestId};
use huitong_core::officer::OfficerName;
use huitong_core::region::RegionCode;

/// The id of the deduction that an officer orders.
#[must_use]
pub fn deduction_id(region: RegionCode, officer: &OfficerName, request: RequestId) -> DeductionId {
    DeductionId::from_bytes(id_of(b"HTDI\x00\x01", region, officer, request))
}

/// The bytes of the id that follows from a region's officer and the officer's own id of a request. What kind of id it
/// is keeps those of deductions and of expense checks apart.
#[must_use]
pub fn id_of(
    kind: &[u8],
    region: RegionCode,
    officer: &OfficerName,
    request: RequestId,
) -> [u8; 16] {
    let digest = sha256_parts(&[kind, &encode_to_vec(&(region, officer.clone(), request))]);
    let (first, _) = digest
        .as_bytes()
        .split_first_chunk::<16>()
        .unwrap_or((&[0; 16], &[]));
    *first
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_follows_from_region_officer_and_request() {
        let id = |region: &str, officer: &str, request: &str| {
            deduction_id(
                region.parse().unwrap(),
                &officer.parse().unwrap(),
                request.parse().unwrap(),
            )
        };
        let one = id("510100", "li.wei", "r-1");
        assert_eq!(one, id("510100", "li.wei", "r-1"));
        assert_ne!(one, id("510100", "li.wei", "r-2"));
        assert_ne!(one, id("510100", "wang.fang", "r-1"));
        assert_ne!(one, id("330200", "li.wei", "r-1"));
    }
}
