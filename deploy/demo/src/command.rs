//! `huitong demo`: found a world, settle, close the day, net it, and say what came of it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use huitong_core::date::{BusinessDay, ServiceDate, Timestamp};
use tokio::signal::unix::{SignalKind, signal};

use crate::cases::{Case, published};
use crate::day::{Day, close_and_net};
use crate::network::Network;
use crate::progress::{Output, Progress};
use crate::report;
use crate::settling::{Settled, settle_all};
use crate::world::World;

/// Run the whole network on this machine / 在本机演示全流程
#[derive(Debug, clap::Args)]
pub struct DemoCommand {
    /// How many bills of the crowd must succeed / 成功结算的模拟笔数
    #[arg(long, default_value_t = 2_000)]
    claims: u32,
    /// The crowd's seed; one seed gives one crowd / 随机种子
    #[arg(long, default_value_t = 330_200)]
    seed: u64,
    /// Print one JSON document instead of the report / 输出 JSON
    #[arg(long)]
    json: bool,
    /// Leave the servers running until Ctrl-C, and say how to call them / 保持运行
    #[arg(long)]
    keep: bool,
    /// Where to lay the files out; a temporary folder when left out / 工作目录
    #[arg(long)]
    dir: Option<PathBuf>,
}

impl DemoCommand {
    /// Runs the demo to its end, or until Ctrl-C; either way no process and no temporary file stays.
    ///
    /// # Errors
    /// When a part of the network cannot be started or does not do what it must.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        // Dropping the work kills the servers and removes the folder.
        tokio::select! {
            biased;
            done = self.work() => done,
            _ = interrupt.recv() => Ok(ExitCode::from(130)),
            _ = terminate.recv() => Ok(ExitCode::from(143)),
        }
    }

    async fn work(&self) -> anyhow::Result<ExitCode> {
        let temporary = tempfile::Builder::new().prefix("huitong-demo-").tempdir()?;
        let folder = self.dir.as_deref().unwrap_or_else(|| temporary.path());
        let progress = Progress::new(self.output());
        let cases = published()?;
        let network = self.start(folder, &cases, &progress).await?;
        let settled = settle_all(
            &network,
            &cases,
            self.claims,
            self.seed,
            today()?,
            &progress,
        )
        .await?;
        let day = close_and_net(&network, &progress).await?;
        let agreed = self.print(&cases, &settled, &day)?;
        if self.keep {
            // The document stays the only thing on standard output for whoever asked for one.
            let told = report::how_to_call(network.world(), &day)?;
            match self.output() {
                Output::Json => eprintln!("{told}"),
                Output::Text => println!("{told}"),
            }
            std::future::pending::<()>().await;
        }
        network.stop().await?;
        Ok(if agreed {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }

    const fn output(&self) -> Output {
        if self.json {
            Output::Json
        } else {
            Output::Text
        }
    }

    async fn start(
        &self,
        folder: &Path,
        cases: &[Case],
        progress: &Progress,
    ) -> anyhow::Result<Network> {
        let world = World::found(folder)?;
        progress.step("issuing certificates / 签发证书");
        world.issue_certificates()?;
        progress.step("starting a clearinghouse and five regions / 启动清算中心与五个统筹区节点");
        let network = Network::start(world).await?;
        progress.step("bringing in members, catalogues and policies / 导入参保人、目录与政策");
        network.fill(cases, today()?).await?;
        Ok(network)
    }

    fn print(&self, cases: &[Case], settled: &Settled, day: &Day) -> anyhow::Result<bool> {
        let verdict = report::Verdict::of(settled, day)?;
        match self.output() {
            Output::Json => println!("{}", report::json(settled, day, &verdict)?),
            Output::Text => report::text(cases, settled, day, &verdict)?,
        }
        Ok(verdict.agrees())
    }
}

fn now() -> anyhow::Result<Timestamp> {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    Timestamp::from_millis(i64::try_from(since.as_millis())?).context("the present moment")
}

/// Today in Shanghai, as a day of care.
fn today() -> anyhow::Result<ServiceDate> {
    let day: BusinessDay = now()?.business_day_shanghai();
    ServiceDate::parse(&day.to_string()).context("today")
}
