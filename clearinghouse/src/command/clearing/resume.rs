//! `huitong clearing resume`.

use std::io::Write;

use huitong_core::date::BusinessDay;
use huitong_proto::clearing::v1;
use serde_json::json;

use super::connection::{Connection, Shape, print_json, told};

/// Let cycles go on after the clearinghouse was restored. Cut off again first what was cut off after the backup.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("last").required(true).args(["last_cycle", "none"])))]
pub(super) struct Resume {
    #[command(flatten)]
    connection: Connection,
    /// The last business day that was cut off before the restore / 恢复前最后日切的业务日
    #[arg(long)]
    last_cycle: Option<BusinessDay>,
    /// No business day was ever cut off / 从未日切
    #[arg(long)]
    none: bool,
}

impl Resume {
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut officer = self.connection.open().await?;
        let now = v1::StatusRequest {
            business_day: String::new(),
        };
        let before = officer.status(now).await;
        let before = before.map_err(|status| told(&status))?.into_inner();
        let last_cycle = self.last_cycle.map(|day| day.to_string());
        let request = v1::ResumeRequest {
            last_cycle: last_cycle.clone().unwrap_or_default(),
        };
        let asked = officer.resume(request).await;
        asked.map_err(|status| told(&status))?;
        match self.connection.shape() {
            Shape::Json => print_json(out, &json!({ "last_cycle": last_cycle })),
            Shape::Text => Ok(writeln!(out, "{}", came_of(before.restored_at_ms))?),
        }
    }
}

/// What is to be said, by since when cycles had waited for it.
const fn came_of(restored_at_ms: i64) -> &'static str {
    if restored_at_ms == 0 {
        "nothing waited for this: the clearinghouse was not restored, or went on already; nothing was changed / \
         清算中心未处于恢复状态，未作任何变更"
    } else {
        "cycles go on / 清算继续"
    }
}

#[cfg(test)]
mod tests {
    use super::came_of;

    #[test]
    fn where_nothing_was_restored_nothing_goes_on() {
        assert!(came_of(0).contains("nothing was changed"));
        assert!(came_of(1_700_000_000_000).starts_with("cycles go on"));
    }
}
