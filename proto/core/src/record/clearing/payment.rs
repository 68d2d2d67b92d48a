//! How a netted cycle is paid: approved by two officers, ordered, and confirmed as the bank says that money moved.
//!
//! The amount that a record counts is in the record. Money that fits nothing that was ordered is parked as it came, so
//! that none is lost from the books and none is counted for what it was not meant for.

use std::collections::{BTreeMap, BTreeSet};

use crate::date::{BusinessDay, Timestamp};
use crate::digest::Digest;
use crate::money::Fen;
use crate::officer::OfficerName;
use crate::payable::Month;
use crate::payment::{BankLine, BankReference, Instruction, PaymentReference};
use crate::prefund::Prefund;
use crate::vocabulary::{CorrectionReason, DelayReason, ParkReason};
use crate::{canonical_enum, canonical_struct};

/// One step of a netted cycle towards being paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaymentRecord {
    /// One of two officers approved the plan.
    Approved(Approved),
    /// Payment of the nets was ordered.
    Instructed(Instructed),
    /// Money moved as it was ordered.
    Confirmed(Confirmed),
    /// Money moved, and what for is not clear.
    Parked(Parked),
    /// An officer said what parked money was for.
    Applied(Applied),
    /// Parked money went back to where it came from.
    Returned(Returned),
    /// An officer said why a payment is late.
    Delayed(Delayed),
    /// Parked money went back by a movement that was parked too.
    Joined(Joined),
    /// A movement that was entered is taken out again.
    Corrected(Corrected),
    /// Payment of a month's nets was ordered.
    MonthInstructed(MonthInstructed),
}

canonical_enum!(PaymentRecord {
    1 => Approved(record),
    2 => Instructed(record),
    3 => Confirmed(record),
    4 => Parked(record),
    5 => Applied(record),
    6 => Returned(record),
    7 => Delayed(record),
    8 => Joined(record),
    9 => Corrected(record),
    10 => MonthInstructed(record),
});

/// An officer approved a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approved {
    /// The cycle.
    pub day: BusinessDay,
    /// The digest of the plan that the officer looked at.
    pub plan: Digest,
    /// Who.
    pub by: OfficerName,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(Approved { day, plan, by, at });

/// What a cycle's nets come to is to be paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instructed {
    /// The cycle.
    pub day: BusinessDay,
    /// By when.
    pub due: BusinessDay,
    /// One for each member and fund whose net is not zero; none when all are.
    pub instructions: Vec<Instruction>,
    /// Who ordered it.
    pub by: OfficerName,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(Instructed {
    day,
    due,
    instructions,
    by,
    at
});

/// What a month's nets come to is to be paid: those of its cycles that no order was for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthInstructed {
    /// The month.
    pub month: Month,
    /// Its digest, as two officers approved it.
    pub digest: Digest,
    /// The cycles that it is for, at least one.
    pub days: BTreeSet<BusinessDay>,
    /// By when.
    pub due: BusinessDay,
    /// One for each member and fund whose nets do not sum to zero; none when all do.
    pub instructions: Vec<Instruction>,
    /// Who ordered it.
    pub by: OfficerName,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(MonthInstructed {
    month,
    digest,
    days,
    due,
    instructions,
    by,
    at
});

/// Money moved as it was ordered, all or part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmed {
    /// What the bank says.
    pub line: BankLine,
    /// What it counts for.
    pub reference: PaymentReference,
    /// Who entered it.
    pub by: OfficerName,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(Confirmed {
    line,
    reference,
    by,
    at
});

/// Money moved that counts for nothing yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parked {
    /// What the bank says.
    pub line: BankLine,
    /// The reference that it bears, as it was entered: what is no reference may be written there too.
    pub bears: String,
    /// Why it counts for nothing.
    pub why: ParkReason,
    /// Who entered it.
    pub by: OfficerName,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(Parked {
    line,
    bears,
    why,
    by,
    at
});

/// Parked money counts, all or part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// Which, as the bank told it.
    pub line: BankLine,
    /// What more of it counts for, and how much more for each.
    pub to: Vec<(PaymentReference, Fen)>,
    /// Who said so.
    pub by: OfficerName,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(Applied { line, to, by, at });

/// What was parked of a movement went back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// Which, as the bank told it.
    pub line: BankLine,
    /// How much of it.
    pub amount: Fen,
    /// The bank's name of the movement back.
    pub back: BankReference,
    /// The day on which the bank booked it.
    pub on: BusinessDay,
    /// Who said so.
    pub by: OfficerName,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(Returned {
    line,
    amount,
    back,
    on,
    by,
    at
});

/// What was parked of a movement went back by one that was entered for itself, and parked: both are done with. In the
/// books they stand against each other already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// Which, as the bank told it.
    pub line: BankLine,
    /// The movement back, as the bank told it; it is as much as was parked.
    pub back: BankLine,
    /// Who said so.
    pub by: OfficerName,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(Joined { line, back, by, at });

/// An officer said why a payment is late.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delayed {
    /// Which.
    pub reference: PaymentReference,
    /// Why; the newest counts.
    pub why: DelayReason,
    /// Who said so.
    pub by: OfficerName,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(Delayed {
    reference,
    why,
    by,
    at
});

/// A movement is taken out again with all that it counted for; what is right is entered as another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Corrected {
    /// What had been entered.
    pub line: BankLine,
    /// What it counted for.
    pub counted: Vec<(PaymentReference, Fen)>,
    /// How much of it was parked.
    pub parked: Fen,
    /// The orders that had been paid in full, each by its first cycle, with what members owe each other again by all of
    /// its cycles.
    pub reopened: BTreeMap<BusinessDay, BTreeMap<Prefund, Fen>>,
    /// Why it is taken out.
    pub why: CorrectionReason,
    /// Who said so.
    pub by: OfficerName,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(Corrected {
    line,
    counted,
    parked,
    reopened,
    why,
    by,
    at
});
