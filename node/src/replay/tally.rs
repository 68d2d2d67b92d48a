//! Sums of settlements before and now: in all, by fund, and by what tells people apart.
//!
//! Counts and sums only. The one thing that names a settlement is the list of the biggest changes, which
//! an officer of the region may look up.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use huitong_adjudication::{Facts, Fault};
use huitong_core::decision::Decision;
use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
use huitong_core::money::{Fen, MoneyError};

use crate::home::figures::amounts;

/// Different reasons that are told apart; further ones are counted together.
const REASONS_AT_MOST: usize = 100;

/// An amount before and now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// As it was stored.
    pub old: Fen,
    /// As it would be.
    pub new: Fen,
}

impl Moved {
    /// Nothing.
    pub const ZERO: Self = Self {
        old: Fen::ZERO,
        new: Fen::ZERO,
    };

    /// Both sums.
    ///
    /// # Errors
    /// [`MoneyError`] when one is out of range.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        Ok(Self {
            old: self.old.checked_add(other.old)?,
            new: self.new.checked_add(other.new)?,
        })
    }

    /// By how much it changed, whichever way.
    #[must_use]
    pub fn change(self) -> u64 {
        self.old.get().abs_diff(self.new.get())
    }
}

/// A group of settlements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// How many.
    pub settlements: u64,
    /// After how many the patient bears less.
    pub gaining: u64,
    /// More.
    pub losing: u64,
    /// The same.
    pub unchanged: u64,
    /// What the funds pay in all, the accounts left out.
    pub funds: Moved,
    /// What the patients bear in all, the accounts included.
    pub patients: Moved,
}

impl Group {
    const NONE: Self = Self {
        settlements: 0,
        gaining: 0,
        losing: 0,
        unchanged: 0,
        funds: Moved::ZERO,
        patients: Moved::ZERO,
    };

    fn add(&mut self, funds: Moved, patient: Moved) -> Result<(), MoneyError> {
        self.settlements = self.settlements.saturating_add(1);
        let count = match patient.new.cmp(&patient.old) {
            std::cmp::Ordering::Less => &mut self.gaining,
            std::cmp::Ordering::Greater => &mut self.losing,
            std::cmp::Ordering::Equal => &mut self.unchanged,
        };
        *count = count.saturating_add(1);
        self.funds = self.funds.plus(funds)?;
        self.patients = self.patients.plus(patient)?;
        Ok(())
    }
}

/// What tells settlements apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Axis {
    /// The other document's own level of the institution.
    Tier,
    /// The kind of treatment.
    Setting,
    /// The class of insured people.
    Category,
    /// Assistance identities; one with several counts under each.
    Identity,
    /// Where the institution stands.
    Place,
}

impl Axis {
    /// Every axis, in the order shown.
    pub const ALL: [Self; 5] = [
        Self::Tier,
        Self::Setting,
        Self::Category,
        Self::Identity,
        Self::Place,
    ];

    /// Its name.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Tier => "tier",
            Self::Setting => "setting",
            Self::Category => "category",
            Self::Identity => "identity",
            Self::Place => "place",
        }
    }

    fn values(self, facts: &Facts) -> Vec<String> {
        let values: Vec<String> = match self {
            Self::Tier => facts.tier.iter().map(ToString::to_string).collect(),
            Self::Setting => vec![facts.setting.to_string()],
            Self::Category => vec![facts.category.to_string()],
            Self::Identity => facts.identities.iter().map(ToString::to_string).collect(),
            Self::Place => vec![facts.place.to_string()],
        };
        if values.is_empty() {
            vec![String::new()]
        } else {
            values
        }
    }
}

/// The sums of a replay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// All settlements.
    pub all: Group,
    /// What each fund and account pays.
    pub funds: BTreeMap<Fund, Moved>,
    /// The groups of each axis.
    pub axes: BTreeMap<(Axis, String), Group>,
    /// How many the other document cannot decide, by reason.
    pub undecided: BTreeMap<String, u64>,
    biggest: BTreeSet<(u64, Reverse<SettlementId>)>,
    changes: BTreeMap<SettlementId, Moved>,
    named: usize,
}

impl Tally {
    /// Nothing yet; so many of the biggest changes will be named.
    #[must_use]
    pub const fn new(named: usize) -> Self {
        Self {
            all: Group::NONE,
            funds: BTreeMap::new(),
            axes: BTreeMap::new(),
            undecided: BTreeMap::new(),
            biggest: BTreeSet::new(),
            changes: BTreeMap::new(),
            named,
        }
    }

    /// Counts a settlement that both documents decide.
    ///
    /// # Errors
    /// [`MoneyError`] when a sum is out of range.
    pub fn add(
        &mut self,
        settlement: SettlementId,
        facts: &Facts,
        old: &Decision,
        new: &Decision,
    ) -> Result<(), MoneyError> {
        let funds = Moved {
            old: old.fund_total,
            new: new.fund_total,
        };
        let patient = patient(old, new);
        self.all.add(funds, patient)?;
        for axis in Axis::ALL {
            for value in axis.values(facts) {
                let group = self.axes.entry((axis, value)).or_insert(Group::NONE);
                group.add(funds, patient)?;
            }
        }
        for (fund, moved) in by_fund(old, Some(new))? {
            let sum = self.funds.entry(fund).or_insert(Moved::ZERO);
            *sum = sum.plus(moved)?;
        }
        if patient.change() > 0 {
            self.name(settlement, patient);
        }
        Ok(())
    }

    fn name(&mut self, settlement: SettlementId, patient: Moved) {
        self.biggest.insert((patient.change(), Reverse(settlement)));
        self.changes.insert(settlement, patient);
        while self.biggest.len() > self.named {
            let Some((_, Reverse(smallest))) = self.biggest.pop_first() else {
                break;
            };
            self.changes.remove(&smallest);
        }
    }

    /// Counts one that the other document cannot decide.
    pub fn leave(&mut self, fault: &Fault) {
        let reason = reason(fault);
        let is_room = self.undecided.len() < REASONS_AT_MOST;
        let reason = if is_room || self.undecided.contains_key(&reason) {
            reason
        } else {
            "other reasons".to_owned()
        };
        let count = self.undecided.entry(reason).or_default();
        *count = count.saturating_add(1);
    }

    /// The biggest changes of what a patient bears, the biggest first.
    pub fn biggest(&self) -> impl Iterator<Item = (SettlementId, Moved)> {
        self.biggest.iter().rev().filter_map(|(_, id)| {
            let Reverse(settlement) = id;
            Some((*settlement, *self.changes.get(settlement)?))
        })
    }
}

/// What the patient bears.
#[must_use]
pub fn patient(old: &Decision, new: &Decision) -> Moved {
    Moved {
        old: old.patient_total,
        new: new.patient_total,
    }
}

/// What each fund and account pays under either decision; nothing now without a new one.
///
/// # Errors
/// [`MoneyError`] when a sum is out of range.
pub fn by_fund(
    old: &Decision,
    new: Option<&Decision>,
) -> Result<BTreeMap<Fund, Moved>, MoneyError> {
    let mut funds: BTreeMap<Fund, Moved> = BTreeMap::new();
    for (fund, amount) in amounts(old)? {
        funds.entry(fund).or_insert(Moved::ZERO).old = amount;
    }
    let now = new.map(amounts).transpose()?;
    for (fund, amount) in now.into_iter().flatten() {
        funds.entry(fund).or_insert(Moved::ZERO).new = amount;
    }
    Ok(funds)
}

/// Why a document cannot decide a settlement, without any figure of the settlement.
fn reason(fault: &Fault) -> String {
    match fault {
        Fault::GivenTooLarge { name, .. } => {
            format!("{name} paid more than this document leaves to it")
        }
        Fault::SpansYears { .. } => "the bill covers days of two benefit years".to_owned(),
        Fault::StoredTotal { total, .. } => format!("total {total} would be out of range"),
        Fault::Layer { .. }
        | Fault::Total { .. }
        | Fault::NoTier { .. }
        | Fault::NotInScope(_)
        | Fault::GivenUnknown { .. }
        | Fault::TooManyBuckets { .. }
        | Fault::Money(_)
        | Fault::OtherDecision
        | Fault::Unbalanced => fault.to_string(),
    }
}
