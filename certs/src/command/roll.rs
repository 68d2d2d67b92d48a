//! `huitong certs roll`: one root takes the place of another, in three steps, between which every party reloads.
//!
//! `begin`: a new root stands beside the old one, and all trust both. `switch`: the new one issues, and everybody is
//! renewed. `finish`: the old one goes. deploy/docs/certificates.md says what is done between the steps.

use std::io::Write;
use std::path::PathBuf;

use jiff::Timestamp;

use crate::authority::{Authority, Validity};
use crate::directory::Directory;

/// Have one root take the place of another.
#[derive(Debug, clap::Args)]
pub struct Roll {
    /// The operator's folder, as made by `huitong certs init` / 证书目录
    #[arg(long, global = true, default_value = ".")]
    dir: PathBuf,
    #[command(subcommand)]
    step: Step,
}

#[derive(Debug, clap::Subcommand)]
enum Step {
    /// A new root beside the old: give root.crt to every party / 新根证书并存
    Begin {
        /// For how many days the new root is valid / 有效天数
        #[arg(long, default_value_t = 3650)]
        days: u16,
    },
    /// The new root issues: renew every party and authority / 启用新根证书签发
    Switch,
    /// The old root goes: give root.crt to every party once more / 旧根证书退役
    Finish,
}

impl Roll {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let place = Directory::new(&self.dir);
        let next = match self.step {
            Step::Begin { days } => {
                let validity = Validity::days(Timestamp::now(), days)?;
                let root = Authority::new_root(place.root()?.trust_domain(), validity)?;
                place.begin_roll(&root)?;
                "both are trusted: give root.crt to every party and have it reload / 请将 root.crt 分发各方并重新加载"
            }
            Step::Switch => {
                place.switch_roll()?;
                "the new one issues: renew every authority and party (huitong certs renew) / 请为各发证机构和各方换发证书"
            }
            Step::Finish => {
                place.finish_roll()?;
                "the new one alone is trusted: give root.crt to every party and have it reload / 请将 root.crt 分发各方并重新加载"
            }
        };
        writeln!(out, "{}: {next}", self.dir.display())?;
        Ok(())
    }
}
