//! What a node keeps of disputes and corrects for them, on a journal; and what it believes.

use std::sync::Arc;

use huitong_certs::authority::Hosts;
use huitong_certs::signing::CarriedFault;
use huitong_certs::signing::CertifiedKey;
use huitong_certs::{Authority, Identity, SigningKey, Trust, Validity};
use huitong_core::checkpoint::row::Pair;
use huitong_core::date::Timestamp;
use huitong_core::dispute::course::Course;
use huitong_core::dispute::outcome::{CertifiedOutcome, Outcome};
use huitong_core::dispute::step::{DisputeSaid, DisputeStep, Settling, Then};
use huitong_core::dispute::word::{Claim, Reply, SignedWord};
use huitong_core::evidence::Chain;
use huitong_core::fund::Fund;
use huitong_core::leg::{LegKind, NumberedLeg, Side};
use huitong_core::money::Fen;
use huitong_core::record::NodeRecord;
use huitong_core::record::recovery::{LegsRegained, RestoreBegan};
use huitong_core::vocabulary::DisputeReason;
use huitong_journal::testing::FakeDisk;

mod desk;
mod rolled;

use super::proof::{self, By, ProofFault};
use super::records::{Book, Booked};
use super::*;
use crate::ledger::Ledger;
use crate::ledger::testing::{append, open};
use crate::legs::stream::legs_from;
use crate::samples::{fen, now};
use crate::signature::sign;
use crate::store::{Key, Rows, Stream};
use crate::writer::{Command, Verdict};

const NAME: &str = "330200/2026-03-001";

/// Whoever signs, with the certificates that prove it.
struct Signer {
    key: Arc<SigningKey>,
    key_pem: String,
    certified: CertifiedKey,
    chain: Chain,
}

/// The operator's root, two regions and the clearinghouse.
struct Signers {
    root: Authority,
    trust: Arc<Trust>,
    ningbo: Signer,
    chengdu: Signer,
    clearing: Signer,
}

impl Signers {
    fn new() -> Self {
        let begin = "2020-01-01T00:00:00Z".parse().unwrap();
        let validity = Validity::new(begin, "2030-01-01T00:00:00Z".parse().unwrap()).unwrap();
        let root =
            Authority::new_root(&"tests.huitong.example".parse().unwrap(), validity).unwrap();
        let trust = Arc::new(Trust::from_roots(&[root.certificate().clone()]).unwrap());
        let signer = |identity: &str| {
            let identity: Identity = identity.parse().unwrap();
            let issued = root.issue(&identity, &Hosts::none(), validity).unwrap();
            let certified = CertifiedKey::from_chain(issued.chain(), &trust, begin).unwrap();
            let key = SigningKey::from_pem(issued.key_pem().as_bytes()).unwrap();
            Signer {
                key: Arc::new(key),
                key_pem: issued.key_pem().to_owned(),
                chain: certified.chain().iter().map(|der| der.to_vec()).collect(),
                certified,
            }
        };
        let ningbo = signer("/region/330200/node/signing");
        let chengdu = signer("/region/510100/node/signing");
        let clearing = signer("/clearinghouse/signing");
        Self {
            root,
            trust,
            ningbo,
            chengdu,
            clearing,
        }
    }
}

impl Signer {
    fn word(&self, word: &Word) -> SignedWord {
        let bytes = word.to_bytes();
        let Signature {
            algorithm,
            key_id,
            signature,
        } = sign(&self.key, &bytes);
        SignedWord {
            bytes,
            algorithm,
            key_id,
            signature,
            signer: self.chain.clone(),
        }
    }

    fn outcome(&self, outcome: Outcome, at: Timestamp) -> CertifiedOutcome {
        let Signature {
            algorithm,
            key_id,
            signature,
        } = sign(&self.key, &outcome.signed_bytes(at));
        CertifiedOutcome {
            outcome,
            at,
            algorithm,
            key_id,
            signature,
            signer: self.chain.clone(),
        }
    }
}

fn word(of: &str, follows: Option<Digest>, says: Says) -> Word {
    word_in(NAME, of, follows, says)
}

fn word_in(name: &str, of: &str, follows: Option<Digest>, says: Says) -> Word {
    let officer = "li.wei".parse().unwrap();
    Word::new(
        of.parse().unwrap(),
        name.parse().unwrap(),
        follows,
        says,
        officer,
        now(),
    )
    .unwrap()
}

fn claim(amount: i64) -> Says {
    let pair = Pair {
        debtor: "330200".parse().unwrap(),
        creditor: "510100".parse().unwrap(),
        fund: Fund::ResidentPool,
    };
    let day = now().business_day_shanghai();
    let subject = huitong_core::dispute::name::Subject::Row { day, pair };
    let reason = DisputeReason::AmountWrong;
    Says::Raise(Claim {
        subject,
        amount: fen(amount),
        reason,
    })
}

/// A dispute of Ningbo that Chengdu concedes, all of it signed by these.
fn conceded(signers: &Signers, by: &Signer, amount: i64) -> DisputeHistory {
    settled(signers, by, (NAME, 1), amount)
}

/// The same, under a name and number.
fn settled(
    signers: &Signers,
    by: &Signer,
    (name, number): (&str, u64),
    amount: i64,
) -> DisputeHistory {
    let day = now().business_day_shanghai();
    let raised = word_in(name, "330200", None, claim(amount));
    let raised = signers.ningbo.word(&raised);
    let reply = Says::Answer(Reply::Accepted);
    let answered = word_in(name, "510100", Some(raised.named()), reply);
    let answered = by.word(&answered);
    let settling = Settling { number, day };
    let step = |signed, then| {
        let at = now();
        DisputeStep::Said(DisputeSaid { signed, then, at })
    };
    let steps = vec![
        step(raised, Then::Due(day)),
        step(answered, Then::Settled(settling)),
    ];
    let mut course = Course::begun(&steps[0]).unwrap();
    course.apply(&steps[1]).unwrap();
    let outcome = signers
        .clearing
        .outcome(Outcome::of(&course).unwrap(), now());
    DisputeHistory {
        steps,
        outcome: Some(outcome),
    }
}

/// Decides, and writes what is to be written.
fn run<C: Command>(ledger: &Ledger, command: C) -> (C::Answer, usize) {
    let (records, answer) = match command.decide(ledger, now()).unwrap() {
        Verdict::Answer(answer) => (Vec::new(), answer),
        Verdict::Append(records, answer) => (records, answer),
    };
    let count = records.len();
    for record in records {
        append(ledger, record).unwrap();
    }
    (answer, count)
}

fn book(history: &DisputeHistory) -> Book {
    let outcome = history.outcome.as_ref().unwrap().outcome.clone();
    let leg = outcome.leg().unwrap();
    Book {
        history: history.clone(),
        outcome,
        side: Side::Payable,
        leg,
    }
}

#[test]
fn the_same_word_is_sent_as_it_was_kept_and_another_takes_its_place() {
    let signers = Signers::new();
    let (disk, index) = (FakeDisk::new(1), Arc::default());
    let ledger = open(&disk, &index).unwrap();
    let keep = |ledger: &Ledger, word: Word| {
        let signed = signers.ningbo.word(&word);
        run(ledger, KeepWord { word, signed })
    };
    let (first, written) = keep(&ledger, word("330200", None, claim(7)));
    assert_eq!(written, 1);
    let mut later = word("330200", None, claim(7));
    later.at = Timestamp::from_millis(now().as_millis() + 1_000).unwrap();
    later.officer = "wang.fang".parse().unwrap();
    ledger.close();
    drop(ledger);
    // After a restart too, whoever says it again.
    let ledger = open(&disk, &index).unwrap();
    assert_eq!(keep(&ledger, later), (first.clone(), 0));
    // A claim that was refused is put right under the same reference.
    let (second, written) = keep(&ledger, word("330200", None, claim(6)));
    assert_eq!((second == first, written), (false, 1));
    // Withdrawn upon one word is not withdrawn upon another.
    let withdraw = |follows: &SignedWord| word("330200", Some(follows.named()), Says::Withdraw);
    assert_eq!(keep(&ledger, withdraw(&first)).1, 1);
    assert_eq!(keep(&ledger, withdraw(&first)).1, 0);
    assert_eq!(keep(&ledger, withdraw(&second)).1, 1);
    // With a renewed certificate the same is sent with that; with another key it is signed anew.
    let kept = withdraw(&second);
    let with = |chain: &[u8], signed: SignedWord| SignedWord {
        signer: vec![chain.to_vec()],
        ..signed
    };
    let mut later = kept.clone();
    later.at = Timestamp::from_millis(now().as_millis() + 2_000).unwrap();
    for (written, chain, by, expected) in [
        (1, b"renewed", &signers.ningbo, &kept),
        (0, b"renewed", &signers.ningbo, &kept),
        (1, b"another", &signers.chengdu, &later),
    ] {
        let signed = with(chain, by.word(&later));
        let word = later.clone();
        let found = run(&ledger, KeepWord { word, signed });
        assert_eq!(found, (with(chain, by.word(expected)), written));
    }
    ledger.close();
}

#[test]
fn a_settled_dispute_is_booked_once_with_one_leg_of_its_own() {
    let signers = Signers::new();
    let (disk, index) = (FakeDisk::new(2), Arc::default());
    let ledger = open(&disk, &index).unwrap();
    let history = conceded(&signers, &signers.chengdu, 900);
    assert_eq!(run(&ledger, book(&history)), (Booked::Now, 1));
    assert_eq!(run(&ledger, book(&history)), (Booked::Before, 0));
    let otherwise = conceded(&signers, &signers.chengdu, 901);
    assert_eq!(run(&ledger, book(&otherwise)), (Booked::Otherwise, 0));
    let leg = history.outcome.as_ref().unwrap().outcome.leg().unwrap();
    let expected = [NumberedLeg {
        number: 1,
        side: Side::Payable,
        leg,
    }];
    assert_eq!(legs_from(&ledger, 1, 9).unwrap(), expected);
    ledger.close();
    drop(ledger);
    let ledger = open(&disk, &index).unwrap();
    assert_eq!(legs_from(&ledger, 1, 9).unwrap(), expected);
    assert_eq!(run(&ledger, book(&history)), (Booked::Before, 0));
    ledger.close();
}

#[test]
fn a_restored_node_books_it_again_under_the_number_that_the_clearinghouse_holds() {
    let signers = Signers::new();
    let ledger = open(&FakeDisk::new(3), &Arc::default()).unwrap();
    let began = RestoreBegan {
        incarnation: 2,
        mark: [7; 16],
        at: now(),
    };
    append(&ledger, NodeRecord::RestoreBegan(began)).unwrap();
    let history = conceded(&signers, &signers.chengdu, 900);
    let leg = history.outcome.as_ref().unwrap().outcome.leg().unwrap();
    let of_before = NumberedLeg {
        number: 1,
        side: Side::Payable,
        leg: leg.clone(),
    };
    let regained = LegsRegained {
        legs: vec![of_before.clone()],
        at: now(),
    };
    append(&ledger, NodeRecord::LegsRegained(regained)).unwrap();
    let kept = ledger.row(&Key::RegainedLegs(leg.settlement, LegKind::Correction));
    assert!(kept.unwrap().is_some());
    assert_eq!(run(&ledger, book(&history)), (Booked::Now, 1));
    assert_eq!(ledger.stream(Stream::Legs).unwrap().unwrap().written, 1);
    let kept = ledger.row(&Key::RegainedLegs(leg.settlement, LegKind::Correction));
    assert_eq!(kept.unwrap(), None);
    let all = crate::legs::book::page(&ledger, 1..=9).unwrap();
    assert_eq!(all, [of_before]);
    ledger.close();
}

/// Of no region a key is known.
fn nobody() -> Known {
    Arc::new(|_, _, _| None)
}

fn checked(history: &DisputeHistory, trust: &Trust) -> Result<Course, ProofFault> {
    let known = &nobody();
    proof::checked(history, By { trust, known })
}

#[test]
fn nothing_is_believed_that_its_signer_did_not_sign() {
    let signers = Signers::new();
    let history = conceded(&signers, &signers.chengdu, 900);
    let course = checked(&history, &signers.trust).unwrap();
    assert_eq!(course.settled().unwrap().amount, fen(900));
    // The answer of another region, under Chengdu's name.
    let forged = conceded(&signers, &signers.ningbo, 900);
    let signed_by = |fault: Result<Course, ProofFault>| match fault {
        Err(ProofFault::Signature(signer)) => signer.to_string(),
        other => panic!("{other:?}"),
    };
    assert!(signed_by(checked(&forged, &signers.trust)).contains("510100"));
    // An outcome that a region signed for itself.
    let mut own = history.clone();
    let outcome = own.outcome.as_ref().unwrap().outcome.clone();
    own.outcome = Some(signers.chengdu.outcome(outcome.clone(), now()));
    assert!(signed_by(checked(&own, &signers.trust)).contains("clearinghouse"));
    // One that the clearinghouse signed, and the words do not come to.
    let mut more = history.clone();
    let amount = Fen::new(901).unwrap();
    more.outcome = Some(
        signers
            .clearing
            .outcome(Outcome { amount, ..outcome }, now()),
    );
    let fault = checked(&more, &signers.trust);
    assert!(matches!(fault, Err(ProofFault::History(_))), "{fault:?}");
    // Under another operator's root.
    let others = Signers::new();
    let other = checked(&history, &others.trust);
    assert!(
        matches!(
            other,
            Err(ProofFault::Signature(CarriedFault::Certificate(_)))
        ),
        "{other:?}"
    );
}
