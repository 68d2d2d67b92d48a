//! `huitong node filing emergencies | review`: emergencies that institutions stated and that count as filed.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::id::{RequestId, SettlementId};
use huitong_core::money::SignedFen;
use huitong_core::record::person::EmergencyFinding;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::EmergencyDoubt;
use huitong_transport::ClientOptions;
use serde_json::{Value, json};

use crate::command::true_up_shown::{print_was_provisional, true_up_json};
use crate::command::{block_on, said};
use crate::grpc::people_client::{EmergencyAnswer, PeopleClient};

/// List settlements whose emergency nobody reviewed yet.
#[derive(Debug, clap::Args)]
pub struct Emergencies {
    /// The region that the last page ended with / 上页末尾就医地
    #[arg(long, requires = "after_settlement")]
    after_treatment: Option<RegionCode>,
    /// The settlement that the last page ended with / 上页末尾结算编号
    #[arg(long, requires = "after_treatment")]
    after_settlement: Option<SettlementId>,
    /// At most so many, and at most 200 / 每页笔数
    #[arg(long, default_value_t = 200)]
    limit: u32,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl Emergencies {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let after = self.after_treatment.zip(self.after_settlement);
        let list = block_on(async {
            let mut people = PeopleClient::connect(&self.server).await?;
            people.emergencies(after, self.limit).await.map_err(said)
        })?;
        if self.json {
            let list = list.iter().map(as_json);
            let list = list.collect::<anyhow::Result<Vec<_>>>()?;
            writeln!(out, "{}", json!({ "emergencies": list }))?;
        } else if list.is_empty() {
            writeln!(out, "nothing to review / 暂无待复核急诊")?;
        } else {
            for emergency in &list {
                print(emergency, out)?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// What is said below the options.
const AFTER: &str = "\
A rejection takes nothing back: the settlement is shown, and stands until it is reversed (huitong node reverse).
复核不通过不会自动撤销结算；请核对所示结算，如需冲正请使用 huitong node reverse。";

/// Accept or reject an emergency that an institution stated.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub struct Review {
    /// The settlement, stl_… / 结算编号
    settlement: SettlementId,
    /// The region where the person was treated / 就医地统筹区代码
    #[arg(long)]
    treatment: RegionCode,
    /// It was an emergency / 通过
    #[arg(long, conflicts_with = "reject", required_unless_present = "reject")]
    accept: bool,
    /// not_an_emergency, not_documented, planned or over / 不通过原因
    #[arg(long)]
    reject: Option<EmergencyDoubt>,
    /// Your own id of this request, 1 to 64 of A–Z a–z 0–9 . _ : - / 请求编号
    #[arg(long)]
    id: RequestId,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl Review {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let finding = self
            .reject
            .map_or(EmergencyFinding::Accepted, EmergencyFinding::Rejected);
        let (id, treatment, settlement) = (self.id, self.treatment, self.settlement);
        let seen = block_on(async {
            let mut people = PeopleClient::connect(&self.server).await?;
            let review = people.review(id, treatment, settlement, finding);
            review.await.map_err(said)
        })?;
        let word = match finding {
            EmergencyFinding::Accepted => "accepted",
            EmergencyFinding::Rejected(doubt) => doubt.word(),
        };
        if self.json {
            let emergency = as_json(&seen)?;
            writeln!(
                out,
                "{}",
                json!({ "finding": word, "emergency": emergency })
            )?;
            return Ok(ExitCode::SUCCESS);
        }
        match finding {
            EmergencyFinding::Accepted => writeln!(out, "accepted / 复核通过")?,
            EmergencyFinding::Rejected(_) => writeln!(
                out,
                "rejected ({word}); the settlement stands until it is reversed / 复核不通过，结算仍有效"
            )?,
        }
        print(&seen, out)?;
        if let EmergencyFinding::Rejected(_) = finding {
            writeln!(
                out,
                "  huitong node reverse {settlement} --treatment {treatment} --reason wrong_bill --id …"
            )?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn print(seen: &EmergencyAnswer, out: &mut dyn Write) -> anyhow::Result<()> {
    let EmergencyAnswer {
        settlement,
        treatment,
        psn_no,
        institution,
        visit,
        admitted,
        discharged,
        ..
    } = seen;
    writeln!(out, "{settlement}  {treatment}  {psn_no}")?;
    writeln!(out, "  {institution} {visit}, {admitted} to {discharged}")?;
    for (fund, amount) in &seen.amounts {
        writeln!(out, "  {:26} {:>16}", fund.as_str(), yuan(*amount)?)?;
    }
    let patient = yuan(seen.patient_fen)?;
    writeln!(out, "  {:26} {patient:>16}", "patient 个人")?;
    if let Some(true_up) = &seen.true_up {
        print_was_provisional(true_up, out)?;
    }
    if !seen.filing_matters {
        writeln!(out, "  its policy asks for no filing / 该政策不要求备案")?;
    }
    Ok(())
}

fn as_json(seen: &EmergencyAnswer) -> anyhow::Result<Value> {
    let amounts = seen.amounts.iter();
    let amounts =
        amounts.map(|(fund, amount)| Ok((fund.as_str().to_owned(), json!(yuan(*amount)?))));
    Ok(json!({
        "settlement": seen.settlement,
        "treatment": seen.treatment,
        "person": seen.psn_no,
        "institution": seen.institution,
        "visit": seen.visit,
        "admitted": seen.admitted,
        "discharged": seen.discharged,
        "amounts": amounts.collect::<anyhow::Result<serde_json::Map<_, _>>>()?,
        "patient": yuan(seen.patient_fen)?,
        "settled_at": seen.settled_at.to_string(),
        "filing_matters": seen.filing_matters,
        "true_up": seen.true_up.as_ref().map(true_up_json),
    }))
}

fn yuan(fen: i64) -> anyhow::Result<String> {
    Ok(SignedFen::new(fen)?.to_string())
}
