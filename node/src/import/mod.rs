//! Files that officers bring in, read whole: every row is checked, and a file is all or nothing.
//!
//! | kind | file | reader |
//! |---|---|---|
//! | members | `members.csv` | `members` |
//! | filings | `filings.csv` | `filings` |
//! | opening totals | `opening_totals.csv` | `totals` |
//! | account balances | `balances.csv` | `balances` |
//! | institutions | `institutions.csv` | `institutions` |
//! | treatment catalogue | `catalogue.csv` | `catalogue` |
//! | settlements of the core system | `externals.csv` | `externals` |
//!
//! What is read is typed rows; those are journaled, not the file, so a later reader may read more strictly
//! without changing what was brought in. Deliberately absent: whether a person that a filing names is a
//! member, which is found when a visit comes, and writing, which is the writer's.

mod assembly;
mod balances;
mod batch;
mod catalogue;
mod cell;
mod control;
mod externals;
mod fault;
mod filings;
mod institutions;
mod kind;
mod members;
mod table;
mod totals;

#[cfg(test)]
mod tests;

use huitong_core::date::{DateInterval, ServiceDate};
use huitong_core::digest::{Digest, sha256};
use huitong_core::money::Fen;
use huitong_core::person::Credential;
use huitong_core::record::import::ImportKind;
use huitong_core::record::registry::RegistryRows;
use huitong_core::region::RegionCode;

pub use assembly::{Assembly, AssemblyError, CHUNK_BYTES_AT_MOST, FILE_BYTES_AT_MOST};
pub use batch::ImportBatch;
pub use control::ControlSums;
pub use externals::ExternalBatch;
pub use fault::{FAULTS_AT_MOST, RowFault, RowFaults};
pub use kind::{FileKind, FileKindError};

use fault::Findings;
use table::{Lined, Sheet};

/// Reads a credential as files and commands write it: `kind:number`.
///
/// # Errors
/// What is wrong, in English and Chinese; never the number.
pub fn credential(text: &str) -> Result<Credential, String> {
    cell::credential(text).map_err(|wrong| format!("{} / {}", wrong.en, wrong.zh))
}

/// Reads days as files and commands write them: `2020-01-01..2023-12-31`, or without end `2020-01-01..`.
///
/// # Errors
/// What is wrong, in English and Chinese.
pub fn days(text: &str) -> Result<DateInterval, String> {
    cell::interval(text).map_err(|wrong| format!("{} / {}", wrong.en, wrong.zh))
}

/// What a sender says of a file before its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportHeader {
    /// What it holds.
    pub kind: FileKind,
    /// The day that totals and balances stand for.
    pub as_of: Option<ServiceDate>,
    /// What the sender counted.
    pub sums: ControlSums,
    /// Whether it is to be kept.
    pub mode: Mode,
}

/// Whether a file that is sound is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Bring it in.
    Commit,
    /// Check everything, write nothing.
    DryRun,
}

/// Reads a file for a region, every row of it.
///
/// ```
/// use huitong_core::money::Fen;
/// use huitong_core::record::import::ImportKind;
/// use huitong_core::region::RegionCode;
/// use huitong_node::import::{self, ControlSums, FileKind, ImportHeader, Mode};
///
/// let file = b"psn_no,own\n330200000000000001,12.50\n";
/// let kind = FileKind(ImportKind::Balances);
/// let header = ImportHeader {
///     kind,
///     as_of: Some("2023-12-31".parse()?),
///     sums: ControlSums::of(kind, file),
///     mode: Mode::Commit,
/// };
/// let batch = import::read(RegionCode::parse("330200")?, &header, file)?;
/// assert_eq!(batch.sums().sum, Fen::parse_yuan("12.50")?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Every fault of the file; then nothing of it may be used.
pub fn read(region: RegionCode, header: &ImportHeader, bytes: &[u8]) -> Result<Sound, RowFaults> {
    let FileKind(kind) = header.kind;
    let read = match kind {
        ImportKind::Externals => {
            return externals::batch(header, bytes).map(Sound::Externals);
        }
        ImportKind::Members => rows(members::read(bytes), RegistryRows::Members, no_money),
        ImportKind::Filings => rows(filings::read(bytes), RegistryRows::Filings, no_money),
        ImportKind::OpeningTotals => {
            let of = |openings: Vec<totals::Opening>| {
                RegistryRows::OpeningTotals(
                    openings.into_iter().map(|opening| opening.total).collect(),
                )
            };
            rows(totals::read(bytes, as_of(header)?), of, |opening| {
                vec![opening.amount]
            })
        }
        ImportKind::Balances => {
            as_of(header)?;
            rows(balances::read(bytes), RegistryRows::Balances, |row| {
                vec![row.own, row.family]
            })
        }
        ImportKind::Institutions => rows(
            institutions::read(bytes, region),
            RegistryRows::Institutions,
            no_money,
        ),
        ImportKind::Catalogue => rows(catalogue::read(bytes), RegistryRows::Catalogue, no_money),
    };
    let Read {
        rows,
        count,
        sum,
        mut findings,
    } = read;
    control(header, count, sum, &mut findings);
    let sums = ControlSums {
        rows: count,
        sum: sum.unwrap_or(Fen::MAX),
    };
    let batch = ImportBatch::new(kind, sha256(bytes), header.as_of, sums, rows);
    findings.or(Sound::Registry(batch))
}

/// What was read of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sound {
    /// Rows of the register.
    Registry(ImportBatch),
    /// Settlements, each of which becomes a record of its own.
    Externals(ExternalBatch),
}

impl Sound {
    /// How many rows, and what they sum to.
    #[must_use]
    pub const fn sums(&self) -> ControlSums {
        match self {
            Self::Registry(batch) => batch.sums(),
            Self::Externals(batch) => batch.sums(),
        }
    }

    /// SHA-256 of the file.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        match self {
            Self::Registry(batch) => batch.digest(),
            Self::Externals(batch) => batch.digest(),
        }
    }
}

/// A file as far as it can be read.
struct Read {
    rows: RegistryRows,
    count: u64,
    /// `None` when the amounts do not add up to an amount.
    sum: Option<Fen>,
    findings: Findings,
}

fn rows<T>(
    sheet: Sheet<T>,
    of: impl Fn(Vec<T>) -> RegistryRows,
    amounts: impl Fn(&T) -> Vec<Fen>,
) -> Read {
    let Sheet {
        rows,
        count,
        findings,
    } = sheet;
    let sum = Fen::sum(rows.iter().flat_map(|lined| amounts(&lined.row))).ok();
    let rows = of(rows.into_iter().map(|Lined { row, .. }| row).collect());
    Read {
        rows,
        count,
        sum,
        findings,
    }
}

fn no_money<T>(_: &T) -> Vec<Fen> {
    Vec::new()
}

fn as_of(header: &ImportHeader) -> Result<ServiceDate, RowFaults> {
    header.as_of.ok_or_else(|| {
        Findings::of_whole(
            "totals and balances stand for a day: name it (--as-of)",
            "累计和账户余额须注明截止日（--as-of）",
        )
    })
}

/// What was read is what was sent. Sums are only compared where every row could be read.
fn control(header: &ImportHeader, count: u64, sum: Option<Fen>, findings: &mut Findings) {
    let sent = header.sums;
    if sent.rows != count && findings.is_empty() {
        let sent = sent.rows;
        findings.add(
            0,
            "",
            format!("the sender counted {sent} rows, {count} arrived: send the file again"),
            format!("发送方计 {sent} 行，实收 {count} 行，请重新发送"),
        );
    }
    if !findings.is_empty() {
        return;
    }
    match sum {
        None => {
            let most = Fen::MAX;
            let en = format!("the amounts sum to more than {most} yuan: split the file");
            findings.add(0, "", en, format!("金额合计超过 {most} 元，请拆分文件"));
        }
        Some(sum) if sum != sent.sum => {
            let sent = sent.sum;
            findings.add(
                0,
                "",
                format!("the sender's amounts sum to {sent} yuan, those that arrived to {sum}: send the file again"),
                format!("发送方金额合计 {sent} 元，实收合计 {sum} 元，请重新发送"),
            );
        }
        Some(_) => {}
    }
}
