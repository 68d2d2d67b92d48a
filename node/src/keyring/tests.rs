//! Keys over crashes, copies and destruction, on a disk that misbehaves.

use huitong_journal::testing::{FakeDisk, Misfortune};

use super::*;

/// Randomness that counts: no two draws are alike, and a test draws the same each time.
struct Counting(std::sync::atomic::AtomicU64);

impl Chance for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        let nth = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let nth = nth.to_be_bytes();
        for (place, byte) in bytes.iter_mut().zip(nth.iter().rev().cycle()) {
            *place = *byte;
        }
    }
}

fn region() -> RegionCode {
    "330200".parse().unwrap()
}

fn chance() -> Arc<dyn Chance> {
    Arc::new(Counting(1.into()))
}

fn begin(disk: &FakeDisk) -> Keyring {
    Keyring::begin(disk.port(), region(), chance()).unwrap()
}

fn open(disk: &FakeDisk) -> Result<Option<Keyring>, KeyringError> {
    Keyring::open(disk.port(), region(), chance())
}

#[test]
fn a_key_is_found_again_after_the_power_failed() {
    let disk = FakeDisk::new(1);
    assert!(open(&disk).unwrap().is_none());
    let keyring = begin(&disk);
    let (key, secret) = keyring.unused(0).unwrap();
    let id = keyring.id();
    disk.restore_power();
    let keyring = open(&disk).unwrap().unwrap();
    assert_eq!(keyring.id(), id);
    assert_eq!(keyring.find(key), Ok(Found::Key(secret)));
}

#[test]
fn keys_are_made_ahead_a_file_at_a_time_and_a_file_is_whole_or_not_there() {
    for fails_at in 0..5 {
        let disk = FakeDisk::new(fails_at);
        let keyring = begin(&disk);
        disk.plan(fails_at, Misfortune::PowerCut);
        assert!(keyring.unused(SLOTS).is_err());
        disk.restore_power();
        let keyring = open(&disk).unwrap().unwrap();
        let (key, secret) = keyring.unused(SLOTS).unwrap();
        assert_eq!(key.slot, SLOTS);
        let before = disk.operations();
        assert_eq!(keyring.find(key), Ok(Found::Key(secret)));
        keyring.unused(SLOTS + 1).unwrap();
        assert_eq!(disk.operations(), before, "the next key costs no sync");
    }
}

#[test]
fn a_destroyed_key_is_known_as_such_and_never_given_again() {
    let disk = FakeDisk::new(1);
    let keyring = begin(&disk);
    let (key, Secret { .. }) = keyring.unused(5).unwrap();
    assert_eq!(keyring.destroy(&[key]), Ok(1));
    disk.restore_power();
    let keyring = open(&disk).unwrap().unwrap();
    assert_eq!(keyring.find(key), Ok(Found::Destroyed));
    assert_eq!(
        keyring.destroy(&[key]),
        Ok(0),
        "done again, nothing happens"
    );
    assert_eq!(keyring.unused(5).unwrap().0.slot, 6);
}

#[test]
fn an_unknown_key_is_damage_and_never_an_erased_one() {
    let disk = FakeDisk::new(1);
    let keyring = begin(&disk);
    let own = keyring.id();
    let (key, _) = keyring.unused(0).unwrap();
    let other = PersonKeyId {
        mark: [0xee; 12],
        ..key
    };
    let refused = |key| keyring.find(key).unwrap_err();
    assert_eq!(refused(other), KeyringError::Other { own, slot: 0 });
    let missing = PersonKeyId { slot: SLOTS, ..key };
    let slot = SLOTS;
    assert_eq!(refused(missing), KeyringError::Missing { own, slot });
    assert!(disk.flip_bit("keys-0000000000", 64 + 20, 1));
    assert_eq!(refused(key), KeyringError::Torn { own, slot: 0 });
    assert_eq!(keyring.unused(0).unwrap().0.slot, 1);
    // What an erasure ordered is done also where a crash tore the slot.
    assert_eq!(keyring.destroy(&[key]), Ok(1));
    assert_eq!(keyring.find(key), Ok(Found::Destroyed));
}

#[test]
fn a_file_that_is_missing_damaged_or_anothers_is_named() {
    let disk = FakeDisk::new(1);
    let keyring = begin(&disk);
    keyring.unused(SLOTS).unwrap();
    assert!(disk.flip_bit("keys-0000000001", 9, 0));
    let file = "keys-0000000001".to_owned();
    let refused = open(&disk).err().unwrap();
    assert_eq!(refused, KeyringError::Damaged { file });
    assert!(disk.remove("keys-0000000000"));
    let file = "keys-0000000000".to_owned();
    let refused = open(&disk).err().unwrap();
    assert_eq!(refused, KeyringError::Damaged { file });
}

#[test]
fn without_randomness_no_key_is_made() {
    struct Nothing;
    impl Chance for Nothing {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }
    let refused = Keyring::begin(FakeDisk::new(1).port(), region(), Arc::new(Nothing));
    assert_eq!(refused.err(), Some(KeyringError::NoRandomness));
}
