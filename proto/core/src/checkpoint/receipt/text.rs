//! A proof as the text of a QR code: a prefix, and its canonical bytes in Base45 (RFC 9285), whose letters are those of
//! the code's alphanumeric mode.
//!
//! Reading is strict: one text for one proof, upper case, nothing around it. Deliberately absent: compression, since what
//! is in a proof are hashes.

use super::ReceiptProof;
use crate::canonical::{Artifact, CanonicalError};

/// What every text begins with: kind and version, before anything is decoded.
pub const PREFIX: &str = "HTR1:";
/// The letters that the largest code (version 40, level L) holds in alphanumeric mode.
pub const LETTERS_AT_MOST: usize = 4_296;

/// The letters of Base45, by their value.
const LETTERS: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// A text that is no proof.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Longer than any code.
    #[error("{0} letters are more than a code holds")]
    TooLong(usize),
    /// It does not begin with [`PREFIX`].
    #[error("it does not begin with {PREFIX}")]
    Prefix,
    /// Not a letter of Base45, or letters that stand for no bytes.
    #[error("it is not Base45 at letter {0}")]
    Letter(usize),
    /// The bytes are no proof.
    #[error(transparent)]
    Bytes(#[from] CanonicalError),
}

/// The texts of a proof: one with all of its legs, or one for each leg when that would not fit a code.
#[must_use]
pub fn texts(proof: &ReceiptProof) -> Vec<String> {
    let whole = text(proof);
    if whole.len() <= LETTERS_AT_MOST {
        return vec![whole];
    }
    // One leg always fits: its two longest paths have 2,048 bytes.
    proof.each().map(|one| text(&one)).collect()
}

/// The text of a proof, however long.
#[must_use]
pub fn text(proof: &ReceiptProof) -> String {
    let mut text = PREFIX.to_owned();
    encode(&proof.to_bytes(), &mut text);
    text
}

/// Reads a text.
///
/// # Errors
/// [`TextError`].
pub fn read(text: &str) -> Result<ReceiptProof, TextError> {
    if text.len() > LETTERS_AT_MOST {
        return Err(TextError::TooLong(text.len()));
    }
    let letters = text.strip_prefix(PREFIX).ok_or(TextError::Prefix)?;
    let bytes = decode(letters.as_bytes()).map_err(|at| {
        let at = at.saturating_add(PREFIX.len());
        TextError::Letter(at)
    })?;
    Ok(ReceiptProof::from_bytes(&bytes)?)
}

fn encode(bytes: &[u8], text: &mut String) {
    for pair in bytes.chunks(2) {
        let (mut rest, letters) = match *pair {
            [high, low] => (u16::from_be_bytes([high, low]), 3),
            [one] => (u16::from(one), 2),
            _ => continue,
        };
        for _ in 0..letters {
            let letter = LETTERS.get(usize::from(rest % 45)).copied();
            text.extend(letter.map(char::from));
            rest /= 45;
        }
    }
}

/// The bytes, or at which letter they end to be any.
fn decode(letters: &[u8]) -> Result<Vec<u8>, usize> {
    let mut bytes = Vec::with_capacity(letters.len());
    let mut at = 0_usize;
    for group in letters.chunks(3) {
        let mut value = 0_u32;
        for letter in group.iter().rev() {
            let digit = LETTERS.iter().position(|known| known == letter);
            let digit = digit.and_then(|digit| u32::try_from(digit).ok());
            value = value.saturating_mul(45).saturating_add(digit.ok_or(at)?);
        }
        match group.len() {
            3 => bytes.extend(u16::try_from(value).map_err(|_| at)?.to_be_bytes()),
            2 => bytes.push(u8::try_from(value).map_err(|_| at)?),
            _ => return Err(at),
        }
        at = at.saturating_add(3);
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests;
