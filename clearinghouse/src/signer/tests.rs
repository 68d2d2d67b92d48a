//! What is in use is held against the trust in force at each reload; what proves nothing any more signs nothing.

use huitong_certs::authority::{Authority, Hosts, Revoked};
use huitong_certs::{IdentityError, Validity};

use super::*;

fn moment(text: &str) -> jiff::Timestamp {
    text.parse().unwrap()
}

fn authority() -> Authority {
    let holds = Validity::new(
        moment("2026-01-01T00:00:00Z"),
        moment("2029-01-01T00:00:00Z"),
    );
    let domain = "tests.huitong.example".parse().unwrap();
    Authority::new_root(&domain, holds.unwrap()).unwrap()
}

fn trust(roots: &[&Authority]) -> Trust {
    let roots: Vec<_> = roots
        .iter()
        .map(|root| root.certificate().clone())
        .collect();
    Trust::from_roots(&roots).unwrap()
}

/// A signer whose files an authority issues.
struct Signs {
    root: Authority,
    signer: Signer,
    place: tempfile::TempDir,
    serial: Vec<u8>,
}

/// Writes a key with its certificate; the certificate's serial.
fn issue(root: &Authority, files: &SigningFiles) -> Vec<u8> {
    let holds = Validity::new(
        moment("2026-01-01T00:00:00Z"),
        moment("2027-01-01T00:00:00Z"),
    );
    let by = Identity::ClearinghouseSigning;
    let issued = root.issue(&by, &Hosts::none(), holds.unwrap()).unwrap();
    std::fs::write(&files.key, issued.key_pem()).unwrap();
    std::fs::write(&files.certificate, issued.chain_pem()).unwrap();
    Certificate::read(&issued.chain()[0]).unwrap().serial
}

fn files(place: &tempfile::TempDir) -> SigningFiles {
    SigningFiles {
        key: place.path().join("signing.key"),
        certificate: place.path().join("signing.crt"),
    }
}

const NOW: &str = "2026-03-01T00:00:00Z";

impl Signs {
    fn new() -> Self {
        let (root, place) = (authority(), tempfile::tempdir().unwrap());
        let serial = issue(&root, &files(&place));
        let signer = Signer::in_files(files(&place), &trust(&[&root]), moment(NOW)).unwrap();
        Self {
            root,
            signer,
            place,
            serial,
        }
    }

    fn reload(&self, trust: &Trust) -> Result<(), String> {
        self.signer.reload(trust, moment(NOW))
    }

    fn signs(&self) -> Result<(), NotNow> {
        let at = Timestamp::parse("2026-03-01T00:00:00.000Z").unwrap();
        self.signer.signed(b"a checkpoint", at).map(|_| ())
    }
}

#[test]
fn a_certificate_that_was_revoked_signs_nothing_until_a_good_one_is_there() {
    let signs = Signs::new();
    signs.signs().unwrap();
    let gone = Revoked {
        serial: signs.serial.clone(),
        at: moment(NOW),
    };
    let holds = Validity::new(moment(NOW), moment("2026-04-01T00:00:00Z")).unwrap();
    let list = signs.root.revocation_list(&[gone], 2, holds);
    let revoked = trust(&[&signs.root]).with_revocation_lists(list.unwrap().as_bytes());
    let revoked = revoked.unwrap();
    let told = signs.reload(&revoked).unwrap_err();
    assert!(told.contains("nothing is signed until"), "{told}");
    let fault = CertifiedKeyError::Identity(IdentityError::Revoked);
    assert_eq!(signs.signs(), Err(NotNow::Distrusted(fault)));
    issue(&signs.root, &files(&signs.place));
    signs.reload(&revoked).unwrap();
    signs.signs().unwrap();
}

#[test]
fn a_certificate_whose_root_went_signs_nothing_and_one_that_only_cannot_be_read_anew_signs_on() {
    let signs = Signs::new();
    let other = authority();
    std::fs::write(files(&signs.place).key, "half a file").unwrap();
    signs.reload(&trust(&[&signs.root])).unwrap_err();
    signs.signs().unwrap();
    signs.reload(&trust(&[&other])).unwrap_err();
    let fault = CertifiedKeyError::Identity(IdentityError::UnknownAuthority);
    assert_eq!(signs.signs(), Err(NotNow::Distrusted(fault)));
    // The root is back, and the files are still not whole: what is in use holds again.
    signs.reload(&trust(&[&signs.root, &other])).unwrap_err();
    signs.signs().unwrap();
}
