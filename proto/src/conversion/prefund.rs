//! Prefunds and their movements.

use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::id::RequestId;
use huitong_core::money::Fen;
use huitong_core::payment::BankReference;
use huitong_core::prefund::{OwnPrefunds, Prefund, PrefundLine, PrefundSeen};
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

/// The wire form of what is asked for on top: of which prefund, under which id, and how much.
#[must_use]
pub fn top_up_to_wire((prefund, id): (Prefund, RequestId), amount: Fen) -> v1::TopUpPrefundRequest {
    v1::TopUpPrefundRequest {
        prefund: Some(prefund_to_wire(prefund)),
        amount_fen: amount.get(),
        id: id.to_string(),
    }
}

/// Reads what is asked for on top.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn top_up_from_wire(
    ask: Option<v1::TopUpPrefundRequest>,
    path: Path<'_>,
) -> Result<((Prefund, RequestId), Fen), WireFault> {
    let ask = path.required(ask)?;
    let prefund = prefund_from_wire(ask.prefund, path.field("prefund"))?;
    let id = path.field("id").parse(&ask.id, RequestId::parse)?;
    Ok(((prefund, id), path.field("amount_fen").fen(ask.amount_fen)?))
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

/// The wire form of how a prefund stands.
#[must_use]
pub fn prefund_seen_to_wire(seen: &PrefundSeen) -> v1::PrefundStanding {
    let day = |day: Option<BusinessDay>| day.map(|day| day.to_string()).unwrap_or_default();
    v1::PrefundStanding {
        prefund: Some(prefund_to_wire(seen.prefund)),
        year: seen.year.into(),
        set_fen: seen.set.get(),
        topped_up_fen: seen.topped_up.get(),
        held_fen: seen.held.get(),
        used_fen: seen.used.get(),
        level: prefund_level_to_wire(seen.level),
        since_ms: seen.since.map_or(0, Timestamp::as_millis),
        ask_by: day(seen.ask_by),
        missing_fen: seen.missing.get(),
        over_fen: seen.over.get(),
        due: day(seen.due),
        days_late: seen.days_late,
        open_top_up_fen: seen.open_top_up.map_or(0, Fen::get),
        ask_days_late: seen.ask_days_late,
        set_by: day(seen.set_by),
        set_days_late: seen.set_days_late,
    }
}

/// Reads how a prefund stands.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn prefund_seen_from_wire(
    seen: v1::PrefundStanding,
    path: Path<'_>,
) -> Result<PrefundSeen, WireFault> {
    let fen = |name, amount| path.field(name).fen(amount);
    let day = |name, text: &str| path.field(name).optional(text, BusinessDay::parse);
    let since = match seen.since_ms {
        0 => None,
        since => Some(Timestamp::from_millis(since)),
    };
    let open = fen("open_top_up_fen", seen.open_top_up_fen)?;
    Ok(PrefundSeen {
        prefund: prefund_from_wire(seen.prefund, path.field("prefund"))?,
        year: path.field("year").narrow(seen.year)?,
        set: fen("set_fen", seen.set_fen)?,
        topped_up: fen("topped_up_fen", seen.topped_up_fen)?,
        open_top_up: (!open.is_zero()).then_some(open),
        held: fen("held_fen", seen.held_fen)?,
        used: fen("used_fen", seen.used_fen)?,
        level: prefund_level_from_wire(seen.level, path.field("level"))?,
        since: since
            .transpose()
            .map_err(|fault| path.field("since_ms").wrong(fault))?,
        ask_by: day("ask_by", &seen.ask_by)?,
        ask_days_late: seen.ask_days_late,
        set_by: day("set_by", &seen.set_by)?,
        set_days_late: seen.set_days_late,
        missing: fen("missing_fen", seen.missing_fen)?,
        over: fen("over_fen", seen.over_fen)?,
        due: day("due", &seen.due)?,
        days_late: seen.days_late,
    })
}

/// Reads how a prefund stands of which more was asked for.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn top_up_answer_from_wire(answer: v1::TopUpPrefundResponse) -> Result<PrefundSeen, WireFault> {
    let path = Path::root("standing");
    prefund_seen_from_wire(path.required(answer.standing)?, path)
}

/// The wire form of the prefunds of a clearing member.
#[must_use]
pub fn own_prefunds_to_wire(own: &OwnPrefunds) -> v1::ShowPrefundsResponse {
    v1::ShowPrefundsResponse {
        member: own.member.to_string(),
        prefunds: own.prefunds.iter().map(prefund_seen_to_wire).collect(),
    }
}

/// Reads the prefunds of a clearing member.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn own_prefunds_from_wire(own: v1::ShowPrefundsResponse) -> Result<OwnPrefunds, WireFault> {
    let member = Path::root("member").parse(&own.member, RegionCode::parse)?;
    let path = Path::root("prefunds");
    let rows = own.prefunds.into_iter().enumerate();
    let rows = rows.map(|(nth, row)| prefund_seen_from_wire(row, path.item(nth)));
    let prefunds = rows.collect::<Result<_, _>>()?;
    Ok(OwnPrefunds { member, prefunds })
}

#[cfg(test)]
mod tests {
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
    fn what_is_asked_for_on_top_comes_back_as_it_was_sent() {
        let which = (
            "330000-510100-resident_pool".parse().unwrap(),
            "T-1".parse().unwrap(),
        );
        let amount = Fen::new(500_000).unwrap();
        let wire = top_up_to_wire(which, amount);
        let path = Path::root("ask");
        assert_eq!(
            top_up_from_wire(Some(wire.clone()), path),
            Ok((which, amount))
        );
        type Spoil = fn(&mut v1::TopUpPrefundRequest);
        let spoil: [(&str, Spoil); 3] = [
            ("ask.prefund", |ask| ask.prefund = None),
            ("ask.id", |ask| ask.id.clear()),
            ("ask.amount_fen", |ask| ask.amount_fen = -1),
        ];
        for (field, spoil) in spoil {
            let mut wire = wire.clone();
            spoil(&mut wire);
            let fault = top_up_from_wire(Some(wire), path).unwrap_err();
            assert!(fault.to_string().starts_with(field), "{fault}");
        }
        assert!(top_up_from_wire(None, path).is_err());
    }

    type Spoil = fn(&mut v1::PrefundStanding);

    fn seen() -> PrefundSeen {
        let fen = |fen| Fen::new(fen).unwrap();
        PrefundSeen {
            prefund: "330000-510100-resident_pool".parse().unwrap(),
            year: 2026,
            set: fen(1_400_000),
            topped_up: fen(500_000),
            open_top_up: Some(fen(500_000)),
            held: fen(1_400_000),
            used: fen(1_316_000),
            level: PrefundLevel::Red,
            since: Some(Timestamp::from_millis(1_772_000_000_000).unwrap()),
            ask_by: Some("2026-03-10".parse().unwrap()),
            ask_days_late: 4,
            set_by: Some("2027-01-31".parse().unwrap()),
            set_days_late: 1,
            missing: fen(500_000),
            over: Fen::ZERO,
            due: Some("2026-03-24".parse().unwrap()),
            days_late: 2,
        }
    }

    #[test]
    fn how_a_prefund_stands_comes_back_as_it_was_sent_and_nothing_else_is_read() {
        let own = OwnPrefunds {
            member: "330000".parse().unwrap(),
            prefunds: vec![seen()],
        };
        assert_eq!(seen().used_percent(), Some(94));
        let wire = own_prefunds_to_wire(&own);
        assert_eq!(own_prefunds_from_wire(wire.clone()), Ok(own));
        let spoil: [(&str, Spoil); 5] = [
            ("held_fen", |row| row.held_fen = -1),
            ("open_top_up_fen", |row| row.open_top_up_fen = -1),
            ("year", |row| row.year = 70_000),
            ("due", |row| row.due = "2026-02-30".to_owned()),
            ("level", |row| row.level = 9),
        ];
        for (field, spoil) in spoil {
            let mut wire = wire.clone();
            spoil(&mut wire.prefunds[0]);
            let fault = own_prefunds_from_wire(wire).unwrap_err();
            assert!(fault.to_string().contains(field), "{fault}");
        }
    }

    #[test]
    fn the_answer_to_a_top_up_is_read_and_what_it_lacks_is_named() {
        let mut answer = v1::TopUpPrefundResponse {
            standing: Some(prefund_seen_to_wire(&seen())),
        };
        assert_eq!(top_up_answer_from_wire(answer.clone()), Ok(seen()));
        answer.standing.as_mut().unwrap().held_fen = -1;
        for (answer, field) in [
            (answer, "standing.held_fen"),
            (v1::TopUpPrefundResponse { standing: None }, "standing"),
        ] {
            let fault = top_up_answer_from_wire(answer).unwrap_err();
            assert_eq!(fault.path, field);
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
