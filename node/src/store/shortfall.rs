//! What accounts lack since a restore: more came back as paid from them than they held, and what had filled them did not.
//!
//! No account is below nothing. What it lacks stands beside it until it is given as much, or until somebody says what it
//! holds who knows better. No record says so; it follows from what records say was paid, given back and held, so that it
//! is derived again with the rows. On a node that was never restored nothing is ever lacking, but at the new home of
//! somebody whose late claim was counted in only once it stood.

use huitong_core::coverage::Balances;
use huitong_core::fund::Fund;
use huitong_core::money::{Fen, MoneyError};

use super::{Account, StoreError};

/// Money that a record moves, in one direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moved {
    /// Paid from the accounts.
    From(Balances),
    /// Given to the accounts.
    To(Balances),
}

impl Account {
    /// What the accounts hold once they are given something: what they lack is filled first.
    ///
    /// # Errors
    /// [`MoneyError`] when a sum is out of range.
    pub fn given(&self, given: Balances) -> Result<Balances, MoneyError> {
        let (held, left) = (self.balances, self.left_of(given));
        Ok(Balances {
            own: held.own.checked_add(left.own)?,
            family: held.family.checked_add(left.family)?,
        })
    }

    /// What is left of something given once what the accounts lack is filled.
    #[must_use]
    pub fn left_of(&self, given: Balances) -> Balances {
        Balances {
            own: given.own.saturating_sub(self.lacks.own),
            family: given.family.saturating_sub(self.lacks.family),
        }
    }

    /// Has the accounts hold what a record says that they hold after it, and lack what follows from that.
    ///
    /// # Errors
    /// [`StoreError::Range`] when a sum is out of range.
    pub fn moved(&mut self, moved: Moved, after: Balances) -> Result<(), StoreError> {
        let (held, lacks) = (self.balances, self.lacks);
        let lacks = match moved {
            Moved::From(paid) => more(lacks, paid, held),
            // What was given and is not held has filled what was lacking. Of what an earlier program wrote all is held.
            Moved::To(given) => Ok(Balances {
                own: less(lacks.own, given.own, (held.own, after.own)),
                family: less(lacks.family, given.family, (held.family, after.family)),
            }),
        };
        self.lacks = lacks.map_err(|_| StoreError::Range("what an account lacks"))?;
        self.balances = after;
        Ok(())
    }

    /// Has the accounts hold what somebody says that they hold, and lack nothing.
    pub const fn hold(&mut self, balances: Balances) {
        self.balances = balances;
        self.lacks = Balances::NONE;
    }
}

fn more(lacks: Balances, paid: Balances, held: Balances) -> Result<Balances, MoneyError> {
    Ok(Balances {
        own: lacks.own.checked_add(paid.own.saturating_sub(held.own))?,
        family: lacks
            .family
            .checked_add(paid.family.saturating_sub(held.family))?,
    })
}

fn less(lacks: Fen, given: Fen, (before, after): (Fen, Fen)) -> Fen {
    lacks.saturating_sub(given.saturating_sub(after.saturating_sub(before)))
}

/// What of a debt's amounts was paid from the person's accounts.
#[must_use]
pub fn from_accounts(amounts: &[(Fund, Fen)]) -> Balances {
    let of = |wanted: Fund| {
        let paid = amounts.iter().find(|(fund, _)| *fund == wanted);
        paid.map_or(Fen::ZERO, |(_, amount)| *amount)
    };
    Balances {
        own: of(Fund::OwnAccount),
        family: of(Fund::FamilyAccount),
    }
}
