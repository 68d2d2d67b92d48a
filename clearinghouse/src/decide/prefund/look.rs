//! What officers see of prefunds: how each stands, what moved, and what last year's spending comes to.

use std::collections::BTreeMap;
use std::ops::Bound;

use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::money::Fen;
use huitong_core::prefund::{Prefund, PrefundLine};
use huitong_core::record::clearing::PrefundCorrected;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::PrefundLevel;

use super::broken;
use crate::decide::{Context, Decided, Decision, Fault};
use crate::prefunds::{LineKey, PrefundAccount, Rules};
use crate::refusal::{ClearingCode, Refusal};

/// The most rows of one page.
const ROWS_AT_ONCE: usize = 1_000;
/// The last month of a year.
const DECEMBER: u8 = 12;

/// How a prefund stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PrefundRow {
    pub(crate) prefund: Prefund,
    pub(crate) year: u16,
    pub(crate) set: Fen,
    pub(crate) topped_up: Fen,
    /// The last top-up, while it is not paid in full.
    pub(crate) open_top_up: Option<Fen>,
    pub(crate) held: Fen,
    /// What the payer owes the holder of cycles that are not paid.
    pub(crate) used: Fen,
    /// As it was found last.
    pub(crate) level: PrefundLevel,
    pub(crate) since: Option<Timestamp>,
    /// By when the holder is to ask for more, when it is red and has not.
    pub(crate) ask_by: Option<BusinessDay>,
    pub(crate) ask_days_late: u32,
    /// By when it is to be set anew, when it is set for an earlier year.
    pub(crate) set_by: Option<BusinessDay>,
    pub(crate) set_days_late: u32,
    pub(crate) missing: Fen,
    pub(crate) over: Fen,
    /// By when that comes, or goes back.
    pub(crate) due: Option<BusinessDay>,
    pub(crate) days_late: u32,
}

impl PrefundRow {
    /// Whether a person is late with something of it: asking for more, setting it, or paying.
    pub(crate) const fn is_late(&self) -> bool {
        self.ask_days_late > 0 || self.set_days_late > 0 || self.days_late > 0
    }
}

/// A movement, and what was entered under its reference before and taken out again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MovementRow {
    pub(crate) line: PrefundLine,
    /// Why it was taken out again; none of one that stands.
    pub(crate) corrected: Option<PrefundCorrected>,
}

/// What last year's spending comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProposalRow {
    pub(crate) prefund: Prefund,
    pub(crate) spent: Fen,
    /// Over how many months of that year it is averaged; none when one of the two had no cycle of the fund yet.
    pub(crate) months: u32,
    pub(crate) proposed: Fen,
    /// What is set now, for whichever year.
    pub(crate) set: Fen,
}

/// Which prefunds are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// As payer or holder.
    pub(crate) member: Option<RegionCode>,
    /// From which level on.
    pub(crate) from: PrefundLevel,
}

/// Prefunds as they stand, a page at a time, and after which the next page begins.
pub(crate) fn prefunds(
    context: &Context<'_>,
    wanted: Wanted,
    after: Option<Prefund>,
    rules: &Rules,
) -> Decision<(Vec<PrefundRow>, Option<Prefund>)> {
    if let Some(member) = wanted.member
        && !is_known(context, member)
    {
        let refusal = Refusal::new(ClearingCode::PrefundUnknownMember, member);
        return Ok(Decided::refuse(refusal));
    }
    Ok(Decided::answer(page(context, wanted, after, rules)?))
}

/// Whether a member clears for anybody, or pays or holds a prefund.
fn is_known(context: &Context<'_>, member: RegionCode) -> bool {
    let mut members = context.state.members.iter();
    let mut prefunds = context.state.prefunds.after(None);
    members.any(|(_, of)| of.code() == member)
        || prefunds.any(|(of, _)| of.payer == member || of.holder == member)
}

fn page(
    context: &Context<'_>,
    wanted: Wanted,
    after: Option<Prefund>,
    rules: &Rules,
) -> Result<(Vec<PrefundRow>, Option<Prefund>), Fault> {
    let is_wanted = |(prefund, account): &(Prefund, &PrefundAccount)| {
        let is_of = |member| prefund.payer == member || prefund.holder == member;
        wanted.member.is_none_or(is_of) && account.level.0 >= wanted.from
    };
    let mut all = context.state.prefunds.after(after).filter(is_wanted);
    let rows = all.by_ref().take(ROWS_AT_ONCE);
    let rows = rows.map(|(prefund, account)| row(context, prefund, account, rules));
    let rows: Vec<_> = rows.collect::<Result<_, Fault>>()?;
    let next = all
        .next()
        .and_then(|_| rows.last().map(|last| last.prefund));
    Ok((rows, next))
}

/// The prefunds that the member pays or holds who clears for a region, a page at a time: the member, the rows, and after
/// which the next page begins.
pub(crate) fn own(
    context: &Context<'_>,
    region: RegionCode,
    after: Option<Prefund>,
    rules: &Rules,
) -> Decision<(RegionCode, Vec<PrefundRow>, Option<Prefund>)> {
    let Some(member) = context.state.members.of(region) else {
        let refusal = Refusal::new(ClearingCode::StreamUnknownRegion, region);
        return Ok(Decided::refuse(refusal));
    };
    let member = member.code();
    let wanted = Wanted {
        member: Some(member),
        from: PrefundLevel::Normal,
    };
    let (rows, next) = page(context, wanted, after, rules)?;
    Ok(Decided::answer((member, rows, next)))
}

/// How one prefund stands; none that was never set.
pub(crate) fn standing(
    context: &Context<'_>,
    prefund: Prefund,
    rules: &Rules,
) -> Decision<Option<PrefundRow>> {
    let account = context.state.prefunds.account(prefund);
    let row = account.map(|account| row(context, prefund, account, rules));
    Ok(Decided::answer(row.transpose()?))
}

fn row(
    context: &Context<'_>,
    prefund: Prefund,
    account: &PrefundAccount,
    rules: &Rules,
) -> Result<PrefundRow, Fault> {
    let today = context.now.business_day_shanghai();
    let (level, since) = account.level;
    let asks = level == PrefundLevel::Red && account.open_top_up().is_none();
    let ask_by = since.filter(|_| asks).and_then(|since| {
        let since = since.business_day_shanghai();
        context.calendar.after(since, rules.ask_days).ok()
    });
    let due = account.due().map_err(broken)?;
    let late = |by: Option<BusinessDay>| {
        let days = by.map_or(0, |by| by.days_until(today));
        u32::try_from(days).unwrap_or(0)
    };
    let set_by = set_by(account, today, rules);
    Ok(PrefundRow {
        prefund,
        year: account.year,
        set: account.set_amount(),
        topped_up: account.topped_up().map_err(broken)?,
        open_top_up: account.open_top_up(),
        held: account.held,
        used: context.state.prefunds.used(prefund),
        level,
        since,
        ask_by,
        ask_days_late: late(ask_by),
        set_by,
        set_days_late: late(set_by),
        missing: account.missing().map_err(broken)?,
        over: account.over().map_err(broken)?,
        due,
        days_late: late(due),
    })
}

/// By when a prefund of an earlier year is to be set anew: the end of a month of the year after. One that ended is not.
fn set_by(account: &PrefundAccount, today: BusinessDay, rules: &Rules) -> Option<BusinessDay> {
    if account.year >= today.year() || account.set_amount().is_zero() {
        return None;
    }
    let year = account.year.checked_add(1)?;
    let (year, after) = match rules.set_by_month {
        12.. => (year.checked_add(1)?, 1),
        month => (year, u8::try_from(month).ok()?.checked_add(1)?),
    };
    BusinessDay::new(year, after, 1).ok()?.plus_days(-1).ok()
}

/// Today, and the prefunds with which somebody is late; none when that was said today.
pub(crate) fn late(
    context: &Context<'_>,
    said: Option<BusinessDay>,
    rules: &Rules,
) -> Decision<Option<(BusinessDay, Vec<PrefundRow>)>> {
    let today = context.now.business_day_shanghai();
    if said == Some(today) {
        return Ok(Decided::answer(None));
    }
    let all = context.state.prefunds.after(None);
    let rows = all.map(|(prefund, account)| row(context, prefund, account, rules));
    let mut rows = rows.collect::<Result<Vec<_>, Fault>>()?;
    rows.retain(PrefundRow::is_late);
    Ok(Decided::answer(Some((today, rows))))
}

/// Movements by the holder and its bank's reference, a page at a time, each after what was taken out in its place.
pub(crate) fn movements(
    context: &Context<'_>,
    prefund: Option<Prefund>,
    after: Option<LineKey>,
) -> Decision<(Vec<MovementRow>, Option<LineKey>)> {
    let prefunds = &context.state.prefunds;
    let (mut rows, mut last) = (Vec::new(), None);
    for key in prefunds.line_keys_after(after) {
        if rows.len() >= ROWS_AT_ONCE {
            return Ok(Decided::answer((rows, last)));
        }
        let corrected = prefunds.corrections(key).iter();
        let corrected = corrected.map(|corrected| MovementRow {
            line: corrected.line,
            corrected: Some(corrected.clone()),
        });
        let stands = prefunds.line(key).map(|line| MovementRow {
            line: *line,
            corrected: None,
        });
        let of_key = corrected.chain(stands);
        rows.extend(of_key.filter(|row| prefund.is_none_or(|of| row.line.prefund == of)));
        last = Some(key);
    }
    Ok(Decided::answer((rows, None)))
}

/// What a year's prefunds come to by the spending of the year before: so many months of its average. One that is set for an
/// earlier year has a row also when nothing was spent: it is to be set anew, and nothing is what it comes to.
pub(crate) fn proposal(
    context: &Context<'_>,
    year: u16,
    after: Option<Prefund>,
    rules: &Rules,
) -> Decision<(Vec<ProposalRow>, Option<Prefund>)> {
    let prefunds = &context.state.prefunds;
    let last = year.saturating_sub(1);
    let mut spent: BTreeMap<Prefund, Fen> = prefunds.spent(last).collect();
    let stale = |account: &PrefundAccount| account.year < year && !account.set_amount().is_zero();
    for (prefund, _) in prefunds.after(None).filter(|(_, of)| stale(of)) {
        spent.entry(prefund).or_insert(Fen::ZERO);
    }
    let (begun, until) = (prefunds.begun(last), last_month(context, last));
    let from = after.map_or(Bound::Unbounded, Bound::Excluded);
    let mut all = spent.range((from, Bound::Unbounded));
    let rows = all.by_ref().take(ROWS_AT_ONCE).map(|(prefund, spent)| {
        let begun = |member| begun.get(&(member, prefund.fund)).copied();
        let both = begun(prefund.payer).zip(begun(prefund.holder));
        let months = both.map_or(0, |(payer, holder)| {
            months_since(payer.max(holder), last, until)
        });
        let set = prefunds.account(*prefund).map(PrefundAccount::set_amount);
        ProposalRow {
            prefund: *prefund,
            spent: *spent,
            months,
            proposed: months_of(*spent, rules.months, months),
            set: set.unwrap_or(Fen::ZERO),
        }
    });
    let rows: Vec<_> = rows.collect();
    let next = all
        .next()
        .and_then(|_| rows.last().map(|last| last.prefund));
    Ok(Decided::answer((rows, next)))
}

/// The last month of a year that counts: of the running year the current one.
fn last_month(context: &Context<'_>, year: u16) -> u8 {
    let today = context.now.business_day_shanghai();
    if today.year() == year {
        today.month()
    } else {
        DECEMBER
    }
}

/// The months of a year since both had cycles, the first and the last counted whole. From the pair's own first cycle on it
/// would be too few for a pair that seldom owes anything, and by the months in which it did, fewer still.
fn months_since(begun: BusinessDay, year: u16, until: u8) -> u32 {
    let before = if begun.year() < year {
        0
    } else {
        begun.month().saturating_sub(1)
    };
    u32::from(until.saturating_sub(before).max(1))
}

/// So many months of an average over months, in whole yuan upwards, or as much as is counted: it is a proposal, and no share
/// of anything.
fn months_of(spent: Fen, months: u32, over: u32) -> Fen {
    const FEN_OF_YUAN: i64 = 100;
    let all = spent.get().saturating_mul(i64::from(months));
    let divisor = i64::from(over.max(1)).saturating_mul(FEN_OF_YUAN);
    let up = all.saturating_add(divisor.saturating_sub(1));
    let yuan = up.checked_div(divisor).unwrap_or(0);
    Fen::new(yuan.saturating_mul(FEN_OF_YUAN)).unwrap_or(Fen::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proposal_is_in_whole_yuan_upwards_and_as_much_as_is_counted_at_most() {
        let of = |spent, months, over| months_of(Fen::new(spent).unwrap(), months, over).get();
        assert_eq!((of(0, 2, 0), of(1, 2, 12), of(100, 2, 2)), (0, 100, 100));
        assert_eq!(of(Fen::MAX.get(), 2, 1), Fen::MAX.get());
    }
}
