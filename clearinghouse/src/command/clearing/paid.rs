//! `huitong clearing payments`, `movements` and `delay`: what is ordered, open, parked and late.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::date::BusinessDay;
use huitong_core::payable::Month;
use huitong_core::payment::PaymentReference;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::{CorrectionReason, DelayReason, Direction, ParkReason};
use huitong_proto::clearing::v1;
use huitong_proto::conversion::Path;
use huitong_proto::conversion::payment::{
    correction_reason_from_wire, delay_reason_from_wire, delay_reason_to_wire, direction_from_wire,
    park_reason_from_wire,
};
use serde_json::{Value, json};

use super::connection::{Connection, Shape, print_json, told};
use super::shown;
use crate::decide::Openness;

/// What was ordered to be paid, and how far it is; exit 1 when one that is listed is past its day.
#[derive(Debug, clap::Args)]
pub(super) struct Payments {
    #[command(flatten)]
    connection: Connection,
    /// Of one cycle, or ordered with it / 业务日
    #[arg(long)]
    day: Option<BusinessDay>,
    /// Ordered for one month / 月份
    #[arg(long)]
    month: Option<Month>,
    /// Of one member / 清算成员
    #[arg(long)]
    member: Option<RegionCode>,
    /// Only what is not paid in full / 仅未清
    #[arg(long)]
    open: bool,
}

fn text<T: ToString>(of: Option<&T>) -> String {
    of.map(T::to_string).unwrap_or_default()
}

impl Payments {
    /// Fails with 1 when a payment that is listed is past its day.
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let mut client = self.connection.payments().await?;
        let mut payments = Vec::new();
        let mut after = String::new();
        loop {
            let request = v1::ListPaymentsRequest {
                business_day: text(self.day.as_ref()),
                member: text(self.member.as_ref()),
                open_only: self.open,
                after,
                month: text(self.month.as_ref()),
            };
            let page = client.list_payments(request).await;
            let page = page.map_err(|status| told(&status))?.into_inner();
            payments.extend(page.payments);
            after = page.next;
            if after.is_empty() {
                break;
            }
        }
        match self.connection.shape() {
            Shape::Json => print_json(out, &json!({ "payments": payments_json(&payments)? }))?,
            Shape::Text => payments_text(out, &payments)?,
        }
        Ok(shown::exit_by(&payments, |payment| payment.days_late > 0))
    }
}

/// What the bank said moved, and what has become of it.
#[derive(Debug, clap::Args)]
pub(super) struct Movements {
    #[command(flatten)]
    connection: Connection,
    /// Only those of which some is parked / 仅挂账
    #[arg(long)]
    parked: bool,
}

/// All movements, or those of which some is parked.
async fn movements(connection: &Connection, wanted: Openness) -> anyhow::Result<Vec<v1::Movement>> {
    let parked_only = wanted == Openness::Open;
    let mut client = connection.payments().await?;
    let mut movements = Vec::new();
    let mut after = String::new();
    loop {
        let request = v1::ListMovementsRequest { parked_only, after };
        let page = client.list_movements(request).await;
        let page = page.map_err(|status| told(&status))?.into_inner();
        movements.extend(page.movements);
        after = page.next;
        if after.is_empty() {
            return Ok(movements);
        }
    }
}

/// All movements that were entered.
pub(super) async fn all_movements(connection: &Connection) -> anyhow::Result<Vec<v1::Movement>> {
    movements(connection, Openness::All).await
}

impl Movements {
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let movements = movements(&self.connection, Openness::from(self.parked)).await?;
        match self.connection.shape() {
            Shape::Json => {
                let movements = movements.iter().map(movement_json);
                let movements = movements.collect::<anyhow::Result<Vec<_>>>()?;
                print_json(out, &json!({ "movements": movements }))
            }
            Shape::Text => movements_text(out, &movements),
        }
    }
}

/// Say why a payment is late, for those who are owed.
#[derive(Debug, clap::Args)]
pub(super) struct Delay {
    #[command(flatten)]
    connection: Connection,
    /// The payment, such as 12-330000-resident_pool / 付款参考号
    #[arg(long)]
    reference: PaymentReference,
    /// finance_transfer, fund_short, budget, bank or disputed / 原因
    #[arg(long)]
    reason: DelayReason,
}

impl Delay {
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut client = self.connection.payments().await?;
        let request = v1::DelayRequest {
            reference: self.reference.to_string(),
            reason: delay_reason_to_wire(self.reason),
        };
        let said = client.delay(request).await;
        said.map_err(|status| told(&status))?;
        let (reference, reason) = (self.reference, self.reason);
        match self.connection.shape() {
            Shape::Json => print_json(
                out,
                &json!({ "reference": reference.to_string(), "delay": reason.word() }),
            ),
            Shape::Text => {
                writeln!(
                    out,
                    "{reference}: not paid in time because of {reason}, which those who are owed see / 已登记逾期原因"
                )?;
                Ok(())
            }
        }
    }
}

/// Prints a movement, and the payments that it counts for.
pub(super) fn print_movement(
    out: &mut dyn Write,
    shape: Shape,
    movement: Option<v1::Movement>,
    payments: &[v1::Payment],
) -> anyhow::Result<()> {
    let movement = movement.ok_or_else(|| anyhow::anyhow!("the answer has no movement"))?;
    match shape {
        Shape::Json => {
            let payments = payments_json(payments)?;
            let document = json!({ "movement": movement_json(&movement)?, "payments": payments });
            print_json(out, &document)
        }
        Shape::Text => {
            movement_text(out, &movement)?;
            if payments.is_empty() {
                return Ok(());
            }
            payments_text(out, payments)
        }
    }
}

fn direction(number: i32) -> anyhow::Result<Direction> {
    Ok(direction_from_wire(number, Path::root("direction"))?)
}

fn delay(number: i32) -> anyhow::Result<Option<DelayReason>> {
    let given = Some(number).filter(|number| *number != 0);
    let read = given.map(|number| delay_reason_from_wire(number, Path::root("delay")));
    Ok(read.transpose()?)
}

fn parked(movement: &v1::Movement) -> anyhow::Result<Option<ParkReason>> {
    let given = Some(movement.parked).filter(|number| *number != 0);
    let read = given.map(|number| park_reason_from_wire(number, Path::root("parked")));
    Ok(read.transpose()?)
}

fn corrected(movement: &v1::Movement) -> anyhow::Result<Option<CorrectionReason>> {
    let given = Some(movement.corrected).filter(|number| *number != 0);
    let read = given.map(|number| correction_reason_from_wire(number, Path::root("corrected")));
    Ok(read.transpose()?)
}

pub(super) fn payments_json(payments: &[v1::Payment]) -> anyhow::Result<Vec<Value>> {
    payments.iter().map(payment_json).collect()
}

fn payment_json(payment: &v1::Payment) -> anyhow::Result<Value> {
    let open = payment.amount_fen.saturating_sub(payment.paid_fen);
    Ok(json!({
        "reference": payment.reference,
        "business_day": payment.business_day,
        "month": (!payment.month.is_empty()).then_some(&payment.month),
        "member": payment.member,
        "fund": shown::fund(payment.fund)?.as_str(),
        "direction": direction(payment.direction)?.word(),
        "amount": shown::yuan(payment.amount_fen)?,
        "paid": shown::yuan(payment.paid_fen)?,
        "open": shown::yuan(open)?,
        "due": payment.due,
        "days_late": payment.days_late,
        "delay": delay(payment.delay)?.map(DelayReason::word),
    }))
}

pub(super) fn payments_text(out: &mut dyn Write, payments: &[v1::Payment]) -> anyhow::Result<()> {
    if payments.is_empty() {
        return Ok(shown::none(out, payments, "no payments / 无付款")?);
    }
    writeln!(
        out,
        "{:<40}{:<10}{:>20}{:>20}  {:<12}late",
        "reference", "direction", "amount", "open", "due"
    )?;
    for payment in payments {
        let open = payment.amount_fen.saturating_sub(payment.paid_fen);
        let late = match (payment.days_late, delay(payment.delay)?) {
            (0, None) => String::new(),
            (0, Some(why)) => format!("{why}"),
            (days, None) => format!("{days} days / 逾期{days}天"),
            (days, Some(why)) => format!("{days} days, {why} / 逾期{days}天"),
        };
        let line = format!(
            "{:<40}{:<10}{:>20}{:>20}  {:<12}{late}",
            payment.reference,
            direction(payment.direction)?,
            shown::yuan(payment.amount_fen)?,
            shown::yuan(open)?,
            payment.due
        );
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

fn movement_json(movement: &v1::Movement) -> anyhow::Result<Value> {
    let line = line_of(movement)?;
    let counted = movement.counted.iter().map(|counted| {
        Ok(json!({
            "reference": counted.reference,
            "amount": shown::yuan(counted.amount_fen)?,
        }))
    });
    Ok(json!({
        "bank_reference": line.bank_reference,
        "member": line.member,
        "fund": shown::fund(line.fund)?.as_str(),
        "direction": direction(line.direction)?.word(),
        "amount": shown::yuan(line.amount_fen)?,
        "on": line.on,
        "reference": movement.reference,
        "why_parked": parked(movement)?.map(ParkReason::word),
        "counted": counted.collect::<anyhow::Result<Vec<_>>>()?,
        "parked": shown::yuan(movement.parked_fen)?,
        "back": (!movement.back.is_empty()).then_some(&movement.back),
        "back_on": (!movement.back_on.is_empty()).then_some(&movement.back_on),
        "corrected": corrected(movement)?.map(CorrectionReason::word),
        "corrected_by": (!movement.corrected_by.is_empty()).then_some(&movement.corrected_by),
        "takes_back": (!movement.takes_back.is_empty()).then_some(&movement.takes_back),
    }))
}

fn line_of(movement: &v1::Movement) -> anyhow::Result<&v1::BankLine> {
    let line = movement.line.as_ref();
    line.ok_or_else(|| anyhow::anyhow!("a movement has no line"))
}

fn movements_text(out: &mut dyn Write, movements: &[v1::Movement]) -> anyhow::Result<()> {
    shown::none(out, movements, "no movements / 无银行流水")?;
    movements.iter().try_for_each(|of| movement_text(out, of))
}

fn movement_text(out: &mut dyn Write, movement: &v1::Movement) -> anyhow::Result<()> {
    let line = line_of(movement)?;
    writeln!(
        out,
        "{} of {}: {} {} {} {} yuan / 银行流水",
        line.bank_reference,
        line.on,
        line.member,
        direction(line.direction)?,
        shown::fund(line.fund)?,
        shown::yuan(line.amount_fen)?
    )?;
    for counted in &movement.counted {
        let amount = shown::yuan(counted.amount_fen)?;
        writeln!(out, "  counts for {}: {amount} / 已核销", counted.reference)?;
    }
    if !movement.back.is_empty() {
        writeln!(
            out,
            "  went back by {} on {} / 已退回",
            movement.back, movement.back_on
        )?;
    }
    if !movement.takes_back.is_empty() {
        writeln!(out, "  took back {} / 退回款", movement.takes_back)?;
    }
    if let Some(why) = corrected(movement)? {
        let by = &movement.corrected_by;
        writeln!(out, "  TAKEN OUT AGAIN by {by}: {why} / 已更正")?;
    }
    if movement.parked_fen > 0 {
        let amount = shown::yuan(movement.parked_fen)?;
        let why = parked(movement)?;
        let word = why.map(ParkReason::word).unwrap_or_default();
        let bears = match &*movement.reference {
            "" => "it bears no reference".to_owned(),
            reference => format!("it bears {reference:?}"),
        };
        writeln!(out, "  PARKED {amount}: {word}, {bears} / 挂账，待处理")?;
        if let Some((english, chinese)) = why.map(what_to_do) {
            writeln!(out, "    {english} / {chinese}")?;
        }
    }
    Ok(())
}

/// Why money is parked, and what an officer does about it.
const fn what_to_do(why: ParkReason) -> (&'static str, &'static str) {
    match why {
        ParkReason::UnknownReference => (
            "nothing was ordered under that: say what it is for (apply), or that it went back (send-back)",
            "付款参考号不存在：核销（apply）或登记退回（send-back）",
        ),
        ParkReason::OtherDirection => (
            "it moved the other way than was ordered: mend what was mistyped (correct), or say that it went back (send-back)",
            "收付方向与拨付指令不符：误登记的请更正（correct），否则登记退回（send-back）",
        ),
        ParkReason::OtherMember => (
            "the reference is another member's: mend what was mistyped (correct), say what it is for (apply), or that it went back (send-back)",
            "付款参考号属其他成员：误登记的请更正（correct），否则核销（apply）或登记退回（send-back）",
        ),
        ParkReason::OtherFund => (
            "the reference is another fund's: mend what was mistyped (correct), say what it is for (apply), or that it went back (send-back)",
            "付款参考号属其他基金：误登记的请更正（correct），否则核销（apply）或登记退回（send-back）",
        ),
        ParkReason::Exceeds => (
            "it is more than is open (payments): let as much count (apply), and send back the rest (send-back)",
            "超过未清余额（payments）：核销未清部分（apply），其余登记退回（send-back）",
        ),
        ParkReason::EarlierOpen => (
            "an earlier cycle comes first (payments --open): let it count for that (apply)",
            "存在更早的未清清算期（payments --open）：先核销该期（apply）",
        ),
        ParkReason::NotCovered => (
            "more would be paid out than was paid in: let it count once that is there (apply)",
            "拨付超过已缴入金额：待款项缴入后核销（apply）",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{movements_text, payments_text};

    #[test]
    fn an_empty_list_says_that_it_is_empty() {
        let mut out = Vec::new();
        payments_text(&mut out, &[]).unwrap();
        movements_text(&mut out, &[]).unwrap();
        let told = String::from_utf8(out).unwrap();
        assert_eq!(told, "no payments / 无付款\nno movements / 无银行流水\n");
    }
}
