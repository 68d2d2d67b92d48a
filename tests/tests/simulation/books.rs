//! The books at the end: every journal read from its first frame, as it is on disk, by no server.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use huitong_core::canonical::Artifact;
use huitong_core::clearing_month::word::MonthWord;
use huitong_core::duplicate::{Tag, TagStanding};
use huitong_core::expense_check::CheckWord;
use huitong_core::final_refusal::RefusalBody;
use huitong_core::id::SettlementId;
use huitong_core::leg::{LegKind, NumberedLeg, Side};
use huitong_core::person::{PersonRef, PsnNo};
use huitong_core::provisional::Provisional;
use huitong_core::record::NodeRecord;
use huitong_core::record::assistance::{AssistanceGranted, AssistanceWithdrawn};
use huitong_core::record::clearing::{
    ClearingRecord, CutOff, MonthRecord, PaymentRecord, Proven, TagsTaken,
};
use huitong_core::record::deduction::{DeductionAnswered, DeductionDecided, DeductionLifted};
use huitong_core::record::dispute::CorrectionBooked;
use huitong_core::record::duplicate::MatchesSeen;
use huitong_core::record::external::{ExternalNoted, ExternalWithdrawn};
use huitong_core::record::hand::HandWord;
use huitong_core::record::home::Committed;
use huitong_core::record::institution_account::MonthConfirmed;
use huitong_core::record::provisional::TruedUp;
use huitong_core::record::reversal::ReversalOrdered;
use huitong_core::record::sealed::Joined;
use huitong_core::record::transfer::{HandTaken, SupplementTaken};
use huitong_core::record::treatment::{Prepared, Settled};
use huitong_core::record::witness::CheckpointSeen;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_core::reversal::Reversal;
use huitong_journal::testing::FakeDisk;
use huitong_journal::{Log, Options, Position};
use huitong_netting::NettingPlan;
use huitong_node::chance::SystemChance;
use huitong_node::keyring::Keyring;
use huitong_node::sealing::{Sealing, Writes};

use crate::certificates::OFFICER;
use crate::gaps::Gaps;
use crate::left_out;

/// The id that a restored node gives what it booked again (`huitong_node::recovery`).
pub const BOOKED_AGAIN: &str = "restored";

/// What a node's journal says.
#[derive(Debug, Default)]
pub struct NodeBooks {
    /// What was put to home regions, as it was put last.
    pub prepared: BTreeMap<SettlementId, Prepared>,
    /// What was given while a home region could not be reached.
    pub provisional: BTreeMap<SettlementId, Provisional>,
    /// How what was provisional was trued up, in either role.
    pub trued_up: Vec<TruedUp>,
    /// Words of this home to new ones, in their order.
    pub handed: Vec<HandWord>,
    /// Words of old homes that were taken here, in their order.
    pub taken: Vec<HandTaken>,
    /// Late claims of old homes that were counted in here.
    pub supplements: Vec<SupplementTaken>,
    pub settled: Vec<Settled>,
    pub committed: Vec<Committed>,
    /// Settlements of the own people, and what was taken back of them, that came back after a restore.
    pub regained: BTreeSet<SettlementId>,
    /// What was settled here and came back from its home after a restore, which does not know its institution's id of it.
    pub booked_again: BTreeSet<SettlementId>,
    /// Legs that came back from the clearinghouse after a restore.
    pub legs_regained: Vec<NumberedLeg>,
    /// What an officer gave up because its receipt was lost.
    pub given_up: BTreeSet<SettlementId>,
    /// What the own people's own accounts did not hold of what was paid from them when that came back, in fen.
    pub lacked: BTreeMap<String, i64>,
    /// What an officer settled by hand, as is said beside its commit.
    pub by_hand: Vec<SettlementId>,
    /// What the own core system settled, and what was withdrawn of it.
    pub noted: Vec<ExternalNoted>,
    pub ended: Vec<ExternalWithdrawn>,
    /// Assistance on a year, and what was withdrawn of it.
    pub granted: Vec<AssistanceGranted>,
    pub withdrawn: Vec<AssistanceWithdrawn>,
    /// What passed between the node and a region that it served without.
    pub passed: Vec<String>,
    /// Whether it was put back from a backup.
    pub is_restored: bool,
    /// The own people whom an officer released after a restore, and what was settled for them or taken back since.
    pub released: BTreeMap<String, BTreeSet<SettlementId>>,
    /// Those of them whose record had had no gap.
    pub released_whole: Vec<String>,
    /// Settlements of the own people that were taken back.
    pub ordered: Vec<ReversalOrdered>,
    /// Reversals of what was settled here.
    pub reversed: Vec<Reversal>,
    /// Orders to deduct, or to give again, with the own word; with another home's word; and what ended with a reversal.
    pub deductions_decided: Vec<DeductionDecided>,
    pub deductions_answered: Vec<DeductionAnswered>,
    pub deductions_lifted: Vec<DeductionLifted>,
    /// What settled disputes came to.
    pub corrections: Vec<CorrectionBooked>,
    /// Words of checks, the own ones and those of others; and the checks that another region refused to take.
    pub check_words: Vec<CheckWord>,
    pub checks_refused: BTreeSet<String>,
    /// Checkpoints that were held against the own book, and words on months.
    pub checkpoints_seen: Vec<CheckpointSeen>,
    pub month_words: Vec<MonthWord>,
    /// What institutions confirmed of their months.
    pub confirmed: Vec<MonthConfirmed>,
    /// The own people whom the clearinghouse matched, each with the other region.
    pub matched: BTreeSet<(String, RegionCode)>,
    /// How many records there are, whatever they are.
    pub records: usize,
}

impl NodeBooks {
    fn since_release(&mut self, person: PersonRef, settlement: SettlementId) {
        if let Some(since) = self.released.get_mut(person.psn_no.expose()) {
            since.insert(settlement);
        }
    }

    /// Takes down what a restore has written, and what was given up because of one; gives any other record back.
    fn of_restore(
        &mut self,
        record: NodeRecord,
        left_out: &mut BTreeSet<RegionCode>,
        gaps: &mut Gaps,
    ) -> Option<NodeRecord> {
        gaps.take(&record);
        match record {
            NodeRecord::RegionLeftOut(record) => {
                left_out.insert(record.region);
            }
            NodeRecord::RestoreBegan(_) => {
                left_out.clear();
                self.is_restored = true;
            }
            NodeRecord::PersonReleased(record) => {
                let psn_no = record.psn_no.expose().to_owned();
                if !gaps.released(&psn_no) {
                    self.released_whole.push(psn_no.clone());
                }
                self.released.insert(psn_no, BTreeSet::new());
            }
            NodeRecord::LegsRegained(record) => self.legs_regained.extend(record.legs),
            NodeRecord::HomeRefused(record) if is_given_up(record.body()) => {
                self.given_up.insert(record.body().settlement);
            }
            NodeRecord::CommitRegained(regained) => {
                let psn_no = regained.record.claim.person.psn_no;
                let lacked = self.lacked.entry(psn_no.expose().to_owned()).or_default();
                *lacked += regained.lacked.own.get();
                let record = regained.record;
                self.regained.insert(record.body().clearing.settlement);
                self.committed.push(record);
            }
            NodeRecord::ReversalRegained(regained) => {
                let record = regained.record;
                self.regained.insert(record.body().clearing.settlement);
                self.ordered.push(record);
            }
            other => return Some(other),
        }
        None
    }

    fn see_prepared(&mut self, record: Prepared) {
        if self.is_restored && record.request.to_string() == BOOKED_AGAIN {
            self.booked_again.insert(record.settlement);
        }
        self.prepared.insert(record.settlement, record);
    }

    fn see_matches(&mut self, record: &MatchesSeen) {
        let named = |psn_no: PsnNo, with| (psn_no.expose().to_owned(), with);
        let found = record.found.iter();
        let found = found.map(|found| named(found.psn_no, found.region));
        self.matched.extend(found);
        for (psn_no, with) in &record.gone {
            self.matched.remove(&named(*psn_no, *with));
        }
    }

    /// How many true-ups of the own people came back after a restore.
    pub fn trued_up_again(&self) -> usize {
        let trued_up = self.trued_up.iter();
        trued_up
            .filter(|record| self.regained.contains(&record.settlement))
            .count()
    }
}

/// What the clearinghouse's journal says.
#[derive(Debug, Default)]
pub struct ClearingBooks {
    pub legs: Vec<(RegionCode, NumberedLeg)>,
    pub cut_offs: Vec<CutOff>,
    pub plans: Vec<NettingPlan>,
    pub proven: Vec<Proven>,
    pub months: Vec<MonthRecord>,
    pub payments: Vec<PaymentRecord>,
    pub halted: usize,
    /// The tags of each region's people with cover.
    pub tags: BTreeMap<RegionCode, BTreeSet<Tag>>,
    /// What may be somebody's number: so many digits one after another, in any record.
    pub numbers: BTreeSet<String>,
}

/// Digits of the number of a person or of a card, at least.
const DIGITS: usize = 17;

impl ClearingBooks {
    fn looks_for_numbers(&mut self, record: &[u8]) {
        let parts = record.split(|byte| !byte.is_ascii_digit() && *byte != b'X');
        let long = parts.filter(|part| part.len() >= DIGITS);
        let text = |part: &[u8]| String::from_utf8_lossy(part).into_owned();
        self.numbers.extend(long.map(text));
    }

    /// Takes down a batch of tags. Each stream begins with its first.
    fn take_tags(&mut self, taken: TagsTaken) {
        let tags = self.tags.entry(taken.region).or_default();
        if taken.batch.number == 1 {
            tags.clear();
        }
        for change in taken.batch.changes {
            match change.standing {
                TagStanding::Covered => tags.insert(change.tag),
                TagStanding::Ended => tags.remove(&change.tag),
            };
        }
    }

    /// The legs of a settlement, or of its reversal, on one side.
    pub fn legs_of(&self, of: (SettlementId, LegKind), side: Side) -> Vec<&NumberedLeg> {
        let legs = self.legs.iter().map(|(_, leg)| leg);
        legs.filter(|leg| (leg.leg.settlement, leg.leg.kind) == of && leg.side == side)
            .collect()
    }
}

/// Every record of a journal, in order.
pub fn records(disk: &FakeDisk) -> Result<Vec<Vec<u8>>, String> {
    let opened = Log::open(disk.port(), Options::standard(), None);
    let (log, _) = opened.map_err(|error| error.to_string())?;
    let mut records = Vec::new();
    for frame in log.reader().frames_from(Position::START) {
        let frame = frame.map_err(|error| error.to_string())?;
        records.extend(frame.records().map(<[u8]>::to_vec));
    }
    Ok(records)
}

/// What opens a node's records: its keyring lies on the same disk.
fn sealing(disk: &FakeDisk, own: RegionCode) -> Result<Sealing, String> {
    let keyring = Keyring::open(disk.port(), own, Arc::new(SystemChance));
    let keyring = keyring.map_err(|error| error.to_string())?;
    let sealing = Sealing::new(own, keyring, Writes::Plain, &SystemChance);
    sealing.map_err(|error| error.to_string())
}

/// Reads the journal of a region's node.
pub fn of_node(disk: &FakeDisk, own: RegionCode) -> Result<NodeBooks, String> {
    let mut books = NodeBooks::default();
    let (mut left_out, mut gaps) = (BTreeSet::new(), Gaps::default());
    let sealing = sealing(disk, own)?;
    for record in records(disk)? {
        books.records += 1;
        let Joined::Whole(record) = sealing.open(&record).map_err(|error| error.to_string())?
        else {
            return Err("a record of somebody who was erased".to_owned());
        };
        if let Some(region) = left_out::passes(&record).filter(|with| left_out.contains(with)) {
            let number = books.records;
            books.passed.push(format!("record {number} with {region}"));
        }
        let Some(record) = books.of_restore(record, &mut left_out, &mut gaps) else {
            continue;
        };
        match record {
            NodeRecord::Prepared(record) => books.see_prepared(record),
            NodeRecord::Reprepared(record) => {
                if let Some(prepared) = books.prepared.get_mut(&record.settlement) {
                    prepared.decision = record.decision;
                    prepared.snapshot = record.snapshot;
                }
            }
            NodeRecord::Settled(record) => books.settled.push(record),
            NodeRecord::Committed(record) => {
                let person = record.claim.person;
                books.since_release(person, record.body().clearing.settlement);
                books.committed.push(record);
            }
            NodeRecord::ReversalOrdered(record) => {
                let person = record.person.person;
                books.since_release(person, record.body().clearing.settlement);
                books.ordered.push(record);
            }
            NodeRecord::ReversalBooked(record) => books.reversed.push(record.reversal),
            NodeRecord::Provisional(record) => {
                books.provisional.insert(record.settlement, record);
            }
            NodeRecord::TruedUp(record) => books.trued_up.push(record),
            NodeRecord::HandWritten(record) => books.handed.push(record.into_word()),
            NodeRecord::HandRegained(regained) => books.handed.push(regained.record.into_word()),
            NodeRecord::HandTaken(record) => books.taken.push(record),
            NodeRecord::SettledByHand(record) => books.by_hand.push(record.settlement),
            NodeRecord::ExternalNoted(record) => books.noted.push(record),
            NodeRecord::ExternalWithdrawn(record) => books.ended.push(record),
            NodeRecord::AssistanceGranted(record) => books.granted.push(record),
            NodeRecord::AssistanceWithdrawn(record) => books.withdrawn.push(record),
            NodeRecord::SupplementTaken(record) => books.supplements.push(record),
            NodeRecord::DeductionDecided(record) => books.deductions_decided.push(record),
            NodeRecord::DeductionAnswered(record) => books.deductions_answered.push(record),
            NodeRecord::DeductionLifted(record) => books.deductions_lifted.push(record),
            NodeRecord::CheckWordSaid(record) => books.check_words.push(record.word().clone()),
            NodeRecord::CheckWordBooked(record) => books.check_words.push(record.signed.word),
            NodeRecord::CheckRefused(record) => {
                books.checks_refused.insert(record.check.to_string());
            }
            NodeRecord::CheckpointSeen(record) => books.checkpoints_seen.push(record),
            NodeRecord::MonthWordSigned(record) => books.month_words.push(record.word.word),
            NodeRecord::CorrectionBooked(record) => books.corrections.push(record),
            NodeRecord::MonthConfirmed(record) => books.confirmed.push(record),
            NodeRecord::MatchesSeen(record) => books.see_matches(&record),
            _ => {}
        }
    }
    Ok(books)
}

/// Whether an officer buried it: under a name, which no other tombstone has.
fn is_given_up(body: &RefusalBody) -> bool {
    let refusal = &body.refusal;
    refusal.code == RefusalCode::Abandoned && refusal.detail.starts_with(OFFICER)
}

/// Reads the clearinghouse's journal.
pub fn of_clearinghouse(disk: &FakeDisk) -> Result<ClearingBooks, String> {
    let mut books = ClearingBooks::default();
    for record in records(disk)? {
        books.looks_for_numbers(&record);
        match ClearingRecord::from_bytes(&record).map_err(|error| error.to_string())? {
            ClearingRecord::LegsTaken(taken) | ClearingRecord::DeductionsTaken(taken, _) => {
                let legs = taken.legs.into_iter().map(|leg| (taken.region, leg));
                books.legs.extend(legs);
            }
            ClearingRecord::Netted(netted) => {
                let plan = NettingPlan::from_bytes(&netted.plan);
                books.plans.push(plan.map_err(|error| error.to_string())?);
            }
            ClearingRecord::Proven(proven) => books.proven.push(proven),
            ClearingRecord::Payment(record) => books.payments.push(record),
            ClearingRecord::Month(record) => books.months.push(record),
            ClearingRecord::TagsTaken(taken) => books.take_tags(taken),
            ClearingRecord::CutOff(cut_off) => books.cut_offs.push(cut_off),
            ClearingRecord::StreamHalted(_) => books.halted += 1,
            ClearingRecord::EvidenceGiven(_)
            | ClearingRecord::Cycle(_)
            | ClearingRecord::Members(_)
            | ClearingRecord::DirectorySigned(_)
            | ClearingRecord::RegionAttested(_)
            | ClearingRecord::DifferencesTold(_)
            | ClearingRecord::StreamRestored(_)
            | ClearingRecord::Restored(_)
            | ClearingRecord::Resumed(_)
            | ClearingRecord::Prefund(_)
            | ClearingRecord::Dispute(_)
            | ClearingRecord::DisputeSigned(_)
            | ClearingRecord::RegionClosed(_)
            | ClearingRecord::StreamReleased(_)
            | ClearingRecord::Witnessed(_)
            | ClearingRecord::TagsHalted(_) => {}
        }
    }
    Ok(books)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_in_the_bytes_of_a_record() {
        let mut books = ClearingBooks::default();
        books.looks_for_numbers(
            b"HTXX\x00\x00\x00\x1211010519800101100X\x0016 digits: 1234567890123456\xff",
        );
        let found: Vec<_> = books.numbers.iter().map(String::as_str).collect();
        assert_eq!(found, ["11010519800101100X"]);
    }
}
