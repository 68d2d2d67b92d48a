//! What is ordered, open and parked, a page at a time.

use huitong_core::date::BusinessDay;
use huitong_core::payable::Month;
use huitong_core::payment::{BankReference, PaymentReference};
use huitong_core::region::RegionCode;

use super::bank::known_member;
use super::{Context, Decided, Decision};
use crate::payments::{Line, Payment};

/// How many rows a page has at most.
const ROWS_AT_ONCE: usize = 1_000;
/// How many payments the movements of a page count for before it ends.
const COUNTED_AT_ONCE: usize = 20_000;

/// Which payments are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Of one cycle, or ordered with it.
    pub(crate) day: Option<BusinessDay>,
    /// Ordered for one month.
    pub(crate) month: Option<Month>,
    /// Of one member.
    pub(crate) member: Option<RegionCode>,
    /// Those of which some is open.
    pub(crate) open: Openness,
}

/// Whether what is made in full is asked for too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Openness {
    /// It is.
    #[default]
    All,
    /// Only what is open, or parked.
    Open,
}

impl From<bool> for Openness {
    fn from(open_only: bool) -> Self {
        if open_only { Self::Open } else { Self::All }
    }
}

/// A page, and after what the next begins; none with the last.
#[derive(Debug)]
pub(crate) struct Page<T, K> {
    pub(crate) rows: Vec<T>,
    pub(crate) next: Option<K>,
    pub(crate) today: BusinessDay,
}

/// Payments, ascending by reference.
pub(crate) fn payments(
    context: &Context<'_>,
    wanted: Wanted,
    after: Option<PaymentReference>,
) -> Decision<Page<Payment, PaymentReference>> {
    if let Some(member) = wanted.member
        && let Err(refusal) = known_member(context, member)
    {
        return Ok(Decided::refuse(refusal));
    }
    let wants = |(reference, payment): &(PaymentReference, &Payment)| {
        let (order, month) = (&payment.order, wanted.month.as_ref());
        wanted.day.is_none_or(|day| order.days.contains(&day))
            && month.is_none_or(|month| order.month.as_ref() == Some(month))
            && wanted
                .member
                .is_none_or(|member| reference.member == member)
            && (wanted.open == Openness::All || !payment.open().is_zero())
    };
    let all = context.state.payments.after(after).filter(wants);
    Ok(Decided::answer(page(context, all, |_| 1)))
}

/// Movements of money, ascending by the bank's reference.
pub(crate) fn movements(
    context: &Context<'_>,
    wanted: Openness,
    after: Option<BankReference>,
) -> Decision<Page<Line, BankReference>> {
    let wants = |line: &&Line| wanted == Openness::All || !line.parked_rest().is_zero();
    let all = context.state.payments.lines_after(after).filter(wants);
    let all = all.map(|line| (line.line.bank_reference, line));
    Ok(Decided::answer(page(context, all, |line| {
        line.counted.len()
    })))
}

/// One movement with the payments that it counts for, or counted for before it was taken out, as of a day.
pub(crate) fn movement(
    context: &Context<'_>,
    bank_reference: BankReference,
) -> Decision<Option<(Line, Vec<Payment>, BusinessDay)>> {
    let payments = &context.state.payments;
    let today = context.now.business_day_shanghai();
    let corrected = payments.corrections(bank_reference).last();
    let found = payments.line(bank_reference).or(corrected).map(|line| {
        let counted = line.counted.keys();
        let counted = counted.filter_map(|reference| payments.payment(*reference).cloned());
        (line.clone(), counted.collect(), today)
    });
    Ok(Decided::answer(found))
}

/// A page of what there is; rows of one key stay together. `weight` says how much a row adds to what fills a page.
fn page<'a, T: Clone + 'a, K: Copy + PartialEq>(
    context: &Context<'_>,
    all: impl Iterator<Item = (K, &'a T)>,
    weight: impl Fn(&T) -> usize,
) -> Page<T, K> {
    let (mut rows, mut last, mut filled) = (Vec::new(), None, 0_usize);
    let mut next = None;
    for (key, row) in all {
        let is_full = rows.len() >= ROWS_AT_ONCE || filled >= COUNTED_AT_ONCE;
        if is_full && last != Some(key) {
            next = last;
            break;
        }
        filled = filled.saturating_add(weight(row));
        rows.push(row.clone());
        last = Some(key);
    }
    Page {
        rows,
        next,
        today: context.now.business_day_shanghai(),
    }
}
