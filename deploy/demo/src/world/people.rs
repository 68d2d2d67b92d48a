//! The people of the demo, all made up: those of the published cases, and the crowd.
//!
//! Numbers are 18 digits: the region, a digit for the group, and a running number. No number is anyone's:
//! the crowd shows a voucher token or a card, never a resident identity number.

use huitong_core::region::RegionCode;

/// People of the crowd in each region.
pub const PEOPLE: u32 = 400;

/// Whom a number belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// The person of the nth case.
    Case(usize),
    /// The nth of the crowd.
    Crowd(u32),
    /// One whose cover has ended.
    Lapsed,
    /// One whom no region knows.
    Stranger,
}

impl Who {
    /// The person's number in a region.
    #[must_use]
    pub fn psn_no(self, region: RegionCode) -> String {
        let (group, running) = match self {
            Self::Case(index) => (1, u32::try_from(index).unwrap_or(u32::MAX)),
            Self::Crowd(index) => (2, index),
            Self::Lapsed => (3, 0),
            Self::Stranger => (9, 0),
        };
        format!("{region}{group}{running:011}")
    }

    /// The token of the person's electronic voucher.
    #[must_use]
    pub fn voucher(self, region: RegionCode) -> String {
        format!("EV{}", self.psn_no(region))
    }
}
