//! What parties tell each other beside their calls: heard at the other end, as from whom its certificate says.

use std::sync::{Arc, Mutex};

use huitong_certs::Identity;
use huitong_transport::remark::REMARK_BYTES_AT_MOST;
use huitong_transport::{Remarked, Remarks, ServerLimits};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

use crate::echo::call;
use crate::world::{Running, World, id};

#[derive(Debug, Default)]
struct Notes {
    own: Mutex<String>,
    heard: Mutex<Vec<(String, String)>>,
}

impl Notes {
    fn saying(said: &str) -> Arc<Self> {
        let notes = Self::default();
        *notes.own.lock().unwrap() = said.to_owned();
        Arc::new(notes)
    }

    fn heard(&self) -> Vec<(String, String)> {
        std::mem::take(&mut self.heard.lock().unwrap())
    }
}

impl Remarks for Notes {
    fn own(&self, to: &Identity) -> Option<String> {
        let own = self.own.lock().unwrap().clone();
        matches!(to, Identity::RegionNode(_)).then_some(own)
    }

    fn heard(&self, from: &Identity, said: &str) {
        let mut heard = self.heard.lock().unwrap();
        heard.push((from.to_string(), said.to_owned()));
    }
}

#[tokio::test]
async fn a_remark_goes_both_ways_beside_a_call_and_too_long_a_one_goes_nowhere() {
    let world = World::new();
    let (here, there) = (
        Notes::saying("from the caller"),
        Notes::saying("from the server"),
    );
    let credentials = world.party("/region/310000/node");
    let limits = ServerLimits::standard();
    let server = Running::start_remarking(credentials, limits, there.clone()).await;
    let caller = world.party("/region/330200/node");
    let channel = server.connect(&caller).await.unwrap();
    let hearing: Arc<dyn Remarks> = here.clone();
    let remarked = Remarked::new(channel.clone(), id("/region/310000/node"), Some(hearing));
    let mut health = HealthClient::new(remarked);
    let check = || HealthCheckRequest {
        service: String::new(),
    };
    health.check(check()).await.unwrap();
    let pair = |party: &str, said: &str| vec![(id(party).to_string(), said.to_owned())];
    assert_eq!(
        there.heard(),
        pair("/region/330200/node", "from the caller")
    );
    assert_eq!(here.heard(), pair("/region/310000/node", "from the server"));

    *here.own.lock().unwrap() = "x".repeat(REMARK_BYTES_AT_MOST + 1);
    health.check(check()).await.unwrap();
    assert_eq!((there.heard().len(), here.heard().len()), (0, 1));
    // Whoever remarks nothing is served, and what the table does not admit is not heard.
    assert_eq!(call(&channel, "Echo", "x").await.unwrap(), "x");
    assert_eq!(there.heard(), []);
    let officer = world.party("/region/310000/officer/li.wei");
    let channel = server.connect(&officer).await.unwrap();
    let mut health = HealthClient::new(channel);
    let answer = health.check(check()).await.unwrap();
    assert!(answer.metadata().get("huitong-remark").is_none());
}
