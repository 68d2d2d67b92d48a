//! `[calendar]`: days that are no business days. Holidays and make-up days are published year by year, so
//! they are data; without this section every day is a business day.

use std::collections::BTreeSet;
use std::path::Path;

use huitong_core::date::{BusinessDay, ServiceDate};
use huitong_document::config::{Scalar, Section};

use super::path;
use crate::clock::Calendar;

/// The longest stretch of weekends: ten years.
const WEEKEND_DAYS_AT_MOST: i64 = 3_660;

pub(super) fn read(root: &Section<'_>, folder: &Path) -> Option<Calendar> {
    let Some(section) = root.optional_section("calendar") else {
        return Some(Calendar::new(BTreeSet::new()));
    };
    let listed = section.any::<ServiceDate>("non_business_days");
    let from_file = match section.get("file") {
        None => Some(Vec::new()),
        Some(_) => path(&section, "file", folder).and_then(|path| days_of(&section, &path)),
    };
    let weekends = match section.optional_section("weekends") {
        None => Some(BTreeSet::new()),
        Some(section) => weekends(&section),
    };
    let make_up = section.any::<ServiceDate>("make_up_days");
    let mut days = weekends?;
    days.extend(business_days(&listed));
    days.extend(business_days(&from_file?));
    for day in business_days(&make_up) {
        if !days.remove(&day) {
            section.fault_of(
                "make_up_days",
                format!("{day} is a business day already"),
                format!("{day} 本来就是工作日"),
            );
        }
    }
    Some(Calendar::new(days))
}

fn business_days(days: &[ServiceDate]) -> impl Iterator<Item = BusinessDay> {
    days.iter().filter_map(|day| business(*day))
}

/// Both kinds of days have the same range, so none is lost.
fn business(day: ServiceDate) -> Option<BusinessDay> {
    BusinessDay::new(day.year(), day.month(), day.day()).ok()
}

/// Saturdays and Sundays from `from` to `until`.
fn weekends(section: &Section<'_>) -> Option<BTreeSet<BusinessDay>> {
    let from = section.required::<ServiceDate>("from");
    let until = section.required::<ServiceDate>("until");
    let (from, until) = (business(from?)?, business(until?)?);
    let days = from.days_until(until);
    if !(0..=WEEKEND_DAYS_AT_MOST).contains(&days) {
        section.fault(
            "from and until are at most ten years apart",
            "起止日期须先后有序，且相隔不超过十年",
        );
        return None;
    }
    let all = std::iter::successors(Some(from), |day| day.plus_days(1).ok());
    Some(
        all.take_while(|day| *day <= until)
            .filter(|day| day.is_weekend())
            .collect(),
    )
}

/// One day on each line; what follows `#` is a remark.
fn days_of(section: &Section<'_>, file: &Path) -> Option<Vec<ServiceDate>> {
    let shown = file.display();
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => {
            section.fault_of(
                "file",
                format!("{shown}: {error}"),
                format!("文件 {shown} 无法读取"),
            );
            return None;
        }
    };
    let mut days = Vec::new();
    for (line, number) in text.lines().zip(1_u32..) {
        let day = line.split('#').next().unwrap_or_default().trim();
        match ServiceDate::read(day) {
            _ if day.is_empty() => {}
            Ok(day) => days.push(day),
            Err(why) => section.fault_of(
                "file",
                format!("{shown}, line {number}: {why}"),
                format!("{shown} 第 {number} 行：应为日期，如 2026-01-01"),
            ),
        }
    }
    Some(days)
}
