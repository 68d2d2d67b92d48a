//! What each peer has taken of something bounded: calls, bytes.
//!
//! Three bounds stand together: one peer's, that of all institutions (three quarters, so that nodes, the clearinghouse and
//! officers find room whatever institutions do), and that of all. And the fuller it is the less one may have: a quarter of
//! the room while half of it is free, a hundredth while a tenth is. So several who each take all they may come to equal parts and
//! leave more than such a part, and it takes some hundred who come one after another to leave nothing, not a dozen.
//!
//! Only peers that hold something are remembered, so there are never more entries than what is bounded.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use huitong_certs::Identity;

/// With whom a peer shares a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// With the other institutions, of which a region has thousands.
    Institution,
    /// With nodes, the clearinghouse and officers.
    Other,
}

/// One bounded thing, shared by peers.
#[derive(Debug)]
pub(super) struct Shares {
    held: Mutex<Held>,
    per_peer: usize,
    of_institutions: usize,
    of_all: usize,
}

#[derive(Debug, Default)]
struct Held {
    of: HashMap<Identity, usize>,
    by_institutions: usize,
    by_all: usize,
}

/// What one holder has taken; it goes back when dropped.
#[derive(Debug)]
pub(super) struct Share {
    of: Arc<Shares>,
    peer: Identity,
    amount: usize,
}

impl Kind {
    pub(super) const fn of(peer: &Identity) -> Self {
        match peer {
            Identity::Institution { .. } => Self::Institution,
            Identity::RegionNode(_)
            | Identity::RegionNodeSigning(_)
            | Identity::RegionCa(_)
            | Identity::RegionOfficer { .. }
            | Identity::Clearinghouse
            | Identity::ClearinghouseSigning
            | Identity::ClearinghouseOfficer { .. } => Self::Other,
        }
    }

    /// The part of all connections that is this kind's own.
    pub(super) const fn connections_of(self, all: usize) -> usize {
        match self {
            Self::Institution => part_of_institutions(all),
            Self::Other => all.saturating_sub(part_of_institutions(all)),
        }
    }
}

/// What institutions may have together of something.
const fn part_of_institutions(all: usize) -> usize {
    all.saturating_sub(all.div_ceil(4))
}

impl Shares {
    pub(super) fn new(per_peer: usize, of_all: usize) -> Arc<Self> {
        Arc::new(Self {
            held: Mutex::default(),
            per_peer,
            of_institutions: part_of_institutions(of_all),
            of_all,
        })
    }

    /// A share of so much; none when there is no room for it.
    pub(super) fn take(self: &Arc<Self>, peer: &Identity, amount: usize) -> Option<Share> {
        let mut share = Share {
            of: Arc::clone(self),
            peer: peer.clone(),
            amount: 0,
        };
        share.grow(amount).then_some(share)
    }

    /// Takes so much more for a peer; nothing where there is no room for it.
    fn more(&self, peer: &Identity, by: usize) -> Option<()> {
        if by == 0 {
            return Some(());
        }
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let before = held.of.get(peer).copied().unwrap_or_default();
        let own = before.checked_add(by)?;
        let by_all = held.by_all.checked_add(by)?;
        let mut left = self.of_all.checked_sub(by_all)?;
        let (mut by_institutions, kind) = (held.by_institutions, Kind::of(peer));
        if kind == Kind::Institution {
            by_institutions = by_institutions.checked_add(by)?;
            left = left.min(self.of_institutions.checked_sub(by_institutions)?);
        }
        let by_kind = match kind {
            Kind::Institution => by_institutions,
            Kind::Other => by_all.saturating_sub(by_institutions),
        };
        let room = left.saturating_add(by_kind);
        let is_too_much = own.saturating_mul(room) > left.saturating_mul(left);
        if own > self.per_peer || (before > 0 && is_too_much) {
            return None;
        }
        (held.by_all, held.by_institutions) = (by_all, by_institutions);
        held.of.insert(peer.clone(), own);
        Some(())
    }

    fn less(&self, peer: &Identity, by: usize) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let before = held.of.get(peer).copied().unwrap_or_default();
        match before.saturating_sub(by) {
            0 => drop(held.of.remove(peer)),
            own => drop(held.of.insert(peer.clone(), own)),
        }
        held.by_all = held.by_all.saturating_sub(by);
        if Kind::of(peer) == Kind::Institution {
            held.by_institutions = held.by_institutions.saturating_sub(by);
        }
    }
}

impl Share {
    /// Another share of the same peer in the same thing.
    pub(super) fn beside(&self, amount: usize) -> Option<Self> {
        self.of.take(&self.peer, amount)
    }

    /// Gives back what it holds and stays, with nothing.
    pub(super) fn give_back(&mut self) {
        let amount = std::mem::take(&mut self.amount);
        self.of.less(&self.peer, amount);
    }

    /// Takes so much more; whether there was room for it.
    pub(super) fn grow(&mut self, by: usize) -> bool {
        let grown = self.of.more(&self.peer, by).is_some();
        if grown {
            self.amount = self.amount.saturating_add(by);
        }
        grown
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.give_back();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(region: &str) -> Identity {
        format!("/region/{region}/node").parse().unwrap()
    }

    fn hospital(number: usize) -> Identity {
        let path = format!("/region/310000/institution/H310104{number:05}");
        path.parse().unwrap()
    }

    /// Takes one after another for as long as there is room.
    fn all_they_can(shares: &Arc<Shares>, peer: &Identity) -> Vec<Share> {
        std::iter::from_fn(|| shares.take(peer, 1)).collect()
    }

    #[test]
    fn one_peer_takes_no_more_than_its_share_and_others_have_theirs() {
        let shares = Shares::new(3, 99);
        let (one, other) = (node("310000"), node("330200"));
        let mut first = shares.take(&one, 1).unwrap();
        let second = shares.take(&one, 1).unwrap();
        assert!(first.grow(1) && !first.grow(1));
        assert!(shares.take(&one, 1).is_none());
        assert!(shares.take(&other, 3).is_some());
        drop(first);
        assert!(shares.take(&one, 2).is_some() && shares.take(&one, 3).is_none());
        drop(second);
        let held = shares.held.lock().unwrap();
        assert!(held.of.is_empty(), "nobody is remembered");
        assert_eq!((held.by_all, held.by_institutions), (0, 0));
    }

    #[test]
    fn institutions_together_leave_others_a_quarter() {
        let shares = Shares::new(64, 64);
        let hospitals: Vec<_> = (0..200)
            .filter_map(|number| shares.take(&hospital(number), 1))
            .collect();
        assert_eq!(hospitals.len(), 48);
        assert!(shares.take(&hospital(0), 1).is_none());
        let nodes = ["310000", "330200"].map(|region| all_they_can(&shares, &node(region)));
        assert_eq!(nodes.map(|held| held.len()), [6, 3]);
    }

    #[test]
    fn of_one_institutions_have_none_and_of_eight_several_of_all_have_some() {
        assert!(Shares::new(64, 1).take(&hospital(0), 1).is_none());
        // The fewest calls that a node may be told to answer at once.
        let shares = Shares::new(64, 8);
        let parts: Vec<_> = (0..9)
            .map(|number| all_they_can(&shares, &hospital(number)))
            .collect();
        let lengths: Vec<usize> = parts.iter().map(Vec::len).collect();
        assert_eq!(lengths, [2, 1, 1, 1, 1, 0, 0, 0, 0]);
        assert_eq!(all_they_can(&shares, &node("330200")).len(), 1);
        assert_eq!(all_they_can(&shares, &node("110000")).len(), 1);
    }

    #[test]
    fn several_who_take_all_they_may_come_to_equal_parts_and_leave_more_than_one() {
        let shares = Shares::new(64, 64);
        let regions = [
            "110000", "310000", "330200", "440300", "500000", "510100", "610100",
        ];
        let mut held = regions.map(|region| (node(region), Vec::new()));
        for _ in 0..200 {
            // Each takes all it can, and as calls end takes all it can again.
            for (peer, shares_held) in &mut held {
                shares_held.pop();
                shares_held.extend(all_they_can(&shares, peer));
            }
        }
        let parts: Vec<usize> = held.iter().map(|(_, held)| held.len()).collect();
        assert_eq!(parts, [6; 7]);
        assert!(shares.take(&node("420100"), 22).is_some());
    }

    /// How many come before there is nothing left, each taking all it can; and how much the first of them had.
    fn until_full(per_peer: usize, all: usize, peer: impl Fn(usize) -> Identity) -> (usize, usize) {
        let shares = Shares::new(per_peer, all);
        let parts: Vec<_> = (0..all)
            .map(|number| all_they_can(&shares, &peer(number)))
            .take_while(|held| !held.is_empty())
            .collect();
        (parts.len(), parts[0].len())
    }

    #[test]
    fn a_dozen_who_come_one_after_another_leave_room_for_many_more() {
        let officer = |number: usize| -> Identity {
            let path = format!("/region/310000/officer/o{number}");
            path.parse().unwrap()
        };
        // As many as a server answers at once unless told otherwise: one alone has as many as one peer may.
        assert_eq!(until_full(1_024, 4_096, hospital), (124, 1_024));
        assert_eq!(until_full(1_024, 4_096, officer), (143, 1_024));
        assert_eq!(until_full(64, 64, hospital), (16, 18));
    }
}
