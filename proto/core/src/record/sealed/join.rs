//! From what remains and what could be opened to the record, or to what is left of it.

use crate::canonical::{Artifact, Canonical, CanonicalError, Decoder, decode_exact};
use crate::duplicate::TagBatch;
use crate::person::PsnNo;
use crate::record::NodeRecord;
use crate::record::duplicate::{Match, MatchesSeen, TagsWritten};
use crate::record::import::{ImportChunk, ImportKind};
use crate::record::looks::SnapshotsGiven;
use crate::record::registry::RegistryRows;
use crate::region::RegionCode;

use super::remains::Remains;

/// A record, put together again.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    clippy::large_enum_variant,
    reason = "it is read once and applied; it is not kept in lists"
)]
pub enum Joined {
    /// The record; of one about many people, without those who were erased.
    Whole(NodeRecord),
    /// The person was erased: what remains.
    Erased(Remains),
    /// A batch of tags of which some people were erased.
    Tags {
        /// The batch, as it was sent.
        batch: TagBatch,
        /// Whose each of its changes is; none for who was erased.
        people: Vec<Option<PsnNo>>,
    },
}

/// Why the parts do not make a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JoinError {
    /// A part is not what its kind holds.
    #[error(transparent)]
    Form(#[from] CanonicalError),
    /// A part of rows is of another kind than the file.
    #[error("rows of another kind than what remains says")]
    Rows,
    /// There are other than as many parts as the kind has.
    #[error("a record of another number of parts")]
    Parts,
    /// A part says no place of its own among the parts of its record.
    #[error("parts that have no place, or one place")]
    Place,
}

/// Puts a record together; a part is none when its person was erased.
///
/// # Errors
/// [`JoinError`] for parts that this form never has.
pub fn join(remains: Remains, parts: &[Option<Vec<u8>>]) -> Result<Joined, JoinError> {
    if let Remains::ImportChunk { import, seq, kind } = remains {
        let rows = rows_of(kind, parts)?;
        let chunk = ImportChunk { import, seq, rows };
        return Ok(Joined::Whole(NodeRecord::ImportChunk(chunk)));
    }
    if let Remains::SnapshotsGiven { number, at } = remains {
        let people = opened(parts)?;
        let given = SnapshotsGiven { number, people, at };
        return Ok(Joined::Whole(NodeRecord::SnapshotsGiven(given)));
    }
    if let Remains::MatchesSeen(at) = remains {
        let (mut found, mut gone) = (Vec::new(), Vec::new());
        for bytes in parts.iter().flatten() {
            let mut input = Decoder::new(bytes);
            if bool::decode(&mut input)? {
                found.push(Match::decode(&mut input)?);
            } else {
                gone.push(<(PsnNo, RegionCode)>::decode(&mut input)?);
            }
            input.finish()?;
        }
        let seen = MatchesSeen { found, gone, at };
        return Ok(Joined::Whole(NodeRecord::MatchesSeen(seen)));
    }
    if let Remains::TagsWritten(batch) = remains {
        let people = parts.iter().map(|part| part.as_deref().map(decode_exact));
        let people: Vec<Option<PsnNo>> = people.map(Option::transpose).collect::<Result<_, _>>()?;
        return Ok(match people.iter().copied().collect() {
            Some(people) => Joined::Whole(NodeRecord::TagsWritten(TagsWritten { batch, people })),
            None => Joined::Tags { batch, people },
        });
    }
    match parts {
        [Some(bytes)] => Ok(Joined::Whole(NodeRecord::from_bytes(bytes)?)),
        [None] => Ok(Joined::Erased(remains)),
        _ => Err(JoinError::Parts),
    }
}

fn opened<T: Canonical>(parts: &[Option<Vec<u8>>]) -> Result<Vec<T>, CanonicalError> {
    let opened = parts.iter().flatten();
    opened.map(|bytes| decode_exact(bytes)).collect()
}

/// The rows that are left, in their order.
fn rows_of(kind: ImportKind, parts: &[Option<Vec<u8>>]) -> Result<RegistryRows, JoinError> {
    let mut rows = match kind {
        ImportKind::Members => RegistryRows::Members(Vec::new()),
        ImportKind::Filings => RegistryRows::Filings(Vec::new()),
        ImportKind::OpeningTotals => RegistryRows::OpeningTotals(Vec::new()),
        ImportKind::Balances => RegistryRows::Balances(Vec::new()),
        ImportKind::Institutions | ImportKind::Catalogue | ImportKind::Externals => {
            return Err(JoinError::Rows);
        }
    };
    for bytes in parts.iter().flatten() {
        let fits = match (&mut rows, decode_exact(bytes)?) {
            (RegistryRows::Members(rows), RegistryRows::Members(more)) => {
                rows.extend(more);
                true
            }
            (RegistryRows::Filings(rows), RegistryRows::Filings(more)) => {
                rows.extend(more);
                true
            }
            (RegistryRows::OpeningTotals(rows), RegistryRows::OpeningTotals(more)) => {
                rows.extend(more);
                true
            }
            (RegistryRows::Balances(rows), RegistryRows::Balances(more)) => {
                rows.extend(more);
                true
            }
            (_, _) => false,
        };
        if !fits {
            return Err(JoinError::Rows);
        }
    }
    Ok(rows)
}
