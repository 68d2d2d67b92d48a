//! What a policy allows while its region cannot be reached: settling provisionally, on a snapshot that it
//! signed before.
//!
//! Whoever treats reads this and nothing else to know whether an answer may be given without the home
//! region, and up to how much. The home region reads the same words at true-up, to know how much of a loss
//! is its own. Deliberately absent: amounts of benefits, which are the layers' as ever.

use crate::bill::{Arrival, Visit};
use crate::date::{DateInterval, Timestamp};
use crate::money::Fen;
use crate::name::Name;
use crate::vocabulary::Care;

/// The longest that a snapshot is signed for: thirty days.
pub const SNAPSHOT_HOURS_AT_MOST: u16 = 720;
/// The most declared epidemics of one document.
pub const EPIDEMICS_AT_MOST: usize = 32;

const HOUR_MS: i64 = 3_600_000;

/// `[provisional]`: for which care, within which bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvisionalRule {
    /// The care it is for; at least one, each once.
    pub care: Vec<Care>,
    /// The declared epidemics, when epidemic care is named.
    pub epidemics: Vec<Epidemic>,
    /// The most that funds and accounts may pay by one provisional settlement.
    pub ceiling: Fen,
    /// How many hours a signed snapshot may be used.
    pub snapshot_hours: u16,
    /// How much of one settlement's loss the home region bears; what is beyond is the treatment region's.
    pub home_bears: Fen,
}

/// A declared epidemic, for whose patients the green channel (绿色通道) is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Epidemic {
    /// What it is called.
    pub title: String,
    /// The days of admission for which it is declared.
    pub days: DateInterval,
    /// The listed diseases that it is about; none is every care of those days.
    pub diseases: Vec<Name>,
}

impl ProvisionalRule {
    /// The care of a visit by which it may be settled provisionally; `None` when by none.
    #[must_use]
    pub fn care_of(&self, visit: &Visit) -> Option<Care> {
        self.care.iter().copied().find(|care| match care {
            Care::Emergency => visit.arrival == Arrival::Emergency,
            Care::Epidemic => self.epidemics.iter().any(|declared| declared.covers(visit)),
        })
    }

    /// Until when a snapshot that is signed now may be used.
    #[must_use]
    pub fn usable_until(&self, signed: Timestamp) -> Timestamp {
        let length = i64::from(self.snapshot_hours).saturating_mul(HOUR_MS);
        signed.plus_millis(length).unwrap_or(signed)
    }
}

impl Epidemic {
    fn covers(&self, visit: &Visit) -> bool {
        let is_listed = |disease| self.diseases.contains(disease);
        self.days.contains(visit.admitted)
            && (self.diseases.is_empty() || visit.diseases.iter().any(is_listed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bill::VisitNumber;
    use crate::date::ServiceDate;
    use crate::vocabulary::Setting;

    fn day(text: &str) -> ServiceDate {
        ServiceDate::parse(text).unwrap()
    }

    fn visit(arrival: Arrival, admitted: &str, diseases: &[&str]) -> Visit {
        let number = VisitNumber::parse("V1").unwrap();
        Visit {
            number: number.clone(),
            episode: number,
            episode_at: None,
            setting: Setting::Inpatient,
            interim: 0,
            admitted: day(admitted),
            billed_from: day(admitted),
            discharged: day(admitted),
            arrival,
            sessions: 1,
            diseases: diseases
                .iter()
                .map(|name| Name::parse(name).unwrap())
                .collect(),
            package: None,
        }
    }

    fn rule(care: &[Care], diseases: &[&str]) -> ProvisionalRule {
        let until = Some(day("2023-02-28"));
        ProvisionalRule {
            care: care.to_vec(),
            epidemics: vec![Epidemic {
                title: "an epidemic".to_owned(),
                days: DateInterval::new(day("2023-01-08"), until).unwrap(),
                diseases: diseases
                    .iter()
                    .map(|name| Name::parse(name).unwrap())
                    .collect(),
            }],
            ceiling: Fen::new(500_000).unwrap(),
            snapshot_hours: 72,
            home_bears: Fen::ZERO,
        }
    }

    #[test]
    fn only_the_care_that_is_named_is_settled_provisionally() {
        let emergency = visit(Arrival::Emergency, "2023-03-01", &[]);
        let planned = visit(Arrival::Direct, "2023-01-08", &[]);
        let both = rule(&[Care::Emergency, Care::Epidemic], &[]);
        assert_eq!(both.care_of(&emergency), Some(Care::Emergency));
        assert_eq!(both.care_of(&planned), Some(Care::Epidemic));
        assert_eq!(rule(&[Care::Epidemic], &[]).care_of(&emergency), None);
        assert_eq!(rule(&[Care::Emergency], &[]).care_of(&planned), None);
    }

    #[test]
    fn an_epidemic_is_for_its_days_and_diseases() {
        let about = |admitted, diseases: &[&str], listed: &[&str]| {
            rule(&[Care::Epidemic], listed).care_of(&visit(Arrival::Direct, admitted, diseases))
        };
        assert_eq!(about("2023-01-07", &[], &[]), None);
        assert_eq!(about("2023-03-01", &[], &[]), None);
        assert_eq!(about("2023-02-28", &[], &["covid"]), None);
        let sick = about("2023-02-28", &["asthma", "covid"], &["covid"]);
        assert_eq!(sick, Some(Care::Epidemic));
    }

    #[test]
    fn a_signed_snapshot_is_used_for_its_hours() {
        let signed = Timestamp::from_millis(1_000).unwrap();
        let until = rule(&[Care::Emergency], &[]).usable_until(signed);
        assert_eq!(until.as_millis(), 1_000 + 72 * 3_600_000);
    }
}
