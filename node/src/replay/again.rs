//! One settlement after the other under another document, each on what those before it would have left.
//!
//! A stored settlement says how every total stood that its own document reads. Under the other document the
//! total stands there moved by what the person's replayed settlements before it would have added instead of
//! what they did add. So a yearly axis is added up again in order, and what happened in between (imports,
//! settlements that are not replayed) keeps its place. A total that the settlement's own document does not
//! declare is taken as it was last seen in the replay, and begins at zero when it was never seen. Account
//! balances move in the same way. Cover, filing, age and the number of the admission stay as they were: they
//! are facts of the person. What the other document cannot decide stays as it was, also for what follows.

use std::collections::{BTreeMap, HashMap};

use huitong_adjudication::{Compiled, Fault, decide, facts, slots};
use huitong_core::coverage::Balances;
use huitong_core::decision::Decision;
use huitong_core::money::Fen;
use huitong_core::person::PsnNo;
use huitong_core::record::home::Committed;
use huitong_core::totals::TotalSlot;

/// The people whose settlements were replayed.
#[derive(Debug, Default)]
pub struct Again {
    people: HashMap<PsnNo, Moved>,
}

/// How far a person's record has moved from the stored one.
#[derive(Debug, Default)]
struct Moved {
    /// What the replayed settlements added more than the stored ones.
    totals: BTreeMap<TotalSlot, i64>,
    /// The totals as last stored.
    seen: BTreeMap<TotalSlot, i64>,
    /// What the accounts hold more than was stored, in fen.
    own: i64,
    family: i64,
}

impl Again {
    /// How many people there are.
    #[must_use]
    pub fn people(&self) -> usize {
        self.people.len()
    }

    /// Takes a stored settlement out: whatever follows is decided as if it had never been.
    pub fn without(&mut self, stored: &Committed) {
        let moved = self.people.entry(stored.claim.person.psn_no).or_default();
        moved.take_out(&stored.decision);
    }

    /// Decides a stored settlement under another document. Settlements come in the order of commit.
    ///
    /// # Errors
    /// The [`Fault`] for which the document cannot decide it.
    pub fn decide(&mut self, stored: &Committed, compiled: &Compiled) -> Result<Decision, Fault> {
        let moved = self.people.entry(stored.claim.person.psn_no).or_default();
        let decided = moved.decide(stored, compiled);
        if let Ok(decision) = &decided {
            moved.follow(&stored.decision, decision);
        }
        for (slot, value) in &stored.totals {
            moved.seen.insert(slot.clone(), *value);
        }
        decided
    }
}

impl Moved {
    fn decide(&self, stored: &Committed, compiled: &Compiled) -> Result<Decision, Fault> {
        let (claim, snapshot) = (&stored.claim, &stored.snapshot);
        let policy = compiled.policy();
        let facts = facts(policy, claim, &snapshot.coverage)?;
        let totals: BTreeMap<TotalSlot, i64> = slots(policy, &facts, claim)
            .into_values()
            .map(|slot| {
                let before = snapshot.totals.get(&slot).or_else(|| self.seen.get(&slot));
                let moved = self.totals.get(&slot).copied().unwrap_or_default();
                let value = before.copied().unwrap_or_default().saturating_add(moved);
                (slot, value.max(0))
            })
            .collect();
        let balances = Balances {
            own: shifted(snapshot.balances.own, self.own)?,
            family: shifted(snapshot.balances.family, self.family)?,
        };
        decide(compiled, claim, &snapshot.coverage, &totals, balances)
    }

    fn take_out(&mut self, stored: &Decision) {
        for change in &stored.totals {
            let moved = self.totals.entry(change.slot.clone()).or_default();
            *moved = moved.saturating_sub(change.adds);
        }
        self.own = self.own.saturating_add(stored.own_account.get());
        self.family = self.family.saturating_add(stored.family_account.get());
    }

    fn follow(&mut self, stored: &Decision, replayed: &Decision) {
        let mut shift = |slot: &TotalSlot, by: i64| {
            let moved = self.totals.entry(slot.clone()).or_default();
            *moved = moved.saturating_add(by);
        };
        for change in &replayed.totals {
            shift(&change.slot, change.adds);
        }
        for change in &stored.totals {
            shift(&change.slot, change.adds.saturating_neg());
        }
        let more = |before: Fen, now: Fen| before.get().saturating_sub(now.get());
        self.own = self
            .own
            .saturating_add(more(stored.own_account, replayed.own_account));
        self.family = self
            .family
            .saturating_add(more(stored.family_account, replayed.family_account));
    }
}

/// A balance moved, never below zero.
fn shifted(balance: Fen, by: i64) -> Result<Fen, Fault> {
    Ok(Fen::new(balance.get().saturating_add(by).max(0))?)
}
