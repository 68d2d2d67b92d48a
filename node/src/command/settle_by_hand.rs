//! `huitong node settle-by-hand`: a bill that an insured person paid and brought home.
//!
//! The file is read whole, and every fault in it is named at its line and field before anything is sent.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use huitong_core::bill::{Arrival, Bill, BillLine, Institution, Visit, VisitNumber};
use huitong_core::catalogue_code::CatalogueCode;
use huitong_core::date::ServiceDate;
use huitong_core::id::RequestId;
use huitong_core::institution::InstitutionCode;
use huitong_core::money::{Fen, SignedFen};
use huitong_core::name::Name;
use huitong_core::person::PsnNo;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::{Administration, Grade, InstitutionType, Setting};
use huitong_document::config::{Document, Section};
use huitong_proto::conversion::by_hand::BroughtHome;
use huitong_proto::conversion::visit::quantity;
use huitong_transport::ClientOptions;
use serde_json::{Value, json};

use super::bill_file::{checked, parsed};
use super::{BAD_FILE, block_on, said};
use crate::grpc::hand_client::{HandAnswer, HandCorrected};
use crate::grpc::officer::Officer;

/// What is said below the options.
const AFTER: &str = "\
By the region's own catalogue and policies; totals move as for any settlement, and no other region owes anything.
Refused when the visit is settled directly. Where the person was treated is asked first; when it cannot be reached, try again.
按参保地目录和政策计算，累计同步更新，不产生往来账；已直接结算的就诊不予受理。系统先向就医地核实，无法连接时请稍后重试。";

/// Settle a bill that an insured person paid and brought home.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub struct SettleByHand {
    /// The bill, as in deploy/examples/bill_by_hand.toml / 费用文件
    bill: PathBuf,
    /// Your own id of this request, 1 to 64 of A–Z a–z 0–9 . _ : - / 请求编号
    #[arg(long)]
    id: RequestId,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl SettleByHand {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let file = self.bill.display().to_string();
        let text = std::fs::read_to_string(&self.bill)
            .with_context(|| format!("{file}: cannot be read / 文件无法读取"))?;
        let bill = match read(&file, &text, self.id) {
            Ok(bill) => bill,
            Err(faults) => {
                writeln!(out, "{faults}")?;
                writeln!(out, "nothing was settled / 未结算")?;
                return Ok(ExitCode::from(BAD_FILE));
            }
        };
        let answer = block_on(async {
            let mut officer = Officer::connect(&self.server).await?;
            officer.settle_by_hand(&bill).await.map_err(said)
        })?;
        if self.json {
            writeln!(out, "{}", as_json(&answer)?)?;
        } else {
            print(&answer, out)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn as_json(answer: &HandAnswer) -> anyhow::Result<Value> {
    let amounts = answer.amounts.iter();
    let amounts = amounts.map(|(fund, fen)| Ok((fund.as_str().to_owned(), json!(yuan(*fen)?))));
    let explanation = answer.explanation.iter();
    let explanation = explanation.map(|(zh, en)| json!({ "zh": zh, "en": en }));
    Ok(json!({
        "settlement": answer.settlement,
        "business_day": answer.business_day,
        "total": yuan(answer.total_fen)?,
        "amounts": amounts.collect::<anyhow::Result<serde_json::Map<_, _>>>()?,
        "cash": yuan(answer.cash_fen)?,
        "paid_out": yuan(answer.paid_out_fen)?,
        "correction": answer.correction.as_ref().map(correction_json).transpose()?,
        "reversed_by": answer.reversed_by,
        "explanation": explanation.collect::<Vec<_>>(),
    }))
}

fn correction_json(of: &HandCorrected) -> anyhow::Result<Value> {
    Ok(json!({
        "replaces": of.replaces,
        "paid_before": yuan(of.paid_before_fen)?,
        "due": yuan(of.due_fen)?,
        "owed": yuan(of.owed_fen)?,
    }))
}

fn yuan(fen: i64) -> anyhow::Result<String> {
    Ok(SignedFen::new(fen)?.to_string())
}

fn print(answer: &HandAnswer, out: &mut dyn Write) -> anyhow::Result<()> {
    let (settlement, day) = (&answer.settlement, &answer.business_day);
    writeln!(
        out,
        "{settlement} is settled by hand on {day} / 手工报销已结算"
    )?;
    if let Some(reversal) = &answer.reversed_by {
        writeln!(out, "  and was reversed by / 已冲正: {reversal}")?;
    }
    writeln!(
        out,
        "  {:26} {:>16}",
        "bill 费用总额",
        yuan(answer.total_fen)?
    )?;
    for (fund, fen) in &answer.amounts {
        writeln!(out, "  {:26} {:>16}", fund.as_str(), yuan(*fen)?)?;
    }
    let cash = yuan(answer.cash_fen)?;
    writeln!(out, "  {:26} {cash:>16}", "borne by the patient 个人负担")?;
    let paid_out = yuan(answer.paid_out_fen)?;
    writeln!(
        out,
        "  {:26} {paid_out:>16}",
        "paid to the person 应付参保人"
    )?;
    if let Some(of) = &answer.correction {
        let (replaces, before) = (&of.replaces, yuan(of.paid_before_fen)?);
        let (due, owed) = (yuan(of.due_fen)?, yuan(of.owed_fen)?);
        writeln!(
            out,
            "  in place of 替代 {replaces}: paid before 已付 {before}, still due to the person 应补付 {due}, owed by the person 参保人应退 {owed}"
        )?;
    }
    for (zh, en) in &answer.explanation {
        writeln!(out, "{zh}\n{en}")?;
    }
    Ok(())
}

fn read(
    file: &str,
    text: &str,
    request: RequestId,
) -> Result<BroughtHome, huitong_document::config::Faults> {
    let document = Document::parse(file, text)?;
    let root = document.root();
    let psn_no = parsed(&root, "person", PsnNo::parse);
    let treatment = root.required::<RegionCode>("treatment");
    let institution = institution(&root.section("institution"));
    let visit = visit(&root.section("visit"));
    let bill = bill(&root);
    let given = given(&root);
    document.finish(|| {
        Some(BroughtHome {
            request,
            psn_no: psn_no?,
            treatment: treatment?,
            institution: institution?,
            visit: visit?,
            bill: bill?,
            given: given?,
        })
    })
}

/// A word of a closed vocabulary.
fn word<T: std::str::FromStr>(section: &Section<'_>, key: &str) -> Option<T>
where
    T::Err: std::fmt::Display,
{
    parsed(section, key, str::parse)
}

fn institution(section: &Section<'_>) -> Option<Institution> {
    let code = section.required::<InstitutionCode>("code");
    let kind = word::<InstitutionType>(section, "type");
    let grade = word::<Grade>(section, "grade");
    let price_grade = match section.get("price_grade") {
        None => grade,
        Some(_) => word::<Grade>(section, "price_grade"),
    };
    let administration = word::<Administration>(section, "administration");
    let networked = section.flag("networked");
    Some(Institution {
        code: code?,
        kind: kind?,
        grade: grade?,
        price_grade: price_grade?,
        administration: administration?,
        networked: networked?,
    })
}

fn visit(section: &Section<'_>) -> Option<Visit> {
    let number = parsed(section, "number", VisitNumber::parse);
    let setting = word::<Setting>(section, "setting");
    let admitted = section.required::<ServiceDate>("admitted");
    let discharged = section.required::<ServiceDate>("discharged");
    let arrival = arrival(section);
    let interim = section.integer_or("interim", 0..=999, 0_u16);
    let billed_from = section.optional::<ServiceDate>("billed_from");
    let diseases = section.any::<Name>("diseases");
    let number = number?;
    let visit = Visit {
        episode: number.clone(),
        number,
        episode_at: None,
        setting: setting?,
        interim: interim?,
        admitted: admitted?,
        billed_from: billed_from.or(admitted)?,
        discharged: discharged?,
        arrival: arrival?,
        sessions: 1,
        diseases,
        package: None,
    };
    checked(section, visit)
}

fn arrival(section: &Section<'_>) -> Option<Arrival> {
    match &*section.or("arrival", "direct".to_owned())? {
        "direct" => Some(Arrival::Direct),
        "referred" => Some(Arrival::Referred),
        "emergency" => Some(Arrival::Emergency),
        _ => {
            let en = "expected \"direct\", \"referred\" or \"emergency\"";
            let zh = "应为 \"direct\"、\"referred\" 或 \"emergency\"";
            section.fault_of("arrival", en, zh);
            None
        }
    }
}

fn bill(root: &Section<'_>) -> Option<Bill> {
    let lines = root.tables("line");
    let lines: Vec<_> = (1_u32..)
        .zip(&lines)
        .map(|(number, section)| line(number, section))
        .collect();
    let total = root.required::<Fen>("total");
    let lines = lines.into_iter().collect::<Option<Vec<_>>>()?;
    match Bill::new(total?, lines) {
        Ok(bill) => Some(bill),
        Err(fault) => {
            root.fault_of("total", fault.to_string(), "费用明细与合计不符，请核对");
            None
        }
    }
}

fn line(number: u32, section: &Section<'_>) -> Option<BillLine> {
    let code = parsed(section, "code", CatalogueCode::parse);
    let date = section.required::<ServiceDate>("date");
    let quantity = parsed(section, "quantity", quantity);
    let amount = section.required::<SignedFen>("amount");
    let returns = match section.get("returns") {
        None => Some(None),
        Some(field) => field.integer::<u32>(1..=20_000).map(Some),
    };
    Some(BillLine {
        number,
        code: code?,
        date: date?,
        quantity: quantity?,
        amount: amount?,
        returns: returns?,
        approved: section
            .get("approved")
            .is_none_or(|field| field.flag() == Some(true)),
    })
}

fn given(root: &Section<'_>) -> Option<BTreeMap<Name, Fen>> {
    let Some(section) = root.optional_section("given") else {
        return Some(BTreeMap::new());
    };
    let entries = section.entries().into_iter();
    let read = entries.map(|(key, field)| match Name::parse(key) {
        Ok(name) => Some((name, field.scalar::<Fen>()?)),
        Err(fault) => {
            section.fault_of(key, fault.to_string(), "名称有误");
            None
        }
    });
    read.collect()
}
