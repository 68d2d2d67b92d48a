//! Two regions, Ningbo and Chengdu, their certificates, and the clearinghouse they report to.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use huitong_certs::authority::{Hosts, Revoked};
use huitong_certs::directory::{
    Overwrite, SIGNING_CERTIFICATE, SIGNING_KEY, write_party, write_revocation_list,
};
use huitong_certs::signing::CertifiedKey;
use huitong_certs::{Authority, Certificate, Identity, SigningKey, Trust, Validity};
use huitong_clearinghouse::clock::Clock;
use huitong_clearinghouse::{Clearinghouse, Config, RunningClearinghouse, StartError};
use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::digest::sha256;
use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
use huitong_core::leg::{Leg, LegKind, NumberedLeg, Side};
use huitong_core::money::Fen;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::clearing_service_client::ClearingServiceClient;
use huitong_proto::clearing::v1::officer_service_client::OfficerServiceClient;
use huitong_proto::common::v1::Refusal;
use huitong_proto::conversion::leg::leg_to_wire;
use huitong_transport::{
    ClientLimits, CredentialFiles, CredentialStore, TransportError, connect, refusal_code,
};
use prost::Message;
use tempfile::TempDir;
use tonic::Status;
use tonic::transport::Channel;

pub(crate) const NINGBO: &str = "330200";
pub(crate) const CHENGDU: &str = "510100";
/// Certified like any region, and not in the directory.
pub(crate) const GUANGZHOU: &str = "440100";

pub(crate) const OFFICER: &str = "/clearinghouse/officer/wang.fang";
/// Two officers approve a plan.
pub(crate) const SECOND_OFFICER: &str = "/clearinghouse/officer/zhao.min";

/// A clock that stands where it is put.
pub(crate) struct HandClock(AtomicI64);

impl HandClock {
    pub(crate) fn put(&self, at: &str) {
        let at = Timestamp::parse(at).unwrap();
        self.0.store(at.as_millis(), Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

pub(crate) struct World {
    folder: TempDir,
    pub(crate) root: Authority,
    pub(crate) clock: Arc<HandClock>,
    automatic: &'static str,
    /// How long netting waits for regions to attest: most tests have none that would.
    pub(crate) wait_minutes: u32,
    /// Whether money moves by the day or by the month.
    pub(crate) moves: &'static str,
    /// The officers of the configuration; none when every officer may do everything.
    pub(crate) officers: &'static str,
    /// The serial number of each party's certificate.
    serials: BTreeMap<String, Vec<u8>>,
    running: Option<RunningClearinghouse>,
}

pub(crate) type Clearing = ClearingServiceClient<Channel>;
pub(crate) type Officer = OfficerServiceClient<Channel>;

/// A root outlives what it issues.
pub(crate) fn validity(days: u16) -> Validity {
    Validity::days(jiff::Timestamp::now(), days).unwrap()
}

impl World {
    /// A world in which only officers cut off.
    pub(crate) async fn begin() -> Self {
        Self::begin_with("never").await
    }

    /// A world whose clearinghouse cuts off by itself as told.
    pub(crate) async fn begin_with(automatic: &'static str) -> Self {
        let root = Authority::new_root(&"tests.huitong.example".parse().unwrap(), validity(9));
        let clock = Arc::new(HandClock(AtomicI64::new(0)));
        clock.put("2026-03-03T04:00:00.000Z");
        let folder = tempfile::tempdir().unwrap();
        let mut world = Self {
            folder,
            root: root.unwrap(),
            clock,
            automatic,
            wait_minutes: 0,
            moves: "daily",
            officers: "",
            serials: BTreeMap::new(),
            running: None,
        };
        for party in ["/clearinghouse", OFFICER, SECOND_OFFICER] {
            world.install(party);
        }
        for region in [NINGBO, CHENGDU, GUANGZHOU] {
            world.install(&format!("/region/{region}/node"));
        }
        world.revoke(&[], 1);
        world.start().await.unwrap();
        world
    }

    /// Another root, of which every party has its certificates and alone trusts, while the clearinghouse does not run.
    pub(crate) fn change_root(&mut self) {
        self.root =
            Authority::new_root(&"tests.huitong.example".parse().unwrap(), validity(9)).unwrap();
        let parties: Vec<_> = self.serials.keys().cloned().collect();
        for party in parties {
            // An officer's lies within the clearinghouse's own.
            drop(std::fs::remove_dir_all(self.place(&party)));
            self.install(&party);
        }
        self.revoke(&[], 1);
    }

    /// Writes a party's certificate where [`World::files`] finds it.
    pub(crate) fn install(&mut self, party: &str) {
        let identity: Identity = party.parse().unwrap();
        let issued = self
            .root
            .issue(&identity, &Hosts::loopback(), validity(2))
            .unwrap();
        // The clock of the clearinghouse stands in the past.
        let past = Validity::new(
            "2026-01-01T00:00:00Z".parse().unwrap(),
            validity(2).not_after(),
        );
        let signing = identity.signing().map(|signing| {
            let issued = self.root.issue(&signing, &Hosts::none(), past.unwrap());
            issued.unwrap()
        });
        let (anchor, place) = (self.root.certificate_pem(), self.place(party));
        write_party(&place, &issued, signing.as_ref(), anchor, Overwrite::Refuse).unwrap();
        let serial = Certificate::read(&issued.chain()[0]).unwrap().serial;
        self.serials.insert(party.to_owned(), serial);
    }

    /// With what a region's node signs, and the certificate that proves it now.
    pub(crate) fn signing(&self, region: &str) -> (SigningKey, CertifiedKey) {
        let place = self.place(&format!("/region/{region}/node"));
        let key = SigningKey::load(&place.join(SIGNING_KEY)).unwrap();
        let pem = std::fs::read(place.join(SIGNING_CERTIFICATE)).unwrap();
        let roots = std::fs::read(self.files("/clearinghouse").roots).unwrap();
        let trust = Trust::from_pem(&roots).unwrap();
        let certified = CertifiedKey::from_pem(&pem, &trust, jiff::Timestamp::now()).unwrap();
        (key, certified)
    }

    /// Where a party's files lie.
    pub(crate) fn place(&self, party: &str) -> PathBuf {
        self.folder.path().join(party.trim_start_matches('/'))
    }

    /// A party's credentials.
    pub(crate) fn files(&self, party: &str) -> CredentialFiles {
        CredentialFiles::in_folder(&self.place(party))
    }

    /// Where the root's revocation list lies.
    fn list(&self) -> PathBuf {
        self.folder.path().join("revoked.crl")
    }

    /// Writes the root's list of these parties' certificates, under a number.
    pub(crate) fn revoke(&self, parties: &[&str], number: u64) {
        let revoked: Vec<_> = parties
            .iter()
            .map(|party| Revoked {
                serial: self.serials[*party].clone(),
                at: jiff::Timestamp::now(),
            })
            .collect();
        let list = self.root.revocation_list(&revoked, number, validity(2));
        write_revocation_list(&self.list(), &list.unwrap()).unwrap();
    }

    /// Has the running clearinghouse read its files again, and waits for nothing.
    pub(crate) fn reload(&self) {
        self.running.as_ref().unwrap().reload();
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Takes folders of the data away, as a lost disk would, once the clearinghouse has stopped. They are moved first: an index
    /// that was closed may still be written for a moment, which would hinder whoever removes it where it lies.
    pub(crate) fn lose(&self, folders: &[&str]) {
        let away = tempfile::tempdir_in(self.folder.path()).unwrap();
        for folder in folders {
            std::fs::rename(self.data().join(folder), away.path().join(folder)).unwrap();
        }
    }

    /// The configuration, speaking as this party.
    pub(crate) fn config(&self, party: &str) -> Config {
        Config::parse("clearinghouse.toml", &self.config_text(party)).unwrap()
    }

    /// The clearinghouse's configuration as a file.
    pub(crate) fn config_file(&self) -> PathBuf {
        let file = self.folder.path().join("clearinghouse.toml");
        std::fs::write(&file, self.config_text("/clearinghouse")).unwrap();
        file
    }

    fn config_text(&self, party: &str) -> String {
        let CredentialFiles {
            chain, key, roots, ..
        } = self.files(party);
        let signing = |name: &str| self.place("/clearinghouse").join(name);
        format!(
            "listen = \"127.0.0.1:0\"\ndata = {:?}\njournal_segment_mib = 1\n\
             [tls]\nchain = {chain:?}\nkey = {key:?}\nroots = {roots:?}\nrevocation_lists = [{:?}]\n\
             [signing]\nkey = {:?}\ncertificate = {:?}\n\
             [cut_off]\nautomatic = \"{}\"\ndeadline_minutes = 1500\n\
             [attestation]\nwait_minutes = {}\n\
             [payment]\nmoves = {:?}\n\
             [[region]]\ncode = \"{NINGBO}\"\nmember = \"330000\"\n\
             [[region]]\ncode = \"{CHENGDU}\"\n{}",
            self.data(),
            self.list(),
            signing("signing.key"),
            signing("signing.crt"),
            self.automatic,
            self.wait_minutes,
            self.moves,
            self.officers
        )
    }

    pub(crate) async fn start(&mut self) -> Result<(), StartError> {
        let config = self.config("/clearinghouse");
        let clock: Arc<dyn Clock> = self.clock.clone();
        self.running = Some(Clearinghouse::start_by(config, clock).await?);
        Ok(())
    }

    pub(crate) async fn stop(&mut self) {
        self.running.take().unwrap().shutdown().await.unwrap();
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("https://{}", self.running.as_ref().unwrap().addr())
    }

    pub(crate) async fn connect(&self, party: &str) -> Channel {
        self.connect_with(self.files(party)).await.unwrap()
    }

    pub(crate) async fn connect_with(
        &self,
        files: CredentialFiles,
    ) -> Result<Channel, TransportError> {
        let credentials = CredentialStore::load(files).unwrap();
        let limits = ClientLimits::standard();
        connect(
            &self.endpoint(),
            Identity::Clearinghouse,
            &credentials,
            limits,
        )
        .await
    }

    /// A region's side.
    pub(crate) async fn region(&self, region: &str) -> Clearing {
        ClearingServiceClient::new(self.connect(&format!("/region/{region}/node")).await)
    }

    /// The officer's side.
    pub(crate) async fn officer(&self) -> Officer {
        OfficerServiceClient::new(self.connect(OFFICER).await)
    }
}

/// A debt of Ningbo's resident pool to Chengdu, on the first of March 2026.
pub(crate) fn debt(id: u8, fen: i64) -> Leg {
    Leg {
        settlement: SettlementId::from_parts(i64::from(id), [id; 10]),
        kind: LegKind::Settlement,
        debtor: NINGBO.parse().unwrap(),
        creditor: CHENGDU.parse().unwrap(),
        fund: Fund::ResidentPool,
        amount: Fen::new(fen).unwrap(),
        business_day: BusinessDay::new(2026, 3, 1).unwrap(),
        receipt: sha256(&[id]),
    }
}

/// What Chengdu reports of a debt.
pub(crate) fn receivable(number: u64, leg: &Leg) -> v1::Leg {
    leg_to_wire(&NumberedLeg {
        number,
        side: Side::Receivable,
        leg: leg.clone(),
    })
}

/// What Ningbo reports of a debt.
pub(crate) fn payable(number: u64, leg: &Leg) -> v1::Leg {
    leg_to_wire(&NumberedLeg {
        number,
        side: Side::Payable,
        leg: leg.clone(),
    })
}

pub(crate) async fn report(region: &mut Clearing, legs: Vec<v1::Leg>) -> Result<u64, Status> {
    let answer = region
        .report_legs(v1::ReportLegsRequest {
            legs,
            incarnation: 1,
            ..v1::ReportLegsRequest::default()
        })
        .await?;
    Ok(answer.into_inner().held)
}

pub(crate) async fn held(region: &mut Clearing) -> u64 {
    region
        .stream_position(v1::StreamPositionRequest { incarnation: 1 })
        .await
        .unwrap()
        .into_inner()
        .held
}

pub(crate) async fn close(region: &mut Clearing, day: &str, up_to: u64) -> Result<bool, Status> {
    let request = v1::CloseDayRequest {
        incarnation: 1,
        business_day: day.to_owned(),
        up_to,
    };
    Ok(region.close_day(request).await?.into_inner().closed)
}

pub(crate) async fn status(officer: &mut Officer, day: &str) -> v1::StatusResponse {
    let request = v1::StatusRequest {
        business_day: day.to_owned(),
    };
    officer.status(request).await.unwrap().into_inner()
}

/// Cuts off when all have closed.
pub(crate) async fn cut_off(
    officer: &mut Officer,
    day: &str,
) -> Result<v1::StatusResponse, Status> {
    let request = v1::CutOffRequest {
        business_day: day.to_owned(),
        at_deadline: false,
        marks: Vec::new(),
    };
    Ok(officer.cut_off(request).await?.into_inner().status.unwrap())
}

pub(crate) async fn net(officer: &mut Officer, day: &str) -> Result<v1::NettingPlan, Status> {
    let request = v1::NetRequest {
        business_day: day.to_owned(),
        digest: Vec::new(),
        never_netted: false,
    };
    Ok(officer.net(request).await?.into_inner().plan.unwrap())
}

/// Code and detail of a refusal, from its typed details, which agree with its message.
pub(crate) fn refusal<T: std::fmt::Debug>(refused: Result<T, Status>) -> (String, String) {
    let status = refused.unwrap_err();
    let refusal = Refusal::decode(status.details()).unwrap();
    assert_eq!(refusal_code(&status), Some(refusal.code.as_str()));
    (refusal.code, refusal.detail)
}
