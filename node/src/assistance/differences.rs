//! Grants that would come out differently, since a settlement of their year was reversed or came later, their policy was
//! withdrawn, or the person's cover or need on that day is another one now.
//!
//! A grant stands as it was made; so do later settlements after a reversal. Each is worked out again under the policy
//! and on the cover that it was granted on, on the totals of then without what stands no more, and on the settlements
//! that stand now. Beside it stands what withdrawing it and granting anew would come to: by the policy, the identities
//! and the totals of now, which later settlements have moved on.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::assistance::AssessedYear;
use huitong_core::coverage::Snapshot;
use huitong_core::decision::Decision;
use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
use huitong_core::money::Fen;
use huitong_core::person::PsnNo;
use huitong_core::record::NodeRecord;
use huitong_core::record::assistance::AssistanceGranted;
use huitong_core::refusal::{Refusal, RefusalCode, Retry};
use huitong_core::totals::{TotalChange, TotalSlot};
use huitong_core::vocabulary::AssistanceEndReason;

use super::AssistanceDesk;
use super::assess::{Assessing, as_one_bill, decide, decided_by, reason, sift, sums};
use super::grant::taken_back;
use super::seen::Place;
use super::year::{held, settlements};
use crate::compute::long;
use crate::error::NodeError;
use crate::external::seen::withdrawn_since;
use crate::home::figures::amounts;
use crate::ledger::Layered;
use crate::store::apply::{Ground, Records, changes};
use crate::store::{HomeState, Location, PolicyStanding, Rows, StoreError, account_now};

/// The most grants that one page looks at.
pub const EXAMINED_AT_MOST: usize = 200;

/// What each fund pays.
pub type Pays = BTreeMap<Fund, Fen>;

/// A grant that would come out differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The grant.
    pub granted: AssistanceGranted,
    /// What it pays.
    pub pays: Pays,
    /// What it would have paid, or why nothing.
    pub then: Result<Pays, Refusal>,
    /// What it would pay when it is withdrawn and granted anew, or why nothing.
    pub anew: Result<Pays, Refusal>,
    /// What it counted that counts no more.
    pub gone: Vec<SettlementId>,
    /// What counts that it did not count.
    pub come: Vec<SettlementId>,
}

/// A page of differences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Those that differ.
    pub differences: Vec<Difference>,
    /// How many grants that stand were looked at.
    pub examined: u64,
    /// After which the next page begins, if there is one.
    pub next: Option<Place>,
}

impl AssistanceDesk {
    /// A page of the grants that stand and would come out differently, of one person or of everyone.
    ///
    /// # Errors
    /// The node's own trouble.
    pub async fn differences(
        &self,
        of: Option<PsnNo>,
        after: Option<Place>,
    ) -> Result<Page, NodeError> {
        self.ledger.barrier().await?;
        let after = after.or_else(|| of.map(|psn_no| (psn_no, 0)));
        let mut places = self.places(of, after, EXAMINED_AT_MOST.saturating_add(1))?;
        let more = places.len() > EXAMINED_AT_MOST;
        places.truncate(EXAMINED_AT_MOST);
        let mut page = Page {
            differences: Vec::new(),
            examined: 0,
            next: places.last().filter(|_| more).map(|(place, _)| *place),
        };
        for (_, act) in places {
            let found = self.read(act)?;
            let Some(found) = found.filter(|found| found.withdrawn.is_none()) else {
                continue;
            };
            page.examined = page.examined.saturating_add(1);
            page.differences
                .extend(long(|| self.difference(found.record))?);
        }
        Ok(page)
    }

    /// How one differs; none when it does not.
    fn difference(&self, granted: AssistanceGranted) -> Result<Option<Difference>, NodeError> {
        let year = &granted.year;
        let (psn_no, on) = (year.psn_no(), year.on());
        let standing = settlements(&self.ledger, &self.policies, psn_no, on.year())?;
        let policy = held(&self.policies, &year.decision.policy)?;
        let scheme = Some(year.snapshot.coverage.scheme);
        let candidates = sift(standing.iter(), |settled| reason(settled, on, scheme));
        let (counted, _) = decided_by(policy.policy(), candidates);
        let snapshot = Snapshot {
            totals: self.without_gone(&granted)?,
            ..year.snapshot.clone()
        };
        let decided = sums(&counted).and_then(|sums| {
            let claim = as_one_bill(&year.claim, &sums, on)?;
            decide(&policy, &claim, &snapshot, &counted)
        });
        let pays = pays(&year.decision)?;
        let anew = self.anew(&granted)?;
        let then = match refused(decided)? {
            Ok((decision, changes)) => {
                let then = self::pays(&decision)?;
                let is_same = then == pays && changes == year.changes;
                if is_same && !self.is_withdrawn(year) && !rests_on_other_ground(year, &anew) {
                    return Ok(None);
                }
                Ok(then)
            }
            Err(refusal) => Err(refusal),
        };
        let anew = match anew {
            Ok(year) => Ok(self::pays(&year.decision)?),
            Err(refusal) => Err(refusal),
        };
        let now: BTreeSet<SettlementId> = counted.iter().map(|it| it.id.settlement).collect();
        let before: BTreeSet<SettlementId> = year.counted.iter().map(|it| it.settlement).collect();
        Ok(Some(Difference {
            pays,
            then,
            anew,
            gone: before.difference(&now).copied().collect(),
            come: now.difference(&before).copied().collect(),
            granted,
        }))
    }

    /// The totals of then without what settlements added that stand no more.
    fn without_gone(
        &self,
        granted: &AssistanceGranted,
    ) -> Result<BTreeMap<TotalSlot, i64>, NodeError> {
        let mut totals = granted.year.snapshot.totals.clone();
        let mut take_out = |changes: &[TotalChange]| {
            for change in changes {
                if let Some(value) = totals.get_mut(&change.slot) {
                    *value = value.saturating_sub(change.adds).max(0);
                }
            }
        };
        let counted = granted.year.counted.iter();
        let counted = counted.map(|it| (it.treatment, it.settlement));
        let uncounted = granted.year.uncounted.iter();
        let uncounted = uncounted.map(|it| (it.treatment, it.settlement));
        for (treatment, settlement) in counted.chain(uncounted) {
            let row = self.ledger.home_settlement(treatment, settlement)?;
            if let Some(HomeState::Reversed(row)) = row.map(|row| row.state) {
                let record = self.ledger.record(row.settled)?.into_committed();
                let record =
                    record.ok_or(StoreError::Inconsistent("a commit holds another record"))?;
                take_out(&record.decision.totals);
            }
        }
        let (psn_no, change) = (granted.year.psn_no(), granted.after.change);
        for noted in withdrawn_since(&self.ledger, psn_no, change)? {
            take_out(&noted.changes);
        }
        Ok(totals)
    }

    /// Whether the policy that a grant was decided by was withdrawn since.
    fn is_withdrawn(&self, year: &AssessedYear) -> bool {
        let deciding = self.policies.deciding();
        let own = deciding.own.get(&year.decision.policy);
        own.is_some_and(|own| matches!(own.standing, PolicyStanding::Withdrawn(_)))
    }

    /// The year as it would be if the grant were withdrawn and made anew now, or why it would not be.
    fn anew(
        &self,
        granted: &AssistanceGranted,
    ) -> Result<Result<AssessedYear, Refusal>, NodeError> {
        let psn_no = granted.year.psn_no();
        let account = account_now(&*self.ledger, psn_no)?;
        let account = account.ok_or(StoreError::Inconsistent("a grant without an account"))?;
        let reason = AssistanceEndReason::YearChanged;
        let withdrawn = taken_back(granted, &account, reason, granted.by.clone(), granted.at);
        let record = NodeRecord::AssistanceWithdrawn(withdrawn);
        let ground = Ground {
            region: self.region(),
            rows: &*self.ledger,
            records: &*self.ledger,
        };
        let changes = changes(&record, Location::nowhere(), &ground)?;
        let mut rows = Layered::over(&*self.ledger);
        rows.put(changes);
        let deciding = self.policies.deciding();
        let assessing = Assessing {
            region: self.region(),
            ledger: &self.ledger,
            rows: &rows,
            policies: &self.policies,
            deciding: &deciding,
        };
        match assessing.assess(psn_no, granted.year.on()) {
            Ok(year) => Ok(Ok(year)),
            // Whoever is held or on the way is listed all the same, with what is in the way.
            Err(NodeError::Refused(refusal)) => Ok(Err(refusal)),
            Err(error) => Err(error),
        }
    }
}

/// Whether a grant that comes out as it was rests on what does not hold any more.
fn rests_on_other_ground(year: &AssessedYear, anew: &Result<AssessedYear, Refusal>) -> bool {
    match anew {
        // Who was handed over since is the new home's; what was granted before stands.
        Err(refusal) => {
            refusal.code.retry() == Retry::No && refusal.code != RefusalCode::MemberMoved
        }
        Ok(now) => {
            let of = |year: &AssessedYear| {
                let coverage = &year.snapshot.coverage;
                (coverage.scheme, coverage.identities.clone())
            };
            of(now) != of(year)
        }
    }
}

/// A refusal as a value; only the node's own trouble is an error.
fn refused<T>(outcome: Result<T, NodeError>) -> Result<Result<T, Refusal>, NodeError> {
    match outcome {
        Ok(value) => Ok(Ok(value)),
        Err(NodeError::Refused(refusal)) if refusal.code.retry() == Retry::No => Ok(Err(refusal)),
        Err(error) => Err(error),
    }
}

/// What each fund pays by a decision.
pub(super) fn pays(decision: &Decision) -> Result<Pays, StoreError> {
    let amounts = amounts(decision).map_err(|_| StoreError::Range("the payment of a fund"))?;
    Ok(amounts.into_iter().collect())
}
