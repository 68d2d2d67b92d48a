//! The row of a policy: whose it is, where its bytes lie, and how it stands.
//!
//! Everything that an officer is shown of it is here; only the bytes stay in their record.

use huitong_core::publication::SignedStatement;
use huitong_core::record::policy::{Act, WithdrawalAsked};
use huitong_core::region::RegionCode;
use huitong_core::{canonical_enum, canonical_struct};

use super::Location;

/// A policy, the region's own or fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyRow {
    /// The region whose it is.
    pub region: RegionCode,
    /// The record with its bytes.
    pub at: Location,
    /// How it stands.
    pub standing: PolicyStanding,
}

canonical_struct!(PolicyRow {
    region,
    at,
    standing
});

/// How a policy stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    clippy::large_enum_variant,
    reason = "one for each document, of which there are few"
)]
pub enum PolicyStanding {
    /// Another region's, with what that region signed.
    Fetched(SignedStatement),
    /// It waits for a second officer.
    Proposed(Act),
    /// It was turned down.
    Rejected(Rejection),
    /// It decides on its days, unless another one supersedes it.
    Published(Publication),
    /// It decides nothing any more.
    Withdrawn(Withdrawn),
}

canonical_enum!(PolicyStanding {
    1 => Fetched(statement),
    2 => Proposed(act),
    3 => Rejected(rejection),
    4 => Published(publication),
    5 => Withdrawn(withdrawn),
});

/// A proposal that was turned down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// Who had put it forward.
    pub proposed: Act,
    /// Who turned it down.
    pub rejected: Act,
    /// Why.
    pub reason: String,
}

canonical_struct!(Rejection {
    proposed,
    rejected,
    reason
});

/// A published policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// It is the nth that the region published, from 1.
    pub number: u64,
    /// Who put it forward.
    pub proposed: Act,
    /// Who approved it.
    pub approved: Act,
    /// What the node signed of it.
    pub statement: SignedStatement,
    /// The record of its approval: nothing was decided under it before.
    pub since: Location,
    /// The wish to withdraw it, when one waits for a second officer.
    pub asked: Option<WithdrawalAsked>,
    /// The last such wish that was turned down.
    pub declined: Option<Declined>,
}

canonical_struct!(Publication {
    number,
    proposed,
    approved,
    statement,
    since,
    asked,
    declined
});

/// A wish to withdraw a policy that was turned down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declined {
    /// What was asked.
    pub asked: WithdrawalAsked,
    /// Who turned it down.
    pub rejected: Act,
    /// Why.
    pub reason: String,
}

canonical_struct!(Declined {
    asked,
    rejected,
    reason
});

/// A withdrawn policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawn {
    /// Its publication.
    pub publication: Publication,
    /// What was asked.
    pub asked: WithdrawalAsked,
    /// Who approved it.
    pub approved: Act,
}

canonical_struct!(Withdrawn {
    publication,
    asked,
    approved
});

impl PolicyRow {
    /// The row with its places completed.
    #[must_use]
    pub fn placed(self, place: impl Fn(Location) -> Location) -> Self {
        let at = place(self.at);
        let standing = match self.standing {
            PolicyStanding::Published(publication) => PolicyStanding::Published(Publication {
                since: place(publication.since),
                ..publication
            }),
            PolicyStanding::Withdrawn(withdrawn) => PolicyStanding::Withdrawn(Withdrawn {
                publication: Publication {
                    since: place(withdrawn.publication.since),
                    ..withdrawn.publication
                },
                ..withdrawn
            }),
            standing @ (PolicyStanding::Fetched(_)
            | PolicyStanding::Proposed(_)
            | PolicyStanding::Rejected(_)) => standing,
        };
        Self {
            at,
            standing,
            ..self
        }
    }
}

/// How often what decides in the region has changed, and how many policies it published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PolicyChanges {
    /// Publications and withdrawals.
    pub changes: u64,
    /// Publications.
    pub published: u64,
}

canonical_struct!(PolicyChanges { changes, published });

impl PolicyChanges {
    /// Nothing was published.
    pub const NONE: Self = Self {
        changes: 0,
        published: 0,
    };
}
