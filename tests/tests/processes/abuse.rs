//! What strangers and one hostile institution do to a node, while a hospital settles as ever: callers who say
//! nothing, bad bytes, messages begun and never finished, answers never read, a flood. After each the node's
//! memory is printed; it must stay within what its limits say.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use h2::client::SendRequest;
use huitong_proto::settlement::v1 as settlement;
use huitong_tests::bills::{inpatient, line};
use huitong_tests::certificates::institution;
use huitong_tests::hospital::Hospital;
use huitong_tests::raw::{self, RawParty};
use huitong_tests::register::{CHENGDU, Desk, Item, NINGBO};
use huitong_tests::start;
use huitong_tests::world::{Party, World};
use prost::Message as _;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;
use tonic::codegen::Bytes;
use tonic::codegen::http::{Request, Response};

/// Callers who connect and say nothing.
const IDLE: u64 = 10_000;
/// Where they call from: ports of the usual address are looked for by the servers of other tests.
const ELSEWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2)), 0);
/// Files that this process and its neighbours need besides.
const OTHER_FILES: u64 = 500;
/// Connections over which one institution misbehaves.
const MISBEHAVING: usize = 64;
/// Answers that are asked for and not read.
const UNREAD: usize = 400;
/// Calls of a flood, all at once over sixteen connections: more than one peer may have under way.
const FLOOD: usize = 3_000;
/// What a node may come to hold: what the bytes of one peer may be (128 MiB, requests or answers), what they
/// become when they are read into a bill and an answer (three times as much again), and what a node holds anyway.
const MEMORY_AT_MOST_KIB: u64 = 4 * 128 * 1024 + 128 * 1024;
/// How long the hospital next to it waits for one settlement.
const PATIENCE: Duration = Duration::from_secs(20);

struct Abuse {
    world: World,
    address: SocketAddr,
    honest: Hospital,
    hostile: TlsConnector,
    settled: u32,
}

#[tokio::test]
async fn a_node_keeps_answering_others_in_bounded_memory() {
    let mut abuse = Abuse::begin().await;
    abuse.still_serves("to begin with").await;

    let silent = abuse.silent_strangers().await;
    let what = format!("{} callers who say nothing", silent.len());
    abuse.still_serves(&what).await;
    drop(silent);

    let (idle, refused) = abuse.idle_of_one_peer().await;
    let what = format!(
        "{} idle connections of one peer, {refused} closed",
        idle.len()
    );
    assert!(!idle.is_empty() && refused > 0, "{what}");
    abuse.still_serves(&what).await;
    drop(idle);

    let garbled = abuse.bad_bytes().await;
    abuse
        .still_serves(&format!("{garbled} connections of bad bytes"))
        .await;
    let halves = abuse.half_messages().await;
    abuse
        .still_serves(&format!("{} messages never finished", halves.len()))
        .await;
    drop(halves);

    let slow = abuse.unread_answers().await;
    abuse
        .still_serves(&format!("{} answers never read", slow.len()))
        .await;
    drop(slow);

    let answers = abuse.flood().await;
    abuse
        .still_serves(&format!("a flood of {FLOOD} calls: {answers:?}"))
        .await;
    abuse.world.stop_all().await;
}

impl Abuse {
    async fn begin() -> Self {
        let world = start::start(&[&NINGBO, &CHENGDU]).await;
        let hostile = RawParty::in_folder(&world.credentials(&institution(&CHENGDU, Desk::Two)));
        Self {
            address: world.address(&CHENGDU),
            honest: Hospital::of(&world, &CHENGDU, Desk::Three),
            hostile: hostile.connector(),
            world,
            settled: 0,
        }
    }

    /// A hospital settles, and the node's memory is printed and within bounds.
    async fn still_serves(&mut self, after: &str) {
        self.settled += 1;
        let id = format!("honest-{}", self.settled);
        let bill = inpatient(&NINGBO, 0, &id, &[(Item::Drug, 50_000)]);
        let settling = self.honest.settle_for_sure(&id, bill);
        let settled = tokio::time::timeout(PATIENCE, settling).await;
        let settled = settled.unwrap_or_else(|_| panic!("nothing within {PATIENCE:?}: {after}"));
        assert!(settled.unwrap().receipt.is_some(), "{after}");
        let party = Party::Region(CHENGDU.region());
        let (now, most) = self.world.memory_kib(party).await;
        println!("{after}: {} MiB now, at most {}", now / 1_024, most / 1_024);
        assert!(
            most < MEMORY_AT_MOST_KIB,
            "{} MiB after {after}",
            most / 1_024
        );
    }

    /// As many as this machine lets one process open, and at most ten thousand.
    async fn silent_strangers(&self) -> Vec<TcpStream> {
        let mut files = getrlimit(Resource::Nofile);
        files.current = files.maximum;
        setrlimit(Resource::Nofile, Rlimit { ..files }).unwrap();
        let allowed = files
            .current
            .unwrap_or(u64::MAX)
            .saturating_sub(OTHER_FILES);
        let mut silent = Vec::new();
        for _ in 0..allowed.min(IDLE) {
            let socket = TcpSocket::new_v4().unwrap();
            socket.bind(ELSEWHERE).unwrap();
            silent.push(socket.connect(self.address).await.unwrap());
        }
        silent
    }

    /// Connections that shook hands and say nothing: those held, and how many were closed.
    async fn idle_of_one_peer(&self) -> (Vec<impl Sized + use<>>, usize) {
        let (mut held, mut closed) = (Vec::new(), 0);
        for _ in 0..200 {
            let Ok(mut connection) = raw::connect(&self.hostile, self.address).await else {
                closed += 1;
                continue;
            };
            // Whoever is let in is greeted with the settings of HTTP/2; whoever is not sees the end.
            match connection.read(&mut [0; 9]).await {
                Ok(0) | Err(_) => closed += 1,
                Ok(_) => held.push(connection),
            }
        }
        (held, closed)
    }

    /// Bytes by chance after the handshake, and frames that lie about their length.
    async fn bad_bytes(&self) -> usize {
        let mut chance = fastrand::Rng::with_seed(4);
        for number in 0..MISBEHAVING {
            let mut connection = raw::connect(&self.hostile, self.address).await.unwrap();
            let mut bytes = Vec::new();
            if number % 2 == 0 {
                bytes.extend_from_slice(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
            }
            bytes.extend((0..chance.usize(1..40_000)).map(|_| chance.u8(..)));
            let _ = connection.write_all(&bytes).await;
            let _ = connection.read_to_end(&mut Vec::new()).await;
        }
        MISBEHAVING
    }

    async fn speak(&self, builder: &h2::client::Builder) -> SendRequest<Bytes> {
        let connection = raw::connect(&self.hostile, self.address).await.unwrap();
        let (sender, connection) = builder.handshake(connection).await.unwrap();
        tokio::spawn(connection);
        sender
    }

    /// Messages that say they are long, and of which little comes.
    async fn half_messages(&self) -> Vec<impl Sized + use<>> {
        let mut halves = Vec::new();
        for _ in 0..MISBEHAVING {
            let sender = self.speak(&h2::client::Builder::new()).await;
            let mut sender = sender.ready().await.unwrap();
            let (answer, mut body) = sender.send_request(asking("Settle"), false).unwrap();
            // Fifteen MiB are announced, a thousand bytes come.
            let mut begun = vec![0, 0, 0xf0, 0, 0];
            begun.resize(1_000, 7);
            body.send_data(begun.into(), false).unwrap();
            halves.push((sender, answer, body));
        }
        halves
    }

    /// Long answers that are asked for over connections whose window stays shut after one byte.
    async fn unread_answers(&self) -> Vec<impl Sized + use<>> {
        let long = estimate_of(10_000);
        let mut shut = h2::client::Builder::new();
        shut.initial_window_size(1);
        let mut unread = Vec::new();
        for _ in 0..UNREAD.div_ceil(16) {
            let mut sender = self.speak(&shut).await;
            for _ in 0..16 {
                sender = sender.ready().await.unwrap();
                let (answer, mut body) = sender.send_request(asking("Estimate"), false).unwrap();
                let _ = body.send_data(long.clone(), true);
                unread.push(answer);
            }
        }
        let mut heads = JoinSet::new();
        for answer in unread {
            heads.spawn(answer);
        }
        let mut kept = Vec::new();
        while let Some(answered) = heads.join_next().await {
            let answered: Result<Response<h2::RecvStream>, h2::Error> = answered.unwrap();
            kept.extend(answered.ok());
        }
        kept
    }

    /// Calls of one institution, all at once; what became of them.
    async fn flood(&self) -> BTreeMap<String, usize> {
        let hospital = || Hospital::of(&self.world, &CHENGDU, Desk::Two);
        let flooding: Vec<Hospital> = (0..16).map(|_| hospital()).collect();
        let mut calls = JoinSet::new();
        for number in 0..FLOOD {
            let flooding = flooding[number % flooding.len()].clone();
            let id = format!("flood-{number}");
            let bill = inpatient(&NINGBO, 1, &id, &[(Item::Drug, 10_000)]);
            calls.spawn(async move {
                match flooding.estimate(bill).await {
                    Ok(_) => "answered".to_owned(),
                    Err(refused) => refused.code,
                }
            });
        }
        let mut answers = BTreeMap::new();
        while let Some(answer) = calls.join_next().await {
            *answers.entry(answer.unwrap()).or_default() += 1;
        }
        answers
    }
}

fn asking(method: &str) -> Request<()> {
    let path = format!("https://localhost/huitong.settlement.v1.InstitutionService/{method}");
    let request = Request::post(path).header("content-type", "application/grpc");
    request.header("te", "trailers").body(()).unwrap()
}

/// An estimate of so many lines, as one message with its frame.
fn estimate_of(lines: u32) -> Bytes {
    let mut bill = inpatient(&NINGBO, 1, "long", &[]);
    bill.lines = (1..=lines)
        .map(|number| line(number, Item::DearDrug, 1_001))
        .collect();
    bill.total_fen = i64::from(lines) * 1_001;
    let message = settlement::EstimateRequest { bill: Some(bill) }.encode_to_vec();
    let mut framed = vec![0];
    framed.extend_from_slice(&u32::try_from(message.len()).unwrap().to_be_bytes());
    framed.extend_from_slice(&message);
    framed.into()
}
