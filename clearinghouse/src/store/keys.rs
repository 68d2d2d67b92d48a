//! What the embedded store's index holds: one letter, then canonical bytes, so that keys order as values.
//!
//! | key | value |
//! |---|---|
//! | `x` | how far the journal is indexed |
//! | `y` | the format of this index; none for the first |
//! | `b` region, first number | where these legs lie in the journal, and the last number |
//! | `h` region | the number under which the stream halted, or nothing |
//! | `d` region, day | the last number of a closed day |
//! | `c` day | a cut-off: marks, actor, time |
//! | `K` place in the journal | a record of a cycle that could not be netted as it is there |
//! | `n` day | the plan's number and where it lies |
//! | `p` plan's number | its day |
//! | `e` day | where the cycle's checkpoint lies |
//! | `W` settlement, kind, receipt | what a home region signed of a debt on which two do not agree |
//! | `D` plan's number, debt, its debtor and creditor | this debt and those that follow of the plan, in order, as many as go on a sheet |
//! | `F` plan's number, filter, piece | a piece of a filter over the plan's debts; piece 0 says what it is made of, filter 0 which there are |
//! | `F` the first of sixteen plans' numbers beyond all, filter, piece | the same over these plans' debts |
//! | `k` settlement, kind, fund; `T` plan's number, debt; `F` plan's number, piece | what earlier programs wrote, looked up by nobody |
//! | `a` account | its turnover |
//! | `A` account, voucher | what the voucher posted to it, and its turnover with that |
//! | `B` voucher | from when it counts, what it is of, and those that it takes back |
//! | `C` moment | the last voucher that counts from then |
//! | `E` holder of a prefund or none, bank's reference | the vouchers of the movement that stand |
//! | `G` voucher | the one that takes it back |
//! | `m` place in the journal | a record of payments as it is there: read in order, they come to all payments |
//! | `f` place in the journal | a record of prefunds as it is there |
//! | `g` year, prefund | what the payer came to owe the holder in the year's cycles |
//! | `w` day | what members owe each other by this cycle's plan |
//! | `r` | the own incarnation, and since when no cycle goes on because of a restore |
//! | `i` region | the incarnation of its node and what that drew |
//! | `t` tag, region | the stream that said so, and whether the region has cover in force |
//! | `u` region, tag, other region | nothing: both had the tag at some time |
//! | `q` place in the journal | a record of the directory as it is there: read in order, they come to all of it |
//! | `s` number | a signed version of the directory, as nodes fetch it |
//! | `j` day, region | its word on its rows of the cycle |
//! | `l` region, debtor, creditor, fund | what is kept out of the row since the region attested it otherwise, or nothing |
//! | `v` region | how far its tags are held |
//! | `Q` dispute, place in the journal | a step of the dispute as it is there |
//! | `S` number of a settled dispute | where its signed outcome lies |
//! | `o` region, plan's number | where its word on the checkpoint lies |
//! | `z` region | the plan of its last word |
//! | `M` place in the journal | what a record says of a month: read in order, they come to all months |
//! | `N` month, piece | where this piece of its rows lies |
//! | `V` month | where it lies as it was drawn up |
//! | `O` month, region | where the region's last word on it lies |
//! | `P` month | where it lies as it was signed |
//!
//! Legs themselves stay in the journal: they are read in order, a block at a time.

use std::collections::BTreeMap;

use huitong_core::canonical::{Canonical, Encoder, decode_exact, encode_to_vec};
use huitong_core::canonical_struct;
use huitong_core::checkpoint::row::Pair;
use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::digest::Digest;
use huitong_core::dispute::name::DisputeName;
use huitong_core::duplicate::Tag;
use huitong_core::ledger::Account;
use huitong_core::payable::Month;
use huitong_core::prefund::Prefund;
use huitong_core::record::clearing::Actor;
use huitong_core::region::RegionCode;
use huitong_journal::Position;

use super::StoreError;
use crate::books::{Movement, Turnover};
use crate::state::About;

pub(super) const CURSOR: &[u8] = b"x";
pub(super) const FORMAT: &[u8] = b"y";
pub(super) const RESTORED: &[u8] = b"r";
pub(super) const BLOCKS: &[u8] = b"b";
pub(super) const HALTS: &[u8] = b"h";
pub(super) const CLOSES: &[u8] = b"d";
pub(super) const CUT_OFFS: &[u8] = b"c";
pub(super) const PLANS: &[u8] = b"n";
pub(super) const PROOFS: &[u8] = b"e";
pub(super) const WORDS: &[u8] = b"W";
pub(super) const ACCOUNTS: &[u8] = b"a";
pub(super) const POSTED: &[u8] = b"A";
pub(super) const VOUCHERS: &[u8] = b"B";
pub(super) const VOUCHERS_AT: &[u8] = b"C";
pub(super) const PAYMENTS: &[u8] = b"m";
pub(super) const PREFUNDS: &[u8] = b"f";
pub(super) const FAILED: &[u8] = b"K";
pub(super) const SPENT: &[u8] = b"g";
pub(super) const OWED: &[u8] = b"w";
pub(super) const INCARNATIONS: &[u8] = b"i";
pub(super) const TAGS: &[u8] = b"t";
pub(super) const MATCHES: &[u8] = b"u";
pub(super) const MEMBERS: &[u8] = b"q";
pub(super) const VERSIONS: &[u8] = b"s";
pub(super) const ATTESTED: &[u8] = b"j";
pub(super) const KEPT: &[u8] = b"l";
pub(super) const TAG_STREAMS: &[u8] = b"v";
pub(super) const DISPUTES: &[u8] = b"Q";
pub(super) const OUTCOMES: &[u8] = b"S";
pub(super) const WITNESSED: &[u8] = b"z";
pub(super) const MONTHS: &[u8] = b"M";
pub(super) const TAKEN: &[u8] = b"D";
pub(super) const FILTERS: &[u8] = b"F";

/// A key of a table.
pub(super) fn key<T: Canonical>(table: &[u8], of: &T) -> Vec<u8> {
    let mut out = Encoder::new();
    out.raw(table);
    of.encode(&mut out);
    out.into_bytes()
}

pub(super) fn block(region: RegionCode, number: u64) -> Vec<u8> {
    key(BLOCKS, &(region, number))
}

pub(super) fn halt(region: RegionCode) -> Vec<u8> {
    key(HALTS, &region)
}

pub(super) fn close(region: RegionCode, day: BusinessDay) -> Vec<u8> {
    key(CLOSES, &(region, day))
}

pub(super) fn cut_off(day: BusinessDay) -> Vec<u8> {
    key(CUT_OFFS, &day)
}

pub(super) fn incarnation(region: RegionCode) -> Vec<u8> {
    key(INCARNATIONS, &region)
}

pub(super) fn tag(tag: Tag, region: RegionCode) -> Vec<u8> {
    key(TAGS, &(tag, region))
}

pub(super) fn matched(region: RegionCode, tag: Tag, other: RegionCode) -> Vec<u8> {
    key(MATCHES, &(region, tag, other))
}

pub(super) fn tag_stream(region: RegionCode) -> Vec<u8> {
    key(TAG_STREAMS, &region)
}

pub(super) fn dispute_step(name: DisputeName, place: &Place) -> Vec<u8> {
    key(DISPUTES, &(name, *place))
}

pub(super) fn outcome(number: u64) -> Vec<u8> {
    key(OUTCOMES, &number)
}

pub(super) fn attested(day: BusinessDay, region: RegionCode) -> Vec<u8> {
    key(ATTESTED, &(day, region))
}

pub(super) fn kept(region: RegionCode, pair: Pair) -> Vec<u8> {
    key(KEPT, &(region, pair))
}

pub(super) fn plan(day: BusinessDay) -> Vec<u8> {
    key(PLANS, &day)
}

pub(super) fn proof(day: BusinessDay) -> Vec<u8> {
    key(PROOFS, &day)
}

pub(super) fn witness(region: RegionCode, plan: u64) -> Vec<u8> {
    key(b"o", &(region, plan))
}

pub(super) fn witnessed(region: RegionCode) -> Vec<u8> {
    key(WITNESSED, &region)
}

pub(super) fn month(place: &Place) -> Vec<u8> {
    key(MONTHS, place)
}

pub(super) fn month_rows(month: &Month, piece: u32) -> Vec<u8> {
    key(b"N", &(month.clone(), piece))
}

pub(super) fn month_drawn(month: &Month) -> Vec<u8> {
    key(b"V", month)
}

pub(super) fn month_word(month: &Month, region: RegionCode) -> Vec<u8> {
    key(b"O", &(month.clone(), region))
}

pub(super) fn month_signed(month: &Month) -> Vec<u8> {
    key(b"P", month)
}

pub(super) fn plan_day(number: u64) -> Vec<u8> {
    key(b"p", &number)
}

/// Debts that a plan took, from this one on.
pub(super) fn taken(plan: u64, first: &[u8]) -> Vec<u8> {
    let mut key = key(TAKEN, &plan);
    key.extend_from_slice(first);
    key
}

/// A piece of a filter over debts of a plan.
pub(super) fn filter(plan: u64, segment: u32, piece: u32) -> Vec<u8> {
    key(FILTERS, &(plan, segment, piece))
}

/// A piece of a filter over debts of sixteen plans, from this one on. No plan has a number that begins so.
pub(super) fn folded(first: u64, segment: u32, piece: u32) -> Vec<u8> {
    key(FILTERS, &(first | 1 << 63, segment, piece))
}

pub(super) fn word(about: About, receipt: Option<Digest>) -> Vec<u8> {
    key(WORDS, &(about.0, about.1, receipt))
}

pub(super) fn account(account: &Account) -> Vec<u8> {
    key(ACCOUNTS, account)
}

/// All that was posted to an account.
pub(super) fn postings(account: &Account) -> Vec<u8> {
    key(POSTED, account)
}

pub(super) fn posted(account: &Account, voucher: u64) -> Vec<u8> {
    key(POSTED, &(*account, voucher))
}

pub(super) fn voucher(number: u64) -> Vec<u8> {
    key(VOUCHERS, &number)
}

pub(super) fn voucher_at(at: Timestamp) -> Vec<u8> {
    key(VOUCHERS_AT, &at)
}

pub(super) fn of_movement(movement: &Movement) -> Vec<u8> {
    key(b"E", movement)
}

pub(super) fn taken_back(voucher: u64) -> Vec<u8> {
    key(b"G", &voucher)
}

pub(super) fn payment(place: &Place) -> Vec<u8> {
    key(PAYMENTS, place)
}

pub(super) fn prefund(place: &Place) -> Vec<u8> {
    key(PREFUNDS, place)
}

pub(super) fn failed(place: &Place) -> Vec<u8> {
    key(FAILED, place)
}

pub(super) fn members(place: &Place) -> Vec<u8> {
    key(MEMBERS, place)
}

pub(super) fn version(number: u64) -> Vec<u8> {
    key(VERSIONS, &number)
}

pub(super) fn spent(year: u16, prefund: Prefund) -> Vec<u8> {
    key(SPENT, &(year, prefund))
}

pub(super) fn owed(day: BusinessDay) -> Vec<u8> {
    key(OWED, &day)
}

/// What follows a table's letter in a key.
pub(super) fn of_key<T: Canonical>(key: &[u8]) -> Result<T, StoreError> {
    let (_, rest) = key.split_at_checked(1).unwrap_or_default();
    read(rest)
}

/// A value of the index.
pub(super) fn read<T: Canonical>(bytes: &[u8]) -> Result<T, StoreError> {
    decode_exact(bytes).map_err(|error| StoreError::Foreign(format!("in the index: {error}")))
}

/// A record's place in the journal: its frame and its index there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    frame: [u8; Position::ENCODED_LEN],
    pub(super) record: u32,
}

canonical_struct!(Place { frame, record });

impl Place {
    pub(super) fn new(frame: Position, record: u32) -> Self {
        Self {
            frame: frame.to_bytes(),
            record,
        }
    }

    pub(super) fn frame(&self) -> Result<Position, StoreError> {
        Position::from_bytes(&self.frame)
            .ok_or_else(|| StoreError::Foreign("in the index: a place that is none".to_owned()))
    }
}

/// Where consecutive legs lie.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    pub(super) place: Place,
    pub(super) last: u64,
}

canonical_struct!(Block { place, last });

/// The last record that is indexed: its place, and the chain after its frame, which names the journal.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor {
    pub(super) place: Place,
    pub(super) chain: [u8; 32],
}

canonical_struct!(Cursor { place, chain });

/// A cut-off as indexed.
#[derive(Debug)]
pub(super) struct CutRow {
    pub(super) marks: BTreeMap<RegionCode, u64>,
    pub(super) by: Actor,
    pub(super) at: Timestamp,
}

canonical_struct!(CutRow { marks, by, at });

/// A plan as indexed.
#[derive(Debug, Clone, Copy)]
pub(super) struct PlanRow {
    pub(super) number: u64,
    pub(super) place: Place,
}

canonical_struct!(PlanRow { number, place });

/// Debits, then credits, sixteen bytes each.
pub(super) fn turnover(turnover: Turnover) -> Vec<u8> {
    [
        turnover.debits.to_be_bytes(),
        turnover.credits.to_be_bytes(),
    ]
    .concat()
}

pub(super) fn read_turnover(bytes: &[u8]) -> Result<Turnover, StoreError> {
    let ([debits, credits], []) = bytes.as_chunks::<16>() else {
        return Err(no_turnover());
    };
    Ok(Turnover {
        debits: i128::from_be_bytes(*debits),
        credits: i128::from_be_bytes(*credits),
    })
}

/// What a voucher posted to an account, and what that came to.
pub(super) fn read_posted(bytes: &[u8]) -> Result<(Turnover, Turnover), StoreError> {
    let (posted, stands) = bytes.split_at_checked(32).ok_or_else(no_turnover)?;
    Ok((read_turnover(posted)?, read_turnover(stands)?))
}

fn no_turnover() -> StoreError {
    StoreError::Foreign("in the index: a turnover that is none".to_owned())
}

pub(super) fn value<T: Canonical>(of: &T) -> Vec<u8> {
    encode_to_vec(of)
}

#[cfg(test)]
mod tests;
