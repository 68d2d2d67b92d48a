//! The trace: each step of an adjudication with its rule, operands and result, and no words.
//!
//! A step names its layer; the layer's source stands in the policy, whose digest the decision names.

use crate::canonical_enum;
use crate::money::Fen;
use crate::name::Name;
use crate::policy::layer::{Bounds, Payer};
use crate::ratio::Ratio;
use crate::totals::TotalChange;

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The treatment catalogue split the bill.
    Split {
        /// The bill.
        total: Fen,
        /// Outside the catalogue.
        out_of_scope: Fen,
        /// Above price limits.
        over_limit: Fen,
        /// Borne first.
        first_pay: Fen,
        /// In scope.
        in_scope: Fen,
    },
    /// The institution is of this tier at home.
    Tier {
        /// The tier.
        tier: Name,
    },
    /// A layer did not apply, or found nothing to take.
    Skipped {
        /// Which.
        layer: Name,
        /// Why.
        reason: SkipReason,
    },
    /// An entry of a layer's take was weighed.
    Took {
        /// Which.
        layer: Name,
        /// What matched.
        matched: Fen,
        /// The share taken.
        weight: Ratio,
        /// What was taken.
        taken: Fen,
    },
    /// A start was worked out.
    Start {
        /// Which layer.
        layer: Name,
        /// The start by the rule.
        standard: Fen,
        /// What of it was met before.
        met: Fen,
        /// What was charged of it here.
        charged: Fen,
    },
    /// A ratio was changed.
    Adjusted {
        /// Which layer.
        layer: Name,
        /// By the table.
        table: Ratio,
        /// After adjustments and bounds.
        adjusted: Ratio,
    },
    /// A segment contributed.
    Segment {
        /// Which layer.
        layer: Name,
        /// From.
        from: Fen,
        /// To.
        to: Fen,
        /// Ratio.
        ratio: Ratio,
        /// Its share of the payment.
        amount: Fen,
    },
    /// A floor was worked out.
    Floor {
        /// Which layer.
        layer: Name,
        /// Of what amount.
        of: Fen,
        /// The guaranteed ratio.
        ratio: Ratio,
        /// What is guaranteed to this layer, after what earlier layers paid.
        guaranteed: Fen,
        /// What it added to the segments.
        extra: Fen,
    },
    /// A ceiling was applied.
    Ceiling {
        /// Which layer.
        layer: Name,
        /// What it bounds.
        bounds: Bounds,
        /// The ceiling.
        limit: Fen,
        /// The room left of it before this settlement.
        room: Fen,
        /// What it kept off: scope, or payment.
        cut: Fen,
    },
    /// An account's balance bounded a payment.
    Balance {
        /// Which layer.
        layer: Name,
        /// What the account held.
        held: Fen,
    },
    /// A layer paid, and left this unpaid.
    Paid {
        /// Which.
        layer: Name,
        /// Who.
        payer: Payer,
        /// How much.
        amount: Fen,
        /// Left under the start.
        start: Fen,
        /// Left as the patient's share.
        share: Fen,
        /// Left above a ceiling.
        above: Fen,
    },
    /// A total grows.
    Total {
        /// Which and by how much.
        change: TotalChange,
    },
    /// The bill is closed.
    Closed {
        /// Funds.
        fund_total: Fen,
        /// Own account.
        own_account: Fen,
        /// Family account.
        family_account: Fen,
        /// Hospital.
        hospital: Fen,
        /// Cash.
        cash: Fen,
    },
}

/// Why a layer did nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SkipReason {
    /// Its `when` does not hold.
    When,
    /// Nothing it may take is left.
    NothingToTake,
}

canonical_enum!(SkipReason { 1 => When, 2 => NothingToTake });

canonical_enum!(Step {
    1 => Split { total, out_of_scope, over_limit, first_pay, in_scope },
    2 => Tier { tier },
    3 => Skipped { layer, reason },
    4 => Took { layer, matched, weight, taken },
    5 => Start { layer, standard, met, charged },
    6 => Adjusted { layer, table, adjusted },
    7 => Segment { layer, from, to, ratio, amount },
    8 => Floor { layer, of, ratio, guaranteed, extra },
    9 => Ceiling { layer, bounds, limit, room, cut },
    10 => Balance { layer, held },
    11 => Paid { layer, payer, amount, start, share, above },
    12 => Total { change },
    13 => Closed { fund_total, own_account, family_account, hospital, cash },
});
