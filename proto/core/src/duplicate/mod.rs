//! People whom two regions insure at once (重复参保), found by tags: a keyed pseudonym of a document's number.
//!
//! The numbers of documents can be counted through, so a plain hash of one hides nothing. A [`TagKey`] is held by the
//! regions alone; the clearinghouse sees tags, and can neither make one nor read a number out of one. What is tagged
//! is a document that is the same everywhere: tokens of a voucher and numbers of a region's own card are not.
//! Deliberately absent: names and birth dates, which do not say who somebody is, and any look-alike matching.

mod cover;
mod key;
mod stream;
mod tag;

pub use cover::{
    CoverDays, NoteError, ResolutionNote, STRETCHES_AT_MOST, ToldCover, ToldResolution, overlap,
};
pub use key::{KeyId, TagKey, TagKeyError};
pub use stream::{CHANGES_AT_MOST, Reach, TagBatch, TagChange, TagStanding, TagStream};
pub use tag::{Document, Tag};
