//! What an officer reads of certificates, whichever server was asked.

use huitong_proto::common::v1;

use super::*;

fn held(refused: &str) -> CertificatesAnswer {
    CertificatesAnswer {
        certificates: vec![v1::CertificateHeld {
            purpose: "tls".to_owned(),
            not_after_ms: 1_830_000_000_000,
        }],
        root_keys: vec![vec![0x5f, 0x0c]],
        revocation_lists: vec![v1::RevocationListHeld {
            authority: "root".to_owned(),
            this_update_ms: 1_790_000_000_000,
            next_update_ms: 0,
            revoked: 2,
        }],
        refused: refused.to_owned(),
    }
}

fn text(held: &CertificatesAnswer) -> String {
    let mut out = Vec::new();
    print(held, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn each_certificate_root_and_list_has_a_line_and_what_was_refused_has_one_too() {
    let all = "tls          until 2027-12-28T13:20:00Z / 有效期至\n\
               root         5f0c\n\
               revoked      2 by root since 2026-09-21T14:13:20Z, next … / 吊销列表\n";
    assert_eq!(text(&held("")), all);
    let refused = text(&held("half a set"));
    assert_eq!(refused, format!("{all}REFUSED      half a set / 未生效\n"));
}

#[test]
fn the_document_has_the_same() {
    let document = as_json(&held("half a set"));
    assert_eq!(
        document["certificates"][0]["not_after_ms"],
        1_830_000_000_000_i64
    );
    assert_eq!(document["root_keys"][0], "5f0c");
    assert_eq!(document["revocation_lists"][0]["revoked"], 2);
    assert_eq!(document["refused"], "half a set");
}
