//! Final refusals of ids of which nothing is prepared here, because a restore lost it (PROTOCOL 16): an institution
//! was told one, and is told it again.
//!
//! The claim is known to the institution alone, so what is written is the id, whose it is, and the home region's
//! word. Whether the word is that region's was checked before (`recovery`, [`super::verify`]).

use huitong_core::date::Timestamp;
use huitong_core::final_refusal::FinalRefusal;
use huitong_core::id::RequestId;
use huitong_core::institution::InstitutionCode;
use huitong_core::record::NodeRecord;
use huitong_core::record::treatment::{Abandoned, Cancelled, Refused};

use super::records::Step;
use super::regained::Rebooked;
use crate::store::{Rows, SettlementState, StoreError, is_erased};
use crate::writer::{Command, Verdict};

/// A final refusal or a tombstone that came back after a restore.
pub struct RebookRefusal {
    /// The home region's word.
    pub word: FinalRefusal,
    /// Whose id it is.
    pub institution: InstitutionCode,
    /// Stands for the institution's own id, which nobody else knows.
    pub request: RequestId,
}

impl Command for RebookRefusal {
    type Answer = Rebooked;

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<Rebooked>, StoreError> {
        let settlement = self.word.body.settlement;
        if let Some(row) = rows.settlement(settlement)? {
            return Ok(match row.state {
                // Nothing drives what was buried.
                SettlementState::Abandoned(None) if row.institution == self.institution => {
                    Verdict::Append(vec![ended(self.word, at)], Rebooked::Written)
                }
                // What the backup has as open is driven on, and comes to the same word by itself.
                SettlementState::Prepared | SettlementState::Refused(_) => {
                    Verdict::Answer(Rebooked::Known)
                }
                SettlementState::Abandoned(Some(_)) if self.word.body.is_tombstone() => {
                    Verdict::Answer(Rebooked::Known)
                }
                SettlementState::Settled(_)
                | SettlementState::Reversed(_)
                | SettlementState::Abandoned(_) => Verdict::Answer(Rebooked::Contradicts),
            });
        }
        if is_erased(rows, settlement)? {
            return Ok(Verdict::Answer(Rebooked::Known));
        }
        let known = Cancelled {
            settlement,
            institution: self.institution,
            request: self.request,
            home: self.word.body.home,
            at,
        };
        let records = vec![NodeRecord::Cancelled(known), ended(self.word, at)];
        Ok(Verdict::Append(records, Rebooked::Written))
    }
}

/// The home region's word on an id that was cancelled here while nothing was known of it: a refusal, or a tombstone.
pub struct EndBuried(pub FinalRefusal);

impl Command for EndBuried {
    type Answer = Step;

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<Step>, StoreError> {
        let Self(word) = self;
        let row = rows.settlement(word.body.settlement)?;
        if row.is_none_or(|row| row.state != SettlementState::Abandoned(None)) {
            return Ok(Verdict::Answer(Step::NotOpen));
        }
        Ok(Verdict::Append(vec![ended(word, at)], Step::Taken))
    }
}

fn ended(word: FinalRefusal, at: Timestamp) -> NodeRecord {
    let settlement = word.body.settlement;
    if word.body.is_tombstone() {
        NodeRecord::Abandoned(Abandoned {
            settlement,
            word,
            at,
        })
    } else {
        NodeRecord::Refused(Refused {
            settlement,
            refusal: word.body.refusal.clone(),
            word,
            at,
        })
    }
}

#[cfg(test)]
mod tests {
    use huitong_core::final_refusal::RefusedRequest;
    use huitong_core::id::ReversalId;
    use huitong_core::money::Fen;
    use huitong_core::refusal::RefusalCode;
    use huitong_core::reversal::{BegunBy, HomeWord};
    use huitong_journal::Position;

    use super::*;
    use crate::samples::{claim, id, prepared, receipt, refusal, reversal, tombstone};
    use crate::store::{Change, ErasedId, Index as _, Key, Location, Reached, Row};
    use crate::treatment::records::{Book, Bury, InTheWay, Prepare};
    use crate::treatment::testing::Treatment;

    fn rebook(word: FinalRefusal) -> RebookRefusal {
        let of = prepared(1, "V1");
        RebookRefusal {
            word,
            institution: of.institution,
            request: of.request,
        }
    }

    fn bury() -> Bury {
        let of = prepared(1, "V1");
        Bury {
            settlement: id(1),
            institution: of.institution,
            request: of.request,
            home: of.home(),
        }
    }

    fn refused() -> FinalRefusal {
        let request = RefusedRequest::Claim(claim("V1").binding());
        refusal(1, RefusalCode::VisitAlreadySettled, request)
    }

    fn state(node: &Treatment) -> SettlementState {
        node.rows.settlement(id(1)).unwrap().unwrap().state
    }

    fn is_refused(node: &Treatment) -> bool {
        matches!(state(node), SettlementState::Refused(row)
            if row.refusal.code == RefusalCode::VisitAlreadySettled)
    }

    #[test]
    fn what_comes_back_ends_the_id_once_and_takes_no_visit() {
        let node = Treatment::new();
        assert_eq!(node.run(rebook(refused())), (Rebooked::Written, 2));
        assert!(is_refused(&node));
        assert_eq!(node.run(rebook(refused())), (Rebooked::Known, 0));
        let same = node.run(Prepare(prepared(1, "V1"))).0;
        assert_eq!(same, Some(InTheWay::Known));
        assert_eq!(node.run(Prepare(prepared(2, "V1"))).0, None);

        let node = Treatment::new();
        assert_eq!(node.run(rebook(tombstone(1))), (Rebooked::Written, 2));
        assert!(matches!(state(&node), SettlementState::Abandoned(Some(_))));
    }

    #[test]
    fn what_the_backup_has_of_the_id_stays_as_it_is() {
        let node = Treatment::new();
        node.run(Prepare(prepared(1, "V1")));
        assert_eq!(node.run(rebook(refused())), (Rebooked::Known, 0));
        assert_eq!(state(&node), SettlementState::Prepared);
    }

    #[test]
    fn what_comes_back_ends_what_its_institution_had_cancelled_before_the_home_region_said_anything()
     {
        let node = Treatment::new();
        assert_eq!(node.run(bury()), (Ok(Step::Taken), 1));
        let others = RebookRefusal {
            institution: "H51010400002".parse().unwrap(),
            ..rebook(refused())
        };
        assert_eq!(node.run(others), (Rebooked::Contradicts, 0));
        assert_eq!(state(&node), SettlementState::Abandoned(None));
        assert_eq!(node.run(rebook(refused())), (Rebooked::Written, 1));
        assert!(is_refused(&node));
    }

    #[test]
    fn a_refusal_contradicts_what_stands_or_stood_here_and_what_was_given_up_by_the_home_regions_word()
     {
        let node = Treatment::new();
        node.run(Prepare(prepared(1, "V1")));
        let mut word = HomeWord {
            receipt: receipt(1),
            reversal: None,
        };
        for is_reversed in [false, true] {
            if is_reversed {
                let by = BegunBy::Institution(claim("V1").institution.code);
                word.reversal = Some(reversal(1, 2, ReversalId::from_bytes([1; 16]), by));
            }
            let (word, cash) = (word.clone(), Fen::ZERO);
            assert_eq!(node.run(Book { word, cash }), (Step::Taken, 1));
            let state_before = state(&node);
            assert_eq!(node.run(rebook(refused())), (Rebooked::Contradicts, 0));
            assert_eq!(node.run(rebook(tombstone(1))), (Rebooked::Contradicts, 0));
            assert_eq!(state(&node), state_before);
        }

        let node = Treatment::new();
        node.run(rebook(tombstone(1)));
        assert_eq!(node.run(rebook(tombstone(1))), (Rebooked::Known, 0));
        assert_eq!(node.run(rebook(refused())), (Rebooked::Contradicts, 0));
        assert!(matches!(state(&node), SettlementState::Abandoned(Some(_))));
    }

    #[test]
    fn what_comes_back_of_somebody_who_was_erased_is_not_written_again() {
        let node = Treatment::new();
        let erased = Change {
            key: Key::Erased(ErasedId::Settlement(id(1))),
            row: Some(Row::Erased(Location::at(Position::START, 0))),
        };
        let reached = Reached {
            frame: 1,
            records: 1,
            position: Position::START,
        };
        node.rows.apply(&[erased], reached).unwrap();
        assert_eq!(node.run(rebook(refused())), (Rebooked::Known, 0));
    }

    #[test]
    fn a_cancelled_id_ends_by_the_home_regions_refusal_and_no_other_does() {
        let node = Treatment::new();
        assert_eq!(node.run(EndBuried(refused())), (Step::NotOpen, 0));
        assert_eq!(node.run(bury()), (Ok(Step::Taken), 1));
        assert_eq!(node.run(EndBuried(refused())), (Step::Taken, 1));
        assert!(is_refused(&node));
        assert_eq!(node.run(EndBuried(refused())), (Step::NotOpen, 0));

        let node = Treatment::new();
        node.run(Prepare(prepared(1, "V1")));
        assert_eq!(node.run(EndBuried(refused())), (Step::NotOpen, 0));
    }
}
