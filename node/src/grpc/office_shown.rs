//! Policies, differences and replays as messages.

use huitong_core::date::Timestamp;
use huitong_core::digest::Digest;
use huitong_core::fund::Fund;
use huitong_core::record::policy::{Act, WithdrawalAsked};
use huitong_document::Fault;
use huitong_proto::conversion::common::fund_to_wire;
use huitong_proto::policy::v1;

use crate::office::steps::is_expired;
use crate::policies::OwnPolicy;
use crate::replay::differences::{Difference, DifferenceTotals};
use crate::replay::tally::{Axis, Group, Moved, Tally};
use crate::replay::trial::Progress;
use crate::store::{PolicyStanding, Publication};

/// Faults that are listed.
const FAULTS_AT_MOST: usize = 1_000;

/// A document as it stands.
pub(super) fn policy(own: &OwnPolicy, now: Timestamp) -> v1::Policy {
    let (held, policy) = (&own.policy, own.policy.policy());
    let scope = policy.scope();
    let bytes = |digest: &Digest| digest.as_bytes().to_vec();
    let mut shown = v1::Policy {
        digest: bytes(&held.digest()),
        title: policy.title().to_owned(),
        scheme: scope.scheme.to_string(),
        settings: scope.settings.iter().map(ToString::to_string).collect(),
        effective_from: scope.effective.from().to_string(),
        effective_until: scope
            .effective
            .until()
            .map(|day| day.to_string())
            .unwrap_or_default(),
        supersedes: policy.supersedes().iter().map(bytes).collect(),
        standing: v1::Standing::Unspecified.into(),
        proposed: None,
        approved: None,
        rejected: None,
        reject_reason: String::new(),
        superseded_by: Vec::new(),
        withdrawal: None,
    };
    let standing = match &own.standing {
        PolicyStanding::Proposed(proposed) => {
            shown.proposed = Some(act(proposed));
            if is_expired(proposed, now) {
                v1::Standing::Expired
            } else {
                v1::Standing::Proposed
            }
        }
        PolicyStanding::Rejected(rejection) => {
            shown.proposed = Some(act(&rejection.proposed));
            shown.rejected = Some(act(&rejection.rejected));
            shown.reject_reason.clone_from(&rejection.reason);
            v1::Standing::Rejected
        }
        PolicyStanding::Published(publication) => {
            published(&mut shown, publication);
            let by = own.superseded_by().iter();
            shown.superseded_by = by.map(|other| bytes(&other.digest())).collect();
            let asked = publication.asked.as_ref();
            shown.withdrawal = asked.map(|asked| withdrawal(asked, None));
            if shown.superseded_by.is_empty() {
                v1::Standing::Published
            } else {
                v1::Standing::Superseded
            }
        }
        PolicyStanding::Withdrawn(withdrawn) => {
            published(&mut shown, &withdrawn.publication);
            shown.withdrawal = Some(withdrawal(&withdrawn.asked, Some(&withdrawn.approved)));
            v1::Standing::Withdrawn
        }
        PolicyStanding::Fetched(_) => v1::Standing::Unspecified,
    };
    shown.set_standing(standing);
    shown
}

fn published(shown: &mut v1::Policy, publication: &Publication) {
    shown.proposed = Some(act(&publication.proposed));
    shown.approved = Some(act(&publication.approved));
}

fn act(act: &Act) -> v1::Act {
    v1::Act {
        officer: act.by.to_string(),
        at_ms: act.at.as_millis(),
    }
}

fn withdrawal(asked: &WithdrawalAsked, approved: Option<&Act>) -> v1::Withdrawal {
    v1::Withdrawal {
        asked: Some(act(&asked.asked)),
        reason: asked.reason.clone(),
        in_favour_of: asked
            .in_favour_of
            .map(|digest| digest.as_bytes().to_vec())
            .unwrap_or_default(),
        approved: approved.map(act),
    }
}

/// The faults of a document, and how many there are.
pub(super) fn faults(found: &[Fault]) -> (Vec<v1::DocumentFault>, u64) {
    let number = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let listed = found.iter().take(FAULTS_AT_MOST);
    let listed = listed.map(|fault| v1::DocumentFault {
        line: number(fault.line),
        column: number(fault.column),
        path: fault.path.clone(),
        message_en: fault.en.clone(),
        message_zh: fault.zh.clone(),
    });
    (listed.collect(), number(found.len()))
}

fn moved(moved: Moved) -> v1::Moved {
    v1::Moved {
        old_fen: moved.old.get(),
        new_fen: moved.new.get(),
    }
}

fn funds<'a>(funds: impl IntoIterator<Item = (&'a Fund, &'a Moved)>) -> Vec<v1::FundMoved> {
    let funds = funds.into_iter().map(|(fund, amount)| v1::FundMoved {
        fund: fund_to_wire(*fund),
        amount: Some(moved(*amount)),
    });
    funds.collect()
}

/// A page of differences.
pub(super) fn difference_page(rows: Vec<Difference>) -> v1::DifferencesResponse {
    let rows = rows.iter().map(difference).collect();
    let page = v1::DifferencePage { rows };
    v1::DifferencesResponse {
        part: Some(v1::differences_response::Part::Page(page)),
    }
}

fn difference(row: &Difference) -> v1::Difference {
    let (decided_by, undecided) = match &row.now {
        Ok(digest) => (digest.as_bytes().to_vec(), String::new()),
        Err(refusal) => (Vec::new(), refusal.to_string()),
    };
    v1::Difference {
        settlement: row.settlement.to_string(),
        treatment_region: row.treatment.to_string(),
        business_day: row.business_day.to_string(),
        funds: funds(&row.funds),
        patient: Some(moved(row.patient)),
        decided_by,
        undecided,
        provisional: row.true_up.is_some(),
    }
}

/// The sums of all differences.
pub(super) fn difference_totals(totals: &DifferenceTotals) -> v1::DifferencesResponse {
    let totals = v1::DifferenceTotals {
        settlements: totals.settlements,
        changed: totals.changed,
        undecided: totals.undecided,
        funds: funds(&totals.funds),
        patient: Some(moved(totals.patient)),
    };
    v1::DifferencesResponse {
        part: Some(v1::differences_response::Part::Totals(totals)),
    }
}

/// How far a replay is.
pub(super) fn replay_progress(progress: Progress) -> v1::ReplayResponse {
    let progress = v1::ReplayProgress {
        read: progress.read,
        replayed: progress.replayed,
    };
    v1::ReplayResponse {
        part: Some(v1::replay_response::Part::Progress(progress)),
    }
}

/// What a replay came to.
pub(super) fn replay_result(tally: &Tally) -> v1::ReplayResponse {
    let axes = Axis::ALL.map(|axis| v1::ReplayAxis {
        axis: axis.word().to_owned(),
        groups: tally
            .axes
            .iter()
            .filter(|((of, _), _)| *of == axis)
            .map(|((_, value), it)| group(value, it))
            .collect(),
    });
    let undecided = tally.undecided.iter().map(|(reason, count)| v1::Reason {
        reason: reason.clone(),
        settlements: *count,
    });
    let biggest = tally.biggest().map(|(settlement, patient)| v1::Change {
        settlement: settlement.to_string(),
        patient: Some(moved(patient)),
    });
    let result = v1::ReplayResult {
        all: Some(group("", &tally.all)),
        funds: funds(&tally.funds),
        axes: axes.to_vec(),
        undecided: undecided.collect(),
        biggest: biggest.collect(),
    };
    v1::ReplayResponse {
        part: Some(v1::replay_response::Part::Result(result)),
    }
}

fn group(value: &str, group: &Group) -> v1::Group {
    v1::Group {
        value: value.to_owned(),
        settlements: group.settlements,
        gaining: group.gaining,
        losing: group.losing,
        unchanged: group.unchanged,
        funds: Some(moved(group.funds)),
        patients: Some(moved(group.patients)),
    }
}
