//! An officer's command, as it is typed.

use std::process::ExitCode;

use clap::Parser;
use huitong_certs::authority::Hosts;
use huitong_certs::directory::{Overwrite, write_party};
use huitong_certs::{Identity, Validity};
use huitong_node::command::NodeCommand;

use crate::world::{World, year};

#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: NodeCommand,
}

/// An officer of a region types `huitong node ARGS`; what is printed.
pub async fn types(world: &World, code: &str, args: &[&str]) -> String {
    exits(world, code, args).await.0
}

/// The same, and with what it exits.
pub async fn exits(world: &World, code: &str, args: &[&str]) -> (String, ExitCode) {
    let folder = tempfile::tempdir().unwrap();
    let party = folder.path().join("li.wei");
    let region = world.of(code);
    let identity: Identity = format!("/region/{code}/officer/li.wei").parse().unwrap();
    let longer = Validity::days(jiff::Timestamp::now(), 700).unwrap();
    let authority = world.root.issue_region_authority(region.code, longer);
    let issued = authority.unwrap().issue(&identity, &Hosts::none(), year());
    let root = world.root.certificate_pem();
    write_party(&party, &issued.unwrap(), None, root, Overwrite::Refuse).unwrap();
    let file = |name: &str| party.join(name).display().to_string();
    let mut all = vec!["node".to_owned()];
    all.extend(args.iter().map(|arg| (*arg).to_owned()));
    for (option, value) in [
        ("--endpoint", format!("https://{}", region.address)),
        ("--cert", file("tls.crt")),
        ("--key", file("tls.key")),
        ("--ca", file("root.crt")),
    ] {
        all.extend([option.to_owned(), value]);
    }
    run(all).await
}

/// Somebody types `huitong node ARGS`, which asks no server; what is printed.
pub async fn offline(args: &[&str]) -> String {
    let all = std::iter::once("node").chain(args.iter().copied());
    run(all.map(str::to_owned).collect()).await.0
}

async fn run(all: Vec<String>) -> (String, ExitCode) {
    let typed = tokio::task::spawn_blocking(move || {
        let mut out = Vec::new();
        let cli = Cli::try_parse_from(all).unwrap();
        let code = cli.command.run_to(|_| Ok(()), &mut out).unwrap();
        (String::from_utf8(out).unwrap(), code)
    });
    typed.await.unwrap()
}
