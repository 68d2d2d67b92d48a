//! The bytes of a region's word on a checkpoint, and of the records that keep it.

use super::*;
use crate::canonical::testing::golden_file;
use crate::checkpoint::row::Pair;
use crate::checkpoint::witness::{
    CertifiedWord, FINDINGS_AT_MOST, Finding, FindingKind, Findings, NoFindings, StreamReach,
    Verdict, WitnessFile, WitnessWord,
};
use crate::checkpoint::{CertifiedCheckpoint, Checkpoint, SignedCheckpoint};
use crate::record::clearing::{ClearingRecord, Witnessed};
use crate::record::witness::{CheckpointSeen, SplitViewFound};

fn at() -> Timestamp {
    Timestamp::from_millis(1_775_000_000_000).unwrap()
}

fn checkpoint() -> CertifiedCheckpoint {
    let checkpoint = Checkpoint {
        plan: 2,
        day: "2026-03-31".parse().unwrap(),
        root: sha256(b"root"),
        rows: 1,
        nets: sha256(b"nets"),
        before: Some(sha256(b"before")),
        counts: None,
    };
    CertifiedCheckpoint {
        signed: SignedCheckpoint {
            checkpoint,
            at: at(),
            algorithm: 1,
            key_id: sha256(b"key"),
            signature: vec![7; 64],
        },
        signer: vec![vec![1, 2, 3]],
    }
}

fn finding() -> Finding {
    Finding {
        kind: FindingKind::LegDropped,
        pair: Some(Pair {
            debtor: "330200".parse().unwrap(),
            creditor: "510100".parse().unwrap(),
            fund: Fund::ResidentPool,
        }),
        settlement: Some(SettlementId::from_parts(1, [2; 10])),
        number: Some(7),
    }
}

fn word(found: &[Finding]) -> CertifiedWord {
    let word = WitnessWord {
        region: "330200".parse().unwrap(),
        plan: 2,
        checkpoint: checkpoint().signed.checkpoint.digest(),
        verdict: Verdict::of(found),
        at: at(),
    };
    CertifiedWord {
        word,
        algorithm: 1,
        key_id: sha256(b"node"),
        signature: vec![9; 64],
        signer: vec![vec![4, 5]],
    }
}

#[test]
fn a_word_on_a_checkpoint_and_its_records_keep_their_bytes() {
    golden_file("witness_holds", &word(&[]).word);
    golden_file("witness_refused", &word(&[finding()]));
    golden_file(
        "witness_file",
        &WitnessFile {
            words: vec![word(&[])],
        },
    );
    let reach = Some(StreamReach {
        to: 9,
        carried: sha256(b"carried"),
    });
    let seen = CheckpointSeen {
        checkpoint: checkpoint(),
        reach,
        word: word(&[]),
    };
    golden_file("record_checkpoint_seen", &NodeRecord::CheckpointSeen(seen));
    let split = SplitViewFound {
        other: checkpoint(),
        from: "510100".parse().unwrap(),
        at: at(),
    };
    golden_file("record_split_view", &NodeRecord::SplitViewFound(split));
    let witnessed = Witnessed {
        word: word(&[]),
        at: at(),
    };
    golden_file("clearing_witnessed", &ClearingRecord::Witnessed(witnessed));
}

#[test]
fn what_is_signed_of_a_word_is_its_own_and_no_checkpoints() {
    let holds = word(&[]).word;
    let bytes = holds.signed_bytes();
    assert_eq!(bytes[..6], *b"HTCW\x00\x01");
    assert_eq!(bytes[6..], *holds.digest().as_bytes());
    assert_ne!(word(&[finding()]).word.signed_bytes(), bytes);
    let checkpoint = checkpoint().signed.checkpoint.signed_bytes(at());
    assert_ne!(checkpoint[..6], bytes[..6]);
}

#[test]
fn a_refusal_carries_the_first_findings_and_how_many_there_are() {
    let many = vec![finding(); FINDINGS_AT_MOST + 3];
    let Verdict::Refused(findings) = Verdict::of(&many) else {
        panic!("it does not hold");
    };
    assert_eq!((findings.first().len(), findings.count()), (16, 19));
    assert_eq!(Verdict::of(&[]), Verdict::Holds);
    assert_eq!(Findings::new(Vec::new(), 0), Err(NoFindings));
    assert_eq!(Findings::new(many.clone(), 19), Err(NoFindings));
    assert_eq!(Findings::new(vec![finding()], 0), Err(NoFindings));
}

#[test]
fn a_finding_names_row_settlement_and_number_in_both_languages() {
    let said = finding().to_string();
    for part in [
        "leg.dropped",
        "330200 → 510100 resident_pool",
        "settlement stl_",
        "leg 7",
        "遗漏",
    ] {
        assert!(said.contains(part), "{said} lacks {part}");
    }
    let mut codes: Vec<_> = FindingKind::ALL.iter().map(|kind| kind.code()).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), FindingKind::ALL.len());
}
