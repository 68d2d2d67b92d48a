//! `huitong node check answer`: what the treatment region found.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::deduction::DeductionAmounts;
use huitong_core::expense_check::Finding;
use huitong_core::fund::Fund;
use huitong_core::id::DeductionId;
use huitong_core::money::Fen;
use huitong_core::vocabulary::DeductionReason;

use super::LookedAt;
use crate::command::deduction::amount;
use crate::command::{block_on, said};
use crate::grpc::expense_check_client::ExpenseCheckClient;

/// Answer a check: the settlement is as it should be, or it is not.
#[derive(Debug, clap::Args)]
pub struct Answer {
    #[command(flatten)]
    at: LookedAt,
    /// The settlement is as it should be / 核实无误
    #[arg(long, required_unless_present = "discrepancy", conflicts_with_all = ["discrepancy", "amounts", "deduction"])]
    verified: bool,
    /// It is not, for this reason: overcharged, split_charge, duplicated_charge, not_in_catalogue,
    /// substituted, no_indication, excessive, split_admission, needless_admission,
    /// insufficient_record, not_rendered or other_breach / 差异原因
    #[arg(long, verbatim_doc_comment, requires = "amounts")]
    discrepancy: Option<DeductionReason>,
    /// What of a fund should not have been owed, as resident_pool=120.50; once for each fund / 各基金差异额（元）
    #[arg(long = "amount", value_parser = amount, requires = "discrepancy")]
    amounts: Vec<(Fund, Fen)>,
    /// The audit deduction that gives it back, ded_… / 对应的审核扣款
    #[arg(long, requires = "discrepancy")]
    deduction: Option<DeductionId>,
}

impl Answer {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let found = finding(self.discrepancy, self.amounts, self.deduction)?;
        let told = block_on(async {
            let mut client = ExpenseCheckClient::connect(&self.at.of.server).await?;
            client.answer(self.at.word(), &found).await.map_err(said)
        })?;
        self.at.of.print(&told, out)
    }
}

fn finding(
    discrepancy: Option<DeductionReason>,
    mut amounts: Vec<(Fund, Fen)>,
    deduction: Option<DeductionId>,
) -> anyhow::Result<Finding> {
    let Some(reason) = discrepancy else {
        return Ok(Finding::Verified);
    };
    amounts.sort_by_key(|(fund, _)| *fund);
    Ok(Finding::Discrepancy {
        reason,
        amounts: DeductionAmounts::new(amounts)?,
        deduction,
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(Debug, clap::Parser)]
    struct Line {
        #[command(flatten)]
        answer: Answer,
    }

    fn read(words: &str) -> Option<Finding> {
        let check = huitong_core::id::CheckId::from_bytes([1; 16]).to_string();
        let server = "--endpoint https://a:1 --cert a --key a --ca a";
        let digest = huitong_core::digest::Digest::from_bytes([2; 32]);
        let line = format!("answer {check} --digest {digest} {server} {words}");
        let line = Line::try_parse_from(line.split_whitespace()).ok()?;
        let Answer {
            discrepancy,
            amounts,
            deduction,
            ..
        } = line.answer;
        finding(discrepancy, amounts, deduction).ok()
    }

    #[test]
    fn an_answer_is_one_of_two_and_whole() {
        assert_eq!(read("--verified"), Some(Finding::Verified));
        let wrong = read("--discrepancy excessive --amount resident_pool=12.50");
        let amounts = vec![(Fund::ResidentPool, Fen::new(1_250).unwrap())];
        let expected = Finding::Discrepancy {
            reason: DeductionReason::Excessive,
            amounts: DeductionAmounts::new(amounts).unwrap(),
            deduction: None,
        };
        assert_eq!(wrong, Some(expected));
        for half in [
            "",
            "--discrepancy excessive",
            "--amount resident_pool=1.00",
            "--verified --discrepancy excessive --amount resident_pool=1.00",
            "--discrepancy excessive --amount own_account=1.00",
            "--discrepancy excessive --amount resident_pool=0.00",
        ] {
            assert_eq!(read(half), None, "{half}");
        }
    }
}
