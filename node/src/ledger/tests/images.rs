//! Starting without an index from an image: only the journal after it is read, and whatever state the images are
//! in, the rows are those of the journal.

use std::path::Path;

use super::starts::{holds, prepare};
use super::*;
use crate::store::embedded::SledIndex;
use crate::store::image::Images;
use huitong_journal::DirDisk;

/// Opens a data folder as a server does, with segments of a few frames.
fn open_files(data: &Path) -> Result<Ledger, OpenError> {
    let small = Options::standard()
        .segment_bytes(128 << 10)
        .frame_bytes(100 << 10);
    std::fs::create_dir_all(data).unwrap();
    let disk = DirDisk::at(data.join("journal")).unwrap();
    Ledger::open(LedgerOptions {
        region: person().home,
        disk,
        journal: small,
        index: Arc::new(SledIndex::open(&data.join("index"))?),
        images: Some(Images::within(data.join("images"))),
        keys: keys_on(DirDisk::at(data.join("keys")).unwrap()),
        key: key(),
        runner: Arc::new(Threads),
    })
}

fn files(data: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(data.join("images")).unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// Opens the folder without its index.
fn open_without_index(data: &Path) -> Ledger {
    std::fs::remove_dir_all(data.join("index")).unwrap();
    open_files(data).unwrap()
}

/// Appends in some sittings, so that the indexer comes by between them; how many settlements there are.
fn write(data: &Path, sittings: u32) -> u32 {
    let written = |sittings: u32| sittings.checked_mul(400).unwrap();
    for sitting in 0..sittings {
        let ledger = open_files(data).unwrap();
        prepare(
            &ledger,
            written(sitting)..written(sitting.checked_add(1).unwrap()),
        );
        ledger.bring_index_up();
        ledger.close();
    }
    written(sittings)
}

#[test]
fn a_node_without_its_index_starts_from_the_newest_whole_image() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let settlements = write(data, 10);
    let kept = files(data);
    assert_eq!(kept.len(), 2, "the newest and the one before: {kept:?}");

    let ledger = open_without_index(data);
    holds(&ledger, settlements);
    let newest = ledger.opened();
    assert!(newest.replayed < newest.frames / 2, "{newest:?}");
    ledger.close();
    drop(ledger);

    // A flipped bit, or an end that is missing: the one before is taken.
    let whole = std::fs::read(&kept[1]).unwrap();
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    for damaged in [
        &flipped[..],
        whole.split_last().unwrap().1,
        &whole[..20],
        &[],
    ] {
        std::fs::write(&kept[1], damaged).unwrap();
        let ledger = open_without_index(data);
        holds(&ledger, settlements);
        let opened = ledger.opened();
        assert!(
            opened.replayed > newest.replayed && opened.replayed < opened.frames,
            "{opened:?}, {newest:?}"
        );
        ledger.close();
        drop(ledger);
    }
    // None that is whole: the journal is read from its begin.
    std::fs::write(&kept[0], b"HTIMAG").unwrap();
    let ledger = open_without_index(data);
    holds(&ledger, settlements);
    assert_eq!(ledger.opened().replayed, ledger.opened().frames);
}

#[test]
fn an_image_of_another_journal_is_not_taken_and_one_ahead_stops_the_node() {
    let folder = tempfile::tempdir().unwrap();
    let [one, other] = ["one", "other"].map(|name| folder.path().join(name));
    write(&one, 10);
    let ledger = open_files(&other).unwrap();
    append(&ledger, NodeRecord::Prepared(prepared(9, "V9"))).unwrap();
    ledger.close();
    drop(ledger);
    let settlements = write(&other, 12);
    std::fs::remove_dir_all(other.join("images")).unwrap();
    std::fs::rename(one.join("images"), other.join("images")).unwrap();
    let ledger = open_without_index(&other);
    let row = ledger.settlement(super::starts::settlement(
        settlements.checked_sub(1).unwrap(),
    ));
    assert!(row.unwrap().is_some());
    assert_eq!(ledger.opened().replayed, ledger.opened().frames);
    ledger.close();
    drop(ledger);

    // The journal lost its end with the index, and an image knows.
    let data = folder.path().join("third");
    write(&data, 10);
    std::fs::remove_dir_all(data.join("journal")).unwrap();
    std::fs::remove_dir_all(data.join("index")).unwrap();
    let refused = open_files(&data).map(|_| ()).unwrap_err();
    assert!(matches!(refused, OpenError::Ahead { .. }), "{refused}");
}

#[test]
fn many_short_sittings_write_an_image_as_one_long_one_does_and_leave_no_draft() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    // Each sitting is shorter than what lies between two images.
    for sitting in 0..40_u32 {
        let ledger = open_files(data).unwrap();
        let from = sitting.checked_mul(40).unwrap();
        prepare(&ledger, from..from.checked_add(40).unwrap());
        ledger.bring_index_up();
        ledger.close();
    }
    // A write that was cut off leaves nothing behind at the next start, whether or not another is due.
    std::fs::write(data.join("images/image.new"), b"cut off").unwrap();
    let ledger = open_without_index(data);
    holds(&ledger, 1_600);
    assert!(ledger.opened().replayed < ledger.opened().frames);
    let kept = files(data);
    let is_image = |file: &std::path::PathBuf| file.extension() == Some("image".as_ref());
    assert!(kept.len() == 2 && kept.iter().all(is_image), "{kept:?}");
}

#[test]
fn what_was_loaded_in_part_is_loaded_anew() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let settlements = write(data, 10);
    // As a node leaves it that is killed while it loads: rows without a place.
    std::fs::remove_dir_all(data.join("index")).unwrap();
    let index = SledIndex::open(&data.join("index")).unwrap();
    let stray = settlements.checked_add(7).unwrap();
    let mut record = prepared(1, "V1");
    record.settlement = super::starts::settlement(stray);
    let row = crate::store::Change {
        key: crate::store::Key::Visit(record.claim.visit_key()),
        row: Some(crate::store::Row::Visit(record.settlement)),
    };
    index.load(&[row]).unwrap();
    drop(index);
    let ledger = open_files(data).unwrap();
    holds(&ledger, settlements);
    let visit = ledger.visit(record.claim.visit_key()).unwrap();
    assert_ne!(visit, Some(record.settlement));
}
