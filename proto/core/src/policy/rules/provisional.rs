//! What `[provisional]` must satisfy to have a meaning.

use std::collections::BTreeSet;

use super::{Check, FaultKind, FaultPath};
use crate::policy::provisional::{EPIDEMICS_AT_MOST, ProvisionalRule, SNAPSHOT_HOURS_AT_MOST};
use crate::vocabulary::Care;

impl Check<'_> {
    pub(super) fn provisional(&mut self) {
        let draft = self.draft;
        let Some(rule) = &draft.provisional else {
            return;
        };
        let path = FaultPath::ROOT.key("provisional");
        let care: BTreeSet<_> = rule.care.iter().collect();
        if care.is_empty() || care.len() < rule.care.len() {
            self.fault(&path.key("care"), FaultKind::Care);
        }
        if rule.ceiling.is_zero() {
            self.fault(&path.key("ceiling"), FaultKind::ProvisionalCeiling);
        }
        if !(1..=SNAPSHOT_HOURS_AT_MOST).contains(&rule.snapshot_hours) {
            let kind = FaultKind::SnapshotHours(SNAPSHOT_HOURS_AT_MOST);
            self.fault(&path.key("snapshot_hours"), kind);
        }
        // A loss is part of what was advanced, which the ceiling bounds.
        if rule.home_bears > rule.ceiling {
            let kind = FaultKind::BearsOverCeiling(rule.ceiling);
            self.fault(&path.key("home_bears"), kind);
        }
        self.epidemics(&path.key("epidemic"), rule);
    }

    fn epidemics(&mut self, path: &FaultPath, rule: &ProvisionalRule) {
        let is_for_epidemics = rule.care.contains(&Care::Epidemic);
        if is_for_epidemics == rule.epidemics.is_empty() {
            self.fault(path, FaultKind::Epidemics);
        }
        self.at_most(path, rule.epidemics.len(), EPIDEMICS_AT_MOST);
        for (at, epidemic) in rule.epidemics.iter().enumerate() {
            let path = path.index(at);
            self.text(&path.key("title"), &epidemic.title);
            let diseases: BTreeSet<_> = epidemic.diseases.iter().collect();
            if diseases.len() < epidemic.diseases.len() {
                self.fault(&path.key("diseases"), FaultKind::RepeatedDisease);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::*;
    use crate::date::{DateInterval, ServiceDate};
    use crate::money::Fen;
    use crate::name::Name;
    use crate::policy::Draft;
    use crate::policy::provisional::Epidemic;

    fn rule() -> ProvisionalRule {
        ProvisionalRule {
            care: vec![Care::Emergency],
            epidemics: Vec::new(),
            ceiling: Fen::new(500_000).unwrap(),
            snapshot_hours: 72,
            home_bears: Fen::new(500_000).unwrap(),
        }
    }

    fn epidemic(diseases: &[&str]) -> Epidemic {
        Epidemic {
            title: "an epidemic".to_owned(),
            days: DateInterval::new(ServiceDate::parse("2023-01-08").unwrap(), None).unwrap(),
            diseases: diseases
                .iter()
                .map(|name| Name::parse(name).unwrap())
                .collect(),
        }
    }

    #[track_caller]
    fn with(change: impl FnOnce(&mut ProvisionalRule), path: &str, kind: &FaultKind) {
        let put = |draft: &mut Draft| {
            let mut changed = rule();
            change(&mut changed);
            draft.provisional = Some(changed);
        };
        check(put, path, kind);
    }

    #[test]
    fn care_is_named_once_and_a_ceiling_is_above_nothing() {
        let path = "provisional.care";
        with(|rule| rule.care.clear(), path, &FaultKind::Care);
        with(
            |rule| rule.care.push(Care::Emergency),
            path,
            &FaultKind::Care,
        );
        with(
            |rule| (rule.ceiling, rule.home_bears) = (Fen::ZERO, Fen::ZERO),
            "provisional.ceiling",
            &FaultKind::ProvisionalCeiling,
        );
    }

    #[test]
    fn a_snapshot_is_signed_for_an_hour_at_least_and_thirty_days_at_most() {
        for hours in [0, SNAPSHOT_HOURS_AT_MOST + 1] {
            with(
                |rule| rule.snapshot_hours = hours,
                "provisional.snapshot_hours",
                &FaultKind::SnapshotHours(SNAPSHOT_HOURS_AT_MOST),
            );
        }
    }

    #[test]
    fn no_more_of_a_loss_is_borne_than_can_be_lost() {
        with(
            |rule| rule.home_bears = Fen::new(500_001).unwrap(),
            "provisional.home_bears",
            &FaultKind::BearsOverCeiling(rule().ceiling),
        );
    }

    #[test]
    fn epidemics_are_declared_where_they_are_named_and_nowhere_else() {
        let path = "provisional.epidemic";
        let alone = |rule: &mut ProvisionalRule| rule.care.push(Care::Epidemic);
        with(alone, path, &FaultKind::Epidemics);
        let unnamed = |rule: &mut ProvisionalRule| rule.epidemics.push(epidemic(&[]));
        with(unnamed, path, &FaultKind::Epidemics);
        let twice = |rule: &mut ProvisionalRule| {
            rule.care.push(Care::Epidemic);
            rule.epidemics.push(epidemic(&["covid", "covid"]));
        };
        let path = "provisional.epidemic[0].diseases";
        with(twice, path, &FaultKind::RepeatedDisease);
    }
}
