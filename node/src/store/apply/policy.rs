//! Rows of policies, step by step.

use huitong_core::digest::{Digest, sha256};
use huitong_core::record::policy::{
    PolicyFetched, PolicyProposed, PolicyPublished, PolicyRejected, PolicyWithdrawn,
    WithdrawalAsked, WithdrawalRejected,
};

use super::super::{
    Declined, Key, Location, PolicyChanges, PolicyRow, PolicyStanding, Publication, Rejection, Row,
    StoreError, Withdrawn,
};
use super::{Changes, Ground};

pub(super) fn fetched(record: &PolicyFetched, at: Location, out: &mut Changes) {
    let row = PolicyRow {
        region: record.region,
        at,
        standing: PolicyStanding::Fetched(record.statement.clone()),
    };
    out.put(
        Key::Policy(sha256(&record.document)),
        Row::Policy(row.into()),
    );
}

pub(super) fn proposed(
    record: &PolicyProposed,
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) {
    let row = PolicyRow {
        region: ground.region,
        at,
        standing: PolicyStanding::Proposed(record.proposed.clone()),
    };
    out.put(
        Key::Policy(sha256(&record.document)),
        Row::Policy(row.into()),
    );
}

pub(super) fn rejected(
    record: &PolicyRejected,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let row = row(record.policy, ground)?;
    let PolicyStanding::Proposed(proposed) = row.standing.clone() else {
        return Err(OTHER_STANDING);
    };
    let rejection = Rejection {
        proposed,
        rejected: record.rejected.clone(),
        reason: record.reason.clone(),
    };
    put(record.policy, row, PolicyStanding::Rejected(rejection), out);
    Ok(())
}

pub(super) fn published(
    record: &PolicyPublished,
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let row = row(record.policy, ground)?;
    let PolicyStanding::Proposed(proposed) = row.standing.clone() else {
        return Err(OTHER_STANDING);
    };
    let publication = Publication {
        number: record.number,
        proposed,
        approved: record.approved.clone(),
        statement: record.statement.clone(),
        since: at,
        asked: None,
        declined: None,
    };
    put(
        record.policy,
        row,
        PolicyStanding::Published(publication),
        out,
    );
    let changes = PolicyChanges {
        changes: record.change,
        published: record.number,
    };
    out.put(Key::PolicyChanges(), Row::PolicyChanges(changes));
    Ok(())
}

pub(super) fn withdrawal_asked(
    record: &WithdrawalAsked,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let (row, publication) = publication(record.policy, ground)?;
    let publication = Publication {
        asked: Some(record.clone()),
        ..publication
    };
    put(
        record.policy,
        row,
        PolicyStanding::Published(publication),
        out,
    );
    Ok(())
}

pub(super) fn withdrawal_rejected(
    record: &WithdrawalRejected,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let (row, publication) = publication(record.policy, ground)?;
    let asked = publication.asked.clone().ok_or(OTHER_STANDING)?;
    let declined = Declined {
        asked,
        rejected: record.rejected.clone(),
        reason: record.reason.clone(),
    };
    let publication = Publication {
        asked: None,
        declined: Some(declined),
        ..publication
    };
    put(
        record.policy,
        row,
        PolicyStanding::Published(publication),
        out,
    );
    Ok(())
}

pub(super) fn withdrawn(
    record: &PolicyWithdrawn,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let (row, publication) = publication(record.policy, ground)?;
    let asked = publication.asked.clone().ok_or(OTHER_STANDING)?;
    let withdrawn = Withdrawn {
        publication,
        asked,
        approved: record.approved.clone(),
    };
    put(
        record.policy,
        row,
        PolicyStanding::Withdrawn(withdrawn),
        out,
    );
    let before = ground.rows.policy_changes()?.unwrap_or(PolicyChanges::NONE);
    let changes = PolicyChanges {
        changes: record.change,
        ..before
    };
    out.put(Key::PolicyChanges(), Row::PolicyChanges(changes));
    Ok(())
}

const OTHER_STANDING: StoreError =
    StoreError::Inconsistent("a policy stands otherwise than a later record needs");

fn row(policy: Digest, ground: &Ground<'_>) -> Result<PolicyRow, StoreError> {
    let found = ground.rows.policy(policy)?;
    found.ok_or(StoreError::Inconsistent("a record names an unknown policy"))
}

fn publication(
    policy: Digest,
    ground: &Ground<'_>,
) -> Result<(PolicyRow, Publication), StoreError> {
    let row = row(policy, ground)?;
    match row.standing.clone() {
        PolicyStanding::Published(publication) => Ok((row, publication)),
        PolicyStanding::Fetched(_)
        | PolicyStanding::Proposed(_)
        | PolicyStanding::Rejected(_)
        | PolicyStanding::Withdrawn(_) => Err(OTHER_STANDING),
    }
}

fn put(policy: Digest, row: PolicyRow, standing: PolicyStanding, out: &mut Changes) {
    let row = PolicyRow { standing, ..row };
    out.put(Key::Policy(policy), Row::Policy(row.into()));
}
