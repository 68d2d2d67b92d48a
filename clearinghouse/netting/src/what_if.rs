//! What nets would be if a member dropped out, did not pay, or several cycles were netted as one. Nothing follows from
//! it: it is for officers to look at, and no plan is built.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::apportion::apportion;
use huitong_core::fund::Fund;
use huitong_core::money::{Fen, MoneyError, SignedFen};
use huitong_core::region::RegionCode;

use crate::member::Member;
use crate::netting_plan::{MemberNet, NettingPlan};

/// What is supposed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scenario {
    /// Members that are not netted at all: what their regions owe and are owed is left out.
    pub without: BTreeSet<Member>,
    /// Members that are netted and do not pay what they owe.
    pub unpaid: BTreeSet<Member>,
}

/// What is missing of a fund when somebody does not pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shortfall {
    /// The fund.
    pub fund: Fund,
    /// What all who are owed are to be paid.
    pub owed: Fen,
    /// What of it does not come.
    pub missing: Fen,
}

/// A member that is owed something of a fund, and what of it does not come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Short {
    /// Who is owed.
    pub member: Member,
    /// The fund.
    pub fund: Fund,
    /// What it is to be paid.
    pub owed: Fen,
    /// What of it does not come.
    pub missing: Fen,
}

/// What the nets are, what they would be, and what would be missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhatIf {
    /// As planned, summed over the cycles, ascending by member and fund; zero where they cancel out.
    pub planned: Vec<MemberNet>,
    /// As supposed, with the same rows for whoever has a net in either.
    pub supposed: Vec<MemberNet>,
    /// By fund, where something would be missing.
    pub shortfalls: Vec<Shortfall>,
}

type Nets = BTreeMap<(Member, Fund), SignedFen>;

/// Nets of some cycles as one, as planned and as supposed.
///
/// # Errors
/// A sum out of range.
pub fn what_if(plans: &[&NettingPlan], scenario: &Scenario) -> Result<WhatIf, MoneyError> {
    let mut supposing = Supposing::new(scenario);
    for plan in plans {
        supposing.plans(plan)?;
        supposing.supposes(plan)?;
    }
    supposing.ends()
}

/// Looks at one plan after the other, so that none of them has to be kept.
#[derive(Debug)]
pub struct Supposing<'a> {
    scenario: &'a Scenario,
    planned: Nets,
    supposed: Nets,
    known: BTreeSet<Member>,
}

impl<'a> Supposing<'a> {
    /// Before any plan.
    #[must_use]
    pub const fn new(scenario: &'a Scenario) -> Self {
        Self {
            scenario,
            planned: Nets::new(),
            supposed: Nets::new(),
            known: BTreeSet::new(),
        }
    }

    /// A plan that is one of those as they are.
    ///
    /// # Errors
    /// A sum out of range.
    pub fn plans(&mut self, plan: &NettingPlan) -> Result<(), MoneyError> {
        self.knows(plan);
        for net in plan.member_nets() {
            add(&mut self.planned, (net.member, net.fund), net.amount)?;
        }
        Ok(())
    }

    /// A plan that is one of those as they are supposed to be.
    ///
    /// # Errors
    /// A sum out of range.
    pub fn supposes(&mut self, plan: &NettingPlan) -> Result<(), MoneyError> {
        self.knows(plan);
        let member = |region: RegionCode| plan.window(region).map(|window| window.member);
        for row in plan.gross() {
            // A region of a gross row has a window in every plan that is one.
            let (Some(debtor), Some(creditor)) = (member(row.debtor), member(row.creditor)) else {
                continue;
            };
            let without = &self.scenario.without;
            if without.contains(&debtor) || without.contains(&creditor) {
                continue;
            }
            let amount = SignedFen::from(row.amount);
            add(&mut self.supposed, (creditor, row.fund), amount)?;
            add(
                &mut self.supposed,
                (debtor, row.fund),
                amount.checked_neg()?,
            )?;
        }
        Ok(())
    }

    fn knows(&mut self, plan: &NettingPlan) {
        let members = plan.windows().iter().map(|window| window.member);
        self.known.extend(members);
    }

    /// Whether a member stood in a region's place in any of the plans.
    #[must_use]
    pub fn is_known(&self, member: Member) -> bool {
        self.known.contains(&member)
    }

    /// What it all comes to.
    ///
    /// # Errors
    /// A sum out of range.
    pub fn ends(self) -> Result<WhatIf, MoneyError> {
        let (planned, supposed) = (&self.planned, &self.supposed);
        let keys: BTreeSet<_> = planned.keys().chain(supposed.keys()).copied().collect();
        let rows = |nets: &Nets| -> Vec<MemberNet> {
            let row = |(member, fund): &(Member, Fund)| MemberNet {
                member: *member,
                fund: *fund,
                amount: nets
                    .get(&(*member, *fund))
                    .copied()
                    .unwrap_or(SignedFen::ZERO),
            };
            keys.iter().map(row).collect()
        };
        let supposed = rows(supposed);
        Ok(WhatIf {
            planned: rows(planned),
            shortfalls: shortfalls(&supposed, &self.scenario.unpaid)?,
            supposed,
        })
    }
}

impl WhatIf {
    /// What would be missing if these members did not pay.
    ///
    /// # Errors
    /// A sum out of range.
    pub fn missing(&self, unpaid: &BTreeSet<Member>) -> Result<Vec<Shortfall>, MoneyError> {
        shortfalls(&self.supposed, unpaid)
    }

    /// Who would be short of what if these members did not pay: what is missing of a fund, shared among all who are owed of it in
    /// proportion to that, so that it sums to what is missing. Nobody is short by more than it is owed.
    ///
    /// # Errors
    /// A sum out of range.
    pub fn short(&self, unpaid: &BTreeSet<Member>) -> Result<Vec<Short>, MoneyError> {
        let mut rows = Vec::new();
        for Shortfall { fund, missing, .. } in self.missing(unpaid)? {
            let of_fund = self.supposed.iter().filter(|net| net.fund == fund);
            let owed = of_fund.filter_map(|net| {
                let owed = Fen::try_from(net.amount).ok()?;
                (!owed.is_zero()).then_some((net.member, owed))
            });
            let (members, owed): (Vec<_>, Vec<_>) = owed.unzip();
            let parts = apportion(missing, &owed)?;
            let each = members.into_iter().zip(owed).zip(parts);
            rows.extend(each.map(|((member, owed), missing)| Short {
                member,
                fund,
                owed,
                missing,
            }));
        }
        Ok(rows)
    }

    /// Of which funds these members would have to pay.
    #[must_use]
    pub fn owing(&self, members: &BTreeSet<Member>) -> BTreeSet<(Member, Fund)> {
        let nets = self.supposed.iter();
        let owing =
            nets.filter(|net| members.contains(&net.member) && Fen::try_from(net.amount).is_err());
        owing.map(|net| (net.member, net.fund)).collect()
    }
}

fn add(nets: &mut Nets, of: (Member, Fund), amount: SignedFen) -> Result<(), MoneyError> {
    let net = nets.entry(of).or_insert(SignedFen::ZERO);
    *net = net.checked_add(amount)?;
    Ok(())
}

fn shortfalls(nets: &[MemberNet], unpaid: &BTreeSet<Member>) -> Result<Vec<Shortfall>, MoneyError> {
    let mut funds: BTreeMap<Fund, (Fen, Fen)> = BTreeMap::new();
    for net in nets {
        let (owed, missing) = funds.entry(net.fund).or_insert((Fen::ZERO, Fen::ZERO));
        match Fen::try_from(net.amount) {
            Ok(amount) => *owed = owed.checked_add(amount)?,
            Err(_) if unpaid.contains(&net.member) => {
                *missing = missing.checked_add(net.amount.abs())?;
            }
            Err(_) => {}
        }
    }
    let rows = funds.into_iter().map(|(fund, (owed, missing))| Shortfall {
        fund,
        owed,
        missing,
    });
    Ok(rows.filter(|row| !row.missing.is_zero()).collect())
}
