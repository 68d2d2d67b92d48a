//! A late claim that waits at the new home, from the journal to the word by which it is given up.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use huitong_certs::authority::Hosts;
use huitong_certs::signing::CertifiedKey;
use huitong_certs::{Authority, Trust, Validity};
use huitong_core::calendar::Calendar;
use huitong_core::leg::{NumberedLeg, Side};
use huitong_core::record::hand::{LateOffer, LateStanding};
use huitong_core::record::recovery::{LegsRegained, RestoreBegan};
use huitong_core::record::transfer::{HandRegained, HandWritten, HandsAcknowledged};
use huitong_journal::testing::FakeDisk;
use huitong_transport::{CredentialStore, Credentials, Deadline};

use super::*;
use crate::chance::SystemChance;
use crate::clock::{Clock, SystemClock};
use crate::earlier::Earlier;
use crate::home::HomeRules;
use crate::home::late::outcome::tests::late_offered;
use crate::home::late::{Answer, NewHomes, Offered};
use crate::home::reverse::ReversalRule;
use crate::home::watch::{Watch, WatchLimits};
use crate::ledger::Ledger;
use crate::ledger::testing::{append, open};
use crate::measures::Measures;
use crate::policies::PolicyBook;
use crate::samples::now;
use crate::store::apply::Records as _;
use crate::store::{Leaving, Stream};
use crate::transfer::testing::{handed, new_home, taking};
use crate::writer::Writer;

/// For what ends at once.
const SOON: Duration = Duration::from_secs(9);

/// A new home that says the same to whatever is put to it.
struct Says(Result<Offered, RefusalCode>);

impl NewHomes for Says {
    fn standing(&self, leaving: Leaving, _: Deadline) -> Answer<'_, LateStanding> {
        let refused = NodeError::refused(RefusalCode::HomeUnreachable, leaving.new_home);
        Box::pin(async move { Err(refused) })
    }

    fn offer(&self, _: RegionCode, _: LateOffer, _: Deadline) -> Answer<'_, Offered> {
        let said = self.0.map_err(|code| NodeError::refused(code, id(1)));
        Box::pin(async move { said })
    }
}

/// The node was put back to when the claim had been put to the new home, and its legs of 4.99 instead of 5.00 came back.
fn held_up() -> Arc<Ledger> {
    let ledger = open(&FakeDisk::new(1), &Arc::default()).unwrap();
    let hand = taking(handed()).hand;
    let mut legs = settled(9);
    legs[0].amount = fen(499);
    let numbered = (1..).zip(legs).map(|(number, leg)| NumberedLeg {
        number,
        side: Side::Payable,
        leg,
    });
    let records = [
        NodeRecord::RestoreBegan(RestoreBegan {
            incarnation: 2,
            mark: [7; 16],
            at: now(),
        }),
        NodeRecord::LegsRegained(LegsRegained {
            legs: numbered.collect(),
            at: now(),
        }),
        NodeRecord::HandRegained(HandRegained {
            proof: hand.proof,
            record: HandWritten::new(hand.word),
        }),
        NodeRecord::HandsAcknowledged(HandsAcknowledged {
            new_home: new_home(),
            up_to: 1,
        }),
        NodeRecord::LateOffered(late_offered()),
    ];
    for record in records {
        append(&ledger, record).unwrap();
    }
    Arc::new(ledger)
}

fn role(ledger: &Arc<Ledger>, says: Result<Offered, RefusalCode>) -> HomeRole {
    role_to(ledger, Arc::new(Says(says)))
}

fn role_to(ledger: &Arc<Ledger>, new_homes: Arc<dyn NewHomes>) -> HomeRole {
    let home = person().home;
    let days = |days| Validity::days(jiff::Timestamp::now(), days).unwrap();
    let root = Authority::new_root(&"huitong.example".parse().unwrap(), days(9)).unwrap();
    let issue = |identity: &str| {
        let identity = identity.parse().unwrap();
        root.issue(&identity, &Hosts::none(), days(1)).unwrap()
    };
    let (signs, calls) = (
        issue("/region/330200/node/signing"),
        issue("/region/330200/node"),
    );
    let trust = Arc::new(Trust::from_roots(&[root.certificate().clone()]).unwrap());
    let certified = CertifiedKey::from_chain(signs.chain(), &trust, jiff::Timestamp::now());
    let credentials = Credentials::new(calls.chain().to_vec(), calls.key().into(), trust).unwrap();
    let rules = HomeRules {
        reversal: ReversalRule::STANDARD,
        watch: Arc::new(Watch::new(
            WatchLimits::standard(),
            Arc::new(Measures::new()),
        )),
        certified: certified.unwrap(),
        earlier: Arc::new(Earlier::new(CredentialStore::fixed(credentials).unwrap())),
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let role = HomeRole::new(
        home,
        Arc::clone(ledger),
        Arc::new(Writer::new(ledger, &clock, 9)),
        Arc::new(PolicyBook::new(home)),
        Arc::new(Calendar::every_day()),
        rules,
        Arc::new(SystemChance),
    );
    role.reaches(new_homes);
    role
}

async fn given_up(role: &HomeRole) {
    let of = (claim("V1").treatment, id(1));
    let by = "li.wei".parse().unwrap();
    let due = Deadline::after(SOON);
    let told = role.give_up(of, None, by, ReversalReason::WrongBill, due);
    let told = told.await;
    told.unwrap();
    let row = role.ledger.home_settlement(of.0, of.1).unwrap();
    assert!(matches!(row.unwrap().state, HomeState::Tombstone(_)));
    assert_eq!(role.ledger.late_claim(of.0, of.1).unwrap(), None);
}

/// How many words were written to the new home.
fn words(ledger: &Ledger) -> u64 {
    let head = ledger.stream(Stream::Hands(new_home())).unwrap();
    head.unwrap().written
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_new_home_has_counted_in_is_ended_and_it_is_told() {
    let ledger = held_up();
    let role = role(&ledger, Ok(Offered::Taken));
    let (treatment, settlement) = (claim("V1").treatment, id(1));
    // By itself it has no end, however often it is looked at.
    for _ in 0..2 {
        let waits = role
            .finish_late(treatment, settlement, Deadline::after(SOON))
            .await;
        let Err(NodeError::Refused(refusal)) = waits else {
            panic!("{waits:?}")
        };
        assert_eq!(refusal.code, RefusalCode::LegStands);
        assert!(ledger.late_claim(treatment, settlement).unwrap().is_some());
    }
    given_up(&role).await;
    assert_eq!(words(&ledger), 2);
    let stream = Stream::Hands(new_home());
    let at = ledger.block(stream, stream.block_of(2).unwrap()).unwrap();
    let word = ledger.record(at.unwrap()).unwrap();
    assert_eq!(told(&word), (treatment, settlement));
    // Said again it changes nothing.
    given_up(&role).await;
    assert_eq!(words(&ledger), 2);
}

/// A new home that takes so long for an offer, turns it down, and notes how long it is waited for after that.
struct Slow(Duration, Arc<Mutex<Option<Duration>>>);

impl NewHomes for Slow {
    fn standing(&self, leaving: Leaving, due: Deadline) -> Answer<'_, LateStanding> {
        *self.1.lock().unwrap() = Some(due.remaining());
        let refused = NodeError::refused(RefusalCode::HomeUnreachable, leaving.new_home);
        Box::pin(async move { Err(refused) })
    }

    fn offer(&self, _: RegionCode, _: LateOffer, _: Deadline) -> Answer<'_, Offered> {
        Box::pin(async move {
            tokio::time::sleep(self.0).await;
            Ok(Offered::Stale)
        })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_new_home_took_for_one_answer_is_not_there_for_the_next() {
    let ledger = held_up();
    let budget = Duration::from_secs(1);
    let left = Arc::default();
    let role = role_to(&ledger, Arc::new(Slow(budget * 4 / 5, Arc::clone(&left))));
    let late = claim("V1");
    let asked = role.late(&late, id(1), Deadline::after(budget));
    asked.await.unwrap_err();
    let left = left.lock().unwrap().unwrap();
    assert!(left <= budget / 5, "{left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_new_home_has_not_counted_in_is_ended_and_nothing_is_told() {
    let ledger = held_up();
    let role = role(&ledger, Ok(Offered::Stale));
    given_up(&role).await;
    assert_eq!(words(&ledger), 1);
}

/// Another restore lost the tombstone: the new home says that the id is given up, or its word on that came back.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_given_up_before_another_restore_ends_by_itself() {
    for (says, is_word_back) in [
        (Err(RefusalCode::Abandoned), false),
        (Ok(Offered::Taken), true),
    ] {
        let ledger = held_up();
        if is_word_back {
            append(&ledger, lost_again::word()).unwrap();
        }
        let role = role(&ledger, says);
        let before = words(&ledger);
        let (treatment, settlement) = (claim("V1").treatment, id(1));
        role.finish_late(treatment, settlement, Deadline::after(SOON))
            .await
            .unwrap();
        let row = ledger.home_settlement(treatment, settlement).unwrap();
        assert!(matches!(row.unwrap().state, HomeState::Tombstone(_)));
        assert_eq!(ledger.late_claim(treatment, settlement).unwrap(), None);
        assert_eq!(words(&ledger), before, "the new home knows");
    }
}
