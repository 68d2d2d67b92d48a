//! What is held of the node's lines, and what is said of one that the book does not have.

use huitong_core::money::Fen;
use huitong_core::provisional::TrueUp;

use super::*;

fn request(text: &str) -> RequestId {
    text.parse().unwrap()
}

const ALL: Part = Part {
    after: None,
    up_to: None,
};

fn whose() -> (RegionCode, InstitutionCode) {
    ("510100".parse().unwrap(), "H51010400001".parse().unwrap())
}

fn entry(text: &str, of: Booked) -> ((RequestId, Booked), Entry) {
    let entry = Entry {
        of,
        on: "2023-03-09".parse().unwrap(),
        settlement: settlement_id(whose().0, whose().1, request(text)),
        request: request(text),
        setting: Setting::Inpatient,
        amounts: Amounts::ZERO,
    };
    ((entry.request, of), entry)
}

/// As it is booked again after a restore.
fn rebooked(text: &str, of: Booked) -> Entry {
    Entry {
        request: request("restored"),
        ..entry(text, of).1
    }
}

#[test]
fn what_was_booked_again_after_a_restore_is_found_by_the_ids_that_the_institution_states() {
    let (settled, reversed) = (Booked::Settlement, Booked::Reversal);
    let stated: Stated = [((request("a"), settled), Amounts::ZERO)].into();
    let own = |part| {
        let mut own = Own::new(whose(), part, &stated);
        own.take(rebooked("a", settled));
        own.take(rebooked("a", reversed));
        own.take(rebooked("b", settled));
        own.take(rebooked("c", settled));
        own.take(entry("d", settled).1);
        own
    };
    let keys = |own: &Own| own.lines.keys().copied().collect::<Vec<_>>();
    let all = own(ALL);
    let lines = [("a", settled), ("a", reversed), ("d", settled)];
    let lines = lines.map(|(id, of)| (request(id), of));
    assert_eq!(keys(&all), lines);
    // The two that it does not state are both told.
    let rest: Vec<RequestId> = all.rest().map(|entry| entry.request).collect();
    let restored = request("restored");
    let expected = [request("a"), request("a"), request("d"), restored, restored];
    assert_eq!(rest, expected);
    // Asked about some ids alone, nobody says that the institution lacks them.
    let part = own(Part {
        up_to: Some(request("z")),
        ..ALL
    });
    assert_eq!(keys(&part), lines);
    assert_eq!(part.rest().count(), 3);
}

#[test]
fn of_too_many_that_are_open_the_first_are_named_and_up_to_which_that_is_all() {
    let mut own = Own::new(whose(), ALL, &Stated::new());
    for nth in (0..=OWN).rev() {
        own.take_open(request(&format!("r-{nth:05}")));
    }
    let last = own.open.last().copied();
    assert_eq!((own.open.len(), own.answered), (OWN, last));
    // What is after that is asked about anew, and so is a part's own.
    own.take_open(request("r-99999"));
    assert_eq!(own.open.last().copied(), last);
    let mut part = Own::new(whose(), ALL, &Stated::new());
    part.part.after = Some(request("b"));
    part.take_open(request("a"));
    part.take_open(request("c"));
    assert_eq!(part.open, [request("c")].into());
}

#[test]
fn an_id_of_the_institutions_own_is_never_taken_for_one_that_was_lost() {
    let mut own = Own::new(whose(), ALL, &Stated::new());
    own.take(entry("restored", Booked::Settlement).1);
    assert_eq!((own.lines.len(), own.nameless.len()), (1, 0));
}

#[test]
fn what_is_in_no_book_since_it_was_provisional_is_told_as_that() {
    let (settled, reversed) = (Booked::Settlement, Booked::Reversal);
    let none = LineFinding::OnlyAtInstitution;
    let ended = SettlementState::Abandoned(None);
    let borne = ProvisionalState::Borne(TrueUp::refused(Fen::ZERO, Fen::ZERO));
    let back = ProvisionalState::TakenBack;
    let cases = [
        (Some(borne), settled, LineFinding::BorneByRegion),
        (Some(borne), reversed, none),
        (Some(back), settled, LineFinding::TakenBack),
        (Some(back), reversed, LineFinding::TakenBack),
        (None, settled, none),
    ];
    for (provisional, of, finding) in cases {
        assert_eq!(out_of_book(&ended, provisional, of), finding);
    }
    let open = out_of_book(&SettlementState::Prepared, Some(back), settled);
    assert_eq!(open, LineFinding::StillOpen);
}

#[test]
fn what_is_cut_off_is_whole_requests() {
    let (settled, reversed) = (Booked::Settlement, Booked::Reversal);
    let mut own: BTreeMap<_, _> = [
        entry("a", settled),
        entry("b", settled),
        entry("b", reversed),
    ]
    .into();
    assert_eq!(cut(&mut own), Some(request("a")));
    assert_eq!(own.len(), 1);
    assert_eq!(cut(&mut own), None);
}

#[test]
fn a_part_is_after_one_id_and_up_to_another() {
    let part = Part {
        after: Some(request("b")),
        up_to: Some(request("d")),
    };
    let held = ["a", "b", "c", "d", "e"].map(|id| part.contains(request(id)));
    assert_eq!(held, [false, false, true, true, false]);
    assert!(ALL.contains(request("a")));
}

#[test]
fn equal_lines_are_nothing_to_say() {
    let (_, entry) = entry("a", Booked::Settlement);
    assert_eq!(differing(&Amounts::ZERO, &entry), None);
    let other = Amounts {
        cash: Fen::MAX,
        ..Amounts::ZERO
    };
    let found = differing(&other, &entry).unwrap();
    assert_eq!(found.finding, LineFinding::AmountsDiffer);
    assert_eq!(found.differences.len(), 1);
}
