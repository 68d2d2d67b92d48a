//! Debts that two others call the same: a statement tells them apart by whose they are.

use huitong_core::checkpoint::row::Pair;
use huitong_core::leg::NumberedLeg;

use super::*;
use crate::statement::fault::LegFault;

/// What a region owes or is owed by two others under one id stands in two rows, and is found in its book for each.
#[test]
fn what_two_call_the_same_is_found_for_each_of_them() {
    let debts = (0..4).flat_map(|debtor| [0, 1].map(|distance| (debtor, distance, 1, 500, true)));
    let day = netted(&debts.collect::<Vec<_>>(), 0);
    let mut stated = zhejiang(&day);
    let of = |row: usize| stated.rows[row].row.pair;
    let rows = 0..stated.rows.len();
    let mut pairs = rows
        .clone()
        .flat_map(|one| rows.clone().map(move |other| (one, other)));
    let alike = |(one, other): &(usize, usize)| {
        let (one, other) = (of(*one), of(*other));
        let own = |region: RegionCode| stated.regions.iter().any(|of| of.region == region);
        let ends = [one.debtor, one.creditor];
        let common = ends.into_iter().filter(|end| other.names(*end));
        one != other && one.fund == other.fund && common.filter(|end| own(*end)).count() == 1
    };
    let (one, other) = pairs.find(alike).unwrap();
    let pair = of(other);
    let (id, old) = (
        stated.rows[one].legs[0].settlement,
        stated.rows[other].legs[0].settlement,
    );
    stated.rows[other].legs[0].settlement = id;
    let books = day.books(&stated).into_iter().map(|book| {
        let mut legs = book.legs().to_vec();
        let first = legs[0].number;
        let theirs = legs.iter_mut().map(|numbered| &mut numbered.leg);
        theirs
            .filter(|leg| leg.settlement == old && Pair::of(leg) == pair)
            .for_each(|leg| leg.settlement = id);
        LegBook::new(book.region(), first, legs).unwrap()
    });
    assert_eq!(compare(&stated, &books.collect::<Vec<_>>()), []);
}

/// A leg that stands in another row takes the place of its own in the book, and not that of another debt under its id, which
/// is in its row as it should be.
#[test]
fn of_two_under_one_id_the_one_that_was_moved_is_named() {
    let debts = (0..4).flat_map(|debtor| [0, 1].map(|distance| (debtor, distance, 1, 500, true)));
    let day = netted(&debts.collect::<Vec<_>>(), 0);
    let right = zhejiang(&day);
    let mut tried = 0;
    for region in right.regions.iter().map(|of| of.region) {
        let rows = right.rows.iter().enumerate();
        let own = rows.filter(|(_, row)| row.row.pair.names(region));
        let own: Vec<usize> = own.map(|(nth, _)| nth).collect();
        let pair = |nth: usize| right.rows[nth].row.pair;
        let triples = own.iter().flat_map(|moved| {
            let two = own
                .iter()
                .flat_map(|stays| own.iter().map(move |to| (*stays, *to)));
            two.map(|(stays, to)| (*moved, stays, to))
        });
        for (moved, stays, to) in triples {
            let funds = [moved, stays, to].map(|nth| pair(nth).fund);
            if moved == stays || stays == to || to == moved || funds != [funds[0]; 3] {
                continue;
            }
            let mut stated = right.clone();
            let leg = stated.rows[moved].legs.remove(0);
            let old = std::mem::replace(&mut stated.rows[stays].legs[0].settlement, leg.settlement);
            stated.rows[to].legs.push(leg);
            let book = day
                .books(&right)
                .into_iter()
                .find(|book| book.region() == region);
            let mut legs = book.unwrap().legs().to_vec();
            let theirs = legs.iter_mut().map(|numbered| &mut numbered.leg);
            theirs
                .filter(|own| own.settlement == old && Pair::of(own) == pair(stays))
                .for_each(|own| own.settlement = leg.settlement);
            let of_leg = |it: &&NumberedLeg| {
                it.leg.settlement == leg.settlement && Pair::of(&it.leg) == pair(moved)
            };
            let number = legs.iter().find(of_leg).unwrap().number;
            let book = LegBook::new(region, legs[0].number, legs).unwrap();
            let faults = compare(&stated, &[book]);
            let named = |fault: &StatementFault| {
                fault.pair() == Some(&pair(to))
                    && matches!(
                        fault,
                        StatementFault::Leg(_, LegFault::Changed(of, at, _))
                            if (*of, *at) == (region, number)
                    )
            };
            assert!(matches!(&faults[..], [fault] if named(fault)), "{faults:?}");
            tried += 1;
        }
    }
    assert!(tried > 0);
}
