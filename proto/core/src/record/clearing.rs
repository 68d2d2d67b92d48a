//! What the clearinghouse journals: legs as they were taken, days closed, cut-offs, plans.
//!
//! As with a node's records, each carries all that follows from it, so that reading the journal from any
//! place onwards arrives at the same state. A plan is kept as its own bytes: what was netted must be the
//! same bytes for ever, whatever program reads them. Deliberately absent: anything of a person, and the
//! state of matching, which follows from the legs.

use std::collections::BTreeMap;

use crate::canonical::Artifact;
use crate::date::{BusinessDay, Timestamp};
use crate::digest::Digest;
use crate::duplicate::{TagBatch, TagStream};
use crate::leg::NumberedLeg;
use crate::record::recovery::RestoreMark;
use crate::region::RegionCode;
use crate::{canonical_enum, canonical_struct};

/// One record of the clearinghouse's journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClearingRecord {
    /// The next legs of a region's stream were taken.
    LegsTaken(LegsTaken),
    /// A region's business day is complete up to a number.
    RegionClosed(RegionClosed),
    /// A stream said something else under a number than it had said before.
    StreamHalted(StreamHalted),
    /// An officer looked, and the stream goes on.
    StreamReleased(StreamReleased),
    /// A cycle is cut off.
    CutOff(CutOff),
    /// A cycle is netted.
    Netted(Netted),
    /// A region's node was restored from a backup.
    StreamRestored(StreamRestored),
    /// The clearinghouse itself was restored from a backup: no cycle goes on.
    Restored(Restored),
    /// An officer said which cycle was cut off last before that, and cycles go on.
    Resumed(Resumed),
    /// The next batch of a region's tags was taken.
    TagsTaken(TagsTaken),
    /// A stream of tags does not go on from what it had said before.
    TagsHalted(TagsHalted),
}

canonical_enum!(ClearingRecord {
    1 => LegsTaken(record),
    2 => RegionClosed(record),
    3 => StreamHalted(record),
    4 => StreamReleased(record),
    5 => CutOff(record),
    6 => Netted(record),
    20 => StreamRestored(record),
    21 => Restored(record),
    22 => Resumed(record),
    90 => TagsTaken(record),
    91 => TagsHalted(record),
});

impl Artifact for ClearingRecord {
    const KIND: [u8; 4] = *b"CREC";
    const VERSION: u16 = 1;
}

/// Who made something happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// The clearinghouse itself, since every region had closed.
    AllClosed,
    /// The clearinghouse itself, at the deadline.
    Deadline,
    /// An officer of the clearinghouse, by the name in the certificate.
    Officer(String),
}

canonical_enum!(Actor { 1 => AllClosed, 2 => Deadline, 3 => Officer(name) });

/// Legs with the next numbers of a region's stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegsTaken {
    /// Whose stream.
    pub region: RegionCode,
    /// When.
    pub at: Timestamp,
    /// The legs, by consecutive numbers; at least one.
    pub legs: Vec<NumberedLeg>,
}

canonical_struct!(LegsTaken { region, at, legs });

/// A region's business day is complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionClosed {
    /// The region.
    pub region: RegionCode,
    /// The day.
    pub day: BusinessDay,
    /// The last number of its stream that belongs to the day or an earlier one.
    pub up_to: u64,
    /// When it said so.
    pub at: Timestamp,
}

canonical_struct!(RegionClosed {
    region,
    day,
    up_to,
    at
});

/// A region's node was restored: nothing that it sends in an older incarnation is taken any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamRestored {
    /// Whose stream.
    pub region: RegionCode,
    /// Its incarnation.
    pub incarnation: u32,
    /// What it drew for it.
    pub mark: RestoreMark,
    /// When it said so.
    pub at: Timestamp,
}

canonical_struct!(StreamRestored {
    region,
    incarnation,
    mark,
    at
});

/// The clearinghouse begins anew on a journal that may lack what came after a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// Which time it begins: 2 after the first restore.
    pub incarnation: u32,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(Restored { incarnation, at });

/// Every cycle that was cut off before the restore is here again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resumed {
    /// Who said so.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(Resumed { by, at });

/// A number came again with other content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamHalted {
    /// Whose stream.
    pub region: RegionCode,
    /// The number.
    pub number: u64,
    /// Digest of the leg that is held under it.
    pub held: Digest,
    /// Digest of the leg that was offered under it.
    pub offered: Digest,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(StreamHalted {
    region,
    number,
    held,
    offered,
    at
});

/// The stream goes on after what is held; what is held stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamReleased {
    /// Whose stream.
    pub region: RegionCode,
    /// Who looked.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(StreamReleased { region, by, at });

/// The next batch of a region's tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagsTaken {
    /// Whose.
    pub region: RegionCode,
    /// The batch.
    pub batch: TagBatch,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(TagsTaken { region, batch, at });

/// A batch did not stand on what is held: nothing more of its stream is taken. A new stream ends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagsHalted {
    /// Whose.
    pub region: RegionCode,
    /// The stream.
    pub stream: TagStream,
    /// The number that was offered.
    pub number: u64,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(TagsHalted {
    region,
    stream,
    number,
    at
});

/// The end of a cycle's intake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutOff {
    /// The cycle.
    pub day: BusinessDay,
    /// For each region the last number that belongs to this cycle or an earlier one.
    pub marks: BTreeMap<RegionCode, u64>,
    /// On whose word.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(CutOff { day, marks, by, at });

/// Who owes whom for a cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Netted {
    /// The cycle.
    pub day: BusinessDay,
    /// The plan's number, from 1.
    pub number: u64,
    /// The plan as it stands alone.
    pub plan: Vec<u8>,
    /// On whose word.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(Netted {
    day,
    number,
    plan,
    by,
    at
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::testing::golden;
    use crate::digest::sha256;
    use crate::fund::Fund;
    use crate::id::SettlementId;
    use crate::leg::{Leg, LegKind, Side};
    use crate::money::Fen;

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
        golden(
            &ClearingRecord::LegsTaken(LegsTaken {
                region: region(),
                at: at(),
                legs,
            }),
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
}
