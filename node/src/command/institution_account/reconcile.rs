//! `huitong node reconcile`: an institution states its totals of a day or some days, and sees where the node's are others.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;
use huitong_core::date::BusinessDay;
use huitong_core::institution_account::{Amounts, Difference, LineFinding, Span, Sums, Totals};
use huitong_core::money::Fen;
use huitong_core::vocabulary::Setting;
use huitong_transport::ClientOptions;
use serde_json::{Value, json};

use super::book_file;
use super::shown::{
    difference_as_json, found_as_json, print_difference, print_found, sums_as_json,
};
use crate::command::{block_on, said};
use crate::grpc::institution_account_client::{FoundTold, InstitutionAccountClient};

/// Hold an institution's totals, and its lines, against the node's book.
#[derive(Debug, clap::Args)]
pub struct ReconcileDays {
    /// The business day; the first of several with --to / 业务日
    #[arg(long)]
    day: BusinessDay,
    /// The last of at most 31 days / 终止日
    #[arg(long)]
    to: Option<BusinessDay>,
    /// Of one kind of care: inpatient, outpatient, chronic, pharmacy or maternity / 医疗类别
    #[arg(long)]
    setting: Option<Setting>,
    /// The institution's lines, as CSV: totals that are not given here are theirs / 院端明细
    #[arg(long)]
    lines: Option<PathBuf>,
    #[command(flatten)]
    settled: Settled,
    #[command(flatten)]
    reversed: Reversed,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

/// Settlements.
#[derive(Debug, clap::Args)]
struct Settled {
    /// How many settlements / 结算笔数
    #[arg(long)]
    count: Option<u64>,
    /// Their bills in all, in yuan / 医疗费总额
    #[arg(long, value_parser = Fen::parse_yuan)]
    total: Option<Fen>,
    /// What funds pay of them / 基金支付
    #[arg(long, value_parser = Fen::parse_yuan)]
    funds: Option<Fen>,
    /// What accounts pay of them / 个人账户支付
    #[arg(long, value_parser = Fen::parse_yuan)]
    accounts: Option<Fen>,
    /// What patients pay of them at the counter / 现金支付
    #[arg(long, value_parser = Fen::parse_yuan)]
    cash: Option<Fen>,
}

/// Reversals.
#[derive(Debug, clap::Args)]
struct Reversed {
    /// How many reversals / 冲正笔数
    #[arg(long)]
    reversed_count: Option<u64>,
    /// Their bills in all, in yuan / 冲正医疗费总额
    #[arg(long, value_parser = Fen::parse_yuan)]
    reversed_total: Option<Fen>,
    /// What funds get back / 冲正基金支付
    #[arg(long, value_parser = Fen::parse_yuan)]
    reversed_funds: Option<Fen>,
    /// What accounts get back / 冲正个人账户支付
    #[arg(long, value_parser = Fen::parse_yuan)]
    reversed_accounts: Option<Fen>,
    /// What patients got back at the counter / 冲正现金支付
    #[arg(long, value_parser = Fen::parse_yuan)]
    reversed_cash: Option<Fen>,
}

impl Settled {
    fn over(&self, lines: &Sums) -> Sums {
        let of = &lines.amounts;
        Sums {
            count: self.count.unwrap_or(lines.count),
            amounts: Amounts {
                total: self.total.unwrap_or(of.total),
                funds: self.funds.unwrap_or(of.funds),
                accounts: self.accounts.unwrap_or(of.accounts),
                cash: self.cash.unwrap_or(of.cash),
            },
        }
    }
}

impl Reversed {
    fn over(&self, lines: &Sums) -> Sums {
        let of = &lines.amounts;
        Sums {
            count: self.reversed_count.unwrap_or(lines.count),
            amounts: Amounts {
                total: self.reversed_total.unwrap_or(of.total),
                funds: self.reversed_funds.unwrap_or(of.funds),
                accounts: self.reversed_accounts.unwrap_or(of.accounts),
                cash: self.reversed_cash.unwrap_or(of.cash),
            },
        }
    }
}

impl ReconcileDays {
    pub(in crate::command) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let span = Span::new(self.day, self.to.unwrap_or(self.day))?;
        let lines = self.lines.as_deref().map(book_file::read).transpose()?;
        if lines.is_none() && self.settled.count.is_none() {
            bail!(
                "state --count and the sums, or --lines / 请填写合计（--count 等）或明细文件（--lines）"
            );
        }
        let of_lines = book_file::totals(lines.as_deref().unwrap_or_default())?;
        let stated = Totals {
            settled: self.settled.over(&of_lines.settled),
            reversed: self.reversed.over(&of_lines.reversed),
        };
        let of = (span, self.setting);
        let told = block_on(async {
            let mut client = InstitutionAccountClient::connect(&self.server).await?;
            let told = client.reconcile(of, &stated).await;
            let (own, differences) = told.map_err(said)?;
            let found = match &lines {
                // Equal sums may hide lines that differ: who has lines sees all of it.
                Some(lines) => client.compare(of, lines).await.map_err(said)?,
                None => Vec::new(),
            };
            anyhow::Ok(Told {
                own,
                differences,
                found,
            })
        })?;
        if self.json {
            writeln!(out, "{}", told.as_json(span))?;
        } else {
            told.print(out)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// What the node answered.
#[cfg_attr(test, derive(Clone))]
struct Told {
    own: Totals,
    differences: Vec<Difference>,
    found: Vec<FoundTold>,
}

impl Told {
    /// Whether totals are alike, and lines too where there are any. What has no outcome yet is in nobody's totals.
    fn is_equal(&self) -> bool {
        let is_open = |line: &FoundTold| line.finding == LineFinding::StillOpen;
        self.differences.is_empty() && self.found.iter().all(is_open)
    }

    fn as_json(&self, span: Span) -> Value {
        let differences: Vec<Value> = self.differences.iter().map(difference_as_json).collect();
        let found: Vec<Value> = self.found.iter().map(found_as_json).collect();
        json!({
            "from": span.from().to_string(),
            "to": span.to().to_string(),
            "equal": self.is_equal(),
            "settled": sums_as_json(&self.own.settled),
            "reversed": sums_as_json(&self.own.reversed),
            "differences": differences,
            "lines": found,
        })
    }

    fn print(&self, out: &mut dyn Write) -> anyhow::Result<()> {
        if self.is_equal() {
            writeln!(out, "equal / 对账一致")?;
        } else {
            writeln!(out, "differs / 对账不符")?;
        }
        writeln!(
            out,
            "  the node has 节点账: settled 结算 {}, reversed 冲正 {}",
            self.own.settled.count, self.own.reversed.count
        )?;
        for difference in &self.differences {
            print_difference(difference, "  ", out)?;
        }
        self.found
            .iter()
            .try_for_each(|line| print_found(line, out))
    }
}

#[cfg(test)]
mod tests {
    use huitong_core::institution_account::Booked;

    use super::*;

    fn shown(told: &Told) -> (String, Value) {
        let mut text = Vec::new();
        told.print(&mut text).unwrap();
        let day = Span::day("2023-03-09".parse().unwrap());
        let equal = told.as_json(day)["equal"].clone();
        (String::from_utf8(text).unwrap(), equal)
    }

    #[test]
    fn lines_that_differ_are_not_equal_though_their_sums_are() {
        let alike = Told {
            own: Totals::ZERO,
            differences: Vec::new(),
            found: Vec::new(),
        };
        let (text, equal) = shown(&alike);
        assert!(text.starts_with("equal / "), "{text}");
        assert_eq!(equal, json!(true));
        let line = FoundTold {
            request: "r-1".to_owned(),
            settlement: String::new(),
            of: Booked::Settlement,
            finding: LineFinding::OnlyAtNode,
            differences: Vec::new(),
            day: String::new(),
        };
        let found = |finding| {
            shown(&Told {
                found: vec![FoundTold {
                    finding,
                    ..line.clone()
                }],
                ..alike.clone()
            })
        };
        let (text, equal) = found(LineFinding::OnlyAtNode);
        assert!(text.starts_with("differs / "), "{text}");
        assert!(text.contains("r-1 "), "{text}");
        assert_eq!(equal, json!(false));
        // What is open is named, and in no totals that could be equal or not.
        let (text, equal) = found(LineFinding::StillOpen);
        assert!(
            text.starts_with("equal / ") && text.contains("r-1 "),
            "{text}"
        );
        assert_eq!(equal, json!(true));
    }

    /// What was booked again after a restore has the request id of all such: which is meant its settlement says.
    #[test]
    fn a_line_that_the_node_has_is_shown_with_its_settlement() {
        let told = |finding| Told {
            own: Totals::ZERO,
            differences: Vec::new(),
            found: vec![FoundTold {
                request: "restored".to_owned(),
                settlement: "stl_7".to_owned(),
                of: Booked::Settlement,
                finding,
                differences: Vec::new(),
                day: String::new(),
            }],
        };
        let lacks = told(LineFinding::OnlyAtNode);
        let (text, _) = shown(&lacks);
        let line = "  restored settlement 结算: only_at_node 仅节点有, stl_7\n";
        assert!(text.ends_with(line), "{text}");
        let day = Span::day("2023-03-09".parse().unwrap());
        assert_eq!(lacks.as_json(day)["lines"][0]["settlement"], "stl_7");
        let (text, _) = shown(&told(LineFinding::OnlyAtInstitution));
        assert!(!text.contains("stl_7"), "{text}");
    }
}
