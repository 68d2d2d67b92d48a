//! The commands as a person meets them: help that says what each thing is, and every fault of a file at
//! once, with exit code 64, or 1 for a policy.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use huitong_tests::executable::{run, texts};
use huitong_tests::register::{CHENGDU, NINGBO};
use huitong_tests::start;

/// The exit code of input that cannot be used.
const BAD_INPUT: i32 = 64;
/// The exit code for a document with faults.
const BAD_DOCUMENT: i32 = 1;
/// The exit code of words that no command knows.
const BAD_WORDS: i32 = 2;
/// A terminal is seldom wider.
const WIDEST: usize = 160;

/// What is not readable in the help of a command.
fn unreadable(help: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if help
        .lines()
        .next()
        .is_none_or(|first| first.trim().is_empty() || first.starts_with("Usage"))
    {
        faults.push("does not begin with what it is for".to_owned());
    }
    if !help.contains("Usage: huitong") {
        faults.push("shows no usage".to_owned());
    }
    let mut lines = help.lines().peekable();
    while let Some(line) = lines.next() {
        if line.chars().count() > WIDEST {
            faults.push(format!("too wide: {line}"));
        }
        let shown = line.trim_start();
        // "- word: …" is a value that an option may have.
        let is_option = line.starts_with(' ') && shown.starts_with('-') && !shown.starts_with("- ");
        let is_said = shown.trim_end().contains("  ")
            || lines
                .peek()
                .is_some_and(|next| next.starts_with("          ") && !next.trim().is_empty());
        if is_option && !is_said {
            faults.push(format!("not said what it does: {shown}"));
        }
    }
    faults
}

/// What the help of a command says in English alone: its first line, its arguments and options.
fn english_alone(help: &str) -> Vec<String> {
    let is_chinese = |it: char| ('\u{4e00}'..='\u{9fff}').contains(&it);
    let mut entries: Vec<String> = help.lines().take(1).map(str::to_owned).collect();
    for line in help.lines().skip(1) {
        let shown = line.trim_start();
        let begins = line.starts_with(' ') && shown.starts_with(['-', '<']);
        // "- word: …" is a value that an option may have.
        if begins && !shown.starts_with("- ") {
            entries.push(shown.to_owned());
        } else if let Some(entry) = entries.last_mut() {
            entry.push_str(line);
        }
    }
    let of_clap = |entry: &str| entry.contains("--help") || entry.contains("--version");
    entries.retain(|entry| !entry.contains(is_chinese) && !of_clap(entry));
    entries
}

/// The subcommands that a help lists.
fn subcommands(help: &str) -> Vec<String> {
    let listed = help.split("Commands:").nth(1).unwrap_or_default();
    listed
        .lines()
        .skip(1)
        .take_while(|line| line.starts_with("  "))
        .filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next())
        .filter(|name| *name != "help" && name.chars().all(|c| c.is_ascii_lowercase() || c == '-'))
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn each_command_says_what_it_is_for() {
    let mut open: VecDeque<Vec<String>> = VecDeque::from([Vec::new()]);
    let (mut seen, mut faults) = (Vec::new(), Vec::new());
    while let Some(command) = open.pop_front() {
        let args: Vec<&str> = command
            .iter()
            .map(String::as_str)
            .chain(["--help"])
            .collect();
        let output = run(&args).await;
        let (help, said) = texts(&output);
        let name = command.join(" ");
        assert!(
            output.status.success(),
            "huitong {name} --help: {}\n{said}",
            output.status
        );
        faults.extend(
            unreadable(&help)
                .into_iter()
                .map(|fault| format!("huitong {name}: {fault}")),
        );
        if name.starts_with("policy") {
            let wanting = english_alone(&help).into_iter();
            faults.extend(wanting.map(|it| format!("huitong {name}: not in Chinese: {it}")));
        }
        open.extend(
            subcommands(&help)
                .into_iter()
                .map(|next| [command.clone(), vec![next]].concat()),
        );
        seen.push(name);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    for expected in [
        "node run",
        "node check-config",
        "node import",
        "clearinghouse run",
        "clearinghouse check-config",
        "clearing status",
        "clearing cut-off",
        "clearing net",
        "clearing statement",
        "certs init",
        "certs issue",
        "certs show",
        "policy check",
        "policy digest",
        "policy adjudicate",
        "policy build",
        "policy new",
        "policy explain",
        "policy diff",
        "policy schema",
        "policy publish",
        "policy approve",
        "policy reject",
        "policy withdraw",
        "policy list",
        "policy differences",
        "policy replay",
        "demo",
    ] {
        assert!(
            seen.iter().any(|name| name == expected),
            "no huitong {expected} among {seen:?}"
        );
    }
}

/// Runs a command that must exit 64, and what it said in all.
async fn refused(args: &[&str]) -> String {
    exits(BAD_INPUT, args).await
}

/// Runs a command that must exit with this code, and what it said in all.
async fn exits(code: i32, args: &[&str]) -> String {
    let output = run(args).await;
    let (printed, said) = texts(&output);
    let all = format!("{printed}{said}");
    assert_eq!(
        output.status.code(),
        Some(code),
        "huitong {}:\n{all}",
        args.join(" ")
    );
    all
}

#[tokio::test]
async fn what_is_wrong_with_the_words_is_said_in_both_languages_and_exits_2() {
    for (words, zh, en) in [
        (
            "clearing status --dya 1",
            "没有 --dya 这一参数",
            "unexpected argument '--dya'",
        ),
        (
            "clearing status --day",
            "--day <DAY> 缺少取值",
            "a value is required for",
        ),
        (
            "clearing netz",
            "没有 netz 这一命令",
            "unrecognized subcommand 'netz'",
        ),
        (
            "clearing verify --roots r",
            "缺少必需的参数：--statement",
            "were not provided",
        ),
        (
            "clearing status --day 2026-02-30",
            "没有这一天",
            "no such day",
        ),
    ] {
        let args: Vec<&str> = words.split(' ').collect();
        let said = exits(BAD_WORDS, &args).await;
        let first = said.lines().next().unwrap_or_default();
        assert!(
            first.starts_with("错误：") && first.contains(zh),
            "{words}: {said}"
        );
        assert!(
            said.contains("error: ") && said.contains(en),
            "{words}: {said}"
        );
    }
}

/// Writes a sound file with some lines made wrong beside it.
fn spoiled(sound: &Path, wrong: &[(&str, &str)]) -> PathBuf {
    let mut text = std::fs::read_to_string(sound).unwrap();
    for (line, instead) in wrong {
        assert!(text.contains(line), "{line} is not in {}", sound.display());
        text = text.replacen(line, instead, 1);
    }
    let path = sound.with_file_name("spoiled.toml");
    std::fs::write(&path, text).unwrap();
    path
}

/// The number of the line that a file has a text on.
fn line_of(file: &Path, text: &str) -> usize {
    let content = std::fs::read_to_string(file).unwrap();
    content
        .lines()
        .position(|line| line.contains(text))
        .unwrap()
        + 1
}

#[tokio::test]
async fn every_fault_of_a_nodes_file_is_listed_at_once() {
    let world = start::lay_out(&[&NINGBO, &CHENGDU]);
    let sound = world.region_folder(&CHENGDU).join("config.toml");
    let checked = run(&[
        "node",
        "check-config",
        "--config",
        &sound.display().to_string(),
    ])
    .await;
    assert!(checked.status.success(), "{:?}", texts(&checked));

    let bad = spoiled(
        &sound,
        &[
            ("listen = ", "lisen = 1\nlisten = "),
            ("region = \"330200\"", "region = \"33020\""),
            ("tls.key\"", "missing.key\""),
            ("ask_ms = 3000", "ask_ms = 1"),
        ],
    );
    let config = bad.display().to_string();
    for action in ["check-config", "run"] {
        let said = refused(&["node", action, "--config", &config]).await;
        let at = |text| format!("{config}:{}:", line_of(&bad, text));
        for (place, about) in [
            (at("lisen = 1"), "did you mean `listen`?"),
            (at("\"33020\""), "region"),
            (at("missing.key"), "missing.key"),
            (at("ask_ms"), "ask_ms"),
        ] {
            let is_listed = said
                .lines()
                .any(|line| line.starts_with(&place) && line.contains(about));
            assert!(
                is_listed,
                "{action}: nothing about {about} at {place}\n{said}"
            );
        }
    }
}

#[tokio::test]
async fn every_fault_of_the_clearinghouses_file_is_listed_at_once() {
    let world = start::lay_out(&[&NINGBO, &CHENGDU]);
    let sound = world.clearinghouse_folder().join("config.toml");
    let checked = run(&[
        "clearinghouse",
        "check-config",
        "--config",
        &sound.display().to_string(),
    ])
    .await;
    assert!(checked.status.success(), "{:?}", texts(&checked));

    let bad = spoiled(
        &sound,
        &[
            ("listen = ", "lisen = 1\nlisten = "),
            ("code = \"330200\"", "code = \"33020\""),
            ("tls.key\"", "missing.key\""),
            ("automatic = \"never\"", "automatic = \"sometimes\""),
        ],
    );
    let config = bad.display().to_string();
    for action in ["check-config", "run"] {
        let said = refused(&["clearinghouse", action, "--config", &config]).await;
        for about in ["lisen", "33020", "missing.key", "sometimes"] {
            let place = format!("{config}:{}:", line_of(&bad, about));
            assert!(
                said.lines().any(|line| line.starts_with(&place)),
                "{action}: nothing at {place}\n{said}"
            );
        }
    }
}

#[tokio::test]
async fn every_fault_of_a_policy_is_listed_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let sound = folder.path().join("policy.toml");
    std::fs::write(
        &sound,
        include_str!("../../data/resident.toml").replace("{region}", "330200"),
    )
    .unwrap();
    let checked = run(&["policy", "check", &sound.display().to_string()]).await;
    assert!(checked.status.success(), "{:?}", texts(&checked));

    let faulty = spoiled(
        &sound,
        &[
            ("scheme = \"resident\"", "scheme = \"residents\""),
            ("ratio = \"0.50\"", "ratio = \"1.50\""),
            ("payer = \"resident_pool\"", "payer = \"pool\""),
        ],
    );
    let file = faulty.display().to_string();
    let said = exits(BAD_DOCUMENT, &["policy", "check", &file]).await;
    for wrong in ["\"residents\"", "\"1.50\"", "\"pool\""] {
        let place = format!("{file}:{}:", line_of(&faulty, wrong));
        assert!(
            said.lines().any(|line| line.contains(&place)),
            "nothing at {place}\n{said}"
        );
    }

    // An example that does not come out is a fault as well: both figures are shown.
    let wrong = spoiled(
        &sound,
        &[("inpatient = \"13160\"", "inpatient = \"13161\"")],
    );
    let said = exits(
        BAD_DOCUMENT,
        &["policy", "check", &wrong.display().to_string()],
    )
    .await;
    assert!(
        said.contains("13161.00") && said.contains("13160.00"),
        "{said}"
    );
    assert!(
        !said.contains("patient_total"),
        "only what differs is named:\n{said}"
    );
}
