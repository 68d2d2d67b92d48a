//! What clearing officers call. Who acted is the name in the caller's certificate.

use std::collections::BTreeSet;
use std::sync::Arc;

use huitong_certs::Identity;
use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::officer::OfficerName;
use huitong_core::record::clearing::Actor;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_netting::Member;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::officer_service_server::OfficerService;
use huitong_proto::conversion::Path;
use tokio::sync::Mutex;
use tonic::{Request, Response, Status};
use tracing::{error, info};

use super::asked::{day, expected, marks_of, named, suppose};
use super::in_steps;
use super::reading::{Untold, plan, proofs, read};
use super::status::{malformed, status};
use super::wire;
use crate::decide::{self, Condition, Expected, Release, Reopening, Statement, WhichCycle};
use crate::payments::PaymentRules;
use crate::refusal::{ClearingCode, Code, Refusal};
use crate::writer::Writer;

/// The officers' side.
pub(super) struct OfficerGrpc {
    pub(super) writer: Arc<Writer>,
    /// How long netting waits after the cut-off for regions that have not attested.
    pub(super) wait_minutes: u32,
    /// The deadline of a day, in minutes after it began.
    pub(super) deadline_minutes: u32,
    /// By when payments are due.
    pub(super) payment: PaymentRules,
    /// Held while plans are looked through to see what nets would be: by one officer at a time, of days or of a
    /// month.
    pub(super) looking: Arc<Mutex<()>>,
}

/// Another officer looks at what nets would be.
pub(super) fn someone_looks() -> Refusal {
    let busy = "another officer looks at what nets would be: ask again";
    Refusal::general(RefusalCode::Overloaded, busy)
}

#[tonic::async_trait]
impl OfficerService for OfficerGrpc {
    async fn status(
        &self,
        request: Request<v1::StatusRequest>,
    ) -> Result<Response<v1::StatusResponse>, Status> {
        let asked = request.into_inner().business_day;
        let which = if asked.is_empty() {
            WhichCycle::Earliest(self.payment)
        } else {
            WhichCycle::Of(day(&asked)?)
        };
        status_of(&self.writer, which).await.map(Response::new)
    }

    async fn list_cycles(
        &self,
        request: Request<v1::ListCyclesRequest>,
    ) -> Result<Response<v1::ListCyclesResponse>, Status> {
        let after = request.into_inner().after;
        let after = if after.is_empty() {
            None
        } else {
            let parsed = Path::root("after").parse(&after, BusinessDay::parse);
            Some(parsed.map_err(|fault| malformed(&fault))?)
        };
        let rules = self.payment;
        let decided = self
            .writer
            .decide(move |context| decide::cycles(context, rules, after));
        let (rows, next) = decided.await.map_err(|refusal| status(&refusal))?;
        Ok(Response::new(v1::ListCyclesResponse {
            cycles: rows.iter().map(wire::open_cycle).collect(),
            next: next.map(|day| day.to_string()).unwrap_or_default(),
        }))
    }

    async fn cut_off(
        &self,
        request: Request<v1::CutOffRequest>,
    ) -> Result<Response<v1::CutOffResponse>, Status> {
        let by = officer(&request)?;
        let v1::CutOffRequest {
            business_day,
            at_deadline,
            marks,
        } = request.into_inner();
        let day = day(&business_day)?;
        let condition = if !marks.is_empty() {
            Condition::Again(marks_of(&marks)?)
        } else if at_deadline {
            Condition::Deadline(self.deadline_minutes)
        } else {
            Condition::AllClosed
        };
        let decided = self
            .writer
            .decide(move |context| decide::cut_off(context, day, condition, by));
        decided.await.map_err(|refusal| status(&refusal))?;
        info!(%day, "cycle cut off");
        let status = status_of(&self.writer, WhichCycle::Of(day)).await?;
        Ok(Response::new(v1::CutOffResponse {
            status: Some(status),
        }))
    }

    async fn net(
        &self,
        request: Request<v1::NetRequest>,
    ) -> Result<Response<v1::NetResponse>, Status> {
        let by = officer(&request)?;
        let v1::NetRequest {
            business_day,
            digest,
            never_netted,
        } = request.into_inner();
        let day = day(&business_day)?;
        let expected = match expected(&digest)? {
            Some(digest) => Expected::Plan(digest),
            None if never_netted => Expected::Never,
            None => Expected::Unknown,
        };
        let wait_minutes = self.wait_minutes;
        let decided = self
            .writer
            .decide(move |context| decide::net(context, day, expected, wait_minutes, by));
        let plan = decided.await.map_err(|refusal| {
            if refusal.code == Code::Clearing(ClearingCode::CycleCannotNet) {
                error!(%day, fault = refusal.detail, "a cycle cannot be netted: officers must look at it");
            }
            status(&refusal)
        })?;
        info!(%day, plan = plan.number(), legs = plan.legs(), "cycle netted");
        Ok(Response::new(v1::NetResponse {
            plan: Some(wire::plan(&plan)),
        }))
    }

    async fn statement(
        &self,
        request: Request<v1::StatementRequest>,
    ) -> Result<Response<v1::StatementResponse>, Status> {
        let v1::StatementRequest {
            business_day,
            member,
            as_of_ms,
        } = request.into_inner();
        let day = day(&business_day)?;
        let member = Path::root("member")
            .parse(&member, RegionCode::parse)
            .map(Member::new)
            .map_err(|fault| malformed(&fault))?;
        if as_of_ms != 0 {
            let stated = stated_at(&self.writer, day, member, as_of_ms).await?;
            return Ok(Response::new(wire::statement(&stated)));
        }
        let decided = self
            .writer
            .decide(move |context| decide::statement(context, day, member));
        let statement = decided.await.map_err(|refusal| status(&refusal))?;
        Ok(Response::new(wire::statement(&statement)))
    }

    async fn what_if(
        &self,
        request: Request<v1::WhatIfRequest>,
    ) -> Result<Response<v1::WhatIfResponse>, Status> {
        let request = request.into_inner();
        let days = request.business_days.iter().map(|text| day(text));
        let days = days.collect::<Result<BTreeSet<_>, _>>()?;
        let suppose = suppose(&request).map_err(|fault| malformed(&fault))?;
        let rules = self.payment;
        let Ok(looking) = Arc::clone(&self.looking).try_lock_owned() else {
            return Err(status(&someone_looks()));
        };
        // Held until all of it is read, also when the caller has gone.
        let decided = self.writer.decide(move |context| {
            let grounds = decide::what_if(context, &days, suppose, rules)?;
            Ok(grounds.beside(looking))
        });
        let (grounds, looking) = decided.await.map_err(|refusal| status(&refusal))?;
        let proofs = proofs(&self.writer).await?;
        let found = read(move || {
            let found = grounds.found(|day| plan(&proofs, day));
            drop(looking);
            found
        });
        Ok(Response::new(wire::what_if(&found.await?)))
    }

    async fn release_stream(
        &self,
        request: Request<v1::ReleaseStreamRequest>,
    ) -> Result<Response<v1::ReleaseStreamResponse>, Status> {
        let by = officer(&request)?;
        let region = Path::root("region")
            .parse(&request.into_inner().region, RegionCode::parse)
            .map_err(|fault| malformed(&fault))?;
        let decided = self
            .writer
            .decide(move |context| decide::release(context, region, by));
        let (held, came) = decided.await.map_err(|refusal| status(&refusal))?;
        let not_halted = came == Release::NotHalted;
        if !not_halted {
            info!(%region, held, "stream goes on");
        }
        Ok(Response::new(v1::ReleaseStreamResponse {
            held,
            not_halted,
        }))
    }

    async fn resume(
        &self,
        request: Request<v1::ResumeRequest>,
    ) -> Result<Response<v1::ResumeResponse>, Status> {
        let by = officer(&request)?;
        let last = request.into_inner().last_cycle;
        let last = if last.is_empty() {
            None
        } else {
            let path = Path::root("last_cycle");
            let parsed = path.parse(&last, BusinessDay::parse);
            Some(parsed.map_err(|fault| malformed(&fault))?)
        };
        // What can be signed by now is signed before it is asked for; what is wrong with it the decision says.
        drop(self.writer.proofs().await);
        let decided = self
            .writer
            .decide(move |context| decide::resume(context, last, by));
        decided.await.map_err(|refusal| status(&refusal))?;
        info!("cycles go on after the restore");
        Ok(Response::new(v1::ResumeResponse {}))
    }

    async fn reopen(
        &self,
        request: Request<v1::ReopenRequest>,
    ) -> Result<Response<v1::ReopenResponse>, Status> {
        let by = officer_name(&request)?;
        let request = request.into_inner();
        let day = day(&request.business_day)?;
        let named = named(&request).map_err(|fault| malformed(&fault))?;
        let decided = self
            .writer
            .decide(move |context| decide::reopen(context, day, &named, by));
        let answer = match decided.await.map_err(|refusal| status(&refusal))? {
            Reopening::Proposed(legs) => v1::ReopenResponse {
                waits: true,
                left_out: Some(wire::left_out(&legs)),
            },
            Reopening::Reopened(legs) => {
                info!(%day, "a cycle is netted without what two officers left out");
                v1::ReopenResponse {
                    waits: false,
                    left_out: Some(wire::left_out(&legs)),
                }
            }
        };
        Ok(Response::new(answer))
    }
}

/// Where a cycle stands.
pub(super) async fn status_of(
    writer: &Writer,
    which: WhichCycle,
) -> Result<v1::StatusResponse, Status> {
    let counted = in_steps::found(
        writer,
        move |context| decide::begin_status(context, which),
        |counting, context, at_most| Ok(counting.go_on(context, at_most)),
        decide::status,
        "the cycle goes on while it is counted: ask again",
    );
    let found = counted.await.map_err(|refusal| status(&refusal))?;
    Ok(wire::status(&found))
}

/// A member's statement with payments as they stood at a moment: read beside the writer.
async fn stated_at(
    writer: &Writer,
    day: BusinessDay,
    member: Member,
    millis: i64,
) -> Result<Statement, Status> {
    let at = Timestamp::from_millis(millis);
    let at = at.map_err(|error| malformed(&Path::root("as_of_ms").wrong(error)))?;
    let proofs = proofs(writer).await?;
    let stated = read(move || {
        if proofs.netted_at(day)?.is_none_or(|netted| netted > at) {
            let detail = format_args!("{day} at {at}");
            return Err(Refusal::new(ClearingCode::CycleNotNetted, detail).into());
        }
        let (plan, payments) = (plan(&proofs, day)?, proofs.payments_at(at)?);
        let today = at.business_day_shanghai();
        let stated = decide::statement_of(&plan, member, &payments, today);
        stated.map_err(Untold::from)?.map_err(Untold::from)
    });
    stated.await
}

/// The officer who calls, as what makes something happen.
fn officer<T>(request: &Request<T>) -> Result<Actor, Status> {
    officer_name(request).map(|name| Actor::Officer(name.to_string()))
}

/// The officer who calls. The table lets only clearing officers in; others are refused again.
pub(super) fn officer_name<T>(request: &Request<T>) -> Result<OfficerName, Status> {
    match huitong_transport::peer(request)? {
        Identity::ClearinghouseOfficer { name } => Ok(name.clone()),
        other @ (Identity::RegionNode(_)
        | Identity::RegionNodeSigning(_)
        | Identity::RegionCa(_)
        | Identity::Institution { .. }
        | Identity::RegionOfficer { .. }
        | Identity::Clearinghouse
        | Identity::ClearinghouseSigning) => {
            Err(status(&Refusal::general(RefusalCode::NotAllowed, other)))
        }
    }
}
