//! Which plan took a debt, and what becomes of rows and filters that are lost.

mod in_pieces;

use huitong_core::digest::sha256;
use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
use huitong_core::leg::{DEBT_LEN, LegKind};

use super::entry::ENTRY_LEN;
use super::filter::Filter;
use super::*;
use crate::store::MemoryIndex;
use crate::store::keys::Place;

fn debt_of(number: u32, kind: LegKind) -> Debt {
    let mut id = [0; 16];
    id.copy_from_slice(&sha256(&number.to_be_bytes()).as_bytes()[..16]);
    (SettlementId::from_bytes(id), kind, Fund::EmployeePool)
}

fn pair(debtor: &str) -> row::Pair {
    row::Pair {
        debtor: debtor.parse().unwrap(),
        creditor: "510100".parse().unwrap(),
        fund: Fund::EmployeePool,
    }
}

fn entry_of(of: Debt, debtor: &str) -> Entry {
    let pair = pair(debtor);
    entry(debt_bytes(&of), ends_bytes(pair.debtor, pair.creditor))
}

fn debts(numbers: std::ops::Range<u32>) -> Vec<Entry> {
    let debts = numbers.map(|number| entry_of(debt_of(number, LegKind::Settlement), "330200"));
    debts.collect()
}

/// An index with plans of these debts, each with its row among the plans.
fn index(plans: &[(u64, std::ops::Range<u32>)]) -> Arc<MemoryIndex> {
    let index = Arc::new(MemoryIndex::new());
    let (taken, _) = again(&index);
    for (plan, numbers) in plans {
        taken.write(*plan, debts(numbers.clone())).unwrap();
        let first = BusinessDay::new(2026, 3, 1).unwrap();
        let day = first.plus_days(i32::try_from(*plan).unwrap() - 1).unwrap();
        let place = Place::new(huitong_journal::Position::START, 0);
        let row = PlanRow {
            number: *plan,
            place,
        };
        index
            .write(vec![(keys::plan(day), keys::value(&row))])
            .unwrap();
    }
    index
}

fn again(index: &Arc<MemoryIndex>) -> (Taken, Vec<BusinessDay>) {
    let index: Arc<dyn Index> = Arc::<MemoryIndex>::clone(index);
    Taken::load(index).unwrap()
}

#[track_caller]
fn finds(taken: &Taken, numbers: std::ops::Range<u32>, plan: Option<u64>) {
    for number in numbers {
        let debt = debt_of(number, LegKind::Settlement);
        let found = taken.plans_of(&[debt]).unwrap();
        let expected: Vec<_> = plan.map(|plan| (debt, plan)).into_iter().collect();
        assert_eq!(found, expected, "{number}");
    }
}

#[test]
fn each_debt_is_found_with_the_plan_that_took_it_and_no_other_is() {
    let index = index(&[
        (1, 0..1_000),
        (2, 1_000..1_001),
        (3, 0..0),
        (4, 2_000..2_128),
    ]);
    for (taken, without) in [again(&index), again(&index)] {
        // One that took nothing has no filter, and is looked at again.
        assert_eq!(without, ["2026-03-03".parse().unwrap()]);
        finds(&taken, 0..1_000, Some(1));
        finds(&taken, 1_000..1_001, Some(2));
        finds(&taken, 2_000..2_128, Some(4));
        finds(&taken, 3_000..6_000, None);
        let reversal = taken.plans_of(&[debt_of(7, LegKind::Reversal)]);
        assert_eq!(
            reversal.unwrap(),
            [],
            "the reversal of a debt is another one"
        );
    }
}

/// Nineteen regions' debts under each of so many ids: rows begin and end in the middle of an id.
#[test]
fn what_two_call_the_same_is_found_of_each_of_them_and_of_no_other() {
    let (ids, owe) = (100_u32, 19_u32);
    let debtor = |of: u32| format!("3302{of:02}");
    let all = (0..ids).flat_map(|number| (0..owe).map(move |of| (number, of)));
    let entries = all.clone().map(|(number, of)| {
        let debt = debt_of(number, LegKind::Settlement);
        entry_of(debt, &debtor(of))
    });
    let index = index(&[(1, 5_000..5_300)]);
    let (taken, _) = again(&index);
    taken.write(2, entries.collect()).unwrap();
    for (number, of) in all {
        let debt = debt_of(number, LegKind::Settlement);
        let found = |debtor: &str| taken.plan_of_pair(debt, pair(debtor)).unwrap();
        assert_eq!(found(&debtor(of)), Some(2), "{number} {of}");
        assert_eq!((found("330199"), found("330299")), (None, None));
        let back = row::Pair {
            debtor: pair("330200").creditor,
            creditor: pair("330200").debtor,
            ..pair("330200")
        };
        assert_eq!(taken.plan_of_pair(debt, back).unwrap(), None);
    }
    finds(&taken, 0..ids, Some(2));
    finds(&taken, ids..1_000, None);
    finds(&taken, 5_000..5_300, Some(1));
}

#[test]
fn a_plan_that_is_written_again_changes_nothing() {
    let index = index(&[(1, 0..300)]);
    let (taken, _) = again(&index);
    taken.write(1, debts(0..300)).unwrap();
    finds(&taken, 0..300, Some(1));
    assert_eq!(taken.filters.read().unwrap().plans.len(), 1);
}

#[test]
fn a_filter_that_is_lost_or_not_the_plans_does_not_hold() {
    let (which, head) = (keys::filter(1, 0, 0), keys::filter(1, 1, 0));
    let first = keys::filter(1, 1, 1);
    let other = index(&[(1, 5_000..5_300)]);
    let read = |index: &MemoryIndex, key: &[u8]| index.get(key).unwrap().unwrap();
    let cut = read(&index(&[(1, 0..300)]), &first)[1..].to_vec();
    let zeros = vec![0; read(&index(&[(1, 0..300)]), &first).len()];
    let changes: [Vec<(Vec<u8>, Vec<u8>)>; 7] = [
        vec![(first.clone(), cut)],
        vec![(first.clone(), zeros)],
        [&which, &head, &first]
            .map(|key| (key.clone(), read(&other, key)))
            .to_vec(),
        vec![(which.clone(), keys::value(&Vec::<[u8; DEBT_LEN]>::new()))],
        vec![(which, b"another form".to_vec())],
        vec![(head.clone(), keys::value(&(None::<[u8; 20]>, 0_u32, 0_u32)))],
        vec![(head, b"another form".to_vec())],
    ];
    for change in changes {
        let index = index(&[(1, 0..300)]);
        index.write(change).unwrap();
        let (taken, without) = again(&index);
        assert_eq!(without, ["2026-03-01".parse().unwrap()]);
        taken.write(1, debts(0..300)).unwrap();
        finds(&taken, 0..300, Some(1));
        assert_eq!(again(&index).1, []);
    }
    for table in [keys::FILTERS, keys::TAKEN] {
        let lost = index(&[(1, 0..300)]);
        lost.lose(&[table]);
        assert_eq!(again(&lost).1.len(), 1);
    }
}

#[test]
fn a_row_that_is_cut_off_is_no_row() {
    let index = index(&[(1, 0..1)]);
    let [of] = debts(0..1)[..] else {
        panic!("one debt");
    };
    index
        .write(vec![(keys::taken(1, &of), vec![0; ENTRY_LEN - 1])])
        .unwrap();
    assert!(Taken::load(index).is_err());
}

#[test]
fn where_no_filter_can_be_made_all_goes_through() {
    let (of, nothing) = ([7; DEBT_LEN], Segments::over(std::iter::empty()).unwrap());
    assert!(Filter::Everything.may_have(hash(&of)));
    assert!(!nothing.may_have(&of, hash(&of)));
}

/// It is part of what is written.
#[test]
fn the_hash_of_a_debt_stays_what_it_is() {
    assert_eq!(hash(&[0; DEBT_LEN]), 0);
    let of = std::array::from_fn(|at| u8::try_from(at).unwrap());
    assert_eq!(hash(&of), 0xea55_6860_360d_8dc2);
}

/// So many plans, each of which took ten debts.
fn many(plans: u64) -> Vec<(u64, std::ops::Range<u32>)> {
    let of = |plan| {
        let first = u32::try_from(plan).unwrap() * 10;
        (plan, first..first + 10)
    };
    (1..=plans).map(of).collect()
}

/// The plans that have filters of their own in memory, and the first of those that have one together.
fn standing(taken: &Taken) -> (Vec<u64>, Vec<u64>) {
    let filters = taken.filters.read().unwrap();
    let plans = filters.plans.keys().copied();
    (plans.collect(), filters.folds.keys().copied().collect())
}

#[track_caller]
fn finds_all(taken: &Taken, plans: &[(u64, std::ops::Range<u32>)]) {
    for (plan, numbers) in plans {
        finds(taken, numbers.clone(), Some(*plan));
    }
    finds(taken, 50_000..52_000, None);
}

#[test]
fn sixteen_plans_have_one_filter_once_all_are_there() {
    let mut plans = many(34);
    // One that took nothing is put together with the others.
    plans[18].1 = 0..0;
    let empty = index(&[]);
    let (taken, _) = again(&empty);
    for (plan, numbers) in &plans {
        taken.write(*plan, debts(numbers.clone())).unwrap();
        let alone = (first_of(*plan)..=*plan).collect::<Vec<_>>();
        let folds = [1, 17].into_iter().filter(|first| first + 15 <= *plan);
        let alone = if plan % 16 == 0 { Vec::new() } else { alone };
        assert_eq!(standing(&taken), (alone, folds.collect()));
    }
    finds_all(&taken, &plans);
    let (taken, without) = again(&index(&plans));
    assert_eq!(without, ["2026-03-19".parse().unwrap()]);
    assert_eq!(standing(&taken), (vec![33, 34], vec![1, 17]));
    finds_all(&taken, &plans);
    // Written again, as what has no rows is at a start, it stands beside its fold.
    taken.write(19, Vec::new()).unwrap();
    assert_eq!(standing(&taken), (vec![19, 33, 34], vec![1, 17]));
    finds_all(&taken, &plans);
}

#[test]
fn a_fold_has_as_many_filters_as_its_debts_take() {
    let plans = many(16);
    let index = index(&plans);
    for (at_most, filters) in [(1, 160), (7, 23), (160, 1), (1_000, 1)] {
        let fold = Fold::over(&*index, 1, at_most).unwrap().unwrap();
        index.write(fold.rows().collect()).unwrap();
        let rows = index.get(&keys::folded(1, 0, 0)).unwrap().unwrap();
        assert_eq!(
            keys::read::<Vec<[u8; DEBT_LEN]>>(&rows).unwrap().len(),
            filters
        );
        let (taken, _) = again(&index);
        assert_eq!(standing(&taken), (vec![], vec![1]));
        finds_all(&taken, &plans);
    }
}

#[test]
fn without_a_fold_that_holds_the_plans_own_filters_are_read_and_put_together_again() {
    let plans = many(16);
    let (head, first) = (keys::folded(1, 0, 0), keys::folded(1, 1, 1));
    let described = keys::folded(1, 1, 0);
    let read = |index: &MemoryIndex, key: &[u8]| index.get(key).unwrap().unwrap();
    let others: Vec<_> = (1..=16).map(|plan| (plan, 5_000..5_010)).collect();
    let other = index(&others);
    let keys_of_one = [head.clone(), described.clone(), first.clone()];
    let foreign = keys_of_one.map(|key| (key.clone(), read(&other, &key)));
    let zeros = vec![0; read(&index(&plans), &first).len()];
    let changes = [
        vec![(head, b"another form".to_vec())],
        vec![(first, zeros)],
        vec![(described, b"cut".to_vec())],
        foreign.to_vec(),
    ];
    for change in changes {
        let index = index(&plans);
        index.write(change).unwrap();
        let (taken, without) = again(&index);
        assert_eq!(without, []);
        assert_eq!(standing(&taken), ((1..=16).collect(), vec![]));
        finds_all(&taken, &plans);
        taken.write(17, debts(7_000..7_010)).unwrap();
        assert_eq!(standing(&taken), (vec![17], vec![1]));
        finds_all(&taken, &plans);
        assert_eq!(standing(&again(&index).0).1, [1]);
    }
    // A plan whose rows are lost is written anew, whatever its fold says.
    let lost = index(&plans);
    lost.lose(&[keys::TAKEN]);
    assert_eq!(again(&lost).1.len(), 16);
}

#[test]
fn a_fold_that_is_cut_off_is_not_there() {
    let plans = many(16);
    let of_plans = index(&plans);
    let fold = Fold::over(&*of_plans, 1, 7).unwrap().unwrap();
    let rows: Vec<_> = fold.rows().collect();
    for cut in 0..rows.len() {
        let index = index(&plans[..15]);
        // The last one is written as without its fold, which is what it ends with.
        let last = again(&index).0;
        last.filters.write().unwrap().unmade.insert(1);
        last.write(16, debts(plans[15].1.clone())).unwrap();
        let row = |index: &MemoryIndex| {
            let day = BusinessDay::new(2026, 3, 16).unwrap();
            (
                keys::plan(day),
                index.get(&keys::plan(day)).unwrap().unwrap(),
            )
        };
        index.write(vec![row(&of_plans)]).unwrap();
        index.write(rows[..cut].to_vec()).unwrap();
        let (taken, without) = again(&index);
        assert_eq!(without, []);
        assert_eq!(standing(&taken), ((1..=16).collect(), vec![]));
        finds_all(&taken, &plans);
    }
}

#[test]
fn a_plan_that_is_cut_off_while_it_is_written_again_is_written_once_more() {
    let plans: Vec<_> = (1..=16)
        .map(|plan: u64| {
            let first = u32::try_from(plan).unwrap() * 1_000;
            (plan, first..first + 300)
        })
        .collect();
    for plan in [1, 9, 16] {
        let index = index(&plans);
        let (taken, _) = again(&index);
        let of_plan = debts(plans[usize::try_from(plan).unwrap() - 1].1.clone());
        // As far as its first row.
        taken.take_away_filters(plan, &of_plan).unwrap();
        let (taken, without) = again(&index);
        assert_eq!(without.len(), 1, "{plan}");
        assert!(standing(&taken).1.is_empty());
        taken.write(plan, of_plan).unwrap();
        assert_eq!(standing(&taken), (vec![], vec![1]));
        finds_all(&taken, &plans);
        assert_eq!(again(&index).1, []);
    }
}

#[test]
fn a_fold_that_cannot_be_made_keeps_no_later_one_from_being_made() {
    let plans = many(32);
    let (taken, _) = again(&index(&[]));
    taken.filters.write().unwrap().unmade.insert(1);
    for (plan, numbers) in &plans {
        taken.write(*plan, debts(numbers.clone())).unwrap();
    }
    assert_eq!(standing(&taken), ((1..=16).collect(), vec![17]));
    finds_all(&taken, &plans);
}
