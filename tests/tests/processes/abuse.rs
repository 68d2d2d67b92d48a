//! What strangers and one hostile institution do to a node, while two hospitals settle as ever ([`others`]): callers who say
//! nothing, bad bytes, messages begun and never finished, answers never read, a flood. Each goes on until both have settled
//! several times more; what they were told, and the node's memory, is printed, and the memory must stay within what the
//! node's limits say.
//!
//! Not here: how quickly others are answered, which a busy machine decides; it is printed.

mod others;

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Instant;

use h2::client::SendRequest;
use huitong_proto::settlement::v1 as settlement;
use huitong_tests::bills::{inpatient, line};
use huitong_tests::certificates::{institution, party};
use huitong_tests::hospital::Hospital;
use huitong_tests::raw::{self, RawParty};
use huitong_tests::register::{CHENGDU, Desk, Item, NINGBO};
use huitong_tests::start;
use huitong_tests::world::{Party, World};
use prost::Message as _;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::{AbortHandle, JoinSet};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tonic::codegen::Bytes;
use tonic::codegen::http::{Request, Response};

use others::Others;

/// Callers who connect and say nothing, all at once. The node drops the oldest handshakes for the newest.
const SILENT: u64 = 10_000;
/// Connections that have shaken hands and say nothing: of so many institutions, so many of each, which is more than a node
/// gives to all institutions together.
const IDLE_PEERS: u64 = 50;
const IDLE_OF_EACH: u64 = 125;
/// What it gives to them: three quarters of 8,192.
const OF_INSTITUTIONS: usize = 6_144;
/// Connections that others have besides.
const OF_OTHERS: usize = 64;
/// Files that this process and its neighbours need besides.
const OTHER_FILES: u64 = 500;
/// Where the silent call from: ports of the usual address are looked for by the servers of other tests.
const ELSEWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2)), 0);
/// Handshakes of this test under way at once.
const HANDSHAKES: usize = 16;
/// How often a handshake is tried again that a busy machine did not finish in time.
const AGAIN: usize = 5;
/// Connections over which one institution misbehaves.
const MISBEHAVING: usize = 64;
/// Answers that are asked for and not read.
const UNREAD: usize = 400;
/// Calls of a flood, all at once over sixteen connections: more than one peer may have under way.
const FLOOD: usize = 3_000;
/// How often each of the others settles while something goes on, at least.
const SEVERAL: usize = 5;
/// What a node may come to hold: what the bytes of one peer may be (128 MiB, requests or answers), what they
/// become when they are read into a bill and an answer (three times as much again), and what a node holds anyway.
const MEMORY_AT_MOST_KIB: u64 = 4 * 128 * 1024 + 128 * 1024;
/// What it may hold while all are idle: so much for each connection that it holds, and what a node holds anyway.
const IDLE_AT_MOST_KIB: u64 = IDLE_PEERS * IDLE_OF_EACH * 64 + 128 * 1024;

struct Abuse {
    world: World,
    address: SocketAddr,
    others: Others,
    hostile: TlsConnector,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_keeps_answering_others_in_bounded_memory() {
    let abuse = Abuse::begin().await;
    abuse.meanwhile("to begin with", async {}).await;

    abuse.ten_thousand_who_say_nothing().await;

    let (idle, refused) = abuse
        .meanwhile("connections of one peer", abuse.too_many_of_one_peer())
        .await;
    println!("{} of one peer held, {refused} closed", idle.len());
    assert!(!idle.is_empty() && refused > 0);
    drop(idle);

    abuse.meanwhile("bad bytes", abuse.bad_bytes()).await;
    let halves = abuse.half_messages();
    drop(abuse.meanwhile("half messages", halves).await);
    let unread = abuse.unread_answers();
    drop(abuse.meanwhile("answers never read", unread).await);

    let answers = abuse.meanwhile("a flood", abuse.flood()).await;
    println!("the flood was answered {answers:?}");
    assert!(answers.contains_key("transport.overloaded"), "{answers:?}");
    abuse.meanwhile("when all is over", async {}).await;
    abuse.world.stop_all().await;
}

impl Abuse {
    async fn begin() -> Self {
        // Before there are servers, who have the same limit.
        allow_files(SILENT + IDLE_PEERS * IDLE_OF_EACH + OTHER_FILES);
        let world = start::start(&[&NINGBO, &CHENGDU]).await;
        let hostile = RawParty::in_folder(&world.credentials(&institution(&CHENGDU, Desk::Two)));
        Self {
            address: world.address(&CHENGDU),
            others: Others::of(&world),
            hostile: hostile.connector(),
            world,
        }
    }

    /// Does something to the node, and keeps it up until others have settled several times more; what they were told and
    /// the node's memory is printed, and holds.
    async fn meanwhile<T>(&self, what: &str, is_done: impl Future<Output = T>) -> T {
        let begun = Instant::now();
        let kept_up = async {
            let came_to = is_done.await;
            self.others.have_settled(SEVERAL).await;
            came_to
        };
        let (came_to, told) = self.others.beside(kept_up).await;
        let took = begun.elapsed().as_secs_f32();
        let (now, most) = self.memory_kib().await;
        let [here, elsewhere] = &told;
        println!("{what}, {took:.1} s: here {here}; elsewhere {elsewhere}");
        println!("{what}: {} MiB now, at most {}", now / 1_024, most / 1_024);
        assert!(most < MEMORY_AT_MOST_KIB, "{} MiB: {what}", most / 1_024);
        for told in &told {
            // What one does takes no place from another.
            assert!(!told.again.contains_key("transport.overloaded"), "{told:?}");
        }
        came_to
    }

    async fn memory_kib(&self) -> (u64, u64) {
        let party = Party::Region(CHENGDU.region());
        self.world.memory_kib(party).await
    }

    async fn ten_thousand_who_say_nothing(&self) {
        let idle = self.meanwhile("idle connections", self.idle_of_many_peers());
        let idle = idle.await;
        // Whoever has none finds room while they have it all.
        assert!(greeted(&self.hostile, self.address).await.is_some());
        let silent = self.meanwhile("silent callers", self.silent()).await;
        let idle_held = idle.iter().filter(|idle| !idle.is_finished()).count();
        let silent_held = silent.iter().filter(|silent| is_open(silent)).count();
        println!(
            "{} idle connections, of which the node holds {idle_held}; {} silent callers, {silent_held}",
            idle.len(),
            silent.len()
        );
        assert!(idle_held < OF_INSTITUTIONS && OF_INSTITUTIONS < idle_held + OF_OTHERS);
        let (_, most) = self.memory_kib().await;
        assert!(most < IDLE_AT_MOST_KIB, "{} MiB", most / 1_024);
        idle.iter().for_each(AbortHandle::abort);
    }

    async fn silent(&self) -> Vec<TcpStream> {
        let mut silent = Vec::new();
        for _ in 0..SILENT {
            let socket = TcpSocket::new_v4().unwrap();
            socket.bind(ELSEWHERE).unwrap();
            silent.push(socket.connect(self.address).await.unwrap());
        }
        silent
    }

    /// Connections of many institutions, each with a certificate of its own, which answer when they are asked whether they
    /// are still there.
    async fn idle_of_many_peers(&self) -> Vec<AbortHandle> {
        let mut idle = Vec::new();
        let mut shaking = JoinSet::new();
        for number in 0..IDLE_PEERS {
            let path = format!("/region/{0}/institution/H{0}1{number:04}", CHENGDU.code);
            let who = party(&path);
            self.world.authorities().install(&who);
            let connector = RawParty::in_folder(&self.world.credentials(&who)).connector();
            for _ in 0..IDLE_OF_EACH {
                shaking.spawn(stays(connector.clone(), self.address));
                if shaking.len() == HANDSHAKES {
                    idle.push(shaking.join_next().await.unwrap().unwrap());
                }
            }
        }
        idle.extend(shaking.join_all().await);
        idle
    }

    /// More connections than one peer may have, all of which shake hands: those held, and how many were closed.
    async fn too_many_of_one_peer(&self) -> (Vec<impl Sized + use<>>, usize) {
        let (mut held, mut closed) = (Vec::new(), 0);
        for _ in 0..200 {
            match greeted(&self.hostile, self.address).await {
                Some(connection) => held.push(connection),
                None => closed += 1,
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

    /// Calls of one institution, so many at once for as long as it takes others to settle several times; what became of them.
    async fn flood(&self) -> BTreeMap<String, usize> {
        let hospital = || Hospital::of(&self.world, &CHENGDU, Desk::Two);
        let flooding: Vec<Hospital> = (0..16).map(|_| hospital()).collect();
        let (mut calls, mut answers) = (JoinSet::new(), BTreeMap::new());
        let mut flooding = (0..)
            .zip(flooding.iter().cycle())
            .map(|(number, hospital)| {
                let hospital = hospital.clone();
                let bill = inpatient(
                    &NINGBO,
                    1,
                    &format!("flood-{number}"),
                    &[(Item::Drug, 10_000)],
                );
                async move {
                    match hospital.estimate(bill).await {
                        Ok(_) => "answered".to_owned(),
                        Err(refused) => refused.code,
                    }
                }
            });
        for call in flooding.by_ref().take(FLOOD) {
            calls.spawn(call);
        }
        let mark = self.others.mark();
        while !self.others.have_settled_since(mark, SEVERAL) {
            let answer = calls.join_next().await.unwrap().unwrap();
            *answers.entry(answer).or_default() += 1;
            calls.spawn(flooding.next().unwrap());
        }
        for answer in calls.join_all().await {
            *answers.entry(answer).or_default() += 1;
        }
        answers
    }
}

/// Lets this process, and those it starts, open so many files.
fn allow_files(needed: u64) {
    let files = getrlimit(Resource::Nofile);
    let (current, maximum) = (files.maximum, files.maximum);
    setrlimit(Resource::Nofile, Rlimit { current, maximum }).unwrap();
    println!("files: {needed} needed, {maximum:?} allowed");
    assert!(
        maximum.is_none_or(|allowed| allowed >= needed),
        "{needed} files are needed at once, {maximum:?} are allowed: raise the hard limit (ulimit -Hn)"
    );
}

/// Speaks HTTP/2 and asks for nothing, until it is aborted or the node closes.
async fn stays(connector: TlsConnector, address: SocketAddr) -> AbortHandle {
    let mut connection = raw::connect(&connector, address).await;
    for _ in 0..AGAIN {
        if connection.is_err() {
            connection = raw::connect(&connector, address).await;
        }
    }
    let handshake = h2::client::handshake(connection.unwrap());
    let (sender, connection) = handshake.await.unwrap();
    let staying = tokio::spawn(async move {
        let _sender: SendRequest<Bytes> = sender;
        connection.await
    });
    staying.abort_handle()
}

fn is_open(stream: &TcpStream) -> bool {
    let nothing_yet = |error: &io::Error| error.kind() == io::ErrorKind::WouldBlock;
    stream
        .try_read(&mut [0])
        .is_err_and(|error| nothing_yet(&error))
}

/// A connection that shook hands; none when it was closed. Whoever is let in is greeted with the settings of HTTP/2, whoever is
/// not sees the end.
async fn greeted(connector: &TlsConnector, address: SocketAddr) -> Option<TlsStream<TcpStream>> {
    let mut connection = raw::connect(connector, address).await.ok()?;
    match connection.read(&mut [0; 9]).await {
        Ok(0) | Err(_) => None,
        Ok(_) => Some(connection),
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
