//! A member's statement of a netted cycle: what its regions owe and are owed, its nets, and what was
//! posted to its accounts. All of it follows from the plan.

use huitong_core::date::BusinessDay;
use huitong_core::ledger::{Entry, Holder, Posting};
use huitong_core::region::RegionCode;
use huitong_netting::{Gross, Member, MemberNet, NettingPlan, RegionNet};

use super::net::plan_of;
use super::{Context, Decided, Decision, Fault};
use crate::books;
use crate::refusal::{ClearingCode, Refusal};

/// A member's part of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Statement {
    pub(crate) plan: u64,
    pub(crate) day: BusinessDay,
    pub(crate) member: Member,
    /// Pairs in which a region of the member stands.
    pub(crate) pairs: Vec<Gross>,
    /// By region of the member.
    pub(crate) regions: Vec<RegionNet>,
    /// The member's.
    pub(crate) nets: Vec<MemberNet>,
    /// Posted to the member and its regions.
    pub(crate) postings: Vec<Posting>,
}

/// The statement of a member.
pub(crate) fn statement(
    context: &Context<'_>,
    day: BusinessDay,
    member: Member,
) -> Decision<Statement> {
    let plan = match plan_of(context, day)? {
        Ok(plan) => plan,
        Err(refusal) => return Ok(Decided::refuse(refusal)),
    };
    let of_member = plan
        .windows()
        .iter()
        .filter(|window| window.member == member);
    let regions: Vec<_> = of_member.map(|window| window.region).collect();
    if regions.is_empty() {
        return Ok(Decided::refuse(Refusal::new(
            ClearingCode::CycleUnknownMember,
            member,
        )));
    }
    part(&plan, member, &regions)
        .map(Decided::answer)
        .map_err(|error| Fault::Broken(format!("the plan of {day} cannot be booked: {error}")))
}

fn part(
    plan: &NettingPlan,
    member: Member,
    regions: &[RegionCode],
) -> Result<Statement, huitong_core::ledger::LedgerError> {
    let own = |region: RegionCode| regions.contains(&region);
    let entries = books::entries(plan)?;
    let postings =
        entries
            .iter()
            .flat_map(Entry::postings)
            .filter(|posting| match posting.account.holder {
                Holder::Region(region) => own(region),
                Holder::Member(code) => code == member.code(),
            });
    let stands = |row: &&Gross| own(row.debtor) || own(row.creditor);
    Ok(Statement {
        plan: plan.number(),
        day: plan.day(),
        member,
        pairs: plan.gross().iter().filter(stands).copied().collect(),
        regions: plan
            .region_nets()
            .iter()
            .filter(|net| own(net.region))
            .copied()
            .collect(),
        nets: plan
            .member_nets()
            .iter()
            .filter(|net| net.member == member)
            .copied()
            .collect(),
        postings: postings.copied().collect(),
    })
}
