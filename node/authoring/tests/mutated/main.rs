//! Random and mutated bytes into the readers of policies and bills, and on through the engine.
//!
//! The short form, in every test run, takes a fixed number of inputs from a fixed seed. `cargo xtask fuzz`
//! sets `HUITONG_FUZZ_SECONDS`, and goes on under a fresh seed for so long. Whatever comes in, a value or
//! faults at places that exist come out: no panic, no input that takes longer than a person would wait, no
//! more memory than the limits of documents allow. What can be read is compiled, and its examples are run.
//! An input that breaks this is written to a file, with the seed and number that make it again.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs,
    reason = "a test says what must hold by panicking"
)]

mod corpus;
mod mutation;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use huitong_adjudication::Compiled;
use huitong_authoring::examples;
use huitong_document::Faults;
use huitong_document::bill::BillDocument;
use huitong_document::policy::PolicyDocument;
use peak_alloc::PeakAlloc;

use corpus::Corpus;
use mutation::Mutator;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

const SECONDS: &str = "HUITONG_FUZZ_SECONDS";
const SEED: &str = "HUITONG_FUZZ_SEED";
const SHORT_FORM: u64 = 800;
const SHORT_SEED: u64 = 20_261_125;
/// The longest that one input may take; a debug build on a busy machine needs a hundredth of it.
const PATIENCE: Duration = Duration::from_secs(30);
/// The most that one input may hold at once: a document of 1 MiB becomes a tree of many small values.
const HELD_AT_MOST: usize = 512 << 20;

/// What is known of the input that is being read, for whoever waits for it.
struct Now {
    number: AtomicU64,
    begun_ms: AtomicU64,
}

#[test]
fn whatever_comes_in_a_value_or_faults_come_out() {
    let seconds = std::env::var(SECONDS)
        .ok()
        .map(|text| text.parse::<u64>().expect(SECONDS));
    let seed = match std::env::var(SEED) {
        Ok(text) => text.parse().expect(SEED),
        Err(_) if seconds.is_some() => fastrand::u64(..),
        Err(_) => SHORT_SEED,
    };
    let corpus = Corpus::read();
    println!(
        "seed {seed}, {} documents, {} bills",
        corpus.policies.len(),
        corpus.bills.len()
    );
    let begun = Instant::now();
    let now = Now {
        number: AtomicU64::new(0),
        begun_ms: AtomicU64::new(0),
    };
    let tried = std::thread::scope(|scope| {
        let (done, waiting) = std::sync::mpsc::channel::<()>();
        let shared = &now;
        scope.spawn(move || watch(&waiting, shared, begun, seed));
        let goes_on = |number: u64| match seconds {
            Some(seconds) => begun.elapsed() < Duration::from_secs(seconds),
            None => number < SHORT_FORM,
        };
        let mut number = 0;
        while goes_on(number) {
            now.number.store(number, Ordering::Relaxed);
            now.begun_ms.store(millis(begun), Ordering::Relaxed);
            input(&corpus, seed, number);
            number += 1;
        }
        drop(done);
        number
    });
    println!("{tried} inputs, none broke a reader");
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap()
}

/// Ends the process when one input takes too long: nothing else can stop it.
fn watch(waiting: &std::sync::mpsc::Receiver<()>, now: &Now, begun: Instant, seed: u64) {
    let tick = Duration::from_secs(1);
    while waiting.recv_timeout(tick) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
        let taken = millis(begun).saturating_sub(now.begun_ms.load(Ordering::Relaxed));
        if u128::from(taken) > PATIENCE.as_millis() {
            let number = now.number.load(Ordering::Relaxed);
            eprintln!("input {number} of seed {seed} takes longer than {PATIENCE:?}");
            std::process::abort();
        }
    }
}

/// Makes an input and reads it as both kinds of document.
fn input(corpus: &Corpus, seed: u64, number: u64) {
    let mut mutator = Mutator::new(corpus, seed, number);
    let bytes = mutator.input();
    HEAP.reset_peak_usage();
    let before = HEAP.current_usage();
    let outcome = catch_unwind(AssertUnwindSafe(|| read(corpus, &bytes)));
    let held = HEAP.peak_usage().saturating_sub(before);
    if outcome.is_ok() && held <= HELD_AT_MOST {
        return;
    }
    let file =
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("input-{seed}-{number}.toml"));
    std::fs::write(&file, &bytes).unwrap();
    panic!(
        "input {number} of seed {seed} broke a reader, {held} bytes held: see {}",
        file.display()
    );
}

fn read(corpus: &Corpus, bytes: &[u8]) {
    match PolicyDocument::parse(bytes) {
        Ok(document) => run(&document),
        Err(faults) => placed(bytes, &faults),
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Err(faults) = BillDocument::parse("bill", text, &corpus.reader)
    {
        placed(bytes, &faults);
    }
}

/// A policy that can be read can be run, or the engine says why not.
fn run(document: &PolicyDocument) {
    if let Ok(compiled) = Compiled::new(document.policy().clone(), document.digest()) {
        for example in document.examples() {
            let _ = examples::run(&compiled, example);
        }
    }
}

/// Every fault lies at a place that the text has.
fn placed(bytes: &[u8], faults: &Faults) {
    let lines = 1 + bytes.iter().filter(|byte| **byte == b'\n').count();
    assert!(!faults.list().is_empty());
    for fault in faults.list() {
        assert!(
            (1..=lines).contains(&fault.line),
            "line {} of {lines}: {}",
            fault.line,
            fault.en
        );
        assert!(!fault.en.is_empty() && !fault.zh.is_empty());
    }
}
