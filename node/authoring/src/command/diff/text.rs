//! A difference for people: sentences, then a table with the figures on the left and for whom on the right.

use std::io::{self, Write};

use huitong_core::money::Fen;
use huitong_explanation::Sentence;
use huitong_explanation::sentence::yuan;

use super::{Cell, Difference, Manner};
use crate::command::explain::Language;
use crate::compare::grid::Shares;

pub(super) fn write(
    difference: &Difference,
    manner: Manner,
    out: &mut impl Write,
) -> io::Result<()> {
    let Difference {
        old,
        new,
        rules,
        cells,
        settled,
    } = difference;
    writeln!(out, "A  {}  {}", old.digest(), old.policy().title())?;
    writeln!(out, "B  {}  {}", new.digest(), new.policy().title())?;
    writeln!(out)?;
    let say = |zh: String, en: String| Sentence { zh, en };
    if rules.is_empty() {
        let none = say("条款没有变化。".to_owned(), "No rule changes.".to_owned());
        tell(&none, "", manner.language, out)?;
    }
    for rule in rules {
        tell(&rule.what, "", manner.language, out)?;
        for change in &rule.changes {
            tell(change, "  ", manner.language, out)?;
        }
    }
    writeln!(out)?;
    let changed = cells.len();
    let found = say(
        format!(
            "按 {settled} 种典型情形测算，其中 {changed} 种结果不同（除写明外均为当年首次，各按政策实施首日计算）："
        ),
        format!(
            "Of {settled} typical cases {changed} come out otherwise (each the first of its year unless it says so):"
        ),
    );
    tell(&found, "", manner.language, out)?;
    if changed == 0 {
        return Ok(());
    }
    heading(manner.language, out)?;
    let rows = alike(cells);
    for (cell, others) in rows.iter().take(manner.top) {
        row(cell, *others, manner.language, out)?;
    }
    let all = rows.len();
    let more = all.saturating_sub(manner.top);
    if more > 0 {
        let rows = if more == 1 {
            "row changes"
        } else {
            "rows change"
        };
        let more = say(
            format!("另有 {more} 行变化较小（--top {all} 可全部列出）。"),
            format!("{more} more {rows} less (--top {all} prints all)."),
        );
        tell(&more, "", manner.language, out)?;
    }
    Ok(())
}

/// Cells with the same figures in one row: the first of them, and how many others there are.
fn alike(cells: &[Cell]) -> Vec<(&Cell, usize)> {
    let mut rows: Vec<(&Cell, usize)> = Vec::new();
    for cell in cells {
        let same = |row: &&mut (&Cell, usize)| {
            let (of, _) = row;
            (of.setting, of.total, &of.old, &of.new)
                == (cell.setting, cell.total, &cell.old, &cell.new)
        };
        match rows.iter_mut().rev().find(same) {
            Some((_, others)) => *others = others.saturating_add(1),
            None => rows.push((cell, 0)),
        }
    }
    rows
}

/// A sentence on a line for each language.
fn tell(
    sentence: &Sentence,
    indent: &str,
    language: Language,
    out: &mut impl Write,
) -> io::Result<()> {
    for text in language.texts(sentence) {
        writeln!(out, "{indent}{text}")?;
    }
    Ok(())
}

/// A Chinese character is as wide as two digits.
fn heading(language: Language, out: &mut impl Write) -> io::Result<()> {
    if language != Language::En {
        writeln!(
            out,
            "  医疗费用      基金支付 A     基金支付 B     个人负担 A     个人负担 B   个人负担增减  适用情形"
        )?;
    }
    if language != Language::Zh {
        writeln!(
            out,
            "{:>12}{:>15}{:>15}{:>15}{:>15}{:>15}  whom",
            "bill", "funds, A", "funds, B", "patient, A", "patient, B", "patient more"
        )?;
    }
    Ok(())
}

fn row(cell: &Cell, others: usize, language: Language, out: &mut impl Write) -> io::Result<()> {
    let figure = |of: &Result<Shares, String>, get: fn(&Shares) -> Fen| {
        let shares = of.as_ref().ok();
        shares.map_or_else(|| "?".to_owned(), |shares| yuan(get(shares)))
    };
    let more = cell.patient_more().map_or_else(|| "?".to_owned(), signed);
    write!(
        out,
        "{:>12}{:>15}{:>15}{:>15}{:>15}{:>15}  ",
        yuan(cell.total),
        figure(&cell.old, |it| it.fund),
        figure(&cell.new, |it| it.fund),
        figure(&cell.old, |it| it.patient),
        figure(&cell.new, |it| it.patient),
        more
    )?;
    let mut whom = cell.whom.clone();
    if others > 0 {
        whom.zh.push_str(&format!("（另有 {others} 种情形相同）"));
        let cases = if others == 1 { "case" } else { "cases" };
        whom.en.push_str(&format!(" (and {others} {cases} alike)"));
    }
    writeln!(out, "{}", language.texts(&whom).join(" / "))?;
    for fault in [&cell.old, &cell.new]
        .into_iter()
        .filter_map(|it| it.as_ref().err())
    {
        writeln!(out, "{:>12}? {}", "", fault.trim_end())?;
    }
    Ok(())
}

/// A difference in yuan with its sign.
fn signed(fen: i64) -> String {
    let size = i64::try_from(fen.unsigned_abs()).ok();
    let size = size.and_then(|size| Fen::new(size).ok());
    let size = size.map_or_else(|| fen.to_string(), yuan);
    match fen.signum() {
        1 => format!("+{size}"),
        -1 => format!("−{size}"),
        _ => size,
    }
}
