//! Why a leg waits.

use huitong_core::date::Timestamp;
use huitong_core::leg::{LegField, NumberedLeg, Side};
use huitong_core::region::RegionCode;
use huitong_netting::Members;

/// Why a leg is not netted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Waiting {
    /// The other region has not reported it.
    CounterpartMissing,
    /// The other region is not in the directory.
    UnknownRegion,
    /// The other region reported it with another field: the first that differs.
    Differs(LegField),
    /// The debt agreed already, or the region reported it before.
    Repeated,
    /// It agrees, and came after its day was cut off.
    Late,
    /// It agrees, and one of its regions attested it otherwise after the cut-off.
    AttestedOtherwise,
    /// It agrees, and what it takes back is neither netted before nor with it.
    OriginalNotNetted,
    /// Both report that the debt is taken back whole, and neither the one nor the other is netted: nothing is owed, and
    /// nothing is to be done.
    TakenBack,
    /// It agrees, and officers left it, or what it takes back, out of the last cycle, which could not be netted with it: the
    /// next one takes it.
    LeftOut,
    /// It is of more than is owed as one leg, whatever the other region reported.
    TooLarge,
}

/// A leg that waits.
#[derive(Debug, Clone)]
pub(crate) struct WaitingLeg {
    pub(crate) region: RegionCode,
    pub(crate) numbered: NumberedLeg,
    pub(crate) since: Timestamp,
    pub(crate) why: Waiting,
}

impl WaitingLeg {
    /// The same where it is known who is in the directory: a region that is not cannot report its side.
    pub(crate) fn among(mut self, members: &Members) -> Self {
        self.why = self.why.among(&self.numbered, members);
        self
    }
}

impl Waiting {
    /// The field in which the two differ.
    pub(crate) const fn field(self) -> Option<LegField> {
        match self {
            Self::Differs(field) => Some(field),
            Self::CounterpartMissing
            | Self::UnknownRegion
            | Self::Repeated
            | Self::Late
            | Self::AttestedOtherwise
            | Self::OriginalNotNetted
            | Self::TakenBack
            | Self::LeftOut
            | Self::TooLarge => None,
        }
    }

    /// The same of a leg where it is known who is in the directory.
    pub(crate) fn among(self, numbered: &NumberedLeg, members: &Members) -> Self {
        let other = match numbered.side {
            Side::Receivable => numbered.leg.debtor,
            Side::Payable => numbered.leg.creditor,
        };
        if self == Self::CounterpartMissing && members.of(other).is_none() {
            return Self::UnknownRegion;
        }
        self
    }
}

/// A leg that no plan took.
#[derive(Debug, Clone)]
pub(crate) struct NotTaken {
    pub(crate) region: RegionCode,
    pub(crate) numbered: NumberedLeg,
    pub(crate) since: Timestamp,
    /// Why it waits; none when both reported it alike and it goes with a coming cycle.
    pub(crate) why: Option<Waiting>,
}
