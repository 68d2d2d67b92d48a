//! How a leg that is held, and what is known of its debt, lie in memory: as tightly as they go, since a day brings
//! millions of them.

use huitong_core::date::Timestamp;
use huitong_core::leg::{Leg, NumberedLeg, Side};
use huitong_core::region::RegionCode;

use super::Place;

/// A number from 1 on, or none; it lies anywhere, so that nothing is left free beside it. Six bytes of it are kept: the legs
/// of a stream that had more would fill the disks of a hundred thousand machines, and plans are one a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number([u8; 6]);

impl Number {
    pub(super) const NONE: Self = Self([0; 6]);

    pub(super) const fn new(number: u64) -> Self {
        let [a, b, c, d, e, f, _, _] = number.to_le_bytes();
        Self([a, b, c, d, e, f])
    }

    pub(super) fn get(self) -> Option<u64> {
        let [a, b, c, d, e, f] = self.0;
        let number = u64::from_le_bytes([a, b, c, d, e, f, 0, 0]);
        (number > 0).then_some(number)
    }
}

/// What became of a leg that is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Marks {
    /// The number of the leg that it agrees with, in the stream of the other end.
    pub(super) partner: Number,
    /// The plan that took it.
    pub(super) taken: Number,
}

impl Marks {
    /// As it comes: it agrees with none yet.
    pub(super) const NONE: Self = Self {
        partner: Number::NONE,
        taken: Number::NONE,
    };
}

/// When legs came: those from a number on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Came {
    from: u64,
    since: Timestamp,
}

impl Came {
    pub(super) const fn new(from: u64, since: Timestamp) -> Self {
        Self { from, since }
    }

    pub(super) const fn since(&self) -> Timestamp {
        self.since
    }
}

/// A leg that no plan in the index has taken, as it is found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held<'a> {
    pub(super) leg: &'a Leg,
    pub(super) side: Side,
    pub(super) marks: Marks,
    number: u64,
    /// When those came that it lies among.
    came: &'a [Came],
}

impl<'a> Held<'a> {
    pub(super) const fn new(numbered: &'a NumberedLeg, marks: Marks, came: &'a [Came]) -> Self {
        Self {
            leg: &numbered.leg,
            side: numbered.side,
            marks,
            number: numbered.number,
            came,
        }
    }

    pub(super) const fn number(&self) -> u64 {
        self.number
    }

    /// When it came.
    pub(super) fn since(&self) -> Timestamp {
        let upto = self.came.partition_point(|came| came.from <= self.number);
        let came = upto.checked_sub(1).and_then(|last| self.came.get(last));
        came.map_or(Timestamp::EPOCH, Came::since)
    }

    /// The leg as it was reported.
    pub(super) fn numbered(&self) -> NumberedLeg {
        NumberedLeg {
            number: self.number,
            side: self.side,
            leg: self.leg.clone(),
        }
    }

    /// Whether it agrees with another.
    pub(super) fn agrees(&self) -> bool {
        self.marks.partner != Number::NONE
    }

    /// Whether a plan took it.
    pub(super) fn is_taken(&self) -> bool {
        self.marks.taken != Number::NONE
    }

    /// Where the leg lies that it agrees with.
    pub(super) fn partner(&self) -> Option<Place> {
        let number = self.marks.partner.get()?;
        Some((other_end(self.side, self.leg), number))
    }
}

/// The region that is to report a debt too, when one reported this side of it.
pub(super) const fn other_end(side: Side, leg: &Leg) -> RegionCode {
    match side {
        Side::Receivable => leg.debtor,
        Side::Payable => leg.creditor,
    }
}

/// What was reported of a debt: nearly always two legs. Where there are more, the others lie elsewhere.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reports {
    first: Spot,
    second: Spot,
    /// The plan that took the debt, once one has.
    pub(super) netted: Number,
}

/// A place, or none.
#[derive(Debug, Clone, Copy)]
struct Spot {
    region: RegionCode,
    number: Number,
}

impl Spot {
    const fn of((region, number): Place) -> Self {
        Self {
            region,
            number: Number::new(number),
        }
    }

    fn place(self) -> Option<Place> {
        Some((self.region, self.number.get()?))
    }
}

impl Reports {
    /// Of a debt that is reported for the first time.
    pub(super) fn begun(by: Place, netted: Option<u64>) -> Self {
        let first = Spot::of(by);
        Self {
            first,
            second: Spot {
                number: Number::NONE,
                ..first
            },
            netted: netted.map_or(Number::NONE, Number::new),
        }
    }

    /// The first two, in the order they came.
    pub(super) fn places(self) -> impl Iterator<Item = Place> {
        [self.first, self.second]
            .into_iter()
            .filter_map(Spot::place)
    }

    /// Takes another in, if it is the second.
    pub(super) fn follow(&mut self, place: Place) -> bool {
        let is_second = self.second.number == Number::NONE;
        if is_second {
            self.second = Spot::of(place);
        }
        is_second
    }

    /// Begins with another first, and a second where there is one.
    pub(super) fn again(&mut self, first: Place, second: Option<Place>) {
        self.first = Spot::of(first);
        self.second = Spot {
            region: self.first.region,
            number: Number::NONE,
        };
        if let Some(second) = second {
            self.second = Spot::of(second);
        }
    }
}

impl super::Matching {
    /// The legs that no plan took, each with whose it is.
    pub(crate) fn untaken(&self) -> impl Iterator<Item = (RegionCode, &Leg)> {
        let untaken = self.all().filter(|(_, held)| !held.is_taken());
        untaken.map(|(place, held)| (place.0, held.leg))
    }
}

#[cfg(test)]
mod tests {
    use huitong_core::leg::Debt;

    use super::*;
    use crate::testing::{debt, receivable};

    #[test]
    fn ten_million_legs_fit_into_what_a_day_may_take() {
        let legs = (size_of::<NumberedLeg>() + size_of::<Marks>()) * 10_000_000;
        // Five million debts, and a table of 2^24 cells.
        let debts = size_of::<(Debt, Reports)>() * 5_000_000 + (size_of::<u64>() << 24);
        let mebibytes = (legs + debts) >> 20;
        assert!(mebibytes < 1_400, "{mebibytes} MiB");
    }

    #[test]
    fn when_a_leg_came_is_found_among_those_it_lies_with() {
        let at = |millis| Timestamp::from_millis(millis).unwrap();
        let came = [
            Came::new(4, at(1_775_000_000_123)),
            Came::new(6, at(1_775_000_000_124)),
        ];
        let leg = receivable(5, &debt(1, 2, 3, 1));
        for (number, since) in [(4, 123), (5, 123), (6, 124), (7, 124)] {
            let numbered = NumberedLeg {
                number,
                ..leg.clone()
            };
            let held = Held::new(&numbered, Marks::NONE, &came);
            assert_eq!(held.since(), at(1_775_000_000_000 + since));
        }
    }

    #[test]
    fn no_number_is_none() {
        assert_eq!(Number::NONE.get(), None);
        for number in [1, 7, 256, 1 << 40, (1 << 48) - 1] {
            assert_eq!(Number::new(number).get(), Some(number));
        }
    }
}
