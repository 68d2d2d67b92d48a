//! What is to be paid for a plan: each member's net of each fund, and nothing that the plan does not say.

use huitong_core::money::Fen;
use huitong_core::payment::{Instruction, PaymentReference};
use huitong_core::vocabulary::Direction;
use huitong_netting::NettingPlan;

/// The payments of a plan, ascending by reference; none where all nets are zero.
pub(crate) fn instructions(plan: &NettingPlan) -> Vec<Instruction> {
    let nets = plan.member_nets().iter();
    let nets = nets.filter(|net| !net.amount.is_zero());
    let instructions = nets.map(|net| {
        let (direction, amount) = match Fen::try_from(net.amount) {
            Ok(amount) => (Direction::PayOut, amount),
            Err(_) => (Direction::PayIn, net.amount.abs()),
        };
        let reference = PaymentReference {
            plan: plan.number(),
            member: net.member.code(),
            fund: net.fund,
        };
        Instruction {
            reference,
            direction,
            amount,
        }
    });
    instructions.collect()
}
