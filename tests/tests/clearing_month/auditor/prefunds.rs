//! How much of a prefund is used: what the payer's regions owe the holder's of cycles that are netted, until it
//! has paid its part and the holder is paid or waits for others.

use std::collections::BTreeMap;

use huitong_core::date::BusinessDay;

use super::{Found, Law};
use crate::evidence::{Evidence, Level, Order, PrefundLook, PrefundStep};

/// Looks at what was told of the prefund, time after time.
pub(super) fn prefunds(evidence: &Evidence, found: &mut Found) {
    for look in &evidence.prefund.looks {
        let used = used(evidence, look, found);
        let (mut asked, mut held, mut open) = (0, 0, 0);
        let mut is_topped_up = false;
        let until = evidence.prefund.steps.iter();
        for (day, step) in until.filter(|(day, _)| *day <= look.day) {
            // What is asked for when it was looked at is asked for after that.
            match step {
                PrefundStep::Set(amount) => (asked, is_topped_up) = (*amount, false),
                PrefundStep::ToppedUp(amount) if *day < look.day => {
                    (asked, is_topped_up) = (asked + amount, true);
                }
                PrefundStep::ToppedUp(_) => {}
                PrefundStep::PaidIn(amount) => held += amount,
            }
            open = asked - held;
        }
        let level = look.level.map(|_| level(used, held));
        let told = level.unwrap_or(look.told);
        let is_asked_already = is_topped_up && open > 0;
        let due = PrefundLook {
            used,
            held,
            asked,
            missing: open.max(0),
            level,
            told,
            // More is asked for once, from when it is found to be red.
            is_to_ask: told == Level::Red && !is_asked_already,
            ..*look
        };
        found.breaks(
            Law::Prefund,
            (*look != due).then(|| format!("{look:?} is told, and is {due:?}")),
        );
        found.levels.extend(level);
    }
}

/// Warned of at seventy of a hundred, and at ninety.
fn level(used: i64, held: i64) -> Level {
    let reaches = |percent: i128| i128::from(used) * 100 >= i128::from(held) * percent;
    match used {
        0 => Level::Normal,
        _ if reaches(90) => Level::Red,
        _ if reaches(70) => Level::Yellow,
        _ => Level::Normal,
    }
}

/// How the two of a prefund stand with an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    PayerOwes,
    /// All have paid their parts of that fund, and the holder is not paid.
    HolderWaits,
    /// The payer has paid its part, and the holder waits for others of that fund.
    WaitsForOthers,
    Paid,
}

fn used(evidence: &Evidence, look: &PrefundLook, found: &mut Found) -> i64 {
    let mut used = 0;
    let (mut waits_for_others, mut holder_waits) = (0, 0);
    for cycle in evidence.cycles.iter().take(look.cycles) {
        let owed = evidence.owed_of_prefund(cycle);
        let mut orders = evidence.orders.iter().take(look.orders);
        let order = orders.find(|order| order.days.contains(&cycle.day));
        let is_free = order.is_some_and(|order| match stands(evidence, order, look.day) {
            Stands::PayerOwes => false,
            Stands::HolderWaits => {
                holder_waits += usize::from(owed > 0);
                false
            }
            Stands::WaitsForOthers => {
                waits_for_others += usize::from(owed > 0);
                true
            }
            Stands::Paid => true,
        });
        used += if is_free { 0 } else { owed };
    }
    found.waits_for_others += usize::from(waits_for_others > 0);
    found.holder_waits += usize::from(holder_waits > 0);
    used
}

/// As it was by a day.
fn stands(evidence: &Evidence, order: &Order, by: BusinessDay) -> Stands {
    let (payer, holder, fund) = evidence.prefund.of;
    let mut moved: BTreeMap<_, i64> = BTreeMap::new();
    for line in order.moved.iter().filter(|line| line.on <= by) {
        *moved.entry(line.of).or_default() += line.amount;
    }
    let nets = evidence.nets_of(order).into_iter();
    let open = nets.filter(|(of, net)| of.1 == fund && moved.get(of) != Some(&net.abs()));
    let open: BTreeMap<_, _> = open.map(|((member, _), net)| (member, net)).collect();
    let owes = |member| open.get(member).is_some_and(|net| *net < 0);
    let is_owed = open.get(&holder).is_some_and(|net| *net > 0);
    if owes(&payer) {
        Stands::PayerOwes
    } else if !is_owed {
        Stands::Paid
    } else if open.keys().any(owes) {
        Stands::WaitsForOthers
    } else {
        Stands::HolderWaits
    }
}
