//! Whether all of a statement belongs together: by what is in it alone, and nothing that made it.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::canonical::Artifact;
use huitong_core::checkpoint::Checkpoint;
use huitong_core::checkpoint::row::leg_leaf;
use huitong_core::fund::Fund;
use huitong_core::leg::Side;
use huitong_core::merkle;
use huitong_core::region::RegionCode;

use super::fault::{
    CheckpointFault, LegFault, LegPlace, RegionFault, RowFault, RowNumbers, StatementFault,
};
use super::{MemberStatement, StatedRegion, StatedRow};
use crate::runs::Runs;

/// Sums of nets, in fen, by whose and which fund.
type Sums = BTreeMap<(RegionCode, Fund), i128>;

const SIDES: [Side; 2] = [Side::Payable, Side::Receivable];

/// All that is wrong with a statement, in the order of trust: tables, regions, rows, sums.
#[must_use]
pub fn check(statement: &MemberStatement) -> Vec<StatementFault> {
    faults(statement, Extent::Member)
}

/// Of whom a statement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// Of all the member's regions, so that their rows come to its net.
    Member,
    /// Of one of them, whose rows need not.
    Region,
}

/// All that is wrong with a statement of so much.
pub(super) fn faults(statement: &MemberStatement, extent: Extent) -> Vec<StatementFault> {
    let mut faults = Vec::new();
    first(statement, &mut faults);
    table(statement, &mut faults);
    counts(statement, &mut faults);
    regions(statement, &mut faults);
    rows(statement, &mut faults);
    standing(statement, &mut faults);
    left_out(statement, extent, &mut faults);
    nets(statement, extent, &mut faults);
    taken(statement, &mut faults);
    faults
}

/// How a checkpoint that was got elsewhere stands to the statement's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Neighbour {
    /// It is the same one.
    Same,
    /// It is the one before.
    Before,
    /// It is the one after.
    After,
}

/// Holds a checkpoint that was got elsewhere against the statement's own: of the same cycle they are one, and of two
/// that follow each other the later names the earlier, and commits to counts of rows if that did.
///
/// # Errors
/// [`StatementFault::Checkpoint`].
pub fn neighbour(
    statement: &MemberStatement,
    other: &Checkpoint,
) -> Result<Neighbour, StatementFault> {
    let own = &statement.checkpoint.signed.checkpoint;
    let fault = |fault| Err(StatementFault::Checkpoint(fault));
    if own.plan == other.plan {
        if own == other {
            return Ok(Neighbour::Same);
        }
        return fault(CheckpointFault::Other(own.plan));
    }
    let (earlier, later, stands) = if own.plan < other.plan {
        (own, other, Neighbour::After)
    } else {
        (other, own, Neighbour::Before)
    };
    if earlier.plan.saturating_add(1) != later.plan {
        return fault(CheckpointFault::Far(other.plan));
    }
    if later.before != Some(earlier.digest()) || earlier.day >= later.day {
        return fault(CheckpointFault::Chain(later.plan));
    }
    if earlier.is_counted() && !later.is_counted() {
        return fault(CheckpointFault::Uncounted(later.plan));
    }
    Ok(stands)
}

/// All in which a statement does not go on where the one of the cycle before ended: of each region's stream nothing
/// lies between the two, and what waited then is what had waited now.
#[must_use]
pub fn follow(statement: &MemberStatement, before: &MemberStatement) -> Vec<StatementFault> {
    match neighbour(statement, &before.checkpoint.signed.checkpoint) {
        Ok(Neighbour::Before) => {}
        Ok(Neighbour::Same | Neighbour::After) => {
            let plan = before.checkpoint.signed.checkpoint.plan;
            return vec![StatementFault::Checkpoint(CheckpointFault::Far(plan))];
        }
        Err(fault) => return vec![fault],
    }
    let goes_on = |region: &&StatedRegion| {
        let mut earlier = before.regions.iter();
        match earlier.find(|earlier| earlier.region == region.region) {
            Some(earlier) => earlier.to == region.from && earlier.carried == region.waited,
            None => begins(region),
        }
    };
    let gaps = statement.regions.iter().filter(|region| !goes_on(region));
    gaps.map(|region| StatementFault::Region(region.region, RegionFault::Begin))
        .collect()
}

/// Whether nothing of a region's stream was in a cycle before.
pub(super) fn begins(region: &StatedRegion) -> bool {
    region.from == 0 && region.waited == Runs::EMPTY
}

/// The first cycle has none before it, and takes every stream from its beginning.
fn first(statement: &MemberStatement, faults: &mut Vec<StatementFault>) {
    let checkpoint = &statement.checkpoint.signed.checkpoint;
    let is_first = checkpoint.plan == 1;
    if is_first != checkpoint.before.is_none() {
        let fault = CheckpointFault::Chain(checkpoint.plan);
        faults.push(StatementFault::Checkpoint(fault));
    }
    let later = statement.regions.iter().filter(|region| !begins(region));
    faults.extend(
        later
            .filter(|_| is_first)
            .map(|region| StatementFault::Region(region.region, RegionFault::Begin)),
    );
}

fn table(statement: &MemberStatement, faults: &mut Vec<StatementFault>) {
    if statement.table.digest() != statement.checkpoint.signed.checkpoint.nets {
        faults.push(StatementFault::Table);
    }
    let sums = Fund::ALL
        .iter()
        .map(|fund| (*fund, statement.table.sum(*fund)));
    faults.extend(
        sums.filter(|(_, sum)| *sum != 0)
            .map(|(fund, sum)| StatementFault::TableSum(fund, sum)),
    );
}

/// Under a checkpoint that says nothing of counts there is nothing to hold them against.
fn counts(statement: &MemberStatement, faults: &mut Vec<StatementFault>) {
    let signed = &statement.checkpoint.signed.checkpoint;
    let Some(counts) = signed.counts else { return };
    if statement.counts.digest() != counts {
        faults.push(StatementFault::Counts);
    }
    for side in SIDES {
        let sum = statement.counts.sum(side);
        if sum != signed.rows {
            faults.push(StatementFault::CountsSum(side, sum, signed.rows));
        }
    }
}

/// In its rows each region stands as often as is committed to: none is left out whole.
fn standing(statement: &MemberStatement, faults: &mut Vec<StatementFault>) {
    if !statement.is_counted() {
        return;
    }
    let mut found = BTreeMap::<(RegionCode, Side), u64>::new();
    for row in &statement.rows {
        let pair = row.row.pair;
        for end in [
            (pair.debtor, Side::Payable),
            (pair.creditor, Side::Receivable),
        ] {
            let count = found.entry(end).or_default();
            *count = count.saturating_add(1);
        }
    }
    for region in &statement.regions {
        let code = region.region;
        for side in SIDES {
            let signed = statement.counts.standing(code, side);
            let found = found.get(&(code, side)).copied().unwrap_or_default();
            if found != signed {
                let fault = RegionFault::Rows(side, RowNumbers { signed, found });
                faults.push(StatementFault::Region(code, fault));
            }
        }
    }
}

/// A region that comes to nothing could be left out whole. One that stands in rows is the member's own where the table of
/// nets has no other member of the province: every member of which a region stands in a row is in that.
fn left_out(statement: &MemberStatement, extent: Extent, faults: &mut Vec<StatementFault>) {
    let (own, member) = (own(statement), statement.member.code());
    let is_here = |region: &RegionCode| region.province() == member.province();
    let mut members = statement.table.nets.keys().map(|(of, _)| *of);
    if extent == Extent::Region || members.any(|of| of != member && is_here(&of)) {
        return;
    }
    let standing = statement.counts.regions.keys();
    let gone = standing.filter(|region| is_here(region) && !own.contains(region));
    faults.extend(gone.map(|region| StatementFault::Region(*region, RegionFault::LeftOut)));
}

/// What a cycle could take of a region's stream, where its numbers hold together.
pub(super) fn takeable(region: &StatedRegion) -> Option<Runs> {
    let waited = region.waited.as_slice();
    let waited_is_before = waited.last().is_none_or(|run| run.last <= region.from);
    let holds = waited_is_before && region.from <= region.to && region.to <= Runs::HIGHEST;
    let takeable = holds.then(|| region.waited.followed_by(region.from, region.to))?;
    let carried = region.carried.as_slice().iter();
    let within = |runs: &Runs, first: u64, last: u64| {
        let mut runs = runs.as_slice().iter();
        runs.any(|run| run.first <= first && last <= run.last)
    };
    carried
        .clone()
        .all(|run| within(&takeable, run.first, run.last))
        .then_some(takeable)
}

fn regions(statement: &MemberStatement, faults: &mut Vec<StatementFault>) {
    let mut before = None;
    for region in &statement.regions {
        let code = region.region;
        let is_next = before.is_none_or(|before| before < code);
        if !is_next || code.province() != statement.member.code().province() {
            faults.push(StatementFault::Region(code, RegionFault::Place));
        }
        before = Some(code);
        if takeable(region).is_none() {
            faults.push(StatementFault::Region(code, RegionFault::Window));
        }
    }
}

fn own(statement: &MemberStatement) -> BTreeSet<RegionCode> {
    statement
        .regions
        .iter()
        .map(|region| region.region)
        .collect()
}

fn rows(statement: &MemberStatement, faults: &mut Vec<StatementFault>) {
    let own = own(statement);
    let mut before: Option<&StatedRow> = None;
    for row in &statement.rows {
        let pair = row.row.pair;
        let mut fault = |fault| faults.push(StatementFault::Row(pair, fault));
        let is_next =
            before.is_none_or(|before| before.row.pair < pair && before.index < row.index);
        if !is_next {
            fault(RowFault::Place);
        }
        // All rows of one debtor lie side by side in the tree.
        let of_debtor = before.filter(|before| before.row.pair.debtor == pair.debtor);
        if let Some(before) = of_debtor.filter(|_| is_next && own.contains(&pair.debtor)) {
            let between = row.index.saturating_sub(before.index).saturating_sub(1);
            if between > 0 {
                fault(RowFault::Gap(between));
            }
        }
        before = Some(row);
        if !(own.contains(&pair.debtor) || own.contains(&pair.creditor)) {
            fault(RowFault::Foreign);
        }
        let signed = &statement.checkpoint.signed.checkpoint;
        let (leaf, size, root) = (row.row.leaf(), signed.rows, signed.root);
        if !merkle::verify_inclusion(leaf, row.index, size, &row.path, root) {
            fault(RowFault::Path);
        }
        legs(row, faults);
    }
}

fn legs(row: &StatedRow, faults: &mut Vec<StatementFault>) {
    let pair = row.row.pair;
    if u64::try_from(row.legs.len()) != Ok(row.row.legs) {
        faults.push(StatementFault::Row(pair, RowFault::Count));
    }
    let sum = row.legs.iter().fold(0_i128, |sum, leg| {
        sum.saturating_add(i128::from(leg.amount.get()))
    });
    if sum != i128::from(row.row.amount.get()) {
        faults.push(StatementFault::Row(pair, RowFault::Sum));
    }
    for two in row.legs.windows(2) {
        if let [one, next] = two
            && (one.settlement, one.kind) >= (next.settlement, next.kind)
        {
            let place = LegPlace {
                pair,
                settlement: next.settlement,
                kind: next.kind,
            };
            faults.push(StatementFault::Leg(place, LegFault::Place));
        }
    }
    let leaves: Vec<_> = row
        .legs
        .iter()
        .map(|leg| leg_leaf(&leg.whole(pair)))
        .collect();
    if merkle::root(&leaves) != row.row.pair_root {
        faults.push(StatementFault::Row(pair, RowFault::Root));
    }
}

/// The rows come to the regions' nets, and these to the member's net in the table.
fn nets(statement: &MemberStatement, extent: Extent, faults: &mut Vec<StatementFault>) {
    let own = own(statement);
    let mut sums = Sums::new();
    for row in &statement.rows {
        let (pair, amount) = (row.row.pair, i128::from(row.row.amount.get()));
        for (region, amount) in [
            (pair.creditor, amount),
            (pair.debtor, amount.saturating_neg()),
        ] {
            if own.contains(&region) {
                let sum = sums.entry((region, pair.fund)).or_insert(0);
                *sum = sum.saturating_add(amount);
            }
        }
    }
    let mut of_member = BTreeMap::<Fund, i128>::new();
    for ((_, fund), amount) in &sums {
        let sum = of_member.entry(*fund).or_insert(0);
        *sum = sum.saturating_add(*amount);
    }
    let stated = statement.regions.iter().flat_map(|region| {
        let nets = region.nets.iter();
        nets.map(|(fund, net)| ((region.region, *fund), i128::from(net.get())))
    });
    let stated: Sums = stated.collect();
    for key in differing(&sums, &stated) {
        faults.push(StatementFault::Region(key.0, RegionFault::Net(key.1)));
    }
    if extent == Extent::Region {
        return;
    }
    let in_table = statement.table.of(statement.member.code());
    let in_table: BTreeMap<Fund, i128> = in_table
        .map(|(fund, net)| (fund, i128::from(net.get())))
        .collect();
    for fund in differing(&of_member, &in_table) {
        faults.push(StatementFault::MemberNet(statement.member, fund));
    }
}

/// The keys that two tables do not have alike, ascending.
fn differing<K: Ord + Copy>(one: &BTreeMap<K, i128>, other: &BTreeMap<K, i128>) -> Vec<K> {
    let keys: BTreeSet<K> = one.keys().chain(other.keys()).copied().collect();
    keys.into_iter()
        .filter(|key| one.get(key) != other.get(key))
        .collect()
}

/// Every number that was taken of a region's stream is one leg of one of its rows.
fn taken(statement: &MemberStatement, faults: &mut Vec<StatementFault>) {
    for region in &statement.regions {
        let Some(takeable) = takeable(region) else {
            continue;
        };
        let window = takeable.count().saturating_sub(region.carried.count());
        let rows = statement.rows.iter();
        let rows = rows.filter(|row| row.row.pair.names(region.region));
        let rows = rows.fold(0_u64, |sum, row| sum.saturating_add(row.row.legs));
        if window != rows {
            let fault = RegionFault::Taken(window, rows);
            faults.push(StatementFault::Region(region.region, fault));
        }
    }
}
