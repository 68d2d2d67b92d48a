//! `huitong clearing month …`: the clearing month, for the operator's officers, and the file that proves it to anybody.

mod confirmed;
mod due;
mod instruct;
mod shown;
mod verify;
mod what_if;

pub(super) use verify::rows_fault;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use huitong_core::canonical::Artifact;
use huitong_core::clearing_month::MonthFile;
use huitong_core::clearing_month::seen::MonthSeen;
use huitong_core::digest::Digest;
use huitong_core::payable::Month;
use huitong_proto::clearing::v1;
use huitong_proto::conversion::month::month_seen_from_wire;
use huitong_proto::conversion::{Path, WireFault};
use serde_json::{Value, json};

use self::confirmed::Confirmed;
use super::connection::{Connection, Shape, print_json, told};
use super::{file, shown as papers};

const AFTER: &str = "\
A month is the cycles of its days: its rows are sums of theirs. It is drawn up once its last business day is proven, signed,
confirmed by the regions that stand in it (or objected to, row by row; that stops nothing), approved by two officers,
and ordered to be paid where money moves by the month. What nobody confirmed within the term is cleared all the same: show and
verify say how much that is, row by row and in sums.
月度清算由当月各清算期汇总：最后一个工作日签名后编制并签名，由所涉统筹区确认（可逐行提出异议，不影响清算），再由两人审批；
按月拨付的，审批后下达拨付指令。逾期未确认的照常清算，show 与 verify 列明双方、一方及无人确认的金额。";

/// The clearing month: drawn up, signed, confirmed by regions, approved by two officers, and ordered to be paid where
/// money moves by the month.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct MonthCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Draw a month up from its days and sign it / 编制月度清算
    #[command(override_usage = "huitong clearing month draw-up [OPTIONS] <MONTH>")]
    DrawUp(DrawUp),
    /// The months that are drawn up, the latest first; exit 1 when something of one is late / 月度清单，逾期的以1退出
    List(List),
    /// One month: its rows, what each region said, and what both, one or nobody confirmed; with --out all of it into a file / 查看、导出
    Show(Show),
    /// Approve a month, by the digest of what you looked at; two different officers must / 审批（须两人）
    #[command(override_usage = "huitong clearing month approve [OPTIONS] <MONTH>")]
    Approve(Approve),
    /// Order payment of an approved month, where money moves by the month; again changes nothing / 下达月度拨付指令
    #[command(override_usage = "huitong clearing month instruct [OPTIONS] <MONTH>")]
    Instruct(instruct::Instruct),
    /// What it would come to if something were other: who is netted, who pays, which days / 测算
    #[command(override_usage = "huitong clearing month what-if [OPTIONS] <MONTH>")]
    WhatIf(what_if::WhatIf),
    /// Check a month's file offline; exit 1 when something is wrong / 离线核验
    Verify(verify::Verify),
}

impl MonthCommand {
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let done = match self.action {
            Action::DrawUp(draw_up) => draw_up.run(out).await,
            Action::List(list) => return list.run(out).await,
            Action::Show(show) => show.run(out).await,
            Action::Approve(approve) => approve.run(out).await,
            Action::Instruct(instruct) => instruct.run(out).await,
            Action::WhatIf(what_if) => what_if.run(out).await,
            Action::Verify(verify) => return verify.run(out),
        };
        done.map(|()| ExitCode::SUCCESS)
    }
}

fn seen(month: Option<v1::Month>) -> Result<MonthSeen, WireFault> {
    month_seen_from_wire(month, Path::root("month"))
}

fn print(month: &MonthSeen, shape: Shape, out: &mut dyn Write) -> anyhow::Result<()> {
    match shape {
        Shape::Json => print_json(out, &shown::as_json(month)),
        Shape::Text => Ok(shown::print(month, out)?),
    }
}

fn order_of<'a>(month: &MonthSeen, orders: &'a [v1::MonthOrder]) -> Option<&'a v1::MonthOrder> {
    let named = month.month.as_str();
    orders.iter().find(|order| order.month == named)
}

/// A month with the order to pay it, if there is one.
fn with_order(month: &MonthSeen, orders: &[v1::MonthOrder]) -> anyhow::Result<Value> {
    let mut document = shown::as_json(month);
    let order = order_of(month, orders).map(instruct::as_json).transpose()?;
    if let Some(object) = document.as_object_mut() {
        object.insert("ordered".to_owned(), json!(order));
    }
    Ok(document)
}

/// A month with the order to pay it, if there is one, and what is still to be done of it.
fn with_both(month: &MonthSeen, answer: &v1::ListMonthsResponse) -> anyhow::Result<Value> {
    let mut document = with_order(month, &answer.orders)?;
    due::add_to(&mut document, due::of(month, &answer.dues));
    Ok(document)
}

/// Draw a month up from its days and sign it. Again, it changes nothing.
#[derive(Debug, clap::Args)]
struct DrawUp {
    #[command(flatten)]
    connection: Connection,
    /// The month, such as 2026-03 / 月份
    month: Month,
}

impl DrawUp {
    async fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut client = self.connection.months().await?;
        let request = v1::DrawUpMonthRequest {
            month: self.month.to_string(),
        };
        let answer = client.draw_up_month(request).await;
        let answer = answer.map_err(|status| told(&status))?.into_inner();
        print(&seen(answer.month)?, self.connection.shape(), out)
    }
}

/// The months that are drawn up, the latest first; exit 1 when a step of one is late, or one is to be drawn up and is late.
#[derive(Debug, clap::Args)]
struct List {
    #[command(flatten)]
    connection: Connection,
}

impl List {
    /// Fails with 1 when something of a month is late.
    async fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let mut client = self.connection.months().await?;
        let request = v1::ListMonthsRequest {
            month: String::new(),
        };
        let answer = client.list_months(request).await;
        let answer = answer.map_err(|status| told(&status))?.into_inner();
        let months = answer.months.iter().map(|month| seen(Some(month.clone())));
        let months: Vec<MonthSeen> = months.collect::<Result<_, _>>()?;
        let (to_draw_up, by) = (&answer.to_draw_up, &answer.to_draw_up_by);
        let days_late = answer.to_draw_up_days_late;
        match self.connection.shape() {
            Shape::Json => {
                let months = months.iter().map(|month| with_both(month, &answer));
                let months: Vec<_> = months.collect::<anyhow::Result<_>>()?;
                let to_draw_up = (!to_draw_up.is_empty())
                    .then(|| json!({ "month": to_draw_up, "by": by, "days_late": days_late }));
                print_json(out, &json!({ "months": months, "to_draw_up": to_draw_up }))?;
            }
            Shape::Text => {
                writeln!(out, "{} months / 个月份", months.len())?;
                if !to_draw_up.is_empty() {
                    writeln!(
                        out,
                        "{to_draw_up}: to be drawn up by {by} / 应编制, {days_late} d overdue / 逾期"
                    )?;
                }
                for month in &months {
                    shown::print_short(month, out)?;
                    due::print(due::of(month, &answer.dues), out)?;
                    instruct::print(order_of(month, &answer.orders), out)?;
                }
            }
        }
        let is_late = months.iter().any(|month| month.days_late > 0);
        let is_late = is_late || days_late > 0 || answer.dues.iter().any(due::is_late);
        Ok(papers::exit_by(&[is_late], |is_late| *is_late))
    }
}

/// One month: its rows, unless they are written into a file, and what each region said of it.
#[derive(Debug, clap::Args)]
struct Show {
    #[command(flatten)]
    connection: Connection,
    /// The month, such as 2026-03 / 月份
    month: Month,
    /// Write the signed month with its rows and regions' words into this new file / 输出文件
    #[arg(long)]
    out: Option<PathBuf>,
}

impl Show {
    async fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut client = self.connection.months().await?;
        let month = self.month.to_string();
        let request = v1::ListMonthsRequest {
            month: month.clone(),
        };
        let answer = client.list_months(request).await;
        let answer = answer.map_err(|status| told(&status))?.into_inner();
        let month_seen = seen(answer.months.first().cloned())?;
        let parts = client
            .fetch_month_file(v1::FetchMonthFileRequest { month })
            .await;
        let mut parts = parts.map_err(|status| told(&status))?.into_inner();
        let mut bytes = Vec::new();
        while let Some(part) = parts.message().await.map_err(|status| told(&status))? {
            bytes.extend(part.part);
        }
        let held = MonthFile::from_bytes(&bytes)?;
        if let Some(path) = &self.out {
            file::write(path, &bytes)?;
        }
        let confirmed = Confirmed::of(&held)?;
        match self.connection.shape() {
            Shape::Json => {
                let mut document = with_both(&month_seen, &answer)?;
                if let Some(object) = document.as_object_mut() {
                    object.insert("confirmed".to_owned(), confirmed.as_json());
                    object.insert("table".to_owned(), shown::rows_as_json(&held));
                }
                print_json(out, &document)
            }
            Shape::Text => {
                shown::print(&month_seen, out)?;
                due::print(due::of(&month_seen, &answer.dues), out)?;
                instruct::print(order_of(&month_seen, &answer.orders), out)?;
                confirmed.print(out)?;
                if self.out.is_none() {
                    shown::print_rows(&held, out)?;
                }
                Ok(())
            }
        }
    }
}

/// Approve a month, by the digest of what you looked at. Again, it changes nothing.
#[derive(Debug, clap::Args)]
struct Approve {
    #[command(flatten)]
    connection: Connection,
    /// The month, such as 2026-03 / 月份
    month: Month,
    /// Its digest, as `show` printed it / 摘要
    #[arg(long)]
    digest: Digest,
}

impl Approve {
    async fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut client = self.connection.months().await?;
        let request = v1::ApproveMonthRequest {
            month: self.month.to_string(),
            digest: self.digest.as_bytes().to_vec(),
        };
        let answer = client.approve_month(request).await;
        let answer = answer.map_err(|status| told(&status))?.into_inner();
        print(&seen(answer.month)?, self.connection.shape(), out)
    }
}
