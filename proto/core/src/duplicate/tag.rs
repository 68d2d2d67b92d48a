//! A person's tag: what a key makes of the kind and the number of a document.
//!
//! What is hashed names its purpose and its version, then the kind, then the number in one spelling. A tag is half a
//! digest: among all people of the country two that are equal by chance are not to be expected (2⁻⁶⁶).

use std::fmt;

use super::key::{TagKey, first_of};
use crate::canonical::{Canonical, Encoder};
use crate::person::{Credential, DocumentKind};
use crate::redacted::Redacted;

/// What a tag is taken of: its purpose, and the version of its form.
const PURPOSE: &[u8] = b"HTDT\x00\x01";

/// A person as the clearinghouse sees them under one key. It prints a mask: whoever reads two logs could join them
/// by it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(Redacted<[u8; 16]>);

/// A document whose number is the same in every region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Document {
    /// The resident id card.
    ResidentId,
    /// Another document.
    Other(DocumentKind),
}

impl Document {
    /// The document of a credential; none where the number is a region's or a day's own.
    #[must_use]
    pub fn of(credential: &Credential) -> Option<(Self, &str)> {
        match credential {
            Credential::ResidentId(id) => Some((Self::ResidentId, id.expose())),
            Credential::Other { kind, number } => Some((Self::Other(*kind), number.expose())),
            Credential::EVoucher(_) | Credential::SocialCard(_) => None,
        }
    }

    const fn number(self) -> u8 {
        match self {
            Self::ResidentId => 1,
            Self::Other(DocumentKind::Passport) => 2,
            Self::Other(DocumentKind::HkMacaoPermit) => 3,
            Self::Other(DocumentKind::TaiwanPermit) => 4,
            Self::Other(DocumentKind::ForeignPermanentResidence) => 5,
            Self::Other(DocumentKind::BirthCertificate) => 6,
        }
    }

    /// A number in its one spelling: full-width forms as ASCII, letters in upper case, nothing but letters and digits.
    /// The permit of Hong Kong and Macao is known by its letter and eight digits; two more on old cards count its
    /// renewals.
    #[must_use]
    pub fn normalised(self, number: &str) -> String {
        let plain = number.chars().map(half_width);
        let mut text: String = plain
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_uppercase)
            .collect();
        let is_old_permit = self == Self::Other(DocumentKind::HkMacaoPermit)
            && text.len() == 11
            && text.starts_with(['H', 'M'])
            && text.bytes().skip(1).all(|byte| byte.is_ascii_digit());
        if is_old_permit {
            text.truncate(9);
        }
        text
    }
}

/// The ASCII form of a full-width character.
fn half_width(c: char) -> char {
    let code = u32::from(c);
    match code {
        0xff01..=0xff5e => char::from_u32(code.saturating_sub(0xfee0)).unwrap_or(c),
        _ => c,
    }
}

impl Tag {
    /// The tag of a document's number under a key.
    #[must_use]
    pub fn of(key: &TagKey, document: Document, number: &str) -> Self {
        let mut message = Encoder::new();
        message.raw(PURPOSE);
        document.number().encode(&mut message);
        message.text(&document.normalised(number));
        let (first, _) = first_of(&key.hmac(message.as_bytes()));
        Self(Redacted::new(first))
    }

    /// The tag of a credential; none when its number is no document's.
    #[must_use]
    pub fn of_credential(key: &TagKey, credential: &Credential) -> Option<Self> {
        let (document, number) = Document::of(credential)?;
        Some(Self::of(key, document, number))
    }

    /// A tag as it was sent.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Redacted::new(bytes))
    }

    /// Its 16 bytes: for storage and for sending.
    #[must_use]
    pub const fn expose(&self) -> &[u8; 16] {
        self.0.expose()
    }
}

crate::canonical_as!(Tag as [u8; 16], |tag| *tag.0.expose(), |bytes| {
    Ok::<_, std::convert::Infallible>(Tag::from_bytes(bytes))
});

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tag(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::testing::{golden, hex};
    use crate::person::{CredentialNumber, ResidentId};

    const ID: &str = "11010519491231002X";

    fn key() -> TagKey {
        TagKey::from_bytes([7; 32])
    }

    fn tag(document: Document, number: &str) -> String {
        hex(Tag::of(&key(), document, number).expose())
    }

    #[test]
    fn golden_tags() {
        use DocumentKind::{BirthCertificate, HkMacaoPermit, Passport, TaiwanPermit};
        let cases = [
            (Document::ResidentId, ID, "6e1c0a7ae5355ef986e018d1e6c3f38b"),
            (
                Document::Other(Passport),
                "G12345678",
                "06cacb09dae89140c9ee6a1b210de6c2",
            ),
            (
                Document::Other(HkMacaoPermit),
                "H12345678",
                "a71d3093d8ea7d44958e3fd1fd1b51fb",
            ),
            (
                Document::Other(TaiwanPermit),
                "12345678",
                "5603c8f56db630536f4bbdd451a1b3d7",
            ),
            (
                Document::Other(BirthCertificate),
                "A330000001",
                "13b90d64154b7df946f85cad04e1175d",
            ),
        ];
        for (document, number, expected) in cases {
            assert_eq!(tag(document, number), expected, "{document:?}");
        }
        golden(&Tag::from_bytes([9; 16]), &"09".repeat(16));
        assert_eq!(format!("{:?}", Tag::from_bytes([9; 16])), "Tag(***)");
    }

    #[test]
    fn one_number_has_one_tag_however_it_is_written() {
        let of_id = tag(Document::ResidentId, ID);
        let spellings = [
            "11010519491231002x",
            " 110105 19491231 002X ",
            "１１０１０５１９４９１２３１００２Ｘ",
            "１１０１０５　１９４９１２３１　００２ｘ",
            "110105-19491231-002X",
        ];
        for spelling in spellings {
            assert_eq!(tag(Document::ResidentId, spelling), of_id, "{spelling}");
        }
        let permit = Document::Other(DocumentKind::HkMacaoPermit);
        assert_eq!(tag(permit, "h1234567801"), tag(permit, "H12345678"));
        assert_ne!(tag(permit, "H1234567A01"), tag(permit, "H1234567A"));
    }

    #[test]
    fn another_key_another_kind_or_another_number_is_another_tag() {
        let of_id = Tag::of(&key(), Document::ResidentId, ID);
        let other = TagKey::from_bytes([8; 32]);
        assert_ne!(Tag::of(&other, Document::ResidentId, ID), of_id);
        let passport = Document::Other(DocumentKind::Passport);
        assert_ne!(Tag::of(&key(), passport, ID), of_id);
        assert_ne!(
            Tag::of(&key(), Document::ResidentId, "110105194912310038"),
            of_id
        );
    }

    #[test]
    fn what_a_region_numbers_itself_has_no_tag() {
        let number = || CredentialNumber::parse("G12345678").unwrap();
        let id = Credential::ResidentId(ResidentId::parse(ID).unwrap());
        let passport = Credential::Other {
            kind: DocumentKind::Passport,
            number: number(),
        };
        assert!(Tag::of_credential(&key(), &id).is_some());
        assert!(Tag::of_credential(&key(), &passport).is_some());
        for own in [
            Credential::EVoucher(number()),
            Credential::SocialCard(number()),
        ] {
            assert_eq!(Tag::of_credential(&key(), &own), None);
        }
    }
}
