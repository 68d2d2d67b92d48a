//! What nets would be if a member dropped out, did not pay, or several cycles were netted as one. Nothing follows from
//! it: it is for officers to look at, and no plan is built.

use std::collections::{BTreeMap, BTreeSet};

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
    let (mut planned, mut supposed) = (Nets::new(), Nets::new());
    for plan in plans {
        for net in plan.member_nets() {
            add(&mut planned, (net.member, net.fund), net.amount)?;
        }
        let member = |region: RegionCode| plan.window(region).map(|window| window.member);
        for row in plan.gross() {
            // A region of a gross row has a window in every plan that is one.
            let (Some(debtor), Some(creditor)) = (member(row.debtor), member(row.creditor)) else {
                continue;
            };
            if scenario.without.contains(&debtor) || scenario.without.contains(&creditor) {
                continue;
            }
            let amount = SignedFen::from(row.amount);
            add(&mut supposed, (creditor, row.fund), amount)?;
            add(&mut supposed, (debtor, row.fund), amount.checked_neg()?)?;
        }
    }
    let keys: BTreeSet<_> = planned.keys().chain(supposed.keys()).copied().collect();
    let rows = |nets: &Nets| {
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
    Ok(WhatIf {
        planned: rows(&planned),
        supposed: rows(&supposed),
        shortfalls: shortfalls(&supposed, &scenario.unpaid)?,
    })
}

fn add(nets: &mut Nets, of: (Member, Fund), amount: SignedFen) -> Result<(), MoneyError> {
    let net = nets.entry(of).or_insert(SignedFen::ZERO);
    *net = net.checked_add(amount)?;
    Ok(())
}

fn shortfalls(nets: &Nets, unpaid: &BTreeSet<Member>) -> Result<Vec<Shortfall>, MoneyError> {
    let mut funds: BTreeMap<Fund, (Fen, Fen)> = BTreeMap::new();
    for ((member, fund), amount) in nets {
        let (owed, missing) = funds.entry(*fund).or_insert((Fen::ZERO, Fen::ZERO));
        match Fen::try_from(*amount) {
            Ok(amount) => *owed = owed.checked_add(amount)?,
            Err(_) if unpaid.contains(member) => *missing = missing.checked_add(amount.abs())?,
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
