//! What regions and members check of a cycle without any server: each member its statement, by `huitong clearing verify`
//! itself, with the books of all its regions; and each region its own part, as its node does.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Parser as _;
use huitong_certs::Trust;
use huitong_certs::signing::of_clearinghouse;
use huitong_clearinghouse::ClearingCommand;
use huitong_core::canonical::Artifact as _;
use huitong_core::checkpoint::book::LegBook;
use huitong_core::date::BusinessDay;
use huitong_core::leg::Leg;
use huitong_core::region::RegionCode;
use huitong_netting::statement::{RegionPart, StatedRow, compare};
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::proof_service_client::ProofServiceClient;
use huitong_transport::refusal_code;
use serde_json::Value;
use tokio::sync::{OwnedMutexGuard, Semaphore};
use tokio::task::JoinSet;
use tonic::Status;
use tonic::transport::Channel;

use crate::evidence::Cycle;
use crate::office::Office;
use crate::source::{Shared, Source, each};
use crate::world::World;

/// So many statements are checked at the same time.
const AT_ONCE: usize = 4;
const ASKED_AGAIN: Duration = Duration::from_millis(10);
const PROVEN_WITHIN: Duration = Duration::from_secs(60);

#[derive(clap::Parser)]
struct Command {
    #[command(flatten)]
    clearing: ClearingCommand,
}

/// What was checked, and what was wrong.
#[derive(Debug, Default)]
pub struct Checked {
    /// Regions' own parts of cycles.
    pub parts: usize,
    /// Members' statements of cycles, by the command.
    pub statements: usize,
    /// Regions' own parts of a month.
    pub months: usize,
    /// Files of a month, by the command.
    pub files: usize,
    pub faults: Vec<String>,
}

impl Checked {
    pub fn adds(&mut self, other: Self) {
        self.parts += other.parts;
        self.statements += other.statements;
        self.months += other.months;
        self.files += other.files;
        self.faults.extend(other.faults);
    }

    /// How many of everything.
    pub const fn all(&self) -> [usize; 4] {
        [self.parts, self.statements, self.months, self.files]
    }
}

/// Runs `huitong clearing …`, which asks no server; what it printed.
pub fn clearing(words: &[String]) -> Value {
    let words = words.iter().map(String::as_str);
    let words = ["clearing"].into_iter().chain(words).chain(["--json"]);
    let command = Command::try_parse_from(words).unwrap();
    let mut printed = Vec::new();
    command.clearing.run_to(&mut printed).unwrap();
    serde_json::from_slice(&printed).unwrap()
}

/// What is wrong with what was checked.
pub fn faults(verified: &Value) -> Vec<String> {
    let faults = verified["faults"].as_array().unwrap().iter();
    faults.map(ToString::to_string).collect()
}

/// What a cycle has of a region, asked for until the cycle is proven, as a node does.
async fn fetched(mut client: ProofServiceClient<Channel>, day: BusinessDay) -> Vec<u8> {
    let asked = Instant::now();
    loop {
        let request = v1::FetchPartRequest {
            business_day: day.to_string(),
        };
        match pieces(&mut client, request).await {
            Ok(bytes) => return bytes,
            Err(status) if refusal_code(&status) == Some("cycle.not_proven") => {
                assert!(asked.elapsed() < PROVEN_WITHIN, "{status}");
                tokio::time::sleep(ASKED_AGAIN).await;
            }
            Err(status) => panic!("{status}"),
        }
    }
}

async fn pieces(
    client: &mut ProofServiceClient<Channel>,
    request: v1::FetchPartRequest,
) -> Result<Vec<u8>, Status> {
    let mut pieces = client.fetch_part(request).await?.into_inner();
    let mut bytes = Vec::new();
    while let Some(piece) = pieces.message().await? {
        bytes.extend(piece.part);
    }
    Ok(bytes)
}

/// A region's own part of a cycle, fetched and checked; the legs that it says were netted.
async fn part(
    mut source: OwnedMutexGuard<Source>,
    (day, from): (BusinessDay, u64),
    trust: Arc<Trust>,
) -> (RegionCode, Vec<Leg>, Vec<String>) {
    let code = source.place.code;
    let client = ProofServiceClient::new(source.channel().await.unwrap());
    let bytes = fetched(client, day).await;
    let part = RegionPart::from_bytes(&bytes).unwrap();
    let statement = part.statement();
    let mut wrong = Vec::new();
    if part.region() != Some(code) {
        wrong.push(format!("it is of {:?}", part.region()));
    }
    let signed = of_clearinghouse::checkpoint(&statement.checkpoint, &trust);
    wrong.extend(signed.err().map(|fault| fault.to_string()));
    let found = part.check().into_iter();
    let found = found.chain(part.follow(source.reach.as_ref()));
    let found = found.chain(compare(statement, &[source.book(from)]));
    wrong.extend(found.map(|fault| fault.words().0));
    let legs = statement.rows.iter().flat_map(StatedRow::whole_legs);
    let legs = legs.collect();
    source.reach = part.reach();
    let wrong = wrong
        .iter()
        .map(|fault| format!("{code} {day}: its part: {fault}"));
    (code, legs, wrong.collect())
}

/// Each region checks its own part of a cycle; what each says was netted goes into the cycle. `after` is the cycle up to
/// whose marks nothing waits any more.
pub async fn parts(
    world: &World,
    sources: &[Shared],
    cycle: &mut Cycle,
    after: Option<&Cycle>,
) -> Checked {
    let trust = &world.trust;
    let told = each(sources, |source| {
        let code = source.place.code;
        let from = after.map_or(0, |after| after.mark(code));
        part(source, (cycle.day, from + 1), Arc::clone(trust))
    });
    let mut checked = Checked::default();
    for (code, legs, faults) in told.await {
        cycle.taken.insert(code, legs);
        checked.adds(Checked {
            parts: 1,
            faults,
            ..Checked::default()
        });
    }
    checked
}

fn statement(folder: &Path, member: RegionCode) -> PathBuf {
    folder.join(format!("{member}.htst"))
}

/// Each member's statement of a cycle is checked by the command, with the checkpoint that everybody was given, the
/// statement before and the books of its regions.
pub async fn statements(
    world: &World,
    office: &mut Office,
    sources: &[Shared],
    (cycle, before, after): (&Cycle, Option<&Cycle>, Option<&Cycle>),
) -> Checked {
    let papers = world.papers();
    let folder = papers.join(cycle.day.to_string());
    std::fs::create_dir_all(&folder).unwrap();
    let checkpoint = folder.join("checkpoint.htck");
    std::fs::write(&checkpoint, office.checkpoint(cycle.day).await).unwrap();
    let mut books: BTreeMap<RegionCode, PathBuf> = BTreeMap::new();
    for source in sources {
        let source = source.lock().await;
        let from = after.map_or(0, |after| after.mark(source.place.code)) + 1;
        let own = folder.join(format!("books-{}", source.place.member));
        std::fs::create_dir_all(&own).unwrap();
        let file = own.join(format!("{}.htlb", source.place.code));
        std::fs::write(file, source.book(from).to_bytes()).unwrap();
        books.insert(source.place.member, own);
    }
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut tasks = JoinSet::new();
    for (member, own) in books {
        let file = statement(&folder, member);
        let bytes = office.proven_statement(cycle.day, member).await;
        std::fs::write(&file, bytes).unwrap();
        let before = before.map(|before| papers.join(before.day.to_string()));
        let mut words = vec![
            ("--statement", file),
            ("--checkpoint", checkpoint.clone()),
            ("--roots", world.roots()),
            ("--book", own),
        ];
        if let Some(before) = before {
            words.push(("--checkpoint", before.join("checkpoint.htck")));
            // One that came in the meantime has none of before.
            let before = statement(&before, member);
            if before.exists() {
                words.push(("--before", before));
            }
        }
        let words = verify(&words);
        let (places, day) = (Arc::clone(&places), cycle.day);
        tasks.spawn(async move {
            let _place = places.acquire_owned().await.unwrap();
            let checking = tokio::task::spawn_blocking(move || clearing(&words));
            let verified = checking.await.unwrap();
            let wrong = faults(&verified).into_iter();
            let faults = wrong.map(|fault| format!("{member} {day}: its statement: {fault}"));
            Checked {
                statements: 1,
                faults: faults.collect(),
                ..Checked::default()
            }
        });
    }
    let mut checked = Checked::default();
    for one in tasks.join_all().await {
        checked.adds(one);
    }
    checked
}

/// The words of the command that checks a statement.
fn verify(paths: &[(&str, PathBuf)]) -> Vec<String> {
    let words = paths
        .iter()
        .flat_map(|(word, path)| [(*word).to_owned(), path.display().to_string()]);
    ["verify".to_owned()].into_iter().chain(words).collect()
}

/// What the command says of a statement with a byte changed, and of one that is held against books of which the second half
/// is missing. `day` is one whose statements were checked.
pub fn meddled(
    (papers, roots): (&Path, &Path),
    day: BusinessDay,
    member: RegionCode,
) -> [Vec<String>; 2] {
    let folder = papers.join(day.to_string());
    let (file, books) = (
        statement(&folder, member),
        folder.join(format!("books-{member}")),
    );
    let held = |statement: &Path, books: &Path| {
        let words = [
            ("--statement", statement.to_owned()),
            ("--roots", roots.to_owned()),
            ("--book", books.to_owned()),
        ];
        faults(&clearing(&verify(&words)))
    };
    assert_eq!(held(&file, &books), Vec::<String>::new());
    let mut bytes = std::fs::read(&file).unwrap();
    let at = bytes.len() - 40;
    bytes[at] ^= 1;
    let changed = folder.join("changed.htst");
    std::fs::write(&changed, bytes).unwrap();
    let shorter = folder.join("shorter");
    std::fs::create_dir_all(&shorter).unwrap();
    for entry in std::fs::read_dir(&books).unwrap() {
        let path = entry.unwrap().path();
        let book = LegBook::from_bytes(&std::fs::read(&path).unwrap()).unwrap();
        let legs = book.legs();
        let half = legs[..legs.len() / 2].to_vec();
        let less = LegBook::new(book.region(), legs[0].number, half).unwrap();
        std::fs::write(shorter.join(path.file_name().unwrap()), less.to_bytes()).unwrap();
    }
    [held(&changed, &books), held(&file, &shorter)]
}
