//! Whether a settlement of the core system counts. Pure, decided by the writer.
//!
//! The order: id, days, institution, person and cover, visit, what it corrects, totals, accounts. The node does
//! not decide the settlement again; it only works out where each stated total is kept, by the policy that
//! decides the visit, and asks for each total that this policy declares, so that none is forgotten silently.

use std::collections::BTreeMap;

use huitong_adjudication::{facts, slots};
use huitong_core::bill::Institution;
use huitong_core::coverage::Balances;
use huitong_core::date::Timestamp;
use huitong_core::external::{Added, ExternalSettlement, Misstated};
use huitong_core::fund::Fund;
use huitong_core::name::Name;
use huitong_core::person::PersonRef;
use huitong_core::policy::Policy;
use huitong_core::policy::fact::Dimension;
use huitong_core::policy::total::TotalRule;
use huitong_core::record::external::ExternalNoted;
use huitong_core::record::person::AskedBy;
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;
use huitong_core::totals::{TotalChange, TotalSlot};

use crate::home::relation::handed_over;
use crate::home::restored::missing;
use crate::home::standing::{Asked, Settling, Standing, fault_refusal, standing};
use crate::people::act::day_of;
use crate::people::totals::totals_with;
use crate::policies::OwnPolicies;
use crate::store::{Rows, SettlementState, StoreError, standing_visit, taken_visit};

/// Where a settlement is looked at.
pub(super) struct Desk<'a> {
    pub(super) region: RegionCode,
    pub(super) policies: &'a OwnPolicies,
    pub(super) by: &'a AskedBy,
    pub(super) now: Timestamp,
}

/// What a settlement comes to.
#[derive(Debug)]
pub(super) enum Note {
    /// It was recorded before, word for word.
    Known,
    /// It counts from now on.
    New(Box<ExternalNoted>),
    /// It is refused.
    Refused(Refusal),
}

impl Desk<'_> {
    /// Looks at one settlement.
    pub(super) fn look(
        &self,
        settlement: &ExternalSettlement,
        rows: &dyn Rows,
    ) -> Result<Note, StoreError> {
        if let Some(row) = rows.external(settlement.core_id.clone())? {
            let differs = row.binding.first_difference(&settlement.binding());
            return Ok(differs.map_or(Note::Known, |field| refused(RefusalCode::IdConflict, field)));
        }
        if settlement.visit.discharged > day_of(self.now)? {
            let detail = "discharged: is after today 晚于今日";
            return Ok(refused(RefusalCode::Malformed, detail));
        }
        let code = settlement.institution;
        let Some(institution) = rows.institution(code)? else {
            return Ok(refused(RefusalCode::UnknownInstitution, code));
        };
        let standing = match self.standing(settlement, &institution.institution, rows)? {
            Ok(standing) => standing,
            Err(refusal) => return Ok(Note::Refused(refusal)),
        };
        match missing(rows, settlement.psn_no)? {
            0 => {}
            missing => return Ok(refused(RefusalCode::PersonHeld, missing)),
        }
        // The accounts and totals of whoever was handed over are the new home's.
        if let Some(left) = handed_over(rows, settlement.psn_no)? {
            return Ok(refused(RefusalCode::LateByHand, left.new_home));
        }
        if let Some(refusal) = in_the_way(settlement, rows)? {
            return Ok(Note::Refused(refusal));
        }
        let changes = match changes(settlement, &institution.institution, &standing, self.region) {
            Ok(changes) => changes,
            Err(refusal) => return Ok(Note::Refused(refusal)),
        };
        self.note(settlement, changes, &standing)
    }

    fn standing(
        &self,
        settlement: &ExternalSettlement,
        institution: &Institution,
        rows: &dyn Rows,
    ) -> Result<Result<Standing, Refusal>, StoreError> {
        let asked = asked(settlement, institution, self.region);
        standing(rows, self.policies, self.region, &asked)
    }

    fn note(
        &self,
        settlement: &ExternalSettlement,
        changes: Vec<TotalChange>,
        standing: &Standing,
    ) -> Result<Note, StoreError> {
        let account = &standing.account;
        let balances = match balances(settlement, account.balances) {
            Ok(balances) => balances,
            Err(refusal) => return Ok(Note::Refused(refusal)),
        };
        let Some(totals) = totals_with(&changes, account)? else {
            return Ok(refused(RefusalCode::RecordFull, "totals"));
        };
        let visit = &settlement.visit;
        let is_stay = visit.setting.is_stay();
        let begins = is_stay && !standing.coverage.continued;
        let began = visit.episode_began_at(settlement.institution);
        Ok(Note::New(Box::new(ExternalNoted {
            settlement: settlement.clone(),
            by: self.by.clone(),
            policy: standing.policy.digest(),
            changes,
            ordinal: is_stay.then_some(standing.coverage.ordinal),
            begun: begins.then(|| (began, visit.episode.clone())),
            after: account.next_version(),
            totals,
            balances,
            at: self.now,
        })))
    }
}

fn refused(code: RefusalCode, detail: impl std::fmt::Display) -> Note {
    Note::Refused(Refusal::new(code, detail))
}

fn asked<'a>(
    settlement: &'a ExternalSettlement,
    institution: &'a Institution,
    region: RegionCode,
) -> Asked<'a> {
    Asked {
        treatment: region,
        person: PersonRef {
            home: region,
            psn_no: settlement.psn_no,
        },
        institution,
        visit: &settlement.visit,
        settling: Settling::Direct,
        credential: None,
    }
}

/// What stands or is open of the visit, and whether what is corrected may be.
fn in_the_way(
    settlement: &ExternalSettlement,
    rows: &dyn Rows,
) -> Result<Option<Refusal>, StoreError> {
    let visit = settlement.visit_key();
    if let Some(open) = taken_visit(rows, &visit, &settlement.visit)?
        && let Some(row) = rows.settlement(open)?
        && row.state == SettlementState::Prepared
    {
        return Ok(Some(Refusal::new(RefusalCode::VisitInProgress, open)));
    }
    if let Some(other) = rows.handed_visit(visit.clone())? {
        return Ok(Some(Refusal::new(RefusalCode::VisitAlreadySettled, other)));
    }
    if let Some(other) = standing_visit(rows, &visit, &settlement.visit)? {
        return Ok(Some(Refusal::new(RefusalCode::VisitAlreadySettled, other)));
    }
    let Some(corrected) = &settlement.corrects else {
        return Ok(None);
    };
    let row = rows.external(corrected.clone())?;
    let may_be = row.is_some_and(|row| {
        row.psn_no == settlement.psn_no
            && row.visit == visit
            && row.withdrawn.is_some()
            && row.corrected_by.is_none()
    });
    Ok((!may_be).then(|| Refusal::new(RefusalCode::ExternalCorrects, corrected)))
}

/// Where each stated total is kept, and the admission that is counted.
fn changes(
    settlement: &ExternalSettlement,
    institution: &Institution,
    standing: &Standing,
    region: RegionCode,
) -> Result<Vec<TotalChange>, Refusal> {
    let policy = standing.policy.policy();
    let claim = asked(settlement, institution, region).without_bill()?;
    let facts = facts(policy, &claim, &standing.coverage).map_err(|fault| fault_refusal(&fault))?;
    let slots = slots(policy, &facts, &claim);
    let differs = |found: Misstated| Refusal::new(RefusalCode::ExternalTotals, found);
    let mut changes = stated(settlement, policy, &slots).map_err(differs)?;
    let counted = policy.totals().iter().find(|rule| rule.counts_admissions());
    if let Some(slot) = counted.and_then(|rule| slots.get(&rule.name))
        && facts.begins_stay()
    {
        let slot = slot.clone();
        changes.push(TotalChange { slot, adds: 1 });
    }
    Ok(changes)
}

/// What is added to each total that is declared for the visit; each is stated, and no other.
fn stated(
    settlement: &ExternalSettlement,
    policy: &Policy,
    slots: &BTreeMap<Name, TotalSlot>,
) -> Result<Vec<TotalChange>, Misstated> {
    let declared: BTreeMap<Name, &TotalRule> = policy
        .totals()
        .iter()
        .filter(|rule| !rule.counts_admissions() && slots.contains_key(&rule.name))
        .map(|rule| (rule.name, rule))
        .collect();
    let adds = &settlement.adds;
    if let Some(name) = adds.keys().find(|name| !declared.contains_key(name)) {
        return Err(Misstated::Unknown(*name));
    }
    let missing = declared.keys().filter(|name| !adds.contains_key(name));
    let missing: std::collections::BTreeSet<Name> = missing.copied().collect();
    if !missing.is_empty() {
        return Err(Misstated::Missing(missing));
    }
    let mut changes = Vec::new();
    for (name, added) in adds {
        let dimension = declared.get(name).map(|rule| rule.dimension());
        let fits = match added {
            Added::Sum(_) => dimension == Some(Dimension::Money),
            Added::Count(_) => dimension == Some(Dimension::Count),
        };
        if !fits {
            return Err(Misstated::OtherKind(*name));
        }
        let adds = added.value();
        if let Some(slot) = slots.get(name).filter(|_| adds != 0) {
            let slot = slot.clone();
            changes.push(TotalChange { slot, adds });
        }
    }
    Ok(changes)
}

fn balances(settlement: &ExternalSettlement, before: Balances) -> Result<Balances, Refusal> {
    let less = |fund: Fund, held: huitong_core::money::Fen| {
        let left = held.checked_sub(settlement.paid_by(fund));
        left.map_err(|_| Refusal::new(RefusalCode::AccountShort, fund))
    };
    Ok(Balances {
        own: less(Fund::OwnAccount, before.own)?,
        family: less(Fund::FamilyAccount, before.family)?,
    })
}
