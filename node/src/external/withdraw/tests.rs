//! A withdrawal gives back to accounts what was taken from them, and fills first what they lack since a restore.

use huitong_core::bill::{Visit, VisitNumber};
use huitong_core::digest::sha256;
use huitong_core::external::{CoreId, ExternalSettlement};
use huitong_core::money::Fen;
use huitong_core::record::person::AskedBy;

use super::*;
use crate::home::testing::Home;
use crate::samples::{claim, fen, now, person, version};
use crate::store::apply::{Ground, Records, changes};
use crate::store::{Account, Key, Location, Row};

/// A journal that holds one record.
struct Only(NodeRecord);

impl Records for Only {
    fn record(&self, _at: Location) -> Result<NodeRecord, StoreError> {
        Ok(self.0.clone())
    }
}

/// What the core system took 5.00 for from the own account, which holds nothing now.
fn noted() -> ExternalNoted {
    let claim = claim("V1");
    ExternalNoted {
        settlement: ExternalSettlement {
            core_id: CoreId::parse("c-1").unwrap(),
            psn_no: person().psn_no,
            institution: claim.institution.code,
            visit: Visit {
                number: VisitNumber::parse("c-1").unwrap(),
                ..claim.visit
            },
            total: fen(500),
            payments: [(Fund::OwnAccount, fen(500))].into(),
            cash: Fen::ZERO,
            adds: [].into(),
            corrects: None,
        },
        by: AskedBy::Officer("li.wei".parse().unwrap()),
        policy: sha256(b"policy"),
        changes: Vec::new(),
        ordinal: None,
        begun: None,
        after: version(3),
        totals: Vec::new(),
        balances: Balances::NONE,
        at: now(),
    }
}

/// What the own account holds and lacks after the withdrawal, where it held nothing and lacked so much before.
fn withdrawn(lacked: i64) -> (Fen, Fen) {
    let home = Home::new();
    home.write(&NodeRecord::ExternalNoted(noted()));
    let before = home.rows.account(person().psn_no).unwrap().unwrap();
    let account = Account {
        lacks: Balances {
            own: fen(lacked),
            family: Fen::ZERO,
        },
        ..before
    };
    home.put(Key::Account(person().psn_no), Row::Account(account));
    let command = Withdraw {
        noted: noted(),
        reason: ExternalEndReason::Mistaken,
        by: "li.wei".parse().unwrap(),
    };
    let Verdict::Append(records, WithdrawVerdict::Done) =
        command.decide(&home.rows, now()).unwrap()
    else {
        panic!("not withdrawn")
    };
    let ground = Ground {
        region: person().home,
        rows: &home.rows,
        records: &Only(NodeRecord::ExternalNoted(noted())),
    };
    let at = Location::at(huitong_journal::Position::START, 0);
    let rows = records.iter().map(|record| changes(record, at, &ground));
    let account = rows.flat_map(Result::unwrap).find_map(|change| {
        if let Some(Row::Account(account)) = change.row {
            Some(account)
        } else {
            None
        }
    });
    let account = account.unwrap();
    (account.balances.own, account.lacks.own)
}

#[test]
fn it_fills_what_the_account_lacks_before_the_account_holds_anything() {
    assert_eq!(withdrawn(0), (fen(500), Fen::ZERO));
    assert_eq!(withdrawn(400), (fen(100), Fen::ZERO));
    assert_eq!(withdrawn(700), (Fen::ZERO, fen(200)));
}
