//! The legs of a report as a record has them, written before anything is decided of them: by whoever brought them, while the
//! writer is at work for others. Deliberately absent: whether they are taken. Where other legs are taken than were written, the
//! record is made as any other.

use huitong_core::canonical::{Canonical as _, Encoder};
use huitong_core::leg::{NUMBERED_LEG_LEN, NumberedLeg};
use huitong_core::record::clearing::{LegsTaken, before_legs};
use huitong_journal::{Body, Submission};

/// Legs as they lie in a record.
#[derive(Debug)]
pub(crate) struct LegsWritten(Body);

impl LegsWritten {
    pub(crate) fn of(legs: &[NumberedLeg]) -> Self {
        let room = legs.len().saturating_mul(NUMBERED_LEG_LEN);
        Self(Body::written(room, |bytes| {
            let mut out = Encoder::after(bytes);
            legs.iter().for_each(|numbered| numbered.encode(&mut out));
            out.into_bytes()
        }))
    }

    /// The record of the taking of just these legs; none where it is of fewer or more.
    pub(super) fn taken(self, taken: &LegsTaken) -> Option<Submission> {
        let count = taken.legs.len();
        if self.0.len() != count.saturating_mul(NUMBERED_LEG_LEN) {
            return None;
        }
        let head = before_legs(taken.region, taken.at, count);
        Some(Submission::headed(&head, self.0))
    }
}

#[cfg(test)]
mod tests {
    use huitong_core::canonical::Artifact as _;
    use huitong_core::date::Timestamp;
    use huitong_core::record::clearing::ClearingRecord;

    use super::*;
    use crate::testing::{debt, receivable};

    #[test]
    fn legs_written_beforehand_are_the_record_of_just_these() {
        for count in [0, 1, 20] {
            let legs: Vec<_> = (1..=count)
                .map(|number| receivable(number, &debt(u8::try_from(number).unwrap(), 2, 3, 700)))
                .collect();
            let taken = LegsTaken {
                region: "510100".parse().unwrap(),
                at: Timestamp::from_millis(1_775_000_000_000).unwrap(),
                legs: legs.clone(),
            };
            let other = LegsTaken {
                legs: [&*legs, &[receivable(count + 1, &debt(40, 2, 3, 7))]].concat(),
                ..taken.clone()
            };
            assert_eq!(LegsWritten::of(&legs).taken(&other), None);
            let submission = LegsWritten::of(&legs).taken(&taken).unwrap();
            let record = ClearingRecord::LegsTaken(taken).to_bytes();
            assert_eq!(submission, Submission::of(&record));
        }
    }
}
