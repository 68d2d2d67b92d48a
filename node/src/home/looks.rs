//! What was shown of people is written down, a little later and many at once.
//!
//! A snapshot is answered at once and noted in memory; about every second what was noted becomes records. So a
//! settlement waits for no sync more than before. What was noted in the moment before a crash is lost; whatever
//! came of it stands in the settlement's own records, and a claim that nothing came of yet is begun again by its
//! treatment region (`showing`). When nothing can be written, no more is shown either.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use huitong_core::date::Timestamp;
use huitong_core::person::PsnNo;
use huitong_core::record::NodeRecord;
use huitong_core::record::looks::{PersonShown, ShownTo, SnapshotsGiven};
use tokio_util::sync::CancellationToken;

use super::HomeRole;
use super::standing::Asked;
use crate::store::{Rows, StoreError};
use crate::writer::{Command, Verdict};

/// How long is waited for more.
const GATHERED_FOR: Duration = Duration::from_secs(1);
/// Snapshots that wait to be written down.
const WAITING_AT_MOST: usize = 65_536;
/// People in one record.
const PEOPLE_AT_MOST: usize = 256;

/// What was shown and is not written down yet.
#[derive(Debug, Default)]
pub(super) struct Looks(Mutex<Noted>);

#[derive(Debug, Default)]
struct Noted {
    people: BTreeMap<PsnNo, Vec<ShownTo>>,
    count: usize,
    /// Taken to be written down, and not known to be on disk.
    being_written: BTreeMap<PsnNo, Vec<ShownTo>>,
}

/// As much waits to be written down as may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Full;

impl Looks {
    /// Notes that a snapshot is given.
    pub(super) fn note(&self, ask: &Asked<'_>) -> Result<(), Full> {
        let to = ShownTo {
            treatment: ask.treatment,
            institution: ask.institution.code,
            visit: ask.visit.number.clone(),
        };
        let mut noted = self.noted();
        if noted.count >= WAITING_AT_MOST {
            return Err(Full);
        }
        noted.count = noted.count.saturating_add(1);
        let of_person = noted.people.entry(ask.person.psn_no);
        of_person.or_default().push(to);
        Ok(())
    }

    /// The next record's people.
    fn take(&self) -> Vec<PersonShown> {
        let mut noted = self.noted();
        let mut taken = Vec::new();
        while taken.len() < PEOPLE_AT_MOST
            && let Some((psn_no, to)) = noted.people.pop_first()
        {
            noted.count = noted.count.saturating_sub(to.len());
            noted.being_written.insert(psn_no, to.clone());
            taken.push(PersonShown { psn_no, to });
        }
        taken
    }

    /// Whether it is noted that a person was shown to somebody, and not known to be written down.
    pub(super) fn has(&self, psn_no: PsnNo, shown: &ShownTo) -> bool {
        let noted = self.noted();
        let among = |people: &BTreeMap<PsnNo, Vec<ShownTo>>| {
            people.get(&psn_no).is_some_and(|to| to.contains(shown))
        };
        among(&noted.people) || among(&noted.being_written)
    }

    /// What was taken is on disk, and in the rows.
    fn written(&self) {
        self.noted().being_written.clear();
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What could not be written down waits on, before what was noted since.
    fn put_back(&self, people: Vec<PersonShown>) {
        let mut noted = self.noted();
        noted.being_written.clear();
        for PersonShown { psn_no, mut to } in people {
            noted.count = noted.count.saturating_add(to.len());
            let since = noted.people.entry(psn_no).or_default();
            to.append(since);
            *since = to;
        }
    }
}

/// Writes down what was shown.
struct WriteDown(Vec<PersonShown>);

impl Command for WriteDown {
    type Answer = ();

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<()>, StoreError> {
        let number = rows.looks_written()?.unwrap_or_default().saturating_add(1);
        let people = self.0;
        let record = SnapshotsGiven { number, people, at };
        Ok(Verdict::Append(
            vec![NodeRecord::SnapshotsGiven(record)],
            (),
        ))
    }
}

impl HomeRole {
    /// Writes down what was shown, every so often until told to stop.
    pub async fn write_looks_down(self: std::sync::Arc<Self>, stop: CancellationToken) {
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                () = tokio::time::sleep(GATHERED_FOR) => self.write_looks().await,
            }
        }
    }

    /// Writes down all that was shown so far.
    pub async fn write_looks(&self) {
        loop {
            let people = self.looks.take();
            if people.is_empty() {
                return;
            }
            if let Err(error) = self.writer.run(WriteDown(people.clone())).await {
                tracing::error!(%error, "what was shown of people cannot be written down yet");
                return self.looks.put_back(people);
            }
            self.looks.written();
        }
    }
}
