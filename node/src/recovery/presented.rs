//! What an own institution gives back of a restored node: a settlement of one of the own insured in the own region, which no
//! other region holds.
//!
//! It is booked in both roles in one frame, as what peers give back is (`home::regained`, `treatment::regained`), but when the
//! node serves already: what was done since may stand against it, and then nothing is written. It takes no number in the own
//! stream (`store::apply`). Whether it is the own word, and whether the decision comes out again, is checked first. A word that
//! takes a settlement back comes with it, or after it when an older evidence has it standing; either may come after words that
//! were given later, and ends up where it belongs (`visit`).

mod new_home;
mod visit;

use std::fmt::Display;

use huitong_core::canonical::Artifact as _;
use huitong_core::date::Timestamp;
use huitong_core::evidence::{Evidence, RefusalEvidence};
use huitong_core::id::SettlementId;
use huitong_core::record::NodeRecord;
use huitong_core::record::home::Committed;
use huitong_core::recovery::ReturnedWord;
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;
use huitong_core::reversal::ReversalBody;

use super::Recovery;
use super::check::{Between, check};
use super::collect::unknown_request;
use crate::compute::long;
use crate::error::NodeError;
use crate::evidence::{EVIDENCE_BYTES_AT_MOST, EvidenceFault, Reader, check_own};
use crate::home::deduction::lift;
use crate::home::regained::{Regain, Regained, Short};
use crate::home::relation::handed_over;
use crate::store::apply::Records as _;
use crate::store::{
    HeldReceipts, HomeState, RestoreState, Rows, SettlementState, StoreError, Stream, StreamHead,
    incarnation, is_erased, standing_visit, taken_visit,
};
use crate::treatment::regained::{Rebook, Rebooked};
use crate::writer::{Command, Verdict};
use new_home::NewHome;
use visit::History;

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presented {
    /// It is booked again, now.
    Booked,
    /// The node has it.
    Known,
}

/// A word of this node to itself that was presented.
struct Present {
    region: RegionCode,
    returned: ReturnedWord,
    /// What the journal has of the settlement already.
    original: Option<Committed>,
    rebook: Rebook,
    /// What the journal has of its visit.
    history: History,
    /// What its person's new home makes of it.
    new_home: NewHome,
}

/// What stands under the id.
enum Found {
    /// Nothing.
    Nothing,
    /// The settlement, and not its reversal.
    Settled,
    /// All of it.
    All,
}

impl Command for Present {
    type Answer = Result<Presented, Refusal>;

    fn decide(self, rows: &dyn Rows, now: Timestamp) -> Result<Verdict<Self::Answer>, StoreError> {
        match self.found(rows)? {
            Err(refusal) => return Ok(Verdict::Answer(Err(refusal))),
            Ok(Found::All) => return Ok(Verdict::Answer(Ok(Presented::Known))),
            Ok(Found::Settled) => {}
            Ok(Found::Nothing) => {
                if let Some(refusal) = self.in_the_way(rows)? {
                    return Ok(Verdict::Answer(Err(refusal)));
                }
            }
        }
        if let Some(refusal) = self.not_now(rows)? {
            return Ok(Verdict::Answer(Err(refusal)));
        }
        let told = match self.new_home.told(
            (self.region, self.original.as_ref()),
            &self.returned,
            rows,
            now,
        )? {
            Ok(told) => told,
            Err(refusal) => return Ok(Verdict::Answer(Err(refusal))),
        };
        let word = &self.returned.word;
        let lifted = word
            .reversal
            .as_ref()
            .map(|reversal| lifted(&reversal.body, rows, now));
        let visit = self.history.with(word, &self.returned.claim, rows)?;
        let regain = Regain {
            returned: self.returned,
            original: self.original,
            // Nobody else gives back what filled an account.
            short: Short::Empty,
        };
        let mut records = match regain.decide(rows, now)? {
            Verdict::Append(records, Regained::Written) => records,
            Verdict::Append(_, Regained::Short | Regained::Contradicts) | Verdict::Answer(_) => {
                return Err(StoreError::Inconsistent("what is presented is not written"));
            }
        };
        match self.rebook.decide(rows, now)? {
            Verdict::Append(more, Ok(Rebooked::Written)) => records.extend(more),
            Verdict::Append(_, Ok(Rebooked::Known | Rebooked::Contradicts) | Err(_))
            | Verdict::Answer(_) => {
                return Err(StoreError::Inconsistent("what is presented is not booked"));
            }
        }
        records.extend(lifted.transpose()?.into_iter().flatten());
        records.extend(visit);
        records.extend(told);
        Ok(Verdict::Append(records, Ok(Presented::Booked)))
    }
}

impl Present {
    fn settlement(&self) -> SettlementId {
        self.returned.word.receipt.body.clearing.settlement
    }

    fn contradicts(&self, why: &str) -> Refusal {
        let settlement = self.settlement();
        let about = format_args!("{settlement}: {why}");
        Refusal::new(RefusalCode::EvidenceContradicts, about)
    }

    /// What stands under the id in both roles, or why that and what is presented cannot both be.
    fn found(&self, rows: &dyn Rows) -> Result<Result<Found, Refusal>, StoreError> {
        let (settlement, word) = (self.settlement(), &self.returned.word);
        if is_erased(rows, settlement)? {
            return Ok(Err(Refusal::new(RefusalCode::Erased, settlement)));
        }
        let original = self.original.as_ref().map(Committed::body);
        let same = || original == Some(&word.receipt.body);
        let state = rows.home_settlement(self.region, settlement)?;
        let stands =
            |state: &HomeState| matches!(state, HomeState::Committed(_) | HomeState::Reversed(_));
        if original.is_none() && state.as_ref().is_some_and(|row| stands(&row.state)) {
            // It was booked since it was looked for: whoever presents it again is told how it stands.
            return Ok(Err(Refusal::new(RefusalCode::Overloaded, settlement)));
        }
        let treated = rows.settlement(settlement)?.map(|row| row.state);
        Ok(match state.map(|row| row.state) {
            Some(HomeState::Refused(_) | HomeState::Tombstone(_)) => {
                Err(self.contradicts("it is refused or given up"))
            }
            Some(HomeState::Committed(_) | HomeState::Reversed(_)) if !same() => {
                Err(self.contradicts("it was settled otherwise"))
            }
            Some(HomeState::Reversed(_)) => Ok(Found::All),
            Some(HomeState::Committed(_)) if word.reversal.is_none() => Ok(Found::All),
            Some(HomeState::Committed(_)) => match treated {
                Some(SettlementState::Settled(_)) => Ok(Found::Settled),
                Some(
                    SettlementState::Prepared
                    | SettlementState::Reversed(_)
                    | SettlementState::Refused(_)
                    | SettlementState::Abandoned(_),
                )
                | None => Err(Refusal::new(RefusalCode::VisitInProgress, settlement)),
            },
            None => match treated {
                None => Ok(Found::Nothing),
                Some(SettlementState::Prepared | SettlementState::Abandoned(None)) => {
                    Err(Refusal::new(RefusalCode::VisitInProgress, settlement))
                }
                Some(
                    SettlementState::Settled(_)
                    | SettlementState::Reversed(_)
                    | SettlementState::Refused(_)
                    | SettlementState::Abandoned(Some(_)),
                ) => Err(self.contradicts("it ended otherwise where it was treated")),
            },
        })
    }

    /// What was done since the restore that stands against a settlement of which nothing is known. Whose visit it is matters
    /// only while it stands.
    fn in_the_way(&self, rows: &dyn Rows) -> Result<Option<Refusal>, StoreError> {
        let claim = &self.returned.claim;
        let (key, visit) = (claim.visit_key(), &claim.visit);
        if self.returned.word.reversal.is_none() {
            if let Some(other) = standing_visit(rows, &key, visit)? {
                return Ok(Some(Refusal::new(RefusalCode::VisitAlreadySettled, other)));
            }
            if let Some(other) = taken_visit(rows, &key, visit)? {
                return Ok(Some(Refusal::new(RefusalCode::VisitInProgress, other)));
            }
        }
        let handed = handed_over(rows, claim.person.psn_no)?;
        Ok(handed.map(|leaving| Refusal::new(RefusalCode::HandedOver, leaving.new_home)))
    }

    /// Why it cannot be booked now, or by this node at all.
    fn not_now(&self, rows: &dyn Rows) -> Result<Option<Refusal>, StoreError> {
        let Some(restored) = rows.restored()? else {
            return Ok(Some(self.contradicts("this node was never restored")));
        };
        if restored.state == RestoreState::Collecting {
            return Ok(Some(Refusal::new(RefusalCode::Recovering, self.region)));
        }
        let word = &self.returned.word;
        let reversal = word.reversal.as_ref().map(|reversal| &reversal.body);
        let given_in = reversal.map_or(word.receipt.body.incarnation, |body| body.incarnation);
        if given_in >= incarnation(rows)? {
            return Ok(Some(self.contradicts("it is of a later restore")));
        }
        // A number that another word has by now counts as held only once that is booked.
        let head = rows.stream(Stream::Receipts(self.region))?;
        let written = head.unwrap_or(StreamHead::EMPTY).written;
        let held = rows.held(self.region)?.unwrap_or(HeldReceipts::NONE).up_to;
        let of_reversal = reversal.map(|body| body.number);
        let mut numbers = std::iter::once(word.receipt.body.number).chain(of_reversal);
        let is_taken = numbers.any(|number| number <= written && number > held);
        let visit = self.returned.claim.visit_key();
        let has_moved_on = !self.history.still_holds(rows, &visit)?;
        let later = is_taken || has_moved_on;
        Ok(later.then(|| Refusal::new(RefusalCode::Overloaded, self.settlement())))
    }
}

/// The ends of what was deducted since of a settlement that had been taken back whole.
fn lifted(
    reversal: &ReversalBody,
    rows: &dyn Rows,
    now: Timestamp,
) -> Result<Vec<NodeRecord>, StoreError> {
    let head = rows.stream(Stream::Legs)?.unwrap_or(StreamHead::EMPTY);
    // Nothing is owed within a region: neither has legs.
    let mut next_leg = head.written.saturating_add(1);
    let mut records = lift::at_home(rows, reversal, next_leg, now)?;
    records.extend(lift::at_treatment(rows, reversal, &mut next_leg, now)?);
    Ok(records)
}

fn not_own(why: &dyn Display) -> NodeError {
    NodeError::refused(RefusalCode::EvidenceNotOwn, why)
}

/// Evidence of a settlement.
fn read(bytes: &[u8]) -> Result<Evidence, NodeError> {
    if bytes.len() > EVIDENCE_BYTES_AT_MOST {
        return Err(not_own(&EvidenceFault::TooLarge(bytes.len())));
    }
    if bytes.starts_with(&RefusalEvidence::KIND) {
        return Err(not_own(&"it proves a refusal"));
    }
    Evidence::from_bytes(bytes).map_err(|fault| not_own(&fault))
}

impl Recovery {
    /// Books again, by the evidence that this node wrote of it, what it had settled for one of its own insured in its own
    /// region, and lost; and which settlement that is. An institution presents its own. Presented again it changes nothing.
    ///
    /// # Errors
    /// `evidence.not_own`, `evidence.contradicts`, `visit.already_settled` and other refusals, with nothing written; the node's
    /// own trouble.
    pub async fn present(
        &self,
        bytes: &[u8],
        reader: Reader,
    ) -> Result<(SettlementId, Presented), NodeError> {
        let evidence = read(bytes)?;
        let settlement = evidence.word.receipt.body.clearing.settlement;
        let is_own = match reader {
            Reader::Officer => true,
            Reader::Institution(own) => evidence.claim.institution.code == own,
        };
        if !is_own {
            return Err(NodeError::refused(RefusalCode::NotFound, settlement));
        }
        let returned = ReturnedWord {
            word: evidence.word.clone(),
            claim: evidence.claim.clone(),
            decision: evidence.decision.clone(),
            snapshot: evidence.snapshot.clone(),
            trued_up: None,
        };
        self.is_own(&returned)?;
        // Nothing is read of a policy, or computed, but what this node had signed.
        let decided = long(|| check_own(&evidence));
        decided.map_err(|fault| not_own(&fault))?;
        Ok((settlement, self.book_again(returned).await?))
    }

    /// Whether it is this node's word, on what stands beside it.
    fn is_own(&self, returned: &ReturnedWord) -> Result<(), NodeError> {
        let between = Between {
            home: self.region,
            treatment: self.region,
        };
        let own = |key_id, at| self.own_signer(key_id, at);
        check(returned, between, &own).map_err(|fault| not_own(&fault))?;
        let body = &returned.word.receipt.body;
        if body.number == 0 {
            let settlement = body.clearing.settlement;
            return Err(not_own(&format_args!("{settlement} was settled by hand")));
        }
        Ok(())
    }

    async fn book_again(&self, returned: ReturnedWord) -> Result<Presented, NodeError> {
        let settlement = returned.word.receipt.body.clearing.settlement;
        // What is read below is on disk.
        self.ledger.barrier().await?;
        let row = self.ledger.home_settlement(self.region, settlement)?;
        let settled = match row.map(|row| row.state) {
            Some(HomeState::Committed(at)) => Some(at),
            Some(HomeState::Reversed(row)) => Some(row.settled),
            Some(HomeState::Refused(_) | HomeState::Tombstone(_)) | None => None,
        };
        let history = History::read(&self.ledger, &returned.claim.visit_key())?;
        // What was written meanwhile is not on disk yet.
        let is_pending = settled.is_some_and(|at| at.frame().is_none());
        let Some(history) = history.filter(|_| !is_pending) else {
            return Err(NodeError::refused(RefusalCode::Overloaded, settlement));
        };
        let original = settled.map(|at| self.ledger.record(at)).transpose()?;
        let original = original.and_then(NodeRecord::into_committed);
        let command = Present {
            region: self.region,
            history,
            new_home: NewHome::read(&self.ledger, self.region, &returned)?,
            original,
            rebook: Rebook {
                returned: returned.clone(),
                request: unknown_request()?,
            },
            returned,
        };
        let presented = self.writer.run(command).await?.answer?;
        if presented == Presented::Booked {
            tracing::warn!(%settlement, "what was lost with the disk is booked again by its evidence");
        }
        Ok(presented)
    }
}
