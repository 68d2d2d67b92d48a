//! What a region says of a checkpoint, once its node has held it against its own book: that all of it holds, or what
//! does not.
//!
//! The word is signed over a prefix of its own and the digest of its canonical form, so that no signature of a node
//! under anything else can be taken for one. It names the checkpoint by its digest: of two checkpoints of one plan a
//! region countersigns the one that it saw. Deliberately absent: cryptography, and the statement that was looked at.

use std::fmt;

use super::row::Pair;
use crate::canonical::Artifact;
use crate::canonical_struct;
use crate::date::Timestamp;
use crate::digest::Digest;
use crate::evidence::Chain;
use crate::id::SettlementId;
use crate::region::RegionCode;

/// Findings that a word carries: the first of them, which are enough to go and look.
pub const FINDINGS_AT_MOST: usize = 16;

macro_rules! finding_kinds {
    ($($(#[$doc:meta])* $tag:literal $variant:ident $code:literal $en:literal $zh:literal;)+) => {
        /// What is wrong. The codes of what a statement can have wrong are those of its faults.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum FindingKind { $($(#[$doc])* $variant),+ }

        crate::canonical_enum!(FindingKind { $($tag => $variant),+ });

        impl FindingKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable code.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// What it is, in English and in Chinese.
            #[must_use]
            pub const fn words(self) -> (&'static str, &'static str) {
                match self { $(Self::$variant => ($en, $zh)),+ }
            }
        }
    };
}

finding_kinds! {
    /// It does not name the checkpoint before it that the region saw.
    1 Chain "checkpoint.chain" "it does not name the checkpoint before it that this region saw" "未引用本区所见的上一检查点";
    /// What the region was given for it carries another one.
    2 Other "checkpoint.other" "the region's part of it carries another checkpoint" "所给本区部分对应另一检查点";
    /// The table of nets is not the one that is committed to.
    3 Table "table.other" "the table of nets is not the one that it commits to" "轧差总表与检查点不符";
    /// The nets of a fund do not sum to zero.
    4 TableSum "table.sum" "the nets of a fund do not sum to zero over all members" "各成员轧差之和不为零";
    /// A region stands in the wrong place.
    5 RegionPlace "region.place" "the region stands in another province than its member" "统筹区与成员不同省";
    /// What was taken of the stream does not hold together.
    6 RegionWindow "region.window" "what was taken of the region's stream does not hold together" "本区序号区间自相矛盾";
    /// The cycle does not begin where the one before ended.
    7 RegionBegin "region.begin" "it does not begin in the region's stream where the cycle before ended" "未从本区上一期截止处开始";
    /// The cycle took another number of legs than its rows have.
    8 RegionTaken "region.taken" "the cycle took another number of the region's legs than its rows have" "本期所含笔数与各行合计不符";
    /// The rows do not come to the region's net.
    9 RegionNet "region.net" "the region's rows do not come to its net" "本区各行之和与其轧差额不符";
    /// The rows do not come to the member's net.
    10 MemberNet "member.net" "the rows do not come to the member's net in the table" "各行之和与总表中成员轧差额不符";
    /// A row stands in the wrong place, or twice.
    11 RowPlace "row.place" "a row stands in the wrong place, or twice" "行次序不对或重复";
    /// A row in which the region does not stand.
    12 RowForeign "row.foreign" "the region does not stand in a row" "行与本区无关";
    /// A row is not in the tree at its place.
    13 RowPath "row.path" "a row is not in the tree that it commits to" "行不在检查点所确认的树中";
    /// A row has another number of legs than it says.
    14 RowCount "row.count" "a row has another number of legs than it says" "行笔数与明细不符";
    /// The legs of a row do not sum to its amount.
    15 RowSum "row.sum" "the legs of a row do not sum to its amount" "行明细之和与金额不符";
    /// The legs of a row are not those that its root is over.
    16 RowRoot "row.root" "the legs of a row are not those that its root is over" "行明细与其根不符";
    /// A leg stands in the wrong place of its row, or twice.
    17 LegPlace "leg.place" "a leg stands in the wrong place, or twice" "明细次序不对或重复";
    /// A leg of the region's book is in no row.
    18 LegDropped "leg.dropped" "a leg of the region's book was dropped" "遗漏本区账簿中的明细";
    /// A leg is in a row and not in the region's book.
    19 LegAdded "leg.added" "a leg was added that the region's book has not" "添入本区账簿中没有的明细";
    /// A leg differs from the region's book.
    20 LegChanged "leg.changed" "a leg was changed against the region's book" "明细与本区账簿不一致";
    /// The region's book lacks numbers that the cycle took.
    21 BookLacks "book.lacks" "the region's book lacks numbers that the cycle took" "本区账簿缺少本期所含序号";
    /// The region's book has two legs under one number.
    22 BookTwice "book.twice" "the region's book has two legs under one number" "本区账簿同一序号有两笔";
    /// The region's part cannot be read.
    23 PartUnreadable "part.unreadable" "the region's part of it cannot be read" "本区部分无法读取";
    /// The region's part is another region's.
    24 PartForeign "part.foreign" "the region's part of it is another region's" "所给部分属于另一统筹区";
    /// The region's part is not handed out, although the region stood in cycles before, or closed a day with legs.
    25 PartMissing "part.missing" "no part of it is handed out, although the region stood in cycles before or closed the day with legs" "未给出本区部分，而本区此前已参与清算或当日已关账且有明细";
    /// Rows in which the region owes are left out.
    26 RowGap "row.gap" "rows in which the region owes are left out before a row" "行前遗漏本区为付款方的行";
    /// The table of counts is not the one that is committed to.
    27 Counts "counts.other" "the table of how many rows each region has is not the one that it commits to" "各统筹区行数表与检查点不符";
    /// The counts do not come to the rows of the cycle.
    28 CountsSum "counts.sum" "the counts of all regions do not come to the rows of the cycle" "各统筹区行数之和与本期行数不符";
    /// Rows in which the region stands are left out whole.
    29 RowMissing "row.missing" "rows in which the region stands are left out whole" "整行遗漏本区所在的行";
    /// There are more rows of the region than are committed to.
    30 RowSurplus "row.surplus" "there are more rows of the region than it commits to" "本区所在的行多于检查点所载";
    /// It says nothing of counts, and the one before it did.
    31 Uncounted "checkpoint.uncounted" "it does not say how many rows each region has, and the checkpoint before it did" "未载明各统筹区行数，而上一检查点已载明";
    /// A region of the member is left out. No region finds it, which is shown its own part alone.
    32 RegionLeftOut "region.missing" "a region of the member stands in rows and is left out whole" "成员的统筹区整区遗漏";
}

/// Something that a region found wrong, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub kind: FindingKind,
    /// In which row.
    pub pair: Option<Pair>,
    /// About which settlement.
    pub settlement: Option<SettlementId>,
    /// Which number of the region's own stream.
    pub number: Option<u64>,
}

canonical_struct!(Finding {
    kind,
    pair,
    settlement,
    number
});

impl Finding {
    /// One that is about the checkpoint as a whole.
    #[must_use]
    pub const fn whole(kind: FindingKind) -> Self {
        Self {
            kind,
            pair: None,
            settlement: None,
            number: None,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (en, zh) = self.kind.words();
        write!(f, "{}: {en}", self.kind.code())?;
        if let Some(pair) = &self.pair {
            let fund = pair.fund.as_str();
            write!(f, ", row {} → {} {fund}", pair.debtor, pair.creditor)?;
        }
        if let Some(settlement) = self.settlement {
            write!(f, ", settlement {settlement}")?;
        }
        if let Some(number) = self.number {
            write!(f, ", leg {number}")?;
        }
        write!(f, " / {zh}")
    }
}

/// What was found wrong: the first findings, and how many there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings {
    first: Vec<Finding>,
    count: u64,
}

canonical_struct!(Findings { first, count } via Findings::new);

/// Findings that are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("from 1 to {FINDINGS_AT_MOST} findings, and not fewer in all")]
pub struct NoFindings;

impl Findings {
    /// The first findings out of so many.
    ///
    /// # Errors
    /// [`NoFindings`] when there is none, there are too many, or fewer in all.
    pub fn new(first: Vec<Finding>, count: u64) -> Result<Self, NoFindings> {
        let held = u64::try_from(first.len()).map_err(|_| NoFindings)?;
        if first.is_empty() || first.len() > FINDINGS_AT_MOST || count < held {
            return Err(NoFindings);
        }
        Ok(Self { first, count })
    }

    /// The first of them.
    #[must_use]
    pub fn first(&self) -> &[Finding] {
        &self.first
    }

    /// How many there are.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }
}

/// How a checkpoint stands to a region's own book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// All of it holds: the region countersigns.
    Holds,
    /// Something does not: the region refuses.
    Refused(Findings),
}

crate::canonical_enum!(Verdict { 1 => Holds, 2 => Refused(findings) });

impl Verdict {
    /// The verdict on all that was found.
    #[must_use]
    pub fn of(found: &[Finding]) -> Self {
        let first: Vec<Finding> = found.iter().take(FINDINGS_AT_MOST).copied().collect();
        let count = u64::try_from(found.len()).unwrap_or(u64::MAX);
        Findings::new(first, count).map_or(Self::Holds, Self::Refused)
    }

    /// What was found wrong; none when it holds.
    #[must_use]
    pub const fn findings(&self) -> Option<&Findings> {
        match self {
            Self::Holds => None,
            Self::Refused(findings) => Some(findings),
        }
    }
}

/// What a region says of a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessWord {
    /// The region.
    pub region: RegionCode,
    /// The plan's number.
    pub plan: u64,
    /// The checkpoint's digest.
    pub checkpoint: Digest,
    /// How it stands.
    pub verdict: Verdict,
    /// When that was said: when it was found, or later, under a certificate that was not there yet.
    pub at: Timestamp,
}

canonical_struct!(WitnessWord {
    region,
    plan,
    checkpoint,
    verdict,
    at
});

impl Artifact for WitnessWord {
    const KIND: [u8; 4] = *b"WTNS";
    const VERSION: u16 = 1;
}

impl WitnessWord {
    /// The bytes that are signed of it.
    #[must_use]
    pub fn signed_bytes(&self) -> Vec<u8> {
        let mut bytes = b"HTCW\x00\x01".to_vec();
        bytes.extend_from_slice(self.digest().as_bytes());
        bytes
    }
}

/// A region's word with its signature and the certificates of the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertifiedWord {
    /// What is signed.
    pub word: WitnessWord,
    /// The algorithm, as `huitong-certs` numbers it.
    pub algorithm: u8,
    /// The key.
    pub key_id: Digest,
    /// Over [`WitnessWord::signed_bytes`].
    pub signature: Vec<u8>,
    /// The certificates of the key: DER, leaf first, without the root.
    pub signer: Chain,
}

canonical_struct!(CertifiedWord {
    word,
    algorithm,
    key_id,
    signature,
    signer
});

impl Artifact for CertifiedWord {
    const KIND: [u8; 4] = *b"WTNC";
    const VERSION: u16 = 1;
}

/// What regions say of one checkpoint, as a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessFile {
    /// Each region's word, ascending by region.
    pub words: Vec<CertifiedWord>,
}

canonical_struct!(WitnessFile { words });

impl Artifact for WitnessFile {
    const KIND: [u8; 4] = *b"WTNF";
    const VERSION: u16 = 1;
}

/// How far a region's stream is in cycles: the mark of the last in which the region stood, and what was carried on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamReach {
    /// The mark.
    pub to: u64,
    /// Digest of the canonical form of the numbers that wait for a later cycle.
    pub carried: Digest,
}

canonical_struct!(StreamReach { to, carried });
