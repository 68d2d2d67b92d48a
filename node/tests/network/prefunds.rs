//! Prefunds as a clearinghouse tells them to regions' nodes, and as officers see them at their own.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use huitong_certs::Identity;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::own_prefund_service_server::OwnPrefundService;
use huitong_proto::clearing::v1::prefund_desk_service_client::PrefundDeskServiceClient;
use huitong_proto::common::v1::Fund;
use huitong_transport::peer;
use tonic::{Code, Request, Response, Status};

use crate::world::{CHENGDU, HOSPITAL, NINGBO, World, code};

/// What is told to each region: its clearing member, and the pages.
#[derive(Clone, Default)]
pub struct Prefunds(Arc<Mutex<BTreeMap<String, Told>>>);

type Told = (&'static str, Vec<Vec<v1::PrefundStanding>>);

#[tonic::async_trait]
impl OwnPrefundService for Prefunds {
    async fn list_own_prefunds(
        &self,
        request: Request<v1::ListOwnPrefundsRequest>,
    ) -> Result<Response<v1::ListOwnPrefundsResponse>, Status> {
        let region = match peer(&request).unwrap() {
            Identity::RegionNode(region) => region.to_string(),
            other => panic!("{other}"),
        };
        let told = self.0.lock().unwrap();
        let (member, pages) = &told[&region];
        let after = request.into_inner().after;
        let ends = |page: &Vec<v1::PrefundStanding>| page.last().and_then(|it| it.prefund.clone());
        let nth = match &after {
            None => 0,
            Some(_) => 1 + pages.iter().position(|page| ends(page) == after).unwrap(),
        };
        let page = pages[nth].clone();
        let next = ends(&page).filter(|_| nth + 1 < pages.len());
        Ok(Response::new(v1::ListOwnPrefundsResponse {
            member: (*member).to_owned(),
            prefunds: page,
            next,
        }))
    }

    async fn top_up_own(
        &self,
        request: Request<v1::TopUpOwnPrefundRequest>,
    ) -> Result<Response<v1::TopUpPrefundResponse>, Status> {
        let v1::TopUpOwnPrefundRequest { ask, officer } = request.into_inner();
        assert_eq!(officer, "li.wei");
        let ask = ask.unwrap();
        let of = ask.prefund.unwrap();
        let mut standing = standing(&of.payer, &of.holder, v1::PrefundLevel::Red);
        standing.open_top_up_fen = ask.amount_fen;
        if ask.id == "T-of-another" {
            standing.prefund = Some(v1::PrefundKey {
                payer: "440000".to_owned(),
                ..of
            });
        }
        Ok(Response::new(v1::TopUpPrefundResponse {
            standing: Some(standing),
        }))
    }
}

fn standing(payer: &str, holder: &str, level: v1::PrefundLevel) -> v1::PrefundStanding {
    v1::PrefundStanding {
        prefund: Some(v1::PrefundKey {
            payer: payer.to_owned(),
            holder: holder.to_owned(),
            fund: Fund::ResidentPool.into(),
        }),
        year: 2023,
        set_fen: 1_400_000,
        held_fen: 1_400_000,
        used_fen: 1_316_000,
        level: level.into(),
        open_top_up_fen: 500_000,
        missing_fen: 500_000,
        due: "2023-03-31".to_owned(),
        ..v1::PrefundStanding::default()
    }
}

async fn shown(
    world: &World,
    party: &str,
    region: &str,
) -> Result<v1::ShowPrefundsResponse, Status> {
    let mut client = PrefundDeskServiceClient::new(world.caller(party, region).await);
    let shown = client.show_prefunds(v1::ShowPrefundsRequest {}).await;
    Ok(shown?.into_inner())
}

fn officer(region: &str) -> String {
    format!("/region/{region}/officer/li.wei")
}

#[tokio::test(flavor = "multi_thread")]
async fn officers_see_what_their_own_node_is_told_of_prefunds_and_nobody_else_does() {
    let mut world = World::new().await;
    let off = shown(&world, &officer(CHENGDU), CHENGDU).await;
    assert_eq!(code(&off.unwrap_err()), "prefund.off");
    world.clearinghouse().await;
    let red = standing("330000", CHENGDU, v1::PrefundLevel::Red);
    let yellow = standing(CHENGDU, "440000", v1::PrefundLevel::Yellow);
    let prefunds = world.clearing.as_ref().unwrap().prefunds.clone();
    let pages = vec![vec![red.clone()], vec![yellow.clone()]];
    prefunds.0.lock().unwrap().extend([
        (CHENGDU.to_owned(), (CHENGDU, pages)),
        (NINGBO.to_owned(), ("330000", vec![vec![red.clone()]])),
    ]);
    let told = shown(&world, &officer(CHENGDU), CHENGDU).await.unwrap();
    assert_eq!(
        (&*told.member, told.prefunds),
        (CHENGDU, vec![red.clone(), yellow])
    );
    let told = shown(&world, &officer(NINGBO), NINGBO).await.unwrap();
    assert_eq!((&*told.member, told.prefunds), ("330000", vec![red]));
    // Neither an institution nor another region's officer or node.
    for party in [HOSPITAL, &officer(NINGBO), "/region/330200/node"] {
        let refused = shown(&world, party, CHENGDU).await.unwrap_err();
        assert_eq!(refused.code(), Code::PermissionDenied, "{party}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_others_and_pages_without_end_are_not_shown() {
    let mut world = World::new().await;
    world.clearinghouse().await;
    let prefunds = world.clearing.as_ref().unwrap().prefunds.clone();
    let others = standing("330000", "440000", v1::PrefundLevel::Red);
    let own = |nth: u32| {
        standing(
            &format!("{:06}", 330_000 + nth),
            CHENGDU,
            v1::PrefundLevel::Red,
        )
    };
    let pages = (0..65).map(|nth| vec![own(nth)]).collect();
    for pages in [vec![vec![others]], pages] {
        let told = (CHENGDU, pages);
        prefunds.0.lock().unwrap().insert(CHENGDU.to_owned(), told);
        let refused = shown(&world, &officer(CHENGDU), CHENGDU).await;
        let refused = refused.unwrap_err();
        assert_eq!(code(&refused), "node.overloaded");
        assert!(refused.message().contains("cannot be read"), "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_asks_for_more_at_the_own_node_which_says_who_asked() {
    let ask = async |world: &World, party: &str, id: &str| {
        let channel = world.caller(party, CHENGDU).await;
        let request = v1::TopUpPrefundRequest {
            prefund: standing("330000", CHENGDU, v1::PrefundLevel::Red).prefund,
            amount_fen: 700_000,
            id: id.to_owned(),
        };
        let mut client = PrefundDeskServiceClient::new(channel);
        client.ask_top_up(request).await.map(Response::into_inner)
    };
    let mut world = World::new().await;
    let off = ask(&world, &officer(CHENGDU), "T-1").await;
    assert_eq!(code(&off.unwrap_err()), "prefund.off");
    world.clearinghouse().await;
    for _ in 0..2 {
        let told = ask(&world, &officer(CHENGDU), "T-1").await.unwrap();
        assert_eq!(told.standing.unwrap().open_top_up_fen, 700_000);
    }
    let refused = ask(&world, &officer(CHENGDU), "").await.unwrap_err();
    assert_eq!(code(&refused), "request.malformed");
    let refused = ask(&world, &officer(CHENGDU), "T-of-another").await;
    let refused = refused.unwrap_err();
    assert_eq!(code(&refused), "node.overloaded");
    assert!(refused.message().contains("cannot be read"), "{refused}");
    for party in [HOSPITAL, &officer(NINGBO), "/region/330200/node"] {
        let refused = ask(&world, party, "T-1").await.unwrap_err();
        assert_eq!(refused.code(), Code::PermissionDenied, "{party}");
    }
}
