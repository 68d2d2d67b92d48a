//! The directory of the network: which regions there are, who clears for each, where its node is and with what it signs.
//!
//! The clearinghouse decides it and signs each version; a version has the number after the one before and names its
//! digest, so that nobody can be told two of them, or an earlier one again. What it does not say of a region (where its
//! node is, with what it signs) stands as each node was configured. Deliberately absent: cryptography, and anything of a
//! cycle, which a plan says.

use std::collections::BTreeMap;

use crate::canonical::Artifact;
use crate::date::{BusinessDay, Timestamp};
use crate::digest::Digest;
use crate::evidence::Chain;
use crate::region::RegionCode;
use crate::{canonical_enum, canonical_struct};

/// How a region stands in the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It settles and clears.
    Active,
    /// What stands is cleared, delivered and reversed; nothing new is settled with it.
    Suspended,
    /// It is no member any more, and nothing of it is open.
    Left,
}

canonical_enum!(Standing { 1 => Active, 2 => Suspended, 3 => Left });

/// A region as the directory has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedRegion {
    /// Who clears for it: a region of its province, or itself.
    pub member: RegionCode,
    /// Its node, `https://host:port`; none where it stands as each node was configured.
    pub endpoint: Option<String>,
    /// The certificates of the keys it signs with, each a chain; none where they stand as configured.
    pub signers: Vec<Chain>,
    /// How it stands.
    pub standing: Standing,
    /// From which business day on; none from the beginning.
    pub since: Option<BusinessDay>,
}

canonical_struct!(ListedRegion {
    member,
    endpoint,
    signers,
    standing,
    since
});

/// One version of the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directory {
    /// From 1.
    pub number: u64,
    /// Digest of the version before; none for the first.
    pub before: Option<Digest>,
    /// Every region that ever was a member.
    pub regions: BTreeMap<RegionCode, ListedRegion>,
}

canonical_struct!(Directory {
    number,
    before,
    regions
});

impl Artifact for Directory {
    const KIND: [u8; 4] = *b"NDIR";
    const VERSION: u16 = 1;
}

impl Directory {
    /// The bytes that are signed of it.
    #[must_use]
    pub fn signed_bytes(&self, at: Timestamp) -> Vec<u8> {
        let mut bytes = b"HTND\x00\x01".to_vec();
        bytes.extend_from_slice(self.digest().as_bytes());
        bytes.extend_from_slice(&at.as_millis().to_be_bytes());
        bytes
    }

    /// Whether it is the version after another one; the first is after none.
    #[must_use]
    pub fn follows(&self, before: Option<&Self>) -> bool {
        match before {
            None => self.number == 1 && self.before.is_none(),
            Some(before) => {
                before.number.checked_add(1) == Some(self.number)
                    && self.before == Some(before.digest())
            }
        }
    }
}

/// A version with the clearinghouse's signature and the certificates of its key: a file that stands alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedDirectory {
    /// What is signed.
    pub directory: Directory,
    /// When.
    pub at: Timestamp,
    /// The algorithm, as `huitong-certs` numbers it.
    pub algorithm: u8,
    /// The key.
    pub key_id: Digest,
    /// Over [`Directory::signed_bytes`].
    pub signature: Vec<u8>,
    /// The certificates of the key: DER, leaf first, without the root.
    pub signer: Chain,
}

canonical_struct!(SignedDirectory {
    directory,
    at,
    algorithm,
    key_id,
    signature,
    signer
});

impl Artifact for SignedDirectory {
    const KIND: [u8; 4] = *b"NDSF";
    const VERSION: u16 = 1;
}

/// What an officer wants to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MemberChange {
    /// A region becomes a member, or one that left does again.
    Join(Joining),
    /// Where its node is, with what it signs, or who clears for it.
    Change(Changing),
    /// Nothing new is settled with it.
    Suspend,
    /// It settles and clears again.
    Resume,
    /// It is no member any more.
    Leave,
}

canonical_enum!(MemberChange {
    1 => Join(joining),
    2 => Change(changing),
    3 => Suspend,
    4 => Resume,
    5 => Leave,
});

/// A region that becomes a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joining {
    /// Who clears for it.
    pub member: RegionCode,
    /// Its node.
    pub endpoint: String,
    /// The certificates of the keys it signs with; at least one.
    pub signers: Vec<Chain>,
}

canonical_struct!(Joining {
    member,
    endpoint,
    signers
});

/// What is said anew of a member; what is not said stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changing {
    /// Who clears for it.
    pub member: Option<RegionCode>,
    /// Its node.
    pub endpoint: Option<String>,
    /// The certificates of the keys it signs with, all of them; empty leaves them.
    pub signers: Vec<Chain>,
}

canonical_struct!(Changing {
    member,
    endpoint,
    signers
});

#[cfg(test)]
mod tests;
