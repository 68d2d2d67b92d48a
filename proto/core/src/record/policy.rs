//! The life of a policy at its home node, step by step, and policies fetched from other regions.
//!
//! Two officers publish, and two withdraw: one asks, another decides. The bytes of a document stand in the
//! record that brought it in; everything later names its digest.

use crate::canonical_struct;
use crate::date::Timestamp;
use crate::digest::Digest;
use crate::officer::OfficerName;
use crate::publication::SignedStatement;
use crate::region::RegionCode;

/// Who did something, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// The officer, by the certificate.
    pub by: OfficerName,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(Act { by, at });

/// An officer put a document forward.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyProposed {
    /// The document's bytes; their digest names the policy.
    pub document: Vec<u8>,
    /// Who, and when.
    pub proposed: Act,
}

canonical_struct!(PolicyProposed { document, proposed });

/// An officer turned a proposed document down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyRejected {
    /// The document.
    pub policy: Digest,
    /// Who, and when.
    pub rejected: Act,
    /// Why.
    pub reason: String,
}

canonical_struct!(PolicyRejected {
    policy,
    rejected,
    reason
});

/// A second officer approved a proposed document: from now on it decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyPublished {
    /// The document.
    pub policy: Digest,
    /// It is the nth that the region published, from 1.
    pub number: u64,
    /// The nth change of what decides in this region, from 1.
    pub change: u64,
    /// Who approved, and when.
    pub approved: Act,
    /// What the node signs of it, for everyone elsewhere.
    pub statement: SignedStatement,
}

canonical_struct!(PolicyPublished {
    policy,
    number,
    change,
    approved,
    statement
});

/// What an officer wants of a published document that is mistaken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawalAsked {
    /// The mistaken document.
    pub policy: Digest,
    /// Who asked, and when.
    pub asked: Act,
    /// Why.
    pub reason: String,
    /// The document that takes its place on all its days, if one must.
    pub in_favour_of: Option<Digest>,
}

canonical_struct!(WithdrawalAsked {
    policy,
    asked,
    reason,
    in_favour_of
});

/// An officer turned a withdrawal down: the document goes on deciding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawalRejected {
    /// The document.
    pub policy: Digest,
    /// Who, and when.
    pub rejected: Act,
    /// Why.
    pub reason: String,
}

canonical_struct!(WithdrawalRejected {
    policy,
    rejected,
    reason
});

/// A second officer approved a withdrawal: the document decides nothing from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyWithdrawn {
    /// The document.
    pub policy: Digest,
    /// The nth change of what decides in this region, from 1.
    pub change: u64,
    /// Who approved, and when.
    pub approved: Act,
}

canonical_struct!(PolicyWithdrawn {
    policy,
    change,
    approved
});

/// Another region's policy, fetched by digest and checked against it and against that region's signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyFetched {
    /// Whose it is.
    pub region: RegionCode,
    /// The document's bytes as published.
    pub document: Vec<u8>,
    /// What that region signed of it, as received.
    pub statement: SignedStatement,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(PolicyFetched {
    region,
    document,
    statement,
    at
});
