//! The lines of a month as a file: written by `list --out`, answered in its last column, and read by `confirm --lines`.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, anyhow, bail};
use huitong_core::canonical::Artifact as _;
use huitong_core::date::BusinessDay;
use huitong_core::digest::Digest;
use huitong_core::id::SettlementId;
use huitong_core::institution_account::{AnsweredLine, LineVerdict};
use huitong_core::money::Fen;
use huitong_core::vocabulary::ObjectionReason;

use crate::grpc::institution_account_client::{LineTold, Said};

/// Its first line.
pub(super) const HEAD: &str = "business_day,settlement,home_region,setting,total,pays,advanced,deducted,reversed,digest,confirmation,verdict";

/// The verdict as it is written: `confirmed`, or the reason of an objection.
pub(super) const fn word(verdict: LineVerdict) -> &'static str {
    match verdict {
        LineVerdict::Confirmed => "confirmed",
        LineVerdict::Objected(reason) => reason.word(),
    }
}

/// The lines as a file.
pub(super) fn text(lines: &[LineTold]) -> String {
    let mut text = format!("{HEAD}\n");
    for LineTold { line, answer, .. } in lines {
        let (confirmation, verdict) = match answer {
            None => ("", ""),
            Some((confirmation, verdict)) => (confirmation.as_str(), word(*verdict)),
        };
        let advanced = if line.advanced { "yes" } else { "no" };
        // Writing into a text cannot fail.
        let _written = writeln!(
            text,
            "{},{},{},{},{},{},{advanced},{},{},{},{confirmation},{verdict}",
            line.business_day,
            line.settlement,
            line.home,
            line.setting,
            line.total,
            line.pays,
            line.deducted,
            line.reversed,
            line.digest(),
        );
    }
    text
}

/// What is said of lines: of those with a verdict that no confirmation has answered yet, ascending by day and settlement.
///
/// # Errors
/// The first fault, with its line.
pub(super) fn read(file: &Path) -> anyhow::Result<Vec<Said>> {
    let name = file.display();
    let text = std::fs::read_to_string(file).with_context(|| name.to_string())?;
    parse(&text).map_err(|fault| anyhow!("{name}: {fault:#}"))
}

fn parse(text: &str) -> anyhow::Result<Vec<Said>> {
    let mut rows = text.trim_start_matches('\u{feff}').lines();
    if rows.next().map(str::trim_end) != Some(HEAD) {
        bail!("line 1: begins with {HEAD} / 首行应为 {HEAD}");
    }
    let mut said = Vec::new();
    for (number, row) in (2..).zip(rows) {
        if !row.trim().is_empty() {
            said.extend(line(row).with_context(|| format!("line {number}"))?);
        }
    }
    said.sort_by_key(|(line, _): &Said| (line.business_day, line.settlement));
    Ok(said)
}

fn line(row: &str) -> anyhow::Result<Option<Said>> {
    let cells: Vec<&str> = row.split(',').map(str::trim).collect();
    let [
        day,
        settlement,
        _,
        _,
        _,
        pays,
        _,
        _,
        _,
        digest,
        confirmation,
        verdict,
    ] = cells[..]
    else {
        bail!("has the cells of {HEAD} / 列数不符");
    };
    if verdict.is_empty() || !confirmation.is_empty() {
        return Ok(None);
    }
    let verdict = match verdict {
        "confirmed" => LineVerdict::Confirmed,
        reason => LineVerdict::Objected(reason.parse::<ObjectionReason>()?),
    };
    let answered = AnsweredLine {
        business_day: BusinessDay::parse(day)?,
        settlement: SettlementId::parse(settlement)?,
        line: Digest::parse(digest)?,
        verdict,
    };
    Ok(Some((answered, Fen::parse_yuan(pays).context("pays")?)))
}

#[cfg(test)]
mod tests {
    use huitong_core::date::Timestamp;
    use huitong_core::institution_account::MonthLine;
    use huitong_core::vocabulary::Setting;

    use super::*;

    fn told(nth: u8, answer: Option<(String, LineVerdict)>) -> LineTold {
        let fen = |amount| Fen::new(amount).unwrap();
        LineTold {
            line: MonthLine {
                settlement: SettlementId::from_bytes([nth; 16]),
                at: Timestamp::from_millis(1_678_000_000_000).unwrap(),
                business_day: "2023-03-05".parse().unwrap(),
                home: "330200".parse().unwrap(),
                setting: Setting::Inpatient,
                total: fen(10_000),
                pays: fen(7_000),
                advanced: true,
                deducted: fen(0),
                reversed: fen(0),
            },
            answer,
            changed_since: false,
        }
    }

    #[test]
    fn what_is_listed_is_answered_in_the_last_column_and_read_again() {
        let waits = told(1, None);
        let answered = told(2, Some(("cfm_1".to_owned(), LineVerdict::Confirmed)));
        let text = text(&[waits.clone(), answered]);
        assert!(parse(&text).unwrap().is_empty(), "nothing is said yet");
        for (word, verdict) in [
            ("confirmed", LineVerdict::Confirmed),
            (
                "wrong_amount",
                LineVerdict::Objected(ObjectionReason::WrongAmount),
            ),
        ] {
            let said = text.replace(",,\n", &format!(",,{word}\n"));
            let said = parse(&said).unwrap();
            let [(line, pays)] = said[..] else {
                panic!("one line")
            };
            assert_eq!(line.line, waits.line.digest());
            assert_eq!((line.verdict, pays), (verdict, waits.line.pays));
        }
        let fault = parse(&text.replace(",,\n", ",,perhaps\n")).unwrap_err();
        assert!(format!("{fault:#}").contains("line 2"), "{fault:#}");
    }
}
