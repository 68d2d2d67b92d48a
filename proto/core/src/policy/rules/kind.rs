//! What can be wrong with a policy, in words.

use crate::money::Fen;
use crate::name::Name;
use crate::policy::fact::NumberFact;
use crate::policy::layer::LabelRef;

macro_rules! fault_kinds {
    ($($(#[$doc:meta])* $variant:ident $(($($field:ident: $type:ty),+))? $en:literal $zh:literal;)+) => {
        /// What can be wrong with a policy. `Display` says it in English.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum FaultKind { $($(#[$doc])* $variant $(($($type),+))?),+ }

        impl FaultKind {
            /// What is wrong and what would be right, in Chinese.
            #[must_use]
            pub fn zh(&self) -> String {
                match self { $(Self::$variant $(($($field),+))? => format!($zh)),+ }
            }
        }

        impl std::fmt::Display for FaultKind {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self { $(Self::$variant $(($($field),+))? => write!(f, $en)),+ }
            }
        }
    };
}

fault_kinds! {
    /// A text for people is empty or too long.
    Text "a text for people has 1 to 1000 characters" "说明文字应为 1 至 1000 字";
    /// No kind of treatment is named, or one twice.
    Settings "name at least one kind of treatment, each once" "至少列出一种就医类别，且不得重复";
    /// One document is superseded twice.
    RepeatedDigest "this digest is given twice; keep one of them" "此摘要重复出现，请只保留一处";
    /// There is no layer.
    NoLayer "a policy has at least one layer" "政策至少要有一层";
    /// A list is longer than its limit.
    TooMany(most: usize) "too many: at most {most}" "数量过多：最多 {most} 项";
    /// Two parts of one kind carry one name.
    RepeatedName(name: Name) "`{name}` is used twice; names are unique" "名称 `{name}` 重复，名称必须唯一";
    /// A name that documents use for something else.
    ReservedName(name: Name) "a layer cannot be called `{name}`; choose another name" "层不能命名为 `{name}`，请另取名称";
    /// A total is read that nobody declares.
    UndeclaredTotal(name: Name) "no total `{name}` is declared; add [totals.{name}]" "未声明累计 `{name}`，请增加 [totals.{name}]";
    /// An index is read that nobody declares.
    UndeclaredIndex(name: Name) "no index `{name}` is declared; add it to [indexes]" "未声明指标 `{name}`，请在 [indexes] 中增加";
    /// An index without a figure for any year.
    EmptyIndex "an index needs a figure for at least one year" "指标至少需要一个年度的数值";
    /// A total adds what no layer does.
    UndeclaredLayer(name: Name) "there is no layer `{name}`" "没有名为 `{name}` 的层";
    /// A payment given elsewhere that no layer takes in.
    UndeclaredGiven(name: Name) "no layer has `payer = \"given.{name}\"`" "没有一层以 `given.{name}` 为支付方";
    /// A tier that no institution can have.
    UndeclaredTier(name: String, tiers: String) "no [[tier]] row gives the tier `{name}`; they give {tiers}" "[[tier]] 中没有层级 `{name}`；已有 {tiers}";
    /// A tier, where no institution has any.
    NoTiers(name: String) "there is no [[tier]] row, so no institution has the tier `{name}`; add rows" "没有 [[tier]] 行，任何机构都没有层级 `{name}`；请增加 [[tier]]";
    /// A label that no earlier layer leaves.
    UnknownLabel(label: LabelRef) "no earlier layer leaves `{label}`; labels come from layers above" "前面没有任何一层留下 `{label}`，标签只能来自前面的层";
    /// A word outside its vocabulary.
    UnknownWord(found: String, words: String) "\"{found}\" is not known here: use one of {words}" "“{found}”不可用：应为 {words} 之一";
    /// A text that is no name.
    NoName(found: String) "\"{found}\" is no name: use lower-case letters, digits and _" "“{found}”不是名称：名称由小写字母、数字和下划线组成";
    /// A total that adds nothing.
    NoAdds "a total adds at least one thing" "累计至少要累加一项";
    /// A total that counts and sums.
    MixedTotal "a total either counts (\"one\", \"admission\") or sums amounts, not both" "一个累计要么计次（\"one\"、\"admission\"），要么累加金额，不能兼有";
    /// A count where an amount is needed.
    CountedTotal(name: Name) "the total `{name}` counts; an amount is needed here" "累计 `{name}` 是计次的，此处需要金额";
    /// A fact that is not known when a total is kept.
    FactInTotal(fact: NumberFact) "`{fact}` cannot decide whether a settlement adds to a total" "`{fact}` 不能用于决定结算是否计入累计";
    /// An axis that does not move with its layer.
    AxisNotAdded(total: Name, layer: Name) "the axis total `{total}` must add \"{layer}.base\", or the axis never moves" "轴累计 `{total}` 必须累加 \"{layer}.base\"，否则位置不会推进";
    /// A start on a named axis that also says what is met.
    MetByOnAxis "on a named axis the start is a position on it; leave `met_by` out" "以累计为轴时起付线就是轴上的位置，请去掉 `met_by`";
    /// A payment ceiling used up in the layer's own axis.
    PaymentCeilingOnAxis(total: Name) "`{total}` is the axis and sums scope; a payment ceiling needs a total of what is paid" "`{total}` 是轴，累加的是范围内费用；支付限额须用累加支付额的累计";
    /// No segment at all.
    NoSegment "a layer needs at least one segment" "每层至少要有一段";
    /// The last segment is closed, or another one open.
    OpenSegment "every segment but the last has `to`, and the last has none" "除最后一段外每段都要有 `to`，最后一段不能有";
    /// Fixed bounds that do not ascend.
    SegmentOrder "segment bounds must be above zero and ascend" "分段上限必须大于零并逐段递增";
    /// A threshold of a yearly axis that one bill would move.
    BillFactOnAxis(fact: NumberFact) "`{fact}` is of this bill; a start or bound on a named axis cannot depend on it" "`{fact}` 属于本次费用，以累计为轴时起付线和分段不能取决于它";
    /// A start that falls when the bill rises.
    FallingStart(fact: NumberFact) "a start cannot fall when `{fact}` rises; use a coefficient of zero or more" "起付线不能随 `{fact}` 增加而降低，系数应不小于零";
    /// A floor of something that is no amount of the bill.
    FloorOf(fact: NumberFact) "a floor guarantees a share of `base` or of a part of the bill, not of `{fact}`" "保底只能以 `base` 或费用部分为基数，不能用 `{fact}`";
    /// The base is read before it is known.
    BaseTooEarly "`base` is not known before the layer has taken; use a part of the bill" "此处尚不知道 `base`，请改用费用部分";
    /// A layer that takes nothing.
    NoTake "a layer takes at least one part of the bill" "每层至少要纳入一个费用部分";
    /// Something is asked for and excluded at once.
    Contradiction "the same tag or label is both asked for and excluded" "同一标识既要求又排除";
    /// Bounds in the wrong order.
    BoundsOrder "`at_least` is above `at_most`" "`at_least` 大于 `at_most`";
    /// An amount or coefficient beyond its range.
    OutOfRange "beyond 10,000,000,000,000.00 yuan" "超过 10,000,000,000,000.00 元";
    /// An adjustment by something that is no count.
    PerAmount(fact: NumberFact) "a ratio changes per unit of a count (age, years_paid, days …), not per `{fact}`" "比例只能按计数（age、years_paid、days 等）调整，不能按 `{fact}`";
    /// Two layers of one label that can both apply.
    SharedLabel(layer: Name) "shares its label with `{layer}`, and both can apply; give it a label of its own" "与 `{layer}` 共用标签，但两层可能同时适用，请另设标签";
    /// The ordinal is read and nobody counts admissions.
    NoAdmissions "`ordinal` needs [totals.admissions] with adds = \"admission\" and period = \"year\"" "使用 `ordinal` 须声明 [totals.admissions]，adds = \"admission\"、period = \"year\"";
    /// A layer of payments made elsewhere with rules of its own.
    GivenHasRules "a payment made elsewhere is taken as it is: leave start, segments, floor, ceilings and axis out" "他方已付金额照实计入：请去掉起付线、分段、保底、限额和轴";
    /// One payment made elsewhere, counted by two layers that can both apply.
    RepeatedGiven(name: Name) "`given.{name}` is counted by an earlier layer already" "`given.{name}` 已由前面的层计入";
    /// A table without a row.
    EmptyTable "a table needs at least one row" "表至少要有一行";
    /// A row behind one that always applies.
    UnreachableRow "an earlier row always applies, so this one never does" "前面的行总是适用，本行永远不会用到";
    /// A condition that asks nothing.
    EmptyCondition "an empty condition asks nothing; leave `when` out" "空条件没有意义，请去掉 `when`";
    /// The care that is settled provisionally is not named, or twice.
    Care "name at least one kind of care, each once" "至少列出一种可先行结算的情形，且不得重复";
    /// A provisional settlement could pay nothing.
    ProvisionalCeiling "the most that one provisional settlement pays is above zero" "先行结算限额应大于零";
    /// A snapshot is signed for no time, or for too long.
    SnapshotHours(most: u16) "a signed snapshot is used for 1 to {most} hours" "签名快照的有效时间应为 1 至 {most} 小时";
    /// More of a loss is borne than can be lost.
    BearsOverCeiling(most: Fen) "a loss is never above the ceiling of {most}; bear that much at most" "损失不会超过限额 {most} 元，承担额不得更高";
    /// Epidemics are named and not declared, or declared and not named.
    Epidemics "[[provisional.epidemic]] stands exactly where care names \"epidemic\"" "当且仅当 care 含 \"epidemic\" 时列出 [[provisional.epidemic]]";
    /// A disease is listed twice.
    RepeatedDisease "a disease is listed once" "病种不得重复";
    /// A layer pays from what no benefit is paid from.
    LossPays "no benefit is paid from the provisional-loss account; name a fund" "先行结算损失账户不支付待遇，请改为基金";
}

impl std::error::Error for FaultKind {}
