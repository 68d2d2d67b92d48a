//! What is done to one person's record by a call: filings, cover, identities, death, totals and accounts.
//!
//! An act is what somebody asked for, under an id; the record carries it with everything that it changed, as
//! it stands afterwards. A file that is brought in does the same to many people at once
//! ([`super::import`]). Nothing is taken away: a filing that ended keeps its place with its end.

use super::registry::{CoveragePeriod, Filing, FilingArea, IdentityPeriod, Member};
use crate::coverage::{Balances, PersonVersion};
use crate::date::{ServiceDate, Timestamp};
use crate::digest::Digest;
use crate::id::{ActId, FilingId, RequestId, SettlementId};
use crate::institution::InstitutionCode;
use crate::name::Name;
use crate::officer::OfficerName;
use crate::person::PsnNo;
use crate::region::RegionCode;
use crate::totals::TotalSlot;
use crate::vocabulary::{AssistanceIdentity, EmergencyDoubt, FilingClass, FilingEndReason, Scheme};
use crate::{canonical_enum, canonical_struct};

/// Who asked for an act, by certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AskedBy {
    /// An officer of the home region's bureau.
    Officer(OfficerName),
    /// An institution, through the node of the region that certified it.
    Institution {
        /// The region.
        region: RegionCode,
        /// The institution.
        code: InstitutionCode,
    },
    /// A file that an officer brought in, by its digest.
    File(Digest),
}

canonical_enum!(AskedBy {
    1 => Officer(name),
    2 => Institution { region, code },
    3 => File(digest),
});

/// A filing with what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldFiling {
    /// Its id.
    pub id: FilingId,
    /// What was filed.
    pub filing: Filing,
    /// By whom.
    pub by: AskedBy,
    /// The filing whose place it takes.
    pub amends: Option<FilingId>,
    /// When and why it holds no more, before its last day.
    pub end: Option<FilingEnd>,
}

canonical_struct!(HeldFiling {
    id,
    filing,
    by,
    amends,
    end
});

impl HeldFiling {
    /// Whether it holds on a day.
    #[must_use]
    pub fn holds_on(&self, day: ServiceDate) -> bool {
        self.filing.days.contains(day) && self.end.is_none_or(|end| day < end.from)
    }

    /// Whether it holds on some day from this one on.
    #[must_use]
    pub fn holds_from(&self, day: ServiceDate) -> bool {
        let first = day.max(self.filing.days.from());
        self.holds_on(first)
    }
}

/// The end of a filing before its last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FilingEnd {
    /// The first day on which it holds no more; admissions before it are covered.
    pub from: ServiceDate,
    /// Why.
    pub reason: FilingEndReason,
}

canonical_struct!(FilingEnd { from, reason });

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PersonChange {
    /// A filing is made.
    File {
        /// Its class.
        class: FilingClass,
        /// Where it holds.
        area: FilingArea,
        /// Its first day; the day of the act unless it is given.
        from: Option<ServiceDate>,
        /// Its last day; as the region's rule says unless it is given.
        until: Option<ServiceDate>,
    },
    /// Another filing takes the place of one, from the day of the act on.
    AmendFiling {
        /// Which.
        filing: FilingId,
        /// Its class.
        class: FilingClass,
        /// Where it holds.
        area: FilingArea,
        /// Its last day; none for a filing without end.
        until: Option<ServiceDate>,
    },
    /// A filing ends.
    CancelFiling {
        /// Which.
        filing: FilingId,
        /// The first day on which it holds no more; the day of the act unless it is given.
        from: Option<ServiceDate>,
        /// Why.
        reason: FilingEndReason,
    },
    /// A person is insured who was not known before.
    Enrol(Member),
    /// Cover ends.
    Lapse {
        /// The first day without cover.
        from: ServiceDate,
    },
    /// Cover begins anew.
    Resume(CoveragePeriod),
    /// From a day on the person is insured in another way, as long as that stretch of cover lasts.
    Reclassify {
        /// The first day.
        from: ServiceDate,
        /// The scheme.
        scheme: Scheme,
        /// The region's own class of insured people.
        category: Name,
        /// Whether retired by the scheme's rules.
        retired: bool,
    },
    /// An assistance identity is held.
    HoldIdentity(IdentityPeriod),
    /// An assistance identity is held no more.
    EndIdentity {
        /// Which.
        identity: AssistanceIdentity,
        /// The first day without it.
        from: ServiceDate,
    },
    /// The person died.
    Die {
        /// The day.
        on: ServiceDate,
    },
    /// The person is alive: a death was made known by mistake. Cover begins anew by another act.
    Live,
    /// A total is set to what it stood at on a day.
    SetTotal {
        /// Which.
        slot: TotalSlot,
        /// Fen, or a count; zero or above.
        value: i64,
        /// Where the figure comes from.
        origin: Origin,
    },
    /// The accounts are set to what they held on a day.
    SetBalances {
        /// What they held.
        balances: Balances,
        /// Where the figures come from.
        origin: Origin,
    },
}

canonical_enum!(PersonChange {
    1 => File { class, area, from, until },
    2 => AmendFiling { filing, class, area, until },
    3 => CancelFiling { filing, from, reason },
    4 => Enrol(member),
    5 => Lapse { from },
    6 => Resume(period),
    7 => Reclassify { from, scheme, category, retired },
    8 => HoldIdentity(period),
    9 => EndIdentity { identity, from },
    10 => Die { on },
    11 => Live,
    12 => SetTotal { slot, value, origin },
    13 => SetBalances { balances, origin },
});

/// Where a figure that is set comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The day that it stands for.
    pub as_of: ServiceDate,
    /// The system or paper it was taken from, in one line.
    pub source: String,
}

canonical_struct!(Origin { as_of, source });

/// What is known of a person's death.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Death {
    /// The person died on this day.
    On(ServiceDate),
    /// The person lives.
    Lives,
}

canonical_enum!(Death { 1 => On(day), 2 => Lives });

/// One person's record was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonChanged {
    /// The act's id.
    pub act: ActId,
    /// Who asked.
    pub by: AskedBy,
    /// Their own id of the request.
    pub request: RequestId,
    /// Whose record.
    pub psn_no: PsnNo,
    /// What was asked for.
    pub change: PersonChange,
    /// The version it makes.
    pub after: PersonVersion,
    /// The person as insured afterwards, when that changed.
    pub member: Option<Member>,
    /// All filings afterwards, when one changed.
    pub filings: Option<Vec<HeldFiling>>,
    /// What is known of the person's death afterwards, when that changed.
    pub death: Option<Death>,
    /// The totals that changed, as they stand afterwards.
    pub totals: Vec<(TotalSlot, i64)>,
    /// The accounts afterwards, when they changed.
    pub balances: Option<Balances>,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(PersonChanged {
    act,
    by,
    request,
    psn_no,
    change,
    after,
    member,
    filings,
    death,
    totals,
    balances,
    at
});

/// What a bureau finds of an emergency that an institution stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmergencyFinding {
    /// It was one: the visit counts as filed.
    Accepted,
    /// It was none. The settlement stands until it is reversed.
    Rejected(EmergencyDoubt),
}

canonical_enum!(EmergencyFinding { 1 => Accepted, 2 => Rejected(doubt) });

/// An officer reviewed an emergency that counted as filed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmergencyReviewed {
    /// The act's id.
    pub act: ActId,
    /// Who.
    pub by: OfficerName,
    /// Their own id of the request.
    pub request: RequestId,
    /// Where the person was treated.
    pub treatment: RegionCode,
    /// The settlement that rests on it.
    pub settlement: SettlementId,
    /// What was found.
    pub finding: EmergencyFinding,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(EmergencyReviewed {
    act,
    by,
    request,
    treatment,
    settlement,
    finding,
    at
});
