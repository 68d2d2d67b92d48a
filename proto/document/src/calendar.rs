//! `[calendar]` of a server's file: which days are business days.
//!
//! Holidays and the weekend days that are worked for them are published year by year, so they are data. Those of the
//! State Council are here as far as they are published (`state_council.toml`); a file of one's own may add what came
//! since. Without this section every day is a business day.

use huitong_core::calendar::Calendar;
use huitong_core::date::{BusinessDay, ServiceDate};

use crate::config::{Document, Faults, Scalar, Section};

/// The published days.
const STATE_COUNCIL: &str = include_str!("calendar/state_council.toml");

/// The longest stretch of weekends: ten years.
const WEEKEND_DAYS_AT_MOST: i64 = 3_660;

/// The State Council's calendar: weekdays without its holidays, and the weekend days that are worked for them.
///
/// # Errors
/// None for the days as they are here; the type is the reader's own.
pub fn state_council() -> Result<Calendar, Faults> {
    let document = Document::parse("state_council.toml", STATE_COUNCIL)?;
    let mut calendar = Calendar::weekdays();
    for year in document.root().tables("year") {
        let number = year.integer::<u16>("year", 1_900..=2_200);
        let (off, worked) = (days(&year, "off"), days(&year, "worked"));
        let strangers = off.iter().chain(&worked);
        for day in strangers.filter(|day| number.is_some_and(|year| day.year() != year)) {
            year.fault_of(
                "year",
                format!("{day} is of another year"),
                "日期不属于该年",
            );
        }
        calendar = calendar
            .with_off(business(&off))
            .with_worked(business(&worked));
    }
    document.finish(|| Some(calendar))
}

/// Reads the section; `text_of` reads a file that it names.
pub fn read(
    root: &Section<'_>,
    text_of: &dyn Fn(&str) -> Result<String, String>,
) -> Option<Calendar> {
    let Some(section) = root.optional_section("calendar") else {
        return Some(Calendar::every_day());
    };
    let published = section
        .get("state_council")
        .map_or(Some(false), |field| field.flag());
    let off = days(&section, "non_business_days");
    let from_file = match section.get("file") {
        None => Some(Vec::new()),
        Some(_) => days_of_file(&section, text_of),
    };
    let weekends = match section.optional_section("weekends") {
        None => Some(Vec::new()),
        Some(section) => weekends(&section),
    };
    if published == Some(true) && section.get("weekends").is_some() {
        section.fault_of(
            "weekends",
            "state_council has its own weekends; leave this out",
            "已采用国务院日历，请删除 weekends",
        );
        return None;
    }
    let worked = days(&section, "make_up_days");
    let calendar = if published? {
        match state_council() {
            Ok(calendar) => calendar,
            Err(faults) => {
                section.fault_of("state_council", faults.to_string(), "内置节假日数据有误");
                return None;
            }
        }
    } else {
        Calendar::every_day()
    };
    let calendar = calendar
        .with_off(weekends?)
        .with_off(business(&off))
        .with_off(business(&from_file?));
    for day in business(&worked).filter(|day| calendar.is_business(*day)) {
        section.fault_of(
            "make_up_days",
            format!("{day} is a business day already"),
            format!("{day} 本来就是工作日"),
        );
    }
    Some(calendar.with_worked(business(&worked)))
}

fn days(section: &Section<'_>, key: &str) -> Vec<ServiceDate> {
    section.any::<ServiceDate>(key)
}

/// Both kinds of days have the same range, so none is lost.
fn business(days: &[ServiceDate]) -> impl Iterator<Item = BusinessDay> {
    days.iter().filter_map(|day| business_day(*day))
}

fn business_day(day: ServiceDate) -> Option<BusinessDay> {
    BusinessDay::new(day.year(), day.month(), day.day()).ok()
}

/// Saturdays and Sundays from `from` to `until`.
fn weekends(section: &Section<'_>) -> Option<Vec<BusinessDay>> {
    let from = section.required::<ServiceDate>("from");
    let until = section.required::<ServiceDate>("until");
    let (from, until) = (business_day(from?)?, business_day(until?)?);
    let days = from.days_until(until);
    if !(0..=WEEKEND_DAYS_AT_MOST).contains(&days) {
        section.fault(
            "from and until are at most ten years apart",
            "起止日期须先后有序，且相隔不超过十年",
        );
        return None;
    }
    let all = std::iter::successors(Some(from), |day| day.plus_days(1).ok());
    let all = all.take_while(|day| *day <= until);
    Some(all.filter(|day| day.is_weekend()).collect())
}

/// One day on each line; what follows `#` is a remark.
fn days_of_file(
    section: &Section<'_>,
    text_of: &dyn Fn(&str) -> Result<String, String>,
) -> Option<Vec<ServiceDate>> {
    let file = section.required::<String>("file")?;
    let text = match text_of(&file) {
        Ok(text) => text,
        Err(error) => {
            section.fault_of(
                "file",
                format!("{file}: {error}"),
                format!("文件 {file} 无法读取"),
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
                format!("{file}, line {number}: {why}"),
                format!("{file} 第 {number} 行：应为日期，如 2026-01-01"),
            ),
        }
    }
    Some(days)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<Calendar, Faults> {
        let document = Document::parse("node.toml", text)?;
        let calendar = read(&document.root(), &|file| match file {
            "holidays.txt" => Ok("2027-01-01  # New Year\n\n2027-02-30\n".to_owned()),
            "good.txt" => Ok("2027-01-01 # New Year\n".to_owned()),
            _ => Err("not there".to_owned()),
        });
        document.finish(|| calendar)
    }

    fn works(calendar: &Calendar, day: &str) -> bool {
        calendar.is_business(day.parse().unwrap())
    }

    #[test]
    fn the_published_days_hold_and_own_ones_come_on_top() {
        let published = state_council().unwrap();
        let text = "[calendar]\nstate_council = true\nfile = \"good.txt\"\n\
                    non_business_days = [2026-12-24]\nmake_up_days = [2026-12-26]\n";
        let own = read_text(text).unwrap();
        for (day, in_published, in_own) in [
            ("2026-10-01", false, false),
            ("2026-10-10", true, true),
            ("2026-10-11", false, false),
            ("2026-12-24", true, false),
            ("2026-12-26", false, true),
            ("2027-01-01", true, false),
        ] {
            assert_eq!(works(&published, day), in_published, "{day}");
            assert_eq!(works(&own, day), in_own, "{day}");
        }
        let every_day = read_text("").unwrap();
        assert!(works(&every_day, "2026-10-01") && works(&every_day, "2026-10-11"));
    }

    #[test]
    fn every_fault_of_a_calendar_is_placed() {
        for (text, at) in [
            ("file = \"none.txt\"", "calendar.file: none.txt: not there"),
            ("file = \"holidays.txt\"", "holidays.txt, line 3"),
            (
                "make_up_days = [2026-10-12]",
                "2026-10-12 is a business day already",
            ),
            (
                "weekends = { from = 2026-01-02, until = 2026-01-01 }",
                "ten years apart",
            ),
            (
                "state_council = true\nweekends = { from = 2026-01-01, until = 2026-01-31 }",
                "state_council has its own weekends",
            ),
            ("state_council = \"yes\"", "calendar.state_council"),
            ("state_councl = true", "did you mean `state_council`"),
        ] {
            let faults = read_text(&format!("[calendar]\n{text}\n")).unwrap_err();
            assert!(faults.to_string().contains(at), "{text}: {faults}");
        }
    }
}
