//! What each peer has taken of something bounded: calls, connections, bytes.
//!
//! Only peers that hold something are remembered, so there are never more entries than what is bounded.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use huitong_certs::Identity;

/// One bounded thing, shared by peers.
#[derive(Debug)]
pub(super) struct Shares {
    held: Mutex<HashMap<Identity, usize>>,
    per_peer: usize,
}

/// What one holder has taken; it goes back when dropped.
#[derive(Debug)]
pub(super) struct Share {
    of: Arc<Shares>,
    peer: Identity,
    amount: usize,
}

impl Shares {
    pub(super) fn new(per_peer: usize) -> Arc<Self> {
        Arc::new(Self {
            held: Mutex::default(),
            per_peer,
        })
    }

    /// A share of so much; none when the peer would then hold more than one may.
    pub(super) fn take(self: &Arc<Self>, peer: &Identity, amount: usize) -> Option<Share> {
        let mut share = Share {
            of: Arc::clone(self),
            peer: peer.clone(),
            amount: 0,
        };
        share.grow(amount).then_some(share)
    }

    fn changed(&self, peer: &Identity, change: impl FnOnce(usize) -> Option<usize>) -> bool {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let before = held.get(peer).copied().unwrap_or_default();
        match change(before) {
            None => return false,
            Some(0) => drop(held.remove(peer)),
            Some(after) => drop(held.insert(peer.clone(), after)),
        }
        true
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
        self.of
            .changed(&self.peer, |held| Some(held.saturating_sub(amount)));
    }

    /// Takes so much more; whether there was room for it.
    pub(super) fn grow(&mut self, by: usize) -> bool {
        let most = self.of.per_peer;
        let grown = self.of.changed(&self.peer, |held| {
            held.checked_add(by).filter(|after| *after <= most)
        });
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

    #[test]
    fn one_peer_takes_no_more_than_its_share_and_others_have_theirs() {
        let shares = Shares::new(3);
        let one: Identity = "/region/310000/node".parse().unwrap();
        let other: Identity = "/region/330200/node".parse().unwrap();
        let mut first = shares.take(&one, 1).unwrap();
        let second = shares.take(&one, 1).unwrap();
        assert!(first.grow(1) && !first.grow(1));
        assert!(shares.take(&one, 1).is_none());
        assert!(shares.take(&other, 3).is_some());
        drop(first);
        assert!(shares.take(&one, 2).is_some() && shares.take(&one, 3).is_none());
        drop(second);
        assert!(
            shares.held.lock().unwrap().is_empty(),
            "nobody is remembered"
        );
    }
}
