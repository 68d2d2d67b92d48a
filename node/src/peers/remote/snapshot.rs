//! What is asked for a snapshot.

use huitong_proto::conversion::claim::institution_to_wire;
use huitong_proto::conversion::common::{credential_to_wire, person_to_wire};
use huitong_proto::conversion::visit::visit_to_wire;
use huitong_proto::settlement::v1;

use crate::home::SnapshotAsk;

pub(super) fn snapshot_request(ask: &SnapshotAsk, held: u64) -> v1::SnapshotRequest {
    v1::SnapshotRequest {
        person: Some(person_to_wire(&ask.person)),
        credential: Some(credential_to_wire(&ask.credential)),
        institution: Some(institution_to_wire(&ask.institution)),
        visit: Some(visit_to_wire(&ask.visit)),
        receipts_held: held,
        sign: false,
    }
}
