//! What rules read while a bill is adjudicated: facts, totals as they grow, balances as they fall.

use std::collections::BTreeMap;

use huitong_core::money::Fen;
use huitong_core::policy::fact::Account;
use huitong_core::policy::layer::Left;
use huitong_core::totals::{TotalChange, TotalSlot};
use huitong_core::vocabulary::Part;

use super::buckets::Origin;
use crate::case::Case;
use crate::compiled::{AddForm, Compiled, Number, TotalForm};
use crate::exact::{add, sub};
use crate::facts::Facts;
use crate::fault::{Fault, RuleFault};

/// A declared total during one settlement.
#[derive(Debug)]
struct Running<'a> {
    slot: Option<&'a TotalSlot>,
    /// Its value with what earlier layers of this settlement added (rule 10).
    value: i64,
    added: i64,
    grows: bool,
}

/// An account during one settlement.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Held {
    pub(crate) before: i64,
    pub(crate) now: i64,
}

/// A payment made elsewhere.
#[derive(Debug, Clone, Copy)]
struct Given {
    amount: i64,
    /// What no layer has booked yet.
    left: i64,
}

/// What one layer did, as far as totals follow it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outcome {
    pub(crate) base: i64,
    pub(crate) charged: i64,
    pub(crate) paid: i64,
    pub(crate) start: i64,
    pub(crate) share: i64,
    pub(crate) above: i64,
    pub(crate) none: i64,
}

pub(crate) struct Standing<'a> {
    pub(crate) compiled: &'a Compiled,
    pub(crate) facts: &'a Facts,
    pub(crate) origins: Vec<Origin>,
    bill: i64,
    totals: Vec<Running<'a>>,
    own: Held,
    family: Held,
    given: Vec<Given>,
}

impl<'a> Standing<'a> {
    pub(crate) fn new(
        compiled: &'a Compiled,
        case: &Case<'a>,
        origins: Vec<Origin>,
    ) -> Result<Self, Fault> {
        let held = |balance: Fen| Held {
            before: balance.get(),
            now: balance.get(),
        };
        let mut standing = Self {
            compiled,
            facts: case.facts,
            origins,
            bill: case.bill.total().get(),
            totals: running(compiled, case)?,
            own: held(case.balances.own),
            family: held(case.balances.family),
            given: given(compiled, case.given)?,
        };
        // Which totals grow is settled once, on the values that were stored.
        for (place, form) in compiled.totals().iter().enumerate() {
            let grows = form
                .when
                .holds(standing.facts, &|number| standing.read(number, 0));
            let grows = grows.map_err(|fault| Fault::Total {
                total: form.name,
                fault,
            })?;
            if let Some(total) = standing.totals.get_mut(place) {
                total.grows = grows && total.slot.is_some();
            }
        }
        Ok(standing)
    }

    /// The value of a number; `base` is what the layer at work took.
    pub(crate) fn read(&self, number: Number, base: i64) -> Result<i64, RuleFault> {
        Ok(match number {
            Number::Bill => self.bill,
            Number::Part(part) => self.of_bill(Some(part), 0)?,
            Number::Tagged(part, tag) => self.of_bill(Some(part), tag)?,
            Number::Base => base,
            Number::Age => i64::from(self.facts.age),
            Number::YearsPaid => i64::from(self.facts.years_paid),
            Number::CoveredDays => i64::from(self.facts.covered_days),
            Number::CoveredYears => i64::from(self.facts.covered_years),
            Number::ClaimFreeYears => i64::from(self.facts.claim_free_years),
            Number::Days => i64::from(self.facts.days),
            Number::Sessions => i64::from(self.facts.sessions),
            Number::Ordinal => i64::from(self.facts.ordinal),
            Number::Figure(place) => self
                .compiled
                .figure(place, self.facts.benefit_date.year())?,
            Number::Total(place) => self.total(place),
            Number::Balance(account) => self.held(account).now,
            Number::Given(place) => place
                .and_then(|place| self.given.get(place))
                .map_or(0, |given| given.amount),
        })
    }

    /// What of a part, or of the whole bill, carries all of these tags.
    fn of_bill(&self, part: Option<Part>, tags: u64) -> Result<i64, RuleFault> {
        self.origins
            .iter()
            .filter(|origin| {
                part.is_none_or(|part| origin.part == part) && origin.tags & tags == tags
            })
            .try_fold(0, |sum, origin| add(sum, origin.amount))
    }

    /// What earlier layers paid of a number that is the bill or a part of it; else nothing.
    pub(crate) fn paid_of(&self, number: Number) -> Result<i64, RuleFault> {
        let (part, tags) = match number {
            Number::Bill => (None, 0),
            Number::Part(part) => (Some(part), 0),
            Number::Tagged(part, tag) => (Some(part), tag),
            Number::Base
            | Number::Age
            | Number::YearsPaid
            | Number::CoveredDays
            | Number::CoveredYears
            | Number::ClaimFreeYears
            | Number::Days
            | Number::Sessions
            | Number::Ordinal
            | Number::Figure(_)
            | Number::Total(_)
            | Number::Balance(_)
            | Number::Given(_) => return Ok(0),
        };
        self.origins
            .iter()
            .filter(|origin| {
                part.is_none_or(|part| origin.part == part) && origin.tags & tags == tags
            })
            .try_fold(0, |sum, origin| add(sum, origin.paid))
    }

    pub(crate) fn total(&self, place: usize) -> i64 {
        self.totals.get(place).map_or(0, |total| total.value)
    }

    pub(crate) const fn held(&self, account: Account) -> Held {
        match account {
            Account::Own => self.own,
            Account::Family => self.family,
        }
    }

    pub(crate) fn draw(&mut self, account: Account, amount: i64) -> Result<(), RuleFault> {
        let held = match account {
            Account::Own => &mut self.own,
            Account::Family => &mut self.family,
        };
        held.now = sub(held.now, amount)?;
        Ok(())
    }

    pub(crate) fn given_left(&self, place: usize) -> i64 {
        self.given.get(place).map_or(0, |given| given.left)
    }

    /// Books a given payment, which is booked whole or not at all.
    pub(crate) fn take_given(&mut self, place: usize) {
        if let Some(given) = self.given.get_mut(place) {
            given.left = 0;
        }
    }

    /// A payment that no layer booked is refused: the patient would pay it twice.
    pub(crate) fn all_given_booked(&self) -> Result<(), Fault> {
        let unbooked = self
            .compiled
            .names()
            .given()
            .iter()
            .zip(&self.given)
            .find(|(_, given)| given.left > 0);
        unbooked.map_or(Ok(()), |(name, _)| Err(Fault::GivenUnknown { name: *name }))
    }

    /// Adds what a layer feeds into totals, at once: the next layer reads it (rule 10).
    pub(crate) fn feed(&mut self, layer_bit: u64, outcome: &Outcome) -> Result<(), RuleFault> {
        for (form, total) in self.compiled.totals().iter().zip(&mut self.totals) {
            if total.grows {
                for adds in &form.adds {
                    total.grow(of_layer(*adds, layer_bit, outcome))?;
                }
            }
        }
        Ok(())
    }

    /// Adds counts and raw parts of the bill, at the end.
    pub(crate) fn feed_bill(&mut self) -> Result<(), Fault> {
        for (place, form) in self.compiled.totals().iter().enumerate() {
            let grown = self.of_bill_into(form).map_err(|fault| Fault::Total {
                total: form.name,
                fault,
            })?;
            if let Some(total) = self.totals.get_mut(place).filter(|total| total.grows) {
                total.grow(grown).map_err(|fault| Fault::Total {
                    total: form.name,
                    fault,
                })?;
            }
        }
        Ok(())
    }

    fn of_bill_into(&self, form: &TotalForm) -> Result<i64, RuleFault> {
        let mut sum = 0;
        for adds in &form.adds {
            let amount = match adds {
                AddForm::Bill(part, tags) => self.of_bill(*part, *tags)?,
                AddForm::One => 1,
                AddForm::Admission => i64::from(self.facts.begins_stay()),
                AddForm::Base(_)
                | AddForm::Left(..)
                | AddForm::StartCharged(_)
                | AddForm::Paid(_) => 0,
            };
            sum = add(sum, amount)?;
        }
        Ok(sum)
    }

    /// What the settlement adds, in the order declared; nothing is left out but zero.
    pub(crate) fn changes(&self) -> impl Iterator<Item = TotalChange> {
        self.totals
            .iter()
            .filter(|total| total.added != 0)
            .filter_map(|total| {
                total.slot.map(|slot| TotalChange {
                    slot: slot.clone(),
                    adds: total.added,
                })
            })
    }
}

impl Running<'_> {
    fn grow(&mut self, by: i64) -> Result<(), RuleFault> {
        self.value = add(self.value, by)?;
        self.added = add(self.added, by)?;
        Ok(())
    }
}

fn of_layer(adds: AddForm, bit: u64, outcome: &Outcome) -> i64 {
    let (layers, amount) = match adds {
        AddForm::Base(layers) => (layers, outcome.base),
        AddForm::Left(layers, Left::Start) => (layers, outcome.start),
        AddForm::Left(layers, Left::Share) => (layers, outcome.share),
        AddForm::Left(layers, Left::Above) => (layers, outcome.above),
        AddForm::Left(layers, Left::None) => (layers, outcome.none),
        AddForm::StartCharged(layers) => (layers, outcome.charged),
        AddForm::Paid(layers) => (layers, outcome.paid),
        AddForm::Bill(..) | AddForm::One | AddForm::Admission => (0, 0),
    };
    if layers & bit == 0 { 0 } else { amount }
}

fn running<'a>(compiled: &Compiled, case: &Case<'a>) -> Result<Vec<Running<'a>>, Fault> {
    compiled
        .totals()
        .iter()
        .map(|form| {
            let stored = case.totals.get(&form.name);
            let value = stored.map_or(0, |stored| stored.value);
            Fen::new(value).map_err(|_| Fault::StoredTotal {
                total: form.name,
                value,
            })?;
            Ok(Running {
                slot: stored.map(|stored| &stored.slot),
                value,
                added: 0,
                grows: false,
            })
        })
        .collect()
}

/// The given payments by place; one that the policy never books is refused.
fn given(
    compiled: &Compiled,
    given: &BTreeMap<huitong_core::name::Name, Fen>,
) -> Result<Vec<Given>, Fault> {
    let mut booked = vec![Given { amount: 0, left: 0 }; compiled.names().given().len()];
    for (name, amount) in given {
        let place = compiled
            .names()
            .given_place(*name)
            .and_then(|place| booked.get_mut(place));
        match place {
            Some(place) => {
                *place = Given {
                    amount: amount.get(),
                    left: amount.get(),
                }
            }
            None if amount.is_zero() => {}
            None => return Err(Fault::GivenUnknown { name: *name }),
        }
    }
    Ok(booked)
}
