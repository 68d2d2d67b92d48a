//! What says of most debts that a plan did not take them, without looking: nine bits a debt. What is not here: which debts a
//! filter is over, and where it is written.

use crc32c::crc32c;
use huitong_core::canonical_struct;
use tracing::warn;
use xorf::{BinaryFuse8, BinaryFuse8Ref, DmaSerializable, Filter as _, FilterRef};

use crate::store::index::Pair;
use crate::store::keys;
use crate::store::{Index, StoreError};

/// The bytes of a filter in a row.
const PIECE: usize = 32 << 10;

/// What of 256 debts that a plan did not take lets one through, and each that it took.
pub(super) enum Filter {
    /// Nothing is known: everything goes through.
    Everything,
    Fuse {
        descriptor: [u8; BinaryFuse8::DESCRIPTOR_LEN],
        fingerprints: Box<[u8]>,
    },
}

/// How a filter is written: what it is made of, in how many pieces its fingerprints follow, and their CRC32C.
struct Head {
    descriptor: Option<[u8; BinaryFuse8::DESCRIPTOR_LEN]>,
    pieces: u32,
    checksum: u32,
}

canonical_struct!(Head {
    descriptor,
    pieces,
    checksum
});

impl Filter {
    /// Over the debts of these hashes.
    pub(super) fn over(mut hashes: Vec<u64>) -> Self {
        hashes.sort_unstable();
        hashes.dedup();
        let fuse = BinaryFuse8::try_from(&hashes).ok();
        let filter = fuse.map_or(Self::Everything, |fuse| {
            let mut descriptor = [0; BinaryFuse8::DESCRIPTOR_LEN];
            fuse.dma_copy_descriptor_to(&mut descriptor);
            Self::Fuse {
                descriptor,
                fingerprints: fuse.fingerprints,
            }
        });
        if filter.is_fuse() && hashes.iter().all(|hash| filter.may_have(*hash)) {
            return filter;
        }
        warn!("no filter over these debts could be made: each is looked up in its rows");
        Self::Everything
    }

    pub(super) const fn is_fuse(&self) -> bool {
        matches!(self, Self::Fuse { .. })
    }

    pub(super) fn may_have(&self, hash: u64) -> bool {
        match self {
            Self::Everything => true,
            Self::Fuse {
                descriptor,
                fingerprints,
            } => BinaryFuse8Ref::from_dma(descriptor, fingerprints).contains(&hash),
        }
    }

    /// The rows that it is written as, under the key of each piece; the last of them says that it is there.
    pub(super) fn rows(&self, key: impl Fn(u32) -> Vec<u8>) -> Vec<Pair> {
        let (descriptor, fingerprints) = match self {
            Self::Everything => (None, &[][..]),
            Self::Fuse {
                descriptor,
                fingerprints,
            } => (Some(*descriptor), &**fingerprints),
        };
        let pieces = (1_u32..).zip(fingerprints.chunks(PIECE));
        let mut rows: Vec<_> = pieces
            .map(|(piece, bytes)| (key(piece), bytes.to_vec()))
            .collect();
        let pieces = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let head = Head {
            descriptor,
            pieces,
            checksum: crc32c(fingerprints),
        };
        rows.push((key(0), keys::value(&head)));
        rows
    }

    /// A filter as it was written, under the key of each piece; none when it is not there or not whole.
    pub(super) fn read(
        index: &dyn Index,
        key: impl Fn(u32) -> Vec<u8>,
    ) -> Result<Option<Self>, StoreError> {
        let Some(head) = index.get(&key(0))? else {
            return Ok(None);
        };
        let Ok(Head {
            descriptor: Some(descriptor),
            pieces,
            checksum,
        }) = keys::read(&head)
        else {
            return Ok(None);
        };
        let mut fingerprints = Vec::new();
        for piece in 1..=pieces {
            match index.get(&key(piece))? {
                Some(bytes) => fingerprints.extend(bytes),
                None => return Ok(None),
            }
        }
        if crc32c(&fingerprints) != checksum || !is_whole(&descriptor, &fingerprints) {
            return Ok(None);
        }
        Ok(Some(Self::Fuse {
            descriptor,
            fingerprints: fingerprints.into_boxed_slice(),
        }))
    }
}

/// Whether a filter has as many fingerprints as its descriptor says: one that has not would be read past its end.
fn is_whole(descriptor: &[u8; BinaryFuse8::DESCRIPTOR_LEN], fingerprints: &[u8]) -> bool {
    let [_, _, segment, mask, last] = descriptor.as_chunks::<4>().0 else {
        return false;
    };
    let [segment, mask, last] = [segment, mask, last].map(|bytes| u32::from_le_bytes(*bytes));
    let length = segment.checked_mul(2).and_then(|two| last.checked_add(two));
    let length = length.and_then(|length| usize::try_from(length).ok());
    segment.is_power_of_two()
        && mask == segment.saturating_sub(1)
        && length == Some(fingerprints.len())
}
