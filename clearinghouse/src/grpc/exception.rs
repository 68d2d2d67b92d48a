//! What clearing officers call to see which legs are not netted.
//!
//! A few lists are kept, so that officers who page through different ones do not have each found anew.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use huitong_core::leg::{LegField, NumberedLeg};
use huitong_core::own_clearing::{DebtWaiting, LegTold, WaitingPlace};
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::{EvidenceSays, WaitingReason};
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::exception_service_server::ExceptionService;
use huitong_proto::conversion::own_clearing::{
    debt_waiting_to_wire, waiting_place_from_wire, waiting_place_to_wire, waiting_reason_from_wire,
    waiting_reason_to_wire,
};
use huitong_proto::conversion::{Path, WireFault};
use huitong_transport::aside;
use tokio::sync::Mutex;
use tonic::{Request, Response, Status};

use super::in_steps;
use super::status::{malformed, status};
use crate::decide::{self, AgeGroup, Asked, Exception, Exceptions, Finding, Listing, Unordered};
use crate::refusal::Refusal;
use crate::state::Says;
use crate::writer::Writer;

/// How many lists are kept.
const LISTS: usize = 4;
/// How many exceptions they have together, when there is more than one list.
const KEPT_AT_MOST: usize = 4_000_000;

/// The officers' view of exceptions.
pub(super) struct ExceptionGrpc {
    writer: Arc<Writer>,
    /// One is made at a time.
    listed: Mutex<Lists>,
}

/// The lists that were made last, each of something else, the oldest first.
#[derive(Default)]
struct Lists(VecDeque<Arc<Listing>>);

impl Lists {
    fn of(&self, asked: Asked) -> Option<Arc<Listing>> {
        let mut kept = self.0.iter();
        kept.find(|listing| listing.is_of(asked)).cloned()
    }

    /// The one before of the same is not kept beside one that is made.
    fn drop_of(&mut self, asked: Asked) {
        self.0.retain(|listing| !listing.is_of(asked));
    }

    fn keep(&mut self, listing: Arc<Listing>) {
        self.0.push_back(listing);
        while self.0.len() > 1 && (self.0.len() > LISTS || self.rows() > KEPT_AT_MOST) {
            self.0.pop_front();
        }
    }

    fn rows(&self) -> usize {
        let rows = self.0.iter().map(|listing| listing.rows());
        rows.fold(0, usize::saturating_add)
    }
}

impl ExceptionGrpc {
    pub(super) fn new(writer: &Arc<Writer>) -> Self {
        Self {
            writer: Arc::clone(writer),
            listed: Mutex::default(),
        }
    }

    /// The next page of a list that is at hand, or of one that is found anew: for the first page always.
    async fn page(&self, asked: Asked, after: Option<WaitingPlace>) -> Result<Exceptions, Refusal> {
        let mut listed = self.listed.lock().await;
        if let Some(listing) = listed.of(asked).filter(|_| after.is_some())
            && let Some(page) = self.read(listing, after).await?
        {
            return Ok(page);
        }
        listed.drop_of(asked);
        let found = self.found(asked).await?;
        let busy = |about: &dyn std::fmt::Display| Refusal::general(RefusalCode::Overloaded, about);
        let ordered = aside(move || Arc::new(found.ordered())).await;
        let listing = ordered.map_err(|lost| busy(&lost))?;
        listed.keep(Arc::clone(&listing));
        let page = self.read(listing, after).await?;
        page.ok_or_else(|| busy(&"the list took too long"))
    }

    /// Which exceptions there are.
    async fn found(&self, asked: Asked) -> Result<Unordered, Refusal> {
        in_steps::found(
            &self.writer,
            move |context| decide::begin_exceptions(context, asked),
            Finding::go_on,
            decide::exceptions,
            "cycles go on while exceptions are found: ask again",
        )
        .await
    }

    async fn read(
        &self,
        listing: Arc<Listing>,
        after: Option<WaitingPlace>,
    ) -> Result<Option<Exceptions>, Refusal> {
        self.writer
            .decide(move |context| decide::exceptions_page(context, &listing, after))
            .await
    }
}

#[tonic::async_trait]
impl ExceptionService for ExceptionGrpc {
    async fn list_exceptions(
        &self,
        request: Request<v1::ListExceptionsRequest>,
    ) -> Result<Response<v1::ListExceptionsResponse>, Status> {
        let (asked, after) = asked(&request.into_inner()).map_err(|fault| malformed(&fault))?;
        let found = self.page(asked, after).await;
        let found = found.map_err(|refusal| status(&refusal))?;
        Ok(Response::new(v1::ListExceptionsResponse {
            exceptions: found.rows.iter().map(exception).collect(),
            next: found.next.map(waiting_place_to_wire),
            ageing: ageing(&found.ageing),
        }))
    }
}

fn asked(request: &v1::ListExceptionsRequest) -> Result<(Asked, Option<WaitingPlace>), WireFault> {
    let asked = Asked {
        region: Path::root("region").optional(&request.region, RegionCode::parse)?,
        reason: reason_asked(request.reason, Path::root("reason"))?,
        at_least_days: request.at_least_days,
    };
    let after = request.after.as_ref();
    let after = after.map(|after| waiting_place_from_wire(after, Path::root("after")));
    Ok((asked, after.transpose()?))
}

/// None where it is not said.
fn reason_asked(number: i32, path: Path<'_>) -> Result<Option<WaitingReason>, WireFault> {
    match number {
        0 => Ok(None),
        number => waiting_reason_from_wire(number, path).map(Some),
    }
}

/// How old exceptions are, by reason.
pub(super) fn ageing(ages: &BTreeMap<WaitingReason, [AgeGroup; 4]>) -> Vec<v1::Ageing> {
    let group = |group: &AgeGroup| v1::AgeGroup {
        legs: group.legs,
        amount_fen: group.amount,
    };
    let ages = ages.iter().map(|(reason, groups)| v1::Ageing {
        reason: waiting_reason_to_wire(*reason),
        groups: groups.iter().map(group).collect(),
    });
    ages.collect()
}

/// An exception, as a bureau and an officer are told it.
pub(super) fn exception(exception: &Exception) -> v1::Exception {
    let Exception { leg, .. } = exception;
    let (field, (evidence, evidence_field)) = (leg.why.field(), evidence(exception.says));
    let other = exception.other.as_ref();
    debt_waiting_to_wire(&DebtWaiting {
        since: leg.since,
        days: u32::try_from(exception.days).unwrap_or(u32::MAX),
        why: decide::reason_of(leg.why),
        field,
        settlement: leg.numbered.leg.settlement,
        kind: leg.numbered.leg.kind,
        fund: leg.numbered.leg.fund,
        told: told(leg.region, &leg.numbered),
        other: other.map(|(region, numbered)| told(*region, numbered)),
        evidence,
        evidence_field,
        id_taken: exception.id_taken,
    })
}

const fn evidence(says: Option<Says>) -> (Option<EvidenceSays>, Option<LegField>) {
    match says {
        None => (None, None),
        Some(Says::AsReported) => (Some(EvidenceSays::AsReported), None),
        Some(Says::Otherwise(field)) => (Some(EvidenceSays::Otherwise), Some(field)),
        Some(Says::NotOwed) => (Some(EvidenceSays::NotOwed), None),
        Some(Says::TwoWords) => (Some(EvidenceSays::TwoWords), None),
    }
}

fn told(region: RegionCode, numbered: &NumberedLeg) -> LegTold {
    let leg = &numbered.leg;
    LegTold {
        region,
        number: numbered.number,
        debtor: leg.debtor,
        creditor: leg.creditor,
        amount: leg.amount,
        business_day: leg.business_day,
        receipt: leg.receipt,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::House;

    #[test]
    fn the_last_lists_are_kept_each_of_something_else() {
        let house = House::new(0);
        let of = |at_least_days| Asked {
            at_least_days,
            ..Asked::default()
        };
        let list = |asked| Arc::new(house.listing(asked));
        let mut lists = Lists::default();
        for days in [1, 2, 3, 4, 2, 5] {
            lists.drop_of(of(days));
            assert!(lists.of(of(days)).is_none());
            lists.keep(list(of(days)));
        }
        let kept = (1..=5).filter(|days| lists.of(of(*days)).is_some());
        assert_eq!(kept.collect::<Vec<_>>(), [2, 3, 4, 5]);
    }
}
