//! What can be wrong with a statement: each says which it is and where it stands, in English and Chinese.

use std::fmt;

use huitong_core::checkpoint::row::Pair;
use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
use huitong_core::leg::LegKind;
use huitong_core::region::RegionCode;

use crate::member::Member;
use crate::runs::Run;

/// Something that is wrong with a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatementFault {
    /// With its checkpoint, held against one that was got elsewhere.
    Checkpoint(CheckpointFault),
    /// The table is not the one that is committed to.
    Table,
    /// The nets of a fund do not sum to zero: to so many fen.
    TableSum(Fund, i128),
    /// The nets of the regions do not come to the member's net in the table.
    MemberNet(Member, Fund),
    /// With a region.
    Region(RegionCode, RegionFault),
    /// With a row.
    Row(Pair, RowFault),
    /// With a leg of a row.
    Leg(LegPlace, LegFault),
    /// With a region's own book.
    Book(RegionCode, BookFault),
}

/// What is wrong between two checkpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckpointFault {
    /// Another one bears the same number.
    Other(u64),
    /// The one of this number does not name the one before it.
    Chain(u64),
    /// The one of this number is neither of the cycle nor next to it.
    Far(u64),
}

/// What is wrong with a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegionFault {
    /// It stands in the wrong place, twice, or in another province than the member.
    Place,
    /// What was taken of its stream does not hold together.
    Window,
    /// The cycle took so many legs, and so many are in its rows.
    Taken(u64, u64),
    /// Its rows do not come to its net of a fund.
    Net(Fund),
}

/// What is wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowFault {
    /// It stands in the wrong place, or twice.
    Place,
    /// No region of the member stands in it.
    Foreign,
    /// It is not in the tree at its place.
    Path,
    /// It has another number of legs than it says.
    Count,
    /// Its legs do not sum to its amount.
    Sum,
    /// Its legs are not those that its root is over.
    Root,
}

/// Where a leg stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LegPlace {
    /// The row.
    pub pair: Pair,
    /// The settlement.
    pub settlement: SettlementId,
    /// What it arose from.
    pub kind: LegKind,
}

/// What is wrong with a leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LegFault {
    /// It stands in the wrong place of its row, or twice.
    Place,
    /// It is in the region's book under this number, the cycle took it, and it is in no row.
    Dropped(RegionCode, u64),
    /// It is in the row, and not in the region's book among what the cycle took.
    Added(RegionCode),
    /// It is in the region's book under this number with something else in a field.
    Changed(RegionCode, u64, LegField),
}

/// A field of a leg in which statement and book differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LegField {
    /// Who owes.
    Debtor,
    /// Who is owed.
    Creditor,
    /// How much.
    Amount,
    /// The business day.
    BusinessDay,
    /// The receipt's digest.
    Receipt,
}

/// What is wrong with a region's own book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BookFault {
    /// The statement does not have the region.
    Foreign,
    /// Two books have other legs under one number.
    Twice(u64),
    /// It lacks numbers that the cycle took.
    Lacks(Run),
}

impl LegField {
    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Debtor => "debtor",
            Self::Creditor => "creditor",
            Self::Amount => "amount",
            Self::BusinessDay => "business_day",
            Self::Receipt => "receipt",
        }
    }
}

impl StatementFault {
    /// The stable code of the fault.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Checkpoint(CheckpointFault::Other(_)) => "checkpoint.other",
            Self::Checkpoint(CheckpointFault::Chain(_)) => "checkpoint.chain",
            Self::Checkpoint(CheckpointFault::Far(_)) => "checkpoint.far",
            Self::Table => "table.other",
            Self::TableSum(..) => "table.sum",
            Self::MemberNet(..) => "member.net",
            Self::Region(_, RegionFault::Place) => "region.place",
            Self::Region(_, RegionFault::Window) => "region.window",
            Self::Region(_, RegionFault::Taken(..)) => "region.taken",
            Self::Region(_, RegionFault::Net(_)) => "region.net",
            Self::Row(_, RowFault::Place) => "row.place",
            Self::Row(_, RowFault::Foreign) => "row.foreign",
            Self::Row(_, RowFault::Path) => "row.path",
            Self::Row(_, RowFault::Count) => "row.count",
            Self::Row(_, RowFault::Sum) => "row.sum",
            Self::Row(_, RowFault::Root) => "row.root",
            Self::Leg(_, LegFault::Place) => "leg.place",
            Self::Leg(_, LegFault::Dropped(..)) => "leg.dropped",
            Self::Leg(_, LegFault::Added(_)) => "leg.added",
            Self::Leg(_, LegFault::Changed(..)) => "leg.changed",
            Self::Book(_, BookFault::Foreign) => "book.foreign",
            Self::Book(_, BookFault::Twice(_)) => "book.twice",
            Self::Book(_, BookFault::Lacks(_)) => "book.lacks",
        }
    }

    /// The row in which it stands, if in one.
    #[must_use]
    pub const fn pair(&self) -> Option<&Pair> {
        match self {
            Self::Row(pair, _) | Self::Leg(LegPlace { pair, .. }, _) => Some(pair),
            Self::Checkpoint(_)
            | Self::Table
            | Self::TableSum(..)
            | Self::MemberNet(..)
            | Self::Region(..)
            | Self::Book(..) => None,
        }
    }

    /// The settlement that it is about, if about one.
    #[must_use]
    pub const fn settlement(&self) -> Option<SettlementId> {
        match self {
            Self::Leg(place, _) => Some(place.settlement),
            Self::Checkpoint(_)
            | Self::Table
            | Self::TableSum(..)
            | Self::MemberNet(..)
            | Self::Region(..)
            | Self::Row(..)
            | Self::Book(..) => None,
        }
    }

    /// What it is, in English and in Chinese.
    #[must_use]
    pub fn words(&self) -> (String, String) {
        match self {
            Self::Checkpoint(fault) => fault.words(),
            Self::Table => (
                "the table of nets is not the one that the checkpoint commits to".to_owned(),
                "轧差总表与检查点不符".to_owned(),
            ),
            Self::TableSum(fund, fen) => {
                let fund = fund.as_str();
                (
                    format!(
                        "the nets of {fund} sum to {fen} fen over all members, and not to zero"
                    ),
                    format!("各成员{fund}轧差之和为{fen}分，应为零"),
                )
            }
            Self::MemberNet(member, fund) => {
                let fund = fund.as_str();
                (
                    format!(
                        "the nets of its regions do not come to the net of {fund} that the table has for member {member}"
                    ),
                    format!("所属统筹区之和与总表中成员{member}的{fund}轧差额不符"),
                )
            }
            Self::Region(region, fault) => fault.words(*region),
            Self::Row(pair, fault) => {
                let (en, zh) = fault.words();
                let row = shown(pair);
                (format!("row {row}: {en}"), format!("行 {row}：{zh}"))
            }
            Self::Leg(place, fault) => place.words(*fault),
            Self::Book(region, fault) => fault.words(*region),
        }
    }
}

impl fmt::Display for StatementFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (en, zh) = self.words();
        write!(f, "{en} / {zh}")
    }
}

impl std::error::Error for StatementFault {}

/// A row as it is named to people.
fn shown(pair: &Pair) -> String {
    let Pair {
        debtor,
        creditor,
        fund,
    } = pair;
    format!("{debtor} → {creditor} {}", fund.as_str())
}

impl CheckpointFault {
    fn words(self) -> (String, String) {
        match self {
            Self::Other(plan) => (
                format!(
                    "plan {plan} has two checkpoints, this statement's and the one held against it: keep both, they are evidence"
                ),
                format!("第{plan}号方案有两个不同的检查点：请将两份一并留存为证据"),
            ),
            Self::Chain(plan) => (
                format!("the checkpoint of plan {plan} does not name the one before it"),
                format!("第{plan}号方案的检查点未引用其上一检查点"),
            ),
            Self::Far(plan) => (
                format!(
                    "the checkpoint held against it is of plan {plan}, neither of this cycle nor next to it"
                ),
                format!("所给检查点属第{plan}号方案，与本期不相邻"),
            ),
        }
    }
}

impl RegionFault {
    fn words(self, region: RegionCode) -> (String, String) {
        match self {
            Self::Place => (
                format!(
                    "region {region} stands in the wrong place, twice, or in another province than the member"
                ),
                format!("统筹区{region}次序不对、重复或与成员不同省"),
            ),
            Self::Window => (
                format!("what was taken of the stream of region {region} does not hold together"),
                format!("统筹区{region}的序号区间自相矛盾"),
            ),
            Self::Taken(window, rows) => (
                format!(
                    "the cycle took {window} legs of region {region}, and its rows have {rows}"
                ),
                format!("本期应含统筹区{region}共{window}笔，各行合计{rows}笔"),
            ),
            Self::Net(fund) => {
                let fund = fund.as_str();
                (
                    format!("the rows of region {region} do not come to its net of {fund}"),
                    format!("统筹区{region}各行之和与其{fund}轧差额不符"),
                )
            }
        }
    }
}

impl RowFault {
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Place => ("it stands in the wrong place, or twice", "次序不对或重复"),
            Self::Foreign => (
                "no region of the member stands in it",
                "与本成员的统筹区无关",
            ),
            Self::Path => (
                "it is not in the tree that the checkpoint commits to, at its place",
                "不在检查点所确认的树中",
            ),
            Self::Count => (
                "it has another number of legs than it says",
                "笔数与明细不符",
            ),
            Self::Sum => ("its legs do not sum to its amount", "明细之和与金额不符"),
            Self::Root => (
                "its legs are not those that its root is over: one was changed, left out, added or put elsewhere",
                "明细与其根不符：有更改、遗漏、增添或换位",
            ),
        }
    }
}

impl LegPlace {
    fn words(&self, fault: LegFault) -> (String, String) {
        let (en, zh) = match self.kind {
            LegKind::Settlement => ("settlement", "结算"),
            LegKind::Reversal => ("the reversal of settlement", "冲正结算"),
        };
        let (row, id) = (shown(&self.pair), self.settlement);
        match fault {
            LegFault::Place => (
                format!("row {row}: {en} {id} stands in the wrong place, or twice"),
                format!("行 {row}：{zh} {id} 次序不对或重复"),
            ),
            LegFault::Dropped(region, number) => (
                format!(
                    "row {row}: {en} {id} was dropped, which is leg {number} of region {region} and of this cycle"
                ),
                format!("行 {row}：{zh} {id}（统筹区{region}序号{number}）属于本期而被遗漏"),
            ),
            LegFault::Added(region) => (
                format!(
                    "row {row}: {en} {id} was added, which region {region} has not among what this cycle took"
                ),
                format!("行 {row}：{zh} {id} 被添入，统筹区{region}本期无此笔"),
            ),
            LegFault::Changed(region, number, field) => {
                let field = field.as_str();
                (
                    format!(
                        "row {row}: {en} {id} was changed, leg {number} of region {region} has another {field}"
                    ),
                    format!(
                        "行 {row}：{zh} {id} 被更改，与统筹区{region}序号{number}的{field}不一致"
                    ),
                )
            }
        }
    }
}

impl BookFault {
    fn words(self, region: RegionCode) -> (String, String) {
        match self {
            Self::Foreign => (
                format!("a book is of region {region}, which the statement does not have"),
                format!("账簿所属统筹区{region}不在对账单中"),
            ),
            Self::Twice(number) => (
                format!("two books of region {region} have different legs under number {number}"),
                format!("统筹区{region}的两份账簿在序号{number}下内容不一"),
            ),
            Self::Lacks(Run { first, last }) => (
                format!(
                    "the book of region {region} lacks numbers {first} to {last}, which this cycle took: write them with `huitong node legs --from {first} --to {last}`"
                ),
                format!(
                    "统筹区{region}的账簿缺少本期所含序号{first}至{last}，请以 huitong node legs --from {first} --to {last} 导出"
                ),
            ),
        }
    }
}
