//! What an officer is told of legs that came back after a restore without the word that they are of.

use huitong_proto::settlement::v1;

/// Legs of one debt that came back after a restore, and no word that they are of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegsAnswer {
    /// The settlement, or what stands in its place.
    pub settlement: String,
    /// Of which kind.
    pub kind: String,
    /// Who owes.
    pub debtor: String,
    /// To whom.
    pub creditor: String,
    /// All funds together, in fen.
    pub amount_fen: i64,
    /// The business day.
    pub business_day: String,
    /// How the settlement stands in the own book, if that is its home's.
    pub standing: Option<String>,
}

impl LegsAnswer {
    pub(super) fn of(told: v1::LegsWithoutReceipt) -> Self {
        Self {
            settlement: told.settlement,
            kind: told.kind,
            debtor: told.debtor,
            creditor: told.creditor,
            amount_fen: told.amount_fen,
            business_day: told.business_day,
            standing: Some(told.standing).filter(|standing| !standing.is_empty()),
        }
    }
}
