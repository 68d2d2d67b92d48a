//! Starting on real files: what it reads does not grow with the journal, and whatever state sled is in, the node
//! knows what the journal says or does not serve.

use std::path::Path;

use huitong_core::id::SettlementId;
use huitong_journal::{DirDisk, Flaw};

use super::*;
use crate::store::embedded::SledIndex;
use huitong_backup::archive::archive;

/// Records that share a submission.
const AT_ONCE: u32 = 20;

/// Opens a data folder as a server does.
fn open_files(data: &Path) -> Result<Ledger, OpenError> {
    let small = Options::standard()
        .segment_bytes(128 << 10)
        .frame_bytes(100 << 10);
    let disk = DirDisk::with_archive(data.join("journal"), data.join("archive")).unwrap();
    Ledger::open(LedgerOptions {
        region: person().home,
        disk,
        journal: small,
        index: Arc::new(SledIndex::open(&data.join("index"))?),
        images: None,
        keys: keys_on(DirDisk::at(data.join("keys")).unwrap()),
        key: key(),
        runner: Arc::new(Threads),
    })
}

pub(super) fn settlement(nth: u32) -> SettlementId {
    SettlementId::from_bytes(u128::from(nth).to_be_bytes())
}

/// Appends prepared settlements with these numbers.
pub(super) fn prepare(ledger: &Ledger, numbers: std::ops::Range<u32>) {
    let all: Vec<u32> = numbers.collect();
    let at_once = usize::try_from(AT_ONCE).unwrap();
    for some in all.chunks(at_once) {
        let records: Vec<NodeRecord> = some
            .iter()
            .map(|nth| {
                let mut record = prepared(1, "V1");
                record.settlement = settlement(*nth);
                NodeRecord::Prepared(record)
            })
            .collect();
        let (done, written) = sync_channel(1);
        let permit = ledger.reserve().unwrap();
        let told = move |outcome| done.send(outcome).unwrap();
        ledger.append(permit, &records, told).unwrap();
        written.recv().unwrap().unwrap();
    }
}

/// Whether the rows and records of so many settlements are there.
pub(super) fn holds(ledger: &Ledger, settlements: u32) {
    for nth in (0..settlements).step_by(7) {
        let row = ledger.settlement(settlement(nth)).unwrap().unwrap();
        let record = ledger.record(row.prepared.unwrap().at).unwrap();
        assert!(matches!(record, NodeRecord::Prepared(it) if it.settlement == settlement(nth)));
    }
    assert_eq!(ledger.settlement(settlement(settlements)).unwrap(), None);
    let open = ledger.scan(Table::Open, usize::MAX).unwrap();
    assert_eq!(open.len(), usize::try_from(settlements).unwrap());
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let (entry, path) = entry
            .map(|entry| (entry.file_name(), entry.path()))
            .unwrap();
        if path.is_dir() {
            copy(&path, &to.join(entry));
        } else {
            std::fs::copy(path, to.join(entry)).unwrap();
        }
    }
}

fn replace(place: &Path, with: &Path) {
    std::fs::remove_dir_all(place).unwrap();
    copy(with, place);
}

#[test]
fn an_index_ahead_of_the_journal_is_not_served() {
    let index = Arc::new(MemoryIndex::new());
    write(&FakeDisk::new(0), &index, &history());
    let ahead = open(&FakeDisk::new(0), &index);
    assert!(matches!(
        ahead,
        Err(OpenError::Ahead {
            index: 24,
            journal: 0
        })
    ));
}

#[test]
fn what_a_start_reads_does_not_grow_with_the_journal() {
    let mut figures = Vec::new();
    for settlements in [400_u32, 4_000] {
        let folder = tempfile::tempdir().unwrap();
        let ledger = open_files(folder.path()).unwrap();
        prepare(&ledger, 0..settlements);
        ledger.close();
        drop(ledger);
        let begun = std::time::Instant::now();
        let ledger = open_files(folder.path()).unwrap();
        let (took, opened) = (begun.elapsed(), ledger.opened());
        println!("{settlements} records: {opened:?}, {took:?}");
        assert_eq!(opened.frames, u64::from(settlements / AT_ONCE));
        holds(&ledger, settlements);
        figures.push(opened);
    }
    let [small, large] = &*figures else {
        panic!("{figures:?}")
    };
    assert!(large.frames == 10 * small.frames);
    // At most the last two segments, each of a few frames.
    assert!(small.read < small.frames && large.read <= 16, "{figures:?}");
    assert!(small.replayed <= 1 && large.replayed <= 1, "{figures:?}");
}

#[test]
fn sled_behind_missing_or_unreadable_is_derived_again_from_the_journal() {
    let folder = tempfile::tempdir().unwrap();
    let (data, kept) = (folder.path().join("data"), folder.path().join("kept"));
    std::fs::create_dir_all(&data).unwrap();
    let index = data.join("index");
    let ledger = open_files(&data).unwrap();
    prepare(&ledger, 0..300);
    ledger.close();
    drop(ledger);
    copy(&index, &kept);
    let ledger = open_files(&data).unwrap();
    prepare(&ledger, 300..700);
    ledger.close();
    drop(ledger);

    replace(&index, &kept);
    let ledger = open_files(&data).unwrap();
    holds(&ledger, 700);
    let opened = ledger.opened();
    assert!(opened.replayed >= 400 / u64::from(AT_ONCE) && opened.replayed < opened.frames);
    drop(ledger);

    std::fs::remove_dir_all(&index).unwrap();
    let ledger = open_files(&data).unwrap();
    holds(&ledger, 700);
    assert_eq!(ledger.opened().replayed, ledger.opened().frames);
    drop(ledger);

    std::fs::write(index.join("conf"), b"not a configuration").unwrap();
    let ledger = open_files(&data).unwrap();
    holds(&ledger, 700);
    assert_eq!(ledger.opened().replayed, ledger.opened().frames);
    assert!(data.join("index.unreadable").exists());
}

#[test]
fn sled_ahead_of_the_journal_is_not_served_and_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let (data, kept) = (folder.path().join("data"), folder.path().join("kept"));
    std::fs::create_dir_all(&data).unwrap();
    let ledger = open_files(&data).unwrap();
    prepare(&ledger, 0..300);
    ledger.close();
    copy(&data.join("journal"), &kept);
    drop(ledger);
    let ledger = open_files(&data).unwrap();
    prepare(&ledger, 300..700);
    ledger.close();
    drop(ledger);
    replace(&data.join("journal"), &kept);
    let refused = open_files(&data).map(|_| ()).unwrap_err();
    assert!(matches!(refused, OpenError::Ahead { .. }), "{refused}");
    let said = refused.to_string();
    assert!(said.contains("huitong node restore") && said.contains("huitong node recover"));
}

#[test]
fn an_index_of_another_journal_is_derived_again() {
    let folder = tempfile::tempdir().unwrap();
    let [one, other] = ["one", "other"].map(|name| folder.path().join(name));
    for (data, settlements) in [(&one, 0..700), (&other, 0..100)] {
        std::fs::create_dir_all(data).unwrap();
        let ledger = open_files(data).unwrap();
        // A first submission of another size, so that no frame begins where one of the other does.
        append(&ledger, NodeRecord::Prepared(prepared(9, "V9"))).unwrap();
        if settlements.end == 100 {
            append(&ledger, NodeRecord::Prepared(prepared(8, "V88"))).unwrap();
        }
        prepare(&ledger, settlements);
        ledger.close();
    }
    replace(&one.join("index"), &other.join("index"));
    let ledger = open_files(&one).unwrap();
    assert!(ledger.settlement(id(8)).unwrap().is_none());
    assert!(ledger.settlement(id(9)).unwrap().is_some());
    assert!(ledger.settlement(settlement(699)).unwrap().is_some());
}

#[test]
fn archived_segments_are_found_and_missing_ones_named() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let ledger = open_files(data).unwrap();
    prepare(&ledger, 0..700);
    // While it runs.
    let moved = archive(data, 2).unwrap();
    assert!(moved.len() > 2, "{moved:?}");
    holds(&ledger, 700);
    ledger.close();
    drop(ledger);
    let ledger = open_files(data).unwrap();
    holds(&ledger, 700);
    drop(ledger);
    // Derived again from what is archived.
    std::fs::remove_dir_all(data.join("index")).unwrap();
    let ledger = open_files(data).unwrap();
    holds(&ledger, 700);
    drop(ledger);
    std::fs::remove_file(data.join("archive").join(&moved[1])).unwrap();
    let refused = open_files(data).map(|_| ()).unwrap_err();
    let OpenError::Journal(huitong_journal::OpenError::Damage(damage)) = &refused else {
        panic!("{refused}")
    };
    assert_eq!((damage.segment, damage.what), (2, Flaw::MissingSegment));
}

#[test]
fn a_flipped_bit_in_an_old_segment_is_named_when_it_is_read_and_never_told() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let ledger = open_files(data).unwrap();
    prepare(&ledger, 0..700);
    ledger.close();
    drop(ledger);
    let first = data.join("journal/00000000000000000001.seg");
    let mut bytes = std::fs::read(&first).unwrap();
    bytes[3_000] ^= 4;
    std::fs::write(&first, bytes).unwrap();
    // The last segments are whole: it starts, and tells nothing out of the frame that is damaged.
    let ledger = open_files(data).unwrap();
    let row = ledger.settlement(settlement(0)).unwrap().unwrap();
    let read = ledger.record(row.prepared.unwrap().at);
    let Err(StoreError::Journal(ReadError::Damage(damage))) = read else {
        panic!("{read:?}")
    };
    assert_eq!((damage.segment, damage.offset), (1, 68));
    drop(ledger);
    // Without its index it would have to read all of it, and refuses.
    std::fs::remove_dir_all(data.join("index")).unwrap();
    let refused = open_files(data).map(|_| ()).unwrap_err().to_string();
    assert!(
        refused.contains("00000000000000000001.seg at offset 68"),
        "{refused}"
    );
}
