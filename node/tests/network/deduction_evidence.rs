//! Evidence of an audit deduction: written by either region, checked with the operator's root alone, and by nobody who meddles.

use huitong_core::canonical::Artifact;
use huitong_core::deduction::DeductionVerdict;
use huitong_core::deduction_evidence::DeductionEvidence;
use huitong_core::id::DeductionId;
use huitong_node::evidence::{CheckedProof, check};
use huitong_proto::settlement::v1;
use tonic::Status;

use crate::bills::{published, settle};
use crate::deductions::{order, withdraw};
use crate::final_refusals::{OFFICER_AT_HOME, OFFICER_THERE, ask, today};
use crate::typed::types;
use crate::world::{CHENGDU, HOSPITAL, NINGBO, OTHER_HOSPITAL, World, code};

/// Somebody asks a node for the evidence of Chengdu's deduction.
async fn asked(world: &World, party: &str, at: &str, of: &str) -> Result<Vec<u8>, Status> {
    let treatment = if at == CHENGDU { "" } else { CHENGDU };
    let request = v1::GetEvidenceRequest {
        deduction: of.to_owned(),
        treatment_region: treatment.to_owned(),
        ..v1::GetEvidenceRequest::default()
    };
    ask(world, party, at, request).await
}

fn holds(world: &World, bytes: &[u8]) -> DeductionEvidence {
    match check(bytes, &world.trust).unwrap() {
        CheckedProof::Deduction(checked) => {
            let parties = [&checked.treatment, &checked.home].map(|key| key.identity().to_string());
            let expected = ["/region/510100/node/signing", "/region/330200/node/signing"];
            assert_eq!(parties, expected);
            checked.evidence
        }
        other @ (CheckedProof::Settlement(_) | CheckedProof::Refusal(_)) => panic!("{other:?}"),
    }
}

/// A settlement of which 1,200 yuan are deducted; the deduction.
async fn deducted(world: &World) -> String {
    today(world, 0);
    let mut hospital = world.hospital(HOSPITAL).await;
    let settled = hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap();
    let deducted = order(world, "d-1", &settled.settlement, 120_000)
        .await
        .unwrap();
    deducted.deduction
}

#[tokio::test(flavor = "multi_thread")]
async fn either_region_and_the_institution_prove_what_was_deducted_and_withdrawn() {
    let world = World::new().await;
    let deduction = deducted(&world).await;
    let there = asked(&world, OFFICER_THERE, CHENGDU, &deduction)
        .await
        .unwrap();
    let proof = holds(&world, &there);
    assert_eq!(proof.word.order.body.deduction.to_string(), deduction);
    let verdict = &proof.word.answer.body.verdict;
    assert!(
        matches!(verdict, DeductionVerdict::Accepted(_)),
        "{verdict:?}"
    );
    assert_eq!(proof.withdrawn, None);
    let own = asked(&world, HOSPITAL, CHENGDU, &deduction).await.unwrap();
    let at_home = asked(&world, OFFICER_AT_HOME, NINGBO, &deduction)
        .await
        .unwrap();
    assert_eq!((&own, &at_home), (&there, &there));
    let strange = asked(&world, OTHER_HOSPITAL, CHENGDU, &deduction).await;
    assert_eq!(code(&strange.unwrap_err()), "deduction.unknown");
    let unknown = DeductionId::from_bytes([7; 16]).to_string();
    for (officer, at) in [(OFFICER_THERE, CHENGDU), (OFFICER_AT_HOME, NINGBO)] {
        let refused = asked(&world, officer, at, &unknown).await.unwrap_err();
        assert_eq!(code(&refused), "deduction.unknown");
    }

    withdraw(&world, &deduction).await.unwrap();
    let there = asked(&world, OFFICER_THERE, CHENGDU, &deduction)
        .await
        .unwrap();
    let at_home = asked(&world, OFFICER_AT_HOME, NINGBO, &deduction)
        .await
        .unwrap();
    assert_eq!(there, at_home);
    assert!(holds(&world, &there).withdrawn.is_some());
}

/// What an officer types, and what is printed of the file.
#[tokio::test(flavor = "multi_thread")]
async fn an_officer_writes_it_and_anybody_reads_it() {
    let world = World::new().await;
    let deduction = deducted(&world).await;
    withdraw(&world, &deduction).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("deduction.htev").display().to_string();
    let words = [
        "evidence",
        "--deduction",
        &deduction,
        "--treatment",
        CHENGDU,
        "--out",
        &file,
    ];
    types(&world, NINGBO, &words).await;
    let root = folder.path().join("root.crt");
    std::fs::write(&root, world.root.certificate_pem()).unwrap();
    let root = root.display().to_string();
    let offline = crate::typed::offline;
    let printed = offline(&["verify-evidence", &file, "--ca", &root]).await;
    for said in [
        &*deduction,
        "duplicated_charge",
        "accepted / 同意",
        "appeal_upheld",
        "1200.00",
    ] {
        assert!(printed.contains(said), "{said}: {printed}");
    }
    let printed = offline(&["verify-evidence", &file, "--ca", &root, "--json"]).await;
    let shown: serde_json::Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(shown["deduction"], deduction);
    assert_eq!(shown["amounts"][0]["amount_fen"], 120_000);
    assert_eq!(shown["deducted"]["reason"], "duplicated_charge");
    assert_eq!(shown["withdrawn"]["reason"], "appeal_upheld");
}

type Meddling = (&'static str, fn(&mut DeductionEvidence), &'static str);

#[tokio::test(flavor = "multi_thread")]
async fn nobody_who_meddles_with_it_proves_anything() {
    let world = World::new().await;
    let deduction = deducted(&world).await;
    withdraw(&world, &deduction).await.unwrap();
    let bytes = asked(&world, OFFICER_THERE, CHENGDU, &deduction)
        .await
        .unwrap();
    let honest = holds(&world, &bytes);
    let meddled: [Meddling; 8] = [
        (
            "the officer",
            |it| it.word.order.body.officer = "zhang.san".parse().unwrap(),
            "not part of the group",
        ),
        (
            "the day of the answer",
            |it| {
                let day = "2023-03-14".parse().unwrap();
                it.word.answer.body.verdict = DeductionVerdict::Accepted(day);
            },
            "not part of the group",
        ),
        (
            "the order's signature",
            |it| it.word.order.group.signature[0] ^= 1,
            "signature does not belong",
        ),
        (
            "the answer's signature",
            |it| it.withdrawn.as_mut().unwrap().answer.group.signature[0] ^= 1,
            "signature does not belong",
        ),
        (
            "the answer to another order",
            |it| it.word.answer = it.withdrawn.as_ref().unwrap().answer.clone(),
            "not to this order",
        ),
        (
            "the withdrawal as a deduction",
            |it| it.word = it.withdrawn.take().unwrap(),
            "does not take back",
        ),
        (
            "the treatment region's certificate",
            |it| drop(it.signers.remove(0)),
            "signed as /region/330200/node/signing, not as the node of region 510100",
        ),
        (
            "the home region's certificate",
            |it| drop(it.signers.remove(1)),
            "signed as /region/510100/node/signing, not as the node of region 330200",
        ),
    ];
    for (what, meddle, expected) in meddled {
        let mut evidence = honest.clone();
        meddle(&mut evidence);
        let fault = check(&evidence.to_bytes(), &world.trust)
            .unwrap_err()
            .to_string();
        assert!(fault.contains(expected), "{what}: {fault}");
    }
}
