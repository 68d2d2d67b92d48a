//! The citizen's number of the resident id card, after GB 11643-1999.

use std::fmt;

use crate::date::ServiceDate;
use crate::inline_text::InlineText;
use crate::redacted::Redacted;
use crate::region::ProvinceCode;

use super::PersonError;

/// Position i of 18 from the left weighs 2^(18−i) mod 11.
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// The check character of each weighted sum mod 11.
const CHECKS: &[u8; 11] = b"10X98765432";

/// A resident id (公民身份号码): six digits of a region, eight of the date of birth, three of a
/// sequence, and a check character by ISO 7064 MOD 11-2.
///
/// The region is where the card was first registered, often a code since abolished; only its
/// province is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResidentId {
    text: Redacted<InlineText<18>>,
    birth_date: Redacted<ServiceDate>,
}

impl ResidentId {
    /// Reads 18 characters.
    ///
    /// # Errors
    /// Another shape (a lower-case x too), an unknown province, a birth date that does not exist,
    /// or a check character that does not match.
    pub fn parse(text: &str) -> Result<Self, PersonError> {
        let (digits, check) = text
            .as_bytes()
            .split_first_chunk::<17>()
            .filter(|(digits, _)| digits.iter().all(u8::is_ascii_digit))
            .ok_or(PersonError::ResidentId)?;
        let [check @ (b'0'..=b'9' | b'X')] = *check else {
            return Err(PersonError::ResidentId);
        };
        let number = |from: usize, count: usize| {
            digits
                .iter()
                .skip(from)
                .take(count)
                .fold(0_u16, |value, digit| {
                    value
                        .saturating_mul(10)
                        .saturating_add(u16::from(digit.wrapping_sub(b'0')))
                })
        };
        ProvinceCode::from_number(u32::from(number(0, 2)))
            .map_err(|_| PersonError::ResidentIdRegion)?;
        let narrow = |value: u16| u8::try_from(value).unwrap_or(0);
        let birth_date =
            ServiceDate::new(number(6, 4), narrow(number(10, 2)), narrow(number(12, 2)))
                .map_err(|_| PersonError::ResidentIdBirth)?;
        if check_character(digits) != Some(check) {
            return Err(PersonError::ResidentIdCheck);
        }
        let text = InlineText::new(text, |_| true).ok_or(PersonError::ResidentId)?;
        Ok(Self {
            text: Redacted::new(text),
            birth_date: Redacted::new(birth_date),
        })
    }

    /// The number itself: only for storage, and for people who may see it.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.text.expose().as_str()
    }

    /// The date of birth in its digits.
    #[must_use]
    pub const fn birth_date(&self) -> ServiceDate {
        *self.birth_date.expose()
    }

    fn as_str(&self) -> &str {
        self.expose()
    }
}

fn check_character(digits: &[u8; 17]) -> Option<u8> {
    let sum: u32 = digits
        .iter()
        .zip(WEIGHTS)
        .map(|(digit, weight)| u32::from(digit.wrapping_sub(b'0')).saturating_mul(weight))
        .sum();
    CHECKS.get(usize::try_from(sum % 11).ok()?).copied()
}

crate::canonical_text!(ResidentId);

/// The mask.
impl fmt::Display for ResidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::canonical::testing::golden;

    /// The example printed in the standard.
    const EXAMPLE: &str = "11010519491231002X";

    #[test]
    fn the_example_of_the_standard() {
        let id = ResidentId::parse(EXAMPLE).unwrap();
        assert_eq!(id.expose(), EXAMPLE);
        assert_eq!(id.birth_date().to_string(), "1949-12-31");
        assert_eq!(
            format!("{id} {id:?}"),
            "*** ResidentId { text: ***, birth_date: *** }"
        );
        golden(&id, "00000012313130313035313934393132333130303258");
    }

    #[test]
    fn what_is_no_resident_id_says_why() {
        let cases = [
            ("", PersonError::ResidentId),
            ("11010519491231002", PersonError::ResidentId),
            ("11010519491231002x", PersonError::ResidentId),
            ("11010519491231002XX", PersonError::ResidentId),
            ("1101051949123100AX", PersonError::ResidentId),
            ("16010519491231002X", PersonError::ResidentIdRegion),
            ("11010519490231002X", PersonError::ResidentIdBirth),
            ("11010518991231002X", PersonError::ResidentIdBirth),
            ("110105194912310021", PersonError::ResidentIdCheck),
        ];
        for (text, expected) in cases {
            assert_eq!(ResidentId::parse(text), Err(expected), "{text}");
        }
    }

    proptest! {
        /// One mistyped digit never passes, nor do two neighbours exchanged.
        #[test]
        fn a_slip_of_the_finger_is_caught(at in 0_usize..17, digit in b'0'..=b'9') {
            let mut typed = EXAMPLE.as_bytes().to_vec();
            typed[at] = digit;
            let typed = String::from_utf8(typed).unwrap();
            prop_assert_eq!(ResidentId::parse(&typed).is_ok(), typed == EXAMPLE);
            let mut swapped = EXAMPLE.as_bytes().to_vec();
            swapped.swap(at, at + 1);
            let swapped = String::from_utf8(swapped).unwrap();
            prop_assert_eq!(ResidentId::parse(&swapped).is_ok(), swapped == EXAMPLE);
        }
    }
}
