//! A bureau: its node, started from a configuration file, and an officer at a terminal.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use huitong_certs::authority::Hosts;
use huitong_certs::directory::{Overwrite, write_party};
use huitong_certs::{Authority, Identity, Validity};
use huitong_core::region::RegionCode;
use huitong_node::clock::SystemClock;
use huitong_node::command::NodeCommand;
use huitong_node::command::policy::PolicyOfficeCommand;
use huitong_node::{Node, RunningNode, config};
use serde_json::Value;
use tempfile::TempDir;

pub const POLICY: &str = r#"
title = "residents"
source = "a made-up notice"
region = "510100"
scheme = "resident"
settings = ["inpatient"]
effective = { from = 2020-01-01 }

[totals.basic_paid]
adds = "basic.paid"
period = "year"

[[layer]]
name = "basic"
take = ["in"]
start = "1200"
ratio = "0.70"
ceilings = [{ payment = "300000", total = "basic_paid" }]
payer = "resident_pool"
"#;

const REGION: &str = "510100";

/// What a command printed, or why it failed, and how it ended.
pub struct Told {
    pub code: &'static str,
    pub text: String,
}

impl Told {
    pub const GOOD: &str = "0";
    pub const FAULTS: &str = "1";
    pub const BAD_CONFIG: &str = "64";
    pub const BAD_FILE: &str = "65";
    /// The executable prints the error and exits with 1.
    pub const FAILED: &str = "error";

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }
}

#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: NodeCommand,
}

#[derive(Parser)]
struct PolicyCli {
    #[command(subcommand)]
    command: PolicyOfficeCommand,
}

/// Runs `huitong policy ARGS`.
fn run_policy(args: &[String]) -> Told {
    let args = std::iter::once("policy".to_owned()).chain(args.iter().cloned());
    let cli = PolicyCli::try_parse_from(args).unwrap();
    let mut out = Vec::new();
    let outcome = cli.command.run_to(&mut out);
    told(outcome, String::from_utf8(out).unwrap())
}

/// Runs `huitong node ARGS` without telemetry.
fn run_node(args: &[String]) -> Told {
    let args = std::iter::once("node".to_owned()).chain(args.iter().cloned());
    let cli = Cli::try_parse_from(args).unwrap();
    let mut out = Vec::new();
    let outcome = cli.command.run_to(|_| Ok(()), &mut out);
    told(outcome, String::from_utf8(out).unwrap())
}

fn told(outcome: anyhow::Result<ExitCode>, text: String) -> Told {
    match outcome.map(|code| format!("{code:?}")) {
        Ok(code) if code.contains("(0)") => Told {
            code: Told::GOOD,
            text,
        },
        Ok(code) if code.contains("(1)") => Told {
            code: Told::FAULTS,
            text,
        },
        Ok(code) if code.contains("(64)") => Told {
            code: Told::BAD_CONFIG,
            text,
        },
        Ok(code) if code.contains("(65)") => Told {
            code: Told::BAD_FILE,
            text,
        },
        Ok(code) => panic!("ended with {code}: {text}"),
        Err(error) => Told {
            code: Told::FAILED,
            text: format!("{text}{error:#}"),
        },
    }
}

pub fn check_config(command: &str, file: &Path) -> Told {
    run_node(&[
        command.to_owned(),
        "--config".to_owned(),
        file.display().to_string(),
    ])
}

pub fn sha256(text: &str) -> String {
    huitong_core::digest::sha256(text.as_bytes()).to_string()
}

pub struct Office {
    folder: TempDir,
    root: Authority,
    node: RunningNode,
}

fn valid(days: u16) -> Validity {
    Validity::days(jiff::Timestamp::now(), days).unwrap()
}

impl Office {
    pub async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = Authority::new_root(&"huitong.example".parse().unwrap(), valid(999)).unwrap();
        let region: RegionCode = REGION.parse().unwrap();
        let issue = |identity: &Identity| root.issue(identity, &Hosts::none(), valid(365)).unwrap();
        let (speaking, signing) = (
            issue(&Identity::RegionNode(region)),
            issue(&Identity::RegionNodeSigning(region)),
        );
        let certs = folder.path().join("certs");
        write_party(
            &certs,
            &speaking,
            Some(&signing),
            root.certificate_pem(),
            Overwrite::Refuse,
        )
        .unwrap();
        let file = folder.path().join("node.toml");
        let text = format!(
            "region = \"{REGION}\"\nlisten = \"127.0.0.1:0\"\ndata = \"data\"\n\
             [tls]\nchain = \"certs/tls.crt\"\nkey = \"certs/tls.key\"\nroots = \"certs/root.crt\"\n\
             [signing]\nkey = \"certs/signing.key\"\ncertificate = \"certs/signing.crt\"\n"
        );
        std::fs::write(&file, text).unwrap();
        let told = check_config("check-config", &file);
        assert_eq!(told.code, Told::GOOD, "{}", told.text);
        let settings =
            config::load(&file, Arc::new(SystemClock)).map_err(|error| error.to_string());
        let node = Node::start(settings.ok().unwrap().node).await.unwrap();
        Self { folder, root, node }
    }

    pub async fn close(self) {
        self.node.shutdown().await;
    }

    /// The folder of an officer's credentials.
    fn officer(&self, region: &str, name: &str) -> PathBuf {
        let folder = self.folder.path().join("officers").join(region).join(name);
        if !folder.exists() {
            let code: RegionCode = region.parse().unwrap();
            let authority = self.root.issue_region_authority(code, valid(500)).unwrap();
            let identity = Identity::RegionOfficer {
                region: code,
                name: name.parse().unwrap(),
            };
            let issued = authority
                .issue(&identity, &Hosts::none(), valid(365))
                .unwrap();
            write_party(
                &folder,
                &issued,
                None,
                self.root.certificate_pem(),
                Overwrite::Refuse,
            )
            .unwrap();
        }
        folder
    }

    /// Runs a command as an officer of a region.
    pub async fn run_as(&self, region: &str, args: &[&str]) -> Told {
        let all = self.args(&self.officer(region, "li.wei"), args);
        tokio::task::spawn_blocking(move || run_node(&all))
            .await
            .unwrap()
    }

    /// Runs `huitong policy ARGS` as an officer of the region.
    pub async fn policy(&self, name: &str, args: &[&str]) -> Told {
        let all = self.args(&self.officer(REGION, name), args);
        tokio::task::spawn_blocking(move || run_policy(&all))
            .await
            .unwrap()
    }

    /// Writes a document of this text; where it lies.
    pub fn document(&self, text: &str) -> String {
        let file = self.folder.path().join("policy.toml");
        std::fs::write(&file, text).unwrap();
        file.display().to_string()
    }

    fn args(&self, folder: &Path, args: &[&str]) -> Vec<String> {
        let file = |name: &str| folder.join(name).display().to_string();
        let mut all: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        let endpoint = format!("https://{}", self.node.address());
        for (option, value) in [
            ("--endpoint", endpoint),
            ("--cert", file("tls.crt")),
            ("--key", file("tls.key")),
            ("--ca", file("root.crt")),
        ] {
            all.extend([option.to_owned(), value]);
        }
        all
    }

    pub async fn run(&self, args: &[&str]) -> Told {
        self.run_as(REGION, args).await
    }

    /// Imports a file of this text.
    pub async fn import(&self, kind: &str, text: &str, options: &[&str]) -> Told {
        let file = self.folder.path().join(format!("{kind}.csv"));
        std::fs::write(&file, text).unwrap();
        let file = file.display().to_string();
        let args: Vec<&str> = ["import", kind, &file]
            .into_iter()
            .chain(options.iter().copied())
            .collect();
        self.run(&args).await
    }

    pub async fn status(&self) -> Value {
        let told = self.run(&["status", "--json"]).await;
        assert_eq!(told.code, Told::GOOD, "{}", told.text);
        told.json()
    }
}
