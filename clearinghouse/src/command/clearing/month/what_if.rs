//! `huitong clearing month what-if`.

use std::io::Write;

use anyhow::Context as _;
use huitong_core::date::BusinessDay;
use huitong_core::payable::Month;
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1;
use huitong_proto::conversion::Path;
use huitong_proto::conversion::prefund::{prefund_from_wire, prefund_level_from_wire};
use serde_json::{Value, json};

use super::super::connection::{Connection, Shape, print_json, told};
use super::super::shown::{fund, yuan};
use super::super::what_if::{nets_json, nets_table};

const AFTER: &str = "\
What is paid by itself, a day or the month's order, is counted by itself: what a member is owed of one day does not pay
what it owes of another, and what is missing of each is added up. Days and orders of which all is paid do not count.
缺口按单独拨付的对象（单日或月度指令）分别计算后相加，不同日之间的应收与应付不相抵；已清讫的业务日和指令不计入缺口。";

/// What a month would come to, its order to pay, and what it uses of prefunds, if something were other. Nothing is changed.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct WhatIf {
    #[command(flatten)]
    connection: Connection,
    /// The month, such as 2026-03; one that is not drawn up is looked at as far as it is netted / 月份
    month: Month,
    /// A member that drops out: nothing of its regions is netted / 假定退出的清算成员
    #[arg(long)]
    without: Vec<RegionCode>,
    /// A member that is netted and does not pay / 假定未缴款的清算成员
    #[arg(long)]
    unpaid: Vec<RegionCode>,
    /// A member that pays late, by --days-late / 假定迟缴的清算成员
    #[arg(long, requires = "days_late")]
    late: Vec<RegionCode>,
    /// So many business days after it is due / 迟缴工作日数
    #[arg(long, requires = "late", value_parser = clap::value_parser!(u32).range(1..=250))]
    days_late: Option<u32>,
    /// A business day of the month that is not paid with it / 假定不计入当月的业务日
    #[arg(long, value_name = "DAY")]
    leave_out: Vec<BusinessDay>,
    /// A netted business day of another month that is / 假定计入当月的其他业务日
    #[arg(long, value_name = "DAY")]
    add: Vec<BusinessDay>,
}

impl WhatIf {
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut client = self.connection.months().await?;
        let codes = |codes: &[RegionCode]| codes.iter().map(ToString::to_string).collect();
        let days = |days: &[BusinessDay]| days.iter().map(ToString::to_string).collect();
        let request = v1::WhatIfMonthRequest {
            month: self.month.to_string(),
            without: codes(&self.without),
            unpaid: codes(&self.unpaid),
            late: codes(&self.late),
            days_late: self.days_late.unwrap_or(0),
            leave_out: days(&self.leave_out),
            add: days(&self.add),
        };
        let answer = client.what_if_month(request).await;
        let answer = answer.map_err(|status| told(&status))?.into_inner();
        match self.connection.shape() {
            Shape::Json => print_json(out, &document(&self.month, &answer)?),
            Shape::Text => text(out, &self.month, &answer),
        }
    }
}

type Rows = anyhow::Result<Vec<Value>>;

fn document(month: &Month, answer: &v1::WhatIfMonthResponse) -> anyhow::Result<Value> {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let shortfalls = answer.shortfalls.iter().map(|row| {
        Ok(json!({
            "fund": fund(row.fund)?.as_str(),
            "owed": yuan(row.owed_fen)?,
            "missing": yuan(row.missing_fen)?,
            "still_missing": yuan(row.still_missing_fen)?,
            "paid_in": yuan(row.paid_in_fen)?,
        }))
    });
    let payments = answer.payments.iter().map(|of| {
        Ok(json!({
            "reference": of.reference,
            "member": of.member,
            "fund": fund(of.fund)?.as_str(),
            "planned": yuan(of.planned_fen)?,
            "supposed": yuan(of.supposed_fen)?,
            "moved": yuan(of.moved_fen)?,
            "left": yuan(of.left_fen)?,
        }))
    });
    let prefunds = answer.prefunds.iter().map(prefund_json);
    let order = given(&answer.due).map(|due| {
        json!({
            "ordered": answer.ordered,
            "due": due,
            "late_until": given(&answer.late_until),
        })
    });
    Ok(json!({
        "month": month.to_string(),
        "business_days": answer.business_days,
        "not_netted": answer.not_netted,
        "nets": nets_json(&answer.nets)?,
        "shortfalls": shortfalls.collect::<Rows>()?,
        "order": order,
        "payments": payments.collect::<Rows>()?,
        "prefunds": prefunds.collect::<Rows>()?,
        "prefunds_left_out": answer.prefunds_left_out,
    }))
}

/// A prefund's use: how much, and what that is.
fn used(of: Option<&v1::SupposedUse>) -> anyhow::Result<(String, &'static str)> {
    let of = of.context("the answer lacks how much of a prefund is used")?;
    let level = prefund_level_from_wire(of.level, Path::root("level"))?;
    Ok((yuan(of.used_fen)?, level.word()))
}

/// What is told of a prefund, from now until the end.
const USES: [&str; 4] = ["now", "supposed", "on_due", "in_the_end"];

const fn uses(of: &v1::SupposedPrefund) -> [Option<&v1::SupposedUse>; 4] {
    [
        of.now.as_ref(),
        of.supposed.as_ref(),
        of.on_due.as_ref(),
        of.in_the_end.as_ref(),
    ]
}

fn prefund_json(of: &v1::SupposedPrefund) -> anyhow::Result<Value> {
    let prefund = prefund_from_wire(of.prefund.clone(), Path::root("prefund"))?;
    let mut row = json!({ "prefund": prefund.to_string(), "held": yuan(of.held_fen)? });
    for (name, of) in USES.into_iter().zip(uses(of)) {
        let (amount, level) = used(of)?;
        if let Some(row) = row.as_object_mut() {
            row.insert(name.to_owned(), json!({ "used": amount, "level": level }));
        }
    }
    Ok(row)
}

fn text(
    out: &mut dyn Write,
    month: &Month,
    answer: &v1::WhatIfMonthResponse,
) -> anyhow::Result<()> {
    let cycles = answer.business_days.len();
    writeln!(out, "{month}: {cycles} cycles / 清算期数")?;
    for day in &answer.not_netted {
        writeln!(
            out,
            "  {day} is not netted and not looked at / 尚未轧差，未计入"
        )?;
    }
    nets_table(out, &answer.nets)?;
    for row in &answer.shortfalls {
        writeln!(
            out,
            "{}: {} of {} would be missing when due, {} in the end; {} is paid in / 到期缺口、最终缺口、已缴款",
            fund(row.fund)?,
            yuan(row.missing_fen)?,
            yuan(row.owed_fen)?,
            yuan(row.still_missing_fen)?,
            yuan(row.paid_in_fen)?
        )?;
    }
    order(out, answer)?;
    prefunds(out, answer)
}

fn order(out: &mut dyn Write, answer: &v1::WhatIfMonthResponse) -> anyhow::Result<()> {
    if answer.due.is_empty() {
        writeln!(out, "it is paid cycle by cycle / 按清算期拨付")?;
        return Ok(());
    }
    let is = if answer.ordered {
        "ordered / 已下达"
    } else {
        "not ordered yet / 尚未下达"
    };
    let payments = answer.payments.len();
    writeln!(out, "{payments} payments, due {}, {is}", answer.due)?;
    if !answer.late_until.is_empty() {
        writeln!(out, "  late until {} / 迟缴至", answer.late_until)?;
    }
    writeln!(
        out,
        "  {:<48}{:>20}{:>20}{:>20}{:>20}",
        "", "planned / 应拨付", "moved / 已到账", "supposed / 假定", "left / 尚余"
    )?;
    for of in &answer.payments {
        writeln!(
            out,
            "  {:<48}{:>20}{:>20}{:>20}{:>20}",
            of.reference,
            yuan(of.planned_fen)?,
            yuan(of.moved_fen)?,
            yuan(of.supposed_fen)?,
            yuan(of.left_fen)?
        )?;
    }
    Ok(())
}

fn prefunds(out: &mut dyn Write, answer: &v1::WhatIfMonthResponse) -> anyhow::Result<()> {
    for of in &answer.prefunds {
        let prefund = prefund_from_wire(of.prefund.clone(), Path::root("prefund"))?;
        let held = yuan(of.held_fen)?;
        writeln!(out, "prefund / 预付金 {prefund}: {held} held / 已到账")?;
        for (name, of) in USES.into_iter().zip(uses(of)) {
            let (amount, level) = used(of)?;
            writeln!(out, "  {:<12}{amount:>20} {level}", name.replace('_', " "))?;
        }
    }
    if answer.prefunds_left_out > 0 {
        let more = answer.prefunds_left_out;
        writeln!(out, "and {more} more prefunds / 其余预付金未列出")?;
    }
    Ok(())
}
