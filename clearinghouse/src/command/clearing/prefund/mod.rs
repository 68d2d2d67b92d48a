//! `huitong clearing prefund …`: what clearing members leave with each other.

mod look;
mod shown;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use huitong_core::date::BusinessDay;
use huitong_core::fund::Fund;
use huitong_core::id::RequestId;
use huitong_core::money::Fen;
use huitong_core::payment::BankReference;
use huitong_core::prefund::{Prefund, PrefundLine};
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::{CorrectionReason, Direction};
use huitong_proto::clearing::v1;
use huitong_proto::conversion::payment::correction_reason_to_wire;
use huitong_proto::conversion::prefund::{prefund_line_to_wire, prefund_to_wire};

use super::connection::{Connection, told};
use super::file::unread;

/// What members leave with each other: set for a year, paid in, topped up, and how much of it is used.
#[derive(Debug, clap::Args)]
pub(super) struct PrefundCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// What prefunds come to by last year's spending / 按上年支出测算预付金
    Propose(look::Propose),
    /// Set how much a prefund comes to this year / 核定本年度预付金
    Set(Set),
    /// Enter what the holder's bank says moved / 登记预付金到账或退回
    #[command(override_usage = "huitong clearing prefund enter [OPTIONS]")]
    Enter(Enter),
    /// Take out again what was entered wrongly / 更正有误登记
    #[command(override_usage = "huitong clearing prefund correct [OPTIONS]")]
    Correct(Correct),
    /// Ask for more, of a prefund that is red / 申请紧急补拨
    TopUp(TopUp),
    /// How prefunds stand / 预付金清单与预警
    List(look::List),
    /// What moved, and what was taken out again / 预付金流水
    Movements(look::Movements),
}

impl PrefundCommand {
    /// Fails with 1 when somebody is late with a prefund that is listed.
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let done = match self.action {
            Action::List(list) => return list.run(out).await,
            Action::Propose(propose) => propose.run(out).await,
            Action::Set(set) => set.run(out).await,
            Action::Enter(enter) => enter.run(out).await,
            Action::Correct(correct) => correct.run(out).await,
            Action::TopUp(top_up) => top_up.run(out).await,
            Action::Movements(movements) => movements.run(out).await,
        };
        done.map(|()| ExitCode::SUCCESS)
    }
}

/// Set how much a prefund comes to this year: one, or all those of a file that `propose --csv` printed.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("which").required(true).args(["prefund", "file"])))]
struct Set {
    #[command(flatten)]
    connection: Connection,
    /// The current year, four digits / 年度（四位）
    #[arg(long, value_parser = year)]
    year: u16,
    /// Whose money is with whom: PAYER-HOLDER-FUND, such as 330000-510100-resident_pool / 预付金
    #[arg(long, requires = "amount")]
    prefund: Option<Prefund>,
    /// The amount in yuan; 0 ends it / 金额（元）
    #[arg(long, requires = "prefund")]
    amount: Option<Fen>,
    /// A CSV file with the columns payer, holder, fund and proposed / CSV文件
    #[arg(long)]
    file: Option<PathBuf>,
}

/// The columns that a file must have.
const COLUMNS: [&str; 4] = ["payer", "holder", "fund", "proposed"];

/// A row of the file; further columns are not looked at.
#[derive(Debug, serde::Deserialize)]
struct FileRow {
    payer: String,
    holder: String,
    fund: String,
    proposed: String,
}

impl FileRow {
    fn read(&self) -> anyhow::Result<(Prefund, Fen)> {
        let region = |column: &str, text: &str| {
            let read = RegionCode::parse(text);
            read.map_err(|error| anyhow::anyhow!("{column}: {error} / {}", error.chinese()))
        };
        let fund = Fund::parse(&self.fund);
        let fund = fund.map_err(|it| anyhow::anyhow!("fund: {it} / {}", it.chinese()))?;
        let amount = Fen::parse_yuan(&self.proposed);
        let amount = amount.map_err(|it| anyhow::anyhow!("proposed: {it} / {}", it.chinese()))?;
        let (payer, holder) = (
            region("payer", &self.payer)?,
            region("holder", &self.holder)?,
        );
        Ok((Prefund::new(payer, holder, fund)?, amount))
    }
}

impl Set {
    async fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let amounts = match (self.prefund, self.amount, &self.file) {
            (Some(prefund), Some(amount), _) => vec![(prefund, amount)],
            (_, _, Some(file)) => read(file)?,
            _ => anyhow::bail!(
                "say --prefund and --amount, or --file / 请指定 --prefund 与 --amount，或 --file"
            ),
        };
        let mut client = self.connection.prefunds().await?;
        let mut set = Vec::new();
        for (prefund, amount) in amounts {
            let request = v1::SetPrefundRequest {
                prefund: Some(prefund_to_wire(prefund)),
                year: self.year.into(),
                amount_fen: amount.get(),
            };
            let answer = client.set(request).await;
            let answer =
                answer.map_err(|status| anyhow::anyhow!("{prefund}: {}", told(&status)))?;
            set.extend(answer.into_inner().standing);
        }
        shown::print_standings(out, self.connection.shape(), &set)
    }
}

/// A year as it is written out: 26 is none.
fn year(text: &str) -> Result<u16, String> {
    let year = text
        .parse()
        .ok()
        .filter(|year| (1900..=2199).contains(year));
    year.ok_or_else(|| "a year has four digits, such as 2026 / 年度为四位数字，如 2026".to_owned())
}

/// All rows of a file, or the first that is none with its line: nothing is set by half of a file that cannot be read.
fn read(file: &PathBuf) -> anyhow::Result<Vec<(Prefund, Fen)>> {
    let name = file.display();
    let opened = std::fs::File::open(file).map_err(|error| unread(file, &error))?;
    let mut reader = csv::Reader::from_reader(opened);
    let heading = reader.headers().with_context(|| name.to_string())?;
    let lacks = |column: &&&str| !heading.iter().any(|found| found == **column);
    let lacking: Vec<&str> = COLUMNS.iter().filter(lacks).copied().collect();
    if !lacking.is_empty() {
        let (lacking, wanted) = (lacking.join(", "), COLUMNS.join(", "));
        anyhow::bail!(
            "{name}: the first line lacks {lacking}; it names the columns {wanted}, as `prefund propose --csv` prints them / \
             首行缺少列 {lacking}；应含 {wanted}，可由 prefund propose --csv 输出"
        );
    }
    let mut rows = Vec::new();
    for row in reader.deserialize::<FileRow>() {
        let line = rows.len().saturating_add(2);
        let row = row.with_context(|| format!("{name}, line {line} / 第{line}行"))?;
        let row = row.read();
        rows.push(row.with_context(|| format!("{name}, line {line} / 第{line}行"))?);
    }
    Ok(rows)
}

/// One movement of money, as the holder's bank told it.
#[derive(Debug, clap::Args)]
struct Line {
    /// The reference of the holder's bank / 持有成员银行流水号
    #[arg(long)]
    bank_ref: BankReference,
    /// Whose money is with whom: PAYER-HOLDER-FUND, such as 330000-510100-resident_pool / 预付金
    #[arg(long)]
    prefund: Prefund,
    /// pay_in (the payer paid it in) or pay_out (it went back to the payer) / 收付方向
    #[arg(long)]
    direction: Direction,
    /// The amount in yuan / 金额（元）
    #[arg(long)]
    amount: Fen,
    /// The day on which the bank booked it / 银行入账日
    #[arg(long)]
    on: BusinessDay,
}

impl Line {
    fn wire(&self) -> v1::PrefundLine {
        prefund_line_to_wire(&PrefundLine {
            bank_reference: self.bank_ref,
            prefund: self.prefund,
            direction: self.direction,
            amount: self.amount,
            on: self.on,
        })
    }
}

/// Enter what the holder's bank says moved. What is more than was asked for counts too, and is shown as over.
#[derive(Debug, clap::Args)]
struct Enter {
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    line: Line,
}

impl Enter {
    async fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut client = self.connection.prefunds().await?;
        let line = Some(self.line.wire());
        let answer = client.enter(v1::EnterPrefundRequest { line }).await;
        let answer = answer.map_err(|status| told(&status))?.into_inner();
        shown::print_standings(out, self.connection.shape(), answer.standing.as_slice())
    }
}

/// Take out again what was entered wrongly, said as it was entered. Then enter what is right.
#[derive(Debug, clap::Args)]
struct Correct {
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    line: Line,
    /// wrong_amount, wrong_purpose, entered_twice or bounced / 更正原因
    #[arg(long)]
    because: CorrectionReason,
}

impl Correct {
    async fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut client = self.connection.prefunds().await?;
        let request = v1::CorrectPrefundRequest {
            line: Some(self.line.wire()),
            reason: correction_reason_to_wire(self.because),
        };
        let answer = client.correct(request).await;
        let answer = answer.map_err(|status| told(&status))?.into_inner();
        shown::print_standings(out, self.connection.shape(), answer.standing.as_slice())
    }
}

/// Ask for more, of a prefund that is red.
#[derive(Debug, clap::Args)]
struct TopUp {
    #[command(flatten)]
    connection: Connection,
    /// Whose money is with whom: PAYER-HOLDER-FUND, such as 330000-510100-resident_pool / 预付金
    #[arg(long)]
    prefund: Prefund,
    /// How much more, in yuan / 金额（元）
    #[arg(long)]
    amount: Fen,
    /// An id of your own for this top-up: asked for again under it, it is asked for once / 补拨编号（重复申请不重复计）
    #[arg(long, value_parser = RequestId::parse)]
    id: RequestId,
}

impl TopUp {
    async fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut client = self.connection.prefunds().await?;
        let request = v1::TopUpPrefundRequest {
            prefund: Some(prefund_to_wire(self.prefund)),
            amount_fen: self.amount.get(),
            id: self.id.to_string(),
        };
        let answer = client.top_up(request).await;
        let answer = answer.map_err(|status| told(&status))?.into_inner();
        shown::print_standings(out, self.connection.shape(), answer.standing.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::{read, year};

    #[test]
    fn a_file_with_other_columns_is_told_which_it_must_have() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("prefunds.csv");
        let told = |text: &str| {
            std::fs::write(&file, text).unwrap();
            format!("{:#}", read(&file).unwrap_err())
        };
        let columns = told("payer,holder,amount\n330000,510100,1.00\n");
        assert!(columns.contains("lacks fund, proposed;"), "{columns}");
        assert!(columns.contains("首行缺少列 fund, proposed"), "{columns}");
        let row = told("payer,holder,fund,proposed\n330000,510100,resident_pool,-1.00\n");
        assert!(
            row.contains("line 2") && row.contains("金额不能为负"),
            "{row}"
        );
    }

    #[test]
    fn a_year_has_four_digits() {
        assert_eq!(year("2026"), Ok(2026));
        for wrong in ["26", "0", "20260", "-2026", "this"] {
            assert!(year(wrong).is_err(), "{wrong}");
        }
    }
}
