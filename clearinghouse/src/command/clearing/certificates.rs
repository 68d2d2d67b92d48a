//! `huitong clearing certificates`: how long the clearinghouse's certificates hold; `--reload` has them read again first.

use std::io::Write;

use huitong_proto::common::v1;
use serde_json::{Value, json};

use super::connection::{Connection, Shape, print_json, told};

/// How the certificates of the clearinghouse stand.
#[derive(Debug, clap::Args)]
pub(super) struct Certificates {
    /// Have certificates, roots and revocation lists read again first / 先重新加载
    #[arg(long)]
    reload: bool,
    #[command(flatten)]
    connection: Connection,
}

impl Certificates {
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut client = self.connection.certificates().await?;
        let held = if self.reload {
            let request = v1::ReloadCertificatesRequest {};
            let answer = client.reload_certificates(request).await;
            answer.map_err(|status| told(&status))?.into_inner().held
        } else {
            let request = v1::ShowCertificatesRequest {};
            let answer = client.show_certificates(request).await;
            answer.map_err(|status| told(&status))?.into_inner().held
        };
        let held = held.unwrap_or_default();
        match self.connection.shape() {
            Shape::Json => print_json(out, &as_json(&held))?,
            Shape::Text => print(&held, out)?,
        }
        if self.reload && !held.refused.is_empty() {
            anyhow::bail!("what there was stays in force / 原证书继续有效");
        }
        Ok(())
    }
}

fn print(held: &v1::CertificatesHeld, out: &mut dyn Write) -> std::io::Result<()> {
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

fn as_json(held: &v1::CertificatesHeld) -> Value {
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

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
