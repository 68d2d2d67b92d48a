//! What of clearing concerns one region, as its bureau is told it: debts that wait, what its clearing member pays and is paid,
//! and what that is made of. Deliberately absent: what of it is decided, and anything of two others.

use crate::date::{BusinessDay, Timestamp};
use crate::digest::Digest;
use crate::fund::Fund;
use crate::id::SettlementId;
use crate::leg::{LegField, LegKind};
use crate::money::{Fen, FenSum, SignedFen};
use crate::officer::OfficerName;
use crate::payable::Month;
use crate::payment::PaymentReference;
use crate::region::RegionCode;
use crate::vocabulary::{DelayReason, Direction, EvidenceSays, WaitingReason};

/// A debt that waits longer is late: somebody is to find out why.
pub const WAITS_AT_MOST_DAYS: u32 = 30;

/// How a debt waits, as far as it counts for whether that is late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waits {
    /// Why.
    pub why: WaitingReason,
    /// A debt of two others has its id.
    pub id_taken: bool,
    /// For how many days.
    pub days: u32,
}

impl Waits {
    /// Whether it waits for longer than it should: for bureaus, for officers and in the log alike. Nothing is to be done about
    /// what both took back, nor about what was told again, unless a debt of two others has its id.
    #[must_use]
    pub const fn is_late(self) -> bool {
        let is_to_be_ended = match self.why {
            WaitingReason::TakenBack => false,
            WaitingReason::Repeated => self.id_taken,
            WaitingReason::CounterpartMissing
            | WaitingReason::Differs
            | WaitingReason::Late
            | WaitingReason::AttestedOtherwise
            | WaitingReason::TooLarge
            | WaitingReason::OriginalNotNetted
            | WaitingReason::LeftOut
            | WaitingReason::UnknownRegion => true,
        };
        self.days > WAITS_AT_MOST_DAYS && is_to_be_ended
    }
}

/// Where a debt that waits stands in a list: since when, and whose word under which number.
pub type WaitingPlace = (Timestamp, RegionCode, u64);

/// One region's word on a debt, in the fields in which two can differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegTold {
    /// Whose word.
    pub region: RegionCode,
    /// Its number in that region's stream.
    pub number: u64,
    /// Who owes.
    pub debtor: RegionCode,
    /// Who is owed.
    pub creditor: RegionCode,
    /// How much.
    pub amount: Fen,
    /// Of which day.
    pub business_day: BusinessDay,
    /// The receipt's digest.
    pub receipt: Digest,
}

impl LegTold {
    /// Whether a region owes by it or is owed.
    #[must_use]
    pub fn concerns(&self, region: RegionCode) -> bool {
        self.debtor == region || self.creditor == region
    }
}

/// A debt that went with no plan although its day is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DebtWaiting {
    /// Since when the clearinghouse has it.
    pub since: Timestamp,
    /// Days since then.
    pub days: u32,
    /// Why.
    pub why: WaitingReason,
    /// The field that differs.
    pub field: Option<LegField>,
    /// The settlement.
    pub settlement: SettlementId,
    /// What it arose from.
    pub kind: LegKind,
    /// The fund.
    pub fund: Fund,
    /// What was told.
    pub told: LegTold,
    /// What the other region told of it.
    pub other: Option<LegTold>,
    /// What the home region signed says of it.
    pub evidence: Option<EvidenceSays>,
    /// The field in which it is another than was signed.
    pub evidence_field: Option<LegField>,
    /// A plan took a debt of two others under this id, and none takes this one.
    pub id_taken: bool,
}

impl DebtWaiting {
    /// Whether it waits for longer than it should.
    #[must_use]
    pub const fn is_late(&self) -> bool {
        let (why, id_taken, days) = (self.why, self.id_taken, self.days);
        let waits = Waits {
            why,
            id_taken,
            days,
        };
        waits.is_late()
    }
}

/// How many debts wait, and what they come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitingGroup {
    /// How many.
    pub legs: u64,
    /// What they come to, however much that is: what any region told counts, also what is too large to be netted.
    pub amount: FenSum,
}

/// The debts that wait for one reason: less than two days, two to seven, eight to thirty, more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitingAges {
    /// Why.
    pub why: WaitingReason,
    /// By age.
    pub groups: [WaitingGroup; 4],
}

/// A page of a region's debts that wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingPage {
    /// Oldest first.
    pub debts: Vec<DebtWaiting>,
    /// Where the next page begins; none with the last.
    pub next: Option<WaitingPlace>,
    /// All of them, by reason and age.
    pub ages: Vec<WaitingAges>,
    /// How many are counted and not listed.
    pub left_off: u64,
}

/// What is to be paid for one order, member and fund, and how far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentSeen {
    /// What whoever pays repeats to the bank; it names member and fund.
    pub reference: PaymentReference,
    /// The cycle; of a month the first of its cycles.
    pub day: BusinessDay,
    /// The month that it was ordered for.
    pub month: Option<Month>,
    /// Whether the member pays it or is paid.
    pub direction: Direction,
    /// How much.
    pub amount: Fen,
    /// How much of it moved.
    pub paid: Fen,
    /// By when.
    pub due: BusinessDay,
    /// Days since then, while some is open.
    pub days_late: u32,
    /// Why it is late, as a clearing officer said last.
    pub delay: Option<DelayReason>,
    /// Of what the member is to be paid: who has not paid in.
    pub unpaid_by: Vec<Unpaid>,
}

impl PaymentSeen {
    /// How much of it has not moved.
    #[must_use]
    pub fn open(&self) -> Fen {
        self.amount.saturating_sub(self.paid)
    }
}

/// A member that has not paid in what it owes of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unpaid {
    /// Who.
    pub member: RegionCode,
    /// How much of it is open.
    pub open: Fen,
    /// Why it is late.
    pub delay: Option<DelayReason>,
}

/// A page of a member's payments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentPage {
    /// Who clears for the region.
    pub member: RegionCode,
    /// Ascending by reference.
    pub payments: Vec<PaymentSeen>,
    /// After which the next page begins; none with the last.
    pub next: Option<PaymentReference>,
}

/// What a cycle comes to for a member and a fund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoticePartSeen {
    /// The cycle.
    pub day: BusinessDay,
    /// Its plan.
    pub plan: u64,
    /// What the member's regions are owed.
    pub receivable: Fen,
    /// What they owe.
    pub payable: Fen,
    /// The one less the other.
    pub net: SignedFen,
    /// How many debts these are.
    pub legs: u64,
}

/// A payment, and what it is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeSeen {
    /// The payment.
    pub payment: PaymentSeen,
    /// By cycle, ascending.
    pub parts: Vec<NoticePartSeen>,
}

/// What a member is told of an order to pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticesSeen {
    /// Who clears for the region.
    pub member: RegionCode,
    /// Ascending by fund.
    pub notices: Vec<NoticeSeen>,
    /// Who approved what it is for, and when.
    pub approvals: Vec<(OfficerName, Timestamp)>,
    /// Who ordered it, and when.
    pub ordered: (OfficerName, Timestamp),
    /// The cycles that it is for.
    pub days: Vec<BusinessDay>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_debt_is_late_after_thirty_days_unless_nothing_is_to_be_done_about_it() {
        for why in WaitingReason::ALL {
            for id_taken in [false, true] {
                let told_again = *why == WaitingReason::Repeated && !id_taken;
                let is_over = *why == WaitingReason::TakenBack || told_again;
                let waits = |days| Waits {
                    why: *why,
                    id_taken,
                    days,
                };
                assert!(!waits(30).is_late(), "{why}");
                assert_eq!(waits(31).is_late(), !is_over, "{why} {id_taken}");
            }
        }
    }
}
