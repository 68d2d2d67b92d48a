//! Receipts: the home region's signed word that a settlement stands.
//!
//! A receipt has a clearing part, which the clearinghouse may see, and a salted commitment to the personal
//! part, which it may not. The home node signs the Merkle root over the receipts of one commit group, so
//! one signature serves all who waited for one sync, and each receipt carries the path that makes it
//! stand alone. The commitment's salt also hides one receipt's leaf from those who see another's path.

use crate::canonical::{Artifact, encode_to_vec};
use crate::canonical_struct;
use crate::coverage::PersonVersion;
use crate::date::{BusinessDay, Timestamp};
use crate::decision::EngineVersion;
use crate::digest::{Digest, sha256_parts};
use crate::fund::Fund;
use crate::id::SettlementId;
use crate::merkle;
use crate::money::Fen;
use crate::person::PersonRef;
use crate::region::RegionCode;

/// What clearing needs of a settlement, and nothing of the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClearingPart {
    /// The settlement.
    pub settlement: SettlementId,
    /// The home region, which owes.
    pub home: RegionCode,
    /// The treatment region, which is owed.
    pub treatment: RegionCode,
    /// What each fund and account pays, ascending by fund, none of it zero.
    pub amounts: Vec<(Fund, Fen)>,
    /// The business day, assigned by the home node at commit.
    pub business_day: BusinessDay,
    /// The policy that was followed.
    pub policy: Digest,
    /// The treatment catalogue that split the bill.
    pub catalogue: Digest,
    /// The engine that computed it.
    pub engine: EngineVersion,
}

canonical_struct!(ClearingPart {
    settlement,
    home,
    treatment,
    amounts,
    business_day,
    policy,
    catalogue,
    engine
});

/// What a receipt commits to without showing it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonalPart {
    /// Whom it is for.
    pub person: PersonRef,
    /// Digest of the claim: institution, visit and bill.
    pub claim: Digest,
    /// Digest of the decision.
    pub decision: Digest,
    /// The person's version after the settlement.
    pub version: PersonVersion,
}

canonical_struct!(PersonalPart {
    person,
    claim,
    decision,
    version
});

impl PersonalPart {
    /// The salted commitment.
    #[must_use]
    pub fn commitment(&self, salt: &[u8; 16]) -> Digest {
        sha256_parts(&[b"HTPC\x00\x01", salt, &encode_to_vec(self)])
    }
}

/// What is signed of a receipt: one leaf of a commit group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptBody {
    /// Its number in the home region's stream to the treatment region, from 1, without gaps.
    pub number: u64,
    /// The clearing part.
    pub clearing: ClearingPart,
    /// The commitment to the personal part.
    pub personal: Digest,
    /// The incarnation of the home node that gave it.
    pub incarnation: u32,
    /// When the home node committed.
    pub committed_at: Timestamp,
}

canonical_struct!(ReceiptBody {
    number,
    clearing,
    personal,
    incarnation,
    committed_at
});

impl Artifact for ReceiptBody {
    const KIND: [u8; 4] = *b"RCPT";
    const VERSION: u16 = 1;
}

impl ReceiptBody {
    /// Whether the home region settled alone, by hand: the receipt goes nowhere, and nobody is owed.
    #[must_use]
    pub fn is_by_hand(&self) -> bool {
        self.number == 0 && self.clearing.treatment == self.clearing.home
    }

    /// Its leaf in the tree of its commit group.
    #[must_use]
    pub fn leaf(&self) -> Digest {
        merkle::leaf_hash(&self.to_bytes())
    }
}

/// The signature over the root of one commit group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupSignature {
    /// The root.
    pub root: Digest,
    /// How many leaves the group has.
    pub size: u64,
    /// The algorithm, as `huitong-certs` numbers it.
    pub algorithm: u8,
    /// The key.
    pub key_id: Digest,
    /// Over [`GroupSignature::signed_bytes`].
    pub signature: Vec<u8>,
}

canonical_struct!(GroupSignature {
    root,
    size,
    algorithm,
    key_id,
    signature
});

impl GroupSignature {
    /// The bytes that are signed for a root.
    #[must_use]
    pub fn signed_bytes(root: &Digest, size: u64) -> Vec<u8> {
        let mut bytes = b"HTGR\x00\x01".to_vec();
        bytes.extend_from_slice(root.as_bytes());
        bytes.extend_from_slice(&size.to_be_bytes());
        bytes
    }

    /// Whether a path leads from a leaf to the signed root. The signature itself is checked by who holds the home
    /// region's key.
    #[must_use]
    pub fn holds(&self, leaf: Digest, index: u64, path: &[Digest]) -> bool {
        merkle::verify_inclusion(leaf, index, self.size, path, self.root)
    }
}

/// A receipt that stands alone as evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// What is signed.
    pub body: ReceiptBody,
    /// The salt of the personal commitment; not given to the clearinghouse.
    pub salt: [u8; 16],
    /// The signature over the commit group.
    pub group: GroupSignature,
    /// The leaf's place in the group.
    pub index: u64,
    /// The path from the leaf to the root.
    pub path: Vec<Digest>,
}

canonical_struct!(Receipt {
    body,
    salt,
    group,
    index,
    path
});

impl Artifact for Receipt {
    const KIND: [u8; 4] = *b"RCPS";
    const VERSION: u16 = 1;
}

impl Receipt {
    /// Whether the path leads from this body to the signed root. The signature itself is checked by who
    /// holds the home region's key.
    #[must_use]
    pub fn is_in_group(&self) -> bool {
        self.group.holds(self.body.leaf(), self.index, &self.path)
    }
}
