//! What of clearing concerns a region, as a clearinghouse tells it to nodes, and as officers see it at their own.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use huitong_certs::Identity;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::clearing_desk_service_client::ClearingDeskServiceClient;
use huitong_proto::clearing::v1::own_clearing_service_server::{
    OwnClearingService, OwnClearingServiceServer,
};
use huitong_proto::common::v1::Fund;
use huitong_transport::peer;
use tonic::transport::Channel;
use tonic::{Code, Request, Response, Status};

use crate::world::{CHENGDU, HOSPITAL, NINGBO, World, code};

/// What is told to each region.
#[derive(Clone, Default)]
pub struct OwnClearing(Arc<Mutex<BTreeMap<String, Told>>>);

#[derive(Clone, Default)]
struct Told {
    exceptions: v1::ListOwnExceptionsResponse,
    payments: v1::ListOwnPaymentsResponse,
    notices: v1::ListOwnNoticesResponse,
}

impl OwnClearing {
    pub fn service(&self) -> OwnClearingServiceServer<Self> {
        OwnClearingServiceServer::new(self.clone())
    }

    fn tell(&self, region: &str, told: Told) {
        self.0.lock().unwrap().insert(region.to_owned(), told);
    }

    fn told<T>(&self, request: &Request<T>) -> Told {
        let region = match peer(request).unwrap() {
            Identity::RegionNode(region) => region.to_string(),
            other => panic!("{other}"),
        };
        self.0.lock().unwrap()[&region].clone()
    }
}

#[tonic::async_trait]
impl OwnClearingService for OwnClearing {
    async fn list_own_exceptions(
        &self,
        request: Request<v1::ListOwnExceptionsRequest>,
    ) -> Result<Response<v1::ListOwnExceptionsResponse>, Status> {
        Ok(Response::new(self.told(&request).exceptions))
    }

    async fn list_own_payments(
        &self,
        request: Request<v1::ListOwnPaymentsRequest>,
    ) -> Result<Response<v1::ListOwnPaymentsResponse>, Status> {
        Ok(Response::new(self.told(&request).payments))
    }

    async fn list_own_notices(
        &self,
        request: Request<v1::ListOwnNoticesRequest>,
    ) -> Result<Response<v1::ListOwnNoticesResponse>, Status> {
        Ok(Response::new(self.told(&request).notices))
    }
}

fn reported(region: &str, debtor: &str, creditor: &str) -> v1::ReportedLeg {
    v1::ReportedLeg {
        region: region.to_owned(),
        number: 7,
        debtor: debtor.to_owned(),
        creditor: creditor.to_owned(),
        amount_fen: 700,
        business_day: "2026-03-01".to_owned(),
        receipt: vec![1; 32],
    }
}

fn exception(told: v1::ReportedLeg, other: Option<v1::ReportedLeg>) -> v1::Exception {
    v1::Exception {
        place: Some(v1::ExceptionPlace {
            since_ms: 1_772_000_000_000,
            region: told.region.clone(),
            number: told.number,
        }),
        reason: v1::WaitingReason::CounterpartMissing.into(),
        days: 31,
        settlement: huitong_core::id::SettlementId::from_parts(1, [1; 10]).to_string(),
        kind: v1::LegKind::Settlement.into(),
        fund: Fund::ResidentPool.into(),
        told: Some(told),
        other,
        ..v1::Exception::default()
    }
}

fn payment(member: &str, direction: v1::Direction) -> v1::Payment {
    v1::Payment {
        reference: format!("1-{member}-resident_pool"),
        business_day: "2026-03-01".to_owned(),
        member: member.to_owned(),
        fund: Fund::ResidentPool.into(),
        direction: direction.into(),
        amount_fen: 1_316_000,
        due: "2026-03-18".to_owned(),
        days_late: 3,
        ..v1::Payment::default()
    }
}

/// What Chengdu is told when all is right.
fn right() -> Told {
    let is_paid = payment(CHENGDU, v1::Direction::PayOut);
    let unpaid = v1::UnpaidBy {
        member: "330000".to_owned(),
        open_fen: 1_316_000,
        delay: v1::DelayReason::Budget.into(),
    };
    Told {
        exceptions: v1::ListOwnExceptionsResponse {
            exceptions: vec![exception(reported(NINGBO, NINGBO, CHENGDU), None)],
            ..v1::ListOwnExceptionsResponse::default()
        },
        payments: v1::ListOwnPaymentsResponse {
            member: CHENGDU.to_owned(),
            payments: vec![v1::OwnPayment {
                payment: Some(is_paid.clone()),
                unpaid_by: vec![unpaid],
            }],
            next: String::new(),
        },
        notices: v1::ListOwnNoticesResponse {
            member: CHENGDU.to_owned(),
            told: Some(v1::ListNoticesResponse {
                notices: vec![v1::Notice {
                    payment: Some(is_paid),
                    parts: Vec::new(),
                }],
                ordered_by: "wang.fang".to_owned(),
                business_days: vec!["2026-03-01".to_owned()],
                ..v1::ListNoticesResponse::default()
            }),
        },
    }
}

type Desk = ClearingDeskServiceClient<Channel>;

async fn desk(world: &World, party: &str) -> Desk {
    ClearingDeskServiceClient::new(world.caller(party, CHENGDU).await)
}

fn officer(region: &str) -> String {
    format!("/region/{region}/officer/li.wei")
}

async fn exceptions(desk: &mut Desk) -> Result<v1::ListOwnExceptionsResponse, Status> {
    let first = v1::ListOwnExceptionsRequest { after: None };
    Ok(desk.show_own_exceptions(first).await?.into_inner())
}

async fn payments(desk: &mut Desk) -> Result<v1::ListOwnPaymentsResponse, Status> {
    let all = v1::ListOwnPaymentsRequest::default();
    Ok(desk.show_own_payments(all).await?.into_inner())
}

async fn notices(desk: &mut Desk) -> Result<v1::ListOwnNoticesResponse, Status> {
    let of = v1::ListOwnNoticesRequest {
        business_day: "2026-03-01".to_owned(),
        month: String::new(),
    };
    Ok(desk.show_own_notices(of).await?.into_inner())
}

#[tokio::test(flavor = "multi_thread")]
async fn officers_see_what_their_own_node_is_told_of_clearing_and_nobody_else_does() {
    let mut world = World::new().await;
    let mut own = desk(&world, &officer(CHENGDU)).await;
    assert_eq!(
        code(&exceptions(&mut own).await.unwrap_err()),
        "clearing.off"
    );
    assert_eq!(code(&payments(&mut own).await.unwrap_err()), "clearing.off");
    assert_eq!(code(&notices(&mut own).await.unwrap_err()), "clearing.off");
    world.clearinghouse().await;
    let clearing = world.clearing.as_ref().unwrap().own_clearing.clone();
    clearing.tell(CHENGDU, right());
    let mut own = desk(&world, &officer(CHENGDU)).await;
    assert_eq!(exceptions(&mut own).await.unwrap(), right().exceptions);
    assert_eq!(payments(&mut own).await.unwrap(), right().payments);
    assert_eq!(notices(&mut own).await.unwrap(), right().notices);
    let neither = v1::ListOwnNoticesRequest::default();
    let refused = own.show_own_notices(neither).await.unwrap_err();
    assert_eq!(code(&refused), "request.malformed");
    // Neither an institution nor another region's officer or node.
    for party in [HOSPITAL, &officer(NINGBO), "/region/330200/node"] {
        let mut other = desk(&world, party).await;
        for refused in [
            exceptions(&mut other).await.map(drop),
            payments(&mut other).await.map(drop),
            notices(&mut other).await.map(drop),
        ] {
            let refused = refused.unwrap_err();
            assert_eq!(refused.code(), Code::PermissionDenied, "{party}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_of_others_is_not_shown() {
    let mut world = World::new().await;
    world.clearinghouse().await;
    let clearing = world.clearing.as_ref().unwrap().own_clearing.clone();
    let mut own = desk(&world, &officer(CHENGDU)).await;
    let unreadable = |refused: Status| {
        assert_eq!(code(&refused), "node.overloaded");
        assert!(refused.message().contains("cannot be read"), "{refused}");
    };
    let of_others = reported(NINGBO, NINGBO, "330100");
    let with_others = exception(reported(CHENGDU, NINGBO, CHENGDU), Some(of_others.clone()));
    for wrong in [exception(of_others, None), with_others] {
        let mut told = right();
        told.exceptions.exceptions.push(wrong);
        clearing.tell(CHENGDU, told);
        unreadable(exceptions(&mut own).await.unwrap_err());
    }
    let mut told = right();
    told.payments.payments[0].payment = Some(payment("330000", v1::Direction::PayOut));
    told.notices.told.as_mut().unwrap().notices[0].payment =
        Some(payment("330000", v1::Direction::PayIn));
    clearing.tell(CHENGDU, told);
    unreadable(payments(&mut own).await.unwrap_err());
    unreadable(notices(&mut own).await.unwrap_err());
    // What the member pays itself waits for nobody.
    let mut told = right();
    told.payments.payments[0].payment = Some(payment(CHENGDU, v1::Direction::PayIn));
    clearing.tell(CHENGDU, told);
    unreadable(payments(&mut own).await.unwrap_err());
}
