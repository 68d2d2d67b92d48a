//! How long a treatment catalogue of 200,000 entries takes to load, and one look-up in it.
//!
//! `cargo bench -p huitong-node --bench catalogue [-- --quick]`. Baselines in the same run: the same file
//! split into cells by `csv` and nothing more, and the same codes asked of a bare `HashMap`. The goals are
//! two seconds and a microsecond.
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

use std::collections::HashMap;
use std::fmt::Write;
use std::hint::black_box;
use std::time::{Duration, Instant};

use huitong_core::catalogue_code::CatalogueCode;
use huitong_core::date::ServiceDate;
use huitong_core::record::import::ImportKind;
use huitong_core::record::registry::RegistryRows;
use huitong_core::region::RegionCode;
use huitong_node::catalogue::Catalogue;
use huitong_node::import::{self, ControlSums, FileKind, ImportHeader, Mode};

const ROUNDS: usize = 5;

/// Drugs, consumables and service items of every class; every ninth in two stretches of days.
fn file(entries: usize) -> String {
    let mut text = String::with_capacity(entries * 80);
    text.push_str("code,name,from,until,class,first_pay,limit_two,limit_three,restricted,tags\n");
    for at in 0..entries / 10 * 9 {
        let code = match at % 3 {
            0 => format!("XA01ABD075A0020{at:08}"),
            1 => format!("C010203040506{at:07}"),
            _ => format!("{at:015}"),
        };
        let (class, first_pay) = [("a", ""), ("b", "0.10"), ("c", "")][at % 3];
        let limits = if at % 4 == 0 { "11.20,12.50" } else { "," };
        let tags = if at % 9 == 0 { "special_drug" } else { "" };
        let rest = format!("{class},{first_pay},{limits},no,{tags}");
        if at % 9 == 0 {
            writeln!(text, "{code},item {at},2022-01-01,2022-12-31,{rest}").unwrap();
        }
        writeln!(text, "{code},item {at},2023-01-01,,{rest}").unwrap();
    }
    text
}

fn load(bytes: &[u8]) -> Catalogue {
    let kind = FileKind(ImportKind::Catalogue);
    let header = ImportHeader {
        kind,
        as_of: None,
        sums: ControlSums::of(kind, bytes),
        mode: Mode::Commit,
    };
    let region = RegionCode::parse("510100").unwrap();
    let batch = import::read(region, &header, bytes).unwrap();
    let import::Sound::Registry(batch) = batch else {
        panic!("a catalogue is of the register")
    };
    let digest = batch.digest();
    let RegistryRows::Catalogue(rules) = batch.into_rows() else {
        panic!("the file is a catalogue");
    };
    Catalogue::new(digest, rules).unwrap()
}

fn cells(bytes: &[u8]) -> usize {
    let mut reader = csv::ReaderBuilder::new().from_reader(bytes);
    let mut record = csv::ByteRecord::new();
    let mut cells = 0;
    while reader.read_byte_record(&mut record).unwrap() {
        cells += record.len();
    }
    cells
}

/// The best of several rounds.
fn best(mut work: impl FnMut()) -> Duration {
    let times = (0..ROUNDS).map(|_| {
        let begun = Instant::now();
        work();
        begun.elapsed()
    });
    times.min().unwrap()
}

/// The codes of the file, far apart in memory from one to the next, as those of a real bill are.
fn codes(text: &str) -> Vec<CatalogueCode> {
    let mut codes: Vec<_> = text
        .lines()
        .skip(1)
        .map(|line| CatalogueCode::parse(line.split(',').next().unwrap()).unwrap())
        .collect();
    let count = codes.len();
    for at in 0..count {
        codes.swap(at, at.wrapping_mul(7_919) % count);
    }
    codes
}

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let text = file(if quick { 2_000 } else { 200_000 });
    let bytes = text.as_bytes();
    let catalogue = load(bytes);
    println!("{} entries in {} bytes", catalogue.len(), bytes.len());

    let split = best(|| {
        black_box(cells(black_box(bytes)));
    });
    let loading = best(|| {
        black_box(load(black_box(bytes)));
    });
    let codes = codes(&text);
    let day = ServiceDate::parse("2023-06-01").unwrap();
    let bare: HashMap<CatalogueCode, usize> = codes.iter().copied().zip(0..).collect();
    let asking = best(|| {
        for code in &codes {
            black_box(bare.get(black_box(code)).unwrap());
        }
    });
    let looking = best(|| {
        for code in &codes {
            black_box(catalogue.lookup(black_box(*code), day).unwrap());
        }
    });

    let count = codes.len() as f64;
    println!("| what                        | time      | × baseline |");
    println!("|-----------------------------|----------:|-----------:|");
    for (what, time, baseline, unit, scale) in [
        ("split into cells by csv", split, split, "ms", 1e3),
        ("read, check and index", loading, split, "ms", 1e3),
        (
            "a code of a bare HashMap",
            asking,
            asking,
            "ns",
            1e9 / count,
        ),
        (
            "a look-up by code and day",
            looking,
            asking,
            "ns",
            1e9 / count,
        ),
    ] {
        let ratio = time.as_secs_f64() / baseline.as_secs_f64();
        let time = time.as_secs_f64() * scale;
        println!("| {what:<28}| {time:>6.1} {unit} | {ratio:>10.2} |");
    }
    for (goal, seconds, needed) in [
        ("loading in two seconds", 2.0, loading.as_secs_f64()),
        (
            "a look-up in a microsecond",
            1e-6,
            looking.as_secs_f64() / count,
        ),
    ] {
        let held = if needed <= seconds { "held" } else { "missed" };
        println!(
            "goal of {goal}: {held}, {:.1} times as fast",
            seconds / needed
        );
    }
}
