//! A line falls out of scope only where the catalogue says so: what it lists as class C, and what it does
//! not list of a kind that it names. Of any other kind an unlisted code is refused (see [`crate::refusals`]).

use huitong_tests::bills::{inpatient, line};
use huitong_tests::hospital::Hospital;
use huitong_tests::register::{CHENGDU, Desk, Item, NINGBO};
use huitong_tests::start;

#[tokio::test]
async fn what_is_out_of_scope_is_what_the_catalogue_says() {
    let world = start::start(&[&NINGBO, &CHENGDU]).await;
    let hospital = Hospital::of(&world, &CHENGDU, Desk::Three);
    let lines = [
        (Item::Drug, 500_000),
        (Item::UnlistedConsumable, 70_000),
        (Item::Comfort, 30_000),
        (Item::DearDrug, 100_000),
    ];
    let mut bill = inpatient(&NINGBO, 0, "v-1", &lines);
    // Half of the first line is taken back.
    let mut back = line(5, Item::Drug, -250_000);
    back.returns = 1;
    back.quantity = "-0.5".to_owned();
    bill.total_fen += back.amount_fen;
    bill.lines.push(back);
    let settled = hospital.settle("r-1", bill).await.unwrap();

    let decision = settled.decision.unwrap();
    let parts = decision.parts.unwrap();
    assert_eq!(decision.total_fen, 450_000);
    assert_eq!(
        (parts.out_of_scope_fen, parts.first_pay_fen),
        (100_000, 10_000)
    );
    assert_eq!((parts.in_scope_fen, parts.over_limit_fen), (340_000, 0));
    assert_eq!(decision.fund_total_fen, (340_000 - 120_000) * 7 / 10);
    let shown: Vec<_> = settled
        .lines
        .iter()
        .map(|line| (line.number, line.parts.unwrap().out_of_scope_fen))
        .collect();
    assert_eq!(shown, [(1, 0), (2, 70_000), (3, 30_000), (4, 0)]);
    world.stop_all().await;
}
