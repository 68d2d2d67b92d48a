//! What every check that asks no server is told: whom to trust, and how to show what was found; and how it ends.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use huitong_certs::Trust;

use super::connection::Shape;
use super::kind;

/// Whom to trust, and how to show what was found.
#[derive(Debug, clap::Args)]
pub(super) struct Offline {
    /// The operator's root certificate (root.crt), or several / 运营方根证书
    #[arg(long, required = true, num_args = 1..)]
    roots: Vec<PathBuf>,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl Offline {
    /// The roots.
    pub(super) fn trust(&self) -> anyhow::Result<Trust> {
        let mut pem = Vec::new();
        for root in &self.roots {
            pem.extend(kind::certificates(root)?);
            pem.push(b'\n');
        }
        let named = || self.roots.iter().map(|root| root.display().to_string());
        Trust::from_pem(&pem).with_context(|| {
            let files = named().collect::<Vec<_>>().join(", ");
            format!("the roots / 根证书无法读取: {files}")
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
