//! What was shown of people, made up.

use super::samples::{at, chengdu, claim, psn_no};
use super::*;
use crate::record::looks::{PersonShown, ShownTo, SnapshotsGiven};

pub(super) fn of_looks() -> [NodeRecord; 1] {
    let to = ShownTo {
        treatment: chengdu(),
        institution: claim().institution.code,
        visit: claim().visit.number,
    };
    [NodeRecord::SnapshotsGiven(SnapshotsGiven {
        number: 7,
        people: vec![PersonShown {
            psn_no: psn_no(),
            to: vec![to.clone(), to],
        }],
        at: at(),
    })]
}
