//! What a region that is not active begins is not decided, and what it began is.

use std::collections::BTreeMap;

use huitong_core::digest::sha256;
use huitong_core::membership::Standing;
use huitong_core::money::Fen;
use huitong_core::refusal::RefusalCode;

use super::*;
use crate::home::commit::tests::commit as of_visit;
use crate::home::signing::Promise;
use crate::home::testing::Home;
use crate::samples::{claim, now};
use crate::store::{DirectoryHead, Key, Location, Row};

fn commit(nth: u8, visit: &str, beforehand: Beforehand) -> CommitOfRegion {
    CommitOfRegion {
        commit: of_visit(nth, visit),
        beforehand,
    }
}

/// The home region goes by a version in which a region stands like this.
fn goes_by(home: &Home, region: RegionCode, standing: Standing) {
    let head = DirectoryHead {
        number: 1,
        digest: sha256(b"directory"),
        taken: now(),
        at: Location::at(huitong_journal::Position::START, 0),
        closed: BTreeMap::from([(region, standing)]),
    };
    home.put(Key::DirectoryHead(), Row::DirectoryHead(head));
}

#[test]
fn what_a_closed_region_begins_leaves_no_trace_and_what_it_began_is_decided() {
    let (home, treatment) = (Home::new(), claim("V1").treatment);
    let (stands, _) = home.run(commit(1, "V1", Beforehand::Nothing));
    assert!(matches!(stands, Ok(CommitVerdict::Committed { .. })));
    for (standing, code) in [
        (Standing::Suspended, RefusalCode::RegionSuspended),
        (Standing::Left, RefusalCode::RegionLeft),
    ] {
        goes_by(&home, treatment, standing);
        let (refused, records) = home.run(commit(2, "V2", Beforehand::Nothing));
        let expected = Refusal::new(code, treatment);
        assert_eq!((refused, records), (Err(expected), Vec::new()));
        let (again, _) = home.run(commit(1, "V1", Beforehand::Nothing));
        assert_eq!(again, Ok(CommitVerdict::Repeated));
    }
}

#[test]
fn what_a_closed_region_settled_on_a_signed_snapshot_is_decided_as_promised_and_in_time() {
    let (home, treatment) = (Home::new(), claim("V1").treatment);
    let (stands, _) = home.run(commit(1, "V1", Beforehand::Nothing));
    assert!(matches!(stands, Ok(CommitVerdict::Committed { .. })));
    goes_by(&home, treatment, Standing::Suspended);
    let on_signed = |until: Timestamp, promise: Option<Promise>| {
        let mut commit = commit(3, "V3", Beforehand::OnSigned { until });
        commit.commit.promise = promise;
        home.run(commit)
    };
    let promise = Promise {
        told: Fen::ZERO,
        bears_at_most: Fen::ZERO,
    };
    // The totals moved on, so the claim that was begun is computed again and not refused.
    let (begun, _) = on_signed(now(), Some(promise));
    assert_eq!(begun, Ok(CommitVerdict::Stale));
    let expected = Refusal::new(RefusalCode::RegionSuspended, treatment);
    let too_late = on_signed(now().plus_millis(-1).unwrap(), Some(promise));
    assert_eq!(too_late, (Err(expected.clone()), Vec::new()));
    // Beyond what the policy allowed nothing was promised.
    assert_eq!(on_signed(now(), None), (Err(expected), Vec::new()));
}

#[test]
fn the_own_region_is_not_closed_to_itself_and_closed_to_others() {
    let home = Home::new();
    let own = claim("V1").person.home;
    goes_by(&home, own, Standing::Suspended);
    let (refused, _) = home.run(commit(1, "V1", Beforehand::Nothing));
    let expected = Refusal::new(RefusalCode::RegionSuspended, own);
    assert_eq!(refused, Err(expected));
    let mut at_home = commit(1, "V1", Beforehand::Nothing);
    at_home.commit.claim.treatment = own;
    let (stands, _) = home.run(at_home);
    assert!(matches!(stands, Ok(CommitVerdict::Committed { .. })));
}
