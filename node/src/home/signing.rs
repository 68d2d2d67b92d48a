//! Signing a snapshot beforehand, for a treatment region to settle with while this one cannot be reached, and
//! knowing it again at true-up (PROTOCOL 22).
//!
//! At most one that may still be used is outstanding of a person, for one region; asked for again by the same
//! region for the same visit, it is the same one. It is journaled and synced before it leaves. A policy without
//! `[provisional]` costs nothing here: nothing is looked up and nothing written.

use huitong_adjudication::Engine;
use huitong_core::bill::Visit;
use huitong_core::claim::{Claim, VisitKey};
use huitong_core::coverage::Snapshot;
use huitong_core::date::{ServiceDate, Timestamp};
use huitong_core::decision::Decision;
use huitong_core::money::Fen;
use huitong_core::policy::provisional::ProvisionalRule;
use huitong_core::policy::{BenefitDate, Policy};
use huitong_core::provisional::{SignedBody, SignedSnapshot, Used};
use huitong_core::record::NodeRecord;
use huitong_core::record::provisional::SnapshotSigned;
use huitong_core::region::RegionCode;

use super::figures::amounts;
use super::receipts::signed_at;
use super::{CommitOrder, HomeRole, SnapshotAsk};
use crate::compute::compute;
use crate::error::NodeError;
use crate::group::is_signed;
use crate::store::{Rows, StoreError};
use crate::writer::{Command, Done, Verdict};

/// What the home region had promised by a signed snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promise {
    /// What the patient was told to pay in cash.
    pub told: Fen,
    /// How much of a shortfall the home region bears.
    pub bears_at_most: Fen,
}

/// Whether a claim was settled on this region's own word beforehand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beforehand {
    /// On no word of this region.
    Nothing,
    /// On a snapshot that this region signed for it.
    OnSigned {
        /// Until when what was settled on it is counted as begun, should its region not be active any more.
        until: Timestamp,
    },
}

/// For how long after a snapshot may be used no more a claim that says that it was settled on it is still counted as begun
/// by a region that is not active: a week, in which a node finds the way to another. When it was settled is its own word.
const ARRIVES_WITHIN_MILLIS: i64 = 7 * 24 * 60 * 60 * 1000;

/// Signs a snapshot, unless one of the person is outstanding or the person is on the way to another home.
struct Sign {
    ask: (RegionCode, VisitKey),
    admitted: ServiceDate,
    snapshot: Snapshot,
    rule: ProvisionalRule,
}

enum SignVerdict {
    Signed(Box<SignedBody>),
    Again,
    Outstanding,
}

impl Command for Sign {
    type Answer = SignVerdict;

    fn decide(self, rows: &dyn Rows, now: Timestamp) -> Result<Verdict<SignVerdict>, StoreError> {
        let (treatment, visit) = self.ask;
        let psn_no = self.snapshot.person.psn_no;
        // Whoever is about to move is soon decided on another home's totals.
        if rows
            .relation(psn_no)?
            .is_some_and(|row| row.leaving.is_some())
        {
            return Ok(Verdict::Answer(SignVerdict::Outstanding));
        }
        // What was signed after the backup is forgotten, and may be used until it has run out (PROTOCOL 22).
        if let Some(restored) = rows.restored()?
            && self.rule.usable_until(restored.since) >= now
        {
            return Ok(Verdict::Answer(SignVerdict::Outstanding));
        }
        if let Some(row) = rows.signed(psn_no)?
            && row.usable_until >= now
        {
            let same = row.treatment == treatment && row.visit == visit;
            let answer = if same {
                SignVerdict::Again
            } else {
                SignVerdict::Outstanding
            };
            return Ok(Verdict::Answer(answer));
        }
        let body = SignedBody {
            treatment,
            visit,
            admitted: self.admitted,
            snapshot: self.snapshot,
            signed_at: now,
            usable_until: self.rule.usable_until(now),
        };
        let record = SnapshotSigned::new(body.clone());
        Ok(Verdict::Append(
            vec![NodeRecord::SnapshotSigned(record)],
            SignVerdict::Signed(Box::new(body)),
        ))
    }
}

impl HomeRole {
    /// A snapshot that was just shown, signed; nothing where the policy does not allow the visit, or another
    /// one of the person is outstanding.
    ///
    /// # Errors
    /// The node's own trouble.
    pub async fn sign(
        &self,
        ask: &SnapshotAsk,
        snapshot: &Snapshot,
    ) -> Result<Option<SignedSnapshot>, NodeError> {
        let policy = self.policies.get(&snapshot.policy);
        let rule = policy
            .as_ref()
            .and_then(|policy| policy.policy().provisional());
        let Some(rule) = rule.filter(|rule| rule.care_of(&ask.visit).is_some()) else {
            return Ok(None);
        };
        let command = Sign {
            ask: (ask.treatment, VisitKey::of(&ask.institution, &ask.visit)),
            admitted: ask.visit.admitted,
            snapshot: snapshot.clone(),
            rule: rule.clone(),
        };
        let Done { answer, written } = self.writer.run(command).await?;
        match answer {
            SignVerdict::Outstanding => Ok(None),
            // Its place is known only now that it is synced.
            SignVerdict::Again => {
                let row = self.ledger.signed(snapshot.person.psn_no)?;
                let at = row.map(|row| row.at);
                Ok(at.map(|at| signed_at(&self.ledger, at)).transpose()?)
            }
            SignVerdict::Signed(body) => {
                let signed = written.and_then(|written| {
                    let group = written.group?;
                    group.snapshot(written.first.record(), *body)
                });
                let lost = StoreError::Inconsistent("a signed snapshot without its group");
                Ok(Some(signed.ok_or(lost)?))
            }
        }
    }

    /// Whether a claim that is to be committed was settled on this region's own word.
    pub(super) fn beforehand_of(&self, order: &CommitOrder) -> Beforehand {
        match &order.used {
            Some(used) => self.beforehand(&order.claim, used),
            None => Beforehand::Nothing,
        }
    }

    /// Whether what a claim was settled on is this region's word for it.
    fn beforehand(&self, claim: &Claim, used: &Used) -> Beforehand {
        let Used { signed, at } = used;
        let body = &signed.body;
        let is_for_claim = body.treatment == claim.treatment
            && body.snapshot.person == claim.person
            && body.is_usable(&claim.visit_key(), claim.visit.admitted, *at);
        // It may have been signed before the key was changed.
        let key = self.earlier.own(
            self.region,
            &self.certified,
            signed.group.key_id,
            body.signed_at,
        );
        if is_for_claim && signed.is_in_group() && is_signed(&signed.group, &key) {
            let until = body.usable_until.plus_millis(ARRIVES_WITHIN_MILLIS);
            Beforehand::OnSigned {
                until: until.unwrap_or(body.usable_until),
            }
        } else {
            Beforehand::Nothing
        }
    }

    /// What was promised for a claim by the snapshot that it was settled on provisionally; nothing when that is
    /// not this region's word for this visit, or goes beyond what its policy allowed.
    pub(super) fn promised(&self, claim: &Claim, used: &Used) -> Option<Promise> {
        if self.beforehand(claim, used) == Beforehand::Nothing {
            return None;
        }
        let body = &used.signed.body;
        let policy = self.policies.get(&body.snapshot.policy)?;
        let rule = policy.policy().provisional()?;
        rule.care_of(&claim.visit)?;
        let engine = Engine::newest_among(&body.snapshot.engines)?;
        let Snapshot {
            coverage,
            totals,
            balances,
            ..
        } = &body.snapshot;
        let decided = compute(claim.bill.lines().len(), || {
            engine.decide(&policy.compiled, claim, coverage, totals, *balances)
        });
        let decision = decided.ok()?;
        let advanced = advanced(&decision).ok()?;
        let allowed = decides(policy.policy(), &claim.visit) && advanced <= rule.ceiling;
        allowed.then_some(Promise {
            told: decision.cash,
            bears_at_most: rule.home_bears,
        })
    }
}

/// What funds and accounts pay by a decision.
///
/// # Errors
/// [`StoreError`] when the sum is out of range.
pub fn advanced(decision: &Decision) -> Result<Fen, StoreError> {
    let range = |_| StoreError::Range("the payment of a fund");
    let amounts = amounts(decision).map_err(range)?;
    Fen::sum(amounts.into_iter().map(|(_, amount)| amount)).map_err(range)
}

/// Whether a policy decides a visit by its kind and days.
#[must_use]
pub fn decides(policy: &Policy, visit: &Visit) -> bool {
    let day: ServiceDate = match policy.benefit_date() {
        BenefitDate::Admission => visit.admitted,
        BenefitDate::Discharge | BenefitDate::Split => visit.discharged,
    };
    let scope = policy.scope();
    scope.settings.contains(&visit.setting) && scope.effective.contains(day)
}

#[cfg(test)]
mod tests {
    use huitong_core::vocabulary::Care;

    use super::*;
    use crate::home::testing::Home;
    use crate::samples::{claim, fen, now, person, snapshot};
    use crate::store::{Key, RestoreState, Restored, Row};

    fn sign() -> Sign {
        let claim = claim("V1");
        Sign {
            ask: (claim.treatment, claim.visit_key()),
            admitted: claim.visit.admitted,
            snapshot: snapshot(3),
            rule: ProvisionalRule {
                care: vec![Care::Emergency],
                epidemics: Vec::new(),
                ceiling: fen(100_000),
                snapshot_hours: 72,
                home_bears: Fen::ZERO,
            },
        }
    }

    #[test]
    fn a_restored_home_signs_nothing_that_one_it_forgot_may_meet() {
        let home = Home::new();
        assert_eq!(person(), sign().snapshot.person);
        let hours_ago = |hours: i64| now().plus_millis(-hours * HOUR_MS).unwrap();
        for (hours, signs) in [(1, false), (72, false), (73, true)] {
            let restored = Restored {
                incarnation: 2,
                mark: [1; 16],
                since: hours_ago(hours),
                state: RestoreState::Over,
            };
            home.put(Key::Restored(), Row::Restored(restored));
            let (verdict, records) = home.run(sign());
            assert_eq!(matches!(verdict, SignVerdict::Signed(_)), signs, "{hours}");
            assert_eq!(records.len(), usize::from(signs), "{hours}");
        }
    }

    const HOUR_MS: i64 = 3_600_000;
}
