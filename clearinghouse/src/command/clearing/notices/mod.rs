//! `huitong clearing notices`: payment and receipt notices (付款通知书、收款通知书) of a member, for an order to pay.
//!
//! One for each fund, as a page and as tables. Who asks is an officer; what the notices say is the member's, who pays by them.

mod page;
mod tables;

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context as _;
use huitong_core::date::BusinessDay;
use huitong_core::payable::Month;
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1;

use super::connection::{Connection, Shape, print_json, told};
use super::papers::{files_json, write_all};

const AFTER: &str = "\
With --out the tables notices and notice_parts are written, each as .csv and .parquet. A member that is to pay has a payment
notice, one that is paid a receipt notice; its parts, one for each cycle, sum to it. Amounts are yuan.
A run that was ended in the middle may leave files: remove all of that run, named and .part, and run it again.
加 --out 时输出 notices 与 notice_parts 两表（.csv 与 .parquet）。应付方为付款通知书，应收方为收款通知书；各期之和等于通知金额。
运行中断时请将该次运行遗留的文件（含 .part 与已正式命名的）全部删除后重试。";

/// Payment and receipt notices of a member, for a cycle or a month that is ordered to be paid.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER, group(clap::ArgGroup::new("of").required(true).args(["day", "month"])))]
pub(super) struct Notices {
    #[command(flatten)]
    connection: Connection,
    /// A cycle, and what was ordered with it / 业务日
    #[arg(long)]
    day: Option<BusinessDay>,
    /// A month, where money moves by the month / 月份
    #[arg(long)]
    month: Option<Month>,
    /// Whose / 清算成员
    #[arg(long)]
    member: RegionCode,
    /// The folder to write tables into; no file in it is written over / 输出目录
    #[arg(long)]
    out: Option<PathBuf>,
}

impl Notices {
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut client = self.connection.payments().await?;
        let request = v1::ListNoticesRequest {
            business_day: self.day.map(|day| day.to_string()).unwrap_or_default(),
            month: self
                .month
                .as_ref()
                .map(Month::to_string)
                .unwrap_or_default(),
            member: self.member.to_string(),
        };
        let answer = client.list_notices(request).await;
        let answer = answer.map_err(|status| told(&status))?.into_inner();
        let written = match &self.out {
            None => Vec::new(),
            Some(folder) => {
                std::fs::create_dir_all(folder)
                    .with_context(|| format!("{}: cannot be made / 无法创建", folder.display()))?;
                write_all(folder, &tables::tables(&answer)?)?
            }
        };
        match self.connection.shape() {
            Shape::Json => {
                let mut document = page::as_json(&answer)?;
                if let Some(object) = document.as_object_mut() {
                    object.insert("files".to_owned(), files_json(&written).into());
                }
                print_json(out, &document)
            }
            Shape::Text => {
                page::print(&answer, out)?;
                for (file, rows) in written {
                    writeln!(out, "{}: {rows} rows / 行", file.display())?;
                }
                Ok(())
            }
        }
    }
}
