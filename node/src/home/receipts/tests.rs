//! What is unsealed of the stream to one region.

use std::sync::Arc;

use huitong_journal::testing::FakeDisk;

use super::*;
use crate::ledger::testing::{append, open};
use crate::samples::{claim, committed};

#[test]
fn what_goes_to_another_region_or_under_a_number_before_is_not_unsealed() {
    let ledger = open(&FakeDisk::new(1), &Arc::default()).unwrap();
    let at = append(&ledger, NodeRecord::Committed(committed(2))).unwrap();
    let frame = ledger.frame(at.first).unwrap();
    let sound = frame.record(0).unwrap();
    assert!(SealedRecord::is_form_of(sound));
    // Whoever unseals this sees that it was altered.
    let mut altered = sound.to_vec();
    *altered.last_mut().unwrap() ^= 1;
    let sent = |bytes, above| sent_by(&ledger, &frame, (0, bytes), above);
    let (own, other) = (claim("V1").treatment, "310000".parse().unwrap());
    assert!(matches!(sent(sound, (own, 2)), Ok(Some(Sent::Word(_)))));
    assert!(sent(&altered, (own, 2)).is_err());
    for above in [(own, 3), (other, 1)] {
        assert_eq!(sent(&altered, above).unwrap(), None);
    }
}
