//! Layers that paid nothing because they did not apply, or found nothing left: each one, with the reason.

use huitong_core::decision::SkipReason;
use huitong_core::money::Fen;
use huitong_core::policy::condition::Clause;
use huitong_core::policy::fact::WordFact;
use huitong_core::policy::layer::Layer;

use crate::sentence::{Sentence, say};
use crate::standing::{Moment, Standing};
use crate::state::{Asked, all};
use crate::wording::{self, clause, takes};

/// Why a layer did nothing; `None` when it did something.
pub(crate) fn explain(standing: &Standing<'_>, place: usize, layer: &Layer) -> Option<Sentence> {
    let reason = match standing.skipped(layer.name)? {
        SkipReason::When => unmet(standing, place, layer),
        SkipReason::NothingToTake => nothing_left(standing, layer),
    };
    Some(say!(
        "{rule}没有支付。为什么没有更多：{reason}。{source}",
        "{rule} pays nothing. Why not more: {reason}.{source}",
        rule = wording::layer(layer),
        reason = reason,
        source = wording::source(layer)
    ))
}

/// What it asks for, alternative by alternative, and what the visit was instead.
fn unmet(standing: &Standing<'_>, place: usize, layer: &Layer) -> Sentence {
    let then = Moment {
        layers_before: place,
        base: Fen::ZERO,
    };
    let (mut wanted, mut asked) = (Vec::new(), Vec::new());
    for clauses in &layer.when.any {
        let failing: Vec<&Clause> = clauses
            .iter()
            .filter(|clause| !standing.clause_holds(clause, then))
            .collect();
        // Another kind of care says enough: the rest of such a rule is about that care.
        let of_setting = failing
            .iter()
            .find(|clause| Asked::by(clause) == Asked::Word(WordFact::Setting));
        let told: Vec<&Clause> = of_setting.map_or(failing.clone(), |clause| vec![*clause]);
        asked.extend(told.iter().map(|it| Asked::by(it)));
        let told: Vec<Sentence> = told.iter().map(|it| clause(standing.policy, it)).collect();
        let told = Sentence::joined(&told, "，且", " and ");
        if !wanted.contains(&told) {
            wanted.push(told);
        }
    }
    say!(
        "它要求{wanted}，而这次的情形是：{was}",
        "it asks for {wanted}; found was: {was}",
        wanted = Sentence::joined(&wanted, "，或者", ", or "),
        was = all(standing, &asked, then)
    )
}

/// Nothing to take: the bill has no such costs, or what it has is paid already.
fn nothing_left(standing: &Standing<'_>, layer: &Layer) -> Sentence {
    let on_the_bill = layer
        .take
        .iter()
        .map(|take| standing.on_the_bill(&take.parts, &take.tagged, &take.not_tagged));
    let what = takes(standing.policy, &layer.take);
    if on_the_bill.into_iter().all(Fen::is_zero) {
        return say!(
            "它只支付{what}，这次没有这样的费用",
            "it pays only for {what}, of which there are none",
            what = what
        );
    }
    say!(
        "它支付{what}，前面各项之后没有剩下这样的费用",
        "it pays for {what}, and none of them are left after the rules before",
        what = what
    )
}
