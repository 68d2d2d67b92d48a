//! `[tls]` and `[signing]`: as whom the node speaks, whom it trusts, and with what it signs.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use huitong_certs::signing::CertifiedKey;
use huitong_certs::{Identity, SigningKey};
use huitong_core::region::RegionCode;
use huitong_document::config::Section;
use huitong_transport::{Certified, CredentialFiles, CredentialStore, Credentials, LOOK_EVERY};

use super::path;

/// What could be read of both sections.
pub(super) struct NodeIdentity {
    pub(super) credentials: Option<CredentialStore>,
    pub(super) signer: Option<Signer>,
}

/// With what the node signs, and by which certificate others know it.
pub(super) struct Signer {
    pub(super) key: Arc<SigningKey>,
    pub(super) certified: Certified,
}

pub(super) fn read(root: &Section<'_>, folder: &Path, region: Option<RegionCode>) -> NodeIdentity {
    let credentials = credentials(&root.section("tls"), folder, region);
    let trust = credentials.as_ref().map(CredentialStore::credentials);
    let signer = signer(&root.section("signing"), folder, region, trust.as_ref());
    NodeIdentity {
        credentials,
        signer,
    }
}

fn credentials(
    section: &Section<'_>,
    folder: &Path,
    region: Option<RegionCode>,
) -> Option<CredentialStore> {
    let chain = path(section, "chain", folder);
    let key = path(section, "key", folder);
    let roots = path(section, "roots", folder);
    let lists = section.any::<PathBuf>("revocation_lists");
    let look_every = section.duration_ms("look_every_ms", 100..=3_600_000, LOOK_EVERY);
    let files = CredentialFiles {
        chain: chain?,
        key: key?,
        roots: roots?,
        revocation_lists: lists.iter().map(|list| folder.join(list)).collect(),
    };
    let store = match CredentialStore::load(files.clone()) {
        Ok(store) => store,
        Err(error) => {
            let faults = files.faults();
            let all = if faults.is_empty() {
                vec![error]
            } else {
                faults
            };
            for error in &all {
                fault(section, files.key_of(error), error);
            }
            return None;
        }
    };
    let (found, expected) = (store.identity(), Identity::RegionNode(region?));
    if found != expected {
        section.fault_of(
            "chain",
            format!("this certificate is {found}'s; the node of this region is {expected}"),
            format!("该证书属于 {found}，本节点应为 {expected}"),
        );
        return None;
    }
    Some(store.looked_at_every(look_every?))
}

/// Notes what another crate says in both languages, as `English / 中文`.
fn fault(section: &Section<'_>, key: &str, error: &dyn std::error::Error) {
    let said = error.to_string();
    let (en, zh) = said.rsplit_once(" / ").unwrap_or((&said, &said));
    section.fault_of(key, en, zh);
}

/// The signing key, and the certificate by which others know it: they must belong together.
fn signer(
    section: &Section<'_>,
    folder: &Path,
    region: Option<RegionCode>,
    trust: Option<&Credentials>,
) -> Option<Signer> {
    let key_path = path(section, "key", folder);
    let certificate = path(section, "certificate", folder);
    let key = SigningKey::load(&key_path?).map_err(|error| {
        fault(section, "key", &error);
    });
    let file = certificate?;
    let certified = certified(section, "certificate", &file, trust);
    let (key, certified) = (key.ok()?, certified?);
    let expected = Identity::RegionNodeSigning(region?);
    if *certified.identity() != expected {
        let found = certified.identity();
        section.fault_of(
            "certificate",
            format!("this certificate is {found}'s, expected {expected}'s"),
            format!("该证书属于 {found}，应为 {expected}"),
        );
        return None;
    }
    if certified.key() != key.verifying_key() {
        section.fault_of(
            "key",
            "not the key of the signing certificate",
            "与签名证书不匹配",
        );
        return None;
    }
    Some(Signer {
        key: Arc::new(key),
        certified: Certified::in_file(certified, file),
    })
}

/// Reads a signing certificate and checks it against the root.
pub(super) fn certified(
    section: &Section<'_>,
    key: &str,
    file: &Path,
    trust: Option<&Credentials>,
) -> Option<CertifiedKey> {
    let pem = match std::fs::read(file) {
        Ok(pem) => pem,
        Err(error) => {
            let shown = file.display();
            section.fault_of(
                key,
                format!("{shown}: {error}"),
                format!("文件 {shown} 无法读取"),
            );
            return None;
        }
    };
    match CertifiedKey::from_pem(&pem, trust?.trust(), jiff::Timestamp::now()) {
        Ok(certified) => Some(certified),
        Err(error) => {
            fault(section, key, &error);
            None
        }
    }
}
