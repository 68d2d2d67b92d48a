//! Configurations that hold, and every fault of those that do not.

use super::*;
use crate::payments::Moves;

#[test]
fn every_fault_is_told_at_once() {
    let text = r#"
listen = "127.0.0.1"
dta = "/tmp"
[tls]
chain = "a"
key = "b"
[cut_off]
automatic = "sometimes"
deadline_minutes = 0
[attestation]
wait_minutes = -1
[payment]
moves = "weekly"
due_days = 0
order_days = 61
[month]
order_by_day = 32
delay_months = 25
rows_of_a_piece = 0
[[region]]
code = "330200"
member = "510000"
[[region]]
code = "330200"
"#;
    let faults = Config::parse("c.toml", text).unwrap_err();
    let found: Vec<_> = faults
        .list()
        .iter()
        .map(|fault| fault.path.as_str())
        .collect();
    for path in [
        "listen",
        "data",
        "dta",
        "tls.roots",
        "signing",
        "cut_off.automatic",
        "cut_off.deadline_minutes",
        "attestation.wait_minutes",
        "payment.moves",
        "payment.due_days",
        "payment.order_days",
        "month.order_by_day",
        "month.delay_months",
        "month.rows_of_a_piece",
        "region[0].member",
        "region[1].code",
    ] {
        assert!(found.contains(&path), "{path} in {found:?}");
    }
}

#[test]
fn every_file_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let text = "listen = \"127.0.0.1:0\"\ndata = \"d\"\n[tls]\nchain = \"tls.crt\"\nkey = \"tls.key\"\n\
                roots = \"root.crt\"\n[signing]\nkey = \"signing.key\"\ncertificate = \"signing.crt\"\n\
                [[region]]\ncode = \"330200\"\n[[region]]\ncode = \"510100\"\n";
    let faults = Config::read("c.toml", text, folder.path(), Files::Read).unwrap_err();
    let found = faults.list().iter().map(|fault| fault.path.as_str());
    let found: Vec<_> = found.collect();
    assert_eq!(
        found,
        [
            "tls.chain",
            "tls.key",
            "tls.roots",
            "signing.key",
            "signing.certificate"
        ]
    );
}

#[test]
fn one_region_has_nobody_to_clear_with() {
    let text = "listen = \"127.0.0.1:0\"\ndata = \"d\"\n[tls]\nchain = \"c\"\nkey = \"k\"\n\
                roots = \"r\"\n[signing]\nkey = \"k\"\ncertificate = \"c\"\n[[region]]\ncode = \"330200\"\n";
    let faults = Config::parse("c.toml", text).unwrap_err();
    assert_eq!(faults.list().len(), 1);
    assert!(
        faults.to_string().contains("at least two regions"),
        "{faults}"
    );
}

#[test]
fn a_deadline_lies_between_eight_in_the_morning_and_the_end_of_the_next_day() {
    let text = include_str!("../../../deploy/config/clearinghouse.example.toml");
    let with = |minutes: u32| {
        let line = format!("\ndeadline_minutes = {minutes} ");
        let text = text.replace("\n# deadline_minutes = 1500 ", &line);
        assert!(text.contains(&line));
        Config::parse("c.toml", &text)
    };
    for minutes in [479, 2_881] {
        let faults = with(minutes).unwrap_err();
        assert_eq!(faults.list().len(), 1);
        assert_eq!(faults.list()[0].path, "cut_off.deadline_minutes");
    }
    for minutes in [480, 2_880] {
        let schedule = with(minutes).unwrap().schedule;
        assert_eq!(schedule.deadline_minutes(), minutes);
    }
}

#[test]
fn the_example_file_can_be_read() {
    let text = include_str!("../../../deploy/config/clearinghouse.example.toml");
    let config = Config::parse("clearinghouse.example.toml", text).unwrap();
    assert_eq!(config.members().iter().len(), 3);
    // What is commented out shows the value that holds without it.
    let all = text.replace("\n# deadline_minutes", "\ndeadline_minutes");
    let all = all.replace("\n# automatic", "\nautomatic");
    let keys = [
        "moves",
        "due_days",
        "order_days",
        "order_by_day",
        "delay_months",
        "wait_minutes",
        "yellow_percent",
        "red_percent",
        "ask_days",
        "months",
        "rows_of_a_piece",
    ];
    let all = keys.iter().fold(all, |all, key| {
        all.replace(&format!("\n# {key}"), &format!("\n{key}"))
    });
    let all = Config::parse("all", &all).unwrap();
    assert_eq!(
        (
            all.schedule,
            all.payment,
            all.wait_minutes,
            all.prefund,
            all.month
        ),
        (
            config.schedule,
            config.payment,
            config.wait_minutes,
            config.prefund,
            config.month
        )
    );
}

#[test]
fn money_moves_by_the_day_unless_it_is_said_that_it_moves_by_the_month() {
    let example = include_str!("../../../deploy/config/clearinghouse.example.toml");
    let told = |moves: &str| {
        let text = example.replace("[payment]", &format!("[payment]\nmoves = {moves}"));
        Config::parse("c.toml", &text).map(|config| config.payment.moves)
    };
    let config = Config::parse("c.toml", example).unwrap();
    assert_eq!(config.payment.moves, Moves::Daily);
    assert_eq!(told("\"daily\"").unwrap(), Moves::Daily);
    assert_eq!(told("\"monthly\"").unwrap(), Moves::Monthly);
    let line = 1 + example
        .lines()
        .take_while(|line| *line != "[payment]")
        .count();
    for wrong in ["\"weekly\"", "true", "\"Monthly\""] {
        let faults = told(wrong).unwrap_err().to_string();
        let place = format!("c.toml:{}", line + 1);
        assert!(
            faults.contains(&place) && faults.contains("\"monthly\""),
            "{faults}"
        );
    }
}

#[test]
fn officers_are_named_once_with_roles_that_there_are() {
    let text = "listen = \"127.0.0.1:0\"\ndata = \"d\"\n[[officer]]\nname = \"wang.fang\"\nroles = [\"look\"]\n\
                [[officer]]\nname = \"zhao.min\"\nroles = [\"everything\"]\n\
                [[officer]]\nname = \"li.wei\"\nroles = []\n\
                [[officer]]\nname = \"wang.fang\"\nroles = [\"pay\"]\n";
    let faults = Config::parse("c.toml", text).unwrap_err();
    let found = faults.list().iter().map(|fault| fault.path.as_str());
    let found: Vec<_> = found.filter(|path| path.starts_with("officer")).collect();
    assert_eq!(
        found,
        ["officer[1].roles[0]", "officer[2].roles", "officer[3].name"]
    );
}
