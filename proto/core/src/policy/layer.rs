//! A layer: one payer's rule, `when · take · axis · start · segments · floor · ceilings · payer`.
//!
//! Basic insurance, critical illness, assistance, an account and a payment made elsewhere are all this
//! one machine. What the words mean to the fen is settled where they are computed, in
//! `huitong-adjudication`.

use rust_decimal::Decimal;

use super::condition::{Condition, Table};
use super::fact::NumberFact;
use super::quantity::{Quantity, Term};
use crate::fund::Fund;
use crate::name::Name;
use crate::ratio::Ratio;
use crate::vocabulary::Part;

/// One payer's rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// Its name, unique in the policy.
    pub name: Name,
    /// The rule's name for people; its own name where the document gives none.
    pub title: String,
    /// The name its labels carry; layers whose `when` exclude each other may share one.
    pub label: Name,
    /// The sentence of the official notice behind it, for explanations.
    pub source: String,
    /// When it applies; a layer that does not apply takes, pays and labels nothing.
    pub when: Condition,
    /// What it takes, in order.
    pub take: Vec<Take>,
    /// What its amounts are laid along.
    pub axis: Axis,
    /// The deductible, if any.
    pub start: Option<Start>,
    /// Where segment bounds and scope ceilings are measured from.
    pub measure: Measure,
    /// The segments, from the bottom up; the last one is open.
    pub segments: Vec<Segment>,
    /// Changes to every segment's ratio, in order.
    pub adjustments: Vec<Adjustment>,
    /// The lowest ratio after adjustment.
    pub ratio_at_least: Ratio,
    /// The highest ratio after adjustment.
    pub ratio_at_most: Ratio,
    /// A guaranteed share, if any.
    pub floor: Option<Floor>,
    /// Bounds on what it covers or pays.
    pub ceilings: Vec<Ceiling>,
    /// Who pays.
    pub payer: Payer,
    /// Where the sum of all funds may fall when the in-scope part grows, because the notice means it.
    /// It changes no figure; the static checks of publishing read it.
    pub accepted_jump: Option<AcceptedJump>,
}

/// Why a notice means the sum of all funds to fall at some amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedJump {
    /// Why, for whoever reads the check.
    pub reason: String,
    /// The sentence of the notice.
    pub source: String,
}

/// One entry of what a layer takes. A bucket belongs to the first entry that matches it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Take {
    /// Parts of the bill; at least one.
    pub parts: Vec<Part>,
    /// Every one of these tags must be on the bucket.
    pub tagged: Vec<Name>,
    /// None of these tags may be on it.
    pub not_tagged: Vec<Name>,
    /// When given, the bucket carries one of these labels of earlier layers.
    pub left: Vec<LabelRef>,
    /// The bucket carries none of these labels.
    pub not_left: Vec<LabelRef>,
    /// The share that is taken.
    pub weight: Table<Ratio>,
}

/// `layer.label`, as a document writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LabelRef {
    /// The label name of the layer that labelled.
    pub layer: Name,
    /// What it left.
    pub left: Left,
}

/// What a layer leaves of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Left {
    /// Under the start.
    Start,
    /// The patient's share of what it covered.
    Share,
    /// Above a ceiling.
    Above,
    /// Not taken, or kept off by a weight.
    None,
}

/// What a layer's amounts are laid along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axis {
    /// This visit alone.
    Visit,
    /// A named total, which adds this layer's base.
    Total(Name),
}

/// A deductible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// How much.
    pub amount: Quantity,
    /// What of it is met already.
    pub met_by: MetBy,
}

/// What already counts toward a start. On a named axis always [`MetBy::Nothing`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetBy {
    /// Nothing.
    Nothing,
    /// Costs in scope, summed in a total.
    Scope(Name),
    /// Starts already charged, summed in a total.
    Charged(Name),
}

/// Where bounds are measured from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// From zero: the start eats the lowest segment.
    Absolute,
    /// From the start.
    AboveStart,
}

/// A stretch with one ratio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Where it ends; `None` only in the last one.
    pub to: Option<Quantity>,
    /// The payer's share of it.
    pub ratio: Table<Ratio>,
}

/// An affine change of a ratio, r ↦ times·r + plus + Σ cᵢ·countᵢ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adjustment {
    /// When it applies.
    pub when: Condition,
    /// a.
    pub times: Decimal,
    /// b.
    pub plus: Decimal,
    /// What is added for each unit of a count (age × 0.002).
    pub per: Vec<Term>,
    /// Why, for explanations.
    pub source: String,
}

/// A guaranteed share of a stated amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Floor {
    /// Of what: the base, or a part of the bill (then what earlier layers paid counts).
    pub of: NumberFact,
    /// The guaranteed share.
    pub ratio: Table<Ratio>,
}

/// A bound on what a layer covers or pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ceiling {
    /// What it bounds.
    pub bounds: Bounds,
    /// How much; a row of `None` sets no bound.
    pub amount: Table<Option<super::quantity::Linear>>,
    /// The total it is used up in; without one it bounds this settlement alone.
    pub total: Option<Name>,
}

/// What a ceiling bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bounds {
    /// The amount covered.
    Scope,
    /// The amount paid.
    Payment,
}

/// Who pays a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Payer {
    /// A fund or an account; makes a leg when it pays out of area.
    Fund(Fund),
    /// The hospital bears it.
    Hospital,
    /// Paid elsewhere already: the amount is the fact `given.NAME`. Makes no leg.
    Given(Name),
}

impl Left {
    /// All, in the order of the trace.
    pub const ALL: &'static [Self] = &[Self::Start, Self::Share, Self::Above, Self::None];

    /// The word a document uses.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Share => "share",
            Self::Above => "above",
            Self::None => "none",
        }
    }
}

/// `layer.label`, such as `basic.share`.
impl std::fmt::Display for LabelRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.layer, self.left.word())
    }
}
