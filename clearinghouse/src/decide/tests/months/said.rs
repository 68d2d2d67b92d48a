//! What regions say of a month, until when, and that two officers approve it.

use super::*;

#[test]
fn regions_confirm_or_object_until_two_officers_have_approved() {
    let house = march();
    let of_other = word(
        NINGBO,
        "2026-03",
        sha256(b"other"),
        vec![],
        "2026-04-05T03:00:00.000Z",
    );
    assert_eq!(code(say(&house, &of_other)), "month.unknown");
    let drawn = draw_up(&house, "2026-03").unwrap();
    assert_eq!(drawn.confirm_by.to_string(), "2026-04-25");
    assert_eq!(code(say(&house, &of_other)), "month.other");
    let stranger = word(
        0,
        "2026-03",
        drawn.digest,
        vec![],
        "2026-04-05T03:00:00.000Z",
    );
    assert_eq!(code(say(&house, &stranger)), "month.no_rows");
    let pair = table(&house, "2026-03").rows()[0].pair;
    let why = MonthObjection::BookDiffers;
    let objects = vec![ObjectedRow { pair, why }];
    let first = word(
        NINGBO,
        "2026-03",
        drawn.digest,
        objects,
        "2026-04-05T03:00:00.000Z",
    );
    let to_come = word(
        NINGBO,
        "2026-03",
        drawn.digest,
        vec![],
        "2026-04-05T05:00:00.000Z",
    );
    assert_eq!(code(say(&house, &to_come)), "request.malformed");
    let taken = say(&house, &first).unwrap();
    let objected = taken.regions[0].1.as_ref().map(|said| said.objected);
    assert_eq!((objected, taken.stage), (Some(1), MonthStage::Signed));
    // An officer looked at it, and it is confirmed now; the word of before comes again, and is told to be old.
    let later = word(
        NINGBO,
        "2026-03",
        drawn.digest,
        vec![],
        "2026-04-05T03:30:00.000Z",
    );
    say(&house, &later).unwrap();
    assert_eq!(code(say(&house, &first)), "month.word_older");
    let now = seen(&house, "2026-03").unwrap();
    let objected = now.regions[0].1.as_ref().map(|said| said.objected);
    assert_eq!(objected, Some(0));
}

#[test]
fn a_region_says_so_much_on_a_month_and_no_more() {
    let house = march();
    let drawn = draw_up(&house, "2026-03").unwrap();
    let said = |nth: u32| {
        let at = format!("2026-04-05T03:{:02}:{:02}.000Z", nth / 60, nth % 60);
        word(NINGBO, "2026-03", drawn.digest, vec![], &at)
    };
    for nth in 1..=100 {
        say(&house, &said(nth)).unwrap();
    }
    assert_eq!(code(say(&house, &said(101))), "month.too_many_words");
    say(&house, &said(100)).unwrap();
}

#[test]
fn a_month_that_is_drawn_up_late_still_gives_regions_their_days() {
    let house = march();
    house.clock.put("2026-04-27T04:00:00.000Z");
    let to_draw = |house: &House| {
        let listed = house.ask(|context| month::months(context, RULES));
        listed
            .unwrap()
            .1
            .map(|of| (of.month.to_string(), of.days_late))
    };
    assert_eq!(to_draw(&house), Some(("2026-03".to_owned(), 6)));
    let drawn = draw_up(&house, "2026-03").unwrap();
    assert_eq!(to_draw(&house), None);
    assert_eq!(
        (drawn.confirm_by.to_string(), drawn.days_late),
        ("2026-04-30".to_owned(), 0)
    );
    let named = ("2026-03", drawn.digest);
    assert_eq!(code(approve(&house, named, "li.na")), "month.not_confirmed");
    house.clock.put("2026-05-01T04:00:00.000Z");
    approve(&house, named, "li.na").unwrap();
}
