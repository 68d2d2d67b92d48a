//! Who comes, stands still and goes: one region joins, one is suspended in the middle of a day and comes back, and one
//! leaves once nothing of it is open.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1::MemberAction;
use huitong_transport::refusal_code;

use super::Month;
use crate::register::Place;
use crate::source::{Shared, of};
use crate::story::Line;
use crate::world::Moves;

/// On this day a region joins.
const JOINS: usize = 3;
/// On the morning of this day one is suspended, and leaves when the cycle before is paid, or the month.
const LEAVES: usize = 6;
/// On this day another one reports a debt with it.
const STRAYS: usize = 8;
/// In the middle of this day one is suspended.
const SUSPENDED: usize = 11;
/// On the morning of this day it comes back.
const RESUMES: usize = 13;

/// Who is to come, to stand still, and to go.
pub(super) struct Moving {
    pub(super) joining: Option<(Place, Shared)>,
    pub(super) pausing: RegionCode,
    pub(super) leaving: RegionCode,
}

impl Moving {
    /// Those of some regions; `joining` is none of them yet. Whoever leaves clears for nobody.
    pub(super) fn of(places: &[Place], joining: (Place, Shared)) -> Self {
        let mut alone = places.iter().filter(|place| place.code == place.member);
        Self {
            joining: Some(joining),
            pausing: places[3].code,
            leaving: alone.next_back().unwrap().code,
        }
    }

    pub(super) fn contains(&self, code: &RegionCode) -> bool {
        [self.pausing, self.leaving].contains(code)
    }
}

impl Month {
    /// Those that have not left.
    pub(super) fn here(&self) -> Vec<Shared> {
        self.those(|code| !self.left.contains_key(&code))
    }

    /// Those of them that are not suspended.
    pub(super) fn active(&self) -> Vec<Shared> {
        self.those(|code| !self.stood.contains_key(&code))
    }

    fn those(&self, is_one: impl Fn(RegionCode) -> bool) -> Vec<Shared> {
        let all = self.places.iter().zip(&self.sources);
        let those = all.filter(|(place, _)| is_one(place.code));
        those.map(|(_, source)| Arc::clone(source)).collect()
    }

    /// Before anything is paid.
    pub(super) async fn stands(&mut self, number: usize) {
        match number {
            JOINS => self.joins(number).await,
            LEAVES => {
                let leaving = self.moving.leaving;
                self.is_suspended(leaving).await;
                let open = self.office.member(leaving, MemberAction::Leave).await;
                assert_eq!(refusal_code(&open.unwrap_err()), Some("member.open"));
                self.story.leaves(leaving);
            }
            RESUMES => {
                let pausing = self.moving.pausing;
                let resumed = self.office.member(pausing, MemberAction::Resume);
                resumed.await.unwrap();
                self.stood.remove(&pausing);
                let source = of(&self.sources, &self.places, pausing);
                source.lock().await.is_suspended = false;
            }
            _ => {}
        }
    }

    /// When what was ordered the day before is paid. Where money moves by the month nothing is yet.
    pub(super) async fn goes(&mut self, number: usize) {
        if number == LEAVES && self.moves == Moves::ByDay {
            let leaving = self.moving.leaving;
            let left = self.office.member(leaving, MemberAction::Leave).await;
            left.unwrap();
            self.left.insert(leaving, self.days[number]);
        }
    }

    /// While regions report: what of a day is written of the region that is suspended in the middle of it is told in part.
    pub(super) async fn pauses(&mut self, number: usize) {
        if number != SUSPENDED {
            return;
        }
        let pausing = self.moving.pausing;
        let source = of(&self.sources, &self.places, pausing);
        let mut guard = source.lock().await;
        let (held, written) = (guard.acknowledged.load(Ordering::SeqCst), guard.written());
        assert!(written > held + 1, "{pausing} has something to say");
        let half = held + (written - held) / 2;
        guard.reports_up_to(half, (3, 2)).await.unwrap();
        drop(guard);
        self.is_suspended(pausing).await;
    }

    /// What is said of a region that has left: it is taken, and waits.
    pub(super) fn strays(&mut self, number: usize) -> Vec<Line> {
        if number != STRAYS || self.left.is_empty() {
            return Vec::new();
        }
        let day = self.days[number];
        self.story.strays(self.moving.leaving, day)
    }

    async fn is_suspended(&mut self, code: RegionCode) {
        let suspended = self.office.member(code, MemberAction::Suspend).await;
        suspended.unwrap();
        let source = of(&self.sources, &self.places, code);
        let mut source = source.lock().await;
        source.is_suspended = true;
        let held = source.acknowledged.load(Ordering::SeqCst);
        self.stood.insert(code, held);
    }

    async fn joins(&mut self, number: usize) {
        let (place, source) = self.moving.joining.take().unwrap();
        let chain = {
            let mut source = source.lock().await;
            let refused = source.position().await.unwrap_err();
            assert_eq!(refusal_code(&refused), Some("stream.unknown_region"));
            source.chain.clone()
        };
        self.office.joins(&place, chain).await;
        self.joined.insert(place.code, self.days[number]);
        self.places.push(place);
        self.sources.push(source);
        self.corrected.push(0);
        self.story.joins(place);
    }
}
