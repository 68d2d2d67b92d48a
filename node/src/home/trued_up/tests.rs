//! Whatever stood when a snapshot was signed and whatever stands when the home region decides: by the engine, the
//! writer and a reversal.

use std::collections::BTreeMap;
use std::sync::Arc;

use huitong_adjudication::Engine;
use huitong_core::bill::{Parts, SplitBill, SplitLine};
use huitong_core::calendar::Calendar;
use huitong_core::coverage::{Balances, Snapshot};
use huitong_core::decision::Decision;
use huitong_core::fund::Fund;
use huitong_core::id::ReversalId;
use huitong_core::money::Fen;
use huitong_core::record::NodeRecord;
use huitong_core::record::home::Committed;
use huitong_core::reversal::{BegunBy, ReversalOrder};
use huitong_core::totals::{Stretch, TotalSlot};
use huitong_core::vocabulary::ReversalReason;
use proptest::prelude::*;

use super::*;
use crate::home::commit::Commit;
use crate::home::commit::tests::commit as of_visit;
use crate::home::figures::amounts;
use crate::home::reverse::{ReversalRule, Reverse};
use crate::home::signing::{Promise, advanced};
use crate::home::testing::Home;
use crate::policies::HeldPolicy;
use crate::samples::{claim, fen, person, snapshot, version};
use crate::store::Account;

const POLICY: &str = r#"
title = "a year's start, a ceiling, and the account"
source = "made for tests"
region = "330200"
scheme = "resident"
settings = ["inpatient"]
effective = { from = 2023-01-01 }

[totals.paid]
adds = "basic.paid"
period = "year"

[totals.charged]
adds = "basic.charged"
period = "year"

[[layer]]
name = "basic"
take = ["in"]
start = { amount = "1200", met_by = "charged.charged" }
ratio = "0.70"
ceilings = [{ payment = "20000", total = "paid" }]
payer = "resident_pool"

[[layer]]
name = "account"
take = ["in", "first", "over", "out"]
payer = "own_account"
"#;

/// How a person stands: what the year's start has charged, what was paid, and what the account holds, in fen.
type Standing = (i64, i64, i64);

fn standing() -> impl Strategy<Value = Standing> {
    (0_i64..=120_000, 0_i64..=2_000_000, 0_i64..=500_000)
}

fn slot(name: &str) -> TotalSlot {
    TotalSlot {
        name: name.parse().unwrap(),
        stretch: Stretch::Year(2023),
        key: None,
    }
}

fn totals((charged, paid, _): Standing) -> BTreeMap<TotalSlot, i64> {
    [(slot("charged"), charged), (slot("paid"), paid)].into()
}

fn balances((_, _, own): Standing) -> Balances {
    Balances {
        own: fen(own),
        family: Fen::ZERO,
    }
}

fn bill(amount: i64) -> Claim {
    let parts = Parts {
        in_scope: fen(amount),
        ..Parts::ZERO
    };
    let line = SplitLine {
        number: 1,
        parts,
        tags: Vec::new(),
    };
    Claim {
        bill: SplitBill::new(vec![line]).unwrap(),
        ..claim("V1")
    }
}

fn decide(policy: &HeldPolicy, claim: &Claim, of: Standing) -> Decision {
    let engine = Engine::newest_among(&snapshot(3).engines).unwrap();
    let coverage = snapshot(3).coverage;
    let decided = engine.decide(
        &policy.compiled,
        claim,
        &coverage,
        &totals(of),
        balances(of),
    );
    decided.unwrap()
}

/// A home where a person stands like that.
fn home(of: Standing) -> Home {
    let home = Home::new();
    let account = Account {
        version: version(3),
        totals: totals(of),
        balances: balances(of),
        lacks: Balances::NONE,
        last: None,
    };
    home.put(Key::Account(person().psn_no), Row::Account(account));
    home
}

fn commit(claim: Claim, of: Standing, decided: Decision, promise: Promise) -> Commit {
    let now = Snapshot {
        totals: totals(of),
        balances: balances(of),
        policy: decided.policy,
        ..snapshot(3)
    };
    let mut commit = of_visit(1, "V1");
    commit.claim = claim;
    commit.policy = decided.policy;
    commit.recomputed.snapshot = Some(now);
    commit.recomputed.outcome = Ok(decided);
    commit.promise = Some(promise);
    commit
}

fn reverse(original: &Committed) -> Reverse {
    let part = &original.body().clearing;
    Reverse {
        reversal: ReversalId::from_bytes([7; 16]),
        home: part.home,
        asked_by: part.treatment,
        order: ReversalOrder {
            settlement: part.settlement,
            treatment: part.treatment,
            reason: ReversalReason::WrongBill,
            begun_by: BegunBy::Institution(original.claim.institution.code),
        },
        original: Some(original.clone()),
        rule: ReversalRule::STANDARD,
        calendar: Arc::new(Calendar::every_day()),
        salt: [7; 16],
    }
}

/// What stands of a person's totals and accounts; a total of zero is as good as none.
fn stands(home: &Home) -> (BTreeMap<TotalSlot, i64>, Balances) {
    let account = home.rows.account(person().psn_no).unwrap().unwrap();
    let mut totals = account.totals;
    totals.retain(|_, value| *value != 0);
    (totals, account.balances)
}

fn sum(amounts: impl IntoIterator<Item = Fen>) -> i64 {
    Fen::sum(amounts).unwrap().get()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// The patient pays the lower of the two, payers and loss are the bill, the home region bears no more than its
    /// policy says, and a reversal takes all of it back.
    #[test]
    fn a_difference_is_borne_to_the_fen_and_taken_back_whole(
        amount in 1_i64..6_000_000,
        then in standing(),
        now in standing(),
        most in 0_i64..=500_000,
    ) {
        let policy = HeldPolicy::read(POLICY.as_bytes().to_vec(), person().home).unwrap();
        let claim = bill(amount);
        let (given, decided) = (decide(&policy, &claim, then), decide(&policy, &claim, now));
        prop_assert_eq!(sum([given.cash, advanced(&given).unwrap()]), amount);
        let home = home(now);
        let before = stands(&home);
        let promise = Promise {
            told: given.cash,
            bears_at_most: fen(most),
        };
        let (_, records) = home.run(commit(claim, now, decided.clone(), promise));
        let [NodeRecord::Committed(record), NodeRecord::TruedUp(trued_up)] = &*records else {
            panic!("{records:?}")
        };
        let up = trued_up.true_up;
        prop_assert_eq!(up.patient, given.cash.min(decided.cash));
        prop_assert_eq!(given.cash.get(), sum([up.patient, up.refund]));

        let paid = &record.body().clearing.amounts;
        let is_loss = |fund| fund == Fund::ProvisionalLoss;
        let loss = sum(paid.iter().filter(|(fund, _)| is_loss(*fund)).map(|(_, fen)| *fen));
        let funds = sum(amounts(&decided).unwrap().into_iter().map(|(_, fen)| fen));
        prop_assert_eq!(loss, up.home_bears.get());
        prop_assert!(loss <= most);
        let whole = sum(paid.iter().map(|(_, fen)| *fen));
        prop_assert_eq!(whole, sum([fen(funds), fen(loss)]));
        prop_assert_eq!(sum([fen(whole), up.patient, up.treatment_bears]), amount);

        let original = record.clone();
        let (_, records) = home.run(reverse(&original));
        let [NodeRecord::ReversalOrdered(back)] = &*records else {
            panic!("{records:?}")
        };
        prop_assert_eq!(&back.body().clearing.amounts, paid);
        prop_assert_eq!(stands(&home), before);
    }
}
