//! Cover, identities and death, each from a day on.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::date::{DateInterval, ServiceDate};
use huitong_core::name::Name;
use huitong_core::person::PsnNo;
use huitong_core::record::person::PersonChange;
use huitong_core::record::registry::{CoveragePeriod, IdentityPeriod};
use huitong_core::vocabulary::{AssistanceIdentity, Scheme};

use crate::command::act::Act;

/// End cover from a day on.
#[derive(Debug, clap::Args)]
pub struct Lapse {
    /// The person's number / 人员编号
    #[arg(value_parser = PsnNo::parse)]
    person: PsnNo,
    /// The first day without cover / 停保起始日
    #[arg(long)]
    from: ServiceDate,
    #[command(flatten)]
    act: Act,
}

impl Lapse {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let change = PersonChange::Lapse { from: self.from };
        self.act.run(self.person, &change, out)
    }
}

/// Let cover begin anew.
#[derive(Debug, clap::Args)]
pub struct Resume {
    /// The person's number / 人员编号
    #[arg(value_parser = PsnNo::parse)]
    person: PsnNo,
    /// The days, 2023-07-01.. or 2023-07-01..2023-12-31 / 参保起止
    #[arg(long, value_parser = crate::import::days)]
    days: DateInterval,
    /// employee, resident, retired_cadre or rural_cooperative / 险种
    #[arg(long)]
    scheme: Scheme,
    /// The region's own class of insured people / 人员类别
    #[arg(long)]
    category: Name,
    /// Retired by the scheme's rules / 退休
    #[arg(long)]
    retired: bool,
    #[command(flatten)]
    act: Act,
}

impl Resume {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let change = PersonChange::Resume(CoveragePeriod {
            scheme: self.scheme,
            category: self.category,
            retired: self.retired,
            days: self.days,
        });
        self.act.run(self.person, &change, out)
    }
}

/// Insure a person in another way from a day on, as long as that stretch of cover lasts.
#[derive(Debug, clap::Args)]
pub struct Reclassify {
    /// The person's number / 人员编号
    #[arg(value_parser = PsnNo::parse)]
    person: PsnNo,
    /// The first day / 变更起始日
    #[arg(long)]
    from: ServiceDate,
    /// employee, resident, retired_cadre or rural_cooperative / 险种
    #[arg(long)]
    scheme: Scheme,
    /// The region's own class of insured people / 人员类别
    #[arg(long)]
    category: Name,
    /// Retired by the scheme's rules / 退休
    #[arg(long)]
    retired: bool,
    #[command(flatten)]
    act: Act,
}

impl Reclassify {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let change = PersonChange::Reclassify {
            from: self.from,
            scheme: self.scheme,
            category: self.category,
            retired: self.retired,
        };
        self.act.run(self.person, &change, out)
    }
}

/// Note an assistance identity.
#[derive(Debug, clap::Args)]
pub struct HoldIdentity {
    /// The person's number / 人员编号
    #[arg(value_parser = PsnNo::parse)]
    person: PsnNo,
    /// extreme_poverty, subsistence, return_to_poverty, fringe, monitored or illness_poverty / 救助身份
    #[arg(long)]
    identity: AssistanceIdentity,
    /// The days, 2023-01-01.. or 2023-01-01..2023-12-31 / 起止
    #[arg(long, value_parser = crate::import::days)]
    days: DateInterval,
    #[command(flatten)]
    act: Act,
}

impl HoldIdentity {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let change = PersonChange::HoldIdentity(IdentityPeriod {
            identity: self.identity,
            days: self.days,
        });
        self.act.run(self.person, &change, out)
    }
}

/// End an assistance identity.
#[derive(Debug, clap::Args)]
pub struct EndIdentity {
    /// The person's number / 人员编号
    #[arg(value_parser = PsnNo::parse)]
    person: PsnNo,
    /// Which / 救助身份
    #[arg(long)]
    identity: AssistanceIdentity,
    /// The first day without it / 终止日
    #[arg(long)]
    from: ServiceDate,
    #[command(flatten)]
    act: Act,
}

impl EndIdentity {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let change = PersonChange::EndIdentity {
            identity: self.identity,
            from: self.from,
        };
        self.act.run(self.person, &change, out)
    }
}

/// Note a death: cover ends with the day, and nothing is paid for later days.
#[derive(Debug, clap::Args)]
pub struct Die {
    /// The person's number / 人员编号
    #[arg(value_parser = PsnNo::parse)]
    person: PsnNo,
    /// The day of death / 死亡日期
    #[arg(long)]
    on: ServiceDate,
    #[command(flatten)]
    act: Act,
}

impl Die {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let change = PersonChange::Die { on: self.on };
        self.act.run(self.person, &change, out)
    }
}

/// Take back a death that was noted by mistake. Cover begins anew with `resume`.
#[derive(Debug, clap::Args)]
pub struct Live {
    /// The person's number / 人员编号
    #[arg(value_parser = PsnNo::parse)]
    person: PsnNo,
    #[command(flatten)]
    act: Act,
}

impl Live {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        self.act.run(self.person, &PersonChange::Live, out)
    }
}
