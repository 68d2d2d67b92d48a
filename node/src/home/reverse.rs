//! Whether a settlement is reversed: id, settlement, already reversed, whose, reason, term, order.
//!
//! The id comes first, so that a repeated question gets the answer it had. Of two that ask at once the
//! writer hears one first; the other is told by which reversal it came too late. Every refusal of a
//! settlement that is known is journaled under the id: a question that wandered about in the network can
//! then never do what its asker was told is not done. A reversal takes back exactly what the settlement
//! changed, in the years it changed it in, whatever happened since; later settlements are not reopened. What an audit had
//! deducted of it was given back before: that deduction ends in the same frame.

use std::collections::BTreeMap;
use std::sync::Arc;

use huitong_core::bill::VisitNumber;
use huitong_core::calendar::Calendar;
use huitong_core::canonical::Artifact;
use huitong_core::coverage::{Balances, PersonVersion};
use huitong_core::date::Timestamp;
use huitong_core::decision::Decision;
use huitong_core::final_refusal::{RefusedRequest, RefusedReversal};
use huitong_core::id::ReversalId;
use huitong_core::institution::InstitutionCode;
use huitong_core::money::MoneyError;
use huitong_core::record::NodeRecord;
use huitong_core::record::by_hand::VisitFreed;
use huitong_core::record::home::{Committed, HomeRefused};
use huitong_core::record::reversal::{ReversalEffects, ReversalOrdered};
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;
use huitong_core::reversal::{
    BegunBy, ReversalBody, ReversalField, ReversalOrder, ReversalPart, ReversedPerson,
};
use huitong_core::totals::TotalSlot;

use super::deduction::lift;
use super::figures::paid;
use super::late::reversal_told;
use super::refusing::{Refused, refused};
use super::restored::is_left_out;
use crate::store::{
    Account, HomeId, HomeState, Leaving, LeavingState, Rows, StoreError, Stream, StreamHead,
    account_now,
};
use crate::writer::{Command, Verdict};

/// Which settlements of a person may be reversed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Any that stands.
    Any,
    /// Only the latest that stands, so that no later one rests on totals that are taken back.
    LatestFirst,
}

/// A region's rule for reversals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReversalRule {
    /// Which settlements.
    pub order: Order,
    /// How many days after the day of commit an institution may reverse alone; 0 is the same day. The bureau
    /// may at any time.
    pub institution_days: u16,
}

impl ReversalRule {
    /// What holds unless the configuration says otherwise.
    pub const STANDARD: Self = Self {
        order: Order::Any,
        institution_days: 30,
    };
}

/// A settlement to be reversed.
pub struct Reverse {
    /// The id of the reversal.
    pub reversal: ReversalId,
    /// The home region.
    pub home: RegionCode,
    /// The region whose node asks: it scopes the id.
    pub asked_by: RegionCode,
    /// What is asked for.
    pub order: ReversalOrder,
    /// What was committed under the settlement's id; none when nothing ever was.
    pub original: Option<Committed>,
    /// The region's rule.
    pub rule: ReversalRule,
    /// Which days are business days.
    pub calendar: Arc<Calendar>,
    /// The salt of the reversal, should there be one.
    pub salt: [u8; 16],
}

/// What the writer decided.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    clippy::large_enum_variant,
    reason = "a value passed on once, never kept in numbers"
)]
pub enum ReverseVerdict {
    /// It is reversed from now on.
    Reversed {
        /// What is signed.
        body: ReversalBody,
        /// What the commitment is of.
        person: ReversedPerson,
        /// The salt of the commitment.
        salt: [u8; 16],
    },
    /// It was reversed under this id already.
    Repeated,
    /// It is finally refused from now on.
    Refused(Box<HomeRefused>),
    /// It was finally refused before.
    RefusedBefore,
    /// The id was used for a request that differs here.
    Conflict(ReversalField),
    /// No settlement was ever committed under the id named.
    Unknown,
    /// The person is on the way to another home, which is named: nothing is decided yet.
    Moving(RegionCode),
    /// It would be told to a region that the node serves without: nothing is decided yet.
    LeftOut(RegionCode),
}

impl Command for Reverse {
    type Answer = ReverseVerdict;

    fn decide(
        self,
        rows: &dyn Rows,
        now: Timestamp,
    ) -> Result<Verdict<ReverseVerdict>, StoreError> {
        if let Some(known) = rows.home_reversal(self.asked_by, self.reversal)? {
            let answer = match (known.order.first_difference(&self.order), known.refused) {
                (Some(field), _) => ReverseVerdict::Conflict(field),
                (None, Some(_)) => ReverseVerdict::RefusedBefore,
                (None, None) => ReverseVerdict::Repeated,
            };
            return Ok(Verdict::Answer(answer));
        }
        let (treatment, settlement) = (self.order.treatment, self.order.settlement);
        let state = rows
            .home_settlement(treatment, settlement)?
            .map(|row| row.state);
        let Some(original) = &self.original else {
            return Ok(Verdict::Answer(ReverseVerdict::Unknown));
        };
        match state {
            None | Some(HomeState::Refused(_) | HomeState::Tombstone(_)) => {
                Ok(Verdict::Answer(ReverseVerdict::Unknown))
            }
            Some(HomeState::Reversed(row)) => {
                let refusal = Refusal::new(RefusalCode::AlreadyReversed, row.reversal);
                self.refuse(refusal, now)
            }
            Some(HomeState::Committed(_)) => {
                let account = account_now(rows, original.claim.person.psn_no)?;
                let account =
                    account.ok_or(StoreError::Inconsistent("a settlement without an account"))?;
                let leaving = rows.relation(original.claim.person.psn_no)?;
                let leaving = leaving.and_then(|row| row.leaving);
                if let Some(leaving) = &leaving
                    && (leaving.state == LeavingState::Frozen || leaving.offered.is_some())
                {
                    return Ok(Verdict::Answer(ReverseVerdict::Moving(leaving.new_home)));
                }
                let left = leaving.filter(|left| left.state != LeavingState::Agreed);
                // What was settled by hand is told to nobody.
                let there = (original.body().number > 0).then_some(treatment);
                let told = there
                    .into_iter()
                    .chain(left.as_ref().map(|left| left.new_home));
                for region in told {
                    if is_left_out(rows, region)? {
                        return Ok(Verdict::Answer(ReverseVerdict::LeftOut(region)));
                    }
                }
                match (self.in_the_way(original, &account, now), left) {
                    (Some(refusal), _) => self.refuse(refusal, now),
                    (None, left) => self.order_it(original, &account, left.as_ref(), rows, now),
                }
            }
        }
    }
}

impl Reverse {
    /// Why a settlement that stands is not reversed.
    fn in_the_way(
        &self,
        original: &Committed,
        account: &Account,
        now: Timestamp,
    ) -> Option<Refusal> {
        let ReversalOrder {
            settlement,
            treatment,
            reason,
            begun_by,
        } = &self.order;
        if let BegunBy::Institution(code) = begun_by
            && *code != original.claim.institution.code
        {
            return Some(Refusal::new(RefusalCode::IdentityMismatch, code));
        }
        if !begun_by.may_say(*reason) {
            return Some(Refusal::new(RefusalCode::ReasonNotAllowed, reason));
        }
        let settled = original.body().committed_at.business_day_shanghai();
        let days = settled.days_until(now.business_day_shanghai());
        let alone = matches!(begun_by, BegunBy::Institution(_));
        if alone && days > i64::from(self.rule.institution_days) {
            let detail = format!("{} days", self.rule.institution_days);
            return Some(Refusal::new(RefusalCode::TermPassed, detail));
        }
        let own = HomeId {
            treatment: *treatment,
            settlement: *settlement,
        };
        match (self.rule.order, account.last) {
            (Order::LatestFirst, Some(last)) if last != own => {
                Some(Refusal::new(RefusalCode::LaterStands, last.settlement))
            }
            (Order::Any | Order::LatestFirst, _) => None,
        }
    }

    fn refuse(
        &self,
        refusal: Refusal,
        at: Timestamp,
    ) -> Result<Verdict<ReverseVerdict>, StoreError> {
        let wish = RefusedReversal {
            reversal: self.reversal,
            order: self.order.clone(),
        };
        let record = refused(Refused {
            settlement: self.order.settlement,
            home: self.home,
            treatment: self.order.treatment,
            refusal,
            request: RefusedRequest::Reversal(wish),
            salt: self.salt,
            at,
        })?;
        Ok(Verdict::Append(
            vec![NodeRecord::HomeRefused(record.clone())],
            ReverseVerdict::Refused(Box::new(record)),
        ))
    }

    fn order_it(
        &self,
        original: &Committed,
        account: &Account,
        left: Option<&Leaving>,
        rows: &dyn Rows,
        now: Timestamp,
    ) -> Result<Verdict<ReverseVerdict>, StoreError> {
        let head = |stream| {
            rows.stream(stream)
                .map(|head| head.unwrap_or(StreamHead::EMPTY))
        };
        let last_closed = rows.last_closed_day()?.map(|row| row.day);
        let business_day = self.calendar.day_of(now, last_closed);
        let business_day = business_day.map_err(|_| StoreError::Range("the calendar's days"))?;
        let part = &original.body().clearing;
        let version: PersonVersion = account.next_version();
        let person = ReversedPerson {
            person: original.claim.person,
            version,
        };
        let body = ReversalBody {
            number: match original.body().number {
                // What was settled by hand goes to no other region, and neither does its reversal.
                0 => 0,
                _sent => head(Stream::Receipts(part.treatment))?
                    .written
                    .saturating_add(1),
            },
            reversal: self.reversal,
            clearing: ReversalPart {
                settlement: part.settlement,
                home: part.home,
                treatment: part.treatment,
                receipt: original.body().digest(),
                amounts: part.amounts.clone(),
                business_day,
            },
            reason: self.order.reason,
            begun_by: self.order.begun_by.clone(),
            personal: person.commitment(&self.salt),
            incarnation: version.incarnation,
            reversed_at: now,
        };
        let effects = ReversalEffects {
            salt: self.salt,
            person,
            visit: original.claim.visit_key(),
            begun: begun(original),
            totals: totals_without(&original.decision, account),
            // The accounts of whoever was handed over are the new home's.
            balances: match left {
                Some(_) => account.balances,
                None => balances_without(&original.decision, account)
                    .map_err(|_| StoreError::Range("the balance of an account"))?,
            },
            legs_from: head(Stream::Legs)?.written.saturating_add(1),
        };
        let freed = (body.number == 0).then(|| VisitFreed {
            treatment: original.claim.treatment,
            visit: original.claim.visit_key(),
            settlement: part.settlement,
        });
        let lifted = lift::at_home(rows, &body, effects.legs_from, now)?;
        let record = ReversalOrdered::new(body.clone(), effects);
        let answer = ReverseVerdict::Reversed {
            body,
            person,
            salt: self.salt,
        };
        let mut records = vec![NodeRecord::ReversalOrdered(record)];
        records.extend(freed.map(NodeRecord::VisitFreed));
        records.extend(lifted);
        if let Some(left) = left {
            let word = reversal_told(self.home, left, original, &self.salt, rows, now)?;
            records.push(word);
        }
        Ok(Verdict::Append(records, answer))
    }
}

/// The admission that a settlement had counted.
pub(super) fn begun(original: &Committed) -> Option<(InstitutionCode, VisitNumber)> {
    let visit = &original.claim.visit;
    let counted = visit.setting.is_stay() && !original.snapshot.coverage.continued;
    counted.then(|| {
        let at = visit.episode_began_at(original.claim.institution.code);
        (at, visit.episode.clone())
    })
}

/// The totals that a decision had changed, as they stand without it. A total that was brought in anew since,
/// lower than what the settlement had added to it, ends at zero: no total is below.
pub(super) fn totals_without(decision: &Decision, account: &Account) -> Vec<(TotalSlot, i64)> {
    let mut without: BTreeMap<&TotalSlot, i64> = BTreeMap::new();
    for change in &decision.totals {
        let standing = || {
            let total = account.totals.get(&change.slot);
            total.copied().unwrap_or_default()
        };
        let value = without.entry(&change.slot).or_insert_with(standing);
        *value = value.saturating_sub(change.adds).max(0);
    }
    without
        .into_iter()
        .map(|(slot, value)| (slot.clone(), value))
        .collect()
}

/// What the accounts hold once they are given back what a decision took. What they lack since a restore is filled first.
pub(super) fn balances_without(
    decision: &Decision,
    account: &Account,
) -> Result<Balances, MoneyError> {
    account.given(paid(decision))
}

#[cfg(test)]
mod tests;
