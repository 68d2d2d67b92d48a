//! What officers decide, and what stays of disputes over returns, run-out certificates and restores.

use super::*;

#[test]
fn two_officers_decide_what_is_escalated_and_nothing_else() {
    let house = netted(83);
    let partly_proven = DecisionReason::PartlyProven;
    let propose = |by, amount| rule(&house, by, amount, partly_proven, Confirms::No);
    let confirm = |by, amount| rule(&house, by, amount, partly_proven, Confirms::Yes);
    assert_eq!(code(propose("wang.fang", 7)), "dispute.unknown");
    say(&house, NINGBO, NAME, all()).unwrap();
    say(&house, CHENGDU, NAME, REJECTED).unwrap();
    assert_eq!(code(propose("wang.fang", 7)), "dispute.stage");
    say(&house, NINGBO, NAME, Says::Escalate).unwrap();
    assert_eq!(code(propose("wang.fang", 1_316_000)), "dispute.amount");
    assert_eq!(code(confirm("zhao.min", 7)), "dispute.other_proposal");
    let proposed = propose("wang.fang", 7).unwrap();
    assert_eq!(propose("wang.fang", 7).unwrap(), proposed);
    assert_eq!(code(confirm("wang.fang", 7)), "dispute.same_officer");
    assert_eq!(code(confirm("zhao.min", 8)), "dispute.other_proposal");
    // What is proposed anew takes the place of what was.
    propose("zhao.min", 9).unwrap();
    assert_eq!(code(confirm("wang.fang", 7)), "dispute.other_proposal");
    let settled = confirm("wang.fang", 9).unwrap();
    assert_eq!(settled.settled.as_ref().unwrap().amount, fen(9));
    assert_eq!(confirm("wang.fang", 9).unwrap(), settled);
    assert_eq!(propose("zhao.min", 9).unwrap(), settled);
    assert_eq!(code(propose("zhao.min", 8)), "dispute.over");
    assert_eq!(corrections(&house, NINGBO)[0].amount, fen(9));
}

#[test]
fn what_is_told_of_disputes_is_the_same_after_any_return() {
    let mut house = netted(84);
    let again = "330200/again";
    say(&house, NINGBO, NAME, all()).unwrap();
    say(&house, CHENGDU, NAME, partly(fen(16_000))).unwrap();
    say(&house, NINGBO, NAME, Says::Accept).unwrap();
    let rest = of_debt(&debt(1, NINGBO, CHENGDU, 1_316_000));
    say(&house, NINGBO, again, claim(rest, 1_300_000)).unwrap();
    say(&house, CHENGDU, again, REJECTED).unwrap();
    let (before, booked) = (list(&house), corrections(&house, NINGBO));
    let history = house.proofs().history(dispute(NAME)).unwrap();
    assert_eq!((before.len(), booked.len()), (2, 1));
    for how in [Return::Stopped, Return::PowerCut, Return::IndexLost] {
        house.come_back(how);
        assert_eq!(list(&house), before, "{how:?}");
        assert_eq!(corrections(&house, NINGBO), booked, "{how:?}");
        assert_eq!(house.proofs().history(dispute(NAME)).unwrap(), history);
    }
    say(&house, NINGBO, again, Says::Accept).unwrap();
    // Nothing is owed by it, so nothing is corrected.
    assert_eq!(corrections(&house, NINGBO), booked);
}

#[test]
fn what_could_not_be_signed_is_made_up_for_and_corrected_only_then() {
    let mut house = netted(85);
    say(&house, NINGBO, NAME, all()).unwrap();
    house.expire_signing();
    house.come_back(Return::Stopped);
    let conceded = say(&house, CHENGDU, NAME, Says::Answer(Reply::Accepted)).unwrap();
    assert_eq!(conceded.settled.unwrap().ground.word(), "conceded");
    assert_eq!(corrections(&house, NINGBO), []);
    house.renew_signing();
    house.come_back(Return::Stopped);
    house.proofs();
    assert_eq!(corrections(&house, NINGBO)[0].amount, fen(1_316_000));
}

#[test]
fn after_a_restore_nothing_stands_or_is_said_before_cycles_go_on() {
    let mut house = netted(86);
    say(&house, NINGBO, NAME, all()).unwrap();
    say(&house, CHENGDU, NAME, REJECTED).unwrap();
    house.proofs();
    let backup = house.disk.copy();
    house.clock.put("2026-05-27T04:00:00.000Z");
    house.put_back(&backup);
    house.clock.put("2026-05-30T04:00:00.000Z");
    assert_eq!(stand(&house), None);
    assert_eq!(
        code(say(&house, NINGBO, NAME, Says::Accept)),
        "cycle.restored"
    );
    let proposed = rule(
        &house,
        "wang.fang",
        0,
        DecisionReason::NotProven,
        Confirms::No,
    );
    assert_eq!(code(proposed), "cycle.restored");
    let resumed = house.ask(|context| resume(context, Some(day(1)), officer()));
    assert_eq!(resumed, Ok(()));
    // What was lost can be said only now: the answer does not stand before it could be accepted again.
    assert_eq!(stand(&house), None);
    house.clock.put("2026-06-01T15:59:00.000Z");
    assert_eq!(stand(&house), None);
    house.clock.put("2026-06-01T16:00:00.000Z");
    assert_eq!(stand(&house), Some(dispute(NAME)));
}

#[test]
fn what_was_raised_and_lost_may_be_raised_again_after_its_term() {
    let mut house = netted(87);
    house.proofs();
    let backup = house.disk.copy();
    house.clock.put("2026-04-30T04:00:00.000Z");
    say(&house, NINGBO, NAME, all()).unwrap();
    house.clock.put("2026-05-10T04:00:00.000Z");
    house.put_back(&backup);
    let resumed = house.ask(|context| resume(context, Some(day(1)), officer()));
    assert_eq!(resumed, Ok(()));
    house.clock.put("2026-05-30T15:59:00.000Z");
    assert!(say(&house, NINGBO, NAME, all()).is_ok());
    house.clock.put("2026-05-30T16:00:00.000Z");
    let late = say(&house, CHENGDU, "510100/late", all()).unwrap_err();
    assert_eq!(
        (late.code.code(), late.detail.as_str()),
        ("dispute.out_of_term", "2026-05-30")
    );
}
