//! The accounts of the books: whose, of which fund, and what they count.

use std::fmt;

use crate::fund::Fund;
use crate::region::RegionCode;

/// Whose account it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder {
    /// A pooling region: claims stay with it.
    Region(RegionCode),
    /// A clearing member, a province or a region that clears for itself: nets and payments are its.
    Member(RegionCode),
}

crate::canonical_enum!(Holder { 1 => Region(code), 2 => Member(code) });

/// `region/330200` or `member/330000`.
impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Region(code) => write!(f, "region/{code}"),
            Self::Member(code) => write!(f, "member/{code}"),
        }
    }
}

impl Holder {
    /// Reads what it is displayed as.
    ///
    /// # Errors
    /// Another form, or a code that is none.
    pub fn parse(text: &str) -> Result<Self, UnknownAccount> {
        let (kind, code) = text.split_once('/').ok_or(UnknownAccount)?;
        let code = RegionCode::parse(code).map_err(|_| UnknownAccount)?;
        match kind {
            "region" => Ok(Self::Region(code)),
            "member" => Ok(Self::Member(code)),
            _ => Err(UnknownAccount),
        }
    }
}

/// A text that names no account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "no account: a holder is `region/330200` or `member/330000`, and what it counts one of claims_receivable, \
     claims_payable, net_position, settlement_cash, suspense, prefund_paid, prefund_held"
)]
pub struct UnknownAccount;

/// What an account counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccountClass {
    /// What home regions owe this treatment region for agreed claims.
    ClaimsReceivable,
    /// What this home region owes treatment regions for agreed claims.
    ClaimsPayable,
    /// What a cycle's netting left to receive (debit) or to pay (credit).
    NetPosition,
    /// Money that has moved between members.
    SettlementCash,
    /// What waits for its reason or its counterpart.
    Suspense,
    /// What this member has left with others, for its insured who are treated there.
    PrefundPaid,
    /// What others have left with this member.
    PrefundHeld,
}

crate::canonical_enum!(AccountClass {
    1 => ClaimsReceivable,
    2 => ClaimsPayable,
    3 => NetPosition,
    4 => SettlementCash,
    5 => Suspense,
    6 => PrefundPaid,
    7 => PrefundHeld,
});

impl AccountClass {
    /// Every class, in the order of the numbers.
    pub const ALL: &'static [Self] = &[
        Self::ClaimsReceivable,
        Self::ClaimsPayable,
        Self::NetPosition,
        Self::SettlementCash,
        Self::Suspense,
        Self::PrefundPaid,
        Self::PrefundHeld,
    ];

    /// Reads its stable name.
    ///
    /// # Errors
    /// Another word.
    pub fn parse(text: &str) -> Result<Self, UnknownAccount> {
        let found = Self::ALL.iter().find(|class| class.as_str() == text);
        found.copied().ok_or(UnknownAccount)
    }

    /// Its stable name in files and interfaces.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ClaimsReceivable => "claims_receivable",
            Self::ClaimsPayable => "claims_payable",
            Self::NetPosition => "net_position",
            Self::SettlementCash => "settlement_cash",
            Self::Suspense => "suspense",
            Self::PrefundPaid => "prefund_paid",
            Self::PrefundHeld => "prefund_held",
        }
    }
}

impl fmt::Display for AccountClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One account of the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Account {
    /// Whose it is.
    pub holder: Holder,
    /// The fund whose money it counts.
    pub fund: Fund,
    /// What it counts.
    pub class: AccountClass,
}

crate::canonical_struct!(Account {
    holder,
    fund,
    class
});

/// `region/330200/resident_pool/claims_payable`.
impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.holder, self.fund, self.class)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::testing::golden;

    #[test]
    fn an_account_says_whose_and_what_it_is() {
        let code = RegionCode::parse("330000").unwrap();
        let account = |holder, class| Account {
            holder,
            fund: Fund::ResidentPool,
            class,
        };
        let member = account(Holder::Member(code), AccountClass::NetPosition);
        assert_eq!(
            member.to_string(),
            "member/330000/resident_pool/net_position"
        );
        let region = account(Holder::Region(code), AccountClass::Suspense);
        assert_eq!(region.to_string(), "region/330000/resident_pool/suspense");
    }

    #[test]
    fn what_an_account_is_called_is_read_back_and_nothing_else_is() {
        for class in AccountClass::ALL {
            assert_eq!(AccountClass::parse(class.as_str()), Ok(*class));
        }
        for holder in ["region/330200", "member/330000"] {
            assert_eq!(Holder::parse(holder).unwrap().to_string(), holder);
        }
        for other in ["330200", "node/330200", "region/33020", "member/"] {
            assert_eq!(Holder::parse(other), Err(UnknownAccount), "{other}");
        }
        assert_eq!(AccountClass::parse("cash"), Err(UnknownAccount));
    }

    #[test]
    fn golden_bytes() {
        let holder = Holder::Member(RegionCode::parse("330000").unwrap());
        golden(&holder, "0200050910");
        let class = AccountClass::NetPosition;
        golden(
            &Account {
                holder,
                fund: Fund::ResidentPool,
                class,
            },
            "02000509100005f3d403",
        );
    }
}
