//! The example file holds, with and without what it comments out; every fault is found at its line.

use std::fs;

use huitong_certs::authority::Hosts;
use huitong_certs::directory::{Overwrite, write_party};
use huitong_certs::{Authority, Identity, Validity};
use tempfile::TempDir;

use super::*;
use crate::clock::SystemClock;

const EXAMPLE: &str = include_str!("../../../deploy/config/node.example.toml");

/// The fingerprint of the key in the folder.
const KEY_ID: &str = "a76a3e8aac9eca0a";

fn region(text: &str) -> RegionCode {
    text.parse().unwrap()
}

/// A folder with all files that the example names.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let certs = folder.path().join("certs");
    let days = |days| Validity::days(jiff::Timestamp::now(), days).unwrap();
    let root = Authority::new_root(&"huitong.example".parse().unwrap(), days(999)).unwrap();
    let issue = |identity: &Identity| root.issue(identity, &Hosts::none(), days(365)).unwrap();
    let node = issue(&Identity::RegionNode(region("330200")));
    let signing = issue(&Identity::RegionNodeSigning(region("330200")));
    write_party(
        &certs,
        &node,
        Some(&signing),
        root.certificate_pem(),
        Overwrite::Refuse,
    )
    .unwrap();
    fs::create_dir(certs.join("peers")).unwrap();
    for other in ["510100", "310000"] {
        let of_other = issue(&Identity::RegionNodeSigning(region(other)));
        let path = certs.join("peers").join(format!("{other}-signing.crt"));
        fs::write(path, of_other.chain_pem()).unwrap();
    }
    let key = huitong_core::duplicate::TagKey::from_bytes([7; 32]);
    fs::write(folder.path().join("duplicates.key"), key.expose()).unwrap();
    fs::write(
        folder.path().join("holidays.txt"),
        "# of our own\n2026-03-17\n\n2026-03-18 # 2nd\n",
    )
    .unwrap();
    folder
}

fn read_in(folder: &TempDir, text: &str) -> Result<NodeSettings, Faults> {
    read("node.toml", folder.path(), text, Arc::new(SystemClock))
}

/// The places of all faults, as `line path`.
fn check(folder: &TempDir, text: &str, expected: &[&str]) {
    let faults = read_in(folder, text).err().unwrap();
    let places: Vec<String> = faults
        .list()
        .iter()
        .map(|fault| format!("{} {}", fault.line, fault.path))
        .collect();
    assert_eq!(places, expected, "{faults}");
}

/// The example with every key that it comments out put in.
fn uncommented() -> String {
    let line = |line: &str| match line.strip_prefix("# ") {
        Some(rest)
            if rest
                .split_once(" = ")
                .is_some_and(|(key, _)| !key.contains(' ')) =>
        {
            rest.to_owned()
        }
        Some(_) | None => line.to_owned(),
    };
    // It takes the place of the State Council's days, and is refused beside them.
    let stands = |text: &&str| !text.starts_with("# weekends = ");
    let lines = EXAMPLE.lines().filter(stands);
    lines.map(|text| line(text) + "\n").collect()
}

#[test]
fn the_example_holds() {
    let folder = folder();
    let settings = read_in(&folder, EXAMPLE)
        .map_err(|faults| faults.to_string())
        .ok()
        .unwrap();
    let node = settings.node;
    assert_eq!(node.region, region("330200"));
    assert_eq!(node.data, folder.path().join("data"));
    assert_eq!(
        node.clearinghouse.as_deref(),
        Some("https://clearing.example:7500")
    );
    let regions: Vec<_> = node
        .directory
        .iter()
        .map(|entry| entry.region.to_string())
        .collect();
    assert_eq!(regions, ["510100", "310000"]);
    let open = |day: &str| node.calendar.is_business(day.parse().unwrap());
    assert_eq!(
        [
            "2026-01-01",
            "2026-01-04",
            "2026-01-05",
            "2026-12-31",
            "2027-01-02",
            "2027-01-03"
        ]
        .map(open),
        [false, true, true, true, false, false]
    );
    assert_eq!(settings.telemetry.filter, "info");
}

#[test]
fn what_the_example_comments_out_is_what_holds_without_it() {
    let folder = folder();
    fs::write(folder.path().join("certs/revoked.crl"), "").unwrap();
    let text = uncommented().replace(
        "revocation_lists = [\"certs/revoked.crl\"]",
        "revocation_lists = []",
    );
    let (given, plain) = (read_in(&folder, &text), read_in(&folder, EXAMPLE));
    let (given, plain) = (
        given.map_err(|faults| faults.to_string()).ok().unwrap(),
        plain.ok().unwrap(),
    );
    assert!(
        text.lines()
            .filter(|line| line.starts_with("commit_ms") || line.starts_with("drain_ms"))
            .count()
            == 2
    );
    assert_eq!(given.node.timing, plain.node.timing);
    assert_eq!(given.node.report_every, plain.node.report_every);
    assert_eq!(given.node.journal, plain.node.journal);
    assert_eq!(given.node.store, plain.node.store);
    assert_eq!(
        format!("{:?}", given.node.server),
        format!("{:?}", plain.node.server)
    );
    assert_eq!(
        format!("{:?}", given.node.client),
        format!("{:?}", plain.node.client)
    );
    assert_eq!(
        Telemetry {
            collector: None,
            ..given.telemetry.clone()
        },
        plain.telemetry
    );
    assert!(given.telemetry.collector.is_some());
    // A working Wednesday by the State Council, and a day off by the file.
    let day = "2026-03-18".parse().unwrap();
    assert!(plain.node.calendar.is_business(day));
    assert!(!given.node.calendar.is_business(day));
}

#[test]
fn every_fault_is_listed_at_once() {
    let folder = folder();
    check(
        &folder,
        "region = \"3302\"\nlistn = \"0.0.0.0:7400\"\ndata = \"\"\n\
         [tls]\nchain = \"none.crt\"\nkey = \"certs/tls.key\"\nroots = \"certs/root.crt\"\n\
         [signing]\nkey = \"certs/tls.crt\"\ncertificate = \"certs/signing.crt\"\n\
         [clearinghouse]\nendpoint = \"http://clearing:7500\"\n\
         [calendar]\nfile = \"none.txt\"\n\
         [timing]\nask_ms = 1\n\
         [limits]\ncalls = 0\n\
         [store]\npeople = \"some\"\nkeep_days = -1\n\
         [journal]\nsegment_mib = 1\n\
         [telemetry]\nformat = \"xml\"\n",
        &[
            "1 listen",
            "1 region",
            "2 listn",
            "3 data",
            "5 tls.chain",
            "9 signing.key",
            "12 clearinghouse.endpoint",
            "14 calendar.file",
            "16 timing.ask_ms",
            "18 limits.calls",
            "20 store.people",
            "21 store.keep_days",
            "23 journal.segment_mib",
            "25 telemetry.format",
        ],
    );
}

#[test]
fn a_node_answers_so_many_calls_at_once_that_institutions_have_some() {
    let folder = folder();
    let with = |calls: u64| EXAMPLE.replace("[limits]", &format!("[limits]\ncalls = {calls}"));
    let fewest = read_in(&folder, &with(8)).ok().unwrap();
    assert_eq!(fewest.node.server.calls, 8);
    let line = with(1)
        .lines()
        .position(|line| line == "calls = 1")
        .unwrap()
        + 1;
    for too_few in [1, 7] {
        check(&folder, &with(too_few), &[&format!("{line} limits.calls")]);
    }
}

#[test]
fn every_file_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let text = "region = \"330200\"\nlisten = \"0.0.0.0:7400\"\ndata = \"data\"\n\
         [tls]\nchain = \"tls.crt\"\nkey = \"tls.key\"\nroots = \"root.crt\"\nrevocation_lists = [\"revoked.crl\"]\n\
         [signing]\nkey = \"signing.key\"\ncertificate = \"signing.crt\"\n";
    check(
        &folder,
        text,
        &[
            "5 tls.chain",
            "6 tls.key",
            "7 tls.roots",
            "8 tls.revocation_lists",
            "10 signing.key",
            "11 signing.certificate",
        ],
    );
}

#[test]
fn the_certificates_are_those_of_the_region() {
    let folder = folder();
    let line = |of: &str| {
        EXAMPLE
            .lines()
            .position(|line| line.starts_with(of))
            .unwrap()
            + 1
    };
    let other = EXAMPLE.replace("region = \"330200\"", "region = \"330100\"");
    let (chain, certificate) = (line("chain"), line("certificate ="));
    check(&folder, &other, &[&format!("{chain} tls.chain")]);
    let swapped = EXAMPLE.replace("certs/signing.crt", "certs/peers/510100-signing.crt");
    check(
        &folder,
        &swapped,
        &[&format!("{certificate} signing.certificate")],
    );
    let twice = EXAMPLE.replace("\"310000\"", "\"510100\"");
    let second = EXAMPLE
        .lines()
        .position(|line| line == "region = \"310000\"")
        .unwrap()
        + 1;
    check(&folder, &twice, &[&format!("{second} directory[1].region")]);
    let mistaken = EXAMPLE.replace("310000-signing", "510100-signing");
    check(
        &folder,
        &mistaken,
        &[&format!("{} directory[1].signing_certificate", second + 2)],
    );
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = load(Path::new("/nowhere/node.toml"), Arc::new(SystemClock))
        .err()
        .unwrap();
    assert!(
        error.to_string().starts_with("/nowhere/node.toml: "),
        "{error}"
    );
}

#[test]
fn duplicates_are_looked_for_with_a_key_and_a_clearinghouse() {
    let folder = folder();
    let with = |from: &str, to: &str| EXAMPLE.replace(from, to);
    let named = with("# key = \"dup", "key = \"dup");
    let rule = read_in(&folder, &named).ok().unwrap().node.duplicates;
    let rule = rule.unwrap();
    assert_eq!(rule.key.id().to_string(), KEY_ID);
    assert!(
        read_in(&folder, EXAMPLE)
            .ok()
            .unwrap()
            .node
            .duplicates
            .is_none()
    );
    let line = EXAMPLE.lines().position(|line| line == "[duplicates]");
    let line = line.unwrap() + 2;
    let place = format!("{line} duplicates.key");
    let lost = named.replace("duplicates.key\"", "lost.key\"");
    check(&folder, &lost, &[&place]);
    let other = named.replace("duplicates.key\"", "holidays.txt\"");
    check(&folder, &other, &[&place]);
    let alone = named.replace("[clearinghouse]\nendpoint", "# endpoint");
    check(&folder, &alone, &[&format!("{} duplicates.key", line - 1)]);
}
