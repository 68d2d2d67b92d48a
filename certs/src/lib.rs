//! Who is speaking: names, certificates and signing keys.
//!
//! | room | its question |
//! |---|---|
//! | [`identity`] | Which parties exist, and how is each named? |
//! | [`spiffe`] | How does a name stand in a certificate? |
//! | [`certificate`] | What does one certificate say? |
//! | [`revocation`] | What has an authority taken back? |
//! | [`trust`] | Whom does an operator's root let in, and as whom? |
//! | [`authority`] | How does an authority issue? |
//! | [`signing`] | Who signed these bytes? |
//! | [`directory`] | Where do the files lie? |
//! | [`command`] | `huitong certs …` |
//!
//! NAMES.md beside this crate lists the names and who may call what. Opening and
//! accepting connections is the business of `huitong-transport`.

pub mod authority;
pub mod certificate;
pub mod command;
pub mod directory;
pub mod identity;
mod key_id;
mod purpose;
pub mod refusal;
pub mod revocation;
pub mod signing;
pub mod spiffe;
pub mod trust;

pub use authority::{Authority, Issued, Validity};
pub use certificate::Certificate;
pub use identity::{Identity, OfficerName};
pub use key_id::KeyId;
pub use purpose::Purpose;
pub use refusal::IdentityError;
pub use revocation::{Freshness, RevocationError};
pub use signing::{Signature, SigningKey, VerifyingKey};
pub use spiffe::{SpiffeId, TrustDomain};
pub use trust::{Trust, TrustError, verify_chain_identity};
