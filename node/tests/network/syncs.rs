//! A refusal that is no outcome leaves nothing behind: a flood of them costs not one sync.

use std::sync::Arc;
use std::time::{Duration, Instant};

use huitong_journal::{DirDisk, Disk};
use huitong_node::platform::{Storage, StorageError, Stored};
use huitong_node::store::Rows;
use huitong_node::store::memory::MemoryIndex;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::commit_response::Outcome;
use huitong_proto::settlement::v1::home_service_client::HomeServiceClient;

use crate::bills::{card, person, published, settle};
use crate::gated::{Gate, Gated};
use crate::relay::Commits;
use crate::world::{HOSPITAL, NINGBO, World, code};

/// Refusals of each kind.
const FLOOD: usize = 100;
/// How long is waited for what was noted to be written down, on a machine that has much else to do.
const WITHIN: Duration = Duration::from_secs(60);
/// Who looked is written about once a second.
const QUIET: Duration = Duration::from_secs(3);

/// A node's storage over any disk.
pub struct OnDisk {
    pub journal: Arc<dyn Disk>,
    pub keys: Arc<dyn Disk>,
    pub index: Arc<MemoryIndex>,
}

impl Storage for OnDisk {
    fn open(&self) -> Result<Stored, StorageError> {
        Ok(Stored {
            images: None,
            disk: self.journal.clone(),
            keys: self.keys.clone(),
            index: self.index.clone(),
        })
    }
}

/// Syncs that are for something else than who looked, which is written about once a second for all who did, however long it
/// all takes.
struct Others {
    gate: Arc<Gate>,
    index: Arc<MemoryIndex>,
    /// Syncs and records of who looked when it began.
    begun: (u64, u64),
}

impl Others {
    fn since_now(gate: Arc<Gate>, index: Arc<MemoryIndex>) -> Self {
        let mut others = Self {
            gate,
            index,
            begun: (0, 0),
        };
        others.begun = others.now();
        others
    }

    /// What is synced is in the index a moment later, so that the syncs are counted first.
    fn now(&self) -> (u64, u64) {
        let syncs = self.gate.syncs();
        let looks = self.index.looks_written().unwrap();
        (syncs, looks.unwrap_or_default())
    }

    /// Once nobody looks any more, until that is written down: no sync after it is for who looked before.
    async fn after_looks(&self) {
        let (_, mut looks) = self.now();
        let mut since = Instant::now();
        while since.elapsed() < QUIET {
            tokio::time::sleep(Duration::from_millis(10)).await;
            let (_, now) = self.now();
            if now != looks {
                (looks, since) = (now, Instant::now());
            }
        }
    }

    /// Once those of who looked are in the index, there are so many others at most: one sync may be of both.
    async fn are_at_most(&self, expected: u64) {
        let others = || {
            let ((syncs, looks), (syncs_before, looks_before)) = (self.now(), self.begun);
            (syncs - syncs_before).saturating_sub(looks - looks_before)
        };
        let shown = async {
            while others() > expected {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let told = tokio::time::timeout(WITHIN, shown).await;
        assert!(told.is_ok(), "{} syncs, not {expected}", others());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_refusals_that_are_no_outcome_costs_no_sync_and_each_final_one_is_synced() {
    let mut world = World::relayed().await;
    // A commit that never reached Ningbo, to be sent as often as we like.
    world.commits(Commits::Lost);
    let mut hospital = world.hospital(HOSPITAL).await;
    let unknown = hospital.settle(settle("r-1", published("V1"))).await;
    assert_eq!(code(&unknown.unwrap_err()), "outcome.unknown");
    let sent = world.relay.as_ref().unwrap().last();
    world.stop(NINGBO).await;
    let gate = Arc::<Gate>::default();
    let disk = DirDisk::at(world.journal(NINGBO)).unwrap();
    let counted = Gated::of(disk, &gate);
    let index = world.start_on(NINGBO, counted).await;
    let mut home = HomeServiceClient::new(world.lazy_channel(NINGBO));
    let others = Others::since_now(gate, index);

    let mut stale = sent.clone();
    stale.version.as_mut().unwrap().change = 9;
    let claim = sent.claim.clone().unwrap();
    let ask = |psn_no: &str, number: &str| v1::SnapshotRequest {
        person: Some(person(psn_no)),
        credential: Some(card(number)),
        institution: claim.institution.clone(),
        visit: claim.visit.clone(),
        receipts_held: 0,
        sign: false,
    };
    for _ in 0..FLOOD {
        let outcome = home.commit(stale.clone()).await.unwrap().into_inner();
        assert!(matches!(outcome.outcome, Some(Outcome::Stale(_))));
        let other = home.snapshot(ask("330200000000000001", "NB9")).await;
        assert_eq!(code(&other.unwrap_err()), "person.credential_mismatch");
        let mut malformed = stale.clone();
        malformed.settlement.clear();
        let malformed = home.commit(malformed).await.unwrap_err();
        assert_eq!(code(&malformed), "request.malformed");
    }
    others.are_at_most(0).await;

    // What is final is on disk before it is answered, once, however often it is asked for.
    let mut wrong = sent;
    wrong.decision.as_mut().unwrap().cash_fen += 1;
    others.after_looks().await;
    let (before, _) = others.now();
    for _ in 0..FLOOD {
        let outcome = home.commit(wrong.clone()).await.unwrap().into_inner();
        assert!(matches!(outcome.outcome, Some(Outcome::Refused(_))));
        assert!(others.now().0 > before, "it is on disk");
    }
    others.are_at_most(1).await;
}
