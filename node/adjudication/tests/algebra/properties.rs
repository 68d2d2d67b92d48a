//! The algebra's properties, with their limits, over random policies and bills.

use huitong_adjudication::line_shares;
use huitong_core::canonical::Artifact;
use huitong_core::decision::Decision;
use huitong_core::money::Fen;
use huitong_core::policy::condition::Table;
use huitong_core::policy::layer::{Bounds, Left};
use huitong_core::policy::total::Adds;
use huitong_core::ratio::Ratio;
use huitong_core::vocabulary::Part;
use proptest::prelude::*;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::build::*;
use crate::tape::{Tape, tape};

fn amount(fen: i64) -> Fen {
    Fen::new(fen).unwrap()
}

fn funds(decision: &Decision) -> i64 {
    decision.fund_total.get()
}

/// R of the algebra, by the decimal library.
fn rounded(exact: Decimal) -> Decimal {
    exact.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Always: the shares of funds, accounts, hospital and cash sum to the bill; no layer pays more than it
    /// took, no account more than it held; what a layer paid and left is what it took.
    #[test]
    fn shares_sum_to_the_bill(numbers in tape()) {
        let trial = Tape::new(numbers).wild();
        let decision = trial.run();
        let payers = [decision.fund_total, decision.own_account, decision.family_account, decision.hospital];
        prop_assert_eq!(Fen::sum(payers.into_iter().chain([decision.cash])), Ok(decision.total));
        prop_assert_eq!(decision.split.total(), Ok(decision.total));
        prop_assert!(decision.own_account <= trial.balances.own);
        prop_assert!(decision.family_account <= trial.balances.family);
        let mut unpaid = decision.total;
        for layer in &decision.layers {
            prop_assert!(layer.base <= unpaid, "{:?}", layer);
            let parts = [layer.paid, layer.left.start, layer.left.share, layer.left.above];
            prop_assert_eq!(Fen::sum(parts), Ok(layer.base));
            let segments = layer.segments.iter().map(|segment| segment.amount);
            prop_assert_eq!(Fen::sum(segments.chain([layer.floor_extra])), Ok(layer.paid));
            unpaid = unpaid.checked_sub(layer.paid).unwrap();
        }
        prop_assert_eq!(unpaid, decision.cash);
    }

    /// Always: the shares of lines sum by line to the line, by layer to the layer, and never below zero.
    #[test]
    fn shares_of_lines_sum_by_line_and_by_layer(numbers in tape()) {
        let trial = Tape::new(numbers).wild();
        let (compiled, bill, decision) = (trial.compiled(), trial.bill(), trial.run());
        let shares = line_shares(&compiled, &trial.case(&bill), &decision).unwrap();
        for (line, share) in bill.lines().iter().zip(&shares) {
            let sum = Fen::sum(share.paid.iter().copied().chain([share.cash]));
            prop_assert_eq!(sum.unwrap(), line.parts.total().unwrap());
        }
        for (place, layer) in decision.layers.iter().enumerate() {
            let sum = Fen::sum(shares.iter().map(|share| share.paid[place]));
            prop_assert_eq!(sum, Ok(layer.paid));
        }
        prop_assert_eq!(Fen::sum(shares.iter().map(|share| share.cash)), Ok(decision.cash));
    }

    /// Always: the order of the lines changes no amount of the decision, nor a step of its trace; nor does
    /// one line charged as two.
    #[test]
    fn the_order_of_lines_changes_nothing(numbers in tape(), turn in 0_usize..9, cut in 0_i64..20_000) {
        let mut trial = Tape::new(numbers).wild();
        let decision = trial.run();
        let turn = turn % trial.lines.len();
        trial.lines.rotate_left(turn);
        trial.lines.reverse();
        prop_assert_eq!(&trial.run(), &decision);
        let mut half = trial.lines[0].clone();
        half.number = 99;
        half.parts.first_pay = amount(cut.min(half.parts.first_pay.get()));
        half.parts.in_scope = Fen::ZERO;
        half.parts.over_limit = Fen::ZERO;
        let whole = &mut trial.lines[0].parts;
        whole.first_pay = whole.first_pay.checked_sub(half.parts.first_pay).unwrap();
        whole.out_of_scope = Fen::ZERO;
        trial.lines.push(half);
        prop_assert_eq!(trial.run(), decision);
    }

    /// A decision is a function of its inputs, and its bytes read back.
    #[test]
    fn a_decision_is_repeated_bit_for_bit(numbers in tape()) {
        let trial = Tape::new(numbers.clone()).wild();
        let decision = trial.run();
        let bytes = decision.to_bytes();
        prop_assert_eq!(Tape::new(numbers).wild().run().to_bytes(), bytes.clone());
        prop_assert_eq!(Decision::from_bytes(&bytes), Ok(decision));
    }

    /// A year billed in pieces pays, layer by layer, what one bill would, for takes of weight 1.
    #[test]
    fn a_year_in_pieces_is_a_year_in_one(
        numbers in tape(), pieces in prop::collection::vec(0_i64..20_000, 1..8), before in 0_i64..30_000,
    ) {
        let year = yearly(Tape::new(numbers), before, &["1"; 3]);
        let whole = year.clone().line(&[(Part::InScope, amount(pieces.iter().sum()))], &[]).run();
        let paid = in_pieces(year, &pieces);
        for (layer, paid) in paid {
            let at_once = whole.layers.iter().find(|result| result.id == name(&layer));
            prop_assert_eq!(paid, at_once.map_or(0, |result| result.paid.get()), "{}", layer);
        }
    }

    /// With a weight below 1, within one fen a piece.
    #[test]
    fn a_weighted_year_in_pieces_is_within_a_fen_a_piece(
        mut numbers in tape(), weight in 0_u64..=100, before in 0_i64..30_000,
        pieces in prop::collection::vec(0_i64..20_000, 1..8),
    ) {
        if let Some(layers) = numbers.first_mut() {
            *layers = 0;
        }
        let weight = Ratio::from_ten_billionths(weight * 100_000_000).unwrap().to_string();
        let year = yearly(Tape::new(numbers), before, &[&weight]);
        let whole = year.clone().line(&[(Part::InScope, amount(pieces.iter().sum()))], &[]).run();
        let paid: i64 = in_pieces(year, &pieces).into_iter().map(|(_, paid)| paid).sum();
        prop_assert!((paid - funds(&whole)).abs() <= i64::try_from(pieces.len()).unwrap());
    }

    /// Raising one in-scope amount lowers the patient's total by at most one fen per layer.
    #[test]
    fn a_larger_bill_is_no_cheaper(numbers in tape(), bill in 0_i64..60_000, more in 1_i64..500) {
        let trial = Tape::new(numbers).tame();
        let patient = |bill: i64| {
            let decision = trial.clone().line(&[(Part::InScope, amount(bill))], &[]).run();
            decision.patient_total.get()
        };
        let layers = i64::try_from(trial.draft.layers.len()).unwrap();
        prop_assert!(patient(bill + more) >= patient(bill) - layers);
    }

    /// Raising a ratio lowers the sum of all funds by at most one fen per layer.
    #[test]
    fn a_higher_ratio_pays_no_less(numbers in tape(), bill in 0_i64..60_000, at in 0_usize..16, more in 1_u64..=100) {
        let mut trial = Tape::new(numbers).tame().line(&[(Part::InScope, amount(bill))], &[]);
        let before = funds(&trial.run());
        let layers = trial.draft.layers.len();
        let layer = &mut trial.draft.layers[at % layers];
        let segments = layer.segments.len();
        let ratio = &mut layer.segments[at / layers % segments].ratio.rows[0].value;
        let units = ratio.ten_billionths() + more * 100_000_000;
        *ratio = Ratio::from_ten_billionths(units.min(10_000_000_000)).unwrap();
        prop_assert!(funds(&trial.run()) >= before - i64::try_from(layers).unwrap());
    }

    /// Integer arithmetic pays what decimals pay: R(F(t + b)) − R(F(t)), with adjusted ratios.
    #[test]
    fn integers_pay_what_decimals_pay(
        numbers in tape(), before in 0_i64..90_000, bill in 0_i64..90_000, start in 0_i64..40_000,
        times in 0_i64..=100, above in any::<bool>(),
    ) {
        let segments = Tape::new(numbers).segments();
        let shown: Vec<_> = segments.iter().map(|(to, ratio)| (to.as_str(), *ratio)).collect();
        let times = Decimal::new(times, 2);
        let mut basic = layer("basic").along("burden").starts(&amount(start).to_string()).segments(&shown);
        basic = basic.adjusts(vec![], &times.to_string(), "0.1", vec![]);
        if above {
            basic = basic.above_start();
        }
        let burden = total("burden", vec![Adds::Base(name("basic"))]);
        let decision = trial(vec![basic])
            .total(burden, before)
            .line(&[(Part::InScope, amount(bill))], &[])
            .run();
        let along = |position: i64| {
            let (mut sum, mut low) = (Decimal::ZERO, 0);
            let origin = if above { start } else { 0 };
            for (to, share) in &segments {
                let high = if to.is_empty() { position } else { origin + fen(to).get() };
                let length = (high.min(position) - (origin + low).max(start)).max(0);
                let adjusted = (dec(share) * times + dec("0.1")).clamp(Decimal::ZERO, Decimal::ONE);
                sum += adjusted * Decimal::from(length);
                low = high - origin;
            }
            rounded(sum)
        };
        prop_assert_eq!(Decimal::from(funds(&decision)), along(before + bill) - along(before));
    }

    /// The position at which a payment ceiling cuts, in closed form, is the first one that a search finds.
    #[test]
    fn a_ceiling_cuts_where_a_search_finds_it(numbers in tape(), bill in 1_i64..3_000, room in 0_i64..900) {
        let segments = Tape::new(numbers.into_iter().map(|number| number % 997).collect()).segments();
        let shown: Vec<_> = segments.iter().map(|(to, ratio)| (to.as_str(), *ratio)).collect();
        let free = layer("basic").segments(&shown);
        let capped = free.clone().ceiling(Bounds::Payment, &amount(room).to_string(), None);
        let run = |layer: &huitong_core::policy::layer::Layer, bill: i64| {
            trial(vec![layer.clone()]).line(&[(Part::InScope, amount(bill))], &[]).run()
        };
        let pays = |bill: i64| if bill == 0 { 0 } else { funds(&run(&free, bill)) };
        let mut first = (0, bill);
        while first.0 < first.1 {
            let middle = (first.0 + first.1) / 2;
            first = if pays(middle) >= room { (first.0, middle) } else { (middle + 1, first.1) };
        }
        let decision = run(&capped, bill);
        let expected = if pays(bill) >= room { bill - first.0 } else { 0 };
        prop_assert_eq!(of(&decision, "basic").left.above.get(), expected);
        prop_assert_eq!(funds(&decision), pays(bill).min(room));
    }
}

/// One to three layers, each along a yearly total, with ceilings that yearly totals use up.
fn yearly(mut tape: Tape, before: i64, weights: &[&str]) -> Trial {
    let mut year = trial(Vec::new());
    for place in 0..1 + tape.pick(3) {
        let (called, axis, used) = (
            format!("layer_{place}"),
            format!("axis_{place}"),
            format!("used_{place}"),
        );
        let segments = tape.segments();
        let segments: Vec<_> = segments
            .iter()
            .map(|(to, ratio)| (to.as_str(), *ratio))
            .collect();
        let mut next = layer(&called).along(&axis).segments(&segments);
        if place > 0 {
            let of = format!("layer_{}", place - 1);
            let labels = [Left::Start, Left::Share, Left::Above].map(|left| label(&of, left));
            next = next.takes(vec![left(&labels[tape.pick(3)..])]);
        }
        next.take[0].weight = Table::always(ratio(weights[place % weights.len()]));
        if tape.pick(2) == 1 {
            next = next.starts(&tape.fen(30_000).to_string());
        }
        if tape.pick(2) == 1 {
            next = next.above_start();
        }
        if tape.pick(3) == 1 {
            next = next.ceiling(Bounds::Scope, &tape.fen(60_000).to_string(), Some(&axis));
        }
        if tape.pick(3) == 1 {
            next = next.ceiling(Bounds::Payment, &tape.fen(30_000).to_string(), Some(&used));
        }
        year = year
            .total(total(&axis, vec![Adds::Base(next.name)]), before)
            .total(total(&used, vec![Adds::Paid(next.name)]), 0);
        year.draft.layers.push(next);
    }
    year
}

/// What each layer pays in all when the pieces are billed one after another.
fn in_pieces(mut year: Trial, pieces: &[i64]) -> Vec<(String, i64)> {
    let names = year
        .draft
        .layers
        .iter()
        .map(|layer| (layer.name.to_string(), 0));
    let mut paid: Vec<_> = names.collect();
    for piece in pieces {
        let decision = year
            .clone()
            .line(&[(Part::InScope, amount(*piece))], &[])
            .run();
        for (layer, sum) in &mut paid {
            let result = decision
                .layers
                .iter()
                .find(|result| result.id == name(layer));
            *sum += result.map_or(0, |result| result.paid.get());
        }
        year.after(&decision);
    }
    paid
}
