//! The plan: immutable, numbered, naming its parent and what it consumed.
//!
//! Only [`plan`](crate::plan()) and bytes build one. Bytes may build a wrong plan, but only in the one
//! byte form; whether a plan is right is for [`check`](crate::check()) to say.

use huitong_core::canonical::Artifact;
use huitong_core::canonical_struct;
use huitong_core::date::BusinessDay;
use huitong_core::digest::Digest;
use huitong_core::fund::Fund;
use huitong_core::money::{Fen, MoneyError, SignedFen};
use huitong_core::region::RegionCode;

use crate::member::Member;
use crate::runs::Runs;

/// Who owes whom for one cycle, and what that was computed from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NettingPlan {
    pub(crate) number: u64,
    pub(crate) day: BusinessDay,
    pub(crate) parent: Option<Digest>,
    pub(crate) windows: Vec<Window>,
    pub(crate) gross: Vec<Gross>,
    pub(crate) region_nets: Vec<RegionNet>,
    pub(crate) member_nets: Vec<MemberNet>,
}

canonical_struct!(NettingPlan {
    number,
    day,
    parent,
    windows,
    gross,
    region_nets,
    member_nets
});

impl Artifact for NettingPlan {
    const KIND: [u8; 4] = *b"NETP";
    const VERSION: u16 = 1;
}

/// What a plan consumed of one region's stream.
///
/// Consumed are the numbers that the parent carried and those after `from` up to `to`, without those
/// carried here: so every leg is consumed by one plan, and none by two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// The region.
    pub region: RegionCode,
    /// Who clears for it in this cycle.
    pub member: Member,
    /// The mark of the plan before; 0 for none.
    pub from: u64,
    /// The mark of this cycle.
    pub to: u64,
    /// How many of its legs were consumed.
    pub taken: u64,
    /// The legs up to the mark that wait for a later cycle.
    pub carried: Runs,
}

canonical_struct!(Window {
    region,
    member,
    from,
    to,
    taken,
    carried
});

/// What one region owes another for one fund, before netting: as home region for settlements, as treatment
/// region for reversals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gross {
    /// Who owes.
    pub debtor: RegionCode,
    /// Who is owed.
    pub creditor: RegionCode,
    /// The fund.
    pub fund: Fund,
    /// The sum.
    pub amount: Fen,
    /// How many legs it is the sum of.
    pub legs: u64,
}

canonical_struct!(Gross {
    debtor,
    creditor,
    fund,
    amount,
    legs
});

/// What a region is owed (above zero) or owes (below) for one fund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RegionNet {
    /// The region.
    pub region: RegionCode,
    /// The fund.
    pub fund: Fund,
    /// The net.
    pub amount: SignedFen,
}

canonical_struct!(RegionNet {
    region,
    fund,
    amount
});

/// What a member is owed (above zero) or owes (below) for one fund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemberNet {
    /// The member.
    pub member: Member,
    /// The fund.
    pub fund: Fund,
    /// The net.
    pub amount: SignedFen,
}

canonical_struct!(MemberNet {
    member,
    fund,
    amount
});

impl NettingPlan {
    /// Its number, from 1.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// The cycle it nets.
    #[must_use]
    pub const fn day(&self) -> BusinessDay {
        self.day
    }

    /// The digest of the plan before; none for the first.
    #[must_use]
    pub const fn parent(&self) -> Option<Digest> {
        self.parent
    }

    /// What it consumed, ascending by region.
    #[must_use]
    pub fn windows(&self) -> &[Window] {
        &self.windows
    }

    /// What it consumed of one region.
    #[must_use]
    pub fn window(&self, region: RegionCode) -> Option<&Window> {
        let at = self
            .windows
            .binary_search_by_key(&region, |window| window.region)
            .ok()?;
        self.windows.get(at)
    }

    /// Gross amounts, ascending by debtor, creditor and fund.
    #[must_use]
    pub fn gross(&self) -> &[Gross] {
        &self.gross
    }

    /// Nets of regions, ascending by region and fund; zero where a region's debts and claims cancel out.
    #[must_use]
    pub fn region_nets(&self) -> &[RegionNet] {
        &self.region_nets
    }

    /// Nets of members, ascending by member and fund.
    #[must_use]
    pub fn member_nets(&self) -> &[MemberNet] {
        &self.member_nets
    }

    /// How many legs were netted, each counted once.
    #[must_use]
    pub fn legs(&self) -> u64 {
        self.gross
            .iter()
            .fold(0, |legs, row| legs.saturating_add(row.legs))
    }

    /// The sum of all gross amounts.
    ///
    /// # Errors
    /// A sum above ten trillion yuan.
    pub fn total(&self) -> Result<Fen, MoneyError> {
        Fen::sum(self.gross.iter().map(|row| row.amount))
    }
}
