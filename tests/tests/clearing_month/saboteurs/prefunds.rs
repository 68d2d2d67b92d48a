//! What the auditor must notice of a prefund.
//!
//! Each changes one thing in what was told of it, or in what was paid.

use crate::evidence::{Evidence, Level, PrefundStep};

pub(super) fn used_less(evidence: &mut Evidence) {
    evidence.prefund.looks.last_mut().unwrap().used -= 1;
}

pub(super) fn not_red(evidence: &mut Evidence) {
    let mut looks = evidence.prefund.looks.iter_mut();
    let red = looks.find(|look| look.level == Some(Level::Red)).unwrap();
    red.level = Some(Level::Yellow);
}

pub(super) fn not_held(evidence: &mut Evidence) {
    let steps = evidence.prefund.steps.iter().rev();
    let mut paid = steps.filter_map(|(_, step)| match step {
        PrefundStep::PaidIn(amount) => Some(*amount),
        PrefundStep::Set(_) | PrefundStep::ToppedUp(_) => None,
    });
    let look = evidence.prefund.looks.last_mut().unwrap();
    look.held -= paid.next().unwrap();
}

pub(super) fn used_by_paid(evidence: &mut Evidence) {
    let orders = evidence.orders.iter();
    let mut paid = orders.filter(|order| {
        order
            .nets
            .iter()
            .all(|(of, net)| order.paid.get(of).copied().unwrap_or(0) == net.abs())
    });
    // So that what was paid of it at once counts for nothing.
    let purpose = paid.next_back().unwrap().purpose.clone();
    let mut orders = evidence.orders.iter_mut();
    let order = orders.find(|order| order.purpose == purpose).unwrap();
    order.moved.clear();
}

/// Of an order that the payer and somebody else owe their parts of, as if the other alone did.
pub(super) fn freed_while_its_payer_owes(evidence: &mut Evidence) {
    let (payer, holder, fund) = evidence.prefund.of;
    let freed = evidence
        .prefund
        .looks
        .iter()
        .enumerate()
        .find_map(|(at, look)| {
            let cycles = &evidence.cycles[..look.cycles];
            evidence.orders[..look.orders].iter().find_map(|order| {
                let nets = evidence.nets_of(order);
                let is_open = |of| {
                    let mut moved = order.moved.iter().filter(|line| line.on <= look.day);
                    !moved.any(|line| line.of == of)
                };
                let open = nets
                    .into_iter()
                    .filter(|(of, _)| of.1 == fund && is_open(*of));
                let open: Vec<_> = open.map(|((member, _), net)| (member, net > 0)).collect();
                let is_so = open.contains(&(payer, false))
                    && open.contains(&(holder, true))
                    && open
                        .iter()
                        .any(|(member, is_owed)| *member != payer && !is_owed);
                let of_order = cycles
                    .iter()
                    .filter(|cycle| order.days.contains(&cycle.day));
                let owed: i64 = of_order.map(|cycle| evidence.owed_of_prefund(cycle)).sum();
                (is_so && owed > 0).then_some((at, owed))
            })
        });
    let (at, owed) = freed.unwrap();
    evidence.prefund.looks[at].used -= owed;
}
