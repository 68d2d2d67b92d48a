//! Officers who enter and take out payments at the same time.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use huitong_core::date::DateInterval;
use huitong_core::payment::BankReference;
use huitong_core::record::registry::InstitutionRow;
use huitong_journal::testing::FakeDisk;

use super::*;
use crate::ledger::testing::open;
use crate::samples::{claim, fen, now};
use crate::store::memory::MemoryIndex;
use crate::store::{Change, Index as _, Key, Row};
use crate::writer::{Command, Verdict};

/// It stands.
struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        now()
    }
}

/// Keeps the writer busy until it is let go of.
struct Busy(Sender<()>, Receiver<()>);

impl Command for Busy {
    type Answer = ();

    fn decide(self, _: &dyn Rows, _: Timestamp) -> Result<Verdict<()>, StoreError> {
        self.0.send(()).unwrap();
        self.1.recv().unwrap();
        Ok(Verdict::Answer(()))
    }
}

fn desk() -> Arc<PayableDesk> {
    let index = Arc::<MemoryIndex>::default();
    let ledger = Arc::new(open(&FakeDisk::new(9), &index).unwrap());
    let institution = claim("v-1").institution;
    let row = InstitutionRow {
        name: "成都市第一医院".to_owned(),
        agreement: DateInterval::new("2020-01-01".parse().unwrap(), None).unwrap(),
        institution,
    };
    let known = Change {
        key: Key::Institution(row.institution.code),
        row: Some(Row::Institution(row)),
    };
    index.load(&[known]).unwrap();
    let clock: Arc<dyn Clock> = Arc::new(Still);
    let writer = Arc::new(Writer::new(&ledger, &clock, 9));
    let calendar = Arc::new(Calendar::every_day());
    let region = "510100".parse().unwrap();
    PayableDesk::new(
        region,
        (ledger, writer),
        calendar,
        clock,
        PayableRule::STANDARD,
    )
    .into()
}

fn payout() -> Payout {
    Payout {
        reference: BankReference::parse("B-1").unwrap(),
        institution: claim("v-1").institution.code,
        month: Month::parse("2023-03").unwrap(),
        paid_on: "2023-04-20".parse().unwrap(),
        amount: fen(100),
    }
}

/// While one officer's correction waits for the writer, another says again what it takes out: nothing remains to be paid.
#[tokio::test]
async fn a_payment_whose_reference_is_being_taken_out_is_held_against_what_remains() {
    let desk = desk();
    let li: OfficerName = "li.wei".parse().unwrap();
    let wang: OfficerName = "wang.fang".parse().unwrap();
    let entered = desk
        .pay(payout(), AboveDue::Meant, li.clone())
        .await
        .unwrap();
    assert_eq!(entered.remains(), -100);
    let (begins, begun) = channel();
    let (lets_go, let_go) = channel();
    let writer = Arc::clone(&desk.writer);
    let busy = thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let busy = writer.run(Busy(begins, let_go));
        runtime.unwrap().block_on(busy).unwrap();
    });
    begun.recv().unwrap();
    // In this order they are looked at, and both before the writer is free.
    let (corrected, paid, ()) = tokio::join!(
        desk.correct(payout(), CorrectionReason::Bounced, wang),
        desk.pay(payout(), AboveDue::Refused, li),
        async { lets_go.send(()).unwrap() },
    );
    busy.join().unwrap();
    assert_eq!(corrected.unwrap().remains(), 0);
    let refused = paid.unwrap_err().refusal();
    assert_eq!(refused.code, RefusalCode::PayoutExceeds);
    desk.ledger.close();
}
