//! `huitong node check ask`: have the treatment region verify a settlement.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::id::{RequestId, SettlementId};
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::CheckReason;
use huitong_transport::ClientOptions;

use super::print_one;
use crate::command::{block_on, said};
use crate::grpc::expense_check_client::{Asked, ExpenseCheckClient};

/// Have the treatment region verify a settlement of an insured person of the region: inpatient, and a large bill.
#[derive(Debug, clap::Args)]
pub struct Ask {
    /// The settlement, stl_… / 结算编号
    #[arg(long)]
    settlement: SettlementId,
    /// The region where the person was treated / 就医地统筹区代码
    #[arg(long)]
    treatment: RegionCode,
    /// unusual_amount, unusual_stay, items_do_not_fit, other_person, split_admission, duplicate,
    /// reported or other / 协查事由
    #[arg(long, verbatim_doc_comment)]
    reason: CheckReason,
    /// Your own id of this request: sent again, it is the same check / 请求编号
    #[arg(long)]
    request_id: RequestId,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl Ask {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let asked = Asked {
            request: self.request_id,
            treatment: self.treatment,
            settlement: self.settlement,
            reason: self.reason,
        };
        let told = block_on(async {
            let mut client = ExpenseCheckClient::connect(&self.server).await?;
            client.ask(&asked).await.map_err(said)
        })?;
        print_one(&told, self.json.then_some(()), out)
    }
}
