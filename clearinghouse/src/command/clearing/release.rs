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
        print(out, self.connection.shape(), self.region, answer)
    }
}

fn print(
    out: &mut dyn Write,
    shape: Shape,
    region: RegionCode,
    answer: v1::ReleaseStreamResponse,
) -> anyhow::Result<()> {
    let v1::ReleaseStreamResponse { held, not_halted } = answer;
    match shape {
        Shape::Json => print_json(
            out,
            &json!({
                "region": region.to_string(),
                "held": held,
                "was_halted": !not_halted,
            }),
        ),
        Shape::Text if not_halted => Ok(writeln!(
            out,
            "the stream of {region} is not halted: nothing was changed, it goes on after {held} / 该序列未停止，未作任何变更"
        )?),
        Shape::Text => Ok(writeln!(
            out,
            "the stream of {region} goes on after {held} / 序列已放行"
        )?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_does_not_say_whether_the_stream_was_halted_is_not_one_that_nothing_was_changed()
     {
        let told = |not_halted| {
            let answer = v1::ReleaseStreamResponse {
                not_halted,
                held: 17,
            };
            let mut out = Vec::new();
            print(
                &mut out,
                Shape::Text,
                RegionCode::parse("510100").unwrap(),
                answer,
            )
            .unwrap();
            String::from_utf8(out).unwrap()
        };
        // As a clearinghouse answers that knows no such word.
        let silent = v1::ReleaseStreamResponse::default().not_halted;
        assert!(told(silent).starts_with("the stream of 510100 goes on after 17"));
        assert!(told(true).contains("nothing was changed"));
    }
}
