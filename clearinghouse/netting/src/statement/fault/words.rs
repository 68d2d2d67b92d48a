//! The words of each fault, in English and Chinese.

use huitong_core::checkpoint::row::Pair;
use huitong_core::leg::{LegKind, Side};
use huitong_core::region::RegionCode;

use super::{BookFault, CheckpointFault, LegFault, LegPlace, RegionFault, RowFault, RowNumbers};
use crate::runs::Run;

/// A row as it is named to people.
pub(in crate::statement) fn shown(pair: &Pair) -> String {
    let Pair {
        debtor,
        creditor,
        fund,
    } = pair;
    format!("{debtor} → {creditor} {}", fund.as_str())
}

/// Counts of a side that are not of all rows.
pub(super) fn counts(side: Side, sum: u64, rows: u64) -> (String, String) {
    let (en, zh) = match side {
        Side::Payable => ("owe", "为付款方的"),
        Side::Receivable => ("are owed", "为收款方的"),
    };
    (
        format!("regions {en} in {sum} rows together, and the cycle has {rows}"),
        format!("各统筹区{zh}行数合计{sum}行，本期共{rows}行"),
    )
}

/// A region that has other rows than so many.
fn rows(region: RegionCode, side: Side, numbers: RowNumbers) -> (String, String) {
    let RowNumbers { signed, found } = numbers;
    let (en, zh) = match side {
        Side::Payable => ("owes", "为付款方的"),
        Side::Receivable => ("is owed", "为收款方的"),
    };
    let many = signed.abs_diff(found);
    let (is, is_zh) = if numbers.lacks() {
        (
            format!("{many} left out whole"),
            format!("整行遗漏{many}行"),
        )
    } else {
        (format!("{many} too many"), format!("多出{many}行"))
    };
    (
        format!("region {region} {en} in {signed} rows of the cycle, and {found} are here: {is}"),
        format!("统筹区{region}{zh}行本期共{signed}行，此处{found}行，{is_zh}"),
    )
}

impl CheckpointFault {
    pub(super) fn words(self) -> (String, String) {
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
            Self::Uncounted(plan) => (
                format!(
                    "the checkpoint of plan {plan} does not say how many rows each region has, and the one before it did: rows could be left out under it unseen"
                ),
                format!(
                    "第{plan}号方案的检查点未载明各统筹区行数，而其上一检查点已载明，据此无法发现整行遗漏"
                ),
            ),
        }
    }
}

impl RegionFault {
    pub(super) fn words(self, region: RegionCode) -> (String, String) {
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
            Self::Begin => (
                format!(
                    "the cycle does not begin in the stream of region {region} where the one before ended: legs between them are in no cycle, or in two"
                ),
                format!("本期未从统筹区{region}上一期截止处开始，其间明细遗漏或重复"),
            ),
            Self::Taken(window, rows) => (
                format!(
                    "the cycle took {window} legs of region {region}, and its rows have {rows}"
                ),
                format!("本期应含统筹区{region}共{window}笔，各行合计{rows}笔"),
            ),
            Self::LeftOut => (
                format!(
                    "region {region} of the member stands in rows of the cycle, and is left out whole"
                ),
                format!("本成员的统筹区{region}在本期有行，而对账单整区遗漏"),
            ),
            Self::Rows(side, numbers) => rows(region, side, numbers),
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
    pub(super) fn words(self) -> (String, String) {
        let (en, zh) = match self {
            Self::Gap(rows) => {
                return (
                    format!("{rows} rows of the same debtor are left out right before it"),
                    format!("此前遗漏同一付款方{rows}行"),
                );
            }
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
        };
        (en.to_owned(), zh.to_owned())
    }
}

impl LegPlace {
    pub(super) fn words(&self, fault: LegFault) -> (String, String) {
        let (en, zh) = match self.kind {
            LegKind::Settlement => ("settlement", "结算"),
            LegKind::Reversal => ("the reversal of settlement", "冲正结算"),
            LegKind::Deduction => ("deduction", "审核扣款"),
            LegKind::DeductionEnd => ("the end of deduction", "审核扣款终止"),
            LegKind::Correction => ("the correction of a dispute", "争议更正"),
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
    pub(super) fn words(self, region: RegionCode) -> (String, String) {
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
