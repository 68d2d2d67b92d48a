//! An institution's own accounts.

use huitong_core::canonical::Artifact as _;
use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::id::{RequestId, SettlementId};
use huitong_core::institution_account::{
    Amounts, AnsweredLine, Booked, DayStanding, Difference, Figure, LineFinding, LineVerdict,
    MonthLine, MonthStanding, Span, Sums,
};
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::{ObjectionReason, Setting};

use super::field::{Path, WireFault, wire_enum};
use super::visit::{setting_from_wire, setting_to_wire};
use crate::settlement::v1;

wire_enum!(
    booked_to_wire,
    booked_from_wire,
    Booked,
    v1::AccountBooked {
        Settlement,
        Reversal,
    }
);

wire_enum!(
    figure_to_wire,
    figure_from_wire,
    Figure,
    v1::AccountFigure {
        Count,
        Total,
        Funds,
        Accounts,
        Cash,
    }
);

wire_enum!(
    objection_reason_to_wire,
    objection_reason_from_wire,
    ObjectionReason,
    v1::ObjectionReason {
        NotOurs,
        WrongAmount,
        TakenBack,
        WrongMonth,
        DeductionAppealed,
    }
);

wire_enum!(
    finding_to_wire,
    finding_from_wire,
    LineFinding,
    v1::LineFinding {
        OnlyAtInstitution,
        OnlyAtNode,
        AmountsDiffer,
        ReversedAtNode,
        StillOpen,
        Elsewhere,
        BorneByRegion,
        TakenBack,
    }
);

wire_enum!(
    day_standing_to_wire,
    day_standing_from_wire,
    DayStanding,
    v1::ReconciledStanding {
        Equal,
        Differs,
        ChangedSince,
        Missing,
    }
);

wire_enum!(
    month_standing_to_wire,
    month_standing_from_wire,
    MonthStanding,
    v1::MonthStanding { Open, Closed }
);

/// The wire form of a span.
#[must_use]
pub fn span_to_wire(span: &Span) -> v1::AccountSpan {
    v1::AccountSpan {
        from: span.from().to_string(),
        to: span.to().to_string(),
    }
}

/// Reads a span.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn span_from_wire(sent: Option<v1::AccountSpan>, path: Path<'_>) -> Result<Span, WireFault> {
    let sent = path.required(sent)?;
    let from = path.field("from").parse(&sent.from, BusinessDay::parse)?;
    let to = path.field("to").parse(&sent.to, BusinessDay::parse)?;
    Span::new(from, to).map_err(|fault| path.wrong(fault))
}

/// The wire form of a kind of care that may be left out.
#[must_use]
pub fn some_setting_to_wire(setting: Option<Setting>) -> i32 {
    setting.map_or(0, setting_to_wire)
}

/// Reads a kind of care that may be left out.
///
/// # Errors
/// [`WireFault`] for an unknown number.
pub fn some_setting_from_wire(sent: i32, path: Path<'_>) -> Result<Option<Setting>, WireFault> {
    if sent == 0 {
        Ok(None)
    } else {
        setting_from_wire(sent, path).map(Some)
    }
}

/// The wire form of amounts.
#[must_use]
pub const fn account_amounts_to_wire(amounts: &Amounts) -> v1::AccountAmounts {
    v1::AccountAmounts {
        total_fen: amounts.total.get(),
        funds_fen: amounts.funds.get(),
        accounts_fen: amounts.accounts.get(),
        cash_fen: amounts.cash.get(),
    }
}

/// Reads amounts.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn account_amounts_from_wire(
    sent: Option<v1::AccountAmounts>,
    path: Path<'_>,
) -> Result<Amounts, WireFault> {
    let sent = path.required(sent)?;
    Ok(Amounts {
        total: path.field("total_fen").fen(sent.total_fen)?,
        funds: path.field("funds_fen").fen(sent.funds_fen)?,
        accounts: path.field("accounts_fen").fen(sent.accounts_fen)?,
        cash: path.field("cash_fen").fen(sent.cash_fen)?,
    })
}

/// The wire form of sums.
#[must_use]
pub const fn sums_to_wire(sums: &Sums) -> v1::AccountSums {
    v1::AccountSums {
        count: sums.count,
        amounts: Some(account_amounts_to_wire(&sums.amounts)),
    }
}

/// Reads sums.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn sums_from_wire(sent: Option<v1::AccountSums>, path: Path<'_>) -> Result<Sums, WireFault> {
    let sent = path.required(sent)?;
    Ok(Sums {
        count: sent.count,
        amounts: account_amounts_from_wire(sent.amounts, path.field("amounts"))?,
    })
}

/// The wire form of a difference.
#[must_use]
pub fn difference_to_wire(difference: &Difference) -> v1::AccountDifference {
    v1::AccountDifference {
        of: booked_to_wire(difference.of),
        figure: figure_to_wire(difference.figure),
        institution: difference.institution,
        node: difference.node,
    }
}

/// Reads a difference.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn difference_from_wire(
    sent: &v1::AccountDifference,
    path: Path<'_>,
) -> Result<Difference, WireFault> {
    Ok(Difference {
        of: booked_from_wire(sent.of, path.field("of"))?,
        figure: figure_from_wire(sent.figure, path.field("figure"))?,
        institution: sent.institution,
        node: sent.node,
    })
}

/// A line of an institution's own book: under which request, of what, and how much.
pub type StatedLine = (RequestId, Booked, Amounts);

/// The wire form of an institution's line.
#[must_use]
pub fn account_line_to_wire((request, of, amounts): &StatedLine) -> v1::AccountLine {
    v1::AccountLine {
        request_id: request.to_string(),
        of: booked_to_wire(*of),
        amounts: Some(account_amounts_to_wire(amounts)),
    }
}

/// Reads an institution's line.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn account_line_from_wire(
    sent: &v1::AccountLine,
    path: Path<'_>,
) -> Result<StatedLine, WireFault> {
    let request = path.field("request_id");
    Ok((
        request.parse(&sent.request_id, RequestId::parse)?,
        booked_from_wire(sent.of, path.field("of"))?,
        account_amounts_from_wire(sent.amounts, path.field("amounts"))?,
    ))
}

/// The wire form of a verdict.
#[must_use]
pub fn verdict_to_wire(verdict: LineVerdict) -> v1::MonthVerdict {
    use v1::month_verdict::Says;
    let says = match verdict {
        LineVerdict::Confirmed => Says::Confirmed(v1::MonthConfirmedLine {}),
        LineVerdict::Objected(reason) => Says::Objected(objection_reason_to_wire(reason)),
    };
    v1::MonthVerdict { says: Some(says) }
}

/// Reads a verdict.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn verdict_from_wire(
    sent: Option<v1::MonthVerdict>,
    path: Path<'_>,
) -> Result<LineVerdict, WireFault> {
    use v1::month_verdict::Says;
    let says = path.required(sent)?.says;
    Ok(match path.field("says").required(says)? {
        Says::Confirmed(v1::MonthConfirmedLine {}) => LineVerdict::Confirmed,
        Says::Objected(reason) => {
            let path = path.field("objected");
            LineVerdict::Objected(objection_reason_from_wire(reason, path)?)
        }
    })
}

/// The wire form of a line of a month; what was said of it is not in it.
#[must_use]
pub fn month_line_to_wire(line: &MonthLine) -> v1::MonthLine {
    v1::MonthLine {
        settlement: line.settlement.to_string(),
        at_ms: line.at.as_millis(),
        business_day: line.business_day.to_string(),
        home_region: line.home.to_string(),
        setting: setting_to_wire(line.setting),
        total_fen: line.total.get(),
        pays_fen: line.pays.get(),
        advanced: line.advanced,
        deducted_fen: line.deducted.get(),
        reversed_fen: line.reversed.get(),
        digest: line.digest().as_bytes().to_vec(),
        confirmation: String::new(),
        verdict: None,
        changed_since: false,
    }
}

/// Reads a line of a month, which must have the digest that is sent with it.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn month_line_from_wire(sent: &v1::MonthLine, path: Path<'_>) -> Result<MonthLine, WireFault> {
    let at = Timestamp::from_millis(sent.at_ms);
    let amount = |name, fen| path.field(name).fen(fen);
    let line = MonthLine {
        settlement: settlement_from_wire(&sent.settlement, path)?,
        at: at.map_err(|fault| path.field("at_ms").wrong(fault))?,
        business_day: day_from_wire(&sent.business_day, path)?,
        home: path
            .field("home_region")
            .parse(&sent.home_region, RegionCode::parse)?,
        setting: setting_from_wire(sent.setting, path.field("setting"))?,
        total: amount("total_fen", sent.total_fen)?,
        pays: amount("pays_fen", sent.pays_fen)?,
        advanced: sent.advanced,
        deducted: amount("deducted_fen", sent.deducted_fen)?,
        reversed: amount("reversed_fen", sent.reversed_fen)?,
    };
    let digest = path.field("digest").digest(&sent.digest)?;
    if line.digest() == digest {
        Ok(line)
    } else {
        Err(path.field("digest").wrong("is the digest of the line"))
    }
}

/// The wire form of a line that is answered.
#[must_use]
pub fn answered_line_to_wire(line: &AnsweredLine) -> v1::AnsweredLine {
    v1::AnsweredLine {
        business_day: line.business_day.to_string(),
        settlement: line.settlement.to_string(),
        digest: line.line.as_bytes().to_vec(),
        verdict: Some(verdict_to_wire(line.verdict)),
    }
}

/// Reads a line that is answered.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn answered_line_from_wire(
    sent: v1::AnsweredLine,
    path: Path<'_>,
) -> Result<AnsweredLine, WireFault> {
    Ok(AnsweredLine {
        business_day: day_from_wire(&sent.business_day, path)?,
        settlement: settlement_from_wire(&sent.settlement, path)?,
        line: path.field("digest").digest(&sent.digest)?,
        verdict: verdict_from_wire(sent.verdict, path.field("verdict"))?,
    })
}

/// The wire form of a place among the lines of a month.
#[must_use]
pub fn place_to_wire((day, settlement): (BusinessDay, SettlementId)) -> v1::MonthPlace {
    v1::MonthPlace {
        business_day: day.to_string(),
        settlement: settlement.to_string(),
    }
}

/// Reads a place among the lines of a month.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn place_from_wire(
    sent: &v1::MonthPlace,
    path: Path<'_>,
) -> Result<(BusinessDay, SettlementId), WireFault> {
    let day = day_from_wire(&sent.business_day, path)?;
    Ok((day, settlement_from_wire(&sent.settlement, path)?))
}

fn day_from_wire(sent: &str, path: Path<'_>) -> Result<BusinessDay, WireFault> {
    path.field("business_day").parse(sent, BusinessDay::parse)
}

fn settlement_from_wire(sent: &str, path: Path<'_>) -> Result<SettlementId, WireFault> {
    path.field("settlement").parse(sent, SettlementId::parse)
}
