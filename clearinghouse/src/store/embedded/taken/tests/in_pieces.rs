//! A plan with more than one filter.

use super::*;

/// Nineteen regions' debts under each id: filters begin and end in the middle of one.
#[test]
fn a_plan_has_as_many_filters_as_its_debts_take() {
    let ids = 40_u32;
    let of_id = |number| {
        (0..19).map(move |of| {
            entry_of(
                debt_of(number, LegKind::Settlement),
                &format!("3302{of:02}"),
            )
        })
    };
    let mut debts: Vec<_> = (0..ids).flat_map(of_id).collect();
    debts.sort_unstable();
    for (at_most, filters) in [(1, 760), (7, 109), (30, 26), (760, 1), (1_000, 1)] {
        let sets = debts.chunks(at_most).filter_map(Set::of).map(Ok);
        let made = Segments::over(sets).unwrap();
        let index = MemoryIndex::new();
        let key = |segment, piece| keys::filter(1, segment, piece);
        index.write(made.rows(key).collect()).unwrap();
        let rows = index.get(&key(0, 0)).unwrap().unwrap();
        let firsts = keys::read::<Vec<[u8; DEBT_LEN]>>(&rows).unwrap();
        assert_eq!(firsts.len(), filters);
        let read = Segments::read(&index, key).unwrap().unwrap();
        assert!(read.let_through(&debts));
        let others = (ids..10_000).map(|number| debt_bytes(&debt_of(number, LegKind::Settlement)));
        let through = others.filter(|debt| read.may_have(debt, hash(debt)));
        assert!(through.count() < 200, "one of 256 is let through");
    }
}

/// Four filters: what is wrong with the third is found, though the first row tells nothing of it.
#[test]
fn each_filter_of_a_plan_is_held_against_its_debts_when_it_is_read() {
    let mut all = debts(0..1_000);
    all.sort_unstable();
    let sets = all.chunks(2 * SHEET).filter_map(Set::of).map(Ok);
    let four = Segments::over(sets).unwrap();
    let key = |segment, piece| keys::filter(1, segment, piece);
    let written = || {
        let index = index(&[(1, 0..1_000)]);
        index.write(four.rows(key).collect()).unwrap();
        index
    };
    assert_eq!(again(&written()).1, []);
    let (which, described) = (key(0, 0), key(3, 0));
    let firsts = written().get(&which).unwrap().unwrap();
    let mut firsts = keys::read::<Vec<[u8; DEBT_LEN]>>(&firsts).unwrap();
    assert_eq!(firsts.len(), 4);
    // Another seed.
    let mut seed = written().get(&described).unwrap().unwrap();
    seed[3] ^= 1;
    // In order, and nobody's first debt.
    let swapped = {
        let mut firsts = firsts.clone();
        firsts.swap(1, 2);
        firsts
    };
    firsts[2][15] ^= 1;
    let changes = [
        (described, seed),
        (which.clone(), keys::value(&swapped)),
        (which, keys::value(&firsts)),
    ];
    for (nth, change) in changes.into_iter().enumerate() {
        let index = written();
        index.write(vec![change]).unwrap();
        assert_eq!(again(&index).1.len(), 1, "{nth}");
    }
}
