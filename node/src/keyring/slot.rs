//! The form of a keyring's files: a head, then slots of fixed size, each in one sector, so that destroying a key writes
//! over the place where it stood and nowhere else.
//!
//! | bytes | head | slot |
//! |---|---|---|
//! | 0..8 | `HTKR`, form 1 (2 bytes), 2 zero | state, 3 zero, first 4 of the mark |
//! | 8..12 | the keyring's id | mark |
//! | 12..16 | which file, from 0 | mark |
//! | 16..20 | whose: the region's six digits, a number | the key, or zeros once it is destroyed |
//! | 20..24 | for which incarnation of the node it was begun, zero for none | the key |
//! | 24..48 | zero | the key |
//! | 48..60 | zero | zero |
//! | 60..64 | first bytes of SHA-256 over the rest | the same, over the slot's number and the rest |

use huitong_core::digest::sha256_parts;

/// A slot's length, and the head's.
pub(super) const SLOT_BYTES: usize = 64;
/// Slots of one file.
pub(super) const SLOTS: u32 = 4_096;

const HEAD: [u8; 8] = *b"HTKR\x00\x01\x00\x00";
const LIVE: u8 = 1;
const DESTROYED: u8 = 2;

/// What a slot holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    /// A key, by its mark.
    Live([u8; 12], [u8; 32]),
    /// There was one with this mark, and it is gone.
    Destroyed([u8; 12]),
}

fn check(number: u32, bytes: &[u8; SLOT_BYTES]) -> [u8; 4] {
    let rest = bytes.get(..60).unwrap_or_default();
    let digest = sha256_parts(&[&number.to_be_bytes(), rest]);
    let (first, _) = digest
        .as_bytes()
        .split_first_chunk::<4>()
        .unwrap_or((&[0; 4], &[]));
    *first
}

fn put(bytes: &mut [u8; SLOT_BYTES], at: usize, what: &[u8]) {
    let places = bytes.iter_mut().skip(at);
    places.zip(what).for_each(|(place, byte)| *place = *byte);
}

fn part<const N: usize>(bytes: &[u8; SLOT_BYTES], at: usize) -> [u8; N] {
    let found = bytes.get(at..).and_then(|rest| rest.first_chunk::<N>());
    found.copied().unwrap_or([0; N])
}

impl Slot {
    /// The slot's bytes under its number.
    pub(super) fn to_bytes(self, number: u32) -> [u8; SLOT_BYTES] {
        let mut bytes = [0; SLOT_BYTES];
        let (state, mark, key) = match self {
            Self::Live(mark, key) => (LIVE, mark, key),
            Self::Destroyed(mark) => (DESTROYED, mark, [0; 32]),
        };
        put(&mut bytes, 0, &[state]);
        put(&mut bytes, 4, &mark);
        put(&mut bytes, 16, &key);
        let check = check(number, &bytes);
        put(&mut bytes, 60, &check);
        bytes
    }

    /// Reads a slot; `None` for one that is torn, or was never written under this number.
    pub(super) fn read(number: u32, bytes: &[u8; SLOT_BYTES]) -> Option<Self> {
        if check(number, bytes) != part(bytes, 60) {
            return None;
        }
        let mark = part(bytes, 4);
        match part(bytes, 0) {
            [LIVE] => Some(Self::Live(mark, part(bytes, 16))),
            [DESTROYED] => Some(Self::Destroyed(mark)),
            [_] => None,
        }
    }
}

/// What the head of a file says beside the file's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    /// Of which keyring the file is.
    pub(super) keyring: u32,
    /// Of which region, as a number.
    pub(super) region: u32,
    /// For which incarnation of the node it was begun; zero when the file before it was full.
    pub(super) begun_for: u32,
}

impl Head {
    /// The head's bytes in the file of this number.
    pub(super) fn to_bytes(self, file: u32) -> [u8; SLOT_BYTES] {
        let mut bytes = [0; SLOT_BYTES];
        put(&mut bytes, 0, &HEAD);
        put(&mut bytes, 8, &self.keyring.to_be_bytes());
        put(&mut bytes, 12, &file.to_be_bytes());
        put(&mut bytes, 16, &self.region.to_be_bytes());
        put(&mut bytes, 20, &self.begun_for.to_be_bytes());
        let check = check(file, &bytes);
        put(&mut bytes, 60, &check);
        bytes
    }

    /// Reads a head; `None` for what is none of the file of this number.
    pub(super) fn read(file: u32, bytes: &[u8; SLOT_BYTES]) -> Option<Self> {
        let head = Self {
            keyring: u32::from_be_bytes(part(bytes, 8)),
            region: u32::from_be_bytes(part(bytes, 16)),
            begun_for: u32::from_be_bytes(part(bytes, 20)),
        };
        (*bytes == head.to_bytes(file)).then_some(head)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_and_heads_keep_their_bytes_and_a_flipped_bit_is_seen() {
        let live = Slot::Live([7; 12], [9; 32]);
        let bytes = live.to_bytes(3);
        assert_eq!(bytes[..4], [1, 0, 0, 0]);
        assert_eq!(bytes[4..16], [7; 12]);
        assert_eq!(bytes[16..48], [9; 32]);
        assert!(Slot::read(3, &bytes) == Some(live));
        assert!(Slot::read(4, &bytes).is_none(), "moved to another place");
        let gone = Slot::Destroyed([7; 12]).to_bytes(3);
        assert_eq!(gone[16..60], [0; 44], "nothing of the key is left");
        let head = Head {
            keyring: 0x0102_0304,
            region: 330_200,
            begun_for: 2,
        };
        for bit in 0..512 {
            let mut torn = bytes;
            torn[bit / 8] ^= 1 << (bit % 8);
            assert!(Slot::read(3, &torn).is_none(), "bit {bit}");
            let mut torn = head.to_bytes(5);
            torn[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(Head::read(5, &torn), None, "bit {bit}");
        }
        assert_eq!(Head::read(5, &head.to_bytes(5)), Some(head));
        assert_eq!(Head::read(6, &head.to_bytes(5)), None);
        // One of before there were restores has nothing there.
        let plain = Head {
            begun_for: 0,
            ..head
        };
        assert_eq!(plain.to_bytes(5)[20..60], [0; 40]);
    }
}
