//! `huitong clearing cut-off`.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use huitong_core::date::BusinessDay;
use huitong_proto::clearing::v1;

use super::connection::{Connection, told};
use super::file::unread;
use super::status;

/// Cut a business day off.
#[derive(Debug, clap::Args)]
pub(super) struct CutOff {
    #[command(flatten)]
    connection: Connection,
    /// The business day, such as 2026-03-31 / 业务日
    #[arg(long)]
    day: BusinessDay,
    /// Cut off although some regions have not closed; refused before the deadline / 截止时间已过，未关闭的统筹区不再等待
    #[arg(long)]
    at_deadline: bool,
    /// After a restore: the marks that the cycle had, as `cut-off --json` or `status --json` printed it / 恢复后按原截止序号日切
    #[arg(long, conflicts_with = "at_deadline")]
    marks: Option<PathBuf>,
}

/// The largest file of marks.
const LARGEST_FILE_BYTES: u64 = 1 << 20;

/// What was printed of a cycle, as far as its marks go.
#[derive(serde::Deserialize)]
struct Paper {
    business_day: String,
    state: String,
    regions: Vec<PaperRow>,
}

#[derive(serde::Deserialize)]
struct PaperRow {
    region: String,
    mark: u64,
}

/// Reads the marks of the day.
fn marks(file: &Path, day: BusinessDay) -> anyhow::Result<Vec<v1::Mark>> {
    let shown = file.display();
    let cannot = |error: std::io::Error| unread(file, &error);
    let size = std::fs::metadata(file).map_err(cannot)?.len();
    anyhow::ensure!(
        size <= LARGEST_FILE_BYTES,
        "{shown}: {size} bytes, at most {LARGEST_FILE_BYTES} / 文件过大"
    );
    let text = std::fs::read_to_string(file).map_err(cannot)?;
    let paper: Paper = serde_json::from_str(&text).with_context(|| {
        format!("{shown}: not what status or cut-off prints with --json / 不是日切状态文件")
    })?;
    anyhow::ensure!(
        paper.business_day == day.to_string(),
        "{shown} is of {}, not of {day} / 业务日不符",
        paper.business_day
    );
    anyhow::ensure!(
        paper.state != "open" && !paper.regions.is_empty(),
        "{shown}: the cycle was not cut off when this was printed / 当时尚未日切"
    );
    let mark = |row: PaperRow| v1::Mark {
        region: row.region,
        up_to: row.mark,
    };
    Ok(paper.regions.into_iter().map(mark).collect())
}

impl CutOff {
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let marks = match &self.marks {
            Some(file) => marks(file, self.day)?,
            None => Vec::new(),
        };
        let mut officer = self.connection.open().await?;
        let request = v1::CutOffRequest {
            business_day: self.day.to_string(),
            at_deadline: self.at_deadline,
            marks,
        };
        let answer = officer
            .cut_off(request)
            .await
            .map_err(|status| told(&status))?
            .into_inner();
        status::print_answered(out, self.connection.shape(), answer.status)
    }
}
