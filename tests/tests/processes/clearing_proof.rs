//! A netted day is proven: the statement is fetched, checked offline with the operator's root and the region's own legs, and
//! whatever somebody meddled with in it is named with its row and settlement.

mod receipt;

use std::path::{Path, PathBuf};

use huitong_certs::{Authority, Identity};
use huitong_core::canonical::Artifact;
use huitong_core::checkpoint::book::LegBook;
use huitong_core::money::Fen;
use huitong_netting::statement::MemberStatement;
use huitong_proto::settlement::v1::ReversalReason;
use huitong_tests::bills::{inpatient, outpatient};
use huitong_tests::certificates::{TRUST_DOMAIN, hours};
use huitong_tests::executable::{self, texts};
use huitong_tests::hospital::Hospital;
use huitong_tests::officer::{ClearingOfficer, RegionOfficer, clearing_options, options};
use huitong_tests::register::{CHENGDU, Desk, Item, NINGBO, Region};
use huitong_tests::start;
use huitong_tests::world::{Party, World};
use serde_json::Value;

use crate::restores::at_rest;

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// Runs `huitong clearing …` as the clearinghouse's officer; what was said when it was refused.
async fn clearing(world: &World, words: &[&str]) -> Result<Value, String> {
    let options = clearing_options(world);
    let words = ["clearing"].iter().chain(words).chain(&["--json"]);
    let words: Vec<&str> = words
        .copied()
        .chain(options.iter().map(String::as_str))
        .collect();
    let output = executable::run(&words).await;
    let (printed, said) = texts(&output);
    if output.status.success() {
        Ok(serde_json::from_str(&printed).unwrap())
    } else {
        Err(said)
    }
}

/// Has a region's officer write the legs of a day.
async fn write_legs(world: &World, region: &Region, day: &str, to: &Path) -> Value {
    let (to, options) = (shown(to), options(world, region));
    let words = ["node", "legs", "--day", day, "--out", &to, "--json"];
    let words = words.into_iter().chain(options.iter().map(String::as_str));
    executable::json(&words.collect::<Vec<_>>()).await
}

/// What a statement is checked with.
struct Checked {
    folder: PathBuf,
    roots: PathBuf,
    checkpoint: PathBuf,
    books: PathBuf,
}

impl Checked {
    /// Checks a file; how it ended, and what was found. Nothing of the network is named to it.
    async fn verify(&self, statement: &Path, more: &[&str]) -> (Option<i32>, Value) {
        let [statement, roots, checkpoint] = [statement, &self.roots, &self.checkpoint].map(shown);
        let mut words = vec!["clearing", "verify", "--json", "--statement", &statement];
        words.extend(["--checkpoint", &checkpoint, "--roots", &roots]);
        words.extend(more);
        let output = executable::run(&words).await;
        let (printed, said) = texts(&output);
        let found = serde_json::from_str(&printed).unwrap_or_else(|_| panic!("{printed}{said}"));
        (output.status.code(), found)
    }

    /// As it is after somebody meddled with it.
    async fn meddled(&self, statement: &MemberStatement, more: &[&str]) -> Vec<Value> {
        let file = self.folder.join("meddled.htst");
        std::fs::write(&file, statement.to_bytes()).unwrap();
        let (code, found) = self.verify(&file, more).await;
        assert_eq!(
            (code, &found["holds"]),
            (Some(1), &Value::Bool(false)),
            "{found}"
        );
        found["faults"].as_array().unwrap().clone()
    }

    async fn by_book(&self, statement: &MemberStatement) -> Vec<Value> {
        self.meddled(statement, &["--book", &shown(&self.books)])
            .await
    }
}

fn codes(faults: &[Value]) -> Vec<&str> {
    faults
        .iter()
        .map(|fault| fault["code"].as_str().unwrap())
        .collect()
}

/// A stay, a visit, and a visit that is taken back, all of Ningbo's insured in Chengdu, on a day that is netted.
pub(crate) async fn netted(world: &World) -> String {
    let hospital = Hospital::of(world, &CHENGDU, Desk::Three);
    let stay = inpatient(&NINGBO, 1, "v-1", &[(Item::Drug, 2_000_000)]);
    hospital.settle_for_sure("s-1", stay).await.unwrap();
    for (id, person, visit) in [("s-2", 2, "v-2"), ("s-3", 2, "v-3")] {
        let call = outpatient(&NINGBO, person, visit, &[(Item::Drug, 90_000)]);
        hospital.settle_for_sure(id, call).await.unwrap();
    }
    let reason = ReversalReason::WrongBill;
    hospital
        .reverse_for_sure("x-1", "s-3", reason)
        .await
        .unwrap();
    at_rest(world).await;
    let (day, _) = RegionOfficer::of(world, &NINGBO).close_day().await;
    RegionOfficer::of(world, &CHENGDU).close_day().await;
    let refused = clearing(world, &["checkpoint", "--day", &day, "--out", "/nowhere"]).await;
    assert!(refused.unwrap_err().contains("cycle.not_cut_off"));
    assert!(ClearingOfficer::of(world).net(&day).await.legs >= 3);
    day
}

/// Has the checkpoint of a day written, and again after a kill: it is the same, byte for byte.
async fn write_checkpoint(world: &World, day: &str, to: &Path) {
    let again = to.with_extension("again");
    let first = ["checkpoint", "--day", day, "--out", &shown(to)];
    clearing(world, &first).await.unwrap();
    world.kill(Party::Clearinghouse).await;
    world.run(Party::Clearinghouse).await;
    let second = ["checkpoint", "--day", day, "--out", &shown(&again)];
    clearing(world, &second).await.unwrap();
    let [first, second] = [to, &again].map(|file| std::fs::read(file).unwrap());
    assert_eq!(first, second);
}

/// Has a member's statement written, once: a file that is there is never overwritten.
async fn write_statement(world: &World, day: &str, member: &str, to: &Path) {
    let to = shown(to);
    let mut words = vec!["statement", "--day", day, "--member", member];
    words.extend(["--out", &to]);
    clearing(world, &words).await.unwrap();
    let again = clearing(world, &words).await.unwrap_err();
    assert!(again.contains("cannot be written"), "{again}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_province_proves_its_day_offline_and_whatever_was_meddled_with_is_named() {
    let world = start::start(&[&NINGBO, &CHENGDU]).await;
    let day = netted(&world).await;
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let (books, checkpoint, roots) = (file("books"), file("checkpoint.htck"), file("root.crt"));
    std::fs::create_dir(&books).unwrap();
    let written = write_legs(&world, &NINGBO, &day, &books.join("1.htlb")).await;
    assert_eq!(written["region"], NINGBO.code);
    write_legs(&world, &CHENGDU, &day, &file("chengdu.htlb")).await;
    write_checkpoint(&world, &day, &checkpoint).await;
    let [ningbo, chengdu] = [NINGBO.code, CHENGDU.code].map(file);
    write_statement(&world, &day, NINGBO.code, &ningbo).await;
    write_statement(&world, &day, CHENGDU.code, &chengdu).await;
    let of_operator = world.credentials(&Identity::Clearinghouse);
    std::fs::copy(of_operator.join("root.crt"), &roots).unwrap();
    world.stop_all().await;

    // From here on there is no server.
    let checked = Checked {
        folder: folder.path().to_owned(),
        roots,
        checkpoint,
        books,
    };
    let book = shown(&checked.books);
    let (code, found) = checked.verify(&ningbo, &["--book", &book]).await;
    let holds = &found["holds"];
    assert_eq!((code, holds), (Some(0), &Value::Bool(true)), "{found}");
    let compared = &found["compared"][0];
    assert_eq!(compared, NINGBO.code);
    assert_eq!(found["legs"], written["legs"]);
    let own = shown(&file("chengdu.htlb"));
    let (code, other) = checked.verify(&chengdu, &["--book", &own]).await;
    assert_eq!(
        (code, &other["checkpoint"]),
        (Some(0), &found["checkpoint"])
    );
    let (code, other) = checked.verify(&chengdu, &["--book", &book]).await;
    assert_eq!(code, Some(1));
    assert_eq!(other["faults"][0]["code"], "book.foreign");
    let said = other["faults"][0]["en"].as_str().unwrap();
    assert!(said.contains("htlb"), "{said}: its file is named");

    let bytes = std::fs::read(&ningbo).unwrap();
    meddled_with(&checked, &MemberStatement::from_bytes(&bytes).unwrap()).await;
    as_text(&checked, &ningbo).await;
    every_byte(&checked, &bytes).await;
    another_root(&checked, &ningbo).await;
}

async fn meddled_with(checked: &Checked, sound: &MemberStatement) {
    let row = sound
        .rows
        .iter()
        .position(|row| row.legs.len() > 1)
        .unwrap();
    let gone = sound.rows[row].legs[1];

    let mut wrong = sound.clone();
    wrong.rows[row].legs.remove(1);
    let faults = checked.by_book(&wrong).await;
    let dropped = faults
        .iter()
        .find(|fault| fault["code"] == "leg.dropped")
        .unwrap();
    assert_eq!(dropped["settlement"], gone.settlement.to_string());
    assert_eq!(
        dropped["row"]["debtor"],
        sound.rows[row].row.pair.debtor.to_string()
    );
    for words in ["en", "zh"] {
        assert!(
            dropped[words]
                .as_str()
                .unwrap()
                .contains(&gone.settlement.to_string())
        );
    }
    // Without a book it is still seen, and in which row.
    let faults = checked.meddled(&wrong, &[]).await;
    assert_eq!(codes(&faults), ["row.count", "row.sum", "row.root"]);

    let mut wrong = sound.clone();
    wrong.rows[row].legs[1].amount = Fen::new(1).unwrap();
    let faults = checked.by_book(&wrong).await;
    assert_eq!(codes(&faults), ["row.sum", "row.root", "leg.changed"]);
    assert_eq!(faults[2]["settlement"], gone.settlement.to_string());

    let mut wrong = sound.clone();
    wrong.checkpoint.signed.checkpoint.rows += 1;
    let faults = checked.meddled(&wrong, &[]).await;
    assert!(
        codes(&faults).starts_with(&["checkpoint.signature", "checkpoint.other"]),
        "{faults:?}"
    );

    // A leg that the region's own book lacks is named by its number, and not called added beside it.
    let own = checked.books.join("1.htlb");
    let whole = std::fs::read(&own).unwrap();
    let book = LegBook::from_bytes(&whole).unwrap();
    let short = LegBook::new(
        book.region(),
        1,
        book.legs()[..book.legs().len() - 1].to_vec(),
    );
    std::fs::write(&own, short.unwrap().to_bytes()).unwrap();
    let faults = checked.by_book(sound).await;
    let last = book.legs().last().unwrap();
    assert_eq!(codes(&faults), ["book.lacks"]);
    assert!(
        faults[0]["en"]
            .as_str()
            .unwrap()
            .contains(&format!("--from {0} --to {0}", last.number))
    );
    std::fs::write(&own, whole).unwrap();
}

/// What a person reads, of a file that holds and of one that does not.
async fn as_text(checked: &Checked, sound: &Path) {
    let (root, wrong) = (shown(&checked.roots), checked.folder.join("text.htst"));
    let mut statement = MemberStatement::from_bytes(&std::fs::read(sound).unwrap()).unwrap();
    statement.rows[0].legs[0].amount = Fen::new(1).unwrap();
    std::fs::write(&wrong, statement.to_bytes()).unwrap();
    let wrong = shown(&wrong);
    let mut said = Vec::new();
    for (file, code) in [(shown(sound), 0), (wrong, 1)] {
        let words = ["clearing", "verify", "--statement", &file, "--roots", &root];
        let output = executable::run(&words).await;
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        said.push(texts(&output).0);
    }
    assert!(said[0].contains("holds / 对账单有效") && said[0].contains("net resident_pool"));
    assert!(said[0].contains("held against no book"), "{}", said[0]);
    let (code, found) = checked.verify(sound, &["--before", &shown(sound)]).await;
    assert_eq!(code, Some(1));
    assert_eq!(found["faults"][0]["code"], "checkpoint.far", "{found}");
    let last = said[1].lines().last().unwrap();
    assert!(
        said[1].contains("does not hold / 对账单有误") && last.contains(" / "),
        "{last}"
    );
}

/// Some byte of each part of the file.
async fn every_byte(checked: &Checked, bytes: &[u8]) {
    let file = checked.folder.join("byte.htst");
    let book = shown(&checked.books);
    for at in (0..bytes.len()).step_by(bytes.len() / 24) {
        let mut changed = bytes.to_vec();
        changed[at] ^= 1;
        std::fs::write(&file, changed).unwrap();
        let (code, found) = checked.verify(&file, &["--book", &book]).await;
        assert_eq!(code, Some(1), "byte {at}: {found}");
    }
}

async fn another_root(checked: &Checked, statement: &Path) {
    let root = Authority::new_root(&TRUST_DOMAIN.parse().unwrap(), hours(-99, 99)).unwrap();
    let roots = checked.folder.join("other.crt");
    std::fs::write(&roots, root.certificate_pem()).unwrap();
    let other = Checked {
        folder: checked.folder.clone(),
        checkpoint: checked.checkpoint.clone(),
        books: checked.books.clone(),
        roots,
    };
    let (code, found) = other.verify(statement, &[]).await;
    let faults = found["faults"].as_array().unwrap();
    assert_eq!(code, Some(1));
    assert_eq!(
        codes(faults),
        ["checkpoint.signature", "checkpoint.signature"]
    );
}
