//! The laws of audit deductions: what was told to be deducted, or given again, is in both books once, as it was ordered, and
//! nothing that nobody wanted; what ends, ends whole, and with a reversal only that of its settlement; no fund gives back
//! more than it paid, and of a reversed settlement nothing stands.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::canonical::Artifact;
use huitong_core::deduction::{
    DeductionAct, DeductionAmounts, DeductionBody, DeductionVerdict, Lifted,
};
use huitong_core::digest::Digest;
use huitong_core::fund::Fund;
use huitong_core::id::{DeductionId, SettlementId};
use huitong_core::leg::{LegKind, Side};
use huitong_core::money::Fen;
use huitong_core::record::deduction::DeductionLifted;
use huitong_core::record::reversal::ReversalOrdered;
use huitong_core::region::RegionCode;
use huitong_proto::conversion::Path;
use huitong_proto::conversion::common::fund_from_wire;

use super::clearing::Owed;
use super::{Audit, Law};
use crate::books::NodeBooks;
use crate::bureau::{Ending, Wanted};
use crate::desks::Deducting;
use crate::register::region;

/// What an order takes off which settlement, or gives again, and between whom.
#[derive(Debug, PartialEq, Eq)]
struct Taken {
    settlement: String,
    amounts: Vec<(Fund, Fen)>,
    home: RegionCode,
    treatment: RegionCode,
}

impl Taken {
    /// As an officer ordered it.
    fn ordered(wanted: &Deducting) -> Self {
        let fund = fund_from_wire(wanted.fund, Path::root("fund")).unwrap();
        Self {
            settlement: wanted.settlement.clone(),
            amounts: vec![(fund, Fen::new(wanted.fen).unwrap())],
            home: region(wanted.of.home),
            treatment: region(wanted.treatment),
        }
    }

    /// As a region has it.
    fn held(body: &DeductionBody) -> Self {
        Self {
            settlement: body.settlement.to_string(),
            amounts: body.amounts.as_slice().to_vec(),
            home: body.home,
            treatment: body.treatment,
        }
    }

    /// As it ends with a reversal.
    fn lifted(lifted: &Lifted) -> Self {
        Self {
            settlement: lifted.settlement.to_string(),
            amounts: lifted.amounts.as_slice().to_vec(),
            home: lifted.home,
            treatment: lifted.treatment,
        }
    }
}

/// Which of its acts an order is.
const fn ends(body: &DeductionBody) -> bool {
    matches!(body.act, DeductionAct::Withdraw(_))
}

impl NodeBooks {
    /// What this home accepted: orders to deduct, and orders to give again.
    fn accepted(&self) -> impl Iterator<Item = &DeductionBody> {
        let said = self.deductions_decided.iter();
        let accepted =
            said.filter(|said| matches!(said.body().verdict, DeductionVerdict::Accepted(_)));
        accepted.map(|said| &said.order.body)
    }

    /// What this treatment region booked of homes' words.
    fn booked(&self) -> impl Iterator<Item = &DeductionBody> {
        let heard = self.deductions_answered.iter().map(|heard| &heard.word);
        let accepted =
            heard.filter(|word| matches!(word.answer.body.verdict, DeductionVerdict::Accepted(_)));
        accepted.map(|word| &word.order.body)
    }

    fn lifted(&self, side: Side) -> impl Iterator<Item = &DeductionLifted> {
        let lifted = self.deductions_lifted.iter();
        lifted.filter(move |lifted| lifted.side == side)
    }

    /// What this region has in a role: the home owes a lifted deduction again, the treatment region is owed.
    fn on(&self, side: Side) -> Vec<&DeductionBody> {
        match side {
            Side::Payable => self.accepted().collect(),
            Side::Receivable => self.booked().collect(),
        }
    }

    /// The reversal of a settlement, as this region has it in a role.
    fn reversal(&self, of: SettlementId, side: Side) -> Option<Digest> {
        match side {
            Side::Payable => {
                let mut ordered = self.ordered.iter().map(ReversalOrdered::body);
                let body = ordered.find(|body| body.clearing.settlement == of);
                body.map(Artifact::digest)
            }
            Side::Receivable => {
                let mut booked = self.reversed.iter().map(|reversal| &reversal.body);
                let body = booked.find(|body| body.clearing.settlement == of);
                body.map(Artifact::digest)
            }
        }
    }

    /// Ends in a role that are not those of their deduction, whole and once, or that came with no reversal of its settlement.
    fn ends_of_nothing(&self, side: Side) -> Vec<String> {
        let mut standing: BTreeMap<DeductionId, Taken> = BTreeMap::new();
        let (ended, deducted): (Vec<_>, Vec<_>) =
            self.on(side).into_iter().partition(|body| ends(body));
        for body in deducted {
            standing.insert(body.deduction, Taken::held(body));
        }
        let mut wrong = Vec::new();
        for body in ended {
            let of = standing.remove(&body.deduction);
            if of != Some(Taken::held(body)) {
                wrong.push(format!("{body:?} ends {of:?}"));
            }
        }
        for lifted in self.lifted(side).map(|record| &record.lifted) {
            let of = standing.remove(&lifted.deduction);
            if of != Some(Taken::lifted(lifted)) {
                wrong.push(format!("{lifted:?} ends {of:?}"));
            }
            let reversal = self.reversal(lifted.settlement, side);
            if reversal != Some(lifted.reversal) {
                wrong.push(format!("{lifted:?}: its settlement has {reversal:?}"));
            }
        }
        wrong
    }
}

impl<'a> Audit<'a> {
    /// What regions owe each other by deductions and their ends, as homes have them.
    pub(super) fn owed_by_deductions(&self) -> impl Iterator<Item = Owed> + use<'a> {
        let nodes = self.exhibits.nodes.iter();
        nodes.flat_map(|books| {
            let said = books.accepted().map(|body| {
                let (kind, debtor, creditor) = if ends(body) {
                    (LegKind::DeductionEnd, body.home, body.treatment)
                } else {
                    (LegKind::Deduction, body.treatment, body.home)
                };
                Owed {
                    of: (body.deduction.as_debt(), kind),
                    debtor,
                    creditor,
                    amounts: body.amounts.as_slice().to_vec(),
                }
            });
            let lifted = books.lifted(Side::Payable).map(|record| {
                let lifted = &record.lifted;
                Owed {
                    of: (lifted.deduction.as_debt(), LegKind::DeductionEnd),
                    debtor: lifted.home,
                    creditor: lifted.treatment,
                    amounts: lifted.amounts.as_slice().to_vec(),
                }
            });
            said.chain(lifted)
        })
    }

    pub(super) fn what_is_deducted_is_in_both_books_once(&mut self) {
        let mut told: BTreeSet<(String, bool)> = BTreeSet::new();
        let mut orders: BTreeMap<&str, &Deducting> = BTreeMap::new();
        let exhibits = self.exhibits;
        for (wanted, done) in &exhibits.acts {
            let (deduction, is_end) = match (wanted, done) {
                (Wanted::Deducted(wanted), Some(Ending::Deducted(deduction))) => {
                    orders.insert(deduction, wanted);
                    (deduction, false)
                }
                // In full, so with what was ordered before.
                (Wanted::GivenAgain { deduction, .. }, Some(Ending::Done)) => (deduction, true),
                _ => continue,
            };
            told.insert((deduction.clone(), is_end));
            let order = orders[deduction.as_str()];
            let is_it = |body: &&DeductionBody| {
                body.deduction.to_string() == *deduction && ends(body) == is_end
            };
            let (home, treatment) = (
                &exhibits.nodes[order.of.home],
                &exhibits.nodes[order.treatment],
            );
            let found: [Vec<Taken>; 2] = [
                home.accepted().filter(is_it).map(Taken::held).collect(),
                treatment.booked().filter(is_it).map(Taken::held).collect(),
            ];
            if !found.iter().all(|found| *found == [Taken::ordered(order)]) {
                let story = format!("{wanted:?} was told {done:?}; home and treatment: {found:?}");
                self.report(Law::BothBooks, story);
            }
        }
        let of = |body: &DeductionBody| (body.deduction.to_string(), ends(body));
        let nodes = exhibits.nodes.iter();
        let strays: Vec<(String, bool)> = nodes
            .flat_map(|books| books.accepted().chain(books.booked()))
            .map(of)
            .filter(|of| !told.contains(of))
            .collect();
        if !strays.is_empty() {
            let story = format!("nobody was told of these deductions, or ends: {strays:?}");
            self.report(Law::PaidUnasked, story);
        }
    }

    /// What ends is a deduction, whole and once, and both regions have the same of what a reversal ended.
    pub(super) fn what_ends_was_deducted(&mut self) {
        let nodes = &self.exhibits.nodes;
        let sides = [Side::Payable, Side::Receivable];
        let wrong = nodes
            .iter()
            .flat_map(|books| sides.map(|side| books.ends_of_nothing(side)));
        for story in wrong.flatten() {
            self.report(Law::Deducted, story);
        }
        let [home, treatment] = sides.map(|side| {
            let records = nodes.iter().flat_map(|books| books.lifted(side));
            let mut all: Vec<&Lifted> = records.map(|record| &record.lifted).collect();
            all.sort_by_key(|lifted| lifted.deduction);
            all
        });
        if home != treatment {
            let story = format!("reversals end {home:?} at home, and {treatment:?} at treatment");
            self.report(Law::BothBooks, story);
        }
    }

    pub(super) fn no_more_is_deducted_than_was_paid(&mut self) {
        let exhibits = self.exhibits;
        let reversed: BTreeSet<SettlementId> = self
            .ordered()
            .map(|record| record.body().clearing.settlement)
            .collect();
        let paid: BTreeMap<SettlementId, &[(Fund, Fen)]> = self
            .committed()
            .map(|record| {
                let part = &record.body().clearing;
                (part.settlement, &*part.amounts)
            })
            .collect();
        let mut of_settlements: BTreeMap<(SettlementId, Fund), i64> = BTreeMap::new();
        for books in &exhibits.nodes {
            for (of, amounts) in standing(books) {
                for (fund, amount) in amounts.as_slice() {
                    *of_settlements.entry((of, *fund)).or_default() += amount.get();
                }
            }
        }
        for ((settlement, fund), deducted) in of_settlements {
            let amounts = paid.get(&settlement).copied().unwrap_or_default();
            let paid = amounts.iter().find(|(of, _)| *of == fund);
            let paid = paid.map_or(0, |(_, paid)| paid.get());
            let most = if reversed.contains(&settlement) {
                0
            } else {
                paid
            };
            if deducted > most {
                let story = format!("{settlement} {fund}: {deducted} deducted, at most {most}");
                self.report(Law::Deducted, story);
            }
        }
    }
}

/// The deductions of a home's people that stand, each with its settlement.
fn standing(books: &NodeBooks) -> Vec<(SettlementId, &DeductionAmounts)> {
    let mut standing: BTreeMap<DeductionId, _> = BTreeMap::new();
    for body in books.accepted().filter(|body| !ends(body)) {
        standing.insert(body.deduction, (body.settlement, &body.amounts));
    }
    for body in books.accepted().filter(|body| ends(body)) {
        standing.remove(&body.deduction);
    }
    for lifted in books.lifted(Side::Payable) {
        standing.remove(&lifted.lifted.deduction);
    }
    standing.into_values().collect()
}
