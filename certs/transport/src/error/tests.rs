//! Every code that a connection can fail with stands on the page of refusals, as it is said.

use huitong_certs::{Identity, IdentityError};

use super::{CertificateRefusal, TransportError};

/// One of each, with `…` where it names something; the match is there so that a new one is not forgotten.
fn every() -> Vec<TransportError> {
    let (endpoint, detail) = ("…".to_owned(), "…".to_owned());
    let region = |code: &str| Identity::RegionNode(code.parse().unwrap());
    let all = vec![
        TransportError::BadEndpoint {
            endpoint: endpoint.clone(),
        },
        TransportError::Unreachable {
            endpoint: endpoint.clone(),
            detail: detail.clone(),
        },
        TransportError::ConnectTimeout { endpoint },
        TransportError::CertificateRefused {
            reason: CertificateRefusal::Unsaid,
        },
        TransportError::PeerNotTrusted {
            reason: IdentityError::UnknownAuthority,
        },
        TransportError::WrongPeer {
            expected: region("330200"),
            found: region("510100"),
        },
        TransportError::Handshake {
            detail: detail.clone(),
        },
        TransportError::ConnectionLost { detail },
        TransportError::Deadline,
        TransportError::TooLarge,
        TransportError::NotAllowed,
        TransportError::Overloaded,
    ];
    let places: Vec<usize> = all.iter().map(place).collect();
    assert_eq!(places, (0..all.len()).collect::<Vec<_>>());
    all
}

fn place(error: &TransportError) -> usize {
    match error {
        TransportError::BadEndpoint { .. } => 0,
        TransportError::Unreachable { .. } => 1,
        TransportError::ConnectTimeout { .. } => 2,
        TransportError::CertificateRefused { .. } => 3,
        TransportError::PeerNotTrusted { .. } => 4,
        TransportError::WrongPeer { .. } => 5,
        TransportError::Handshake { .. } => 6,
        TransportError::ConnectionLost { .. } => 7,
        TransportError::Deadline => 8,
        TransportError::TooLarge => 9,
        TransportError::NotAllowed => 10,
        TransportError::Overloaded => 11,
    }
}

/// As the page has it: what differs from call to call is `…`.
fn row(error: &TransportError) -> String {
    let again = if error.retryable() { "same id" } else { "no" };
    let (mut en, mut zh) = (error.english(), error.chinese());
    let mut parts = Vec::new();
    if let TransportError::CertificateRefused { reason } = error {
        parts.push((reason.english().to_owned(), reason.chinese().to_owned()));
    } else if let TransportError::PeerNotTrusted { reason } = error {
        parts.push((reason.english(), reason.chinese()));
    } else if let TransportError::WrongPeer { expected, found } = error {
        let parties = [expected, found].map(ToString::to_string);
        parts.extend(parties.map(|party| (party.clone(), party)));
    }
    for (in_english, in_chinese) in parts {
        en = en.replace(&in_english, "…");
        zh = zh.replace(&in_chinese, "…");
    }
    format!("| `{}` | {again} | {en} | {zh} |", error.code())
}

#[test]
fn the_page_of_refusals_has_a_row_for_each_code_as_it_is() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/docs/refusals.md");
    let page = std::fs::read_to_string(page).unwrap();
    for error in every() {
        let row = row(&error);
        assert!(
            page.contains(&row),
            "deploy/docs/refusals.md lacks this row:\n{row}"
        );
    }
}
