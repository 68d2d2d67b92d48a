//! Checking paths and proofs with nothing but the roots: the algorithms of RFC 9162, sections
//! 2.1.3.2 and 2.1.4.2, which fit the trees of RFC 6962.

use super::{empty_root, node_hash};
use crate::digest::Digest;

/// Whether `path` leads from the leaf at `index` of `size` leaves to `root`.
#[must_use]
pub fn verify_inclusion(
    leaf: Digest,
    index: u64,
    size: u64,
    path: &[Digest],
    root: Digest,
) -> bool {
    if index >= size {
        return false;
    }
    let mut edge = Edge {
        place: index,
        last: size.saturating_sub(1),
    };
    let mut hash = leaf;
    for sibling in path {
        if edge.last == 0 {
            return false;
        }
        hash = if edge.hangs_right() {
            node_hash(sibling, &hash)
        } else {
            node_hash(&hash, sibling)
        };
        edge.climb();
    }
    edge.last == 0 && hash == root
}

/// Whether `proof` shows that the tree of `new_size` leaves with `new_root` extends the tree of
/// `old_size` leaves with `old_root`.
///
/// Every tree extends the empty one, and a tree extends itself; both proofs are empty.
#[must_use]
pub fn verify_consistency(
    old_size: u64,
    old_root: Digest,
    new_size: u64,
    new_root: Digest,
    proof: &[Digest],
) -> bool {
    if old_size > new_size {
        return false;
    }
    if old_size == new_size {
        return proof.is_empty() && old_root == new_root;
    }
    if old_size == 0 {
        return proof.is_empty() && old_root == empty_root();
    }
    // An old tree that is a full subtree of the new one needs no first hash: it is the old root.
    let first_and_rest = if old_size.is_power_of_two() {
        Some((&old_root, proof))
    } else {
        proof.split_first()
    };
    let Some((first, rest)) = first_and_rest else {
        return false;
    };
    let mut edge = Edge {
        place: old_size.saturating_sub(1),
        last: new_size.saturating_sub(1),
    };
    while edge.place & 1 == 1 {
        edge.up();
    }
    let (mut old, mut new) = (*first, *first);
    for part in rest {
        if edge.last == 0 {
            return false;
        }
        if edge.hangs_right() {
            old = node_hash(part, &old);
            new = node_hash(part, &new);
        } else {
            new = node_hash(&new, part);
        }
        edge.climb();
    }
    edge.last == 0 && old == old_root && new == new_root
}

/// A node's place on its level, and the place of the last node there.
struct Edge {
    place: u64,
    last: u64,
}

impl Edge {
    /// Whether the next sibling is on the left: for a right child, and for an odd last node, which
    /// is carried up until it is one.
    const fn hangs_right(&self) -> bool {
        self.place & 1 == 1 || self.place == self.last
    }

    const fn up(&mut self) {
        self.place >>= 1;
        self.last >>= 1;
    }

    /// Goes to the level of the next sibling.
    const fn climb(&mut self) {
        if self.place == self.last {
            while self.place & 1 == 0 && self.place != 0 {
                self.up();
            }
        }
        self.up();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::merkle::{Tree, leaf_hash, root};

    fn leaves(count: u64) -> Vec<Digest> {
        (0..count)
            .map(|leaf| leaf_hash(&leaf.to_be_bytes()))
            .collect()
    }

    #[test]
    fn every_path_of_every_small_tree_verifies_at_its_own_place_only() {
        for size in 1..=20 {
            let leaves = leaves(size);
            let tree = Tree::new(leaves.clone());
            for index in 0..size {
                let path = tree.inclusion_path(index).unwrap();
                for (place, leaf) in (0..).zip(&leaves) {
                    let own = place == index;
                    assert_eq!(
                        verify_inclusion(*leaf, index, size, &path, tree.root()),
                        own
                    );
                    assert_eq!(
                        verify_inclusion(
                            leaves[usize::try_from(index).unwrap()],
                            place,
                            size,
                            &path,
                            tree.root()
                        ),
                        own
                    );
                }
                let other = leaf_hash(b"other");
                assert!(!verify_inclusion(leaves[0], size, size, &path, tree.root()));
                assert!(!verify_inclusion(leaves[0], 0, size, &path, other));
                let longer = [path.as_slice(), &[other]].concat();
                assert!(!verify_inclusion(
                    leaves[usize::try_from(index).unwrap()],
                    index,
                    size,
                    &longer,
                    tree.root()
                ));
            }
        }
    }

    #[test]
    fn every_small_tree_extends_each_of_its_beginnings_and_no_other_tree() {
        for size in 0..=20_u64 {
            let all = leaves(size);
            let tree = Tree::new(all.clone());
            for old in 0..=size {
                let old_root = root(&all[..usize::try_from(old).unwrap()]);
                let proof = tree.consistency_proof(old).unwrap();
                assert!(
                    verify_consistency(old, old_root, size, tree.root(), &proof),
                    "{old} of {size}"
                );
                let other = leaf_hash(b"other");
                assert!(!verify_consistency(old, other, size, tree.root(), &proof));
                assert!(old == 0 || !verify_consistency(old, old_root, size, other, &proof));
                let longer = [proof.as_slice(), &[other]].concat();
                assert!(!verify_consistency(
                    old,
                    old_root,
                    size,
                    tree.root(),
                    &longer
                ));
                if let Some((_, shorter)) = proof.split_last() {
                    assert!(!verify_consistency(
                        old,
                        old_root,
                        size,
                        tree.root(),
                        shorter
                    ));
                }
                assert!(
                    old == size || !verify_consistency(size, tree.root(), old, old_root, &proof)
                );
            }
        }
    }

    proptest! {
        /// A changed hash anywhere in a path or proof is noticed.
        #[test]
        fn a_changed_hash_is_noticed(size in 2_u64..200, index in any::<u64>(), at in any::<prop::sample::Index>()) {
            let all = leaves(size);
            let tree = Tree::new(all.clone());
            let index = index % size;
            let place = usize::try_from(index).unwrap();
            let mut path = tree.inclusion_path(index).unwrap();
            prop_assert!(verify_inclusion(all[place], index, size, &path, tree.root()));
            let changed = at.index(path.len());
            path[changed] = leaf_hash(path[changed].as_bytes());
            prop_assert!(!verify_inclusion(all[place], index, size, &path, tree.root()));

            let old_root = root(&all[..place]);
            let mut proof = tree.consistency_proof(index).unwrap();
            prop_assert!(verify_consistency(index, old_root, size, tree.root(), &proof));
            if !proof.is_empty() {
                let changed = at.index(proof.len());
                proof[changed] = leaf_hash(proof[changed].as_bytes());
                prop_assert!(!verify_consistency(index, old_root, size, tree.root(), &proof));
            }
        }
    }
}
