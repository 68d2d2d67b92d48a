//! `huitong node duplicates …`: people whom another region insures too.

mod begin;
mod key;
mod list;
mod resolve;
mod shown;

use std::io::Write;
use std::process::ExitCode;

pub use begin::Begin;
pub use key::{KeyOf, NewKey};
pub use list::List;
pub use resolve::Resolve;

/// People whom another region insures too / 重复参保
#[derive(Debug, clap::Subcommand)]
pub enum DuplicatesCommand {
    /// Write a new key, which one bureau makes and passes to the others outside the network / 生成密钥
    NewKey(NewKey),
    /// Print the fingerprint of a key, which is the same in every region / 查看密钥指纹
    KeyId(KeyOf),
    /// Report everybody's tags anew, under the key of the node's configuration / 开始上报
    Begin(Begin),
    /// List the people, with how far the reporting is / 查看重复参保
    List(List),
    /// Say what becomes of one / 登记处理结果
    Resolve(Resolve),
}

impl DuplicatesCommand {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        match self {
            Self::NewKey(new) => new.run(out),
            Self::KeyId(of) => of.run(out),
            Self::Begin(begin) => begin.run(out),
            Self::List(list) => list.run(out),
            Self::Resolve(resolve) => resolve.run(out),
        }
    }
}
