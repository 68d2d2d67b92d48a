//! What regions' nodes call about what of clearing concerns them: their debts that wait, what their member pays and is paid, its
//! notices. Whose it is says the caller's certificate alone.
//!
//! What takes long is done for one region at a time, and no region has two at the same time; a list that was found is kept for
//! its pages. Deliberately absent: any change.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use huitong_core::own_clearing::WaitingPlace;
use huitong_core::payment::PaymentReference;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::own_clearing_service_server::OwnClearingService;
use huitong_proto::conversion::Path;
use huitong_proto::conversion::own_clearing::{waiting_place_from_wire, waiting_place_to_wire};
use huitong_proto::conversion::payment::delay_reason_to_wire;
use huitong_transport::aside;
use tokio::sync::OwnedMutexGuard;
use tokio::time::timeout;
use tonic::{Request, Response, Status};

use super::clearing::region;
use super::exception::{ageing, exception};
use super::payment::order_asked;
use super::reading::{plan, proofs, read};
use super::status::{malformed, status};
use super::{in_steps, paid};
use crate::decide::{self, Exceptions, FindingOwn, Openness, OwnListing};
use crate::payments::Payment;
use crate::refusal::Refusal;
use crate::writer::Writer;

/// How many lists are kept.
const LISTS: usize = 64;
/// How many exceptions they have together, when there is more than one list: some fifty megabytes.
const KEPT_AT_MOST: usize = 2_000_000;
/// How long a region waits for its turn.
const PATIENCE: Duration = Duration::from_secs(20);

/// The regions' side of clearing.
pub(super) struct OwnClearingGrpc {
    writer: Arc<Writer>,
    lists: Mutex<Lists>,
    turns: Turns,
}

/// The lists that were found last, one for each region, the oldest first.
#[derive(Default)]
struct Lists(VecDeque<Arc<OwnListing>>);

impl Lists {
    fn of(&self, region: RegionCode) -> Option<Arc<OwnListing>> {
        let mut kept = self.0.iter();
        kept.find(|listing| listing.region() == region).cloned()
    }

    fn keep(&mut self, listing: Arc<OwnListing>) {
        let region = listing.region();
        self.0.retain(|kept| kept.region() != region);
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

/// Whose turn it is.
#[derive(Clone, Default)]
struct Turns {
    /// Who has something found or read, or waits for it.
    busy: Arc<Mutex<BTreeSet<RegionCode>>>,
    one: Arc<tokio::sync::Mutex<()>>,
}

/// A region has its turn, or waits for it, until this is dropped.
struct Busy {
    region: RegionCode,
    busy: Arc<Mutex<BTreeSet<RegionCode>>>,
}

impl Drop for Busy {
    fn drop(&mut self) {
        held(&self.busy).remove(&self.region);
    }
}

/// The turn of a region. Whoever cannot be cut short takes it along.
struct Turn {
    _busy: Busy,
    _one: OwnedMutexGuard<()>,
}

impl Turns {
    /// A region's turn, once it comes.
    ///
    /// # Errors
    /// `node.overloaded`: the region has one already, or others take too long.
    async fn of(&self, region: RegionCode) -> Result<Turn, Refusal> {
        let overloaded = |why: &str| Refusal::general(RefusalCode::Overloaded, why);
        if !held(&self.busy).insert(region) {
            return Err(overloaded(
                "something is being found for this region already",
            ));
        }
        let busy = Busy {
            region,
            busy: Arc::clone(&self.busy),
        };
        let one = timeout(PATIENCE, Arc::clone(&self.one).lock_owned()).await;
        let one = one.map_err(|_| overloaded("it is the turn of other regions"))?;
        Ok(Turn {
            _busy: busy,
            _one: one,
        })
    }
}

/// Nothing that is held here is left half done by whoever panics.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl OwnClearingGrpc {
    pub(super) fn new(writer: &Arc<Writer>) -> Self {
        Self {
            writer: Arc::clone(writer),
            lists: Mutex::default(),
            turns: Turns::default(),
        }
    }

    /// The next page of the region's list, or of one that is found anew: for the first page always. And how many are left off.
    async fn page(
        &self,
        region: RegionCode,
        after: Option<WaitingPlace>,
    ) -> Result<(Exceptions, u64), Refusal> {
        let kept = after.and_then(|_| held(&self.lists).of(region));
        if let Some(kept) = kept
            && let Some(page) = self.read(&kept, after).await?
        {
            return Ok((page, kept.left_off()));
        }
        let busy = |about: &dyn std::fmt::Display| Refusal::general(RefusalCode::Overloaded, about);
        let turn = self.turns.of(region).await?;
        let found = in_steps::found(
            &self.writer,
            move |context| decide::begin_own_exceptions(context, region),
            FindingOwn::go_on,
            decide::own_exceptions,
            "cycles go on while exceptions are found: ask again",
        );
        let found = found.await?;
        let ordered = aside(move || {
            let ordered = Arc::new(found.ordered());
            drop(turn);
            ordered
        });
        let listing = ordered.await.map_err(|lost| busy(&lost))?;
        held(&self.lists).keep(Arc::clone(&listing));
        let page = self.read(&listing, after).await?;
        let page = page.ok_or_else(|| busy(&"the list took too long"))?;
        Ok((page, listing.left_off()))
    }

    async fn read(
        &self,
        listing: &Arc<OwnListing>,
        after: Option<WaitingPlace>,
    ) -> Result<Option<Exceptions>, Refusal> {
        let listing = Arc::clone(listing);
        self.writer
            .decide(move |context| decide::own_exceptions_page(context, &listing, after))
            .await
    }
}

#[tonic::async_trait]
impl OwnClearingService for OwnClearingGrpc {
    async fn list_own_exceptions(
        &self,
        request: Request<v1::ListOwnExceptionsRequest>,
    ) -> Result<Response<v1::ListOwnExceptionsResponse>, Status> {
        let region = region(&request)?;
        let after = request.into_inner().after;
        let after = after.map(|after| waiting_place_from_wire(&after, Path::root("after")));
        let after = after.transpose().map_err(|fault| malformed(&fault))?;
        let found = self.page(region, after).await;
        let (found, left_off) = found.map_err(|refusal| status(&refusal))?;
        Ok(Response::new(v1::ListOwnExceptionsResponse {
            exceptions: found.rows.iter().map(exception).collect(),
            next: found.next.map(waiting_place_to_wire),
            ageing: ageing(&found.ageing),
            left_off,
        }))
    }

    async fn list_own_payments(
        &self,
        request: Request<v1::ListOwnPaymentsRequest>,
    ) -> Result<Response<v1::ListOwnPaymentsResponse>, Status> {
        let region = region(&request)?;
        let v1::ListOwnPaymentsRequest { open_only, after } = request.into_inner();
        let after = Path::root("after").optional(&after, str::parse::<PaymentReference>);
        let after = after.map_err(|fault| malformed(&fault))?;
        let open = Openness::from(open_only);
        let page = self
            .writer
            .decide(move |context| decide::own_payments(context, region, open, after))
            .await;
        let page = page.map_err(|refusal| status(&refusal))?;
        let payments = page.rows.iter().map(|row| v1::OwnPayment {
            payment: Some(paid::payment(&row.payment, page.today)),
            unpaid_by: row.unpaid_by.iter().map(unpaid).collect(),
        });
        Ok(Response::new(v1::ListOwnPaymentsResponse {
            member: page.member.to_string(),
            payments: payments.collect(),
            next: page.next.map(|next| next.to_string()).unwrap_or_default(),
        }))
    }

    async fn list_own_notices(
        &self,
        request: Request<v1::ListOwnNoticesRequest>,
    ) -> Result<Response<v1::ListOwnNoticesResponse>, Status> {
        let region = region(&request)?;
        let v1::ListOwnNoticesRequest {
            business_day,
            month,
        } = request.into_inner();
        let of = order_asked(&business_day, &month)?;
        let turn = self.turns.of(region).await;
        let turn = turn.map_err(|refusal| status(&refusal))?;
        let found = self
            .writer
            .decide(move |context| decide::own_notices(context, region, &of))
            .await;
        let found = found.map_err(|refusal| status(&refusal))?;
        let proofs = proofs(&self.writer).await?;
        let found = read(move || {
            let found = found.made_of(|day| plan(&proofs, day));
            drop(turn);
            found
        });
        let found = found.await?;
        let malformed = |error| status(&Refusal::general(RefusalCode::Malformed, error));
        Ok(Response::new(v1::ListOwnNoticesResponse {
            member: found.member.to_string(),
            told: Some(paid::notices(&found).map_err(malformed)?),
        }))
    }
}

fn unpaid(payment: &Payment) -> v1::UnpaidBy {
    v1::UnpaidBy {
        member: payment.instruction.reference.member.to_string(),
        open_fen: payment.open().get(),
        delay: payment.delay.map_or(0, delay_reason_to_wire),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_region_has_one_turn_at_a_time_and_gives_it_back() {
        let turns = Turns::default();
        let (ningbo, chengdu) = ("330200".parse().unwrap(), "510100".parse().unwrap());
        let turn = turns.of(ningbo).await.unwrap();
        let refused = turns.of(ningbo).await.err().unwrap();
        assert_eq!(refused.code.code(), "node.overloaded");
        // Another waits until it is over; who goes meanwhile waits no more.
        let waiting = turns.of(chengdu);
        tokio::select! {
            biased;
            _ = waiting => panic!("two at a time"),
            () = tokio::task::yield_now() => {}
        }
        assert_eq!(held(&turns.busy).len(), 1);
        drop(turn);
        turns.of(chengdu).await.unwrap();
        turns.of(ningbo).await.unwrap();
        assert!(held(&turns.busy).is_empty());
    }
}
