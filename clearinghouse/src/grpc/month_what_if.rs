//! What a month would come to if something were other, as messages.

use std::collections::BTreeSet;

use huitong_core::date::BusinessDay;
use huitong_proto::clearing::v1;
use huitong_proto::conversion::common::fund_to_wire;
use huitong_proto::conversion::prefund::{prefund_level_to_wire, prefund_to_wire};
use huitong_proto::conversion::{Path, WireFault};

use super::asked::{members, scenario};
use super::wire;
use crate::decide::month::{Found, MonthPaying, Suppose, SupposedPrefund, Use};

/// What is supposed.
pub(super) fn suppose(request: &v1::WhatIfMonthRequest) -> Result<Suppose, WireFault> {
    Ok(Suppose {
        scenario: scenario(&request.without, &request.unpaid)?,
        late: members("late", &request.late)?,
        days_late: request.days_late,
        leave_out: days("leave_out", &request.leave_out)?,
        add: days("add", &request.add)?,
    })
}

fn days(field: &'static str, texts: &[String]) -> Result<BTreeSet<BusinessDay>, WireFault> {
    let path = Path::root(field);
    let texts = texts.iter().enumerate();
    texts
        .map(|(at, text)| path.item(at).parse(text, BusinessDay::parse))
        .collect()
}

/// What it would come to.
pub(super) fn found(found: &Found) -> v1::WhatIfMonthResponse {
    let nets = wire::supposed_nets(&found.nets);
    let shortfalls = found.missing.iter().map(|row| v1::MonthShortfall {
        fund: fund_to_wire(row.fund),
        owed_fen: row.owed.get(),
        missing_fen: row.on_due.get(),
        still_missing_fen: row.in_the_end.get(),
        paid_in_fen: row.paid_in.get(),
    });
    let payments = found.payments.iter().map(|of| v1::SupposedPayment {
        reference: of.reference.to_string(),
        member: of.reference.member.to_string(),
        fund: fund_to_wire(of.reference.fund),
        planned_fen: of.planned.get(),
        supposed_fen: of.supposed.get(),
        moved_fen: of.moved.get(),
        left_fen: of.left.get(),
    });
    let paying = found.paying.as_ref();
    let shown = |of: fn(&MonthPaying) -> Option<BusinessDay>| {
        let day = paying.and_then(of);
        day.map(|day| day.to_string()).unwrap_or_default()
    };
    v1::WhatIfMonthResponse {
        business_days: found.days.iter().map(BusinessDay::to_string).collect(),
        not_netted: found
            .not_netted
            .iter()
            .map(BusinessDay::to_string)
            .collect(),
        nets,
        shortfalls: shortfalls.collect(),
        payments: payments.collect(),
        ordered: paying.is_some_and(|paying| paying.is_ordered),
        due: shown(|paying| Some(paying.due)),
        late_until: shown(|paying| paying.late_until),
        prefunds: found.prefunds.iter().map(prefund).collect(),
        prefunds_left_out: u32::try_from(found.prefunds_left_out).unwrap_or(u32::MAX),
    }
}

fn prefund(of: &SupposedPrefund) -> v1::SupposedPrefund {
    let used = |(used, level): Use| {
        Some(v1::SupposedUse {
            used_fen: used.get(),
            level: prefund_level_to_wire(level),
        })
    };
    v1::SupposedPrefund {
        prefund: Some(prefund_to_wire(of.prefund)),
        held_fen: of.held.get(),
        now: used(of.now),
        supposed: used(of.supposed),
        on_due: used(of.on_due),
        in_the_end: used(of.in_the_end),
    }
}
