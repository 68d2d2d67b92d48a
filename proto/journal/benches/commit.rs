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
use std::time::{Duration, Instant};

use huitong_journal::{DirDisk, Journal, Options, Submission};

const RECORD_BYTES: usize = 300;
const ZEROED_BYTES: usize = 32 << 20;

#[derive(Clone, Copy)]
struct Shape {
    records: usize,
    committers: usize,
}

impl Shape {
    const fn group_bytes(self) -> usize {
        self.records * self.committers * RECORD_BYTES
    }

    fn submission(self) -> Submission {
        let mut submission = Submission::of(&[7; RECORD_BYTES]);
        (1..self.records).for_each(|_| submission.push(&[7; RECORD_BYTES]));
        submission
    }
}

const SHAPES: [Shape; 4] = [shape(1, 1), shape(1, 64), shape(10, 64), shape(100, 64)];

const fn shape(records: usize, committers: usize) -> Shape {
    Shape {
        records,
        committers,
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
    let (rounds, span_ms) = if quick { (3, 60) } else { (11, 300) };
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
        row(&folder, shape, rounds, Duration::from_millis(span_ms));
    }
}

fn row(folder: &Path, shape: Shape, rounds: usize, span: Duration) {
    let mut rates: [Vec<f64>; 4] = Default::default();
    let mut group_sizes = Vec::new();
    for round in 0..rounds {
        for turn in 0..ENGINES.len() {
            // Another order each round, so that no engine always follows the same.
            let engine = (turn + round) % ENGINES.len();
            let here = tempfile::tempdir_in(folder).unwrap();
            let (rate, group) = run(ENGINES[engine], here.path(), shape, span);
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
fn run(engine: Engine, folder: &Path, shape: Shape, span: Duration) -> (f64, f64) {
    let journal = || {
        let disk = DirDisk::at(folder).unwrap();
        Journal::open(disk, Options::standard(), None).unwrap().0
    };
    match engine {
        Engine::Raw => raw(&new_file(folder), usize::MAX, shape, span),
        Engine::Zeroed => {
            let file = new_file(folder);
            let groups = (ZEROED_BYTES / shape.group_bytes()).max(1);
            file.write_all_at(&vec![0; groups * shape.group_bytes()], 0)
                .unwrap();
            raw(&file, groups, shape, span)
        }
        Engine::InFlight if shape.committers > 1 => in_flight(&journal(), shape, span),
        Engine::InFlight | Engine::Threads => threads(&journal(), shape, span),
    }
}

fn new_file(folder: &Path) -> File {
    let mut how = OpenOptions::new();
    how.read(true).write(true).create_new(true);
    how.open(folder.join("raw")).unwrap()
}

/// Writes on to the end of `groups`, then from the beginning again.
fn raw(file: &File, groups: usize, shape: Shape, span: Duration) -> (f64, f64) {
    file.sync_all().unwrap();
    let group = vec![7; shape.group_bytes()];
    let (start, mut done) = (Instant::now(), 0_usize);
    while start.elapsed() < span {
        let place = (done % groups) * group.len();
        file.write_all_at(&group, place as u64).unwrap();
        file.sync_data().unwrap();
        done += 1;
    }
    rate(done * shape.committers, done, start)
}

/// One submitter, woken by the callbacks.
fn in_flight(journal: &Journal, shape: Shape, span: Duration) -> (f64, f64) {
    let (told, answers) = channel();
    let (start, mut commits, mut waiting) = (Instant::now(), 0_usize, 0_usize);
    // As a server decides while others are being synced, the next submissions are
    // made while nothing is answered.
    let mut ready = vec![shape.submission(); shape.committers];
    let submit = |records: Option<_>| {
        let told = told.clone();
        let done = move |answer: Result<_, _>| told.send(answer.is_ok()).unwrap();
        let records = records.unwrap_or_else(|| shape.submission());
        journal.append(records, done).unwrap();
    };
    while waiting < shape.committers {
        submit(None);
        waiting += 1;
    }
    while waiting > 0 {
        let answer = loop {
            match answers.try_recv() {
                Ok(answer) => break answer,
                Err(_) if ready.len() < shape.committers => ready.push(shape.submission()),
                Err(_) => break answers.recv().unwrap(),
            }
        };
        assert!(answer);
        commits += 1;
        if start.elapsed() < span {
            submit(ready.pop());
        } else {
            waiting -= 1;
        }
    }
    rate(commits, journal.tip().frame as usize, start)
}

/// Blocking callers, one thread each.
fn threads(journal: &Journal, shape: Shape, span: Duration) -> (f64, f64) {
    let start = Instant::now();
    let commit = || {
        let mut commits = 0_usize;
        while start.elapsed() < span {
            journal.append_and_wait(shape.submission()).unwrap();
            commits += 1;
        }
        commits
    };
    let commits = thread::scope(|scope| {
        let callers: Vec<_> = (0..shape.committers).map(|_| scope.spawn(commit)).collect();
        let each = callers.into_iter().map(|caller| caller.join().unwrap());
        each.sum()
    });
    rate(commits, journal.tip().frame as usize, start)
}

fn rate(commits: usize, frames: usize, start: Instant) -> (f64, f64) {
    let seconds = start.elapsed().as_secs_f64();
    (commits as f64 / seconds, commits as f64 / frames as f64)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
