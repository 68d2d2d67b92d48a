//! What it costs to seal a claim that is prepared, and to open it, beside encoding and decoding it alone.
//!
//! `cargo bench -p huitong-node --bench sealing [-- --quick]`. The person has a key already, as all but once; keyring on
//! the disk of the temporary folder, rows in memory. The bill has one line, and a hundred.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::float_arithmetic,
    missing_docs,
    reason = "a bench measures time and prints a table"
)]

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use huitong_core::bill::Bill;
use huitong_core::canonical::{Artifact, Canonical, decode_exact};
use huitong_core::claim::Claim;
use huitong_core::coverage::Snapshot;
use huitong_core::date::Timestamp;
use huitong_core::id::SettlementId;
use huitong_core::money::Fen;
use huitong_core::record::NodeRecord;
use huitong_core::record::treatment::Prepared;
use huitong_journal::{DirDisk, Position};
use huitong_node::chance::SystemChance;
use huitong_node::keyring::Keyring;
use huitong_node::sealing::{Sealing, Writes};
use huitong_node::store::apply::keys_given;
use huitong_node::store::memory::MemoryIndex;
use huitong_node::store::{Index, Reached};

/// A golden value of core.
fn golden<T: Canonical>(hex: &str) -> T {
    let digits = hex.trim().as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    decode_exact(&digits.map(byte).collect::<Vec<u8>>()).unwrap()
}

fn record(lines: u32) -> NodeRecord {
    let claim: Claim = golden(include_str!("../../proto/core/golden/claim.hex"));
    let bill: Bill = golden(include_str!("../../proto/core/golden/bill.hex"));
    let first = bill.lines()[0].clone();
    let each = (1..=lines).map(|number| {
        let mut line = first.clone();
        line.number = number;
        line
    });
    let total = Fen::new(10_001 * i64::from(lines)).unwrap();
    NodeRecord::Prepared(Prepared {
        settlement: SettlementId::from_bytes([7; 16]),
        institution: claim.institution.code,
        request: "r-1".parse().unwrap(),
        binding: claim.binding(),
        bill: Some(Bill::new(total, each.collect()).unwrap()),
        decision: golden(include_str!("../../proto/core/golden/decision.hex")),
        snapshot: golden::<Snapshot>(include_str!("../../proto/core/golden/snapshot.hex")),
        claim,
        not_after: None,
        at: Timestamp::from_millis(1_700_000_000_000).unwrap(),
    })
}

/// The median of a round's time for each call, in microseconds.
fn each(rounds: usize, calls: usize, mut call: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..rounds)
        .map(|_| {
            let begun = Instant::now();
            (0..calls).for_each(|_| call());
            begun.elapsed().as_secs_f64() * 1e6 / calls as f64
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[rounds / 2]
}

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let (rounds, calls) = if quick { (1, 10) } else { (9, 2_000) };
    let folder = tempfile::tempdir().unwrap();
    let disk = DirDisk::at(folder.path()).unwrap();
    let region = "510100".parse().unwrap();
    let keyring = Keyring::begin(disk, region, Arc::new(SystemChance)).unwrap();
    let sealing = Sealing::new(region, Some(keyring), Writes::Sealed, &SystemChance).unwrap();
    let rows = MemoryIndex::new();
    println!("lines   bytes  sealed   encode     seal  ratio   decode     open  ratio  (µs)");
    for lines in [1, 100] {
        let record = record(lines);
        let stored = sealing.seal(&record, None, &rows).unwrap();
        let reached = Reached {
            frame: 1,
            records: 1,
            position: Position::START,
        };
        rows.apply(&keys_given(&stored.given, &rows).unwrap(), reached)
            .unwrap();
        let plain = record.to_bytes();
        let encode = each(rounds, calls, || drop(black_box(record.to_bytes())));
        let seal = each(rounds, calls, || {
            drop(black_box(sealing.seal(&record, None, &rows).unwrap()))
        });
        let decode = each(rounds, calls, || {
            drop(black_box(NodeRecord::from_bytes(&plain).unwrap()))
        });
        let open = each(rounds, calls, || {
            drop(black_box(sealing.open(&stored.bytes).unwrap()))
        });
        println!(
            "{lines:>5} {:>7} {:>7} {encode:>8.2} {seal:>8.2} {:>6.2} {decode:>8.2} {open:>8.2} {:>6.2}",
            plain.len(),
            stored.bytes.len(),
            seal / encode,
            open / decode,
        );
    }
}
