//! `huitong node filing …`: filings (备案) of the region's people, and emergencies that count as filed.

mod emergency;
mod list;
mod step;

use std::io::Write;
use std::process::ExitCode;

pub use emergency::{Emergencies, Review};
pub use list::List;
pub use step::{Amend, Cancel, File};

/// Filings of the region's people / 异地就医备案
#[derive(Debug, clap::Subcommand)]
pub enum FilingCommand {
    /// Make a filing / 办理备案
    File(File),
    /// Let another filing take the place of one, from today on / 变更备案
    #[command(override_usage = "huitong node filing amend [OPTIONS] <FILING>")]
    Amend(Amend),
    /// End a filing / 终止备案
    Cancel(Cancel),
    /// List filings / 查看备案
    List(List),
    /// List settlements whose emergency nobody reviewed yet / 查看待复核急诊
    Emergencies(Emergencies),
    /// Accept or reject an emergency that an institution stated / 复核急诊
    Review(Review),
}

impl FilingCommand {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        match self {
            Self::File(file) => file.run(out),
            Self::Amend(amend) => amend.run(out),
            Self::Cancel(cancel) => cancel.run(out),
            Self::List(list) => list.run(out),
            Self::Emergencies(emergencies) => emergencies.run(out),
            Self::Review(review) => review.run(out),
        }
    }
}
