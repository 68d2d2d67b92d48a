//! The numbers of every sentence add up, in both languages, and are the decision's own.
//!
//! The sentences are read as a person reads them: by their words. The examples of every document are
//! varied in amounts, totals before, balances, place, filing, referral and identity.

use huitong_core::bill::SplitBill;
use huitong_core::bill::{Arrival, SplitLine};
use huitong_core::decision::{Decision, LayerResult};
use huitong_core::money::Fen;
use huitong_core::policy::layer::Payer;
use huitong_core::vocabulary::{AssistanceIdentity, FilingClass, FilingTime, Place};
use huitong_document::bill::{BillDocument, Networked};
use huitong_explanation::Sentence;

use crate::corpus::{Explained, all};
use crate::numbers::{amounts, ratio};

/// What marks each kind of sentence.
struct Words {
    bill: &'static str,
    opening: &'static str,
    whole: &'static str,
    weighed: &'static str,
    start: &'static str,
    stretch: &'static str,
    floor: &'static str,
    outcome: &'static str,
    why: &'static str,
    limit: &'static str,
    cash: &'static str,
    burden: &'static str,
    made_of: &'static str,
    remembered: &'static str,
    /// Where the length of a stretch stands among its four numbers.
    length_at: usize,
}

const CHINESE: Words = Words {
    bill: "这次医疗费用共",
    opening: "元计入",
    whole: "元全部计入",
    weighed: "计入，即",
    start: "起付线为",
    stretch: "从 ",
    floor: "因此补足",
    outcome: "元没有支付。",
    why: "为什么没有更多：",
    limit: "达到限额：",
    cash: "您需要现金支付",
    burden: "个人负担合计",
    made_of: "元是：",
    remembered: "记入累计：",
    length_at: 2,
};

const ENGLISH: Words = Words {
    bill: "The bill is",
    opening: "yuan count",
    whole: "yuan count.",
    weighed: "count, which is",
    start: "The deductible is",
    stretch: "Of the ",
    floor: "is guaranteed",
    outcome: "are then unpaid.",
    why: "Why not more: ",
    limit: "Its limit is reached:",
    cash: "You pay",
    burden: "Your own burden is",
    made_of: "yuan are:",
    remembered: "Remembered:",
    length_at: 0,
};

#[test]
fn the_numbers_of_every_explanation_add_up_in_both_languages() {
    let mut read = 0_usize;
    for ready in all() {
        let layers = ready.document.policy().layers().iter();
        let titles: Vec<&str> = layers.map(|layer| layer.title.as_str()).collect();
        for example in ready.document.examples() {
            assert!(ready.explained(&example.bill).is_some(), "{}", example.name);
            for bill in varied(&example.bill) {
                let Some(explained) = ready.explained(&bill) else {
                    continue;
                };
                let texts = |of: fn(&Sentence) -> &str| {
                    explained.sentences.iter().map(of).collect::<Vec<_>>()
                };
                adds_up(&texts(|said| &said.zh), &CHINESE, &explained, &titles);
                adds_up(&texts(|said| &said.en), &ENGLISH, &explained, &titles);
                for said in &explained.sentences {
                    let sorted = |text: &str| {
                        let mut amounts = amounts(text);
                        amounts.sort_unstable();
                        amounts
                    };
                    assert_eq!(
                        sorted(&said.zh),
                        sorted(&said.en),
                        "{}\n{}",
                        said.zh,
                        said.en
                    );
                }
                read += 1;
            }
        }
    }
    assert!(read >= 2_500, "only {read} decisions were explained");
}

/// Reads the sentences in order as one account of the bill.
fn adds_up(sentences: &[&str], words: &Words, explained: &Explained, titles: &[&str]) {
    let mut account = Account::of(&explained.decision, words);
    for said in sentences {
        let found = amounts(said);
        if !account.hears_of_a_layer(said, &found) {
            account.hears_of_the_bill(said, &found);
        }
    }
    let untold = account.results.next();
    assert!(untold.is_none(), "a layer is not told: {sentences:#?}");
    let why = account.told_why;
    let paid = account.to_pay;
    assert_eq!(
        why, paid,
        "each layer that looked has its why: {sentences:#?}"
    );
    for title in titles {
        let is_told = |said: &&str| {
            said.contains(&format!("“{title}”")) || said.contains(&format!("\"{title}\""))
        };
        assert!(
            sentences.iter().any(is_told),
            "{title} is not told: {sentences:#?}"
        );
    }
}

/// What a reader keeps in mind.
struct Account<'a> {
    words: &'a Words,
    decision: &'a Decision,
    /// The layers still to be told.
    results: std::vec::IntoIter<&'a LayerResult>,
    unpaid: i64,
    /// How many layers looked at costs, or were given.
    to_pay: usize,
    told_why: usize,
    /// What counts for the layer.
    base: i64,
    /// Of its entries: what they looked at, and what they took.
    entries: Option<(i64, i64)>,
    /// What its stretches paid.
    stretches: Option<i64>,
}

impl<'a> Account<'a> {
    fn of(decision: &'a Decision, words: &'a Words) -> Self {
        // A payment from elsewhere that there was not is told in one line without figures.
        let is_told =
            |it: &&LayerResult| !matches!(it.payer, Payer::Given(_)) || !it.paid.is_zero();
        let results: Vec<_> = decision.layers.iter().filter(is_told).collect();
        Self {
            words,
            decision,
            to_pay: results.len(),
            results: results.into_iter(),
            unpaid: decision.total.get(),
            told_why: 0,
            base: 0,
            entries: None,
            stretches: None,
        }
    }

    fn hears_of_a_layer(&mut self, said: &str, found: &[i64]) -> bool {
        let words = self.words;
        let is_rule = said.starts_with(['“', '"']);
        let (matched, taken) = self.entries.unwrap_or((self.base, self.base));
        if said.contains(words.why) {
            self.told_why += 1;
            if !is_rule {
                assert_eq!(found[0], matched, "{said}");
                assert!(found.len() == 1 || found[0] == rest(found), "{said}");
            }
        } else if is_rule && said.contains(words.outcome) {
            let result = self.results.next().unwrap();
            self.unpaid -= result.paid.get();
            assert_eq!(found, [result.paid.get(), self.unpaid], "{said}");
            assert_eq!((self.base, taken), (result.base.get(), result.base.get()));
            assert_eq!(self.stretches.unwrap_or(found[0]), found[0], "{said}");
        } else if is_rule && is_opening(said, words) {
            (self.base, self.entries, self.stretches) = (found[0], None, None);
        } else if said.contains(words.weighed) {
            let (matched, taken) = self.entries.unwrap_or_default();
            assert_eq!(found[0], rest(found), "{said}");
            is_share(found[1], found[0], said);
            self.entries = Some((matched + found[0], taken + found[1]));
        } else if said.contains(words.whole) {
            let (matched, taken) = self.entries.unwrap_or_default();
            self.entries = Some((matched + found[0], taken + found[0]));
        } else if said.starts_with(words.start) {
            assert_eq!(found[0], rest(found), "{said}");
        } else if said.contains(words.floor) {
            self.stretches = Some(self.stretches.unwrap_or(0) + found[1]);
        } else if said.starts_with(words.stretch) {
            let mut bounds = found[..3].to_vec();
            let length = bounds.remove(words.length_at);
            assert_eq!(bounds[0] + length, bounds[1], "{said}");
            is_share(found[3], length, said);
            self.stretches = Some(self.stretches.unwrap_or(0) + found[3]);
        } else if said.starts_with(words.limit) {
            assert!(found.len() < 3 || found[1] <= found[0], "{said}");
        } else {
            return false;
        }
        true
    }

    fn hears_of_the_bill(&self, said: &str, found: &[i64]) {
        let (words, decision) = (self.words, self.decision);
        let (bill, cash) = (decision.total.get(), decision.cash.get());
        if said.starts_with(words.bill) {
            assert_eq!((found[0], found[0]), (bill, rest(found)), "{said}");
        } else if said.starts_with(words.cash) {
            assert_eq!((found[0], self.unpaid), (cash, cash), "{said}");
            if let [_, total, less @ .., again] = found {
                assert_eq!((*again, *total), (cash, bill), "{said}");
                assert_eq!(total - less.iter().sum::<i64>(), cash, "{said}");
            }
        } else if said.starts_with(words.burden) || said.contains(words.made_of) {
            assert_eq!(found[0], rest(found), "{said}");
        } else if said.starts_with(words.remembered) && !found.is_empty() {
            assert_eq!(found[0] + found[1], found[2], "{said}");
        }
    }
}

/// An amount is the share of a whole that the sentence names, to the fen that rounding gives or takes.
fn is_share(amount: i64, whole: i64, said: &str) {
    let one = 10_000_000_000_i128;
    let exact = i128::from(whole) * ratio(said).unwrap();
    assert!((i128::from(amount) * one - exact).abs() <= one, "{said}");
}

/// Everything but the first.
fn rest(found: &[i64]) -> i64 {
    found[1..].iter().sum()
}

/// An opening names what counts right after the rule and its payer.
fn is_opening(said: &str, words: &Words) -> bool {
    said.contains(words.opening) || said.contains("：计入 ")
}

/// The bill as it is, and in other circumstances.
fn varied(bill: &BillDocument) -> Vec<BillDocument> {
    let mut bills = vec![bill.clone()];
    for percent in [0, 4, 333] {
        let mut other = bill.clone();
        other.bill = scaled(&bill.bill, percent);
        other.given.clear();
        bills.push(other);
    }
    for ways in 0..WAYS {
        let base = bills[usize::from(ways) % 4].clone();
        bills.push(another_way(base, ways));
    }
    bills
}

const WAYS: u8 = 6;

/// Another place, filing, referral, identity, totals before and balances, spread over their values.
fn another_way(mut bill: BillDocument, ways: u8) -> BillDocument {
    let at = usize::from(ways);
    bill.facts.place = Place::ALL[at % Place::ALL.len()];
    let coverage = &mut bill.facts.coverage;
    coverage.filing = FilingClass::ALL[(at / 3) % FilingClass::ALL.len()];
    coverage.filing_time = FilingTime::ALL[(at / 2) % FilingTime::ALL.len()];
    coverage.retired = at % 5 == 0;
    coverage.age = [30, 61, 75, 92][at % 4];
    coverage.ordinal = [1, 2, 5][at % 3];
    if at % 4 > 0 {
        coverage.identities = [AssistanceIdentity::ALL[at % AssistanceIdentity::ALL.len()]].into();
    }
    if at % 7 == 0 {
        bill.facts.visit.arrival = Arrival::Referred;
    }
    if at % 6 == 1 {
        bill.facts.networked = Networked::No;
    }
    for total in bill.totals.values_mut() {
        *total *= i64::from(ways % 3);
    }
    bill.balances.own = Fen::new(i64::from(ways) * 12_345).unwrap();
    bill.balances.family = Fen::new(i64::from(ways % 7) * 54_321).unwrap();
    bill
}

fn scaled(bill: &SplitBill, percent: i64) -> SplitBill {
    let scale = |fen: Fen| Fen::new(fen.get() * percent / 100).unwrap();
    let lines = bill.lines().iter().map(|line| SplitLine {
        parts: huitong_core::bill::Parts {
            in_scope: scale(line.parts.in_scope),
            first_pay: scale(line.parts.first_pay),
            over_limit: scale(line.parts.over_limit),
            out_of_scope: scale(line.parts.out_of_scope),
        },
        ..line.clone()
    });
    SplitBill::new(lines.collect()).unwrap()
}
