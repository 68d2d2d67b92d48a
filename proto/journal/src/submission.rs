//! The records of one decision, in the form they have in a frame.
//!
//! They take that form, and their checksum, where the decision is made, usually
//! while earlier ones are being synced; the writer's thread hands their bytes to
//! the disk as they are. A large record's body may have both before that. Limits
//! are checked when it is handed in.

use crate::error::AppendError;
use crate::fields::{index, length};
use crate::frame::{Entry, Records, SUBMISSION_OVERHEAD};
use crate::options::Options;

/// The bytes of a record's length before it.
const LENGTH: usize = 4;
/// How many bytes are left free before a body. A head that needs more has the body moved.
const HEAD: usize = 64;

/// All but the head of a record, written before that is known, with its checksum. The head is put in front of it.
#[derive(Clone, Debug)]
pub struct Body {
    /// After [`HEAD`] free ones.
    bytes: Vec<u8>,
    checksum: u32,
}

impl Body {
    /// A body that `write` appends to the bytes that it is given. Room is made for so many bytes of it.
    #[must_use]
    pub fn written(room: usize, write: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Self {
        let mut bytes = Vec::with_capacity(room.saturating_add(HEAD));
        bytes.resize(HEAD, 0);
        let bytes = write(bytes);
        let checksum = crc32c::crc32c(bytes.get(HEAD..).unwrap_or_default());
        Self { bytes, checksum }
    }

    /// How many bytes it has.
    #[must_use]
    #[expect(
        clippy::len_without_is_empty,
        reason = "a length to be compared with the one that is expected"
    )]
    pub const fn len(&self) -> usize {
        self.bytes.len().saturating_sub(HEAD)
    }
}

/// Records that become durable together, in this order and in one frame.
///
/// ```
/// use huitong_journal::Submission;
///
/// let mut submission = Submission::of(b"decision");
/// submission.push(b"totals");
/// assert_eq!(submission.records().count(), 2);
/// ```
#[derive(Clone, Debug)]
pub struct Submission {
    /// From `begin` on.
    bytes: Vec<u8>,
    begin: usize,
    count: u32,
    checksum: u32,
}

impl Submission {
    /// Begins with one record.
    #[must_use]
    pub fn of(record: &[u8]) -> Self {
        let mut submission = Self::with_room(record.len());
        submission.push(record);
        submission
    }

    /// Begins with one record, which `write` appends to the bytes that it is given: it is made where it is to lie. Room is
    /// made for so many bytes of it.
    #[must_use]
    pub fn written(room: usize, write: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Self {
        let mut submission = Self::with_room(room);
        submission.bytes.extend_from_slice(&[0; LENGTH]);
        submission.bytes = write(submission.bytes);
        let len = submission.bytes.len().saturating_sub(LENGTH);
        if let Some(prefix) = submission.bytes.first_chunk_mut() {
            *prefix = length(len).to_be_bytes();
        }
        submission.checksum = crc32c::crc32c(&submission.bytes);
        submission.count = 1;
        submission
    }

    /// Begins with one record, of which all but the head is written already.
    #[must_use]
    pub fn headed(head: &[u8], body: Body) -> Self {
        let before = head.len().saturating_add(LENGTH);
        let (len, mut bytes) = (head.len().saturating_add(body.len()), body.bytes);
        if let Some(more) = before.checked_sub(HEAD) {
            bytes.splice(..0, std::iter::repeat_n(0, more));
        }
        let begin = HEAD.saturating_sub(before);
        let mut checksum = 0;
        if let Some(room) = bytes.get_mut(begin..begin.saturating_add(before)) {
            let (prefix, rest) = room.split_at_mut(LENGTH);
            prefix.copy_from_slice(&length(len).to_be_bytes());
            rest.copy_from_slice(head);
            checksum = crc32c::crc32c(room);
        }
        Self {
            checksum: crc32c::crc32c_combine(
                checksum,
                body.checksum,
                len.saturating_sub(head.len()),
            ),
            bytes,
            begin,
            count: 1,
        }
    }

    /// Adds a record after those there.
    pub fn push(&mut self, record: &[u8]) {
        let begin = self.bytes.len();
        // A record of 4 GiB or more gets a wrong length here and is refused by every
        // limit when it is handed in.
        self.bytes
            .extend_from_slice(&length(record.len()).to_be_bytes());
        self.bytes.extend_from_slice(record);
        let added = self.bytes.get(begin..).unwrap_or_default();
        self.checksum = crc32c::crc32c_append(self.checksum, added);
        self.count = self.count.saturating_add(1);
    }

    /// The records in order.
    #[must_use]
    pub fn records(&self) -> Records<'_> {
        Records::over(self.as_bytes())
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(self.begin..).unwrap_or_default()
    }

    /// The length of its records; saturates, and is then over every limit.
    pub(crate) fn len(&self) -> u32 {
        length(self.as_bytes().len())
    }

    /// What it takes in a frame, its line of the table counted.
    pub(crate) fn room(&self) -> u32 {
        self.len().saturating_add(SUBMISSION_OVERHEAD)
    }

    pub(crate) fn entry(&self) -> Entry {
        Entry {
            bytes: self.len(),
            records: self.count,
            checksum: self.checksum,
        }
    }

    pub(crate) const fn count(&self) -> u32 {
        self.count
    }

    /// Whether it can ever be committed.
    pub(crate) fn admit(&self, options: &Options) -> Result<(), AppendError> {
        let records = index(self.count);
        if records == 0 {
            return Err(AppendError::NoRecords);
        }
        let limit = options.group_records;
        if records > limit {
            return Err(AppendError::TooManyRecords { records, limit });
        }
        let (bytes, limit) = (u64::from(self.room()), options.submissions_bytes());
        if bytes > limit {
            return Err(AppendError::TooLarge { bytes, limit });
        }
        Ok(())
    }

    fn with_room(bytes: usize) -> Self {
        Self {
            bytes: Vec::with_capacity(bytes.saturating_add(64)),
            begin: 0,
            count: 0,
            checksum: 0,
        }
    }
}

impl PartialEq for Submission {
    fn eq(&self, other: &Self) -> bool {
        let its = |of: &Self| (of.count, of.checksum);
        self.as_bytes() == other.as_bytes() && its(self) == its(other)
    }
}

impl Eq for Submission {}

impl From<&[Vec<u8>]> for Submission {
    fn from(records: &[Vec<u8>]) -> Self {
        let room = records.iter().fold(0, |sum: usize, record| {
            sum.saturating_add(record.len()).saturating_add(4)
        });
        let mut submission = Self::with_room(room);
        records.iter().for_each(|record| submission.push(record));
        submission
    }
}

impl From<Vec<Vec<u8>>> for Submission {
    fn from(records: Vec<Vec<u8>>) -> Self {
        Self::from(records.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_made_in_its_place_is_the_same() {
        for record in [&b""[..], b"decision", &[7; 3_000]] {
            let written = Submission::written(record.len() / 2, |mut bytes| {
                bytes.extend_from_slice(record);
                bytes
            });
            assert_eq!(written, Submission::of(record));
            let (mut written, mut of) = (written, Submission::of(record));
            written.push(b"another");
            of.push(b"another");
            assert_eq!(written, of);
        }
    }

    #[test]
    fn a_record_whose_body_was_there_before_its_head_is_the_same() {
        for head in [
            0,
            1,
            HEAD - LENGTH - 1,
            HEAD - LENGTH,
            HEAD - LENGTH + 1,
            300,
        ]
        .map(|len| vec![3; len])
        {
            for tail in [&b""[..], b"body", &[7; 3_000]] {
                let body = Body::written(tail.len() / 2, |mut bytes| {
                    bytes.extend_from_slice(tail);
                    bytes
                });
                assert_eq!(body.len(), tail.len());
                let mut headed = Submission::headed(&head, body);
                let mut of = Submission::of(&[&*head, tail].concat());
                assert_eq!((&headed, headed.len()), (&of, of.len()));
                headed.push(b"another");
                of.push(b"another");
                assert_eq!(headed, of);
                assert_eq!(headed.checksum, crc32c::crc32c(headed.as_bytes()));
            }
        }
    }

    #[test]
    fn a_submission_is_admitted_up_to_the_last_byte_and_record() {
        let options = Options::standard().frame_bytes(1_000).seal_bytes(100);
        let admit = |records: Vec<Vec<u8>>| Submission::from(records).admit(&options.group(1, 2));
        let room = usize::try_from(options.submissions_bytes()).unwrap() - 12;
        assert_eq!(admit(vec![vec![0; room - 4]]), Ok(()));
        assert_eq!(admit(vec![vec![0; room - 8], vec![]]), Ok(()));
        let (bytes, limit) = (options.submissions_bytes() + 1, options.submissions_bytes());
        let too_large = AppendError::TooLarge { bytes, limit };
        assert_eq!(admit(vec![vec![0; room - 3]]), Err(too_large));
        let (records, limit) = (3, 2);
        let too_many = AppendError::TooManyRecords { records, limit };
        assert_eq!(admit(vec![vec![]; 3]), Err(too_many));
        assert_eq!(admit(Vec::new()), Err(AppendError::NoRecords));
    }
}
