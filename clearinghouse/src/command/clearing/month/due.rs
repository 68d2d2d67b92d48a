//! What is still to be done of a month after its confirmation, and by when.

use std::io::{self, Write};

use huitong_core::clearing_month::seen::MonthSeen;
use huitong_proto::clearing::v1;
use serde_json::{Value, json};

/// What is still to be done of a month; none of an answer that does not say.
pub(super) fn of<'a>(month: &MonthSeen, dues: &'a [v1::MonthDue]) -> Option<&'a v1::MonthDue> {
    let named = month.month.as_str();
    dues.iter().find(|due| due.month == named)
}

/// Whether a step of it is past its day.
pub(super) const fn is_late(due: &v1::MonthDue) -> bool {
    due.order_days_late > 0 || due.clear_days_late > 0
}

fn late(days: u32) -> String {
    match days {
        0 => String::new(),
        days => format!(", {days} d overdue / 逾期"),
    }
}

pub(super) fn print(due: Option<&v1::MonthDue>, out: &mut dyn Write) -> io::Result<()> {
    let Some(due) = due else {
        return Ok(());
    };
    if !due.order_by.is_empty() {
        writeln!(
            out,
            "  to be approved, and ordered where money moves by the month, by / 审批及按月下达期限: {}{}",
            due.order_by,
            late(due.order_days_late)
        )?;
    }
    if !due.clear_by.is_empty() {
        writeln!(
            out,
            "  to be cleared at the latest by / 延期清算最迟期限: {}{}",
            due.clear_by,
            late(due.clear_days_late)
        )?;
    }
    Ok(())
}

/// Adds it to a month's document.
pub(super) fn add_to(document: &mut Value, due: Option<&v1::MonthDue>) {
    let (Some(object), Some(due)) = (document.as_object_mut(), due) else {
        return;
    };
    let by = |day: &String| json!((!day.is_empty()).then_some(day));
    object.insert("order_by".to_owned(), by(&due.order_by));
    object.insert("order_days_late".to_owned(), json!(due.order_days_late));
    object.insert("clear_by".to_owned(), by(&due.clear_by));
    object.insert("clear_days_late".to_owned(), json!(due.clear_days_late));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_to_be_done_is_told_with_its_day_and_how_late_it_is() {
        let mut due = v1::MonthDue {
            month: "2026-03".to_owned(),
            order_by: "2026-04-30".to_owned(),
            order_days_late: 0,
            clear_by: "2026-06-30".to_owned(),
            clear_days_late: 0,
        };
        assert!(!is_late(&due));
        let said = |due: &v1::MonthDue| {
            let mut out = Vec::new();
            print(Some(due), &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert!(said(&due).contains("2026-04-30\n"));
        due.order_days_late = 3;
        assert!(is_late(&due) && said(&due).contains("2026-04-30, 3 d overdue"));
        (due.order_by, due.order_days_late) = (String::new(), 0);
        due.clear_days_late = 1;
        assert!(is_late(&due) && !said(&due).contains("approved"));
        let mut document = json!({});
        add_to(&mut document, Some(&due));
        assert_eq!(document["order_by"], Value::Null);
        assert_eq!(document["clear_by"], "2026-06-30");
        assert_eq!(document["clear_days_late"], 1);
    }
}
