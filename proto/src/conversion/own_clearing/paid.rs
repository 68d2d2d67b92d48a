//! What a region's clearing member pays and is paid, and what that is made of.

use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::officer::OfficerName;
use huitong_core::own_clearing::{
    NoticePartSeen, NoticeSeen, NoticesSeen, PaymentPage, PaymentSeen, Unpaid,
};
use huitong_core::payable::Month;
use huitong_core::payment::PaymentReference;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::DelayReason;

use crate::clearing::v1;
use crate::conversion::common::{fund_from_wire, fund_to_wire};
use crate::conversion::payment::{
    delay_reason_from_wire, delay_reason_to_wire, direction_from_wire, direction_to_wire,
};
use crate::conversion::{Path, WireFault};

/// The wire form of a page of payments.
#[must_use]
pub fn payment_page_to_wire(page: &PaymentPage) -> v1::ListOwnPaymentsResponse {
    let payments = page.payments.iter().map(|payment| v1::OwnPayment {
        payment: Some(payment_to_wire(payment)),
        unpaid_by: payment.unpaid_by.iter().map(unpaid_to_wire).collect(),
    });
    v1::ListOwnPaymentsResponse {
        member: page.member.to_string(),
        payments: payments.collect(),
        next: page.next.map(|next| next.to_string()).unwrap_or_default(),
    }
}

/// Reads a page of payments.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn payment_page_from_wire(page: v1::ListOwnPaymentsResponse) -> Result<PaymentPage, WireFault> {
    let path = Path::root("payments");
    let rows = page.payments.into_iter().enumerate();
    let rows = rows.map(|(nth, row)| {
        let at = path.item(nth);
        let payment = at.field("payment").required(row.payment)?;
        let mut seen = payment_from_wire(&payment, at.field("payment"))?;
        let unpaid = row.unpaid_by.iter().enumerate();
        let by = at.field("unpaid_by");
        let unpaid = unpaid.map(|(nth, of)| unpaid_from_wire(of, by.item(nth)));
        seen.unpaid_by = unpaid.collect::<Result<_, _>>()?;
        Ok(seen)
    });
    Ok(PaymentPage {
        member: Path::root("member").parse(&page.member, RegionCode::parse)?,
        payments: rows.collect::<Result<_, WireFault>>()?,
        next: Path::root("next").optional(&page.next, str::parse::<PaymentReference>)?,
    })
}

/// The wire form of what a member is told of an order.
#[must_use]
pub fn notices_to_wire(seen: &NoticesSeen) -> v1::ListOwnNoticesResponse {
    let notices = seen.notices.iter().map(|notice| v1::Notice {
        payment: Some(payment_to_wire(&notice.payment)),
        parts: notice.parts.iter().map(part_to_wire).collect(),
    });
    let approvals = seen.approvals.iter().map(|(officer, at)| v1::Approval {
        officer: officer.to_string(),
        at_ms: at.as_millis(),
    });
    v1::ListOwnNoticesResponse {
        member: seen.member.to_string(),
        told: Some(v1::ListNoticesResponse {
            notices: notices.collect(),
            approvals: approvals.collect(),
            ordered_by: seen.ordered.0.to_string(),
            ordered_at_ms: seen.ordered.1.as_millis(),
            business_days: seen.days.iter().map(|day| day.to_string()).collect(),
        }),
    }
}

/// Reads what a member is told of an order.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn notices_from_wire(seen: v1::ListOwnNoticesResponse) -> Result<NoticesSeen, WireFault> {
    let told = Path::root("told");
    let of = told.required(seen.told)?;
    let (notices, days) = (told.field("notices"), told.field("business_days"));
    let rows = of.notices.into_iter().enumerate();
    let rows = rows.map(|(nth, row)| notice_from_wire(row, notices.item(nth)));
    let approvals = of.approvals.iter().enumerate().map(|(nth, approval)| {
        let path = told.field("approvals");
        signed(&approval.officer, approval.at_ms, path.item(nth))
    });
    let on = of.business_days.iter().enumerate();
    let on = on.map(|(nth, day)| days.item(nth).parse(day, BusinessDay::parse));
    Ok(NoticesSeen {
        member: Path::root("member").parse(&seen.member, RegionCode::parse)?,
        notices: rows.collect::<Result<_, _>>()?,
        approvals: approvals.collect::<Result<_, WireFault>>()?,
        ordered: signed(&of.ordered_by, of.ordered_at_ms, told.field("ordered"))?,
        days: on.collect::<Result<_, _>>()?,
    })
}

fn signed(
    officer: &str,
    at_ms: i64,
    path: Path<'_>,
) -> Result<(OfficerName, Timestamp), WireFault> {
    let name = path.field("officer").parse(officer, OfficerName::parse)?;
    let at = Timestamp::from_millis(at_ms);
    Ok((name, at.map_err(|error| path.field("at_ms").wrong(error))?))
}

fn payment_to_wire(seen: &PaymentSeen) -> v1::Payment {
    let reference = seen.reference;
    v1::Payment {
        reference: reference.to_string(),
        business_day: seen.day.to_string(),
        member: reference.member.to_string(),
        fund: fund_to_wire(reference.fund),
        direction: direction_to_wire(seen.direction),
        amount_fen: seen.amount.get(),
        paid_fen: seen.paid.get(),
        due: seen.due.to_string(),
        days_late: seen.days_late,
        delay: seen.delay.map_or(0, delay_reason_to_wire),
        month: seen
            .month
            .as_ref()
            .map(Month::to_string)
            .unwrap_or_default(),
    }
}

fn payment_from_wire(row: &v1::Payment, path: Path<'_>) -> Result<PaymentSeen, WireFault> {
    let at = path.field("reference");
    let reference = at.parse(&row.reference, str::parse::<PaymentReference>)?;
    let member = path.field("member").parse(&row.member, RegionCode::parse)?;
    let fund = fund_from_wire(row.fund, path.field("fund"))?;
    if (reference.member, reference.fund) != (member, fund) {
        return Err(at.wrong("is of another member or fund"));
    }
    let day = |name, text: &str| path.field(name).parse(text, BusinessDay::parse);
    Ok(PaymentSeen {
        reference,
        day: day("business_day", &row.business_day)?,
        month: path.field("month").optional(&row.month, Month::parse)?,
        direction: direction_from_wire(row.direction, path.field("direction"))?,
        amount: path.field("amount_fen").fen(row.amount_fen)?,
        paid: path.field("paid_fen").fen(row.paid_fen)?,
        due: day("due", &row.due)?,
        days_late: row.days_late,
        delay: delay(row.delay, path.field("delay"))?,
        unpaid_by: Vec::new(),
    })
}

fn delay(number: i32, path: Path<'_>) -> Result<Option<DelayReason>, WireFault> {
    match number {
        0 => Ok(None),
        why => delay_reason_from_wire(why, path).map(Some),
    }
}

fn unpaid_to_wire(unpaid: &Unpaid) -> v1::UnpaidBy {
    v1::UnpaidBy {
        member: unpaid.member.to_string(),
        open_fen: unpaid.open.get(),
        delay: unpaid.delay.map_or(0, delay_reason_to_wire),
    }
}

fn unpaid_from_wire(unpaid: &v1::UnpaidBy, path: Path<'_>) -> Result<Unpaid, WireFault> {
    Ok(Unpaid {
        member: path
            .field("member")
            .parse(&unpaid.member, RegionCode::parse)?,
        open: path.field("open_fen").fen(unpaid.open_fen)?,
        delay: delay(unpaid.delay, path.field("delay"))?,
    })
}

fn part_to_wire(part: &NoticePartSeen) -> v1::NoticePart {
    v1::NoticePart {
        business_day: part.day.to_string(),
        plan: part.plan,
        receivable_fen: part.receivable.get(),
        payable_fen: part.payable.get(),
        net_fen: part.net.get(),
        legs: part.legs,
    }
}

fn notice_from_wire(row: v1::Notice, path: Path<'_>) -> Result<NoticeSeen, WireFault> {
    let payment = path.field("payment").required(row.payment)?;
    let of = path.field("parts");
    let parts = row.parts.iter().enumerate().map(|(nth, part)| {
        let at = of.item(nth);
        Ok(NoticePartSeen {
            day: at
                .field("business_day")
                .parse(&part.business_day, BusinessDay::parse)?,
            plan: part.plan,
            receivable: at.field("receivable_fen").fen(part.receivable_fen)?,
            payable: at.field("payable_fen").fen(part.payable_fen)?,
            net: at.field("net_fen").signed_fen(part.net_fen)?,
            legs: part.legs,
        })
    });
    Ok(NoticeSeen {
        payment: payment_from_wire(&payment, path.field("payment"))?,
        parts: parts.collect::<Result<_, WireFault>>()?,
    })
}
