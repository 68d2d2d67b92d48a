//! Planning: one pass over the legs into dense sums, then nets from the sums.
//!
//! The pass costs what a plain sum costs, plus the two numbers each leg consumes. Whether a debt
//! between two regions is given twice under four numbers is left to [`check`](crate::check()).

use std::collections::BTreeMap;

use huitong_core::canonical::Artifact;
use huitong_core::fund::Fund;
use huitong_core::money::{Fen, MoneyError, SignedFen};
use huitong_core::region::RegionCode;

use crate::fault::PlanError;
use crate::inputs::{AgreedLeg, Inputs};
use crate::netting_plan::{Gross, MemberNet, NettingPlan, RegionNet, Window};
use crate::runs::Runs;
use crate::taken::Taken;

/// Plans a cycle.
///
/// # Errors
/// Inputs that hold together in no cycle: see [`PlanError`].
pub fn plan(inputs: &Inputs<'_>) -> Result<NettingPlan, PlanError> {
    if let Some(parent) = inputs.parent
        && inputs.day <= parent.day
    {
        return Err(PlanError::NotAfterParent {
            day: inputs.day,
            parent: parent.day,
        });
    }
    let mut streams = streams(inputs)?;
    let regions: Vec<RegionCode> = inputs.marks.keys().copied().collect();
    let places = places(&regions);
    let gross = sum(inputs, &mut streams, (&regions, &places))?;
    let region_nets = region_nets(&gross, &regions, &places)?;
    let windows = streams
        .into_iter()
        .map(Stream::close)
        .collect::<Result<Vec<_>, _>>()?;
    let member_nets = member_nets(&region_nets, &windows)?;
    Ok(NettingPlan {
        number: inputs
            .parent
            .map_or(1, |parent| parent.number.saturating_add(1)),
        day: inputs.day,
        parent: inputs.parent.map(Artifact::digest),
        windows,
        gross,
        region_nets,
        member_nets,
    })
}

/// A region's stream while a cycle takes from it.
struct Stream {
    window: Window,
    /// What may be taken: carried by the parent, or after its mark.
    takeable: Runs,
    taken: Taken,
}

impl Stream {
    fn close(mut self) -> Result<Window, PlanError> {
        let region = self.window.region;
        let left = self.takeable.without(self.taken.ascending());
        let wrong = left.as_ref().err().into_iter().chain(&self.taken.twice);
        if let Some(number) = wrong.min().copied() {
            return Err(PlanError::NotToBeTaken { region, number });
        }
        self.window.carried = left.unwrap_or(Runs::EMPTY);
        self.window.taken = self
            .takeable
            .count()
            .saturating_sub(self.window.carried.count());
        Ok(self.window)
    }
}

/// A stream for each mark, ascending by region.
fn streams(inputs: &Inputs<'_>) -> Result<Vec<Stream>, PlanError> {
    let before = inputs.parent.map_or(&[][..], NettingPlan::windows);
    if let Some(lost) = before
        .iter()
        .find(|window| !inputs.marks.contains_key(&window.region))
    {
        return Err(PlanError::NoMark(lost.region));
    }
    let open = |(&region, &to): (&RegionCode, &u64)| {
        let before = inputs.parent.and_then(|parent| parent.window(region));
        let from = before.map_or(0, |window| window.to);
        if to < from || to > Runs::HIGHEST {
            return Err(PlanError::Mark {
                region,
                mark: to,
                least: from,
            });
        }
        let member = inputs
            .members
            .of(region)
            .ok_or(PlanError::NoMember(region))?;
        let carried = before.map_or(Runs::EMPTY, |window| window.carried.clone());
        let takeable = carried.followed_by(from, to);
        let window = Window {
            region,
            member,
            from,
            to,
            taken: 0,
            carried: Runs::EMPTY,
        };
        Ok(Stream {
            window,
            takeable,
            taken: Taken::after(from),
        })
    };
    inputs.marks.iter().map(open).collect()
}

/// One sum: how much, and of how many legs.
#[derive(Clone, Copy)]
struct Sum {
    amount: Fen,
    legs: u64,
}

/// One pair of regions: a sum for each fund.
type Pair = [Sum; Fund::ALL.len()];

/// Sums the legs by debtor, creditor and fund, and notes the numbers they consume.
fn sum(
    inputs: &Inputs<'_>,
    streams: &mut [Stream],
    (regions, places): (&[RegionCode], &[u16]),
) -> Result<Vec<Gross>, PlanError> {
    let find = |region| place_of(places, region).ok_or(PlanError::UnknownRegion(region));
    // A pair's sums exist from its first leg on: most pairs of regions never meet.
    let mut pairs: Vec<Option<Box<Pair>>> = Vec::new();
    pairs.resize_with(regions.len().saturating_mul(regions.len()), || None);
    for leg in inputs.legs {
        let (debtor, creditor) = (find(leg.debtor)?, find(leg.creditor)?);
        fits(leg, inputs)?;
        let place = debtor
            .saturating_mul(regions.len())
            .saturating_add(creditor);
        let cells = pairs.get_mut(place).map(|pair| {
            pair.get_or_insert_with(|| {
                Box::new(
                    [Sum {
                        amount: Fen::ZERO,
                        legs: 0,
                    }; Fund::ALL.len()],
                )
            })
        });
        let cell = cells.and_then(|cells| cells.get_mut(index(leg.fund)));
        if let Some(cell) = cell {
            let added = cell.amount.checked_add(leg.amount);
            cell.amount = added.map_err(|error| out_of_range(leg.debtor, leg.fund, error))?;
            cell.legs = cell.legs.saturating_add(1);
        }
        for (place, number) in [(creditor, leg.receivable), (debtor, leg.payable)] {
            if let Some(stream) = streams.get_mut(place) {
                stream.taken.note(number);
            }
        }
    }
    Ok(rows(regions, &pairs))
}

/// The place of each region by its number, which is looked up twice for each leg; nobody's is the highest of all.
fn places(regions: &[RegionCode]) -> Vec<u16> {
    let mut places = Vec::new();
    for (place, region) in (0..u16::MAX).zip(regions) {
        let number = usize::try_from(region.number()).unwrap_or(0);
        // They ascend.
        places.resize(number, u16::MAX);
        places.push(place);
    }
    places
}

fn place_of(places: &[u16], region: RegionCode) -> Option<usize> {
    let number = usize::try_from(region.number()).ok()?;
    let place = places.get(number).filter(|place| **place != u16::MAX)?;
    Some(usize::from(*place))
}

/// Whether this cycle may take the leg, its numbers aside.
fn fits(leg: &AgreedLeg, inputs: &Inputs<'_>) -> Result<(), PlanError> {
    let (region, number) = (leg.creditor, leg.receivable);
    if leg.debtor == leg.creditor {
        return Err(PlanError::OwnLeg { region, number });
    }
    if leg.business_day > inputs.day {
        return Err(PlanError::LaterDay {
            region,
            number,
            day: leg.business_day,
        });
    }
    Ok(())
}

/// The place of a fund among all funds.
fn index(fund: Fund) -> usize {
    Fund::ALL.binary_search(&fund).unwrap_or(usize::MAX)
}

/// The sums that have legs, ascending by debtor, creditor and fund.
fn rows(regions: &[RegionCode], pairs: &[Option<Box<Pair>>]) -> Vec<Gross> {
    let ends = regions
        .iter()
        .flat_map(|debtor| regions.iter().map(move |creditor| (debtor, creditor)));
    let mut rows = Vec::new();
    for ((&debtor, &creditor), pair) in ends.zip(pairs) {
        let Some(pair) = pair else { continue };
        let sums = Fund::ALL
            .iter()
            .zip(pair.iter())
            .filter(|(_, sum)| sum.legs > 0);
        rows.extend(sums.map(|(&fund, sum)| Gross {
            debtor,
            creditor,
            fund,
            amount: sum.amount,
            legs: sum.legs,
        }));
    }
    rows
}

/// A region's net in each fund in which it has claims or debts.
type Nets = [Option<SignedFen>; Fund::ALL.len()];

/// Each region's claims less its debts, for each fund in which it has either.
fn region_nets(
    gross: &[Gross],
    regions: &[RegionCode],
    places: &[u16],
) -> Result<Vec<RegionNet>, PlanError> {
    let mut nets: Vec<Nets> = vec![[None; Fund::ALL.len()]; regions.len()];
    let mut change = |region, fund, by: &dyn Fn(SignedFen) -> Result<SignedFen, MoneyError>| {
        let place = place_of(places, region).ok_or(PlanError::UnknownRegion(region))?;
        let of_region = nets.get_mut(place);
        if let Some(net) = of_region.and_then(|nets| nets.get_mut(index(fund))) {
            let changed = by(net.unwrap_or(SignedFen::ZERO));
            *net = Some(changed.map_err(|error| out_of_range(region, fund, error))?);
        }
        Ok(())
    };
    for row in gross {
        let amount = SignedFen::from(row.amount);
        change(row.creditor, row.fund, &|net| net.checked_add(amount))?;
        change(row.debtor, row.fund, &|net| net.checked_sub(amount))?;
    }
    let of_regions = regions.iter().zip(&nets).flat_map(|(region, nets)| {
        let of_region = Fund::ALL.iter().zip(nets);
        of_region.filter_map(|(fund, net)| {
            net.map(|amount| RegionNet {
                region: *region,
                fund: *fund,
                amount,
            })
        })
    });
    Ok(of_regions.collect())
}

/// The nets of each member's regions, summed.
fn member_nets(nets: &[RegionNet], windows: &[Window]) -> Result<Vec<MemberNet>, PlanError> {
    let members: BTreeMap<_, _> = windows
        .iter()
        .map(|window| (window.region, window.member))
        .collect();
    let mut sums = BTreeMap::new();
    for net in nets {
        let member = members
            .get(&net.region)
            .ok_or(PlanError::NoMember(net.region))?;
        let sum = sums.entry((*member, net.fund)).or_insert(SignedFen::ZERO);
        *sum = sum
            .checked_add(net.amount)
            .map_err(|error| out_of_range(net.region, net.fund, error))?;
    }
    Ok(sums
        .into_iter()
        .map(|((member, fund), amount)| MemberNet {
            member,
            fund,
            amount,
        })
        .collect())
}

const fn out_of_range(region: RegionCode, fund: Fund, error: MoneyError) -> PlanError {
    PlanError::Sum {
        region,
        fund,
        error,
    }
}
