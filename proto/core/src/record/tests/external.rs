//! Settlements of a core system, recorded and withdrawn, made up.

use super::samples::{at, claim, psn_no, version};
use super::*;
use crate::external::{Added, ExternalSettlement};
use crate::record::external::{ExternalNoted, ExternalWithdrawn};
use crate::record::person::AskedBy;
use crate::totals::TotalChange;
use crate::vocabulary::ExternalEndReason;

fn settlement() -> ExternalSettlement {
    let fen = |fen| Fen::new(fen).unwrap();
    ExternalSettlement {
        core_id: "330200-2023-1".parse().unwrap(),
        psn_no: psn_no(),
        institution: "H33020400001".parse().unwrap(),
        visit: claim().visit,
        total: fen(300_000),
        payments: [
            (Fund::ResidentPool, fen(126_000)),
            (Fund::OwnAccount, fen(4_000)),
        ]
        .into(),
        cash: fen(170_000),
        adds: [
            ("paid".parse().unwrap(), Added::Sum(fen(126_000))),
            ("visits".parse().unwrap(), Added::Count(1)),
        ]
        .into(),
        corrects: Some("330200-2023-0".parse().unwrap()),
    }
}

fn slot() -> TotalSlot {
    TotalSlot {
        name: "paid".parse().unwrap(),
        stretch: Stretch::Year(2023),
        key: None,
    }
}

pub(super) fn of_externals() -> [NodeRecord; 2] {
    let begun = Some((settlement().institution, claim().visit.episode));
    let noted = ExternalNoted {
        settlement: settlement(),
        by: AskedBy::File(sha256(b"file")),
        policy: sha256(b"policy"),
        changes: vec![TotalChange {
            slot: slot(),
            adds: 126_000,
        }],
        ordinal: Some(2),
        begun: begun.clone(),
        after: version(5),
        totals: vec![(slot(), 226_000)],
        balances: Balances::NONE,
        at: at(),
    };
    let withdrawn = ExternalWithdrawn {
        core_id: settlement().core_id,
        psn_no: psn_no(),
        visit: settlement().visit_key(),
        reason: ExternalEndReason::Reversed,
        by: "li.wei".parse().unwrap(),
        begun,
        after: version(6),
        totals: vec![(slot(), 100_000)],
        balances: Balances::NONE,
        at: at(),
    };
    [
        NodeRecord::ExternalNoted(noted),
        NodeRecord::ExternalWithdrawn(withdrawn),
    ]
}

const GOLDEN: [&str; 2] = ["e4318f66744e8dab", "79af39a89d6c11c1"];

#[test]
fn every_record_of_the_core_system_keeps_its_bytes() {
    keep_their_bytes(&of_externals(), &GOLDEN);
}
