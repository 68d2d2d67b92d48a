//! The public table of a cycle: what each member is owed or owes for each fund. It names no region, no pair and no leg,
//! so every member may see all of it and add it up.

use std::collections::BTreeMap;

use crate::canonical::Artifact;
use crate::canonical_struct;
use crate::fund::Fund;
use crate::money::SignedFen;
use crate::region::RegionCode;

/// Nets of members, each by the code of its fund: above zero what it is owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetTable {
    /// By member and fund.
    pub nets: BTreeMap<(RegionCode, Fund), SignedFen>,
}

canonical_struct!(NetTable { nets });

impl Artifact for NetTable {
    const KIND: [u8; 4] = *b"NETT";
    const VERSION: u16 = 1;
}

impl NetTable {
    /// What the nets of a fund sum to, in fen: zero, or the table is wrong.
    #[must_use]
    pub fn sum(&self, fund: Fund) -> i128 {
        let of_fund = self.nets.iter().filter(|((_, of), _)| *of == fund);
        of_fund.fold(0, |sum, (_, net)| sum.saturating_add(i128::from(net.get())))
    }

    /// The nets of a member.
    pub fn of(&self, member: RegionCode) -> impl Iterator<Item = (Fund, SignedFen)> + '_ {
        let own = self.nets.iter().filter(move |((of, _), _)| *of == member);
        own.map(|((_, fund), net)| (*fund, *net))
    }
}
