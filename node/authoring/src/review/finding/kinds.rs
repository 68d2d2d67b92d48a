//! The closed list of what can be found, each with its severity, its code and its sentences.

use super::Severity;
use super::reasons::{Meant, Passed, Said, Unleft};

kinds! {
    /// The engine cannot run these rules at all.
    Refused "cannot_run" CannotRun {
        /// What it says.
        fault: Said
    } "these rules cannot be run: {fault}" "规则无法执行：{fault:#}";
    /// A segment ends at or below the one before it, for facts that can occur.
    Refused "segments_cross" SegmentsCross {
        /// Where it ends.
        ends: String,
        /// Where the one before ends.
        before: String,
        /// For these facts.
        facts: String
    } "for {facts} this segment ends at {ends}, below {before} where the one before it ends; let bounds ascend for all facts"
      "当 {facts} 时本段止于 {ends}，低于前一段终点 {before}；各段上限应在任何情况下递增";
    /// A ceiling on scope at or under the start.
    Refused "scope_ceiling_under_start" ScopeCeilingUnderStart {
        /// The ceiling.
        ceiling: String,
        /// The start.
        start: String,
        /// For these facts.
        facts: String
    } "for {facts} the ceiling on scope is {ceiling} and the start {start}, so nothing is ever paid; raise the ceiling above the start, or measure it above_start"
      "当 {facts} 时费用限额为 {ceiling}、起付线为 {start}，永远不会支付；限额应高于起付线，或以 above_start 计量";
    /// A ceiling on payment under the start: perhaps two figures changed places.
    Warned "payment_ceiling_under_start" PaymentCeilingUnderStart {
        /// The ceiling.
        ceiling: String,
        /// The start.
        start: String,
        /// For these facts.
        facts: String
    } "for {facts} at most {ceiling} is paid, less than the start of {start}; check that the two figures did not change places"
      "当 {facts} 时支付限额 {ceiling} 低于起付线 {start}；请核对两个数字是否写反";
    /// A ratio outside 0 to 1 after its adjustments, with no bound of the layer's own.
    Refused "ratio_out_of_range" RatioOutOfRange {
        /// The ratio.
        ratio: String,
        /// For these facts.
        facts: String
    } "for {facts} the adjusted ratio is {ratio}, outside 0 to 1; mend the adjustment, or say `ratio_at_least` and `ratio_at_most`"
      "当 {facts} 时调整后的比例为 {ratio}，不在 0 至 1 之间；请修正调整，或写明 `ratio_at_least`、`ratio_at_most`";
    /// A ratio that only a written bound keeps within 0 to 1.
    Warned "ratio_held_by_bound" RatioHeldByBound {
        /// The ratio.
        ratio: String,
        /// For these facts.
        facts: String
    } "for {facts} the adjusted ratio is {ratio}; only the layer's bound keeps it within 0 to 1"
      "当 {facts} 时调整后的比例为 {ratio}，只靠本层的上下限才落在 0 至 1 之间";
    /// A ratio that is not exact in ten places.
    Refused "ratio_places" RatioPlaces {
        /// The ratio.
        ratio: String,
        /// For these facts.
        facts: String
    } "for {facts} the adjusted ratio is {ratio}, which needs more than ten places; adjust by shorter figures"
      "当 {facts} 时调整后的比例为 {ratio}，超过十位小数；请用更短的数字调整";
    /// A table without a row for facts that can occur.
    Refused "no_row" NoRow {
        /// For these facts.
        facts: String
    } "no row holds for {facts}, so such a bill could not be settled; add a row, or `otherwise`"
      "没有适用于 {facts} 的行，此类费用将无法结算；请补充一行或 `otherwise`";
    /// A published figure is asked for and missing.
    Refused "no_figure" NoFigure {
        /// The index.
        name: String,
        /// The year.
        year: u16
    } "`{name}` is asked for and has no figure for {year}; add it to [indexes]"
      "使用了 `{name}`，但缺少 {year} 年的数值；请在 [indexes] 中补充";
    /// A policy without a last day outlives its figures.
    Warned "figures_end" FiguresEnd {
        /// The index.
        name: String,
        /// The last year.
        year: u16
    } "`{name}` has no figure after {year} and the policy has no last day: later bills will be refused; add figures in time, or say `until`"
      "`{name}` 没有 {year} 年之后的数值，而政策没有终止日期：此后的费用将无法结算；请及时补充或写明 `until`";
    /// An institution that no tier row matches.
    Refused "no_tier" NoTier {
        /// The institution.
        institution: String
    } "no [[tier]] row matches an institution with {institution}; add a row, the last one without conditions"
      "没有 [[tier]] 行匹配 {institution} 的机构；请补充一行，最后一行可不设条件";
    /// A tier row behind others that take all it matches.
    Refused "unreachable_tier" UnreachableTier {} "no institution gets to this row: earlier rows match all that it matches; move it up or remove it"
      "没有机构会用到本行：前面的行已全部匹配；请前移或删除";
    /// A layer that never applies.
    Refused "unreachable_layer" UnreachableLayer {} "this layer never applies: its `when` contradicts itself or the policy's settings, tiers or scheme"
      "本层永远不适用：其 `when` 自相矛盾，或与政策的就医类别、层级、险种矛盾";
    /// A layer that applies and never finds anything to take.
    Refused "never_takes" NeverTakes {} "this layer never finds anything to take: earlier layers leave nothing of what it takes, or not under these labels"
      "本层永远没有可纳入的费用：前面的层没有留下它要纳入的部分或标签";
    /// A row that never decides.
    Refused "unreachable_row" UnreachableRow {} "this row is never used: it contradicts the layer's `when`, or earlier rows always come first"
      "本行永远不会用到：与本层 `when` 矛盾，或总被前面的行抢先";
    /// An alternative of a condition that never holds.
    Refused "unreachable_alternative" UnreachableAlternative {} "this alternative can never hold here; remove it or mend it"
      "此并列条件在这里永远不成立；请删除或修正";
    /// A segment that the start eats whole.
    Refused "unreachable_segment" UnreachableSegment {
        /// Where it ends.
        ends: String,
        /// The lowest start.
        start: String
    } "this segment ends at {ends}, and the start is never below {start}: it never pays; measure above_start, or leave it out"
      "本段止于 {ends}，而起付线从不低于 {start}：本段永远不支付；请改用 above_start 或删除本段";
    /// An adjustment that never applies.
    Refused "unreachable_adjustment" UnreachableAdjustment {} "this adjustment never applies: its `when` contradicts the layer's or itself"
      "此调整永远不适用：其 `when` 与本层矛盾或自相矛盾";
    /// An entry of a take behind entries that take all of it.
    Refused "unreachable_take" UnreachableTake {} "earlier entries of this layer take all that this one matches; move it up or remove it"
      "本层前面的条目已纳入它匹配的全部费用；请前移或删除";
    /// A label that nothing ever gets.
    Refused "label_never_left" LabelNeverLeft {
        /// The label.
        label: String,
        /// Why.
        why: Unleft
    } "nothing is ever left as `{label}`: {why}" "从来没有费用会留作 `{label}`：{why:#}";
    /// An amount below zero.
    Refused "amount_below_zero" AmountBelowZero {
        /// The amount.
        amount: String
    } "{amount} yuan is below zero, and no threshold is; write it without a minus" "{amount} 元低于零，起付线、分段界线和限额均不得为负；请不带负号填写";
    /// An amount under ten yuan.
    Refused "amount_too_small" AmountTooSmall {
        /// The amount.
        amount: String
    } "{amount} yuan is too little for a threshold; amounts are written in yuan" "门槛 {amount} 元过小；金额以元为单位";
    /// An amount above a hundred million yuan.
    Refused "amount_too_large" AmountTooLarge {
        /// The amount.
        amount: String
    } "{amount} yuan is above 100,000,000; amounts are written in yuan, and `\"none\"` sets no bound"
      "{amount} 元超过 1 亿元；金额以元为单位，不设限额请写 `\"none\"`";
    /// An amount that is probably written in fen.
    Refused "amount_in_fen" AmountInFen {
        /// The amount.
        amount: String,
        /// What was probably meant.
        meant: String
    } "{amount} yuan looks like fen; if {meant} yuan is meant, write \"{meant}\""
      "{amount} 元疑似以分为单位；若指 {meant} 元，请写 \"{meant}\"";
    /// Points of a ratio written as a ratio.
    Refused "points_as_ratio" PointsAsRatio {
        /// What is written, in points.
        points: String,
        /// What was probably meant.
        meant: String
    } "this changes the ratio by {points} of a percentage point; if {meant} points are meant, write points = \"{meant}\""
      "此处只调整 {points} 个百分点；若指 {meant} 个百分点，请写 points = \"{meant}\"";
    /// Another document decides the same days.
    Refused "overlaps" Overlaps {
        /// Its title.
        title: String,
        /// Its digest.
        digest: String,
        /// The first common day.
        from: String
    } "\"{title}\" decides the same scheme and setting from {from} on; end one of them before, or name it: supersedes = [\"{digest}\"]"
      "《{title}》自 {from} 起适用于相同险种和就医类别；请错开有效期，或写明 supersedes = [\"{digest}\"]";
    /// A later document decides the same days.
    Refused "overlaps_later" OverlapsLater {
        /// Its title.
        title: String,
        /// Its first day.
        from: String,
        /// The day before.
        until: String,
        /// The digest of this one.
        digest: String
    } "\"{title}\" decides the same scheme and setting from {from} on; end this one before: until = {until}, or let that one, which is the newer, name this one: supersedes = [\"{digest}\"]"
      "《{title}》自 {from} 起适用于相同险种和就医类别；请将本文件截止于 until = {until}，或在较新的那份文件中写明 supersedes = [\"{digest}\"]";
    /// A document is replaced that begins later than this one.
    Warned "supersedes_later" SupersedesLater {
        /// Its title.
        title: String,
        /// Its first day.
        from: String
    } "\"{title}\" begins later, on {from}, and would never decide anything; is it not that one which replaces this one?"
      "《{title}》自 {from} 起施行，晚于本文件，将永远不会适用；是否应由那份文件替代本文件？";
    /// A document is replaced that never met this one.
    Refused "supersedes_stranger" SupersedesStranger {} "that document is this one, or decides for another region, scheme or setting: nothing of it can be replaced; remove the digest"
      "该文件是本文件，或适用于其他统筹区、险种、就医类别，无可替代；请删除该摘要";
    /// A document is replaced that is not at hand.
    Warned "supersedes_unseen" SupersedesUnseen {} "no document at hand has this digest; check that it is written in full"
      "当前文件中没有此摘要；请核对是否完整";
    /// More in scope, less from the funds.
    Refused "funds_fall" FundsFall {
        /// The layer whose payment falls most.
        layer: String,
        /// The smaller bill.
        less: String,
        /// What the funds pay of it.
        pays: String,
        /// The larger bill.
        more: String,
        /// What the funds pay of that.
        then: String,
        /// For these facts.
        facts: String
    } "for {facts} the funds pay {pays} of {less} and only {then} of {more}: the sum falls at layer `{layer}`; mend the rule, or say accepted_jump = {{ reason, source }} there"
      "当 {facts} 时，费用为 {less} 基金共支付 {pays}，而费用为 {more} 只支付 {then}：在 `{layer}` 层下降；请修正规则，或在该层写明 accepted_jump = {{ reason, source }}";
    /// The engine gives no result for a bill that can occur.
    Refused "no_result" NoResult {
        /// What it says.
        fault: Said,
        /// The bill.
        bill: String,
        /// For these facts.
        facts: String
    } "for {facts} a bill of {bill} has no result: {fault}" "当 {facts} 时，费用为 {bill} 无法结算：{fault:#}";
    /// A layer takes by label only part of what was pooled.
    Warned "partial_label" PartialLabel {
        /// The label.
        label: String,
        /// What is not taken.
        missing: String
    } "this takes `{label}`, which was pooled with {missing}, and leaves that out: what falls to each side is by proportion"
      "此处纳入 `{label}`，但未纳入与之合并计算的 {missing}：两者之间按比例分摊";
    /// A layer takes the share of a layer with a ceiling, and not what lies above it.
    Warned "share_without_above" ShareWithoutAbove {
        /// The layer with the ceiling.
        layer: String
    } "this takes `{layer}.share` and not `{layer}.above`, and `{layer}` has a payment ceiling: what is above it is left to the patient"
      "此处纳入 `{layer}.share` 而未纳入 `{layer}.above`，但 `{layer}` 有支付限额：超限部分由个人负担";
    /// A worked example comes out otherwise.
    Refused "example_deviates" ExampleDeviates {
        /// Which figure.
        figure: String,
        /// What the example states.
        stated: String,
        /// What comes out.
        given: String
    } "{figure}: the example states {stated}, the rules give {given}" "{figure}：示例为 {stated}，按规则应为 {given}";
    /// A worked example has no result.
    Refused "example_refused" ExampleRefused {
        /// What the engine says.
        fault: Said
    } "the rules give no result: {fault}" "按规则无法核算：{fault:#}";
    /// A worked example that does not come out leaves facts out.
    Warned "example_leaves_out" ExampleLeavesOut {
        /// The facts, each with the value that was taken.
        facts: String
    } "not stated here, and so taken as {facts}: perhaps it does not come out for that reason"
      "此处未写明，按默认取值 {facts}：不相符也许与此有关";
    /// No worked example states a fact that a rule asks for.
    Warned "never_stated" NeverStated {
        /// The facts, each with the value that was taken.
        facts: String
    } "the rules ask for this, and every worked example leaves it at {facts}; add one that states it"
      "规则用到此项，但所有示例都未写明，一律按 {facts}；请补充写明该项的示例";
    /// Fewer worked examples than a policy should have.
    Warned "few_examples" FewExamples {
        /// How many there are.
        count: usize,
        /// How many there should be.
        least: usize
    } "worked examples: {count}; a policy should have {least} at least: an ordinary bill, one away from home, one at a limit"
      "算例 {count} 个，至少应有 {least} 个：普通情形、异地就医、达到限额各一";
    /// A text of the skeleton that nobody has replaced.
    Refused "not_filled_in" NotFilledIn {
        /// How it begins.
        text: String
    } "this is still the skeleton's \"{text}\"; write what the notice says" "此处仍是模板文字“{text}”；请按公告填写";
    /// A worked example or a title has a tag that no rule knows.
    Warned "tag_unknown" TagUnknown {
        /// The tag.
        tag: String,
        /// What was probably meant.
        meant: Meant
    } "no layer, total or condition names the tag `{tag}`: costs that carry it are settled as all others{meant}"
      "没有层、累计或条件使用标签 `{tag}`：带此标签的费用与其他费用同样结算{meant:#}";
    /// A rule names a tag that no worked example has.
    Warned "tag_unshown" TagUnshown {
        /// The tag.
        tag: String,
        /// What was probably meant.
        meant: Meant
    } "no worked example has costs with the tag `{tag}`, so none shows that the catalogue's tag is spelt so; add one{meant}"
      "没有示例含带标签 `{tag}` 的费用，无法证明目录中的标签如此拼写；请补充一个{meant:#}";
    /// No example shows this layer paying.
    Warned "no_example_pays" NoExamplePays {} "no worked example pays from this layer; add one with figures from the notice"
      "没有示例由本层支付；请按文件给出的数字补充一个";
    /// A limit set from above is passed, and the document that sets it refuses that.
    Refused "bound_refused" BoundRefused {
        /// The limit.
        bound: String,
        /// How it is passed.
        passed: Passed,
        /// For these facts.
        facts: String
    } "{bound}: for {facts} {passed}" "{bound}：当 {facts} 时{passed:#}";
    /// A limit set from above is passed.
    Warned "bound_passed" BoundPassed {
        /// The limit.
        bound: String,
        /// How it is passed.
        passed: Passed,
        /// For these facts.
        facts: String
    } "{bound}: for {facts} {passed}" "{bound}：当 {facts} 时{passed:#}";
    /// A limit set from above could not be measured.
    Warned "bound_unmeasured" BoundUnmeasured {
        /// The limit.
        bound: String,
        /// The index that is missing.
        index: String
    } "{bound}: not measured, the policy declares no figure `{index}` for the year" "{bound}：未能检查，政策没有该年度的 `{index}` 数值";
    /// A limit of the review was met.
    Warned "limit_met" LimitMet {
        /// The limit.
        limit: String
    } "not all was checked: the limit of {limit} was met" "未能全部检查：已达上限 {limit}";
}
