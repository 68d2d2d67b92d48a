//! Golden bytes of the directory, and what follows upon what.

use super::*;
use crate::canonical::testing::golden_file;
use crate::record::NodeRecord;
use crate::record::clearing::{
    ClearingRecord, MemberProposed, MembersDecided, MembersRecord, ProposalEnded,
};
use crate::record::directory::{DirectoryAccepted, DirectorySplit, DirectoryTaken};

fn region(code: &str) -> RegionCode {
    code.parse().unwrap()
}

fn first() -> Directory {
    let listed = |member: &str, standing| ListedRegion {
        member: region(member),
        endpoint: Some("https://node.example:7400".to_owned()),
        signers: vec![vec![vec![0x30, 1], vec![0x30, 2]]],
        standing,
        since: Some(BusinessDay::new(2026, 11, 27).unwrap()),
    };
    let configured = ListedRegion {
        member: region("440000"),
        endpoint: None,
        signers: Vec::new(),
        standing: Standing::Left,
        since: None,
    };
    Directory {
        number: 1,
        before: None,
        regions: BTreeMap::from([
            (region("330200"), listed("330000", Standing::Active)),
            (region("510100"), listed("510100", Standing::Suspended)),
            (region("440100"), configured),
        ]),
    }
}

#[test]
fn golden_bytes_of_the_directory() {
    let directory = first();
    golden_file("network_directory", &directory);
    let signed = SignedDirectory {
        at: Timestamp::from_millis(1_772_500_000_000).unwrap(),
        algorithm: 1,
        key_id: crate::digest::sha256(b"key"),
        signature: vec![7; 64],
        signer: vec![vec![0x30]],
        directory,
    };
    golden_file("network_directory_signed", &signed);
    let (at, other) = (signed.at, signed.clone());
    let taken = DirectoryTaken { signed, at };
    golden_file("record_directory_taken", &NodeRecord::DirectoryTaken(taken));
    let (by, accepted) = ("li.wei".parse().unwrap(), other.clone());
    let split = DirectorySplit { other, at };
    golden_file("record_directory_split", &NodeRecord::DirectorySplit(split));
    let accepted = DirectoryAccepted {
        signed: accepted,
        by,
        at,
    };
    let accepted = NodeRecord::DirectoryAccepted(accepted);
    golden_file("record_directory_accepted", &accepted);
}

#[test]
fn golden_bytes_of_what_officers_want_and_decide_of_the_directory() {
    let at = Timestamp::from_millis(1_775_000_000_000).unwrap();
    let proposed = MemberProposed {
        region: region("510100"),
        change: MemberChange::Suspend,
        by: "li.wei".parse().unwrap(),
        at,
    };
    let decided = MembersDecided {
        region: region("510100"),
        change: MemberChange::Suspend,
        proposed_by: Some("li.wei".parse().unwrap()),
        by: "wang.fang".parse().unwrap(),
        at,
        directory: first(),
    };
    let ended = ProposalEnded {
        ended: proposed.clone(),
        by: "wang.fang".parse().unwrap(),
        at,
    };
    for (name, record) in [
        ("proposed", MembersRecord::Proposed(proposed)),
        ("decided", MembersRecord::Decided(decided)),
        ("ended", MembersRecord::Ended(ended)),
    ] {
        let name = format!("record_members_{name}");
        golden_file(&name, &ClearingRecord::Members(record));
    }
}

#[test]
fn a_version_follows_only_upon_the_one_that_it_names() {
    let first = first();
    let mut second = first.clone();
    (second.number, second.before) = (2, Some(first.digest()));
    assert!(first.follows(None) && second.follows(Some(&first)));
    assert!(!second.follows(None) && !first.follows(Some(&first)) && !first.follows(Some(&second)));
    let mut other = first.clone();
    other.regions.clear();
    assert!(!second.follows(Some(&other)));
    let mut skipping = second.clone();
    skipping.number = 3;
    assert!(!skipping.follows(Some(&first)));
    let at = Timestamp::from_millis(5).unwrap();
    assert_ne!(first.signed_bytes(at), second.signed_bytes(at));
    assert!(first.signed_bytes(at).starts_with(b"HTND"));
}
