//! Take: which buckets a layer takes, and how much of each (rules 3 and 4).

use huitong_core::decision::Step;
use huitong_core::ratio::Ratio;
use huitong_core::rounding::share;

use super::buckets::{Bucket, Division};
use super::spread::Spreader;
use super::standing::Standing;
use crate::compiled::LayerForm;
use crate::exact::{add, fen};
use crate::fault::{Asked, RuleFault};

/// Divides every bucket into taken and not taken; fills `entries` with what each entry took, in order.
pub(crate) fn take(
    layer: &LayerForm,
    standing: &Standing<'_>,
    buckets: &[Bucket],
    divisions: &mut Vec<Division>,
    entries: &mut Vec<i64>,
    spreader: &mut Spreader,
    trace: &mut Vec<Step>,
) -> Result<i64, RuleFault> {
    divisions.clear();
    for bucket in buckets {
        let mut division = Division::UNTAKEN;
        if let Some(origin) = standing.origins.get(bucket.origin) {
            division.entry = layer
                .take
                .iter()
                .position(|entry| entry.takes(origin.part, origin.tags, bucket.labels));
        }
        if division.entry.is_some() {
            division.taken = bucket.amount;
        }
        divisions.push(division);
    }
    entries.clear();
    let mut base = 0;
    for (place, entry) in layer.take.iter().enumerate() {
        let matched = divisions
            .iter()
            .filter(|division| division.entry == Some(place))
            .try_fold(0, |sum, division| add(sum, division.taken))?;
        if matched == 0 {
            entries.push(0);
            continue;
        }
        let weight = entry
            .weight
            .first(standing.facts, &|number| standing.read(number, 0))?;
        let weight = *weight.ok_or(RuleFault::NoRow(Asked::Weight(place)))?;
        let taken = if weight == Ratio::ONE {
            matched
        } else {
            let taken = share(fen(matched)?, weight)
                .map_err(|_| RuleFault::Overflow)?
                .get();
            share_taken(divisions, place, taken, spreader)?;
            taken
        };
        trace.push(Step::Took {
            layer: layer.name,
            matched: fen(matched)?,
            weight,
            taken: fen(taken)?,
        });
        entries.push(taken);
        base = add(base, taken)?;
    }
    Ok(base)
}

/// Allots what a weighted entry takes to its buckets, in proportion, ties to the first; the rest of each is
/// kept off.
fn share_taken(
    divisions: &mut [Division],
    entry: usize,
    taken: i64,
    spreader: &mut Spreader,
) -> Result<(), RuleFault> {
    let of_entry = |division: &&mut Division| division.entry == Some(entry);
    spreader.weigh(
        divisions
            .iter_mut()
            .filter(of_entry)
            .map(|division| division.taken),
    )?;
    let parts = spreader.spread(taken)?;
    for (division, part) in divisions.iter_mut().filter(of_entry).zip(parts) {
        division.taken = part.get();
    }
    Ok(())
}
