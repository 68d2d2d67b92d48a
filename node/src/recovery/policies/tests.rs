//! Which documents a restored node waits for, by when they were published and withdrawn and when its words were given.

use std::sync::Arc;

use huitong_core::bill::{Arrival, VisitNumber};
use huitong_core::digest::sha256;
use huitong_core::publication::SignedStatement;
use huitong_core::record::policy::{Act, WithdrawalAsked};

use super::*;
use crate::store::{Publication, Withdrawn};

fn act(at: i64) -> Act {
    Act {
        by: "li.wei".parse().unwrap(),
        at: Timestamp::EPOCH.plus_millis(at).unwrap(),
    }
}

/// A document for a kind of treatment, in place of another or of none.
fn policy(setting: Setting, supersedes: Option<Digest>) -> Arc<HeldPolicy> {
    let named = supersedes.map(|other| format!("\"{other}\""));
    let text = format!(
        "title = \"t\"\nsource = \"s\"\nregion = \"330200\"\nscheme = \"resident\"\nsettings = [\"{setting}\"]\n\
         effective = {{ from = 2023-01-01, until = 2023-12-31 }}\nsupersedes = [{}]\n\
         [[layer]]\nname = \"basic\"\ntake = [\"in\"]\nratio = \"0.5\"\npayer = \"resident_pool\"\n",
        named.unwrap_or_default()
    );
    let region = "330200".parse().unwrap();
    Arc::new(HeldPolicy::read(text.into_bytes(), region).unwrap())
}

fn publication(number: u64, at: i64) -> Publication {
    Publication {
        number,
        proposed: act(at),
        approved: act(at),
        statement: SignedStatement {
            bytes: Vec::new(),
            algorithm: 1,
            key_id: sha256(b"key"),
            signature: Vec::new(),
        },
        since: Location::nowhere(),
        asked: None,
        declined: None,
    }
}

fn published(own: OwnPolicies, policy: &Arc<HeldPolicy>, number: u64, at: i64) -> OwnPolicies {
    let standing = PolicyStanding::Published(publication(number, at));
    own.with(vec![(Arc::clone(policy), standing)])
}

fn withdrawn(own: OwnPolicies, policy: &Arc<HeldPolicy>, at: i64) -> OwnPolicies {
    let before = own.get(&policy.digest()).unwrap();
    let withdrawn = Withdrawn {
        publication: before.publication().unwrap().clone(),
        asked: WithdrawalAsked {
            policy: policy.digest(),
            asked: act(at),
            reason: "a slip".to_owned(),
            in_favour_of: None,
        },
        approved: act(at),
    };
    let standing = PolicyStanding::Withdrawn(withdrawn);
    own.with(vec![(Arc::clone(policy), standing)])
}

/// Two documents of a kind of treatment, the second published at 5 in place of the first.
fn two(own: OwnPolicies, setting: Setting, number: u64) -> (OwnPolicies, [Arc<HeldPolicy>; 2]) {
    let first = policy(setting, None);
    let second = policy(setting, Some(first.digest()));
    let own = published(own, &first, number, 1);
    let own = published(own, &second, number.saturating_add(1), 5);
    (own, [first, second])
}

/// The newest word of each is of this moment, and was decided under this document.
fn words(words: &[(Setting, &Arc<HeldPolicy>, i64)]) -> Documents {
    let mut decided = Decided::default();
    for (setting, policy, at) in words {
        let (day, under) = ("2023-03-10".parse().unwrap(), policy.digest());
        let visit = Visit {
            number: VisitNumber::parse("V1").unwrap(),
            episode: VisitNumber::parse("V1").unwrap(),
            episode_at: None,
            setting: *setting,
            interim: 0,
            admitted: day,
            billed_from: day,
            discharged: day,
            arrival: Arrival::Direct,
            sessions: 1,
            diseases: Vec::new(),
            package: None,
        };
        let at = act(*at).at;
        decided.under.insert(under);
        let newest = Newest { at, under, visit };
        decided.newest.insert((Scheme::Resident, *setting), newest);
    }
    Documents {
        decided: Some(decided),
        left_out: BTreeSet::new(),
    }
}

fn lost(documents: &Documents, own: &OwnPolicies) -> Vec<(Digest, bool)> {
    let lost = documents.lost(own).into_iter();
    lost.map(|it| (it.digest, it.is_here)).collect()
}

#[test]
fn one_missing_withdrawal_put_right_does_not_silence_the_other() {
    let (own, beds) = two(OwnPolicies::default(), Setting::Inpatient, 1);
    let (own, visits) = two(own, Setting::Outpatient, 3);
    // Both second documents had been withdrawn when these words were given.
    let documents = words(&[
        (Setting::Inpatient, &beds[0], 10),
        (Setting::Outpatient, &visits[0], 10),
    ]);
    let mut both = vec![(beds[0].digest(), true), (visits[0].digest(), true)];
    both.sort_unstable();
    assert_eq!(lost(&documents, &own), both);
    let own = withdrawn(own, &beds[1], 20);
    assert_eq!(lost(&documents, &own), [(visits[0].digest(), true)]);
    let own = withdrawn(own, &visits[1], 21);
    assert_eq!(lost(&documents, &own), []);
}

#[test]
fn another_document_that_officers_publish_in_its_place_puts_it_right() {
    let (own, [first, second]) = two(OwnPolicies::default(), Setting::Inpatient, 1);
    let documents = words(&[(Setting::Inpatient, &first, 10)]);
    let third = policy(Setting::Inpatient, Some(second.digest()));
    let own = published(own, &third, 3, 20);
    assert_eq!(lost(&documents, &own), []);
}

#[test]
fn what_was_published_or_withdrawn_after_the_newest_word_is_not_lost() {
    let (own, [first, second]) = two(OwnPolicies::default(), Setting::Inpatient, 1);
    for (at, is_lost) in [(4, false), (5, false), (6, true)] {
        let documents = words(&[(Setting::Inpatient, &first, at)]);
        assert_eq!(lost(&documents, &own).is_empty(), !is_lost, "{at}");
    }
    let documents = words(&[(Setting::Inpatient, &second, 10)]);
    assert_eq!(lost(&documents, &own), []);
    let own = withdrawn(own, &second, 20);
    assert_eq!(lost(&documents, &own), []);
    let nothing = withdrawn(own, &first, 21);
    assert_eq!(lost(&documents, &nothing), []);
}
