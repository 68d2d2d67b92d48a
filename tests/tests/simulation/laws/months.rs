//! The laws of months: one comes to just the legs that the plans of its days took, by kind and by whose days they belong
//! to; each region is shown that, by the clearinghouse and by its own days; it stays what it was told to be, over every
//! restart; and what regions said and officers approved is there, once.
//!
//! Left out: signatures, and which of the two officers approved first.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::canonical::Artifact as _;
use huitong_core::clearing_month::word::MonthWord;
use huitong_core::date::BusinessDay;
use huitong_core::record::clearing::MonthRecord;
use huitong_proto::clearing::v1;
use huitong_proto::conversion::common::fund_to_wire;
use huitong_proto::conversion::leg::leg_to_wire;
use huitong_proto::conversion::month::month_objection_to_wire;

use super::clearing::legs_taken;
use super::{Audit, Law};
use crate::months::OfMonth;
use crate::register::region;

/// Who owes whom for which fund.
type Pair = (String, String, i32);
/// Of each kind, and of the month's own days or of earlier ones: how many legs, and what they come to.
type Figures = BTreeMap<(i32, i32), (u64, i64)>;

fn figures(of: Option<&v1::MonthFigures>) -> Figures {
    let items = of.map_or(&[][..], |of| &of.items).iter();
    items
        .map(|item| ((item.kind, item.belongs), (item.legs, item.amount_fen)))
        .collect()
}

/// Of how many settlements, and of how much, it is told what institutions said.
fn answered(row: &v1::OwnMonthRow) -> (u64, i64) {
    let Some(said) = &row.institutions else {
        return (0, 0);
    };
    let all = [
        &said.confirmed,
        &said.waiting,
        &said.objected,
        &said.unlisted,
    ];
    let all = all.into_iter().flatten();
    all.fold((0_u64, 0_i64), |sum, of| {
        (sum.0 + of.lines, sum.1 + of.amount_fen)
    })
}

/// Whether a day is of a month.
fn is_of(day: BusinessDay, month: &str) -> bool {
    day.to_string().starts_with(month)
}

impl Audit<'_> {
    /// What the legs come to that the plans of a month's days took.
    fn netted_in(&self, month: &str) -> BTreeMap<Pair, Figures> {
        let mut rows: BTreeMap<Pair, Figures> = BTreeMap::new();
        let mut before = None;
        for (plan, legs) in legs_taken(&self.exhibits.clearing) {
            if !is_of(plan.day(), month) {
                // The last day before the month is where it goes on.
                if plan.day().to_string().as_str() < month {
                    before = Some(plan.day());
                }
                continue;
            }
            for numbered in legs {
                let leg = leg_to_wire(numbered);
                let is_earlier = before.is_some_and(|before| numbered.leg.business_day <= before);
                let belongs = if is_earlier {
                    v1::MonthBelongs::ToEarlier
                } else {
                    v1::MonthBelongs::ToMonth
                };
                let row = rows.entry((leg.debtor.to_string(), leg.creditor.to_string(), leg.fund));
                let of = row.or_default().entry((leg.kind, belongs.into()));
                let (legs, fen) = of.or_default();
                *legs += 1;
                *fen += leg.amount_fen;
            }
        }
        rows
    }

    pub(super) fn months_are_what_their_days_come_to(&mut self) {
        for (month, told) in &self.exhibits.months {
            match told {
                OfMonth::Drawn(drawn) => {
                    let netted = self.netted_in(month);
                    let rows = u64::try_from(netted.len()).unwrap();
                    let regions: BTreeSet<&str> = netted
                        .keys()
                        .flat_map(|(debtor, creditor, _)| [debtor.as_str(), creditor])
                        .collect();
                    let told = drawn.regions.iter().map(|row| row.region.as_str());
                    if drawn.rows != rows || told.collect::<BTreeSet<_>>() != regions {
                        let story =
                            format!("{month} has {drawn:?}, not {rows} rows of {regions:?}");
                        self.report(Law::Month, story);
                    }
                }
                OfMonth::Shown(number, own) => {
                    let netted = self.netted_in(month);
                    self.is_shown_rightly(month, *number, own, netted);
                }
                OfMonth::Said(..) | OfMonth::Approved(_) => {}
            }
        }
    }

    /// Signed rows and days are what the legs come to, and nothing is wrong with any day.
    fn is_shown_rightly(
        &mut self,
        month: &str,
        number: usize,
        own: &v1::ShowOwnMonthResponse,
        netted: BTreeMap<Pair, Figures>,
    ) {
        let code = region(number).to_string();
        let mut expected = netted;
        expected.retain(|(debtor, creditor, _), _| *debtor == code || *creditor == code);
        let pair = |row: &v1::OwnMonthRow| (row.debtor.clone(), row.creditor.clone(), row.fund);
        let rows = own.rows.iter();
        let by = |of: fn(&v1::OwnMonthRow) -> Option<&v1::MonthFigures>| {
            let rows = rows.clone();
            let rows = rows.map(|row| (pair(row), figures(of(row))));
            rows.collect::<BTreeMap<_, _>>()
        };
        let signed = by(|row| row.signed.as_ref());
        let days = by(|row| row.days.as_ref());
        if signed != expected || days != expected || !own.faults.is_empty() {
            let story = format!(
                "{code} was shown {month} as {signed:?}, its days as {days:?}, faults {:?}, where {expected:?} was netted",
                own.faults
            );
            self.report(Law::Month, story);
        }
        for row in rows {
            let settled = figures(row.days.as_ref());
            let of_kind = i32::from(v1::LegKind::Settlement);
            let settled = settled
                .iter()
                .filter(|((kind, _), _)| *kind == of_kind && row.creditor == code);
            let owed = settled.fold((0_u64, 0_i64), |sum, (_, of)| (sum.0 + of.0, sum.1 + of.1));
            if answered(row) != owed {
                let story =
                    format!("{code} was shown {row:?}, of which {owed:?} is settled for it");
                self.report(Law::Month, story);
            }
        }
    }

    pub(super) fn months_stay_as_they_were_told(&mut self) {
        let mut digests: BTreeMap<&str, BTreeSet<Vec<u8>>> = BTreeMap::new();
        for (month, told) in &self.exhibits.months {
            let digest = match told {
                OfMonth::Drawn(drawn) => &drawn.digest,
                OfMonth::Shown(_, own) => &own.digest,
                OfMonth::Said(..) | OfMonth::Approved(_) => continue,
            };
            digests.entry(month).or_default().insert(digest.clone());
        }
        for record in &self.exhibits.clearing.months {
            if let MonthRecord::DrawnUp(drawn) = record {
                let month = drawn.month.month.to_string();
                let told = digests.remove(month.as_str());
                let own = BTreeSet::from([drawn.month.digest().as_bytes().to_vec()]);
                // Nobody was told of one, or of this one alone.
                if told.is_some_and(|told| told != own) {
                    self.report(Law::Month, format!("{month} is another than was told"));
                }
            }
        }
        if !digests.is_empty() {
            let story = format!("{:?} were told, and are not drawn up", digests.keys());
            self.report(Law::Month, story);
        }
    }

    /// What each region was told to have said is in its own book once and in the clearing, and both approvals are there
    /// after it.
    pub(super) fn months_have_what_was_said_of_them(&mut self) {
        let exhibits = self.exhibits;
        let mut approved: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
        for (month, told) in &exhibits.months {
            match told {
                OfMonth::Said(number, objected) => {
                    let own = exhibits.nodes[*number].month_words.iter();
                    let own = own.filter(|word| says(word, month, objected)).count();
                    let code = region(*number);
                    let held = exhibits.clearing.months.iter().filter(|record| {
                        matches!(record, MonthRecord::Said(said)
                            if said.word.word.region == code && says(&said.word.word, month, objected))
                    });
                    let held = held.count();
                    if (own, held) != (1, 1) {
                        let story = format!(
                            "{code} said {objected:?} of {month}: {own} times in its book, {held} in the clearing"
                        );
                        self.report(Law::Month, story);
                    }
                }
                OfMonth::Approved(which) => {
                    approved.entry(month).or_default().insert(*which);
                }
                OfMonth::Drawn(_) | OfMonth::Shown(..) => {}
            }
        }
        for (month, told) in approved {
            let records = exhibits.clearing.months.iter();
            let by: Vec<String> = records
                .filter_map(|record| match record {
                    MonthRecord::Approved(approved) if approved.month.to_string() == month => {
                        Some(approved.by.to_string())
                    }
                    _ => None,
                })
                .collect();
            let two: BTreeSet<&String> = by.iter().collect();
            if by.len() != told.len() || two.len() != told.len() {
                let story = format!("{month} was approved by {told:?}, and is by {by:?}");
                self.report(Law::Month, story);
            }
        }
    }
}

/// Whether a word says just this of a month.
fn says(word: &MonthWord, month: &str, objected: &[v1::MonthObjectedRow]) -> bool {
    let rows = word.objected().iter().map(|row| v1::MonthObjectedRow {
        debtor: row.pair.debtor.to_string(),
        creditor: row.pair.creditor.to_string(),
        fund: fund_to_wire(row.pair.fund),
        why: month_objection_to_wire(row.why),
    });
    word.month.to_string() == month && rows.collect::<Vec<_>>() == objected
}
