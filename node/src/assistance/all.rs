//! Everyone's year of a region at once: what would be granted to whom, with a digest over all of it.
//!
//! Read beside the writer, person after person, bounded in people and in time, and given up with its caller.
//! Nothing is written. Each is then granted by itself, under an id that follows from the run's; a run that broke
//! off is assessed again with the same id, counts what it had granted as it was granted, and so has the same
//! digest while nobody's year moved.

use std::collections::BTreeMap;
use std::time::Duration;

use huitong_core::canonical::encode_to_vec;
use huitong_core::date::ServiceDate;
use huitong_core::digest::{Digest, sha256_parts};
use huitong_core::id::{ActId, RequestId};
use huitong_core::money::Fen;
use huitong_core::officer::OfficerName;
use huitong_core::person::PsnNo;
use huitong_core::record::person::AskedBy;
use huitong_core::refusal::{Refusal, RefusalCode, Retry};
use tokio::runtime::Handle;
use tokio::time::Instant;

use super::AssistanceDesk;
use super::differences::{Pays, pays};
use super::grant::bars;
use crate::error::NodeError;
use crate::people::act::act_id;
use crate::replay::{Ended, Listener};
use crate::store::{Key, Row, Rows, StoreError, Table};

/// The most people with settlements that are looked at.
pub const PEOPLE_AT_MOST: u64 = 250_000;
/// The longest that it may take.
const LONGEST: Duration = Duration::from_secs(600);
/// People read at a time.
const PAGE: usize = 256;
/// How often one whose year moved meanwhile is assessed again.
const ATTEMPTS_AT_MOST: usize = 8;

/// What is assessed.
#[derive(Debug, Clone)]
pub struct Everyone {
    /// Who asks.
    pub by: OfficerName,
    /// The day on which need was found; its year is assessed.
    pub on: ServiceDate,
    /// The id of the run whose grants count as they were granted.
    pub run: Option<RequestId>,
    /// The digest that must come out.
    pub digest: Option<Digest>,
}

/// A person to whom something would be granted, or was by the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entitled {
    /// Who.
    pub psn_no: PsnNo,
    /// What names their year.
    pub digest: Digest,
    /// What each fund pays.
    pub pays: Pays,
    /// The id under which the run grants it.
    pub request: Option<RequestId>,
    /// The run's grant of it.
    pub granted: Option<ActId>,
}

/// Counts and sums over everyone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sums {
    /// People with settlements.
    pub people: u64,
    /// To whom something would be granted, those of the run included.
    pub entitled: u64,
    /// To whom the run granted it already.
    pub granted: u64,
    /// Whom the policy helps with nothing: they stay below the start.
    pub nothing: u64,
    /// Who is refused, by code.
    pub refused: BTreeMap<RefusalCode, u64>,
    /// What each fund pays in all.
    pub pays: Pays,
    /// What names all of it.
    pub digest: Digest,
}

/// What one person's year comes to.
enum One {
    Entitled(Entitled),
    Nothing,
    Refused(RefusalCode),
}

/// The id of a person's grant in a run.
///
/// # Errors
/// `request.malformed` when the run's id leaves no room for the person's number.
pub fn request_of(run: RequestId, psn_no: PsnNo) -> Result<RequestId, Refusal> {
    let id = RequestId::parse(&format!("{run}.{}", psn_no.expose()));
    id.map_err(|_| {
        Refusal::new(
            RefusalCode::Malformed,
            "run: at most 37 characters 至多 37 个字符",
        )
    })
}

impl AssistanceDesk {
    /// Assesses everyone; whoever listens is told of each who is entitled.
    ///
    /// # Errors
    /// `assistance.year_changed` when another digest comes out, `replay.too_large`, `deadline.passed`, or the
    /// node's own trouble.
    pub fn everyone(
        &self,
        order: &Everyone,
        listener: &mut dyn Listener<Entitled>,
    ) -> Result<Ended<Sums>, NodeError> {
        let begun = Instant::now();
        let mut sums = Sums {
            people: 0,
            entitled: 0,
            granted: 0,
            nothing: 0,
            refused: BTreeMap::new(),
            pays: Pays::new(),
            digest: sha256_parts(&[b"HTAN\x00\x01", &encode_to_vec(&order.on)]),
        };
        let mut after = None;
        loop {
            let page = self.people(after)?;
            after = page.last().copied();
            if after.is_none() {
                break;
            }
            for psn_no in page {
                if !self.has_settled(psn_no)? {
                    continue;
                }
                if !listener.is_there() {
                    return Ok(Ended::Unheard);
                }
                if begun.elapsed() > LONGEST {
                    return Err(NodeError::refused(RefusalCode::DeadlinePassed, ""));
                }
                let one = self.one(order, psn_no)?;
                if let Some(entitled) = sums.take(one)?
                    && listener.tell(entitled).is_break()
                {
                    return Ok(Ended::Unheard);
                }
            }
        }
        match order.digest {
            Some(quoted) if quoted != sums.digest => Err(NodeError::refused(
                RefusalCode::AssistanceMoved,
                sums.digest,
            )),
            Some(_) | None => Ok(Ended::With(sums)),
        }
    }

    fn people(&self, after: Option<PsnNo>) -> Result<Vec<PsnNo>, StoreError> {
        let rows = match after {
            None => self.ledger.scan(Table::Member, PAGE)?,
            Some(psn_no) => {
                let key = Key::Member(psn_no);
                self.ledger.scan_after(Table::Member, &key, PAGE)?
            }
        };
        rows.into_iter()
            .map(|(key, row)| match (key, row) {
                (Key::Member(psn_no), Row::Member(_)) => Ok(psn_no),
                (_, _) => Err(StoreError::WrongRow("Member")),
            })
            .collect()
    }

    fn has_settled(&self, psn_no: PsnNo) -> Result<bool, StoreError> {
        let account = self.ledger.account(psn_no)?;
        Ok(account.is_some_and(|account| account.last.is_some()))
    }

    fn one(&self, order: &Everyone, psn_no: PsnNo) -> Result<One, NodeError> {
        if let Some(granted) = self.by_run(order, psn_no)? {
            return Ok(One::Entitled(granted));
        }
        for _ in 0..ATTEMPTS_AT_MOST {
            if let Some(refusal) = bars(&*self.ledger, psn_no, order.on.year())? {
                return Ok(One::Refused(refusal.code));
            }
            match self.assessed(psn_no, order.on) {
                Ok(Some((year, _))) => {
                    let pays = pays(&year.decision)?;
                    return Ok(if pays.is_empty() {
                        One::Nothing
                    } else {
                        One::Entitled(Entitled {
                            psn_no,
                            digest: year.digest(),
                            pays,
                            request: order.run.map(|run| request_of(run, psn_no)).transpose()?,
                            granted: None,
                        })
                    });
                }
                Ok(None) => Handle::current().block_on(self.ledger.barrier())?,
                Err(NodeError::Refused(refusal)) if refusal.code.retry() == Retry::No => {
                    return Ok(One::Refused(refusal.code));
                }
                // What is wrong with one person's records does not end the year of all others.
                Err(NodeError::Store(error @ StoreError::Inconsistent(_))) => {
                    tracing::error!(%error, "a person's year cannot be assessed");
                    return Ok(One::Refused(RefusalCode::StoreBroken));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(One::Refused(RefusalCode::StaleVersion))
    }

    /// What the run granted to a person, while it stands.
    fn by_run(&self, order: &Everyone, psn_no: PsnNo) -> Result<Option<Entitled>, NodeError> {
        let Some(run) = order.run else {
            return Ok(None);
        };
        let by = AskedBy::Officer(order.by.clone());
        let request = request_of(run, psn_no)?;
        let act = act_id(self.region(), &by, request);
        let standing = self.ledger.assistance_of(psn_no, order.on.year())?;
        if standing != Some(act) {
            return Ok(None);
        }
        let Some(found) = self
            .read(act)?
            .filter(|found| found.record.year.on() == order.on)
        else {
            return Ok(None);
        };
        Ok(Some(Entitled {
            psn_no,
            digest: found.record.year.digest(),
            pays: pays(&found.record.year.decision)?,
            request: Some(request),
            granted: Some(act),
        }))
    }
}

impl Sums {
    /// Counts one; whom to tell of.
    fn take(&mut self, one: One) -> Result<Option<Entitled>, NodeError> {
        self.people = self.people.saturating_add(1);
        if self.people > PEOPLE_AT_MOST {
            let detail = format!("{PEOPLE_AT_MOST} people");
            return Err(NodeError::refused(RefusalCode::ReplayTooLarge, detail));
        }
        match one {
            One::Nothing => {
                self.nothing = self.nothing.saturating_add(1);
                Ok(None)
            }
            One::Refused(code) => {
                let count = self.refused.entry(code).or_default();
                *count = count.saturating_add(1);
                Ok(None)
            }
            One::Entitled(entitled) => {
                self.entitled = self.entitled.saturating_add(1);
                let granted = u64::from(entitled.granted.is_some());
                self.granted = self.granted.saturating_add(granted);
                for (fund, paid) in &entitled.pays {
                    let sum = self.pays.entry(*fund).or_insert(Fen::ZERO);
                    let more = sum.checked_add(*paid);
                    *sum = more.map_err(|_| StoreError::Range("a sum of grants"))?;
                }
                let named = encode_to_vec(&(entitled.psn_no, entitled.digest));
                self.digest = sha256_parts(&[self.digest.as_bytes(), &named]);
                Ok(Some(entitled))
            }
        }
    }
}
