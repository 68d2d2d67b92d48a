//! Payments and movements of money between clearing members.

use huitong_core::date::BusinessDay;
use huitong_core::payment::{BankLine, BankReference};
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::{CorrectionReason, DelayReason, Direction, ParkReason};

use super::common::{fund_from_wire, fund_to_wire};
use super::field::{Path, WireFault, wire_enum};
use crate::clearing::v1;

wire_enum!(
    direction_to_wire,
    direction_from_wire,
    Direction,
    v1::Direction { PayIn, PayOut }
);

wire_enum!(
    delay_reason_to_wire,
    delay_reason_from_wire,
    DelayReason,
    v1::DelayReason {
        FinanceTransfer,
        FundShort,
        Budget,
        Bank,
        Disputed,
    }
);

wire_enum!(
    correction_reason_to_wire,
    correction_reason_from_wire,
    CorrectionReason,
    v1::CorrectionReason {
        WrongAmount,
        WrongPurpose,
        EnteredTwice,
        Bounced,
    }
);

wire_enum!(
    park_reason_to_wire,
    park_reason_from_wire,
    ParkReason,
    v1::ParkReason {
        UnknownReference,
        OtherDirection,
        OtherMember,
        OtherFund,
        Exceeds,
        EarlierOpen,
        NotCovered,
    }
);

/// The wire form of a movement of money.
#[must_use]
pub fn bank_line_to_wire(line: &BankLine) -> v1::BankLine {
    v1::BankLine {
        bank_reference: line.bank_reference.to_string(),
        member: line.member.to_string(),
        fund: fund_to_wire(line.fund),
        direction: direction_to_wire(line.direction),
        amount_fen: line.amount.get(),
        on: line.on.to_string(),
    }
}

/// Reads a movement of money.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn bank_line_from_wire(
    line: Option<v1::BankLine>,
    path: Path<'_>,
) -> Result<BankLine, WireFault> {
    let line = path.required(line)?;
    Ok(BankLine {
        bank_reference: path
            .field("bank_reference")
            .parse(&line.bank_reference, BankReference::parse)?,
        member: path
            .field("member")
            .parse(&line.member, RegionCode::parse)?,
        fund: fund_from_wire(line.fund, path.field("fund"))?,
        direction: direction_from_wire(line.direction, path.field("direction"))?,
        amount: path.field("amount_fen").fen(line.amount_fen)?,
        on: path.field("on").parse(&line.on, BusinessDay::parse)?,
    })
}

#[cfg(test)]
mod tests {
    use huitong_core::fund::Fund;
    use huitong_core::money::Fen;

    use super::*;

    #[test]
    fn a_movement_of_money_comes_back_as_it_was_sent() {
        let line = BankLine {
            bank_reference: "2026/0331-77".parse().unwrap(),
            member: "330000".parse().unwrap(),
            fund: Fund::ResidentPool,
            direction: Direction::PayOut,
            amount: Fen::new(1_316_000).unwrap(),
            on: "2026-03-31".parse().unwrap(),
        };
        let wire = bank_line_to_wire(&line);
        assert_eq!(
            bank_line_from_wire(Some(wire.clone()), Path::root("line")),
            Ok(line)
        );
        type Spoil = fn(&mut v1::BankLine);
        let spoil: [(&str, Spoil); 4] = [
            ("line.bank_reference", |line| line.bank_reference.clear()),
            ("line.direction", |line| line.direction = 0),
            ("line.amount_fen", |line| line.amount_fen = -1),
            ("line.on", |line| line.on = "2026-02-30".to_owned()),
        ];
        for (field, spoil) in spoil {
            let mut wire = wire.clone();
            spoil(&mut wire);
            let fault = bank_line_from_wire(Some(wire), Path::root("line")).unwrap_err();
            assert!(fault.to_string().contains(field), "{fault}");
        }
    }

    #[test]
    fn every_word_travels() {
        for word in Direction::ALL {
            assert_eq!(
                direction_from_wire(direction_to_wire(*word), Path::root("x")),
                Ok(*word)
            );
        }
        for word in DelayReason::ALL {
            let wire = delay_reason_to_wire(*word);
            assert_eq!(delay_reason_from_wire(wire, Path::root("x")), Ok(*word));
        }
        for word in CorrectionReason::ALL {
            let wire = correction_reason_to_wire(*word);
            assert_eq!(
                correction_reason_from_wire(wire, Path::root("x")),
                Ok(*word)
            );
        }
        for word in ParkReason::ALL {
            assert_eq!(
                park_reason_from_wire(park_reason_to_wire(*word), Path::root("x")),
                Ok(*word)
            );
        }
    }
}
