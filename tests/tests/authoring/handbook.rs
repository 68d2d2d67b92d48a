//! deploy/docs/policy-authors.md does what it says: its documents and snippets are sound, its commands print
//! what stands below them. No block is passed over: one that is of no kind known here fails.
//!
//! | behind the fence | what it is |
//! |---|---|
//! | `toml document NAME` | a whole document: written as NAME, must pass `policy check` |
//! | `toml broken NAME` | a whole document that must not pass |
//! | `toml bill NAME` | a bill: written as NAME for the commands after it |
//! | `toml host` | the head that snippets stand in |
//! | `toml in a layer`, `toml in a document` | a snippet: the host with it must pass |
//! | `console` | commands: run in order in one folder, their output compared; `…` stands for anything |
//! | `console node` | commands that need a running node: those of [`AT_A_NODE`], parsed as they are typed |

use std::collections::BTreeSet;
use std::path::Path;

use clap::{Parser, Subcommand};
use huitong_authoring::PolicyCommand;
use huitong_node::command::policy::PolicyOfficeCommand;

use crate::markdown::{Block, blocks};

/// Commands that need a running node; tests of the network run these.
const AT_A_NODE: [&str; 7] = [
    "publish",
    "approve",
    "reject",
    "withdraw",
    "list",
    "differences",
    "replay",
];

#[derive(Debug, Parser)]
#[command(name = "huitong")]
struct Typed {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    #[command(subcommand)]
    Policy(Policy),
}

/// As the executable puts them together.
#[derive(Debug, Subcommand)]
enum Policy {
    #[command(flatten)]
    Authoring(PolicyCommand),
    #[command(flatten)]
    Office(PolicyOfficeCommand),
}

/// A line as it is typed.
fn typed(line: &str) -> Policy {
    let Command::Policy(policy) = Typed::try_parse_from(words(line)).unwrap().command;
    policy
}

fn handbook() -> Vec<Block> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/docs/policy-authors.md");
    blocks(&std::fs::read_to_string(page).unwrap())
}

/// The words of a line; what stands in quotation marks is one.
fn words(line: &str) -> Vec<String> {
    let pieces = line.split('"').enumerate();
    pieces
        .flat_map(|(at, piece)| {
            if at % 2 == 1 {
                vec![piece.to_owned()]
            } else {
                piece.split_whitespace().map(str::to_owned).collect()
            }
        })
        .collect()
}

/// Runs a line in the folder where the process stands: its exit code, and faults before results.
fn run(line: &str) -> (u8, String) {
    let Policy::Authoring(command) = typed(line) else {
        panic!("{line}: this needs a running node");
    };
    let (mut out, mut said) = (Vec::new(), Vec::new());
    let code = command.run_into(&mut out, &mut said).unwrap();
    said.extend(out);
    (code, String::from_utf8(said).unwrap())
}

/// Whether a text is what was expected, where `…` stands for anything.
fn is_like(text: &str, expected: &str) -> bool {
    let mut pieces = expected.split('…');
    let Some(mut rest) = text.strip_prefix(pieces.next().unwrap()) else {
        return false;
    };
    let mut pieces = pieces.peekable();
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() {
            return rest.ends_with(piece.trim_start_matches('\n')) || piece.trim().is_empty();
        }
        let Some(at) = rest.find(piece) else {
            return false;
        };
        rest = &rest[at + piece.len()..];
    }
    rest.is_empty()
}

/// Stands in a fresh folder; each test is a process of its own under nextest, and holds the folder else.
fn in_a_folder<T>(act: impl FnOnce() -> T) -> T {
    static FOLDER: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _held = FOLDER.lock().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let before = std::env::current_dir().unwrap();
    std::env::set_current_dir(folder.path()).unwrap();
    let done = act();
    std::env::set_current_dir(before).unwrap();
    done
}

fn must_pass(what: &str, name: &str, text: &str) {
    std::fs::write(name, text).unwrap();
    let (code, said) = run(&format!("huitong policy check {name}"));
    assert_eq!(code, 0, "{what}\n{text}\n{said}");
}

#[test]
fn every_document_and_command_is_as_it_says() {
    in_a_folder(|| {
        let mut commands = 0;
        for Block { info, text, line } in handbook() {
            let place = format!("policy-authors.md:{line}");
            match info.as_str() {
                "toml host" | "toml in a layer" | "toml in a document" | "console node" => {}
                "console" => {
                    for exchange in text.split("$ ").skip(1) {
                        let (command, expected) = exchange.split_once('\n').unwrap();
                        let (_, said) = run(command);
                        assert!(
                            is_like(&said, expected),
                            "{place}: {command}\nexpected:\n{expected}\nprinted:\n{said}"
                        );
                        commands += 1;
                    }
                }
                other => {
                    if let Some(name) = other.strip_prefix("toml document ") {
                        must_pass(&place, name, &text);
                    } else if let Some(name) = other.strip_prefix("toml broken ") {
                        std::fs::write(name, &text).unwrap();
                        let (code, said) = run(&format!("huitong policy check {name}"));
                        assert_eq!(code, 1, "{place}\n{said}");
                    } else if let Some(name) = other.strip_prefix("toml bill ") {
                        std::fs::write(name, &text).unwrap();
                    } else {
                        panic!("{place}: nobody reads a block of `{other}`");
                    }
                }
            }
        }
        assert!(commands >= 9, "{commands}");
    });
}

#[test]
fn every_snippet_of_the_cookbook_is_sound_in_its_host() {
    let blocks = handbook();
    let host = blocks
        .iter()
        .find(|block| block.info == "toml host")
        .unwrap();
    in_a_folder(|| {
        let mut snippets = 0;
        for Block { info, text, line } in &blocks {
            let place = format!("policy-authors.md:{line}");
            let document = match info.as_str() {
                "toml in a layer" => in_a_layer(text),
                "toml in a document" => text.clone(),
                _ => continue,
            };
            must_pass(&place, "host.toml", &with_admissions(&host.text, &document));
            snippets += 1;
        }
        assert!(snippets >= 30, "{snippets}");
    });
}

/// The host's layer with the keys of a snippet; what it does not say is said for it.
fn in_a_layer(snippet: &str) -> String {
    let (mut keys, mut tables) = (String::new(), String::new());
    for line in snippet.lines() {
        let is_table = line.starts_with("[totals") || !tables.is_empty();
        let to = if is_table { &mut tables } else { &mut keys };
        to.push_str(line);
        to.push('\n');
    }
    let says = |key: &str| {
        keys.lines()
            .any(|line| line.starts_with(&format!("{key} =")))
    };
    let mut layer = "[[layer]]\nname = \"basic\"\npayer = \"resident_pool\"\n".to_owned();
    if !says("take") {
        layer.push_str("take = [\"in\"]\n");
    }
    if !says("ratio") && !says("segments") {
        layer.push_str("ratio = \"0.70\"\n");
    }
    if says("start") && keys.contains("scope =") {
        layer.push_str("measure = \"absolute\"\n");
    }
    format!("{layer}{keys}\n{tables}")
}

/// A policy that asks for the nth admission declares that total; the host does so where a snippet asks.
fn with_admissions(host: &str, document: &str) -> String {
    let asks = document.contains("ordinal");
    let total = "\n[totals.admissions]\nadds = \"admission\"\nperiod = \"year\"\n";
    format!("{host}{}\n{document}", if asks { total } else { "" })
}

/// The commands for a node stand apart, each of them at least once, and nothing else with them.
#[test]
fn commands_at_a_node_are_marked_and_all_there() {
    let mut seen = BTreeSet::new();
    for Block { info, text, line } in handbook() {
        for command in text.lines().filter_map(|line| line.strip_prefix("$ ")) {
            let words = words(command);
            assert_eq!(words[..2], ["huitong", "policy"], "line {line}: {command}");
            let is_at_a_node = AT_A_NODE.contains(&words[2].as_str());
            assert_eq!(
                is_at_a_node,
                info == "console node",
                "line {line}: {command}"
            );
            if is_at_a_node {
                // The flags are the command's own, whatever digest is meant.
                let line = command.replace("DIGEST", &"0".repeat(64));
                assert!(matches!(typed(&line), Policy::Office(_)), "{line}");
                seen.insert(words[2].clone());
            }
        }
    }
    assert_eq!(seen, AT_A_NODE.map(str::to_owned).into());
}

#[test]
fn an_expected_text_is_matched_with_gaps_and_nothing_else() {
    assert!(is_like("a\nb\nc\n", "a\n…\nc\n"));
    assert!(is_like("a 12 b\n", "a … b\n"));
    assert!(is_like("warned\nx: 1 of 1, more\n", "…x: 1 of 1…\n"));
    assert!(!is_like("a\nb\nc\n", "a\n…\nd\n"));
    assert!(!is_like("a\nb\n", "a\n"));
}
