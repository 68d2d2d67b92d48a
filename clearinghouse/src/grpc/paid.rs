//! Payments and movements as messages.

use huitong_core::date::BusinessDay;
use huitong_core::money::MoneyError;
use huitong_proto::clearing::v1;
use huitong_proto::conversion::common::fund_to_wire;
use huitong_proto::conversion::payment::{
    bank_line_to_wire, correction_reason_to_wire, delay_reason_to_wire, direction_to_wire,
    park_reason_to_wire,
};

use crate::decide::month::Ordered;
use crate::decide::{Notice, Notices};
use crate::payments::{Line, Order, Payment};

/// A payment, late as of today.
pub(super) fn payment(payment: &Payment, today: BusinessDay) -> v1::Payment {
    let instruction = &payment.instruction;
    let reference = instruction.reference;
    v1::Payment {
        reference: reference.to_string(),
        business_day: payment.order.first.to_string(),
        member: reference.member.to_string(),
        fund: fund_to_wire(reference.fund),
        direction: direction_to_wire(instruction.direction),
        amount_fen: instruction.amount.get(),
        paid_fen: payment.paid.get(),
        due: payment.order.due.to_string(),
        days_late: payment.days_late(today),
        delay: payment.delay.map_or(0, delay_reason_to_wire),
        month: month(&payment.order),
    }
}

/// The month that an order is for; empty of a cycle's.
pub(super) fn month(order: &Order) -> String {
    order
        .month
        .as_ref()
        .map(|month| month.to_string())
        .unwrap_or_default()
}

/// The order to pay a month.
pub(super) fn month_order(ordered: &Ordered) -> v1::MonthOrder {
    let order = &ordered.order;
    v1::MonthOrder {
        month: month(order),
        business_days: order.days.iter().map(|day| day.to_string()).collect(),
        payments: u32::try_from(order.references.len()).unwrap_or(u32::MAX),
        due: order.due.to_string(),
        ordered_by: order.by.to_string(),
        ordered_at_ms: order.at.as_millis(),
        final_at_ms: ordered.paid.map_or(0, |at| at.as_millis()),
    }
}

/// What a member is told of an order.
///
/// # Errors
/// A difference out of range.
pub(super) fn notices(found: &Notices) -> Result<v1::ListNoticesResponse, MoneyError> {
    let notices = found.notices.iter().map(|of| notice(of, found.today));
    let approvals = found.approvals.iter().map(|(officer, at)| v1::Approval {
        officer: officer.to_string(),
        at_ms: at.as_millis(),
    });
    let order = &found.order;
    Ok(v1::ListNoticesResponse {
        notices: notices.collect::<Result<_, _>>()?,
        approvals: approvals.collect(),
        ordered_by: order.by.to_string(),
        ordered_at_ms: order.at.as_millis(),
        business_days: order.days.iter().map(|day| day.to_string()).collect(),
    })
}

fn notice(notice: &Notice, today: BusinessDay) -> Result<v1::Notice, MoneyError> {
    let parts = notice.parts.iter().map(|part| {
        Ok(v1::NoticePart {
            business_day: part.day.to_string(),
            plan: part.plan,
            receivable_fen: part.receivable.get(),
            payable_fen: part.payable.get(),
            net_fen: part.net()?.get(),
            legs: part.legs,
        })
    });
    Ok(v1::Notice {
        payment: Some(payment(&notice.payment, today)),
        parts: parts.collect::<Result<_, MoneyError>>()?,
    })
}

pub(super) fn movement(line: &Line) -> v1::Movement {
    let counted = line.counted.iter();
    let counted = counted.map(|(reference, amount)| v1::Counted {
        reference: reference.to_string(),
        amount_fen: amount.get(),
    });
    let (back, back_on) = line.back.map_or_else(Default::default, |(back, on)| {
        (back.to_string(), on.to_string())
    });
    let corrected = line.corrected.as_ref();
    v1::Movement {
        line: Some(bank_line_to_wire(&line.line)),
        reference: line.bears.clone(),
        parked: line.why.map_or(0, park_reason_to_wire),
        counted: counted.collect(),
        parked_fen: line.parked_rest().get(),
        back,
        back_on,
        corrected: corrected.map_or(0, |(why, _, _)| correction_reason_to_wire(*why)),
        corrected_by: corrected
            .map(|(_, by, _)| by.to_string())
            .unwrap_or_default(),
        corrected_ms: corrected.map_or(0, |(_, _, at)| at.as_millis()),
        takes_back: line.takes_back.map(|of| of.to_string()).unwrap_or_default(),
    }
}
