//! Layers that paid nothing because they did not apply, or found nothing left: each one, with the reason.

use huitong_core::decision::SkipReason;
use huitong_core::money::Fen;
use huitong_core::policy::condition::Clause;
use huitong_core::policy::fact::WordFact;
use huitong_core::policy::layer::Layer;

use crate::sentence::{Sentence, say};
use crate::sources::Sources;
use crate::standing::{Moment, Standing};
use crate::state::{Asked, all};
use crate::wording::{self, clause, takes};

/// Why each of these layers, at its place, did nothing. Rules for another kind of care are named together:
/// nobody would have looked for them here.
pub(crate) fn explain<'a>(
    standing: &Standing<'a>,
    layers: &[(usize, &'a Layer)],
    sources: &mut Sources<'a>,
) -> Vec<Sentence> {
    let (mut told, mut of_other_care) = (Vec::new(), Vec::new());
    for (place, layer) in layers {
        let rule = wording::layer(layer);
        match standing.skipped(layer.name) {
            Some(SkipReason::When) if is_of_other_care(standing, layer) => of_other_care.push(rule),
            Some(SkipReason::When) => {
                let source = sources.behind(layer);
                told.push(say!(
                    "{rule}这次不适用：{reason}。{source}",
                    "{rule} does not apply this time: {reason}.{source}",
                    rule = rule,
                    reason = unmet(standing, *place, layer),
                    source = source
                ));
            }
            Some(SkipReason::NothingToTake) => {
                let source = sources.behind(layer);
                told.push(say!(
                    "{rule}没有支付：{reason}。{source}",
                    "{rule} pays nothing: {reason}.{source}",
                    rule = rule,
                    reason = nothing_left(standing, layer),
                    source = source
                ));
            }
            None => {}
        }
    }
    if !of_other_care.is_empty() {
        told.push(say!(
            "{rules}用于其他就医类别，这次是{was}，不适用。",
            "{rules}: for another kind of care, while this was {was}.",
            rules = Sentence::joined(&of_other_care, "、", ", "),
            was = wording::setting(standing.case.facts.setting)
        ));
    }
    told
}

/// Whether every alternative of a layer asks for another kind of care.
fn is_of_other_care(standing: &Standing<'_>, layer: &Layer) -> bool {
    let then = Moment {
        layers_before: 0,
        base: Fen::ZERO,
    };
    let is_other = |clause: &Clause| {
        Asked::by(clause) == Asked::Word(WordFact::Setting) && !standing.clause_holds(clause, then)
    };
    layer
        .when
        .any
        .iter()
        .all(|clauses| clauses.iter().any(is_other))
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
        // Another kind of care says enough: the rest of such an alternative is about that care.
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
