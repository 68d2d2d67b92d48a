//! What the bank moved already: only the rest of it is supposed to stay away.

use super::*;

/// Of each payment: what moved, and what is left.
fn moved(found: &Found) -> Vec<(i64, i64)> {
    let payments = found.payments.iter();
    payments.map(|of| (of.moved.get(), of.left.get())).collect()
}

/// Of each fund of which something is missing: what was paid in of all that counts.
fn paid_in(found: &Found) -> Vec<i64> {
    found.missing.iter().map(|of| of.paid_in.get()).collect()
}

#[test]
fn of_an_order_only_what_the_bank_did_not_move_is_missing() {
    let house = opposite();
    set(&house, ZHEJIANG, 2026, 1_500).unwrap();
    let looked_at = approved(&house, "2026-03");
    by_month(&house, looked_at).unwrap();
    let found = monthly(&house, unpaid("330000"));
    assert_eq!(missing(&found), [[540, 500, 500]]);
    assert_eq!(moved(&found), [(0, -40), (0, -500), (0, 540)]);

    pay(&house, "IN-1", (PAY_IN, 200), IN);
    // What is parked counts for nothing.
    pay(&house, "IN-2", (PAY_IN, 90), "");
    let found = monthly(&house, unpaid("330000"));
    assert_eq!(
        (missing(&found), paid_in(&found)),
        (vec![[540, 300, 300]], vec![200])
    );
    assert_eq!(moved(&found), [(0, -40), (200, -300), (0, 540)]);
    assert_eq!(
        amounts(&found),
        [-40, -500, 540],
        "the nets stay what they are"
    );
    assert_eq!(uses(&found).map(|(used, _)| used), [700; 4]);
    let found = monthly(&house, late("330000", 3));
    assert_eq!(missing(&found), [[540, 300, 0]]);

    // Who has paid all of it lacks nothing any more, whatever is supposed of them, and holds nobody up.
    pay(&house, "IN-3", (PAY_IN, 300), IN);
    pay(&house, "OUT-1", (PAY_OUT, 500), OUT);
    let found = monthly(&house, unpaid("330000"));
    assert_eq!(missing(&found), NOTHING);
    assert_eq!(moved(&found), [(0, -40), (500, 0), (500, 40)]);
    // Shanghai alone has not paid: nothing of Zhejiang's prefund is used any more.
    assert!(found.prefunds.is_empty(), "{:?}", found.prefunds);
    let found = monthly(&house, unpaid("310000"));
    assert_eq!(
        (missing(&found), paid_in(&found)),
        (vec![[40, 40, 40]], vec![500])
    );
}

#[test]
fn what_moved_beyond_a_supposed_net_or_the_other_way_is_not_asked_back() {
    let house = opposite();
    let looked_at = approved(&house, "2026-03");
    by_month(&house, looked_at).unwrap();
    pay(&house, "IN-1", (PAY_IN, 500), IN);
    let without = |on: u8| Suppose {
        leave_out: [day(on)].into(),
        ..unpaid("330000")
    };
    // Without what Chengdu owes it Zhejiang owes 700, without its own debt it is owed 200.
    let found = monthly(&house, without(3));
    assert_eq!(moved(&found), [(0, -40), (500, -200), (0, 740)]);
    let found = monthly(&house, without(2));
    assert_eq!(moved(&found), [(0, -40), (500, 200), (0, -160)]);
    // Nobody else's order is touched by what moved for this one.
    let found = look(&house, "2026-03", add(2), Moves::Monthly);
    assert_eq!(code(found), "request.malformed");
}

#[test]
fn a_day_that_is_paid_by_itself_lacks_only_what_did_not_move_of_it() {
    let house = opposite();
    let daily = |supposed| look(&house, "2026-03", supposed, Moves::Daily).unwrap();
    by_day(&house, 2);
    pay(&house, "IN-1", (PAY_IN, 300), "1-330000-resident_pool");
    let found = daily(unpaid("330000"));
    assert_eq!(
        (missing(&found), paid_in(&found)),
        (vec![[940, 400, 400]], vec![300])
    );
    pay(&house, "OUT-1", (PAY_OUT, 100), "1-510100-resident_pool");
    let found = daily(late("330000", 2));
    assert_eq!(
        (missing(&found), paid_in(&found)),
        (vec![[840, 400, 0]], vec![300])
    );
    // What Chengdu owes of another day is missing whatever moved of this one.
    assert_eq!(missing(&daily(unpaid("510100"))), [[840, 200, 200]]);
}
