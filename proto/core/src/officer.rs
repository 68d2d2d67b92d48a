//! The name of an officer: a person of a bureau or of the clearinghouse, as certificates and records say it.
//!
//! Who that is in life is the bureau's to know. A name says nothing of what its bearer may do.

use std::fmt;
use std::str::FromStr;

/// The name of an officer: 1 to 32 of `a–z 0–9 . _ -`, beginning with a letter or digit.
///
/// Lower case only, since the name is also a folder's, and some file systems fold case.
///
/// ```
/// use huitong_core::officer::OfficerName;
/// let name: OfficerName = "li.wei".parse()?;
/// assert_eq!(name.as_str(), "li.wei");
/// assert!("Li Wei".parse::<OfficerName>().is_err());
/// # Ok::<(), huitong_core::officer::OfficerNameError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OfficerName(String);

/// Why a text is no officer's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "officer name {0:?}: use 1 to 32 of a-z 0-9 . _ - and begin with a letter or digit, for example li.wei \
     / 经办人名称须为1至32位小写字母、数字或 . _ -，且以字母或数字开头，例如 li.wei"
)]
pub struct OfficerNameError(String);

impl OfficerName {
    /// Reads a name.
    ///
    /// # Errors
    /// [`OfficerNameError`] for any other text.
    pub fn parse(text: &str) -> Result<Self, OfficerNameError> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let fits = (1..=32).contains(&text.len())
            && text.starts_with(plain)
            && text
                .chars()
                .all(|c| plain(c) || matches!(c, '.' | '_' | '-'));
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(OfficerNameError(text.to_owned()))
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

crate::canonical_text!(OfficerName);

impl FromStr for OfficerName {
    type Err = OfficerNameError;

    fn from_str(text: &str) -> Result<Self, OfficerNameError> {
        Self::parse(text)
    }
}

impl fmt::Display for OfficerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
