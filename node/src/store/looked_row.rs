//! Who was shown a person's standing: the latest, each visit once, and how many there were in all.
//!
//! Older ones stay in the journal. The row stays small, since it is written with every snapshot of the person.

use huitong_core::bill::VisitNumber;
use huitong_core::canonical_struct;
use huitong_core::date::Timestamp;
use huitong_core::institution::InstitutionCode;
use huitong_core::record::looks::ShownTo;
use huitong_core::region::RegionCode;

/// Visits that are kept.
const LATEST: usize = 32;

/// What is known of who looked at a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookedRow {
    /// The number of the last record that is counted in.
    pub up_to: u64,
    /// Snapshots given in all.
    pub times: u64,
    /// The latest visits, the latest one first.
    pub latest: Vec<LookedAt>,
}

canonical_struct!(LookedRow {
    up_to,
    times,
    latest
});

/// Snapshots given for one visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookedAt {
    /// The region whose node asked.
    pub treatment: RegionCode,
    /// The institution.
    pub institution: InstitutionCode,
    /// Its number of the visit.
    pub visit: VisitNumber,
    /// The first time.
    pub first: Timestamp,
    /// The last time.
    pub last: Timestamp,
    /// How often.
    pub times: u32,
}

canonical_struct!(LookedAt {
    treatment,
    institution,
    visit,
    first,
    last,
    times
});

impl LookedAt {
    fn is_of(&self, to: &ShownTo) -> bool {
        (self.treatment, self.institution) == (to.treatment, to.institution)
            && self.visit == to.visit
    }
}

impl LookedRow {
    /// Nobody looked.
    pub const NOBODY: Self = Self {
        up_to: 0,
        times: 0,
        latest: Vec::new(),
    };

    /// Whether somebody is among the latest to whom the person was shown.
    #[must_use]
    pub fn has(&self, to: &ShownTo) -> bool {
        self.latest.iter().any(|known| known.is_of(to))
    }

    /// The same with what a record says; one that is counted in already changes nothing.
    #[must_use]
    pub fn with(mut self, number: u64, shown: &[ShownTo], at: Timestamp) -> Self {
        if number <= self.up_to {
            return self;
        }
        self.up_to = number;
        for to in shown {
            self.times = self.times.saturating_add(1);
            let known = self.latest.iter().position(|known| known.is_of(to));
            let mut entry = match known {
                Some(place) => self.latest.remove(place),
                None => LookedAt {
                    treatment: to.treatment,
                    institution: to.institution,
                    visit: to.visit.clone(),
                    first: at,
                    last: at,
                    times: 0,
                },
            };
            entry.last = at;
            entry.times = entry.times.saturating_add(1);
            self.latest.insert(0, entry);
        }
        self.latest.truncate(LATEST);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(visit: &str) -> ShownTo {
        ShownTo {
            treatment: "510100".parse().unwrap(),
            institution: "H51010400001".parse().unwrap(),
            visit: VisitNumber::parse(visit).unwrap(),
        }
    }

    #[test]
    fn each_visit_stands_once_the_latest_first_and_a_record_counts_once() {
        let at = |ms| Timestamp::from_millis(ms).unwrap();
        let row = LookedRow::NOBODY.with(1, &[to("V1"), to("V2")], at(1));
        let row = row.with(2, &[to("V1")], at(2));
        let visits: Vec<_> = row.latest.iter().map(|it| it.visit.to_string()).collect();
        assert_eq!((visits, row.times), (vec!["V1".into(), "V2".into()], 3));
        let first = &row.latest[0];
        assert_eq!((first.times, first.first, first.last), (2, at(1), at(2)));
        assert_eq!(row.clone().with(2, &[to("V3")], at(3)), row);
        assert_eq!([row.has(&to("V2")), row.has(&to("V3"))], [true, false]);
        let many: Vec<_> = (0..99).map(|nth| to(&format!("W{nth}"))).collect();
        let row = row.with(3, &many, at(4));
        assert_eq!((row.latest.len(), row.times), (LATEST, 102));
        assert_eq!(row.latest[0].visit.to_string(), "W98");
    }
}
