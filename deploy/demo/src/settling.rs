//! Settling: the published cases first, then the crowd, by several hospitals at a time.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context as _;
use huitong_core::date::ServiceDate;
use huitong_core::money::Fen;
use huitong_core::region::RegionCode;
use huitong_proto::settlement::v1::Settlement;
use tokio::task::JoinSet;

use crate::bills;
use crate::cases::{Case, CaseOutcome};
use crate::crowd::{Crowd, Errand};
use crate::desk::Desk;
use crate::hospital::{Hospital, Outcome, paid_by_funds};
use crate::network::Network;
use crate::progress::Progress;

/// Bills under way at a time.
const AT_ONCE: usize = 16;

/// What was settled.
#[derive(Debug)]
pub struct Settled {
    /// Bills settled, cases included.
    pub settled: u64,
    /// Bills refused, by stable code.
    pub refused: BTreeMap<String, u64>,
    /// What funds and accounts paid in all.
    pub fund_total: Fen,
    /// The cases.
    pub cases: Vec<CaseOutcome>,
    /// The settlement that is explained step by step: the first case's.
    pub shown: Option<Settlement>,
}

type Hospitals = BTreeMap<(RegionCode, &'static str), Hospital>;

/// Settles every case, and of the crowd as many as must succeed.
///
/// # Errors
/// When a hospital gets no outcome, or so many bills are refused that the crowd cannot be what it is
/// said to be.
pub async fn settle_all(
    network: &Network,
    cases: &[Case],
    claims: u32,
    seed: u64,
    today: ServiceDate,
    progress: &Progress,
) -> anyhow::Result<Settled> {
    let mut hospitals = Hospitals::new();
    for place in network.world().places() {
        for desk in Desk::ALL {
            let hospital = Hospital::open(network.world(), place, *desk).await?;
            hospitals.insert((place.code, desk.word()), hospital);
        }
    }
    let hospitals = Arc::new(hospitals);
    let mut settled = Settled {
        settled: 0,
        refused: BTreeMap::new(),
        fund_total: Fen::ZERO,
        cases: Vec::new(),
        shown: None,
    };
    progress.step("settling published cases / 结算已公布案例");
    for (index, case) in cases.iter().enumerate() {
        settled.add_case(&hospitals, index, case, today).await?;
    }
    progress.step("settling a crowd / 结算模拟人群");
    let crowd = Crowd::new(network.world(), seed);
    settled
        .add_crowd(&hospitals, crowd, claims, today, progress)
        .await?;
    Ok(settled)
}

impl Settled {
    async fn add_case(
        &mut self,
        hospitals: &Hospitals,
        index: usize,
        case: &Case,
        today: ServiceDate,
    ) -> anyhow::Result<()> {
        let place = (RegionCode::parse(&case.treatment)?, case.desk()?.word());
        let hospital = hospitals
            .get(&place)
            .with_context(|| format!("{}: no such hospital", case.id))?;
        let bill = bills::of_case(index, case, today)?;
        let outcome = hospital.settle(&format!("case-{}", case.id), bill).await?;
        let actual = self.count(&outcome)?;
        if self.shown.is_none()
            && let Outcome::Settled(settlement) = outcome
        {
            self.shown = Some(*settlement);
        }
        let expected = Fen::parse_yuan(&case.fund)?;
        self.cases.push(CaseOutcome {
            id: case.id.clone(),
            expected,
            actual,
        });
        Ok(())
    }

    async fn add_crowd(
        &mut self,
        hospitals: &Arc<Hospitals>,
        crowd: Crowd,
        claims: u32,
        today: ServiceDate,
        progress: &Progress,
    ) -> anyhow::Result<()> {
        let wanted = self.settled.saturating_add(u64::from(claims));
        let at_most = u64::from(claims).saturating_mul(2).saturating_add(100);
        let mut numbered = (1_u64..=at_most).zip(crowd);
        let mut under_way: JoinSet<anyhow::Result<Outcome>> = JoinSet::new();
        loop {
            // No more are sent than could still be wanted, so that exactly as many succeed.
            let open = u64::try_from(under_way.len())?;
            let missing = wanted.saturating_sub(self.settled);
            if missing == 0 && open == 0 {
                return Ok(());
            }
            if open < missing && under_way.len() < AT_ONCE {
                let (number, errand) = numbered
                    .next()
                    .context("more than half of the crowd was refused")?;
                under_way.spawn(run_errand(Arc::clone(hospitals), number, errand, today));
            } else if let Some(done) = under_way.join_next().await {
                let outcome = done??;
                let _ = self.count(&outcome)?;
                progress.count(wanted.saturating_sub(missing), wanted);
            }
        }
    }

    /// Counts an outcome; what it paid, or why nothing.
    fn count(&mut self, outcome: &Outcome) -> anyhow::Result<Result<Fen, String>> {
        match outcome {
            Outcome::Settled(settlement) => {
                let paid = paid_by_funds(settlement)?;
                self.settled = self.settled.saturating_add(1);
                self.fund_total = self.fund_total.checked_add(paid)?;
                Ok(Ok(paid))
            }
            Outcome::Refused(why) => {
                let code = why.split(':').next().unwrap_or(why).to_owned();
                let count = self.refused.entry(code).or_insert(0);
                *count = count.saturating_add(1);
                Ok(Err(why.clone()))
            }
        }
    }
}

async fn run_errand(
    hospitals: Arc<Hospitals>,
    number: u64,
    errand: Errand,
    today: ServiceDate,
) -> anyhow::Result<Outcome> {
    let place = (errand.treatment, errand.desk.word());
    let hospital = hospitals.get(&place).context("a hospital of the crowd")?;
    let bill = bills::of_errand(number, &errand, today)?;
    hospital.settle(&format!("crowd-{number}"), bill).await
}
