//! What decisions answer, as messages.

use huitong_core::canonical::Artifact;
use huitong_core::checkpoint::row::Pair;
use huitong_core::date::Timestamp;
use huitong_core::ledger::{Posting, PostingSide};
use huitong_core::record::clearing::{LegsLeftOut, NettingFailed, ReopeningProposed};
use huitong_netting::{Gross, MemberNet, NettingPlan, RegionNet, Shortfall, WhatIf};
use huitong_proto::clearing::v1;
use huitong_proto::conversion::common::fund_to_wire;
use huitong_proto::conversion::leg::leg_kind_to_wire;
use huitong_proto::conversion::own_clearing::waiting_reason_to_wire;

use super::paid;
use crate::decide::{
    CycleState, DaysFound, OpenCycle, RegionAttestation, RegionStatus, Statement, Status, WaitsFor,
    reason_of,
};
use crate::payments::Progress;
use crate::state::{Waiting, WaitingLeg};

const fn cycle_state(state: CycleState) -> v1::CycleState {
    match state {
        CycleState::Open => v1::CycleState::Open,
        CycleState::CutOff => v1::CycleState::CutOff,
        CycleState::Attested => v1::CycleState::Attested,
        CycleState::Failed => v1::CycleState::Failed,
        CycleState::Netted(Progress::Netted) => v1::CycleState::Netted,
        CycleState::Netted(Progress::Approved) => v1::CycleState::Approved,
        CycleState::Netted(Progress::Instructed) => v1::CycleState::Instructed,
        CycleState::Netted(Progress::Final(_)) => v1::CycleState::Final,
    }
}

pub(super) fn open_cycle(cycle: &OpenCycle) -> v1::OpenCycle {
    let waits_for = match cycle.waits_for {
        WaitsFor::CutOff => v1::CycleWaits::CutOff,
        WaitsFor::Netting => v1::CycleWaits::Netting,
        WaitsFor::Reopening => v1::CycleWaits::Reopening,
        WaitsFor::Approval => v1::CycleWaits::Approval,
        WaitsFor::Order => v1::CycleWaits::Order,
        WaitsFor::Month => v1::CycleWaits::Month,
        WaitsFor::Money => v1::CycleWaits::Money,
    };
    v1::OpenCycle {
        business_day: cycle.day.to_string(),
        state: cycle_state(cycle.state).into(),
        waits_for: waits_for.into(),
        cut_off_at_ms: cycle.cut_off.map_or(0, Timestamp::as_millis),
        due: cycle.due.map(|due| due.to_string()).unwrap_or_default(),
        days_late: cycle.days_late,
    }
}

pub(super) fn status(status: &Status) -> v1::StatusResponse {
    let final_at = match status.state {
        CycleState::Netted(Progress::Final(at)) => at.as_millis(),
        CycleState::Open
        | CycleState::CutOff
        | CycleState::Attested
        | CycleState::Failed
        | CycleState::Netted(_) => 0,
    };
    let approvals = status.paying.approvals.iter();
    let approvals = approvals.map(|(officer, at)| v1::Approval {
        officer: officer.to_string(),
        at_ms: at.as_millis(),
    });
    let ordered = status.paying.ordered.as_deref();
    let due = ordered.map(|order| order.due.to_string());
    v1::StatusResponse {
        business_day: status.day.to_string(),
        state: cycle_state(status.state).into(),
        regions: status.regions.iter().map(region).collect(),
        agreed_legs: status.agreed,
        waiting_legs: status.waiting,
        differing_legs: status.differing,
        oldest_waiting: status.oldest.iter().map(waiting).collect(),
        restored_at_ms: status.restored.map_or(0, Timestamp::as_millis),
        approvals: approvals.collect(),
        due: due.unwrap_or_default(),
        final_at_ms: final_at,
        month: ordered.map(paid::month).unwrap_or_default(),
        failure: (status.failed.as_ref()).map(|failed| failure(failed, status.proposed.as_ref())),
        wanted: wanted(status.failed.as_ref(), status.proposed.as_ref()),
        left_out: Some(&status.left_out)
            .filter(|legs| !legs.is_empty())
            .map(left_out),
    }
}

/// Why a cycle could not be netted, and what an officer wants to leave out of it.
fn failure(failed: &NettingFailed, proposed: Option<&ReopeningProposed>) -> v1::CycleFailure {
    v1::CycleFailure {
        fault: failed.fault.clone(),
        at_ms: failed.at.as_millis(),
        named: Some(left_out(&failed.named)),
        proposed_by: proposed.map_or_else(String::new, |proposed| proposed.by.to_string()),
        proposed: proposed.map(|proposed| left_out(&proposed.left_out)),
    }
}

/// What an officer wants to leave out of a cycle that is not known to have failed, as after a restore, or the other officer
/// would not see it. Not in the failure, of which older readers say since when there is one.
fn wanted(
    failed: Option<&NettingFailed>,
    proposed: Option<&ReopeningProposed>,
) -> Option<v1::LeavingOut> {
    let proposed = proposed.filter(|_| failed.is_none())?;
    Some(v1::LeavingOut {
        by: proposed.by.to_string(),
        left_out: Some(left_out(&proposed.left_out)),
    })
}

/// What is left out of a cycle.
pub(super) fn left_out(legs: &LegsLeftOut) -> v1::LeftOut {
    let row = |pair: &Pair| v1::CycleRow {
        debtor: pair.debtor.to_string(),
        creditor: pair.creditor.to_string(),
        fund: fund_to_wire(pair.fund),
    };
    let debts = legs.debts.iter();
    let debts = debts.map(|((settlement, kind, _), pair)| v1::CycleDebt {
        settlement: settlement.to_string(),
        kind: leg_kind_to_wire(*kind),
        row: Some(row(pair)),
    });
    v1::LeftOut {
        debts: debts.collect(),
        rows: legs.rows.iter().map(row).collect(),
    }
}

fn region(region: &RegionStatus) -> v1::RegionStatus {
    let attested = match region.attested {
        RegionAttestation::NotAsked => v1::RegionAttestation::Unspecified,
        RegionAttestation::Outstanding => v1::RegionAttestation::Outstanding,
        RegionAttestation::Alike => v1::RegionAttestation::Alike,
        RegionAttestation::Otherwise => v1::RegionAttestation::Otherwise,
    };
    v1::RegionStatus {
        region: region.region.to_string(),
        member: region.member.to_string(),
        held: region.held,
        closed: region.closed,
        mark: region.mark.unwrap_or(0),
        halted_at: region.halted_at.unwrap_or(0),
        attested: attested.into(),
    }
}

fn waiting(leg: &WaitingLeg) -> v1::WaitingLeg {
    let (reason, field) = reason(leg.why);
    v1::WaitingLeg {
        region: leg.region.to_string(),
        number: leg.numbered.number,
        reason,
        field,
        since_ms: leg.since.as_millis(),
        settlement: leg.numbered.leg.settlement.to_string(),
        fund: fund_to_wire(leg.numbered.leg.fund),
        kind: leg_kind_to_wire(leg.numbered.leg.kind),
    }
}

/// Why a leg waits, and the field that differs, if one does.
pub(super) fn reason(why: Waiting) -> (i32, String) {
    let field = why.field().map(|field| field.to_string());
    (
        waiting_reason_to_wire(reason_of(why)),
        field.unwrap_or_default(),
    )
}

/// A plan that passed its proof has a total in range, since every gross row is in range; a sum of them
/// beyond ten trillion yuan is told as the largest amount.
pub(super) fn plan(plan: &NettingPlan) -> v1::NettingPlan {
    let canonical = plan.to_bytes();
    v1::NettingPlan {
        number: plan.number(),
        business_day: plan.day().to_string(),
        digest: huitong_core::digest::sha256(&canonical).as_bytes().to_vec(),
        pairs: plan.gross().iter().map(gross).collect(),
        nets: plan.member_nets().iter().map(member_net).collect(),
        legs: plan.legs(),
        legs_total_fen: plan.total().unwrap_or(huitong_core::money::Fen::MAX).get(),
        parent: plan
            .parent()
            .map(|parent| parent.as_bytes().to_vec())
            .unwrap_or_default(),
        canonical,
    }
}

pub(super) fn statement(statement: &Statement) -> v1::StatementResponse {
    let payment = |of| paid::payment(of, statement.today);
    v1::StatementResponse {
        plan: statement.plan,
        business_day: statement.day.to_string(),
        member: statement.member.to_string(),
        pairs: statement.pairs.iter().map(gross).collect(),
        regions: statement.regions.iter().map(region_net).collect(),
        nets: statement.nets.iter().map(member_net).collect(),
        postings: statement.postings.iter().map(posting).collect(),
        payments: statement.payments.iter().map(payment).collect(),
        unpaid: statement.unpaid.iter().map(payment).collect(),
    }
}

/// Nets as planned beside those supposed.
pub(super) fn supposed_nets(found: &WhatIf) -> Vec<v1::SupposedNet> {
    let nets = found.planned.iter().zip(&found.supposed);
    let nets = nets.map(|(planned, supposed)| v1::SupposedNet {
        member: planned.member.to_string(),
        fund: fund_to_wire(planned.fund),
        planned_fen: planned.amount.get(),
        supposed_fen: supposed.amount.get(),
    });
    nets.collect()
}

pub(super) fn what_if(found: &DaysFound) -> v1::WhatIfResponse {
    let shortfalls = |rows: &[Shortfall]| {
        let rows = rows.iter().map(|row| v1::Shortfall {
            fund: fund_to_wire(row.fund),
            owed_fen: row.owed.get(),
            missing_fen: row.missing.get(),
        });
        rows.collect()
    };
    let short = found.short.iter().map(|row| v1::SupposedShort {
        member: row.member.to_string(),
        fund: fund_to_wire(row.fund),
        owed_fen: row.owed.get(),
        on_due_fen: row.on_due.get(),
        in_the_end_fen: row.in_the_end.get(),
    });
    let days = found.days.iter().map(|(day, nets)| v1::SupposedDay {
        business_day: day.to_string(),
        nets: supposed_nets(nets),
    });
    let (due, late_until) = found.due.map_or_else(Default::default, |(due, until)| {
        (due.to_string(), until.to_string())
    });
    v1::WhatIfResponse {
        nets: supposed_nets(&found.nets),
        shortfalls: shortfalls(&found.nets.shortfalls),
        due,
        late_until,
        on_due: shortfalls(&found.on_due),
        short: short.collect(),
        days: days.collect(),
    }
}

fn gross(row: &Gross) -> v1::PairGross {
    v1::PairGross {
        debtor: row.debtor.to_string(),
        creditor: row.creditor.to_string(),
        fund: fund_to_wire(row.fund),
        amount_fen: row.amount.get(),
        legs: row.legs,
    }
}

fn member_net(net: &MemberNet) -> v1::Net {
    v1::Net {
        member: net.member.to_string(),
        fund: fund_to_wire(net.fund),
        amount_fen: net.amount.get(),
    }
}

/// The message calls whoever has the net a member; here it is a region.
fn region_net(net: &RegionNet) -> v1::Net {
    v1::Net {
        member: net.region.to_string(),
        fund: fund_to_wire(net.fund),
        amount_fen: net.amount.get(),
    }
}

fn posting(posting: &Posting) -> v1::Posting {
    let side = match posting.side {
        PostingSide::Debit => v1::PostingSide::Debit,
        PostingSide::Credit => v1::PostingSide::Credit,
    };
    v1::Posting {
        holder: posting.account.holder.to_string(),
        fund: fund_to_wire(posting.account.fund),
        account: posting.account.class.to_string(),
        side: side.into(),
        amount_fen: posting.amount.get(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_officer_wants_to_leave_out_is_told_also_when_nothing_is_known_to_have_failed() {
        let proposed = ReopeningProposed {
            day: "2026-03-02".parse().unwrap(),
            left_out: LegsLeftOut::default(),
            by: "wang.fang".parse().unwrap(),
            at: Timestamp::EPOCH,
        };
        let told = wanted(None, Some(&proposed)).unwrap();
        assert_eq!(told.by, "wang.fang");
        assert!(told.left_out.is_some());
        assert!(wanted(None, None).is_none());
        let failed = NettingFailed {
            day: proposed.day,
            fault: "the sum is out of range".to_owned(),
            named: LegsLeftOut::default(),
            at: Timestamp::EPOCH,
        };
        assert!(wanted(Some(&failed), Some(&proposed)).is_none());
        assert_eq!(failure(&failed, Some(&proposed)).proposed_by, "wang.fang");
    }
}
