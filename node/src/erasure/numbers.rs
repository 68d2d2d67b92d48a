//! The numbers that one person has had in several regions: what transfers say, in either direction and one after
//! another.
//!
//! A person who moved has records here under each number. Who is erased under one of them and not under another is
//! not erased. Every transfer that the node has had a part in is a row; the row goes with the person. Only transfers
//! that came about say anything: one that was refused or called back may name a stranger's number, and one that is not
//! done yet stands in the way by itself.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::person::PersonRef;

use crate::ledger::Ledger;
use crate::store::{Row, StoreError, Table, TransferState};

/// Which number became which, both ways.
pub(super) struct Numbers(BTreeMap<PersonRef, BTreeSet<PersonRef>>);

impl Numbers {
    /// Of every transfer that is known here to have come about.
    pub(super) fn known(ledger: &Ledger) -> Result<Self, StoreError> {
        let mut next = BTreeMap::<_, BTreeSet<_>>::new();
        for (_, row) in ledger.scan(Table::Transfer, usize::MAX)? {
            let Row::Transfer(row) = row else {
                return Err(StoreError::WrongRow("Transfer"));
            };
            if !came_about(&row.state) {
                continue;
            }
            let (old, new) = (row.order.person, row.order.moved());
            next.entry(old).or_default().insert(new);
            next.entry(new).or_default().insert(old);
        }
        Ok(Self(next))
    }

    /// The person's other numbers, however many moves away.
    pub(super) fn others(&self, person: PersonRef) -> BTreeSet<PersonRef> {
        let mut found = BTreeSet::from([person]);
        let mut to_follow = vec![person];
        while let Some(number) = to_follow.pop() {
            let next = self.0.get(&number).into_iter().flatten();
            to_follow.extend(next.filter(|number| found.insert(**number)));
        }
        found.remove(&person);
        found
    }
}

/// Whether the person was handed over, so that both numbers are theirs.
const fn came_about(state: &TransferState) -> bool {
    match state {
        TransferState::HandedOver(_) | TransferState::Arrived(_) => true,
        TransferState::Agreed
        | TransferState::Frozen
        | TransferState::Cancelled(_)
        | TransferState::Refused(_) => false,
    }
}
