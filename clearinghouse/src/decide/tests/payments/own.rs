//! What a region is told of payments: those of its own clearing member, and who has not paid what that waits for.

use super::*;

type Row = (String, i64, Vec<(String, i64, Option<DelayReason>)>);

fn own(house: &House, of: usize, open: Openness) -> (String, Vec<Row>) {
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let page = house.ask(move |context| own_payments(context, region(of), open, after));
        let page = page.unwrap();
        rows.extend(page.rows.iter().map(|row| {
            let unpaid = row.unpaid_by.iter().map(|by| {
                let member = by.instruction.reference.member.to_string();
                (member, by.open().get(), by.delay)
            });
            let reference = row.payment.instruction.reference.to_string();
            (reference, row.payment.open().get(), unpaid.collect())
        }));
        after = page.next;
        if after.is_none() {
            return (page.member.to_string(), rows);
        }
    }
}

#[test]
fn a_region_sees_what_its_member_pays_and_is_paid_and_who_has_not_paid() {
    let mut house = House::new(333);
    ordered(&house, 1, 1_316_000);
    ordered(&house, 2, 500);
    let short = DelayReason::FundShort;
    let reason = house.ask(move |context| delay(context, reference(IN), short, name("li.na")));
    reason.unwrap();
    enter(&house, line("B-1", Direction::PayIn, 16_000), IN).unwrap();
    for how in [Return::Stopped, Return::IndexLost] {
        // Both regions of Zhejiang see Zhejiang's.
        for of in [1, 2] {
            let pays = [(IN, 1_300_000), ("2-330000-resident_pool", 500)];
            let pays = pays.map(|(of, fen)| (of.to_owned(), fen, Vec::new()));
            let told = own(&house, of, Openness::Open);
            assert_eq!(told, ("330000".to_owned(), pays.into()));
        }
        let owes = |fen, why| vec![("330000".to_owned(), fen, why)];
        let is_paid = vec![
            (OUT.to_owned(), 1_316_000, owes(1_300_000, Some(short))),
            ("2-510100-resident_pool".to_owned(), 500, owes(500, None)),
        ];
        assert_eq!(
            own(&house, 3, Openness::Open),
            ("510100".to_owned(), is_paid)
        );
        // Of whom nothing is paid and who pays nothing sees nothing.
        assert_eq!(own(&house, 0, Openness::All), ("310000".to_owned(), vec![]));
        house.come_back(how);
    }
    enter(&house, line("B-2", Direction::PayIn, 1_300_000), IN).unwrap();
    let (_, rows) = own(&house, 3, Openness::Open);
    assert_eq!(rows[0], (OUT.to_owned(), 1_316_000, vec![]), "all paid in");
    enter(&house, line("B-3", Direction::PayOut, 1_316_000), OUT).unwrap();
    assert_eq!(own(&house, 3, Openness::Open).1.len(), 1);
    assert_eq!(own(&house, 3, Openness::All).1.len(), 2);
    let stranger = "440100".parse().unwrap();
    let none = house.ask(move |context| own_payments(context, stranger, Openness::All, None));
    assert_eq!(code(none.map(|_| ())), "stream.unknown_region");
}

#[test]
fn a_region_is_told_the_notices_of_its_own_member() {
    let house = House::new(334);
    ordered(&house, 1, 1_316_000);
    let of = OrderOf::Day(day(1));
    let told = house.ask(move |context| own_notices(context, region(2), &of));
    let told = told.unwrap();
    assert_eq!(told.member, Member::new("330000".parse().unwrap()));
    let shown: Vec<_> = told
        .notices
        .iter()
        .map(|of| of.payment.instruction.reference)
        .collect();
    assert_eq!(shown, [reference(IN)]);
    let of = OrderOf::Day(day(2));
    let none = house.ask(move |context| own_notices(context, region(2), &of));
    assert_eq!(code(none), "payment.not_ordered");
    let (of, stranger) = (OrderOf::Day(day(1)), "440100".parse().unwrap());
    let none = house.ask(move |context| own_notices(context, stranger, &of));
    assert_eq!(code(none), "stream.unknown_region");
}
