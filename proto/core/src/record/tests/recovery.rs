//! One record of each kind that a restore writes, made up, and its golden bytes.

use super::refusals::{final_refusal, home_refused};
use super::reversals::{reversal_id, reversal_ordered};
use super::samples::{at, body, chengdu, claim, committed, decision, id, settled, snapshot};
use super::*;
use crate::leg::{Leg, NumberedLeg, Side};
use crate::record::recovery::{
    CommitRegained, InPlace, LegsRegained, PeerRestored, PersonReleased, Proof, RefusalRegained,
    RegionLeftOut, RestoreBegan, RestoreEnded, ReversalRegained, VisitKept, VisitRegained,
};
use crate::recovery::{Returned, ReturnedWord};
use crate::reversal::HomeWord;

fn proof() -> Proof {
    let Receipt {
        group, index, path, ..
    } = settled().receipt;
    Proof { group, index, path }
}

pub(super) fn of_restores() -> [NodeRecord; 10] {
    let (at, mark) = (at(), [7; 16]);
    let leg = Leg::of(&body()).remove(0);
    [
        NodeRecord::RestoreBegan(RestoreBegan {
            incarnation: 2,
            mark,
            at,
        }),
        NodeRecord::RestoreEnded(RestoreEnded { incarnation: 2, at }),
        NodeRecord::PeerRestored(PeerRestored {
            region: chengdu(),
            incarnation: 2,
            mark,
            written: 9,
            held: 4,
            at,
        }),
        NodeRecord::CommitRegained(CommitRegained {
            proof: proof(),
            record: committed(),
            lacked: Balances::NONE,
        }),
        NodeRecord::ReversalRegained(ReversalRegained {
            proof: proof(),
            record: reversal_ordered(),
        }),
        NodeRecord::VisitRegained(VisitRegained {
            person: claim().person,
            visit: claim().visit_key(),
            kept: vec![VisitKept {
                visit: claim().visit_key(),
                taken_by: id(),
            }],
            last_reversed: Some(id()),
            in_place: vec![InPlace {
                settlement: id(),
                of: None,
            }],
        }),
        NodeRecord::LegsRegained(LegsRegained {
            legs: vec![NumberedLeg {
                number: 3,
                side: Side::Payable,
                leg,
            }],
            at,
        }),
        NodeRecord::RefusalRegained(RefusalRegained {
            proof: proof(),
            record: home_refused(),
        }),
        NodeRecord::PersonReleased(PersonReleased {
            psn_no: claim().person.psn_no,
            officer: "li.wei".parse().unwrap(),
            at,
        }),
        NodeRecord::RegionLeftOut(RegionLeftOut {
            region: claim().treatment,
            incarnation: 2,
            officer: "li.wei".parse().unwrap(),
            at,
        }),
    ]
}

const GOLDEN: [&str; 12] = [
    "b91aaf28671ded87",
    "3cab280cf4dc36ee",
    "2637bd4c471741d4",
    "34794632b5e5f91b",
    "0f8f7a079e3cfda8",
    "b1e0b04cd7d3e20d",
    "d1ee7435fceb2efc",
    "ea3b8e03844a5c75",
    "0acc52c8f3f15e67",
    "5823b309949fecf0",
    "b4f78bd996dc0a61",
    "c1ed28b43c813361",
];

#[test]
fn records_of_restores_and_what_peers_return_keep_their_bytes() {
    let returned = Returned::Word(ReturnedWord {
        word: HomeWord {
            receipt: settled().receipt,
            reversal: None,
        },
        claim: claim(),
        decision: decision(),
        snapshot: snapshot(),
        trued_up: None,
    });
    assert_eq!(
        Returned::from_bytes(&returned.to_bytes()).as_ref(),
        Ok(&returned)
    );
    let mut found: Vec<String> = Vec::new();
    for record in of_restores() {
        assert_eq!(
            NodeRecord::from_bytes(&record.to_bytes()).as_ref(),
            Ok(&record)
        );
        // What is regained was signed when it was given: no group signs it again.
        assert_eq!(signed_leaf(&record.to_bytes()), None);
        found.push(record.digest().to_string()[..16].to_owned());
    }
    found.push(returned.digest().to_string()[..16].to_owned());
    let refusal = Returned::Refusal(final_refusal(&home_refused()));
    assert_eq!(
        Returned::from_bytes(&refusal.to_bytes()).as_ref(),
        Ok(&refusal)
    );
    found.push(refusal.digest().to_string()[..16].to_owned());
    let erased = Returned::Erased(7);
    assert_eq!(erased.to_bytes()[6..], [4, 0, 0, 0, 0, 0, 0, 0, 7]);
    assert_eq!(Returned::from_bytes(&erased.to_bytes()), Ok(erased));
    assert_eq!(found, GOLDEN);
}

#[test]
fn a_regained_word_is_the_one_that_was_given() {
    let of = CommitRegained {
        proof: proof(),
        record: committed(),
        lacked: Balances::NONE,
    };
    let receipt = of.receipt();
    assert_eq!(
        (&receipt.body, receipt.salt),
        (committed().body(), committed().salt)
    );
    assert_eq!(receipt.group, proof().group);
    let of = RefusalRegained {
        proof: proof(),
        record: home_refused(),
    };
    let refusal = of.refusal();
    assert!(refusal.is_of_its_request());
    assert_eq!(&refusal.body, home_refused().body());
    let of = ReversalRegained {
        proof: proof(),
        record: reversal_ordered(),
    };
    let reversal = of.reversal();
    assert_eq!(reversal.body.reversal, reversal_id());
    assert!(reversal.is_of_its_person());
}
