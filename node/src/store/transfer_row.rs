//! The rows of transfers of the relationship, at the old home and at the new one.

use huitong_core::coverage::{Balances, PersonVersion};
use huitong_core::date::{ServiceDate, Timestamp};
use huitong_core::id::TransferId;
use huitong_core::person::PsnNo;
use huitong_core::record::hand::{LateGivenUp, Supplement, TransferOrder};
use huitong_core::record::registry::CoveragePeriod;
use huitong_core::record::transfer::TransferBy;
use huitong_core::refusal::Refusal;
use huitong_core::region::RegionCode;
use huitong_core::{canonical_enum, canonical_struct};

use super::location::Location;
use super::row::HomeId;

/// A transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferRow {
    /// What was asked for.
    pub order: TransferOrder,
    /// Who started it.
    pub by: TransferBy,
    /// When.
    pub started: Timestamp,
    /// How it stands.
    pub state: TransferState,
    /// Since when.
    pub since: Timestamp,
    /// What the accounts held that went with the hand-over.
    pub money: Balances,
}

canonical_struct!(TransferRow {
    order,
    by,
    started,
    state,
    since,
    money
});

/// How a transfer stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransferState {
    /// Agreed.
    Agreed,
    /// Old home: nothing is settled for the person.
    Frozen,
    /// Old home: the hand-over is written under this number.
    HandedOver(u64),
    /// New home: the hand-over of this number is taken.
    Arrived(u64),
    /// Called back.
    Cancelled(TransferBy),
    /// New home: the old one refuses it.
    Refused(Refusal),
}

canonical_enum!(TransferState {
    1 => Agreed,
    2 => Frozen,
    3 => HandedOver(number),
    4 => Arrived(number),
    5 => Cancelled(by),
    6 => Refused(refusal),
});

/// How a person's relationship to the region stands, when a transfer touched it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelationRow {
    /// The person leaves, or has left.
    pub leaving: Option<Leaving>,
    /// A person is expected under this number, by this transfer.
    pub arriving: Option<TransferId>,
    /// Cover elsewhere before the person came here. It decides no claim; cover without a gap goes on with it.
    pub prior: Vec<CoveragePeriod>,
}

canonical_struct!(RelationRow {
    leaving,
    arriving,
    prior
});

impl RelationRow {
    /// Of a person whom no transfer touched.
    pub const NONE: Self = Self {
        leaving: None,
        arriving: None,
        prior: Vec::new(),
    };
}

/// Where a person goes, and how far that is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaving {
    /// The transfer.
    pub transfer: TransferId,
    /// The new home.
    pub new_home: RegionCode,
    /// The person's number there.
    pub number: PsnNo,
    /// The first day of cover there.
    pub from: ServiceDate,
    /// How far it is.
    pub state: LeavingState,
    /// How the person stands there, as it was asked last.
    pub mirror: Option<Mirror>,
    /// The late claim that is being put to the new home.
    pub offered: Option<HomeId>,
}

canonical_struct!(Leaving {
    transfer,
    new_home,
    number,
    from,
    state,
    mirror,
    offered
});

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeavingState {
    /// Agreed: care before the first day there goes on.
    Agreed,
    /// Nothing is settled.
    Frozen,
    /// The hand-over is written under this number.
    HandedOver(u64),
}

canonical_enum!(LeavingState { 1 => Agreed, 2 => Frozen, 3 => HandedOver(number) });

/// How a person stands at the new home, beside the totals, which stand in the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mirror {
    /// The version there.
    pub of: PersonVersion,
    /// What the accounts hold there.
    pub balances: Balances,
}

canonical_struct!(Mirror { of, balances });

/// New home: an id that stands, or stood, at an old home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedIdRow {
    /// The old home.
    pub old_home: RegionCode,
    /// Whose it is.
    pub psn_no: PsnNo,
    /// What counts under it.
    pub counted: Counted,
}

/// New home: what counts under an id of an old home.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::large_enum_variant, reason = "a row holds one of it")]
pub enum Counted {
    /// It came with the person, and is in what they came with.
    Came,
    /// It was counted in.
    In(Supplement),
    /// It was taken back.
    TakenBack,
    /// It was given up: nothing counts under it, and nothing is ever counted in.
    GivenUp,
}

canonical_enum!(Counted { 1 => Came, 2 => In(supplement), 3 => TakenBack, 4 => GivenUp });

impl HandedIdRow {
    /// What is taken back when an old home gives the id up: what was counted in of the same person by the same transfer.
    #[must_use]
    pub fn given_back(self, of: &LateGivenUp) -> Option<Supplement> {
        match self.counted {
            Counted::In(supplement)
                if self.psn_no == of.number && supplement.transfer == of.transfer =>
            {
                Some(supplement)
            }
            Counted::In(_) | Counted::Came | Counted::TakenBack | Counted::GivenUp => None,
        }
    }
}

canonical_struct!(HandedIdRow {
    old_home,
    psn_no,
    counted
});

/// Old home: a late claim that is being put to the new home.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LateRow {
    /// Whose it is.
    pub psn_no: PsnNo,
    /// Its record.
    pub at: Location,
}

canonical_struct!(LateRow { psn_no, at });
