//! People who move from one home region to another, and what hospitals ask for meanwhile: late bills of the old
//! cover, care since, under the old number and the new, and what is taken back afterwards. All of it follows from
//! the seed.
//!
//! In some seeds whoever has arrived goes on to a third home, or back to the first, while the homes before that are asked for
//! late bills and take some back. Whoever starts a transfer repeats it until it is answered. Any home may lose its disk
//! meanwhile.

use std::time::Duration;

use huitong_core::id::RequestId;
use huitong_core::officer::OfficerName;
use huitong_node::transfer::transfer_id;
use huitong_proto::settlement::v1::TransferState;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::callers::Officers;
use crate::certificates::OFFICER;
use crate::chance::Seeded;
use crate::cut_off::given;
use crate::faults::losing_its_disk;
use crate::party::host;
use crate::register::{GOES_ON, MOVERS, MOVES, Somebody, Stay, region};
use crate::workload::{Asked, BEGIN_WITHIN_MS, HOMES, Hospitals, Move, PATIENCE};

/// A day that does not come in a simulation.
const TO_COME: &str = "2024-06-03";
/// How often officers look.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// All stories of a seed, to their ends.
pub async fn all(hospitals: &Hospitals, (seed, regions): (u64, usize)) {
    let mut stories = JoinSet::new();
    for number in 0..MOVERS {
        let chance = Seeded::new(seed, 3_000 + number);
        let lost = losing_its_disk(seed, regions);
        let story = Story::of(hospitals.clone(), (number, lost), regions, chance);
        let onwards = Seeded::new(seed, 3_100 + number);
        stories.spawn_local(async move {
            sleep(story.chance.millis(0..BEGIN_WITHIN_MS / 2)).await;
            let since = story.goes().await;
            if let Some(since) = since.filter(|_| go_on(seed)) {
                story.goes_on(since, regions, &onwards).await;
            }
        });
    }
    while let Some(ended) = stories.join_next().await {
        ended.unwrap();
    }
}

/// Whether people go on to a third home.
fn go_on(seed: u64) -> bool {
    Seeded::new(seed, 3_551).one_in(3)
}

struct Story {
    hospitals: Hospitals,
    chance: Seeded,
    number: u64,
    treatment: usize,
    of: Somebody,
    to: Somebody,
}

impl Story {
    fn of(
        hospitals: Hospitals,
        (number, lost): (u64, Option<usize>),
        regions: usize,
        chance: Seeded,
    ) -> Self {
        let next_but = |mut place: usize, not: Option<usize>| {
            while not == Some(place) {
                place = (place + 1) % regions;
            }
            place
        };
        let old = chance.place(regions.min(HOMES));
        let new = next_but(chance.place(regions), Some(old));
        let of = Somebody::mover(old, number);
        Self {
            treatment: next_but(chance.place(regions), lost),
            of,
            to: of.at(new),
            number,
            hospitals,
            chance,
        }
    }

    /// Something to be settled, which is written down as asked.
    fn asks(&self, name: &str, of: Somebody, stay: Stay) -> Asked {
        let name = format!("m{}.{name}", self.number);
        let asked = Asked {
            treatment: self.treatment,
            request_id: name.clone(),
            visit: name,
            of,
            stay,
            fen: i64::try_from(self.chance.within(300..9_000)).unwrap() * 100,
        };
        self.hospitals.history.ask(&asked);
        asked
    }

    async fn settles(&self, name: &str, of: Somebody, stay: Stay) -> Asked {
        let asked = self.asks(name, of, stay);
        let settling = self.hospitals.settle_with_patience(&asked, &self.chance);
        settling.await;
        asked
    }

    /// The story of a transfer; what it was, and what was asked for before and since, unless the person stays.
    async fn goes(&self) -> Option<(Move, [Asked; 2])> {
        let (chance, of, to) = (&self.chance, self.of, self.to);
        let first = self.settles("first", of, Stay::Before).await;
        let kind = chance.within(0..8);
        let wanted = Move {
            of,
            to,
            day: if kind == 0 { TO_COME } else { MOVES },
            by: if chance.one_in(2) { of.home } else { to.home },
            request_id: format!("t{}", self.number),
        };
        self.hospitals.history.ask_to_move(&wanted);
        // What the old home is asked for after the hand-over was given before it, in its absence.
        let away = if kind == 2 && self.treatment != of.home {
            Some(self.given_away().await)
        } else {
            None
        };
        let (transfer, ()) = tokio::join!(self.starts(&wanted), async {
            sleep(chance.millis(0..600)).await;
            if away.is_none() {
                self.settles("meanwhile", of, Stay::Before).await;
            }
        });
        if let Some(away) = &away {
            sleep(chance.millis(0..1_500)).await;
            turmoil::repair(host(self.treatment), host(of.home));
            let settling = self.hospitals.settle_with_patience(away, chance);
            settling.await;
        }
        if kind <= 1
            && let Some(transfer) = &transfer
        {
            // Early enough, or perhaps too late.
            self.calls_back(&wanted, transfer).await;
        }
        if kind == 0 {
            self.settles("stayed", of, Stay::Before).await;
            return None;
        }
        let (since, ..) = tokio::join!(
            self.settles("since", to, Stay::Since),
            self.settles("late", of, Stay::Before),
            self.settles("strayed", of, Stay::Since),
        );
        if chance.one_in(2) && self.hospitals.history.settlement(&first).is_some() {
            self.hospitals.history.ask_back(&first);
            let back = self
                .hospitals
                .reverse_with_patience(&first, ".back", chance);
            back.await;
        }
        tokio::join!(
            self.settles("later", of, Stay::Before),
            self.settles("again", to, Stay::Since),
        );
        Some((wanted, [first, since]))
    }

    /// Somebody who has arrived goes on.
    async fn goes_on(&self, (before, asked): (Move, [Asked; 2]), regions: usize, chance: &Seeded) {
        if !self.has_arrived(&before).await {
            return;
        }
        let (first, between) = (before.of, before.to);
        let third = if chance.one_in(3) {
            first.home
        } else {
            let place = chance.place(regions);
            (place + usize::from(place == between.home)) % regions
        };
        let last = between.at(third);
        let wanted = Move {
            of: between,
            to: last,
            day: GOES_ON,
            by: [between.home, third][chance.place(2)],
            request_id: format!("t{}.on", self.number),
        };
        self.hospitals.history.ask_to_move(&wanted);
        let (started, ()) = tokio::join!(self.starts(&wanted), async {
            sleep(chance.millis(0..600)).await;
            self.settles("between", between, Stay::Since).await;
        });
        let back = async {
            for asked in asked {
                sleep(chance.millis(0..900)).await;
                if chance.one_in(2) && self.hospitals.history.settlement(&asked).is_some() {
                    self.hospitals.history.ask_back(&asked);
                    let back = self.hospitals.reverse_with_patience(&asked, ".on", chance);
                    back.await;
                }
            }
        };
        if started.is_none() {
            // Nobody is treated under a number that no home knows.
            return back.await;
        }
        tokio::join!(
            back,
            self.settles("onwards", last, Stay::Onwards),
            self.settles("between.late", between, Stay::Since),
            self.settles("latest", first, Stay::Before),
            self.settles("strayed.on", between, Stay::Onwards),
        );
        self.settles("onwards.again", last, Stay::Onwards).await;
    }

    /// Whether the new home of somebody has them, soon enough.
    async fn has_arrived(&self, wanted: &Move) -> bool {
        let (mut officers, begun) = (Officers::of(wanted.to.home), Instant::now());
        let transfer = named(wanted);
        while begun.elapsed() < PATIENCE {
            let all = officers.transfers().await.unwrap_or_default();
            let state = all.iter().find(|(id, _)| *id == transfer);
            match state.map(|(_, state)| *state) {
                Some(TransferState::Done) => return true,
                Some(TransferState::Cancelled | TransferState::Refused) => return false,
                _ => {}
            }
            sleep(LOOK_EVERY).await;
        }
        false
    }

    /// Cuts the old home off from the hospital, which settles an emergency provisionally.
    async fn given_away(&self) -> Asked {
        let asked = self.asks("away", self.of, Stay::Emergency);
        let estimating = self.hospitals.estimate_with_patience(&asked, &self.chance);
        estimating.await;
        turmoil::partition(host(self.treatment), host(self.of.home));
        let log = &self.hospitals.log;
        log.note(&asked.request_id, format_args!("cut off {:?}", self.of));
        given(&self.hospitals, &asked, &self.chance).await;
        asked
    }

    /// Starts a transfer until that is answered; its id.
    async fn starts(&self, wanted: &Move) -> Option<String> {
        let (mut officers, begun) = (Officers::of(wanted.by), Instant::now());
        while begun.elapsed() < PATIENCE {
            let told = start(&mut officers, wanted).await;
            let id = &wanted.request_id;
            self.hospitals
                .log
                .note(id, format_args!("start from {:?}: {told:?}", wanted.of));
            if let Ok(transfer) = told {
                return Some(transfer);
            }
            sleep(self.chance.millis(200..900)).await;
        }
        None
    }

    async fn calls_back(&self, wanted: &Move, transfer: &str) {
        let by = [wanted.of.home, wanted.to.home][self.chance.place(2)];
        let (mut officers, begun) = (Officers::of(by), Instant::now());
        while begun.elapsed() < PATIENCE {
            let told = officers.call_back(transfer).await;
            let id = &wanted.request_id;
            self.hospitals
                .log
                .note(id, format_args!("call back: {told:?}"));
            if told.is_ok() || told.is_err_and(|code| code == "transfer.handed_over") {
                return;
            }
            sleep(self.chance.millis(200..900)).await;
        }
    }
}

async fn start(officers: &mut Officers, wanted: &Move) -> Result<String, String> {
    let Move {
        of,
        to,
        day,
        request_id,
        ..
    } = wanted;
    officers.start_transfer(request_id, *of, *to, day).await
}

/// Waits until both homes of every transfer are of one mind; the stories of those that never are.
///
/// As officers do, whoever started it repeats what was never answered, and a new home calls back what the old one
/// has called back without telling it.
pub async fn ended(moves: &[Move], officers: &mut [Officers], within: Duration) -> Vec<String> {
    let (mut stories, begun) = (Vec::new(), Instant::now());
    for wanted in moves {
        loop {
            let stands = look(wanted, officers).await;
            if stands.is_ok() {
                break;
            }
            if begun.elapsed() > within {
                let id = &wanted.request_id;
                stories.push(format!("the transfer {id}: {stands:?}"));
                break;
            }
            sleep(LOOK_EVERY).await;
        }
    }
    stories
}

/// The id of a transfer, also of one that is refused.
fn named(wanted: &Move) -> String {
    let by = OfficerName::parse(OFFICER).unwrap();
    let request = RequestId::parse(&wanted.request_id).unwrap();
    transfer_id(region(wanted.by), &by, request).to_string()
}

/// How a transfer stands at both homes, if they are of one mind.
async fn look(wanted: &Move, officers: &mut [Officers]) -> Result<(), String> {
    let transfer = named(wanted);
    let started = start(&mut officers[wanted.by], wanted).await;
    let mut states = Vec::new();
    for home in [wanted.of.home, wanted.to.home] {
        let all = officers[home].transfers().await;
        let all = all.map_err(|status| status.to_string())?;
        let found = all.into_iter().find(|(id, _)| *id == transfer);
        states.push(found.map(|(_, state)| state));
    }
    let told = format!("{started:?}, {states:?}");
    let expected = if wanted.day == TO_COME {
        TransferState::Agreed
    } else {
        TransferState::Done
    };
    let is_nothing = |state: &Option<TransferState>| match state {
        None => true,
        Some(state) => [TransferState::Cancelled, TransferState::Refused].contains(state),
    };
    match (started, &states[..]) {
        (Ok(_), [Some(old), Some(new)]) if *old == expected && *new == expected => Ok(()),
        // It was called back, or the person was treated at the old home since and cannot go from that day on.
        (Err(code), [old, new])
            if (code == "transfer.unknown" || code == "transfer.settled_since")
                && is_nothing(old)
                && is_nothing(new) =>
        {
            Ok(())
        }
        (
            _,
            [
                Some(TransferState::Cancelled),
                Some(TransferState::Cancelled),
            ],
        ) => Ok(()),
        (_, [Some(TransferState::Cancelled), Some(TransferState::Agreed)]) => {
            let called = officers[wanted.to.home].call_back(&transfer).await;
            Err(format!("{told}: {called:?}"))
        }
        _ => Err(told),
    }
}
