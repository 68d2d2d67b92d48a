//! What rules say of one claim at one moment: conditions, tables, quantities.

use std::collections::BTreeMap;

use huitong_adjudication::fault::{Asked, RuleFault};
use huitong_core::bill::SplitBill;
use huitong_core::name::Name;
use huitong_core::policy::Policy;
use huitong_core::policy::condition::{Clause, Condition, Table};
use huitong_core::policy::fact::{Account, NumberFact};
use huitong_core::policy::quantity::{Linear, Quantity};
use huitong_core::vocabulary::Part;

use super::exact::{Exact, decimal, threshold, whole};
use super::person::Person;

/// All that a rule may ask, as it stands at this moment.
pub struct Moment<'a> {
    pub policy: &'a Policy,
    pub person: &'a Person,
    pub bill: &'a SplitBill,
    pub given: &'a BTreeMap<Name, i64>,
    /// Totals as they stand now.
    pub totals: BTreeMap<Name, i64>,
    /// What the accounts held before: own, family.
    pub held: [i64; 2],
    /// What they hold now.
    pub balances: [i64; 2],
    /// What the layer took, once it has.
    pub base: i64,
}

/// An amount of the bill as it was sent: one part or all, with a tag or any.
pub fn of_bill(bill: &SplitBill, part: Option<Part>, tag: Option<Name>) -> i64 {
    let mut sum = 0;
    for line in bill.lines() {
        if tag.is_none_or(|tag| line.tags.contains(&tag)) {
            for each in Part::ALL {
                if part.is_none_or(|part| part == *each) {
                    sum += line.parts.get(*each).get();
                }
            }
        }
    }
    sum
}

impl Moment<'_> {
    pub fn number(&self, fact: NumberFact) -> Result<i64, RuleFault> {
        Ok(match fact {
            NumberFact::Bill => of_bill(self.bill, None, None),
            NumberFact::Part(part, tag) => of_bill(self.bill, Some(part), tag),
            NumberFact::Base => self.base,
            NumberFact::Index(name) => {
                let year = self.person.benefit_date.year();
                match self.policy.indexes()[&name].get(&year) {
                    Some(figure) => figure.get(),
                    None => return Err(RuleFault::IndexMissing { name, year }),
                }
            }
            NumberFact::Total(name) => self.totals[&name],
            NumberFact::Balance(Account::Own) => self.balances[0],
            NumberFact::Balance(Account::Family) => self.balances[1],
            NumberFact::Given(name) => self.given.get(&name).copied().unwrap_or(0),
            count => self.person.counts[&count],
        })
    }

    pub fn holds(&self, condition: &Condition) -> Result<bool, RuleFault> {
        if condition.any.is_empty() {
            return Ok(true);
        }
        for clauses in &condition.any {
            let mut all = true;
            for clause in clauses {
                all = all && self.clause(clause)?;
            }
            if all {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn clause(&self, clause: &Clause) -> Result<bool, RuleFault> {
        Ok(match clause {
            Clause::IsOneOf(fact, words) => self.shares_a_word(*fact, words),
            Clause::IsNoneOf(fact, words) => !self.shares_a_word(*fact, words),
            Clause::Between {
                fact,
                at_least,
                at_most,
            } => {
                let number = whole(self.number(*fact)?);
                at_least.is_none_or(|bound| decimal(bound) <= number)
                    && at_most.is_none_or(|bound| number <= decimal(bound))
            }
            Clause::Holds(flag) => self.person.flags.contains(flag),
            Clause::HoldsNot(flag) => !self.person.flags.contains(flag),
        })
    }

    fn shares_a_word(&self, fact: huitong_core::policy::fact::WordFact, words: &[String]) -> bool {
        self.person.words[&fact]
            .iter()
            .any(|word| words.contains(word))
    }

    /// The value of the first row that holds.
    pub fn first<'t, T>(&self, table: &'t Table<T>, asked: Asked) -> Result<&'t T, RuleFault> {
        for row in &table.rows {
            if self.holds(&row.when)? {
                return Ok(&row.value);
            }
        }
        Err(RuleFault::NoRow(asked))
    }

    /// A quantity that has become a threshold.
    pub fn threshold(&self, quantity: &Quantity, asked: Asked) -> Result<i64, RuleFault> {
        Ok(threshold(&self.linear(self.first(quantity, asked)?)?))
    }

    pub fn linear(&self, linear: &Linear) -> Result<Exact, RuleFault> {
        let mut sum = decimal(linear.constant);
        for term in &linear.terms {
            sum += decimal(term.coefficient) * whole(self.number(term.fact)?);
        }
        if let Some(bound) = linear.at_least {
            sum = sum.max(decimal(bound));
        }
        if let Some(bound) = linear.at_most {
            sum = sum.min(decimal(bound));
        }
        Ok(sum)
    }
}
