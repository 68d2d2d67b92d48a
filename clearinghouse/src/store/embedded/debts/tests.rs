//! Debts are found with the plan that took them first, whatever their order and however often they are written.

use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
use huitong_core::leg::LegKind;
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::store::MemoryIndex;

/// Of few moments, so that plans meet.
fn debt(number: u32) -> Debt {
    let [_, _, high, low] = number.to_be_bytes();
    let kind = if low % 2 == 0 {
        LegKind::Settlement
    } else {
        LegKind::Reversal
    };
    let id = SettlementId::from_parts(i64::from(high), [low; 10]);
    (id, kind, Fund::ResidentPool)
}

fn written(index: &dyn Index, plan: u64, debts: impl IntoIterator<Item = u32>) {
    let mut taken = Taken::default();
    for number in debts {
        taken.add(debt(number)).unwrap();
    }
    taken.write(index, plan).unwrap();
}

/// All sheets, each with its first debt; none is too long, out of order, or reaches into the next.
fn sheets(index: &dyn Index) -> Vec<(DebtBytes, Sheet)> {
    let rows = index.scan(keys::DEBTS, keys::DEBTS, usize::MAX).unwrap();
    let sheets = rows.iter().map(|(key, value)| {
        let sheet = sheet_of(value).unwrap();
        assert_eq!(sheet.len(), entries(value).unwrap().len(), "each once");
        assert!(!sheet.is_empty() && sheet.len() <= ON_A_SHEET);
        (first_of(key).unwrap(), sheet)
    });
    let sheets: Vec<_> = sheets.collect();
    for (begin, sheet) in &sheets {
        assert!(sheet.keys().all(|debt| debt >= begin));
    }
    for two in sheets.windows(2) {
        assert!(two[0].1.keys().all(|debt| *debt < two[1].0));
    }
    sheets
}

proptest! {
    #[test]
    fn a_debt_is_found_with_the_plan_that_took_it_first(
        plans in vec(vec(0_u32..4_000, 0..1_500), 1..8),
    ) {
        let index = MemoryIndex::new();
        let mut known = BTreeMap::new();
        for (plan, debts) in (1..).zip(&plans) {
            written(&index, plan, debts.iter().copied());
            for number in debts {
                known.entry(*number).or_insert(plan);
            }
        }
        for number in 0..4_000 {
            let found = plan_of(&index, debt(number)).unwrap();
            prop_assert_eq!(found, known.get(&number).copied(), "{}", number);
        }
        let before = sheets(&index);
        // The indexer was cut off, and writes the last plan again.
        let last = u64::try_from(plans.len()).unwrap();
        written(&index, last, plans.last().unwrap().iter().copied());
        prop_assert_eq!(sheets(&index), before);
    }
}

#[test]
fn a_day_of_debts_fills_its_sheets_and_each_batch_is_small() {
    let index = MemoryIndex::new();
    written(&index, 1, 0..20_000);
    let sheets = sheets(&index);
    let debts: usize = sheets.iter().map(|(_, sheet)| sheet.len()).sum();
    assert_eq!(debts, 20_000);
    assert!(
        sheets.len() <= 20_000 / (ON_A_SHEET / 2),
        "{}",
        sheets.len()
    );
}

#[test]
fn a_sheet_that_is_none_is_told() {
    let index = MemoryIndex::new();
    assert_eq!(plan_of(&index, debt(1)).unwrap(), None);
    written(&index, 1, [1]);
    let row = (keys::debts(&bytes_of(debt(1)).unwrap()), vec![0; 28]);
    index.write(vec![row]).unwrap();
    assert!(matches!(
        plan_of(&index, debt(1)),
        Err(StoreError::Foreign(_))
    ));
}
