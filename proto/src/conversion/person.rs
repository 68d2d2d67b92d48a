//! What officers change of a person's record.

use huitong_core::coverage::Balances;
use huitong_core::date::ServiceDate;
use huitong_core::id::FilingId;
use huitong_core::name::Name;
use huitong_core::person::PsnNo;
use huitong_core::record::person::{Origin, PersonChange};
use huitong_core::record::registry::FilingArea;
use huitong_core::totals::TotalSlot;
use huitong_core::vocabulary::EmergencyDoubt;

use super::days::{day, text};
use super::field::{Path, WireFault, wire_enum};
use super::filing::{
    end_reason_from_wire, end_reason_to_wire, filing_class_from_wire, filing_class_to_wire,
};
use super::insured::{
    held_from_wire, held_to_wire, identity_from_wire, identity_to_wire, insured_from_wire,
    insured_to_wire, period_from_wire, period_to_wire, scheme_from_wire, scheme_to_wire,
};
use super::total::{stretch_from_text, stretch_text};
use crate::settlement::v1;
use crate::settlement::v1::change_person_request::Change;

/// The longest text that says where a figure comes from, in characters.
const SOURCE_AT_MOST: usize = 200;

wire_enum!(
    doubt_to_wire,
    doubt_from_wire,
    EmergencyDoubt,
    v1::EmergencyDoubt {
        NotAnEmergency,
        NotDocumented,
        Planned,
        Over,
    }
);

/// The wire form of a change.
#[must_use]
pub fn change_to_wire(change: &PersonChange) -> Change {
    match change {
        PersonChange::File {
            class,
            area,
            from,
            until,
        } => Change::File(v1::MakeFiling {
            class: filing_class_to_wire(*class),
            area: area.to_string(),
            from: text(*from),
            until: text(*until),
        }),
        PersonChange::AmendFiling {
            filing,
            class,
            area,
            until,
        } => Change::AmendFiling(v1::AmendFiling {
            filing: filing.to_string(),
            class: filing_class_to_wire(*class),
            area: area.to_string(),
            until: text(*until),
        }),
        PersonChange::CancelFiling {
            filing,
            from,
            reason,
        } => Change::CancelFiling(v1::CancelFiling {
            filing: filing.to_string(),
            from: text(*from),
            reason: end_reason_to_wire(*reason),
        }),
        PersonChange::Enrol(member) => Change::Enrol(insured_to_wire(member)),
        PersonChange::Lapse { from } => Change::Lapse(v1::EndCover {
            from: from.to_string(),
        }),
        PersonChange::Resume(period) => Change::Resume(period_to_wire(period)),
        PersonChange::Reclassify {
            from,
            scheme,
            category,
            retired,
        } => Change::Reclassify(v1::Reclassify {
            scheme: scheme_to_wire(*scheme),
            category: category.to_string(),
            retired: *retired,
            from: from.to_string(),
        }),
        PersonChange::HoldIdentity(held) => Change::HoldIdentity(held_to_wire(held)),
        PersonChange::EndIdentity { identity, from } => Change::EndIdentity(v1::EndIdentity {
            identity: identity_to_wire(*identity),
            from: from.to_string(),
        }),
        PersonChange::Die { on } => Change::Die(on.to_string()),
        PersonChange::Live => Change::Live(v1::Alive {}),
        PersonChange::SetTotal {
            slot,
            value,
            origin,
        } => Change::SetTotal(total_to_wire(slot, *value, origin)),
        PersonChange::SetBalances { balances, origin } => Change::SetBalances(v1::SetBalances {
            own_fen: balances.own.get(),
            family_fen: balances.family.get(),
            origin: Some(origin_to_wire(origin)),
        }),
    }
}

fn total_to_wire(slot: &TotalSlot, value: i64, origin: &Origin) -> v1::SetTotal {
    v1::SetTotal {
        total: slot.name.to_string(),
        stretch: stretch_text(&slot.stretch),
        key: slot.key.clone().unwrap_or_default(),
        value,
        origin: Some(origin_to_wire(origin)),
    }
}

/// Reads a change of the person of this number.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn change_from_wire(change: Option<Change>, psn_no: PsnNo) -> Result<PersonChange, WireFault> {
    let root = Path::root("change");
    match root.required(change)? {
        Change::File(file) => file_from_wire(&file, Path::root("file")),
        Change::AmendFiling(amend) => amend_from_wire(&amend, Path::root("amend_filing")),
        Change::CancelFiling(cancel) => {
            let path = Path::root("cancel_filing");
            Ok(PersonChange::CancelFiling {
                filing: path
                    .field("filing")
                    .parse(&cancel.filing, FilingId::parse)?,
                from: path
                    .field("from")
                    .optional(&cancel.from, ServiceDate::parse)?,
                reason: end_reason_from_wire(cancel.reason, path.field("reason"))?,
            })
        }
        Change::Enrol(member) => {
            insured_from_wire(Some(member), psn_no, Path::root("enrol")).map(PersonChange::Enrol)
        }
        Change::Lapse(end) => Ok(PersonChange::Lapse {
            from: day(&end.from, Path::root("lapse").field("from"))?,
        }),
        Change::Resume(period) => {
            period_from_wire(&period, Path::root("resume")).map(PersonChange::Resume)
        }
        Change::Reclassify(new) => {
            let path = Path::root("reclassify");
            Ok(PersonChange::Reclassify {
                from: day(&new.from, path.field("from"))?,
                scheme: scheme_from_wire(new.scheme, path.field("scheme"))?,
                category: path.field("category").parse(&new.category, Name::parse)?,
                retired: new.retired,
            })
        }
        Change::HoldIdentity(held) => {
            held_from_wire(&held, Path::root("hold_identity")).map(PersonChange::HoldIdentity)
        }
        Change::EndIdentity(end) => {
            let path = Path::root("end_identity");
            Ok(PersonChange::EndIdentity {
                identity: identity_from_wire(end.identity, path.field("identity"))?,
                from: day(&end.from, path.field("from"))?,
            })
        }
        Change::Die(on) => Ok(PersonChange::Die {
            on: day(&on, Path::root("die"))?,
        }),
        Change::Live(v1::Alive {}) => Ok(PersonChange::Live),
        Change::SetTotal(total) => total_from_wire(total, Path::root("set_total")),
        Change::SetBalances(set) => {
            let path = Path::root("set_balances");
            Ok(PersonChange::SetBalances {
                balances: Balances {
                    own: path.field("own_fen").fen(set.own_fen)?,
                    family: path.field("family_fen").fen(set.family_fen)?,
                },
                origin: origin_from_wire(set.origin, path.field("origin"))?,
            })
        }
    }
}

fn file_from_wire(file: &v1::MakeFiling, path: Path<'_>) -> Result<PersonChange, WireFault> {
    Ok(PersonChange::File {
        class: filing_class_from_wire(file.class, path.field("class"))?,
        area: path.field("area").parse(&file.area, FilingArea::parse)?,
        from: path
            .field("from")
            .optional(&file.from, ServiceDate::parse)?,
        until: path
            .field("until")
            .optional(&file.until, ServiceDate::parse)?,
    })
}

fn amend_from_wire(amend: &v1::AmendFiling, path: Path<'_>) -> Result<PersonChange, WireFault> {
    Ok(PersonChange::AmendFiling {
        filing: path.field("filing").parse(&amend.filing, FilingId::parse)?,
        class: filing_class_from_wire(amend.class, path.field("class"))?,
        area: path.field("area").parse(&amend.area, FilingArea::parse)?,
        until: path
            .field("until")
            .optional(&amend.until, ServiceDate::parse)?,
    })
}

fn total_from_wire(total: v1::SetTotal, path: Path<'_>) -> Result<PersonChange, WireFault> {
    let origin = origin_from_wire(total.origin, path.field("origin"))?;
    if total.value < 0 {
        return Err(path.field("value").wrong("is below zero"));
    }
    let stretch = path.field("stretch");
    Ok(PersonChange::SetTotal {
        slot: TotalSlot {
            name: path.field("total").parse(&total.total, Name::parse)?,
            stretch: stretch.parse(&total.stretch, stretch_from_text)?,
            key: path.field("key").optional(&total.key, key)?,
        },
        value: total.value,
        origin,
    })
}

fn key(text: &str) -> Result<String, &'static str> {
    if text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(text.to_owned())
    } else {
        Err("is at most 64 visible ASCII characters")
    }
}

fn origin_to_wire(origin: &Origin) -> v1::Origin {
    v1::Origin {
        as_of: origin.as_of.to_string(),
        source: origin.source.clone(),
    }
}

fn origin_from_wire(origin: Option<v1::Origin>, path: Path<'_>) -> Result<Origin, WireFault> {
    let origin = path.required(origin)?;
    let field = path.field("source");
    let source = origin.source.trim();
    if source.is_empty() {
        return Err(field.missing());
    }
    if source.chars().count() > SOURCE_AT_MOST || source.chars().any(char::is_control) {
        let fault = format_args!("is one line of at most {SOURCE_AT_MOST} characters");
        return Err(field.wrong(fault));
    }
    Ok(Origin {
        as_of: day(&origin.as_of, path.field("as_of"))?,
        source: source.to_owned(),
    })
}
