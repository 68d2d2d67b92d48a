//! Debts that two others call the same: a statement tells them apart by whose they are.

use huitong_core::checkpoint::row::Pair;

use super::*;

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
