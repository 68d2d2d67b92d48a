//! `huitong node filing file | amend | cancel`.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::date::ServiceDate;
use huitong_core::id::FilingId;
use huitong_core::person::PsnNo;
use huitong_core::record::person::PersonChange;
use huitong_core::record::registry::FilingArea;
use huitong_core::vocabulary::{FilingClass, FilingEndReason};

use crate::command::act::Act;

/// What is said below the options.
const AFTER: &str = "\
A filing is made today. It counts for admissions from today on, and for a stay that is not settled yet.
The same id again changes nothing and answers the same.
备案自办理当日生效；出院结算前补办的，对本次住院有效。相同请求编号重复执行，不再变更，结果相同。";

/// Make a filing for treatment elsewhere.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub struct File {
    /// The person's number / 人员编号
    #[arg(long, value_parser = PsnNo::parse)]
    person: PsnNo,
    /// long_term, referral, emergency or temporary / 备案类别
    #[arg(long)]
    class: FilingClass,
    /// Six digits of a city, municipality or province, or all / 备案地
    #[arg(long)]
    area: FilingArea,
    /// The first day; today unless it is given / 起始日期
    #[arg(long)]
    from: Option<ServiceDate>,
    /// The last day; as the region's rule says unless it is given / 截止日期
    #[arg(long)]
    until: Option<ServiceDate>,
    #[command(flatten)]
    act: Act,
}

impl File {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let change = PersonChange::File {
            class: self.class,
            area: self.area,
            from: self.from,
            until: self.until,
        };
        self.act.run(self.person, &change, out)
    }
}

/// Let another filing take the place of one, from today on.
#[derive(Debug, clap::Args)]
pub struct Amend {
    /// The filing, fil_… / 备案编号
    filing: FilingId,
    /// The person's number / 人员编号
    #[arg(long, value_parser = PsnNo::parse)]
    person: PsnNo,
    /// Its class from today on / 备案类别
    #[arg(long)]
    class: FilingClass,
    /// Where it holds from today on / 备案地
    #[arg(long)]
    area: FilingArea,
    /// The last day; without end unless it is given / 截止日期
    #[arg(long)]
    until: Option<ServiceDate>,
    #[command(flatten)]
    act: Act,
}

impl Amend {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let change = PersonChange::AmendFiling {
            filing: self.filing,
            class: self.class,
            area: self.area,
            until: self.until,
        };
        self.act.run(self.person, &change, out)
    }
}

/// End a filing.
#[derive(Debug, clap::Args)]
pub struct Cancel {
    /// The filing, fil_… / 备案编号
    filing: FilingId,
    /// The person's number / 人员编号
    #[arg(long, value_parser = PsnNo::parse)]
    person: PsnNo,
    /// The first day on which it holds no more; today unless it is given / 终止日期
    #[arg(long)]
    from: Option<ServiceDate>,
    /// returned, moved, mistaken, unproven or asked / 终止原因
    #[arg(long)]
    reason: FilingEndReason,
    #[command(flatten)]
    act: Act,
}

impl Cancel {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let change = PersonChange::CancelFiling {
            filing: self.filing,
            from: self.from,
            reason: self.reason,
        };
        self.act.run(self.person, &change, out)
    }
}
