//! The laws of audit deductions: what was told to be deducted, or given again, is in both books once, and nothing that
//! nobody wanted; no fund gives back more than it paid, and of a reversed settlement nothing stands.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::deduction::{DeductionAct, DeductionAmounts, DeductionBody, DeductionVerdict};
use huitong_core::fund::Fund;
use huitong_core::id::{DeductionId, SettlementId};
use huitong_core::leg::{LegKind, Side};
use huitong_core::record::deduction::DeductionLifted;

use super::clearing::Owed;
use super::{Audit, Law};
use crate::books::NodeBooks;
use crate::bureau::{Ending, Wanted};

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
}

impl<'a> Audit<'a> {
    /// What regions owe each other by deductions and their ends, as homes have them.
    pub(super) fn owed_by_deductions(&self) -> impl Iterator<Item = Owed<'a>> + use<'a> {
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
                    amounts: body.amounts.as_slice(),
                }
            });
            let lifted = books.lifted(Side::Payable).map(|record| {
                let lifted = &record.lifted;
                Owed {
                    of: (lifted.deduction.as_debt(), LegKind::DeductionEnd),
                    debtor: lifted.home,
                    creditor: lifted.treatment,
                    amounts: lifted.amounts.as_slice(),
                }
            });
            said.chain(lifted)
        })
    }

    pub(super) fn what_is_deducted_is_in_both_books_once(&mut self) {
        let mut told: BTreeSet<String> = BTreeSet::new();
        for (wanted, done) in &self.exhibits.acts {
            let (deduction, is_end, treatment) = match (wanted, done) {
                (Wanted::Deducted(wanted), Some(Ending::Deducted(deduction))) => {
                    (deduction, false, wanted.treatment)
                }
                (
                    Wanted::GivenAgain {
                        deduction,
                        treatment,
                        ..
                    },
                    Some(Ending::Done),
                ) => (deduction, true, *treatment),
                _ => continue,
            };
            told.insert(deduction.clone());
            let is_it = |body: &&DeductionBody| {
                body.deduction.to_string() == *deduction && ends(body) == is_end
            };
            let home = &self.exhibits.nodes[wanted.of().home];
            let treatment = &self.exhibits.nodes[treatment];
            let found = [
                home.accepted().filter(is_it).count(),
                treatment.booked().filter(is_it).count(),
            ];
            if found != [1, 1] {
                let story = format!("{wanted:?} was told {done:?}; home and treatment: {found:?}");
                self.report(Law::BothBooks, story);
            }
        }
        let nodes = self.exhibits.nodes.iter();
        let strays: Vec<String> = nodes
            .flat_map(NodeBooks::accepted)
            .filter(|body| !told.contains(&body.deduction.to_string()))
            .map(|body| body.deduction.to_string())
            .collect();
        if !strays.is_empty() {
            let story = format!("nobody was told of these deductions: {strays:?}");
            self.report(Law::PaidUnasked, story);
        }
    }

    pub(super) fn no_more_is_deducted_than_was_paid(&mut self) {
        let exhibits = self.exhibits;
        let reversed: BTreeSet<SettlementId> = self
            .ordered()
            .map(|record| record.body().clearing.settlement)
            .collect();
        let paid: BTreeMap<SettlementId, &[(Fund, huitong_core::money::Fen)]> = self
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
