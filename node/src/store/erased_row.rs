//! What is remembered of people who were erased: ids, so that none is taken for a new one.

use huitong_core::canonical_enum;
use huitong_core::id::{ActId, SettlementId};
use huitong_core::region::RegionCode;

/// An id under which something of an erased person stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErasedId {
    /// A settlement, in either role, by the region whose id it is.
    Settlement(RegionCode, SettlementId),
    /// An act on the person's record.
    Act(ActId),
}

canonical_enum!(ErasedId { 1 => Settlement(treatment, id), 2 => Act(id) });
