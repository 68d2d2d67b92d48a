//! What goes wrong, and when: it follows from the seed and is over before the end is looked at.

use std::time::Duration;

use huitong_core::date::Timestamp;
use huitong_journal::testing::Misfortune;

use crate::chance::Seeded;
use crate::platform::BEGINNING;
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
    /// A node's certificate runs out while calls go on, and is renewed late.
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

/// The first moment of a world: ten in the morning, but in some shortly before the midnight before, so that the work goes
/// on from one day into the next. A day that is cut off while it goes on is needed whole.
pub fn begins(seed: u64, nodes: usize) -> Timestamp {
    let chance = Seeded::new(seed, 13);
    let morning = Timestamp::parse(BEGINNING).unwrap();
    if !chance.one_in(4) || clearing_is_lost(seed, nodes) {
        return morning;
    }
    let before_midnight = i64::try_from(chance.within(1_000..12_000)).unwrap();
    Timestamp::from_millis(morning.as_millis() - SINCE_MIDNIGHT_MS - before_midnight).unwrap()
}

/// By how many milliseconds a machine's clock is ahead of ten in the morning when its world begins: off by no more than
/// those of machines that ask for the time, but in some worlds by minutes. Around midnight it is seconds, or some would close a
/// day that others have not.
pub fn clock_is_ahead(seed: u64, nodes: usize, chance: &Seeded) -> i64 {
    let morning = Timestamp::parse(BEGINNING).unwrap().as_millis();
    let ahead = begins(seed, nodes).as_millis() - morning;
    let is_far = Seeded::new(seed, 14).one_in(3) && ahead == 0;
    let most: u32 = if is_far { 240_000 } else { 2_000 };
    let off = chance.within(0..2 * u64::from(most));
    ahead + i64::try_from(off).unwrap() - i64::from(most)
}

/// From midnight to ten in the morning.
const SINCE_MIDNIGHT_MS: i64 = 10 * 3_600_000;

/// The longest that a message of a machine far away takes: longer than anyone waits for it.
pub const FAR_AWAY: Duration = Duration::from_secs(6);

/// Begins or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    Begins,
    Ends,
}

/// What a fault takes hold of. Two faults of one hold never overlap: the end of either would mend the other too. Of
/// different holds they do, so that a machine stops while its disk is slow or full, or fails while it starts again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hold {
    /// What passes between two machines, the lower number first.
    Link(usize, usize),
    /// Whether a machine runs.
    Runs(usize),
    /// What goes wrong at an operation of its disk.
    Disk(usize),
    /// How fast its disk is.
    Pace(usize),
    /// How much room its disk has.
    Room(usize),
    /// How long its messages take.
    Distance(usize),
    /// Its certificate.
    Certificate(usize),
}

impl Hold {
    const fn machine(self) -> Option<usize> {
        match self {
            Self::Link(..) => None,
            Self::Runs(machine)
            | Self::Disk(machine)
            | Self::Pace(machine)
            | Self::Room(machine)
            | Self::Distance(machine)
            | Self::Certificate(machine) => Some(machine),
        }
    }
}

/// The faults of a seed while they are put together.
#[derive(Debug, Default)]
struct Planned {
    edges: Vec<(Duration, Edge, Fault)>,
    held: Vec<(Hold, Duration, Duration)>,
    /// Machines of which a story alone says what becomes of them.
    told: Vec<usize>,
}

impl Planned {
    /// Plans a fault unless another one has the same hold meanwhile; whether it did.
    fn add(&mut self, begin: Duration, end: Duration, fault: Fault) -> bool {
        let hold = hold(fault);
        let is_told = hold
            .machine()
            .is_some_and(|machine| self.told.contains(&machine));
        let mut held = self.held.iter();
        if is_told || held.any(|(of, from, to)| *of == hold && begin <= *to && *from <= end) {
            return false;
        }
        self.held.push((hold, begin, end));
        self.edges.push((begin, Edge::Begins, fault));
        self.edges.push((end, Edge::Ends, fault));
        true
    }

    /// Leaves what a story needs as it is.
    fn spare(&mut self, holds: &[Hold]) {
        for hold in holds {
            self.held.push((*hold, Duration::ZERO, Duration::MAX));
        }
    }

    /// Plans that a node loses its disk, and maybe that it is stopped while it collects what others have.
    fn lose(&mut self, loss: Loss, seed: u64) {
        self.held
            .push((Hold::Runs(loss.node), loss.lost, loss.back));
        self.edges.extend(loss.edges());
        let chance = Seeded::new(seed, 11);
        if chance.one_in(2) {
            let begin = loss.back + chance.millis(1..1_500);
            let again = crash(loss.node, &chance);
            self.add(begin, begin + chance.millis(300..2_000), again);
        }
    }

    /// Something else that befalls a machine which stops, while it is down, when it starts again, or soon after.
    fn add_beside(&mut self, (begin, end): (Duration, Duration), machine: usize, chance: &Seeded) {
        let early = begin.saturating_sub(chance.millis(0..800));
        let late = end + chance.millis(1..1_500);
        let soon = end + chance.millis(1..900);
        match chance.within(0..8) {
            0 => self.add(
                early,
                late,
                Fault::SlowDisk(machine, chance.within(50..900)),
            ),
            1 => self.add(early, late, Fault::FullDisk(machine)),
            2 | 3 => {
                let until = soon + chance.millis(300..2_000);
                self.add(soon, until, crash(machine, chance))
            }
            4 => self.add(
                begin + (end - begin) / 2,
                late,
                disk_fails(machine, 6, chance),
            ),
            _ => false,
        };
    }
}

/// The faults of a seed, as edges in order of time since the work began.
pub fn plan(seed: u64, parties: usize) -> Vec<(Duration, Edge, Fault)> {
    let (chance, beside) = (Seeded::new(seed, 7), Seeded::new(seed, 12));
    let mut planned = Planned::default();
    // The story alone says what becomes of that machine.
    planned.told.extend(loss_by_story(seed, parties - 1));
    if let Some((loss, away)) = leaving_out(seed, parties - 1) {
        planned.spare(&leaving_out_alone(seed, parties, (loss.node, away)));
        planned.lose(loss, seed);
    } else if planned.told.is_empty()
        && let Some(loss) = loss(seed, parties - 1)
    {
        planned.lose(loss, seed);
    }
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
            4..=6 => crash(one, &chance),
            7 => disk_fails(one, 20, &chance),
            8 if one + 1 < parties => Fault::CertificateExpires(one),
            8 | 9 => Fault::SlowDisk(one, chance.within(50..900)),
            _ => Fault::FullDisk(one),
        };
        if planned.add(begin, end, fault) && matches!(fault, Fault::Crash(..)) {
            planned.add_beside((begin, end), one, &beside);
        }
    }
    planned.edges.sort_by_key(|(at, _, _)| *at);
    planned.edges
}

/// When a node's certificate runs out next by what is still planned, since the work began.
pub fn runs_out(
    planned: impl Iterator<Item = (Duration, Edge, Fault)>,
    node: usize,
) -> Option<Duration> {
    let mut ends = planned.filter(|(_, edge, fault)| {
        (*edge, *fault) == (Edge::Begins, Fault::CertificateExpires(node))
    });
    ends.next().map(|(at, _, _)| at)
}

/// Whether nothing disturbs a node that serves without another one: in most such seeds it soon waits for that one alone, and
/// could do with it what it must not.
pub fn is_left_alone(seed: u64) -> bool {
    !Seeded::new(seed, 23).one_in(3)
}

/// What no other fault of a seed has hold of in which a node serves without another one that it is cut off from.
fn leaving_out_alone(seed: u64, parties: usize, (node, away): (usize, usize)) -> Vec<Hold> {
    // Nothing else keeps the two apart, or brings them together again.
    let link = |other: usize| Hold::Link(node.min(other), node.max(other));
    // And it can be begun anew whenever its officer wants.
    let mut alone = vec![link(away), Hold::Disk(node), Hold::Room(node)];
    if is_left_alone(seed) {
        alone.extend((0..parties).filter(|other| *other != node).map(link));
        alone.extend([Hold::Runs(away), Hold::Disk(away)]);
        for machine in [node, away] {
            alone.extend([Hold::Distance(machine), Hold::Certificate(machine)]);
        }
    }
    alone
}

fn crash(machine: usize, chance: &Seeded) -> Fault {
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
    Fault::Crash(machine, power, index)
}

/// One of the next so many operations of a disk fails.
fn disk_fails(machine: usize, within: u64, chance: &Seeded) -> Fault {
    let misfortunes = [
        Misfortune::PowerCut,
        Misfortune::Half,
        Misfortune::Forgotten,
        Misfortune::Refused,
    ];
    let misfortune = misfortunes[chance.place(misfortunes.len())];
    Fault::DiskFails(machine, chance.within(0..within), misfortune)
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

fn hold(fault: Fault) -> Hold {
    match fault {
        Fault::Partition(one, other) | Fault::OneWay(one, other) | Fault::Held(one, other) => {
            Hold::Link(one.min(other), one.max(other))
        }
        Fault::Crash(one, ..) | Fault::BackedUp(one) | Fault::Lost(one) => Hold::Runs(one),
        Fault::DiskFails(one, ..) => Hold::Disk(one),
        Fault::SlowDisk(one, _) => Hold::Pace(one),
        Fault::FullDisk(one) => Hold::Room(one),
        Fault::FarAway(one) => Hold::Distance(one),
        Fault::CertificateExpires(one) => Hold::Certificate(one),
    }
}

#[cfg(test)]
mod tests;
