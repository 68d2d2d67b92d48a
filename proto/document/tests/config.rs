//! A server's configuration through the reader: defaults, ranges, lists, and every fault at once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "a test that cannot read its text fails"
)]

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use huitong_core::region::RegionCode;
use huitong_document::config::{Document, Faults};

#[derive(Debug, PartialEq, Eq)]
struct Config {
    region: RegionCode,
    listen: SocketAddr,
    journal: PathBuf,
    segments: u16,
    sync: Duration,
    names: Vec<String>,
    green_channel: bool,
    peers: Vec<(RegionCode, String)>,
}

fn read(text: &str) -> Result<Config, Faults> {
    let document = Document::parse("node.toml", text)?;
    let root = document.root();
    let region = root.required("region");
    let listen = root.required("listen");
    let storage = root.section("storage");
    let journal = storage.required("journal");
    let segments = storage.integer("segments", 1..=64);
    let sync = storage.duration_ms("sync_ms", 1..=1_000, Duration::from_millis(5));
    let names = root.any("names");
    let green_channel = root.flag("green_channel");
    let peers: Vec<_> = root
        .tables("peer")
        .iter()
        .map(|peer| (peer.required("region"), peer.required("address")))
        .collect();
    document.finish(|| {
        Some(Config {
            region: region?,
            listen: listen?,
            journal: journal?,
            segments: segments?,
            sync: sync?,
            names,
            green_channel: green_channel?,
            peers: peers
                .into_iter()
                .map(|(region, address)| Some((region?, address?)))
                .collect::<Option<_>>()?,
        })
    })
}

#[test]
fn a_good_config_is_read_with_its_defaults() {
    let text = r#"
        region = "330200"
        listen = "127.0.0.1:7400"
        names = ["a", "b"]
        peer = [{ region = "510100", address = "chengdu:7400" }]
        [storage]
        journal = "data/journal"
        segments = 4
    "#;
    let config = read(text).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(config.region.to_string(), "330200");
    assert_eq!(config.listen.port(), 7400);
    assert_eq!(
        (config.journal, config.segments),
        (PathBuf::from("data/journal"), 4)
    );
    assert_eq!(
        (config.sync, config.green_channel),
        (Duration::from_millis(5), false)
    );
    assert_eq!(config.names, ["a", "b"]);
    assert_eq!(
        config.peers,
        [("510100".parse().unwrap(), "chengdu:7400".to_owned())]
    );
}

#[test]
fn a_bad_config_is_told_every_fault_at_once() {
    let text = r#"
region = "33020"
listen = "localhost"
names = ["", 7]
green_channel = "no"
storage = { journal = "", segments = 65, sync_ms = "5" }
[[peer]]
regoin = "510100"
[unknown]
key = 1
"#;
    insta::assert_snapshot!("config", read(text).unwrap_err().to_string());
}

/// A missing table is one fault, and its keys none.
#[test]
fn a_missing_table_is_reported_once() {
    let faults = read("region = \"330200\"\nlisten = \"127.0.0.1:1\"\n").unwrap_err();
    assert_eq!(
        faults
            .list()
            .iter()
            .map(|fault| fault.path.as_str())
            .collect::<Vec<_>>(),
        ["storage"]
    );
}
