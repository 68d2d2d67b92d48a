//! The days of a visit, from `date`, `days` and `billed_from`.
//!
//! A document states the benefit date and how long the visit was; first and last day follow from which of
//! them the policy makes the benefit date. `billed_from` is the first day that this bill covers; the days
//! before it were billed in another.

use huitong_core::bill::DAYS_AT_MOST;
use huitong_core::date::ServiceDate;
use huitong_core::policy::fact::NumberFact;
use huitong_core::policy::{BenefitDate, Policy};
use huitong_core::vocabulary::Setting;

use super::asked::Asked;
use crate::reader::sound;

/// First day, first day of the bill, last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stay {
    pub(super) admitted: ServiceDate,
    pub(super) billed_from: ServiceDate,
    pub(super) discharged: ServiceDate,
}

pub(super) fn stay(
    asked: &Asked<'_, '_>,
    policy: &Policy,
    setting: Option<Setting>,
) -> Option<Stay> {
    let (section, effective) = (&asked.section, policy.scope().effective);
    let date = section.or("date", effective.from());
    if date.is_some_and(|date| !effective.contains(date)) {
        section.fault_of(
            "date",
            "the policy does not hold on this day",
            "该政策在此日期不适用",
        );
    }
    let days = asked.count("days", NumberFact::Days, 1..=i64::from(DAYS_AT_MOST), 1_u32);
    let billed_from = section
        .get("billed_from")
        .map(|field| field.scalar::<ServiceDate>());
    let (setting, date, days) = (setting?, date?, days?);
    let dates = dates(policy.benefit_date(), setting, date, days);
    if dates.is_none() {
        let zh = "就诊日期超出 1900 至 2199 年";
        section.fault_of("date", "the visit reaches beyond 1900 to 2199", zh);
    }
    let (admitted, discharged) = dates?;
    let stay = Stay {
        admitted,
        billed_from: sound(billed_from)?.unwrap_or(admitted),
        discharged,
    };
    checked(asked, policy, setting, stay)
}

fn checked(asked: &Asked<'_, '_>, policy: &Policy, setting: Setting, stay: Stay) -> Option<Stay> {
    let section = &asked.section;
    let Stay {
        admitted,
        billed_from,
        discharged,
    } = stay;
    if billed_from < admitted || discharged < billed_from {
        section.fault_of(
            "billed_from",
            format!("the visit lasts from {admitted} to {discharged}"),
            format!("就诊自 {admitted} 至 {discharged}"),
        );
        return None;
    }
    let splits = policy.benefit_date() == BenefitDate::Split && setting.is_stay();
    if splits && billed_from.year() != discharged.year() {
        section.fault_of(
            "billed_from",
            format!(
                "the bill covers {billed_from} to {discharged}, days of two benefit years, and the policy splits them: give `billed_from`, and the days before it in another bill"
            ),
            format!(
                "费用涵盖 {billed_from} 至 {discharged}，跨两个待遇年度，而该政策按年度分开：请给出 `billed_from`，此前的费用另行结算"
            ),
        );
        return None;
    }
    Some(stay)
}

/// First and last day of a visit of so many days whose benefit date is given. An outpatient's is the
/// first day, whatever the policy says of inpatients.
fn dates(
    benefit: BenefitDate,
    setting: Setting,
    date: ServiceDate,
    days: u32,
) -> Option<(ServiceDate, ServiceDate)> {
    let nights = i32::try_from(days.saturating_sub(1)).ok()?;
    let counts_back = match benefit {
        BenefitDate::Discharge | BenefitDate::Split => setting.is_stay(),
        BenefitDate::Admission => false,
    };
    if counts_back {
        Some((date.plus_days(nights.saturating_neg()).ok()?, date))
    } else {
        Some((date, date.plus_days(nights).ok()?))
    }
}
