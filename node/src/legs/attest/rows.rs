//! The region's rows of a cycle, from its own book, and the way to find in which legs the clearinghouse differs.

use std::collections::BTreeMap;
use std::future::Future;

use huitong_core::checkpoint::difference::Difference;
use huitong_core::checkpoint::row::{Pair, Row, RowError};
use huitong_core::checkpoint::search::{
    Found, Looked, RowLegs, Search, SearchError, Span, differences,
};
use huitong_core::leg::{Leg, LegKey};

/// A row's pair.
pub type RowPair = Pair;
/// A leg that differs.
pub type Differing = Difference;

/// What is asked of the clearinghouse on one cycle. Every error is what was refused or not reached, in words.
pub trait Cycle {
    /// Says what all rows come to; answers with the rows that differ.
    fn attest(&self, rows: Vec<Row>) -> impl Future<Output = Result<Vec<Pair>, String>> + Send;

    /// Looks into spans of a row that differs.
    fn look_into(
        &self,
        pair: Pair,
        spans: Vec<Span>,
    ) -> impl Future<Output = Result<Vec<Looked>, String>> + Send;

    /// Tells what the own book has of each leg that differs.
    fn tell(
        &self,
        pair: Pair,
        words: Vec<(LegKey, Option<Leg>)>,
    ) -> impl Future<Output = Result<(), String>> + Send;
}

/// Why something is not said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unsaid {
    /// The clearinghouse refused or was not reached.
    Call(String),
    /// The differing legs of a row were not found.
    Search {
        /// The row.
        pair: Pair,
        /// Why.
        error: SearchError,
    },
}

/// The region's rows of a cycle.
#[derive(Debug)]
pub struct OwnRows {
    rows: BTreeMap<Pair, RowLegs>,
}

impl OwnRows {
    /// The rows of these legs.
    ///
    /// # Errors
    /// [`RowError`].
    pub fn of(legs: Vec<Leg>) -> Result<Self, RowError> {
        let rows = RowLegs::all(legs)?;
        Ok(Self { rows })
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.rows.len()
    }

    /// Says what all rows come to, and in which legs those differ that do; answers with these.
    ///
    /// A row whose legs cannot all be found does not keep the others from being told.
    ///
    /// # Errors
    /// [`Unsaid`].
    pub async fn say(&self, to: &impl Cycle) -> Result<BTreeMap<Pair, Vec<Difference>>, Unsaid> {
        let rows = self.rows.values().map(|legs| *legs.row()).collect();
        let differ = to.attest(rows).await.map_err(Unsaid::Call)?;
        let (mut found, mut failed) = (BTreeMap::new(), None);
        for pair in differ {
            match self.search(pair, to).await {
                Ok(keys) => drop(found.insert(pair, keys)),
                Err(Unsaid::Search { pair, error }) => {
                    failed = Some(Unsaid::Search { pair, error });
                }
                Err(unsaid @ Unsaid::Call(_)) => return Err(unsaid),
            }
        }
        let told = differences(found);
        for (pair, of_row) in &told {
            let words = of_row.iter().filter_map(|difference| {
                let key = difference.key()?;
                Some((key, difference.book().cloned()))
            });
            let told = to.tell(*pair, words.collect()).await;
            told.map_err(Unsaid::Call)?;
        }
        failed.map_or(Ok(told), Err)
    }

    /// The legs in which a row differs, each with what the clearinghouse has of it and what is here.
    async fn search(&self, pair: Pair, to: &impl Cycle) -> Result<Found, Unsaid> {
        let nothing;
        let own = match self.rows.get(&pair) {
            Some(own) => own,
            None => {
                let empty = RowLegs::new(pair, []);
                nothing = empty.map_err(|error| Unsaid::Call(error.to_string()))?;
                &nothing
            }
        };
        let mut search = Search::new(own);
        loop {
            let asks = search.asks();
            if asks.is_empty() {
                return Ok(search.found());
            }
            let answers = to.look_into(pair, asks).await.map_err(Unsaid::Call)?;
            search
                .answered(answers)
                .map_err(|error| Unsaid::Search { pair, error })?;
        }
    }
}

#[cfg(test)]
mod tests;
