//! The funds and accounts that pay, after the national `fund_pay_type` table.
//!
//! A closed list: amounts are never moved between two of them, and every total, net and statement
//! is per fund. Three numbers are our own, for what the table has no number for:
//! `310299` for the family account, whose money the interface reports beside the table, `999901` for a
//! commercial tier, and `999902` for what a home region bears of a provisional settlement's loss. Deliberately absent: cash and the hospital's own part, which no
//! fund pays and nothing clears.

use std::fmt;
use std::str::FromStr;

macro_rules! funds {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $name:literal, $chinese:literal, $english:literal;)*) => {
        /// A fund or account. Ordered by its number.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Fund {
            $($(#[$doc])* $variant,)*
        }

        impl Fund {
            /// Every fund, in the order of the numbers.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its number in the national table.
            #[must_use]
            pub const fn code(self) -> u32 {
                match self { $(Self::$variant => $code,)* }
            }

            /// Its stable name in files and interfaces.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What people call it, in Chinese.
            #[must_use]
            pub const fn chinese(self) -> &'static str {
                match self { $(Self::$variant => $chinese,)* }
            }

            /// What people call it, in English.
            #[must_use]
            pub const fn english(self) -> &'static str {
                match self { $(Self::$variant => $english,)* }
            }
        }
    };
}

funds! {
    /// The pooled fund of employees' basic insurance.
    EmployeePool = 310_100, "employee_pool", "职工基本医疗保险统筹基金", "Employee pooled fund";
    /// Maternity benefits paid by employees' basic insurance.
    EmployeeMaternity = 310_103, "employee_maternity", "职工基本医疗保险生育待遇", "Employee maternity benefits";
    /// The person's own account.
    OwnAccount = 310_200, "own_account", "个人账户", "Personal account";
    /// The account of a family member who lets this person use it.
    FamilyAccount = 310_299, "family_account", "家庭共济账户", "Family account";
    /// Assistance for civil servants.
    CivilServant = 320_100, "civil_servant", "公务员医疗补助基金", "Civil servants' assistance";
    /// Employees' large expenses.
    LargeExpense = 330_100, "large_expense", "职工大额医疗费用补助基金", "Employee large-expense fund";
    /// Retired cadres.
    RetiredCadre = 340_100, "retired_cadre", "离休人员医疗保障基金", "Retired cadres' fund";
    /// Disabled soldiers of the first to sixth class.
    DisabledSoldier = 350_100, "disabled_soldier", "一至六级残疾军人医疗补助基金", "Disabled soldiers' assistance";
    /// An employer's supplement.
    EnterpriseSupplement = 370_100, "enterprise_supplement", "企业补充医疗保险基金", "Enterprise supplement";
    /// The pooled fund of residents' basic insurance.
    ResidentPool = 390_100, "resident_pool", "城乡居民基本医疗保险基金", "Resident pooled fund";
    /// Residents' critical illness.
    ResidentCriticalIllness = 390_200, "resident_critical_illness", "城乡居民大病保险资金", "Resident critical illness";
    /// Maternity insurance.
    Maternity = 510_100, "maternity", "生育保险基金", "Maternity insurance";
    /// Medical assistance.
    MedicalAssistance = 610_100, "medical_assistance", "医疗救助基金", "Medical assistance";
    /// Re-assistance of those whom assistance leaves with a heavy burden.
    ReAssistance = 610_102, "re_assistance", "倾斜救助", "Re-assistance";
    /// A commercial tier settled in the same run.
    Commercial = 999_901, "commercial", "商业补充医疗保险", "Commercial supplement";
    /// What the home region bears of the loss of provisional settlements; it pays no benefit.
    ProvisionalLoss = 999_902, "provisional_loss", "先行结算损失", "Provisional-settlement losses";
}

impl Fund {
    /// Whether it is one person's money: the own or the family account.
    #[must_use]
    pub const fn is_account(self) -> bool {
        matches!(self, Self::OwnAccount | Self::FamilyAccount)
    }

    /// The fund of this number.
    ///
    /// # Errors
    /// [`FundError`] for a number that is not in the list.
    pub fn from_code(code: u32) -> Result<Self, FundError> {
        Self::ALL
            .iter()
            .copied()
            .find(|fund| fund.code() == code)
            .ok_or(FundError)
    }

    /// Reads the stable name.
    ///
    /// # Errors
    /// [`FundError`] for a name that is not in the list.
    pub fn parse(text: &str) -> Result<Self, FundError> {
        Self::ALL
            .iter()
            .copied()
            .find(|fund| fund.as_str() == text)
            .ok_or(FundError)
    }
}

crate::canonical_as!(Fund as u32, |fund| fund.code(), Fund::from_code);

impl fmt::Display for Fund {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Fund {
    type Err = FundError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// A name or number of no fund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such fund; the funds are {}", list())]
pub struct FundError;

impl FundError {
    /// The same in Chinese.
    #[must_use]
    pub fn chinese(self) -> String {
        format!("没有该基金，可用的基金有 {}", list())
    }
}

fn list() -> String {
    Fund::ALL
        .iter()
        .map(|fund| fund.as_str())
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::testing::golden;

    #[test]
    fn name_and_number_lead_back_to_the_fund() {
        for fund in Fund::ALL {
            assert_eq!(Fund::from_code(fund.code()), Ok(*fund));
            assert_eq!(fund.to_string().parse(), Ok(*fund));
            golden(fund, &format!("{:08x}", fund.code()));
        }
        assert_eq!(Fund::from_code(310_101), Err(FundError));
        assert_eq!(Fund::parse("EmployeePool"), Err(FundError));
        assert!(
            FundError
                .to_string()
                .ends_with("commercial, provisional_loss")
        );
    }

    #[test]
    fn funds_order_by_number() {
        assert!(Fund::ALL.is_sorted_by(|a, b| a < b && a.code() < b.code()));
        assert_eq!(Fund::ALL.len(), 16);
    }

    #[test]
    fn two_of_them_are_accounts() {
        let accounts: Vec<_> = Fund::ALL.iter().filter(|fund| fund.is_account()).collect();
        assert_eq!(accounts, [&Fund::OwnAccount, &Fund::FamilyAccount]);
    }
}
