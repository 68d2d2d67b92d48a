//! `huitong node person …`: the records of the region's insured people.

mod change;
mod enrol;
mod figures;
mod show;

use std::io::Write;
use std::process::ExitCode;

pub use change::{Die, EndIdentity, HoldIdentity, Lapse, Live, Reclassify, Resume};
pub use enrol::Enrol;
pub use figures::{SetBalances, SetTotal};
pub use show::Show;

/// The records of the region's insured people / 参保人员管理
#[derive(Debug, clap::Subcommand)]
pub enum PersonCommand {
    /// Show a person's record / 查看人员档案
    Show(Show),
    /// Insure a person who was not known before / 参保登记
    #[command(override_usage = "huitong node person enrol [OPTIONS] <PERSON>")]
    Enrol(Enrol),
    /// End cover from a day on / 停保
    Lapse(Lapse),
    /// Let cover begin anew / 续保
    #[command(override_usage = "huitong node person resume [OPTIONS] <PERSON>")]
    Resume(Resume),
    /// Insure a person in another way from a day on / 变更险种或人员类别
    #[command(override_usage = "huitong node person reclassify [OPTIONS] <PERSON>")]
    Reclassify(Reclassify),
    /// Note an assistance identity / 登记救助身份
    #[command(override_usage = "huitong node person hold-identity [OPTIONS] <PERSON>")]
    HoldIdentity(HoldIdentity),
    /// End an assistance identity / 终止救助身份
    #[command(override_usage = "huitong node person end-identity [OPTIONS] <PERSON>")]
    EndIdentity(EndIdentity),
    /// Note a death / 死亡登记
    Die(Die),
    /// Take back a death that was noted by mistake / 撤销死亡登记
    Live(Live),
    /// Set a total, with its source / 录入累计
    #[command(override_usage = "huitong node person set-total [OPTIONS] <PERSON>")]
    SetTotal(SetTotal),
    /// Set what the accounts hold, with its source / 录入账户余额
    #[command(override_usage = "huitong node person set-balances [OPTIONS] <PERSON>")]
    SetBalances(SetBalances),
}

impl PersonCommand {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        match self {
            Self::Show(show) => show.run(out),
            Self::Enrol(enrol) => enrol.run(out),
            Self::Lapse(lapse) => lapse.run(out),
            Self::Resume(resume) => resume.run(out),
            Self::Reclassify(reclassify) => reclassify.run(out),
            Self::HoldIdentity(hold) => hold.run(out),
            Self::EndIdentity(end) => end.run(out),
            Self::Die(die) => die.run(out),
            Self::Live(live) => live.run(out),
            Self::SetTotal(set) => set.run(out),
            Self::SetBalances(set) => set.run(out),
        }
    }
}
