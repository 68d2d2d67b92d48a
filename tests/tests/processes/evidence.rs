//! Evidence of a settlement: written by both regions' nodes, checked with nothing but the operator's root, and
//! refused in all the ways in which somebody could have meddled with it.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use huitong_certs::Certificate;
use huitong_certs::authority::Revoked;
use huitong_core::canonical::Artifact;
use huitong_core::digest::sha256;
use huitong_core::evidence::Evidence;
use huitong_core::money::Fen;
use huitong_tests::bills::inpatient;
use huitong_tests::certificates::hours;
use huitong_tests::executable::{run, texts};
use huitong_tests::hospital::Hospital;
use huitong_tests::officer::options;
use huitong_tests::register::{CHENGDU, Desk, Item, NINGBO, Region};
use huitong_tests::start;
use huitong_tests::world::World;
use jiff::Timestamp;
use serde_json::Value;

/// Checks a file; what was printed, and whether it holds.
async fn verify(file: &Path, root: &Path) -> (Option<i32>, String) {
    let (file, root) = (file.display().to_string(), root.display().to_string());
    let done = run(&["node", "verify-evidence", &file, "--ca", &root, "--json"]).await;
    (done.status.code(), texts(&done).0)
}

/// Has a region's officer write the evidence of a settlement.
async fn write(world: &World, region: &Region, settlement: &str, more: &[&str]) -> PathBuf {
    let file = world.region_folder(region).join("evidence.htev");
    let shown = file.display().to_string();
    let options = options(world, region);
    let mut words = vec![
        "node",
        "evidence",
        "--settlement",
        settlement,
        "--out",
        &shown,
    ];
    words.extend(more);
    words.extend(options.iter().map(String::as_str));
    let done = run(&words).await;
    assert!(done.status.success(), "{done:?}");
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "it names the person");
    // A file that is there is never overwritten.
    let again = run(&words).await;
    assert_eq!(again.status.code(), Some(1), "{again:?}");
    file
}

/// What an officer is told who gets no evidence.
async fn refused(world: &World, region: &Region, of: &str, out: &str, more: &[&str]) -> String {
    let options = options(world, region);
    let mut words = vec!["node", "evidence", "--settlement", of, "--out", out];
    words.extend(more);
    words.extend(options.iter().map(String::as_str));
    let done = run(&words).await;
    assert_eq!(done.status.code(), Some(1), "{done:?}");
    texts(&done).1
}

/// What is changed, how, and what is said of it.
type Meddling = (&'static str, fn(&mut Evidence), &'static str);

fn meddled() -> Vec<Meddling> {
    vec![
        (
            "the amount owed",
            |it| it.word.receipt.body.clearing.amounts[0].1 = Fen::new(1).unwrap(),
            "not part of the group that was signed",
        ),
        (
            "the signed root",
            |it| it.word.receipt.group.root = sha256(b"another"),
            "the signature does not belong",
        ),
        (
            "the signature",
            |it| it.word.receipt.group.signature[0] ^= 1,
            "the signature does not belong",
        ),
        (
            "no certificate",
            |it| it.signers.clear(),
            "no signing certificate",
        ),
        (
            "a byte of the certificate",
            |it| *it.signers[0][0].last_mut().unwrap() ^= 1,
            "signing certificate is not accepted",
        ),
        (
            "the cash",
            |it| it.decision.cash = Fen::ZERO,
            "not given for this person, claim and decision",
        ),
        (
            "the visit",
            |it| it.claim.visit.interim = 7,
            "not given for this person, claim and decision",
        ),
        (
            "the person's standing",
            |it| it.snapshot.coverage.age = 99,
            "what the policy does not ask for",
        ),
        (
            "a total",
            |it| {
                it.snapshot
                    .totals
                    .values_mut()
                    .for_each(|total| *total += 1_000_000)
            },
            "not the one that the policy gives",
        ),
        (
            "the policy",
            |it| it.policy.push(b'\n'),
            "not the one that was followed",
        ),
        (
            "the policy that the snapshot names",
            |it| it.snapshot.policy = sha256(b"another"),
            "not the one that was followed",
        ),
    ]
}

/// Whoever has the operator's list of what was revoked since is not told that it holds.
async fn does_not_hold_once_revoked(
    world: &World,
    (file, root): (&Path, &Path),
    certificate: &[u8],
) {
    let revoked = Revoked {
        serial: Certificate::read(&certificate.into()).unwrap().serial,
        at: Timestamp::now(),
    };
    let operator = world.authorities().root();
    let list = operator.revocation_list(&[revoked], 1, hours(-1, 24));
    let path = world.folder().join("revoked.crl");
    std::fs::write(&path, list.unwrap()).unwrap();
    let [file, root, list] = [file, root, &path].map(|path| path.display().to_string());
    let words = ["node", "verify-evidence", &file, "--ca", &root];
    let words: Vec<&str> = words
        .into_iter()
        .chain(["--revocation-list", &list])
        .collect();
    let told = run(&words).await;
    let (said, _) = texts(&told);
    assert_eq!(told.status.code(), Some(65), "{said}");
    assert!(said.contains("revoked"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_settlement_is_proven_by_either_region_and_by_nobody_who_meddles() {
    let world = start::start(&[&NINGBO, &CHENGDU]).await;
    let hospital = Hospital::of(&world, &CHENGDU, Desk::Three);
    let stay = |visit| inpatient(&NINGBO, 1, visit, &[(Item::Drug, 2_000_000)]);
    hospital.settle("r-0", stay("V0")).await.unwrap();
    let settled = hospital.settle("r-1", stay("V1")).await.unwrap();
    let root = world.credentials(&huitong_tests::certificates::officer(&NINGBO));
    let root = root.join("root.crt");

    let there = write(&world, &CHENGDU, &settled.settlement, &[]).await;
    let treatment = ["--treatment", CHENGDU.code];
    let home = write(&world, &NINGBO, &settled.settlement, &treatment).await;
    let (code, of_there) = verify(&there, &root).await;
    assert_eq!(code, Some(0), "{of_there}");
    let (code, of_home) = verify(&home, &root).await;
    assert_eq!(code, Some(0), "{of_home}");
    assert_eq!(of_there, of_home);
    let said: Value = serde_json::from_str(&of_home).unwrap();
    let decision = settled.decision.unwrap();
    assert_eq!(said["amounts"][0]["amount_fen"], decision.fund_total_fen);
    assert_eq!(said["patient_total_fen"], decision.patient_total_fen);
    assert_eq!(said["signed_by"], "/region/330200/node/signing");

    // Only the treatment region holds the bill as charged.
    let bytes = std::fs::read(&there).unwrap();
    let sound = Evidence::from_bytes(&bytes).unwrap();
    assert!(sound.bill.is_some());
    let of_home = Evidence::from_bytes(&std::fs::read(&home).unwrap()).unwrap();
    assert_eq!(
        of_home,
        Evidence {
            bill: None,
            ..sound.clone()
        }
    );

    let folder = world.region_folder(&NINGBO);
    let file = folder.join("meddled.htev");
    for (what, meddle, expected) in meddled() {
        let mut evidence = sound.clone();
        meddle(&mut evidence);
        std::fs::write(&file, evidence.to_bytes()).unwrap();
        let (code, said) = verify(&file, &root).await;
        assert_eq!(code, Some(65), "{what}: {said}");
        assert!(said.contains(expected), "{what}: {said}");
    }
    for (cut, expected) in [(bytes.len() - 1, "cannot be read"), (0, "cannot be read")] {
        std::fs::write(&file, &bytes[..cut]).unwrap();
        let (code, said) = verify(&file, &root).await;
        assert!(code == Some(65) && said.contains(expected), "{said}");
    }

    does_not_hold_once_revoked(&world, (&there, &root), &sound.signers[0][0]).await;

    // Taken back, it is proven with the reversal; one without the reversal was sound when it was written.
    let reason = huitong_proto::settlement::v1::ReversalReason::WrongBill;
    hospital
        .reverse_for_sure("x-1", "r-1", reason)
        .await
        .unwrap();
    std::fs::remove_file(&there).unwrap();
    let there = write(&world, &CHENGDU, &settled.settlement, &[]).await;
    let (code, said) = verify(&there, &root).await;
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(said["reversed"]["reason"], "wrong_bill");
    let mut evidence = Evidence::from_bytes(&std::fs::read(&there).unwrap()).unwrap();
    let reversal = evidence.word.reversal.as_mut().unwrap();
    reversal.person.version.change += 1;
    std::fs::write(&file, evidence.to_bytes()).unwrap();
    let (code, said) = verify(&file, &root).await;
    assert!(
        code == Some(65) && said.contains("not of this receipt"),
        "{said}"
    );
    world.stop_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_proven_that_does_not_stand_or_is_not_known_here() {
    let world = start::start(&[&NINGBO, &CHENGDU]).await;
    let hospital = Hospital::of(&world, &CHENGDU, Desk::Three);
    let stay = inpatient(&NINGBO, 1, "V1", &[(Item::Drug, 2_000_000)]);
    let treatment = ["--treatment", CHENGDU.code];
    let person = stay.person.clone().unwrap();
    let given_up = hospital.cancel("r-9", person).await.settlement;
    let settled = hospital.settle("r-1", stay).await.unwrap();
    let file = world.region_folder(&NINGBO).join("none.htev");
    let file = file.display().to_string();
    let said = refused(&world, &NINGBO, &settled.settlement, &file, &[]).await;
    assert!(said.contains("settlement.not_found"), "{said}");
    assert!(!Path::new(&file).exists());
    // At home the id is buried, and that is proven, to anybody, by either region.
    for (region, more) in [(&NINGBO, &treatment[..]), (&CHENGDU, &[])] {
        let buried = write(&world, region, &given_up, more).await;
        is_buried(&world, &buried, &given_up).await;
    }
    world.stop_all().await;
}

/// A file proves offline that an id can never be settled.
async fn is_buried(world: &World, buried: &Path, given_up: &str) {
    let root = world.credentials(&huitong_tests::certificates::officer(&NINGBO));
    let root = root.join("root.crt");
    let (code, said) = verify(buried, &root).await;
    assert_eq!(code, Some(0), "{said}");
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(
        (&said["code"], &said["refused"], &said["settlement"]),
        (&"id.abandoned".into(), &"given_up".into(), &given_up.into())
    );
    assert_eq!(said["signed_by"], "/region/330200/node/signing");
}
