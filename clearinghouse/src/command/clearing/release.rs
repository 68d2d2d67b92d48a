//! `huitong clearing release`.

use std::io::Write;

use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1;
use serde_json::json;

use super::connection::{Connection, Shape, print_json, told};

/// Let a halted stream go on, once you have looked. What is held under the number stands.
#[derive(Debug, clap::Args)]
pub(super) struct Release {
    #[command(flatten)]
    connection: Connection,
    /// The region whose stream is halted / 统筹区
    #[arg(long)]
    region: RegionCode,
}

impl Release {
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut officer = self.connection.open().await?;
        let request = v1::ReleaseStreamRequest {
            region: self.region.to_string(),
        };
        let asked = officer.release_stream(request).await;
        let answer = asked.map_err(|status| told(&status))?.into_inner();
        let v1::ReleaseStreamResponse { held, was_halted } = answer;
        match self.connection.shape() {
            Shape::Json => print_json(
                out,
                &json!({
                    "region": self.region.to_string(),
                    "held": held,
                    "was_halted": was_halted,
                }),
            ),
            Shape::Text if !was_halted => {
                writeln!(
                    out,
                    "the stream of {} is not halted: nothing was changed, it goes on after {held} / 该序列未停止，未作任何变更",
                    self.region
                )?;
                Ok(())
            }
            Shape::Text => {
                writeln!(
                    out,
                    "the stream of {} goes on after {held} / 序列已放行",
                    self.region
                )?;
                Ok(())
            }
        }
    }
}
