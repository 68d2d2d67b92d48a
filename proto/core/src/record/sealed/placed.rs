//! Which part of its record a section holds: said inside it, after the part.
//!
//! Sections stand in the order of their keys. So whoever sees a record of many people, in which a list in the clear
//! names each of them by something else (a batch by their tags), does not see whose is whose.

use super::join::JoinError;

/// How many bytes say it.
const BYTES: usize = 4;

/// A part of a record, and which one it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Which part, from 0.
    pub place: u32,
    /// The part.
    pub part: Vec<u8>,
}

impl Placed {
    /// What is sealed.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        let mut bytes = self.part;
        bytes.extend_from_slice(&self.place.to_be_bytes());
        bytes
    }

    /// What was sealed.
    ///
    /// # Errors
    /// [`JoinError::Place`] for bytes that say no place.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, JoinError> {
        let mut part = bytes;
        let place = *part.last_chunk::<BYTES>().ok_or(JoinError::Place)?;
        part.truncate(part.len().saturating_sub(BYTES));
        Ok(Self {
            place: u32::from_be_bytes(place),
            part,
        })
    }
}

/// The parts in the order of their record, from the sections in theirs; none for what was erased.
///
/// # Errors
/// [`JoinError::Place`] when two parts have one place, or one a place that the record does not have.
pub fn in_order(sections: Vec<Option<Placed>>) -> Result<Vec<Option<Vec<u8>>>, JoinError> {
    let mut parts: Vec<Option<Vec<u8>>> = vec![None; sections.len()];
    for Placed { place, part } in sections.into_iter().flatten() {
        let place = usize::try_from(place).map_err(|_| JoinError::Place)?;
        let free = parts.get_mut(place).filter(|free| free.is_none());
        *free.ok_or(JoinError::Place)? = Some(part);
    }
    Ok(parts)
}
