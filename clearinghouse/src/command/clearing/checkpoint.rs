//! `huitong clearing checkpoint`.

use std::io::Write;
use std::path::PathBuf;

use huitong_core::canonical::Artifact;
use huitong_core::checkpoint::CertifiedCheckpoint;
use huitong_core::date::BusinessDay;
use huitong_proto::clearing::v1;
use serde_json::json;

use super::connection::{Connection, Shape, print_json, told};
use super::file;

const AFTER: &str = "\
Whoever gets it elsewhere than the statement can hold the two against each other (huitong clearing verify): of one cycle
there is one checkpoint, and each names the one before.
检查点宜经对账单以外的渠道公布：同一清算期只有一个检查点，且逐期相连。";

/// Write a netted cycle's signed checkpoint into a file.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Checkpoint {
    #[command(flatten)]
    connection: Connection,
    /// The business day, such as 2026-03-31 / 业务日
    #[arg(long)]
    day: BusinessDay,
    /// The file to write; it must not be there yet / 输出文件
    #[arg(long)]
    out: PathBuf,
}

impl Checkpoint {
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut officer = self.connection.proofs().await?;
        let request = v1::GetCheckpointRequest {
            business_day: self.day.to_string(),
        };
        let answer = officer.get_checkpoint(request).await;
        let bytes = answer.map_err(|status| told(&status))?.into_inner().file;
        let checkpoint = CertifiedCheckpoint::from_bytes(&bytes)?.signed.checkpoint;
        file::write(&self.out, &bytes)?;
        let (file, digest) = (self.out.display().to_string(), checkpoint.digest());
        let (day, plan) = (checkpoint.day, checkpoint.plan);
        match self.connection.shape() {
            Shape::Json => print_json(
                out,
                &json!({
                    "file": file,
                    "business_day": day.to_string(),
                    "plan": plan,
                    "rows": checkpoint.rows,
                    "digest": digest.to_string(),
                }),
            ),
            Shape::Text => {
                writeln!(
                    out,
                    "{file}: checkpoint of {day}, plan {plan}, {digest} / 检查点"
                )?;
                Ok(())
            }
        }
    }
}
