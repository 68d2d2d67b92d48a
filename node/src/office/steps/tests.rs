//! Each step, by whom and in which order; a repeated one changes nothing.

use huitong_certs::authority::Hosts;
use huitong_certs::{Authority, Identity, Validity};
use huitong_core::canonical::Artifact as _;

use super::*;
use crate::samples::{now, person};
use crate::store::apply::{Ground, Records, changes};
use crate::store::memory::MemoryIndex;
use crate::store::{Index as _, Location, Reached};

/// Rows, and whatever was written.
struct Desk {
    rows: MemoryIndex,
    key: Arc<SigningKey>,
    policy: Arc<HeldPolicy>,
}

impl Records for Desk {
    fn record(&self, _at: Location) -> Result<NodeRecord, StoreError> {
        Err(StoreError::Inconsistent("steps read no records"))
    }
}

const DOCUMENT: &str = "title = \"t\"\nsource = \"s\"\nregion = \"330200\"\nscheme = \"resident\"\n\
                        settings = [\"inpatient\"]\neffective = { from = 2023-01-01 }\n\
                        [[layer]]\nname = \"basic\"\ntake = [\"in\"]\nratio = \"0.5\"\n\
                        payer = \"resident_pool\"\n";

impl Desk {
    fn new() -> Self {
        let days = |days| Validity::days(jiff::Timestamp::now(), days).unwrap();
        let root = Authority::new_root(&"huitong.example".parse().unwrap(), days(9)).unwrap();
        let identity = Identity::RegionNodeSigning(person().home);
        let issued = root.issue(&identity, &Hosts::none(), days(1)).unwrap();
        let policy = HeldPolicy::read(DOCUMENT.into(), person().home).unwrap();
        Self {
            rows: MemoryIndex::new(),
            key: Arc::new(SigningKey::from_pem(issued.key_pem().as_bytes()).unwrap()),
            policy: Arc::new(policy),
        }
    }

    /// Decides at a moment and applies what is written: how many records, or the code of the refusal.
    fn at(&self, at: Timestamp, step: impl Command<Answer = Step>) -> Result<usize, &'static str> {
        match step.decide(&self.rows, at).unwrap() {
            Verdict::Answer(Ok(())) => Ok(0),
            Verdict::Answer(Err(refusal)) => Err(refusal.code.code()),
            Verdict::Append(records, _) => {
                for record in &records {
                    let ground = Ground {
                        region: person().home,
                        rows: &self.rows,
                        records: self,
                    };
                    let place = Location::at(huitong_journal::Position::START, 0);
                    let reached = Reached {
                        frame: 1,
                        records: 1,
                        position: huitong_journal::Position::START,
                    };
                    let changed = changes(record, place, &ground).unwrap();
                    self.rows.apply(&changed, reached).unwrap();
                }
                Ok(records.len())
            }
        }
    }

    fn take(&self, step: impl Command<Answer = Step>) -> Result<usize, &'static str> {
        self.at(now(), step)
    }

    fn digest(&self) -> Digest {
        self.policy.digest()
    }

    fn propose(&self, by: &str) -> Propose {
        Propose {
            document: self.policy.document.clone(),
            by: name(by),
        }
    }

    fn publish(&self, by: &str) -> Publish {
        Publish {
            policy: Arc::clone(&self.policy),
            by: name(by),
            key: Arc::clone(&self.key),
        }
    }

    fn reject(&self, by: &str, reason: &str) -> RejectProposal {
        RejectProposal {
            policy: self.digest(),
            by: name(by),
            reason: reason.to_owned(),
        }
    }

    fn ask(&self, by: &str, reason: &str) -> AskWithdrawal {
        let asked = Act {
            by: name(by),
            at: now(),
        };
        AskWithdrawal {
            asked: WithdrawalAsked {
                policy: self.digest(),
                asked,
                reason: reason.to_owned(),
                in_favour_of: None,
            },
        }
    }

    fn withdraw(&self, by: &str) -> Withdraw {
        Withdraw {
            policy: self.digest(),
            by: name(by),
        }
    }
}

fn name(name: &str) -> OfficerName {
    name.parse().unwrap()
}

fn after_a_month() -> Timestamp {
    now().plus_millis(WAITS_AT_MOST_MS + 1).unwrap()
}

#[test]
fn two_officers_publish_once() {
    let desk = Desk::new();
    assert_eq!(desk.take(desk.publish("wang.fang")), Err("policy.unknown"));
    assert_eq!(desk.take(desk.propose("li.wei")), Ok(1));
    assert_eq!(desk.take(desk.propose("wang.fang")), Ok(0));
    assert_eq!(
        desk.take(desk.publish("li.wei")),
        Err("policy.same_officer")
    );
    assert_eq!(desk.take(desk.publish("wang.fang")), Ok(1));
    assert_eq!(desk.take(desk.publish("wang.fang")), Ok(0));
    assert_eq!(
        desk.take(desk.publish("li.wei")),
        Err("policy.same_officer")
    );
    assert_eq!(desk.take(desk.propose("li.wei")), Ok(0));
    assert_eq!(
        desk.take(desk.reject("li.wei", "no")),
        Err("policy.wrong_state")
    );
    let changes = desk.rows.policy_changes().unwrap().unwrap();
    assert_eq!((changes.changes, changes.published), (1, 1));
    let row = desk.rows.policy(desk.digest()).unwrap().unwrap();
    let PolicyStanding::Published(publication) = row.standing else {
        panic!("{row:?}")
    };
    let statement = publication.statement.statement().unwrap();
    assert_eq!(statement.to_bytes(), publication.statement.bytes);
    assert_eq!(
        statement.first_difference(desk.digest(), desk.policy.policy()),
        None
    );
    assert_eq!(
        (statement.proposer, statement.approver),
        (name("li.wei"), name("wang.fang"))
    );
}

#[test]
fn a_proposal_is_turned_down_or_runs_out_and_can_be_made_again() {
    let desk = Desk::new();
    desk.take(desk.propose("li.wei")).unwrap();
    assert_eq!(desk.take(desk.reject("li.wei", "a slip")), Ok(1));
    assert_eq!(desk.take(desk.reject("li.wei", "a slip")), Ok(0));
    assert_eq!(
        desk.take(desk.reject("li.wei", "two slips")),
        Err("policy.wrong_state")
    );
    assert_eq!(
        desk.take(desk.publish("wang.fang")),
        Err("policy.wrong_state")
    );
    assert_eq!(desk.take(desk.propose("li.wei")), Ok(1));
    let late = after_a_month();
    assert_eq!(
        desk.at(late, desk.publish("wang.fang")),
        Err("policy.proposal_expired")
    );
    assert_eq!(desk.at(late, desk.propose("li.wei")), Ok(1));
    assert_eq!(desk.at(late, desk.publish("wang.fang")), Ok(1));
}

#[test]
fn two_officers_withdraw_once_and_for_good() {
    let desk = Desk::new();
    assert_eq!(
        desk.take(desk.ask("li.wei", "a slip")),
        Err("policy.unknown")
    );
    desk.take(desk.propose("li.wei")).unwrap();
    assert_eq!(
        desk.take(desk.ask("li.wei", "a slip")),
        Err("policy.wrong_state")
    );
    desk.take(desk.publish("wang.fang")).unwrap();
    assert_eq!(
        desk.take(desk.withdraw("wang.fang")),
        Err("policy.wrong_state")
    );
    assert_eq!(desk.take(desk.ask("li.wei", "a slip")), Ok(1));
    assert_eq!(desk.take(desk.ask("wang.fang", "a slip")), Ok(0));
    assert_eq!(
        desk.take(desk.ask("li.wei", "another")),
        Err("policy.wrong_state")
    );
    assert_eq!(
        desk.take(desk.withdraw("li.wei")),
        Err("policy.same_officer")
    );
    let late = after_a_month();
    assert_eq!(
        desk.at(late, desk.withdraw("wang.fang")),
        Err("policy.proposal_expired")
    );
    let reject = || RejectWithdrawal {
        policy: desk.digest(),
        by: name("wang.fang"),
        reason: "it is right".to_owned(),
    };
    assert_eq!(desk.take(reject()), Ok(1));
    assert_eq!(desk.take(reject()), Ok(0));
    assert_eq!(
        desk.take(desk.withdraw("wang.fang")),
        Err("policy.wrong_state")
    );
    desk.take(desk.ask("li.wei", "a slip")).unwrap();
    assert_eq!(desk.take(desk.withdraw("wang.fang")), Ok(1));
    assert_eq!(desk.take(desk.withdraw("wang.fang")), Ok(0));
    assert_eq!(desk.take(desk.ask("li.wei", "a slip")), Ok(0));
    assert_eq!(desk.take(desk.propose("li.wei")), Err("policy.wrong_state"));
    let changes = desk.rows.policy_changes().unwrap().unwrap();
    assert_eq!((changes.changes, changes.published), (2, 1));
}
