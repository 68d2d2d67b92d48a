//! Why a leg waits, and in which field two reports of one debt differ.

use std::fmt;

use huitong_core::date::Timestamp;
use huitong_core::leg::{Leg, NumberedLeg};
use huitong_core::region::RegionCode;

/// Why a leg is not netted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Waiting {
    /// The other region has not reported it.
    CounterpartMissing,
    /// The other region reported it with another field: the first that differs.
    Differs(Field),
    /// The debt agreed already, or the region reported it before.
    Repeated,
    /// It agrees, and came after its day was cut off.
    Late,
}

/// A field of a leg in which two reports can differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Field {
    /// The debtor.
    Debtor,
    /// The creditor.
    Creditor,
    /// The amount.
    Amount,
    /// The business day.
    BusinessDay,
    /// The receipt's digest.
    Receipt,
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Debtor => "debtor",
            Self::Creditor => "creditor",
            Self::Amount => "amount",
            Self::BusinessDay => "business_day",
            Self::Receipt => "receipt",
        })
    }
}

/// A leg that waits.
#[derive(Debug, Clone)]
pub(crate) struct WaitingLeg {
    pub(crate) region: RegionCode,
    pub(crate) numbered: NumberedLeg,
    pub(crate) since: Timestamp,
    pub(crate) why: Waiting,
}

/// The first field in which two legs of one debt differ.
pub(crate) fn first_difference(one: &Leg, other: &Leg) -> Option<Field> {
    [
        (Field::Debtor, one.debtor == other.debtor),
        (Field::Creditor, one.creditor == other.creditor),
        (Field::Amount, one.amount == other.amount),
        (Field::BusinessDay, one.business_day == other.business_day),
        (Field::Receipt, one.receipt == other.receipt),
    ]
    .into_iter()
    .find_map(|(field, same)| (!same).then_some(field))
}
