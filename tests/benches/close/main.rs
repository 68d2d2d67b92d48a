//! The whole close of a day, from the journal to statements on disk, beside its bare parts in the same run.
//!
//! Close: a clearinghouse opens its store with the day's legs, matches them, cuts off, nets, proves the plan, hashes
//! the trees, signs, and writes and syncs every member's statement. Bare: the same file read and decoded with the same
//! reader while one column is summed; the legs joined by id in a hash table; leaves and nodes hashed; as many bytes
//! written and synced. Net: the same file read with the same reader, its legs decoded and joined on all processors,
//! planned, and the plan proven, beside reading it on one and summing one column; the close's own way there also holds
//! each leg, matches it and signs.
//! Each in a process of its own, whose highest memory is told.
//!
//! `cargo xtask bench close` closes days of 100 thousand, a million and ten million legs; with `-- --quick` one of four
//! thousand, whose figures mean nothing; `-- --legs N` one of so many; `-- --folder PATH` chooses the disk.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::float_arithmetic,
    clippy::as_conversions,
    clippy::disallowed_types,
    missing_docs,
    reason = "a bench stops where it goes wrong, and its figures are floats"
)]

mod bare;
mod closing;
mod day;
mod figures;
#[path = "../shared/ground.rs"]
mod ground;
mod joining;
mod netting;

use std::path::{Path, PathBuf};
use std::process::Command;

use huitong_certs::Identity;

use figures::Figures;
use ground::Ground;

/// Makes this executable one of the processes: `WHAT FOLDER NUMBER`.
const PART: &str = "--part";

const DAYS: [u64; 3] = [100_000, 1_000_000, 10_000_000];

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let after = |name: &str| {
        let place = arguments.iter().position(|argument| argument == name)?;
        Some(&arguments[place + 1..])
    };
    if let Some(told) = after(PART) {
        let (ground, number) = (Ground::of(Path::new(&told[1])), told[2].parse().unwrap());
        match told[0].as_str() {
            "write" => day::write(&ground, number).await,
            "close" => print!("{}", closing::close(&ground).await),
            "net" => print!("{}", netting::net(&ground)),
            "bare" => print!("{}", bare::parts(&ground, number)),
            other => panic!("{other}"),
        }
        return;
    }
    let quick = arguments.iter().any(|argument| argument == "--quick");
    let chosen = after("--legs").map(|told| vec![told[0].parse().unwrap()]);
    let days = chosen.unwrap_or_else(|| if quick { vec![4_000] } else { DAYS.into() });
    let disk = after("--folder").map_or_else(
        || PathBuf::from(env!("CARGO_TARGET_TMPDIR")),
        |told| PathBuf::from(&told[0]),
    );
    for legs in days {
        measure(&disk, legs);
    }
}

/// One day: written, closed, and its parts done bare.
fn measure(disk: &Path, legs: u64) {
    let ground = Ground::prepare(disk, &day::regions(), &[Identity::Clearinghouse]);
    part("write", &ground, legs / 2);
    let net: Figures = part("net", &ground, 0).parse().unwrap();
    let close: Figures = part("close", &ground, 0).parse().unwrap();
    let bare: Figures = part("bare", &ground, close.bytes).parse().unwrap();
    for figures in [&net, &close, &bare] {
        assert_eq!(figures.legs, legs / 2, "every debt");
    }
    println!("{legs} legs, {} MiB of statements", close.bytes >> 20);
    let lines = [("net", &net), ("close", &close), ("bare parts", &bare)];
    for (what, figures) in lines {
        for ((part, seconds), memory) in figures.parts.iter().zip(&figures.by_part) {
            println!("  {what:<11} {part:<18} {seconds:>8.2} s  by then at most {memory:>6} MiB");
        }
        let (seconds, memory) = (figures.seconds(), figures.memory);
        let each = seconds * 1e9 / legs as f64;
        println!(
            "  {what:<11} in all             {seconds:>8.2} s  {each:>6.0} ns/leg  {memory:>6} MiB"
        );
    }
    let reading = bare.parts[0].1;
    let own: f64 = close.parts[..2].iter().map(|(_, seconds)| seconds).sum();
    println!(
        "  close {:.2} times its bare parts; net {:.2} times reading and summing, the close's own {:.2} times",
        close.seconds() / bare.seconds(),
        net.seconds() / reading,
        own / reading
    );
}

/// What a process of its own prints.
fn part(what: &str, ground: &Ground, number: u64) -> String {
    let output = Command::new(std::env::current_exe().unwrap())
        .args([PART, what])
        .arg(ground.place(""))
        .arg(number.to_string())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{what}: {said}");
    String::from_utf8(output.stdout).unwrap()
}
