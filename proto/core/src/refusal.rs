//! Refusals: values with a stable code, an order of precedence, and a word on what to do.
//!
//! A refusal is an answer, not an error of the program. The enum's order is the order of precedence: when
//! several would apply, the first is given. Texts are for people and may change; codes never do.

use std::fmt;

/// Whether sending again helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// The same request will be refused again; something must be changed first.
    No,
    /// Send the same request again, under the same id, a little later.
    SameId,
}

macro_rules! refusals {
    ($($(#[$doc:meta])* $variant:ident $code:literal $retry:ident $en:literal $zh:literal;)+) => {
        /// A stable code, in the order of precedence.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum RefusalCode { $($(#[$doc])* $variant),+ }

        impl RefusalCode {
            /// Every code, in the order of precedence.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable text of the code.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// Whether sending again helps.
            #[must_use]
            pub const fn retry(self) -> Retry {
                match self { $(Self::$variant => Retry::$retry),+ }
            }

            /// What to do, in English.
            #[must_use]
            pub const fn advice_en(self) -> &'static str {
                match self { $(Self::$variant => $en),+ }
            }

            /// What to do, in Chinese.
            #[must_use]
            pub const fn advice_zh(self) -> &'static str {
                match self { $(Self::$variant => $zh),+ }
            }

            /// The code of a text, when it is one.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|code| code.code() == text)
            }
        }
    };
}

refusals! {
    /// The deadline passed before the request was begun.
    DeadlinePassed "deadline.passed" SameId "The deadline passed before anything was done; send it again with more time." "处理前已超过时限，未做任何变更；请放宽时限后重发。";
    /// The node has as much to do as it can.
    Overloaded "node.overloaded" SameId "The node is busy; send it again in a few seconds." "系统繁忙，请几秒后重发。";
    /// The store stopped writing after a failed write.
    StoreBroken "node.store_broken" SameId "The node has stopped writing after a disk fault; its operator must restart it." "磁盘故障后系统已停止写入，须由运维人员重启。";
    /// Others hold what this node's journal does not have any more.
    RecordsGone "node.records_gone" SameId "Acknowledged records of this node are gone: the party named holds more of them than the node has. It serves nobody until its operator has stopped it and had it collect them (huitong node recover), or put a backup back (huitong node restore)." "本节点已确认的记录有缺失：所示一方持有的多于本节点所存。在运维人员停止节点并向各方收集（huitong node recover）或恢复备份（huitong node restore）之前，节点不提供服务。";
    /// The node was restored and collects what its backup does not have.
    Recovering "node.recovering" SameId "The node was restored from a backup and is collecting what came after it; nothing was changed. Send it again." "节点由备份恢复，正在向各方收集备份之后的业务，未做任何变更；请稍后重发。";
    /// The other region is left out since a restore.
    LeftOut "recovery.left_out" SameId "Since a restore one of the two regions serves without what the other holds, so nothing is settled between them; its bureau must have the node collect it (huitong node recover). Send it again later." "节点恢复后尚未向该统筹区收集业务，两地间暂停结算；经办机构须执行huitong node recover收集。请稍后重发。";
    /// Nothing to leave out.
    NotWaitedFor "recovery.not_waited_for" No "The node waits for no such region or document; `node status` says for whom it does. The clearinghouse cannot be left out." "节点并未等待该统筹区或政策文件，请查看节点状态；清算中心不可略过。";
    /// The message is over the size limit.
    TooLarge "request.too_large" No "The message is over the limit; split the bill into interim bills." "报文超过大小限制，请分次中途结算。";
    /// A field is missing or wrong.
    Malformed "request.malformed" No "Correct the named field and send it under a new id." "请更正所指字段后以新编号重发。";
    /// More people were asked about than are settled for.
    TooManyAsked "snapshot.too_many" SameId "More people were asked about than are settled for; ask again after the time told. The operators were alerted." "该机构或统筹区查询的人数远多于结算人数，稍后再查；运维人员已收到提示。";
    /// Nothing says that the person's standing was shown for the visit that a claim is of.
    NotShown "snapshot.not_shown" SameId "The home region has no note that it showed this person's record for this visit, so nothing was decided; the treatment region's node reads the credential and asks for a snapshot again." "参保地没有就该次就诊出示过该人员待遇信息的记录，未作任何决定；就医地节点须重新读取凭证并获取待遇信息。";
    /// The request claims a region or institution that its certificate is not for.
    IdentityMismatch "identity.mismatch" No "The certificate is for another region or institution; use the right one." "证书与所称统筹区或机构不符，请使用正确证书。";
    /// The certified caller may not call this.
    NotAllowed "identity.not_allowed" No "This caller may not do this; see certs/NAMES.md." "该调用方无此权限，见 certs/NAMES.md。";
    /// The region is not in the directory.
    UnknownRegion "directory.unknown_region" No "Neither the network's directory nor this node's configuration names such a region with what is needed to call it; check the code, or ask the clearinghouse (node members)." "全国名录与本节点配置均无该统筹区的完整信息，请核对代码，或联系清算中心（node members）。";
    /// The signed directory has suspended one of the two regions.
    RegionSuspended "directory.suspended" SameId "The region named is suspended by the network's signed directory, so nothing new is settled with it; what was begun goes on. The patient claims at home, or send it again once the region is resumed (node members)." "所示统筹区已被全国名录暂停，暂不受理新的异地结算，已开始的业务继续办理；请回参保地手工报销，或待恢复后重发（node members）。";
    /// The signed directory says that one of the two regions has left.
    RegionLeft "directory.left" No "The region named has left the network by its signed directory; the patient claims at home (node members)." "按全国名录，所示统筹区已退出网络，请回参保地手工报销（node members）。";
    /// No contradicting version of the directory is kept under that digest.
    NoSuchBranch "directory.no_branch" No "The node keeps no signed version of the directory under this digest that contradicts the one it goes by and is not older; type the digest that node members shows." "节点未留存该摘要对应的、与现行名录矛盾且不早于现行版本的已签名版本；请按 node members 所示摘要输入。";
    /// The id was used for another request.
    IdConflict "id.conflict" No "This id was used for another request, which differs in the named part; use a new id." "该编号已用于另一请求（所指部分不同），请使用新编号。";
    /// The id was abandoned and can never commit.
    Abandoned "id.abandoned" No "This id was abandoned and will never be paid; use a new id." "该编号已作废，不会再支付，请使用新编号。";
    /// Whom the id was about was erased.
    Erased "id.erased" No "The person whom this id was about was erased, as the term of keeping had passed; the id is never used again." "该编号所涉人员的信息已期满销毁，编号不再使用。";
    /// The time after which the hospital wanted no settlement has passed.
    NotAfterPassed "request.not_after_passed" No "The not-after time of the request has passed; use a new id." "已超过请求指定的最迟结算时间，请使用新编号。";
    /// The institution is not registered.
    UnknownInstitution "institution.unknown" No "The institution is not registered in the treatment region; register it first." "就医地无此定点医药机构，请先登记。";
    /// The institution's agreement does not hold on the day.
    InstitutionNotNetworked "institution.not_networked" No "The institution is not networked on the day of the visit; the patient claims at home." "该机构就诊日未联网结算，请回参保地手工报销。";
    /// The person is not known at home.
    UnknownPerson "person.unknown" No "The home region does not know this person; check the number and the region." "参保地无此人员，请核对人员编号与参保地。";
    /// The person's record has a gap since a restore.
    PersonHeld "person.held" SameId "Since a restore the person's record has a gap; the home bureau must look and release the person. Nothing was settled." "节点恢复后该人员记录存在缺口，须由参保地经办机构核查后放行；未结算。";
    /// The person's relationship is on its way to another home region.
    MemberMoving "member.moving" SameId "The person's insurance is being transferred to another region; nothing was settled. Send it again a little later." "该参保人医保关系正在转移，未结算，请稍后重发。";
    /// The person's relationship went to another home region.
    MemberMoved "member.moved" No "The person is insured by the region named since; send the claim there, under a new id." "该参保人医保关系已转至所示统筹区，请以新编号向该统筹区申请结算。";
    /// The person has another transfer under way, or one of this number is expected.
    TransferStands "transfer.stands" No "The named transfer of this person or number is under way; list the transfers." "该人员或该编号另有所示转移在办，请查看转移列表。";
    /// No such transfer.
    TransferUnknown "transfer.unknown" No "No such transfer is under way here; list the transfers." "本统筹区无此在办转移，请查看转移列表。";
    /// The hand-over is written.
    HandedOver "transfer.handed_over" No "The hand-over is written and cannot be called back; transfer the person back instead." "移交记录已生成，不能撤销；如需撤回，请办理转回。";
    /// Care on a day after the transfer is settled already.
    SettledSince "transfer.settled_since" No "The named settlement is for care after the old cover would end; reverse it first, or choose a later day." "所示结算的就医日期在原参保终止之后，请先冲正，或改选更晚的转移日期。";
    /// A late bill of somebody who moved cannot be settled by hand.
    LateByHand "transfer.late_by_hand" No "The person has moved to the region named; a late bill of the old cover is settled directly by its institution." "该参保人已转至所示统筹区；原参保期内的迟报费用须由医疗机构直接结算。";
    /// The credential does not belong to the person.
    CredentialMismatch "person.credential_mismatch" No "The credential does not belong to this person; read it again." "就诊凭证与人员不符，请重新读取。";
    /// Days of care after the person's death.
    PersonDead "person.dead" No "The home region knows of the person's death before the last day of this visit; correct the days, or ask the home bureau." "参保地登记的死亡日期早于本次就诊的最后一日，请核对日期或联系参保地经办机构。";
    /// The person was not enrolled on the date of care.
    NotEnrolled "person.not_enrolled" No "The person was not enrolled on the date of care; the patient asks the home bureau." "就医日期不在参保有效期内，请联系参保地经办机构。";
    /// The bill does not hold together.
    BadBill "bill.invalid" No "Correct the named line or sum and send it under a new id." "请更正所指明细或合计后以新编号重发。";
    /// A line's code is not in the treatment catalogue on its date.
    UnknownCatalogueCode "catalogue.unknown_code" No "The code is not in the treatment catalogue on that day; map it to a national code." "就医地目录当日无此编码，请先对照国家编码。";
    /// No policy holds for the date of care.
    NoPolicy "policy.missing" No "The home region has published no policy for this scheme, kind of visit and date." "参保地未发布该险种、就医类别和日期的待遇政策。";
    /// The bill covers days of two benefit years, and the policy splits them.
    VisitSpansYears "visit.spans_years" No "The bill covers days of two benefit years: send an interim bill up to 31 December, and the rest in another." "该笔费用跨两个待遇年度：请以中途结算结至 12 月 31 日，其余费用另行结算。";
    /// The policy cannot be applied to this claim.
    PolicyFault "policy.fault" No "The home policy has no rule for this claim; its bureau must mend the policy." "参保地政策对该情形无对应规则，须由参保地修订。";
    /// A policy that was fetched is not what its region signed.
    PolicyUnproven "policy.unproven" No "The policy sent by the home region is not what that region signed, or cannot be read within the limits; its operator must look." "参保地所发政策与其签名不符，或超出读取限制，须由参保地运维人员核查。";
    /// The home region does not accept this engine version.
    EngineNotAccepted "engine.not_accepted" No "The two nodes share no engine version; update the older one." "双方无共同的计算引擎版本，请升级较旧一方。";
    /// More was given by others than is left to pay.
    GivenTooLarge "bill.given_too_large" No "More is said to be paid elsewhere than is left of the bill; correct it." "他方已付金额超过剩余费用，请更正。";
    /// A fund would pay more than is owed as one leg.
    LegTooLarge "decision.leg_too_large" No "One fund would pay more on this bill than is owed between two regions in one, at most the amount named: check the bill, and send it as several interim bills if it is right." "该笔结算中单项基金支付额超过跨省清算单笔上限（如所示）：请核对费用；如无误，请分次中途结算。";
    /// Another id of the same visit is not yet decided.
    VisitInProgress "visit.in_progress" SameId "Another id of this visit is still open; ask for its outcome or cancel it first." "该次就诊另有未决编号，请先查询或撤销。";
    /// The visit is provisionally settled where the person was treated.
    VisitProvisional "visit.provisional" SameId "This visit is provisionally settled where the person was treated, under the named id, and waits for this region; nothing was settled by hand." "该次就诊在就医地已按所示编号先行结算，正待本统筹区确认，不得手工报销。";
    /// The visit was settled under another id.
    VisitAlreadySettled "visit.already_settled" No "This visit is settled under the named id; fetch that settlement." "该次就诊已按所示编号结算，请查询该笔结算。";
    /// Nothing stands that could be reversed.
    NothingStands "reversal.nothing_stands" No "This id was refused or given up; nothing stands under it that could be reversed." "该编号已拒付或作废，没有可冲正的结算。";
    /// The settlement is reversed already.
    AlreadyReversed "reversal.already_reversed" No "The settlement is reversed already, by the reversal named; fetch the settlement." "该笔结算已由所示冲正撤销，请查询该笔结算。";
    /// This reason is not the caller's to give.
    ReasonNotAllowed "reversal.reason_not_allowed" No "An institution cannot give this reason; the home bureau can." "医疗机构不得使用该冲正原因，须由参保地经办机构发起。";
    /// An institution may not reverse alone any more.
    TermPassed "reversal.term_passed" No "The days in which an institution may reverse alone have passed; ask the home bureau." "已超过医疗机构自行冲正的期限，请联系参保地经办机构。";
    /// The home region reverses the latest settlement first.
    LaterStands "reversal.later_stands" No "A later settlement of the same person stands, named here; the home region reverses the latest first." "该参保人其后另有所示结算；参保地要求从最近一笔起依次冲正。";
    /// More would be deducted than a fund paid.
    DeductionTooLarge "deduction.too_large" No "The named fund has less left on this settlement than is to be deducted: what it paid less what was deducted before. Deduct at most what is left." "所示基金在该笔结算中的可扣余额不足（支付额减去已扣款），扣款不得超过可扣余额。";
    /// What the fund owes of the settlement is never netted, so that nothing is taken off it.
    DeductionLegTooLarge "deduction.leg_too_large" No "The named fund owes more of this settlement than is netted as one leg: it is in no cycle, and nothing is deducted from it. Have the settlement reversed, and send its bill as several interim bills." "所示基金在该笔结算中的应付额超过跨省清算单笔上限，不参与轧差，不得扣款；请冲正该笔结算并分次中途结算。";
    /// As many deductions as a settlement may have.
    TooManyDeductions "deduction.too_many" No "This settlement has as many deductions as one may have; withdraw one, or deduct the rest in one." "该笔结算的扣款笔数已达上限，请撤销其一或合并扣款。";
    /// The home region's receipt says something else of the settlement.
    DeductionDiffers "deduction.differs" No "What the deduction says of the settlement is not what the home region's receipt says; its operator must look." "扣款所述结算与参保地回执不符，须由双方运维人员核查。";
    /// No such deduction.
    DeductionUnknown "deduction.unknown" No "No deduction of this id stands here; list the deductions." "本统筹区无此扣款，请查看扣款列表。";
    /// The deduction stands no more.
    DeductionEnded "deduction.ended" No "The deduction was refused, was withdrawn, or ended with the reversal of its settlement; nothing is left to withdraw." "该扣款已被拒绝、撤销或随结算冲正终止，没有可撤销的扣款。";
    /// No such expense check.
    CheckUnknown "check.unknown" No "No expense check of this id is known here; list the checks." "本统筹区无此费用协查，请查看协查列表。";
    /// Only large bills of inpatients are checked.
    CheckTooSmall "check.too_small" No "Only inpatient settlements of another region whose bill is at or above the amount named here, and of which a fund other than the person's accounts paid something, are checked." "仅可对异地住院且费用达到所示金额、且由个人账户、家庭共济账户以外的基金支付的结算发起费用协查。";
    /// Another check of the settlement is open.
    CheckStands "check.stands" No "The settlement is under the open check named here; wait for its end." "该笔结算已有所示未完成的费用协查，请待其办结。";
    /// What is asked is not what is known of the settlement here.
    CheckDiffers "check.differs" No "What the check says of the settlement is not what the receipt here says; both operators must look." "协查所述结算与本地回执不符，须由双方运维人员核查。";
    /// More should not have been owed than was paid.
    CheckTooLarge "check.too_large" No "More of the named fund is said not to have been owed than it paid on this settlement; name at most what the receipt says." "所列差异金额超过所示基金在该笔结算中的支付额，请按回执核减。";
    /// Nothing of this kind may be said of the check now.
    CheckNotNow "check.not_now" No "The check does not stand so that this may be said, as named here; look at it, and say what is due." "该协查当前状态（如所示）不可执行此操作，请查看后办理。";
    /// After a restore the checks with a region are not back yet.
    CheckCollecting "check.collecting" SameId "This node was restored and has not yet collected its checks from the region named here; send the same again a little later." "本节点恢复后尚未从所示统筹区收回协查记录，请稍后以相同编号重试。";
    /// No such payment to an institution.
    PayoutUnknown "payout.unknown" No "No payment to an institution stands as it is named here: name reference, institution, month, day and amount as they were entered." "没有与所示流水号、机构、月份、日期和金额一致的付款登记，请按原登记内容填写。";
    /// More would be paid than remains.
    PayoutExceeds "payout.exceeds" No "More is entered as paid than remains to be paid for the month, which is named here; look at what was entered, and say that it is above what is due when it is (--above-due)." "登记的付款超过所示该月应付余额，请核对已登记的付款；确属超付的，请注明超付（--above-due）后登记。";
    /// A business day to be closed has not begun.
    DayNotBegun "day.not_begun" SameId "That business day has not begun: close it when it is over, or check the date; the day that is open is named here." "该业务日尚未开始，请在当日结束后日切，或核对日期；当前开放日如所示。";
    /// A day that cannot be closed any more, or is none.
    DayNotOpen "day.not_open" No "That day cannot be closed: it is no business day, or a later one is closed already; the day that is open is named here." "该日不能日切：非业务日，或其后业务日已日切；当前开放日如所示。";
    /// The legs of a business day are asked for that is not closed here.
    DayNotClosed "day.not_closed" SameId "That business day is not closed here, so that its legs are not all known; `huitong node status` names the open day, and --from and --to list legs by number." "该业务日在本节点未日切，无法列出全部清算明细；开放日见 huitong node status，可用 --from、--to 按编号列出。";
    /// Legs are asked for past the last that there is.
    LegsPastEnd "leg.past_end" SameId "This node has no leg of the first number that was asked for yet; the last that there is is named here." "本节点尚无所请求的起始序号，现有最后序号如所示。";
    /// The bureau closed the institution's month.
    MonthClosed "institution_month.closed" No "The bureau has closed this month for the institution; ask the bureau to open it again." "经办机构已关闭该机构本月确认，如需变更请联系经办机构重新开放。";
    /// The day until which confirmations are taken back is past.
    MonthTooLate "institution_month.too_late" No "The day until which a confirmation of this month can be taken back is past, as named; ask the bureau." "已过所示的本月确认回退截止日，请联系经办机构。";
    /// The lines are not what the confirmation says of them in all.
    MonthSums "institution_month.sums" No "The named one of count, sum and digest is not that of the lines sent; list the month again and confirm what it lists." "所示汇总项（笔数、金额或摘要）与所报明细不符，请重新提取本月明细后确认。";
    /// No such line in the month.
    MonthLineUnknown "institution_month.line_unknown" No "The named settlement is no line of this institution's month; list the month." "所示结算不在本机构该月异地明细中，请提取本月明细。";
    /// A line is not as it was listed any more.
    MonthLineChanged "institution_month.line_changed" No "The named line has changed since it was listed; list the month again and confirm what it lists." "所示明细在提取后已发生变化，请重新提取本月明细后确认。";
    /// A line is confirmed already.
    MonthLineConfirmed "institution_month.line_confirmed" No "The named line is answered already, under the confirmation named; take that back first to answer it otherwise." "所示明细已在所示确认中处理，如需更改请先回退该确认。";
    /// No such confirmation.
    ConfirmationUnknown "institution_month.confirmation_unknown" No "No confirmation of this id stands for this institution and month; see the month's status." "该机构该月无此确认，请查看月度确认状态。";
    /// As many confirmations as a month may have.
    TooManyConfirmations "institution_month.too_many" No "This month has as many confirmations as one may have; take one back, and confirm more lines at once." "本月确认次数已达上限，请回退部分确认并合并明细后重新确认。";
    /// A leg of it is with the clearinghouse, and its receipt was lost.
    LegStands "recovery.leg_stands" SameId "Legs of this settlement are with the clearinghouse, and its receipt was lost in a restore. It stands once it is committed again for their amounts, and is given up if it was taken back too; otherwise the home bureau looks, and may give it up." "该笔结算的往来账已报清算中心，回执在恢复中遗失。重新提交且金额与往来账一致的即成立，已冲正的予以作废，其余由参保地核查并可作废。";
    /// An officer gives up what did not lose its receipt.
    NothingToGiveUp "recovery.nothing_to_give_up" No "No legs of this settlement came back without its receipt, or it stands by now: node status lists what may be given up, and what stands is reversed." "该笔结算没有回执遗失的往来账，或已成立；可作废的见节点状态，已成立的请办理冲正。";
    /// What is presented after a restore is not this node's word on its own insured in its own region, or does not hold.
    EvidenceNotOwn "evidence.not_own" No "This is no evidence, unchanged, that this node signed for one of its own insured who was treated in its own region; others give back what they hold by themselves, and a bill settled by hand is settled by hand again." "所提交的凭证不是本节点为本地参保人在本地就医所签发，或已被改动；异地业务由对方自动返还，手工报销请重新办理。";
    /// What is presented after a restore and what the node holds cannot both be.
    EvidenceContradicts "evidence.contradicts" No "What this node holds says otherwise of this id, or it has lost nothing: nothing was changed. An officer looks at both." "本节点所存与所提交的凭证不符，或本节点并无遗失，未做任何变更，须由经办机构核查。";
    /// What it says was said in an incarnation that ended.
    OldIncarnation "recovery.old_incarnation" No "This node or its peer was restored since; the newer incarnation named counts, and nothing of an older one is taken." "本节点或对方此后已恢复，以所示的较新代次为准，旧代次内容不予接收。";
    /// The copy is of another journal.
    OtherJournal "backup.other_journal" No "The backup there is of another journal than this node's; begin a new one in an empty folder." "该目录中的备份属于另一日志，请另选空目录重新备份。";
    /// The person's record changed since the snapshot.
    StaleVersion "version.stale" SameId "The person's record changed; adjudicate again on the fresh snapshot." "人员累计已变化，请按新快照重新计算。";
    /// The home region computes another decision.
    DecisionDiffers "decision.differs" No "The home region computes another amount; compare policy, catalogue and engine." "参保地复核结果不同，请比对政策、目录与引擎版本。";
    /// The treatment region cannot be reached.
    TreatmentUnreachable "treatment.unreachable" SameId "The treatment region cannot be asked whether the visit was settled there; nothing was settled. Send it again." "暂无法向就医地核实该次就诊是否已结算，未结算，请稍后重发。";
    /// The home region cannot be reached.
    HomeUnreachable "home.unreachable" SameId "The home region cannot be reached; nothing was settled. Send it again." "暂无法连接参保地，未结算，请稍后重发。";
    /// Another provisional settlement of the person waits for the home region.
    ProvisionalStands "provisional.another_stands" SameId "Another provisional settlement of this person, named here, waits for the home region; nothing was settled. Send it again once the home region answers." "该参保人另有所示先行结算尚待参保地确认，未结算；参保地恢复连接后请重发。";
    /// Funds would pay more than may be settled provisionally.
    OverProvisionalCeiling "provisional.over_ceiling" SameId "The home region cannot be reached, and funds would pay more than the ceiling named for provisional settlement; nothing was settled. Send it again once the home region answers." "暂无法连接参保地，且基金支付额超过所示先行结算限额，未结算；参保地恢复连接后请重发。";
    /// Whether the settlement stands is not known yet.
    OutcomeUnknown "outcome.unknown" SameId "The outcome is not known yet; ask for this id until it is." "结算结果未明，请按本编号查询，勿另行结算。";
    /// Nothing is known of the id.
    NotFound "settlement.not_found" No "Nothing is known of this id here." "无此编号的结算。";
    /// Nothing that could be proven has come of the id.
    NotSettled "settlement.not_settled" No "Nothing that could be proven has come of this id: it is open, or was given up before the home region saw a claim; ask how it stands." "该编号尚无可证明的结果（未决，或参保地未见费用即已作废），请先查询其状态。";
    /// The certificate of the key that signed is not at hand.
    SignerUnknown "evidence.signer_unknown" No "It was signed with the named key, of which this node knows no certificate that counted then: have that certificate listed in the directory beside the present one, unless it was revoked." "由所示密钥签署，本节点不知该密钥当时有效的证书：请将该证书与现用证书一并列入名录（已吊销者除外）。";
    /// The person is insured here already.
    AlreadyEnrolled "person.already_enrolled" No "The region insures this person already; change the cover instead." "该人员已在本统筹区参保，请办理变更。";
    /// The change does not fit the cover or the identities that the person has.
    CoverDoesNotFit "person.cover_does_not_fit" No "It does not fit the stretches that the person has, as named; look at the person's record." "与该人员现有参保或身份时段不符（见所示），请查看人员档案。";
    /// Who files may not file this class or place.
    FilingNotAllowed "filing.not_allowed" No "This class or place is not for the caller to file; the home bureau can." "该备案类别或备案地不得由该调用方办理，请由参保地经办机构办理。";
    /// A filing for the home region itself.
    FilingAtHome "filing.at_home" No "A filing is for treatment outside the home region; name another place." "备案地应在参保地以外，请更正备案地。";
    /// A filing of the same class and place stands.
    FilingStands "filing.stands" No "The named filing of the same class and place holds on some of these days; amend it." "同类别同备案地的所示备案在该时段内有效，请办理变更。";
    /// No filing of this id, or one that holds no more.
    FilingEnded "filing.ended" No "The person has no such filing, or it holds no more; list the filings." "该人员无此备案或备案已终止，请查看备案列表。";
    /// Nothing waits for a review there.
    NothingToReview "emergency.nothing_to_review" No "No emergency of this settlement waits for a review; list those that do." "该笔结算没有待复核的急诊认定，请查看待复核列表。";
    /// The totals that a settlement of the core system states are not those that its policy declares.
    ExternalTotals "external.totals" No "The settlement states other totals than the policy of its days declares, as named; state each of them, also where it adds nothing." "所填累计与就诊日政策所设不符（见所示），各项均须填写，未增加的填 0。";
    /// What it corrects is not there to be corrected.
    ExternalCorrects "external.corrects" No "What is corrected must be a withdrawn settlement of the same person and visit that nothing corrects yet; list the person's." "被更正的须为同一人员、同一次就诊、已撤回且尚未更正的网外结算，请查看该人员的网外结算列表。";
    /// The node has no key to find duplicates with.
    DuplicatesOff "duplicates.off" No "This node does not look for duplicate cover; its operator sets [duplicates] key in its configuration and restarts it." "本节点未启用重复参保核查，须由运维人员在配置 [duplicates] 中设置 key 后重启。";
    /// No such duplicate.
    DuplicateUnknown "duplicates.unknown" No "Nothing says that this person is insured by that region too; list the duplicates." "没有该人员与该统筹区的重复参保记录，请查看重复参保列表。";
    /// Cover here goes on.
    StillCovered "duplicates.still_covered" No "Cover here goes on for more than 31 days; end it first (huitong node person lapse), or give another reason." "本地参保在 31 日内不会终止，请先办理停保（huitong node person lapse），或改选其他原因。";
    /// The node has no clearinghouse to dispute at.
    DisputesOff "disputes.off" No "This node has no clearinghouse; its operator sets [clearinghouse] endpoint in its configuration and restarts it." "本节点未配置清算中心，须由运维人员在配置 [clearinghouse] 中设置 endpoint 后重启。";
    /// A dispute would be settled at another amount than the officer saw.
    DisputesOtherAmount "disputes.other_amount" No "The dispute would be settled at the amount named, and not at the one given; look at it (dispute list), and give the amount that it is settled at." "按现有诉求或答复，争议应以所示金额了结，与所填金额不符，请查看争议（dispute list）后填写了结金额。";
    /// Prefunds are asked about on a node without a clearinghouse.
    PrefundsOff "prefund.off" No "This node has no clearinghouse, so there is nothing that says how prefunds stand; its operator sets [clearinghouse] endpoint in its configuration and restarts it." "本节点未配置清算中心，无法查询预付金；须由运维人员在配置 [clearinghouse] 中设置 endpoint 后重启。";
    /// Clearing is asked about on a node without a clearinghouse.
    ClearingOff "clearing.off" No "This node has no clearinghouse, so there is nothing that says how its clearing stands; its operator sets [clearinghouse] endpoint in its configuration and restarts it." "本节点未配置清算中心，无法查询清算情况；须由运维人员在配置 [clearinghouse] 中设置 endpoint 后重启。";
    /// The node has no clearinghouse whose months it could confirm.
    MonthsOff "month.off" No "This node has no clearinghouse; its operator sets [clearinghouse] endpoint in its configuration and restarts it." "本节点未配置清算中心，须由运维人员在配置 [clearinghouse] 中设置 endpoint 后重启。";
    /// The node has not looked at all days of a month.
    MonthDaysNotSeen "month.days_not_seen" SameId "The node has not yet looked at the checkpoint of every day of this month, from the plan named on: it does so by itself, wait for it (node checkpoints)." "本节点尚未核对该月全部检查点（自所示方案起），节点会自动核对，请等待（node checkpoints）。";
    /// The month is another than the officer looked at.
    MonthChanged "month.changed" No "The month has the digest named, not the one given: look at its rows again (node month show) before you confirm it." "该月摘要如所示，与所给不符：请重新查看各行（node month show）后再确认。";
    /// The month names another one before it than the region was shown.
    MonthOtherBefore "month.other_before" No "The month goes on after another one than that of which this region said something, which is named: keep both month files (clearing month show --out), they are evidence; confirm nothing, and ask the operator which of the two holds." "该月所接续的上月（见所示）与本区曾确认或异议的并非同一份：请保留两份月度清算文件（clearing month show --out）作为证据，暂不确认，并向国家清算机构查明以何者为准。";
    /// Rows that may not be confirmed.
    MonthRowsDiffer "month.rows_differ" No "The row named is not what the region's own days come to, or stands on a day that does not hold: object to it (--object), or find out first (node month show)." "所示之行与本区逐日数据不一致，或所涉日期未通过核对：请提出异议（--object），或先行查明（node month show）。";
    /// An objection to a row that is not shown.
    MonthNoSuchRow "month.no_such_row" No "The signed month has no such row of this region as the one named; object to rows as they are shown (node month show)." "已签名的该月没有所示的本区之行，请按清单所列提出异议（node month show）。";
    /// The node has no clearinghouse whose checkpoints would prove a receipt.
    ReceiptsOff "receipt.off" No "This node has no clearinghouse, so no checkpoint proves its settlements; its operator sets [clearinghouse] endpoint in its configuration and restarts it." "本节点未配置清算中心，无检查点可证明其结算；须由运维人员在配置 [clearinghouse] 中设置 endpoint 后重启。";
    /// A settlement that waits for the home region's word.
    ReceiptProvisional "receipt.provisional" SameId "This settlement is provisional: the home region has not confirmed it, so nothing of it is netted; ask again once it has, and the day after is netted." "该笔为先行结算，参保地尚未确认，未进入清算；确认并轧差后再行索取。";
    /// A settlement of which nothing is owed between regions.
    ReceiptNoLegs "receipt.no_legs" No "Nothing of this settlement is owed between regions: the person was treated at home, or no fund paid; no checkpoint says anything of it." "该笔结算不涉及统筹区间清算（本地就医或基金未支付），检查点不含该笔。";
    /// No cycle that took its legs is proven yet.
    ReceiptNotProven "receipt.not_proven" SameId "No cycle that took this settlement is netted and looked at by this node yet, up to the checkpoint named; ask again after the next cycle (node checkpoints)." "截至所示检查点，尚无已轧差并经本节点核对的清算期包含该笔结算，请在下一清算期后再索取（node checkpoints）。";
    /// What was netted is not what the own book has.
    ReceiptDiffers "receipt.differs" No "What the named cycle took of this settlement is not what this node's book has, or the cycle does not hold: look at its findings (node checkpoints), and give row and settlement to the clearinghouse." "所示清算期所含与本节点账簿不符，或该期核对有误：请查看核对发现（node checkpoints），并将该行与结算告知清算中心。";
    /// An account holds less than is said to be paid from it.
    AccountShort "person.account_short" No "The account holds less here than is said to be paid from it; set the balances first." "账户余额小于所填账户支付额，请先录入账户余额。";
    /// No settlement of the year counts.
    AssistanceNothing "assistance.nothing_counts" No "No settlement of this year that stands counts for it, up to the day named; look at the person's record, and at the day." "该年度截至所示日期没有可计入的有效结算，请核对人员档案和认定日期。";
    /// The policy helps nobody like this person on a year's totals.
    AssistanceNotEntitled "assistance.not_entitled" No "The policy of that day does not help this person on a year's totals; look at the identities that hold on the day." "该日政策对此人员不作年度救助，请核对该日的救助身份。";
    /// The policy would pay more than assistance on the year.
    AssistanceNotByPolicy "assistance.not_by_policy" No "On the year as one bill the named rule of the policy would pay or count what the settlements did already; its authors must except the year so far." "政策所示规则会对年度合并费用重复支付或计算，须由政策编写人员排除本年度已结算费用。";
    /// The year was granted already.
    AssistanceStands "assistance.stands" No "Assistance on this year was granted to the person by the named act and stands; withdraw it first." "该人员本年度已由所示业务核定救助且有效，须先撤回。";
    /// The grant under the id was withdrawn.
    AssistanceEnded "assistance.withdrawn" No "The grant made under this id was withdrawn, and nothing is to be paid out for it; grant again under a new id." "以该编号核定的救助已撤回，不得支付；请以新编号重新核定。";
    /// The year is not the assessed one any more.
    AssistanceMoved "assistance.year_changed" No "The year is not as it was assessed any more; assess it again and look." "年度结算与核定测算时不一致，请重新测算后办理。";
    /// No such grant.
    AssistanceUnknown "assistance.unknown" No "There is no such grant here; list them." "无此救助核定，请查看列表。";
    /// More than one person's record may hold.
    RecordFull "person.record_full" No "The person's record holds as many of these as it may; end or correct some." "该人员档案中此类记录已达上限，请先终止或更正部分记录。";
    /// No document of this digest was put forward here.
    PolicyUnknown "policy.unknown" No "No document of this digest was put forward in this region; list the documents." "本统筹区无此摘要的政策文件，请查看政策列表。";
    /// The officer who asks is the one who must not decide.
    SameOfficer "policy.same_officer" No "Another officer than the one who put it forward must approve it." "须由提出人以外的另一名经办人员批准。";
    /// The step does not fit how the document stands.
    PolicyState "policy.wrong_state" No "The document does not stand as this step needs it; list the documents." "该政策当前状态不允许此操作，请查看政策列表。";
    /// A proposal or a wish to withdraw waited too long.
    ProposalExpired "policy.proposal_expired" No "It waited longer than 30 days; put it forward again." "提出已超过 30 日而失效，请重新提出。";
    /// Too many wait for a second officer.
    TooManyProposals "policy.too_many_open" No "As many as may wait for a second officer are waiting; approve or reject some first." "待批事项已达上限，请先批准或驳回部分事项。";
    /// Another document decides some of the same claims.
    PolicyOverlaps "policy.overlaps" No "The named document decides some of the same claims; name it under supersedes, or change the days." "所示政策与本政策管辖重叠，请在 supersedes 中列明，或调整日期。";
    /// It names a document to replace that is not there to be replaced.
    SupersededUnknown "policy.supersedes_unknown" No "Only published documents of the region, with its scheme and a common kind of visit, can be superseded; correct the named digest." "只能替代本统筹区已发布、险种相同且就医类别有交集的政策，请更正所示摘要。";
    /// The document named in its favour does not take a withdrawn one's place.
    NotReplaced "policy.not_replaced" No "The document named in its favour would not decide the day named; publish one that supersedes it first." "所指替代政策不能管辖所示日期，请先发布替代该政策的文件。";
    /// More settlements than one replay takes.
    ReplayTooLarge "replay.too_large" No "More settlements or people than one replay takes; narrow the days." "结算或人数超过一次回放的上限，请缩小日期范围。";
}

impl fmt::Display for RefusalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

/// A refusal: the code, and what exactly it is about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct Refusal {
    /// Why.
    pub code: RefusalCode,
    /// About what: a field path, a code, an id. Never personal.
    pub detail: String,
}

impl Refusal {
    /// A refusal about something.
    #[must_use]
    pub fn new(code: RefusalCode, detail: impl fmt::Display) -> Self {
        Self {
            code,
            detail: detail.to_string(),
        }
    }
}

impl crate::canonical::Canonical for RefusalCode {
    fn encode(&self, out: &mut crate::canonical::Encoder) {
        out.text(self.code());
    }
    fn decode(
        input: &mut crate::canonical::Decoder<'_>,
    ) -> Result<Self, crate::canonical::CanonicalError> {
        let text = input.text()?;
        Self::parse(text)
            .ok_or_else(|| crate::canonical::CanonicalError::invalid("RefusalCode", text))
    }
}

crate::canonical_struct!(Refusal { code, detail });

#[cfg(test)]
mod tests;
