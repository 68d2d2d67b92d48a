//! What one part reads, and that the parts are all.

use std::collections::BTreeSet;

use huitong_core::date::Timestamp;
use huitong_core::digest::sha256;

use super::*;
use crate::store::OpenRow;

fn institution(nth: u8) -> InstitutionCode {
    format!("H51010400{nth:03}").parse().unwrap()
}

fn id(nth: u32) -> SettlementId {
    let digest = sha256(&nth.to_be_bytes());
    SettlementId::from_bytes(*digest.as_bytes().first_chunk().unwrap())
}

fn march() -> Span {
    let day = |day: &str| day.parse().unwrap();
    Span::new(day("2023-03-01"), day("2023-03-31")).unwrap()
}

fn row() -> DueRow {
    DueRow {
        home: "330200".parse().unwrap(),
        settlement: FIRST,
        at: None,
        amounts: Vec::new(),
    }
}

type Rows = BTreeMap<(InstitutionCode, BusinessDay, LegKind, SettlementId), DueRow>;

/// As a ledger finds them.
fn rows_after(rows: &Rows, after: &Key) -> Vec<(Key, Row)> {
    let Key::Due(institution, day, kind, id) = after else {
        panic!("another table");
    };
    let after = (*institution, *day, *kind, *id);
    let found = rows.range(after..).filter(|(key, _)| **key > after);
    let found = found
        .map(|((of, day, kind, id), row)| (Key::Due(*of, *day, *kind, *id), Row::Due(row.clone())));
    found.take(ROWS).collect()
}

/// A month's rows, each settlement on a day of its own and every seventh reversed five days later, among those of others.
fn month(settlements: u32) -> Rows {
    let first = march().from();
    let mut rows = BTreeMap::new();
    for nth in 0..settlements {
        let on = |day: u32| first.plus_days(i32::try_from(day).unwrap()).unwrap();
        let day = nth % 26;
        for other in 12..=14 {
            rows.insert(
                (institution(other), on(day), LegKind::Settlement, id(nth)),
                row(),
            );
        }
        if nth % 7 == 0 {
            rows.insert(
                (
                    institution(13),
                    on(day.saturating_add(5)),
                    LegKind::Reversal,
                    id(nth),
                ),
                row(),
            );
        }
        rows.insert(
            (institution(13), on(day), LegKind::Deduction, id(nth)),
            row(),
        );
    }
    rows
}

/// What all parts list of a month when each is about so many settlements, and the most rows that one reads.
fn listed(rows: &Rows, parts: &[Option<SettlementId>]) -> (Vec<(SettlementId, Of)>, usize, usize) {
    let (mut all, mut most, mut calls) = (Vec::new(), 0_usize, 0_usize);
    let mut after = None;
    for up_to in parts {
        loop {
            let mut read = 0_usize;
            let scan = |after: &Key| {
                let found = rows_after(rows, after);
                read = found.len().saturating_add(read);
                Ok(found)
            };
            let part = Part {
                after,
                up_to: *up_to,
            };
            let take = |of, id, _: &DueRow| {
                all.push((id, of));
                Ok(())
            };
            let answered = merged((institution(13), march(), part), scan, take).unwrap();
            (most, calls) = (most.max(read), calls.saturating_add(1));
            assert!(answered > after || answered.is_none());
            after = answered.or(*up_to);
            if answered.is_none() {
                break;
            }
        }
    }
    (all, most, calls)
}

fn expected(rows: &Rows) -> BTreeSet<(SettlementId, Of)> {
    let own = rows.keys().filter(|(of, ..)| *of == institution(13));
    let own = own.filter_map(|(_, day, kind, id)| match kind {
        LegKind::Settlement => Some((*id, (*day, Booked::Settlement))),
        LegKind::Reversal => Some((*id, (*day, Booked::Reversal))),
        LegKind::Deduction | LegKind::DeductionEnd | LegKind::Correction => None,
    });
    own.collect()
}

#[test]
fn a_part_reads_what_it_lists_and_the_parts_are_all() {
    let rows = month(5_000);
    let ids: BTreeSet<_> = (0..5_000).map(id).collect();
    let ends = ids.iter().skip(499).step_by(500).map(|id| Some(*id));
    let parts: Vec<_> = ends.chain([None]).collect();
    let (all, most, calls) = listed(&rows, &parts);
    assert_eq!(calls, parts.len());
    let of_month = expected(&rows);
    assert_eq!(all.len(), of_month.len());
    assert_eq!(all.iter().copied().collect::<BTreeSet<_>>(), of_month);
    assert!(all.is_sorted_by_key(|(id, _)| *id));
    // What it lists, and of each day and kind the rest of what is read at once.
    assert!(most <= 600 + 62 * 2 * ROWS, "{most}");
    assert!(most < rows.len() / 4, "{most}");
}

/// What is open, and whose each is: every seventh settlement is the institution's own.
fn open_after(settlements: u32, after: &Key) -> Vec<(Key, Row)> {
    let Key::Open(after) = after else {
        panic!("another table");
    };
    let ids: BTreeSet<_> = (0..settlements).map(id).filter(|id| *id > *after).collect();
    let row = OpenRow {
        since: Timestamp::from_millis(1_678_000_000_000).unwrap(),
    };
    let rows = ids.into_iter().map(|id| (Key::Open(id), Row::Open(row)));
    rows.take(LOOKED_AT).collect()
}

/// What is open of the institution's own is told part by part, and never up to a settlement of another's.
#[test]
fn of_what_is_open_no_part_ends_at_anothers_settlement() {
    const SETTLEMENTS: u32 = 3 * 2_000 * 7;
    let own: BTreeSet<_> = (0..SETTLEMENTS).step_by(7).map(id).collect();
    let request: RequestId = "r-1".parse().unwrap();
    let (mut told, mut ends, mut after) = (BTreeSet::new(), Vec::new(), None);
    loop {
        let part = Part { after, up_to: None };
        let scan = |after: &Key| Ok(open_after(SETTLEMENTS, after));
        let begun_in = |id, _| Ok(own.contains(&id).then_some(request));
        let (open, to) = opened(part, scan, begun_in).unwrap();
        assert!(open.len() <= LOOKED_AT);
        told.extend(open.into_keys());
        let Some(end) = to else {
            break;
        };
        assert!(own.contains(&end), "another institution's");
        assert!(Some(end) > after);
        ends.push(end);
        after = to;
    }
    assert_eq!(told, own);
    assert_eq!(ends.len(), 3);
    // One that has little is answered at once, whatever others have.
    let scan = |after: &Key| Ok(open_after(SETTLEMENTS, after));
    let few = id(7);
    let begun_in = |id, _| Ok((id == few).then_some(request));
    let all = Part {
        after: None,
        up_to: None,
    };
    let (open, to) = opened(all, scan, begun_in).unwrap();
    assert_eq!((open.into_keys().collect(), to), (vec![few], None));
}

#[test]
fn of_too_much_the_first_is_listed_and_a_settlement_never_without_its_reversal() {
    let rows = month(5_000);
    let (all, _, calls) = listed(&rows, &[None]);
    assert_eq!(calls, 3);
    let of_month = expected(&rows);
    assert_eq!(all.len(), of_month.len());
    assert_eq!(all.into_iter().collect::<BTreeSet<_>>(), of_month);
    let mut looked_at = 0;
    let scan = |after: &Key| Ok(rows_after(&rows, after));
    let take = |_, _, _: &DueRow| {
        looked_at = 1_usize.saturating_add(looked_at);
        Ok(())
    };
    let all = Part {
        after: None,
        up_to: None,
    };
    let last = merged((institution(13), march(), all), scan, take)
        .unwrap()
        .unwrap();
    assert!((LOOKED_AT..=LOOKED_AT + 1).contains(&looked_at));
    let before = of_month.iter().filter(|(id, _)| *id <= last).count();
    assert_eq!(before, looked_at);
}
