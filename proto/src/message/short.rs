//! Texts and bytes that are nearly always as short as they should be, and then lie in place; a longer one lies elsewhere, so that
//! whatever comes can be read, and be refused with its reason. What they mean is not known here.

use std::fmt;
use std::ops::Deref;

use prost::DecodeError;
use prost::bytes::{Buf, BufMut};
use prost::encoding::{
    DecodeContext, WireType, bytes, encode_key, encode_varint, encoded_len_varint, key_len, string,
};

use super::room::Room;

/// The longest whose length is one byte on the wire.
const ONE_BYTE: u8 = 0x7f;

/// Bytes, in place when they are at most `N`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ShortBytes<const N: usize>(Kept<N>);

/// Zeros fill what is not used of what lies in place, and nothing that fits lies elsewhere: equal bytes are kept alike.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Kept<const N: usize> {
    Here { len: u8, bytes: [u8; N] },
    Elsewhere(Box<[u8]>),
}

impl<const N: usize> ShortBytes<N> {
    /// The bytes.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        match &self.0 {
            Kept::Here { len, bytes } => bytes.get(..usize::from(*len)).unwrap_or_default(),
            Kept::Elsewhere(bytes) => bytes,
        }
    }

    /// What stands at the front of `buf`, length and all, when it fits in and `allowed` has nothing against it.
    pub(super) fn at_front(buf: &mut impl Buf, allowed: impl Fn(&[u8]) -> bool) -> Option<Self> {
        let (len, rest) = buf.chunk().split_first()?;
        let content = rest.get(..usize::from(*len)).filter(|_| *len <= ONE_BYTE)?;
        let mut kept = [0; N];
        kept.get_mut(..content.len())?.copy_from_slice(content);
        if !allowed(content) {
            return None;
        }
        let len = *len;
        buf.advance(usize::from(len).saturating_add(1));
        Some(Self(Kept::Here { len, bytes: kept }))
    }

    pub(super) fn merge(
        &mut self,
        wire_type: WireType,
        buf: &mut impl Buf,
        context: DecodeContext,
    ) -> Result<(), DecodeError> {
        if wire_type == WireType::LengthDelimited
            && let Some(read) = Self::at_front(buf, |_| true)
        {
            *self = read;
            return Ok(());
        }
        let mut read = Vec::new();
        bytes::merge(wire_type, &mut read, buf, context)?;
        *self = Self::from(&*read);
        Ok(())
    }

    pub(super) fn encode(&self, tag: u32, buf: &mut impl BufMut) {
        let content = self.as_slice();
        if content.is_empty() {
            return;
        }
        encode_key(tag, WireType::LengthDelimited, buf);
        match u8::try_from(content.len()) {
            Ok(len) if len <= ONE_BYTE => buf.put_u8(len),
            Ok(_) | Err(_) => encode_varint(length(content), buf),
        }
        buf.put_slice(content);
    }

    /// Writes the field after its key, of one byte; nothing where it is empty. None where there is not enough room, or it
    /// does not lie in place.
    pub(super) fn put_in<const R: usize>(&self, key: u8, room: &mut Room<R>) -> Option<()> {
        let Kept::Here { len, bytes } = &self.0 else {
            return None;
        };
        match len {
            0 => Some(()),
            1..=ONE_BYTE => {
                room.put(&[key, *len])?;
                room.put_front(bytes, usize::from(*len))
            }
            _ => None,
        }
    }

    pub(super) fn encoded_len(&self, tag: u32) -> usize {
        let content = self.as_slice();
        if content.is_empty() {
            return 0;
        }
        let before = key_len(tag).saturating_add(encoded_len_varint(length(content)));
        before.saturating_add(content.len())
    }
}

fn length(content: &[u8]) -> u64 {
    u64::try_from(content.len()).unwrap_or(u64::MAX)
}

impl<const N: usize> Default for ShortBytes<N> {
    fn default() -> Self {
        Self(Kept::Here {
            len: 0,
            bytes: [0; N],
        })
    }
}

impl<const N: usize> From<&[u8]> for ShortBytes<N> {
    fn from(content: &[u8]) -> Self {
        let mut bytes = [0; N];
        let fits = (u8::try_from(content.len()).ok()).zip(bytes.get_mut(..content.len()));
        let Some((len, room)) = fits else {
            return Self(Kept::Elsewhere(content.into()));
        };
        room.copy_from_slice(content);
        Self(Kept::Here { len, bytes })
    }
}

impl<const N: usize> fmt::Debug for ShortBytes<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_slice().fmt(f)
    }
}

/// A text, in place when it is at most `N` bytes.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct ShortText<const N: usize>(ShortBytes<N>);

impl<const N: usize> ShortText<N> {
    /// How something is written.
    #[must_use]
    pub fn of(shown: &impl fmt::Display) -> Self {
        let mut room = Room::empty();
        let written = fmt::write(&mut room, format_args!("{shown}"));
        let (bytes, len) = room.into_parts();
        match (written, u8::try_from(len)) {
            (Ok(()), Ok(len)) => Self(ShortBytes(Kept::Here { len, bytes })),
            (Err(fmt::Error), _) | (_, Err(_)) => Self::from(&*shown.to_string()),
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Nothing else is ever kept: it is a text that comes in, or bytes that were looked at.
        std::str::from_utf8(self.0.as_slice()).unwrap_or_default()
    }

    /// What stands at the front of `buf`, length and all, when it fits in and is a text.
    pub(super) fn at_front(buf: &mut impl Buf) -> Option<Self> {
        let is_text = |bytes: &[u8]| bytes.is_ascii() || std::str::from_utf8(bytes).is_ok();
        ShortBytes::at_front(buf, is_text).map(Self)
    }

    pub(super) fn merge(
        &mut self,
        wire_type: WireType,
        buf: &mut impl Buf,
        context: DecodeContext,
    ) -> Result<(), DecodeError> {
        if wire_type == WireType::LengthDelimited
            && let Some(read) = Self::at_front(buf)
        {
            *self = read;
            return Ok(());
        }
        // What is no text is refused as it is everywhere else.
        let mut read = String::new();
        string::merge(wire_type, &mut read, buf, context)?;
        *self = Self::from(&*read);
        Ok(())
    }

    pub(super) fn encode(&self, tag: u32, buf: &mut impl BufMut) {
        self.0.encode(tag, buf);
    }

    pub(super) fn put_in<const R: usize>(&self, key: u8, room: &mut Room<R>) -> Option<()> {
        self.0.put_in(key, room)
    }

    pub(super) fn encoded_len(&self, tag: u32) -> usize {
        self.0.encoded_len(tag)
    }
}

impl<const N: usize> From<&str> for ShortText<N> {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().into())
    }
}

impl<const N: usize> PartialEq<&str> for ShortText<N> {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl<const N: usize> Deref for ShortText<N> {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl<const N: usize> fmt::Display for ShortText<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl<const N: usize> fmt::Debug for ShortText<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_lies_in_place_and_what_does_not_is_kept_whole() {
        for text in [
            "",
            "1",
            "12345678",
            "123456789",
            "医保基金",
            &"x".repeat(300),
        ] {
            let fits = text.len() <= 8;
            for kept in [ShortText::<8>::from(text), ShortText::<8>::of(&text)] {
                assert_eq!(&*kept, text);
                assert_eq!(matches!(kept.0.0, Kept::Here { .. }), fits, "{text}");
                assert_eq!(kept, ShortText::from(text));
            }
        }
    }
}
