//! The books: what each netted cycle posts, and what every account came to.
//!
//! A plan's gross rows are booked between the regions: the creditor's claims receivable against the
//! debtor's claims payable. Netting then moves each region's claims to its member's net position. After
//! both, the regions' claims of the cycle stand at zero, the members' positions at the plan's nets, and
//! the trial balance of each fund sums to zero. Money that moves then clears the positions (`moved`). What
//! members leave with each other stands apart from both (`prefunds`).

mod moved;
mod prefunds;

pub(crate) use moved::moved;
pub(crate) use prefunds::left_with;

use std::collections::BTreeMap;

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
    for fund in Fund::ALL {
        let postings = netting(plan, *fund)?;
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

/// The postings that move one fund's claims to the net positions.
fn netting(plan: &NettingPlan, fund: Fund) -> Result<Vec<Posting>, LedgerError> {
    let mut owed: BTreeMap<RegionCode, Fen> = BTreeMap::new();
    let mut owes: BTreeMap<RegionCode, Fen> = BTreeMap::new();
    for row in plan.gross().iter().filter(|row| row.fund == fund) {
        for (side, region) in [(&mut owed, row.creditor), (&mut owes, row.debtor)] {
            let sum = side.entry(region).or_insert(Fen::ZERO);
            *sum = sum.checked_add(row.amount)?;
        }
    }
    let mut postings = Vec::new();
    postings.extend(owed.iter().map(|(region, amount)| {
        Posting::credit(
            claims(*region, fund, AccountClass::ClaimsReceivable),
            *amount,
        )
    }));
    postings.extend(owes.iter().map(|(region, amount)| {
        Posting::debit(claims(*region, fund, AccountClass::ClaimsPayable), *amount)
    }));
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
    Ok(postings)
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

    /// Books an entry.
    pub fn post(&mut self, entry: &Entry) {
        for posting in entry.postings() {
            let turnover = self.0.entry(posting.account).or_insert(Turnover::ZERO);
            *turnover = turnover.after(posting);
        }
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
