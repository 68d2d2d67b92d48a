//! What clearing officers call to see what audits took off. The legs of a cycle are read beside the writer, and what waits is
//! looked for in it, for one officer at a time: those of a whole day are gone through for a few.

use std::sync::Arc;
use std::time::Duration;

use huitong_core::canonical::Artifact;
use huitong_core::clearing_month::row::Belongs;
use huitong_core::date::BusinessDay;
use huitong_core::id::DeductionId;
use huitong_core::leg::Leg;
use huitong_core::payable::Month;
use huitong_core::region::RegionCode;
use huitong_netting::{Member, Window};
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::deduction_office_service_server::DeductionOfficeService;
use huitong_proto::conversion::common::fund_to_wire;
use huitong_proto::conversion::leg::leg_kind_to_wire;
use huitong_proto::conversion::{Path, WireFault};
use tonic::{Request, Response, Status};

use super::asked::day;
use super::in_steps;
use super::lists::{Lists, Parts, ROWS_AT_ONCE, pieces};
use super::month::month;
use super::officer::officer_name;
use super::reading::{Untold, proofs, read};
use super::status::{malformed, status};
use super::wire;
use crate::decide::{self, DEDUCTIONS_AT_MOST, Period, WaitingDeductions, Whose};
use crate::refusal::Refusal;
use crate::state::NotTaken;
use crate::store::Deducted;
use crate::writer::Writer;

/// How long a reader may take for each part throughout.
const ROWS_WITHIN: Duration = Duration::from_secs(2);

/// The officers' view of deductions.
pub(super) struct DeductionOfficeGrpc {
    writer: Arc<Writer>,
    lists: Lists,
}

impl DeductionOfficeGrpc {
    pub(super) fn new(writer: &Arc<Writer>) -> Self {
        Self {
            writer: Arc::clone(writer),
            lists: Lists::new(ROWS_WITHIN),
        }
    }
}

#[tonic::async_trait]
impl DeductionOfficeService for DeductionOfficeGrpc {
    type ListNettedDeductionsStream = Parts<v1::ListNettedDeductionsResponse>;

    async fn list_netted_deductions(
        &self,
        request: Request<v1::ListNettedDeductionsRequest>,
    ) -> Result<Response<Self::ListNettedDeductionsStream>, Status> {
        let reader = officer_name(&request)?;
        let request = request.into_inner();
        let whose = whose(&request.region, &request.member).map_err(|fault| malformed(&fault))?;
        let (period, after) = period(&request)?;
        let of = period.clone();
        let cycles = self
            .writer
            .decide(move |context| decide::deducted_cycles(context, &of));
        let cycles = cycles.await.map_err(|refusal| status(&refusal))?;
        let mut left = cycles
            .days
            .iter()
            .filter(|day| after.is_none_or(|after| **day > after));
        let next = left.next().copied().ok_or_else(|| {
            malformed(&Path::root("after").wrong("is the last cycle of the month"))
        })?;
        let more = left.next().is_some();
        let proofs = proofs(&self.writer).await?;
        let find = move |turn| {
            read(move || {
                let is_own = |window: &Window| whose.is_of(window.region, Some(window.member));
                let found = proofs.deducted(next, is_own, DEDUCTIONS_AT_MOST)?;
                drop(turn);
                let found = found.ok_or_else(|| Untold::from(Refusal::being_indexed()))?;
                if found.is_cut {
                    return Err(decide::too_many_deductions().into());
                }
                Ok(found)
            })
        };
        let parts = self.lists.write(reader, find, move |found| {
            let not_netted = cycles.not_netted.iter().map(ToString::to_string);
            let cycle = v1::DeductedCycle {
                more,
                not_netted: not_netted.collect(),
                ..cycle(&found)
            };
            let belongs = matches!(period, Period::Month(_)).then_some(cycles.after);
            in_parts(cycle, found.legs, belongs)
        });
        Ok(Response::new(parts))
    }

    type ListWaitingDeductionsStream = Parts<v1::ListWaitingDeductionsResponse>;

    async fn list_waiting_deductions(
        &self,
        request: Request<v1::ListWaitingDeductionsRequest>,
    ) -> Result<Response<Self::ListWaitingDeductionsStream>, Status> {
        let reader = officer_name(&request)?;
        let request = request.into_inner();
        let whose = whose(&request.region, &request.member).map_err(|fault| malformed(&fault))?;
        let until = Path::root("until").optional(&request.until, BusinessDay::parse);
        let until = until.map_err(|fault| malformed(&fault))?;
        let writer = Arc::clone(&self.writer);
        let find = move |turn| async move {
            let found = waiting_of(&writer, whose, until).await;
            drop(turn);
            found.map_err(|refusal| status(&refusal))
        };
        let parts = self.lists.write(reader, find, |found| {
            pieces(found, ROWS_AT_ONCE).map(|some| v1::ListWaitingDeductionsResponse {
                deductions: some.iter().map(waiting).collect(),
            })
        });
        Ok(Response::new(parts))
    }
}

/// What waits.
async fn waiting_of(
    writer: &Writer,
    whose: Whose,
    until: Option<BusinessDay>,
) -> Result<Vec<NotTaken>, Refusal> {
    in_steps::found(
        writer,
        move |context| decide::begin_waiting_deductions(context, whose, until),
        WaitingDeductions::go_on,
        decide::waiting_deductions,
        "cycles go on while deductions are looked for: ask again",
    )
    .await
}

/// What a cycle took, its rows first.
fn in_parts(
    mut cycle: v1::DeductedCycle,
    legs: Vec<Leg>,
    belongs: Option<Option<BusinessDay>>,
) -> impl Iterator<Item = v1::ListNettedDeductionsResponse> {
    let mut rows = pieces(std::mem::take(&mut cycle.rows), ROWS_AT_ONCE);
    cycle.rows = rows.next().unwrap_or_default();
    let of_rows = rows.map(|rows| v1::DeductedCycle {
        rows,
        ..v1::DeductedCycle::default()
    });
    let of_rows = std::iter::once(cycle).chain(of_rows);
    let of_rows = of_rows.map(|cycle| v1::ListNettedDeductionsResponse {
        cycle: Some(cycle),
        deductions: Vec::new(),
    });
    let of_legs = pieces(legs, ROWS_AT_ONCE).map(move |some| {
        let deductions = some.iter().map(|leg| {
            let of_earlier_month = belongs
                .is_some_and(|after| Belongs::of(leg.business_day, after) == Belongs::ToEarlier);
            v1::NettedDeduction {
                of_earlier_month,
                ..debt(leg)
            }
        });
        v1::ListNettedDeductionsResponse {
            cycle: None,
            deductions: deductions.collect(),
        }
    });
    of_rows.chain(of_legs)
}

fn whose(region: &str, member: &str) -> Result<Whose, WireFault> {
    let member = Path::root("member").optional(member, RegionCode::parse)?;
    Ok(Whose {
        region: Path::root("region").optional(region, RegionCode::parse)?,
        member: member.map(Member::new),
    })
}

/// The cycles that are asked for, and the one after which the next is told.
fn period(
    request: &v1::ListNettedDeductionsRequest,
) -> Result<(Period, Option<BusinessDay>), Status> {
    let after = Path::root("after").optional(&request.after, BusinessDay::parse);
    let after = after.map_err(|fault| malformed(&fault))?;
    let of_month = |text: &str| -> Result<Month, Status> { month(text) };
    let period = match (&*request.business_day, &*request.month) {
        ("", text) => Period::Month(of_month(text)?),
        (text, "") if after.is_none() => Period::Day(day(text)?),
        (_, "") => {
            let path = Path::root("after");
            return Err(malformed(&path.wrong("is given beside business_day")));
        }
        (_, _) => {
            let path = Path::root("month");
            return Err(malformed(&path.wrong("is given beside business_day")));
        }
    };
    Ok((period, after))
}

fn cycle(found: &Deducted) -> v1::DeductedCycle {
    let rows = found.rows.iter().map(|(pair, row)| v1::DeductedRow {
        debtor: pair.debtor.to_string(),
        creditor: pair.creditor.to_string(),
        fund: fund_to_wire(pair.fund),
        deductions: row.deductions.0,
        deducted_fen: row.deductions.1.get(),
        ends: row.ends.0,
        ended_fen: row.ends.1.get(),
        legs: row.all.0,
        amount_fen: row.all.1.get(),
    });
    v1::DeductedCycle {
        business_day: found.plan.day().to_string(),
        plan: found.plan.number(),
        digest: found.plan.digest().as_bytes().to_vec(),
        rows: rows.collect(),
        stands: found.stands,
        more: false,
        not_netted: Vec::new(),
    }
}

fn debt(leg: &Leg) -> v1::NettedDeduction {
    v1::NettedDeduction {
        deduction: DeductionId::of_debt(leg.settlement).to_string(),
        kind: leg_kind_to_wire(leg.kind),
        debtor: leg.debtor.to_string(),
        creditor: leg.creditor.to_string(),
        fund: fund_to_wire(leg.fund),
        amount_fen: leg.amount.get(),
        business_day: leg.business_day.to_string(),
        of_earlier_month: false,
    }
}

fn waiting(leg: &NotTaken) -> v1::WaitingDeduction {
    let (reason, field) = leg.why.map(wire::reason).unwrap_or_default();
    v1::WaitingDeduction {
        region: leg.region.to_string(),
        number: leg.numbered.number,
        debt: Some(debt(&leg.numbered.leg)),
        since_ms: leg.since.as_millis(),
        reason,
        field,
    }
}
