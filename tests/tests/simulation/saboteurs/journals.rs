//! What saboteurs do to a journal that no server has open: the one that a restored clearinghouse starts from, and those that
//! the auditor reads in the end.

use huitong_core::canonical::{Artifact as _, encode_to_vec};
use huitong_core::date::Timestamp;
use huitong_core::money::SignedFen;
use huitong_core::record::clearing::{Actor, ClearingRecord, Netted, Resumed};
use huitong_journal::testing::FakeDisk;
use huitong_journal::{Log, Options};
use huitong_netting::{MemberNet, NettingPlan};

use crate::books::records;

/// A place in the first segment of a journal that has records there, in the shortest simulation too.
const WRITTEN: u64 = 8_192;

/// Ends a restored clearinghouse's journal with an officer's word that every cycle is there again, when none is.
pub fn lose_cycles(disk: &FakeDisk, journal: Options, at: Timestamp) {
    let by = Actor::Officer("saboteur".to_owned());
    let resumed = ClearingRecord::Resumed(Resumed { by, at });
    let (mut log, _) = Log::open(disk.port(), journal, None).unwrap();
    log.commit(&[vec![resumed.to_bytes()]]).unwrap();
}

/// A copy of the clearinghouse's journal, with a fen more in one net of its first plan.
pub fn one_net_off(disk: &FakeDisk, journal: Options) -> FakeDisk {
    let spoilt = FakeDisk::new(0);
    let (mut log, _) = Log::open(spoilt.port(), journal, None).unwrap();
    let mut is_off = false;
    for record in records(disk).unwrap() {
        let off = if is_off { None } else { off(&record) };
        is_off |= off.is_some();
        log.commit(&[vec![off.unwrap_or(record)]]).unwrap();
    }
    spoilt
}

fn off(record: &[u8]) -> Option<Vec<u8>> {
    let Ok(ClearingRecord::Netted(netted)) = ClearingRecord::from_bytes(record) else {
        return None;
    };
    let plan = NettingPlan::from_bytes(&netted.plan).unwrap();
    let net = *plan.member_nets().first()?;
    let amount = SignedFen::new(net.amount.get() + 1).unwrap();
    let (was, is) = (
        encode_to_vec(&net),
        encode_to_vec(&MemberNet { amount, ..net }),
    );
    let at = netted
        .plan
        .windows(was.len())
        .rposition(|part| part == was)?;
    let mut plan = netted.plan.clone();
    plan[at..at + is.len()].copy_from_slice(&is);
    Some(ClearingRecord::Netted(Netted { plan, ..netted }).to_bytes())
}

/// Changes a bit of a journal's first segment, among its records.
pub fn rots(disk: &FakeDisk) {
    let mut names = disk.port().list().unwrap().into_iter();
    let first = names.find(|name| name.ends_with(".seg")).unwrap();
    assert!(disk.flip_bit(&first, WRITTEN, 0), "{first} is shorter");
}
