//! One record of each kind that a transfer writes, made up, and its golden bytes.

use super::samples::{at, chengdu, claim, decision, ningbo, psn_no, settled, snapshot};
use super::*;
use crate::canonical::encode_to_vec;
use crate::id::TransferId;
use crate::person::{Credential, CredentialNumber};
use crate::record::hand::{
    GivenUpBy, HandOver, HandWord, Handed, HandedVisit, LateGivenUp, LateOffer, LateStanding,
    ProvenHand, Supplement, TransferOrder,
};
use crate::record::recovery::Proof;
use crate::record::transfer::{
    AccountAfter, HandRegained, HandTaken, HandWritten, HandsAcknowledged, LateEnded, LateMirrored,
    LateOffered, SupplementTaken, TransferBy, TransferStep, TransferStepped,
};

fn transfer() -> TransferId {
    TransferId::from_bytes([3; 16])
}

fn version() -> PersonVersion {
    PersonVersion {
        incarnation: 1,
        change: 8,
    }
}

fn order() -> TransferOrder {
    TransferOrder {
        transfer: transfer(),
        person: claim().person,
        new_home: chengdu(),
        number: PsnNo::parse("510100000000000017").unwrap(),
        credential: Credential::EVoucher(CredentialNumber::parse("A1").unwrap()),
        cover: CoveragePeriod {
            scheme: Scheme::Employee,
            category: "in_service".parse().unwrap(),
            retired: false,
            days: DateInterval::new("2023-07-01".parse().unwrap(), None).unwrap(),
        },
    }
}

fn supplement() -> Supplement {
    Supplement {
        transfer: transfer(),
        number: order().number,
        of: HandedVisit {
            treatment: ningbo(),
            settlement: SettlementId::from_bytes([7; 16]),
            visit: claim().visit_key(),
        },
        totals: decision().totals,
        paid: Balances {
            own: Fen::new(700).unwrap(),
            family: Fen::ZERO,
        },
    }
}

fn word(number: u64, handed: Handed) -> HandWord {
    HandWord {
        number,
        old_home: ningbo(),
        new_home: chengdu(),
        incarnation: 1,
        salt: [9; 16],
        handed,
        at: at(),
    }
}

fn hand_over() -> HandWord {
    let member = Member {
        psn_no: psn_no(),
        credentials: BTreeSet::from([order().credential]),
        birth: "1964-02-29".parse().unwrap(),
        years_paid: 12,
        claim_free_years: 0,
        periods: Vec::new(),
        identities: Vec::new(),
    };
    word(
        1,
        Handed::Person(HandOver {
            order: order(),
            member,
            prior: Vec::new(),
            version: version(),
            totals: Vec::new(),
            balances: Balances::NONE,
            filings: Vec::new(),
            visits: vec![supplement().of],
        }),
    )
}

fn proven(word: HandWord) -> ProvenHand {
    let Receipt {
        group, index, path, ..
    } = settled().receipt;
    let proof = Proof { group, index, path };
    ProvenHand { word, proof }
}

fn account() -> AccountAfter {
    AccountAfter {
        version: version(),
        totals: Vec::new(),
        balances: Balances::NONE,
    }
}

pub(super) fn of_transfers() -> Vec<NodeRecord> {
    let step = |step| {
        NodeRecord::TransferStepped(TransferStepped {
            transfer: transfer(),
            step,
            at: at(),
        })
    };
    let officer = || TransferBy::Officer("li.wei".parse().unwrap());
    let written = HandWritten::new(word(2, Handed::Claim(supplement())));
    vec![
        step(TransferStep::Agreed {
            order: order(),
            by: officer(),
        }),
        step(TransferStep::Frozen),
        step(TransferStep::Cancelled(TransferBy::Region(chengdu()))),
        step(TransferStep::Refused(Refusal::new(
            RefusalCode::UnknownPerson,
            "",
        ))),
        NodeRecord::HandWritten(HandWritten::new(hand_over())),
        NodeRecord::HandWritten(written.clone()),
        NodeRecord::HandRegained(HandRegained {
            proof: proven(hand_over()).proof,
            record: written,
        }),
        NodeRecord::HandTaken(HandTaken {
            hand: proven(word(3, Handed::Reversal(supplement()))),
            member: None,
            filings: None,
            account: Some(account()),
            at: at(),
        }),
        NodeRecord::HandsAcknowledged(HandsAcknowledged {
            new_home: chengdu(),
            up_to: 3,
        }),
        NodeRecord::LateMirrored(LateMirrored {
            psn_no: psn_no(),
            of: version(),
            totals: Vec::new(),
            balances: Balances::NONE,
            after: version(),
            at: at(),
        }),
        NodeRecord::LateOffered(LateOffered {
            settlement: SettlementId::from_bytes([7; 16]),
            claim: claim(),
            decision: decision(),
            snapshot: snapshot(),
            on: version(),
            at: at(),
        }),
        NodeRecord::LateEnded(LateEnded {
            psn_no: psn_no(),
            treatment: chengdu(),
            settlement: SettlementId::from_bytes([7; 16]),
            at: at(),
        }),
        NodeRecord::SupplementTaken(SupplementTaken {
            old_home: ningbo(),
            supplement: supplement(),
            account: account(),
            at: at(),
        }),
        NodeRecord::HandWritten(HandWritten::new(word(4, Handed::GivenUp(given_up())))),
    ]
}

fn given_up() -> LateGivenUp {
    LateGivenUp {
        transfer: transfer(),
        number: order().number,
        treatment: ningbo(),
        settlement: SettlementId::from_bytes([7; 16]),
        by: Some(GivenUpBy {
            officer: "li.wei".parse().unwrap(),
            reason: ReversalReason::WrongBill,
        }),
    }
}

#[test]
fn every_record_of_a_transfer_keeps_its_bytes() {
    let records = of_transfers();
    records.iter().for_each(laws);
    let digest = |record: &NodeRecord| record.digest().to_string()[..16].to_owned();
    let found: Vec<String> = records.iter().map(digest).collect();
    assert_eq!(found, GOLDEN);
}

#[test]
fn what_travels_keeps_its_bytes() {
    let standing = LateStanding {
        version: version(),
        totals: Vec::new(),
        balances: Balances::NONE,
    };
    let offer = LateOffer {
        supplement: supplement(),
        on: version(),
    };
    let found = [
        order().digest(),
        proven(hand_over()).digest(),
        standing.digest(),
        offer.digest(),
    ];
    let found = found.map(|digest| digest.to_string()[..16].to_owned());
    assert_eq!(found, TRAVELS);
}

/// The seal finds the leaf of a word, and bytes whose leaf is another's are no record.
#[test]
fn a_word_is_signed_with_its_group() {
    let record = HandWritten::new(hand_over());
    let leaf = record.word().leaf();
    let mut bytes = NodeRecord::HandWritten(record).to_bytes();
    assert_eq!(signed_leaf(&bytes), Some(leaf));
    assert!(is_hand(&bytes) && !is_hand_taken(&bytes));
    bytes[7] ^= 1;
    let refused = NodeRecord::from_bytes(&bytes).unwrap_err();
    assert!(refused.to_string().contains("leaf"), "{refused}");
    assert!(encode_to_vec(&hand_over()).len() > 100);
}

const GOLDEN: [&str; 14] = [
    "f4c7aae5ea9618e0",
    "847f0835052b5ecf",
    "c73edad86bc73789",
    "91833cc101f28a25",
    "5f532e5537d3134f",
    "bed8077f093f3237",
    "179565a8f0af782f",
    "28906afff582410a",
    "d7235a0ba6bcbce3",
    "110d90389867a62e",
    "4a3ada5fa5a6e961",
    "852d9d81fe24ea71",
    "82c23802e190dc6b",
    "ab3ac0acf6a834b4",
];

const TRAVELS: [&str; 4] = [
    "73d9a2965b9a894a",
    "a91429cd3dd67683",
    "a824363c4647b92a",
    "becca520ac6452d1",
];
