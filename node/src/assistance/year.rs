//! The settlements of a person's year that stand, and what was paid of the part in scope of each.
//!
//! They are found by the chain that the rows keep: direct ones of every region, at home, by hand, and
//! provisional ones once they are trued up. What was paid of the part in scope is no figure of a decision; the
//! decision is made again on the same bill with each part in lines of its own, and the shares of those lines say it.

use std::collections::BTreeMap;
use std::sync::Arc;

use huitong_adjudication::facts::benefit_date;
use huitong_adjudication::{Case, facts, line_shares, slots, stored_totals};
use huitong_core::assistance::{Outside, assists};
use huitong_core::bill::SplitBill;
use huitong_core::claim::Claim;
use huitong_core::digest::Digest;
use huitong_core::fund::Fund;
use huitong_core::money::{Fen, MoneyError};
use huitong_core::name::Name;
use huitong_core::person::PsnNo;
use huitong_core::policy::layer::Payer;
use huitong_core::record::home::Committed;
use huitong_core::refusal::RefusalCode;
use huitong_core::vocabulary::Part;

use crate::error::NodeError;
use crate::external::seen::standing as outside_standing;
use crate::ledger::Ledger;
use crate::policies::{HeldPolicy, PolicyBook};
use crate::store::apply::Records;
use crate::store::{HomeId, HomeState, Rows, StoreError};

/// The most settlements of a person that are looked at.
pub(super) const SETTLEMENTS_AT_MOST: usize = 10_000;

/// A settlement of the year that stands.
pub(super) struct Settled {
    /// Whose id, and which.
    pub(super) id: HomeId,
    /// As it was committed.
    pub(super) record: Committed,
    /// The policy that decided it.
    pub(super) policy: Arc<HeldPolicy>,
    /// What the regions bear of it instead of the patient, after it was provisional.
    borne: Fen,
}

/// The settlements of a year that stand, in the order of commit.
pub(super) fn settlements(
    ledger: &Ledger,
    policies: &PolicyBook,
    psn_no: PsnNo,
    year: u16,
) -> Result<Vec<Settled>, NodeError> {
    let account = ledger.account(psn_no)?;
    let mut next = account.and_then(|account| account.last);
    let (mut found, mut seen) = (Vec::new(), 0_usize);
    while let Some(id) = next {
        seen = seen.saturating_add(1);
        if seen > SETTLEMENTS_AT_MOST {
            let detail = format!("{SETTLEMENTS_AT_MOST} settlements");
            return Err(NodeError::refused(RefusalCode::TooLarge, detail));
        }
        let row = ledger.home_settlement(id.treatment, id.settlement)?;
        let row = row.ok_or(StoreError::Inconsistent("a person's settlement is gone"))?;
        next = row.previous;
        let HomeState::Committed(at) = row.state else {
            continue;
        };
        if at.frame().is_none() {
            // Committed at this moment; it has no place yet, and can be asked for again.
            return Err(NodeError::refused(RefusalCode::Overloaded, id.settlement));
        }
        let record = ledger.record(at)?.into_committed();
        let record = record.ok_or(StoreError::Inconsistent("a commit holds another record"))?;
        let policy = held(policies, &record.decision.policy)?;
        if benefit_date(policy.policy(), &record.claim.visit).year() == year {
            let borne = borne(ledger, id)?;
            found.push(Settled {
                id,
                record,
                policy,
                borne,
            });
        }
    }
    found.reverse();
    Ok(found)
}

/// The document that decided; it is not at hand where an officer has a restored node serve without it.
pub(super) fn held(policies: &PolicyBook, digest: &Digest) -> Result<Arc<HeldPolicy>, NodeError> {
    let policy = policies.get(digest);
    policy.ok_or_else(|| NodeError::refused(RefusalCode::NoPolicy, digest))
}

fn borne(ledger: &Ledger, id: HomeId) -> Result<Fen, StoreError> {
    let Some(true_up) = ledger.trued_up(id.treatment, id.settlement)? else {
        return Ok(Fen::ZERO);
    };
    let borne = true_up.home_bears.checked_add(true_up.treatment_bears);
    borne.map_err(|_| StoreError::Range("a provisional loss"))
}

/// The settlements outside Huitong of a year.
pub(super) fn outside(
    ledger: &Ledger,
    policies: &PolicyBook,
    psn_no: PsnNo,
    year: u16,
) -> Result<Outside, NodeError> {
    let mut outside = Outside {
        settlements: 0,
        total: Fen::ZERO,
    };
    for noted in outside_standing(ledger, psn_no)? {
        let policy = held(policies, &noted.policy)?;
        if benefit_date(policy.policy(), &noted.settlement.visit).year() == year {
            outside.settlements = outside.settlements.saturating_add(1);
            let total = outside.total.checked_add(noted.settlement.total);
            outside.total = total.map_err(|_| StoreError::Range("a sum of settlements"))?;
        }
    }
    Ok(outside)
}

impl Settled {
    /// Its cost in scope.
    pub(super) const fn in_scope(&self) -> Fen {
        self.record.decision.split.in_scope
    }

    /// Whether a layer of assistance applied to it.
    pub(super) fn was_assisted(&self) -> bool {
        self.was_taken_by(assists)
    }

    /// Whether a layer took something of it that one of these funds pays for.
    pub(super) fn was_taken_by(&self, funds: impl Fn(Fund) -> bool) -> bool {
        let layers = self.record.decision.layers.iter();
        layers
            .filter(|layer| !layer.base.is_zero())
            .any(|layer| match layer.payer {
                Payer::Fund(fund) => funds(fund),
                Payer::Hospital | Payer::Given(_) => false,
            })
    }

    /// What of its cost in scope was paid, the person's own money not.
    pub(super) fn paid_in_scope(&self) -> Result<Fen, NodeError> {
        let paid = self
            .shares()
            .map_err(|_| StoreError::Inconsistent("a stored decision is not made again"))?;
        let paid = paid.checked_add(self.borne);
        let paid = paid.map_err(|_| StoreError::Range("what was paid in scope"))?;
        Ok(paid.min(self.in_scope()))
    }

    fn shares(&self) -> Result<Fen, huitong_adjudication::Fault> {
        let Committed {
            claim,
            snapshot,
            decision,
            ..
        } = &self.record;
        let apart = Claim {
            bill: by_part(&claim.bill)?,
            ..claim.clone()
        };
        let policy = self.policy.policy();
        let facts = facts(policy, &apart, &snapshot.coverage)?;
        let totals = stored_totals(slots(policy, &facts, &apart), &snapshot.totals);
        let case = Case {
            bill: &apart.bill,
            facts: &facts,
            totals: &totals,
            balances: snapshot.balances,
            given: &apart.given,
            catalogue: apart.catalogue,
        };
        let shares = line_shares(&self.policy.compiled, &case, decision)?;
        let mut sum = Fen::ZERO;
        let in_scope = apart.bill.lines().iter().zip(&shares);
        for (_, share) in in_scope.filter(|(line, _)| !line.parts.in_scope.is_zero()) {
            for (layer, paid) in decision.layers.iter().zip(&share.paid) {
                let own = matches!(layer.payer, Payer::Fund(fund) if fund.is_account());
                if !own {
                    sum = sum.checked_add(*paid)?;
                }
            }
        }
        Ok(sum)
    }
}

/// The same bill with each part, by tags, in a line of its own: to a policy it is the same.
fn by_part(bill: &SplitBill) -> Result<SplitBill, MoneyError> {
    let mut amounts: BTreeMap<(Part, Vec<Name>), Fen> = BTreeMap::new();
    for line in bill.lines() {
        for part in Part::ALL {
            let amount = line.parts.get(*part);
            if !amount.is_zero() {
                let sum = amounts.entry((*part, line.tags.clone()));
                let sum = sum.or_insert(Fen::ZERO);
                *sum = sum.checked_add(amount)?;
            }
        }
    }
    SplitBill::from_amounts(amounts).map_err(|_| MoneyError::OutOfRange)
}
