//! The one executable, for every party. It only hands each subcommand to the crate that owns it, and starts
//! telemetry for the servers.

mod observe;
mod typed;
mod usage;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use huitong_authoring::PolicyCommand;
use huitong_certs::command::CertsCommand;
use huitong_clearinghouse::{ClearingCommand, ClearinghouseCommand};
use huitong_demo::DemoCommand;
use huitong_node::command::NodeCommand;
use huitong_node::command::policy::PolicyOfficeCommand;
use rustix::process::{Resource, getrlimit, setrlimit};

/// Huitong 汇通: settle medical bills away from home, and square the regions' accounts every day
#[derive(Debug, Parser)]
#[command(name = "huitong", version, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// A region's node / 地区结算节点
    #[command(subcommand)]
    Node(NodeCommand),
    /// The clearinghouse / 清算中心
    Clearinghouse(ClearinghouseCommand),
    /// What a clearing officer does / 清算业务
    Clearing(ClearingCommand),
    /// Certificates: who is speaking / 证书管理
    Certs(CertsCommand),
    /// Benefit policies: write, check, publish, try / 待遇政策
    #[command(subcommand)]
    Policy(Policy),
    /// Run the whole network on this machine / 在本机演示全流程
    Demo(DemoCommand),
}

/// What is done with files alone, and what needs a node.
#[derive(Debug, Subcommand)]
enum Policy {
    #[command(flatten)]
    Authoring(PolicyCommand),
    #[command(flatten)]
    Office(PolicyOfficeCommand),
}

fn main() -> ExitCode {
    allow_open_files();
    match run(typed::arguments::<Arguments>().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("huitong: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Takes as many open files as the system lets this process have: every connection is one, and the customary
/// limit of 1,024 is less than the connections of a region's hospitals.
fn allow_open_files() {
    let mut files = getrlimit(Resource::Nofile);
    files.current = files.maximum;
    // Where that is not allowed, the limit stays as it is; accepting rests while files are short.
    let _ = setrlimit(Resource::Nofile, files);
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Node(command) => command.run(observe::node),
        Command::Clearinghouse(command) => {
            let telemetry = observe::clearinghouse()?;
            let code = command.run()?;
            telemetry.finish()?;
            Ok(code)
        }
        Command::Clearing(command) => command.run(),
        Command::Certs(command) => command.run().map(|()| ExitCode::SUCCESS),
        Command::Policy(Policy::Authoring(command)) => command.run(),
        Command::Policy(Policy::Office(command)) => command.run(),
        Command::Demo(command) => {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .enable_all()
                .build()?;
            runtime.block_on(command.run())
        }
    }
}
