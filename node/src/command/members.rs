//! `huitong node members`: which version of the network's directory the node goes by, and what differs from its
//! configuration, or, with `--accept-branch`, that it goes by another that contradicts. Deliberately absent: any change of the
//! directory.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::digest::Digest;
use huitong_transport::ClientOptions;
use serde_json::{Value, json};

use super::{block_on, said};
use crate::grpc::directory_client::{
    DirectoryDeskClient, ToldBranch, ToldDirectory, ToldRegion, ToldStanding,
};

const AFTER: &str = "\
The clearinghouse signs each version of the directory; the node fetches them in order, checks signature and order, and goes by the
last, also when the clearinghouse is away. Nothing new is settled with a region that is suspended or has left; a node is called where
the directory says that it is, and what it signs is checked with the keys that it lists, unless its [[directory]] says pinned = true.
What differs from [[directory]] is said. not_called: a region is listed without a certificate of its own that leads to the root.
Exit 1 when a signed version contradicts another and nobody accepted it, or is not followed, or when the node was kept for an hour
from looking what the clearinghouse hands out.
--accept-branch: after the clearinghouse was restored and signed a number anew. The digest is that of the version to be gone by, as
shown here and as the clearinghouse's operator confirms it; what it says otherwise is printed, and who accepted it is journaled.
节点按序取得清算中心签名的名录并核验后执行；暂停或退出的统筹区不受理新业务；与本地配置不同之处逐行列出。存在矛盾版本或一小时未能查看时退出码为1。
清算中心恢复后重新签发同号版本的，核实后以 --accept-branch 输入其摘要改按该版本执行，操作人与时间均记录在案。";

/// Show which version of the network's directory the node goes by, and what differs from its configuration.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub struct ShowMembers {
    #[command(flatten)]
    server: ClientOptions,
    /// Go by this version though it contradicts: the digest as shown / 改按该摘要的版本执行
    #[arg(long, value_name = "DIGEST")]
    accept_branch: Option<Digest>,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl ShowMembers {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        if let Some(digest) = self.accept_branch {
            return self.accept(&digest.to_string(), out);
        }
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

impl ShowMembers {
    /// Prints what the version says otherwise, and has the node go by it.
    fn accept(&self, digest: &str, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let (branch, number) = block_on(async {
            let mut node = DirectoryDeskClient::connect(&self.server).await?;
            let told = node.show().await.map_err(said)?;
            let branch = told.branches.into_iter().find(|it| it.digest == digest);
            let number = node.accept(digest).await.map_err(said)?;
            anyhow::Ok((branch, number))
        })?;
        if self.json {
            let branch = branch.as_ref().map(branch_document);
            let accepted = json!({ "version": number, "digest": digest, "branch": branch });
            writeln!(out, "{accepted}")?;
            return Ok(ExitCode::SUCCESS);
        }
        if let Some(branch) = &branch {
            print_branch(branch, out)?;
        }
        writeln!(
            out,
            "version {number} {digest} is gone by from now on / 现按该版本执行"
        )?;
        Ok(ExitCode::SUCCESS)
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
    let is_in = match region.standing {
        ToldStanding::Active | ToldStanding::Suspended => true,
        ToldStanding::NotNamed | ToldStanding::Left => false,
    };
    let is_listed = is_in && !region.listed.is_empty();
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

fn branch_document(branch: &ToldBranch) -> Value {
    let (signed, found) = branch.at;
    let accepted = branch.accepted.as_ref();
    let differs = branch.differs.iter().map(|it| {
        json!({
            "region": it.region,
            "standing": [standing(it.standing.0), standing(it.standing.1)],
            "endpoint": [it.endpoint.0, it.endpoint.1],
            "signing_certificates": it.other_signers,
            "clearing_member": it.other_member,
        })
    });
    json!({
        "version": branch.number,
        "digest": branch.digest,
        "signed_at": signed.to_string(),
        "found_at": found.to_string(),
        "accepted_by": accepted.map(|(by, _)| by),
        "accepted_at": accepted.map(|(_, at)| at.to_string()),
        "differs": differs.collect::<Vec<_>>(),
    })
}

fn print_branch(branch: &ToldBranch, out: &mut dyn Write) -> anyhow::Result<()> {
    let (signed, found) = branch.at;
    write!(
        out,
        "contradicts: version {} {}, signed {signed}, found {found} / 矛盾版本",
        branch.number, branch.digest
    )?;
    match &branch.accepted {
        None => writeln!(out)?,
        Some((by, at)) => writeln!(out, ", accepted by {by} {at} / 已采纳")?,
    }
    for it in &branch.differs {
        write!(out, "  {}", it.region)?;
        let (here, there) = it.standing;
        if here != there {
            write!(out, "  {} -> {}", standing(here), standing(there))?;
        }
        let (here, there) = &it.endpoint;
        if here != there {
            write!(out, "  endpoint {here:?} -> {there:?}")?;
        }
        if it.other_signers {
            write!(out, "  other signing certificates / 签名证书不同")?;
        }
        if it.other_member {
            write!(out, "  other clearing member / 清算成员不同")?;
        }
        writeln!(out)?;
    }
    Ok(())
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
        "branches": told.branches.iter().map(branch_document).collect::<Vec<_>>(),
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
    for branch in &told.branches {
        print_branch(branch, out)?;
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
