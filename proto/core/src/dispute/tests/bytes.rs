//! Whose words are whose, what a file must hold, and the bytes of all that is signed in a dispute.

use super::*;
use crate::canonical::encode_to_vec;
use crate::canonical::testing::{golden_file, hex};
use crate::dispute::course::Ground;
use crate::dispute::history::HistoryFault;

#[test]
fn a_word_is_only_the_regions_whose_it_is_to_say() {
    let digest = Some(sha256(b"the word before"));
    let wrong = |of| Err(WordFault::Region(region(of)));
    let reply = Says::Answer(Reply::Accepted);
    assert_eq!(says(CHENGDU, None, Says::Raise(claim()), 2), wrong(CHENGDU));
    assert_eq!(says(NINGBO, digest, reply, 2), wrong(NINGBO));
    for what in [Says::Accept, Says::Escalate, Says::Withdraw] {
        assert_eq!(says(CHENGDU, digest, what, 2), wrong(CHENGDU));
        assert_eq!(says(NINGBO, None, what, 2), Err(WordFault::Follows));
    }
    assert_eq!(
        says(NINGBO, digest, Says::Raise(claim()), 2),
        Err(WordFault::Follows)
    );
    let others = Pair {
        debtor: region("310000"),
        ..pair()
    };
    let subject = Subject::Row {
        day: day(1),
        pair: others,
    };
    let foreign = Claim { subject, ..claim() };
    assert_eq!(says(NINGBO, None, Says::Raise(foreign), 2), wrong(NINGBO));
    let nothing = Claim {
        amount: Fen::ZERO,
        ..claim()
    };
    assert_eq!(
        says(NINGBO, None, Says::Raise(nothing), 2),
        Err(WordFault::Nothing)
    );
    // Bytes that say otherwise are none.
    let mut word = says(NINGBO, None, Says::Raise(claim()), 2).unwrap();
    word.region = region(CHENGDU);
    assert!(Word::from_bytes(&word.to_bytes()).is_err());
}

#[test]
fn a_history_holds_only_whole_and_with_its_own_outcome() {
    let whole = history();
    assert_eq!(whole.course().unwrap().stage(), DisputeStage::Settled);
    assert_eq!(whole.words().count(), 3);
    let mut lacking = whole.clone();
    lacking.steps.remove(1);
    assert!(matches!(lacking.course(), Err(HistoryFault::Step(2, _))));
    let mut other = whole.clone();
    other.outcome.as_mut().unwrap().outcome.amount = fen(401);
    assert_eq!(other.course(), Err(HistoryFault::Outcome));
    let mut early = whole.clone();
    early.steps.pop();
    assert_eq!(early.course(), Err(HistoryFault::Outcome));
    let empty = DisputeHistory {
        steps: Vec::new(),
        outcome: None,
    };
    assert_eq!(empty.course(), Err(HistoryFault::Empty));
}

#[test]
fn what_is_corrected_follows_from_the_name_and_the_outcome() {
    let outcome = history().outcome.unwrap().outcome;
    let leg = outcome.leg().unwrap();
    assert_eq!(leg.settlement, name().correction());
    assert_eq!(
        hex(&leg.settlement.to_bytes()),
        hex(&name().digest().as_bytes()[..16])
    );
    assert_eq!(
        (leg.debtor, leg.creditor),
        (region(CHENGDU), region(NINGBO))
    );
    assert_eq!(
        (leg.kind, leg.fund),
        (LegKind::Correction, Fund::ResidentPool)
    );
    assert_eq!((leg.receipt, leg.business_day), (outcome.digest(), day(5)));
    let other: DisputeName = "330200/2026-03-002".parse().unwrap();
    assert_ne!(other.correction(), name().correction());
    for text in ["330200", "330200/", "/1", "33020/1", "330200/a b"] {
        assert!(text.parse::<DisputeName>().is_err(), "{text}");
    }
}

#[test]
fn words_and_outcomes_keep_their_bytes() {
    let digest = Some(sha256(b"the word before"));
    let words = [
        (
            "dispute_raised",
            says(NINGBO, None, Says::Raise(claim()), 2),
        ),
        (
            "dispute_answered",
            says(CHENGDU, digest, Says::Answer(Reply::Partly(fen(400))), 4),
        ),
        ("dispute_accepted", says(NINGBO, digest, Says::Accept, 5)),
        ("dispute_escalated", says(NINGBO, digest, Says::Escalate, 5)),
        ("dispute_withdrawn", says(NINGBO, digest, Says::Withdraw, 5)),
    ];
    for (file, word) in words {
        let word = word.unwrap();
        golden_file(file, &word);
        assert_eq!(&word.to_bytes()[..6], b"DWRD\x00\x01");
    }
    let history = history();
    let outcome = history.outcome.as_ref().unwrap().outcome.clone();
    golden_file("dispute_outcome", &outcome);
    golden_file("dispute_history", &history);
    let bytes = outcome.signed_bytes(Timestamp::from_millis(1).unwrap());
    let digest = outcome.digest();
    let expected = [
        &b"HTDO\x00\x01"[..],
        digest.as_bytes(),
        &[0, 0, 0, 0, 0, 0, 0, 1],
    ];
    assert_eq!(bytes, expected.concat());
    let decided = Ground::Decided {
        ruling: Ruling {
            amount: fen(700),
            reason: DecisionReason::PartlyProven,
        },
        proposer: "wang.fang".parse().unwrap(),
        confirmer: "zhao.min".parse().unwrap(),
    };
    golden_file("dispute_ground", &decided);
    assert_eq!(encode_to_vec(&LegKind::Correction), [10]);
}
