//! Disputes with other regions (清算争议): what the region's officers say in them, and what settled ones come to.
//!
//! | module | its question |
//! |---|---|
//! | `records` | The decisions of the writer |
//! | `proof` | Did the others sign what they are said to have said? |
//! | [`report`] | What does the clearinghouse take, and what does it say? |
//! | `booking` | What is corrected for settled disputes? |
//!
//! A word is signed, written down and only then sent. Said again, the word that is there is sent again, byte for byte,
//! with the certificate of now; so nothing that gets lost changes anything. The clearinghouse says what may follow what,
//! and nothing of that is remembered here. Deliberately absent: any effect on a settlement or a person's record, and any
//! leg before a dispute is settled.

mod booking;
mod proof;
mod records;
pub mod report;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex};

use huitong_certs::signing::CertifiedKey;
use huitong_certs::{SigningKey, Trust};
use huitong_core::canonical::Artifact;
use huitong_core::date::Timestamp;
use huitong_core::digest::Digest;
use huitong_core::dispute::course::Course;
use huitong_core::dispute::history::DisputeHistory;
use huitong_core::dispute::name::DisputeName;
use huitong_core::dispute::seen::DisputeSeen;
use huitong_core::dispute::word::{Reply, Says, SignedWord, Word};
use huitong_core::money::Fen;
use huitong_core::officer::OfficerName;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_transport::{Certified, CredentialStore};
use tonic::Status;

use crate::chance::Chance;
use crate::clock::Clock;
use crate::error::NodeError;
use crate::saying::say;
use crate::signature::Parts as Signature;
use crate::writer::Writer;

use booking::Cursor;
use proof::By;
use records::KeepWord;
use report::{DisputeClient, Page, Wanted};

/// The key of a region that is named, for what says that it was signed at a moment, by a certificate that the node knows of it
/// beside the one that a word carries.
pub type Known =
    Arc<dyn Fn(RegionCode, Digest, Timestamp) -> Option<Arc<CertifiedKey>> + Send + Sync>;

/// Where the region's side of disputes is said, and what comes of them is booked.
pub struct DisputeDesk {
    region: RegionCode,
    writer: Arc<Writer>,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    key: Arc<SigningKey>,
    certified: Certified,
    /// Whom the words of others are trusted by.
    credentials: CredentialStore,
    known: Known,
    client: Option<DisputeClient>,
    /// How far settled disputes were looked through since the start.
    cursor: Mutex<Cursor>,
}

/// What an officer has the region say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saying {
    /// What is said.
    pub says: Says,
    /// At how much the dispute is settled by it, as the officer saw it; none of what settles nothing.
    pub settles_at: Option<Fen>,
}

/// What a desk is made of.
pub struct Parts {
    /// The node's region.
    pub region: RegionCode,
    /// The writer.
    pub writer: Arc<Writer>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// For jitter.
    pub chance: Arc<dyn Chance>,
    /// The key that the region's words are signed with.
    pub key: Arc<SigningKey>,
    /// Its certificate, as it is renewed.
    pub certified: Certified,
    /// Whom the words of others are trusted by.
    pub credentials: CredentialStore,
    /// With what regions sign, as the node knows it.
    pub known: Known,
    /// The way to the clearinghouse; none where there is none.
    pub client: Option<DisputeClient>,
}

impl DisputeDesk {
    /// The desk of a node.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self {
            region: parts.region,
            writer: parts.writer,
            clock: parts.clock,
            chance: parts.chance,
            key: parts.key,
            certified: parts.certified,
            credentials: parts.credentials,
            known: parts.known,
            client: parts.client,
            cursor: Mutex::default(),
        }
    }

    /// The region.
    #[must_use]
    pub const fn region(&self) -> RegionCode {
        self.region
    }

    /// Says something in a dispute: signed, journaled and sent.
    ///
    /// # Errors
    /// What the clearinghouse refuses, or the node's own trouble.
    pub async fn say(
        &self,
        name: DisputeName,
        saying: Saying,
        by: OfficerName,
    ) -> Result<DisputeSeen, Status> {
        let client = self.client()?;
        let says = saying.says;
        let is_first = matches!(says, Says::Raise(_));
        let history = client.history(name).await?;
        if let Some(history) = &history {
            self.as_seen(history, &saying)?;
        }
        let last = match &history {
            Some(history) => match self.own(history, &says) {
                Some(said) => return client.say(said).await,
                None => Some(self.course(history)?.last),
            },
            None => None,
        };
        let signed = self.signed(name, last.filter(|_| !is_first), says, by)?;
        let kept = signed.kept(self).await?;
        client.say(&kept).await
    }

    /// A page of the disputes in which the region stands.
    ///
    /// # Errors
    /// What the clearinghouse refuses, or the node's own trouble.
    pub async fn list(&self, wanted: &Wanted) -> Result<Page, Status> {
        self.client()?.list(wanted).await
    }

    fn client(&self) -> Result<&DisputeClient, NodeError> {
        let off = || NodeError::refused(RefusalCode::DisputesOff, self.region);
        self.client.as_ref().ok_or_else(off)
    }

    /// The region's own word of this content, if the clearinghouse has it.
    fn own<'a>(&self, history: &'a DisputeHistory, says: &Says) -> Option<&'a SignedWord> {
        history.words().find(|signed| {
            let word = signed.word();
            word.is_ok_and(|word| word.region == self.region && word.says == *says)
        })
    }

    /// By what words are checked.
    const fn by<'a>(&'a self, trust: &'a Trust) -> By<'a> {
        let known = &self.known;
        By { trust, known }
    }

    /// What a dispute comes to, all of which is rightly signed.
    fn course(&self, history: &DisputeHistory) -> Result<Course, NodeError> {
        let credentials = self.credentials.credentials();
        proof::checked(history, self.by(credentials.trust())).map_err(|fault| {
            tracing::error!(%fault, "what the clearinghouse tells of a dispute does not hold");
            let detail = format_args!("clearinghouse: {fault}");
            NodeError::refused(RefusalCode::Overloaded, detail)
        })
    }

    /// Whether the dispute is settled at what the officer saw. What the clearinghouse told them is not signed; what is
    /// compared with is.
    fn as_seen(&self, history: &DisputeHistory, saying: &Saying) -> Result<(), NodeError> {
        match &saying.says {
            Says::Answer(Reply::Accepted) | Says::Accept => {
                amount_seen(&self.course(history)?, saying)
            }
            Says::Raise(_)
            | Says::Answer(Reply::Partly(_) | Reply::Rejected(_))
            | Says::Escalate
            | Says::Withdraw => Ok(()),
        }
    }

    /// A word as the region signs it now.
    fn signed(
        &self,
        name: DisputeName,
        follows: Option<Digest>,
        says: Says,
        officer: OfficerName,
    ) -> Result<Drafted, NodeError> {
        let at: Timestamp = self.clock.now();
        let word = Word::new(self.region, name, follows, says, officer, at);
        let word = word.map_err(|fault| NodeError::refused(RefusalCode::Malformed, fault))?;
        let (bytes, credentials) = (word.to_bytes(), self.credentials.credentials());
        let by = (&*self.key, &self.certified.current());
        let (parts, signer) = say(by, (&bytes, at), credentials.trust())?;
        let Signature {
            algorithm,
            key_id,
            signature,
        } = parts;
        let signed = SignedWord {
            bytes,
            algorithm,
            key_id,
            signature,
            signer,
        };
        Ok(Drafted { word, signed })
    }
}

/// Whether a dispute is settled by a saying at the amount that its officer saw.
fn amount_seen(course: &Course, saying: &Saying) -> Result<(), NodeError> {
    match course.settled_by(&saying.says) {
        Some(amount) if saying.settles_at != Some(amount) => {
            Err(NodeError::refused(RefusalCode::DisputesOtherAmount, amount))
        }
        Some(_) | None => Ok(()),
    }
}

/// A word that is signed and not journaled.
struct Drafted {
    word: Word,
    signed: SignedWord,
}

impl Drafted {
    /// The word that is journaled: the same said before, or this one.
    async fn kept(self, desk: &DisputeDesk) -> Result<SignedWord, NodeError> {
        let Self { word, signed } = self;
        let kept = desk.writer.run(KeepWord { word, signed }).await?;
        Ok(kept.answer)
    }
}
