//! Short ASCII text kept in place, so that codes are `Copy` and a bill of 10,000 lines allocates
//! nothing for them. What characters a code allows is the business of the code's own module.

use std::fmt;

/// At most `N` bytes of ASCII, zero-filled.
///
/// Bytes compare before the length and no text contains a zero byte, so the derived order is the
/// order of the texts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct InlineText<const N: usize> {
    bytes: [u8; N],
    len: u8,
}

impl<const N: usize> InlineText<N> {
    /// Keeps `text` if it is within `N` bytes and `allowed` accepts every one of them.
    pub(crate) fn new(text: &str, allowed: impl Fn(u8) -> bool) -> Option<Self> {
        let len = u8::try_from(text.len()).ok()?;
        let mut bytes = [0; N];
        bytes
            .get_mut(..text.len())?
            .copy_from_slice(text.as_bytes());
        text.bytes()
            .all(|byte| byte.is_ascii_graphic() && allowed(byte))
            .then_some(Self { bytes, len })
    }

    pub(crate) fn as_str(&self) -> &str {
        // Both fallbacks are out of reach: `new` keeps ASCII, and a length within the array.
        let text = self.bytes.get(..usize::from(self.len)).unwrap_or(&[]);
        std::str::from_utf8(text).unwrap_or("")
    }
}

impl<const N: usize> fmt::Display for InlineText<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(text: &str) -> Option<InlineText<8>> {
        InlineText::new(text, |_| true)
    }

    #[test]
    fn the_bound_and_the_alphabet_hold() {
        assert_eq!(text("12345678").unwrap().as_str(), "12345678");
        assert_eq!(text("").unwrap().as_str(), "");
        for bad in ["123456789", "a b", "a\0", "沪"] {
            assert!(text(bad).is_none(), "{bad}");
        }
        assert!(InlineText::<8>::new("12a", |byte| byte.is_ascii_digit()).is_none());
    }

    proptest! {
        /// Inline texts order as their texts do.
        #[test]
        fn order_is_the_order_of_the_texts(a in "[!-~]{0,8}", b in "[!-~]{0,8}") {
            prop_assert_eq!(text(&a).cmp(&text(&b)), a.cmp(&b));
        }
    }
}
