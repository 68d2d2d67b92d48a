//! `[provisional]`: what a policy allows while its region cannot be reached.

use huitong_core::date::{DateInterval, ServiceDate};
use huitong_core::money::Fen;
use huitong_core::name::Name;
use huitong_core::policy::provisional::{Epidemic, ProvisionalRule, SNAPSHOT_HOURS_AT_MOST};

use crate::reader::Section;

/// `[provisional]`, where there is one; the inner `None` is one that cannot be read.
pub(super) fn provisional(root: &Section<'_>) -> Option<Option<ProvisionalRule>> {
    root.get("provisional").map(|field| rule(&field.section()?))
}

fn rule(section: &Section<'_>) -> Option<ProvisionalRule> {
    let care = section.some("care");
    let ceiling = section.required::<Fen>("ceiling");
    let hours = section.integer("snapshot_hours", 1..=i64::from(SNAPSHOT_HOURS_AT_MOST));
    let home_bears = section.required::<Fen>("home_bears");
    let epidemics: Vec<_> = section.tables("epidemic").iter().map(epidemic).collect();
    let epidemics: Option<Vec<_>> = epidemics.into_iter().collect();
    Some(ProvisionalRule {
        care: care?,
        epidemics: epidemics?,
        ceiling: ceiling?,
        snapshot_hours: hours?,
        home_bears: home_bears?,
    })
}

fn epidemic(section: &Section<'_>) -> Option<Epidemic> {
    let title = section.required::<String>("title");
    let from = section.required::<ServiceDate>("from");
    let until = section.optional::<ServiceDate>("until");
    let diseases = section.any::<Name>("diseases");
    let days = match DateInterval::new(from?, until) {
        Ok(days) => days,
        Err(error) => {
            section.fault(error.to_string(), "终止日期早于起始日期");
            return None;
        }
    };
    Some(Epidemic {
        title: title?,
        days,
        diseases,
    })
}
