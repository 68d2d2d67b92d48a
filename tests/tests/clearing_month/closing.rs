//! A month's end: drawn up, handed to regions, held by each against its own days, said, and approved. The clearinghouse
//! dies in each state of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use huitong_certs::Trust;
use huitong_certs::signing::of_clearinghouse;
use huitong_core::canonical::Artifact as _;
use huitong_core::clearing_month::MonthFile;
use huitong_core::clearing_month::part::MonthPart;
use huitong_core::clearing_month::word::{CertifiedMonthWord, MonthWord, ObjectedRow};
use huitong_core::date::Timestamp;
use huitong_core::digest::Digest;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::MonthObjection;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::month_office_service_client::MonthOfficeServiceClient;
use huitong_proto::clearing::v1::month_service_client::MonthServiceClient;
use huitong_transport::Clock as _;
use tokio::sync::OwnedMutexGuard;
use tonic::Status;

use crate::evidence::{Month, MonthRows, plain};
use crate::office::Office;
use crate::proof::{Checked, clearing, faults};
use crate::source::{Shared, Source, each};
use crate::world::{Outage, World};

/// The parts of what drawing up writes after which it died.
pub const DIED_AFTER: [(usize, usize); 3] = [(1, 4), (1, 2), (7, 8)];
/// Each of so many regions objects to a row.
const OBJECTS: usize = 7;

/// Draws a month up; the same digest as often as it is asked for.
pub async fn drawn_up(office: &mut Office, name: &str) -> v1::Month {
    let [first, _] = office.channels().await;
    let request = v1::DrawUpMonthRequest {
        month: name.to_owned(),
    };
    let mut client = MonthOfficeServiceClient::new(first);
    let answer = client.draw_up_month(request).await.unwrap();
    answer.into_inner().month.unwrap()
}

/// It dies while the pieces of the month's rows are written, of which each death leaves some, and comes to the same month each
/// time; how often it did.
async fn dies_while_drawing(world: &mut World, office: &mut Office, name: &str) -> usize {
    let before = world.written();
    let drawn = drawn_up(office, name).await;
    let mut died = 0;
    for (part, of) in DIED_AFTER {
        let after = world.written();
        let bytes = before.bytes + after.bytes.saturating_sub(before.bytes) * part / of;
        if world.died_at(&before, bytes).await {
            died += 1;
        }
        assert_eq!(drawn_up(office, name).await.digest, drawn.digest);
    }
    died
}

/// Whether it dies in each state of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deaths {
    InEachState,
    None,
}

/// A month's end. Answers with what is known of the month, what was checked, and how often it died while it was drawn up.
pub async fn month(
    world: &mut World,
    office: &mut Office,
    sources: &[Shared],
    (name, deaths): (&str, Deaths),
) -> (Month, Checked, usize) {
    let died = if deaths == Deaths::InEachState {
        dies_while_drawing(world, office, name).await
    } else {
        drawn_up(office, name).await;
        0
    };
    dies(world, deaths).await;
    let mut checked = Checked::default();
    let parts = each(sources, |source| {
        part(source, name.to_owned(), Arc::clone(&world.trust))
    });
    let mut of_regions = BTreeMap::new();
    let mut words = Vec::new();
    let at = world.clock.now();
    for (number, (part, wrong)) in parts.await.into_iter().enumerate() {
        let code = part.region;
        let rows = plain(part.rows.iter().map(|placed| &placed.row));
        of_regions.insert(code, rows);
        checked.adds(Checked {
            months: 1,
            faults: wrong,
            ..Checked::default()
        });
        let objects = number % OBJECTS == 0;
        let objected = part.rows.first().filter(|_| objects);
        let objected = objected.map(|placed| ObjectedRow {
            pair: placed.row.pair,
            why: MonthObjection::UnderCheck,
        });
        let digest = part.certified.month.digest();
        words.push((!part.rows.is_empty()).then_some((digest, objected)));
    }
    // One half of the regions have said something when it dies.
    let (first, rest) = sources.split_at(sources.len() / 2);
    for (half, words) in [
        (first, &words[..first.len()]),
        (rest, &words[first.len()..]),
    ] {
        let words = Words::of(half, words, name, at).await;
        let said = each(half, |source| {
            let word = words.0.get(&source.place.code).cloned();
            say(source, word)
        });
        said.await;
        dies(world, deaths).await;
    }
    for which in 0..2 {
        let stage = approves(office, which, name).await;
        dies(world, deaths).await;
        assert_eq!(drawn_up(office, name).await.stage(), stage);
    }
    let (file, of_file) = file(world, office, name).await;
    checked.adds(of_file);
    let month = Month {
        name: name.to_owned(),
        parts: of_regions,
        file,
    };
    (month, checked, died)
}

async fn dies(world: &mut World, deaths: Deaths) {
    if deaths == Deaths::InEachState {
        world.goes_down(Outage::Killed).await;
    }
}

/// A region's part of a month, fetched and checked.
async fn part(
    mut source: OwnedMutexGuard<Source>,
    month: String,
    trust: Arc<Trust>,
) -> (MonthPart, Vec<String>) {
    let code = source.place.code;
    let mut client = MonthServiceClient::new(source.channel().await.unwrap());
    let request = v1::FetchMonthRequest {
        month: month.clone(),
    };
    let bytes = client.fetch_month(request).await.unwrap().into_inner().part;
    let part = MonthPart::from_bytes(&bytes).unwrap();
    let mut wrong = Vec::new();
    let signed = of_clearinghouse::month(&part.certified, &trust);
    wrong.extend(signed.err().map(|fault| fault.to_string()));
    let holds = part.check(code);
    wrong.extend(holds.err().map(|fault| fault.to_string()));
    let wrong = wrong
        .iter()
        .map(|fault| format!("{code} {month}: its part: {fault}"));
    (part, wrong.collect())
}

/// What regions say of a month, as they signed it.
struct Words(BTreeMap<RegionCode, Vec<u8>>);

impl Words {
    async fn of(
        sources: &[Shared],
        words: &[Option<(Digest, Option<ObjectedRow>)>],
        name: &str,
        at: Timestamp,
    ) -> Self {
        let mut signed = BTreeMap::new();
        for (source, word) in sources.iter().zip(words) {
            let Some((digest, objected)) = word else {
                continue;
            };
            let source = source.lock().await;
            let code = source.place.code;
            let (month, officer) = (name.parse().unwrap(), "li.wei".parse().unwrap());
            let objected = objected.iter().copied().collect();
            let word = MonthWord::new(code, month, *digest, objected, officer, at).unwrap();
            let signature = source.key.sign(&word.signed_bytes());
            let word = CertifiedMonthWord {
                word,
                algorithm: 1,
                key_id: Digest::from_bytes(*signature.key_id().as_bytes()),
                signature: signature.bytes().to_vec(),
                signer: source.chain.clone(),
            };
            signed.insert(code, word.to_bytes());
        }
        Self(signed)
    }
}

async fn say(mut source: OwnedMutexGuard<Source>, word: Option<Vec<u8>>) {
    if let Some(word) = word {
        let mut client = MonthServiceClient::new(source.channel().await.unwrap());
        let request = v1::SayOfMonthRequest { word };
        client.say_of_month(request).await.unwrap();
    }
}

/// Orders payment of a month, as it is drawn up.
pub async fn instructs(
    office: &mut Office,
    name: &str,
) -> Result<v1::InstructMonthResponse, Status> {
    let request = v1::InstructMonthRequest {
        month: name.to_owned(),
        digest: drawn_up(office, name).await.digest,
    };
    let [first, _] = office.channels().await;
    let mut client = MonthOfficeServiceClient::new(first);
    let answer = client.instruct_month(request).await?;
    Ok(answer.into_inner())
}

async fn approves(office: &mut Office, which: usize, name: &str) -> v1::MonthStage {
    let channels = office.channels().await;
    let digest = drawn_up(office, name).await.digest;
    let request = v1::ApproveMonthRequest {
        month: name.to_owned(),
        digest,
    };
    let mut client = MonthOfficeServiceClient::new(channels[which].clone());
    let answer = client.approve_month(request).await.unwrap().into_inner();
    let month = answer.month.unwrap();
    let stage = if which == 0 {
        v1::MonthStage::Answered
    } else {
        v1::MonthStage::Approved
    };
    assert_eq!(month.stage(), stage);
    let silent = month.regions.iter().filter(|region| !region.said);
    assert_eq!(silent.count(), 0, "every region's word was kept");
    stage
}

/// The month's file, checked by `huitong clearing month verify`, and its rows.
async fn file(world: &World, office: &mut Office, name: &str) -> (MonthRows, Checked) {
    let [first, _] = office.channels().await;
    let request = v1::FetchMonthFileRequest {
        month: name.to_owned(),
    };
    let mut client = MonthOfficeServiceClient::new(first);
    let answer = client.fetch_month_file(request).await.unwrap();
    let mut pieces = answer.into_inner();
    let mut bytes = Vec::new();
    while let Some(piece) = pieces.message().await.unwrap() {
        bytes.extend(piece.part);
    }
    let path = world.papers().join(format!("{name}.htmf"));
    std::fs::write(&path, &bytes).unwrap();
    let roots = world.roots().display().to_string();
    let shown = path.display().to_string();
    let words = ["month", "verify", &shown, "--roots", &roots].map(str::to_owned);
    let checking = tokio::task::spawn_blocking(move || clearing(&words));
    let verified = checking.await.unwrap();
    let checked = Checked {
        files: 1,
        faults: faults(&verified),
        ..Checked::default()
    };
    let held = MonthFile::from_bytes(&bytes).unwrap();
    (plain(held.table.rows()), checked)
}
