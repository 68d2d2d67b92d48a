//! Assistance on a year's totals: assessed, granted once, used up at the counter, withdrawn, lost with a disk.

use huitong_core::digest::sha256;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::AssistanceIdentity;
use huitong_proto::settlement::v1::assistance_service_client::AssistanceServiceClient;
use huitong_proto::settlement::v1::change_person_request::Change;
use tonic::Status;
use tonic::transport::Channel;

use crate::bills::{dated, published, settle, small};
use crate::files::policy;
use crate::filings::{change, people};
use crate::reversals::legs;
use crate::world::{HOSPITAL, NINGBO, World, code};

pub const PERSON: &str = "330200000000000001";
/// The day on which need is found.
pub const DAY: &str = "2023-03-10";

/// What helps people in poverty through illness: above 3,000 of the year 60 %, on a year's totals too.
const ASSISTANCE: &str = r#"
[totals.assisted]
adds = "assistance.base"
period = "year"

[totals.assistance_paid]
adds = "assistance.paid"
period = "year"

[[layer]]
name = "year_so_far"
label = "basic"
when = { identity = "illness_poverty", "given.paid_this_year" = { at_least = "0.01" } }
take = ["in"]
payer = "given.paid_this_year"

[[layer]]
name = "assistance"
when = { identity = "illness_poverty" }
take = [{ part = "in", left = ["basic.start", "basic.share", "basic.above"] }]
axis = "total.assisted"
start = "3000"
ratio = "0.60"
ceilings = [{ payment = "30000", total = "assistance_paid" }]
payer = "medical_assistance"
"#;

/// What excepts the year so far from basic insurance.
pub const GUARD: &str = "when = { \"given.paid_this_year\" = { at_most = \"0\" } }";

/// The region's policy with assistance, which replaces the one without.
pub fn helping(guard: &str) -> String {
    let replaced = sha256(policy(NINGBO).as_bytes());
    let head = format!("supersedes = [\"{replaced}\"]\neffective");
    let basic = format!("name = \"basic\"\n{guard}");
    let text = policy(NINGBO).replace("effective", &head);
    format!("{}{ASSISTANCE}", text.replace("name = \"basic\"", &basic))
}

pub async fn desk(world: &World) -> AssistanceServiceClient<Channel> {
    let officer = "/region/330200/officer/li.wei";
    AssistanceServiceClient::new(world.caller(officer, NINGBO).await)
}

/// A policy that helps, and a person in need from the day on.
pub async fn prepare(world: &World) {
    world.publish(NINGBO, &helping(GUARD)).await;
    in_need(world, "need-1").await;
}

pub async fn in_need(world: &World, request_id: &str) {
    let held = Change::HoldIdentity(v1::HeldIdentity {
        identity: AssistanceIdentity::IllnessPoverty.into(),
        from: DAY.to_owned(),
        until: String::new(),
    });
    change(world, request_id, PERSON, held).await.unwrap();
}

pub async fn assess(world: &World, psn_no: &str, on: &str) -> Result<v1::AssessedYear, Status> {
    let request = v1::AssessAssistanceRequest {
        psn_no: psn_no.to_owned(),
        on: on.to_owned(),
    };
    let answer = desk(world).await.assess(request).await?;
    Ok(answer.into_inner().year.unwrap())
}

pub fn asked(request_id: &str, digest: &[u8]) -> v1::GrantAssistanceRequest {
    v1::GrantAssistanceRequest {
        request_id: request_id.to_owned(),
        psn_no: PERSON.to_owned(),
        on: DAY.to_owned(),
        digest: digest.to_vec(),
    }
}

pub async fn grant(
    world: &World,
    request: v1::GrantAssistanceRequest,
) -> Result<v1::GrantedAssistance, Status> {
    let answer = desk(world).await.grant(request).await?;
    Ok(answer.into_inner().granted.unwrap())
}

pub async fn withdraw(
    world: &World,
    grant: &str,
    reason: v1::AssistanceEndReason,
) -> Result<v1::GrantedAssistance, Status> {
    let request = v1::WithdrawAssistanceRequest {
        grant: grant.to_owned(),
        reason: reason.into(),
    };
    let answer = desk(world).await.withdraw(request).await?;
    Ok(answer.into_inner().granted.unwrap())
}

async fn list(world: &World, psn_no: &str) -> Vec<v1::GrantedAssistance> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let request = v1::ListAssistanceRequest {
            psn_no: psn_no.to_owned(),
            after,
            limit: 1,
        };
        let answer = desk(world).await.list(request).await.unwrap().into_inner();
        all.extend(answer.granted);
        after = answer.next;
        if after.is_none() {
            return all;
        }
    }
}

pub async fn total(world: &World, name: &str) -> i64 {
    let request = v1::GetPersonRequest {
        psn_no: PERSON.to_owned(),
    };
    let answer = people(world).await.get_person(request).await.unwrap();
    let totals = answer.into_inner().totals.into_iter();
    totals
        .filter(|total| total.total == name)
        .map(|total| total.value)
        .sum()
}

async fn assistance(world: &World) -> (i64, i64) {
    (
        total(world, "assisted").await,
        total(world, "assistance_paid").await,
    )
}

fn paid(year: &v1::AssessedYear) -> i64 {
    let layers = &year.decision.as_ref().unwrap().layers;
    let helping = layers.iter().find(|layer| layer.id == "assistance");
    helping.map_or(0, |layer| layer.paid_fen)
}

fn detail(status: &Status) -> String {
    let refusal = huitong_proto::conversion::refusal::refusal_from_details(status.details());
    refusal.unwrap().detail
}

/// 22,000 and 3,000: of 23,000 in scope 13,160 and 2,100 are paid, and 7,740 are borne.
pub async fn a_year(world: &World) {
    let mut hospital = world.hospital(HOSPITAL).await;
    for (id, bill) in [("r-1", published("V1")), ("r-2", small("V2"))] {
        let settled = hospital.settle(settle(id, bill)).await.unwrap();
        assert_eq!(settled.state(), v1::State::Settled);
    }
}

/// 3,000 of a day on which the person is known to be in need.
pub fn helped(visit: &str) -> v1::Bill {
    dated(small(visit), DAY, DAY)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_year_is_granted_once_counts_at_the_counter_and_is_withdrawn_in_full() {
    let mut world = World::new().await;
    prepare(&world).await;
    a_year(&world).await;
    let assessed = assess(&world, PERSON, DAY).await.unwrap();
    let sums = |of: fn(&v1::CountedSettlement) -> i64| assessed.counted.iter().map(of).sum();
    let (in_scope, before): (i64, i64) = (sums(|it| it.in_scope_fen), sums(|it| it.paid_fen));
    assert_eq!((in_scope, before), (2_300_000, 1_526_000));
    assert_eq!(assessed.decided_as, assessed.counted[0].settlement);
    // (7,740 − 3,000) × 60 % = 2,844.
    assert_eq!(paid(&assessed), 284_400);
    assert!(!assessed.explanation.is_empty());
    assert_eq!(assistance(&world).await, (0, 0));
    let others = (total(&world, "paid").await, legs(&world).await);
    let granted = grant(&world, asked("a-1", &assessed.digest)).await.unwrap();
    assert_eq!(granted.year.as_ref(), Some(&assessed));
    // Neither basic insurance nor admissions nor any region has anything to do with it.
    assert_eq!((total(&world, "paid").await, legs(&world).await), others);
    assert_eq!(total(&world, "admissions").await, 2);
    assert_eq!(assistance(&world).await, (774_000, 284_400));
    world.kill(NINGBO).await;
    world.forget_index(NINGBO);
    world.start(NINGBO).await;
    assert_eq!(grant(&world, asked("a-1", &[])).await.unwrap(), granted);
    assert_eq!(list(&world, "").await, std::slice::from_ref(&granted));
    let twice = grant(&world, asked("a-2", &[])).await.unwrap_err();
    assert_eq!(
        (code(&twice), detail(&twice)),
        ("assistance.stands".to_owned(), granted.grant.clone())
    );
    // The start is borne: 900 of the next 3,000 are left, and 60 % of them are paid at once.
    let mut hospital = world.hospital(HOSPITAL).await;
    let next = hospital.settle(settle("r-3", helped("V3"))).await.unwrap();
    assert_eq!(next.decision.unwrap().fund_total_fen, 210_000 + 54_000);
    assert_eq!(assistance(&world).await, (864_000, 338_400));
    let reason = v1::AssistanceEndReason::NotPaidOut;
    let withdrawn = withdraw(&world, &granted.grant, reason).await.unwrap();
    assert_eq!(
        withdraw(&world, &granted.grant, reason).await.unwrap(),
        withdrawn
    );
    // Whoever asks under the old id again is not told that it stands.
    let repeated = grant(&world, asked("a-1", &[])).await.unwrap_err();
    assert_eq!(code(&repeated), "assistance.withdrawn");
    let other = withdraw(&world, &granted.grant, v1::AssistanceEndReason::Mistaken).await;
    assert_eq!(code(&other.unwrap_err()), "id.conflict");
    assert_eq!(assistance(&world).await, (90_000, 54_000));
    // What was helped at the counter is not counted, and its 900 have met as much of the start.
    let again = grant(&world, asked("a-3", &[])).await.unwrap();
    let year = again.year.clone().unwrap();
    let uncounted: Vec<_> = year
        .uncounted
        .iter()
        .map(v1::UncountedSettlement::why)
        .collect();
    assert_eq!(uncounted, [v1::NotCounted::Assisted]);
    assert_eq!(paid(&year), 338_400);
    assert_eq!(list(&world, PERSON).await, [withdrawn, again]);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_year_that_was_assessed_is_granted_under_its_digest() {
    let world = World::new().await;
    prepare(&world).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap();
    let before = assess(&world, PERSON, DAY).await.unwrap();
    // A change of the record that changes nothing of the year.
    in_need_again(&world).await;
    assert_eq!(assess(&world, PERSON, DAY).await.unwrap(), before);
    hospital.settle(settle("r-2", small("V2"))).await.unwrap();
    let moved = grant(&world, asked("a-1", &before.digest)).await;
    assert_eq!(code(&moved.unwrap_err()), "assistance.year_changed");
    let now = assess(&world, PERSON, DAY).await.unwrap();
    grant(&world, asked("a-1", &now.digest)).await.unwrap();
    // The id stands for the person and the day.
    let other_day = v1::GrantAssistanceRequest {
        on: "2023-03-09".to_owned(),
        ..asked("a-1", &[])
    };
    let conflict = grant(&world, other_day).await.unwrap_err();
    assert_eq!(
        (&*code(&conflict), &*detail(&conflict)),
        ("id.conflict", "on")
    );
    let other_act = grant(&world, asked("need-1", &[])).await.unwrap_err();
    assert_eq!(
        (&*code(&other_act), &*detail(&other_act)),
        ("id.conflict", "act")
    );
}

async fn in_need_again(world: &World) {
    let file = Change::File(v1::MakeFiling {
        class: v1::FilingClass::Temporary.into(),
        area: "440000".to_owned(),
        from: String::new(),
        until: String::new(),
    });
    change(world, "file-1", PERSON, file).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_not_in_need_is_refused_and_so_is_a_policy_that_was_not_written_for_it() {
    let world = World::new().await;
    a_year(&world).await;
    // The policy knows no assistance.
    let refused = assess(&world, PERSON, DAY).await.unwrap_err();
    assert_eq!(code(&refused), "assistance.not_entitled");
    // On the year as one bill basic insurance would count it all a second time.
    let unguarded = helping("").replace("label = \"basic\"\n", "");
    world.publish(NINGBO, &unguarded).await;
    in_need(&world, "need-1").await;
    let refused = assess(&world, PERSON, DAY).await.unwrap_err();
    assert_eq!(
        (&*code(&refused), &*detail(&refused)),
        ("assistance.not_by_policy", "paid_this_year")
    );
    for (psn_no, on, expected) in [
        ("330200000000000099", DAY, "person.unknown"),
        ("330200000000000003", DAY, "assistance.nothing_counts"),
        // Care that began later is not counted.
        (PERSON, "2023-02-28", "assistance.nothing_counts"),
        // Need was not found yet.
        (PERSON, "2023-03-09", "assistance.not_entitled"),
        (PERSON, "2022-03-09", "assistance.nothing_counts"),
        (PERSON, "2023-02-30", "request.malformed"),
    ] {
        let refused = assess(&world, psn_no, on).await.unwrap_err();
        assert_eq!(code(&refused), expected, "{psn_no} {on}");
    }
    let unknown = withdraw(
        &world,
        "act_00000000000000000000000000",
        v1::AssistanceEndReason::Mistaken,
    );
    assert_eq!(code(&unknown.await.unwrap_err()), "assistance.unknown");
    assert_eq!(list(&world, "").await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_grant_and_a_hospital_at_once_neither_uses_the_start_again() {
    let world = World::new().await;
    prepare(&world).await;
    a_year(&world).await;
    for nth in 0..8 {
        let mut hospital = world.hospital(HOSPITAL).await;
        let visit = format!("W{nth}");
        let settled = hospital.settle(settle(&visit, helped(&visit)));
        let request_id = format!("a-{nth}");
        let granting = grant(&world, asked(&request_id, &[]));
        let (settled, granted) = tokio::join!(settled, granting);
        let layers = settled.unwrap().decision.unwrap().layers;
        let at_counter = layers.iter().find(|layer| layer.id == "assistance");
        let year = granted.unwrap();
        let base = at_counter.unwrap().base_fen;
        let on_year = &year
            .year
            .as_ref()
            .unwrap()
            .decision
            .as_ref()
            .unwrap()
            .layers;
        let on_year = on_year.iter().find(|layer| layer.id == "assistance");
        let (one, other) = (at_counter.unwrap(), on_year.unwrap());
        // One of them began where the other ended: together they are one stretch of the year.
        let (first, then) = if one.before_fen < other.before_fen {
            (one, other)
        } else {
            (other, one)
        };
        assert_eq!(then.before_fen, first.before_fen + first.base_fen);
        assert_eq!(one.start_fen + other.start_fen, 300_000 - met(first));
        assert_eq!(base, 90_000);
        let reason = v1::AssistanceEndReason::YearChanged;
        withdraw(&world, &year.grant, reason).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_grant_and_a_hospital_at_once_neither_passes_the_ceiling() {
    let world = World::new().await;
    let low = helping(GUARD).replace("payment = \"30000\"", "payment = \"3000\"");
    world.publish(NINGBO, &low).await;
    in_need(&world, "need-1").await;
    a_year(&world).await;
    let mut at_counter = 0;
    for nth in 0..6 {
        let mut hospital = world.hospital(HOSPITAL).await;
        let visit = format!("W{nth}");
        let request_id = format!("a-{nth}");
        let (settled, granted) = tokio::join!(
            hospital.settle(settle(&visit, helped(&visit))),
            grant(&world, asked(&request_id, &[]))
        );
        let layers = settled.unwrap().decision.unwrap().layers;
        let layer = layers
            .iter()
            .find(|layer| layer.id == "assistance")
            .unwrap();
        at_counter += layer.paid_fen;
        // Together they would be paid more than the year's 3,000.
        let granted = granted.unwrap();
        assert_eq!(at_counter + paid(granted.year.as_ref().unwrap()), 300_000);
        assert_eq!(total(&world, "assistance_paid").await, 300_000);
        let reason = v1::AssistanceEndReason::YearChanged;
        withdraw(&world, &granted.grant, reason).await.unwrap();
        assert_eq!(total(&world, "assistance_paid").await, at_counter);
    }
}

/// How much of the start was met before.
fn met(layer: &v1::LayerResult) -> i64 {
    layer.before_fen.min(300_000)
}
