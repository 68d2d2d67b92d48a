//! The papers of the clearing officer and of regions: what was said of cycles and of months, what regions found in
//! their parts, which money moved, what hospitals were told of their accounts and what bureaus were shown of people who are
//! insured twice, kept where no lost disk reaches it.
//!
//! Left out: whether any of it is right. The auditor holds it against the books.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use huitong_core::region::RegionCode;

use crate::accounts::Accounts;
use crate::money::Money;
use crate::months::Months;
use crate::statements::Statements;
use crate::twins::Notes;

/// What was said of a cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    pub day: String,
    /// How far each region's stream belongs to it.
    pub marks: BTreeMap<RegionCode, u64>,
    /// Its plan in the canonical form, once it was netted.
    pub plan: Option<Vec<u8>>,
}

/// All papers, one for each time that something was said.
#[derive(Debug, Clone, Default)]
pub struct Papers {
    papers: Arc<Mutex<Vec<Paper>>>,
    /// What regions found in their parts of cycles.
    pub statements: Statements,
    /// What was said of months.
    pub months: Months,
    /// What is known of the money that moved.
    pub money: Money,
    /// What hospitals were told of their own accounts.
    pub accounts: Accounts,
    /// What bureaus were shown of people whom another region insures too.
    pub twins: Notes,
}

impl Papers {
    pub fn all(&self) -> Vec<Paper> {
        self.papers.lock().unwrap().clone()
    }

    /// A cycle was cut off.
    pub fn keep(&self, day: &str, marks: BTreeMap<RegionCode, u64>) {
        self.papers.lock().unwrap().push(Paper {
            day: day.to_owned(),
            marks,
            plan: None,
        });
    }

    /// A cycle that was cut off was netted.
    pub fn keep_plan(&self, day: &str, plan: Vec<u8>) {
        let mut papers = self.papers.lock().unwrap();
        let cut_off = papers.iter().rfind(|paper| paper.day == day).cloned();
        papers.push(Paper {
            plan: Some(plan),
            ..cut_off.expect("netted, and never said to be cut off")
        });
    }

    /// The last word on each cycle, earliest first. A plan that was told stays known when the cycle is cut off again.
    pub fn cycles(&self) -> Vec<Paper> {
        let mut cycles: BTreeMap<String, Paper> = BTreeMap::new();
        for mut paper in self.all() {
            let before = cycles.remove(&paper.day);
            paper.plan = paper.plan.or(before.and_then(|before| before.plan));
            cycles.insert(paper.day.clone(), paper);
        }
        cycles.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_that_was_told_stays_known_when_its_cycle_is_cut_off_again() {
        let papers = Papers::default();
        let marks = BTreeMap::new;
        papers.keep("2024-05-20", marks());
        assert_eq!(papers.cycles()[0].plan, None);
        papers.keep_plan("2024-05-20", vec![1]);
        papers.keep("2024-05-20", marks());
        papers.keep("2024-05-21", marks());
        let plans: Vec<_> = papers
            .cycles()
            .into_iter()
            .map(|paper| paper.plan)
            .collect();
        assert_eq!(plans, [Some(vec![1]), None]);
    }
}
