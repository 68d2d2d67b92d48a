//! `huitong node person enrol`: a person who was not known before. Many at once come by a file.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::date::{DateInterval, ServiceDate};
use huitong_core::name::Name;
use huitong_core::person::{Credential, PsnNo};
use huitong_core::record::person::PersonChange;
use huitong_core::record::registry::{CoveragePeriod, Member};
use huitong_core::vocabulary::Scheme;

use crate::command::act::Act;

/// Insure a person who was not known before.
#[derive(Debug, clap::Args)]
pub struct Enrol {
    /// The person's number / 人员编号
    #[arg(value_parser = PsnNo::parse)]
    person: PsnNo,
    /// What the person may show, kind:number, such as social_card:A1; may be given again / 就医凭证
    #[arg(long = "credential", required = true, value_parser = crate::import::credential)]
    credentials: Vec<Credential>,
    /// Day of birth / 出生日期
    #[arg(long)]
    birth: ServiceDate,
    /// The days of cover, 2023-07-01.. or 2023-07-01..2023-12-31 / 参保起止
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
    /// Years of contribution / 缴费年限
    #[arg(long, default_value_t = 0)]
    years_paid: u16,
    /// Years in a row before this one without a claim / 连续未报销年数
    #[arg(long, default_value_t = 0)]
    claim_free_years: u16,
    #[command(flatten)]
    act: Act,
}

impl Enrol {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let period = CoveragePeriod {
            scheme: self.scheme,
            category: self.category,
            retired: self.retired,
            days: self.days,
        };
        let change = PersonChange::Enrol(Member {
            psn_no: self.person,
            credentials: self.credentials.into_iter().collect(),
            birth: self.birth,
            years_paid: self.years_paid,
            claim_free_years: self.claim_free_years,
            periods: vec![period],
            identities: Vec::new(),
        });
        self.act.run(self.person, &change, out)
    }
}
