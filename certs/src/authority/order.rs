//! What is ordered of an authority beside the identity: how long, and for which hosts.
//!
//! Nothing here asks the time; the caller says what "now" is.

use std::net::IpAddr;

use jiff::{Span, Timestamp};

use super::refusal::IssueError;

/// How far back validity begins, for peers whose clocks are slow.
const CLOCK_ALLOWANCE_MINUTES: i64 = 5;

/// From when until when a certificate holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    not_before: Timestamp,
    not_after: Timestamp,
}

impl Validity {
    /// From `not_before` until `not_after`.
    ///
    /// # Errors
    /// [`IssueError::EmptyValidity`] when it would end before it begins.
    pub fn new(not_before: Timestamp, not_after: Timestamp) -> Result<Self, IssueError> {
        if not_before < not_after {
            Ok(Self {
                not_before,
                not_after,
            })
        } else {
            Err(IssueError::EmptyValidity)
        }
    }

    /// The first second.
    pub fn not_before(self) -> Timestamp {
        self.not_before
    }

    /// The last second.
    pub fn not_after(self) -> Timestamp {
        self.not_after
    }

    /// `days` from `now` on, beginning a few minutes earlier for slow clocks.
    ///
    /// # Errors
    /// [`IssueError::EmptyValidity`] for no days, or more than the calendar holds.
    pub fn days(now: Timestamp, days: u16) -> Result<Self, IssueError> {
        let hours = i64::from(days).saturating_mul(24);
        let end = now.checked_add(Span::new().hours(hours));
        let begin = now.checked_sub(Span::new().minutes(CLOCK_ALLOWANCE_MINUTES));
        match (days, begin, end) {
            (1.., Ok(begin), Ok(end)) => Self::new(begin, end),
            _ => Err(IssueError::EmptyValidity),
        }
    }
}

/// A certificate that no longer holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revoked {
    /// Its serial number, as its big-endian bytes.
    pub serial: Vec<u8>,
    /// Since when.
    pub at: Timestamp,
}

/// Host names and addresses to write beside the SPIFFE id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hosts {
    /// Host names.
    pub dns: Vec<String>,
    /// Addresses.
    pub ip: Vec<IpAddr>,
}

impl Hosts {
    /// None: the party only calls, or no one compares host names.
    pub fn none() -> Self {
        Self {
            dns: Vec::new(),
            ip: Vec::new(),
        }
    }

    /// This machine: `localhost` and 127.0.0.1.
    pub fn loopback() -> Self {
        Self {
            dns: vec!["localhost".into()],
            ip: vec![IpAddr::from([127, 0, 0, 1])],
        }
    }
}
