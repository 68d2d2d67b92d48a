//! What is remembered of people who were erased: ids, so that none is taken for a new one.

use huitong_core::canonical_enum;
use huitong_core::id::{ActId, SettlementId, TransferId};

/// An id under which something of an erased person stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErasedId {
    /// A settlement, in either role: its id follows from the region, the institution and its request.
    Settlement(SettlementId),
    /// An act on the person's record.
    Act(ActId),
    /// A transfer of the person: records that name it alone still name it.
    Transfer(TransferId),
}

canonical_enum!(ErasedId { 1 => Settlement(id), 2 => Act(id), 3 => Transfer(id) });
