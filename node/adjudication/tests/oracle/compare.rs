//! A decision of the engine against what the oracle settled, figure by figure.

use huitong_adjudication::LineShare;
use huitong_core::bill::SplitLine;
use huitong_core::claim::Claim;
use huitong_core::decision::{CeilingResult, Decision, LayerResult, LeftAmounts, SegmentResult};
use huitong_core::fund::Fund;
use huitong_core::money::Fen;
use huitong_core::name::Name;
use huitong_core::policy::layer::Payer;
use huitong_core::ratio::Ratio;
use huitong_core::vocabulary::Part;

use super::settle::{Covered, Done, Settled};

/// Every figure that differs, as a sentence; none when both agree.
pub fn differences(
    claim: &Claim,
    decision: &Decision,
    lines: &[LineShare],
    settled: &Settled,
) -> Vec<String> {
    let mut found = Differences(Vec::new());
    let total: i64 = claim
        .bill
        .lines()
        .iter()
        .map(|line| line.parts.total().unwrap().get())
        .sum();
    let account = |of| move |payer| matches!(payer, Payer::Fund(fund) if fund == of);
    let own = settled.paid_by(account(Fund::OwnAccount));
    let family = settled.paid_by(account(Fund::FamilyAccount));
    let hospital = settled.paid_by(|payer| payer == Payer::Hospital);
    let paid = settled.paid_by(|_| true);
    found.check("total", decision.total.get(), total);
    for part in Part::ALL {
        let oracle = claim
            .bill
            .lines()
            .iter()
            .map(|line| line.parts.get(*part).get())
            .sum();
        found.check(part.word(), decision.split.get(*part).get(), oracle);
    }
    found.check(
        "fund_total",
        decision.fund_total.get(),
        paid - own - family - hospital,
    );
    found.check("own_account", decision.own_account.get(), own);
    found.check("family_account", decision.family_account.get(), family);
    found.check("hospital", decision.hospital.get(), hospital);
    found.check("cash", decision.cash.get(), total - paid);
    found.check(
        "patient_total",
        decision.patient_total.get(),
        total - paid + own + family,
    );
    let engine: Vec<Name> = decision.layers.iter().map(|layer| layer.id).collect();
    found.check(
        "layers",
        engine,
        settled.layers.iter().map(|done| done.name).collect(),
    );
    for (layer, done) in decision.layers.iter().zip(&settled.layers) {
        found.check(&format!("layer {}", done.name), layer.clone(), result(done));
    }
    let engine = decision
        .totals
        .iter()
        .map(|change| (change.slot.clone(), change.adds));
    found.check(
        "totals",
        engine.collect(),
        settled.totals.clone().into_iter().collect::<Vec<_>>(),
    );
    found.check("shares of lines", lines.to_vec(), shares(claim, settled));
    found.0
}

struct Differences(Vec<String>);

impl Differences {
    fn check<T: PartialEq + std::fmt::Debug>(&mut self, figure: &str, engine: T, oracle: T) {
        if engine != oracle {
            self.0.push(format!(
                "{figure}: the engine says {engine:#?}, the oracle {oracle:#?}"
            ));
        }
    }
}

/// What a layer did in the words of a decision.
fn result(done: &Done) -> LayerResult {
    let fen = |fen| Fen::new(fen).unwrap();
    let cover = &done.cover;
    let segment = |covered: &Covered| SegmentResult {
        from: fen(covered.from),
        to: fen(covered.to),
        ratio: Ratio::from_ten_billionths(u64::try_from(covered.ratio).unwrap()).unwrap(),
        amount: fen(covered.amount),
    };
    let [start, share, above, _] = done.left.map(fen);
    LayerResult {
        id: done.name,
        payer: done.payer,
        base: fen(cover.base),
        before: fen(cover.before),
        start: fen(cover.start),
        segments: cover.covered.iter().map(segment).collect(),
        ceiling: cover.cut.as_ref().map(|cut| CeilingResult {
            bounds: cut.bounds,
            limit: fen(cut.limit),
            room: fen(cut.room),
        }),
        floor_extra: fen(cover.extra),
        left: LeftAmounts {
            start,
            share,
            above,
        },
        paid: fen(done.paid),
    }
}

fn shares(claim: &Claim, settled: &Settled) -> Vec<LineShare> {
    let of =
        |at: usize, done: &Done| Fen::new(done.by_line.get(&at).copied().unwrap_or(0)).unwrap();
    let share = |(at, line): (usize, &SplitLine)| LineShare {
        number: line.number,
        paid: settled.layers.iter().map(|done| of(at, done)).collect(),
        cash: Fen::new(settled.cash[at]).unwrap(),
    };
    claim.bill.lines().iter().enumerate().map(share).collect()
}
