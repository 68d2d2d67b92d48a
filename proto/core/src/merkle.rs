//! The Merkle tree of RFC 6962: roots, inclusion paths, consistency proofs, and their checks.
//!
//! A leaf is hashed with a byte 0 before it, a node with a byte 1, so that no node passes for a leaf.
//! A tree of n leaves splits at the largest power of two below n; level by level this pairs
//! neighbours and carries an odd last node up unchanged, which is how it is computed here.
//! Leaves that a reader could guess are salted. Deliberately absent: storage, signatures.

mod verify;

pub use verify::{verify_consistency, verify_inclusion};

use crate::canonical::{Artifact, Encoder};
use crate::digest::{Digest, sha256, sha256_parts};

/// The hash of a leaf's bytes.
#[must_use]
pub fn leaf_hash(bytes: &[u8]) -> Digest {
    sha256_parts(&[&[0], bytes])
}

/// The hash of a leaf whose bytes could be guessed: the salt, which is told only to those who may
/// check the leaf, then the bytes.
#[must_use]
pub fn salted_leaf(salt: [u8; 16], body: &[u8]) -> Digest {
    sha256_parts(&[&[0], &salt, body])
}

/// The hash of a node over its two children.
#[must_use]
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    let mut bytes = [1; 65];
    let (_, children) = bytes.split_at_mut(1);
    let (first, second) = children.split_at_mut(32);
    first.copy_from_slice(left.as_bytes());
    second.copy_from_slice(right.as_bytes());
    sha256(&bytes)
}

/// Hashes leaves one after the other, each as [`leaf_hash`] does its bytes, in the same piece of memory.
#[derive(Debug)]
pub struct LeafHasher(Encoder);

impl LeafHasher {
    /// With room for leaves of the usual size.
    #[must_use]
    pub fn new() -> Self {
        Self(Encoder::with_capacity(256))
    }

    /// The hash of a leaf.
    pub fn hash(&mut self, leaf: &impl Artifact) -> Digest {
        self.0.clear();
        self.0.raw(&[0]);
        leaf.append_to(&mut self.0);
        sha256(self.0.as_bytes())
    }
}

impl Default for LeafHasher {
    fn default() -> Self {
        Self::new()
    }
}

/// The root over these leaf hashes; the root over none is the hash of nothing.
#[must_use]
pub fn root(leaves: &[Digest]) -> Digest {
    root_in_place(&mut leaves.to_vec())
}

/// As [`root`], level by level in the room of the leaves.
pub fn root_in_place(level: &mut Vec<Digest>) -> Digest {
    while level.len() > 1 {
        let above = level.len().div_ceil(2);
        for place in 0..above {
            let below = level.get(place.saturating_mul(2)..).unwrap_or_default();
            let node = match below {
                [left, right, ..] => node_hash(left, right),
                [odd] => *odd,
                [] => break,
            };
            if let Some(to) = level.get_mut(place) {
                *to = node;
            }
        }
        level.truncate(above);
    }
    level.first().copied().unwrap_or_else(empty_root)
}

/// The path of the leaf at `index`, from its sibling up; `None` when there is no such leaf.
///
/// For the paths of many leaves build a [`Tree`] once.
#[must_use]
pub fn inclusion_path(leaves: &[Digest], index: u64) -> Option<Vec<Digest>> {
    Tree::new(leaves.to_vec()).inclusion_path(index)
}

/// The proof that the tree of these leaves extends the tree of the first `old_size` of them.
///
/// `None` when there are fewer leaves than that. The proof is empty when `old_size` is zero or all.
#[must_use]
pub fn consistency_proof(leaves: &[Digest], old_size: u64) -> Option<Vec<Digest>> {
    Tree::new(leaves.to_vec()).consistency_proof(old_size)
}

/// A tree with every node kept, for the paths of many leaves.
///
/// ```
/// use huitong_core::merkle::{Tree, leaf_hash, verify_inclusion};
/// let leaves: Vec<_> = [b"a", b"b", b"c"].iter().map(|leaf| leaf_hash(*leaf)).collect();
/// let tree = Tree::new(leaves.clone());
/// let path = tree.inclusion_path(2).ok_or("no such leaf")?;
/// assert!(verify_inclusion(leaf_hash(b"c"), 2, 3, &path, tree.root()));
/// assert!(!verify_inclusion(leaf_hash(b"c"), 1, 3, &path, tree.root()));
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    /// The leaves, then each level above them, up to the root alone; none for no leaves.
    levels: Vec<Vec<Digest>>,
}

impl Tree {
    /// The tree over these leaf hashes.
    #[must_use]
    pub fn new(leaves: Vec<Digest>) -> Self {
        let mut levels = Vec::new();
        let mut level = leaves;
        while level.len() > 1 {
            let above = level_above(&level);
            levels.push(std::mem::replace(&mut level, above));
        }
        if !level.is_empty() {
            levels.push(level);
        }
        Self { levels }
    }

    /// How many leaves it has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.levels
            .first()
            .map_or(0, |leaves| u64::try_from(leaves.len()).unwrap_or(u64::MAX))
    }

    /// Its root.
    #[must_use]
    pub fn root(&self) -> Digest {
        self.levels
            .last()
            .and_then(|top| top.first())
            .copied()
            .unwrap_or_else(empty_root)
    }

    /// The path of the leaf at `index`, from its sibling up; `None` when there is no such leaf.
    #[must_use]
    pub fn inclusion_path(&self, index: u64) -> Option<Vec<Digest>> {
        if index >= self.size() {
            return None;
        }
        let mut place = usize::try_from(index).ok()?;
        let mut path = Vec::with_capacity(self.levels.len());
        for level in &self.levels {
            // An odd last node has no sibling on its level.
            path.extend(level.get(place ^ 1).copied());
            place >>= 1;
        }
        Some(path)
    }

    /// The proof that this tree extends the tree of its first `old_size` leaves.
    ///
    /// `None` when it has fewer leaves. The proof is empty when `old_size` is zero or all.
    #[must_use]
    pub fn consistency_proof(&self, old_size: u64) -> Option<Vec<Digest>> {
        let size = self.size();
        if old_size > size {
            return None;
        }
        let mut proof = Vec::new();
        if old_size == 0 || old_size == size {
            return Some(proof);
        }
        // SUBPROOF of RFC 6962, from the root down: `start..end` is the subtree that the end of the
        // old tree lies in, and each step leaves its other half behind as a part of the proof.
        let (mut start, mut end) = (0_u64, size);
        while end != old_size {
            let half = end.checked_sub(start)?.checked_next_power_of_two()? / 2;
            let middle = start.checked_add(half)?;
            if old_size <= middle {
                proof.push(self.node(middle, end)?);
                end = middle;
            } else {
                proof.push(self.node(start, middle)?);
                start = middle;
            }
        }
        // The verifier knows the old root; any other subtree it must be told.
        if start != 0 {
            proof.push(self.node(start, end)?);
        }
        proof.reverse();
        Some(proof)
    }

    /// The node over the leaves `start..end`, which must be one of the tree's subtrees.
    fn node(&self, start: u64, end: u64) -> Option<Digest> {
        let height = end
            .checked_sub(start)?
            .checked_next_power_of_two()?
            .trailing_zeros();
        let place = usize::try_from(start >> height).ok()?;
        self.levels
            .get(usize::try_from(height).ok()?)?
            .get(place)
            .copied()
    }
}

fn level_above(level: &[Digest]) -> Vec<Digest> {
    let (pairs, odd) = level.as_chunks::<2>();
    let nodes = pairs.iter().map(|[left, right]| node_hash(left, right));
    nodes.chain(odd.iter().copied()).collect()
}

fn empty_root() -> Digest {
    sha256(&[])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The leaves of the reference implementation's tests of RFC 6962.
    pub(super) fn reference_leaves() -> Vec<Digest> {
        let inputs: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        inputs.iter().map(|input| leaf_hash(input)).collect()
    }

    fn texts(digests: &[Digest]) -> Vec<String> {
        digests.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn roots_published_with_the_reference_implementation() {
        let roots = [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let leaves = reference_leaves();
        for (size, expected) in roots.iter().enumerate() {
            assert_eq!(
                root(&leaves[..size]).to_string(),
                *expected,
                "{size} leaves"
            );
            let mut level = leaves[..size].to_vec();
            assert_eq!(root_in_place(&mut level).to_string(), *expected);
            assert_eq!(
                Tree::new(leaves[..size].to_vec()).root().to_string(),
                *expected
            );
        }
    }

    #[test]
    fn paths_published_with_the_reference_implementation() {
        let leaves = reference_leaves();
        let path = |index, size: usize| texts(&inclusion_path(&leaves[..size], index).unwrap());
        assert!(path(0, 1).is_empty());
        assert_eq!(
            path(0, 8),
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ]
        );
        assert_eq!(
            path(5, 8),
            [
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ]
        );
        assert_eq!(
            path(2, 3),
            ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]
        );
        assert_eq!(inclusion_path(&leaves, 8), None);
        assert_eq!(inclusion_path(&[], 0), None);
    }

    #[test]
    fn consistency_proofs_published_with_the_reference_implementation() {
        let leaves = reference_leaves();
        let proof = |old, size: usize| texts(&consistency_proof(&leaves[..size], old).unwrap());
        assert!(proof(1, 1).is_empty() && proof(0, 8).is_empty() && proof(8, 8).is_empty());
        assert_eq!(
            proof(1, 8),
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ]
        );
        assert_eq!(
            proof(6, 8),
            [
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ]
        );
        assert_eq!(
            proof(2, 5),
            [
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ]
        );
        assert_eq!(consistency_proof(&leaves, 9), None);
    }

    #[test]
    fn a_salt_changes_the_leaf_and_a_leaf_is_no_node() {
        let leaf = leaf_hash(b"body");
        assert_ne!(salted_leaf([0; 16], b"body"), leaf);
        assert_ne!(salted_leaf([1; 16], b"body"), salted_leaf([0; 16], b"body"));
        let joined = [leaf.as_bytes().as_slice(), leaf.as_bytes()].concat();
        assert_ne!(leaf_hash(&joined), node_hash(&leaf, &leaf));
    }
}
