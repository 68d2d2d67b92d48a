//! A leg that the clearinghouse does not take, and what the node shows of it.

use std::sync::{Arc, Mutex};

use huitong_proto::clearing::v1::RejectedLeg;
use huitong_proto::common::v1 as common;

use crate::bills::{settle, small};
use crate::world::{HOSPITAL, NINGBO, World};

/// The number under which no leg is taken.
#[derive(Clone, Default)]
pub(super) struct Rejects(Arc<Mutex<Option<u64>>>);

impl Rejects {
    fn set(&self, number: Option<u64>) {
        *self.0.lock().unwrap() = number;
    }

    /// Why a leg of this number is not taken, if it is not.
    pub(super) fn of(&self, number: u64) -> Option<RejectedLeg> {
        let is_it = *self.0.lock().unwrap() == Some(number);
        is_it.then(|| RejectedLeg {
            number,
            refusal: Some(common::Refusal {
                code: "leg.same_region".to_owned(),
                detail: format!("number {number}"),
                ..common::Refusal::default()
            }),
        })
    }
}

/// What comes before a leg that is not taken is held, the node says which it is, and goes on when it is taken.
#[tokio::test(flavor = "multi_thread")]
async fn a_leg_that_is_not_taken_is_shown_by_its_number_and_code_until_it_is() {
    let mut world = World::new().await;
    world.clearinghouse().await;
    let rejects = world.clearing.as_ref().unwrap().rejects.clone();
    rejects.set(Some(2));
    let mut hospital = world.hospital(HOSPITAL).await;
    for visit in ["V1", "V2", "V3"] {
        hospital.settle(settle(visit, small(visit))).await.unwrap();
    }
    let status = world.status_when(NINGBO, |it| it.rejected_leg > 0).await;
    assert_eq!((status.legs_written, status.legs_held), (3, 1));
    let shown = (status.rejected_leg, status.rejected_code.as_str());
    assert_eq!(shown, (2, "leg.same_region"));
    assert_eq!(status.rejected_detail, "number 2");
    rejects.set(None);
    world.held(NINGBO, 3).await;
    world.status_when(NINGBO, |it| it.rejected_leg == 0).await;
}
