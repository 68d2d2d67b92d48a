//! Every method over the wire, in every role: each service of the compiled descriptors is called over mutual TLS with a
//! certificate of its own for each role, and what is refused is refused by the code that says why.

use std::collections::BTreeMap;

use bytes::{Buf, BufMut};
use huitong_proto::DESCRIPTORS;
use huitong_transport::refusal_code;
use prost::Message;
use prost_types::FileDescriptorSet;
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::Channel;
use tonic::{Code, Request, Status};

use crate::world::{CHENGDU, World};

const ROLES: [&str; 8] = [
    "look",
    "clear",
    "approve",
    "pay",
    "prefund",
    "dispute",
    "backup",
    "administer",
];

/// An officer for each role, who has no other; beside them there is one who is not named.
const OFFICERS: &str = "\
[[officer]]\nname = \"look\"\nroles = [\"look\"]\n\
[[officer]]\nname = \"clear\"\nroles = [\"clear\"]\n\
[[officer]]\nname = \"approve\"\nroles = [\"approve\"]\n\
[[officer]]\nname = \"pay\"\nroles = [\"pay\"]\n\
[[officer]]\nname = \"prefund\"\nroles = [\"prefund\"]\n\
[[officer]]\nname = \"dispute\"\nroles = [\"dispute\"]\n\
[[officer]]\nname = \"backup\"\nroles = [\"backup\"]\n\
[[officer]]\nname = \"administer\"\nroles = [\"administer\"]\n";
const UNNAMED: &str = "nobody";
const NODE: &str = "a node";

/// Whoever has any role may call these.
const LOOK: [&str; 25] = [
    "OfficerService/Status",
    "OfficerService/ListCycles",
    "OfficerService/Statement",
    "OfficerService/WhatIf",
    "ExceptionService/ListExceptions",
    "DeductionOfficeService/ListNettedDeductions",
    "DeductionOfficeService/ListWaitingDeductions",
    "AttestationOfficeService/ListAttestations",
    "BooksService/ListAccounts",
    "BooksService/ListPostings",
    "PaymentService/ListPayments",
    "PaymentService/ListNotices",
    "PaymentService/ListMovements",
    "PrefundService/ListPrefunds",
    "PrefundService/ListPrefundMovements",
    "PrefundService/Propose",
    "DisputeOfficeService/ListAllDisputes",
    "DisputeOfficeService/ShowDispute",
    "MonthOfficeService/ListMonths",
    "MonthOfficeService/WhatIfMonth",
    "MonthOfficeService/FetchMonthFile",
    "ProofOfficeService/GetCheckpoint",
    "ProofOfficeService/GetProvenStatement",
    "MemberService/ListMembers",
    "CertificateService/ShowCertificates",
];

/// Who has this role alone may call these, and nobody else.
const DO: [(&str, &str); 24] = [
    ("clear", "OfficerService/CutOff"),
    ("clear", "OfficerService/Net"),
    ("clear", "OfficerService/ReleaseStream"),
    ("clear", "OfficerService/Resume"),
    ("clear", "OfficerService/Reopen"),
    ("clear", "MonthOfficeService/DrawUpMonth"),
    ("approve", "PaymentService/Approve"),
    ("approve", "MonthOfficeService/ApproveMonth"),
    ("pay", "PaymentService/Instruct"),
    ("pay", "PaymentService/Confirm"),
    ("pay", "PaymentService/Apply"),
    ("pay", "PaymentService/SendBack"),
    ("pay", "PaymentService/Correct"),
    ("pay", "PaymentService/Delay"),
    ("pay", "MonthOfficeService/InstructMonth"),
    ("prefund", "PrefundService/Set"),
    ("prefund", "PrefundService/TopUp"),
    ("prefund", "PrefundService/Enter"),
    ("prefund", "PrefundService/Correct"),
    ("dispute", "DisputeOfficeService/SettleDispute"),
    ("backup", "BackupService/CopyJournal"),
    ("administer", "MemberService/ChangeMember"),
    ("administer", "MemberService/EndProposal"),
    ("administer", "CertificateService/ReloadCertificates"),
];

/// Bytes as they are, so that anything can be sent.
struct Raw;

impl Codec for Raw {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, item: Vec<u8>, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        to.put_slice(&item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        let mut bytes = vec![0; from.remaining()];
        from.copy_to_slice(&mut bytes);
        Ok(Some(bytes))
    }
}

/// Every method of every service of ours, by its path.
fn methods() -> Vec<String> {
    let files = FileDescriptorSet::decode(DESCRIPTORS).unwrap().file;
    let mut paths = Vec::new();
    for file in files
        .iter()
        .filter(|file| file.package().starts_with("huitong."))
    {
        for service in &file.service {
            let of_service = service.method.iter();
            let path = |method: &str| format!("/{}.{}/{method}", file.package(), service.name());
            paths.extend(of_service.map(|method| path(method.name())));
        }
    }
    paths
}

/// What a call came to: the first message, or why there is none.
async fn call(channel: &Channel, path: &str, request: &[u8]) -> Result<(), Status> {
    let mut client = Grpc::new(channel.clone());
    client.ready().await.unwrap();
    let path = PathAndQuery::try_from(path.to_owned()).unwrap();
    let request = Request::new(request.to_vec());
    let answer = client.server_streaming(request, path, Raw).await?;
    answer.into_inner().message().await.map(drop)
}

/// Who calls, by what they are called here.
async fn callers(world: &mut World) -> BTreeMap<String, Channel> {
    let mut callers = BTreeMap::new();
    let officers = ROLES.iter().chain([&UNNAMED]);
    let officers = officers.map(|name| (*name, format!("/clearinghouse/officer/{name}")));
    for (name, party) in officers {
        world.install(&party);
        callers.insert(name.to_owned(), world.connect(&party).await);
    }
    let node = world.connect(&format!("/region/{CHENGDU}/node")).await;
    callers.insert(NODE.to_owned(), node);
    callers
}

/// Whether somebody may call what takes a role; otherwise the code of the refusal.
fn due(caller: &str, role: Option<&str>) -> Result<(), &'static str> {
    match role {
        _ if caller == NODE => Err("transport.not_allowed"),
        // A service of regions' nodes, of the nodes themselves, or a method that nobody decided about.
        None => Err("transport.not_allowed"),
        Some(_) if caller == UNNAMED => Err("officer.role"),
        Some(role) if role == "look" || role == caller => Ok(()),
        Some(_) => Err("officer.role"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_method_in_every_role_is_answered_or_refused_as_the_table_says() {
    let mut world = World::begin().await;
    world.stop().await;
    world.officers = OFFICERS;
    world.start().await.unwrap();
    let callers = callers(&mut world).await;
    let looks = LOOK.iter().map(|method| (*method, "look"));
    let does = DO.iter().map(|(role, method)| (*method, *role));
    let table: BTreeMap<&str, &str> = looks.chain(does).collect();
    assert_eq!(table.len(), LOOK.len() + DO.len());
    let methods = methods();
    let mut counted = [0; 2];
    let mut found = BTreeMap::new();
    for path in &methods {
        let name = path.rsplit_once('.').unwrap().1;
        let role = table.get(name).copied();
        for (caller, channel) in &callers {
            // A node may call what is for nodes: what it may not is what is for officers.
            if role.is_none() && caller == NODE {
                continue;
            }
            // Nothing at all, and what is no message: nobody is told what is wrong with it who may not call.
            for request in [&[][..], &[0xff, 0xff, 0xff]] {
                let answer = call(channel, path, request).await;
                let refused = answer.as_ref().err();
                let code = refused.and_then(refusal_code);
                let is_of_door = ["transport.not_allowed", "officer.role"].map(Some);
                match due(caller, role) {
                    Ok(()) => {
                        let is_there = refused.is_none_or(|it| it.code() != Code::Unimplemented);
                        assert!(
                            !is_of_door.contains(&code) && is_there,
                            "{caller} {path}: {answer:?}"
                        );
                        counted[0] += 1;
                    }
                    Err(due) => {
                        assert_eq!(code, Some(due), "{caller} {path}: {answer:?}");
                        let status = refused.unwrap().code();
                        assert_eq!(status, Code::PermissionDenied, "{caller} {path}");
                        counted[1] += 1;
                    }
                }
            }
            if let Some(role) = role {
                found.insert(name, role);
            }
        }
    }
    assert_eq!(
        found, table,
        "every row is a method of the compiled services"
    );
    println!(
        "{} methods, {} callers: {counted:?} calls answered and refused",
        methods.len(),
        callers.len()
    );
    // Each with two requests: what one may look at, every role may.
    let answered = 2 * (LOOK.len() * ROLES.len() + DO.len());
    assert_eq!(counted[0], answered);
    assert!(counted[1] > 2_000, "{counted:?}");
}
