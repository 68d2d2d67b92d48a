//! `huitong node who-looked`: to whom a person's standing was shown, for the person to see.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context as _;
use huitong_core::date::Timestamp;
use huitong_core::person::PsnNo;
use huitong_transport::ClientOptions;
use serde_json::json;

use super::{block_on, said};
use crate::grpc::officer::{LookAnswer, LooksAnswer, Officer};

const WHAT: &str = "\
A person's coverage, totals and balances are shown to a region's node for one open visit, for an institution that has read
the person's credential, and only as far as the policy asks. Listed are the latest 32 visits, each once.
仅在机构读取就诊凭证、就诊未结算时，按政策所需向就医地展示待遇信息；此处列出最近 32 次就诊。";

/// Say to whom a person's standing was shown.
#[derive(Debug, clap::Args)]
#[command(after_help = WHAT)]
pub struct WhoLooked {
    /// The person's number / 人员编号
    #[arg(long)]
    person: String,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl WhoLooked {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let psn_no = PsnNo::parse(&self.person);
        let psn_no = psn_no.context("--person: no person's number / 不是有效的人员编号")?;
        let answer = block_on(async {
            let mut officer = Officer::connect(&self.server).await?;
            officer.who_looked(psn_no).await.map_err(said)
        })?;
        if self.json {
            writeln!(out, "{}", as_json(&answer))?;
        } else {
            print(&answer, out)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn moment(at_ms: i64) -> String {
    Timestamp::from_millis(at_ms).map_or_else(|_| at_ms.to_string(), |at| at.to_string())
}

fn print(answer: &LooksAnswer, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(
        out,
        "shown {} times in all / 共展示 {} 次",
        answer.times, answer.times
    )?;
    for look in &answer.latest {
        let LookAnswer {
            treatment,
            institution,
            visit,
            first_ms,
            last_ms,
            times,
        } = look;
        writeln!(
            out,
            "{}  {treatment}  {institution}  {visit}  × {times}, first / 首次 {}",
            moment(*last_ms),
            moment(*first_ms)
        )?;
    }
    Ok(())
}

fn as_json(answer: &LooksAnswer) -> serde_json::Value {
    let latest: Vec<_> = answer
        .latest
        .iter()
        .map(|look| {
            json!({
                "treatment": look.treatment,
                "institution": look.institution,
                "visit": look.visit,
                "first_ms": look.first_ms,
                "last_ms": look.last_ms,
                "times": look.times,
            })
        })
        .collect();
    json!({ "times": answer.times, "latest": latest })
}
