//! The checkpoint of the earliest netted cycle that has none: what it commits to, before it is signed.
//!
//! It follows from the plan and the legs that it took, which are in memory until the index has them. A cycle that was
//! netted while nothing could be signed, or by a program that signed nothing, gets its checkpoint when its turn comes:
//! each names the one before. What is netted again after a restore is proven as the last one before it is, since it may have
//! been signed by a program that knew of no counts. So the same plan comes to the same checkpoint again, but where the first
//! with counts was signed after the backup: then those that were lost with it come back without. A backup from before any
//! checkpoint does not tell either: what was signed without counts then comes back with them.

use huitong_core::canonical::Artifact;
use huitong_core::checkpoint::Checkpoint;
use huitong_core::digest::Digest;
use huitong_core::merkle::Tree;
use huitong_netting::statement::{ProofError, checkpoint_and_tree, pair_roots, pair_roots_of};

use super::net::plan_of;
use super::{Context, Fault};

/// A checkpoint that is to be signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unsigned {
    /// What it says.
    pub(crate) checkpoint: Checkpoint,
    /// The root of each of its plan's rows.
    pub(crate) pair_roots: Vec<Digest>,
    /// Why the rows that were found beside the plan were passed over, where they did not fit it.
    pub(crate) misfit: Option<ProofError>,
    /// The tree over these rows.
    pub(crate) tree: Tree,
}

/// The next checkpoint; none when every netted cycle has one.
pub(crate) fn prove(context: &Context<'_>) -> Result<Option<Unsigned>, Fault> {
    let state = context.state;
    let number = state.next_checkpoint();
    let mut cycles = state.cycles.iter();
    let Some((day, _)) = cycles.find(|(_, cycle)| cycle.plan == Some(number)) else {
        return Ok(None);
    };
    // Refused when the index is still on its way to it: then it is looked at again later.
    let Ok(plan) = plan_of(context, *day)? else {
        return Ok(None);
    };
    let mut held = state.matching.taken(number).peekable();
    // Of one that took nothing no leg is anywhere: nobody looks through its windows for them.
    // What was found beside the plan spares going through the legs. Where it does not fit, they are at hand, and if they do
    // not fit either, the row is named in which they do not.
    let found = state.found.take(number);
    let found = found.map(|rows| pair_roots_of(&plan, &rows)).transpose();
    let misfit = found.as_ref().err().copied();
    let roots = if let Ok(Some(roots)) = found {
        Ok(roots)
    } else if plan.legs() == 0 || held.peek().is_some() {
        pair_roots(&plan, held)
    } else {
        pair_roots(&plan, &context.store.taken(&plan)?)
    };
    let pair_roots = roots.map_err(|error| {
        Fault::Broken(format!("plan {number} of {day} cannot be proven: {error}"))
    })?;
    let before = state.proven.as_ref();
    let before = before.map(|proven| &proven.signed.checkpoint);
    let (checkpoint, tree) =
        checkpoint_and_tree(&plan, &pair_roots, before.map(Checkpoint::digest));
    let checkpoint = match state.restored.waits_since {
        Some(_) => as_before(checkpoint, before),
        None => checkpoint,
    };
    Ok(Some(Unsigned {
        checkpoint,
        pair_roots,
        misfit,
        tree,
    }))
}

/// A checkpoint with counts of rows only where the one before it has them: one that was signed once and lost is not to be
/// signed otherwise. Which of the lost ones was the first with counts is not known here.
fn as_before(checkpoint: Checkpoint, before: Option<&Checkpoint>) -> Checkpoint {
    match before {
        Some(before) if !before.is_counted() => Checkpoint {
            counts: None,
            ..checkpoint
        },
        Some(_) | None => checkpoint,
    }
}

#[cfg(test)]
mod tests {
    use huitong_core::digest::sha256;

    use super::*;
    use crate::testing::day;

    #[test]
    fn what_is_signed_again_has_counts_where_the_one_before_it_has() {
        let counted = Checkpoint {
            plan: 1,
            day: day(1),
            root: sha256(b"root"),
            rows: 1,
            nets: sha256(b"nets"),
            before: None,
            counts: Some(sha256(b"counts")),
        };
        let uncounted = Checkpoint {
            counts: None,
            ..counted.clone()
        };
        let again = |before| as_before(counted.clone(), before);
        assert_eq!(again(Some(&uncounted)), uncounted);
        assert_eq!(again(Some(&counted)), counted);
        assert_eq!(again(None), counted);
    }
}
