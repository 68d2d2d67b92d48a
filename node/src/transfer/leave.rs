//! The old home's part: freezing a person, writing the hand-over, and giving its words out of the journal.
//!
//! What stands of the last two years goes along, so that none of it settles again. It is read outside the writer's
//! turn, and used only if the person's record has not moved since.

use huitong_core::bill::Visit;
use huitong_core::date::{ServiceDate, Timestamp};
use huitong_core::id::{SettlementId, TransferId};
use huitong_core::person::PsnNo;
use huitong_core::record::NodeRecord;
use huitong_core::record::hand::{HandOver, Handed, HandedVisit, ProvenHand};
use huitong_core::record::sealed::Joined;
use huitong_core::record::transfer::{HandRegained, HandWritten, TransferStep, TransferStepped};
use huitong_core::region::RegionCode;
use huitong_journal::Frame;

use super::there;
use crate::external;
use crate::group::Group;
use crate::home::late::word;
use crate::home::restored::{is_left_out, missing};
use crate::ledger::Ledger;
use crate::peers::Hands;
use crate::people::act::day_of;
use crate::store::apply::Records;
use crate::store::{
    Filings, HomeState, Rows, StoreError, Stream, StreamHead, TransferRow, TransferState,
    account_now,
};
use crate::writer::{Command, Verdict};

/// Begins what is due: from now on nothing is settled for the person.
pub struct Freeze(pub TransferId);

impl Command for Freeze {
    type Answer = ();

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<()>, StoreError> {
        let Self(transfer) = self;
        let row = rows.transfer(transfer)?;
        if let Some(row) = &row
            && is_left_out(rows, row.order.new_home)?
        {
            return Ok(Verdict::Answer(()));
        }
        let is_due = |row: &TransferRow| {
            Ok::<_, StoreError>(
                row.state == TransferState::Agreed && row.order.cover.days.from() <= day_of(at)?,
            )
        };
        match row {
            // Whoever has died meanwhile goes nowhere: an officer calls the transfer back.
            Some(row) if is_due(&row)? && rows.death(row.order.person.psn_no)?.is_none() => {
                let step = TransferStep::Frozen;
                let record = TransferStepped { transfer, step, at };
                Ok(Verdict::Append(
                    vec![NodeRecord::TransferStepped(record)],
                    (),
                ))
            }
            Some(_) | None => Ok(Verdict::Answer(())),
        }
    }
}

/// Writes the hand-over of a frozen person.
pub struct WriteHandOver {
    /// The old home.
    pub own: RegionCode,
    /// The transfer.
    pub transfer: TransferId,
    /// What stands, as it was read.
    pub visits: Vec<HandedVisit>,
    /// The change of the person's record that it was read at.
    pub read_at: u64,
    /// The salt of the word.
    pub salt: [u8; 16],
}

impl Command for WriteHandOver {
    type Answer = ();

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<()>, StoreError> {
        let Some(row) = rows.transfer(self.transfer)? else {
            return Ok(Verdict::Answer(()));
        };
        let psn_no = row.order.person.psn_no;
        let account = there(account_now(rows, psn_no)?, "a member without an account")?;
        if row.state != TransferState::Frozen || account.version.change != self.read_at {
            return Ok(Verdict::Answer(()));
        }
        if is_left_out(rows, row.order.new_home)? {
            return Ok(Verdict::Answer(()));
        }
        // Nor is anybody handed over who has died, or whose record has a gap since a restore (PROTOCOL 18).
        if rows.death(psn_no)?.is_some() || missing(rows, psn_no)? > 0 {
            return Ok(Verdict::Answer(()));
        }
        let member = there(
            rows.member(psn_no)?,
            "a person is handed over whom nobody knows",
        )?;
        let between = (self.own, row.order.new_home);
        let hand_over = HandOver {
            order: row.order,
            member,
            prior: rows
                .relation(psn_no)?
                .map_or_else(Vec::new, |row| row.prior),
            version: account.next_version(),
            totals: account.totals.into_iter().collect(),
            balances: account.balances,
            filings: rows.filings(psn_no)?.unwrap_or(Filings(Vec::new())).0,
            visits: self.visits,
        };
        let word = word(between, Handed::Person(hand_over), self.salt, rows, at)?;
        let record = HandWritten::new(word);
        Ok(Verdict::Append(vec![NodeRecord::HandWritten(record)], ()))
    }
}

/// A word of this home that came back from the new one after a restore.
pub struct RegainHand(pub ProvenHand);

impl Command for RegainHand {
    type Answer = ();

    fn decide(self, rows: &dyn Rows, _now: Timestamp) -> Result<Verdict<()>, StoreError> {
        let ProvenHand { word, proof } = self.0;
        let head = rows.stream(Stream::Hands(word.new_home))?;
        if word.number <= head.unwrap_or(StreamHead::EMPTY).written {
            return Ok(Verdict::Answer(()));
        }
        let record = HandWritten::new(word);
        let record = NodeRecord::HandRegained(HandRegained { proof, record });
        Ok(Verdict::Append(vec![record], ()))
    }
}

/// Care of a person that stands.
struct Stands {
    handed: HandedVisit,
    visit: Visit,
}

/// What stands of a person's care: settled directly or by hand, the latest first, then what the core system settled.
fn standing(ledger: &Ledger, own: RegionCode, psn_no: PsnNo) -> Result<Vec<Stands>, StoreError> {
    let mut next = ledger.account(psn_no)?.and_then(|account| account.last);
    let mut found = Vec::new();
    while let Some(id) = next {
        let row = ledger.home_settlement(id.treatment, id.settlement)?;
        let row = there(row, "a person's settlement is gone")?;
        if let HomeState::Committed(at) = row.state {
            let record = ledger.record(at)?.into_committed();
            let record = there(record, "a commit's place holds another record")?;
            found.push(Stands {
                handed: HandedVisit {
                    treatment: id.treatment,
                    settlement: id.settlement,
                    visit: record.claim.visit_key(),
                },
                visit: record.claim.visit,
            });
        }
        next = row.previous;
    }
    let outside = external::seen::standing(ledger, psn_no)?;
    found.extend(outside.into_iter().map(|noted| Stands {
        handed: HandedVisit {
            treatment: own,
            settlement: noted.settlement.core_id.stands_as(own),
            visit: noted.settlement.visit_key(),
        },
        visit: noted.settlement.visit,
    }));
    Ok(found)
}

/// A settlement that stands for an admission from a day on.
///
/// # Errors
/// [`StoreError`] when the journal cannot be read.
pub fn settled_since(
    ledger: &Ledger,
    own: RegionCode,
    psn_no: PsnNo,
    from: ServiceDate,
) -> Result<Option<SettlementId>, StoreError> {
    let mut standing = standing(ledger, own, psn_no)?.into_iter();
    let found = standing.find(|stands| stands.visit.admitted >= from);
    Ok(found.map(|stands| stands.handed.settlement))
}

/// What stands of a person's care since the beginning of the year before a day.
///
/// # Errors
/// [`StoreError`] when the journal cannot be read.
pub fn standing_visits(
    ledger: &Ledger,
    own: RegionCode,
    psn_no: PsnNo,
    from: ServiceDate,
) -> Result<Vec<HandedVisit>, StoreError> {
    let since = from.year().saturating_sub(1);
    let standing = standing(ledger, own, psn_no)?.into_iter();
    let recent = standing.filter(|stands| stands.visit.discharged.year() >= since);
    Ok(recent.map(|stands| stands.handed).collect())
}

/// At most `limit` numbers of the words to a new home, from one on.
///
/// # Errors
/// [`StoreError`] when they cannot be read.
pub fn words_from(
    ledger: &Ledger,
    new_home: RegionCode,
    from: u64,
    limit: usize,
) -> Result<Hands, StoreError> {
    let stream = Stream::Hands(new_home);
    let written = ledger.stream(stream)?.unwrap_or(StreamHead::EMPTY).written;
    let mut words = Hands::default();
    for number in (from..=written).take(limit) {
        let block = stream.block_of(number).unwrap_or_default();
        // What a restore did not bring back is missing, and was taken before.
        let Some(at) = ledger.block(stream, block)? else {
            continue;
        };
        let frame = ledger.frame(at)?;
        let record = there(frame.record(at.record()), "a hand-over's place is empty")?;
        match ledger.unsealed(record)? {
            Joined::Whole(record) => words.proven.push(proven(&frame, at.record(), record)?),
            // It was acknowledged before its person was erased; who has lost it since is told that nothing comes.
            Joined::Erased(_) => words.erased.push(number),
            Joined::Tags { .. } => {}
        }
    }
    Ok(words)
}

fn proven(frame: &Frame, nth: u32, record: NodeRecord) -> Result<ProvenHand, StoreError> {
    if let NodeRecord::HandRegained(regained) = record {
        let (word, proof) = (regained.record.into_word(), regained.proof);
        Ok(ProvenHand { word, proof })
    } else if let NodeRecord::HandWritten(written) = record {
        let group = Group::of_frame(frame);
        let proof = group.and_then(|group| group.proof(nth));
        let proof = there(proof, "a hand-over's frame is not sealed")?;
        let word = written.into_word();
        Ok(ProvenHand { word, proof })
    } else {
        Err(StoreError::Inconsistent(
            "a hand-over's place holds another record",
        ))
    }
}

/// Where a person's record stands that is to be handed over.
///
/// # Errors
/// [`StoreError`] when a row cannot be read.
pub fn change_of(ledger: &Ledger, psn_no: PsnNo) -> Result<u64, StoreError> {
    Ok(ledger
        .account(psn_no)?
        .map_or(0, |account| account.version.change))
}
