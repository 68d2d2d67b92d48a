//! What the region's policy pays on a person's year: which settlements count, the year as one bill, the decision.
//!
//! Rows and records in, an assessment or a refusal out. Whoever found need on a day is looked at as they stood on
//! that day: cover and identities are of that day, and care that began later is not counted. A settlement to which
//! assistance applied at the counter is not counted either: what it left was helped. Institution, kind of
//! treatment, arrival and filing are those of the counted settlement with the most in scope.

use std::collections::BTreeMap;

use huitong_adjudication::{Engine, Fault};
use huitong_core::assistance::{AssessedYear, Counted, PAID_THIS_YEAR, Uncounted};
use huitong_core::bill::{SplitBill, Visit, VisitNumber};
use huitong_core::claim::Claim;
use huitong_core::coverage::{Balances, Coverage, Snapshot};
use huitong_core::date::ServiceDate;
use huitong_core::decision::Decision;
use huitong_core::money::Fen;
use huitong_core::name::Name;
use huitong_core::person::{PersonRef, PsnNo};
use huitong_core::policy::Policy;
use huitong_core::record::home::Committed;
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;
use huitong_core::totals::TotalChange;
use huitong_core::vocabulary::{NotCounted, Part, Scheme};

use super::helped::helped;
use super::year::{Settled, outside, settlements};
use crate::error::NodeError;
use crate::home::relation::in_the_way;
use crate::home::standing::{Asked, Settling, Standing, fault_refusal, standing};
use crate::ledger::Ledger;
use crate::policies::{Deciding, HeldPolicy, PolicyBook};
use crate::store::{Rows, StoreError, account_now};

/// Where a year is assessed.
pub(super) struct Assessing<'a> {
    pub(super) region: RegionCode,
    pub(super) ledger: &'a Ledger,
    /// The rows that it rests on: the ledger's, or as they would be.
    pub(super) rows: &'a dyn Rows,
    pub(super) policies: &'a PolicyBook,
    pub(super) deciding: &'a Deciding,
}

/// Settlements that count, and the others with why not.
pub(super) type Sifted<'a> = (Vec<&'a Settled>, Vec<Uncounted>);

impl Assessing<'_> {
    /// Assesses a year.
    ///
    /// # Errors
    /// A refusal, or the node's own trouble.
    pub(super) fn assess(&self, psn_no: PsnNo, on: ServiceDate) -> Result<AssessedYear, NodeError> {
        // Read before anything that rests on it: whatever changes meanwhile makes it stale.
        let version = account_now(self.rows, psn_no)?.map(|account| account.version);
        if let Some(refusal) = in_the_way(self.rows, psn_no)? {
            return Err(refusal.into());
        }
        let year = settlements(self.ledger, self.policies, psn_no, on.year())?;
        let scheme = self.scheme(psn_no, on)?;
        let candidates = sift(year.iter(), |settled| reason(settled, on, scheme));
        let Some(main) = largest(&candidates.0) else {
            return Err(match self.rows.member(psn_no)? {
                None => NodeError::refused(RefusalCode::UnknownPerson, self.region),
                Some(_) => NodeError::refused(RefusalCode::AssistanceNothing, on),
            });
        };
        let visit = dated(&main.record.claim.visit, on)?;
        let standing = self.standing(psn_no, &visit, main)?;
        if Some(standing.account.version) != version {
            return Err(NodeError::refused(RefusalCode::StaleVersion, ""));
        }
        let (counted, uncounted) = decided_by(standing.policy.policy(), candidates);
        let sums = sums(&counted)?;
        let of = &main.record.claim;
        let claim = Claim {
            visit,
            ..as_one_bill(of, &sums, on)?
        };
        let snapshot = Snapshot {
            person: claim.person,
            version: standing.account.version,
            coverage: coverage(&standing.coverage, &main.record.snapshot.coverage),
            totals: standing.totals,
            balances: Balances::NONE,
            policy: standing.policy.digest(),
            engines: Engine::accepted(),
        };
        let (decision, changes) = decide(&standing.policy, &claim, &snapshot, &counted)?;
        Ok(AssessedYear {
            counted: sums,
            uncounted,
            decided_as: main.id.settlement,
            outside: outside(self.ledger, self.policies, psn_no, on.year())?,
            claim,
            snapshot,
            decision,
            changes,
        })
    }

    /// The scheme that covers a person on a day.
    fn scheme(&self, psn_no: PsnNo, on: ServiceDate) -> Result<Option<Scheme>, StoreError> {
        let member = self.rows.member(psn_no)?;
        let mut periods = member.into_iter().flat_map(|member| member.periods);
        let period = periods.find(|period| period.days.contains(on));
        Ok(period.map(|period| period.scheme))
    }

    fn standing(
        &self,
        psn_no: PsnNo,
        visit: &Visit,
        main: &Settled,
    ) -> Result<Standing, NodeError> {
        let asked = Asked {
            treatment: main.record.claim.treatment,
            person: PersonRef {
                home: self.region,
                psn_no,
            },
            institution: &main.record.claim.institution,
            visit,
            settling: Settling::ByHand,
            credential: None,
        };
        Ok(standing(
            self.rows,
            &self.deciding.own,
            self.region,
            &asked,
        )??)
    }
}

/// Of candidates those that a policy decides.
pub(super) fn decided_by<'a>(
    policy: &Policy,
    (candidates, mut uncounted): Sifted<'a>,
) -> Sifted<'a> {
    let settings = &policy.scope().settings;
    let (counted, others) = sift(candidates, |settled| {
        let decides = settings.contains(&settled.record.claim.visit.setting);
        (!decides).then_some(NotCounted::OtherSetting)
    });
    uncounted.extend(others);
    (counted, uncounted)
}

/// What of each is in scope, and was paid.
pub(super) fn sums(counted: &[&Settled]) -> Result<Vec<Counted>, NodeError> {
    let sums = counted.iter().map(|settled| {
        Ok(Counted {
            treatment: settled.id.treatment,
            settlement: settled.id.settlement,
            in_scope: settled.in_scope(),
            paid: settled.paid_in_scope()?,
        })
    });
    sums.collect()
}

/// A claim for the sums, with what was paid as given.
pub(super) fn as_one_bill(
    of: &Claim,
    sums: &[Counted],
    on: ServiceDate,
) -> Result<Claim, NodeError> {
    let range = |_| StoreError::Range("a sum of settlements");
    let in_scope = Fen::sum(sums.iter().map(|one| one.in_scope)).map_err(range)?;
    let paid = Fen::sum(sums.iter().map(|one| one.paid)).map_err(range)?;
    if in_scope.is_zero() {
        return Err(NodeError::refused(RefusalCode::AssistanceNothing, on));
    }
    let amounts = BTreeMap::from([((Part::InScope, Vec::new()), in_scope)]);
    let bill =
        SplitBill::from_amounts(amounts).map_err(|_| StoreError::Range("a sum of settlements"))?;
    let name = Name::parse(PAID_THIS_YEAR);
    let name = name.map_err(|_| StoreError::Inconsistent("a name of ours is none"))?;
    let given = (!paid.is_zero()).then_some((name, paid));
    Ok(Claim {
        bill,
        given: given.into_iter().collect(),
        ..of.clone()
    })
}

/// The decision of a year, by a policy and as the person stood, and what it adds to totals.
pub(super) fn decide(
    policy: &HeldPolicy,
    claim: &Claim,
    snapshot: &Snapshot,
    counted: &[&Settled],
) -> Result<(Decision, Vec<TotalChange>), NodeError> {
    let engine = Engine::newest_among(&snapshot.engines);
    let engine = engine.ok_or_else(|| NodeError::refused(RefusalCode::EngineNotAccepted, ""))?;
    let (coverage, totals) = (&snapshot.coverage, &snapshot.totals);
    let balances = snapshot.balances;
    let decided = engine.decide(&policy.compiled, claim, coverage, totals, balances);
    let decision = decided.map_err(|fault| refusal(&fault, claim.visit.admitted))?;
    let taken_before = |fund| counted.iter().any(|it| it.was_taken_by(|of| of == fund));
    let changes = helped(policy.policy(), &decision, taken_before)?;
    Ok((decision, changes))
}

/// What an officer is told of a fault. That no layer books what was paid means that nobody like this is helped; that
/// too little is left for it, that another layer took of the year before.
fn refusal(fault: &Fault, on: ServiceDate) -> Refusal {
    match fault {
        Fault::GivenUnknown { name } if name.as_str() == PAID_THIS_YEAR => {
            Refusal::new(RefusalCode::AssistanceNotEntitled, on)
        }
        Fault::GivenTooLarge { name, .. } if name.as_str() == PAID_THIS_YEAR => {
            Refusal::new(RefusalCode::AssistanceNotByPolicy, name)
        }
        Fault::GivenUnknown { .. }
        | Fault::GivenTooLarge { .. }
        | Fault::Layer { .. }
        | Fault::Total { .. }
        | Fault::NoTier { .. }
        | Fault::NotInScope(_)
        | Fault::SpansYears { .. }
        | Fault::StoredTotal { .. }
        | Fault::TooManyBuckets { .. }
        | Fault::Money(_)
        | Fault::OtherDecision
        | Fault::Unbalanced => fault_refusal(fault),
    }
}

/// Cover, age and identities of the day; how the person came to the care, as it was then.
fn coverage(on_the_day: &Coverage, then: &Coverage) -> Coverage {
    Coverage {
        filing: then.filing,
        filing_time: then.filing_time,
        ordinal: then.ordinal,
        // It begins no admission.
        continued: true,
        ..on_the_day.clone()
    }
}

/// The visit as which the year is decided: one day, the one on which need was found.
fn dated(of: &Visit, on: ServiceDate) -> Result<Visit, StoreError> {
    let number = VisitNumber::parse(&format!("assistance-{}", on.year()));
    let number = number.map_err(|_| StoreError::Inconsistent("a number of ours is none"))?;
    Ok(Visit {
        episode: number.clone(),
        number,
        episode_at: None,
        interim: 0,
        admitted: on,
        billed_from: on,
        discharged: on,
        sessions: 1,
        ..of.clone()
    })
}

/// Why a settlement does not count, whatever policy decides.
pub(super) fn reason(
    settled: &Settled,
    on: ServiceDate,
    scheme: Option<Scheme>,
) -> Option<NotCounted> {
    let Committed {
        claim, snapshot, ..
    } = &settled.record;
    if settled.was_assisted() {
        Some(NotCounted::Assisted)
    } else if claim.visit.admitted > on {
        Some(NotCounted::Later)
    } else if scheme.is_some_and(|scheme| snapshot.coverage.scheme != scheme) {
        Some(NotCounted::OtherScheme)
    } else {
        None
    }
}

pub(super) fn sift<'a>(
    all: impl IntoIterator<Item = &'a Settled>,
    why: impl Fn(&Settled) -> Option<NotCounted>,
) -> Sifted<'a> {
    let (mut counted, mut uncounted) = (Vec::new(), Vec::new());
    for settled in all {
        match why(settled) {
            None => counted.push(settled),
            Some(why) => uncounted.push(Uncounted {
                treatment: settled.id.treatment,
                settlement: settled.id.settlement,
                why,
            }),
        }
    }
    (counted, uncounted)
}

/// The one with the most in scope; of equal ones the first.
fn largest<'a>(settled: &[&'a Settled]) -> Option<&'a Settled> {
    let mut largest: Option<&'a Settled> = None;
    for &one in settled {
        if largest.is_none_or(|other| one.in_scope() > other.in_scope()) {
            largest = Some(one);
        }
    }
    largest
}
