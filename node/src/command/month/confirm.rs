//! `huitong node month confirm`.

use std::io::Write;
use std::process::ExitCode;
use std::str::FromStr;

use huitong_core::checkpoint::row::Pair;
use huitong_core::clearing_month::word::ObjectedRow;
use huitong_core::digest::Digest;
use huitong_core::fund::Fund;
use huitong_core::payable::Month;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::MonthObjection;
use huitong_transport::ClientOptions;

use super::shown;
use crate::command::{block_on, said};
use crate::grpc::month_client::MonthDeskClient;

const AFTER: &str = "\
The region's word is signed by its node, kept in its journal and sent to the clearinghouse. A row that does not tie with the
region's own days is not confirmed: object to it. An objection stops nothing: the month is cleared as it stands, and what comes
of the objection is corrected in a later one (a dispute, a deduction, a reversal). Until two officers of the operator approved
the month another word takes the place of the last one. Reasons: book_differs, not_confirmed, under_check, in_dispute.
确认由节点签名、留存并报送清算中心。与本区逐日数据不一致的行不得确认，应提出异议；异议不影响清算，经争议、扣款或冲正在以后月份更正。
两名清算人员审批前可重新确认，以最后一次为准。";

/// Confirm a month, but for the rows you object to.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub struct Confirm {
    /// The month, such as 2026-03 / 月份
    month: Month,
    /// Its digest, as `show` printed it / 摘要
    #[arg(long)]
    digest: Digest,
    /// A row that you do not confirm, as DEBTOR:CREDITOR:FUND:REASON; may be given again / 异议行与原因
    #[arg(long, value_name = "ROW")]
    object: Vec<Objection>,
    /// Object for this reason to every row that does not hold / 对全部未通过核对的行提出异议
    #[arg(long, value_name = "REASON")]
    object_all: Option<MonthObjection>,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

/// A row that is objected to, as it is typed.
#[derive(Debug, Clone, Copy)]
struct Objection(ObjectedRow);

impl FromStr for Objection {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split(':').collect();
        let [debtor, creditor, fund, why] = parts.as_slice() else {
            return Err("write DEBTOR:CREDITOR:FUND:REASON, such as \
                        330200:510100:resident_pool:book_differs / 应写作 付方:收方:基金:原因"
                .to_owned());
        };
        let region = |code: &str| RegionCode::parse(code).map_err(|error| error.to_string());
        let pair = Pair {
            debtor: region(debtor)?,
            creditor: region(creditor)?,
            fund: fund.parse::<Fund>().map_err(|error| error.to_string())?,
        };
        let why = why
            .parse::<MonthObjection>()
            .map_err(|error| error.to_string())?;
        Ok(Self(ObjectedRow { pair, why }))
    }
}

impl Confirm {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let mut objected: Vec<ObjectedRow> = self.object.iter().map(|row| row.0).collect();
        let (region, seen) = block_on(async {
            let mut client = MonthDeskClient::connect(&self.server).await?;
            if let Some(why) = self.object_all {
                let own = client.show(&self.month).await.map_err(said)?;
                let doubted = own
                    .rows
                    .iter()
                    .filter(|row| row.signed.is_some() && !own.holds(row));
                let doubted: Vec<ObjectedRow> = doubted
                    .map(|row| ObjectedRow {
                        pair: row.pair,
                        why,
                    })
                    .filter(|row| objected.iter().all(|named| named.pair != row.pair))
                    .collect();
                objected.extend(doubted);
            }
            let seen = client.confirm((&self.month, self.digest), &objected).await;
            Ok((client.region(), seen.map_err(said)?))
        })?;
        let taken = shown::objected(region, &seen).unwrap_or(0);
        anyhow::ensure!(
            u64::try_from(objected.len()).is_ok_and(|said| said == taken),
            "the clearinghouse has another word of this region, with {taken} rows objected to: say it again / 清算中心所记为另一次确认，请重新确认"
        );
        if self.json {
            writeln!(out, "{}", shown::said_as_json(region, &seen))?;
        } else {
            shown::print_said(region, &seen, out)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
