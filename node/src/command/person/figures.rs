//! Totals and accounts, set to what they stood at on a day, with where the figure comes from.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::coverage::Balances;
use huitong_core::date::ServiceDate;
use huitong_core::money::Fen;
use huitong_core::name::Name;
use huitong_core::person::PsnNo;
use huitong_core::record::person::{Origin, PersonChange};
use huitong_core::totals::{Stretch, TotalSlot};
use huitong_proto::conversion::total::stretch_from_text;

use crate::command::act::Act;

/// Set a total to what it stood at.
#[derive(Debug, clap::Args)]
pub struct SetTotal {
    /// The person's number / 人员编号
    #[arg(value_parser = PsnNo::parse)]
    person: PsnNo,
    /// The total's name in the region's policies / 累计项
    #[arg(long)]
    total: Name,
    /// year:2023, quarter:2023-2, month:2023-05 or life / 累计期间
    #[arg(long, value_parser = stretch_from_text)]
    stretch: Stretch,
    /// What else tells it from others of the name, such as a disease / 子项
    #[arg(long)]
    of: Option<String>,
    /// The sum in yuan / 金额（元）
    #[arg(long, conflicts_with = "count", required_unless_present = "count")]
    amount: Option<Fen>,
    /// The number, for a total that counts / 次数
    #[arg(long)]
    count: Option<u32>,
    /// The day that the figure stands for / 截止日
    #[arg(long)]
    as_of: ServiceDate,
    /// The system or paper it was taken from / 数据来源
    #[arg(long)]
    source: String,
    #[command(flatten)]
    act: Act,
}

impl SetTotal {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let value = self
            .amount
            .map_or(self.count.map_or(0, i64::from), Fen::get);
        let change = PersonChange::SetTotal {
            slot: TotalSlot {
                name: self.total,
                stretch: self.stretch,
                key: self.of,
            },
            value,
            origin: Origin {
                as_of: self.as_of,
                source: self.source,
            },
        };
        self.act.run(self.person, &change, out)
    }
}

/// Set the accounts to what they held.
#[derive(Debug, clap::Args)]
pub struct SetBalances {
    /// The person's number / 人员编号
    #[arg(value_parser = PsnNo::parse)]
    person: PsnNo,
    /// The person's own account, in yuan / 个人账户（元）
    #[arg(long)]
    own: Fen,
    /// What a family member's account may pay for this person, in yuan / 家庭共济账户（元）
    #[arg(long, default_value_t = Fen::ZERO)]
    family: Fen,
    /// The day that the figures stand for / 截止日
    #[arg(long)]
    as_of: ServiceDate,
    /// The system or paper they were taken from / 数据来源
    #[arg(long)]
    source: String,
    #[command(flatten)]
    act: Act,
}

impl SetBalances {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let change = PersonChange::SetBalances {
            balances: Balances {
                own: self.own,
                family: self.family,
            },
            origin: Origin {
                as_of: self.as_of,
                source: self.source,
            },
        };
        self.act.run(self.person, &change, out)
    }
}
