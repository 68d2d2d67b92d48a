//! One trial: both engines settle one claim, and what they say is compared.

use huitong_adjudication::{
    Case, Compiled, Fault, LineShare, adjudicate, facts, line_shares, slots, stored_totals,
};
use huitong_core::decision::Decision;
use huitong_core::digest::sha256;
use huitong_core::policy::Policy;

use super::compare::differences;
use super::random::claim::Trial;
use super::settle::settle;

/// The policy, ready to run.
pub fn compiled(policy: &Policy) -> Compiled {
    Compiled::new(policy.clone(), sha256(b"a policy")).unwrap()
}

/// What the engine says.
pub fn engine(compiled: &Compiled, trial: &Trial) -> Result<(Decision, Vec<LineShare>), Fault> {
    let facts = facts(compiled.policy(), &trial.claim, &trial.coverage)?;
    let totals = stored_totals(
        slots(compiled.policy(), &facts, &trial.claim),
        &trial.totals,
    );
    let case = Case {
        bill: &trial.claim.bill,
        facts: &facts,
        totals: &totals,
        balances: trial.balances,
        given: &trial.claim.given,
        catalogue: trial.claim.catalogue,
    };
    let decision = adjudicate(compiled, &case)?;
    let lines = line_shares(compiled, &case, &decision)?;
    Ok((decision, lines))
}

/// How the two engines differ, in sentences; none when they agree, also in what they refuse.
pub fn differ(compiled: &Compiled, trial: &Trial) -> Vec<String> {
    let oracle = settle(
        compiled.policy(),
        &trial.claim,
        &trial.coverage,
        &trial.totals,
        trial.balances,
    );
    match (engine(compiled, trial), oracle) {
        (Ok((decision, lines)), Ok(settled)) => {
            differences(&trial.claim, &decision, &lines, &settled)
        }
        (Err(engine), Err(oracle)) if engine == oracle => Vec::new(),
        (Err(engine), Err(oracle)) => vec![format!(
            "fault: the engine says {engine:?}, the oracle {oracle:?}"
        )],
        (Err(engine), Ok(_)) => vec![format!(
            "fault: the engine says {engine:?}, the oracle none"
        )],
        (Ok(_), Err(oracle)) => vec![format!(
            "fault: the engine says none, the oracle {oracle:?}"
        )],
    }
}
