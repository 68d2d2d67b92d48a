//! `huitong node assistance list`: a person's grants, or everyone's.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::person::PsnNo;
use huitong_transport::ClientOptions;
use serde_json::Value;

use super::shown::{grant_json, print_short};
use crate::command::{block_on, said};
use crate::grpc::assistance_answer::GrantAnswer;
use crate::grpc::assistance_client::AssistanceClient;

/// Which grants are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Which {
    /// All / 全部
    All,
    /// Those that stand / 有效
    Standing,
    /// Those that were withdrawn / 已撤回
    Withdrawn,
}

impl Which {
    const fn has(self, granted: &GrantAnswer) -> bool {
        match self {
            Self::All => true,
            Self::Standing => granted.end.is_none(),
            Self::Withdrawn => granted.end.is_some(),
        }
    }
}

/// List a person's grants, or everyone's.
#[derive(Debug, clap::Args)]
pub struct List {
    /// The person's number; without it, everyone's / 人员编号
    #[arg(value_parser = PsnNo::parse)]
    person: Option<PsnNo>,
    /// Which of them / 范围
    #[arg(long, default_value = "all")]
    only: Which,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl List {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let all = block_on(async {
            let mut client = AssistanceClient::connect(&self.server).await?;
            let (mut all, mut after) = (Vec::new(), None);
            loop {
                let page = client.page(self.person.as_ref(), after).await;
                let (granted, next) = page.map_err(said)?;
                all.extend(granted.into_iter().filter(|it| self.only.has(it)));
                if next.is_none() {
                    return Ok(all);
                }
                after = next;
            }
        })?;
        if self.json {
            let all = all.iter().map(grant_json);
            let all = all.collect::<anyhow::Result<Vec<Value>>>()?;
            writeln!(out, "{}", Value::Array(all))?;
        } else if all.is_empty() {
            writeln!(out, "none is granted / 无年度救助核定")?;
        } else {
            all.iter().try_for_each(|told| print_short(told, out))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
