//! The rows that are not records themselves: small values, derived from records, pointing back at them.

use std::collections::BTreeMap;

use huitong_core::claim::{Binding, VisitKey};
use huitong_core::coverage::{Balances, PersonVersion};
use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::digest::Digest;
use huitong_core::id::{RequestId, SettlementId};
use huitong_core::institution::InstitutionCode;
use huitong_core::money::Fen;
use huitong_core::record::person::HeldFiling;
use huitong_core::region::RegionCode;
use huitong_core::totals::TotalSlot;
use huitong_core::{canonical_enum, canonical_struct};

use super::location::Location;
use super::refused_row::RefusedRow;
use super::reversal_row::ReversedRow;

/// One admission through its bills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Episode {
    /// The admission is the person's nth of the benefit year in which it was first billed, from 1. It keeps
    /// that number, whatever is reversed and settled again.
    pub ordinal: u16,
    /// How many of its bills that count as its beginning stand: none once that one is reversed, and then the
    /// next bill of it, corrected or not, counts the admission again.
    pub begun: u32,
}

canonical_struct!(Episode { ordinal, begun });

/// A person's filings, ascending by first day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filings(pub Vec<HeldFiling>);

huitong_core::canonical_as!(
    Filings as Vec<HeldFiling>,
    |filings| filings.0.clone(),
    |filings| { Ok::<_, std::convert::Infallible>(Filings(filings)) }
);

/// What changes with every settlement of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The version.
    pub version: PersonVersion,
    /// The totals.
    pub totals: BTreeMap<TotalSlot, i64>,
    /// The accounts.
    pub balances: Balances,
    /// What came back after a restore as paid from the accounts, beyond what they held, and is not filled since.
    pub lacks: Balances,
    /// The person's latest settlement that stands.
    pub last: Option<HomeId>,
}

canonical_struct!(Account {
    version,
    totals,
    balances,
    lacks,
    last
});

impl Account {
    /// The account of a person of whom nothing was settled.
    #[must_use]
    pub const fn new(incarnation: u32) -> Self {
        Self {
            version: PersonVersion {
                incarnation,
                change: 0,
            },
            totals: BTreeMap::new(),
            balances: Balances::NONE,
            lacks: Balances::NONE,
            last: None,
        }
    }

    /// The version that the next change makes.
    #[must_use]
    pub const fn next_version(&self) -> PersonVersion {
        PersonVersion {
            incarnation: self.version.incarnation,
            change: self.version.change.saturating_add(1),
        }
    }
}

/// Treatment role: a settlement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettlementRow {
    /// The institution that asked.
    pub institution: InstitutionCode,
    /// Its own id.
    pub request: RequestId,
    /// The home region.
    pub home: RegionCode,
    /// What was prepared; none when the id was cancelled before it was known, or a refusal of it alone came back.
    pub prepared: Option<PreparedRow>,
    /// The reversed settlement of the same visit whose place it takes, if there is one.
    pub replaces: Option<SettlementId>,
    /// The record by which it was settled provisionally, if it was.
    pub provisional: Option<Location>,
    /// How it stands.
    pub state: SettlementState,
}

canonical_struct!(SettlementRow {
    institution,
    request,
    home,
    prepared,
    replaces,
    provisional,
    state
});

impl SettlementRow {
    /// Whether every record that it names has its place in the journal.
    #[must_use]
    pub fn is_written(&self) -> bool {
        let prepared = self
            .prepared
            .iter()
            .flat_map(|row| [Some(row.at), row.again]);
        let settled = match &self.state {
            SettlementState::Settled(at) => [Some(*at), None],
            SettlementState::Reversed(row) => [Some(row.settled), Some(row.reversed)],
            SettlementState::Refused(row) => [Some(row.at), None],
            SettlementState::Abandoned(at) => [*at, None],
            SettlementState::Prepared => [None, None],
        };
        let mut places = prepared.chain(settled).chain([self.provisional]).flatten();
        places.all(|place| place.frame().is_some())
    }
}

/// What a prepared settlement occupies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreparedRow {
    /// What its id binds.
    pub binding: Binding,
    /// Its visit.
    pub visit: VisitKey,
    /// Its record.
    pub at: Location,
    /// The record of its last adjudication, when that was made again.
    pub again: Option<Location>,
    /// The bill in all.
    pub total: Fen,
    /// What the patient pays at the counter, by the last adjudication.
    pub cash: Fen,
}

canonical_struct!(PreparedRow {
    binding,
    visit,
    at,
    again,
    total,
    cash
});

/// How a settlement stands at the treatment region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettlementState {
    /// Put to the home region, or about to be.
    Prepared,
    /// Settled by this record.
    Settled(Location),
    /// Finally refused.
    Refused(RefusedRow),
    /// It can never be settled, by this record of the home region's tombstone; none when it was cancelled
    /// before it was known.
    Abandoned(Option<Location>),
    /// Settled, and reversed since.
    Reversed(ReversedRow),
}

canonical_enum!(SettlementState {
    1 => Prepared,
    2 => Settled(at),
    3 => Refused(row),
    4 => Abandoned(at),
    5 => Reversed(row),
});

/// An open settlement or reversal: since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenRow {
    /// When it was prepared.
    pub since: Timestamp,
}

canonical_struct!(OpenRow { since });

/// Home role: what became of an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HomeRow {
    /// What the id binds; none for an id that was buried unseen.
    pub binding: Option<Binding>,
    /// The person's settlement that was the latest when this one was committed.
    pub previous: Option<HomeId>,
    /// How it stands.
    pub state: HomeState,
}

canonical_struct!(HomeRow {
    binding,
    previous,
    state
});

/// A settlement as the home region names it: whose id, and which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct HomeId {
    /// The treatment region.
    pub treatment: RegionCode,
    /// Its id.
    pub settlement: SettlementId,
}

canonical_struct!(HomeId {
    treatment,
    settlement
});

/// How an id stands at the home region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HomeState {
    /// Committed by this record.
    Committed(Location),
    /// Finally refused by this record.
    Refused(Location),
    /// It can never commit: this record buried it.
    Tombstone(Location),
    /// Committed, and reversed since.
    Reversed(ReversedRow),
}

canonical_enum!(HomeState {
    1 => Committed(at),
    2 => Refused(at),
    3 => Tombstone(at),
    4 => Reversed(row),
});

/// A gap-free numbered stream of the node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stream {
    /// Receivable and payable legs, for the clearinghouse.
    Legs,
    /// Receipts and reversals for a treatment region.
    Receipts(RegionCode),
    /// Hand-overs and supplements for a new home.
    Hands(RegionCode),
}

canonical_enum!(Stream { 1 => Legs, 2 => Receipts(region), 3 => Hands(region) });

impl Stream {
    /// How many numbers share a block, where they are dense.
    pub const BLOCK: u64 = 64;

    /// Which block a number is in. Words to a new home are months apart, so that each is found by itself.
    #[must_use]
    pub fn block_of(self, number: u64) -> Option<u64> {
        let before = number.checked_sub(1)?;
        Some(match self {
            Self::Legs | Self::Receipts(_) => before / Self::BLOCK,
            Self::Hands(_) => before,
        })
    }
}

/// How far a stream is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamHead {
    /// The last number written.
    pub written: u64,
    /// The last number that its receiver acknowledged, as far as that is journaled.
    pub acknowledged: u64,
}

canonical_struct!(StreamHead {
    written,
    acknowledged
});

impl StreamHead {
    /// A stream in which nothing was written.
    pub const EMPTY: Self = Self {
        written: 0,
        acknowledged: 0,
    };
}

/// The catalogue in use: the parts of its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CatalogueRow {
    /// The file.
    pub import: Digest,
    /// How many parts.
    pub chunks: u32,
}

canonical_struct!(CatalogueRow { import, chunks });

/// A closed day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClosedDay {
    /// The last leg number then.
    pub up_to: u64,
}

canonical_struct!(ClosedDay { up_to });

/// The last closed day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastClosedDay {
    /// The day.
    pub day: BusinessDay,
}

canonical_struct!(LastClosedDay { day });
