//! What goes wrong, and when: it follows from the seed and is over before the end is looked at.

use std::collections::BTreeSet;
use std::time::Duration;

use huitong_journal::testing::Misfortune;

use crate::chance::Seeded;
use crate::workload::{BEGIN_WITHIN_MS, HOMES};

/// Something that goes wrong; parties are numbers, the clearinghouse's after those of the nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing passes between two machines.
    Partition(usize, usize),
    /// Nothing passes from one machine to another.
    OneWay(usize, usize),
    /// What passes between two machines is held back, and arrives later.
    Held(usize, usize),
    /// What a machine sends and is sent takes long, and later messages often arrive first.
    FarAway(usize),
    /// A machine stops, with or without its power.
    Crash(usize, Power, Index),
    /// A machine's disk fails at an operation to come.
    DiskFails(usize, u64, Misfortune),
    /// A machine's disk is slow.
    SlowDisk(usize, u64),
    /// A machine's disk has no room.
    FullDisk(usize),
    /// A node's certificate has expired, and is renewed late.
    CertificateExpires(usize),
    /// A node's disk is copied while it works.
    BackedUp(usize),
    /// A node's disk is lost; it comes back with the copy in its place.
    Lost(usize),
}

/// Whether what is not synced is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Power {
    Stays,
    Fails,
}

/// Whether the index is there after a crash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Index {
    Kept,
    Lost,
}

/// The longest that a message takes in a world: some are near, some far, and there later ones arrive first.
pub fn latency(seed: u64) -> Duration {
    let chance = Seeded::new(seed, 8);
    let longest = [10, 30, 100, 400];
    Duration::from_millis(longest[chance.place(longest.len())])
}

/// The longest that a message of a machine far away takes: longer than anyone waits for it.
pub const FAR_AWAY: Duration = Duration::from_secs(6);

/// Begins or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    Begins,
    Ends,
}

/// The faults of a seed, as edges in order of time since the work began.
pub fn plan(seed: u64, parties: usize) -> Vec<(Duration, Edge, Fault)> {
    let chance = Seeded::new(seed, 7);
    let mut edges = Vec::new();
    let mut taken = BTreeSet::new();
    if let Some((loss, away)) = leaving_out(seed, parties - 1) {
        // Nothing else keeps the two apart, or brings them together again.
        taken.insert((loss.node.min(away), loss.node.max(away)));
        taken.insert((loss.node, loss.node));
        edges.extend(loss.edges());
    }
    let told = loss_by_story(seed, parties - 1);
    // The story alone says what becomes of that machine.
    taken.extend(told.map(|node| (node, node)));
    for _ in 0..chance.within(4..14) {
        let begin = chance.millis(200..BEGIN_WITHIN_MS + 2_000);
        let end = begin + chance.millis(500..4_000);
        let one = chance.place(parties);
        // The callers' machine comes after the last server.
        let other = (one + 1 + chance.place(parties)) % (parties + 1);
        let fault = match chance.within(0..12) {
            0 => Fault::Partition(one, other),
            1 => Fault::OneWay(one, other),
            2 | 3 => Fault::Held(one, other),
            // Most people are of the first few regions.
            11 => Fault::FarAway(chance.place(parties.min(HOMES))),
            4..=6 => {
                let power = if chance.one_in(3) {
                    Power::Stays
                } else {
                    Power::Fails
                };
                let index = if chance.one_in(4) {
                    Index::Lost
                } else {
                    Index::Kept
                };
                Fault::Crash(one, power, index)
            }
            7 => {
                let misfortunes = [
                    Misfortune::PowerCut,
                    Misfortune::Half,
                    Misfortune::Forgotten,
                    Misfortune::Refused,
                ];
                let misfortune = misfortunes[chance.place(misfortunes.len())];
                Fault::DiskFails(one, chance.within(0..20), misfortune)
            }
            8 if one + 1 < parties => Fault::CertificateExpires(one),
            8 | 9 => Fault::SlowDisk(one, chance.within(50..900)),
            _ => Fault::FullDisk(one),
        };
        // One fault at a time between two machines, and on one machine.
        if taken.insert(place(fault)) {
            edges.push((begin, Edge::Begins, fault));
            edges.push((end, Edge::Ends, fault));
        }
    }
    if told.is_none()
        && let Some(loss) = loss(seed, parties - 1)
        && taken.insert((loss.node, loss.node))
    {
        edges.extend(loss.edges());
    }
    edges.sort_by_key(|(at, _, _)| *at);
    edges
}

/// The node that loses its disk, if one does: mostly one of those that many people are of.
pub fn losing_its_disk(seed: u64, nodes: usize) -> Option<usize> {
    let chance = Seeded::new(seed, 10);
    let loses = chance.one_in(3);
    let among = if chance.one_in(3) { nodes } else { HOMES };
    let node = chance.place(among.min(nodes));
    loses.then_some(node)
}

/// How a node loses its disk, in time since the work began.
#[derive(Debug, Clone, Copy)]
pub struct Loss {
    pub node: usize,
    pub copied: Duration,
    pub lost: Duration,
    back: Duration,
}

impl Loss {
    fn edges(self) -> [(Duration, Edge, Fault); 3] {
        [
            (self.copied, Edge::Begins, Fault::BackedUp(self.node)),
            (self.lost, Edge::Begins, Fault::Lost(self.node)),
            (self.back, Edge::Ends, Fault::Lost(self.node)),
        ]
    }
}

fn loss(seed: u64, nodes: usize) -> Option<Loss> {
    let node = losing_its_disk(seed, nodes)?;
    let chance = Seeded::new(seed, 9);
    let copied = chance.millis(0..3_000);
    let lost = copied + chance.millis(300..4_000);
    let back = lost + chance.millis(500..3_000);
    Some(Loss {
        node,
        copied,
        lost,
        back,
    })
}

/// The node that loses its disk and serves without another region afterwards, and that region, if a story of the seed
/// tells of it.
pub fn leaving_out(seed: u64, nodes: usize) -> Option<(Loss, usize)> {
    let loss = loss(seed, nodes)?;
    let chance = Seeded::new(seed, 22);
    let away = (loss.node + 1 + chance.place(nodes - 1)) % nodes;
    chance.one_in(3).then_some((loss, away))
}

/// The node that loses its disk when a story of somebody who was cut off says so, and not at a time of its own: when
/// what it has trued up is known where it was given, and is not in its backup.
pub fn loss_by_story(seed: u64, nodes: usize) -> Option<usize> {
    let node = losing_its_disk(seed, nodes)?;
    let is_told = Seeded::new(seed, 55).one_in(2) && leaving_out(seed, nodes).is_none();
    is_told.then_some(node)
}

/// Whether the clearinghouse loses its disk, in the story that sees to it. What a region's node and the clearinghouse
/// both lose is known to papers only, so it never does so together with a node.
pub fn clearing_is_lost(seed: u64, nodes: usize) -> bool {
    Seeded::new(seed, 54).one_in(4) && losing_its_disk(seed, nodes).is_none()
}

/// Where a fault is: a machine, or a pair of them.
fn place(fault: Fault) -> (usize, usize) {
    match fault {
        Fault::Partition(one, other) | Fault::OneWay(one, other) | Fault::Held(one, other) => {
            (one.min(other), one.max(other))
        }
        Fault::Crash(one, ..)
        | Fault::DiskFails(one, ..)
        | Fault::SlowDisk(one, _)
        | Fault::FullDisk(one)
        | Fault::FarAway(one)
        | Fault::BackedUp(one)
        | Fault::Lost(one)
        | Fault::CertificateExpires(one) => (one, one),
    }
}
