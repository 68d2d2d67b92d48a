//! A month's end: the clearing officer has it drawn up, each region that stands in it looks at its rows and confirms them,
//! or objects to one, and two officers approve it, while the clearinghouse and nodes are stopped and started as the
//! seed has it. What a region says is said twice.
//!
//! Left out: in which state a machine was hit, other objections than one, and words that come after the approval.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::month_desk_service_client::MonthDeskServiceClient;
use huitong_proto::clearing::v1::month_office_service_client::MonthOfficeServiceClient;
use huitong_transport::call_within;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tonic::transport::Channel;

use crate::callers::{PATIENCE, clock, code, to_node, until};
use crate::certificates::Certificates;
use crate::chance::Seeded;
use crate::clearing_officer::to_clearinghouse;
use crate::orders::{Order, Orders};
use crate::platform::EventLog;
use crate::register::REGIONS;

/// What somebody was told of a month.
#[derive(Debug, Clone)]
pub enum OfMonth {
    /// It was drawn up, or looked at again.
    Drawn(v1::Month),
    /// A region's rows, as its officer was shown them.
    Shown(usize, v1::ShowOwnMonthResponse),
    /// A region's word on it was taken.
    Said(usize, Vec<v1::MonthObjectedRow>),
    /// The first or the second officer's approval was.
    Approved(usize),
}

/// What everybody was told of months, in order.
#[derive(Debug, Clone, Default)]
pub struct Months(Arc<Mutex<Vec<(String, OfMonth)>>>);

impl Months {
    pub fn all(&self) -> Vec<(String, OfMonth)> {
        self.0.lock().unwrap().clone()
    }
}

/// A month's end.
#[derive(Clone)]
pub struct MonthEnd {
    pub month: String,
    pub chance: Arc<Seeded>,
    pub regions: usize,
    pub orders: Orders,
    pub months: Months,
    pub log: EventLog,
    /// How long any of it may take.
    pub within: Duration,
}

impl MonthEnd {
    /// To its end; the story of what does not come to one.
    pub async fn comes(&self) -> Result<(), String> {
        let (drawn, ()) = tokio::join!(self.draw_up(), self.restarts(self.regions));
        let mut looks = JoinSet::new();
        for region in drawn?.regions {
            let number = REGIONS.iter().position(|code| *code == region.region);
            let (end, number) = (self.clone(), number.unwrap());
            looks.spawn_local(async move { end.region_looks(number).await });
        }
        while let Some(looked) = looks.join_next().await {
            looked.unwrap()?;
        }
        for which in 0..2 {
            let (approved, ()) = tokio::join!(self.approve(which), self.restarts(self.regions));
            approved?;
        }
        self.draw_up().await.map(drop)
    }

    fn told(&self, what: OfMonth) {
        let brief = match &what {
            OfMonth::Drawn(month) => format!("{:?}, {} rows", month.stage(), month.rows),
            OfMonth::Shown(region, own) => format!("{} rows to {region}", own.rows.len()),
            what => format!("{what:?}"),
        };
        self.log.note(&self.month, brief);
        let mut told = self.months.0.lock().unwrap();
        told.push((self.month.clone(), what));
    }

    /// A machine is stopped and started, in some seeds.
    async fn restarts(&self, machine: usize) {
        if self.chance.one_in(2) {
            sleep(self.chance.millis(0..300)).await;
            self.orders.give(Order::Restart(machine)).await;
        }
    }

    /// Has the month drawn up and signed; the same as often as it is asked for.
    async fn draw_up(&self) -> Result<v1::Month, String> {
        let mut client = MonthOfficeServiceClient::new(to_clearinghouse(0));
        let drawn = until(self.within, async || {
            let month = self.month.clone();
            let request = v1::DrawUpMonthRequest { month };
            let call = call_within(PATIENCE, request, |request| client.draw_up_month(request));
            let told = call.await.map_err(|status| code(&status))?.into_inner();
            let month = told.month.unwrap();
            match month.stage() {
                v1::MonthStage::DrawnUp => Err("not signed".to_owned()),
                _ => Ok(month),
            }
        })
        .await;
        let drawn = drawn.map_err(|why| format!("{} is not drawn up: {why}", self.month))?;
        self.told(OfMonth::Drawn(drawn.clone()));
        Ok(drawn)
    }

    /// A region's officer looks at its rows, and confirms all of them or all but one.
    async fn region_looks(&self, number: usize) -> Result<(), String> {
        let dialer = Certificates::issued().officer(number, 0, clock());
        let mut client = MonthDeskServiceClient::new(to_node(&dialer, number));
        let (shown, ()) = tokio::join!(self.show(&mut client), async {
            if self.chance.one_in(4) {
                self.restarts(number).await;
            }
        });
        let why = |why: String| format!("{} is not seen by {number}: {why}", self.month);
        let shown = shown.map_err(why)?;
        self.told(OfMonth::Shown(number, shown.clone()));
        let objects = self.chance.one_in(4);
        let objected: Vec<_> = shown.rows.iter().take(usize::from(objects)).collect();
        let objected = objected.into_iter().map(|row| v1::MonthObjectedRow {
            debtor: row.debtor.clone(),
            creditor: row.creditor.clone(),
            fund: row.fund,
            why: v1::MonthObjection::UnderCheck.into(),
        });
        let objected: Vec<_> = objected.collect();
        // What is said again changes nothing.
        for again in [false, true] {
            let said = tokio::join!(self.say(&mut client, &shown.digest, &objected), async {
                if again && self.chance.one_in(3) {
                    self.restarts(number).await;
                }
            });
            said.0
                .map_err(|why| format!("{} is not said by {number}: {why}", self.month))?;
            self.told(OfMonth::Said(number, objected.clone()));
        }
        Ok(())
    }

    async fn show(
        &self,
        client: &mut MonthDeskServiceClient<Channel>,
    ) -> Result<v1::ShowOwnMonthResponse, String> {
        until(self.within, async || {
            let month = self.month.clone();
            let request = v1::ShowOwnMonthRequest { month };
            let call = call_within(PATIENCE, request, |request| client.show_own_month(request));
            Ok(call.await.map_err(|status| code(&status))?.into_inner())
        })
        .await
    }

    async fn say(
        &self,
        client: &mut MonthDeskServiceClient<Channel>,
        digest: &[u8],
        objected: &[v1::MonthObjectedRow],
    ) -> Result<(), String> {
        until(self.within, async || {
            let request = v1::ConfirmOwnMonthRequest {
                month: self.month.clone(),
                digest: digest.to_vec(),
                objected: objected.to_vec(),
            };
            let call = call_within(PATIENCE, request, |request| {
                client.confirm_own_month(request)
            });
            call.await.map(drop).map_err(|status| code(&status))
        })
        .await
    }

    /// The first or the second officer approves the month that was drawn up.
    async fn approve(&self, which: usize) -> Result<(), String> {
        let digest = self.draw_up().await?.digest;
        let mut client = MonthOfficeServiceClient::new(to_clearinghouse(which));
        let approved = until(self.within, async || {
            let request = v1::ApproveMonthRequest {
                month: self.month.clone(),
                digest: digest.clone(),
            };
            let call = call_within(PATIENCE, request, |request| client.approve_month(request));
            call.await.map(drop).map_err(|status| code(&status))
        });
        approved
            .await
            .map_err(|why| format!("{} is not approved: {why}", self.month))?;
        self.told(OfMonth::Approved(which));
        Ok(())
    }
}
