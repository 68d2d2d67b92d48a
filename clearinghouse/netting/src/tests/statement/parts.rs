//! A region's part holds by itself and against the region's own book, says of any other region in how many rows it stands
//! and nothing more, and shows every change.

use huitong_core::checkpoint::witness::FindingKind;

use super::*;
use crate::statement::NotOne;

/// The part of every region that stands in a cycle.
pub(super) fn of(proven: &ProvenPlan<'_>, taken: &[Leg]) -> Vec<RegionPart> {
    let regions = proven.plan.windows().iter().map(|window| window.region);
    let parts = regions.map(|region| {
        let legs = taken.iter();
        let legs = legs.filter(|leg| leg.debtor == region || leg.creditor == region);
        let legs: Vec<Leg> = legs.cloned().collect();
        part(proven, region, &legs).unwrap()
    });
    parts.collect()
}

fn book(day: &Day, part: &RegionPart) -> LegBook {
    let region = part.region().unwrap();
    let legs = day.streams.books.get(&region).cloned().unwrap_or_default();
    LegBook::new(region, 1, legs).unwrap()
}

/// All that is wrong with a part, held against the region's book.
fn faults(day: &Day, part: &RegionPart) -> Vec<StatementFault> {
    let mut faults = part.check();
    faults.extend(compare(part.statement(), &[book(day, part)]));
    faults
}

#[test]
fn every_regions_part_holds_and_goes_on_where_the_one_before_ended() {
    let day = netted(&busy(), 5);
    let [earlier, later] = &day.parts;
    assert_eq!(later.len(), REGIONS.len());
    let mut rows = 0;
    for (before, part) in earlier.iter().zip(later) {
        assert_eq!((faults(&day, before), faults(&day, part)), (vec![], vec![]));
        assert_eq!(before.follow(None), None);
        let reach = before.reach().unwrap();
        assert_eq!(part.follow(Some(&reach)), None);
        // Whoever was in a cycle before does not begin.
        let begins = part.follow(None).map(|fault| fault.code());
        assert_eq!(begins, (reach.to > 0).then_some("region.begin"));
        // Nothing of another region, the member's own neighbour included.
        let region = part.region().unwrap();
        let stated = part.statement();
        assert!(stated.rows.iter().all(|row| row.row.pair.names(region)));
        rows += stated.rows.len();
        let bytes = part.to_bytes();
        assert_eq!(RegionPart::from_bytes(&bytes).as_ref(), Ok(part));
    }
    assert!(rows > REGIONS.len());
}

#[test]
fn a_statement_of_several_regions_is_no_part() {
    let day = netted(&busy(), 5);
    assert_eq!(RegionPart::new(zhejiang(&day)), Err(NotOne(2)));
}

#[test]
fn whatever_is_changed_in_a_part_is_found_and_told_under_the_same_code() {
    let day = netted(&busy(), 0);
    let [_, parts] = &day.parts;
    let right = parts.iter().max_by_key(|part| {
        let rows = part.statement().rows.iter();
        rows.map(|row| row.legs.len()).sum::<usize>()
    });
    let right = right.unwrap();
    let changed = |change: &dyn Fn(&mut MemberStatement)| {
        let mut wrong = right.statement().clone();
        change(&mut wrong);
        faults(&day, &RegionPart::new(wrong).unwrap())
    };
    let dropped = changed(&|wrong| {
        wrong.rows[0].legs.remove(0);
    });
    assert!(codes(&dropped).contains(&"leg.dropped"), "{dropped:?}");
    let amount = changed(&|wrong| {
        wrong.rows[0].legs[0].amount = Fen::new(77).unwrap();
    });
    assert!(codes(&amount).contains(&"leg.changed"), "{amount:?}");
    let added = changed(&|wrong| {
        let leg = wrong.rows[0].legs[0];
        let settlement = SettlementId::from_parts(99, [9; 10]);
        wrong.rows[0]
            .legs
            .push(crate::statement::StatedLeg { settlement, ..leg });
    });
    assert!(codes(&added).contains(&"leg.added"), "{added:?}");
    // A row that is left out whole is named, whatever is said to wait.
    let gone = changed(&|wrong| {
        let legs = wrong.rows.remove(0).row.legs;
        wrong.regions[0].to -= legs;
    });
    assert!(codes(&gone).contains(&"row.missing"), "{gone:?}");
    let path = changed(&|wrong| wrong.rows[0].index += 1);
    assert!(codes(&path).contains(&"row.path"), "{path:?}");
    for fault in [dropped, amount, added, gone, path].concat() {
        let finding = fault.finding();
        assert_eq!(finding.kind.code(), fault.code());
        assert_eq!(finding.pair.as_ref(), fault.pair());
        assert_eq!(finding.settlement, fault.settlement());
        let numbered = [FindingKind::LegDropped, FindingKind::LegChanged];
        assert_eq!(finding.number.is_some(), numbered.contains(&finding.kind));
    }
}
