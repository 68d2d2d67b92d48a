//! An institution's own lines, as a file: `request,of,total,funds,accounts,cash`, in yuan.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, anyhow, bail};
use huitong_core::id::RequestId;
use huitong_core::institution_account::{Amounts, Booked, Totals};
use huitong_core::money::Fen;
use huitong_proto::conversion::institution_account::StatedLine;

/// Its first line.
pub(super) const HEAD: &str = "request,of,total,funds,accounts,cash";

/// Reads the lines, which come out by request id.
///
/// # Errors
/// The first fault, with its line.
pub(super) fn read(file: &Path) -> anyhow::Result<Vec<StatedLine>> {
    let name = file.display();
    let text = std::fs::read_to_string(file).with_context(|| name.to_string())?;
    parse(&text).map_err(|fault| anyhow!("{name}: {fault:#}"))
}

/// What the lines come to.
///
/// # Errors
/// When a sum is out of range.
pub(super) fn totals(lines: &[StatedLine]) -> anyhow::Result<Totals> {
    let add = |totals: Totals, (_, of, amounts): &StatedLine| totals.with(*of, amounts);
    Ok(lines.iter().try_fold(Totals::ZERO, add)?)
}

fn parse(text: &str) -> anyhow::Result<Vec<StatedLine>> {
    let mut rows = text.trim_start_matches('\u{feff}').lines();
    if rows.next().map(str::trim_end) != Some(HEAD) {
        bail!("line 1: begins with {HEAD} / 首行应为 {HEAD}");
    }
    let mut lines = BTreeMap::new();
    for (number, row) in (2..).zip(rows) {
        if row.trim().is_empty() {
            continue;
        }
        let line = line(row).with_context(|| format!("line {number}"))?;
        if lines.insert((line.0, line.1), line.2).is_some() {
            bail!("line {number}: {} stands there twice / 重复", line.0);
        }
    }
    let lines = lines.into_iter();
    Ok(lines
        .map(|((request, of), amounts)| (request, of, amounts))
        .collect())
}

fn line(row: &str) -> anyhow::Result<StatedLine> {
    let cells: Vec<&str> = row.split(',').map(str::trim).collect();
    let [request, of, total, funds, accounts, cash] = cells[..] else {
        bail!("has the cells of {HEAD} / 列数不符");
    };
    let of = match of {
        "settlement" => Booked::Settlement,
        "reversal" => Booked::Reversal,
        other => {
            bail!("\"{other}\" is neither settlement nor reversal / 应为 settlement 或 reversal")
        }
    };
    let amounts = Amounts {
        total: Fen::parse_yuan(total).context("total")?,
        funds: Fen::parse_yuan(funds).context("funds")?,
        accounts: Fen::parse_yuan(accounts).context("accounts")?,
        cash: Fen::parse_yuan(cash).context("cash")?,
    };
    Ok((RequestId::parse(request)?, of, amounts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_out_by_request_id_and_sum_up() {
        let text = format!(
            "{HEAD}\r\nr-2,settlement,30.00,20.00,0.00,10.00\n\nr-1,reversal,1.00,1.00,0.00,0.00\nr-1,settlement,1.00,1.00,0.00,0.00\n"
        );
        let lines = parse(&text).unwrap();
        let ids: Vec<(&str, Booked)> = lines
            .iter()
            .map(|(request, of, _)| (request.as_str(), *of))
            .collect();
        let (settled, reversed) = (Booked::Settlement, Booked::Reversal);
        assert_eq!(ids, [("r-1", settled), ("r-1", reversed), ("r-2", settled)]);
        let totals = totals(&lines).unwrap();
        assert_eq!((totals.settled.count, totals.reversed.count), (2, 1));
        assert_eq!(totals.settled.amounts.total.get(), 3_100);
    }

    #[test]
    fn what_is_no_line_is_named_by_its_place() {
        let faults = [
            ("", "line 1"),
            ("r-1,settlement,1.00", "line 2"),
            ("r-1,refund,1.00,1.00,0.00,0.00", "refund"),
            ("r-1,settlement,1.000,1.00,0.00,0.00", "total"),
            ("r 1,settlement,1.00,1.00,0.00,0.00", "request id"),
            (
                "r-1,settlement,1.00,1.00,0.00,0.00\nr-1,settlement,1.00,1.00,0.00,0.00",
                "twice",
            ),
        ];
        for (rows, part) in faults {
            let text = if rows.is_empty() {
                "request,total\n".to_owned()
            } else {
                format!("{HEAD}\n{rows}\n")
            };
            let fault = format!("{:#}", parse(&text).unwrap_err());
            assert!(fault.contains(part), "{fault}");
        }
    }
}
