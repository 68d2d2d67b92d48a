//! What the writer decides of provisional settlements for the treatment role, from the rows alone.

use huitong_core::date::Timestamp;
use huitong_core::id::SettlementId;
use huitong_core::provisional::{Provisional, SignedSnapshot};
use huitong_core::record::NodeRecord;
use huitong_core::record::provisional::SnapshotKept;
use huitong_core::record::treatment::Prepared;

use super::super::records::{InTheWay, in_the_way};
use crate::store::{Rows, StoreError};
use crate::writer::{Command, Verdict};

/// Prepares a settlement and gives it provisionally, in one submission.
pub struct GiveProvisional {
    /// What the home region will be asked for.
    pub prepared: Prepared,
    /// What is given meanwhile.
    pub provisional: Provisional,
}

/// Whether it is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// It is.
    Provisional,
    /// The id is known, or the visit is occupied.
    InTheWay(InTheWay),
    /// Another provisional settlement of the person waits for the home region.
    Another(SettlementId),
    /// The snapshot may not be used any more.
    Expired,
}

impl Command for GiveProvisional {
    type Answer = Given;

    fn decide(self, rows: &dyn Rows, now: Timestamp) -> Result<Verdict<Given>, StoreError> {
        let Self {
            mut prepared,
            mut provisional,
        } = self;
        let (claim, visit) = (&prepared.claim, prepared.claim.visit_key());
        let taking = (&visit, &claim.visit);
        if let Some(found) = in_the_way(rows, prepared.settlement, &prepared.binding, taking)? {
            return Ok(Verdict::Answer(Given::InTheWay(found)));
        }
        let person = claim.person;
        if let Some(other) = rows.provisional_of(person.home, person.psn_no)? {
            return Ok(Verdict::Answer(Given::Another(other)));
        }
        let body = &provisional.signed.body;
        if !body.is_usable(&visit, claim.visit.admitted, now) {
            return Ok(Verdict::Answer(Given::Expired));
        }
        (prepared.at, provisional.at) = (now, now);
        let records = vec![
            NodeRecord::Prepared(prepared),
            NodeRecord::Provisional(provisional),
        ];
        Ok(Verdict::Append(records, Given::Provisional))
    }
}

/// Keeps a signed snapshot that was verified.
pub struct KeepSnapshot(pub SignedSnapshot);

impl Command for KeepSnapshot {
    type Answer = ();

    fn decide(self, _rows: &dyn Rows, at: Timestamp) -> Result<Verdict<()>, StoreError> {
        let record = SnapshotKept { signed: self.0, at };
        Ok(Verdict::Append(vec![NodeRecord::SnapshotKept(record)], ()))
    }
}

#[cfg(test)]
mod tests {
    use huitong_core::claim::VisitKey;
    use huitong_core::final_refusal::RefusedRequest;
    use huitong_core::id::ReversalId;
    use huitong_core::provisional::TrueUp;
    use huitong_core::refusal::{Refusal, RefusalCode};

    use super::super::super::records::{End, Prepare, Step};
    use super::*;
    use crate::samples::{fen, id, prepared, provisional, refusal, tombstone};
    use crate::store::ProvisionalState;
    use crate::treatment::regained::Rebooked;
    use crate::treatment::testing::{self, Treatment};

    fn give(nth: u8, visit: &str) -> GiveProvisional {
        let prepared = prepared(nth, visit);
        let provisional = provisional(&prepared);
        GiveProvisional {
            prepared,
            provisional,
        }
    }

    fn visit_key(visit: &str) -> VisitKey {
        prepared(1, visit).claim.visit_key()
    }

    fn state(node: &Treatment, nth: u8) -> ProvisionalState {
        node.rows.provisional(id(nth)).unwrap().unwrap().state
    }

    #[test]
    fn one_is_given_of_a_person_for_a_free_visit_while_the_snapshot_may_be_used() {
        let node = Treatment::new();
        let mut late = give(1, "V1");
        late.provisional.signed.body.usable_until = Timestamp::EPOCH;
        assert_eq!(node.run(late), (Given::Expired, 0));
        let mut other = give(1, "V1");
        other.provisional.signed.body.visit = visit_key("V2");
        assert_eq!(node.run(other), (Given::Expired, 0));
        node.run(Prepare(prepared(9, "V1")));
        let (given, written) = node.run(give(1, "V1"));
        assert!(
            matches!(given, Given::InTheWay(InTheWay::Visit(_))),
            "{given:?}"
        );
        assert_eq!(written, 0);
        assert_eq!(node.run(give(2, "V2")), (Given::Provisional, 2));
        assert_eq!(state(&node, 2), ProvisionalState::Open);
        let known = Given::InTheWay(InTheWay::Known);
        assert_eq!(node.run(give(2, "V2")), (known, 0));
        assert_eq!(node.run(give(3, "V3")), (Given::Another(id(2)), 0));
    }

    /// Rule 23: what the home region finally refuses is borne whole, and the visit is not free again.
    #[test]
    fn what_is_refused_is_borne_here_and_keeps_its_visit() {
        let node = Treatment::new();
        node.run(give(1, "V1"));
        let word = refusal(
            1,
            RefusalCode::VisitAlreadySettled,
            RefusedRequest::Claim(prepared(1, "V1").claim.binding()),
        );
        let end = End {
            settlement: id(1),
            refusal: Some(word.body.refusal.clone()),
            word,
            taken_back_by: None,
        };
        assert_eq!(node.run(end), (Step::Taken, 2));
        let told = prepared(1, "V1").decision.cash;
        let borne = TrueUp::refused(told, fen(7_500));
        assert_eq!(state(&node, 1), ProvisionalState::Borne(borne));
        let stands = Refusal::new(RefusalCode::VisitAlreadySettled, id(1));
        let in_the_way = node.run(Prepare(prepared(2, "V1"))).0;
        assert_eq!(in_the_way, Some(InTheWay::Visit(stands)));
        let institution = prepared(1, "V1").institution;
        assert!(node.rows.notice(institution, id(1)).unwrap().is_some());
        // The person may have another one.
        assert_eq!(node.run(give(3, "V3")), (Given::Provisional, 2));
    }

    #[test]
    fn what_is_taken_back_frees_visit_and_person_and_is_borne_by_nobody() {
        let node = Treatment::new();
        node.run(give(1, "V1"));
        let end = End {
            settlement: id(1),
            refusal: None,
            word: tombstone(1),
            taken_back_by: Some(ReversalId::from_bytes([7; 16])),
        };
        assert_eq!(node.run(end), (Step::Taken, 2));
        assert_eq!(state(&node, 1), ProvisionalState::TakenBack);
        assert_eq!(node.run(give(2, "V1")), (Given::Provisional, 2));
    }

    /// A backup may hold as provisional what the home region had answered since.
    #[test]
    fn what_a_restore_brings_back_is_trued_up_and_frees_the_person() {
        let node = Treatment::new();
        let mut given = give(1, "V1");
        let decided = given.prepared.decision.cash;
        let told = decided.checked_sub(fen(100)).unwrap();
        given.provisional.decision.cash = told;
        node.run(given);
        let rebook = testing::rebook(prepared(1, "V1").request);
        assert_eq!(node.run(rebook), (Ok(Rebooked::Written), 3));
        let up = TrueUp::of(told, decided, fen(0));
        assert_eq!((up.patient, up.treatment_bears), (told, fen(100)));
        assert_eq!(state(&node, 1), ProvisionalState::TruedUp(up));
        assert_eq!(node.run(give(2, "V2")), (Given::Provisional, 2));
    }
}
