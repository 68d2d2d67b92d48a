//! What is found, case by case; and that our own statement holds against the books that it was written from.

use huitong_core::date::Timestamp;
use huitong_core::money::Fen;
use huitong_papers::AccountStatement;

use super::*;

const PAYS: &str = "1-330000-resident_pool";

fn movement(name: &str, day: u8, fen: i64, bears: &str) -> Movement {
    Movement {
        bank_reference: name.to_owned(),
        on: format!("2026-03-{day:02}").parse().unwrap(),
        came_in: fen > 0,
        amount: Fen::new(fen.abs()).unwrap(),
        party: "330000".to_owned(),
        bears: bears.to_owned(),
    }
}

/// An entry that says what a movement does.
fn entry(of: &Movement) -> BankEntry {
    BankEntry {
        line: 7,
        bank_reference: of.bank_reference.clone(),
        on: of.on,
        came_in: of.came_in,
        amount: of.amount,
        is_reversal: false,
        party: "浙江省医疗保障局".to_owned(),
        bears: [of.bears.clone()]
            .into_iter()
            .filter(|of| !of.is_empty())
            .collect(),
    }
}

/// The file of ten days that has these entries.
fn file(entries: Vec<BankEntry>) -> BankFile {
    let fen = entries.iter().map(|of| {
        let fen = of.amount.get();
        if of.came_in { fen } else { -fen }
    });
    BankFile {
        account: "622200001".to_owned(),
        from: "2026-03-01".parse().unwrap(),
        until: "2026-03-10".parse().unwrap(),
        opening: SignedFen::ZERO,
        closing: SignedFen::new(fen.sum()).unwrap(),
        entries,
        not_booked: 0,
    }
}

fn compared(entries: Vec<BankEntry>, stand: &[Movement], bounced: &[Movement]) -> Compared {
    let books = Books { stand, bounced };
    compare(&file(entries), &books).unwrap()
}

/// What is found of entries, but for the balances, which follow.
fn found(
    entries: Vec<BankEntry>,
    stand: &[Movement],
    bounced: &[Movement],
) -> Vec<(Found, String)> {
    let all = compared(entries, stand, bounced).findings.into_iter();
    all.map(|finding| (finding.found, finding.bank_reference))
        .filter(|(found, _)| !matches!(found, Found::Opening | Found::Closing))
        .collect()
}

#[test]
fn what_both_have_alike_is_no_finding() {
    let stand = [
        movement("B-1", 2, 1_316_000, PAYS),
        movement("B-2", 9, -500, ""),
    ];
    let entries: Vec<_> = stand.iter().map(entry).collect();
    let compared = compared(entries, &stand, &[]);
    assert_eq!((compared.alike, compared.findings), (2, Vec::new()));
    assert!(compared.to_enter.is_empty());
}

#[test]
fn what_one_side_says_otherwise_is_named_by_the_first_field() {
    let entered = movement("B-1", 2, 1_316_000, PAYS);
    let others = [
        (Found::Direction, movement("B-1", 2, -1_316_000, PAYS)),
        (Found::Amount, movement("B-1", 2, 1_316_001, PAYS)),
        (Found::Day, movement("B-1", 3, 1_316_000, PAYS)),
        (
            Found::Reference,
            movement("B-1", 2, 1_316_000, "2-330000-resident_pool"),
        ),
        (Found::Reference, movement("B-1", 2, 1_316_000, "")),
    ];
    for (expected, other) in others {
        let of_bank = entry(&entered);
        let told = found(vec![of_bank], std::slice::from_ref(&other), &[]);
        assert_eq!(told, [(expected, "B-1".to_owned())]);
    }
    let mut by_code = entry(&entered);
    by_code.party = "510100".to_owned();
    let told = found(vec![by_code], std::slice::from_ref(&entered), &[]);
    assert_eq!(told, [(Found::Member, "B-1".to_owned())]);
    // What an officer knew and the bank does not say is none: nor is a way back, which bears what it takes back.
    let mut silent = entry(&entered);
    silent.bears.clear();
    assert_eq!(found(vec![silent], &[entered], &[]), []);
    let back = movement("B-3", 4, -7, "B-2");
    let mut of_bank = entry(&back);
    of_bank.bears = vec![format!("退回 {PAYS}")];
    assert_eq!(found(vec![of_bank], &[back], &[]), []);
}

#[test]
fn what_is_missing_on_either_side_is_named_and_entered_where_its_payment_is_known() {
    let missing = [
        movement("B-1", 2, 1_316_000, &format!("医保清算，{PAYS}。")),
        movement("B-2", 2, 5, "谢谢"),
        movement("B-3", 2, 6, &format!("{PAYS} 2-330000-resident_pool")),
        movement("B-5", 2, -9, "1-510100-resident_pool"),
    ];
    let extra = [movement("B-4", 10, 9, PAYS), movement("B-6", 11, 9, PAYS)];
    let compared = compared(missing.iter().map(entry).collect(), &extra, &[]);
    let told: Vec<_> = compared
        .findings
        .iter()
        .map(|of| (of.found, of.bank_reference.as_str()))
        .collect();
    let expected = [
        (Found::NotEntered, "B-1"),
        (Found::NotEntered, "B-2"),
        (Found::NotEntered, "B-3"),
        (Found::NotEntered, "B-5"),
        (Found::NotInFile, "B-4"),
        (Found::Closing, ""),
    ];
    assert_eq!(
        told, expected,
        "what was entered of later days is no matter of this file"
    );
    let lines: Vec<_> = compared
        .to_enter
        .iter()
        .map(|(line, payment)| {
            let name = line.bank_reference.to_string();
            (
                name,
                line.member.to_string(),
                line.direction,
                payment.to_string(),
            )
        })
        .collect();
    let expected = [
        ("B-1", "330000", Direction::PayIn, PAYS),
        ("B-5", "510100", Direction::PayOut, "1-510100-resident_pool"),
    ];
    let expected = expected.map(|(name, member, way, payment)| {
        (name.to_owned(), member.to_owned(), way, payment.to_owned())
    });
    assert_eq!(lines, expected);
}

#[test]
fn lines_are_entered_in_the_order_in_which_money_moved_whichever_way_the_file_runs() {
    let moved = [
        movement("B-4", 3, 7, "2-330000-resident_pool"),
        movement("B-3", 3, 9, PAYS),
        movement("B-2", 2, -8, "1-510100-resident_pool"),
        movement("B-1", 2, 8, PAYS),
    ];
    let compared = compared(moved.iter().map(entry).collect(), &[], &[]);
    let lines = compared.to_enter.iter();
    let lines: Vec<_> = lines
        .map(|(line, _)| line.bank_reference.to_string())
        .collect();
    assert_eq!(lines, ["B-1", "B-2", "B-3", "B-4"]);
}

#[test]
fn what_cannot_be_entered_under_the_banks_reference_says_so() {
    let odd = movement("B 1", 2, 7, PAYS);
    let compared = compared(vec![entry(&odd)], &[], &[]);
    assert_eq!(compared.findings[0].found, Found::OddReference);
    assert!(compared.to_enter.is_empty());
}

#[test]
fn what_may_have_been_typed_under_another_reference_is_not_entered_once_more() {
    let missing = movement("B-1", 2, 1_316_000, PAYS);
    let (alike, further) = (missing.amount.get(), movement("B-2", 4, -5, PAYS));
    let mistyped = movement("B1", 3, alike, PAYS);
    let compared = compared(vec![entry(&missing), entry(&further)], &[mistyped], &[]);
    let told: Vec<_> = compared.findings.iter().map(|of| of.found).collect();
    let expected = [
        Found::LikeAnother,
        Found::NotEntered,
        Found::NotInFile,
        Found::Closing,
    ];
    assert_eq!(told, expected);
    let lines: Vec<_> = compared
        .to_enter
        .iter()
        .map(|(line, _)| line.bank_reference.to_string())
        .collect();
    assert_eq!(lines, ["B-2"]);
    // As much the other way is something else.
    let other = movement("B1", 3, -alike, PAYS);
    let told = found(vec![entry(&missing)], &[other], &[]);
    assert_eq!(told[0].0, Found::NotEntered);
}

#[test]
fn what_the_bank_takes_back_is_to_be_taken_out_and_nothing_else_is() {
    let paid = movement("B-1", 2, -1_316_000, PAYS);
    let back = |name: &str| {
        let mut back = entry(&movement(name, 3, 1_316_000, PAYS));
        back.is_reversal = true;
        back
    };
    for name in ["B-1", "B-9"] {
        let both = || vec![entry(&paid), back(name)];
        let stands = found(both(), std::slice::from_ref(&paid), &[]);
        assert_eq!(stands, [(Found::TakenBack, "B-1".to_owned())], "{name}");
        let compared = compared(both(), &[], std::slice::from_ref(&paid));
        assert_eq!(
            (compared.alike, compared.findings),
            (1, Vec::new()),
            "{name}"
        );
        assert!(compared.to_enter.is_empty());
        // Neither of the two is entered by a file when nobody entered the first.
        let nobody = super::compare(
            &file(both()),
            &Books {
                stand: &[],
                bounced: &[],
            },
        );
        assert!(nobody.unwrap().to_enter.is_empty(), "{name}");
    }
    // Taken out, though the bank does not take it back in these days.
    let told = found(vec![entry(&paid)], &[], std::slice::from_ref(&paid));
    assert_eq!(told, [(Found::TakenOut, "B-1".to_owned())]);
    // Of an earlier file, under its own name; and of nothing that is known.
    let mut earlier = paid.clone();
    earlier.on = "2026-02-27".parse().unwrap();
    let told = found(vec![back("B-1")], std::slice::from_ref(&earlier), &[]);
    assert_eq!(told, [(Found::TakenBack, "B-1".to_owned())]);
    // Once that is taken out the two agree: the bank had it on the account until then.
    let mut march = file(vec![back("B-1")]);
    (march.opening, march.closing) = (SignedFen::new(-1_316_000).unwrap(), SignedFen::ZERO);
    let bounced = [earlier];
    let stand = &[];
    let bounced = &bounced;
    let agreed = super::compare(&march, &Books { stand, bounced }).unwrap();
    assert_eq!((agreed.alike, agreed.findings), (1, Vec::new()));
    let told = found(vec![back("B-9")], &[], &[]);
    assert_eq!(told, [(Found::OddReversal, "B-9".to_owned())]);
    // Entered as a movement of its own (send-back): as any other.
    let own = movement("B-9", 3, 1_316_000, "B-1");
    let told = found(vec![entry(&paid), back("B-9")], &[paid, own], &[]);
    assert_eq!(told, []);
}

#[test]
fn balances_are_held_against_what_was_entered_before_and_within() {
    let mut before = movement("B-0", 1, 700, PAYS);
    before.on = "2026-02-27".parse().unwrap();
    let compared = compared(Vec::new(), &[before], &[]);
    let told: Vec<_> = compared
        .findings
        .iter()
        .map(|of| (of.found, &*of.entered))
        .collect();
    assert_eq!(told, [(Found::Opening, "7.00"), (Found::Closing, "7.00")]);
}

#[test]
fn our_own_statement_holds_against_the_books_that_it_is_of() {
    let long = "B".repeat(64);
    let mut before = movement("B-0", 1, 700, PAYS);
    before.on = "2026-02-27".parse().unwrap();
    let within = [
        movement("B-1", 2, 1_316_000, PAYS),
        movement(&long, 3, -16_000, "<三月> & B-1"),
        movement("B-2", 10, 5, ""),
    ];
    let statement = AccountStatement {
        name: "clearing.2026-03-01.2026-03-10".to_owned(),
        account: "clearing".to_owned(),
        from: "2026-03-01".parse().unwrap(),
        until: "2026-03-10".parse().unwrap(),
        at: Timestamp::parse("2026-04-01T04:00:00.000Z").unwrap(),
        opening: SignedFen::new(700).unwrap(),
        movements: within.to_vec(),
    };
    let file = BankFile::read(&statement.to_xml().unwrap()).unwrap();
    assert_eq!((&*file.account, file.entries.len()), ("clearing", 3));
    let stand: Vec<_> = [before].into_iter().chain(within).collect();
    let books = Books {
        stand: &stand,
        bounced: &[],
    };
    let compared = compare(&file, &books).unwrap();
    assert_eq!((compared.alike, compared.findings), (3, Vec::new()));
}
