//! The bytes of an image: its head, its rows and the hash behind them. Which image is taken, and when one is written, is
//! said elsewhere.
//!
//! | bytes | |
//! |---|---|
//! | 8 | `HTIMAGE`, then the form of rows |
//! | 8, 4, 12 | the place reached: frame, records of it, position |
//! | 32 | the chain hash after that frame |
//! | 4 + n, 4 + n | key and row in canonical bytes, again and again |
//! | 4 | `ffffffff`, the end of the rows |
//! | 32 | SHA-256 of all before |

use std::io::{self, Read, Write};

use huitong_journal::Position;
use ring::digest::{Context, SHA256};

use super::Of;
use crate::store::{ROW_FORM, Reached};

/// What an image begins with: its own form, and that of rows.
const MAGIC: [u8; 8] = [b'H', b'T', b'I', b'M', b'A', b'G', b'E', ROW_FORM];
/// Stands where the length of the next key would; no key is as long.
pub(super) const END: u32 = u32::MAX;
/// The longest key or row.
const LONGEST: u32 = 64 << 20;

pub(super) fn head(of: Of) -> Vec<u8> {
    let mut head = MAGIC.to_vec();
    head.extend_from_slice(&of.reached.frame.to_be_bytes());
    head.extend_from_slice(&of.reached.records.to_be_bytes());
    head.extend_from_slice(&of.reached.position.to_bytes());
    head.extend_from_slice(&of.chain);
    head
}

pub(super) fn read_head(from: &mut impl Read) -> io::Result<Option<Of>> {
    let mut magic = [0; MAGIC.len()];
    let (mut frame, mut records) = ([0; 8], [0; 4]);
    let (mut position, mut chain) = ([0; Position::ENCODED_LEN], [0; 32]);
    for part in [
        &mut magic[..],
        &mut frame,
        &mut records,
        &mut position,
        &mut chain,
    ] {
        from.read_exact(part)?;
    }
    let position = Position::from_bytes(&position).filter(|_| magic == MAGIC);
    Ok(position.map(|position| Of {
        reached: Reached {
            frame: u64::from_be_bytes(frame),
            records: u32::from_be_bytes(records),
            position,
        },
        chain,
    }))
}

pub(super) fn put(out: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len())
        .ok()
        .filter(|length| *length <= LONGEST);
    let length = length.ok_or_else(|| io::Error::other("a row is too long"))?;
    out.write_all(&length.to_be_bytes())?;
    out.write_all(bytes)
}

/// The next key or row; none at the end of the rows.
pub(super) fn take(from: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let length = u32::from_be_bytes(length);
    if length == END {
        return Ok(None);
    }
    if length > LONGEST {
        return Err(io::Error::other("a row is too long"));
    }
    let mut bytes = Vec::new();
    let read = from
        .by_ref()
        .take(u64::from(length))
        .read_to_end(&mut bytes)?;
    if u64::try_from(read).ok() != Some(u64::from(length)) {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(bytes))
}

/// A reader or writer that hashes and counts what passes.
pub(super) struct Hashing<T> {
    inner: T,
    context: Context,
    bytes: u64,
}

impl<T> Hashing<T> {
    pub(super) fn over(inner: T) -> Self {
        Self {
            inner,
            context: Context::new(&SHA256),
            bytes: 0,
        }
    }

    fn pass(&mut self, bytes: &[u8]) {
        self.context.update(bytes);
        let more = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.bytes = self.bytes.saturating_add(more);
    }

    pub(super) fn into_hash(self) -> (Vec<u8>, T) {
        (self.context.finish().as_ref().to_vec(), self.inner)
    }
}

impl<W: Write> Hashing<W> {
    /// Writes the hash behind it all; how many bytes there are.
    pub(super) fn finish(self) -> (u64, io::Result<W>) {
        let bytes = self.bytes;
        let (hash, mut inner) = self.into_hash();
        let written = inner.write_all(&hash);
        (bytes, written.map(|()| inner))
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.pass(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.pass(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}
