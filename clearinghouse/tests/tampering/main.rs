//! Whatever is changed, dropped, added or put elsewhere in a statement or in a chain of checkpoints, `huitong clearing verify`
//! finds it, and says which it is and where: the row, the settlement, the region, the file. Attackers are three: one who
//! changes a file; one who does all sums, counts and hashes anew, and has no key; and the clearinghouse itself, which signs
//! anew what it changed.
//!
//! | module | its question |
//! |---|---|
//! | [`chain`] | What is there to be changed, and what says the command? |
//! | [`files`] | What of somebody who changes a file? |
//! | [`anew`] | What of those who do everything anew? |
//! | [`missing`] | What of somebody who leaves rows out whole, with all that follows from it? |
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs,
    unreachable_pub,
    reason = "a test says what must hold by panicking"
)]

mod anew;
mod chain;
mod files;
mod missing;

use proptest::prelude::*;

use chain::{BEFORE, Chain, Debt, With};

/// Debts and how far the streams are at the first two cut-offs, in tenths.
fn chains() -> impl Strategy<Value = (Vec<Debt>, [u64; 2])> {
    let fen = 1_i64..100_000;
    let debt = (
        0_usize..5,
        0_usize..4,
        0_usize..2,
        fen,
        prop::bool::weighted(0.85),
    );
    let debts = prop::collection::vec(debt, 16..60);
    (debts, (2_u64..5, 6_u64..9)).prop_map(|(debts, (one, two))| (debts, [one, two]))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    /// So that what is found below is not found in what nobody changed.
    #[test]
    fn what_nobody_changed_holds((debts, tenths) in chains()) {
        let chain = Chain::of(&debts, tenths);
        let names = ["c1.htck", "c2.htck", "c3.htck"];
        for (at, cycle) in chain.cycles.iter().enumerate() {
            for (which, statement) in cycle.statements.iter().enumerate() {
                let near = chain.cycles.iter().enumerate();
                let near = near.filter(|(other, _)| other.abs_diff(at) < 2);
                let before = at.checked_sub(1).map(|at| &chain.cycles[at].statements[which]);
                let with = With {
                    checkpoints: near.map(|(at, of)| (names[at], &of.checkpoint)).collect(),
                    before,
                    books: true,
                    ..With::default()
                };
                let found = chain.verify(statement, &with);
                prop_assert!(found.is_empty(), "{at} {BEFORE}: {found:?}");
            }
        }
    }
}
