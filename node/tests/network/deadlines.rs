//! How long a hospital waits is shared by all that is asked for it, and not given to each anew.

use std::time::Duration;

use huitong_proto::settlement::v1;
use tonic::Request;

use crate::bills::published;
use crate::provisional::{allowed, emergency};
use crate::world::{HOSPITAL, World};

/// What the hospital allows: more than a busy machine takes for what is asked here.
const BUDGET: Duration = Duration::from_secs(60);
/// How long a snapshot takes.
const TAKES: Duration = Duration::from_secs(2);

/// Asks what would be paid, with snapshots that take so much of the time; what each question was allowed.
async fn allowed_by(world: &World, takes: Duration) -> Vec<(&'static str, Duration)> {
    let state = &world.relay.as_ref().unwrap().state;
    state.lock().unwrap().snapshots_take = takes;
    let bill = Some(emergency(published("V1")));
    let mut request = Request::new(v1::EstimateRequest { bill });
    request.set_timeout(BUDGET);
    let mut hospital = world.hospital(HOSPITAL).await;
    drop(hospital.client.estimate(request).await);
    std::mem::take(&mut state.lock().unwrap().allowed)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_home_region_took_for_one_answer_is_not_there_for_the_next() {
    let world = allowed(World::relayed().await).await;
    let asked = allowed_by(&world, TAKES).await;
    let [
        ("snapshot", first),
        ("policy", second),
        ("signed", third),
        ..,
    ] = asked[..]
    else {
        panic!("{asked:?}")
    };
    assert!(first <= BUDGET, "{asked:?}");
    assert!(second <= first - TAKES && third <= second, "{asked:?}");
}
