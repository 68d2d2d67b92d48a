//! `huitong node members`: which version of the network's directory the node goes by, and what differs from its
//! configuration. Deliberately absent: any change of the directory.

use std::io::Write;
use std::process::ExitCode;

use huitong_transport::ClientOptions;
use serde_json::{Value, json};

use super::{block_on, said};
use crate::grpc::directory_client::{DirectoryDeskClient, ToldDirectory, ToldRegion, ToldStanding};

const AFTER: &str = "\
The clearinghouse signs each version of the directory; the node fetches them in order, checks signature and order, and goes by the
last, also when the clearinghouse is away. Nothing new is settled with a region that is suspended or has left; a node is called where
the directory says that it is, and what it signs is checked with the keys that it lists, unless its [[directory]] says pinned = true.
What differs from [[directory]] is said. not_called: a region is listed without a certificate of its own that leads to the root.
Exit 1 when a signed version contradicts another, or is not followed, or when the node was kept for an hour
from looking what the clearinghouse hands out.
节点按序取得清算中心签名的名录并核验后执行；暂停或退出的统筹区不受理新业务；与本地配置不同之处逐行列出。存在矛盾版本或一小时未能查看时退出码为1。";

/// Show which version of the network's directory the node goes by, and what differs from its configuration.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub struct ShowMembers {
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl ShowMembers {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let told = block_on(async {
            let mut node = DirectoryDeskClient::connect(&self.server).await?;
            node.show().await.map_err(said)
        })?;
        if self.json {
            writeln!(out, "{}", document(&told))?;
        } else {
            print(&told, out)?;
        }
        Ok(if told.contradictions == 0 && told.trouble.is_empty() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}

const fn standing(standing: ToldStanding) -> &'static str {
    match standing {
        ToldStanding::NotNamed => "not_named",
        ToldStanding::Active => "active",
        ToldStanding::Suspended => "suspended",
        ToldStanding::Left => "left",
    }
}

/// What differs between the directory and the configuration of a region.
fn differences(region: &ToldRegion) -> Vec<&'static str> {
    let mut found = Vec::new();
    let is_listed = region.standing == ToldStanding::Active && !region.listed.is_empty();
    if is_listed && !region.is_own && region.called.is_empty() {
        found.push("not_called");
    }
    if !region.listed.is_empty()
        && !region.configured.is_empty()
        && region.listed != region.configured
    {
        found.push("endpoint");
    }
    if region.other_signer {
        found.push("signing_certificate");
    }
    found
}

fn document(told: &ToldDirectory) -> Value {
    let regions = told.regions.iter().map(|region| {
        json!({
            "region": region.region,
            "standing": standing(region.standing),
            "since": region.since,
            "listed_endpoint": region.listed,
            "configured_endpoint": region.configured,
            "called_endpoint": region.called,
            "pinned": region.pinned,
            "differs": differences(region),
        })
    });
    json!({
        "version": told.number,
        "digest": told.digest,
        "signed_at": told.at.map(|(signed, _)| signed.to_string()),
        "taken_at": told.at.map(|(_, taken)| taken.to_string()),
        "regions": regions.collect::<Vec<_>>(),
        "contradictions": told.contradictions,
        "trouble": told.trouble,
        "looked_at": told.looked.map(|looked| looked.to_string()),
    })
}

fn print(told: &ToldDirectory, out: &mut dyn Write) -> anyhow::Result<()> {
    match told.at {
        None => writeln!(
            out,
            "no version taken: the configuration stands / 尚无名录版本，按配置执行"
        )?,
        Some((signed, taken)) => writeln!(
            out,
            "version {} {}, signed {signed}, in force since {taken} / 名录版本",
            told.number, told.digest
        )?,
    }
    match told.looked {
        None => writeln!(
            out,
            "not looked at since the start of the node / 节点启动后尚未查看"
        )?,
        Some(looked) => writeln!(out, "last looked at {looked} / 最近查看")?,
    }
    for region in &told.regions {
        let since = match region.since.as_str() {
            "" => String::new(),
            since => format!(" since {since}"),
        };
        write!(
            out,
            "{}  {}{since}",
            region.region,
            standing(region.standing)
        )?;
        if !region.called.is_empty() {
            write!(out, "  at {}", region.called)?;
        }
        for differs in differences(region) {
            write!(out, "  differs: {differs}")?;
        }
        if region.pinned {
            write!(out, "  pinned / 以配置为准")?;
        }
        writeln!(out)?;
    }
    if told.contradictions > 0 {
        writeln!(
            out,
            "CONTRADICTING VERSIONS: {} / 名录版本相互矛盾",
            told.contradictions
        )?;
    }
    if !told.trouble.is_empty() {
        writeln!(out, "NOT FOLLOWED: {} / 名录未执行", told.trouble)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
