//! What every check that asks no server is told: whom to trust, and how to show what was found; and how it ends.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use huitong_certs::Trust;

use super::connection::Shape;
use super::{file, kind};

/// Whom to trust, and how to show what was found.
#[derive(Debug, clap::Args)]
pub(super) struct Offline {
    /// The operator's root certificate (root.crt); may be repeated / 运营方根证书，可重复
    #[arg(long, required = true)]
    roots: Vec<PathBuf>,
    /// A revocation list (revoked.crl): what is signed with a certificate on it proves nothing; may be repeated / 吊销列表
    #[arg(long = "revocation-list")]
    revocation_lists: Vec<PathBuf>,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl Offline {
    /// The roots, and what is revoked under them.
    pub(super) fn trust(&self) -> anyhow::Result<Trust> {
        let mut pem = Vec::new();
        for root in &self.roots {
            pem.extend(kind::certificates(root)?);
            pem.push(b'\n');
        }
        let named = |files: &[PathBuf]| {
            let files = files.iter().map(|file| file.display().to_string());
            files.collect::<Vec<_>>().join(", ")
        };
        let trust = Trust::from_pem(&pem)
            .with_context(|| format!("the roots / 根证书无法读取: {}", named(&self.roots)))?;
        let mut lists = Vec::new();
        for list in &self.revocation_lists {
            lists.extend(file::read(list)?);
            lists.push(b'\n');
        }
        trust.with_revocation_lists(&lists).with_context(|| {
            let files = named(&self.revocation_lists);
            format!("the revocation lists / 吊销列表无法读取: {files}")
        })
    }

    /// How it is shown.
    pub(super) const fn shape(&self) -> Shape {
        if self.json { Shape::Json } else { Shape::Text }
    }
}

/// A check ends with 0 when all holds, and with 1 otherwise.
pub(super) const fn ended<T>(faults: &[T]) -> ExitCode {
    if faults.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
