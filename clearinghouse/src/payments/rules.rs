//! By what payments are ordered, and by when they are due: the operator's to say.
//!
//! Deliberately absent: what was ordered under earlier rules.

/// What one order to pay is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moves {
    /// A cycle.
    Daily,
    /// The cycles of a month that are not ordered yet.
    Monthly,
}

/// What holds for orders from now on; what is ordered stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PaymentRules {
    /// Whether money moves by the day or by the month.
    pub(crate) moves: Moves,
    /// Within how many business days of the order a payment is due.
    pub(crate) due_days: u32,
    /// Within how many business days of its cut-off officers net a cycle, and have its payment ordered where money moves by
    /// the day.
    pub(crate) order_days: u32,
}

impl PaymentRules {
    /// What holds unless an operator says otherwise: five working days until a province's bureau asks its finance bureau,
    /// and ten until that transfers. One day for officers is our own: daily clearing stands still otherwise.
    pub(crate) const STANDARD: Self = Self {
        moves: Moves::Daily,
        due_days: 15,
        order_days: 1,
    };
}
