//! What holds of every policy and every bill, without limits.

use huitong_core::bill::SplitBill;
use huitong_core::canonical::Artifact;
use huitong_core::decision::Decision;
use huitong_core::money::Fen;
use huitong_core::policy::Policy;
use huitong_core::policy::layer::Payer;

use super::{billed, decided};
use crate::random::claim::Trial;
use crate::random::{Claims, Dice, draft};
use crate::trial::{compiled, engine};

/// Runs a check on what is decided of random claims under random policies.
fn on_random_claims(check: impl Fn(&mut Dice, &huitong_adjudication::Compiled, &Trial, &Decision)) {
    for seed in 1_000..1_250 {
        let mut dice = Dice::new(seed);
        let (draft, scale) = draft(&mut dice);
        let policy = Policy::new(draft).unwrap();
        let (compiled, claims) = (compiled(&policy), Claims::under(&policy, scale));
        for _ in 0..8 {
            let trial = claims.draw(&mut dice);
            if let Ok(decision) = decided(&compiled, &trial) {
                check(&mut dice, &compiled, &trial, &decision);
            }
        }
    }
}

fn sum(fen: impl IntoIterator<Item = Fen>) -> Fen {
    Fen::sum(fen).unwrap()
}

/// The bill is its four parts, and is funds, accounts, the hospital's part and cash (invariant 3).
#[test]
fn the_bill_is_paid_exactly_once_over() {
    on_random_claims(|_, _, trial, decision| {
        let bill = &trial.claim.bill;
        assert_eq!(decision.total, bill.total());
        assert_eq!(decision.split.total().unwrap(), bill.total());
        let lines = bill.lines().iter().map(|line| line.parts.total().unwrap());
        assert_eq!(sum(lines), bill.total());
        let Decision {
            fund_total,
            own_account,
            family_account,
            hospital,
            cash,
            ..
        } = *decision;
        assert_eq!(
            sum([fund_total, own_account, family_account, hospital, cash]),
            bill.total()
        );
        assert_eq!(
            sum([own_account, family_account, cash]),
            decision.patient_total
        );
        assert!(own_account <= trial.balances.own && family_account <= trial.balances.family);
    });
}

/// Every layer pays out of what it took, which is never more than is left; what it paid and left is what
/// it took; segments and floor make its payment (invariant 3, per layer).
#[test]
fn every_layer_pays_out_of_what_is_left() {
    on_random_claims(|_, _, trial, decision| {
        let mut unpaid = decision.total;
        for layer in &decision.layers {
            assert!(layer.base <= unpaid);
            let left = [layer.left.start, layer.left.share, layer.left.above];
            assert_eq!(sum(left.into_iter().chain([layer.paid])), layer.base);
            let segments = layer.segments.iter().map(|segment| segment.amount);
            if let Payer::Given(name) = layer.payer {
                assert_eq!(
                    layer.paid,
                    trial.claim.given.get(&name).copied().unwrap_or(Fen::ZERO)
                );
            } else {
                assert_eq!(sum(segments.chain([layer.floor_extra])), layer.paid);
            }
            assert!(layer.start <= layer.base);
            unpaid = unpaid.checked_sub(layer.paid).unwrap();
        }
        assert_eq!(unpaid, decision.cash);
    });
}

/// The shares of every line sum to the line, and over the lines to the layer (invariant 3, per line).
#[test]
fn shares_of_lines_sum_by_line_and_by_layer() {
    on_random_claims(|_, compiled, trial, decision| {
        let (_, shares) = engine(compiled, trial).unwrap();
        for (line, share) in trial.claim.bill.lines().iter().zip(&shares) {
            let paid = sum(share.paid.iter().copied().chain([share.cash]));
            assert_eq!(paid, line.parts.total().unwrap());
        }
        for (place, layer) in decision.layers.iter().enumerate() {
            assert_eq!(
                sum(shares.iter().map(|share| share.paid[place])),
                layer.paid
            );
        }
        assert_eq!(sum(shares.iter().map(|share| share.cash)), decision.cash);
    });
}

/// The order of the lines changes nothing of a decision, to the byte; nor does one line charged as two.
#[test]
fn the_order_of_lines_changes_nothing() {
    on_random_claims(|dice, compiled, trial, decision| {
        let mut lines = trial.claim.bill.lines().to_vec();
        let mut half = lines[0].clone();
        let cut = Fen::new(dice.between(0, half.parts.in_scope.get())).unwrap();
        lines[0].parts.in_scope = half.parts.in_scope.checked_sub(cut).unwrap();
        half.parts = huitong_core::bill::Parts {
            in_scope: cut,
            ..huitong_core::bill::Parts::ZERO
        };
        half.number = 10_000;
        lines.push(half);
        dice.shuffle(&mut lines);
        let again = decided(compiled, &billed(trial, SplitBill::new(lines).unwrap())).unwrap();
        assert_eq!(again.to_bytes(), decision.to_bytes());
    });
}

/// What a policy does not ask for changes nothing: a decision on the facts that the home region tells, and
/// no others, is the decision on all of them.
#[test]
fn facts_that_are_not_asked_for_change_nothing() {
    on_random_claims(|_, compiled, trial, decision| {
        let mut told = trial.clone();
        told.coverage = trial.coverage.as_asked(compiled.needs());
        let again = decided(compiled, &told).unwrap();
        assert_eq!(again.to_bytes(), decision.to_bytes());
    });
}
