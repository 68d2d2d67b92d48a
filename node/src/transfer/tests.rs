//! Both homes' decisions, each on rows in memory: agreed, called back, handed over, taken once, counted in.

mod erased;
mod given_up;
mod in_the_way;
mod went_on;

use huitong_core::coverage::Balances;
use huitong_core::date::DateInterval;
use huitong_core::id::{SettlementId, TransferId};
use huitong_core::person::{Credential, CredentialNumber, PersonRef, PsnNo};
use huitong_core::record::NodeRecord;
use huitong_core::record::hand::{HandWord, Handed};
use huitong_core::record::transfer::{HandsAcknowledged, TransferBy};
use huitong_core::refusal::RefusalCode;

use super::agree::{Agree, Agreed, CallBack};
use crate::home::late::Offered;
use crate::home::relation::{Relation, relation};
use crate::home::testing::Home;
use crate::samples::{claim, fen, person, year_total};
use crate::store::{Key, Row, Rows, TransferState};

use super::testing::*;

#[test]
fn the_old_home_agrees_only_to_what_it_can_hand_over() {
    let own = person().home;
    let refused = |home: &Home, asked: Agree| match home.run(asked).0 {
        Agreed::Refused(refusal) => refusal.code,
        other @ (Agreed::Done | Agreed::Conflict | Agreed::Moved) => panic!("{other:?}"),
    };
    let mut strange = order(today());
    strange.person = PersonRef {
        psn_no: PsnNo::parse("330200000000000099").unwrap(),
        ..person()
    };
    let mut other = order(today());
    other.credential = Credential::EVoucher(CredentialNumber::parse("B2").unwrap());
    let far = today().plus_days(400).unwrap();
    let mut at_home = order(today());
    at_home.new_home = own;
    let mut settled = agree(own, order(today()));
    settled.settled_since = Some(SettlementId::from_bytes([8; 16]));
    let home = old();
    for (asked, code) in [
        (agree(own, strange), RefusalCode::UnknownPerson),
        (agree(own, other), RefusalCode::CredentialMismatch),
        (agree(own, order(far)), RefusalCode::Malformed),
        (agree(own, at_home), RefusalCode::Malformed),
        (settled, RefusalCode::SettledSince),
    ] {
        assert_eq!(refused(&home, asked), code);
    }
    let mut moved = agree(own, order(today()));
    moved.read_at = 2;
    assert_eq!(home.run(moved), (Agreed::Moved, Vec::new()));
    assert_eq!(home.run(agree(own, order(today()))).0, Agreed::Done);
    assert_eq!(
        home.run(agree(own, order(today()))).1,
        [],
        "repeated it writes nothing"
    );
    let mut second = order(today());
    second.transfer = TransferId::from_bytes([4; 16]);
    assert_eq!(
        refused(&home, agree(own, second)),
        RefusalCode::TransferStands
    );
    let mut changed = order(today());
    changed.number = person().psn_no;
    assert_eq!(home.run(agree(own, changed)).0, Agreed::Conflict);
}

#[test]
fn a_lapsed_cover_is_not_transferred_and_a_number_that_is_taken_is_not_given_away() {
    let home = old();
    let psn_no = person().psn_no;
    let mut member = home.rows.member(psn_no).unwrap().unwrap();
    let ended = DateInterval::new("2015-01-01".parse().unwrap(), "2019-12-31".parse().ok());
    member.periods[0].days = ended.unwrap();
    home.put(Key::Member(psn_no), Row::Member(member));
    let verdict = home.run(agree(person().home, order(today()))).0;
    let Agreed::Refused(refusal) = verdict else {
        panic!("{verdict:?}")
    };
    assert_eq!(refusal.code, RefusalCode::CoverDoesNotFit);

    let new = Home::at(new_home());
    let (taken, _) = arrived();
    let member = taken.rows.member(number()).unwrap().unwrap();
    new.put(Key::Member(number()), Row::Member(member));
    let verdict = new.run(agree(new_home(), order(today()))).0;
    let Agreed::Refused(refusal) = verdict else {
        panic!("{verdict:?}")
    };
    assert_eq!(refusal.code, RefusalCode::AlreadyEnrolled);
}

#[test]
fn care_goes_on_until_the_day_then_waits_then_is_the_new_homes() {
    let home = old();
    let psn_no = person().psn_no;
    let later = today().plus_days(10).unwrap();
    let before = later.plus_days(-1).unwrap();
    let asked = |day| relation(&home.rows, psn_no, day).unwrap();
    assert_eq!(asked(later), Relation::Here);
    home.run(agree(person().home, order(later)));
    assert_eq!(asked(before), Relation::Here);
    assert_eq!(asked(later), Relation::Moving(new_home()));
    assert_eq!(
        write(&home),
        [],
        "nothing is handed over before it is frozen"
    );

    let home = old();
    home.run(agree(person().home, order(today())));
    let asked = |day| relation(&home.rows, psn_no, day).unwrap();
    let before = today().plus_days(-1).unwrap();
    assert_eq!(asked(before), Relation::Moving(new_home()));
    assert_eq!(write(&home).len(), 1);
    assert_eq!(write(&home), [], "a person is handed over once");
    assert_eq!(asked(before), Relation::Moving(new_home()));
    home.write(&NodeRecord::HandsAcknowledged(HandsAcknowledged {
        new_home: new_home(),
        up_to: 1,
    }));
    assert_eq!(asked(today()), Relation::Moved(new_home()));
    assert!(matches!(asked(before), Relation::Late(_)));
    let member = home.rows.member(psn_no).unwrap().unwrap();
    assert_eq!(
        member.periods[0].days.until(),
        Some(before),
        "no gap and no overlap"
    );
    assert_eq!(account(&home, psn_no).balances, Balances::NONE);
}

#[test]
fn a_transfer_is_called_back_until_the_hand_over_is_written() {
    let transfer = order(today()).transfer;
    let by = || TransferBy::Officer("wang.fang".parse().unwrap());
    let home = old();
    home.run(agree(person().home, order(today())));
    let back = |home: &Home| {
        home.run(CallBack {
            transfer,
            by: by(),
            order: None,
        })
        .0
        .map(|why| why.code)
    };
    assert_eq!(back(&home), None);
    assert_eq!(back(&home), None, "repeated it is called back");
    assert_eq!(
        relation(&home.rows, person().psn_no, today()).unwrap(),
        Relation::Here
    );
    let home = old();
    assert_eq!(back(&home), Some(RefusalCode::TransferUnknown));
    home.run(agree(person().home, order(today())));
    write(&home);
    assert_eq!(back(&home), Some(RefusalCode::HandedOver));
}

#[test]
fn a_hand_over_is_taken_once_with_everything_in_it() {
    let (new, word) = arrived();
    let after = account(&new, number());
    assert_eq!(
        take(&new, word.clone()),
        1,
        "delivered again it changes nothing"
    );
    assert_eq!(account(&new, number()), after);
    assert_eq!(after.balances.own, fen(600));
    assert_eq!(after.totals.get(&year_total()), Some(&1_000));
    let member = new.rows.member(number()).unwrap().unwrap();
    assert_eq!((member.years_paid, member.psn_no), (12, number()));
    assert_eq!(member.periods, [cover(today())]);
    let relation = new.rows.relation(number()).unwrap().unwrap();
    let prior = relation.prior[0].days;
    assert_eq!(
        prior.until(),
        today().plus_days(-1).ok(),
        "what ran goes on"
    );
    let stands = new.rows.handed_visit(claim("V1").visit_key()).unwrap();
    assert_eq!(stands, Some(SettlementId::from_bytes([8; 16])));
    let row = new.rows.transfer(order(today()).transfer).unwrap().unwrap();
    assert_eq!(row.state, TransferState::Arrived(1));
    let far = HandWord { number: 3, ..word };
    assert_eq!(take(&new, far), 1, "what is out of turn waits");
}

#[test]
fn a_late_claim_is_counted_in_once_and_only_on_the_record_it_was_decided_on() {
    let (new, word) = arrived();
    let before = account(&new, number());
    let offer = |on| offer(100, on);
    let mut earlier = before.version;
    earlier.change -= 1;
    assert_eq!(new.run(offer(earlier)).0, Ok(Offered::Stale));
    assert_eq!(new.run(offer(before.version)).0, Ok(Offered::Taken));
    let after = account(&new, number());
    assert_eq!(after.balances.own, fen(500));
    assert_eq!(after.totals.get(&year_total()), Some(&1_050));
    assert_eq!(
        new.run(offer(earlier)).0,
        Ok(Offered::Taken),
        "asked again it is counted in"
    );
    let told = later(&word, 2, Handed::Claim(supplement(100)));
    assert_eq!(take(&new, told), 2);
    assert_eq!(account(&new, number()), after, "its word says nothing new");
    let reversed = later(&word, 3, Handed::Reversal(supplement(100)));
    assert_eq!(take(&new, reversed), 3);
    let back = account(&new, number());
    assert_eq!(back.balances, before.balances);
    assert_eq!(back.totals, before.totals);
    assert_eq!(
        new.rows.handed_visit(claim("V1").visit_key()).unwrap(),
        None,
        "the visit is free"
    );
}

#[test]
fn a_word_about_somebody_who_did_not_come_from_its_sender_is_refused() {
    let (new, word) = arrived();
    let before = account(&new, number());
    let code = |word| new.run(taking(word)).0.map_err(|why| why.code);
    let mut other = supplement(100);
    other.number = person().psn_no;
    let claim = later(&word, 2, Handed::Claim(other));
    assert_eq!(code(claim), Err(RefusalCode::TransferUnknown));
    let Handed::Person(mut hand_over) = word.handed.clone() else {
        panic!("{word:?}")
    };
    hand_over.order.transfer = TransferId::from_bytes([4; 16]);
    let unasked = later(&word, 2, Handed::Person(hand_over));
    assert_eq!(code(unasked), Err(RefusalCode::TransferUnknown));
    let from_elsewhere = HandWord {
        number: 1,
        old_home: "310000".parse().unwrap(),
        handed: Handed::Reversal(supplement(100)),
        ..word
    };
    assert_eq!(code(from_elsewhere), Err(RefusalCode::TransferUnknown));
    assert_eq!(account(&new, number()), before);
}

#[test]
fn an_offer_of_more_than_the_accounts_hold_is_not_counted_in_and_a_word_never_waits_for_it() {
    let (new, word) = arrived();
    let before = account(&new, number());
    let refused = new.run(offer(601, before.version)).0.unwrap_err();
    assert_eq!(refused.code, RefusalCode::AccountShort);
    assert_eq!(account(&new, number()), before);
    let told = later(&word, 2, Handed::Claim(supplement(601)));
    assert_eq!(take(&new, told), 2);
    assert_eq!(account(&new, number()).balances, Balances::NONE);
}
