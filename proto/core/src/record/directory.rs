//! What a node has taken of the signed directory of the network, and what contradicts it.
//!
//! A version is kept as it was signed, since that is what proves to others what this region was told. Deliberately absent:
//! what the node makes of it, which its rows say.

use crate::canonical_struct;
use crate::date::Timestamp;
use crate::membership::SignedDirectory;
use crate::officer::OfficerName;

/// The next version of the directory was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryTaken {
    /// The version, as the clearinghouse signed it.
    pub signed: SignedDirectory,
    /// When it was taken.
    pub at: Timestamp,
}

canonical_struct!(DirectoryTaken { signed, at });

/// The clearinghouse signed a version that cannot stand beside those that were taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectorySplit {
    /// That version, as it was signed.
    pub other: SignedDirectory,
    /// When it was found.
    pub at: Timestamp,
}

canonical_struct!(DirectorySplit { other, at });

/// An officer has the node go by another signed version than the one it went by, which contradicts it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryAccepted {
    /// That version, as it was signed.
    pub signed: SignedDirectory,
    /// Who accepted it.
    pub by: OfficerName,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(DirectoryAccepted { signed, by, at });
