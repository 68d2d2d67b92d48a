//! `huitong clearing bank-file …`: the bank's own camt.053 file, held against what officers entered, and entered where it is
//! missing. Entering goes the way of `confirm`, line by line, so it may be done again.

mod compare;
mod found;

use std::collections::BTreeSet;
use std::io::{Read as _, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use huitong_core::payment::{BankLine, PaymentReference};
use huitong_papers::BankFile;
use huitong_proto::clearing::v1;
use huitong_proto::conversion::payment::bank_line_to_wire;
use serde_json::{Value, json};
use tonic::Code;

use self::compare::{Books, Compared, compare};
use self::found::Finding;
use super::bank_statement::booked;
use super::connection::{Connection, Shape, print_json, told};
use super::file;
use super::paid;

/// The most bytes that are read: beyond it the file is refused.
const BYTES_AT_MOST: u64 = (64 << 20) + 1;

const AFTER: &str = "\
The file is ISO 20022 camt.053.001.08 of the clearing account, which --account names as the bank does. Entries are found by the
bank's reference (AcctSvcrRef); pending ones are left out. compare asks only, and exits with 1 when something is found. enter
enters each that nobody entered and that bears the reference of a payment (12-330000-resident_pool), as confirm does, and then
compares again; whatever else is found stays for an officer: nothing is corrected by a file. Look at what compare shows first:
whose money it is follows from the reference that it bears, unless the bank names the member by its code.
文件为清算账户的 camt.053.001.08，账号由 --account 指定；按银行流水号逐笔核对，未入账的不计。compare 只核对，有差异时以1退出；
enter 按 confirm 逐笔登记未登记且载有付款参考号的入账，可重复执行；其余差异由人员处理，不据文件更正。请先核对再登记。";

/// The bank's own camt.053 file, held against what was entered.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct BankFileCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Hold the file against what was entered; exit 1 when something is found / 核对
    Compare(Given),
    /// Enter what the file has and nobody entered, and compare; again, it changes nothing / 登记未登记的入账
    Enter(Given),
}

/// The file, and whose it must be.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
struct Given {
    #[command(flatten)]
    connection: Connection,
    /// The bank's file / 银行对账单文件
    #[arg(long)]
    file: PathBuf,
    /// The account that it must be of, as the bank writes it / 账号
    #[arg(long)]
    account: String,
}

impl BankFileCommand {
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let (given, is_entering) = match self.action {
            Action::Compare(given) => (given, false),
            Action::Enter(given) => (given, true),
        };
        let file = given.read()?;
        let mut compared = given.compare(&file).await?;
        let mut entered = Vec::new();
        if is_entering {
            let lines = std::mem::take(&mut compared.to_enter);
            entered = given.enter(lines).await?;
            compared = given.compare(&file).await?;
        }
        match given.connection.shape() {
            Shape::Json => print_json(out, &document(&file, &compared, &entered))?,
            Shape::Text => print(out, &file, &compared, &entered)?,
        }
        let is_refused = entered.iter().any(|(_, became)| became.is_err());
        Ok(if compared.findings.is_empty() && !is_refused {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}

impl Given {
    fn read(&self) -> anyhow::Result<BankFile> {
        let shown = self.file.display();
        let file = BankFile::read(&bytes(&self.file)?).with_context(|| shown.to_string())?;
        anyhow::ensure!(
            file.account == self.account,
            "{shown}: bank_file.account [{}]: it is of another account than {} / 文件账号与 --account 不符",
            file.account,
            self.account
        );
        Ok(file)
    }

    async fn compare(&self, file: &BankFile) -> anyhow::Result<Compared> {
        let movements = paid::all_movements(&self.connection).await?;
        let stand = booked(&movements)?;
        let standing: BTreeSet<_> = stand.iter().map(|it| &it.bank_reference).collect();
        let bounced = movements
            .iter()
            .filter(|it| it.corrected() == v1::CorrectionReason::Bounced)
            .cloned()
            .map(|it| v1::Movement { corrected: 0, ..it });
        let mut bounced = booked(&bounced.collect::<Vec<_>>())?;
        // What was entered anew after it was taken out stands.
        bounced.retain(|it| !standing.contains(&it.bank_reference));
        let books = Books {
            stand: &stand,
            bounced: &bounced,
        };
        let parked = movements.iter().filter(|it| it.parked_fen > 0);
        let parked = parked.filter_map(|it| it.line.as_ref().map(|line| &line.bank_reference));
        let of_file: BTreeSet<_> = file.entries.iter().map(|it| &it.bank_reference).collect();
        Ok(Compared {
            parked: parked
                .filter(|name| of_file.contains(name))
                .cloned()
                .collect(),
            ..compare(file, &books)?
        })
    }

    /// Enters lines, one after the other: one that is refused keeps no other from being entered.
    async fn enter(&self, lines: Vec<(BankLine, PaymentReference)>) -> anyhow::Result<Entered> {
        let mut client = self.connection.payments().await?;
        let mut entered = Entered::new();
        for (line, payment) in lines {
            let request = v1::ConfirmRequest {
                line: Some(bank_line_to_wire(&line)),
                reference: payment.to_string(),
            };
            let name = line.bank_reference.to_string();
            let became = match client.confirm(request).await {
                Ok(answer) => {
                    let movement = answer.into_inner().movement;
                    Ok(movement.context("the answer has no movement")?)
                }
                Err(status) if is_of_the_line(status.code()) => Err(told(&status).to_string()),
                Err(status) => {
                    let before = entered.len();
                    anyhow::bail!(
                        "{name}: {} ({before} lines before it are done: enter again goes on / 此前{before}笔已处理，可再次执行)",
                        told(&status)
                    );
                }
            };
            entered.push((name, became));
        }
        Ok(entered)
    }
}

/// Whether a refusal is about what was to be entered, and not about who enters or about the clearinghouse.
const fn is_of_the_line(code: Code) -> bool {
    matches!(
        code,
        Code::InvalidArgument | Code::NotFound | Code::FailedPrecondition | Code::AlreadyExists
    )
}

fn bytes(path: &Path) -> anyhow::Result<Vec<u8>> {
    let cannot = |error: std::io::Error| file::unread(path, &error);
    let file = std::fs::File::open(path).map_err(cannot)?;
    let mut bytes = Vec::new();
    let mut limited = file.take(BYTES_AT_MOST);
    limited.read_to_end(&mut bytes).map_err(cannot)?;
    Ok(bytes)
}

fn finding_json(finding: &Finding) -> Value {
    let (word, _, _) = finding.found.said();
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    json!({
        "found": word,
        "bank_reference": some(&finding.bank_reference),
        "line": finding.line,
        "bank": some(&finding.bank),
        "entered": some(&finding.entered),
    })
}

/// The bank's reference of each line, and what became of it, or why it was refused.
type Entered = Vec<(String, Result<v1::Movement, String>)>;

fn entered_json((name, became): &(String, Result<v1::Movement, String>)) -> Value {
    match became {
        Ok(movement) => json!({ "bank_reference": name, "parked": movement.parked_fen > 0 }),
        Err(refused) => json!({ "bank_reference": name, "refused": refused }),
    }
}

fn document(file: &BankFile, compared: &Compared, entered: &Entered) -> Value {
    let findings: Vec<_> = compared.findings.iter().map(finding_json).collect();
    let entered = entered.iter().map(entered_json);
    json!({
        "account": file.account,
        "from": file.from.to_string(),
        "until": file.until.to_string(),
        "entries": file.entries.len(),
        "not_booked": file.not_booked,
        "opening": file.opening.to_string(),
        "closing": file.closing.to_string(),
        "entered_opening": compared.opening.to_string(),
        "entered_closing": compared.closing.to_string(),
        "alike": compared.alike,
        "parked": compared.parked,
        "to_enter": compared.to_enter.len(),
        "entered": entered.collect::<Vec<_>>(),
        "findings": findings,
    })
}

fn print(
    out: &mut dyn Write,
    file: &BankFile,
    compared: &Compared,
    entered: &Entered,
) -> anyhow::Result<()> {
    writeln!(
        out,
        "{} {} to {}: {} entries, {} alike, {} not booked yet / 笔数、相符、未入账",
        file.account,
        file.from,
        file.until,
        file.entries.len(),
        compared.alike,
        file.not_booked
    )?;
    writeln!(
        out,
        "balances / 余额: bank / 银行 {} to {}, entered / 登记 {} to {}",
        file.opening, file.closing, compared.opening, compared.closing
    )?;
    for (name, became) in entered {
        match became {
            Ok(movement) if movement.parked_fen > 0 => {
                writeln!(out, "  {name}: entered, and parked / 已登记并挂账")?;
            }
            Ok(_) => writeln!(out, "  {name}: entered / 已登记")?,
            Err(refused) => writeln!(out, "  {name}: not entered / 未登记: {refused}")?,
        }
    }
    for name in &compared.parked {
        writeln!(
            out,
            "  {name}: parked, and counts for nothing yet: apply it, or send it back / 挂账中，请核销或退回"
        )?;
    }
    for finding in &compared.findings {
        let (word, english, chinese) = finding.found.said();
        let line = finding.line.map(|line| format!(" (line {line})"));
        writeln!(
            out,
            "  {} {word}{}: {english} / {chinese}",
            finding.bank_reference,
            line.unwrap_or_default()
        )?;
        for (whose, said) in [
            ("bank / 银行", &finding.bank),
            ("entered / 登记", &finding.entered),
        ] {
            if !said.is_empty() {
                writeln!(out, "    {whose}: {said}")?;
            }
        }
    }
    if compared.findings.is_empty() {
        writeln!(out, "the bank and the books say the same / 银行与登记一致")?;
    }
    Ok(())
}
