//! What a checkpoint commits to is found while its cycle is planned: the rows of what the plan takes, and no others.

use super::*;

/// The rows of what the first cycle would take.
fn found(house: &House) -> Option<Vec<Row>> {
    let found = house.ask(move |context| {
        let state = context.state;
        let cycle = state.cycles.get(&day(1)).unwrap();
        Ok(Decided::answer(state.rows_to_net(&cycle.marks, day(1))))
    });
    found.unwrap()
}

#[test]
fn rows_that_are_found_beside_a_plan_are_those_of_what_it_takes() {
    let mut house = House::new(79);
    house.wait_minutes = WAIT;
    let legs = debts(1..=3);
    cut_off_with(&house, 1, 1, &legs);
    assert_eq!(found(&house), Some(rows(&legs)), "nobody asked yet");
    assert!(asked(&house, 2).is_some());
    assert_eq!(found(&house), Some(rows(&legs)), "as it was asked");

    let book = [legs[0].clone(), changed(&legs[1]), legs[2].clone()];
    let otherwise = attests(&house, 2, 1, &book).unwrap();
    assert_eq!(found(&house), Some(Vec::new()), "the row is kept out");
    let words = [(&legs[1], Some(&book[1]))];
    tells(&house, 2, (1, otherwise[0]), &words).unwrap();
    attests(&house, 3, 1, &legs).unwrap();
    let taken = rows(&[legs[0].clone(), legs[2].clone()]);
    assert_eq!(found(&house), Some(taken.clone()));

    assert_eq!(legs_of(&house.net(1).unwrap()), 2);
    let (roots, left) = house
        .ask(move |context| {
            let proven = context.state.proven.as_ref().unwrap();
            let left = context.state.found.take(1);
            Ok(Decided::answer((proven.pair_roots.clone(), left)))
        })
        .unwrap();
    assert_eq!(roots, [taken[0].pair_root]);
    assert_eq!(left, None, "they are used once");
}

/// What planning leaves for the checkpoint, before anything is written.
#[test]
fn netting_keeps_the_rows_of_its_plan() {
    let house = House::new(79);
    let legs = debts(1..=3);
    cut_off_with(&house, 1, 1, &legs);
    let kept = house.ask(|context| {
        let netted = net(context, day(1), Expected::Unknown, 0, officer())?;
        let number = netted.answer.unwrap().number();
        Ok(Decided::answer(context.state.found.take(number)))
    });
    assert_eq!(kept, Ok(Some(rows(&legs))));
}

/// They are a short cut: where they do not fit the plan, its checkpoint is made of the legs.
#[test]
fn rows_that_do_not_fit_are_made_anew_of_the_legs() {
    let mut house = House::new(80);
    house.expire_signing();
    house.come_back(Return::Stopped);
    let legs = debts(1..=3);
    cut_off_with(&house, 1, 1, &legs);
    let number = house.net(1).unwrap().number();
    let proves = |found: Vec<Row>| {
        house.ask(move |context| {
            context.state.found.keep(Some((number, found)));
            let unsigned = prove(context)?.unwrap();
            Ok(Decided::answer(unsigned.pair_roots))
        })
    };
    let roots: Vec<_> = rows(&legs).iter().map(|row| row.pair_root).collect();
    assert_eq!(proves(rows(&legs)), Ok(roots.clone()));
    assert_eq!(proves(rows(&debts(1..=2))), Ok(roots));
}

#[test]
fn rows_of_another_plan_are_not_found() {
    let found = crate::state::Found::default();
    found.keep(Some((2, rows(&debts(1..=1)))));
    assert_eq!(found.take(1), None);
    assert_eq!(found.take(2), Some(rows(&debts(1..=1))));
    assert_eq!(found.take(2), None);
}
