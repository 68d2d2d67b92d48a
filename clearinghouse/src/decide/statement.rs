//! A member's statement of a netted cycle: what its regions owe and are owed, its nets, and what was posted to its
//! accounts, all of which follows from the plan; and what is paid, and by whom it is not, as of today or of an earlier moment.

use huitong_core::date::BusinessDay;
use huitong_core::fund::Fund;
use huitong_core::ledger::{Entry, Holder, Posting};
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::Direction;
use huitong_netting::{Gross, Member, MemberNet, NettingPlan, RegionNet};

use super::net::plan_of;
use super::{Context, Decided, Decision, Fault};
use crate::books;
use crate::payments::{Payment, Payments};
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
    /// Posted to the member and its regions by netting.
    pub(crate) postings: Vec<Posting>,
    /// The member's own payments of the cycle, once they are ordered.
    pub(crate) payments: Vec<Payment>,
    /// What others still owe of the funds of which the member is owed.
    pub(crate) unpaid: Vec<Payment>,
    /// As of which day payments are told.
    pub(crate) today: BusinessDay,
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
    let today = context.now.business_day_shanghai();
    Ok(
        match statement_of(&plan, member, &context.state.payments, today)? {
            Ok(statement) => Decided::answer(statement),
            Err(refusal) => Decided::refuse(refusal),
        },
    )
}

/// The statement of a member, with payments as they stood on a day.
pub(crate) fn statement_of(
    plan: &NettingPlan,
    member: Member,
    payments: &Payments,
    today: BusinessDay,
) -> Result<Result<Statement, Refusal>, Fault> {
    let of_member = plan
        .windows()
        .iter()
        .filter(|window| window.member == member);
    let regions: Vec<_> = of_member.map(|window| window.region).collect();
    if regions.is_empty() {
        let refusal = Refusal::new(ClearingCode::CycleUnknownMember, member);
        return Ok(Err(refusal));
    }
    let day = plan.day();
    part(plan, (member, &regions), payments, today)
        .map(Ok)
        .map_err(|error| Fault::Broken(format!("the plan of {day} cannot be booked: {error}")))
}

fn part(
    plan: &NettingPlan,
    (member, regions): (Member, &[RegionCode]),
    payments: &Payments,
    today: BusinessDay,
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
    let (payments, unpaid) = paid(payments, plan, member);
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
        payments,
        unpaid,
        today,
    })
}

/// The member's own payments of a cycle, and what others still owe of the funds of which it is owed.
fn paid(payments: &Payments, plan: &NettingPlan, member: Member) -> (Vec<Payment>, Vec<Payment>) {
    let of_cycle = || payments.of_cycle(plan.day());
    let is_own = |payment: &&Payment| payment.instruction.reference.member == member.code();
    let own: Vec<_> = of_cycle().filter(is_own).cloned().collect();
    let is_owed = |fund: Fund| {
        own.iter().any(|payment| {
            payment.instruction.reference.fund == fund
                && payment.instruction.direction == Direction::PayOut
        })
    };
    let open = of_cycle().filter(|payment| {
        payment.instruction.direction == Direction::PayIn
            && !payment.open().is_zero()
            && is_owed(payment.instruction.reference.fund)
    });
    let unpaid = open.cloned().collect();
    (own, unpaid)
}
