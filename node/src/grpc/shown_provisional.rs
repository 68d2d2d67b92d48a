//! What is provisional, or was, as an institution is shown it: marked in both languages, and to the fen.

use huitong_core::bill::Visit;
use huitong_core::provisional::{Provisional, TrueUp};
use huitong_core::record::treatment::Prepared;
use huitong_core::vocabulary::Care;
use huitong_proto::conversion::decision::decision_to_wire;
use huitong_proto::settlement::v1;

use super::explained::explained;
use crate::policies::PolicyBook;
use crate::treatment::{ProvisionalView, TruedUpView};

/// A settlement that waits for the home region.
pub(super) fn open(view: &ProvisionalView, policies: &PolicyBook, shown: &mut v1::Settlement) {
    shown.state = v1::State::Provisional.into();
    given(&view.given, &view.prepared, policies, shown);
    let notice = said(
        "先行结算：参保地暂无法连接或暂不能办理，按其预先签名的快照结算，待参保地确认后多退少不补。",
        "PROVISIONAL: the home region could not be reached, or could do nothing for now. Settled on a snapshot that it had signed. Once it answers, what was paid too much is given back, and what was paid too little is not asked for.",
    );
    let visit = &view.prepared.claim.visit;
    shown.provisional = Some(about(&view.given, visit, policies, None, notice));
}

/// A settlement that the home region finally refused, and that stands at the treatment region's cost.
pub(super) fn borne(
    view: &TruedUpView,
    prepared: &Prepared,
    policies: &PolicyBook,
    shown: &mut v1::Settlement,
) {
    given(&view.given, prepared, policies, shown);
    let notice = said(
        "先行结算：参保地最终拒付，基金应付部分由就医地承担，患者与医疗机构不受影响。",
        "PROVISIONAL: the home region finally refused it. The treatment region bears what funds were to pay; patient and institution owe nothing.",
    );
    let visit = &prepared.claim.visit;
    let true_up = Some(view.true_up);
    shown.provisional = Some(about(&view.given, visit, policies, true_up, notice));
}

/// What the home region has decided of it.
pub(super) fn trued_up(
    view: &TruedUpView,
    visit: &Visit,
    policies: &PolicyBook,
) -> v1::Provisional {
    let refund = view.true_up.refund;
    let notice = if refund.is_zero() {
        said(
            "先行结算已由参保地确认：患者负担不变，差额由先行结算损失账户承担。",
            "PROVISIONAL, trued up by the home region: the patient pays what was told; any difference is borne by the provisional-loss account.",
        )
    } else {
        v1::Sentence {
            zh: format!("先行结算已由参保地确认：应退还患者 {refund} 元。"),
            en: format!(
                "PROVISIONAL, trued up by the home region: give {refund} yuan back to the patient."
            ),
        }
    };
    about(&view.given, visit, policies, Some(view.true_up), notice)
}

fn given(
    given: &Provisional,
    prepared: &Prepared,
    policies: &PolicyBook,
    shown: &mut v1::Settlement,
) {
    let (claim, snapshot) = (&prepared.claim, &given.signed.body.snapshot);
    shown.decision = Some(decision_to_wire(&given.decision));
    let told = explained(policies, claim, snapshot, &given.decision);
    (shown.lines, shown.explanation) = (told.lines, told.steps);
    let first = said(
        "本次为先行结算，参保地确认前金额并非最终结果。",
        "This settlement is provisional: the amounts are not final until the home region has answered.",
    );
    shown.explanation.insert(0, first);
}

fn about(
    given: &Provisional,
    visit: &Visit,
    policies: &PolicyBook,
    true_up: Option<TrueUp>,
    notice: v1::Sentence,
) -> v1::Provisional {
    let body = &given.signed.body;
    let policy = policies.get(&body.snapshot.policy);
    let rule = policy
        .as_ref()
        .and_then(|policy| policy.policy().provisional());
    let care = match rule.and_then(|rule| rule.care_of(visit)) {
        Some(Care::Emergency) => v1::Care::Emergency,
        Some(Care::Epidemic) => v1::Care::Epidemic,
        None => v1::Care::Unspecified,
    };
    v1::Provisional {
        care: care.into(),
        settled_ms: given.at.as_millis(),
        signed_ms: body.signed_at.as_millis(),
        usable_until_ms: body.usable_until.as_millis(),
        cash_told_fen: given.decision.cash.get(),
        advanced_fen: given.advanced.get(),
        true_up: true_up.map(to_wire),
        notice: Some(notice),
    }
}

/// A true-up as messages say it.
pub(super) fn to_wire(true_up: TrueUp) -> v1::TrueUp {
    v1::TrueUp {
        cash_decided_fen: true_up.decided.get(),
        patient_fen: true_up.patient.get(),
        refund_fen: true_up.refund.get(),
        home_bears_fen: true_up.home_bears.get(),
        treatment_bears_fen: true_up.treatment_bears.get(),
    }
}

fn said(zh: &str, en: &str) -> v1::Sentence {
    v1::Sentence {
        zh: zh.to_owned(),
        en: en.to_owned(),
    }
}
