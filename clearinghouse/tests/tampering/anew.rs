//! Those who do everything anew that follows from what they changed: sums, counts, pair roots, paths, nets, the table and the
//! checkpoint. Without the key the signature tells, or the row that is not under it; with the key, the region's own book and
//! whatever checkpoint was got before or after.

use huitong_core::checkpoint::row::Pair;
use huitong_core::digest::sha256;
use huitong_core::id::SettlementId;
use huitong_core::money::Fen;
use huitong_core::region::RegionCode;
use huitong_netting::statement::MemberStatement;
use huitong_netting::{AgreedLeg, Runs};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::chain::{
    Agreed, BEFORE, Chain, Cycle, Fault, Marks, With, cycle, inside, region, signed,
};
use crate::chains;
use crate::files::{CHECKPOINT, strange};
use crate::missing::with_those;

const NAMES: [&str; 3] = ["c1.htck", "c2.htck", "c3.htck"];

/// Changes what a cycle takes; false when it cannot be.
type Attack = fn(&mut Vec<Agreed>, usize, &mut Marks) -> bool;

/// What the clearinghouse nets otherwise, and under which code the region's book shows it.
const ATTACKS: [(&str, Attack, Option<&str>); 7] = [
    (
        "amount",
        |taken, at, _| {
            let amount = Fen::new(taken[at].1.amount.get() + 1).unwrap();
            (taken[at].0.amount, taken[at].1.amount) = (amount, amount);
            true
        },
        Some("leg.changed"),
    ),
    (
        "business day",
        |taken, at, _| {
            let day = taken[at].1.business_day.plus_days(1).unwrap();
            (taken[at].0.business_day, taken[at].1.business_day) = (day, day);
            true
        },
        Some("leg.changed"),
    ),
    (
        "receipt",
        |taken, at, _| {
            taken[at].1.receipt = sha256(b"another");
            true
        },
        Some("leg.changed"),
    ),
    (
        "settlement",
        |taken, at, _| {
            (taken[at].0.settlement, taken[at].1.settlement) = (strange(), strange());
            true
        },
        Some("leg.dropped"),
    ),
    (
        "another debtor",
        |taken, at, marks| {
            let pair = Pair::of(&taken[at].1);
            let mut others = (0..5).map(region).filter(|it| !pair.names(*it));
            let other = others.next_back().unwrap();
            let mark = marks.get_mut(&other).unwrap();
            *mark += 1;
            (taken[at].0.debtor, taken[at].1.debtor) = (other, other);
            taken[at].0.payable = *mark;
            true
        },
        Some("leg.changed"),
    ),
    (
        "added",
        |taken, at, marks| {
            let mut leg = taken[at].1.clone();
            leg.settlement = strange();
            let mut next = |region: RegionCode| {
                let mark = marks.get_mut(&region).unwrap();
                *mark += 1;
                *mark
            };
            let (receivable, payable) = (next(leg.creditor), next(leg.debtor));
            taken.push((AgreedLeg::new(receivable, payable, &leg), leg));
            true
        },
        Some("leg.added"),
    ),
    // That a leg waits may be: which cycle took it is what the true checkpoint tells.
    (
        "waits",
        |taken, at, _| {
            taken.remove(at);
            true
        },
        None,
    ),
];

fn has(found: &[Fault], code: &str, is_it: impl Fn(&Fault) -> bool) -> bool {
    found.iter().any(|fault| fault.code == code && is_it(fault))
}

/// The second cycle, with one leg netted otherwise; and the leg as it was.
fn attacked(chain: &Chain, at: Index, attack: Attack) -> Option<(Cycle, Agreed)> {
    let mut taken = inside(&chain.agreed, Some(&chain.marks[0]), &chain.marks[1]);
    if taken.is_empty() {
        return None;
    }
    let at = at.index(taken.len());
    let was = taken[at].clone();
    let mut marks = chain.marks[1].clone();
    let is_changed = attack(&mut taken, at, &mut marks);
    let cycle = cycle(1, Some(&chain.cycles[0]), &marks, &taken)?;
    is_changed.then_some((cycle, was))
}

/// The statement of the one who is owed a leg.
fn of_creditor(cycle: &Cycle, creditor: RegionCode) -> (usize, &MemberStatement) {
    let mut stated = cycle.statements.iter().enumerate();
    let is_its = |it: &MemberStatement| it.regions.iter().any(|own| own.region == creditor);
    stated.find(|(_, it)| is_its(it)).unwrap()
}

/// Whether the book of who is owed shows it: the settlement is named, or, of one that is added under numbers which the book
/// does not have, the region and its number.
fn by_book(
    found: &[Fault],
    code: &str,
    settlement: SettlementId,
    number: (RegionCode, u64),
) -> bool {
    let (region, number) = (number.0.to_string(), format!("--from {}", number.1));
    let lacks = |it: &Fault| code == "leg.added" && it.names(&region) && it.en.contains(&number);
    has(found, code, |it| it.is_of(settlement)) || has(found, "book.lacks", lacks)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn what_the_clearinghouse_does_anew_and_signs_is_found_by_books_and_by_history((debts, tenths) in chains(), at in any::<Index>()) {
        let chain = Chain::of(&debts, tenths);
        for (what, attack, code) in ATTACKS {
            let Some((anew, (agreed, was))) = attacked(&chain, at, attack) else { continue };
            let (which, stated) = of_creditor(&anew, was.creditor);
            // It belongs together, whatever it says, and goes on from the cycle before: nothing in it can tell.
            let before = &chain.cycles[0].statements[which];
            let with = With { before: Some(before), checkpoints: vec![(NAMES[0], &chain.cycles[0].checkpoint)], books: false, ..With::default() };
            let found = chain.verify(stated, &with);
            prop_assert!(found.is_empty(), "{what}: {found:?}");
            if let Some(code) = code {
                let found = chain.verify(stated, &With { books: true, ..With::default() });
                let (settlement, number) = match what {
                    "added" => (strange(), anew.plan.window(was.creditor).unwrap().to),
                    _ => (was.settlement, agreed.receivable),
                };
                prop_assert!(by_book(&found, code, settlement, (was.creditor, number)), "{what}: {found:?}");
                prop_assert_eq!(chain.number(was.creditor, was.settlement), agreed.receivable);
            }
            for (at, code) in [(1, "checkpoint.other"), (2, "checkpoint.chain")] {
                let with = With { checkpoints: vec![(NAMES[at], &chain.cycles[at].checkpoint)], ..With::default() };
                let found = chain.verify(stated, &with);
                prop_assert!(has(&found, code, |it| it.names(NAMES[at])), "{what}: {found:?}");
            }
            let later = &chain.cycles[2].statements[which];
            let found = chain.verify(later, &With { before: Some(stated), ..With::default() });
            prop_assert!(has(&found, "checkpoint.chain", |it| it.names(BEFORE)), "{what}: {found:?}");
        }
    }

    #[test]
    fn what_is_done_anew_without_the_key_is_found_by_the_signature_and_the_row_under_it((debts, tenths) in chains(), at in any::<Index>()) {
        let chain = Chain::of(&debts, tenths);
        for (what, attack, _) in ATTACKS {
            let Some((anew, (_, was))) = attacked(&chain, at, attack) else { continue };
            let (_, stated) = of_creditor(&anew, was.creditor);
            // Under the checkpoint that was signed.
            let mut wrong = stated.clone();
            wrong.checkpoint = chain.cycles[1].checkpoint.clone();
            let found = chain.verify(&wrong, &With::default());
            let holds = |row: &Pair| wrong.rows.iter().any(|it| it.row.pair == *row);
            let mut pair = Pair::of(&was);
            if what == "another debtor" {
                let now = wrong.rows.iter().find(|it| it.legs.iter().any(|leg| leg.settlement == was.settlement));
                pair = now.unwrap().row.pair;
            }
            let is_row = |it: &Fault| it.code == "row.path" && it.is_of_row(&pair);
            // Of a row that is not there any more the nets tell, or, between two of one member, the paths of others.
            let is_found = match holds(&pair) {
                true => found.iter().any(is_row),
                false => !found.is_empty() || wrong.rows.is_empty(),
            };
            prop_assert!(is_found, "{what}: {found:?}");
            // Under its own, with the signature of the true one.
            let mut wrong = stated.clone();
            wrong.checkpoint.signed.signature = chain.cycles[1].checkpoint.signed.signature.clone();
            let found = chain.verify(&wrong, &With::default());
            prop_assert!(has(&found, "checkpoint.signature", |it| it.en.contains("the statement's checkpoint")), "{what}: {found:?}");
        }
    }

    /// The statement before is made to end where this one is said to begin: of itself it does not hold then.
    #[test]
    fn a_statement_before_that_is_changed_to_match_is_named_with_its_file((debts, tenths) in chains(), which in 0_usize..4) {
        let chain = Chain::of(&debts, tenths);
        let [mut before, mut wrong] = [0, 1].map(|at| chain.cycles[at].statements[which].clone());
        for (own, earlier) in wrong.regions.iter_mut().zip(&mut before.regions) {
            if own.from == 0 || earlier.to == 0 || [&own.carried, &earlier.carried].iter().any(|it| **it != Runs::EMPTY) {
                continue;
            }
            (own.from, own.to, earlier.to) = (own.from - 1, own.to - 1, earlier.to - 1);
            let code = own.region.to_string();
            let found = chain.verify(&wrong, &With { before: Some(&before), ..With::default() });
            prop_assert!(has(&found, "region.taken", |it| it.names(BEFORE) && it.names(&code)), "{found:?}");
            break;
        }
    }

    /// A history that is done anew from its beginning belongs together; any checkpoint that somebody kept does not.
    #[test]
    fn a_history_that_is_done_anew_is_found_by_any_checkpoint_that_was_kept((debts, tenths) in chains(), at in any::<Index>(), which in 0_usize..4) {
        let chain = Chain::of(&debts, tenths);
        let mut agreed = chain.agreed.clone();
        let first = inside(&chain.agreed, None, &chain.marks[0]);
        prop_assume!(!first.is_empty());
        let changed = &first[at.index(first.len())].1;
        for (of, leg) in agreed.iter_mut().filter(|(_, leg)| leg.settlement == changed.settlement) {
            let amount = Fen::new(leg.amount.get() + 1).unwrap();
            (of.amount, leg.amount) = (amount, amount);
        }
        let anew = chain.again(0, &agreed, &[]);
        let stated = &anew[1].statements[which];
        let own = (0..3).map(|at| (NAMES[at], &anew[at].checkpoint));
        let with = With { checkpoints: own.collect(), before: Some(&anew[0].statements[which]), books: false, ..With::default() };
        let found = chain.verify(stated, &with);
        prop_assert!(found.is_empty(), "{found:?}");
        for (at, code) in ["checkpoint.chain", "checkpoint.other", "checkpoint.chain"].into_iter().enumerate() {
            let with = With { checkpoints: vec![(NAMES[at], &chain.cycles[at].checkpoint)], ..With::default() };
            let found = chain.verify(stated, &with);
            prop_assert!(has(&found, code, |it| it.names(NAMES[at])), "{found:?}");
        }
        let (_, earlier) = of_creditor(&anew[0], changed.creditor);
        let found = chain.verify(earlier, &With { books: true, ..With::default() });
        prop_assert!(has(&found, "leg.changed", |it| it.is_of(changed.settlement)), "{found:?}");
    }

    /// A checkpoint of the cycle, of the one before or of the one after that is changed in any field and signed anew.
    #[test]
    fn a_checkpoint_that_is_signed_anew_is_named_with_its_file((debts, tenths) in chains(), which in 0_usize..4) {
        let chain = Chain::of(&debts, tenths);
        let right = &chain.cycles[1].statements[which];
        for (what, change) in &CHECKPOINT[..7] {
            for (at, name) in NAMES.into_iter().enumerate() {
                let mut other = chain.cycles[at].checkpoint.clone();
                change(&mut other);
                // What the one after commits to is not this cycle's, but for the one that it names as before.
                if at == 2 && ["day", "root", "rows", "nets"].contains(what) {
                    continue;
                }
                let other = signed(other.signed.checkpoint);
                let codes = match (at, *what) {
                    (0, "plan") => ["checkpoint.other"],
                    (2, "plan") => ["checkpoint.far"],
                    (2, "counts") => ["checkpoint.uncounted"],
                    (1, "plan") | (0 | 2, _) => ["checkpoint.chain"],
                    _ => ["checkpoint.other"],
                };
                let with = With { checkpoints: vec![(name, &other)], ..With::default() };
                let found = chain.verify(right, &with);
                prop_assert!(has(&found, codes[0], |it| it.names(name)), "{what} of {name}: {found:?}");
            }
        }
    }
}

/// Of a statement before that is another member's, all regions would seem to begin.
#[test]
fn a_statement_before_of_another_member_is_named_with_its_file() {
    let chain = Chain::of(&[(3, 0, 0, 700, true); 9], [3, 6]);
    let mut wrong = chain.cycles[1].statements[2].clone();
    for own in &mut wrong.regions {
        assert_eq!(own.waited, Runs::EMPTY);
        own.carried = with_those(&own.carried, 1..=own.from);
        own.from = 0;
    }
    let found = |which: usize| {
        let before = Some(&chain.cycles[0].statements[which]);
        chain.verify(
            &wrong,
            &With {
                before,
                ..With::default()
            },
        )
    };
    assert!(
        has(&found(2), "region.begin", |it| it.names(BEFORE)),
        "{:?}",
        found(2)
    );
    assert!(
        has(&found(0), "before.foreign", |it| it.names(BEFORE)),
        "{:?}",
        found(0)
    );
}

/// Whoever has a stolen key signs what he likes, as of any moment: the list on which its certificate is tells, where it is given.
#[test]
fn what_a_revoked_key_signed_proves_nothing_to_whoever_has_the_list() {
    let chain = Chain::of(&[(3, 0, 0, 700, true); 9], [3, 6]);
    let [before, right] = [0, 1].map(|at| &chain.cycles[at].statements[2]);
    let with = |revoked| With {
        checkpoints: vec![(NAMES[0], &chain.cycles[0].checkpoint)],
        before: Some(before),
        revoked,
        ..With::default()
    };
    assert!(chain.verify(right, &with(false)).is_empty());
    let found = chain.verify(right, &with(true));
    let names = ["the statement's checkpoint", NAMES[0], BEFORE];
    for name in names {
        assert!(
            has(&found, "checkpoint.signature", |it| it.en.contains(name)),
            "{name}: {found:?}"
        );
    }
}
