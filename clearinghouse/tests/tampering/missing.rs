//! Rows that are left out whole: their legs are said to wait, and counts, nets and what was taken are made to match, so that
//! no sum tells. How many rows each region has is under the signature; before it was, some were told by the next statement only.

use std::collections::BTreeSet;

use huitong_core::checkpoint::row::Pair;
use huitong_core::leg::Side;
use huitong_core::money::SignedFen;
use huitong_core::region::RegionCode;
use huitong_netting::statement::{MemberStatement, StatedRow};
use huitong_netting::{Run, Runs};
use proptest::prelude::*;
use serde_json::Value;

use crate::chain::{BEFORE, Chain, Fault, Made, With};
use crate::chains;

fn has(found: &[Fault], code: &str, is_it: impl Fn(&Fault) -> bool) -> bool {
    found.iter().any(|fault| fault.code == code && is_it(fault))
}

/// These numbers and some more, as runs.
pub fn with_those(runs: &Runs, more: impl Iterator<Item = u64>) -> Runs {
    let of_run = |run: &Run| run.first..=run.last;
    let all: BTreeSet<u64> = runs
        .as_slice()
        .iter()
        .flat_map(of_run)
        .chain(more)
        .collect();
    let mut runs: Vec<Run> = Vec::new();
    for number in all {
        match runs.last_mut() {
            Some(run) if run.last + 1 == number => run.last = number,
            _ => runs.push(Run {
                first: number,
                last: number,
            }),
        }
    }
    Runs::new(runs).unwrap()
}

/// A statement without some of its rows, and everything made to match that is not under the signature.
fn without(chain: &Chain, right: &MemberStatement, rows: &[usize]) -> MemberStatement {
    let mut wrong = right.clone();
    for row in rows.iter().rev() {
        let gone = wrong.rows.remove(*row);
        let pair = gone.row.pair;
        for (end, sign) in [(pair.creditor, -1), (pair.debtor, 1)] {
            let of_fund = |it: &StatedRow| it.row.pair.names(end) && it.row.pair.fund == pair.fund;
            let is_last = !wrong.rows.iter().any(of_fund);
            let mut regions = wrong.regions.iter_mut();
            let Some(own) = regions.find(|it| it.region == end) else {
                continue;
            };
            let numbers = gone.legs.iter();
            let numbers = numbers.map(|leg| chain.number(end, leg.settlement));
            own.carried = with_those(&own.carried, numbers);
            let net = own.nets.get(&pair.fund).map_or(0, |net| net.get());
            let net = SignedFen::new(net + sign * gone.row.amount.get()).unwrap();
            own.nets.insert(pair.fund, net);
            if is_last {
                own.nets.remove(&pair.fund);
            }
        }
    }
    wrong
}

/// Which rows of a statement are left out together: each alone, the first and the last of a debtor and of a creditor, and
/// all of either.
fn left_out(right: &MemberStatement) -> BTreeSet<Vec<usize>> {
    let mut sets: BTreeSet<Vec<usize>> = (0..right.rows.len()).map(|row| vec![row]).collect();
    for end in [|pair: &Pair| pair.debtor, |pair: &Pair| pair.creditor] {
        let regions: BTreeSet<RegionCode> = right.rows.iter().map(|it| end(&it.row.pair)).collect();
        for region in regions {
            let of = (0..right.rows.len()).filter(|row| end(&right.rows[*row].row.pair) == region);
            let of: Vec<usize> = of.collect();
            sets.insert(
                vec![of[0], of[of.len() - 1]]
                    .into_iter()
                    .collect::<BTreeSet<_>>()
                    .into_iter()
                    .collect(),
            );
            sets.insert(of);
        }
    }
    sets
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    /// Nothing else need tell: the region is named, the side on which it stands, and how many are left out.
    #[test]
    fn rows_that_are_left_out_whole_are_missing_for_each_region_of_the_member_in_them((debts, tenths) in chains(), which in 0_usize..4) {
        let chain = Chain::of(&debts, tenths);
        let right = &chain.cycles[1].statements[which];
        for rows in left_out(right) {
            let wrong = without(&chain, right, &rows);
            let found = chain.verify(&wrong, &With::default());
            for region in &right.regions {
                let name = region.region.to_string();
                for (side, en, zh) in [(Side::Payable, "owes in", "付款方"), (Side::Receivable, "is owed in", "收款方")] {
                    let end = |pair: &Pair| if side == Side::Payable { pair.debtor } else { pair.creditor };
                    let many = rows.iter().filter(|row| end(&right.rows[**row].row.pair) == region.region).count();
                    let says = [format!("{many} left out whole"), format!("整行遗漏{many}行")];
                    let is_it = |it: &Fault| it.names(&name) && it.en.contains(en) && it.zh.contains(zh);
                    let told = has(&found, "row.missing", |it| is_it(it) && it.en.contains(&says[0]) && it.zh.contains(&says[1]));
                    prop_assert_eq!(told, many > 0, "{} {}: {:?}", name, en, found);
                    prop_assert_eq!(has(&found, "row.missing", is_it), many > 0, "{:?}", found);
                }
            }
            // Nor is it of use to say that there are fewer: how many is under the signature.
            let mut fewer = wrong;
            for row in &rows {
                let pair = right.rows[*row].row.pair;
                fewer.counts.regions.get_mut(&pair.debtor).unwrap().owes -= 1;
                fewer.counts.regions.get_mut(&pair.creditor).unwrap().owed -= 1;
            }
            let found = chain.verify(&fewer, &With::default());
            prop_assert!(has(&found, "counts.other", |_| true), "{found:?}");
            // Or that the checkpoint says nothing of it.
            fewer.checkpoint.signed.checkpoint.counts = None;
            let found = chain.verify(&fewer, &With::default());
            prop_assert!(has(&found, "checkpoint.signature", |_| true), "{found:?}");
        }
    }

    #[test]
    fn what_was_signed_without_counts_still_holds_and_is_said_to_tell_less((debts, tenths) in chains(), which in 0_usize..4) {
        for made in [Made::Counted, Made::Uncounted] {
            let chain = Chain::made(made, &debts, tenths);
            let [before, right] = [0, 1].map(|at| &chain.cycles[at].statements[which]);
            let with = With { before: Some(before), books: true, ..With::default() };
            let told = chain.told(right, &with);
            prop_assert_eq!(&told["faults"], &Value::Array(Vec::new()));
            prop_assert_eq!(&told["counted"], &Value::from(made == Made::Counted));
        }
    }

    /// As before there were counts: under the true checkpoint the public table tells, unless it nets to nothing for the member; there the rows beside it tell, unless it is the first or the last
    /// of its debtor; then the next cycle's statement does, which had nothing waiting.
    #[test]
    fn without_counts_a_row_that_is_said_to_wait_is_found_at_the_latest_by_the_next_statement((debts, tenths) in chains(), which in 0_usize..4) {
        let chain = Chain::made(Made::Uncounted, &debts, tenths);
        let right = &chain.cycles[1].statements[which];
        for row in 0..right.rows.len() {
            let wrong = without(&chain, right, &[row]);
            let pair = right.rows[row].row.pair;
            let told = chain.told(&wrong, &With::default());
            prop_assert_eq!(&told["counted"], &Value::from(false));
            let found = chain.verify(&wrong, &With { books: true, ..With::default() });
            let own = |region| right.regions.iter().any(|it| it.region == region);
            let is_within = own(pair.debtor) && own(pair.creditor);
            // All rows of a debtor lie side by side in the tree: one between two others leaves a gap.
            let owes = |it: Option<&StatedRow>| it.is_some_and(|it| it.row.pair.debtor == pair.debtor);
            let is_between = own(pair.debtor) && row > 0 && owes(wrong.rows.get(row - 1)) && owes(wrong.rows.get(row));
            let is_gap = |it: &Fault| wrong.rows.get(row).is_some_and(|next| it.is_of_row(&next.row.pair));
            prop_assert_eq!(has(&found, "row.gap", is_gap), is_between, "{:?}", found);
            let names = |it: &Fault| it.names(pair.fund.as_str()) && it.names(&right.member.to_string());
            // The table has a fund of which nothing is left, although it nets to nothing.
            let is_last = wrong.rows.iter().all(|it| it.row.pair.fund != pair.fund);
            prop_assert_eq!(has(&found, "member.net", names), !is_within || is_last, "{}: {:?}", pair.fund, found);
            prop_assert_eq!(found.is_empty(), is_within && !is_between && !is_last, "{:?}", found);
            let next = &chain.cycles[2].statements[which];
            let found = chain.verify(next, &With { before: Some(&wrong), ..With::default() });
            let of = [pair.debtor, pair.creditor].into_iter().filter(|end| own(*end));
            for end in of.map(|end| end.to_string()) {
                prop_assert!(has(&found, "region.begin", |it| it.names(&end) && it.names(BEFORE)), "{found:?}");
            }
        }
    }
}
