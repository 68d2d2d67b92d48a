//! What an act changes of a person's record. Pure: rows and the act in, what stands afterwards out.
//!
//! Stretches of days never overlap, and every change says from which day on; what was settled on the record as
//! it stood is not reopened. Refusals come in this order: unknown person, death, what the act itself needs.

use huitong_core::coverage::Balances;
use huitong_core::date::{DateInterval, ServiceDate};
use huitong_core::record::person::{Death, HeldFiling, PersonChange};
use huitong_core::record::registry::{CoveragePeriod, IdentityPeriod, Member};
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::totals::TotalSlot;
use huitong_core::vocabulary::AssistanceIdentity;

use super::filing::{Acting, Wanted};
use super::person::{Person, malformed};
use crate::store::apply::cover::insured_until;

/// The most stretches of cover, and of identities, of one person.
pub const STRETCHES_AT_MOST: usize = 64;
/// The most totals of one person.
pub const TOTALS_AT_MOST: usize = 4_096;

/// What stands afterwards, as far as it changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// The person as insured.
    pub member: Option<Member>,
    /// All filings.
    pub filings: Option<Vec<HeldFiling>>,
    /// What is known of a death.
    pub death: Option<Death>,
    /// Totals that changed.
    pub totals: Vec<(TotalSlot, i64)>,
    /// The accounts.
    pub balances: Option<Balances>,
}

impl Effect {
    /// Nothing changed.
    pub const NOTHING: Self = Self {
        member: None,
        filings: None,
        death: None,
        totals: Vec::new(),
        balances: None,
    };
}

/// What an act changes.
///
/// # Errors
/// The refusal; nothing changes then.
pub fn effect(
    change: &PersonChange,
    person: &Person,
    acting: &Acting<'_>,
) -> Result<Effect, Refusal> {
    if let PersonChange::Enrol(member) = change {
        return match &person.member {
            None => Ok(of_member(member.clone())),
            Some(_) => Err(Refusal::new(RefusalCode::AlreadyEnrolled, acting.own)),
        };
    }
    let member = person.member.as_ref();
    let member = member.ok_or_else(|| Refusal::new(RefusalCode::UnknownPerson, acting.own))?;
    match change {
        PersonChange::Enrol(_) => Err(Refusal::new(RefusalCode::AlreadyEnrolled, acting.own)),
        PersonChange::File { .. }
        | PersonChange::AmendFiling { .. }
        | PersonChange::CancelFiling { .. } => filings(change, person, acting),
        PersonChange::Lapse { from } => lapse(member, *from).map(of_member),
        PersonChange::Resume(period) => {
            alive(person)?;
            resume(member, period).map(of_member)
        }
        PersonChange::Reclassify { .. } => {
            alive(person)?;
            reclassify(member, change).map(of_member)
        }
        PersonChange::HoldIdentity(period) => {
            alive(person)?;
            hold(member, period).map(of_member)
        }
        PersonChange::EndIdentity { identity, from } => {
            end(member, *identity, *from).map(of_member)
        }
        PersonChange::Die { on } => die(person, member, *on, acting.today),
        PersonChange::Live => live(person),
        PersonChange::SetTotal { slot, value, .. } => set_total(person, slot, *value),
        PersonChange::SetBalances { balances, .. } => Ok(Effect {
            balances: Some(*balances),
            ..Effect::NOTHING
        }),
    }
}

fn filings(change: &PersonChange, person: &Person, acting: &Acting<'_>) -> Result<Effect, Refusal> {
    let filings = if let PersonChange::File {
        class,
        area,
        from,
        until,
    } = change
    {
        alive(person)?;
        let wanted = Wanted {
            class: *class,
            area: *area,
            from: *from,
            until: *until,
        };
        acting.file(person, wanted)?
    } else if let PersonChange::AmendFiling {
        filing,
        class,
        area,
        until,
    } = change
    {
        alive(person)?;
        let wanted = Wanted {
            class: *class,
            area: *area,
            from: None,
            until: *until,
        };
        acting.amend(person, *filing, wanted)?
    } else if let PersonChange::CancelFiling {
        filing,
        from,
        reason,
    } = change
    {
        acting.cancel(person, *filing, *from, *reason)?
    } else {
        return Err(misfit("another change"));
    };
    Ok(Effect {
        filings: Some(filings),
        ..Effect::NOTHING
    })
}

fn of_member(member: Member) -> Effect {
    Effect {
        member: Some(member),
        ..Effect::NOTHING
    }
}

fn alive(person: &Person) -> Result<(), Refusal> {
    match person.died {
        None => Ok(()),
        Some(day) => Err(Refusal::new(RefusalCode::PersonDead, day)),
    }
}

fn misfit(detail: impl std::fmt::Display) -> Refusal {
    Refusal::new(RefusalCode::CoverDoesNotFit, detail)
}

/// A stretch up to the day before; none when nothing of it is left.
fn before(days: DateInterval, from: ServiceDate) -> Option<DateInterval> {
    let last = from.plus_days(-1).ok()?;
    DateInterval::new(days.from(), Some(last)).ok()
}

fn lapse(member: &Member, from: ServiceDate) -> Result<Member, Refusal> {
    let mut member = member.clone();
    let at = member.periods.iter().position(|it| it.days.contains(from));
    let at = at.ok_or_else(|| misfit(from))?;
    let ended = member.periods.remove(at);
    if let Some(days) = before(ended.days, from) {
        member.periods.insert(at, CoveragePeriod { days, ..ended });
    }
    Ok(member)
}

fn resume(member: &Member, period: &CoveragePeriod) -> Result<Member, Refusal> {
    let mut member = member.clone();
    let overlaps = |other: &&CoveragePeriod| other.days.overlaps(period.days);
    if let Some(other) = member.periods.iter().find(overlaps) {
        return Err(misfit(other.days));
    }
    room(member.periods.len(), "cover")?;
    member.periods.push(period.clone());
    member.periods.sort_by_key(|period| period.days.from());
    Ok(member)
}

fn reclassify(member: &Member, change: &PersonChange) -> Result<Member, Refusal> {
    let PersonChange::Reclassify {
        from,
        scheme,
        category,
        retired,
    } = change
    else {
        return Err(misfit("another change"));
    };
    let mut member = member.clone();
    let at = member.periods.iter().position(|it| it.days.contains(*from));
    let at = at.ok_or_else(|| misfit(from))?;
    room(member.periods.len(), "cover")?;
    let old = member.periods.remove(at);
    let days = DateInterval::new(*from, old.days.until()).map_err(malformed("from"))?;
    let new = CoveragePeriod {
        scheme: *scheme,
        category: *category,
        retired: *retired,
        days,
    };
    member.periods.insert(at, new);
    if let Some(days) = before(old.days, *from) {
        member.periods.insert(at, CoveragePeriod { days, ..old });
    }
    Ok(member)
}

fn hold(member: &Member, period: &IdentityPeriod) -> Result<Member, Refusal> {
    let mut member = member.clone();
    let overlaps = |other: &&IdentityPeriod| {
        other.identity == period.identity && other.days.overlaps(period.days)
    };
    if let Some(other) = member.identities.iter().find(overlaps) {
        return Err(misfit(format!("{} {}", other.identity, other.days)));
    }
    room(member.identities.len(), "identities")?;
    member.identities.push(period.clone());
    member
        .identities
        .sort_by_key(|held| (held.identity, held.days.from()));
    Ok(member)
}

fn end(
    member: &Member,
    identity: AssistanceIdentity,
    from: ServiceDate,
) -> Result<Member, Refusal> {
    let mut member = member.clone();
    let held = |it: &IdentityPeriod| it.identity == identity && it.days.contains(from);
    let at = member.identities.iter().position(held);
    let at = at.ok_or_else(|| misfit(format!("{identity} {from}")))?;
    let ended = member.identities.remove(at);
    if let Some(days) = before(ended.days, from) {
        member
            .identities
            .insert(at, IdentityPeriod { days, ..ended });
    }
    Ok(member)
}

fn die(
    person: &Person,
    member: &Member,
    on: ServiceDate,
    today: ServiceDate,
) -> Result<Effect, Refusal> {
    if let Some(day) = person.died {
        return Err(Refusal::new(RefusalCode::PersonDead, day));
    }
    if on > today || on < member.birth {
        return Err(malformed("die")("is no day between birth and today"));
    }
    Ok(Effect {
        member: Some(insured_until(member.clone(), on)),
        death: Some(Death::On(on)),
        ..Effect::NOTHING
    })
}

fn live(person: &Person) -> Result<Effect, Refusal> {
    match person.died {
        None => Err(misfit("no death is known")),
        Some(_) => Ok(Effect {
            death: Some(Death::Lives),
            ..Effect::NOTHING
        }),
    }
}

fn set_total(person: &Person, slot: &TotalSlot, value: i64) -> Result<Effect, Refusal> {
    if value < 0 {
        return Err(malformed("set_total.value")("is below zero"));
    }
    if person.totals >= TOTALS_AT_MOST {
        return Err(Refusal::new(RefusalCode::RecordFull, "totals"));
    }
    Ok(Effect {
        totals: vec![(slot.clone(), value)],
        ..Effect::NOTHING
    })
}

fn room(held: usize, what: &str) -> Result<(), Refusal> {
    if held < STRETCHES_AT_MOST {
        Ok(())
    } else {
        Err(Refusal::new(RefusalCode::RecordFull, what))
    }
}
