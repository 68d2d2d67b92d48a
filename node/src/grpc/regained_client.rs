//! What an officer is told of what came back after a restore: legs without the word that they are of, and which documents are lacked.

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
    /// All that a status tells of.
    pub(super) fn all(told: Vec<v1::LegsWithoutReceipt>) -> Vec<Self> {
        told.into_iter().map(Self::of).collect()
    }

    fn of(told: v1::LegsWithoutReceipt) -> Self {
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

/// A document that settlements which came back were decided under, and that does not decide as it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostPolicyAnswer {
    /// Its digest.
    pub digest: Vec<u8>,
    /// Whether it is here, and another decides in its place.
    pub is_here: bool,
}

impl LostPolicyAnswer {
    /// All that a status tells of.
    pub(super) fn all(lost: Vec<v1::LostPolicy>) -> Vec<Self> {
        let lost = lost.into_iter();
        let lost = lost.map(|v1::LostPolicy { digest, is_here }| Self { digest, is_here });
        lost.collect()
    }
}
