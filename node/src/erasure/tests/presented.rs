//! Whoever was erased holds no visit any more, whatever was presented of it while they did.

use huitong_core::coverage::Balances;
use huitong_core::record::recovery::{CommitRegained, Proof, ReversalRegained};
use huitong_core::record::reversal::{ReversalEffects, ReversalOrdered};
use huitong_core::reversal::{Reversal, ReversedPerson};

use super::*;
use crate::samples::group;
use crate::store::keys_of;

/// Settlement `nth` of a visit at home, of its own region's insured, as one that is settled by hand.
fn at_home(nth: u8, person: PersonRef) -> Committed {
    let mut body = receipt(nth).body;
    body.number = 0;
    body.clearing.treatment = person.home;
    body.clearing.amounts = Vec::new();
    let mut claim = claim("V1");
    (claim.person, claim.treatment) = (person, person.home);
    let of = Commitment {
        salt: [7; 16],
        claim,
        decision: decision(),
        snapshot: snapshot(3),
        after: version(4),
        totals: Vec::new(),
        balances: Balances::NONE,
        legs_from: 1,
    };
    Committed::new(body, of)
}

/// That it is taken back.
fn taken_back(nth: u8, person: PersonRef) -> ReversalOrdered {
    let by = BegunBy::Officer("li.wei".parse().unwrap());
    let Reversal { mut body, .. } = reversal(nth, 2, ReversalId::from_bytes([nth; 16]), by);
    body.clearing.treatment = person.home;
    body.clearing.amounts = Vec::new();
    let effects = ReversalEffects {
        salt: [0; 16],
        person: ReversedPerson {
            person,
            version: version(9),
        },
        visit: claim("V1").visit_key(),
        begun: None,
        totals: Vec::new(),
        balances: Balances::NONE,
        legs_from: 1,
    };
    ReversalOrdered::new(body, effects)
}

fn proof(leaf: huitong_core::digest::Digest) -> Proof {
    Proof {
        group: group(leaf),
        index: 0,
        path: Vec::new(),
    }
}

#[test]
fn a_visit_that_somebody_held_while_another_reversed_settlement_of_it_was_presented_is_free() {
    let (lost, back) = (at_home(1, other()), taken_back(1, other()));
    let disk = FakeDisk::new(1);
    let stands = vec![
        NodeRecord::Committed(at_home(2, person())),
        NodeRecord::CommitRegained(CommitRegained {
            proof: proof(lost.body().leaf()),
            record: lost,
            lacked: Balances::NONE,
        }),
        NodeRecord::ReversalRegained(ReversalRegained {
            proof: proof(back.body().leaf()),
            record: back,
        }),
        closed("2023-03-10"),
    ];
    write(&disk, stands);
    // The stay, and all its parts.
    let held_by = |ledger: &Ledger| {
        let claim = claim("V1");
        let keys = keys_of(claim.visit_key(), &claim.visit);
        let held: Vec<_> = keys.map(|key| ledger.home_visit(key).unwrap()).collect();
        held
    };
    let ledger = open(&disk, &fresh()).unwrap();
    assert_eq!(held_by(&ledger), [Some(id(2)); 2]);
    ledger.close();
    drop(ledger);
    erase(&disk);
    let ledger = open(&disk, &fresh()).unwrap();
    assert!(is_erased(&ledger, id(2)).unwrap() && !is_erased(&ledger, id(1)).unwrap());
    assert_eq!(held_by(&ledger), [None; 2]);
}
