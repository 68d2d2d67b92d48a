//! The clearinghouse's officer, who writes down what is said of cycles.

use std::collections::BTreeMap;
use std::time::Duration;

use huitong_certs::Identity;
use huitong_core::digest::sha256;
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::officer_service_client::OfficerServiceClient;
use huitong_transport::call_within;
use tokio::time::{Instant, sleep};
use tonic::transport::Channel;

use crate::callers::{PATIENCE, clock, code};
use crate::certificates::Certificates;
use crate::papers::Papers;
use crate::party::clearing_endpoint;

/// How often an officer tries again.
const TRY_EVERY: Duration = Duration::from_millis(300);

/// How the first or the second officer calls the clearinghouse.
pub fn to_clearinghouse(which: usize) -> Channel {
    let dialer = Certificates::issued().clearing_officer(which, clock());
    let channel = dialer.connect_lazy(&clearing_endpoint(), Identity::Clearinghouse);
    channel.unwrap()
}

/// How a cycle is cut off.
#[derive(Debug, Clone)]
pub enum Cut {
    /// Every region has closed the day.
    AllClosed,
    /// Whether they have or not.
    Deadline,
    /// As it was before the clearinghouse was restored.
    Again(BTreeMap<RegionCode, u64>),
}

/// What is known of the plan before it is made.
#[derive(Debug, Clone)]
pub enum Known {
    Nothing,
    /// It was made before the clearinghouse was restored.
    Plan(Vec<u8>),
    /// It was not made before the clearinghouse was restored.
    NeverMade,
}

/// The clearinghouse's officer; every fault is the code of why not.
pub struct ClearingOfficer {
    client: OfficerServiceClient<Channel>,
    papers: Papers,
}

impl ClearingOfficer {
    pub fn with(papers: Papers) -> Self {
        let client = OfficerServiceClient::new(to_clearinghouse(0));
        Self { client, papers }
    }

    /// Cuts a day off.
    pub async fn cut_off(&mut self, day: &str, cut: Cut) -> Result<(), String> {
        let at_deadline = matches!(cut, Cut::Deadline);
        let marks = match cut {
            Cut::AllClosed | Cut::Deadline => BTreeMap::new(),
            Cut::Again(marks) => marks,
        };
        let mark = |(region, up_to): (RegionCode, u64)| v1::Mark {
            region: region.to_string(),
            up_to,
        };
        let request = v1::CutOffRequest {
            business_day: day.to_owned(),
            at_deadline,
            marks: marks.into_iter().map(mark).collect(),
        };
        let call = call_within(PATIENCE, request, |request| self.client.cut_off(request));
        let answer = call.await.map_err(|status| code(&status))?.into_inner();
        let regions = answer.status.unwrap().regions.into_iter();
        let marks = regions.map(|row| (row.region.parse().unwrap(), row.mark));
        self.papers.keep(day, marks.collect());
        Ok(())
    }

    /// How the cycle of a day stands.
    pub async fn state(&mut self, day: &str) -> Result<v1::CycleState, String> {
        let request = v1::StatusRequest {
            business_day: day.to_owned(),
        };
        let call = call_within(PATIENCE, request, |request| self.client.status(request));
        let answer = call.await.map_err(|status| code(&status))?.into_inner();
        Ok(answer.state())
    }

    /// Nets a day that is cut off.
    pub async fn net(&mut self, day: &str, known: Known) -> Result<(), String> {
        let never_netted = matches!(known, Known::NeverMade);
        let digest = match known {
            Known::Nothing | Known::NeverMade => Vec::new(),
            Known::Plan(plan) => sha256(&plan).as_bytes().to_vec(),
        };
        let request = v1::NetRequest {
            business_day: day.to_owned(),
            digest,
            never_netted,
        };
        let call = call_within(PATIENCE, request, |request| self.client.net(request));
        let answer = call.await.map_err(|status| code(&status))?.into_inner();
        let plan = answer.plan.unwrap();
        assert_eq!(
            plan.digest,
            sha256(&plan.canonical).as_bytes(),
            "a plan and its digest"
        );
        self.papers.keep_plan(day, plan.canonical);
        Ok(())
    }

    /// Cuts a day off and nets it, until that is done or takes too long.
    pub async fn closes(&mut self, day: &str, cut: Cut, within: Duration) -> Result<(), String> {
        let begun = Instant::now();
        loop {
            let done = match self.cut_off(day, cut.clone()).await {
                Ok(()) => self.net(day, Known::Nothing).await,
                Err(code) => Err(code),
            };
            if done.is_ok() || begun.elapsed() > within {
                return done.map_err(|code| format!("{day} cannot be netted: {code}"));
            }
            sleep(TRY_EVERY).await;
        }
    }

    /// Brings back what a restored clearinghouse does not know any more, by the papers, and lets it go on.
    pub async fn bring_back(&mut self) -> Result<(), String> {
        let request = v1::StatusRequest {
            business_day: String::new(),
        };
        let call = call_within(PATIENCE, request, |request| self.client.status(request));
        let answer = call.await.map_err(|status| code(&status))?.into_inner();
        if answer.restored_at_ms == 0 {
            return Ok(());
        }
        let cycles = self.papers.cycles();
        let last_cycle = cycles.last().map(|paper| paper.day.clone());
        for paper in cycles {
            self.cut_off(&paper.day, Cut::Again(paper.marks)).await?;
            let known = paper.plan.map_or(Known::NeverMade, Known::Plan);
            self.net(&paper.day, known).await?;
        }
        let request = v1::ResumeRequest {
            last_cycle: last_cycle.unwrap_or_default(),
        };
        let call = call_within(PATIENCE, request, |request| self.client.resume(request));
        call.await.map_err(|status| code(&status))?;
        Ok(())
    }

    /// As [`Self::bring_back`], until it is done or takes too long.
    pub async fn brings_back(&mut self, within: Duration) -> Result<(), String> {
        let begun = Instant::now();
        loop {
            let done = self.bring_back().await;
            if done.is_ok() || begun.elapsed() > within {
                return done.map_err(|code| format!("no cycle goes on: {code}"));
            }
            sleep(TRY_EVERY).await;
        }
    }
}
