//! A prefund: set for the year, paid in, used more and more by a member that does not pay, and topped up when it is red.

use huitong_core::fund::Fund;
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::prefund_service_client::PrefundServiceClient;
use huitong_proto::conversion::common::fund_to_wire;
use huitong_transport::refusal_code;
use std::time::{Duration, Instant};
use tonic::transport::Channel;

use super::Month;
use crate::evidence::{Level, Prefund, PrefundLook, PrefundStep};
use crate::story::OF_A_DAY;
use crate::world::Outage;

/// It is set on this day, and paid in on the next one.
const SET: usize = 1;
/// So many days of what regions of the payer owe regions of the holder.
const DAYS: i64 = 8;
/// On one of these days nothing is paid out.
const PAID_OUT_LATE: std::ops::RangeInclusive<usize> = 3..=5;
const FOUND_WITHIN: Duration = Duration::from_secs(30);
const ASKED_AGAIN: Duration = Duration::from_millis(10);

/// How far a level was seen to rise, and what is open of what was asked for.
#[derive(Default)]
pub(super) struct Watched {
    level: Option<Level>,
    owed: i64,
    /// The order that is paid out a day late, so that the holder waits while nobody owes, and whether there was one.
    pub(super) paid_out_late: Option<usize>,
    has_waited: bool,
}

impl Month {
    /// Whether the holder is to be paid an order a day late: once, when something of it is owed to it.
    pub(super) fn holder_is_to_wait(&mut self, number: usize, at: usize) -> bool {
        let (_, holder, fund) = self.prefund.of;
        let nets = &self.orders[at].nets;
        let is_owed = nets.get(&(holder, fund)).is_some_and(|net| *net > 0);
        if !PAID_OUT_LATE.contains(&number) || self.watched.has_waited || !is_owed {
            return false;
        }
        self.watched.has_waited = true;
        self.watched.paid_out_late = Some(at);
        true
    }

    /// What the payer pays in, on the morning after it was asked for.
    pub(super) async fn prefund_is_paid(&mut self, number: usize) {
        let amount = std::mem::take(&mut self.watched.owed);
        if amount == 0 {
            return;
        }
        let on = self.days[number];
        let line = v1::PrefundLine {
            bank_reference: format!("H-{number}"),
            prefund: Some(key(self.prefund.of)),
            direction: v1::Direction::PayIn.into(),
            amount_fen: amount,
            on: on.to_string(),
        };
        let request = v1::EnterPrefundRequest { line: Some(line) };
        // The same line of the bank again changes nothing.
        for _ in 0..2 {
            let mut client = self.prefunds().await;
            client.enter(request.clone()).await.unwrap();
        }
        self.prefund.steps.push((on, PrefundStep::PaidIn(amount)));
    }

    /// On an evening: it is set, or looked at; and when so much of it is used, its level is found anew.
    pub(super) async fn prefund_is_watched(&mut self, number: usize) {
        let day = self.days[number];
        if number == SET {
            let amount = OF_A_DAY * DAYS;
            let request = v1::SetPrefundRequest {
                prefund: Some(key(self.prefund.of)),
                year: 2026,
                amount_fen: amount,
            };
            self.prefunds().await.set(request).await.unwrap();
            self.prefund.steps.push((day, PrefundStep::Set(amount)));
            self.watched.owed = amount;
        }
        if number < SET {
            return;
        }
        let standing = self.prefund_standing().await;
        let percent = i128::from(standing.used_fen) * 100 / i128::from(standing.held_fen.max(1));
        let due = match (self.watched.level, percent) {
            _ if number <= SET => None,
            (None, 70..90) => Some(Level::Yellow),
            (None | Some(Level::Yellow), 90..) => Some(Level::Red),
            (Some(Level::Red), ..70) => Some(Level::Normal),
            _ => None,
        };
        let mut found = None;
        let standing = match due {
            None => standing,
            Some(due) => {
                let anew = self.prefund_is_found(due).await;
                found = Some(level(&anew));
                self.watched.level = Some(due);
                if due == Level::Yellow {
                    let refused = self.tops_up(OF_A_DAY).await.unwrap_err();
                    assert_eq!(refusal_code(&refused), Some("prefund.not_red"));
                }
                anew
            }
        };
        let look = PrefundLook {
            day,
            cycles: self.cycles.len(),
            orders: self.orders.len(),
            used: standing.used_fen,
            held: standing.held_fen,
            asked: standing.set_fen + standing.topped_up_fen,
            missing: standing.missing_fen,
            level: found,
            told: level(&standing),
            is_to_ask: !standing.ask_by.is_empty(),
        };
        self.prefund.looks.push(look);
        if due == Some(Level::Red) {
            let amount = OF_A_DAY * DAYS;
            self.tops_up(amount).await.unwrap();
            // Nobody asks for more while that is not paid.
            let refused = self.tops_up(amount + 1).await.unwrap_err();
            assert_eq!(refusal_code(&refused), Some("prefund.asked_already"));
            self.prefund
                .steps
                .push((day, PrefundStep::ToppedUp(amount)));
            self.watched.owed = amount;
        }
    }

    /// The level is found anew when it comes up.
    async fn prefund_is_found(&mut self, due: Level) -> v1::PrefundStanding {
        self.world.goes_down(Outage::Stopped).await;
        self.outages.push(match due {
            Level::Normal => "prefund normal",
            Level::Yellow => "prefund yellow",
            Level::Red => "prefund red",
        });
        let asked = Instant::now();
        loop {
            let standing = self.prefund_standing().await;
            if level(&standing) == due || asked.elapsed() > FOUND_WITHIN {
                return standing;
            }
            tokio::time::sleep(ASKED_AGAIN).await;
        }
    }

    async fn tops_up(&mut self, amount_fen: i64) -> Result<(), tonic::Status> {
        let request = v1::TopUpPrefundRequest {
            prefund: Some(key(self.prefund.of)),
            amount_fen,
            id: format!("TOP-UP-{}-{amount_fen}", self.prefund.steps.len()),
        };
        self.prefunds().await.top_up(request).await.map(drop)
    }

    async fn prefund_standing(&mut self) -> v1::PrefundStanding {
        let request = v1::ListPrefundsRequest {
            member: self.prefund.of.0.to_string(),
            ..v1::ListPrefundsRequest::default()
        };
        let listed = self.prefunds().await.list_prefunds(request).await;
        let mut all = listed.unwrap().into_inner().prefunds;
        assert_eq!(all.len(), 1);
        all.pop().unwrap()
    }

    async fn prefunds(&mut self) -> PrefundServiceClient<Channel> {
        let [first, _] = self.office.channels().await;
        PrefundServiceClient::new(first)
    }
}

/// What the first region's member leaves with the second's, before anything of it is asked for.
pub(super) fn begun(payer: RegionCode, holder: RegionCode) -> Prefund {
    Prefund {
        of: (payer, holder, Fund::ResidentPool),
        steps: Vec::new(),
        looks: Vec::new(),
    }
}

fn key((payer, holder, fund): (RegionCode, RegionCode, Fund)) -> v1::PrefundKey {
    v1::PrefundKey {
        payer: payer.to_string(),
        holder: holder.to_string(),
        fund: fund_to_wire(fund),
    }
}

fn level(standing: &v1::PrefundStanding) -> Level {
    match standing.level() {
        v1::PrefundLevel::Normal => Level::Normal,
        v1::PrefundLevel::Yellow => Level::Yellow,
        v1::PrefundLevel::Red => Level::Red,
        v1::PrefundLevel::Unspecified => panic!("a prefund at no level"),
    }
}
