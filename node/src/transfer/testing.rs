//! What the tests of transfers begin with: two homes on rows in memory, and the words between them.

use std::collections::BTreeMap;

use huitong_core::bill::{Visit, VisitNumber};
use huitong_core::coverage::{Balances, PersonVersion};
use huitong_core::date::{DateInterval, ServiceDate};
use huitong_core::digest::sha256;
use huitong_core::external::{CoreId, ExternalSettlement};
use huitong_core::id::{SettlementId, TransferId};
use huitong_core::money::Fen;
use huitong_core::person::{Credential, CredentialNumber, PsnNo};
use huitong_core::receipt::GroupSignature;
use huitong_core::record::NodeRecord;
use huitong_core::record::external::{ExternalNoted, ExternalWithdrawn};
use huitong_core::record::hand::{
    HandWord, Handed, HandedVisit, LateGivenUp, LateOffer, ProvenHand, Supplement, TransferOrder,
};
use huitong_core::record::person::AskedBy;
use huitong_core::record::recovery::Proof;
use huitong_core::record::registry::{CoveragePeriod, Member};
use huitong_core::record::transfer::TransferBy;
use huitong_core::region::RegionCode;
use huitong_core::totals::TotalChange;
use huitong_core::vocabulary::{ExternalEndReason, Scheme};

use super::agree::Agree;
use super::arrive::Take;
use super::count_in::CountIn;
use super::leave::WriteHandOver;
use super::onwards::Came;
use crate::home::testing::Home;
use crate::people::act::day_of;
use crate::samples::{claim, fen, now, person, year_total};
use crate::store::{Account, Key, Row, account_now};

const NEW: &str = "510100";

pub(crate) fn new_home() -> RegionCode {
    NEW.parse().unwrap()
}

pub(super) fn today() -> ServiceDate {
    day_of(now()).unwrap()
}

pub(super) fn days_from(day: ServiceDate) -> DateInterval {
    DateInterval::new(day, None).unwrap()
}

pub(super) fn voucher() -> Credential {
    Credential::EVoucher(CredentialNumber::parse("A1").unwrap())
}

pub(super) fn number() -> PsnNo {
    PsnNo::parse("510100000000000017").unwrap()
}

pub(super) fn cover(day: ServiceDate) -> CoveragePeriod {
    CoveragePeriod {
        scheme: Scheme::Employee,
        category: "in_service".parse().unwrap(),
        retired: false,
        days: days_from(day),
    }
}

pub(crate) fn order(day: ServiceDate) -> TransferOrder {
    TransferOrder {
        transfer: TransferId::from_bytes([3; 16]),
        person: person(),
        new_home: new_home(),
        number: number(),
        credential: voucher(),
        cover: cover(day),
    }
}

/// The old home, where the person has been insured since 2015.
pub(super) fn old() -> Home {
    let home = Home::new();
    let psn_no = person().psn_no;
    let member = Member {
        psn_no,
        credentials: [voucher()].into(),
        birth: "1964-02-29".parse().unwrap(),
        years_paid: 12,
        claim_free_years: 1,
        periods: vec![cover("2015-01-01".parse().unwrap())],
        identities: Vec::new(),
    };
    home.put(Key::Member(psn_no), Row::Member(member));
    home
}

pub(super) fn agree(own: RegionCode, order: TransferOrder) -> Agree {
    Agree {
        own,
        order,
        by: TransferBy::Officer("li.wei".parse().unwrap()),
        settled_since: None,
        read_at: 3,
    }
}

pub(super) fn write(home: &Home) -> Vec<NodeRecord> {
    let account = account_now(&home.rows, person().psn_no).unwrap().unwrap();
    let command = WriteHandOver {
        own: person().home,
        transfer: order(today()).transfer,
        visits: vec![HandedVisit {
            treatment: new_home(),
            settlement: SettlementId::from_bytes([8; 16]),
            visit: claim("V1").visit_key(),
        }],
        read_at: account.version.change,
        salt: [1; 16],
    };
    home.run(command).1
}

/// The first word of the old home: the person is handed over, at version 4 of their record.
pub(crate) fn handed() -> HandWord {
    let home = old();
    home.run(agree(person().home, order(today())));
    word_of(&write(&home))
}

pub(super) fn word_of(records: &[NodeRecord]) -> HandWord {
    let [NodeRecord::HandWritten(written)] = records else {
        panic!("{records:?}")
    };
    written.word().clone()
}

pub(super) fn take(home: &Home, word: HandWord) -> u64 {
    home.run(taking(word)).0.unwrap()
}

pub(crate) fn taking(word: HandWord) -> Take {
    let group = GroupSignature {
        root: word.leaf(),
        size: 1,
        algorithm: 1,
        key_id: word.leaf(),
        signature: Vec::new(),
    };
    let proof = Proof {
        group,
        index: 0,
        path: Vec::new(),
    };
    let hand = ProvenHand { word, proof };
    assert!(hand.is_in_group());
    let own = new_home();
    let salt = [2; 16];
    Take {
        own,
        came: Came::Sent(1),
        hand,
        salt,
    }
}

/// A new home that holds the person.
pub(super) fn arrived() -> (Home, HandWord) {
    let word = handed();
    let new = Home::at(new_home());
    new.run(agree(new_home(), order(today())));
    assert_eq!(take(&new, word.clone()), 1);
    (new, word)
}

pub(super) fn account(home: &Home, psn_no: PsnNo) -> Account {
    account_now(&home.rows, psn_no).unwrap().unwrap()
}

pub(crate) fn supplement(own: i64) -> Supplement {
    Supplement {
        transfer: order(today()).transfer,
        number: number(),
        of: HandedVisit {
            treatment: new_home(),
            settlement: SettlementId::from_bytes([9; 16]),
            visit: claim("V1").visit_key(),
        },
        totals: vec![TotalChange {
            slot: year_total(),
            adds: 50,
        }],
        paid: Balances {
            own: fen(own),
            family: Fen::ZERO,
        },
    }
}

/// A later word of the old home that sent this one.
pub(super) fn later(word: &HandWord, number: u64, handed: Handed) -> HandWord {
    HandWord {
        number,
        handed,
        ..word.clone()
    }
}

/// A late claim that takes so much from the own account, put to the new home on a version.
pub(super) fn offer(own: i64, on: PersonVersion) -> CountIn {
    CountIn {
        old_home: person().home,
        sent_in: 1,
        offer: LateOffer {
            supplement: supplement(own),
            on,
        },
    }
}

/// The id of [`supplement`], given up.
pub(super) fn giving_up() -> LateGivenUp {
    let of = supplement(100).of;
    LateGivenUp {
        transfer: order(today()).transfer,
        number: number(),
        treatment: of.treatment,
        settlement: of.settlement,
        by: None,
    }
}

/// What the old home's own core system settled for the person, admitted on a day.
pub(super) fn outside(core_id: &str, admitted: ServiceDate, change: u64) -> NodeRecord {
    let claim = claim("V1");
    NodeRecord::ExternalNoted(ExternalNoted {
        settlement: ExternalSettlement {
            core_id: CoreId::parse(core_id).unwrap(),
            psn_no: person().psn_no,
            institution: claim.institution.code,
            visit: Visit {
                number: VisitNumber::parse(core_id).unwrap(),
                admitted,
                billed_from: admitted,
                discharged: admitted,
                ..claim.visit
            },
            total: fen(100),
            payments: BTreeMap::new(),
            cash: fen(100),
            adds: BTreeMap::new(),
            corrects: None,
        },
        by: AskedBy::Officer("li.wei".parse().unwrap()),
        policy: sha256(b"policy"),
        changes: Vec::new(),
        ordinal: None,
        begun: None,
        after: PersonVersion {
            incarnation: 1,
            change,
        },
        totals: Vec::new(),
        balances: Balances::NONE,
        at: now(),
    })
}

/// The withdrawal of what was recorded, as the next change.
pub(super) fn no_more(noted: NodeRecord) -> NodeRecord {
    let NodeRecord::ExternalNoted(noted) = noted else {
        panic!("{noted:?}")
    };
    NodeRecord::ExternalWithdrawn(ExternalWithdrawn {
        core_id: noted.settlement.core_id.clone(),
        psn_no: noted.settlement.psn_no,
        visit: noted.settlement.visit_key(),
        reason: ExternalEndReason::Mistaken,
        by: "li.wei".parse().unwrap(),
        begun: None,
        after: noted.after,
        totals: Vec::new(),
        balances: noted.balances,
        at: now(),
    })
}
