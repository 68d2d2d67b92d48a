//! `huitong node certificates`: how long the node's certificates hold; `--reload` has them read again first.

use std::io::Write;
use std::process::ExitCode;

use huitong_transport::ClientOptions;
use serde_json::{Value, json};

use super::{block_on, hex, said};
use crate::grpc::certificate_client::{CertificatesAnswer, Reload, certificates};

/// How the certificates of the node stand.
#[derive(Debug, clap::Args)]
pub struct Certificates {
    /// Have certificates, roots and revocation lists read again first / 先重新加载
    #[arg(long)]
    reload: bool,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl Certificates {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let reload = if self.reload {
            Reload::First
        } else {
            Reload::Not
        };
        let held = block_on(async {
            let (_, channel) = self.server.own_node().await?;
            certificates(channel, reload).await.map_err(said)
        })?;
        if self.json {
            writeln!(out, "{}", as_json(&held))?;
        } else {
            print(&held, out)?;
        }
        if self.reload && !held.refused.is_empty() {
            anyhow::bail!("what there was stays in force / 原证书继续有效");
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn print(held: &CertificatesAnswer, out: &mut dyn Write) -> std::io::Result<()> {
    for certificate in &held.certificates {
        let until = moment(certificate.not_after_ms);
        writeln!(out, "{:<12} until {until} / 有效期至", certificate.purpose)?;
    }
    for key in &held.root_keys {
        writeln!(out, "root         {}", hex(key))?;
    }
    for list in &held.revocation_lists {
        writeln!(
            out,
            "revoked      {} by {} since {}, next {} / 吊销列表",
            list.revoked,
            list.authority,
            moment(list.this_update_ms),
            moment(list.next_update_ms)
        )?;
    }
    if !held.refused.is_empty() {
        writeln!(out, "REFUSED      {} / 未生效", held.refused)?;
    }
    Ok(())
}

fn as_json(held: &CertificatesAnswer) -> Value {
    let certificates = held.certificates.iter();
    let lists = held.revocation_lists.iter();
    json!({
        "certificates": certificates.map(|one| json!({
            "purpose": one.purpose,
            "not_after_ms": one.not_after_ms,
        })).collect::<Vec<_>>(),
        "root_keys": held.root_keys.iter().map(|key| hex(key)).collect::<Vec<_>>(),
        "revocation_lists": lists.map(|one| json!({
            "authority": one.authority,
            "this_update_ms": one.this_update_ms,
            "next_update_ms": one.next_update_ms,
            "revoked": one.revoked,
        })).collect::<Vec<_>>(),
        "refused": held.refused,
    })
}

fn moment(millis: i64) -> String {
    match jiff::Timestamp::from_millisecond(millis) {
        Ok(moment) if millis != 0 => moment.to_string(),
        Ok(_) | Err(_) => "…".to_owned(),
    }
}
