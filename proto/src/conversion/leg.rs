//! Legs in a region's stream.

use huitong_core::date::BusinessDay;
use huitong_core::id::SettlementId;
use huitong_core::leg::{Leg, LegKind, NumberedLeg, Side};
use huitong_core::record::clearing::DeductionOf;
use huitong_core::region::RegionCode;

use super::common::{fund_from_wire, fund_to_wire};
use super::field::{Path, WireFault, wire_enum};
use crate::clearing::v1;
use crate::message::short::ShortText;

wire_enum!(
    side_to_wire,
    side_from_wire,
    Side,
    v1::Side {
        Receivable,
        Payable
    }
);

wire_enum!(
    leg_kind_to_wire,
    leg_kind_from_wire,
    LegKind,
    v1::LegKind {
        Settlement,
        Reversal,
        Deduction,
        DeductionEnd,
        Correction
    }
);

/// What its numbers stand for, as generated messages say it.
impl v1::Leg {
    /// The side; none where its number is not known.
    #[must_use]
    pub fn side(&self) -> v1::Side {
        v1::Side::try_from(self.side).unwrap_or_default()
    }

    /// The kind; none where its number is not known.
    #[must_use]
    pub fn kind(&self) -> v1::LegKind {
        v1::LegKind::try_from(self.kind).unwrap_or_default()
    }
}

/// The wire form of a numbered leg.
#[must_use]
pub fn leg_to_wire(numbered: &NumberedLeg) -> v1::Leg {
    let leg = &numbered.leg;
    v1::Leg {
        number: numbered.number,
        side: side_to_wire(numbered.side),
        settlement: ShortText::of(&leg.settlement),
        debtor: ShortText::of(&leg.debtor),
        creditor: ShortText::of(&leg.creditor),
        fund: fund_to_wire(leg.fund),
        amount_fen: leg.amount.get(),
        business_day: ShortText::of(&leg.business_day),
        receipt: leg.receipt.as_bytes().as_slice().into(),
        kind: leg_kind_to_wire(leg.kind),
    }
}

/// Reads a numbered leg.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn leg_from_wire(leg: &v1::Leg, path: Path<'_>) -> Result<NumberedLeg, WireFault> {
    LegReader::default().read(leg, path)
}

/// Reads legs that come together: what most of them have in common with the one before is read once.
#[derive(Debug, Default)]
pub struct LegReader {
    debtor: Option<(ShortText<22>, RegionCode)>,
    creditor: Option<(ShortText<22>, RegionCode)>,
    business_day: Option<(ShortText<22>, BusinessDay)>,
}

impl LegReader {
    /// Reads a numbered leg.
    ///
    /// # Errors
    /// [`WireFault`] with the path of the field.
    pub fn read(&mut self, leg: &v1::Leg, path: Path<'_>) -> Result<NumberedLeg, WireFault> {
        if leg.number == 0 {
            return Err(path.field("number").missing());
        }
        let amount = path.field("amount_fen").fen(leg.amount_fen)?;
        if amount.is_zero() {
            return Err(path.field("amount_fen").wrong("is above zero"));
        }
        Ok(NumberedLeg {
            number: leg.number,
            side: side_from_wire(leg.side, path.field("side"))?,
            leg: Leg {
                settlement: path
                    .field("settlement")
                    .parse(&leg.settlement, SettlementId::parse)?,
                kind: leg_kind_from_wire(leg.kind, path.field("kind"))?,
                debtor: read_once(&mut self.debtor, &leg.debtor, |text| {
                    path.field("debtor").parse(text, RegionCode::parse)
                })?,
                creditor: read_once(&mut self.creditor, &leg.creditor, |text| {
                    path.field("creditor").parse(text, RegionCode::parse)
                })?,
                fund: fund_from_wire(leg.fund, path.field("fund"))?,
                amount,
                business_day: read_once(&mut self.business_day, &leg.business_day, |text| {
                    path.field("business_day").parse(text, BusinessDay::parse)
                })?,
                receipt: path.field("receipt").digest(leg.receipt.as_slice())?,
            },
        })
    }
}

/// What a text says, which is read only where it is another than was read last.
fn read_once<T: Copy, const N: usize>(
    last: &mut Option<(ShortText<N>, T)>,
    text: &ShortText<N>,
    read: impl FnOnce(&str) -> Result<T, WireFault>,
) -> Result<T, WireFault> {
    if let Some((same, value)) = last
        && same == text
    {
        return Ok(*value);
    }
    let value = read(text)?;
    *last = Some((text.clone(), value));
    Ok(value)
}

/// Of which settlement a deduction is, as it is told beside its leg.
#[must_use]
pub fn deduction_of_to_wire(of: &DeductionOf) -> v1::DeductionOf {
    v1::DeductionOf {
        number: of.number,
        settlement: of.settlement.to_string(),
    }
}

/// Reads of which settlement a deduction is.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn deduction_of_from_wire(
    of: &v1::DeductionOf,
    path: Path<'_>,
) -> Result<DeductionOf, WireFault> {
    Ok(DeductionOf {
        number: of.number,
        settlement: path
            .field("settlement")
            .parse(&of.settlement, SettlementId::parse)?,
    })
}
