//! A desk over a ledger: what it books of what it is told, with what it signs, and at which amount it settles.

use std::sync::Mutex;

use huitong_core::refusal::RefusalCode;
use huitong_transport::{Certified, CredentialStore, Credentials};

use super::*;
use crate::chance::SystemChance;
use crate::clock::Clock;
use crate::earlier::Earlier;
use crate::store::memory::MemoryIndex;
use crate::writer::Writer;

/// It stands.
struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        now()
    }
}

/// Ningbo's desk, which trusts these.
fn desk(signers: &Signers, trust: &Arc<Trust>, certified: Certified) -> (DisputeDesk, Arc<Ledger>) {
    let index = Arc::<MemoryIndex>::default();
    let ledger = Arc::new(open(&FakeDisk::new(9), &index).unwrap());
    let clock: Arc<dyn Clock> = Arc::new(Still);
    let identity = "/region/330200/node".parse().unwrap();
    let issued = signers.root.issue(&identity, &Hosts::none(), years(2030));
    let issued = issued.unwrap();
    let chain = issued.chain().to_vec();
    let credentials = Credentials::new(chain, issued.key().into(), Arc::clone(trust));
    let credentials = CredentialStore::fixed(credentials.unwrap()).unwrap();
    let region: RegionCode = "330200".parse().unwrap();
    // As a node knows its own.
    let (earlier, own) = (Earlier::new(credentials.clone()), certified.clone());
    let known = move |of: RegionCode, key_id: Digest, at: Timestamp| {
        (of == region).then(|| earlier.own(region, &own.current(), key_id, at))
    };
    let desk = DisputeDesk {
        region,
        writer: Arc::new(Writer::new(&ledger, &clock, 9)),
        clock,
        chance: Arc::new(SystemChance),
        key: Arc::clone(&signers.ningbo.key),
        certified,
        credentials,
        known: Arc::new(known),
        client: None,
        cursor: Mutex::default(),
    };
    (desk, ledger)
}

pub(super) fn years(end: u16) -> Validity {
    let begin = "2020-01-01T00:00:00Z".parse().unwrap();
    Validity::new(begin, format!("{end}-01-01T00:00:00Z").parse().unwrap()).unwrap()
}

fn of(signers: &Signers) -> (DisputeDesk, Arc<Ledger>) {
    let certified = signers.ningbo.certified.clone();
    desk(signers, &signers.trust, certified.into())
}

#[tokio::test]
async fn what_is_not_proven_is_looked_at_again_and_stops_nothing_after_it() {
    let signers = Signers::new();
    let (desk, ledger) = of(&signers);
    let told = |number: u64, by: &Signer| {
        let name = format!("330200/2026-03-00{number}");
        settled(&signers, by, (&name, number), 900)
    };
    let (first, second, third) = (
        told(1, &signers.chengdu),
        told(2, &signers.chengdu),
        told(3, &signers.chengdu),
    );
    let forged = told(2, &signers.ningbo);
    let page = vec![first.clone(), forged, third.clone()];
    assert_eq!(desk.book_page(page, (0, 5)).await.unwrap(), 1);
    let is_booked = |history: &DisputeHistory| {
        let dispute = history.outcome.as_ref().unwrap().outcome.dispute;
        ledger.correction(dispute).unwrap().is_some()
    };
    assert_eq!(
        [&first, &second, &third].map(is_booked),
        [true, false, true]
    );
    // Then it is. What is booked is not proven again.
    let mut worn = third;
    if let Some(outcome) = &mut worn.outcome {
        outcome.signature.clear();
    }
    let page = vec![second.clone(), worn];
    assert_eq!(desk.book_page(page, (1, 5)).await.unwrap(), 5);
    assert!(is_booked(&second));
    ledger.close();
}

#[test]
fn each_word_is_signed_with_the_certificate_of_now_and_with_none_that_does_not_hold() {
    let signers = Signers::new();
    let certified = Certified::from(signers.ningbo.certified.clone());
    let (here, ledger) = desk(&signers, &signers.trust, certified.clone());
    let say = |desk: &DisputeDesk| {
        let officer = "li.wei".parse().unwrap();
        let drafted = desk.signed(NAME.parse().unwrap(), None, claim(7), officer);
        drafted.map(|drafted| drafted.signed.signer)
    };
    assert_eq!(say(&here).unwrap(), signers.ningbo.chain);
    let identity: Identity = "/region/330200/node/signing".parse().unwrap();
    let key = signers.ningbo.key_pem.as_str();
    let renewed = signers.root.renew_signing(&identity, key, years(2029));
    let begin = "2020-01-01T00:00:00Z".parse().unwrap();
    let renewed = CertifiedKey::from_chain(renewed.unwrap().chain(), &signers.trust, begin);
    let renewed = renewed.unwrap();
    certified.renew(renewed.clone()).unwrap();
    let chain: Chain = renewed.chain().iter().map(|der| der.to_vec()).collect();
    assert_ne!(chain, signers.ningbo.chain);
    assert_eq!(say(&here).unwrap(), chain);
    ledger.close();
    let others = Signers::new();
    let (mut elsewhere, ledger) = desk(&signers, &others.trust, certified);
    let refused = |desk: &DisputeDesk| say(desk).unwrap_err().refusal().code;
    assert_eq!(refused(&elsewhere), RefusalCode::SignerUnknown);
    // Nor where another certificate of the key would hold: it is not the one that goes out.
    let later = others.root.renew_signing(&identity, key, years(2029));
    let later = CertifiedKey::from_chain(later.unwrap().chain(), &others.trust, begin);
    let later = Arc::new(later.unwrap());
    elsewhere.known = Arc::new(move |_, _, _| Some(Arc::clone(&later)));
    assert_eq!(refused(&elsewhere), RefusalCode::SignerUnknown);
    ledger.close();
}

#[test]
fn a_dispute_is_settled_at_no_other_amount_than_the_officer_saw() {
    let signers = Signers::new();
    let (desk, ledger) = of(&signers);
    let history = conceded(&signers, &signers.chengdu, 900);
    let seen = |says, settles_at: Option<i64>| {
        let settles_at = settles_at.map(fen);
        let found = desk.as_seen(&history, &Saying { says, settles_at });
        found.map_err(|error| error.refusal().detail)
    };
    for says in [Says::Accept, Says::Answer(Reply::Accepted)] {
        assert_eq!(seen(says, Some(900)), Ok(()));
        assert_eq!(seen(says, Some(901)), Err("9.00".to_owned()));
        assert_eq!(seen(says, None), Err("9.00".to_owned()));
    }
    assert_eq!(seen(Says::Escalate, None), Ok(()));
    // What nobody signed is believed of no amount.
    let forged = conceded(&signers, &signers.ningbo, 900);
    let saying = Saying {
        says: Says::Accept,
        settles_at: Some(fen(900)),
    };
    let refused = desk.as_seen(&forged, &saying).unwrap_err().refusal();
    assert_eq!(refused.code, RefusalCode::Overloaded);
    ledger.close();
}
