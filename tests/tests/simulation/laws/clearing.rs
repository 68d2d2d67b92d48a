//! The laws of clearing: every debt is there from both sides, and netted once.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::canonical::Artifact;
use huitong_core::decision::Decision;
use huitong_core::digest::sha256;
use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
use huitong_core::leg::{Leg, LegKind, NumberedLeg, Side};
use huitong_core::money::Fen;
use huitong_core::policy::layer::Payer;
use huitong_core::record::home::Committed;
use huitong_core::region::RegionCode;
use huitong_netting::NettingPlan;
use huitong_netting::statement::{checkpoint, pair_roots};

use super::{Audit, Law};
use crate::books::{ClearingBooks, NodeBooks};
use crate::register::region;

/// What one region owes another by one record.
pub(super) struct Owed {
    pub(super) of: (SettlementId, LegKind),
    pub(super) debtor: RegionCode,
    pub(super) creditor: RegionCode,
    pub(super) amounts: Vec<(Fund, Fen)>,
}

/// Each plan with the legs that it took, as creditors told them: each debt once.
pub(super) fn legs_taken(
    clearing: &ClearingBooks,
) -> impl Iterator<Item = (&NettingPlan, Vec<&NumberedLeg>)> {
    let mut parent = None;
    clearing.plans.iter().map(move |plan| {
        let legs = clearing.legs.iter().filter(|(region, leg)| {
            leg.side == Side::Receivable && is_taken(plan, parent, *region, leg.number)
        });
        let legs: Vec<_> = legs.map(|(_, leg)| leg).collect();
        parent = Some(plan);
        (plan, legs)
    })
}

/// Whether a plan took a number of a region's stream: one that had waited, or came since, and does not wait on.
fn is_taken(
    plan: &NettingPlan,
    parent: Option<&NettingPlan>,
    region: RegionCode,
    number: u64,
) -> bool {
    let waited = parent.and_then(|parent| parent.window(region));
    let waited = waited.is_some_and(|before| before.carried.contains(number));
    plan.window(region).is_some_and(|window| {
        let came = window.from < number && number <= window.to;
        (came || waited) && !window.carried.contains(number)
    })
}

/// What each fund pays by a decision, in fen.
fn amounts(decision: &Decision) -> BTreeMap<Fund, i64> {
    let mut amounts = BTreeMap::new();
    for layer in &decision.layers {
        if let Payer::Fund(fund) = layer.payer {
            *amounts.entry(fund).or_default() += layer.paid.get();
        }
    }
    amounts.retain(|_, fen| *fen != 0);
    amounts
}

impl<'a> Audit<'a> {
    /// The debts between regions: of what was settled, of what was taken back, of what was deducted, and of what disputes
    /// came to.
    fn debts(&self) -> impl Iterator<Item = Owed> + use<'a> {
        let settled = self.committed().map(|record| {
            let part = &record.body().clearing;
            Owed {
                of: (part.settlement, LegKind::Settlement),
                debtor: part.home,
                creditor: part.treatment,
                amounts: part.amounts.to_vec(),
            }
        });
        let taken_back = self.ordered().map(|record| {
            let part = &record.body().clearing;
            Owed {
                of: (part.settlement, LegKind::Reversal),
                debtor: part.treatment,
                creditor: part.home,
                amounts: part.amounts.to_vec(),
            }
        });
        let all = settled.chain(taken_back).chain(self.owed_by_deductions());
        let all = all.filter(|owed| owed.debtor != owed.creditor);
        all.chain(self.owed_by_disputes())
    }

    /// Whether a leg is of a receipt that a restore lost: its home has the leg from the clearinghouse alone, nobody has
    /// the receipt, and the settlement was committed anew, to the same in all but that, or an officer gave it up.
    fn is_of_a_lost_receipt(&self, home: RegionCode, leg: &NumberedLeg) -> bool {
        let told = &leg.leg;
        let settled = self.exhibits.nodes.iter().flat_map(|books| &books.settled);
        let mut receipts = self
            .committed()
            .map(Committed::body)
            .chain(settled.map(|record| &record.receipt.body));
        let books = self.exhibits.nodes.iter().enumerate();
        let mut books = books.filter(|(number, _)| region(*number) == home);
        let is_anew = |record: &Committed| {
            let as_told = |anew: Leg| Leg {
                receipt: told.receipt,
                ..anew
            };
            let mut legs = Leg::of(record.body()).into_iter();
            legs.any(|anew| as_told(anew) == *told)
        };
        told.kind == LegKind::Settlement
            && !receipts.any(|body| body.digest() == told.receipt)
            && books.any(|(_, books)| {
                books.legs_regained.contains(leg)
                    && (books.committed.iter().any(is_anew)
                        || self.is_given_up_rightly(books, told.settlement))
            })
    }

    /// Whether an officer gave up a settlement, and where the person was treated it was decided since to other amounts than its
    /// legs have: to the same ones it is committed again.
    fn is_given_up_rightly(&self, home: &NodeBooks, settlement: SettlementId) -> bool {
        let legs = home.legs_regained.iter().map(|leg| &leg.leg);
        let told: BTreeMap<_, _> = legs
            .filter(|leg| (leg.settlement, leg.kind) == (settlement, LegKind::Settlement))
            .map(|leg| (leg.fund, leg.amount.get()))
            .collect();
        let mut nodes = self.exhibits.nodes.iter();
        let decided = nodes.find_map(|books| books.prepared.get(&settlement));
        home.given_up.contains(&settlement)
            && decided.is_some_and(|prepared| told != amounts(&prepared.decision))
    }

    /// Legs that no plan takes, with the region that told them.
    fn legs_of_lost_receipts(&self) -> Vec<&'a (RegionCode, NumberedLeg)> {
        let legs = self.exhibits.clearing.legs.iter();
        legs.filter(|(region, leg)| self.is_of_a_lost_receipt(*region, leg))
            .collect()
    }

    pub(super) fn legs_are_in_the_clearing_once(&mut self) {
        let clearing = &self.exhibits.clearing;
        let lost = self.legs_of_lost_receipts();
        let is_lost = |leg: &NumberedLeg| lost.iter().any(|(_, lost)| lost == leg);
        let mut expected = 0;
        for owed in self.debts() {
            expected += 2 * owed.amounts.len();
            for side in [Side::Receivable, Side::Payable] {
                let mut legs: Vec<_> = clearing
                    .legs_of(owed.of, side)
                    .iter()
                    .filter(|leg| !is_lost(leg))
                    .map(|leg| (leg.leg.fund, leg.leg.amount))
                    .collect();
                legs.sort_unstable_by_key(|(fund, _)| *fund);
                if legs != owed.amounts {
                    let story = format!(
                        "{:?} pays {:?}; its {side:?} legs are {legs:?}",
                        owed.of, owed.amounts
                    );
                    self.report(Law::Legs, story);
                }
            }
        }
        let mut once = BTreeSet::new();
        for (region, leg) in &lost {
            let of = &leg.leg;
            if !once.insert((of.settlement, leg.side, of.fund)) {
                let story = format!("{region} {}: {} is lost twice", leg.number, of.settlement);
                self.report(Law::Legs, story);
            }
        }
        let held = clearing.legs.len() - lost.len();
        if !(held == expected && clearing.halted == 0) {
            let owed: BTreeSet<_> = self.debts().map(|owed| owed.of).collect();
            let strays = clearing.legs.iter();
            let strays: Vec<_> = strays
                .filter(|(_, leg)| !owed.contains(&(leg.leg.settlement, leg.leg.kind)))
                .map(|(region, leg)| format!("{region} {}: {}", leg.number, leg.leg.settlement))
                .collect();
            let story = format!("the clearinghouse holds {held} legs of {expected}: {strays:?}");
            self.report(Law::Legs, story);
        }
    }

    pub(super) fn cycles_net_what_stands(&mut self) {
        let clearing = &self.exhibits.clearing;
        let mut owed: BTreeMap<_, i64> = BTreeMap::new();
        for debt in self.debts() {
            for (fund, amount) in debt.amounts {
                let pair = (debt.debtor, debt.creditor, fund);
                *owed.entry(pair).or_default() += amount.get();
            }
        }
        let (mut netted, mut taken): (BTreeMap<_, i64>, u64) = (BTreeMap::new(), 0);
        for plan in &clearing.plans {
            taken += plan
                .windows()
                .iter()
                .map(|window| window.taken)
                .sum::<u64>();
            for gross in plan.gross() {
                let pair = (gross.debtor, gross.creditor, gross.fund);
                *netted.entry(pair).or_default() += gross.amount.get();
            }
            let mut sums: BTreeMap<_, i64> = BTreeMap::new();
            for net in plan.member_nets() {
                *sums.entry(net.fund).or_default() += net.amount.get();
            }
            if !sums.values().all(|sum| *sum == 0) {
                let story = format!("plan {} nets to {sums:?}", plan.number());
                self.report(Law::ZeroSum, story);
            }
        }
        let lost = self.legs_of_lost_receipts();
        let legs = u64::try_from(clearing.legs.len() - lost.len()).unwrap();
        let last = clearing.plans.last();
        for (region, leg) in lost {
            let window = last.and_then(|plan| plan.window(*region));
            if !window.is_some_and(|window| window.carried.contains(leg.number)) {
                let story = format!("{region} {}: netted, and its receipt is lost", leg.number);
                self.report(Law::Netted, story);
            }
        }
        if !(taken == legs && netted == owed) {
            let story =
                format!("{taken} of {legs} legs are netted: {netted:?}, where {owed:?} is owed");
            self.report(Law::Netted, story);
        }
    }

    /// Every plan has one checkpoint, which follows from it and from the legs that it took of the streams, and names the
    /// one before.
    pub(super) fn cycles_are_proven(&mut self) {
        let clearing = &self.exhibits.clearing;
        let mut before = None;
        let mut expected = Vec::new();
        for (plan, legs) in legs_taken(clearing) {
            match pair_roots(plan, legs.into_iter().map(|leg| &leg.leg)) {
                Ok(roots) => {
                    let own = checkpoint(plan, &roots, before);
                    before = Some(own.digest());
                    expected.push((own, roots));
                }
                Err(error) => {
                    let story = format!("the legs of plan {}: {error}", plan.number());
                    self.report(Law::Netted, story);
                    return;
                }
            }
        }
        let found = clearing.proven.iter();
        let found: Vec<_> = found
            .map(|proven| (proven.signed.checkpoint.clone(), proven.pair_roots.clone()))
            .collect();
        if expected != found {
            let story = format!("plans have the checkpoints {found:?}, not {expected:?}");
            self.report(Law::Netted, story);
        }
    }

    /// What the officer was told of a cycle is there, whatever disk was lost since.
    pub(super) fn cycles_are_what_was_told(&mut self) {
        let clearing = &self.exhibits.clearing;
        for paper in &self.exhibits.papers {
            let day = &paper.day;
            let cut_off = clearing.cut_offs.iter();
            let marks: Vec<_> = cut_off
                .filter(|cut_off| cut_off.day.to_string() == *day)
                .map(|cut_off| &cut_off.marks)
                .collect();
            if marks != [&paper.marks] {
                let told = &paper.marks;
                let story =
                    format!("{day} was told to be cut off at {told:?}, and is at {marks:?}");
                self.report(Law::Netted, story);
            }
            let Some(told) = &paper.plan else {
                continue;
            };
            let plans = clearing.plans.iter();
            let plans: Vec<_> = plans
                .filter(|plan| plan.day().to_string() == *day)
                .map(Artifact::to_bytes)
                .collect();
            if plans != [told.clone()] {
                let digest = sha256(told);
                let plans: Vec<_> = plans.iter().map(|plan| sha256(plan)).collect();
                let story = format!("{day} was told to be netted by {digest}, and is by {plans:?}");
                self.report(Law::Netted, story);
            }
        }
    }
}
