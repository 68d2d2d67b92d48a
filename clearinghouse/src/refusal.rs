//! What the clearinghouse refuses: stable codes in their order of precedence, with a word on what to do.
//!
//! Codes that mean the same everywhere (overloaded, malformed, a broken store) are core's; the codes here
//! are of streams, legs and cycles. Texts are for people and may change; codes never do.

use std::fmt;

use huitong_core::refusal::{RefusalCode, Retry};

macro_rules! clearing_codes {
    ($($(#[$doc:meta])* $variant:ident $code:literal $retry:ident $en:literal $zh:literal;)+) => {
        /// A code of clearing, in the order of precedence.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ClearingCode { $($(#[$doc])* $variant),+ }

        impl ClearingCode {
            /// Every code, in the order of precedence.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable text of the code.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            const fn retry(self) -> Retry {
                match self { $(Self::$variant => Retry::$retry),+ }
            }

            const fn advice_en(self) -> &'static str {
                match self { $(Self::$variant => $en),+ }
            }

            const fn advice_zh(self) -> &'static str {
                match self { $(Self::$variant => $zh),+ }
            }
        }
    };
}

clearing_codes! {
    /// The caller's region is not in the directory.
    StreamUnknownRegion "stream.unknown_region" No "This region is not in the clearinghouse's directory: check the code, or have its officers enter it." "清算中心名录中无此统筹区：请核对代码，或由清算人员登记。";
    /// The stream stands still until an officer has looked.
    StreamHalted "stream.halted" No "The stream said two things under one number and stands still; a clearing officer must look and release it." "该序列同一序号出现不同内容，已停止接收，须由清算人员核查后放行。";
    /// The same number came with other content.
    StreamConflict "stream.conflict" No "Another leg is held under this number; the stream stands still until a clearing officer has looked." "该序号已登记其他内容，序列已停止接收，须由清算人员核查。";
    /// Nothing new is taken of a region that is suspended.
    StreamSuspended "stream.suspended" SameId "The region is suspended, or has left: its legs are held up to the number named, and later ones are not taken until clearing officers resume it." "该统筹区已暂停或退出：仅保留至所示序号，恢复前不再接收其后数据。";
    /// A later incarnation of the node than is known.
    StreamNotAskedFor "stream.not_asked_for" SameId "The clearinghouse knows this region's node in the incarnation named, and nothing of a later one is taken before the node has asked for its stream in it: it does so by itself, wait for it." "清算中心仅知该统筹区节点至所示恢复代次，节点须先取回本区序列，其后代次的数据方予接收；节点会自动办理，请等待。";
    /// Not the next number.
    StreamGap "stream.gap" No "Only the next number is taken; go on from the number named." "只接收下一个序号，请从所示序号续传。";
    /// A stream of tags does not go on from what it had said.
    TagsConflict "tags.conflict" No "The tags do not go on from what is held; nothing more of this stream is taken until the region's bureau begins it anew (huitong node duplicates begin)." "标签序列与已登记内容不相衔接，已停止接收，须由该统筹区经办机构重新开始上报（huitong node duplicates begin）。";
    /// Another stream of the region's tags took its place.
    TagsOldStream "tags.old_stream" No "A newer stream of this region's tags, named here, has taken this one's place; begin anew." "本统筹区已有所示的较新标签序列，请重新开始上报。";
    /// A leg that is not the caller's.
    LegOtherRegion "leg.other_region" No "A region reports only what it is owed itself, as receivable, and what it owes itself, as payable." "统筹区只能上报本区的应收或应付。";
    /// A debt of a region to itself.
    LegSameRegion "leg.same_region" No "A region owes itself nothing; settlements within a region have no legs." "同一统筹区之间不产生清算，本地结算无需上报。";
    /// As much of a stream waits to be netted as may.
    StreamFull "stream.full" SameId "As much of what this region reported agrees and waits to be netted as may, the amount named: later legs are taken once a cycle is netted. It is more than any region owes in weeks: look at the legs." "本统筹区已核对一致待轧差金额达到上限（如所示），待轧差后再接收其后数据；该金额远超正常水平，请核查。";
    /// Evidence of a debt on which nobody waits.
    EvidenceNotWanted "evidence.not_wanted" No "No leg of this debt waits for evidence, or this region has no part in it; ask what is wanted, and show only that." "该债权无需举证，或与本统筹区无关，请先查询待举证清单。";
    /// The deadline has not come, and a region has not closed the day.
    CycleBeforeDeadline "cycle.before_deadline" SameId "The deadline of this day has not come, and the regions named have not closed it; nothing takes a cut-off back: wait until they have, or for the deadline ([cut_off] deadline_minutes)." "尚未到该业务日的日切截止时间，且所示统筹区尚未关闭该日；日切不可撤回，请等待其关闭或截止时间（[cut_off] deadline_minutes）。";
    /// The cycle has begun for no one yet.
    CycleNotBegun "cycle.not_begun" SameId "That business day has not begun; wait for it, or check the date." "该业务日尚未开始，请等待或核对日期。";
    /// The day is no business day.
    CycleNoBusinessDay "cycle.no_business_day" No "That day is no business day; what belongs to it belongs to the next one, named here." "该日非工作日，其业务归入所示下一工作日。";
    /// The cycle was never cut off and never will be: a later one is.
    CyclePassed "cycle.passed" No "A later cycle is cut off already; what is left of this day belongs to the next cycle." "其后的业务日已日切，该日剩余业务归入下一清算期。";
    /// The cycle is cut off.
    CycleCutOff "cycle.cut_off" No "This cycle is cut off; legs past the region's mark go into the next one." "该业务日已日切，超过截止序号的业务归入下一清算期。";
    /// The clearinghouse was restored, and which cycles it lacks is not said yet.
    CycleRestored "cycle.restored" No "The clearinghouse was restored from a backup, and cycles cut off after it may be missing: cut those off again with their marks (cut-off --marks), then say which was the last (resume)." "清算中心由备份恢复，其后日切的清算期可能缺失：请以原截止序号重新日切（cut-off --marks），再以resume确认最后一期。";
    /// Marks that are not to be given, or that do not fit.
    CycleBadMarks "cycle.bad_marks" No "Marks are given only after a restore, one for every region that is in the directory, never below those of the cycle before." "仅在恢复后可指定截止序号，须逐一列出名录中的统筹区，且不得低于上一清算期。";
    /// Legs below a mark are not here again yet.
    CycleMarksNotHeld "cycle.marks_not_held" SameId "Legs of the regions named are not held up to their mark; their nodes send them again by themselves, wait for them." "所示统筹区的数据尚未补齐至截止序号，节点会自动重传，请等待。";
    /// Whether the cycle was netted before the restore is not said.
    CycleDigestNeeded "cycle.digest_needed" No "Since the restore it is not known whether this cycle was netted: give the digest of its plan (net --digest), or say that it never was (net --never-netted)." "恢复后无法确知该期是否已轧差：请提供原轧差摘要（net --digest），或声明从未轧差（net --never-netted）。";
    /// The last cycle is not the one that was named.
    CycleNotLast "cycle.not_last" No "The last cycle cut off here is the one named; cut off again what came after it, or correct the day." "此处最后日切的清算期如所示，请补做其后的日切，或更正日期。";
    /// The plan does not come to the digest that was given.
    CycleOtherPlan "cycle.other_plan" No "The plan does not come to the digest given; nothing was netted. Compare it with the paper of the cycle." "轧差方案与所给摘要不符，未入账，请与原清算资料核对。";
    /// A day was closed with a lower number than before.
    CycleCloseLowered "cycle.close_lowered" No "This day, or one before it, was closed with a higher number; a day's end never moves back." "该日或此前某日已按更大序号日终，日终序号不得回退。";
    /// An earlier day stands open.
    CycleEarlierOpen "cycle.earlier_open" No "Cut off the earlier day named first." "请先对所示较早的业务日进行日切。";
    /// Some regions have not closed.
    CycleRegionsOpen "cycle.regions_open" SameId "The regions named have not closed the day; wait for them, or cut off at the deadline." "所示统筹区尚未日终，请等待，或于截止时间强制日切。";
    /// The cycle is not cut off.
    CycleNotCutOff "cycle.not_cut_off" No "Check the day, or cut it off first (cut-off)." "请核对业务日，或先日切（cut-off）。";
    /// An earlier cycle is not netted.
    CycleEarlierNotNetted "cycle.earlier_not_netted" No "Net the earlier cycle named first." "请先对所示较早的清算期进行轧差。";
    /// Regions have not attested the cycle.
    CycleNotAttested "cycle.not_attested" SameId "The regions named have not said what the cycle's rows come to in their own books: their nodes do so by themselves, wait for them. After the time that the operator set ([attestation] wait_minutes) netting waits no more; clearing attest shows until when." "所示统筹区尚未核对本期数据，节点会自动核对，请等待。超过运营方设定时限（[attestation] wait_minutes）后不再等待，可用 clearing attest 查看。";
    /// The cycle is netted, and nothing is attested of it any more.
    AttestationOver "attestation.over" No "This cycle is netted and is not attested any more; check it against the own book with its proven statement (huitong clearing verify --book)." "该期已轧差，不再接受核对；请以对账单核验（huitong clearing verify --book）。";
    /// Another word of the same incarnation.
    AttestationOtherWord "attestation.other_word" No "This node said something else of the cycle before, at the time named; a book is only appended to, so both cannot be: an officer must look at the node's journal." "该节点此前（如所示时间）对本期核对内容不同；账簿只追加不改写，须由人员核查节点日志。";
    /// A row that the region attested as it is held, or not at all.
    AttestationNotOtherwise "attestation.not_otherwise" No "The region did not attest this row otherwise; say first what all rows come to." "该统筹区未就此行提出不符，请先提交全部行的核对结果。";
    /// Differences that do not come to the row.
    AttestationNotAccounted "attestation.not_accounted" No "With these legs put in the place of those held, the row does not come to what the region attested; the row is kept out of nets whole until it does." "以所报明细替换后仍不等于该统筹区核对的汇总；在查清前该行整体不参与轧差。";
    /// The cycle's legs give no plan.
    CycleCannotNet "cycle.cannot_net" No "The legs give no netting plan, for the reason named, and the cycle waits. Two different officers leave out the legs or rows that are wrong (clearing reopen), and it is netted without them; clearing status shows what the fault names." "现有数据无法轧差（原因如所示），本期暂停。须由两名不同人员剔除有误的分录或行（clearing reopen）后再轧差；clearing status 列明所涉内容。";
    /// The cycle did not fail.
    CycleNotFailed "cycle.not_failed" No "This cycle has not failed: there is nothing to leave out of it. Net it, if it is not netted." "该期轧差未失败，无需剔除；尚未轧差的请直接轧差。";
    /// The cycle has no plan yet.
    CycleNotNetted "cycle.not_netted" No "Net the cycle first." "请先轧差。";
    /// The cycle's checkpoint is not signed.
    CycleNotProven "cycle.not_proven" SameId "The cycle is netted and its checkpoint is not signed yet: ask again; when it stays so, the log of the clearinghouse says why (an expired signing certificate)." "该期已轧差，检查点尚未签名：请稍后重试；若持续如此，请查看清算中心日志（如签名证书过期）。";
    /// The member clears for no region.
    CycleUnknownMember "cycle.unknown_member" No "This member stood in no region's place in that cycle; check the code." "该清算成员未参与此清算期，请核对代码。";
    /// One part of a region is on its way.
    WitnessPartUnderWay "witness.part_under_way" SameId "An earlier part of a cycle is still on its way to this region: one is sent at a time; read it to its end, or give it up, and ask again." "本统筹区上一份对账部分仍在传送，每次只传一份：请读完或放弃后再试。";
    /// A word on a checkpoint that is not the region's.
    WitnessInvalid "witness.invalid" No "This word on a checkpoint is not signed by the caller's region, for the reason named: check the node's signing key and its certificate." "该检查点签署并非本统筹区所签（原因如所示），请检查节点签名密钥及证书。";
    /// A word on another checkpoint.
    WitnessOtherCheckpoint "witness.other_checkpoint" No "For this plan another checkpoint, named here, is signed than the region was shown: the node fetches it and keeps both (node checkpoints --evidence); have the clearinghouse's operator explain it." "该期方案在此签署的检查点如所示，与本区所见不符：节点已取回并留存两份（node checkpoints --evidence），请要求清算中心运营方说明。";
    /// Money moves by the month.
    PaymentByMonth "payment.by_month" No "Money moves by the month here ([payment] moves): draw up the month named, have it approved, and order payment of it (month instruct)." "本中心按月拨付（[payment] moves）：请编制并审批所示月份后下达月度拨付指令（month instruct）。";
    /// Money moves by the day.
    PaymentByDay "payment.by_day" No "Money moves by the day here ([payment] moves): order payment of each cycle (instruct --day); the month is confirmed and approved all the same." "本中心按日拨付（[payment] moves）：请逐期下达拨付指令（instruct --day），月度确认与审批照常进行。";
    /// A month that is not over.
    MonthNotOver "month.not_over" SameId "The month is not over: the cycle named is not netted and proven, or the last business day is still to be cut off." "该月尚未结束：所示清算期尚未轧差并签名，或最后一个工作日尚未日切。";
    /// A month in which nothing was netted.
    MonthNoCycles "month.no_cycles" No "No cycle of this month is netted here; check the month." "该月没有已轧差的清算期，请核对月份。";
    /// An earlier month is not drawn up.
    MonthEarlierOpen "month.earlier_open" No "Draw up the earlier month named first (month draw-up)." "请先编制所示较早的月份（month draw-up）。";
    /// Another count is going on.
    MonthUnderWay "month.under_way" SameId "A month's rows are being counted, which goes on also when the caller has gone: ask again in a moment." "正在汇总月度数据，调用方断开后仍会继续，请稍后重试。";
    /// A month that is not drawn up.
    MonthUnknown "month.unknown" No "This month is not drawn up; list the months (clearing month list)." "该月尚未编制，请查看清单（clearing month list）。";
    /// A month that is not signed.
    MonthNotSigned "month.not_signed" SameId "The month is drawn up and not signed yet: ask again; when it stays so, the log of the clearinghouse says why (an expired signing certificate)." "该月已编制，尚未签名：请稍后重试；若持续如此，请查看清算中心日志（如签名证书过期）。";
    /// Another month than the one that was looked at.
    MonthOther "month.other" No "The month has the digest named, not the one given: look at its rows again before you confirm or approve it." "该月摘要如所示，与所给不符：请重新核对各行后再确认或审批。";
    /// A word on a month that is not the region's.
    MonthWordInvalid "month.word_invalid" No "This word on a month is not signed by the caller's region, for the reason named: check the node's signing key and its certificate." "该月度确认并非本统筹区所签（原因如所示），请检查节点签名密钥及证书。";
    /// A word that is older than the region's last.
    MonthWordOlder "month.word_older" No "A later word of this region, of the moment named, is taken already; say it again now (node month confirm), and check the node's clock." "本统筹区已有更晚（如所示时间）的确认，请重新确认（node month confirm），并检查节点时钟。";
    /// Too many words.
    MonthTooManyWords "month.too_many_words" No "This region has said as much on this month as is taken, the number named; its last word stands." "本统筹区对该月的答复次数已达上限（如所示），以最后一次为准。";
    /// A region that stands in no row.
    MonthNoRows "month.no_rows" No "The region stands in no row of this month: there is nothing to confirm." "该月无涉及本统筹区的行，无需确认。";
    /// An objection to a row that is none.
    MonthRowUnknown "month.row_unknown" No "The month has no such row as the one named; object to rows as they are shown (node month show)." "该月无所示之行，请按清单所列提出异议（node month show）。";
    /// A month that two officers approved.
    MonthClosed "month.closed" No "Two officers approved this month; what is wrong with it is corrected in a later one: raise a dispute (node dispute raise)." "该月已由两人审批；如有差错，请提出争议，在以后月份更正（node dispute raise）。";
    /// Regions have not confirmed a month.
    MonthNotConfirmed "month.not_confirmed" SameId "The regions named have not confirmed the month or objected to it, and the day named until which they may is not over; wait for them." "所示统筹区尚未确认或提出异议，且确认期限（如所示）未到，请等待。";
    /// A month that two officers have not approved.
    MonthNotApproved "month.not_approved" No "Two different officers must approve the month first (month approve)." "须先由两名不同的清算人员审批该月（month approve）。";
    /// The plan is another than the officer looked at.
    ApprovalOtherPlan "approval.other_plan" No "The plan of this cycle has the digest named, not the one given: look at the plan again (net, statement) before you approve it." "该期轧差方案的摘要如所示，与所给不符：请重新核对方案（net、statement）后再审批。";
    /// Fewer than two officers approved.
    CycleNotApproved "cycle.not_approved" No "Two different officers must approve the plan first (approve)." "须先由两名不同的清算人员审批（approve）。";
    /// An earlier cycle is not ordered to be paid.
    CycleEarlierNotInstructed "cycle.earlier_not_instructed" No "Order payment of the earlier cycle named first." "请先对所示较早的清算期下达拨付指令。";
    /// Nothing is ordered for a cycle or a month.
    PaymentNotOrdered "payment.not_ordered" No "Payment of this cycle or month is not ordered (instruct, month instruct); of a month whose cycles were ordered by the day ask for each day." "该清算期或月份尚未下达拨付指令（instruct、month instruct）；按日下达的请逐日查询。";
    /// Nothing was ordered under the reference.
    PaymentUnknown "payment.unknown" No "No payment was ordered under this reference; list the payments (payments)." "无此付款参考号，请查看付款清单（payments）。";
    /// The payment is made.
    PaymentMade "payment.made" No "This payment is made in full; nothing of it is late." "该笔付款已全部完成。";
    /// A member that clears for nobody.
    PaymentUnknownMember "payment.unknown_member" No "This clearing member is not in the directory and owes nothing; check the code." "名录中无此清算成员且无未清款项，请核对代码。";
    /// The bank's reference names another movement.
    PaymentBankReferenceTaken "payment.bank_reference_taken" No "Another movement of money, named here, was entered under this bank reference; check the bank's paper." "该银行流水号已登记其他款项（如所示），请核对银行单据。";
    /// No movement under the bank's reference.
    PaymentBankReferenceUnknown "payment.bank_reference_unknown" No "No money moved under this bank reference; enter it first (confirm)." "未登记该银行流水号，请先登记（confirm）。";
    /// Nothing of the movement is parked.
    PaymentNotParked "payment.not_parked" No "Nothing of this movement is parked any more; look at what became of it (movements)." "该款项已无挂账余额，请查看其去向（movements）。";
    /// Parked money of another member, fund or direction, or for a payment it counts for already.
    PaymentOtherPurpose "payment.other_purpose" No "Parked money counts for payments of its own member, fund and direction; give for each all that counts for it, never less than does already." "挂账款项只能用于同一成员、同一基金、同一方向的付款；每笔须给出累计核销金额，不得低于已核销金额。";
    /// More than is open, or than is parked.
    PaymentExceeds "payment.exceeds" No "The amount is more than is open under the reference or parked of the movement; give at most what is named." "金额超过未清余额或挂账余额，不得高于所示金额。";
    /// An earlier cycle comes first.
    PaymentEarlierOpen "payment.earlier_open" No "The member owes for the earlier payment named, of a cycle or of a month, which is paid in full first." "该成员尚有所示较早付款（清算期或月度）未清，须先足额缴清。";
    /// More would be paid out than was paid in.
    PaymentNotCovered "payment.not_covered" No "For this fund and this cycle, or month where that is ordered, no more is paid out than was paid in; wait for what is owed." "该清算期（按月下达的为该月）该基金拨付不得超过已缴入金额，请等待缴入。";
    /// A movement that went back, or that took one back.
    PaymentSentBack "payment.sent_back" No "The movement named went back by this one, or took it back; neither is taken out again." "该款项与所示流水互为退回关系，不可更正。";
    /// What was paid out rests on it.
    PaymentPaidOut "payment.paid_out" No "For the cycle or month of the payment named, only so much of what was paid in is not paid out; correct what was paid out first." "所示付款所属清算期或月度的该基金未拨付余额仅为所示金额，请先更正拨付款项。";
    /// Booked before the payment was ordered.
    PaymentBeforeOrder "payment.before_order" No "Money that was booked on this day is not for an order that was given on the day named: check the day. What did move before it is entered without the payment's reference, and parked until an officer says what it is for (confirm, apply)." "该入账日早于付款指令下达日（如所示）：请核对入账日；确属此前到账的，登记时不填付款参考号，挂账后再由人员核销（confirm、apply）。";
    /// A region that no version names.
    MemberUnknown "member.unknown" No "This region is not in the directory; have it join (members join)." "名录中无此统筹区，请先加入（members join）。";
    /// A region that left.
    MemberLeft "member.left" No "This region has left; it comes back as one that joins (members join)." "该统筹区已退出，须重新加入（members join）。";
    /// A region that is there already.
    MemberStands "member.stands" No "This region is a member already; say what changes (members change, resume)." "该统筹区已是成员，请使用变更或恢复（members change、resume）。";
    /// A clearing member of another province.
    MemberOtherProvince "member.other_province" No "A region clears for itself or through a region of its province." "清算成员须为本区或同省统筹区。";
    /// A certificate that is not of the key the region signs with.
    MemberSigner "member.signer" No "Not the certificate of a key that this region signs with (signing.crt), under the roots in force: give that one." "不是该统筹区在现行根证书下的签名证书，请提供其 signing.crt。";
    /// Between a cut-off and its netting.
    MemberCycleOpen "member.cycle_open" SameId "The cycle named is cut off and not netted; who clears for whom changes after that." "所示清算期已日切未轧差，请轧差后再变更清算成员。";
    /// A region that is not suspended.
    MemberNotSuspended "member.not_suspended" No "Suspend the region first, so that nothing new begins with it; then have it leave once nothing is open." "请先暂停该统筹区，待无未清事项后再退出。";
    /// Something of the region is open.
    MemberOpen "member.open" SameId "What is named is open with this region: net it and have it paid, then have the region leave." "该统筹区尚有所示未清事项，请轧差并付清后再退出。";
    /// Something else waits than was named.
    MemberOtherWaits "member.other_waits" No "Something else waits of this region, named here with who wants it: end that, or leave it (members list, members end)." "该统筹区的待确认事项及其提出人如所示，与所给不符：请按所示撤回，或予保留（members list、members end）。";
    /// Nothing of the region waits.
    MemberNothingWaits "member.nothing_waits" No "Nothing of this region waits for a second officer; look at what does (members list)." "该统筹区没有待第二人确认的事项，请查看名录（members list）。";
    /// An officer without the role.
    OfficerRole "officer.role" No "This officer may not do that: it takes the role named. The operator gives it in the clearinghouse's configuration ([[officer]])." "该清算人员无此权限，所需角色如所示，由运营方在清算中心配置中授予（[[officer]]）。";
    /// Nothing was set.
    PrefundUnknown "prefund.unknown" No "Nothing was set for this payer, holder and fund; set it first (prefund set)." "该付款成员、持有成员和基金尚未核定预付金，请先核定（prefund set）。";
    /// A member that clears for nobody.
    PrefundUnknownMember "prefund.unknown_member" No "This clearing member is not in the directory; check the code." "名录中无此清算成员，请核对代码。";
    /// Another year than this one.
    PrefundOtherYear "prefund.other_year" No "A prefund is set for the current year, named here; what was spent in the year before stands under `prefund propose`." "预付金只能核定本年度（如所示），上年支出见 prefund propose。";
    /// Not enough is used.
    PrefundNotRed "prefund.not_red" No "More is asked for when the prefund is red; its level is the one named. Set another amount for the year instead (prefund set)." "仅在红色预警时可申请紧急补拨，当前等级如所示；如需调整请重新核定年度金额（prefund set）。";
    /// More is asked for already.
    PrefundAskedAlready "prefund.asked_already" No "A top-up of the amount named is asked for already and not paid in full; wait for it." "已申请所示金额的补拨且尚未足额到账，请等待。";
    /// The id names another top-up.
    PrefundTopUpTaken "prefund.top_up_taken" No "Another amount, named here, was asked for under this id; ask under a new one." "该编号已申请其他金额的补拨（如所示），请另取编号。";
    /// A region whose member does not hold the prefund.
    PrefundNotHolder "prefund.not_holder" No "Only the holder's regions ask for more of a prefund; this region is cleared for by the member named." "仅预付金持有成员所辖统筹区可申请补拨，本统筹区的清算成员如所示。";
    /// The holder's bank's reference names another movement.
    PrefundBankReferenceTaken "prefund.bank_reference_taken" No "Another movement, named here, was entered under this reference of the holder's bank; check the bank's paper, and correct what is wrong (prefund correct)." "持有成员该银行流水号已登记其他款项（如所示），请核对银行单据，有误请更正（prefund correct）。";
    /// No movement under the reference.
    PrefundBankReferenceUnknown "prefund.bank_reference_unknown" No "No money of a prefund was entered under this reference of the holder's bank; list the movements (prefund movements)." "持有成员未登记该银行流水号，请查看预付金流水（prefund movements）。";
    /// More than the holder has.
    PrefundExceeds "prefund.exceeds" No "The holder has only what is named; enter what was paid in first, or correct what was entered wrongly." "持有成员现有预付金仅为所示金额，请先登记缴入款项或更正有误登记。";
    /// More than the holder had on some day since.
    PrefundNotYetHeld "prefund.not_yet_held" No "By the days on which money moved the holder had only the amount named on the day named: check the day of this movement, enter what was paid in before it, or correct what was entered wrongly (prefund movements)." "按入账日计，所示日期持有成员仅有所示金额：请核对本笔入账日，先登记此前缴入的款项，或更正有误登记（prefund movements）。";
    /// No dispute of this name, or none in which the region stands.
    DisputeUnknown "dispute.unknown" No "No dispute of this name is known in which the region stands; list the disputes." "无此争议，或该统筹区非争议当事方，请查看争议清单。";
    /// Another claim was raised under the name.
    DisputeReferenceTaken "dispute.reference_taken" No "Something else was raised under this reference; raise it under another, or look at what stands (dispute list)." "该编号已登记其他争议内容，请另取编号，或查看现有争议（dispute list）。";
    /// The word is another region's.
    DisputeOtherRegion "dispute.other_region" No "A region says only its own words, signed with the key of its own node." "统筹区只能以本区节点密钥签名并表达本区意见。";
    /// The word is not rightly signed.
    DisputeSignature "dispute.signature" No "The word is not signed as it must be, for the reason named; check the signing certificate of the region's node." "签名无效（原因如所示），请检查本统筹区节点的签名证书。";
    /// The leg or the row is not known.
    DisputeSubjectUnknown "dispute.subject_unknown" No "No such debt is held and no such row is netted, between these regions and of this fund; check settlement, kind or day, regions and fund." "清算中心无此笔债务或清算行，请核对结算号、类型或清算日、统筹区和基金。";
    /// It is about what is too long ago.
    DisputeOutOfTerm "dispute.out_of_term" No "What it is about could be disputed until the day named." "该事项的争议期限已于所示日期届满。";
    /// More is claimed than there is.
    DisputeExceeds "dispute.exceeds" No "More is claimed than the debt or row has left beside the region's other disputes; at most the amount named." "诉求金额超过该债务或清算行扣除本区其他争议后的余额，不得高于所示金额。";
    /// An amount that does not fit.
    DisputeAmount "dispute.amount" No "The amount does not fit: part of a claim is above zero and below what is claimed, named here; all of it is accepted, or proven, as such." "金额不符：部分认可须大于零且小于所示诉求金额，全部认可请按全额办理。";
    /// It is decided as not answered, and is answered.
    DisputeAnswered "dispute.answered" No "The other region answered, so not_answered is no reason; say whether the claim is proven, partly proven or not." "对方已答复，不得以逾期未答复为由，请按诉求成立、部分成立或不成立裁定。";
    /// The dispute has gone on.
    DisputeWentOn "dispute.went_on" SameId "Something else was said in the dispute meanwhile; look at it, and say it again if it still holds." "该争议已有新的进展，请查看后重新提交。";
    /// It is not so far, or too far already.
    DisputeStage "dispute.stage" No "That is not said at the stage at which the dispute is, named here." "争议处于所示阶段，不可作此操作。";
    /// It is settled or withdrawn.
    DisputeOver "dispute.over" No "The dispute is over, as named; nothing more is said in it. Raise another under another reference." "该争议已终结（如所示），如有新的事项请另行提出。";
    /// Its day is not over.
    DisputeNotDue "dispute.not_due" No "The other region may answer until the day named; only then is the dispute escalated without an answer." "对方答复期限至所示日期，届满未答复方可提请裁定。";
    /// Something else is proposed.
    DisputeOtherProposal "dispute.other_proposal" No "Just this is not proposed; look at the proposal (dispute show), confirm exactly that, or propose another." "现有裁定方案与所给不符，请查看方案（dispute show）后按原样确认或另行提出。";
    /// The proposer cannot confirm.
    DisputeSameOfficer "dispute.same_officer" No "This officer proposed it; another must confirm it." "裁定方案由该清算人员提出，须由另一名清算人员确认。";
}

/// A code, ours or one that means the same everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// One of core's.
    General(RefusalCode),
    /// One of clearing's.
    Clearing(ClearingCode),
}

impl Code {
    /// The stable text of the code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::General(code) => code.code(),
            Self::Clearing(code) => code.code(),
        }
    }

    /// Whether sending again helps.
    #[must_use]
    pub const fn retry(self) -> Retry {
        match self {
            Self::General(code) => code.retry(),
            Self::Clearing(code) => code.retry(),
        }
    }

    /// What to do, in English.
    #[must_use]
    pub const fn advice_en(self) -> &'static str {
        match self {
            Self::General(code) => code.advice_en(),
            Self::Clearing(code) => code.advice_en(),
        }
    }

    /// What to do, in Chinese.
    #[must_use]
    pub const fn advice_zh(self) -> &'static str {
        match self {
            Self::General(code) => code.advice_zh(),
            Self::Clearing(code) => code.advice_zh(),
        }
    }
}

/// A refusal: the code, and what exactly it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub code: Code,
    /// About what: a number, a region, a day, a field path. Never personal.
    pub detail: String,
}

impl Refusal {
    /// A refusal of clearing.
    #[must_use]
    pub fn new(code: ClearingCode, detail: impl fmt::Display) -> Self {
        Self {
            code: Code::Clearing(code),
            detail: detail.to_string(),
        }
    }

    /// A refusal that means the same everywhere.
    #[must_use]
    pub fn general(code: RefusalCode, detail: impl fmt::Display) -> Self {
        Self {
            code: Code::General(code),
            detail: detail.to_string(),
        }
    }

    /// What is journaled, and not indexed yet: whoever asks comes again.
    #[must_use]
    pub(crate) fn being_indexed() -> Self {
        Self::general(RefusalCode::Overloaded, "the index is being brought up")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_also_beside_those_of_core() {
        let mut codes: Vec<_> = ClearingCode::ALL.iter().map(|code| code.code()).collect();
        codes.extend(RefusalCode::ALL.iter().map(|code| code.code()));
        let count = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), count);
    }

    #[test]
    fn the_page_of_refusals_has_a_row_for_each_code_as_it_is() {
        let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/docs/refusals.md");
        let page = std::fs::read_to_string(page).unwrap();
        for code in ClearingCode::ALL {
            let again = match code.retry() {
                Retry::No => "no",
                Retry::SameId => "same id",
            };
            let (text, en, zh) = (code.code(), code.advice_en(), code.advice_zh());
            let row = format!("| `{text}` | {again} | {en} | {zh} |");
            assert!(
                page.contains(&row),
                "deploy/docs/refusals.md lacks this row:\n{row}"
            );
        }
    }
}
