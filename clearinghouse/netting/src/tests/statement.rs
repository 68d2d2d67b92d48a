//! A statement that was written holds, and no change of it does: what is said names which and where.

use huitong_core::canonical::{decode_exact, encode_to_vec};
use huitong_core::checkpoint::book::LegBook;
use huitong_core::checkpoint::{CertifiedCheckpoint, Checkpoint, SignedCheckpoint};
use huitong_core::date::Timestamp;
use huitong_core::digest::Digest;
use proptest::prelude::*;

use super::properties::{Debt, Streams, debts, streams};
use super::*;
use crate::statement::{
    MemberStatement, Neighbour, ProvenPlan, StatementFault, check, checkpoint, compare, neighbour,
    pair_roots, statement,
};

/// The second of two cycles, and the checkpoint of the first.
struct Day {
    streams: Streams,
    first: CertifiedCheckpoint,
    second: CertifiedCheckpoint,
    statements: Vec<MemberStatement>,
}

fn signed(plan: &NettingPlan, roots: &[Digest], before: Option<Digest>) -> CertifiedCheckpoint {
    let signed = SignedCheckpoint {
        checkpoint: checkpoint(plan, roots, before),
        at: Timestamp::from_millis(1).unwrap(),
        algorithm: 1,
        key_id: sha256(b"key"),
        signature: vec![1; 64],
    };
    CertifiedCheckpoint {
        signed,
        signer: Vec::new(),
    }
}

/// Two cycles of these debts, the first up to so many tenths of each stream.
fn netted(debts: &[Debt], tenths: u64) -> Day {
    let (streams, members) = (streams(debts), members());
    let (early, late) = (streams.marks(tenths), streams.marks(10));
    let legs = streams.inside(&early, None);
    let inputs = Inputs {
        day: day(1),
        parent: None,
        members: &members,
        marks: &early,
        legs: &legs,
    };
    let one = plan(&inputs).unwrap();
    let roots = pair_roots(&one, legs.iter().map(|agreed| &agreed.leg)).unwrap();
    let first = signed(&one, &roots, None);
    let rest = streams.inside(&late, Some(&one));
    let inputs = Inputs {
        day: day(2),
        parent: Some(&one),
        marks: &late,
        legs: &rest,
        ..inputs
    };
    let two = plan(&inputs).unwrap();
    let legs: Vec<Leg> = rest.into_iter().map(|agreed| agreed.leg).collect();
    let roots = pair_roots(&two, &legs).unwrap();
    let before = first.signed.checkpoint.digest();
    let second = signed(&two, &roots, Some(before));
    let proven = ProvenPlan {
        plan: &two,
        parent: Some(&one),
        pair_roots: &roots,
        checkpoint: &second,
    };
    let codes = ["110000", "310000", "330000", "510100"];
    let statements = codes.map(|code| {
        let member = Member::new(code.parse().unwrap());
        let own = |region| members.of(region) == Some(member);
        let legs = legs
            .iter()
            .filter(|leg| own(leg.debtor) || own(leg.creditor));
        let legs: Vec<Leg> = legs.cloned().collect();
        statement(&proven, member, &legs)
    });
    Day {
        streams,
        first,
        second,
        statements: statements.into(),
    }
}

impl Day {
    /// The books of a statement's regions.
    fn books(&self, of: &MemberStatement) -> Vec<LegBook> {
        let regions = of.regions.iter().map(|region| region.region);
        let books = regions.filter_map(|region| Some((region, self.streams.books.get(&region)?)));
        books
            .map(|(region, legs)| LegBook::new(region, 1, legs.clone()).unwrap())
            .collect()
    }

    /// All that is wrong with a statement, held against books and the true checkpoint.
    fn faults(&self, of: &MemberStatement, books: &[LegBook]) -> Vec<StatementFault> {
        let mut faults = check(of);
        faults.extend(compare(of, books));
        faults.extend(neighbour(of, &self.second.signed.checkpoint).err());
        faults
    }
}

/// Debts among all regions in which Zhejiang's two stand with others and with each other.
fn busy() -> Vec<Debt> {
    let debt = |debtor, distance, fund, fen, both| (debtor, distance, fund, fen, both);
    vec![
        debt(3, 0, 1, 1_316_000, true),
        debt(3, 0, 1, 200_000, true),
        debt(4, 2, 1, 16_000, true),
        debt(2, 0, 1, 5_000, true),
        debt(2, 0, 0, 7_000, false),
        debt(0, 1, 2, 900, true),
        debt(3, 0, 1, 1, true),
        debt(4, 2, 1, 3, false),
        debt(3, 0, 0, 44, true),
    ]
}

fn zhejiang(day: &Day) -> MemberStatement {
    day.statements[2].clone()
}

fn codes(faults: &[StatementFault]) -> Vec<&'static str> {
    faults.iter().map(StatementFault::code).collect()
}

#[test]
fn golden_statement() {
    let day = netted(&busy(), 5);
    let bytes = zhejiang(&day).to_bytes();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, include_str!("../golden/statement.hex").trim());
    assert_eq!(MemberStatement::from_bytes(&bytes), Ok(zhejiang(&day)));
}

#[test]
fn legs_that_are_not_the_plans_prove_nothing() {
    let day = netted(&busy(), 10);
    let members = members();
    let marks = day.streams.marks(10);
    let legs = &day.streams.agreed;
    let inputs = Inputs {
        day: super::day(1),
        parent: None,
        members: &members,
        marks: &marks,
        legs,
    };
    let plan = plan(&inputs).unwrap();
    let mut legs: Vec<Leg> = legs.iter().map(|agreed| agreed.leg.clone()).collect();
    assert!(pair_roots(&plan, &legs).is_ok());
    let last = legs.pop().unwrap();
    assert!(pair_roots(&plan, &legs).is_err());
    legs.extend([last.clone(), last]);
    assert!(pair_roots(&plan, &legs).is_err());
}

#[test]
fn a_leg_that_was_dropped_added_or_changed_is_named() {
    let day = netted(&busy(), 0);
    let right = zhejiang(&day);
    let books = day.books(&right);
    assert_eq!(day.faults(&right, &books), []);

    // The clearinghouse leaves one out, and does all sums and roots anew.
    let row = right
        .rows
        .iter()
        .position(|row| row.legs.len() > 1)
        .unwrap();
    let pair = right.rows[row].row.pair;
    let mut wrong = right.clone();
    let gone = wrong.rows[row].legs.remove(0);
    let found = compare(&wrong, &books);
    assert_eq!(codes(&found), ["leg.dropped"]);
    assert_eq!(
        (found[0].pair(), found[0].settlement()),
        (Some(&pair), Some(gone.settlement))
    );
    let said = found[0].to_string();
    let number = day.streams.books[&pair.debtor].iter();
    let number = number
        .clone()
        .find(|it| it.leg.settlement == gone.settlement);
    let number = number.unwrap().number;
    assert!(
        said.contains(&gone.settlement.to_string())
            && said.contains(&format!("{} → {}", pair.debtor, pair.creditor))
            && said.contains(&format!("leg {number} of region {}", pair.debtor)),
        "{said}"
    );

    let mut wrong = right.clone();
    let mut strange = wrong.rows[row].legs[0];
    strange.settlement = SettlementId::from_parts(99, [9; 10]);
    wrong.rows[row].legs.push(strange);
    let found = compare(&wrong, &books);
    assert_eq!(codes(&found), ["leg.added"]);
    assert_eq!(found[0].settlement(), Some(strange.settlement));

    let mut wrong = right.clone();
    wrong.rows[row].legs[1].amount = Fen::new(1).unwrap();
    let found = compare(&wrong, &books);
    assert_eq!(codes(&found), ["leg.changed"]);
    assert!(
        found[0].to_string().contains("another amount"),
        "{}",
        found[0]
    );
    assert_eq!(codes(&check(&wrong)), ["row.sum", "row.root"]);
}

#[test]
fn a_leg_that_is_said_to_wait_is_not_taken_and_a_book_that_lacks_one_is_told() {
    let day = netted(&busy(), 5);
    let right = zhejiang(&day);
    assert!(
        right
            .regions
            .iter()
            .any(|region| !region.carried.as_slice().is_empty())
    );
    assert!(
        right
            .regions
            .iter()
            .any(|region| !region.waited.as_slice().is_empty())
    );
    let whole = day.books(&right);
    assert_eq!(day.faults(&right, &whole), []);
    // The same legs in several books are one book, and a book may begin anywhere.
    let mut parts = Vec::new();
    for book in &whole {
        for numbered in book.legs() {
            let legs = vec![numbered.clone()];
            parts.push(LegBook::new(book.region(), numbered.number, legs).unwrap());
        }
    }
    assert_eq!(compare(&right, &parts), []);
    let first = parts.iter().position(|book| {
        let region = right
            .regions
            .iter()
            .find(|region| region.region == book.region())
            .unwrap();
        let number = book.legs()[0].number;
        number > region.from && !region.carried.contains(number)
    });
    let gone = parts.remove(first.unwrap());
    let found = compare(&right, &parts);
    assert!(codes(&found).contains(&"book.lacks"), "{found:?}");
    let number = gone.legs()[0].number;
    assert!(
        found[0]
            .to_string()
            .contains(&format!("--from {number} --to {number}")),
        "{}",
        found[0]
    );
    let mut other = gone.legs()[0].clone();
    other.leg.amount = Fen::new(77).unwrap();
    parts.push(gone.clone());
    parts.push(LegBook::new(gone.region(), number, vec![other]).unwrap());
    assert!(codes(&compare(&right, &parts)).contains(&"book.twice"));
    let stranger = LegBook::new(region(4), 1, Vec::new()).unwrap();
    assert_eq!(codes(&compare(&right, &[stranger])), ["book.foreign"]);
}

#[test]
fn checkpoints_are_held_against_each_other() {
    let day = netted(&busy(), 5);
    let right = zhejiang(&day);
    let (first, second) = (&day.first.signed.checkpoint, &day.second.signed.checkpoint);
    assert_eq!(neighbour(&right, second), Ok(Neighbour::Same));
    assert_eq!(neighbour(&right, first), Ok(Neighbour::Before));
    let after = Checkpoint {
        plan: 3,
        day: super::day(3),
        before: Some(second.digest()),
        ..second.clone()
    };
    assert_eq!(neighbour(&right, &after), Ok(Neighbour::After));
    let code = |other: &Checkpoint| neighbour(&right, other).unwrap_err().code();
    let split = Checkpoint {
        rows: 9,
        ..second.clone()
    };
    assert_eq!(code(&split), "checkpoint.other");
    let other = Checkpoint {
        rows: 9,
        ..first.clone()
    };
    assert_eq!(code(&other), "checkpoint.chain");
    let other = Checkpoint {
        before: None,
        ..after.clone()
    };
    assert_eq!(code(&other), "checkpoint.chain");
    let far = Checkpoint { plan: 4, ..after };
    assert_eq!(code(&far), "checkpoint.far");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Every member's statement of every cycle holds, and says what the books say.
    #[test]
    fn what_was_written_holds(debts in debts(), tenths in 0_u64..=10) {
        let day = netted(&debts, tenths);
        for statement in &day.statements {
            let books = day.books(statement);
            prop_assert_eq!(day.faults(statement, &books), []);
            prop_assert_eq!(&MemberStatement::from_bytes(&statement.to_bytes()), &Ok(statement.clone()));
        }
    }

    /// A change of any bit is noticed, but of those under the signature, which others check.
    #[test]
    fn no_bit_of_a_statement_can_change(tenths in 0_u64..=10, seed in any::<u64>(), which in 0_usize..4) {
        let day = netted(&busy(), tenths);
        let right = &day.statements[which];
        prop_assume!(!right.rows.is_empty());
        let books = day.books(right);
        let bytes = encode_to_vec(right);
        for (at, _) in bytes.iter().enumerate() {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << ((seed >> (at % 32)) % 8);
            let Ok(wrong) = decode_exact::<MemberStatement>(&changed) else { continue };
            let unsigned = MemberStatement { checkpoint: day.second.clone(), ..wrong.clone() };
            if unsigned == *right && wrong.checkpoint.signed.checkpoint == day.second.signed.checkpoint {
                continue;
            }
            prop_assert!(!day.faults(&wrong, &books).is_empty(), "byte {} of {:?}", at, right);
        }
    }

    /// A row, a leg or a step of a path that is dropped, doubled or moved is noticed without any book, and said to be
    /// where it is.
    #[test]
    fn no_part_of_a_statement_can_go_or_move(
        debts in debts(), tenths in 0_u64..=10, at in any::<prop::sample::Index>(), how in 0_usize..3,
    ) {
        let day = netted(&debts, tenths);
        for right in &day.statements {
            if right.rows.is_empty() {
                continue;
            }
            let row = at.index(right.rows.len());
            let pair = right.rows[row].row.pair;
            for list in 0..3 {
                let mut wrong = right.clone();
                let changed = match list {
                    0 => change(&mut wrong.rows[row].legs, at, how),
                    1 => change(&mut wrong.rows[row].path, at, how),
                    _ => change(&mut wrong.rows, at, how),
                };
                if !changed {
                    continue;
                }
                let found = check(&wrong);
                prop_assert!(!found.is_empty(), "list {} of {:?}", list, right);
                if list < 2 {
                    prop_assert!(found.iter().all(|fault| fault.pair() == Some(&pair)), "{:?}", found);
                }
            }
        }
    }
}

/// Drops, doubles or turns around; whether that is a change.
fn change<T: Clone + PartialEq>(list: &mut Vec<T>, at: prop::sample::Index, how: usize) -> bool {
    let before = list.clone();
    if list.is_empty() {
        return false;
    }
    let at = at.index(list.len());
    match how {
        0 => drop(list.remove(at)),
        1 => list.insert(at, before[at].clone()),
        _ => list.reverse(),
    }
    *list != before
}
