//! What a region signs of a policy that it publishes.
//!
//! The document's bytes are named by their digest; the statement says who published them, for whom and
//! when, so that a node elsewhere need not take the word of whoever handed it the bytes. It is signed over
//! the bytes of its canonical form, which travel as they were signed.

use crate::canonical::{Artifact, CanonicalError};
use crate::canonical_struct;
use crate::date::{DateInterval, Timestamp};
use crate::digest::Digest;
use crate::officer::OfficerName;
use crate::policy::Policy;
use crate::region::RegionCode;
use crate::vocabulary::{Scheme, Setting};

/// That a region publishes a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyStatement {
    /// SHA-256 of the document.
    pub policy: Digest,
    /// Whose it is.
    pub region: RegionCode,
    /// The scheme that it is for.
    pub scheme: Scheme,
    /// The kinds of treatment.
    pub settings: Vec<Setting>,
    /// The days of care that it holds for.
    pub effective: DateInterval,
    /// The documents that it replaces from its first day on.
    pub supersedes: Vec<Digest>,
    /// The officer who put it forward.
    pub proposer: OfficerName,
    /// The officer who approved it, another one.
    pub approver: OfficerName,
    /// When it was approved.
    pub at: Timestamp,
}

canonical_struct!(PolicyStatement {
    policy,
    region,
    scheme,
    settings,
    effective,
    supersedes,
    proposer,
    approver,
    at
});

impl Artifact for PolicyStatement {
    const KIND: [u8; 4] = *b"PUBL";
    const VERSION: u16 = 1;
}

impl PolicyStatement {
    /// The first part in which the statement is not about this document, as it is read here.
    #[must_use]
    pub fn first_difference(&self, digest: Digest, policy: &Policy) -> Option<&'static str> {
        let scope = policy.scope();
        let same = [
            ("digest", self.policy == digest),
            ("region", self.region == scope.region),
            ("scheme", self.scheme == scope.scheme),
            ("settings", self.settings == scope.settings),
            ("effective", self.effective == scope.effective),
            ("supersedes", self.supersedes == policy.supersedes()),
            ("approver", self.approver != self.proposer),
        ];
        same.iter().find(|(_, same)| !same).map(|(what, _)| *what)
    }
}

/// A statement as it was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedStatement {
    /// The bytes of a [`PolicyStatement`], as signed.
    pub bytes: Vec<u8>,
    /// The algorithm, as `huitong-certs` numbers it.
    pub algorithm: u8,
    /// The key.
    pub key_id: Digest,
    /// Over the bytes.
    pub signature: Vec<u8>,
}

canonical_struct!(SignedStatement {
    bytes,
    algorithm,
    key_id,
    signature
});

impl SignedStatement {
    /// What the bytes say; whether they are rightly signed is checked by who holds the region's key.
    ///
    /// # Errors
    /// When they are no statement that this version reads.
    pub fn statement(&self) -> Result<PolicyStatement, CanonicalError> {
        PolicyStatement::from_bytes(&self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::testing::{golden, hex};
    use crate::digest::sha256;

    fn statement() -> PolicyStatement {
        PolicyStatement {
            policy: sha256(b"policy"),
            region: "330200".parse().unwrap(),
            scheme: Scheme::Resident,
            settings: vec![Setting::Inpatient, Setting::Chronic],
            effective: DateInterval::new("2023-01-01".parse().unwrap(), None).unwrap(),
            supersedes: vec![sha256(b"older")],
            proposer: "li.wei".parse().unwrap(),
            approver: "wang.fang".parse().unwrap(),
            at: Timestamp::from_millis(1_700_000_000_000).unwrap(),
        }
    }

    #[test]
    fn golden_bytes() {
        assert_eq!(hex(&statement().to_bytes()[..6]), "5055424c0001");
        golden(&statement(), STATEMENT);
        let signed = SignedStatement {
            bytes: vec![1, 2, 3],
            algorithm: 1,
            key_id: sha256(b"key"),
            signature: vec![9; 2],
        };
        golden(&signed, SIGNED);
        assert!(signed.statement().is_err());
    }

    const STATEMENT: &str = concat!(
        "823412d1eacb67956220e532959f0104603057c88704863ca38e7cd188fda812",
        "000509d8",
        "02",
        "000000020103",
        "07e7010100",
        "00000001da925a30e31f7fdaa7044e3e5ba4ae17670de82d677b0e7adf5700428a137a36",
        "000000066c692e776569",
        "0000000977616e672e66616e67",
        "0000018bcfe56800"
    );
    const SIGNED: &str = concat!(
        "00000003010203",
        "01",
        "2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683",
        "000000020909"
    );
}
