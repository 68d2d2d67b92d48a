//! `huitong node filing list`: filings of one person, of all people, or those that end soon.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::date::ServiceDate;
use huitong_core::person::PsnNo;
use huitong_transport::ClientOptions;
use serde_json::json;

use crate::command::filing_shown::{filing_json, print_filing};
use crate::command::{block_on, said};
use crate::grpc::people_client::{FilingsAnswer, FilingsAsked, PeopleClient};

/// List filings.
#[derive(Debug, clap::Args)]
pub struct List {
    /// One person's alone / 人员编号
    #[arg(long, value_parser = PsnNo::parse)]
    person: Option<PsnNo>,
    /// Only those that hold now and end by this day / 截至该日到期
    #[arg(long)]
    expiring_by: Option<ServiceDate>,
    /// Those of people after this one, where the last page ended / 上页末尾人员编号
    #[arg(long, value_parser = PsnNo::parse)]
    after: Option<PsnNo>,
    /// People of the page, at most 200 / 每页人数
    #[arg(long, default_value_t = 200)]
    limit: u32,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl List {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let asked = FilingsAsked {
            of: self.person,
            after: self.after,
            limit: self.limit,
            expiring_by: self.expiring_by,
        };
        let page = block_on(async {
            let mut people = PeopleClient::connect(&self.server).await?;
            people.filings(&asked).await.map_err(said)
        })?;
        if self.json {
            let people = page.people.iter().map(|(psn_no, filings)| {
                let filings: Vec<_> = filings.iter().map(filing_json).collect();
                json!({ "person": psn_no, "filings": filings })
            });
            let people: Vec<_> = people.collect();
            writeln!(out, "{}", json!({ "people": people, "next": page.next }))?;
            return Ok(ExitCode::SUCCESS);
        }
        print_page(&page, out)?;
        Ok(ExitCode::SUCCESS)
    }
}

fn print_page(page: &FilingsAnswer, out: &mut dyn Write) -> anyhow::Result<()> {
    if page.people.is_empty() {
        writeln!(out, "no filings / 无备案")?;
    }
    for (psn_no, filings) in &page.people {
        writeln!(out, "{psn_no}: {} filings / 条备案", filings.len())?;
        for filing in filings {
            print_filing(filing, out)?;
        }
    }
    if !page.next.is_empty() {
        let next = &page.next;
        writeln!(out, "more with / 下一页: --after {next}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_list_says_that_it_is_empty() {
        let page = FilingsAnswer {
            people: Vec::new(),
            next: String::new(),
        };
        let mut out = Vec::new();
        print_page(&page, &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "no filings / 无备案\n");
    }
}
