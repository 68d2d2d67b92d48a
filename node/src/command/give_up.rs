//! `huitong node give-up`: a settlement whose receipt a restore lost, and that does not stand again, is ended.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::id::SettlementId;
use huitong_core::person::PsnNo;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::ReversalReason;
use huitong_transport::ClientOptions;

use super::{block_on, said};
use crate::grpc::officer::Officer;

/// What is said below the options.
const AFTER: &str = "\
For a settlement that `node status` lists as open among legs without receipt, once the treatment region's node has put it here
again and was told recovery.leg_stands. Ask there first: an institution that has a receipt of it keeps its book wrong.
The id is never paid then; the visit is settled under another id. Its legs stay with the clearinghouse as they are, are netted
in no cycle, and go on being listed. What stands is reversed instead (node reverse). So is ended what is listed as late: it was
put to the person's new home, which is told and takes back what it counted in. Of any other settlement of a person who has
moved since, name the person (--psn-no), or their new home goes on counting it; one that was given up without is said again.
用于恢复后回执遗失、重新提交金额不符而无法成立的结算；须先与就医地核实。作废后该编号不再支付，该次就诊以新编号结算；已报往来账保留不动，不参与轧差。
状态列为late的系已报新参保地的迟报结算，作废时一并通知新参保地退回已计部分；其他结算的参保人如已转出，须以--psn-no指明，漏报的可补报一次。";

/// End a settlement whose receipt a restore lost and that does not stand again.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub struct GiveUp {
    /// The settlement, stl_… / 结算编号
    settlement: SettlementId,
    /// The region where the person was treated / 就医地统筹区代码
    #[arg(long)]
    treatment: RegionCode,
    /// wrong_person, wrong_bill, duplicate, wrong_place, correction, fraud or ordered / 作废原因
    #[arg(long)]
    reason: ReversalReason,
    /// The person's number here, if they have moved to another region since / 已转出参保人的原人员编号
    #[arg(long, value_parser = PsnNo::parse)]
    psn_no: Option<PsnNo>,
    #[command(flatten)]
    server: ClientOptions,
}

impl GiveUp {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let Self {
            settlement,
            treatment,
            reason,
            psn_no,
            server,
        } = self;
        block_on(async {
            let mut officer = Officer::connect(&server).await?;
            let given_up = officer.give_up(treatment, settlement, psn_no, reason).await;
            given_up.map_err(said)
        })?;
        writeln!(
            out,
            "{settlement} is given up and never paid under this id / 已作废，不再支付"
        )?;
        Ok(ExitCode::SUCCESS)
    }
}
