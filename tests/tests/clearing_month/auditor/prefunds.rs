//! How much of a prefund is used: what the payer's regions owe the holder's of cycles that are netted, until it
//! has paid its part and the holder is paid or waits for others.

use std::collections::BTreeMap;

use huitong_core::date::BusinessDay;

use super::{Found, Law};
use crate::evidence::{Cycle, Evidence, Level, Order, PrefundLook, PrefundStep};

/// Looks at what was told of the prefund, time after time.
pub(super) fn prefunds(evidence: &Evidence, found: &mut Found) {
    for look in &evidence.prefund.looks {
        let used = used(evidence, look);
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

fn used(evidence: &Evidence, look: &PrefundLook) -> i64 {
    let (payer, holder, fund) = evidence.prefund.of;
    let is_free = |cycle: &&Cycle| {
        let mut orders = evidence.orders.iter().take(look.orders);
        let order = orders.find(|order| order.days.contains(&cycle.day));
        order.is_some_and(|order| is_free(evidence, order, look.day))
    };
    let cycles = evidence.cycles.iter().take(look.cycles);
    let open = cycles.filter(|cycle| !is_free(cycle));
    let rows = open.flat_map(|cycle| &cycle.pairs);
    let rows = rows.filter(|(pair, _)| {
        let member = |region| evidence.members[region];
        (member(&pair.debtor), member(&pair.creditor), pair.fund) == (payer, holder, fund)
    });
    rows.map(|(_, (_, amount))| amount).sum()
}

/// Whether by a day the payer had paid its part of an order, and the holder was paid, or waited for others of that fund.
fn is_free(evidence: &Evidence, order: &Order, by: BusinessDay) -> bool {
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
    !owes(&payer) && (!is_owed || open.keys().any(owes))
}
