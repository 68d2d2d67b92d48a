//! Splitting a bill by the treatment catalogue: over limit, first-pay, in scope, out of scope (rule 1).
//!
//! What a line is belongs to the treatment region; which entry holds for a code on a day is looked up by
//! the caller. A code that the catalogue does not know is an error here: a line falls out of scope only
//! where the catalogue says so, by class C, by restriction, or by its own rule for what it does not list.

use huitong_core::bill::{Bill, BillError, NetLine, Parts, SplitBill, SplitLine};
use huitong_core::catalogue::{CatalogueEntry, Listing};
use huitong_core::catalogue_code::CatalogueCode;
use huitong_core::date::ServiceDate;
use huitong_core::money::{Fen, MoneyError};
use huitong_core::ratio::Ratio;
use huitong_core::rounding::{half_up_to_fen, share};
use huitong_core::vocabulary::{CatalogueClass, Grade};
use rust_decimal::Decimal;

/// Why a bill cannot be split.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SplitError {
    /// The catalogue has no entry for a code on the day of the line.
    #[error(
        "line {line}: the catalogue has no entry for {code} on {date}: correct the code or the date"
    )]
    UnknownCode {
        /// The line.
        line: u32,
        /// Its code.
        code: CatalogueCode,
        /// Its date.
        date: ServiceDate,
    },
    /// An amount of a line is out of range.
    #[error("line {line}: {fault}")]
    Line {
        /// The line.
        line: u32,
        /// What is wrong.
        fault: MoneyError,
    },
    /// The bill as a whole is out of range.
    #[error(transparent)]
    Bill(#[from] BillError),
}

/// Splits one line; `None` says that the catalogue lists the item as wholly out of scope.
///
/// Over limit is max(0, amount − R(limit × quantity)), first-pay R(ratio × (amount − over limit)). Class A
/// bears nothing first, class C and a restricted item that the hospital did not approve are out of scope.
///
/// # Errors
/// [`MoneyError`] when limit × quantity is out of range.
pub fn split_line(
    entry: Option<&CatalogueEntry>,
    line: &NetLine,
    price_grade: Grade,
) -> Result<Parts, MoneyError> {
    let out = Parts {
        out_of_scope: line.amount,
        ..Parts::ZERO
    };
    let Some(entry) = entry else { return Ok(out) };
    let first_ratio = match entry.class {
        CatalogueClass::A => Ratio::ZERO,
        CatalogueClass::B => entry.first_pay,
        CatalogueClass::C => return Ok(out),
    };
    if entry.restricted && !line.approved {
        return Ok(out);
    }
    let over_limit = match entry.limit(price_grade) {
        None => Fen::ZERO,
        Some(limit) => line.amount.saturating_sub(payable(limit, line.quantity)?),
    };
    let within = line.amount.checked_sub(over_limit)?;
    let first_pay = share(within, first_ratio)?;
    Ok(Parts {
        in_scope: within.checked_sub(first_pay)?,
        first_pay,
        over_limit,
        out_of_scope: Fen::ZERO,
    })
}

/// R(limit × quantity).
fn payable(limit: Fen, quantity: Decimal) -> Result<Fen, MoneyError> {
    let exact = Decimal::from(limit.get())
        .checked_mul(quantity)
        .ok_or(MoneyError::OutOfRange)?;
    half_up_to_fen(exact).and_then(Fen::try_from)
}

/// Splits a bill line by line, with what `look_up` finds for the code and day of each.
///
/// # Errors
/// [`SplitError::UnknownCode`] for the first line that the catalogue does not know.
pub fn split_bill<'a>(
    bill: &Bill,
    price_grade: Grade,
    look_up: impl Fn(CatalogueCode, ServiceDate) -> Option<Listing<'a>>,
) -> Result<SplitBill, SplitError> {
    let lines = bill.net_lines()?.into_iter().map(|line| {
        let number = line.number;
        let listing = look_up(line.code, line.date).ok_or(SplitError::UnknownCode {
            line: number,
            code: line.code,
            date: line.date,
        })?;
        let (entry, tags) = match listing {
            Listing::Entry(entry) => (Some(entry), entry.tags.clone()),
            Listing::OutOfScope => (None, Vec::new()),
        };
        let parts = split_line(entry, &line, price_grade).map_err(|fault| SplitError::Line {
            line: number,
            fault,
        })?;
        Ok(SplitLine {
            number,
            parts,
            tags,
        })
    });
    let lines = lines.collect::<Result<Vec<_>, SplitError>>()?;
    Ok(SplitBill::new(lines)?)
}
