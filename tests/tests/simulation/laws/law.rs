//! The laws by name, what it is to break one, and which of them a saboteur breaks.

use std::fmt;

use crate::saboteurs::Saboteur;

/// What must hold, whatever failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Law {
    /// Every acknowledged settlement exists once in both regions' books, with the same amounts.
    BothBooks,
    /// The legs of every settlement are once in the clearing, and no others are but those of a receipt that was lost in a
    /// restore and given anew, or that an officer gave up.
    Legs,
    /// Nothing abandoned, refused or never acknowledged is paid.
    PaidUnasked,
    /// No visit is paid twice, under whatever ids, and no stay whole and in parts.
    VisitTwice,
    /// No deductible, ceiling or balance is used twice.
    UsedTwice,
    /// What was told while a home region was away stands, and the difference equals what is borne of it.
    Loss,
    /// Nobody is insured by two homes on one day, or by none.
    OneHome,
    /// Nothing passes between a restored node and a region that it serves without.
    LeftOut,
    /// Nobody is held, and so released, of whose record nothing was missing.
    Released,
    /// No fund gives back by deductions more than it paid, of a reversed settlement no deduction stands, and what ends, ends
    /// whole.
    Deducted,
    /// What a dispute came to is what was said in it, corrected once in both regions, and no debt and no row by more than it was.
    Disputed,
    /// Whoever two regions insure at once is shown to both, nobody else is, and the clearinghouse knows no number of anybody.
    Duplicate,
    /// Both regions have the same words of a check, which officers said, in turn.
    Checked,
    /// Every region verifies every day offline, finds nothing, and was told of just the legs that it took.
    Verified,
    /// A month is what its days come to, each region is shown that, and it has what was said of it.
    Month,
    /// What a node answers a hospital of its account is what the hospital was told, and what that said of it is there once.
    Account,
    /// What is paid for a cycle is what its legs come to and what was told to move, and who does not pay is seen to owe.
    Paid,
    /// Totals and balances equal the sum of what stands.
    Totals,
    /// Every leg is netted in exactly one cycle, but one of a lost receipt in none, a cycle pays what its legs say, and stays what was told of it.
    Netted,
    /// Over all members each fund's nets are zero.
    ZeroSum,
    /// Every answer that a hospital got stays true, or is taken back by a record, as somebody wanted.
    AnswerChanged,
    /// Everything comes to an end: every id has an outcome, every receipt and leg arrives.
    Unended,
    /// Every journal can be read to its end.
    Unreadable,
}

/// A law that was broken, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    pub law: Law,
    pub story: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.law, self.story)
    }
}

/// The laws that a saboteur breaks, of which one must catch it. Each law is alone in the list of some saboteur: it would be
/// missed.
pub const fn broken_by(saboteur: Saboteur) -> &'static [Law] {
    match saboteur {
        Saboteur::StaleRecord => &[Law::UsedTwice],
        Saboteur::NoTombstone => &[Law::PaidUnasked],
        Saboteur::LyingSync => &[Law::BothBooks, Law::AnswerChanged, Law::Unreadable],
        Saboteur::OldBackup => &[Law::BothBooks],
        Saboteur::OtherOutcome => &[Law::AnswerChanged],
        Saboteur::SkippedId => &[Law::Unended],
        Saboteur::NetOff => &[Law::ZeroSum],
        Saboteur::RottenDisk => &[Law::Unreadable],
        Saboteur::DroppedLeg => &[Law::Legs],
        Saboteur::ForgottenId => &[Law::PaidUnasked, Law::BothBooks],
        Saboteur::ForgottenReversal => &[Law::BothBooks, Law::Totals],
        Saboteur::HandOverTwice => &[Law::UsedTwice, Law::Totals],
        Saboteur::ForgottenHandOver => &[Law::OneHome],
        Saboteur::ForgottenGrant => &[Law::UsedTwice],
        Saboteur::ForgottenDeduction | Saboteur::OtherAmount => &[Law::Deducted],
        Saboteur::ForgottenCorrection => &[Law::Disputed],
        Saboteur::ForgottenMatch | Saboteur::UntoldWord => &[Law::Duplicate],
        Saboteur::UnsentWord => &[Law::Checked],
        Saboteur::MeddledPart => &[Law::Verified],
        Saboteur::ForgottenMonthWord => &[Law::Month],
        Saboteur::UnbookedReversal | Saboteur::ForgottenConfirmation => &[Law::Account],
        Saboteur::ForgottenSums => &[Law::Totals],
        Saboteur::SwallowedLine => &[Law::Paid],
        Saboteur::ForgottenLeftOut => &[Law::LeftOut],
        Saboteur::HeldForNothing => &[Law::Released],
        Saboteur::LostDifference => &[Law::Loss],
        Saboteur::LostCycles => &[Law::Netted],
        Saboteur::UncheckedVisit | Saboteur::UncheckedWhole => &[Law::VisitTwice],
    }
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;

    #[test]
    fn each_law_alone_catches_some_saboteur() {
        let lists: Vec<_> = Saboteur::value_variants()
            .iter()
            .map(|who| broken_by(*who))
            .collect();
        for law in Law::value_variants() {
            assert!(
                lists.contains(&[*law].as_slice()),
                "{law:?} alone catches nobody"
            );
        }
    }
}
