//! Signed versions that contradict: what each says otherwise, and how the node comes to go by one, as when the clearinghouse
//! was restored and signed a number anew, or dated a version before the one before it. An officer types its digest; that is
//! journaled with the name and the time, and what contradicted stays in the journal. Deliberately absent: who is right, which
//! the clearinghouse's operator says.

use std::collections::BTreeSet;

use huitong_core::canonical::Artifact;
use huitong_core::date::Timestamp;
use huitong_core::digest::Digest;
use huitong_core::membership::{Directory, Standing};
use huitong_core::officer::OfficerName;
use huitong_core::record::NodeRecord;
use huitong_core::record::directory::{DirectoryAccepted, DirectorySplit};
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;

use super::DirectoryDesk;
use super::moment::is_ahead;
use super::records::{Accept, Noted};
use crate::error::NodeError;
use crate::store::apply::Records;
use crate::store::{Key, Location, Row, Rows, StoreError, Table};

/// Contradictions that are looked through.
const LOOKED_AT_MOST: usize = 10_000;
/// Contradictions that are shown.
const SHOWN_AT_MOST: usize = 16;

/// What a region's entry says otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The region.
    pub region: RegionCode,
    /// How it stands by the version that is gone by, and by the other; none where that does not name it.
    pub standing: (Option<Standing>, Option<Standing>),
    /// Where its node is.
    pub endpoint: (Option<String>, Option<String>),
    /// Whether other signing certificates are named.
    pub other_signers: bool,
    /// Whether another member clears for it.
    pub other_member: bool,
}

/// A signed version that contradicted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// Its number.
    pub number: u64,
    /// Its digest.
    pub digest: Digest,
    /// When the clearinghouse signed it.
    pub signed: Timestamp,
    /// When it was found.
    pub found: Timestamp,
    /// Who accepted it, and when; nobody where it follows upon one that was accepted and is gone by since.
    pub accepted: Option<(OfficerName, Timestamp)>,
    /// What it says otherwise than the version that is gone by.
    pub differs: Vec<Difference>,
}

/// What contradicted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branches {
    /// The last ones by number, of the first 10,000.
    pub last: Vec<Branch>,
    /// How many of these are not gone by since.
    pub open: usize,
}

impl DirectoryDesk {
    /// What contradicted, beside the version that is gone by.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(super) fn branches(&self, now: Option<&Directory>) -> Result<Branches, StoreError> {
        let splits = self.splits()?;
        let (mut open, mut last) = (0_usize, Vec::new());
        let shown_from = splits.len().saturating_sub(SHOWN_AT_MOST);
        for (nth, (number, digest, at)) in splits.into_iter().enumerate() {
            // Neither counted nor shown before it is on disk.
            if at.frame().is_none() {
                continue;
            }
            let gone_by = self.parts.ledger.directory_branch(number, digest)?;
            // What was gone by only before it contradicted is open.
            let gone_by = gone_by.filter(|gone| gone.frame().is_none() || *gone > at);
            if gone_by.is_none() {
                open = open.saturating_add(1);
            }
            if nth < shown_from {
                continue;
            }
            let split = self.split_at(at)?;
            let gone_by = gone_by.filter(|gone| gone.frame().is_some());
            last.push(Branch {
                number,
                digest,
                signed: split.other.at,
                found: split.at,
                accepted: gone_by
                    .map(|gone| self.accepted_at(gone))
                    .transpose()?
                    .flatten(),
                differs: differences(now, &split.other.directory),
            });
        }
        Ok(Branches { last, open })
    }

    /// Has the node go by a version that contradicts: its number.
    ///
    /// # Errors
    /// A refusal when none is kept under the digest, or it is older, is signed under nothing that is trusted now, or is
    /// dated too far ahead of the own clock.
    pub async fn accept(&self, digest: Digest, by: OfficerName) -> Result<u64, NodeError> {
        self.parts.ledger.barrier().await?;
        if let Some(head) = self.parts.ledger.directory_head()?
            && head.digest == digest
        {
            return Ok(head.number);
        }
        let unknown = || NodeError::refused(RefusalCode::NoSuchBranch, digest);
        let splits = self.splits()?;
        let kept = splits.into_iter().find(|(_, kept, _)| *kept == digest);
        let (number, _, at) = kept.ok_or_else(unknown)?;
        let signed = self.split_at(at)?.other;
        let refused = |why: String| {
            let detail = format_args!("{digest}: {why}");
            NodeError::refused(RefusalCode::NoSuchBranch, detail)
        };
        self.is_signed(&signed).map_err(refused)?;
        if is_ahead(signed.at, self.parts.clock.now()) {
            let at = signed.at;
            let why = format!("it is dated {at}, more than a day ahead of this node's clock");
            return Err(refused(why));
        }
        let command = Accept {
            signed,
            by: by.clone(),
        };
        let noted = self.parts.writer.run(command).await?.answer?;
        if noted == Noted::Written {
            tracing::warn!(number, %digest, %by, "an officer has the node go by another branch of the directory");
        }
        self.follow_head()?;
        self.due.notify_one();
        Ok(number)
    }

    fn splits(&self) -> Result<Vec<(u64, Digest, Location)>, StoreError> {
        let rows = self
            .parts
            .ledger
            .scan(Table::DirectorySplit, LOOKED_AT_MOST)?;
        let split = |row: (Key, Row)| {
            let (Key::DirectorySplit(number, digest), Row::DirectorySplit(at)) = row else {
                return None;
            };
            Some((number, digest, at))
        };
        Ok(rows.into_iter().filter_map(split).collect())
    }

    fn split_at(&self, at: Location) -> Result<DirectorySplit, StoreError> {
        let NodeRecord::DirectorySplit(split) = self.parts.ledger.record(at)? else {
            return Err(StoreError::Inconsistent("another record than a directory"));
        };
        Ok(split)
    }

    /// Who had the node go by a version; nobody where it followed upon one that somebody had.
    fn accepted_at(&self, at: Location) -> Result<Option<(OfficerName, Timestamp)>, StoreError> {
        let record = self.parts.ledger.record(at)?;
        if let NodeRecord::DirectoryAccepted(DirectoryAccepted { by, at, .. }) = record {
            return Ok(Some((by, at)));
        }
        if let NodeRecord::DirectoryTaken(_) = record {
            return Ok(None);
        }
        Err(StoreError::Inconsistent("another record than a directory"))
    }
}

/// What another version says otherwise, by region.
fn differences(now: Option<&Directory>, other: &Directory) -> Vec<Difference> {
    if now.is_some_and(|now| now.digest() == other.digest()) {
        return Vec::new();
    }
    let here = |region: &RegionCode| now.and_then(|now| now.regions.get(region));
    let known = now.into_iter().flat_map(|now| now.regions.keys());
    let regions: BTreeSet<_> = known.chain(other.regions.keys()).collect();
    let differing = regions.into_iter().filter_map(|region| {
        let (one, two) = (here(region), other.regions.get(region));
        if one == two {
            return None;
        }
        let endpoint = |listed: Option<&huitong_core::membership::ListedRegion>| {
            listed.and_then(|listed| listed.endpoint.clone())
        };
        Some(Difference {
            region: *region,
            standing: (one.map(|it| it.standing), two.map(|it| it.standing)),
            endpoint: (endpoint(one), endpoint(two)),
            other_signers: one.map(|it| &it.signers) != two.map(|it| &it.signers),
            other_member: one.map(|it| it.member) != two.map(|it| it.member),
        })
    });
    differing.collect()
}
