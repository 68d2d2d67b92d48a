//! How a leg that is held, and what is known of its debt, lie in memory: as tightly as they go, since a day brings
//! millions of them.

use huitong_core::date::Timestamp;
use huitong_core::leg::{Leg, NumberedLeg, Side};
use huitong_core::region::RegionCode;

use super::Place;

/// A number from 1 on, or none; it lies anywhere, so that nothing is left free beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number([u8; 8]);

impl Number {
    pub(super) const NONE: Self = Self([0; 8]);

    pub(super) const fn new(number: u64) -> Self {
        Self(number.to_ne_bytes())
    }

    pub(super) fn get(self) -> Option<u64> {
        let number = u64::from_ne_bytes(self.0);
        (number > 0).then_some(number)
    }
}

/// When a leg came, in milliseconds since 1970: instants lie before 2200, so that one byte of eight is left for another field.
#[derive(Debug, Clone, Copy)]
struct Since([u8; 7]);

impl Since {
    fn of(at: Timestamp) -> Self {
        let bytes = at.as_millis().to_be_bytes();
        Self(bytes.last_chunk().copied().unwrap_or_default())
    }

    fn get(self) -> Timestamp {
        let [a, b, c, d, e, f, g] = self.0;
        let millis = i64::from_be_bytes([0, a, b, c, d, e, f, g]);
        Timestamp::from_millis(millis).unwrap_or(Timestamp::EPOCH)
    }
}

/// A leg that no plan in the index has taken. Its number is where it lies.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub(super) leg: Leg,
    since: Since,
    /// The number of the leg that it agrees with, in the stream of the other end.
    pub(super) partner: Number,
    /// The plan that took it.
    pub(super) taken: Number,
    pub(super) side: Side,
}

impl Held {
    /// As it comes: it agrees with none yet.
    pub(super) fn new(numbered: &NumberedLeg, since: Timestamp) -> Self {
        Self {
            leg: numbered.leg.clone(),
            since: Since::of(since),
            partner: Number::NONE,
            taken: Number::NONE,
            side: numbered.side,
        }
    }

    /// When it came.
    pub(super) fn since(&self) -> Timestamp {
        self.since.get()
    }

    /// The leg as it was reported under its number.
    pub(super) fn numbered(&self, number: u64) -> NumberedLeg {
        NumberedLeg {
            number,
            side: self.side,
            leg: self.leg.clone(),
        }
    }

    /// Where the leg lies that it agrees with.
    pub(super) fn partner(&self) -> Option<Place> {
        let number = self.partner.get()?;
        Some((other_end(self.side, &self.leg), number))
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
        let untaken = self.all().filter(|(_, held)| held.taken == Number::NONE);
        untaken.map(|(place, held)| (place.0, &held.leg))
    }
}

#[cfg(test)]
mod tests {
    use huitong_core::leg::Debt;

    use super::*;

    #[test]
    fn ten_million_legs_fit_into_what_a_day_may_take() {
        let legs = size_of::<Held>() * 10_000_000;
        // Five million debts, and a table of 2^24 cells.
        let debts = size_of::<(Debt, Reports)>() * 5_000_000 + (size_of::<u64>() << 24);
        let mebibytes = (legs + debts) >> 20;
        assert!(mebibytes < 1_400, "{mebibytes} MiB");
    }

    #[test]
    fn when_a_leg_came_is_kept_to_the_millisecond() {
        let last = Timestamp::parse("2199-12-30T00:00:00.999Z").unwrap();
        for at in [
            Timestamp::EPOCH,
            Timestamp::from_millis(1_775_000_000_123).unwrap(),
            last,
        ] {
            assert_eq!(Since::of(at).get(), at);
        }
    }

    #[test]
    fn no_number_is_none() {
        assert_eq!(Number::NONE.get(), None);
        assert_eq!(Number::new(7).get(), Some(7));
    }
}
