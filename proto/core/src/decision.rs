//! A decision: who pays what of a bill, under which rules, step by step.
//!
//! A decision is a pure function of its stored inputs (policy, engine version, split bill, facts, totals,
//! balances), so both regions compute the same bytes and either can do so again years later. Sentences in
//! Chinese and English are rendered from [`trace`](Decision::trace) when read and are in no hash.

mod trace;

use crate::canonical::Artifact;
use crate::digest::Digest;
use crate::money::Fen;
use crate::name::Name;
use crate::policy::layer::{Bounds, Payer};
use crate::ratio::Ratio;
use crate::totals::TotalChange;
use crate::{canonical_as, canonical_enum, canonical_struct};

pub use trace::{SkipReason, Step};

/// The version of the adjudication engine. A change that would alter any stored decision is a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EngineVersion(pub u16);

canonical_as!(EngineVersion as u16, |version| version.0, |version| Ok::<
    _,
    std::convert::Infallible,
>(
    EngineVersion(version)
));

/// The outcome of one adjudication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The engine that computed it.
    pub engine: EngineVersion,
    /// The policy it followed.
    pub policy: Digest,
    /// The treatment catalogue that split the bill.
    pub catalogue: Digest,
    /// The bill and its parts.
    pub split: crate::bill::Parts,
    /// The bill in all.
    pub total: Fen,
    /// What each layer that applied did, in order.
    pub layers: Vec<LayerResult>,
    /// Σ of what funds paid, payments given elsewhere included, accounts not.
    pub fund_total: Fen,
    /// What the person's own account paid.
    pub own_account: Fen,
    /// What a family account paid.
    pub family_account: Fen,
    /// What the hospital bears.
    pub hospital: Fen,
    /// What the patient pays at the counter.
    pub cash: Fen,
    /// Cash and both accounts.
    pub patient_total: Fen,
    /// What the settlement adds to the person's totals.
    pub totals: Vec<TotalChange>,
    /// Every step, with its operands and result.
    pub trace: Vec<Step>,
}

canonical_struct!(Decision {
    engine,
    policy,
    catalogue,
    split,
    total,
    layers,
    fund_total,
    own_account,
    family_account,
    hospital,
    cash,
    patient_total,
    totals,
    trace
});

impl Artifact for Decision {
    const KIND: [u8; 4] = *b"DCSN";
    const VERSION: u16 = 1;
}

/// What one layer did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerResult {
    /// The layer's name.
    pub id: Name,
    /// Who pays.
    pub payer: Payer,
    /// What it took.
    pub base: Fen,
    /// Where on its axis this settlement begins; zero when the axis is the visit.
    pub before: Fen,
    /// The start charged.
    pub start: Fen,
    /// The segments the base reached, lowest first; their amounts sum to what they paid.
    pub segments: Vec<SegmentResult>,
    /// The ceiling that cut, if one did.
    pub ceiling: Option<CeilingResult>,
    /// What a floor added.
    pub floor_extra: Fen,
    /// What is left of the base.
    pub left: LeftAmounts,
    /// What it paid.
    pub paid: Fen,
}

canonical_struct!(LayerResult {
    id,
    payer,
    base,
    before,
    start,
    segments,
    ceiling,
    floor_extra,
    left,
    paid
});

/// One segment's part in a payment, on the layer's axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentResult {
    /// Where this settlement enters the segment.
    pub from: Fen,
    /// Where it leaves it.
    pub to: Fen,
    /// The ratio after adjustment.
    pub ratio: Ratio,
    /// Its share of the payment.
    pub amount: Fen,
}

canonical_struct!(SegmentResult {
    from,
    to,
    ratio,
    amount
});

/// A ceiling that cut a layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CeilingResult {
    /// What it bounds.
    pub bounds: Bounds,
    /// The ceiling itself.
    pub limit: Fen,
    /// What of it was left for this settlement.
    pub room: Fen,
}

canonical_struct!(CeilingResult {
    bounds,
    limit,
    room
});
canonical_enum!(Bounds { 1 => Scope, 2 => Payment });
canonical_enum!(Payer { 1 => Fund(fund), 2 => Hospital, 3 => Given(name) });

/// What a layer left of its base, unpaid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeftAmounts {
    /// Under the start.
    pub start: Fen,
    /// The patient's share.
    pub share: Fen,
    /// Above a ceiling.
    pub above: Fen,
}

canonical_struct!(LeftAmounts {
    start,
    share,
    above
});
