//! Notices: the order is looked up, and what its payments are made of follows from the plans, proven or not.

use super::*;
use crate::decide::{Notices, OrderOf, notices};

fn asked(house: &House, member: &str) -> Result<Notices, Refusal> {
    let member = Member::new(member.parse().unwrap());
    house.ask(move |context| notices(context, &OrderOf::Day(day(1)), member))
}

fn whole(house: &House, member: &str) -> Result<Notices, Refusal> {
    let proofs = house.proofs();
    asked(house, member)?.made_of(|on| Ok(proofs.plan(on).unwrap().unwrap()))
}

#[test]
fn no_plan_is_read_where_the_order_is_looked_up_and_one_without_a_checkpoint_is_enough() {
    let mut house = House::new(47);
    house.expire_signing();
    house.come_back(Return::Stopped);
    netted(&house, 1, 1_316_000);
    assert_eq!(code(asked(&house, "330000")), "payment.not_ordered");
    let plan = house.net(1).unwrap();
    for by in ["wang.fang", "zhao.min"] {
        approve_as(&house, 1, digest(&plan), by).unwrap();
    }
    instruct_within(&house, 1, 21).unwrap();
    assert!(house.proofs().cycle(day(1)).unwrap().is_none());
    for (member, reference, net) in [("330000", IN, -1_316_000), ("510100", OUT, 1_316_000)] {
        let decided = asked(&house, member).unwrap();
        assert_eq!(decided.notices.len(), 1);
        assert_eq!(decided.notices[0].parts, []);
        let found = whole(&house, member).unwrap();
        let notice = &found.notices[0];
        let named = notice.payment.instruction.reference.to_string();
        assert_eq!((found.notices.len(), &*named), (1, reference));
        assert_eq!(notice.parts.len(), 1);
        let part = notice.parts[0];
        assert_eq!((part.day, part.plan, part.legs), (day(1), 1, 1));
        assert_eq!(part.net().unwrap().get(), net);
    }
    assert_eq!(code(whole(&house, "440000")), "cycle.unknown_member");
}
