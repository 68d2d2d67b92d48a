//! Insured people: by their number within the home region, and by what they show.
//!
//! A person is `psn_no` within the home region, for not everyone has a resident id. Values that
//! identify a person print a mask and never appear in an error. Deliberately absent: names, sex and
//! addresses, which no rule of settlement reads.

mod credential;
mod resident_id;

pub use credential::{Credential, CredentialNumber, DocumentKind};
pub use resident_id::ResidentId;

use std::fmt;

use crate::inline_text::InlineText;
use crate::redacted::Redacted;
use crate::region::RegionCode;

/// A person's number (人员编号, `psn_no`) in the home region's register: 18 to 26 digits and
/// capital letters.
///
/// Seen in use are 18 to 26 digits; capital letters are accepted because some regions number people
/// by a document that contains them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PsnNo(Redacted<InlineText<26>>);

impl PsnNo {
    /// Reads a person's number.
    ///
    /// # Errors
    /// Fewer than 18 or more than 26 characters, or another character.
    pub fn parse(text: &str) -> Result<Self, PersonError> {
        InlineText::new(text, |byte| {
            byte.is_ascii_digit() || byte.is_ascii_uppercase()
        })
        .filter(|_| text.len() >= 18)
        .map(|text| Self(Redacted::new(text)))
        .ok_or(PersonError::PsnNo)
    }

    /// The number itself: only for storage, and for people who may see it.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose().as_str()
    }

    fn as_str(&self) -> &str {
        self.expose()
    }
}

crate::canonical_text!(PsnNo);

/// The mask.
impl fmt::Display for PsnNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A person anywhere in the country: the home region, and the number in its register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonRef {
    /// The region whose register knows the person.
    pub home: RegionCode,
    /// The number in that register.
    pub psn_no: PsnNo,
}

crate::canonical_struct!(PersonRef { home, psn_no });

/// The home region and the mask, such as `330200/***`.
impl fmt::Display for PersonRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.home, self.psn_no)
    }
}

/// Why a text identifies nobody. The text is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PersonError {
    /// No number of a register.
    #[error("a person's number is 18 to 26 digits and capital letters")]
    PsnNo,
    /// No resident id by its shape.
    #[error("a resident id is 17 digits and a last digit or capital X")]
    ResidentId,
    /// The first digits name no province.
    #[error("the first two digits of a resident id name no province")]
    ResidentIdRegion,
    /// The birth date does not exist.
    #[error("digits 7 to 14 of a resident id are no date of birth")]
    ResidentIdBirth,
    /// The check character is another one.
    #[error("the last character of a resident id does not check: a digit was mistyped")]
    ResidentIdCheck,
    /// No number of a credential.
    #[error("a credential's number is 1 to 128 printable ASCII characters without spaces")]
    CredentialNumber,
}

impl PersonError {
    /// The same in Chinese.
    #[must_use]
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::PsnNo => "人员编号为 18 至 26 位数字和大写字母",
            Self::ResidentId => "居民身份证号码为 17 位数字加一位数字或大写字母 X",
            Self::ResidentIdRegion => "居民身份证号码前两位不是省份代码",
            Self::ResidentIdBirth => "居民身份证号码第 7 至 14 位不是出生日期",
            Self::ResidentIdCheck => "居民身份证号码校验位不符，请核对",
            Self::CredentialNumber => "凭证号码为 1 至 128 个可见 ASCII 字符，不含空格",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::testing::golden;

    const NUMBER: &str = "330200000000000017";

    #[test]
    fn golden_bytes() {
        let psn_no = PsnNo::parse(NUMBER).unwrap();
        let bytes = "00000012333330323030303030303030303030303137";
        golden(&psn_no, bytes);
        let home = RegionCode::parse("330200").unwrap();
        golden(&PersonRef { home, psn_no }, &format!("000509d8{bytes}"));
    }

    #[test]
    fn a_person_prints_as_a_mask() {
        let home = RegionCode::parse("330200").unwrap();
        let person = PersonRef {
            home,
            psn_no: PsnNo::parse(NUMBER).unwrap(),
        };
        assert_eq!(person.to_string(), "330200/***");
        assert_eq!(
            format!("{person:?}"),
            "PersonRef { home: RegionCode(330200), psn_no: PsnNo(***) }"
        );
        assert_eq!(person.psn_no.expose(), NUMBER);
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for bad in [
            "",
            &NUMBER[1..],
            "3302000000000000170000000000",
            "33020000000000001x",
            "33020000000000001-",
        ] {
            assert_eq!(PsnNo::parse(bad), Err(PersonError::PsnNo), "{bad}");
        }
        assert!(PsnNo::parse("33020000000000001700000000").is_ok());
    }
}
