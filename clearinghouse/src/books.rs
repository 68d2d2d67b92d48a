//! The books: what each netted cycle posts, and what every account came to.
//!
//! A plan's gross rows are booked between the regions: the creditor's claims receivable against the
//! debtor's claims payable. Netting then moves each region's claims to its member's net position. After
//! both, the regions' claims of the cycle stand at zero, the members' positions at the plan's nets, and
//! the trial balance of each fund sums to zero. Money that moves then clears the positions (`moved`). What
//! members leave with each other stands apart from both (`prefunds`).

mod moved;
mod prefunds;
mod voucher;

pub(crate) use moved::moved;
pub(crate) use prefunds::left_with;
pub(crate) use voucher::{Booking, Cause, Movement, Voucher};

use std::collections::{BTreeMap, HashMap};

use foldhash::fast::RandomState;
use huitong_core::fund::Fund;
use huitong_core::ledger::{
    Account, AccountClass, Entry, Holder, LedgerError, Posting, PostingSide,
};
use huitong_core::money::Fen;
use huitong_core::region::RegionCode;
use huitong_netting::NettingPlan;

/// The entries of a plan: the claims of each debtor region, then the netting of each fund.
///
/// # Errors
/// A plan whose nets do not follow from its gross amounts: no entry that does not balance is built.
pub fn entries(plan: &NettingPlan) -> Result<Vec<Entry>, LedgerError> {
    let mut entries = Vec::new();
    for debts in plan.gross().chunk_by(|one, next| one.debtor == next.debtor) {
        let postings = debts
            .iter()
            .filter(|row| !row.amount.is_zero())
            .flat_map(|row| {
                [
                    Posting::debit(
                        claims(row.creditor, row.fund, AccountClass::ClaimsReceivable),
                        row.amount,
                    ),
                    Posting::credit(
                        claims(row.debtor, row.fund, AccountClass::ClaimsPayable),
                        row.amount,
                    ),
                ]
            });
        entries.push(Entry::new(postings.collect())?);
    }
    let gross = plan.gross().iter();
    let owed = sums(gross.map(|row| ((row.fund, row.creditor), row.amount)))?;
    let gross = plan.gross().iter();
    let owes = sums(gross.map(|row| ((row.fund, row.debtor), row.amount)))?;
    for fund in Fund::ALL {
        let postings = netting(plan, *fund, (&owed, &owes));
        if !postings.is_empty() {
            entries.push(Entry::new(postings)?);
        }
    }
    Ok(entries)
}

const fn claims(region: RegionCode, fund: Fund, class: AccountClass) -> Account {
    Account {
        holder: Holder::Region(region),
        fund,
        class,
    }
}

/// What regions are owed, or owe, in each fund.
type Sums = Vec<((Fund, RegionCode), Fen)>;

/// Ascending by fund and region.
fn sums(rows: impl Iterator<Item = ((Fund, RegionCode), Fen)>) -> Result<Sums, LedgerError> {
    let mut sums = HashMap::<_, Fen, RandomState>::default();
    for (of, amount) in rows {
        let sum = sums.entry(of).or_insert(Fen::ZERO);
        *sum = sum.checked_add(amount)?;
    }
    let mut sums: Sums = sums.into_iter().collect();
    sums.sort_unstable();
    Ok(sums)
}

/// The postings that move one fund's claims to the net positions.
fn netting(plan: &NettingPlan, fund: Fund, (owed, owes): (&Sums, &Sums)) -> Vec<Posting> {
    let of_fund = |sums: &Sums, post: fn(Account, Fen) -> Posting, class| {
        let sums = sums.iter().filter(|((of, _), _)| *of == fund);
        let postings =
            sums.map(|((_, region), amount)| post(claims(*region, fund, class), *amount));
        postings.collect::<Vec<_>>()
    };
    let mut postings = of_fund(owed, Posting::credit, AccountClass::ClaimsReceivable);
    postings.extend(of_fund(owes, Posting::debit, AccountClass::ClaimsPayable));
    for net in plan
        .member_nets()
        .iter()
        .filter(|net| net.fund == fund && !net.amount.is_zero())
    {
        let holder = Holder::Member(net.member.code());
        let account = Account {
            holder,
            fund,
            class: AccountClass::NetPosition,
        };
        postings.push(match Fen::try_from(net.amount) {
            Ok(amount) => Posting::debit(account, amount),
            Err(_) => Posting::credit(account, net.amount.abs()),
        });
    }
    postings
}

/// What entries post to each account, ascending. A plan's rows post to the same few thousand accounts again and again.
pub(crate) fn posted(entries: &[Entry]) -> Vec<(Account, Turnover)> {
    let mut posted = HashMap::<_, _, RandomState>::default();
    for posting in entries.iter().flat_map(Entry::postings) {
        let turnover = posted.entry(posting.account).or_insert(Turnover::ZERO);
        *turnover = turnover.after(posting);
    }
    let mut posted: Vec<_> = posted.into_iter().collect();
    posted.sort_unstable_by_key(|(account, _)| *account);
    posted
}

/// What an account was debited and credited, in fen, since the first cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turnover {
    /// The sum of its debits.
    pub debits: i128,
    /// The sum of its credits.
    pub credits: i128,
}

impl Turnover {
    /// Nothing posted.
    pub const ZERO: Self = Self {
        debits: 0,
        credits: 0,
    };

    /// Debits less credits.
    #[must_use]
    pub const fn balance(self) -> i128 {
        self.debits.saturating_sub(self.credits)
    }

    /// Both together.
    #[must_use]
    pub const fn and(self, more: Self) -> Self {
        Self {
            debits: self.debits.saturating_add(more.debits),
            credits: self.credits.saturating_add(more.credits),
        }
    }

    /// After a posting. Sums of i64 amounts do not reach the end of an i128.
    #[must_use]
    pub fn after(self, posting: &Posting) -> Self {
        let amount = i128::from(posting.amount.get());
        match posting.side {
            PostingSide::Debit => Self {
                debits: self.debits.saturating_add(amount),
                ..self
            },
            PostingSide::Credit => Self {
                credits: self.credits.saturating_add(amount),
                ..self
            },
        }
    }
}

/// Every account that was ever posted to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Books(BTreeMap<Account, Turnover>);

impl Books {
    /// Accounts with what was posted to them.
    #[must_use]
    pub const fn new(accounts: BTreeMap<Account, Turnover>) -> Self {
        Self(accounts)
    }

    /// The accounts and what was posted to each.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Account, &Turnover)> {
        self.0.iter()
    }

    /// What was posted to an account.
    #[must_use]
    pub fn of(&self, account: &Account) -> Turnover {
        self.0.get(account).copied().unwrap_or(Turnover::ZERO)
    }

    /// Books entries.
    pub fn post(&mut self, entries: &[Entry]) {
        for (account, posted) in posted(entries) {
            let turnover = self.0.entry(account).or_insert(Turnover::ZERO);
            *turnover = turnover.and(posted);
        }
    }

    /// The trial balance of each fund of which anything was ever posted.
    #[must_use]
    pub fn trial_balances(&self) -> BTreeMap<Fund, i128> {
        let mut sums = BTreeMap::new();
        for (account, turnover) in &self.0 {
            let sum: &mut i128 = sums.entry(account.fund).or_insert(0);
            *sum = sum.saturating_add(turnover.balance());
        }
        sums
    }

    /// All balances of a fund, summed; zero, or the books are broken.
    #[must_use]
    pub fn trial_balance(&self, fund: Fund) -> i128 {
        let of_fund = self.0.iter().filter(|(account, _)| account.fund == fund);
        of_fund.fold(0, |sum, (_, turnover)| {
            sum.saturating_add(turnover.balance())
        })
    }
}
