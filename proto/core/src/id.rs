//! Ids: 128 bits that sort by the time they were made, one type for each thing that has one.
//!
//! The first 48 bits are milliseconds since 1970, the other 80 are random; both come from the
//! caller, since this crate has neither clock nor chance. Exceptions are ids that a node derives from
//! who asked and the id they gave their request: of a settlement, so that giving up a request whose
//! answer was lost buries the right one at home, and of an act on a person's record. As text an id is a prefix that says what
//! it names and 26 letters of Crockford's base 32 in lower case, so that text sorts as the id does.
//! An id means nothing without the certified identity that sent it.

use std::fmt;
use std::str::FromStr;

use crate::inline_text::InlineText;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const LETTERS: usize = 26;

macro_rules! time_ordered_id {
    ($(#[$doc:meta])* $type:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type([u8; 16]);

        impl $type {
            /// What its text begins with.
            pub const PREFIX: &'static str = $prefix;

            /// The id made at this time, in milliseconds since 1970, with these random bytes. A
            /// time outside 48 bits is moved to the nearer end.
            #[must_use]
            pub fn from_parts(timestamp_ms: i64, random: [u8; 10]) -> Self {
                Self(join(timestamp_ms, random))
            }

            /// When it was made, in milliseconds since 1970, by its maker's clock.
            #[must_use]
            pub fn timestamp_ms(self) -> i64 {
                timestamp_of(self.0)
            }

            /// The 16 bytes.
            #[must_use]
            pub const fn to_bytes(self) -> [u8; 16] {
                self.0
            }

            /// The id of these 16 bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// Reads the prefix and 26 letters.
            ///
            /// # Errors
            /// Another prefix, length or letter, upper case, or more than 128 bits.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                let letters = text.strip_prefix($prefix).ok_or(IdError::Malformed($prefix))?;
                read(letters).map(Self).ok_or(IdError::Malformed($prefix))
            }
        }

        $crate::canonical_as!($type as [u8; 16], |id| id.0, |bytes| Ok::<_, IdError>($type(bytes)));

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($prefix)?;
                f.write_str(std::str::from_utf8(&letters(self.0)).unwrap_or_default())
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($type), "({})"), self)
            }
        }

        impl FromStr for $type {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }
    };
}

time_ordered_id! {
    /// The id of a settlement.
    ///
    /// ```
    /// use huitong_core::id::SettlementId;
    /// let id = SettlementId::from_parts(1_700_000_000_000, [0; 10]);
    /// assert_eq!(id.to_string(), "stl_01hf7yat000000000000000000");
    /// assert_eq!(id.to_string().parse(), Ok(id));
    /// ```
    SettlementId, "stl_"
}
time_ordered_id! {
    /// The id of a leg.
    LegId, "leg_"
}
time_ordered_id! {
    /// The id of a clearing cycle.
    CycleId, "cyc_"
}
time_ordered_id! {
    /// The id of a reversal.
    ReversalId, "rev_"
}
time_ordered_id! {
    /// The id of an act on a person's record. It follows from who asked and the id they gave the request.
    ActId, "act_"
}
time_ordered_id! {
    /// The id of a filing: that of the act that made it.
    FilingId, "fil_"
}
time_ordered_id! {
    /// The id of a transfer of the relationship. It follows from which officer started it and the id they gave it.
    TransferId, "trf_"
}
time_ordered_id! {
    /// The id of an audit deduction. It follows from which officer ordered it and the id they gave it.
    DeductionId, "ded_"
}
time_ordered_id! {
    /// The id of an institution's confirmation of lines of its month.
    ConfirmationId, "cfm_"
}
time_ordered_id! {
    /// The id of an expense check between two regions.
    CheckId, "chk_"
}

impl DeductionId {
    /// The same 16 bytes where a leg names what it arose from.
    #[must_use]
    pub const fn as_debt(self) -> SettlementId {
        SettlementId::from_bytes(self.to_bytes())
    }

    /// The deduction that a leg names, where it is a leg of one.
    ///
    /// ```
    /// use huitong_core::id::DeductionId;
    /// let id = DeductionId::from_parts(1_700_000_000_000, [7; 10]);
    /// assert_eq!(DeductionId::of_debt(id.as_debt()), id);
    /// ```
    #[must_use]
    pub const fn of_debt(debt: SettlementId) -> Self {
        Self::from_bytes(debt.to_bytes())
    }
}

fn join(timestamp_ms: i64, random: [u8; 10]) -> [u8; 16] {
    let time = u64::try_from(timestamp_ms).unwrap_or(0).min((1 << 48) - 1);
    let mut bytes = [0; 16];
    let parts = time.to_be_bytes().into_iter().skip(2).chain(random);
    bytes
        .iter_mut()
        .zip(parts)
        .for_each(|(byte, part)| *byte = part);
    bytes
}

fn timestamp_of(bytes: [u8; 16]) -> i64 {
    bytes
        .iter()
        .take(6)
        .fold(0, |time, byte| (time << 8) | i64::from(*byte))
}

fn letters(bytes: [u8; 16]) -> [u8; LETTERS] {
    let mut rest = u128::from_be_bytes(bytes);
    let mut letters = [b'0'; LETTERS];
    for letter in letters.iter_mut().rev() {
        let digit = usize::try_from(rest % 32).unwrap_or_default();
        *letter = ALPHABET.get(digit).copied().unwrap_or(b'0');
        rest >>= 5;
    }
    letters
}

/// What stands for no letter of the alphabet.
const NO_DIGIT: u8 = u8::MAX;

/// The 128 bits that 26 letters spell; the first letter has room for three bits only. Legs come with their settlements' ids as
/// text, so it is asked millions of times a day: all letters are looked up before any is refused, and a machine word
/// takes eight of them.
fn read(letters: &str) -> Option<[u8; 16]> {
    let letters = <&[u8; LETTERS]>::try_from(letters.as_bytes()).ok()?;
    let digits = letters.map(digit);
    let all = digits.iter().fold(0, |all, digit| all | digit);
    if all >= 32 || digits.first().is_none_or(|first| *first > 7) {
        return None;
    }
    let spelled = |digits: &[u8]| {
        let digits = digits.iter();
        digits.fold(0_u64, |value, digit| (value << 5) | u64::from(*digit))
    };
    let (head, groups) = digits.as_rchunks::<8>();
    let groups = groups.iter().map(|group| u128::from(spelled(group)));
    let value = groups.fold(u128::from(spelled(head)), |value, group| {
        (value << 40) | group
    });
    Some(value.to_be_bytes())
}

/// The place of each letter in the alphabet.
const DIGITS: [u8; 256] = {
    let mut digits = [NO_DIGIT; 256];
    let (mut rest, mut letter): (&mut [u8], u8) = (&mut digits, 0);
    while let [first, others @ ..] = { rest } {
        *first = place(letter);
        (rest, letter) = (others, letter.wrapping_add(1));
    }
    digits
};

/// Letters of an id are as good as random, so their places are looked up, and not chosen by which letter it is.
fn digit(letter: u8) -> u8 {
    DIGITS.get(usize::from(letter)).copied().unwrap_or(NO_DIGIT)
}

/// The place of a letter in the alphabet, by how far it is from the first of those that follow on each other with it.
const fn place(letter: u8) -> u8 {
    let (first, place) = match letter {
        b'0'..=b'9' => (b'0', 0),
        b'a'..=b'h' => (b'a', 10),
        b'j' | b'k' => (b'j', 18),
        b'm' | b'n' => (b'm', 20),
        b'p'..=b't' => (b'p', 22),
        b'v'..=b'z' => (b'v', 27),
        _ => return NO_DIGIT,
    };
    letter.wrapping_sub(first).wrapping_add(place)
}

/// A caller's own id for its request: 1 to 64 of letters, digits, `.`, `_`, `:` and `-`.
///
/// It is what makes a repeated request the same request, within the certified identity of its
/// sender. It must not contain personal data: it appears in logs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(InlineText<64>);

impl RequestId {
    /// Reads a request id.
    ///
    /// # Errors
    /// Empty, longer than 64, or another character.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let allowed =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b':' | b'-');
        InlineText::new(text, allowed)
            .filter(|_| !text.is_empty())
            .map(Self)
            .ok_or(IdError::RequestId)
    }

    /// The id as the caller wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

crate::canonical_text!(RequestId);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RequestId({self})")
    }
}

impl FromStr for RequestId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// Why a text is no id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Not the prefix and 26 letters.
    #[error("an id here is {0} and 26 lower-case letters and digits, without i, l, o and u")]
    Malformed(&'static str),
    /// Not a request id.
    #[error("a request id is 1 to 64 of letters, digits, '.', '_', ':' and '-'")]
    RequestId,
}

impl IdError {
    /// The same in Chinese.
    #[must_use]
    pub fn chinese(self) -> String {
        match self {
            Self::Malformed(prefix) => format!("编号为 {prefix} 加 26 位小写字母和数字"),
            Self::RequestId => "请求编号为 1 至 64 位字母、数字、“.”、“_”、“:”和“-”".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::canonical::testing::golden;

    #[test]
    fn a_letter_stands_for_its_place_in_the_alphabet() {
        for letter in u8::MIN..=u8::MAX {
            let place = ALPHABET.iter().position(|known| *known == letter);
            let place = place.map_or(NO_DIGIT, |place| u8::try_from(place).unwrap());
            assert_eq!(digit(letter), place, "{letter}");
        }
    }

    #[test]
    fn golden_bytes() {
        let id = SettlementId::from_parts(0x0102_0304_0506, [7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
        golden(&id, "0102030405060708090a0b0c0d0e0f10");
        golden(
            &RequestId::parse("his-1:2.3_A").unwrap(),
            "0000000b6869732d313a322e335f41",
        );
    }

    #[test]
    fn every_id_has_its_own_prefix() {
        let random = [0xff; 10];
        assert_eq!(
            LegId::from_parts(i64::MAX, random).to_string(),
            "leg_7zzzzzzzzzzzzzzzzzzzzzzzzz"
        );
        assert_eq!(
            CycleId::from_parts(-1, [0; 10]).to_string(),
            "cyc_00000000000000000000000000"
        );
        let text = ReversalId::from_bytes([0; 16]).to_string();
        assert_eq!(
            ReversalId::parse(&text),
            Ok(ReversalId::from_bytes([0; 16]))
        );
        assert_eq!(SettlementId::parse(&text), Err(IdError::Malformed("stl_")));
    }

    #[test]
    fn one_spelling_only() {
        let good = "stl_01hf7yat000000000000000000";
        assert!(SettlementId::parse(good).is_ok());
        for bad in [
            "stl_81hf7yat000000000000000000",
            "stl_01HF7YAT000000000000000000",
            "stl_01hf7yat00000000000000000o",
            "stl_01hf7yat00000000000000000",
            "stl_01hf7yat0000000000000000000",
            "01hf7yat000000000000000000",
            "stl_",
        ] {
            assert_eq!(
                SettlementId::parse(bad),
                Err(IdError::Malformed("stl_")),
                "{bad}"
            );
        }
    }

    #[test]
    fn what_is_no_request_id_is_refused() {
        assert!(RequestId::parse(&"a".repeat(64)).is_ok());
        for bad in ["", "a b", "a/b", "请求", &"a".repeat(65)] {
            assert_eq!(RequestId::parse(bad), Err(IdError::RequestId), "{bad}");
        }
    }

    proptest! {
        /// Ids read back from their text, and sort as their texts and as their times do.
        #[test]
        fn order_is_the_order_of_text_and_time(
            times in any::<[u32; 2]>(), random in any::<[[u8; 10]; 2]>(),
        ) {
            let id = |at: usize| SettlementId::from_parts(i64::from(times[at]), random[at]);
            let (a, b) = (id(0), id(1));
            prop_assert_eq!(a.to_string().parse(), Ok(a));
            prop_assert_eq!(a.timestamp_ms(), i64::from(times[0]));
            prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
            prop_assert!(times[0] == times[1] || (a < b) == (times[0] < times[1]));
        }
    }
}
