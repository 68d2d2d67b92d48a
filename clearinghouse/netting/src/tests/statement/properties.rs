//! Whatever was netted is stated soundly, and no change of a statement is.

use huitong_core::canonical::{decode_exact, encode_to_vec};
use proptest::prelude::*;

use super::super::properties::debts;
use super::*;
use crate::statement::StatedRow;
use crate::statement::fault::RowFault;

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
        for (statement, before) in day.statements.iter().zip(&day.earlier) {
            prop_assert_eq!(check(before), []);
            prop_assert_eq!(follow(statement, before), []);
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

    /// Rows that are left out between two of one debtor, which owns the statement, are counted before the next one.
    #[test]
    fn rows_left_out_between_two_of_a_debtor_leave_a_gap(debts in debts(), tenths in 0_u64..=10) {
        let day = netted(&debts, tenths);
        for right in day.parts.iter().flatten().map(RegionPart::statement) {
            let debtor = right.regions[0].region;
            let owed = |row: &&StatedRow| row.row.pair.debtor == debtor;
            let of_debtor: Vec<_> = right.rows.iter().filter(owed).collect();
            for first in 0..of_debtor.len() {
                for next in first + 2..of_debtor.len() {
                    let gone: Vec<_> = of_debtor[first + 1..next].iter().map(|row| row.index).collect();
                    let mut wrong = right.clone();
                    wrong.rows.retain(|row| !gone.contains(&row.index));
                    let gap = RowFault::Gap(u64::try_from(gone.len()).unwrap());
                    let gap = StatementFault::Row(of_debtor[next].row.pair, gap);
                    prop_assert!(check(&wrong).contains(&gap), "{:?}", gone);
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
