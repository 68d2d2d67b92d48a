//! What is shown when one of those that are wanted cannot be, and when the clearinghouse is not reached.

use std::sync::Mutex;

use huitong_core::refusal::RefusalCode;
use huitong_proto::conversion::leg::leg_kind_to_wire;

use super::*;
use crate::samples::id;

/// A clearinghouse with pages of one. It answers so to what is shown of the first, and takes all others.
struct House {
    first: Option<Status>,
    taken: Mutex<Vec<Vec<u8>>>,
    asked: Mutex<Vec<u64>>,
}

impl House {
    fn new(first: Option<Status>) -> Self {
        let (taken, asked) = (Mutex::default(), Mutex::default());
        Self {
            first,
            taken,
            asked,
        }
    }
}

/// How many debts are wanted.
const WANTED: u8 = 4;

impl Asks for House {
    async fn wanted(&self, after: u64) -> Result<ListWantedResponse, Status> {
        self.asked.lock().unwrap().push(after);
        let nth = u8::try_from(after).unwrap().saturating_add(1);
        let wanted = WantedEvidence {
            settlement: match nth {
                2 => "nonsense".to_owned(),
                nth => id(nth).to_string(),
            },
            kind: leg_kind_to_wire(LegKind::Settlement),
            debtor: "330200".to_owned(),
            creditor: "510100".to_owned(),
        };
        let next = if nth < WANTED { u64::from(nth) } else { 0 };
        let wanted = vec![wanted];
        Ok(ListWantedResponse { wanted, next })
    }

    async fn take(&self, evidence: Vec<u8>) -> Result<(), Status> {
        if let Some(status) = &self.first
            && evidence == shown(1)
        {
            return Err(status.clone());
        }
        self.taken.lock().unwrap().push(evidence);
        Ok(())
    }
}

/// A node that lost the receipt of the third.
struct Node;

impl Shows for Node {
    async fn evidence(&self, wanted: &Wanted) -> Result<Vec<u8>, NodeError> {
        assert_eq!(wanted.home.to_string(), "330200");
        if wanted.settlement == id(3) {
            return Err(NodeError::refused(RefusalCode::NotFound, wanted.settlement));
        }
        Ok(wanted.settlement.to_string().into_bytes())
    }
}

fn shown(nth: u8) -> Vec<u8> {
    id(nth).to_string().into_bytes()
}

fn refused() -> Status {
    Status::failed_precondition("evidence.not_wanted: nobody waits for it")
}

#[tokio::test]
async fn what_is_refused_or_cannot_be_shown_keeps_nothing_else_from_being_shown() {
    for (first, expected) in [
        (None, vec![shown(1), shown(4)]),
        (Some(refused()), vec![shown(4)]),
    ] {
        let house = House::new(first);
        assert!(show(&house, &Node).await.is_ok());
        assert_eq!(*house.taken.lock().unwrap(), expected);
        assert_eq!(*house.asked.lock().unwrap(), [0, 1, 2, 3]);
    }
}

#[tokio::test]
async fn a_clearinghouse_that_is_not_reached_is_not_tried_with_every_debt() {
    let house = House::new(Some(Status::deadline_exceeded("gone")));
    assert!(show(&house, &Node).await.is_err());
    assert_eq!(*house.asked.lock().unwrap(), [0]);
}
