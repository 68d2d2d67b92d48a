//! `huitong certs init`: a new operator's root, the one thing that every party trusts.

use std::io::Write;
use std::path::PathBuf;

use jiff::Timestamp;

use crate::authority::{Authority, Validity};
use crate::directory::{Directory, Overwrite};
use crate::spiffe::TrustDomain;

/// Found a network: make the operator's root.
#[derive(Debug, clap::Args)]
pub struct Init {
    /// The folder to write to; made with mode 0700 / 证书目录
    #[arg(long)]
    dir: PathBuf,
    /// The operator's name, such as huitong.example / 信任域
    #[arg(long)]
    trust_domain: TrustDomain,
    /// For how many days the root is valid / 有效天数
    #[arg(long, default_value_t = 3650)]
    days: u16,
    /// Replace a root that exists: every certificate under it becomes worthless / 替换已有根证书
    #[arg(long)]
    force: bool,
}

impl Init {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let root = Authority::new_root(
            &self.trust_domain,
            Validity::days(Timestamp::now(), self.days)?,
        )?;
        let overwrite = if self.force {
            Overwrite::Replace
        } else {
            Overwrite::Refuse
        };
        Directory::new(&self.dir).write_root(&root, overwrite)?;
        writeln!(out, "{}  {}", self.trust_domain.uri(), self.dir.display())?;
        Ok(())
    }
}
