//! Double entry: an entry whose debits do not equal its credits, fund by fund, cannot be built.
//!
//! A book is kept per member, region and fund. A region's claims are booked as they agree:
//! debit `claims_receivable` of the creditor, credit `claims_payable` of the debtor. A netting plan
//! moves them to the members' `net_position`; a payment moves those to `settlement_cash`; what does
//! not yet match waits in `suspense`. Each fund balances for itself in every entry, so money of one
//! fund can never stand against another's. Entries are appended, never changed: a correction is
//! [`Entry::reversed`] and a new entry. Deliberately absent: balances and dates, which are the
//! book's.

mod account;

pub use account::{Account, AccountClass, Holder, UnknownAccount};

use crate::fund::Fund;
use crate::money::{Fen, MoneyError};

/// The most postings of one entry: the largest netting plan (400 regions, 15 funds, two accounts
/// each) fits several times over.
pub const MAX_POSTINGS: usize = 65_536;

/// The side of an account that a posting goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PostingSide {
    /// The left side: receivables and cash grow.
    Debit,
    /// The right side: payables grow.
    Credit,
}

crate::canonical_enum!(PostingSide { 1 => Debit, 2 => Credit });

impl PostingSide {
    /// The other side.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Debit => Self::Credit,
            Self::Credit => Self::Debit,
        }
    }
}

/// An amount on one side of one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Posting {
    /// The account.
    pub account: Account,
    /// The side.
    pub side: PostingSide,
    /// The amount; an entry refuses zero.
    pub amount: Fen,
}

crate::canonical_struct!(Posting {
    account,
    side,
    amount
});

impl Posting {
    /// An amount on the debit side.
    #[must_use]
    pub const fn debit(account: Account, amount: Fen) -> Self {
        Self {
            account,
            side: PostingSide::Debit,
            amount,
        }
    }

    /// An amount on the credit side.
    #[must_use]
    pub const fn credit(account: Account, amount: Fen) -> Self {
        Self {
            account,
            side: PostingSide::Credit,
            amount,
        }
    }
}

/// A balanced entry: in every fund the debits equal the credits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entry {
    postings: Vec<Posting>,
}

impl Entry {
    /// The entry of these postings, kept in the order given.
    ///
    /// ```
    /// use huitong_core::{fund::Fund, ledger::*, money::Fen, region::RegionCode};
    /// let account = |region: &str, class| {
    ///     RegionCode::parse(region)
    ///         .map(|code| Account { holder: Holder::Region(code), fund: Fund::ResidentPool, class })
    /// };
    /// let amount = Fen::new(1_316_000)?;
    /// let claim = Entry::new(vec![
    ///     Posting::debit(account("510100", AccountClass::ClaimsReceivable)?, amount),
    ///     Posting::credit(account("330200", AccountClass::ClaimsPayable)?, amount),
    /// ])?;
    /// assert_eq!(claim.postings().len(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Fewer than two postings or more than [`MAX_POSTINGS`], an amount of zero, or a fund whose
    /// debits and credits differ or are beyond 10¹⁵ fen.
    pub fn new(postings: Vec<Posting>) -> Result<Self, LedgerError> {
        if !(2..=MAX_POSTINGS).contains(&postings.len()) {
            return Err(LedgerError::PostingCount {
                count: postings.len(),
            });
        }
        if let Some(posting) = postings.iter().find(|posting| posting.amount.is_zero()) {
            return Err(LedgerError::ZeroAmount {
                account: posting.account,
            });
        }
        // One pair of sums for each fund, in their order: every fund is among all.
        let mut sums = [(Fen::ZERO, Fen::ZERO); Fund::ALL.len()];
        for Posting {
            account,
            side,
            amount,
        } in &postings
        {
            let place = Fund::ALL.binary_search(&account.fund).ok();
            if let Some((debits, credits)) = place.and_then(|place| sums.get_mut(place)) {
                let sum = match side {
                    PostingSide::Debit => debits,
                    PostingSide::Credit => credits,
                };
                *sum = sum.checked_add(*amount)?;
            }
        }
        let mut sums = Fund::ALL.iter().zip(sums);
        let unbalanced = sums.find(|(_, (debits, credits))| debits != credits);
        if let Some((fund, (debits, credits))) = unbalanced {
            return Err(LedgerError::Unbalanced {
                fund: *fund,
                debits,
                credits,
            });
        }
        Ok(Self { postings })
    }

    /// The postings, in the order given.
    #[must_use]
    pub fn postings(&self) -> &[Posting] {
        &self.postings
    }

    /// The entry that takes this one back: the same amounts on the opposite sides.
    #[must_use]
    pub fn reversed(&self) -> Self {
        let opposite = |posting: &Posting| Posting {
            side: posting.side.opposite(),
            ..*posting
        };
        Self {
            postings: self.postings.iter().map(opposite).collect(),
        }
    }
}

crate::canonical_struct!(Entry { postings } via Entry::new);

/// Why postings are no entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// Too few or too many postings.
    #[error("an entry has 2 to {MAX_POSTINGS} postings, not {count}")]
    PostingCount {
        /// How many there are.
        count: usize,
    },
    /// A posting of nothing.
    #[error("a posting to {account} is zero")]
    ZeroAmount {
        /// Where it would go.
        account: Account,
    },
    /// A fund that does not balance.
    #[error("{fund} does not balance: debits {debits}, credits {credits}")]
    Unbalanced {
        /// The fund.
        fund: Fund,
        /// The sum of its debits.
        debits: Fen,
        /// The sum of its credits.
        credits: Fen,
    },
    /// A sum out of range.
    #[error(transparent)]
    Amount(#[from] MoneyError),
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::canonical::testing::{golden, laws};
    use crate::region::RegionCode;

    fn account(fund: Fund, class: AccountClass) -> Account {
        Account {
            holder: Holder::Region(RegionCode::parse("330200").unwrap()),
            fund,
            class,
        }
    }

    fn fen(fen: i64) -> Fen {
        Fen::new(fen).unwrap()
    }

    const POOL: Fund = Fund::ResidentPool;

    #[test]
    fn golden_bytes() {
        let entry = Entry::new(vec![
            Posting::debit(account(POOL, AccountClass::Suspense), fen(1)),
            Posting::credit(account(POOL, AccountClass::ClaimsPayable), fen(1)),
        ]);
        let region_and_fund = "01000509d80005f3d4";
        golden(
            &entry.unwrap(),
            &format!(
                "00000002{region_and_fund}05010000000000000001{region_and_fund}02020000000000000001"
            ),
        );
    }

    #[test]
    fn what_does_not_balance_cannot_be_built() {
        let receivable = account(POOL, AccountClass::ClaimsReceivable);
        let payable = account(POOL, AccountClass::ClaimsPayable);
        let critical = account(Fund::ResidentCriticalIllness, AccountClass::ClaimsPayable);
        let cases = [
            (vec![], LedgerError::PostingCount { count: 0 }),
            (
                vec![Posting::debit(receivable, fen(1))],
                LedgerError::PostingCount { count: 1 },
            ),
            (
                vec![
                    Posting::debit(receivable, fen(0)),
                    Posting::credit(payable, fen(0)),
                ],
                LedgerError::ZeroAmount {
                    account: receivable,
                },
            ),
            (
                vec![
                    Posting::debit(receivable, fen(3)),
                    Posting::credit(payable, fen(2)),
                ],
                LedgerError::Unbalanced {
                    fund: POOL,
                    debits: fen(3),
                    credits: fen(2),
                },
            ),
            // Equal in sum, but one fund's money would stand against another's.
            (
                vec![
                    Posting::debit(receivable, fen(3)),
                    Posting::credit(critical, fen(3)),
                ],
                LedgerError::Unbalanced {
                    fund: POOL,
                    debits: fen(3),
                    credits: fen(0),
                },
            ),
            (
                vec![
                    Posting::debit(receivable, Fen::MAX),
                    Posting::debit(receivable, fen(1)),
                ],
                LedgerError::Amount(MoneyError::OutOfRange),
            ),
        ];
        for (postings, expected) in cases {
            assert_eq!(Entry::new(postings), Err(expected));
        }
        let many = vec![Posting::debit(receivable, fen(1)); MAX_POSTINGS + 1];
        assert_eq!(
            Entry::new(many),
            Err(LedgerError::PostingCount {
                count: MAX_POSTINGS + 1
            })
        );
    }

    proptest! {
        /// Any amounts balanced by one opposite posting make an entry; an entry taken back twice is
        /// the entry; and one fen more on either side is refused.
        #[test]
        fn entries_balance(
            amounts in prop::collection::vec(1_i64..1_000_000, 1..6), fund in prop::sample::select(Fund::ALL),
        ) {
            let total = Fen::sum(amounts.iter().copied().map(fen)).unwrap();
            let payable = account(fund, AccountClass::ClaimsPayable);
            let mut postings = vec![Posting::debit(account(fund, AccountClass::ClaimsReceivable), total)];
            postings.extend(amounts.iter().map(|amount| Posting::credit(payable, fen(*amount))));
            let entry = Entry::new(postings.clone()).unwrap();
            laws(&entry);
            prop_assert_ne!(&entry.reversed(), &entry);
            prop_assert_eq!(&Entry::new(entry.reversed().postings().to_vec()).unwrap().reversed(), &entry);
            postings[0].amount = total.checked_add(fen(1)).unwrap();
            prop_assert!(Entry::new(postings).is_err(), "an unbalanced entry was built");
        }
    }
}
