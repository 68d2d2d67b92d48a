//! A person as insured: credentials, cover, identities.

use huitong_core::date::DateInterval;
use huitong_core::name::Name;
use huitong_core::person::{Credential, PsnNo};
use huitong_core::record::registry::{CoveragePeriod, IdentityPeriod, Member};
use huitong_core::vocabulary::{AssistanceIdentity, Scheme};

use super::common::{credential_from_wire, credential_to_wire};
use super::days::{day, interval, text};
use super::field::{Path, WireFault, wire_enum};
use crate::settlement::v1;

/// The most credentials of one person.
const CREDENTIALS_AT_MOST: usize = 8;
/// The most stretches of cover, or of identities, of one person.
const STRETCHES_AT_MOST: usize = 64;
/// The most years that are counted of one person.
const YEARS_AT_MOST: u16 = 80;

wire_enum!(
    scheme_to_wire,
    scheme_from_wire,
    Scheme,
    v1::Scheme {
        Employee,
        Resident,
        RetiredCadre,
        RuralCooperative,
    }
);

wire_enum!(
    identity_to_wire,
    identity_from_wire,
    AssistanceIdentity,
    v1::AssistanceIdentity {
        ExtremePoverty,
        Subsistence,
        ReturnToPoverty,
        Fringe,
        Monitored,
        IllnessPoverty,
    }
);

pub(super) fn period_to_wire(period: &CoveragePeriod) -> v1::CoverPeriod {
    v1::CoverPeriod {
        scheme: scheme_to_wire(period.scheme),
        category: period.category.to_string(),
        retired: period.retired,
        from: period.days.from().to_string(),
        until: text(period.days.until()),
    }
}

pub(super) fn period_from_wire(
    period: &v1::CoverPeriod,
    path: Path<'_>,
) -> Result<CoveragePeriod, WireFault> {
    Ok(CoveragePeriod {
        scheme: scheme_from_wire(period.scheme, path.field("scheme"))?,
        category: path
            .field("category")
            .parse(&period.category, Name::parse)?,
        retired: period.retired,
        days: interval(&period.from, &period.until, path)?,
    })
}

pub(super) fn held_to_wire(held: &IdentityPeriod) -> v1::HeldIdentity {
    v1::HeldIdentity {
        identity: identity_to_wire(held.identity),
        from: held.days.from().to_string(),
        until: text(held.days.until()),
    }
}

pub(super) fn held_from_wire(
    held: &v1::HeldIdentity,
    path: Path<'_>,
) -> Result<IdentityPeriod, WireFault> {
    Ok(IdentityPeriod {
        identity: identity_from_wire(held.identity, path.field("identity"))?,
        days: interval(&held.from, &held.until, path)?,
    })
}

/// The wire form of a person as insured.
#[must_use]
pub fn insured_to_wire(member: &Member) -> v1::InsuredPerson {
    v1::InsuredPerson {
        credentials: member.credentials.iter().map(credential_to_wire).collect(),
        birth: member.birth.to_string(),
        years_paid: member.years_paid.into(),
        claim_free_years: member.claim_free_years.into(),
        cover: member.periods.iter().map(period_to_wire).collect(),
        identities: member.identities.iter().map(held_to_wire).collect(),
    }
}

/// Reads a person as insured.
///
/// # Errors
/// [`WireFault`] with the path of the field; never with a credential's number.
pub fn insured_from_wire(
    insured: Option<v1::InsuredPerson>,
    psn_no: PsnNo,
    path: Path<'_>,
) -> Result<Member, WireFault> {
    let insured = path.required(insured)?;
    let birth = day(&insured.birth, path.field("birth"))?;
    let field = path.field("credentials");
    let count = insured.credentials.len();
    if count == 0 {
        return Err(field.missing());
    }
    at_most(count, CREDENTIALS_AT_MOST, field)?;
    let read = insured.credentials.into_iter().enumerate();
    let credentials = read.map(|(nth, shown)| credential_from_wire(Some(shown), field.item(nth)));
    let credentials = credentials.collect::<Result<Vec<_>, _>>()?;
    let is_other = |credential: &Credential| match credential {
        Credential::ResidentId(id) => id.birth_date() != birth,
        Credential::EVoucher(_) | Credential::SocialCard(_) | Credential::Other { .. } => false,
    };
    if credentials.iter().any(is_other) {
        return Err(path
            .field("birth")
            .wrong("is not the day in the resident id"));
    }
    Ok(Member {
        psn_no,
        credentials: credentials.into_iter().collect(),
        birth,
        years_paid: years(insured.years_paid, path.field("years_paid"))?,
        claim_free_years: years(insured.claim_free_years, path.field("claim_free_years"))?,
        periods: cover(&insured.cover, path.field("cover"))?,
        identities: identities(&insured.identities, path.field("identities"))?,
    })
}

fn years(number: u32, path: Path<'_>) -> Result<u16, WireFault> {
    let years: u16 = path.narrow(number)?;
    if years > YEARS_AT_MOST {
        return Err(path.wrong(format_args!("is at most {YEARS_AT_MOST}")));
    }
    Ok(years)
}

fn at_most(count: usize, most: usize, path: Path<'_>) -> Result<(), WireFault> {
    if count > most {
        return Err(path.wrong(format_args!("at most {most}")));
    }
    Ok(())
}

fn cover(sent: &[v1::CoverPeriod], path: Path<'_>) -> Result<Vec<CoveragePeriod>, WireFault> {
    if sent.is_empty() {
        return Err(path.missing());
    }
    at_most(sent.len(), STRETCHES_AT_MOST, path)?;
    let read = sent.iter().enumerate();
    let periods = read.map(|(nth, period)| period_from_wire(period, path.item(nth)));
    let periods = periods.collect::<Result<Vec<_>, _>>()?;
    ascends(periods.iter().map(|period| period.days), path)?;
    Ok(periods)
}

fn identities(sent: &[v1::HeldIdentity], path: Path<'_>) -> Result<Vec<IdentityPeriod>, WireFault> {
    at_most(sent.len(), STRETCHES_AT_MOST, path)?;
    let read = sent.iter().enumerate();
    let held = read.map(|(nth, held)| held_from_wire(held, path.item(nth)));
    let held = held.collect::<Result<Vec<_>, _>>()?;
    for kind in AssistanceIdentity::ALL {
        let of_kind = held.iter().filter(|it| it.identity == *kind);
        ascends(of_kind.map(|it| it.days), path)?;
    }
    Ok(held)
}

/// Stretches of days stand one after another.
fn ascends(stretches: impl Iterator<Item = DateInterval>, path: Path<'_>) -> Result<(), WireFault> {
    let apart = |one: &DateInterval, next: &DateInterval| {
        one.until().is_some_and(|until| until < next.from())
    };
    if stretches.is_sorted_by(apart) {
        Ok(())
    } else {
        Err(path.wrong("stretches of days ascend and do not overlap"))
    }
}
