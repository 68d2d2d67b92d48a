//! What a person shows at the counter (就诊凭证): a closed list, since not everyone has a resident id.

use std::fmt;

use super::{PersonError, ResidentId};
use crate::redacted::Redacted;

/// A credential as it was read. Every number in it prints a mask.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Credential {
    /// The resident id card.
    ResidentId(ResidentId),
    /// The electronic insurance voucher (医保电子凭证), by its token.
    EVoucher(CredentialNumber),
    /// The social security card, by its number.
    SocialCard(CredentialNumber),
    /// Another document.
    Other {
        /// Which document.
        kind: DocumentKind,
        /// Its number.
        number: CredentialNumber,
    },
}

crate::canonical_enum!(Credential {
    1 => ResidentId(id),
    2 => EVoucher(number),
    3 => SocialCard(number),
    4 => Other { kind, number },
});

/// Documents other than the resident id card and the insurance's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DocumentKind {
    /// A passport.
    Passport,
    /// The mainland travel permit of a resident of Hong Kong or Macao.
    HkMacaoPermit,
    /// The mainland travel permit of a resident of Taiwan.
    TaiwanPermit,
    /// The permanent residence permit of a foreigner.
    ForeignPermanentResidence,
    /// A birth certificate, for a newborn without a number.
    BirthCertificate,
}

crate::canonical_enum!(DocumentKind {
    1 => Passport,
    2 => HkMacaoPermit,
    3 => TaiwanPermit,
    4 => ForeignPermanentResidence,
    5 => BirthCertificate,
});

impl DocumentKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::Passport,
        Self::HkMacaoPermit,
        Self::TaiwanPermit,
        Self::ForeignPermanentResidence,
        Self::BirthCertificate,
    ];

    /// Its stable name in files and interfaces.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Passport => "passport",
            Self::HkMacaoPermit => "hk_macao_permit",
            Self::TaiwanPermit => "taiwan_permit",
            Self::ForeignPermanentResidence => "foreign_permanent_residence",
            Self::BirthCertificate => "birth_certificate",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

impl fmt::Display for DocumentKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The number or token of a credential: 1 to 128 printable ASCII characters without spaces.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CredentialNumber(Redacted<String>);

impl CredentialNumber {
    /// Reads a number.
    ///
    /// # Errors
    /// Empty, longer than 128, or another character.
    pub fn parse(text: &str) -> Result<Self, PersonError> {
        if (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(Redacted::new(text.to_owned())))
        } else {
            Err(PersonError::CredentialNumber)
        }
    }

    /// The number itself: only for storage, and for people who may see it.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    fn as_str(&self) -> &str {
        self.expose()
    }
}

crate::canonical_text!(CredentialNumber);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::testing::golden;

    #[test]
    fn golden_bytes() {
        let number = CredentialNumber::parse("G123").unwrap();
        golden(&Credential::EVoucher(number.clone()), "020000000447313233");
        golden(
            &Credential::SocialCard(number.clone()),
            "030000000447313233",
        );
        let passport = Credential::Other {
            kind: DocumentKind::Passport,
            number,
        };
        golden(&passport, "04010000000447313233");
        let id = ResidentId::parse("11010519491231002X").unwrap();
        golden(
            &Credential::ResidentId(id),
            "0100000012313130313035313934393132333130303258",
        );
    }

    #[test]
    fn no_credential_prints_its_number() {
        let number = CredentialNumber::parse("G123").unwrap();
        let passport = Credential::Other {
            kind: DocumentKind::Passport,
            number,
        };
        assert_eq!(
            format!("{passport:?}"),
            "Other { kind: Passport, number: CredentialNumber(***) }"
        );
    }

    #[test]
    fn names_of_documents_read_back_and_numbers_are_bounded() {
        for kind in DocumentKind::ALL {
            assert_eq!(DocumentKind::from_name(&kind.to_string()), Some(kind));
        }
        assert_eq!(DocumentKind::from_name("Passport"), None);
        for bad in ["", "G 1", "护照", &"G".repeat(129)] {
            assert_eq!(
                CredentialNumber::parse(bad),
                Err(PersonError::CredentialNumber),
                "{bad}"
            );
        }
    }
}
