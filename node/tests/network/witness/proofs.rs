//! The clearinghouse's desk of checkpoints: it shows each region what a test has it show, and takes words in order.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use huitong_certs::Identity;
use huitong_core::canonical::Artifact;
use huitong_core::checkpoint::CertifiedCheckpoint;
use huitong_core::checkpoint::witness::CertifiedWord;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::proof_service_server::ProofService;
use huitong_transport::{peer, refusal_status};
use tonic::{Code, Request, Response, Status};

/// A checkpoint as a region is shown it.
#[derive(Clone)]
pub struct Shown {
    pub file: Vec<u8>,
    pub day: String,
    pub part: Vec<u8>,
}

/// What is shown to each region, and what each says.
#[derive(Clone, Default)]
pub struct Proofs {
    shown: Arc<Mutex<BTreeMap<String, Vec<Shown>>>>,
    words: Arc<Mutex<BTreeMap<String, Vec<CertifiedWord>>>>,
    /// What is signed for the first plan, and shown from the first word on.
    signed: Arc<Mutex<Option<Shown>>>,
    /// Signing certificates that are revoked.
    revoked: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Proofs {
    pub fn said(&self, region: &str) -> Vec<CertifiedWord> {
        let words = self.words.lock().unwrap();
        words.get(region).cloned().unwrap_or_default()
    }

    pub fn shown(&self, region: &str) -> Vec<Shown> {
        let shown = self.shown.lock().unwrap();
        shown.get(region).cloned().unwrap_or_default()
    }

    pub fn show(&self, region: &str, shown: Shown) {
        let mut all = self.shown.lock().unwrap();
        all.entry(region.to_owned()).or_default().push(shown);
    }

    /// Signs something else for the first plan than it shows.
    pub fn sign_instead(&self, signed: Shown) {
        *self.signed.lock().unwrap() = Some(signed);
    }

    pub fn revoke(&self, certificate: &[u8]) {
        self.revoked.lock().unwrap().push(certificate.to_vec());
    }

    fn refuse(&self, word: &CertifiedWord) -> Result<(), Status> {
        let refused = |code| refusal_status(Code::FailedPrecondition, code, "", "", &[]);
        if self.revoked.lock().unwrap().contains(&word.signer[0]) {
            return Err(refused("witness.invalid"));
        }
        let Some(signed) = self.signed.lock().unwrap().clone() else {
            return Ok(());
        };
        let own = CertifiedCheckpoint::from_bytes(&signed.file).unwrap();
        if word.word.plan != 1 || word.word.checkpoint == own.signed.checkpoint.digest() {
            return Ok(());
        }
        let mut shown = self.shown.lock().unwrap();
        shown.get_mut(&word.word.region.to_string()).unwrap()[0] = signed;
        Err(refused("witness.other_checkpoint"))
    }
}

fn caller<T>(request: &Request<T>) -> String {
    match peer(request).unwrap() {
        Identity::RegionNode(region) => region.to_string(),
        other => panic!("{other}"),
    }
}

#[tonic::async_trait]
impl ProofService for Proofs {
    async fn list_checkpoints(
        &self,
        request: Request<v1::ListCheckpointsRequest>,
    ) -> Result<Response<v1::ListCheckpointsResponse>, Status> {
        let region = caller(&request);
        let shown = self.shown(&region);
        let after = request.into_inner().after as usize;
        let files = shown.iter().skip(after).take(2);
        Ok(Response::new(v1::ListCheckpointsResponse {
            files: files.map(|shown| shown.file.clone()).collect(),
            newest: shown.len() as u64,
            witnessed: self.said(&region).len() as u64,
        }))
    }

    async fn fetch_checkpoint(
        &self,
        _request: Request<v1::FetchCheckpointRequest>,
    ) -> Result<Response<v1::FetchCheckpointResponse>, Status> {
        Err(Status::unimplemented("nodes list them"))
    }

    type FetchPartStream =
        tokio_stream::Iter<std::vec::IntoIter<Result<v1::FetchPartResponse, Status>>>;

    async fn fetch_part(
        &self,
        request: Request<v1::FetchPartRequest>,
    ) -> Result<Response<Self::FetchPartStream>, Status> {
        let shown = self.shown(&caller(&request));
        let day = request.into_inner().business_day;
        let part = shown
            .into_iter()
            .find(|shown| shown.day == day)
            .unwrap()
            .part;
        let pieces = part.chunks(100).map(|piece| {
            Ok(v1::FetchPartResponse {
                part: piece.to_vec(),
            })
        });
        let pieces: Vec<_> = pieces.collect();
        Ok(Response::new(tokio_stream::iter(pieces)))
    }

    async fn witness(
        &self,
        request: Request<v1::WitnessRequest>,
    ) -> Result<Response<v1::WitnessResponse>, Status> {
        let region = caller(&request);
        let mut words = self.words.lock().unwrap();
        let held = words.entry(region).or_default();
        for bytes in request.into_inner().words {
            let word = CertifiedWord::from_bytes(&bytes).unwrap();
            self.refuse(&word)?;
            assert_eq!(word.word.plan, held.len() as u64 + 1, "in order and once");
            held.push(word);
        }
        Ok(Response::new(v1::WitnessResponse {
            witnessed: held.len() as u64,
        }))
    }
}
