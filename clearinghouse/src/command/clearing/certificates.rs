//! `huitong clearing certificates`: how long the clearinghouse's certificates hold; `--reload` has them read again first.

use std::io::Write;

use huitong_desk::certificates::{as_json, print};
use huitong_desk::grpc::client::{Reload, certificates};

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
        let channel = self.connection.channel().await?;
        let reload = if self.reload {
            Reload::First
        } else {
            Reload::Not
        };
        let held = certificates(channel, reload).await;
        let held = held.map_err(|status| told(&status))?;
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
