//! Prefunds and their movements.

use huitong_core::date::BusinessDay;
use huitong_core::payment::BankReference;
use huitong_core::prefund::{Prefund, PrefundLine};
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::PrefundLevel;

use super::common::{fund_from_wire, fund_to_wire};
use super::field::{Path, WireFault, wire_enum};
use super::payment::{direction_from_wire, direction_to_wire};
use crate::clearing::v1;

wire_enum!(
    prefund_level_to_wire,
    prefund_level_from_wire,
    PrefundLevel,
    v1::PrefundLevel {
        Normal,
        Yellow,
        Red
    }
);

/// The wire form of a prefund.
#[must_use]
pub fn prefund_to_wire(prefund: Prefund) -> v1::PrefundKey {
    v1::PrefundKey {
        payer: prefund.payer.to_string(),
        holder: prefund.holder.to_string(),
        fund: fund_to_wire(prefund.fund),
    }
}

/// Reads a prefund.
///
/// # Errors
/// [`WireFault`] with the path of the field; also when payer and holder are one.
pub fn prefund_from_wire(
    prefund: Option<v1::PrefundKey>,
    path: Path<'_>,
) -> Result<Prefund, WireFault> {
    let prefund = path.required(prefund)?;
    let payer = path
        .field("payer")
        .parse(&prefund.payer, RegionCode::parse)?;
    let fund = fund_from_wire(prefund.fund, path.field("fund"))?;
    path.field("holder").parse(&prefund.holder, |text| {
        let holder = RegionCode::parse(text).map_err(|error| error.to_string())?;
        Prefund::new(payer, holder, fund).map_err(|error| error.to_string())
    })
}

/// The wire form of a movement.
#[must_use]
pub fn prefund_line_to_wire(line: &PrefundLine) -> v1::PrefundLine {
    v1::PrefundLine {
        bank_reference: line.bank_reference.to_string(),
        prefund: Some(prefund_to_wire(line.prefund)),
        direction: direction_to_wire(line.direction),
        amount_fen: line.amount.get(),
        on: line.on.to_string(),
    }
}

/// Reads a movement.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn prefund_line_from_wire(
    line: Option<v1::PrefundLine>,
    path: Path<'_>,
) -> Result<PrefundLine, WireFault> {
    let line = path.required(line)?;
    Ok(PrefundLine {
        bank_reference: path
            .field("bank_reference")
            .parse(&line.bank_reference, BankReference::parse)?,
        prefund: prefund_from_wire(line.prefund, path.field("prefund"))?,
        direction: direction_from_wire(line.direction, path.field("direction"))?,
        amount: path.field("amount_fen").fen(line.amount_fen)?,
        on: path.field("on").parse(&line.on, BusinessDay::parse)?,
    })
}

#[cfg(test)]
mod tests {
    use huitong_core::money::Fen;
    use huitong_core::vocabulary::Direction;

    use super::*;

    #[test]
    fn a_movement_comes_back_as_it_was_sent() {
        let line = PrefundLine {
            bank_reference: "2026/0331-77".parse().unwrap(),
            prefund: "330000-510100-resident_pool".parse().unwrap(),
            direction: Direction::PayOut,
            amount: Fen::new(1_316_000).unwrap(),
            on: "2026-03-31".parse().unwrap(),
        };
        let wire = prefund_line_to_wire(&line);
        let path = Path::root("line");
        assert_eq!(prefund_line_from_wire(Some(wire.clone()), path), Ok(line));
        type Spoil = fn(&mut v1::PrefundLine);
        let spoil: [(&str, Spoil); 5] = [
            ("line.bank_reference", |line| line.bank_reference.clear()),
            ("line.prefund", |line| line.prefund = None),
            ("line.prefund.holder", |line| {
                let prefund = line.prefund.as_mut().unwrap();
                prefund.holder = prefund.payer.clone();
            }),
            ("line.direction", |line| line.direction = 0),
            ("line.on", |line| line.on = "2026-02-30".to_owned()),
        ];
        for (field, spoil) in spoil {
            let mut wire = wire.clone();
            spoil(&mut wire);
            let fault = prefund_line_from_wire(Some(wire), Path::root("line")).unwrap_err();
            assert!(fault.to_string().contains(field), "{fault}");
        }
    }

    #[test]
    fn every_word_travels() {
        for word in PrefundLevel::ALL {
            let wire = prefund_level_to_wire(*word);
            assert_eq!(prefund_level_from_wire(wire, Path::root("x")), Ok(*word));
        }
    }
}
