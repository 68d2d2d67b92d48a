//! `huitong node clearing …`: what of clearing concerns the region, as the clearinghouse says now. Deliberately absent: any change,
//! which clearing officers make, and disputes, which have commands of their own.

mod notices;
mod payments;
mod waiting;

use std::io::Write;
use std::process::ExitCode;

use notices::ShowNotices;
use payments::ShowPayments;
use waiting::ShowWaiting;

/// What of clearing concerns the region / 本地清算情况
#[derive(Debug, clap::Subcommand)]
pub enum ClearingCommand {
    /// The region's debts that no cycle took although their day is over / 本地挂账
    Exceptions(ShowWaiting),
    /// What the region's clearing member pays and is paid, and who has not paid / 应缴应收
    Payments(ShowPayments),
    /// What that member is told of an order to pay, cycle by cycle / 缴拨通知
    Notices(ShowNotices),
}

impl ClearingCommand {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        match self {
            Self::Exceptions(show) => show.run(out),
            Self::Payments(show) => show.run(out),
            Self::Notices(show) => show.run(out),
        }
    }
}

/// 1 where a person must do something.
fn exit(is_late: IsLate) -> ExitCode {
    match is_late {
        IsLate::Yes => ExitCode::FAILURE,
        IsLate::No => ExitCode::SUCCESS,
    }
}

/// Whether something of the own is late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum IsLate {
    Yes,
    No,
}

impl IsLate {
    fn any<T>(of: &[T], is_late: impl Fn(&T) -> bool) -> Self {
        if of.iter().any(is_late) {
            Self::Yes
        } else {
            Self::No
        }
    }
}
