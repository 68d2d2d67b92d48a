//! Who has the places for connections, and who gives way when all are taken.
//!
//! Institutions share one room, everybody else another (nodes, the clearinghouse, officers): whatever institutions do, a
//! region's peers and its bureau find a place. In a room that is full, somebody who has more connections than the newcomer would
//! have gives one up: one that is idle as long as there is any, of whoever has most, that idle longest; and only where a call is
//! under way on every one of theirs, that of whoever has most which is least lately heard of. Where nobody has more, a newcomer
//! that has some gives up its own idle one, and one that has none takes the place of the one idle longest of all.
//!
//! So somebody without a connection finds a place unless each peer of the room has a single one, with a call under way. Nobody's
//! own call is cut for its next connection: two programs of one peer would cut each other's for ever. Whose connections died with
//! a call on each waits until they are found dead, if all are taken and nobody has more.
//! What is not here: a clock. Idle longest is whose last call began or ended before those of the others.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use huitong_certs::Identity;
use tokio_util::sync::CancellationToken;

use crate::limits::ServerLimits;

use super::shares::Kind;

/// The places of one server.
#[derive(Debug)]
pub(super) struct Places {
    rooms: Mutex<Rooms>,
    per_peer: usize,
    turns: Arc<AtomicU64>,
}

#[derive(Debug)]
struct Rooms {
    institutions: Room,
    others: Room,
    given: u64,
}

#[derive(Debug)]
struct Room {
    at_most: usize,
    taken: usize,
    // A peer without a connection is not remembered.
    of: HashMap<Identity, Vec<Open>>,
}

#[derive(Debug)]
struct Open {
    number: u64,
    doing: Arc<Doing>,
    pushed_out: CancellationToken,
}

/// What goes on over one connection.
#[derive(Debug)]
pub(super) struct Doing {
    calls: AtomicUsize,
    last: AtomicU64,
    turns: Arc<AtomicU64>,
}

/// A call over a connection, until its answer is over.
#[derive(Debug)]
pub(super) struct UnderWay(Arc<Doing>);

/// The place of one connection; it goes back when dropped.
#[derive(Debug)]
pub(super) struct Place {
    places: Arc<Places>,
    peer: Identity,
    number: u64,
    pub(super) doing: Arc<Doing>,
    pub(super) pushed_out: CancellationToken,
}

/// Why somebody got none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoPlace {
    /// The peer has as many as one may.
    OfPeer,
    /// Each is taken, and none gives way.
    Full,
}

impl Places {
    pub(super) fn new(limits: &ServerLimits) -> Arc<Self> {
        let room = |kind: Kind| Room {
            at_most: kind.connections_of(limits.connections),
            taken: 0,
            of: HashMap::new(),
        };
        Arc::new(Self {
            rooms: Mutex::new(Rooms {
                institutions: room(Kind::Institution),
                others: room(Kind::Other),
                given: 0,
            }),
            per_peer: limits.connections_per_peer,
            turns: Arc::default(),
        })
    }

    /// A place for a connection of this peer, perhaps that of another, which is cut.
    pub(super) fn take(self: &Arc<Self>, peer: &Identity) -> Result<Place, NoPlace> {
        let doing = Doing::new(&self.turns);
        let pushed_out = CancellationToken::new();
        let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        let number = rooms.given.saturating_add(1);
        rooms.given = number;
        let room = rooms.of(peer);
        if room.has(peer) >= self.per_peer {
            return Err(NoPlace::OfPeer);
        }
        if room.taken >= room.at_most {
            let (whose, which) = room.gives_way(peer).ok_or(NoPlace::Full)?;
            if let Some(open) = room.remove(&whose, which) {
                open.pushed_out.cancel();
            }
        }
        room.taken = room.taken.saturating_add(1);
        room.of.entry(peer.clone()).or_default().push(Open {
            number,
            doing: Arc::clone(&doing),
            pushed_out: pushed_out.clone(),
        });
        drop(rooms);
        Ok(Place {
            places: Arc::clone(self),
            peer: peer.clone(),
            number,
            doing,
            pushed_out,
        })
    }
}

impl Rooms {
    const fn of(&mut self, peer: &Identity) -> &mut Room {
        match Kind::of(peer) {
            Kind::Institution => &mut self.institutions,
            Kind::Other => &mut self.others,
        }
    }
}

impl Room {
    fn has(&self, peer: &Identity) -> usize {
        self.of.get(peer).map_or(0, Vec::len)
    }

    /// The connection that gives way to one more of this peer.
    fn gives_way(&self, newcomer: &Identity) -> Option<(Identity, u64)> {
        let would_have = self.has(newcomer).saturating_add(1);
        let some_have_more = self.of.values().any(|open| open.len() > would_have);
        let asked = self.of.iter().filter(|(peer, open)| {
            if some_have_more {
                open.len() > would_have
            } else {
                would_have == 1 || *peer == newcomer
            }
        });
        let (_, peer, number) = asked
            .flat_map(|(peer, all)| all.iter().map(move |open| (peer, all.len(), open)))
            .map(|(peer, has, open)| {
                let (is_busy, last) = open.doing.heard();
                ((is_busy, Reverse(has), last), peer, open.number)
            })
            .filter(|((is_busy, _, _), _, _)| some_have_more || !is_busy)
            .min_by_key(|(order, _, _)| *order)?;
        Some((peer.clone(), number))
    }

    fn remove(&mut self, peer: &Identity, number: u64) -> Option<Open> {
        let open = self.of.get_mut(peer)?;
        let at = open.iter().position(|open| open.number == number)?;
        let removed = open.swap_remove(at);
        if open.is_empty() {
            self.of.remove(peer);
        }
        self.taken = self.taken.saturating_sub(1);
        Some(removed)
    }
}

impl Doing {
    pub(super) fn new(turns: &Arc<AtomicU64>) -> Arc<Self> {
        let doing = Self {
            calls: AtomicUsize::new(0),
            last: AtomicU64::new(0),
            turns: Arc::clone(turns),
        };
        doing.is_heard();
        Arc::new(doing)
    }

    /// A call begins.
    pub(super) fn begin(self: &Arc<Self>) -> UnderWay {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.is_heard();
        UnderWay(Arc::clone(self))
    }

    fn is_heard(&self) {
        let turn = self.turns.fetch_add(1, Ordering::Relaxed);
        self.last.store(turn, Ordering::Relaxed);
    }

    /// Whether a call is under way.
    pub(super) fn is_busy(&self) -> bool {
        self.calls.load(Ordering::Relaxed) > 0
    }

    /// Whether a call is under way, and when one last began or ended.
    fn heard(&self) -> (bool, u64) {
        (self.is_busy(), self.last.load(Ordering::Relaxed))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.calls.fetch_sub(1, Ordering::Relaxed);
        self.0.is_heard();
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let rooms = &self.places.rooms;
        let mut rooms = rooms.lock().unwrap_or_else(PoisonError::into_inner);
        // One that was pushed out has none any more.
        let _ = rooms.of(&self.peer).remove(&self.peer, self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(connections: usize) -> Arc<Places> {
        Places::new(&ServerLimits {
            connections,
            connections_per_peer: 3,
            ..ServerLimits::standard()
        })
    }

    fn hospital(number: usize) -> Identity {
        let path = format!("/region/310000/institution/H310104{number:05}");
        path.parse().unwrap()
    }

    fn is_out(place: &Place) -> bool {
        place.pushed_out.is_cancelled()
    }

    #[test]
    fn who_has_most_gives_up_what_was_idle_longest_and_nobody_is_left_with_less_than_a_newcomer_would_have()
     {
        // Of four, three are the institutions'.
        let places = places(4);
        let one = several(&places, &hospital(1), 3);
        assert_eq!(places.take(&hospital(1)).unwrap_err(), NoPlace::OfPeer);
        drop(one[0].doing.begin());
        let busy = one[1].doing.begin();
        let two = places.take(&hospital(2)).unwrap();
        let out: Vec<bool> = one.iter().map(is_out).collect();
        assert_eq!(out, [false, false, true]);
        // Two and one: one more of the second takes no other's place but its own.
        let again = places.take(&hospital(2)).unwrap();
        assert!(is_out(&two) && !is_out(&one[0]) && !is_out(&one[1]));
        // Whoever has none takes one of two, the idle one; of three who have one each, that idle longest.
        let three = places.take(&hospital(3)).unwrap();
        assert!(is_out(&one[0]) && !is_out(&one[1]) && !is_out(&again));
        let four = places.take(&hospital(4)).unwrap();
        assert!(is_out(&again) && !is_out(&one[1]) && !is_out(&three));
        // With one each and a call under way on each, nobody gives way.
        let calls = [three.doing.begin(), four.doing.begin()];
        assert_eq!(places.take(&hospital(5)).unwrap_err(), NoPlace::Full);
        assert_eq!(places.take(&hospital(4)).unwrap_err(), NoPlace::Full);
        drop(calls);
        let five = places.take(&hospital(5)).unwrap();
        assert!(is_out(&three) && !is_out(&one[1]));
        drop((busy, one, two, again, three, four, five));
        let rooms = places.rooms.lock().unwrap();
        assert!(rooms.institutions.of.is_empty() && rooms.institutions.taken == 0);
    }

    fn several(places: &Arc<Places>, whose: &Identity, many: usize) -> Vec<Place> {
        (0..many).map(|_| places.take(whose).unwrap()).collect()
    }

    #[test]
    fn a_call_under_way_is_cut_only_where_nobody_who_has_more_has_an_idle_connection() {
        // Of eight, six are the institutions'.
        let places = places(8);
        let one = several(&places, &hospital(1), 3);
        let calls: Vec<UnderWay> = one.iter().rev().map(|place| place.doing.begin()).collect();
        let two = several(&places, &hospital(2), 2);
        let three = places.take(&hospital(3)).unwrap();
        // The first has most and is busy on each; the second has one to spare.
        let four = places.take(&hospital(4)).unwrap();
        assert!(is_out(&two[0]) && !one.iter().any(is_out));
        // Now nobody else has two, and one connection alone is not taken from whoever has it.
        let five = places.take(&hospital(5)).unwrap();
        assert!(is_out(&one[2]) && !is_out(&one[0]) && !is_out(&one[1]));
        let idle = [&two[1], &three, &four, &five];
        assert!(!idle.into_iter().any(is_out));
        drop(calls);
    }

    #[test]
    fn of_idle_connections_one_of_whoever_has_most_goes_first() {
        let places = places(8);
        let two = several(&places, &hospital(2), 2);
        let one = several(&places, &hospital(1), 3);
        let _three = places.take(&hospital(3)).unwrap();
        let _calls = [one[0].doing.begin(), one[1].doing.begin()];
        // Those of the second have been idle longer.
        let _four = places.take(&hospital(4)).unwrap();
        assert!(is_out(&one[2]) && !two.iter().any(is_out));
        // Two each: the idle ones are the second's.
        let _five = places.take(&hospital(5)).unwrap();
        assert!(is_out(&two[0]) && !is_out(&one[0]) && !is_out(&one[1]));
    }

    #[test]
    fn nobody_loses_a_call_of_its_own_to_its_next_connection() {
        let places = places(4);
        let one = places.take(&hospital(1)).unwrap();
        let call = one.doing.begin();
        let others = [2, 3].map(|number| places.take(&hospital(number)).unwrap());
        assert_eq!(places.take(&hospital(1)).unwrap_err(), NoPlace::Full);
        assert!(!is_out(&one) && !others.iter().any(is_out));
        drop((call, one));
        assert!(places.take(&hospital(1)).is_ok());
        assert!(!others.iter().any(is_out));
    }

    #[test]
    fn institutions_leave_others_their_room() {
        let places = places(8);
        let held: Vec<Place> = (0..50)
            .filter_map(|n| places.take(&hospital(n)).ok())
            .collect();
        assert_eq!(held.iter().filter(|place| !is_out(place)).count(), 6);
        let node = places.take(&"/region/330200/node".parse().unwrap());
        let officer = places.take(&"/region/310000/officer/wang.fang".parse().unwrap());
        assert!(node.is_ok() && officer.is_ok());
        assert_eq!(held.iter().filter(|place| !is_out(place)).count(), 6);
    }
}
