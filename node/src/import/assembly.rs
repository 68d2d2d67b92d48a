//! A file from the chunks in which it is sent, within bounds.

use super::ImportHeader;

/// The most bytes of one chunk.
pub const CHUNK_BYTES_AT_MOST: usize = 1024 * 1024;
/// The most bytes of one file.
pub const FILE_BYTES_AT_MOST: usize = 64 * 1024 * 1024;

/// A file on its way in.
#[derive(Debug)]
pub struct Assembly {
    header: ImportHeader,
    bytes: Vec<u8>,
}

/// Why a chunk is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AssemblyError {
    /// It is empty: a stream of such would never end.
    #[error("a chunk is empty")]
    EmptyChunk,
    /// It is too large.
    #[error("a chunk has {0} bytes, at most {CHUNK_BYTES_AT_MOST} are taken")]
    ChunkTooLarge(usize),
    /// The file is too large.
    #[error("the file has more than {FILE_BYTES_AT_MOST} bytes: split it")]
    FileTooLarge,
}

impl Assembly {
    /// A file of which nothing has arrived.
    #[must_use]
    pub const fn new(header: ImportHeader) -> Self {
        Self {
            header,
            bytes: Vec::new(),
        }
    }

    /// Takes the next chunk.
    ///
    /// # Errors
    /// [`AssemblyError`]; the file is then beyond use.
    pub fn take(&mut self, chunk: &[u8]) -> Result<(), AssemblyError> {
        if chunk.is_empty() {
            return Err(AssemblyError::EmptyChunk);
        }
        if chunk.len() > CHUNK_BYTES_AT_MOST {
            return Err(AssemblyError::ChunkTooLarge(chunk.len()));
        }
        if self.bytes.len().saturating_add(chunk.len()) > FILE_BYTES_AT_MOST {
            return Err(AssemblyError::FileTooLarge);
        }
        self.bytes.extend_from_slice(chunk);
        Ok(())
    }

    /// The header and the whole file.
    #[must_use]
    pub fn finish(self) -> (ImportHeader, Vec<u8>) {
        (self.header, self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use huitong_core::money::Fen;
    use huitong_core::record::import::ImportKind;

    use super::*;
    use crate::import::{ControlSums, FileKind, Mode};

    #[test]
    fn a_file_comes_in_bounded_chunks() {
        let header = ImportHeader {
            kind: FileKind(ImportKind::Members),
            as_of: None,
            sums: ControlSums {
                rows: 0,
                sum: Fen::ZERO,
            },
            mode: Mode::Commit,
        };
        let mut assembly = Assembly::new(header);
        assert_eq!(assembly.take(b""), Err(AssemblyError::EmptyChunk));
        let long = vec![b'x'; CHUNK_BYTES_AT_MOST + 1];
        assert_eq!(
            assembly.take(&long),
            Err(AssemblyError::ChunkTooLarge(long.len()))
        );
        assembly.take(b"ab").unwrap();
        for _ in 0..FILE_BYTES_AT_MOST / CHUNK_BYTES_AT_MOST - 1 {
            assembly.take(&long[1..]).unwrap();
        }
        assert_eq!(assembly.take(&long[1..]), Err(AssemblyError::FileTooLarge));
        assembly.take(b"c").unwrap();
        let (given, bytes) = assembly.finish();
        assert_eq!(
            (given, bytes.first(), bytes.last()),
            (header, Some(&b'a'), Some(&b'c'))
        );
    }
}
