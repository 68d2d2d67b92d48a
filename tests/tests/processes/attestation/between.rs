//! Somebody who stands between a region's node and the clearinghouse, with the certificates of both, and changes one leg.

use std::sync::{Arc, Mutex};

use huitong_certs::Identity;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::attestation_service_client::AttestationServiceClient;
use huitong_proto::clearing::v1::attestation_service_server::{
    AttestationService, AttestationServiceServer,
};
use huitong_proto::clearing::v1::clearing_service_client::ClearingServiceClient;
use huitong_proto::clearing::v1::clearing_service_server::{
    ClearingService, ClearingServiceServer,
};
use huitong_tests::register::Region;
use huitong_tests::world::World;
use huitong_transport::{
    AccessTable, Caller, ClientLimits, Row, Server, ServerLimits, connect_lazy,
};
use tonic::service::Routes;
use tonic::transport::Channel;
use tonic::{Request, Response, Status};

/// The settlement of which a leg is changed: the first that is reported, and the same for everybody.
#[derive(Debug, Clone, Default)]
pub(crate) struct Changed(Arc<Mutex<Option<(String, i32)>>>);

impl Changed {
    pub(crate) fn settlement(&self) -> Option<String> {
        let found = self.0.lock().unwrap().clone();
        found.map(|(settlement, _)| settlement)
    }

    fn change(&self, leg: &mut v1::Leg) {
        let mut chosen = self.0.lock().unwrap();
        let this = (leg.settlement.to_string(), leg.fund);
        if *chosen.get_or_insert_with(|| this.clone()) == this {
            leg.amount_fen -= 100;
        }
    }
}

/// Everything goes on as it comes, but for the leg.
struct Between {
    clearing: ClearingServiceClient<Channel>,
    attestation: AttestationServiceClient<Channel>,
    changed: Changed,
}

/// Begins to stand there; where the node finds it.
pub(crate) async fn stand_between(world: &World, region: &Region, changed: &Changed) -> String {
    let node = Identity::RegionNode(region.region());
    let channel = connect_lazy(
        &world.clearinghouse_endpoint(),
        Identity::Clearinghouse,
        &world.authorities().credentials(&node),
        ClientLimits::standard(),
    );
    let channel = channel.unwrap();
    let between = Arc::new(Between {
        clearing: ClearingServiceClient::new(channel.clone()),
        attestation: AttestationServiceClient::new(channel),
        changed: changed.clone(),
    });
    let credentials = world.authorities().credentials(&Identity::Clearinghouse);
    let any = "127.0.0.1:0".parse().unwrap();
    let server = Server::bind(any, credentials, ServerLimits::standard());
    let server = server.await.unwrap();
    let address = server.local_address();
    let services = ["ClearingService", "AttestationService"];
    let rows = services.map(|service| {
        let service = format!("huitong.clearing.v1.{service}");
        Row::service(&*service.leak(), &[Caller::RegionNode])
    });
    let table = AccessTable::new(rows.into()).unwrap();
    let routes = Routes::new(ClearingServiceServer::from_arc(Arc::clone(&between)))
        .add_service(AttestationServiceServer::from_arc(between));
    tokio::spawn(async move {
        let served = server.serve(routes, table, std::future::pending());
        served.await.unwrap();
    });
    format!("https://{address}")
}

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl ClearingService for Between {
    async fn stream_position(
        &self,
        request: Request<v1::StreamPositionRequest>,
    ) -> Answer<v1::StreamPositionResponse> {
        let mut to = self.clearing.clone();
        to.stream_position(request.into_inner()).await
    }

    async fn report_legs(
        &self,
        request: Request<v1::ReportLegsRequest>,
    ) -> Answer<v1::ReportLegsResponse> {
        let mut report = request.into_inner();
        report
            .legs
            .iter_mut()
            .for_each(|leg| self.changed.change(leg));
        self.clearing.clone().report_legs(report).await
    }

    async fn close_day(
        &self,
        request: Request<v1::CloseDayRequest>,
    ) -> Answer<v1::CloseDayResponse> {
        self.clearing.clone().close_day(request.into_inner()).await
    }

    async fn regain_legs(
        &self,
        request: Request<v1::RegainLegsRequest>,
    ) -> Answer<v1::RegainLegsResponse> {
        self.clearing
            .clone()
            .regain_legs(request.into_inner())
            .await
    }
}

#[tonic::async_trait]
impl AttestationService for Between {
    async fn get_window(
        &self,
        request: Request<v1::GetWindowRequest>,
    ) -> Answer<v1::GetWindowResponse> {
        self.attestation
            .clone()
            .get_window(request.into_inner())
            .await
    }

    async fn attest(&self, request: Request<v1::AttestRequest>) -> Answer<v1::AttestResponse> {
        self.attestation.clone().attest(request.into_inner()).await
    }

    async fn look_into(
        &self,
        request: Request<v1::LookIntoRequest>,
    ) -> Answer<v1::LookIntoResponse> {
        self.attestation
            .clone()
            .look_into(request.into_inner())
            .await
    }

    async fn tell_differences(
        &self,
        request: Request<v1::TellDifferencesRequest>,
    ) -> Answer<v1::TellDifferencesResponse> {
        let mut to = self.attestation.clone();
        to.tell_differences(request.into_inner()).await
    }
}
