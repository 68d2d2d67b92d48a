//! The proof: recomputes a plan's figures from its inputs by other ways than planning does.
//!
//! Nothing is shared with the planner but the types. Sums are taken in an i128 over sorted legs instead
//! of dense cells; what is carried is proven by counting and look-up instead of by subtraction; nets are
//! recomputed for each row instead of for each leg. A plan that passes is the one plan of its inputs:
//! every byte of it is determined by what is proven here.

mod once;
mod originals;

use huitong_core::canonical::Artifact;
use huitong_core::checkpoint::row::Pair;
use huitong_core::fund::Fund;
use huitong_core::region::RegionCode;

use self::once::check_once;
pub use self::originals::check_originals;
use crate::fault::PlanFault;
use crate::inputs::Inputs;
use crate::member::Member;
use crate::netting_plan::{NettingPlan, Window};
use crate::runs::Runs;

/// Proves that `plan` is the plan of these inputs.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn check(plan: &NettingPlan, inputs: &Inputs<'_>) -> Result<(), PlanFault> {
    check_beside(plan, inputs, |one, other| (one(), other()))
}

/// A half of a proof.
pub type Half<'a> = dyn Fn() -> Result<(), PlanFault> + Sync + 'a;

/// As [`check`], by whoever has two processors for it: what the legs take of the streams, and what they come to. Neither half
/// asks for anything that the other finds. Both at once need twice the memory.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn check_beside(
    plan: &NettingPlan,
    inputs: &Inputs<'_>,
    both: impl FnOnce(&Half<'_>, &Half<'_>) -> (Result<(), PlanFault>, Result<(), PlanFault>),
) -> Result<(), PlanFault> {
    check_header(plan, inputs)?;
    check_windows(plan, inputs)?;
    let takes = || check_consumed(plan, inputs, taken(plan, inputs)?);
    let comes_to = || {
        check_once(inputs)?;
        check_gross(plan, inputs)?;
        check_region_nets(plan)?;
        check_member_nets(plan)?;
        check_zero(plan)
    };
    let (takes, comes_to) = both(&takes, &comes_to);
    takes.and(comes_to)
}

fn check_header(plan: &NettingPlan, inputs: &Inputs<'_>) -> Result<(), PlanFault> {
    let expected = inputs
        .parent
        .map_or(1, |parent| parent.number.saturating_add(1));
    if plan.number != expected {
        return Err(PlanFault::Number {
            expected,
            found: plan.number,
        });
    }
    let after = inputs.parent.is_none_or(|parent| plan.day > parent.day);
    if plan.day != inputs.day || !after {
        return Err(PlanFault::Day {
            expected: inputs.day,
            found: plan.day,
        });
    }
    let expected = inputs.parent.map(Artifact::digest);
    if plan.parent != expected {
        return Err(PlanFault::Parent {
            expected,
            found: plan.parent,
        });
    }
    Ok(())
}

/// The regions are those with marks, and each begins where the parent ended.
fn check_windows(plan: &NettingPlan, inputs: &Inputs<'_>) -> Result<(), PlanFault> {
    if !plan
        .windows
        .iter()
        .map(|window| window.region)
        .eq(inputs.marks.keys().copied())
    {
        return Err(PlanFault::Regions);
    }
    for window in &plan.windows {
        let before = parent_window(inputs, window.region);
        let holds = before.map_or(0, |before| before.to) == window.from
            && inputs.marks.get(&window.region) == Some(&window.to)
            && inputs.members.of(window.region) == Some(window.member)
            && window.from <= window.to
            && window.to <= Runs::HIGHEST;
        if !holds {
            return Err(PlanFault::Window(window.region));
        }
    }
    let lost = |before: &&Window| !inputs.marks.contains_key(&before.region);
    match inputs
        .parent
        .and_then(|parent| parent.windows.iter().find(lost))
    {
        Some(before) => Err(PlanFault::Window(before.region)),
        None => Ok(()),
    }
}

fn parent_window<'a>(inputs: &Inputs<'a>, region: RegionCode) -> Option<&'a Window> {
    inputs
        .parent?
        .windows
        .iter()
        .find(|window| window.region == region)
}

/// A region's stream as a cycle may take from it, and the numbers that its legs take.
struct Open<'a> {
    window: &'a Window,
    before: Option<&'a Window>,
    taken: Vec<u64>,
}

impl Open<'_> {
    /// Whether the cycle may take this number: it is inside the mark, and came after the mark before or waited there.
    fn has(&self, number: u64) -> bool {
        let waited = |before: &Window| before.carried.contains(number);
        number <= self.window.to && (number > self.window.from || self.before.is_some_and(waited))
    }
}

/// The numbers that the legs take of each region, in the order of the windows: each leg lies inside both marks, was not
/// taken before, and is of no later day. The windows are proven by now, one for each mark.
fn taken(plan: &NettingPlan, inputs: &Inputs<'_>) -> Result<Vec<Vec<u64>>, PlanFault> {
    // Looked up for each leg, so the regions lie side by side.
    let regions: Vec<RegionCode> = plan.windows.iter().map(|window| window.region).collect();
    // Room is made once for what the plan says, and for no more than the legs can take.
    let mut room = inputs.legs.len().saturating_mul(2);
    let streams = plan.windows.iter().map(|window| {
        let taken = usize::try_from(window.taken).map_or(room, |taken| taken.min(room));
        room = room.saturating_sub(taken);
        Open {
            window,
            before: parent_window(inputs, window.region),
            taken: Vec::with_capacity(taken),
        }
    });
    let mut streams: Vec<_> = streams.collect();
    // Legs mostly come creditor by creditor.
    let mut last = None;
    for leg in inputs.legs {
        let fits = leg.business_day <= inputs.day && leg.debtor != leg.creditor;
        let find = |region| regions.binary_search(&region).ok();
        let known = last.filter(|(creditor, _)| *creditor == leg.creditor);
        let (_, creditor) =
            *last.insert(known.unwrap_or_else(|| (leg.creditor, find(leg.creditor))));
        let ends = [
            (leg.creditor, creditor, leg.receivable),
            (leg.debtor, find(leg.debtor), leg.payable),
        ];
        for (region, place, number) in ends {
            let stream = place.and_then(|place| streams.get_mut(place));
            let Some(stream) = stream.filter(|stream| fits && stream.has(number)) else {
                return Err(PlanFault::NotToBeTaken { region, number });
            };
            stream.taken.push(number);
        }
    }
    Ok(streams.into_iter().map(|stream| stream.taken).collect())
}

/// Taken and carried together are every leg up to the mark that no plan took before, each once.
fn check_consumed(
    plan: &NettingPlan,
    inputs: &Inputs<'_>,
    taken: Vec<Vec<u64>>,
) -> Result<(), PlanFault> {
    for (window, mut of_region) in plan.windows.iter().zip(taken) {
        of_region.sort_unstable();
        let before = parent_window(inputs, window.region).map(|before| &before.carried);
        let waited = before.map_or(0, Runs::count);
        let open = window.to.saturating_sub(window.from).saturating_add(waited);
        let counts = u64::try_from(of_region.len()) == Ok(window.taken)
            && window.taken.checked_add(window.carried.count()) == Some(open);
        // With the counts right, taken and carried are all that was open when neither holds a number
        // twice, none is in both, and what is carried was open.
        let once = of_region.is_sorted_by(|one, next| one < next)
            && !of_region
                .iter()
                .any(|number| window.carried.contains(*number));
        let was_open = window.carried.as_slice().iter().all(|run| {
            let old = run.first..=run.last.min(window.from);
            run.last <= window.to
                && old
                    .clone()
                    .all(|number| before.is_some_and(|runs| runs.contains(number)))
        });
        if !(counts && once && was_open) {
            return Err(PlanFault::Consumed(window.region));
        }
    }
    Ok(())
}

/// The gross rows are the sums of the legs.
fn check_gross(plan: &NettingPlan, inputs: &Inputs<'_>) -> Result<(), PlanFault> {
    let legs = in_order(inputs);
    let groups = legs
        .iter()
        .flat_map(|city| city.chunk_by(|(one, _), (next, _)| one == next));
    let expected = groups.clone().count();
    if plan.gross.len() != expected {
        return Err(PlanFault::GrossRows {
            expected,
            found: plan.gross.len(),
        });
    }
    for (row, group) in plan.gross.iter().zip(groups) {
        let sum = group
            .iter()
            .fold(0_i128, |sum, leg| sum.saturating_add(i128::from(leg.1)));
        let whose = group.first().map(|(key, _)| *key);
        let holds = whose == Some(key(row.debtor, row.creditor, row.fund))
            && sum == i128::from(row.amount.get())
            && u64::try_from(group.len()) == Ok(row.legs);
        if !holds {
            return Err(PlanFault::Gross {
                debtor: row.debtor,
                creditor: row.creditor,
                fund: row.fund,
            });
        }
    }
    Ok(())
}

fn key(debtor: RegionCode, creditor: RegionCode, fund: Fund) -> u64 {
    let pair = Pair {
        debtor,
        creditor,
        fund,
    };
    pair.key()
}

/// The row and the amount of each leg in the order of the rows. Those of the debtors of a city, whose numbers begin alike, are
/// put in order by themselves, so that they lie near the processor.
fn in_order(inputs: &Inputs<'_>) -> Vec<Vec<(u64, i64)>> {
    let mut cities: Vec<Vec<(u64, i64)>> = Vec::new();
    for leg in inputs.legs {
        let city = usize::try_from(leg.debtor.number() / 100).unwrap_or(usize::MAX);
        if city >= cities.len() {
            cities.resize_with(city.saturating_add(1), Vec::new);
        }
        let owed = (key(leg.debtor, leg.creditor, leg.fund), leg.amount.get());
        if let Some(city) = cities.get_mut(city) {
            city.push(owed);
        }
    }
    for city in &mut cities {
        city.sort_unstable_by_key(|(key, _)| *key);
    }
    cities
}

/// A region's net is what it is owed less what it owes, for the funds in which it stands.
fn check_region_nets(plan: &NettingPlan) -> Result<(), PlanFault> {
    // Numbers of six digits, which take twenty bits, so that both are compared at once.
    let key =
        |region: RegionCode, fund: Fund| u64::from(region.number()) << 20 | u64::from(fund.code());
    let sides = plan.gross.iter().flat_map(|row| {
        let amount = row.amount.get();
        [
            (key(row.creditor, row.fund), amount),
            (key(row.debtor, row.fund), amount.saturating_neg()),
        ]
    });
    let mut sides: Vec<(u64, i64)> = sides.collect();
    sides.sort_unstable_by_key(|(key, _)| *key);
    let sums = sides
        .chunk_by(|(one, _), (next, _)| one == next)
        .map(|side| {
            let amounts = side.iter().map(|(_, amount)| i128::from(*amount));
            let whose = side.first().map(|(key, _)| *key);
            (whose, amounts.fold(0_i128, i128::saturating_add))
        });
    let nets = plan.region_nets.iter().map(|net| {
        let amount = i128::from(net.amount.get());
        (Some(key(net.region, net.fund)), amount)
    });
    if nets.eq(sums) {
        Ok(())
    } else {
        Err(PlanFault::RegionNets)
    }
}

/// A member's net is the sum of its regions' nets.
fn check_member_nets(plan: &NettingPlan) -> Result<(), PlanFault> {
    let mut parts: Vec<(Member, Fund, i128)> = Vec::with_capacity(plan.region_nets.len());
    for net in &plan.region_nets {
        let window = plan
            .windows
            .iter()
            .find(|window| window.region == net.region);
        let member = window.ok_or(PlanFault::MemberNets)?.member;
        parts.push((member, net.fund, i128::from(net.amount.get())));
    }
    parts.sort_unstable();
    let sums = parts
        .chunk_by(|one, next| (one.0, one.1) == (next.0, next.1))
        .map(total);
    let nets = plan
        .member_nets
        .iter()
        .map(|net| Some((net.member, net.fund, i128::from(net.amount.get()))));
    if nets.eq(sums) {
        Ok(())
    } else {
        Err(PlanFault::MemberNets)
    }
}

/// The first of a group with the sum of all.
fn total<T: Copy>(group: &[(T, Fund, i128)]) -> Option<(T, Fund, i128)> {
    let sum = group
        .iter()
        .fold(0_i128, |sum, part| sum.saturating_add(part.2));
    group.first().map(|(whose, fund, _)| (*whose, *fund, sum))
}

/// For each fund the nets sum to zero, of regions and of members.
fn check_zero(plan: &NettingPlan) -> Result<(), PlanFault> {
    for fund in Fund::ALL {
        let regions = plan.region_nets.iter().filter(|net| net.fund == *fund);
        let members = plan.member_nets.iter().filter(|net| net.fund == *fund);
        let sum = |sum: i128, amount: i64| sum.saturating_add(i128::from(amount));
        let region_sum = regions.map(|net| net.amount.get()).fold(0, sum);
        let member_sum = members.map(|net| net.amount.get()).fold(0, sum);
        if region_sum != 0 || member_sum != 0 {
            return Err(PlanFault::NotZero(*fund));
        }
    }
    Ok(())
}
