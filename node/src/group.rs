//! Commit groups: one signature over the Merkle root of the receipts, final refusals and reversals that share a
//! frame.
//!
//! The seal runs on the journal's thread once for each frame and signs once, however many wait. Each of them
//! is put together from its record and the group it was sealed in, by whoever waited or by a later reader of
//! the frame; both get the same bytes.

use std::sync::{Arc, Mutex, PoisonError};

use huitong_certs::SigningKey;
use huitong_certs::signing::{Carried, CertifiedKey};
use huitong_core::canonical::{decode_exact, encode_to_vec};
use huitong_core::digest::Digest;
use huitong_core::final_refusal::FinalRefusal;
use huitong_core::merkle::Tree;
use huitong_core::provisional::{SignedBody, SignedSnapshot};
use huitong_core::receipt::{GroupSignature, Receipt, ReceiptBody};
use huitong_core::record::home::HomeRefused;
use huitong_core::record::recovery::Proof;
use huitong_core::record::signed_leaf;
use huitong_core::reversal::{Reversal, ReversalBody, ReversedPerson};
use huitong_journal::{Frame, Seal};

use crate::signature::{self, Parts};

/// A sealed commit group.
#[derive(Debug, Clone)]
pub struct Group {
    frame: u64,
    /// The indices of the frame's records that are signed, ascending: one for each leaf.
    records: Vec<u32>,
    tree: Tree,
    signature: GroupSignature,
}

impl Group {
    /// The receipt of one record of the group; `None` for a record without one.
    #[must_use]
    pub fn receipt(&self, record: u32, body: ReceiptBody, salt: [u8; 16]) -> Option<Receipt> {
        let (index, path) = self.leaf(record)?;
        Some(Receipt {
            body,
            salt,
            group: self.signature.clone(),
            index,
            path,
        })
    }

    /// The reversal of one record of the group; `None` for a record without one.
    #[must_use]
    pub fn reversal(
        &self,
        record: u32,
        body: ReversalBody,
        person: ReversedPerson,
        salt: [u8; 16],
    ) -> Option<Reversal> {
        let (index, path) = self.leaf(record)?;
        Some(Reversal {
            body,
            person,
            salt,
            group: self.signature.clone(),
            index,
            path,
        })
    }

    /// The final refusal of one record of the group; `None` for a record without one.
    #[must_use]
    pub fn refusal(&self, record: u32, of: &HomeRefused) -> Option<FinalRefusal> {
        let (index, path) = self.leaf(record)?;
        Some(FinalRefusal {
            body: of.body().clone(),
            request: of.request().clone(),
            salt: of.salt(),
            group: self.signature.clone(),
            index,
            path,
        })
    }

    /// What proves one record of the group; `None` for a record that is not signed.
    #[must_use]
    pub fn proof(&self, record: u32) -> Option<Proof> {
        let (index, path) = self.leaf(record)?;
        Some(Proof {
            group: self.signature.clone(),
            index,
            path,
        })
    }

    /// The signed snapshot of one record of the group; `None` for a record without one.
    #[must_use]
    pub fn snapshot(&self, record: u32, body: SignedBody) -> Option<SignedSnapshot> {
        let (index, path) = self.leaf(record)?;
        Some(SignedSnapshot {
            body,
            group: self.signature.clone(),
            index,
            path,
        })
    }

    /// The place of a record's leaf in the tree, and its path.
    fn leaf(&self, record: u32) -> Option<(u64, Vec<Digest>)> {
        let index = self.records.binary_search(&record).ok()?;
        let index = u64::try_from(index).ok()?;
        Some((index, self.tree.inclusion_path(index)?))
    }

    /// The number of its frame.
    #[must_use]
    pub const fn frame(&self) -> u64 {
        self.frame
    }

    /// Reads the group of a frame back; `None` when the frame holds nothing signed.
    #[must_use]
    pub fn of_frame(frame: &Frame) -> Option<Self> {
        let (records, leaves) = leaves(frame.records());
        let signature = decode_exact(frame.seal()).ok()?;
        Some(Self {
            frame: frame.number(),
            records,
            tree: Tree::new(leaves),
            signature,
        })
    }
}

/// The last group sealed, where those who waited for it find it.
#[derive(Debug, Clone, Default)]
pub struct LastGroup(Arc<Mutex<Option<Arc<Group>>>>);

impl LastGroup {
    /// The group of this frame, if it is still the last and holds what is signed.
    #[must_use]
    pub fn of(&self, frame: u64) -> Option<Arc<Group>> {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().filter(|group| group.frame == frame).cloned()
    }

    fn keep(&self, group: Group) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(group));
    }
}

/// The seal of a node's journal: it signs with the node's signing key.
#[must_use]
pub fn seal(key: Arc<SigningKey>, last: LastGroup) -> Seal {
    Box::new(move |contents| {
        let (records, leaves) = leaves(contents.records());
        if leaves.is_empty() {
            return Vec::new();
        }
        let tree = Tree::new(leaves);
        let signature = sign(&key, tree.root(), tree.size());
        let bytes = encode_to_vec(&signature);
        last.keep(Group {
            frame: contents.number(),
            records,
            tree,
            signature,
        });
        bytes
    })
}

fn leaves<'a>(records: impl Iterator<Item = &'a [u8]>) -> (Vec<u32>, Vec<Digest>) {
    (0_u32..)
        .zip(records)
        .filter_map(|(at, record)| Some((at, signed_leaf(record)?)))
        .unzip()
}

fn sign(key: &SigningKey, root: Digest, size: u64) -> GroupSignature {
    let Parts {
        algorithm,
        key_id,
        signature,
    } = signature::sign(key, &GroupSignature::signed_bytes(&root, size));
    GroupSignature {
        root,
        size,
        algorithm,
        key_id,
        signature,
    }
}

/// Whether a group was signed with this key.
#[must_use]
pub fn is_signed(group: &GroupSignature, key: &CertifiedKey) -> bool {
    let carried = Carried {
        algorithm: group.algorithm,
        key_id: group.key_id,
        signature: &group.signature,
    };
    carried.is_of(&GroupSignature::signed_bytes(&group.root, group.size), key)
}
