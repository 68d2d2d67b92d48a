//! What is settled in a dispute, under the clearinghouse's signature, and the debt that both regions book for it.

use crate::canonical::Artifact;
use crate::canonical_struct;
use crate::date::{BusinessDay, Timestamp};
use crate::digest::Digest;
use crate::dispute::course::{Course, Ground};
use crate::dispute::name::{DisputeName, Subject};
use crate::evidence::Chain;
use crate::leg::{Leg, LegKind};
use crate::money::Fen;
use crate::region::RegionCode;

/// What the clearinghouse commits to of a settled dispute. It holds no moment: that stands beside it, under the
/// signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The how manieth it is that was settled, from 1.
    pub number: u64,
    /// Which dispute.
    pub dispute: DisputeName,
    /// About what.
    pub subject: Subject,
    /// Who owes.
    pub respondent: RegionCode,
    /// How much; zero when nothing.
    pub amount: Fen,
    /// The business day of the correction.
    pub day: BusinessDay,
    /// By what.
    pub ground: Ground,
    /// The last word of a region, which names those before.
    pub last: Digest,
}

canonical_struct!(Outcome {
    number,
    dispute,
    subject,
    respondent,
    amount,
    day,
    ground,
    last
});

impl Artifact for Outcome {
    const KIND: [u8; 4] = *b"DOUT";
    const VERSION: u16 = 1;
}

impl Outcome {
    /// What a course came to; none while it is not settled.
    #[must_use]
    pub fn of(course: &Course) -> Option<Self> {
        let settled = course.settled()?;
        Some(Self {
            number: settled.settling.number,
            dispute: course.name,
            subject: course.claim.subject,
            respondent: course.respondent,
            amount: settled.amount,
            day: settled.settling.day,
            ground: settled.ground.clone(),
            last: course.last,
        })
    }

    /// The bytes that are signed of it.
    #[must_use]
    pub fn signed_bytes(&self, at: Timestamp) -> Vec<u8> {
        let mut bytes = b"HTDO\x00\x01".to_vec();
        bytes.extend_from_slice(self.digest().as_bytes());
        bytes.extend_from_slice(&at.as_millis().to_be_bytes());
        bytes
    }

    /// The debt that corrects what is netted, the same for both regions; none when nothing is owed.
    #[must_use]
    pub fn leg(&self) -> Option<Leg> {
        (!self.amount.is_zero()).then(|| Leg {
            settlement: self.dispute.correction(),
            kind: LegKind::Correction,
            debtor: self.respondent,
            creditor: self.dispute.raiser,
            fund: self.subject.pair().fund,
            amount: self.amount,
            business_day: self.day,
            receipt: self.digest(),
        })
    }
}

/// An outcome with the clearinghouse's signature and the certificates of its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertifiedOutcome {
    /// What is signed.
    pub outcome: Outcome,
    /// When.
    pub at: Timestamp,
    /// The algorithm, as `huitong-certs` numbers it.
    pub algorithm: u8,
    /// The key.
    pub key_id: Digest,
    /// Over [`Outcome::signed_bytes`].
    pub signature: Vec<u8>,
    /// The certificates of the key: DER, leaf first, without the root.
    pub signer: Chain,
}

canonical_struct!(CertifiedOutcome {
    outcome,
    at,
    algorithm,
    key_id,
    signature,
    signer
});
