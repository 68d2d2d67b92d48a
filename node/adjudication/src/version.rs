//! Which engine decides: the versions that this program holds, and no other.
//!
//! A decision names its engine, and is made again by that one (invariant 6). A change that would alter any
//! stored decision is a second variant here, beside a copy of the engine in a module of its own; the
//! compiler then asks at every `match` which of them is meant. What is common to all stays in one place:
//! facts, slots, and the types of `huitong-core`.

use std::collections::BTreeMap;

use huitong_core::claim::Claim;
use huitong_core::coverage::{Balances, Coverage};
use huitong_core::decision::{Decision, EngineVersion};
use huitong_core::totals::TotalSlot;

use crate::case::Case;
use crate::compiled::Compiled;
use crate::decide::decide;
use crate::engine::{ENGINE, adjudicate};
use crate::fault::Fault;

/// An engine that this program holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Engine {
    /// Version 1.
    One,
}

/// A version that this program has no engine for: it can neither decide by it nor repeat a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no engine of version {} here; this program has {}", .0.0, known())]
pub struct UnknownEngine(pub EngineVersion);

impl Engine {
    /// Every engine, from the oldest to the newest.
    pub const ALL: &'static [Self] = &[Self::One];

    /// Its version.
    #[must_use]
    pub const fn version(self) -> EngineVersion {
        match self {
            Self::One => ENGINE,
        }
    }

    /// The engine of a version.
    ///
    /// # Errors
    /// [`UnknownEngine`], which names the version.
    pub fn of(version: EngineVersion) -> Result<Self, UnknownEngine> {
        Self::ALL
            .iter()
            .copied()
            .find(|engine| engine.version() == version)
            .ok_or(UnknownEngine(version))
    }

    /// The versions that this program accepts, ascending: what a snapshot tells the treatment region.
    #[must_use]
    pub fn accepted() -> Vec<u16> {
        Self::ALL.iter().map(|engine| engine.version().0).collect()
    }

    /// The newest engine that both sides have, given what the other accepts.
    #[must_use]
    pub fn newest_among(accepted: &[u16]) -> Option<Self> {
        Self::ALL
            .iter()
            .rev()
            .copied()
            .find(|engine| accepted.contains(&engine.version().0))
    }

    /// Decides who pays what of a bill, as [`adjudicate`] does by the newest engine.
    ///
    /// # Errors
    /// Any [`Fault`].
    pub fn adjudicate(self, compiled: &Compiled, case: &Case<'_>) -> Result<Decision, Fault> {
        match self {
            Self::One => adjudicate(compiled, case),
        }
    }

    /// Decides a claim, as [`decide`] does by the newest engine.
    ///
    /// # Errors
    /// Any [`Fault`].
    pub fn decide(
        self,
        compiled: &Compiled,
        claim: &Claim,
        coverage: &Coverage,
        totals: &BTreeMap<TotalSlot, i64>,
        balances: Balances,
    ) -> Result<Decision, Fault> {
        match self {
            Self::One => decide(compiled, claim, coverage, totals, balances),
        }
    }
}

fn known() -> String {
    let versions: Vec<_> = Engine::accepted().iter().map(u16::to_string).collect();
    versions.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engines_ascend_and_are_found_by_their_version() {
        assert!(Engine::ALL.is_sorted_by_key(|engine| engine.version()));
        for engine in Engine::ALL {
            assert_eq!(Engine::of(engine.version()), Ok(*engine));
        }
    }

    #[test]
    fn an_unknown_version_is_refused_by_its_name() {
        for unknown in [0, 2, u16::MAX] {
            let refused = Engine::of(EngineVersion(unknown)).unwrap_err();
            let text = format!("no engine of version {unknown} here; this program has 1");
            assert_eq!(refused.to_string(), text);
        }
    }

    #[test]
    fn two_sides_use_the_newest_engine_that_both_have() {
        assert_eq!(Engine::newest_among(&[1]), Some(Engine::One));
        assert_eq!(Engine::newest_among(&[1, 2]), Some(Engine::One));
        assert_eq!(Engine::newest_among(&[2]), None);
        assert_eq!(Engine::newest_among(&[]), None);
    }
}
