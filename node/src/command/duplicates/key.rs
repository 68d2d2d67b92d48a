//! `huitong node duplicates new-key` and `key-id`: a key, and how it is recognised. Neither calls anybody.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use huitong_core::duplicate::TagKey;
use ring::rand::{SecureRandom as _, SystemRandom};
use serde_json::json;

/// Write a new key.
#[derive(Debug, clap::Args)]
pub struct NewKey {
    /// The file, which must not be there yet; only its owner may read it / 密钥文件
    file: PathBuf,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

/// Print the fingerprint of a key.
#[derive(Debug, clap::Args)]
pub struct KeyOf {
    /// The file of the key / 密钥文件
    file: PathBuf,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl NewKey {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let mut bytes = [0; 32];
        // A key is never made of anything but the system's randomness.
        let filled = SystemRandom::new().fill(&mut bytes);
        anyhow::ensure!(
            filled.is_ok(),
            "the system gives no randomness / 系统无法提供随机数"
        );
        let key = TagKey::from_bytes(bytes);
        let shown = self.file.display().to_string();
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&self.file)
            .with_context(|| format!("{shown} / 无法新建密钥文件"))?;
        file.write_all(key.expose().as_bytes())
            .and_then(|()| file.sync_all())
            .with_context(|| format!("{shown} / 密钥文件无法写入"))?;
        if self.json {
            as_json(&key, out)
        } else {
            as_text(&key, out)
        }
    }
}

impl KeyOf {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let shown = self.file.display().to_string();
        let text = std::fs::read_to_string(&self.file)
            .with_context(|| format!("{shown} / 密钥文件无法读取"))?;
        let key = TagKey::parse(&text).with_context(|| shown)?;
        if self.json {
            as_json(&key, out)
        } else {
            as_text(&key, out)
        }
    }
}

/// A key's fingerprint as text.
fn as_text(key: &TagKey, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    writeln!(out, "key id / 密钥指纹: {}", key.id())?;
    Ok(ExitCode::SUCCESS)
}

/// The same as JSON.
fn as_json(key: &TagKey, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    writeln!(out, "{}", json!({ "key_id": key.id().to_string() }))?;
    Ok(ExitCode::SUCCESS)
}
