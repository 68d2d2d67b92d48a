//! Checkpoints as a clearinghouse shows them to regions: right ones, and such as are not.

mod handing_in;
mod proofs;
mod receipt;
mod rolled;
mod split;
mod uncounted;
mod unsigned;

use std::collections::BTreeMap;
use std::sync::Arc;

use huitong_certs::signing::CertifiedKey;
use huitong_certs::{Identity, Issued, SigningKey};
use huitong_core::canonical::Artifact;
use huitong_core::checkpoint::witness::{CertifiedWord, Verdict};
use huitong_core::checkpoint::{CertifiedCheckpoint, Checkpoint, SignedCheckpoint};
use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::digest::{Digest, sha256};
use huitong_core::leg::{Leg, NumberedLeg};
use huitong_core::membership::{Directory, SignedDirectory};
use huitong_netting::statement::{
    MemberStatement, PlanRows, ProvenPlan, RegionPart, checkpoint, pair_roots, part,
};
use huitong_netting::{AgreedLeg, Inputs, Member, Members, NettingPlan, plan};
use huitong_node::clock::Clock;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::witness_office_service_client::WitnessOfficeServiceClient;
use huitong_proto::clearing::v1::witness_service_client::WitnessServiceClient;
use huitong_proto::conversion::Path;
use huitong_proto::conversion::leg::leg_from_wire;
use huitong_proto::settlement::v1::WitnessStanding;
use tonic::Request;

pub use proofs::{Proofs, Shown};

use crate::bills::{settle, small};
use crate::patience::until;
use crate::world::{CHENGDU, HOSPITAL, NINGBO, SetClock, World, region};

/// A netted cycle, with each region's part.
pub struct Cycle {
    plan: NettingPlan,
    pub checkpoint: CertifiedCheckpoint,
    parts: BTreeMap<&'static str, RegionPart>,
}

impl Cycle {
    /// As a region is rightly shown it.
    pub fn shown(&self, region: &str) -> Shown {
        self.shown_with(region, |_| {})
    }

    /// With something of the region's part changed.
    fn shown_with(&self, region: &str, change: impl FnOnce(&mut MemberStatement)) -> Shown {
        let mut statement = self.parts[region].statement().clone();
        change(&mut statement);
        Shown {
            file: self.checkpoint.to_bytes(),
            day: self.checkpoint.signed.checkpoint.day.to_string(),
            part: RegionPart::new(statement).unwrap().to_bytes(),
        }
    }
}

/// With what the clearinghouse signs.
pub struct Signing {
    key: SigningKey,
    chain: Vec<Vec<u8>>,
    clock: Arc<SetClock>,
}

impl Signing {
    pub fn of(world: &World, party: &str) -> Self {
        Self::from(&world.signing(party), world)
    }

    /// With what some authority issued.
    fn from(issued: &Issued, world: &World) -> Self {
        Self {
            key: SigningKey::from_pem(issued.key_pem().as_bytes()).unwrap(),
            chain: issued.chain().iter().map(|der| der.to_vec()).collect(),
            clock: Arc::clone(&world.clock),
        }
    }

    /// A signed version of the directory, of now.
    pub fn directory(&self, directory: Directory) -> SignedDirectory {
        self.dated(directory, self.clock.now())
    }

    /// A version of the directory that says that it was signed at a moment.
    pub fn dated(&self, directory: Directory, at: Timestamp) -> SignedDirectory {
        let signature = self.key.sign(&directory.signed_bytes(at));
        SignedDirectory {
            directory,
            at,
            algorithm: 1,
            key_id: Digest::from_bytes(*signature.key_id().as_bytes()),
            signature: signature.bytes().to_vec(),
            signer: self.chain.clone(),
        }
    }

    fn sign(&self, checkpoint: Checkpoint) -> CertifiedCheckpoint {
        let at = Timestamp::from_millis(jiff::Timestamp::now().as_millisecond()).unwrap();
        let signature = self.key.sign(&checkpoint.signed_bytes(at));
        CertifiedCheckpoint {
            signed: SignedCheckpoint {
                checkpoint,
                at,
                algorithm: 1,
                key_id: Digest::from_bytes(*signature.key_id().as_bytes()),
                signature: signature.bytes().to_vec(),
            },
            signer: self.chain.clone(),
        }
    }
}

fn read(legs: &[v1::Leg]) -> Vec<NumberedLeg> {
    let path = Path::root("legs");
    let read = legs.iter().map(|leg| leg_from_wire(leg, path).unwrap());
    read.collect()
}

impl World {
    pub fn proofs(&self) -> Proofs {
        self.clearing.as_ref().unwrap().proofs.clone()
    }

    /// Nets what both regions reported after the cycle before, the first `up_to` legs of each.
    pub fn cycle(&self, signing: &Signing, up_to: usize, before: Option<&Cycle>) -> Cycle {
        let clearing = self.clearing.as_ref().unwrap();
        let [payable, receivable] =
            [NINGBO, CHENGDU].map(|region| read(&clearing.held(region)[..up_to]));
        let from = before.map_or(0, |before| before.plan.windows()[0].to);
        let owed = payable.iter().filter(|owed| owed.number > from);
        let legs: Vec<Leg> = owed.clone().map(|owed| owed.leg.clone()).collect();
        let agreed = owed.map(|owed| {
            let due = receivable.iter().find(|due| due.leg == owed.leg).unwrap();
            AgreedLeg::new(due.number, owed.number, &owed.leg)
        });
        let agreed: Vec<AgreedLeg> = agreed.collect();
        let codes = [NINGBO, CHENGDU].map(region);
        let members = codes.map(|code| (code, Member::new(code)));
        let members = Members::new(BTreeMap::from(members)).unwrap();
        let marks = codes.map(|code| (code, up_to as u64));
        let parent = before.map(|before| &before.plan);
        let number = parent.map_or(1, |parent| parent.number() + 1);
        let inputs = Inputs {
            day: BusinessDay::new(2023, 3, 9 + u8::try_from(number).unwrap()).unwrap(),
            parent,
            members: &members,
            marks: &BTreeMap::from(marks),
            legs: &agreed,
        };
        let plan = plan(&inputs).unwrap();
        let roots = pair_roots(&plan, &legs).unwrap();
        let digest = before.map(|before| before.checkpoint.signed.checkpoint.digest());
        let checkpoint = signing.sign(checkpoint(&plan, &roots, digest));
        let proven = ProvenPlan {
            plan: &plan,
            parent,
            rows: &PlanRows::of(&plan, &roots),
            checkpoint: &checkpoint,
        };
        let parts = [NINGBO, CHENGDU].map(|code| {
            let own = part(&proven, region(code), &legs).unwrap();
            (code, own)
        });
        Cycle {
            parts: BTreeMap::from(parts),
            checkpoint,
            plan,
        }
    }

    /// Settles so many bills of people of Ningbo, and waits until both sides of each are reported.
    pub async fn settle_some(&self, from: usize, up_to: usize) {
        let mut hospital = self.hospital(HOSPITAL).await;
        for nth in from..up_to {
            let visit = format!("V{nth}");
            hospital
                .settle(settle(&visit, small(&visit)))
                .await
                .unwrap();
        }
        for region in [NINGBO, CHENGDU] {
            self.held(region, up_to).await;
            // Until then they still call each other.
            self.status_when(region, |it| it.receipts_undelivered == 0)
                .await;
        }
    }

    pub async fn witness(&self, region: &str) -> WitnessStanding {
        self.status(region).await.witness.unwrap()
    }

    /// How a region stands to checkpoints, once the clearinghouse holds its word on so many.
    pub async fn witnessed(&self, region: &str, plans: u64) -> WitnessStanding {
        self.witness_when(region, |standing| standing.witnessed >= plans)
            .await
    }

    pub async fn witness_when(
        &self,
        region: &str,
        is_so: impl Fn(&WitnessStanding) -> bool,
    ) -> WitnessStanding {
        until(async || {
            let standing = self.witness(region).await;
            if is_so(&standing) {
                Ok(standing)
            } else {
                Err(standing)
            }
        })
        .await
    }
}

/// Whether a region's node signed its word.
fn is_signed(world: &World, said: &CertifiedWord) -> bool {
    let key = CertifiedKey::from_der(&said.signer, &world.trust, jiff::Timestamp::now()).unwrap();
    let signature = huitong_certs::signing::Signature::new(
        huitong_certs::signing::Algorithm::Ed25519,
        huitong_certs::signing::KeyId::from_bytes(*said.key_id.as_bytes()),
        said.signature.clone(),
    );
    let by = Identity::RegionNodeSigning(said.word.region);
    *key.identity() == by
        && key
            .verify(&said.word.signed_bytes(), &signature.unwrap())
            .is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_holds_each_checkpoint_against_its_book_and_countersigns_it_once_and_in_order() {
    let mut world = World::new().await;
    world.clearinghouse().await;
    world.settle_some(0, 5).await;
    let signing = Signing::of(&world, "/clearinghouse/signing");
    let proofs = world.proofs();
    let first = world.cycle(&signing, 2, None);
    let second = world.cycle(&signing, 4, Some(&first));
    let third = world.cycle(&signing, 5, Some(&second));
    // Chengdu is down while three days are netted, and catches up; Ningbo sees one after the other.
    world.stop(CHENGDU).await;
    for (nth, cycle) in (1..).zip([&first, &second, &third]) {
        for region in [NINGBO, CHENGDU] {
            proofs.show(region, cycle.shown(region));
        }
        world.witnessed(NINGBO, nth).await;
    }
    world.start(CHENGDU).await;
    for region in [NINGBO, CHENGDU] {
        let standing = world.witnessed(region, 3).await;
        let (seen, newest, refused) = (standing.seen, standing.newest, standing.refused_count);
        assert_eq!((seen, newest, refused), (3, 3, 0), "{standing:?}");
        assert_eq!(standing.business_day, "2023-03-12");
        let said = proofs.said(region);
        for (word, cycle) in said.iter().zip([&first, &second, &third]) {
            let checkpoint = &cycle.checkpoint.signed.checkpoint;
            assert_eq!(word.word.verdict, Verdict::Holds);
            assert_eq!(word.word.checkpoint, checkpoint.digest());
            assert_eq!(word.word.region.to_string(), region);
            assert!(is_signed(&world, word));
        }
    }
    // The same again after a kill, from the journal alone; nothing is said twice.
    world.kill(NINGBO).await;
    world.forget_index(NINGBO);
    world.start(NINGBO).await;
    let standing = world.witnessed(NINGBO, 3).await;
    assert_eq!((standing.seen, standing.split_views), (3, 0));
    assert_eq!(proofs.said(NINGBO).len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leg_that_was_tampered_with_is_named_refused_and_hides_no_later_day() {
    let mut world = World::new().await;
    world.clearinghouse().await;
    world.settle_some(0, 3).await;
    let signing = Signing::of(&world, "/clearinghouse/signing");
    let proofs = world.proofs();
    let first = world.cycle(&signing, 2, None);
    let second = world.cycle(&signing, 3, Some(&first));
    let gone = first.parts[NINGBO].statement().rows[0].legs[0].settlement;
    let dropped = first.shown_with(NINGBO, |part| {
        part.rows[0].legs.remove(0);
    });
    proofs.show(NINGBO, dropped);
    proofs.show(CHENGDU, first.shown(CHENGDU));
    for region in [NINGBO, CHENGDU] {
        proofs.show(region, second.shown(region));
    }
    let standing = world.witnessed(NINGBO, 2).await;
    assert_eq!((standing.seen, standing.refused_count), (2, 1));
    let refused = &standing.refused[0];
    assert_eq!(
        (refused.plan, refused.business_day.as_str()),
        (1, "2023-03-10")
    );
    let named = refused
        .findings
        .iter()
        .any(|finding| finding.starts_with("leg.dropped") && finding.contains(&gone.to_string()));
    assert!(named, "{refused:?}");
    let said = proofs.said(NINGBO);
    let findings = said[0].word.verdict.findings().unwrap();
    assert!(
        findings
            .first()
            .iter()
            .any(|it| it.settlement == Some(gone))
    );
    assert!(is_signed(&world, &said[0]));
    assert_eq!(said[1].word.verdict, Verdict::Holds);
    assert_eq!(world.witnessed(CHENGDU, 2).await.refused_count, 0);
    // It is known after a restart.
    world.kill(NINGBO).await;
    world.start(NINGBO).await;
    assert_eq!(world.witness(NINGBO).await.refused, standing.refused);
    // Settling goes on.
    world.settle_some(3, 4).await;
}
