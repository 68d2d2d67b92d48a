//! The clearinghouse's disk is lost and a backup put back: what an officer types, from the backup to the next cycle.

use std::process::ExitCode;

use clap::Parser as _;
use huitong_certs::authority::Hosts;
use huitong_certs::directory::{SIGNING_CERTIFICATE, SIGNING_KEY};
use huitong_certs::{Identity, Validity};
use huitong_clearinghouse::ClearinghouseCommand;
use huitong_proto::common::v1::ReloadCertificatesRequest;
use huitong_proto::common::v1::certificate_service_client::CertificateServiceClient;

use crate::commands::{as_officer, clearing, json};
use crate::world::{
    CHENGDU, NINGBO, OFFICER, World, close, debt, held, payable, receivable, refusal, report,
    validity,
};

const DAY: &str = "2026-03-01";

#[derive(clap::Parser)]
struct Line {
    #[command(flatten)]
    command: ClearinghouseCommand,
}

/// Runs `clearinghouse …`; what it printed, or what it said instead.
pub(crate) async fn house(words: Vec<String>) -> Result<(ExitCode, String), String> {
    let words = ["clearinghouse".to_owned()].into_iter().chain(words);
    let line = Line::try_parse_from(words).unwrap();
    let run = move || {
        let mut out = Vec::new();
        let ran = line.command.run_to(&mut out);
        ran.map(|code| (code, String::from_utf8(out).unwrap()))
            .map_err(|error| error.to_string())
    };
    tokio::task::spawn_blocking(run).await.unwrap()
}

/// The words of a command with a folder and, where it asks the running clearinghouse, the officer.
pub(crate) fn words(first: &[&str], more: impl IntoIterator<Item = String>) -> Vec<String> {
    first.iter().map(ToString::to_string).chain(more).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_disk_is_restored_and_its_last_cycle_comes_to_the_same_plan() {
    let mut world = World::begin().await;
    let backups = tempfile::tempdir().unwrap();
    let backup = backups.path().join("backup").display().to_string();
    let config = world.config_file().display().to_string();
    let leg = debt(1, 1_316_000);
    for (region, told) in [(NINGBO, payable(1, &leg)), (CHENGDU, receivable(1, &leg))] {
        let mut region = world.region(region).await;
        report(&mut region, vec![told]).await.unwrap();
        close(&mut region, DAY, 1).await.unwrap();
    }
    let take = words(&["backup", "--to", &backup, "--json"], as_officer(&world));
    let (_, taken) = house(take.clone()).await.unwrap();
    let taken: serde_json::Value = serde_json::from_str(&taken).unwrap();
    assert_eq!(taken["owner"], "clearinghouse");
    assert_eq!(taken["frame"], taken["new_frames"]);
    let day = ["--day", DAY];
    let paper = json(&world, &[&["cut-off"], &day[..]].concat()).await;
    let plan = json(&world, &[&["net"], &day[..]].concat()).await;
    let paper_file = backups.path().join("cut-off.json");
    std::fs::write(&paper_file, paper.to_string()).unwrap();
    let paper_file = paper_file.display().to_string();

    let restore = words(&["restore", "--config", &config, "--from", &backup], []);
    let said = house(restore.clone()).await.unwrap_err();
    assert!(said.contains("stop it first"), "{said}");
    world.stop().await;
    let said = house(restore.clone()).await.unwrap_err();
    assert!(said.contains("move it away first"), "{said}");
    world.lose(&["journal", "index"]);
    let (code, said) = house(restore).await.unwrap();
    assert_eq!(code, ExitCode::SUCCESS);
    assert!(said.contains("incarnation 2"), "{said}");
    world.start().await.unwrap();

    // The legs and the closed day are there, the cycle is not; it comes back with its marks and to its plan.
    assert_eq!(held(&mut world.region(NINGBO).await).await, 1);
    let status = clearing(&world, &["status"]).await.unwrap();
    assert!(status.contains("RESTORED"), "{status}");
    let said = clearing(&world, &[&["cut-off"], &day[..]].concat()).await;
    assert!(
        said.clone().unwrap_err().starts_with("cycle.restored"),
        "{said:?}"
    );
    let again = [&["cut-off"], &day[..], &["--marks", &paper_file]].concat();
    let found = json(&world, &again).await;
    assert_eq!(found["regions"], paper["regions"]);
    let digest = plan["digest"].as_str().unwrap();
    let wrong = digest.replace(|c: char| c.is_ascii_digit(), "e");
    let net = |digest| [&["net"], &day[..], &["--digest", digest]].concat();
    let said = clearing(&world, &net(&wrong)).await.unwrap_err();
    assert!(said.starts_with("cycle.other_plan"), "{said}");
    assert_eq!(json(&world, &net(digest)).await, plan);
    let said = clearing(&world, &["resume", "--none"]).await.unwrap_err();
    assert!(said.starts_with("cycle.not_last [2026-03-01]"), "{said}");
    let resume = ["resume", "--last-cycle", DAY];
    assert_eq!(json(&world, &resume).await["last_cycle"], DAY);
    assert!(
        !clearing(&world, &["status"])
            .await
            .unwrap()
            .contains("RESTORED")
    );
    // The backup is gone on with: it is one of this journal as far as it reaches.
    let (_, more) = house(words(&["backup", "--to", &backup], as_officer(&world)))
        .await
        .unwrap();
    assert!(more.contains("of them new"), "{more}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paper_that_is_none_and_a_damaged_backup_are_refused_and_change_nothing() {
    let mut world = World::begin().await;
    let backups = tempfile::tempdir().unwrap();
    let backup = backups.path().join("backup").display().to_string();
    let config = world.config_file().display().to_string();
    let told = vec![payable(1, &debt(1, 5))];
    report(&mut world.region(NINGBO).await, told).await.unwrap();
    let open = json(&world, &["status"]).await.to_string();
    for (paper, expected) in [
        ("{".to_owned(), "not what status or cut-off prints"),
        (open.clone(), "was not cut off"),
        (open.replace(DAY, "2026-03-02"), "is of 2026-03-02"),
    ] {
        let file = backups.path().join("paper.json");
        std::fs::write(&file, paper).unwrap();
        let file = file.display().to_string();
        let said = clearing(&world, &["cut-off", "--day", DAY, "--marks", &file]).await;
        assert!(said.clone().unwrap_err().contains(expected), "{said:?}");
    }
    // Only an officer of the clearinghouse takes a copy.
    let node = world.connect(&format!("/region/{NINGBO}/node")).await;
    let taking = huitong_backup::taking::Taking::begin(&backups.path().join("stolen")).unwrap();
    let refused = huitong_backup::grpc::client::back_up(node, taking).await;
    match refused {
        Err(huitong_backup::grpc::client::BackupError::Server(status)) => {
            assert_eq!(status.code(), tonic::Code::PermissionDenied, "{status}");
        }
        other => panic!("{other:?}"),
    }

    house(words(&["backup", "--to", &backup], as_officer(&world)))
        .await
        .unwrap();
    world.stop().await;
    let segment = backups
        .path()
        .join("backup/journal/00000000000000000001.seg");
    let mut bytes = std::fs::read(&segment).unwrap();
    let last = bytes.iter().rposition(|byte| *byte != 0).unwrap();
    bytes[last] ^= 1;
    std::fs::write(&segment, bytes).unwrap();
    std::fs::rename(world.data(), backups.path().join("lost")).unwrap();
    let restore = words(&["restore", "--config", &config, "--from", &backup], []);
    let (code, said) = house(restore).await.unwrap();
    assert_eq!((code, said.as_str()), (ExitCode::from(65), ""));
    assert!(!world.data().join("journal").exists());
    // Without a usable backup, what is left of the journal itself begins anew.
    std::fs::remove_dir_all(world.data()).unwrap();
    std::fs::rename(backups.path().join("lost"), world.data()).unwrap();
    let (_, said) = house(words(&["recover", "--config", &config], []))
        .await
        .unwrap();
    assert!(said.contains("incarnation 2"), "{said}");
    world.start().await.unwrap();
    let refused = crate::world::cut_off(&mut world.officer().await, DAY).await;
    assert_eq!(refusal(refused).0, "cycle.restored");
}

/// While cycles wait, a cycle is netted at a moment at which nothing can be signed; nobody asks for its checkpoint since.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_can_be_signed_by_now_is_signed_when_an_officer_has_cycles_go_on() {
    let mut world = World::begin().await;
    let backups = tempfile::tempdir().unwrap();
    let backup = backups.path().join("backup").display().to_string();
    let config = world.config_file().display().to_string();
    let leg = debt(1, 1_316_000);
    for (region, told) in [(NINGBO, payable(1, &leg)), (CHENGDU, receivable(1, &leg))] {
        let mut region = world.region(region).await;
        report(&mut region, vec![told]).await.unwrap();
        close(&mut region, DAY, 1).await.unwrap();
    }
    json(&world, &["cut-off", "--day", DAY]).await;
    let take = words(&["backup", "--to", &backup], as_officer(&world));
    house(take).await.unwrap();
    world.stop().await;
    world.lose(&["journal", "index"]);
    let restore = words(&["restore", "--config", &config, "--from", &backup], []);
    house(restore).await.unwrap();
    world.start().await.unwrap();

    let from = "2026-03-04T00:00:00Z".parse().unwrap();
    let holds = Validity::new(from, validity(2).not_after()).unwrap();
    let identity = Identity::ClearinghouseSigning;
    let issued = world.root.issue(&identity, &Hosts::none(), holds).unwrap();
    let place = world.place("/clearinghouse");
    std::fs::write(place.join(SIGNING_CERTIFICATE), issued.chain_pem()).unwrap();
    std::fs::write(place.join(SIGNING_KEY), issued.key_pem()).unwrap();
    let mut officer = CertificateServiceClient::new(world.connect(OFFICER).await);
    let reload = officer.reload_certificates(ReloadCertificatesRequest {});
    assert_eq!(reload.await.unwrap().into_inner().held.unwrap().refused, "");
    json(&world, &["net", "--day", DAY, "--never-netted"]).await;
    let resume = ["resume", "--last-cycle", DAY];
    let early = clearing(&world, &resume).await.unwrap_err();
    assert!(
        early.starts_with("cycle.not_proven [2026-03-01]"),
        "{early}"
    );
    world.clock.put("2026-03-04T04:00:00.000Z");
    assert_eq!(json(&world, &resume).await["last_cycle"], DAY);
}
