//! Golden bytes of records, the laws of the form, and the leaf that the seal reads.

mod assistance;
mod deductions;
mod disputes;
mod duplicates;
mod expense_checks;
mod external;
mod institution_accounts;
mod looks;
mod payables;
mod people;
mod provisional;
mod recovery;
mod refusals;
mod reversals;
mod samples;
mod sealed;
mod transfer;
mod witness;

use std::collections::{BTreeMap, BTreeSet};

use super::home::{Commitment, Committed, HomeRefused, RefusedError};
use super::import::{ImportChunk, ImportCommitted, ImportKind};
use super::policy::{
    Act, PolicyFetched, PolicyProposed, PolicyPublished, PolicyRejected, PolicyWithdrawn,
    WithdrawalAsked, WithdrawalRejected,
};
use super::registry::{Balance, CoveragePeriod, Filing, Member, RegistryRows};
use super::reversal::{
    ReversalBooked, ReversalEffects, ReversalIntended, ReversalNoted, ReversalOrdered,
    ReversalRefused,
};
use super::treatment::{Abandoned, Cancelled, Prepared, Refused, Reprepared, Settled};
use super::*;
use crate::bill::{
    Arrival, Bill, BillLine, Institution, Parts, SplitBill, SplitLine, Visit, VisitNumber,
};
use crate::canonical::testing::{hex, laws};
use crate::claim::Claim;
use crate::coverage::{Balances, Coverage, PersonVersion, Snapshot};
use crate::date::DateInterval;
use crate::decision::{Decision, EngineVersion};
use crate::digest::sha256;
use crate::final_refusal::{FinalRefusal, RefusalBody, RefusedRequest, RefusedReversal};
use crate::fund::Fund;
use crate::id::{RequestId, ReversalId, SettlementId};
use crate::money::Fen;
use crate::person::{PersonRef, PsnNo};
use crate::publication::SignedStatement;
use crate::receipt::{ClearingPart, GroupSignature, Receipt, ReceiptBody};
use crate::refusal::{Refusal, RefusalCode};
use crate::reversal::{
    BegunBy, Reversal, ReversalBody, ReversalOrder, ReversalPart, ReversedPerson,
};
use crate::totals::{Stretch, TotalSlot};
use crate::vocabulary::{
    Administration, FilingClass, FilingTime, Grade, InstitutionType, ReversalReason, Scheme,
    Setting,
};
use looks::of_looks;
use people::*;
use refusals::home_refused;
use reversals::*;
use samples::*;

/// Each record is read as it was written, and its digest begins as it did when its form was fixed.
fn keep_their_bytes<'a>(records: impl IntoIterator<Item = &'a NodeRecord>, golden: &[&str]) {
    let found = records.into_iter().map(|record| {
        let read = NodeRecord::from_bytes(&record.to_bytes());
        assert_eq!(read.as_ref(), Ok(record));
        record.digest().to_string()[..16].to_owned()
    });
    assert_eq!(found.collect::<Vec<_>>(), golden);
}

#[test]
fn every_record_keeps_its_bytes() {
    let (imports, settlements, policies) = (of_imports(), of_settlements(), of_policies());
    let all = imports.iter().chain(&settlements).chain(&policies);
    keep_their_bytes(all.chain(&of_reversals()).chain(&of_looks()), &GOLDEN);
}

#[test]
fn the_seal_finds_the_leaf_in_what_is_signed_and_in_no_other_record() {
    let record = committed();
    let leaf = record.leaf();
    assert_eq!(leaf, record.body().leaf());
    assert_eq!(
        signed_leaf(&NodeRecord::Committed(record).to_bytes()),
        Some(leaf)
    );
    let reversal = reversal_ordered();
    let leaf = reversal.leaf();
    assert_eq!(leaf, reversal.body().leaf());
    assert_eq!(
        signed_leaf(&NodeRecord::ReversalOrdered(reversal).to_bytes()),
        Some(leaf)
    );
    let refused = home_refused();
    let leaf = refused.leaf();
    assert_eq!(leaf, refused.body().leaf());
    assert_eq!(
        signed_leaf(&NodeRecord::HomeRefused(refused).to_bytes()),
        Some(leaf)
    );
    assert_eq!(
        signed_leaf(&NodeRecord::Settled(settled()).to_bytes()),
        None
    );
    assert_eq!(signed_leaf(b"NREC"), None);
}

#[test]
fn a_record_whose_leaf_is_not_its_receipts_is_refused() {
    let mut bytes = NodeRecord::Committed(committed()).to_bytes();
    bytes[7] ^= 1;
    let refused = NodeRecord::from_bytes(&bytes).unwrap_err();
    assert!(refused.to_string().contains("leaf"), "{refused}");
    let mut bytes = NodeRecord::ReversalOrdered(reversal_ordered()).to_bytes();
    bytes[7] ^= 1;
    let refused = NodeRecord::from_bytes(&bytes).unwrap_err();
    assert!(refused.to_string().contains("leaf"), "{refused}");
    let mut bytes = NodeRecord::HomeRefused(home_refused()).to_bytes();
    bytes[7] ^= 1;
    let refused = NodeRecord::from_bytes(&bytes).unwrap_err();
    assert!(refused.to_string().contains("leaf"), "{refused}");
    let (body, salt) = (home_refused().body().clone(), home_refused().salt());
    assert_eq!(
        HomeRefused::new(body.clone(), RefusedRequest::Unseen, salt),
        Err(RefusedError::Request)
    );
    assert_eq!(
        HomeRefused::new(body, home_refused().request().clone(), [0; 16]),
        Err(RefusedError::Request)
    );
}

#[test]
fn records_have_one_form() {
    laws(&NodeRecord::Committed(committed()));
    let member = Member {
        psn_no: psn_no(),
        credentials: BTreeSet::new(),
        birth: "1964-02-29".parse().unwrap(),
        years_paid: 0,
        claim_free_years: 0,
        periods: vec![CoveragePeriod {
            scheme: Scheme::Resident,
            category: "adult".parse().unwrap(),
            retired: false,
            days: days(),
        }],
        identities: Vec::new(),
    };
    let filing = Filing {
        psn_no: psn_no(),
        class: FilingClass::LongTerm,
        area: super::registry::FilingArea::Region(chengdu()),
        days: days(),
        filed_on: "2023-01-01".parse().unwrap(),
    };
    let balance = Balance {
        psn_no: psn_no(),
        own: Fen::ZERO,
        family: Fen::ZERO,
    };
    for rows in [
        RegistryRows::Members(vec![member]),
        RegistryRows::Filings(vec![filing]),
        RegistryRows::Balances(vec![balance]),
        RegistryRows::Institutions(Vec::new()),
    ] {
        laws(&NodeRecord::ImportChunk(ImportChunk {
            import: sha256(b"file"),
            seq: 0,
            rows,
        }));
    }
    laws(&ImportKind::Catalogue);
    for record in of_policies()
        .iter()
        .chain(&of_reversals())
        .chain(&of_people())
        .chain(&of_looks())
        .chain(&external::of_externals())
        .chain(&assistance::of_assistance())
        .chain(&deductions::of_deductions())
        .chain(&payables::of_payables())
        .chain(&expense_checks::of_checks())
        .chain(&institution_accounts::of_institution_accounts())
    {
        laws(record);
    }
}

#[test]
fn golden_bytes() {
    let record = NodeRecord::Cancelled(Cancelled {
        settlement: id(),
        institution: "H51010400001".parse().unwrap(),
        request: RequestId::parse("r-1").unwrap(),
        home: ningbo(),
        at: at(),
    });
    assert_eq!(
        hex(&record.to_bytes()),
        concat!(
            "4e524543",
            "0001",
            "0b",
            "018bcfe5680007070707070707070707",
            "010007c89800000001",
            "00000003722d31",
            "000509d8",
            "0000018bcfe56800"
        )
    );
    let record = NodeRecord::DayClosed(DayClosed {
        day: "2023-03-10".parse().unwrap(),
        up_to: 258,
        at: at(),
    });
    assert_eq!(
        hex(&record.to_bytes()),
        concat!(
            "4e524543",
            "0001",
            "05",
            "07e7030a",
            "0000000000000102",
            "0000018bcfe56800"
        )
    );
}
