//! `huitong clearing bank-statement`: what moved on the clearing account, as ISO 20022 camt.053.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;

use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::money::{Fen, SignedFen};
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::Direction;
use huitong_papers::{AccountStatement, Movement};
use huitong_proto::clearing::v1;
use huitong_proto::conversion::Path;
use huitong_proto::conversion::payment::bank_line_from_wire;
use serde_json::json;

use super::connection::{Connection, Shape, print_json};
use super::{file, paid};

const AFTER: &str = "\
Written is what officers entered (confirm, send-back) by the day on which the bank booked it, between two balances; what was
taken out again (correct) is not in it. Hold the bank's own file against the books with bank-file compare.
按银行入账日输出已登记的收付，期初与期末余额齐全，已更正的登记不计入；银行文件用 bank-file compare 核对。";

/// Write what moved on the clearing account in some days as a camt.053.001.08 file.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct BankStatement {
    #[command(flatten)]
    connection: Connection,
    /// The first day / 起始日
    #[arg(long)]
    from: BusinessDay,
    /// The last day / 截止日
    #[arg(long)]
    until: BusinessDay,
    /// Only what this member paid and was paid / 清算成员
    #[arg(long)]
    member: Option<RegionCode>,
    /// The file to write; it must not be there yet / 输出文件
    #[arg(long)]
    out: PathBuf,
}

impl BankStatement {
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let (from, until) = (self.from, self.until);
        anyhow::ensure!(
            from <= until,
            "--from {from} comes after --until {until} / 起始日晚于截止日"
        );
        let all = booked(&paid::all_movements(&self.connection).await?)?;
        let own = all
            .into_iter()
            .filter(|booked| self.member.is_none_or(|of| booked.party == of.to_string()));
        let (before, within): (Vec<_>, Vec<_>) = own
            .filter(|booked| booked.on <= until)
            .partition(|booked| booked.on < from);
        let whose = self
            .member
            .map_or_else(|| "clearing".to_owned(), |member| member.to_string());
        let mut statement = AccountStatement {
            name: format!("{whose}.{from}.{until}"),
            account: whose,
            from,
            until,
            at: now()?,
            opening: SignedFen::ZERO,
            movements: before,
        };
        statement.opening = statement.closing()?;
        statement.movements = within;
        file::write(&self.out, &statement.to_xml()?)?;
        let (file, entries) = (self.out.display().to_string(), statement.movements.len());
        let (opening, closing) = (statement.opening, statement.closing()?);
        match self.connection.shape() {
            Shape::Json => print_json(
                out,
                &json!({
                    "file": file,
                    "entries": entries,
                    "opening": opening.to_string(),
                    "closing": closing.to_string(),
                }),
            ),
            Shape::Text => Ok(writeln!(
                out,
                "{file}: {entries} movements, {opening} before and {closing} after / 银行对账单"
            )?),
        }
    }
}

fn now() -> anyhow::Result<Timestamp> {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    Ok(Timestamp::from_millis(i64::try_from(since.as_millis())?)?)
}

/// What the bank booked, by day and reference: what was entered and stands, and the ways back that were entered with it.
pub(super) fn booked(movements: &[v1::Movement]) -> anyhow::Result<Vec<Movement>> {
    let stand = || movements.iter().filter(|movement| movement.corrected == 0);
    let mut booked = Vec::new();
    let mut names = BTreeSet::new();
    for movement in stand() {
        let line = bank_line_from_wire(movement.line.clone(), Path::root("line"))?;
        names.insert(line.bank_reference.to_string());
        booked.push(Movement {
            bank_reference: line.bank_reference.to_string(),
            on: line.on,
            came_in: line.direction == Direction::PayIn,
            amount: line.amount,
            party: line.member.to_string(),
            bears: movement.reference.clone(),
        });
    }
    // A way back that was entered for itself is there already.
    for movement in stand().filter(|it| !it.back.is_empty() && !names.contains(&it.back)) {
        let line = bank_line_from_wire(movement.line.clone(), Path::root("line"))?;
        let counted = movement.counted.iter().map(|counted| counted.amount_fen);
        let counted = counted.map(Fen::new).collect::<Result<Vec<_>, _>>()?;
        booked.push(Movement {
            bank_reference: movement.back.clone(),
            on: BusinessDay::parse(&movement.back_on)?,
            came_in: line.direction != Direction::PayIn,
            amount: line.amount.checked_sub(Fen::sum(counted)?)?,
            party: line.member.to_string(),
            bears: line.bank_reference.to_string(),
        });
    }
    booked.sort_by(|one, other| {
        (one.on, &one.bank_reference).cmp(&(other.on, &other.bank_reference))
    });
    Ok(booked)
}
