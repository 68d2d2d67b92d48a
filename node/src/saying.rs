//! What the region says to the clearinghouse, signed: with the certificate that goes out beside it, and with none that does not hold.
//!
//! A running node keeps the certificate that it has when that ends, is revoked, or its root is gone: nobody would take what is
//! said under it, and what was journaled would show as said. Deliberately absent: what is said, and words on checkpoints, which
//! wait for a certificate that holds (`crate::witness`).

use huitong_certs::signing::{Carried, CertifiedKey};
use huitong_certs::{SigningKey, Trust};
use huitong_core::date::Timestamp;
use huitong_core::evidence::Chain;
use huitong_core::refusal::RefusalCode;

use crate::error::NodeError;
use crate::signature::{Parts, sign};

/// Signs what is said at a moment, with the certificate of now: that is what it is taken by.
///
/// # Errors
/// [`RefusalCode::SignerUnknown`] when that does not hold.
pub(crate) fn say(
    (key, certified): (&SigningKey, &CertifiedKey),
    (bytes, at): (&[u8], Timestamp),
    trust: &Trust,
) -> Result<(Parts, Chain), NodeError> {
    let parts = sign(key, bytes);
    let signer: Chain = certified.chain().iter().map(|der| der.to_vec()).collect();
    let carried = Carried {
        algorithm: parts.algorithm,
        key_id: parts.key_id,
        signature: &parts.signature,
    };
    let taken = carried.check(certified.identity(), (bytes, at), &signer, trust);
    taken.map_err(|fault| {
        tracing::error!(%fault, "the region's own certificate does not hold: nothing is signed");
        NodeError::refused(RefusalCode::SignerUnknown, fault)
    })?;
    Ok((parts, signer))
}

#[cfg(test)]
mod tests {
    use huitong_certs::authority::{Hosts, Revoked};
    use huitong_certs::{Authority, Certificate, Validity};

    use super::*;

    fn years(from: &str, to: &str) -> Validity {
        let [from, to] = [from, to].map(|year| format!("{year}-01-01T00:00:00Z"));
        Validity::new(from.parse().unwrap(), to.parse().unwrap()).unwrap()
    }

    #[test]
    fn nothing_is_said_with_a_certificate_that_does_not_hold() {
        let all = years("2020", "2040");
        let name = "huitong.example".parse().unwrap();
        let (root, later) = (
            Authority::new_root(&name, all).unwrap(),
            Authority::new_root(&name, all).unwrap(),
        );
        let identity = "/region/330200/node/signing".parse().unwrap();
        let issued = root.issue(&identity, &Hosts::none(), years("2021", "2030"));
        let issued = issued.unwrap();
        let under = |root: &Authority| Trust::from_roots(&[root.certificate().clone()]).unwrap();
        let begin = "2021-01-01T00:00:00Z".parse().unwrap();
        let certified = CertifiedKey::from_chain(issued.chain(), &under(&root), begin).unwrap();
        let key = SigningKey::from_pem(issued.key_pem().as_bytes()).unwrap();
        let said = |at: &str, trust: &Trust| {
            let at = Timestamp::parse(at).unwrap();
            let said = say((&key, &certified), (b"a word", at), trust);
            said.map(|_| ()).map_err(|refused| refused.refusal().code)
        };
        let unknown = Err(RefusalCode::SignerUnknown);
        let now = "2026-01-01T00:00:00.000Z";
        assert_eq!(said(now, &under(&root)), Ok(()));
        assert_eq!(
            said("2031-01-01T00:00:00.000Z", &under(&root)),
            unknown,
            "it has ended"
        );
        assert_eq!(said(now, &under(&later)), unknown, "its root is gone");
        let serial = Certificate::read(&issued.chain()[0]).unwrap().serial;
        let at = "2025-12-01T00:00:00Z".parse().unwrap();
        let list = root
            .revocation_list(&[Revoked { serial, at }], 1, all)
            .unwrap();
        let revoked = under(&root).with_revocation_lists(list.as_bytes()).unwrap();
        assert_eq!(said(now, &revoked), unknown, "it is revoked");
    }
}
