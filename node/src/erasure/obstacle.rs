//! What stands in the way of erasing a person: typed, each with its words in both languages. Whether the person has
//! records under another number is seen from outside ([`super::plan`]): it depends on who else is listed.

use std::fmt;

use huitong_core::coverage::Balances;
use huitong_core::date::{BusinessDay, ServiceDate};
use huitong_core::id::SettlementId;
use huitong_core::person::PersonRef;
use huitong_core::region::RegionCode;

use super::Rule;
use super::survey::Seen;
use crate::ledger::Ledger;
use crate::store::{
    Key, Leaving, LeavingState, ProvisionalState, Rows, StoreError, Stream, StreamHead, Table,
};

/// Why a person is not erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Obstacle {
    /// The journal names nobody like this.
    Unknown,
    /// So many records were written before people were sealed: no key erases them.
    Plain(u64),
    /// The person is insured today or later.
    Covered,
    /// The accounts are not empty.
    AccountHolds,
    /// A settlement, a reversal, a deduction or an expense check of it, or a review, is not done.
    Open(SettlementId),
    /// A settlement was made provisionally and is not trued up.
    Provisional(SettlementId),
    /// This region has not acknowledged every word on the person.
    NotAcknowledged(RegionCode),
    /// A transfer is under way.
    Moving,
    /// The person is held since a restore.
    Held,
    /// Records lie under a number that the person had or has in that region: list it too.
    AlsoAt(RegionCode),
    /// The last record is not as old as people are kept for.
    Recent(Option<BusinessDay>),
}

impl Obstacle {
    /// Its stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Plain(_) => "plain",
            Self::Covered => "covered",
            Self::AccountHolds => "account_holds",
            Self::Open(_) => "open",
            Self::Provisional(_) => "provisional",
            Self::NotAcknowledged(_) => "not_acknowledged",
            Self::Moving => "moving",
            Self::Held => "held",
            Self::AlsoAt(_) => "also_at",
            Self::Recent(_) => "recent",
        }
    }
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str(
                "nothing here names this person, or not any more / 本节点无此人员记录或已销毁",
            ),
            Self::Plain(count) => write!(
                f,
                "{count} records were written before people were sealed, and no key erases them / {count} 条记录写于启用加密之前，无法销毁"
            ),
            Self::Covered => f.write_str("insured today or later / 参保关系仍有效"),
            Self::AccountHolds => f.write_str("the accounts are not empty / 账户仍有余额"),
            Self::Open(settlement) => {
                write!(f, "{settlement} is not done / 该笔结算尚未办结")
            }
            Self::Provisional(settlement) => {
                write!(f, "{settlement} is provisional / 该笔先行结算尚未补结算")
            }
            Self::NotAcknowledged(region) => write!(
                f,
                "{region} has not acknowledged every word / {region} 尚未确认全部回执"
            ),
            Self::Moving => f.write_str("a transfer is under way / 医保关系正在转移"),
            Self::Held => f.write_str("held since a restore / 恢复后暂停，待核查"),
            Self::AlsoAt(region) => write!(
                f,
                "records lie under the number at {region} too: list it / 另有以 {region} 编号记录的业务，请一并列入"
            ),
            Self::Recent(Some(day)) => write!(
                f,
                "the last record is of {day} or before, which is not long enough ago / 末次记录（{day} 日切前）未满保存期限"
            ),
            Self::Recent(None) => f.write_str(
                "the last record is of a day that is not closed / 末次记录所在业务日尚未日切",
            ),
        }
    }
}

/// What stands in the way of erasing a person.
pub(super) fn of(
    ledger: &Ledger,
    person: PersonRef,
    seen: &Seen,
    rule: Rule,
) -> Result<Vec<Obstacle>, StoreError> {
    if seen.is_nothing() {
        return Ok(vec![Obstacle::Unknown]);
    }
    let mut found = Vec::new();
    if seen.plain > 0 {
        found.push(Obstacle::Plain(seen.plain));
    }
    if person.home == ledger.region() {
        at_home(ledger, person, rule, &mut found)?;
    }
    open(ledger, seen, &mut found)?;
    if let Some(settlement) = ledger.provisional_of(person.home, person.psn_no)? {
        found.push(Obstacle::Provisional(settlement));
    }
    for (stream, number) in &seen.sent {
        let (Stream::Receipts(region) | Stream::Hands(region)) = *stream else {
            continue;
        };
        let head = ledger.stream(*stream)?.unwrap_or(StreamHead::EMPTY);
        if region != ledger.region() && head.acknowledged < *number {
            found.push(Obstacle::NotAcknowledged(region));
        }
    }
    let is_old = seen.last.is_some_and(|last| {
        let passed = last.days_until(rule.today);
        passed >= i64::from(rule.keep_days)
    });
    if !is_old {
        found.push(Obstacle::Recent(seen.last));
    }
    Ok(found)
}

fn at_home(
    ledger: &Ledger,
    person: PersonRef,
    rule: Rule,
    found: &mut Vec<Obstacle>,
) -> Result<(), StoreError> {
    let psn_no = person.psn_no;
    let today = rule.today;
    let today = ServiceDate::new(today.year(), today.month(), today.day())
        .map_err(|_| StoreError::Range("the calendar's days"))?;
    if let Some(member) = ledger.member(psn_no)? {
        let mut periods = member.periods.iter().map(|period| period.days.until());
        if periods.any(|until| until.is_none_or(|until| until >= today)) {
            found.push(Obstacle::Covered);
        }
    }
    if let Some(account) = ledger.account(psn_no)?
        && account.balances != Balances::NONE
    {
        found.push(Obstacle::AccountHolds);
    }
    if ledger
        .regained(psn_no)?
        .is_some_and(|row| row.missing() > 0)
    {
        found.push(Obstacle::Held);
    }
    let Some(relation) = ledger.relation(psn_no)? else {
        return Ok(());
    };
    let is_done = |leaving: &Leaving| {
        matches!(leaving.state, LeavingState::HandedOver(_)) && leaving.offered.is_none()
    };
    let moving = relation
        .leaving
        .as_ref()
        .is_some_and(|leaving| !is_done(leaving));
    if moving || relation.arriving.is_some() {
        found.push(Obstacle::Moving);
    }
    Ok(())
}

/// What of the person's settlements is not done, in either role.
fn open(ledger: &Ledger, seen: &Seen, found: &mut Vec<Obstacle>) -> Result<(), StoreError> {
    for (institution, settlement) in &seen.prepared {
        let provisional = ledger.provisional(*settlement)?;
        let is_open = provisional.is_some_and(|row| row.state == ProvisionalState::Open);
        let waits = ledger.open(*settlement)?.is_some()
            || ledger.notice(*institution, *settlement)?.is_some();
        if is_open || waits {
            found.push(Obstacle::Open(*settlement));
        }
    }
    for (treatment, settlement) in &seen.committed {
        if ledger.emergency(*treatment, *settlement)?.is_some() {
            found.push(Obstacle::Open(*settlement));
        }
    }
    deductions(ledger, seen, found)?;
    checks(ledger, seen, found)?;
    let wishes = ledger.scan(Table::OpenReversal, usize::MAX)?;
    for (key, _) in wishes {
        let Key::OpenReversal(reversal) = key else {
            continue;
        };
        let Some(wish) = ledger.reversal(reversal)? else {
            continue;
        };
        let mut ids = seen.prepared.iter().map(|(_, settlement)| *settlement);
        if ids.any(|settlement| settlement == wish.settlement) {
            found.push(Obstacle::Open(wish.settlement));
        }
    }
    Ok(())
}

/// Deductions of the person's settlements that the home region has not answered: what ends them needs the settlement.
fn deductions(ledger: &Ledger, seen: &Seen, found: &mut Vec<Obstacle>) -> Result<(), StoreError> {
    for (key, _) in ledger.scan(Table::OpenDeduction, usize::MAX)? {
        let Key::OpenDeduction(deduction) = key else {
            continue;
        };
        let Some(row) = ledger.deduction(deduction)? else {
            continue;
        };
        let mut ids = seen.prepared.iter().map(|(_, settlement)| *settlement);
        if ids.any(|settlement| settlement == row.settlement) {
            found.push(Obstacle::Open(row.settlement));
        }
    }
    Ok(())
}

/// Checks of the person's settlements in which something is to be said or sent, in either role.
fn checks(ledger: &Ledger, seen: &Seen, found: &mut Vec<Obstacle>) -> Result<(), StoreError> {
    for (key, _) in ledger.scan(Table::OpenCheck, usize::MAX)? {
        let Key::OpenCheck(check) = key else {
            continue;
        };
        let Some(row) = ledger.check(check)? else {
            continue;
        };
        let (treatment, settlement) = (row.course.treatment, row.course.ask.settlement);
        let mut ids = seen.prepared.iter().map(|(_, settlement)| *settlement);
        if ids.any(|id| id == settlement) || seen.committed.contains(&(treatment, settlement)) {
            found.push(Obstacle::Open(settlement));
        }
    }
    Ok(())
}
