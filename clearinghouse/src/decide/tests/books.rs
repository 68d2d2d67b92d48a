//! The books at any moment: what is read of them is what the journal says up to it, also of what was corrected since, and
//! after an index was made anew or brought up.

use huitong_core::date::Timestamp;
use huitong_core::fund::Fund;
use huitong_core::ledger::{Account, AccountClass, Holder};
use huitong_core::vocabulary::{CorrectionReason, Direction};
use proptest::prelude::*;

use super::payments::{enter, line, name, netted, ordered};
use super::prefunds::{ZHEJIANG, enter as leave, line as left, set};
use super::*;
use crate::books::{Books, Cause, Turnover};
use crate::store::Proofs;

/// What is done between two looks at the books.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// A cycle is netted, of so much.
    Net(i64),
    /// Money is paid in for the first cycle, of so much.
    Pay(i64),
    /// The last movement that stands is taken out again.
    Correct,
    /// A prefund is paid in.
    Leave(i64),
    /// The last movement of a prefund is taken out again.
    TakeOut,
    /// The clock goes so many milliseconds on, or back.
    Clock(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        2 => (1_i64..5_000).prop_map(Step::Net),
        3 => (1_i64..900).prop_map(Step::Pay),
        2 => Just(Step::Correct),
        2 => (1_i64..900).prop_map(Step::Leave),
        1 => Just(Step::TakeOut),
        2 => (-3_i64..9).prop_map(Step::Clock),
    ];
    prop::collection::vec(step, 1..24)
}

/// All books as the writer's state has them, which follows the records and never reads the index.
fn stand(house: &House) -> Books {
    house
        .ask(|context| Ok(Decided::answer(context.state.books.clone())))
        .unwrap()
}

fn read(books: &Proofs, at: Timestamp) -> Books {
    let to = books.voucher_at(at).unwrap();
    let rows = books.accounts(0, to).unwrap();
    for row in &rows {
        assert_eq!(row.opening, Turnover::ZERO);
        // The entries of an account come to what it stands at.
        let posted = books.postings(&row.account, (0, to), usize::MAX).unwrap();
        let sum = posted.iter().fold(Turnover::ZERO, |sum, of| {
            let sum = sum.and(of.posted);
            assert_eq!(of.stands, sum);
            sum
        });
        assert_eq!(sum, row.closing);
    }
    Books::new(rows.iter().map(|row| (row.account, row.closing)).collect())
}

/// A clearinghouse, what moved and stands, and how the books stood after each record at which moment.
struct History {
    house: House,
    day: u8,
    paid: Vec<huitong_core::payment::BankLine>,
    left: Vec<huitong_core::prefund::PrefundLine>,
    entered: usize,
    millis: i64,
    looks: Vec<(Timestamp, Books)>,
    /// All moments that there were, also those at which nothing was posted.
    moments: Vec<Timestamp>,
}

impl History {
    fn begin() -> Self {
        let house = House::new(301);
        ordered(&house, 1, 100_000);
        set(&house, ZHEJIANG, 2026, 1_000_000).unwrap();
        let now = crate::clock::Clock::now(&*house.clock);
        let looks = vec![(now, stand(&house))];
        Self {
            house,
            day: 2,
            paid: Vec::new(),
            left: Vec::new(),
            entered: 0,
            millis: now.as_millis(),
            looks,
            moments: vec![now],
        }
    }

    fn step(&mut self, step: Step) {
        self.entered += 1;
        let before = stand(&self.house);
        match step {
            Step::Net(fen) => {
                netted(&self.house, self.day, fen);
                self.day += 1;
            }
            Step::Pay(fen) => {
                let line = line(&format!("B-{}", self.entered), Direction::PayIn, fen);
                enter(&self.house, line, "1-330000-resident_pool").unwrap();
                self.paid.push(line);
            }
            Step::Correct => {
                if let Some(line) = self.paid.pop() {
                    let why = CorrectionReason::WrongAmount;
                    let corrected =
                        move |context: &Context<'_>| correct(context, line, why, name("zhao.min"));
                    self.house.ask(corrected).unwrap();
                }
            }
            Step::Leave(fen) => {
                let line = left(&format!("H-{}", self.entered), Direction::PayIn, fen);
                leave(&self.house, line).unwrap();
                self.left.push(line);
            }
            Step::TakeOut => {
                if let Some(line) = self.left.pop() {
                    let why = CorrectionReason::WrongAmount;
                    let corrected = move |context: &Context<'_>| {
                        crate::decide::prefund::correct(context, line, why, name("zhao.min"))
                    };
                    self.house.ask(corrected).unwrap();
                }
            }
            Step::Clock(millis) => {
                self.millis += millis;
                let at = Timestamp::from_millis(self.millis).unwrap();
                self.house.clock.put(&at.to_string());
            }
        }
        let (now, after) = (
            crate::clock::Clock::now(&*self.house.clock),
            stand(&self.house),
        );
        self.moments.push(now);
        // Where nothing was posted there is no record of the moment.
        if after != before {
            self.looks.push((now, after));
        }
    }

    /// What a replay of the journal up to a moment comes to: up to the first record that came later.
    fn replayed(&self, at: Timestamp) -> &Books {
        let until = self.looks.iter().take_while(|(came, _)| *came <= at);
        &until.last().unwrap().1
    }

    fn holds(&self) {
        let books = self.house.proofs();
        for at in self.moments.iter().filter(|at| **at >= self.looks[0].0) {
            let found = read(&books, *at);
            assert_eq!(&found, self.replayed(*at), "{at}");
            assert!(found.trial_balances().values().all(|sum| *sum == 0));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// The books at a moment are those that the journal up to it comes to, also after an index was made anew, and after one of
    /// before there were vouchers was brought up.
    #[test]
    fn the_books_at_a_moment_are_a_replay_of_the_journal_up_to_it(steps in steps()) {
        let mut history = History::begin();
        for step in steps {
            history.step(step);
        }
        history.holds();
        history.house.come_back(Return::IndexLost);
        history.holds();
        history.house.come_back_on_format(Some(4)).unwrap();
        history.holds();
        // What is posted afterwards goes on where the index was brought up to.
        history.step(Step::Clock(9));
        history.step(Step::Pay(1));
        history.step(Step::Correct);
        history.holds();
    }
}

fn cash() -> Account {
    Account {
        holder: Holder::Member("330000".parse().unwrap()),
        fund: Fund::ResidentPool,
        class: AccountClass::SettlementCash,
    }
}

#[test]
fn a_correction_names_all_that_it_takes_back_and_is_named_by_it_once_it_is_there() {
    let mut house = House::new(302);
    ordered(&house, 1, 1_000);
    let parked = line("P-1", Direction::PayIn, 700);
    enter(&house, parked, "").unwrap();
    super::payments::apply(&house, "P-1", &[("1-330000-resident_pool", 600)]).unwrap();
    let why = CorrectionReason::EnteredTwice;
    let corrected = move |context: &Context<'_>| correct(context, parked, why, name("zhao.min"));
    house.ask(corrected).unwrap();
    // The same reference again is another movement.
    enter(
        &house,
        line("P-1", Direction::PayIn, 70),
        "1-330000-resident_pool",
    )
    .unwrap();
    for format in [None, Some(4)] {
        let books = house.proofs();
        let to = books.last_voucher().unwrap();
        let voucher = |number| books.voucher(number, to).unwrap().unwrap();
        let causes: Vec<_> = (1..=to).map(|number| voucher(number).0.cause).collect();
        let expected = [
            Cause::Netted,
            Cause::PaymentParked,
            Cause::PaymentApplied,
            Cause::PaymentCorrected,
            Cause::PaymentConfirmed,
        ];
        assert_eq!(causes, expected);
        assert_eq!(voucher(4).0.corrects, [2, 3]);
        assert_eq!(
            (voucher(2).1, voucher(3).1, voucher(5).1),
            (Some(4), Some(4), None)
        );
        assert_eq!(
            books.voucher(2, 3).unwrap().unwrap().1,
            None,
            "not yet by then"
        );
        let posted = books.postings(&cash(), (1, 4), 10).unwrap();
        let numbers: Vec<_> = posted.iter().map(|row| row.voucher).collect();
        assert_eq!(numbers, [2, 4], "no more than is asked for");
        house.come_back_on_format(format.or(Some(4))).unwrap();
    }
}

#[test]
fn an_index_whose_row_was_damaged_does_not_balance() {
    let house = House::new(303);
    ordered(&house, 1, 1_000);
    enter(
        &house,
        line("B-1", Direction::PayIn, 70),
        "1-330000-resident_pool",
    )
    .unwrap();
    let at = Timestamp::from_millis(i64::from(u32::MAX) * 1_000).unwrap();
    let found = read(&house.proofs(), at);
    assert_eq!(found.trial_balance(Fund::ResidentPool), 0);
    house.damage_turnover(&cash());
    let to = house.proofs().last_voucher().unwrap();
    let rows = house.proofs().accounts(0, to).unwrap();
    let found = Books::new(rows.iter().map(|row| (row.account, row.closing)).collect());
    assert_eq!(found.trial_balances()[&Fund::ResidentPool], 1);
}
