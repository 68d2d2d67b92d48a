//! The bytes of the clearinghouse's records, as they were written before and must be read for ever.

mod attestations;
mod cycles;
mod months;

use super::*;
use crate::canonical::testing::{golden, golden_file};
use crate::checkpoint::Checkpoint;
use crate::digest::sha256;
use crate::fund::Fund;
use crate::id::SettlementId;
use crate::leg::{Leg, LegKind, Side};
use crate::money::Fen;
use crate::officer::OfficerName;
use crate::payment::{BankLine, Instruction, PaymentReference};
use crate::prefund::PrefundLine;
use crate::vocabulary::{CorrectionReason, DelayReason, Direction, ParkReason, PrefundLevel};

fn region() -> RegionCode {
    "330200".parse().unwrap()
}

fn day() -> BusinessDay {
    "2026-03-31".parse().unwrap()
}

fn at() -> Timestamp {
    Timestamp::from_millis(1_775_000_000_000).unwrap()
}

#[test]
fn golden_bytes_of_streams() {
    let leg = Leg {
        settlement: SettlementId::from_parts(1, [2; 10]),
        kind: LegKind::Settlement,
        debtor: region(),
        creditor: "510100".parse().unwrap(),
        fund: Fund::ResidentPool,
        amount: Fen::new(1_316_000).unwrap(),
        business_day: day(),
        receipt: sha256(b"receipt"),
    };
    let legs = vec![NumberedLeg {
        number: 7,
        side: Side::Payable,
        leg,
    }];
    let taken = LegsTaken {
        region: region(),
        at: at(),
        legs,
    };
    let of = DeductionOf {
        number: 7,
        settlement: SettlementId::from_parts(3, [4; 10]),
    };
    golden(
        &ClearingRecord::DeductionsTaken(taken.clone(), vec![of]),
        "19000509d80000019d463e960000000001000000000000000702000000000001020202020202020202\
         0201000509d80007c8940005f3d400000000001414a007ea031f6f32860910ca0fb2a20c7fda143666b0\
         9dbf8db5238195c90a586fb542ff0cad00000001000000000000000700000000000304040404040404040404",
    );
    golden(
        &ClearingRecord::LegsTaken(taken),
        "01000509d80000019d463e9600000000010000000000000007020000000000010202020202020202\
         020201000509d80007c8940005f3d400000000001414a007ea031f6f32860910ca0fb2a20c7fda1436\
         66b09dbf8db5238195c90a586fb542ff0cad",
    );
    let closed = RegionClosed {
        region: region(),
        day: day(),
        up_to: 7,
        at: at(),
    };
    golden(
        &ClearingRecord::RegionClosed(closed),
        "02000509d807ea031f00000000000000070000019d463e9600",
    );
    let halted = StreamHalted {
        region: region(),
        number: 7,
        held: sha256(b"held"),
        offered: sha256(b"offered"),
        at: at(),
    };
    golden(
        &ClearingRecord::StreamHalted(halted),
        "03000509d80000000000000007c20dea4d876b5b8fb0a1814b43017030cea6d4ac30b2d9ae71b404\
         d2faba49b5f9baa17c97751fd34ab54ebf77b2c8c4fd4a84a2d2ac701f1107610bfa8275f4000001\
         9d463e9600",
    );
    let by = Actor::Officer("li.wei".to_owned());
    let released = StreamReleased {
        region: region(),
        by,
        at: at(),
    };
    golden(
        &ClearingRecord::StreamReleased(released),
        "04000509d803000000066c692e7765690000019d463e9600",
    );
}

#[test]
fn golden_bytes_of_restores() {
    let restored = Restored {
        incarnation: 2,
        at: at(),
    };
    golden(
        &ClearingRecord::Restored(restored),
        "15000000020000019d463e9600",
    );
    let resumed = Resumed {
        by: Actor::Officer("li.wei".to_owned()),
        at: at(),
    };
    golden(
        &ClearingRecord::Resumed(resumed),
        "1603000000066c692e7765690000019d463e9600",
    );
    let stream = StreamRestored {
        region: region(),
        incarnation: 2,
        mark: [7; 16],
        at: at(),
    };
    golden(
        &ClearingRecord::StreamRestored(stream),
        "14000509d800000002070707070707070707070707070707070000019d463e9600",
    );
}

#[test]
fn golden_bytes_of_cycles() {
    let marks = BTreeMap::from([(region(), 7)]);
    let cut_off = CutOff {
        day: day(),
        marks,
        by: Actor::AllClosed,
        at: at(),
    };
    golden(
        &ClearingRecord::CutOff(cut_off),
        "0507ea031f00000001000509d80000000000000007010000019d463e9600",
    );
    let plan = b"NETP".to_vec();
    let netted = Netted {
        day: day(),
        number: 1,
        plan,
        by: Actor::Deadline,
        at: at(),
    };
    golden(
        &ClearingRecord::Netted(netted),
        "0607ea031f0000000000000001000000044e455450020000019d463e9600",
    );
}

/// One of each step towards being paid.
fn payments() -> [PaymentRecord; 7] {
    let by: OfficerName = "li.wei".parse().unwrap();
    let reference: PaymentReference = "12-330000-resident_pool".parse().unwrap();
    let amount = Fen::new(1_316_000).unwrap();
    let line = BankLine {
        bank_reference: "B-1".parse().unwrap(),
        member: reference.member,
        fund: reference.fund,
        direction: Direction::PayIn,
        amount,
        on: day(),
    };
    let instruction = Instruction {
        reference,
        direction: Direction::PayIn,
        amount,
    };
    let (day, at) = (day(), at());
    [
        PaymentRecord::Approved(Approved {
            day,
            plan: sha256(b"plan"),
            by: by.clone(),
            at,
        }),
        PaymentRecord::Instructed(Instructed {
            day,
            due: "2026-04-21".parse().unwrap(),
            instructions: vec![instruction],
            by: by.clone(),
            at,
        }),
        PaymentRecord::Confirmed(Confirmed {
            line,
            reference,
            by: by.clone(),
            at,
        }),
        PaymentRecord::Parked(Parked {
            line,
            bears: "三月".to_owned(),
            why: ParkReason::UnknownReference,
            by: by.clone(),
            at,
        }),
        PaymentRecord::Applied(Applied {
            line,
            to: vec![(reference, amount)],
            by: by.clone(),
            at,
        }),
        PaymentRecord::Returned(Returned {
            line,
            amount,
            back: "B-2".parse().unwrap(),
            on: day,
            by: by.clone(),
            at,
        }),
        PaymentRecord::Delayed(Delayed {
            reference,
            why: DelayReason::Budget,
            by,
            at,
        }),
    ]
}

#[test]
fn golden_bytes_of_payments() {
    let expected = [
        "070107ea031f64879f7d6b960a01909762d911a32d4582c20010c5641ee90278b644a9e3b5250000\
             00066c692e7765690000019d463e9600",
        "070207ea031f07ea041500000001000000000000000c000509100005f3d40100000000001414a000\
             0000066c692e7765690000019d463e9600",
        "070300000003422d31000509100005f3d40100000000001414a007ea031f000000000000000c0005\
             09100005f3d4000000066c692e7765690000019d463e9600",
        "070400000003422d31000509100005f3d40100000000001414a007ea031f00000006e4b889e69c88\
             01000000066c692e7765690000019d463e9600",
        "070500000003422d31000509100005f3d40100000000001414a007ea031f00000001000000000000\
             000c000509100005f3d400000000001414a0000000066c692e7765690000019d463e9600",
        "070600000003422d31000509100005f3d40100000000001414a007ea031f00000000001414a00000\
             0003422d3207ea031f000000066c692e7765690000019d463e9600",
        "0707000000000000000c000509100005f3d403000000066c692e7765690000019d463e9600",
    ];
    for (record, expected) in payments().into_iter().zip(expected) {
        golden(&ClearingRecord::Payment(record), expected);
    }
}

#[test]
fn golden_bytes_of_a_way_back_that_was_entered_for_itself() {
    let line = BankLine {
        bank_reference: "B-1".parse().unwrap(),
        member: "330000".parse().unwrap(),
        fund: Fund::ResidentPool,
        direction: Direction::PayIn,
        amount: Fen::new(1_316_000).unwrap(),
        on: day(),
    };
    let back = BankLine {
        bank_reference: "B-2".parse().unwrap(),
        direction: Direction::PayOut,
        ..line
    };
    let joined = Joined {
        line,
        back,
        by: "li.wei".parse().unwrap(),
        at: at(),
    };
    golden(
        &ClearingRecord::Payment(PaymentRecord::Joined(joined)),
        "070800000003422d31000509100005f3d40100000000001414a007ea031f00000003422d32000509\
         100005f3d40200000000001414a007ea031f000000066c692e7765690000019d463e9600",
    );
}

#[test]
fn golden_bytes_of_prefunds() {
    let by: OfficerName = "li.wei".parse().unwrap();
    let prefund = "330000-510100-resident_pool".parse().unwrap();
    let (amount, at) = (Fen::new(1_316_000).unwrap(), at());
    let due = "2026-04-21".parse().unwrap();
    let line = PrefundLine {
        bank_reference: "H-1".parse().unwrap(),
        prefund,
        direction: Direction::PayIn,
        amount,
        on: day(),
    };
    let records = [
        PrefundRecord::Set(PrefundSet {
            prefund,
            year: 2026,
            amount,
            due,
            by: by.clone(),
            at,
        }),
        PrefundRecord::ToppedUp(PrefundToppedUp {
            prefund,
            amount,
            due,
            by: by.clone(),
            at,
        }),
        PrefundRecord::Moved(PrefundMoved {
            line,
            by: by.clone(),
            at,
        }),
        PrefundRecord::Corrected(PrefundCorrected {
            line,
            why: CorrectionReason::Bounced,
            by,
            at,
        }),
        PrefundRecord::Levels(PrefundLevels {
            changed: vec![LevelChange {
                prefund,
                level: PrefundLevel::Red,
                used: amount,
                held: amount,
            }],
            at,
        }),
    ];
    let expected = [
        "0801000509100007c8940005f3d407ea00000000001414a007ea0415000000066c692e7765690000\
         019d463e9600",
        "0802000509100007c8940005f3d400000000001414a007ea0415000000066c692e7765690000019d\
         463e9600",
        "080300000003482d31000509100007c8940005f3d40100000000001414a007ea031f000000066c69\
         2e7765690000019d463e9600",
        "080400000003482d31000509100007c8940005f3d40100000000001414a007ea031f04000000066c\
         692e7765690000019d463e9600",
        "080500000001000509100007c8940005f3d40300000000001414a000000000001414a00000019d46\
         3e9600",
    ];
    for (record, expected) in records.into_iter().zip(expected) {
        golden(&ClearingRecord::Prefund(record), expected);
    }
}

#[test]
fn golden_bytes_of_a_correction() {
    let prefund = "330000-510100-resident_pool".parse().unwrap();
    let amount = Fen::new(1_316_000).unwrap();
    let corrected = Corrected {
        line: BankLine {
            bank_reference: "B-1".parse().unwrap(),
            member: "330000".parse().unwrap(),
            fund: Fund::ResidentPool,
            direction: Direction::PayOut,
            amount,
            on: day(),
        },
        counted: vec![("12-330000-resident_pool".parse().unwrap(), amount)],
        parked: Fen::ZERO,
        reopened: BTreeMap::from([(day(), BTreeMap::from([(prefund, amount)]))]),
        why: CorrectionReason::Bounced,
        by: "li.wei".parse().unwrap(),
        at: at(),
    };
    golden(
        &ClearingRecord::Payment(PaymentRecord::Corrected(corrected)),
        "070900000003422d31000509100005f3d40200000000001414a007ea031f00000001000000000000\
         000c000509100005f3d400000000001414a000000000000000000000000107ea031f000000010005\
         09100007c8940005f3d400000000001414a004000000066c692e7765690000019d463e9600",
    );
}

#[test]
fn golden_bytes_of_a_proven_cycle() {
    let checkpoint = Checkpoint {
        plan: 2,
        day: day(),
        root: sha256(b"root"),
        rows: 1,
        nets: sha256(b"nets"),
        before: Some(sha256(b"before")),
        counts: None,
    };
    let signed = SignedCheckpoint {
        checkpoint,
        at: at(),
        algorithm: 1,
        key_id: sha256(b"key"),
        signature: vec![7; 64],
    };
    let proven = Proven {
        pair_roots: vec![sha256(b"pair")],
        signed,
        signer: vec![vec![1, 2, 3]],
    };
    golden_file("clearing_proven", &ClearingRecord::Proven(proven));
}
