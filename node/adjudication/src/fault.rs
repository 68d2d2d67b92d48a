//! Why a bill cannot be adjudicated: a closed list, each with whom it blames and what is missing.
//!
//! A fault is never a figure: nothing is paid, guessed or rounded away when a rule has no meaning for a
//! bill. Most are the policy's own (a table without a row for a tier); the few that answer a claim are
//! refusals; [`Blame`] tells them apart. Each is one English sentence when printed, and one Chinese sentence
//! by [`Fault::zh`].

mod zh;

use huitong_core::date::ServiceDate;
use huitong_core::money::{MoneyError, SignedFen};
use huitong_core::name::Name;
use huitong_core::vocabulary::{Administration, Grade, InstitutionType, Place};

/// Who has to act on a [`Fault`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blame {
    /// The home region: its policy has no meaning for this bill.
    Policy,
    /// Whoever sent the claim: it is refused as it stands.
    Claim,
    /// Whoever sent the claim: the visit must be billed in other pieces.
    Pieces,
    /// The engine: an invariant was broken, nothing may be booked.
    Engine,
}

/// Why a policy cannot be compiled or a bill cannot be adjudicated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A rule of a layer has no meaning here.
    #[error("layer {layer}: {fault}")]
    Layer {
        /// The layer.
        layer: Name,
        /// What is wrong.
        fault: RuleFault,
    },
    /// A rule of a total has no meaning here.
    #[error("total {total}: {fault}")]
    Total {
        /// The total.
        total: Name,
        /// What is wrong.
        fault: RuleFault,
    },
    /// No row of the tier map matches the institution.
    #[error(
        "no tier for an institution with place {place}, grade {grade}, administration {administration}, \
         kind {kind}, {}: add a row to the tier map",
        if *networked { "networked" } else { "not networked" }
    )]
    NoTier {
        /// Where it stands.
        place: Place,
        /// Its grade for deductibles.
        grade: Grade,
        /// Whom it belongs to.
        administration: Administration,
        /// What it is.
        kind: InstitutionType,
        /// Whether it is on the network.
        networked: bool,
    },
    /// The policy does not decide claims of this kind.
    #[error("the policy does not decide this claim: {0}")]
    NotInScope(Unsuited),
    /// A refusal: the bill covers days of two benefit years, which the policy keeps apart.
    #[error(
        "refused: the bill covers {from} to {until}, days of two benefit years; send one bill for each"
    )]
    SpansYears {
        /// The first day that the bill covers.
        from: ServiceDate,
        /// The last.
        until: ServiceDate,
    },
    /// A refusal: more was given than the layer that books it leaves to be paid.
    #[error(
        "refused: {name} is said to have paid {} yuan, but only {} yuan of what it may pay are left",
        yuan(*given),
        yuan(*left)
    )]
    GivenTooLarge {
        /// The payment.
        name: Name,
        /// What is said to be paid, in fen.
        given: i64,
        /// What is left for it, in fen.
        left: i64,
    },
    /// A refusal: something was given that no layer of the policy books for this claim.
    #[error("refused: the policy books no payment named {name} for this claim")]
    GivenUnknown {
        /// The payment.
        name: Name,
    },
    /// A stored total lies outside the range of money and counts.
    #[error("total {total} stands at {value}: a total is from zero to 10^15")]
    StoredTotal {
        /// The total.
        total: Name,
        /// Its stored value.
        value: i64,
    },
    /// The bill falls into more groups of like money than the engine follows.
    #[error(
        "layer {layer}: the bill falls into more than {limit} groups; fewer layers may read labels apart"
    )]
    TooManyBuckets {
        /// The layer after which it does.
        layer: Name,
        /// The limit.
        limit: usize,
    },
    /// An amount is out of range.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// A decision is not what this policy and case give.
    #[error("the decision is not the one that this policy and these inputs give")]
    OtherDecision,
    /// The shares do not sum to the bill: a defect of the engine; nothing may be booked.
    #[error("the shares of the payers do not sum to the bill")]
    Unbalanced,
}

/// What keeps a policy from deciding a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsuited {
    /// Another scheme.
    #[error("it is for another scheme")]
    Scheme,
    /// Another kind of treatment.
    #[error("it is not for this kind of treatment")]
    Setting,
    /// Other days.
    #[error("it does not hold on the benefit date of the visit")]
    Date,
}

/// What can be wrong with one rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleFault {
    /// No row of a table holds.
    #[error("no row of its {0} holds for this visit")]
    NoRow(Asked),
    /// A published figure has no value for the benefit year.
    #[error("the figure {name} has no value for {year}")]
    IndexMissing {
        /// The figure.
        name: Name,
        /// The year.
        year: u16,
    },
    /// A name that nothing in the policy declares: impossible for a checked policy.
    #[error("the policy was not checked: it declares no {0}")]
    Undeclared(String),
    /// A segment ends before it begins.
    #[error("segment {0} ends before it begins")]
    SegmentsCross(usize),
    /// A ratio after adjustment is not exact in ten places.
    #[error("a ratio after adjustment needs more than ten places; adjust by shorter figures")]
    RatioPlaces,
    /// Two layers with one label name both apply.
    #[error("another layer with the label {0} applies too")]
    LabelTwice(Name),
    /// More names than an engine of this version keeps apart.
    #[error("more than {limit} {what}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// A quantity is out of range.
    #[error("an amount is out of range")]
    Overflow,
}

/// Which table of a layer was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Asked {
    /// Weights of a take entry, from 0.
    #[error("weights of take {0}")]
    Weight(usize),
    /// The start.
    #[error("start")]
    Start,
    /// The end of a segment, from 0.
    #[error("ends of segment {0}")]
    SegmentEnd(usize),
    /// The ratio of a segment, from 0.
    #[error("ratios of segment {0}")]
    Ratio(usize),
    /// The floor.
    #[error("floor")]
    Floor,
    /// A ceiling, from 0.
    #[error("ceiling {0}")]
    Ceiling(usize),
}

/// An amount of fen in yuan, for people.
fn yuan(fen: i64) -> String {
    SignedFen::new(fen).map_or_else(|_| format!("{fen} fen"), |yuan| yuan.to_string())
}

impl Fault {
    /// Who has to act.
    #[must_use]
    pub const fn blame(&self) -> Blame {
        match self {
            Self::Layer { .. }
            | Self::Total { .. }
            | Self::NoTier { .. }
            | Self::NotInScope(_)
            | Self::TooManyBuckets { .. } => Blame::Policy,
            Self::SpansYears { .. } => Blame::Pieces,
            Self::GivenTooLarge { .. } | Self::GivenUnknown { .. } => Blame::Claim,
            Self::StoredTotal { .. } | Self::Money(_) | Self::OtherDecision | Self::Unbalanced => {
                Blame::Engine
            }
        }
    }
}
