//! Durable commits through the journal beside raw append + `fdatasync` at the same
//! group sizes, in the same run: rounds are interleaved, medians are shown.
//!
//! `cargo bench -p huitong-journal` · `-- --quick` for a short form · `-- --folder
//! PATH` to choose the disk. It checks nothing; figures of a busy machine vary.
//!
//! "raw" appends one buffer for a whole group and syncs once; "zeroed" does so in a
//! file whose blocks were written before. Both have nobody to answer. The journal
//! runs with one submitter that keeps that many commits in flight, as a server's
//! deciding thread does, and, as "threads", with that many blocking callers.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::float_arithmetic,
    clippy::arithmetic_side_effects,
    reason = "a bench"
)]

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Instant;

use huitong_journal::{DirDisk, Journal, Options};

const RECORD_BYTES: usize = 300;

#[derive(Clone, Copy)]
struct Shape {
    records: usize,
    committers: usize,
    groups: usize,
}

const SHAPES: [Shape; 4] = [
    shape(1, 1, 2_000),
    shape(1, 64, 1_000),
    shape(10, 64, 400),
    shape(100, 64, 100),
];

const fn shape(records: usize, committers: usize, groups: usize) -> Shape {
    Shape {
        records,
        committers,
        groups,
    }
}

#[derive(Clone, Copy)]
enum Engine {
    Raw,
    Zeroed,
    InFlight,
    Threads,
}

const ENGINES: [Engine; 4] = [
    Engine::Raw,
    Engine::Zeroed,
    Engine::InFlight,
    Engine::Threads,
];

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let quick = arguments.iter().any(|argument| argument == "--quick");
    let (rounds, share) = if quick { (3, 10) } else { (15, 1) };
    let chosen = arguments.iter().position(|argument| argument == "--folder");
    let folder = chosen.map_or_else(
        || PathBuf::from(env!("CARGO_TARGET_TMPDIR")),
        |place| PathBuf::from(&arguments[place + 1]),
    );
    println!("commits/s, {RECORD_BYTES}-byte records, medians of {rounds} interleaved rounds");
    println!(
        "records  committers       raw    zeroed   journal  /raw  /zeroed  group |  threads  /raw"
    );
    for shape in SHAPES {
        let shape = Shape {
            groups: (shape.groups / share).max(20),
            ..shape
        };
        row(&folder, shape, rounds);
    }
}

fn row(folder: &Path, shape: Shape, rounds: usize) {
    let mut rates: [Vec<f64>; 4] = Default::default();
    let mut group_sizes = Vec::new();
    for round in 0..rounds {
        for turn in 0..ENGINES.len() {
            // Another order each round, so that no engine always follows the same.
            let engine = (turn + round) % ENGINES.len();
            let here = tempfile::tempdir_in(folder).unwrap();
            let (rate, group) = run(ENGINES[engine], here.path(), shape);
            rates[engine].push(rate);
            if matches!(ENGINES[engine], Engine::InFlight) {
                group_sizes.push(group);
            }
        }
    }
    let [raw, zeroed, journal, threads] = rates.map(median);
    println!(
        "{:>7}  {:>10}  {raw:>8.0}  {zeroed:>8.0}  {journal:>8.0}  {:>4.2}  {:>7.2}  {:>5.0} | {threads:>8.0}  {:>4.2}",
        shape.records,
        shape.committers,
        journal / raw,
        journal / zeroed,
        median(group_sizes),
        threads / raw,
    );
}

/// Commits a second, and commits per frame.
fn run(engine: Engine, folder: &Path, shape: Shape) -> (f64, f64) {
    let commits = shape.groups * shape.committers;
    let (seconds, frames) = match engine {
        Engine::Raw => raw(&new_file(folder), shape),
        Engine::Zeroed => {
            let file = new_file(folder);
            let zeros = vec![0; shape.records * shape.committers * RECORD_BYTES];
            for group in 0..shape.groups {
                file.write_all_at(&zeros, (group * zeros.len()) as u64)
                    .unwrap();
            }
            raw(&file, shape)
        }
        Engine::InFlight | Engine::Threads => {
            let disk = DirDisk::at(folder).unwrap();
            let (journal, _) = Journal::open(disk, Options::standard(), None).unwrap();
            let seconds = if matches!(engine, Engine::InFlight) && shape.committers > 1 {
                in_flight(&journal, shape)
            } else {
                threads(&journal, shape)
            };
            (seconds, journal.tip().frame as usize)
        }
    };
    (commits as f64 / seconds, commits as f64 / frames as f64)
}

fn new_file(folder: &Path) -> File {
    let mut how = OpenOptions::new();
    how.read(true).write(true).create_new(true);
    how.open(folder.join("raw")).unwrap()
}

fn raw(file: &File, shape: Shape) -> (f64, usize) {
    file.sync_all().unwrap();
    let group = vec![7; shape.records * shape.committers * RECORD_BYTES];
    let start = Instant::now();
    for number in 0..shape.groups {
        file.write_all_at(&group, (number * group.len()) as u64)
            .unwrap();
        file.sync_data().unwrap();
    }
    (start.elapsed().as_secs_f64(), shape.groups)
}

fn records(shape: Shape) -> Vec<Vec<u8>> {
    vec![vec![7; RECORD_BYTES]; shape.records]
}

/// One submitter, woken by the callbacks.
fn in_flight(journal: &Journal, shape: Shape) -> f64 {
    let commits = shape.groups * shape.committers;
    let (told, answers) = channel();
    let start = Instant::now();
    let submit = || {
        let told = told.clone();
        let done = move |answer: Result<_, _>| told.send(answer.is_ok()).unwrap();
        journal.append(records(shape), done).unwrap();
    };
    (0..shape.committers).for_each(|_| submit());
    for number in 0..commits {
        assert!(answers.recv().unwrap());
        if number + shape.committers < commits {
            submit();
        }
    }
    start.elapsed().as_secs_f64()
}

/// Blocking callers, one thread each.
fn threads(journal: &Journal, shape: Shape) -> f64 {
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..shape.committers {
            scope.spawn(|| {
                for _ in 0..shape.groups {
                    journal.append_and_wait(records(shape)).unwrap();
                }
            });
        }
    });
    start.elapsed().as_secs_f64()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
