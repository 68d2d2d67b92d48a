//! From a cover to figures: what each take entry pays and leaves, and what each segment contributed.

use huitong_core::decision::SegmentResult;
use huitong_core::money::Fen;

use super::cover::Cover;
use super::spread::{EntryShares, Spreader};
use crate::exact::{UNIT, add, fen, overlap, product, sub};
use crate::fault::RuleFault;

/// What a layer pays: by its segments, and what a floor adds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Payment {
    pub(crate) by_segments: i64,
    pub(crate) extra: i64,
}

/// Lays the entries end to end along the cover (rule 4). Entries telescope as bills do: an entry pays
/// R(F) at its end less R(F) at its beginning.
pub(crate) fn entry_shares(
    cover: &Cover,
    payment: Payment,
    taken: &[i64],
    spreader: &mut Spreader,
    shares: &mut Vec<EntryShares>,
) -> Result<(), RuleFault> {
    shares.clear();
    let mut from = cover.from;
    for taken in taken {
        let to = add(from, *taken)?;
        let stretch = (from, to);
        let covered = overlap(stretch, (cover.start, cover.end));
        let paid = if covered == 0 {
            0
        } else {
            cover.pays(from.max(cover.start), to.min(cover.end))?
        };
        shares.push(EntryShares {
            paid,
            start: overlap(stretch, (cover.from, cover.start)),
            share: sub(covered, paid)?,
            above: overlap(stretch, (cover.end, cover.to)),
        });
        from = to;
    }
    add_extra(payment.extra, spreader, shares)
}

/// A floor's extra is taken from share, then start, then above (rule 12), over the entries in proportion.
fn add_extra(
    extra: i64,
    spreader: &mut Spreader,
    shares: &mut [EntryShares],
) -> Result<(), RuleFault> {
    let fields: [fn(&mut EntryShares) -> &mut i64; 3] = [
        |entry| &mut entry.share,
        |entry| &mut entry.start,
        |entry| &mut entry.above,
    ];
    let mut left = extra;
    for field in fields {
        if left == 0 {
            return Ok(());
        }
        let held = shares
            .iter_mut()
            .try_fold(0, |sum, entry| add(sum, *field(entry)))?;
        let moved = left.min(held);
        spreader.weigh(shares.iter_mut().map(|entry| *field(entry)))?;
        let parts = spreader.spread(moved)?;
        for (entry, part) in shares.iter_mut().zip(parts) {
            *field(entry) = sub(*field(entry), part.get())?;
            entry.paid = add(entry.paid, part.get())?;
        }
        left = sub(left, moved)?;
    }
    if left == 0 {
        Ok(())
    } else {
        Err(RuleFault::Overflow)
    }
}

/// A given payment covers the entries from the bottom; beyond it is above, as beyond a ceiling.
pub(crate) fn given_shares(
    given: i64,
    taken: &[i64],
    shares: &mut Vec<EntryShares>,
) -> Result<(), RuleFault> {
    shares.clear();
    let mut from = 0;
    for taken in taken {
        let to = add(from, *taken)?;
        let paid = overlap((from, to), (0, given));
        shares.push(EntryShares {
            paid,
            start: 0,
            share: 0,
            above: sub(*taken, paid)?,
        });
        from = to;
    }
    Ok(())
}

/// The segments that this settlement's cover reaches. Their amounts are the exact products by largest
/// remainder and sum to what the segments paid, which was rounded once over the whole axis.
pub(crate) fn segment_results(cover: &Cover, paid: i64) -> Result<Vec<SegmentResult>, RuleFault> {
    let mut results = Vec::with_capacity(cover.pieces.len());
    let mut left = paid;
    for piece in &cover.pieces {
        let (from, to) = (piece.from.max(cover.start), piece.to.min(cover.end));
        if from >= to {
            continue;
        }
        let exact = product(sub(to, from)?, piece.ratio)?;
        let floor = exact
            .checked_div(UNIT)
            .and_then(|whole| i64::try_from(whole).ok());
        let floor = floor.ok_or(RuleFault::Overflow)?;
        left = sub(left, floor)?;
        results.push(SegmentResult {
            from: fen(from)?,
            to: fen(to)?,
            ratio: piece.ratio,
            amount: fen(floor)?,
        });
    }
    hand_out(left, &mut results)?;
    Ok(results)
}

/// Gives a fen each to the segments with the largest remainders, lowest first of equals.
fn hand_out(left: i64, results: &mut [SegmentResult]) -> Result<(), RuleFault> {
    if left == 0 {
        return Ok(());
    }
    let one = fen(1)?;
    let mut rests: Vec<(i128, usize)> = Vec::with_capacity(results.len());
    for (place, result) in results.iter().enumerate() {
        let exact = product(sub(result.to.get(), result.from.get())?, result.ratio)?;
        rests.push((exact.checked_rem(UNIT).ok_or(RuleFault::Overflow)?, place));
    }
    rests.sort_by_key(|(rest, _)| std::cmp::Reverse(*rest));
    let count = usize::try_from(left).map_err(|_| RuleFault::Overflow)?;
    if count > rests.len() {
        return Err(RuleFault::Overflow);
    }
    for (_, place) in rests.into_iter().take(count) {
        if let Some(result) = results.get_mut(place) {
            result.amount =
                Fen::checked_add(result.amount, one).map_err(|_| RuleFault::Overflow)?;
        }
    }
    Ok(())
}
