//! Published worked examples, run by the engine that settles bills.
//!
//! The documents under `deploy/policies` and `deploy/cases` carry the examples; `published.toml` names for
//! each consistent case the figures the page prints, `inconsistent.toml` for each contradictory one what its
//! parameters give instead. Figures are compared to the fen; nothing is skipped.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs,
    reason = "a test that meets a surprise stops"
)]

mod corpus;
mod figure;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use corpus::{Corpus, Shown};
use huitong_authoring::examples::run;
use huitong_core::money::Fen;
use table::{Form, Inconsistent, Published, Verdict, read_table};

const PUBLISHED: [&str; 38] = [
    "GC01", "GC02", "GC06", "GC07", "GC08", "GC09", "GC11", "GC12", "GC13", "GC14", "GC15", "GC22",
    "GC27", "GC28", "GC29", "GC30", "GC31", "GC32", "GC33", "GC36", "GC40", "GC41", "GC45", "GC46",
    "GC47", "GC48", "GC50", "GC51", "GC53", "GC54", "GC55", "GC56", "GC57", "GC60", "GC61", "GC63",
    "GC65", "GC70",
];

const INCONSISTENT: [&str; 24] = [
    "GC04", "GC05", "GC10", "GC17", "GC18", "GC23", "GC24", "GC25", "GC34", "GC37", "GC38", "GC39",
    "GC42", "GC43", "GC44", "GC58", "GC66", "GC67", "GC68", "GC69", "GC71", "GC72", "GC73", "GC74",
];

/// The cases without parameters that would determine any figure.
const UNDETERMINED: [&str; 2] = ["GC34", "GC74"];

fn fen(yuan: &str) -> i64 {
    Fen::parse_yuan(yuan).unwrap().get()
}

#[test]
fn every_example_of_every_document_comes_out() {
    let corpus = Corpus::read();
    let mut wrong = Vec::new();
    for document in corpus.documents() {
        assert!(
            !document.examples().is_empty(),
            "{} has no example",
            document.file
        );
        for example in document.examples() {
            if let Err(failure) = run(&document.compiled, example) {
                wrong.push(format!("{}: {}: {failure:?}", document.file, example.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_payer_pays_more_than_is_left_and_the_parts_make_the_bill() {
    for shown in Corpus::read().all_shown() {
        partition_holds(&shown);
    }
}

/// bill = out of scope + over limit + first-pay + in scope = funds + accounts + hospital + cash.
fn partition_holds(shown: &Shown) {
    let decision = &shown.decision;
    let split = &decision.split;
    let parts = [
        split.out_of_scope,
        split.over_limit,
        split.first_pay,
        split.in_scope,
    ];
    let payers = [
        decision.fund_total,
        decision.own_account,
        decision.family_account,
        decision.hospital,
        decision.cash,
    ];
    assert_eq!(Fen::sum(parts).unwrap(), decision.total, "{}", shown.name);
    assert_eq!(Fen::sum(payers).unwrap(), decision.total, "{}", shown.name);
    for layer in &decision.layers {
        assert!(layer.paid <= layer.base, "{}: {}", shown.name, layer.id);
        let left = [
            layer.paid,
            layer.left.start,
            layer.left.share,
            layer.left.above,
        ];
        assert_eq!(
            Fen::sum(left).unwrap(),
            layer.base,
            "{}: {}",
            shown.name,
            layer.id
        );
    }
    for line in &shown.lines {
        let shares = line.paid.iter().copied().chain([line.cash]);
        let whole = shown.line_totals[&line.number];
        assert_eq!(
            Fen::sum(shares).unwrap().get(),
            whole,
            "{}: line {}",
            shown.name,
            line.number
        );
    }
}

#[test]
fn the_table_names_each_published_case_once() {
    let cases = read_table::<Published>("published.toml");
    let ids: Vec<_> = cases.iter().map(|case| case.id.as_str()).collect();
    assert_eq!(ids, PUBLISHED);
    for case in &cases {
        assert!(!case.figures.is_empty(), "{} shows no figure", case.id);
        assert!(
            case.left_out.values().all(|why| !why.is_empty()),
            "{}",
            case.id
        );
    }
}

#[test]
fn published_figures_are_what_the_engine_gives() {
    let corpus = Corpus::read();
    let mut forms: BTreeMap<Form, u32> = BTreeMap::new();
    for case in read_table::<Published>("published.toml") {
        let shown = corpus.shown(&case.document, &case.example);
        *forms.entry(case.form).or_default() += 1;
        for (name, figure) in &case.figures {
            let given = shown.figure(&figure.is);
            let (printed, given) = match (&figure.yuan, &figure.percent) {
                (Some(yuan), None) => (fen(yuan), given),
                (None, Some(percent)) => (fen(percent), hundredths_of(given, shown.decision.total)),
                (Some(_), Some(_)) | (None, None) => panic!("{}: {name}: yuan or percent", case.id),
            };
            assert_eq!(given, printed, "{}: {name} is {}", case.id, figure.is);
        }
    }
    let of = |form| forms.get(&form).copied().unwrap_or(0);
    assert_eq!(
        (of(Form::Bill), of(Form::Constructed), of(Form::Identity)),
        (29, 8, 1)
    );
}

/// Hundredths of a percent of the whole, half up.
fn hundredths_of(part: i64, whole: Fen) -> i64 {
    (2 * 10_000 * part + whole.get()) / (2 * whole.get())
}

/// A case without rules: total = fund + self-pay in scope + self-funded out of scope.
#[test]
fn an_identity_holds_of_a_real_bill() {
    let corpus = Corpus::read();
    let cases = read_table::<Published>("published.toml");
    let identities: Vec<_> = cases
        .iter()
        .filter(|case| case.form == Form::Identity)
        .collect();
    assert!(!identities.is_empty());
    for case in identities {
        let shown = corpus.shown(&case.document, &case.example);
        partition_holds(shown);
        let sum = fen(case.figures["self_funded"].yuan.as_ref().unwrap())
            + fen(case.figures["self_pay"].yuan.as_ref().unwrap());
        assert_eq!(sum, shown.figure("total - fund_total"), "{}", case.id);
        assert_eq!(sum, shown.figure("patient_total"), "{}", case.id);
    }
}

#[test]
fn the_table_names_each_inconsistent_case() {
    let cases = read_table::<Inconsistent>("inconsistent.toml");
    let ids: BTreeSet<_> = cases.iter().map(|case| case.id.as_str()).collect();
    assert_eq!(ids, BTreeSet::from(INCONSISTENT));
    for case in &cases {
        let undetermined = case.verdict == Verdict::Undetermined;
        assert_eq!(
            undetermined,
            UNDETERMINED.contains(&case.id.as_str()),
            "{}",
            case.id
        );
        assert!(!case.reason.is_empty(), "{} gives no reason", case.id);
        assert!(
            !undetermined || !case.missing.is_empty(),
            "{}: what is missing?",
            case.id
        );
        assert_eq!(undetermined, case.document.is_none(), "{}", case.id);
        let printed = case
            .figures
            .values()
            .filter_map(|figure| figure.printed.as_ref());
        assert!(printed.count() > 0, "{}: what is printed?", case.id);
    }
}

#[test]
fn inconsistent_cases_yield_what_their_parameters_give() {
    let corpus = Corpus::read();
    for case in read_table::<Inconsistent>("inconsistent.toml") {
        let (Some(document), Some(example)) = (&case.document, &case.example) else {
            continue;
        };
        let shown = corpus.shown(document, example);
        let mut differs = false;
        for (name, figure) in &case.figures {
            let yuan = fen(figure.yuan.as_ref().unwrap());
            let is = figure.is.as_ref().unwrap();
            assert_eq!(shown.figure(is), yuan, "{}: {name} is {is}", case.id);
            differs |= figure
                .printed
                .as_ref()
                .is_some_and(|printed| fen(printed) != yuan);
        }
        assert!(differs, "{}: nothing differs from what is printed", case.id);
    }
}

/// Pages whose payers together pay more than the bill: no settlement of that bill can.
#[test]
fn payers_never_exceed_the_bill() {
    let corpus = Corpus::read();
    let cases = read_table::<Inconsistent>("inconsistent.toml");
    let bounded: Vec<_> = cases
        .iter()
        .filter(|case| case.verdict == Verdict::Bounded)
        .collect();
    let ids: Vec<_> = bounded.iter().map(|case| case.id.as_str()).collect();
    assert_eq!(ids, ["GC17", "GC18", "GC24", "GC25"]);
    for case in bounded {
        let shown = corpus.shown(
            case.document.as_ref().unwrap(),
            case.example.as_ref().unwrap(),
        );
        let total = shown.decision.total.get();
        assert!(
            fen(case.printed_payers.as_ref().unwrap()) > total,
            "{}",
            case.id
        );
        assert!(shown.figure("fund_total + account") <= total, "{}", case.id);
        partition_holds(shown);
    }
}
