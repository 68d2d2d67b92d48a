//! Whether what came of it is what must have come: by plain code here, and by the auditor.

use std::collections::BTreeMap;
use std::sync::Arc;

use huitong_core::fund::Fund;
use huitong_core::leg::{Debt, Leg, NumberedLeg};
use huitong_core::region::RegionCode;

use super::{DAYS, Load, Moment, REGIONS, day};
use crate::auditor;
use crate::evidence::{Cycle, Evidence, Prefund};
use crate::office::Office;
use crate::proof::{self, Checked};
use crate::source::Shared;
use crate::world::World;

/// Under which number each region has a debt.
type Numbers = BTreeMap<(RegionCode, Debt), u64>;

/// Whether the marks are those of one moment; how many regions were in the midst of something.
fn is_one_moment(
    moment: &Moment,
    last: Option<&Moment>,
    debts: &[Leg],
    numbers: &Numbers,
) -> usize {
    let mut in_the_midst = 0;
    for (region, mark) in &moment.marks {
        let (before, after) = (moment.before[region], moment.after[region]);
        let previous = last.map_or(0, |last| last.marks[region]);
        assert!(previous <= *mark, "{region}: {mark} after {previous}");
        match &moment.closed {
            Some(closed) => assert_eq!(closed[region], *mark, "{region} closed"),
            None => assert!(
                (before..=after).contains(mark),
                "{region}: {before} {mark} {after}"
            ),
        }
        in_the_midst += usize::from(before < after);
    }
    for leg in debts.iter().filter(|_| moment.closed.is_none()) {
        let is_below = |region| numbers[&(region, leg.debt())] <= moment.marks[&region];
        assert!(
            is_below(leg.creditor) || !is_below(leg.debtor),
            "{leg:?}: the debtor's leg was written after the creditor's was acknowledged"
        );
    }
    in_the_midst
}

/// Each debt is in the first cycle inside both of whose marks both its legs are, and in no other. How many of them had waited
/// for a leg of the other region, and how many were reported by both after the mark before.
fn once_each(cycles: &[Cycle], debts: &[Leg], numbers: &Numbers) -> (usize, usize) {
    let (mut waited, mut after) = (0, 0);
    let mut of_cycles: BTreeMap<(RegionCode, Debt), Vec<usize>> = BTreeMap::new();
    for (at, cycle) in cycles.iter().enumerate() {
        for (region, legs) in &cycle.taken {
            for leg in legs {
                of_cycles.entry((*region, leg.debt())).or_default().push(at);
            }
        }
    }
    for leg in debts {
        let is_below = |at: usize, region: RegionCode| {
            numbers[&(region, leg.debt())] <= cycles[at].mark(region)
        };
        let both = [leg.creditor, leg.debtor];
        let due = (0..cycles.len()).find(|at| both.iter().all(|region| is_below(*at, *region)));
        let due = due.unwrap_or_else(|| panic!("{leg:?} is below no marks"));
        for region in both {
            assert_eq!(
                of_cycles.remove(&(region, leg.debt())),
                Some(vec![due]),
                "{region}: {leg:?}"
            );
        }
        let before = due.checked_sub(1);
        let half = before.is_some_and(|at| is_below(at, leg.creditor) != is_below(at, leg.debtor));
        waited += usize::from(half);
        after += usize::from(before.is_some() && !half);
    }
    assert_eq!(of_cycles, BTreeMap::new(), "legs that nobody wrote");
    (waited, after)
}

/// What the auditor is to know.
async fn evidence(
    world: &World,
    load: &Load,
    streams: BTreeMap<RegionCode, Vec<NumberedLeg>>,
    mut cycles: Vec<Cycle>,
) -> Evidence {
    let mut office = Office::of(world);
    for cycle in &mut cycles {
        for place in &load.places {
            office.notes_statement(cycle, place.member).await;
        }
    }
    let (payer, holder) = (load.places[0].member, load.places[1].member);
    let members = load.places.iter().map(|place| (place.code, place.member));
    Evidence {
        members: members.collect(),
        streams,
        said: BTreeMap::new(),
        cycles,
        orders: Vec::new(),
        prefund: Prefund {
            of: (payer, holder, Fund::ResidentPool),
            steps: Vec::new(),
            looks: Vec::new(),
        },
        joined: BTreeMap::new(),
        left: BTreeMap::new(),
        months: Vec::new(),
        silent: (payer, day(0)),
        today: day(DAYS.len() - 1),
    }
}

/// What came of it, by plain code here, and by the auditor.
pub(super) async fn looks(
    world: World,
    load: &Load,
    (mut cycles, moments): (Vec<Cycle>, Vec<Moment>),
) {
    let sources: Vec<Shared> = load
        .pens
        .iter()
        .map(|pen| Arc::clone(&pen.source))
        .collect();
    let mut checked = Checked::default();
    for cycle in &mut cycles {
        checked.adds(proof::parts(&world, &sources, cycle, None).await);
    }
    assert_eq!(checked.faults, Vec::<String>::new());
    assert_eq!(checked.parts, REGIONS * DAYS.len());
    let mut streams: BTreeMap<RegionCode, Vec<NumberedLeg>> = BTreeMap::new();
    for source in &sources {
        let source = source.lock().await;
        streams.insert(source.place.code, source.stream.clone());
    }
    let (mut numbers, mut debts) = (Numbers::new(), Vec::new());
    for (region, stream) in &streams {
        for numbered in stream {
            numbers.insert((*region, numbered.leg.debt()), numbered.number);
            if numbered.leg.creditor == *region {
                debts.push(numbered.leg.clone());
            }
        }
    }
    let mut in_the_midst = Vec::new();
    for (at, moment) in moments.iter().enumerate() {
        let last = at.checked_sub(1).map(|at| &moments[at]);
        in_the_midst.push(is_one_moment(moment, last, &debts, &numbers));
    }
    let (waited, after) = once_each(&cycles, &debts, &numbers);
    println!(
        "{} debts, {waited} waited for the other leg, {after} came after the mark before, in the midst: {in_the_midst:?}",
        debts.len()
    );
    // It was a load: somebody was in the midst of a report at each cut-off but the last.
    let (_, under_load) = in_the_midst.split_last().unwrap();
    assert!(
        under_load.iter().all(|regions| *regions > 0),
        "{in_the_midst:?}"
    );
    assert!(waited > 0, "nothing waited");
    assert!(after > debts.len() / 3, "{after}");
    let evidence = evidence(&world, load, streams, cycles).await;
    let found = auditor::audit(&evidence);
    let broken: Vec<_> = found.violations.iter().map(|it| &it.story).collect();
    assert_eq!(broken, Vec::<&String>::new());
    assert_eq!(found.netted, debts.len());
    world.ends().await;
}
