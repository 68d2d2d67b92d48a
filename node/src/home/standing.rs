//! How a person stands on the days of one visit: cover, filing, identities, totals, and the policy that
//! decides it.
//!
//! Pure: rows in, standing or refusal out, in the order of precedence: unknown person, death, not
//! enrolled, no policy. Entitlement, filing, age and identities follow the day of admission; the policy follows the
//! benefit date it names itself. A filing for a province covers its cities. A filing made after admission and
//! before the settlement counts, as made during the stay; one who paid the hospital and claims by hand had to
//! file before discharge. Nothing is paid for days after death; a stay that ended by it settles.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use huitong_adjudication::{Blame, Engine, Fault, facts, slots};
use huitong_core::bill::{Institution, SplitBill, Visit};
use huitong_core::claim::Claim;
use huitong_core::coverage::{Coverage, Snapshot};
use huitong_core::date::ServiceDate;
use huitong_core::decision::Decision;
use huitong_core::digest::Digest;
use huitong_core::person::{Credential, PersonRef};
use huitong_core::policy::total::ADMISSIONS;
use huitong_core::record::person::HeldFiling;
use huitong_core::record::registry::{CoveragePeriod, Member};
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;
use huitong_core::totals::TotalSlot;
use huitong_core::vocabulary::{AssistanceIdentity, FilingClass, FilingTime};

use super::relation::{Relation, relation};
use super::unbroken::unbroken;
use crate::ordinal;
use crate::policies::{HeldPolicy, OwnPolicies};
use crate::store::{Account, Episode, Filings, Rows, StoreError, account_now};

/// A person and a visit.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The treatment region.
    pub treatment: RegionCode,
    /// The person.
    pub person: PersonRef,
    /// The institution.
    pub institution: &'a Institution,
    /// The visit.
    pub visit: &'a Visit,
    /// By whom it is settled.
    pub settling: Settling,
    /// What was read of the person, where that is asked for.
    pub credential: Option<&'a Credential>,
}

/// How a visit is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settling {
    /// With the institution, which charges the patient's share alone.
    Direct,
    /// With the patient, who paid the institution and brings the bill home.
    ByHand,
}

impl Asked<'_> {
    /// A claim with no bill: facts and slots do not depend on it.
    pub(crate) fn without_bill(&self) -> Result<Claim, Refusal> {
        let bill = SplitBill::new(Vec::new());
        let bill = bill.map_err(|fault| Refusal::new(RefusalCode::BadBill, fault))?;
        Ok(Claim {
            treatment: self.treatment,
            institution: self.institution.clone(),
            person: self.person,
            visit: self.visit.clone(),
            bill,
            catalogue: Digest::from_bytes([0; 32]),
            given: BTreeMap::new(),
        })
    }
}

/// How a person stands.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The person.
    pub member: Member,
    /// Cover, filing and identities for the visit.
    pub coverage: Coverage,
    /// Version, totals and balances.
    pub account: Account,
    /// The policy that decides the visit.
    pub policy: Arc<HeldPolicy>,
    /// The totals that the policy reads, as they stand.
    pub totals: BTreeMap<TotalSlot, i64>,
}

impl Standing {
    /// What the treatment region is told: the facts that the policy asks for, and no others.
    #[must_use]
    pub fn told(&self, asked: &Asked<'_>) -> Snapshot {
        let needs = self.policy.compiled.needs();
        let snapshot = self.snapshot(asked);
        Snapshot {
            coverage: snapshot.coverage.as_asked(needs),
            balances: snapshot.balances.as_asked(needs),
            ..snapshot
        }
    }

    /// What a settlement is decided on, in full: what the home region records, so that it can be decided
    /// again under a policy that asks for more.
    #[must_use]
    pub fn snapshot(&self, asked: &Asked<'_>) -> Snapshot {
        Snapshot {
            person: asked.person,
            version: self.account.version,
            coverage: self.coverage.clone(),
            totals: self.totals.clone(),
            balances: self.account.balances,
            policy: self.policy.digest(),
            engines: Engine::accepted(),
        }
    }

    /// The home region's own decision on a claim, by the engine that the treatment region used.
    ///
    /// # Errors
    /// The refusal that a fault of the policy or of the claim amounts to.
    pub fn decide(&self, engine: Engine, claim: &Claim) -> Result<Decision, Refusal> {
        let (coverage, totals) = (&self.coverage, &self.totals);
        engine
            .decide(
                &self.policy.compiled,
                claim,
                coverage,
                totals,
                self.account.balances,
            )
            .map_err(|fault| fault_refusal(&fault))
    }
}

/// What the caller is told of a fault of adjudication.
#[must_use]
pub fn fault_refusal(fault: &Fault) -> Refusal {
    let code = match fault.blame() {
        Blame::Policy => RefusalCode::PolicyFault,
        Blame::Claim => RefusalCode::GivenTooLarge,
        Blame::Pieces => RefusalCode::VisitSpansYears,
        Blame::Engine => {
            tracing::error!(%fault, "adjudication broke one of its own rules");
            RefusalCode::PolicyFault
        }
    };
    Refusal::new(code, fault)
}

/// How a person stands on the days of a visit, or why nothing is paid.
///
/// # Errors
/// [`StoreError`] when rows cannot be read.
pub fn standing(
    rows: &dyn Rows,
    policies: &OwnPolicies,
    own: RegionCode,
    asked: &Asked<'_>,
) -> Result<Result<Standing, Refusal>, StoreError> {
    let psn_no = asked.person.psn_no;
    // First: whatever changes after the version was read makes it stale.
    let account = account_now(rows, psn_no)?;
    let member = if asked.person.home == own {
        rows.member(psn_no)?
    } else {
        None
    };
    let Some(member) = member else {
        return Ok(Err(Refusal::new(
            RefusalCode::UnknownPerson,
            asked.person.home,
        )));
    };
    if let Some(shown) = asked.credential
        && !member.credentials.contains(shown)
    {
        return Ok(Err(Refusal::new(RefusalCode::CredentialMismatch, "")));
    }
    let mut account = account.ok_or(StoreError::Inconsistent("a member without an account"))?;
    let prior = match rows.relation(psn_no)? {
        None => Vec::new(),
        Some(row) => match relation(rows, psn_no, asked.visit.admitted)? {
            Relation::Here => row.prior,
            Relation::Moving(to) => {
                return Ok(Err(Refusal::new(RefusalCode::MemberMoving, to)));
            }
            Relation::Moved(to) => return Ok(Err(Refusal::new(RefusalCode::MemberMoved, to))),
            Relation::Late(leaving) => {
                if let Some(mirror) = leaving.mirror {
                    account.balances = mirror.balances;
                }
                row.prior
            }
        },
    };
    let filings = rows.filings(psn_no)?.unwrap_or(Filings(Vec::new()));
    let visit = asked.visit;
    // Cover ends with death, so that whoever is covered without end need not be asked about.
    let may_be_dead = member
        .periods
        .last()
        .is_none_or(|last| last.days.until().is_some());
    if may_be_dead
        && let Some(died) = rows.death(psn_no)?
        && visit.discharged > died
    {
        return Ok(Err(Refusal::new(RefusalCode::PersonDead, visit.discharged)));
    }
    let episode = if visit.setting.is_stay() {
        let began = visit.episode_began_at(asked.institution.code);
        rows.episode(psn_no, began, visit.episode.clone())?
    } else {
        None
    };
    Ok(resolve(
        member,
        account,
        (&filings.0, &prior),
        episode,
        policies,
        asked,
    ))
}

fn resolve(
    member: Member,
    account: Account,
    (filings, prior): (&[HeldFiling], &[CoveragePeriod]),
    episode: Option<Episode>,
    policies: &OwnPolicies,
    asked: &Asked<'_>,
) -> Result<Standing, Refusal> {
    let visit = asked.visit;
    let mut coverage = coverage(&member, prior, filings, asked)?;
    let policy = policies.deciding(coverage.scheme, visit).ok_or_else(|| {
        let detail = format!(
            "{}, {}, {}",
            coverage.scheme, visit.setting, visit.discharged
        );
        Refusal::new(RefusalCode::NoPolicy, detail)
    })?;
    let claim = asked.without_bill()?;
    let facts = facts(policy.policy(), &claim, &coverage).map_err(|fault| fault_refusal(&fault))?;
    let slots = slots(policy.policy(), &facts, &claim);
    let value = |slot: &TotalSlot| account.totals.get(slot).copied();
    let admissions = slots.iter().find(|(name, _)| name.as_str() == ADMISSIONS);
    let counted = admissions
        .and_then(|(_, slot)| value(slot))
        .unwrap_or_default();
    coverage.ordinal = ordinal::of_visit(episode.map(|episode| episode.ordinal), counted);
    coverage.continued = episode.is_some_and(|episode| episode.begun > 0);
    let totals = slots
        .into_values()
        .filter_map(|slot| value(&slot).map(|value| (slot, value)))
        .collect();
    Ok(Standing {
        member,
        coverage,
        account,
        policy,
        totals,
    })
}

fn coverage(
    member: &Member,
    prior: &[CoveragePeriod],
    filings: &[HeldFiling],
    asked: &Asked<'_>,
) -> Result<Coverage, Refusal> {
    let admitted = asked.visit.admitted;
    let period = member
        .periods
        .iter()
        .find(|period| period.days.contains(admitted));
    let period = period.ok_or_else(|| Refusal::new(RefusalCode::NotEnrolled, admitted))?;
    let (filing, filing_time) = filing(filings, asked);
    let unbroken = if prior.is_empty() {
        unbroken(&member.periods, admitted)
    } else {
        let mut periods = [prior, &*member.periods].concat();
        periods.sort_by_key(|period| period.days.from());
        periods.dedup();
        unbroken(&periods, admitted)
    };
    Ok(Coverage {
        scheme: period.scheme,
        category: period.category,
        retired: period.retired,
        age: member.birth.whole_years_until(admitted),
        years_paid: member.years_paid,
        covered_days: unbroken.days,
        covered_years: unbroken.years,
        claim_free_years: member.claim_free_years,
        identities: identities(member, admitted),
        filing,
        filing_time,
        ordinal: 1,
        continued: false,
    })
}

fn identities(member: &Member, day: ServiceDate) -> BTreeSet<AssistanceIdentity> {
    let valid = member
        .identities
        .iter()
        .filter(|period| period.days.contains(day));
    valid.map(|period| period.identity).collect()
}

/// The filing that holds for a visit: made before admission rather than during the stay, then the class
/// that serves the patient best.
fn filing(filings: &[HeldFiling], asked: &Asked<'_>) -> (FilingClass, FilingTime) {
    let (visit, settling) = (asked.visit, asked.settling);
    let holds = filings
        .iter()
        .filter(|held| held.filing.area.covers(asked.treatment))
        .filter_map(|held| {
            let (filed_on, class) = (held.filing.filed_on, held.filing.class);
            if filed_on <= visit.admitted {
                let holds = held.holds_on(visit.admitted);
                return holds.then_some((FilingTime::Before, class));
            }
            let in_time = match settling {
                Settling::Direct => true,
                Settling::ByHand => filed_on <= visit.discharged,
            };
            (in_time && held.holds_on(filed_on)).then_some((FilingTime::DuringStay, class))
        });
    let best = holds.min_by_key(|(time, class)| (*time, rank(*class)));
    best.map_or(
        (FilingClass::Unfiled, FilingTime::Absent),
        |(time, class)| (class, time),
    )
}

const fn rank(class: FilingClass) -> u8 {
    match class {
        FilingClass::LongTerm => 0,
        FilingClass::Referral => 1,
        FilingClass::Emergency => 2,
        FilingClass::Temporary => 3,
        FilingClass::Unfiled => 4,
    }
}

#[cfg(test)]
mod tests;
