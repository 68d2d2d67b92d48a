//! What an officer sees: one person's record, filings page by page, emergencies that wait for a review.

use std::collections::BTreeMap;

use huitong_core::coverage::{Balances, PersonVersion};
use huitong_core::date::ServiceDate;
use huitong_core::id::SettlementId;
use huitong_core::person::PsnNo;
use huitong_core::policy::fact::{FlagFact, WordFact};
use huitong_core::provisional::TrueUp;
use huitong_core::record::NodeRecord;
use huitong_core::record::home::Committed;
use huitong_core::record::person::HeldFiling;
use huitong_core::record::registry::Member;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_core::totals::TotalSlot;

use super::PeopleDesk;
use super::act::day_of;
use crate::error::NodeError;
use crate::store::apply::Records;
use crate::store::{Filings, HomeState, Key, Row, Rows, StoreError, Table};

/// The most people or emergencies of one page.
pub const PAGE: usize = 200;
/// The most people that one page of expiring filings looks at.
const LOOKED_AT_MOST: usize = 20_000;

/// A person's record as it stands.
#[derive(Debug, Clone)]
pub struct PersonSeen {
    /// As insured.
    pub member: Member,
    /// All filings, ascending by first day.
    pub filings: Vec<HeldFiling>,
    /// The totals.
    pub totals: BTreeMap<TotalSlot, i64>,
    /// The accounts.
    pub balances: Balances,
    /// What they lack since a restore: it is filled before they hold anything again.
    pub lacks: Balances,
    /// The version.
    pub version: PersonVersion,
    /// The day of death.
    pub died: Option<ServiceDate>,
}

/// A page of filings.
#[derive(Debug, Clone)]
pub struct FilingsPage {
    /// People with filings, by number.
    pub people: Vec<(PsnNo, Vec<HeldFiling>)>,
    /// After whom the next page begins, if there is one.
    pub next: Option<PsnNo>,
}

/// A settlement that rests on an emergency stated by the institution.
#[derive(Debug, Clone)]
pub struct EmergencySeen {
    /// The settlement, in full.
    pub record: Committed,
    /// Whether the policy that decided it asks for a filing at all.
    pub filing_matters: bool,
    /// What became of it, when it was provisional.
    pub true_up: Option<TrueUp>,
}

impl PeopleDesk {
    /// A person's record.
    ///
    /// # Errors
    /// `person.unknown`, or the node's own trouble.
    pub async fn person(&self, psn_no: PsnNo) -> Result<PersonSeen, NodeError> {
        self.ledger.barrier().await?;
        let member = self.ledger.member(psn_no)?;
        let member =
            member.ok_or_else(|| NodeError::refused(RefusalCode::UnknownPerson, self.region()))?;
        let account = self.ledger.account(psn_no)?;
        let account = account.ok_or(StoreError::Inconsistent("a member without an account"))?;
        Ok(PersonSeen {
            member,
            filings: self.filings_of(psn_no)?,
            totals: account.totals,
            balances: account.balances,
            lacks: account.lacks,
            version: account.version,
            died: self.ledger.death(psn_no)?,
        })
    }

    fn filings_of(&self, psn_no: PsnNo) -> Result<Vec<HeldFiling>, StoreError> {
        let filings = self.ledger.filings(psn_no)?;
        Ok(filings.unwrap_or(Filings(Vec::new())).0)
    }

    /// A page of filings, or one person's; those that expire alone, when a day is given.
    ///
    /// # Errors
    /// The node's own trouble.
    pub async fn filings(
        &self,
        of: Option<PsnNo>,
        after: Option<PsnNo>,
        limit: usize,
        expiring_by: Option<ServiceDate>,
    ) -> Result<FilingsPage, NodeError> {
        self.ledger.barrier().await?;
        let today = day_of(self.clock.now())?;
        let wanted = |held: &HeldFiling| match expiring_by {
            None => true,
            Some(by) => {
                held.holds_from(today) && held.filing.days.until().is_some_and(|until| until <= by)
            }
        };
        let mut page = FilingsPage {
            people: Vec::new(),
            next: None,
        };
        if let Some(psn_no) = of {
            let filings = self.filings_of(psn_no)?;
            let filings = filings.into_iter().filter(wanted).collect();
            page.people.push((psn_no, filings));
            return Ok(page);
        }
        let (mut from, mut looked) = (after, 0);
        while page.people.len() < limit && looked < LOOKED_AT_MOST {
            let rows = match from {
                None => self.ledger.scan(Table::Filings, PAGE)?,
                Some(after) => {
                    let key = Key::Filings(after);
                    self.ledger.scan_after(Table::Filings, &key, PAGE)?
                }
            };
            if rows.is_empty() {
                return Ok(page);
            }
            for (key, row) in rows {
                let (Key::Filings(psn_no), Row::Filings(Filings(filings))) = (key, row) else {
                    return Err(StoreError::WrongRow("Filings").into());
                };
                (from, looked) = (Some(psn_no), looked.saturating_add(1));
                let filings: Vec<_> = filings.into_iter().filter(wanted).collect();
                if !filings.is_empty() {
                    page.people.push((psn_no, filings));
                }
                if page.people.len() >= limit {
                    break;
                }
            }
        }
        page.next = from;
        Ok(page)
    }

    /// A page of settlements whose emergency nobody reviewed yet.
    ///
    /// # Errors
    /// The node's own trouble.
    pub async fn emergencies(
        &self,
        after: Option<(RegionCode, SettlementId)>,
        limit: usize,
    ) -> Result<Vec<EmergencySeen>, NodeError> {
        self.ledger.barrier().await?;
        let rows = match after {
            None => self.ledger.scan(Table::Emergency, limit)?,
            Some((treatment, id)) => {
                let key = Key::Emergency(treatment, id);
                self.ledger.scan_after(Table::Emergency, &key, limit)?
            }
        };
        let mut seen = Vec::new();
        for (key, _) in rows {
            let Key::Emergency(treatment, id) = key else {
                return Err(StoreError::WrongRow("Emergency").into());
            };
            // One that was reversed between the two readings waits for nobody any more.
            // One that was committed since waits for its sync, and for the next reading.
            if let Some(HomeState::Committed(at)) = self.state(treatment, id)?
                && at.frame().is_some()
            {
                seen.push(self.emergency(treatment, id)?);
            }
        }
        Ok(seen)
    }

    /// One settlement that rested on an emergency, also when it is reversed since.
    ///
    /// # Errors
    /// [`StoreError`] when nothing was settled under the id, or it cannot be read.
    pub fn emergency(
        &self,
        treatment: RegionCode,
        settlement: SettlementId,
    ) -> Result<EmergencySeen, StoreError> {
        let at = match self.state(treatment, settlement)? {
            Some(HomeState::Committed(at)) => at,
            Some(HomeState::Reversed(row)) => row.settled,
            Some(HomeState::Refused(_) | HomeState::Tombstone(_)) | None => {
                return Err(StoreError::Inconsistent(
                    "an emergency without its settlement",
                ));
            }
        };
        let NodeRecord::Committed(record) = self.ledger.record(at)? else {
            return Err(StoreError::Inconsistent(
                "a commit's place holds another record",
            ));
        };
        let filing_matters = self.asks_for_filing(&record);
        Ok(EmergencySeen {
            record,
            filing_matters,
            true_up: self.ledger.trued_up(treatment, settlement)?,
        })
    }

    fn state(
        &self,
        treatment: RegionCode,
        settlement: SettlementId,
    ) -> Result<Option<HomeState>, StoreError> {
        let row = self.ledger.home_settlement(treatment, settlement)?;
        Ok(row.map(|row| row.state))
    }

    fn asks_for_filing(&self, record: &Committed) -> bool {
        let Some(policy) = self.policies.get(&record.decision.policy) else {
            return true;
        };
        let needs = policy.compiled.needs();
        needs.words.contains(&WordFact::Filing)
            || needs.words.contains(&WordFact::FilingTime)
            || needs.flags.contains(&FlagFact::Referred)
    }
}
