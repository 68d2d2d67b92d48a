//! `opening_totals.csv`: what a person had used of each declared total when the node took over.

use huitong_core::date::ServiceDate;
use huitong_core::money::Fen;
use huitong_core::name::Name;
use huitong_core::record::registry::OpeningTotal;
use huitong_core::totals::{Stretch, TotalSlot};

use super::cell::{self, Wrong, wrong};
use super::table::{Column, Need, Row, Sheet};

/// The column of the amounts.
pub(super) const AMOUNT: &str = "amount";
const COLUMNS: &[Column] = &[
    ("psn_no", Need::Required),
    ("total", Need::Required),
    ("stretch", Need::Required),
    ("key", Need::Optional),
    (AMOUNT, Need::Optional),
    ("count", Need::Optional),
];
const COUNT_AT_MOST: u64 = 1_000_000;

/// A total and what of it is money.
#[derive(Debug)]
pub(super) struct Opening {
    pub(super) total: OpeningTotal,
    pub(super) amount: Fen,
}

pub(super) fn read(bytes: &[u8], as_of: ServiceDate) -> Sheet<Opening> {
    let mut sheet = Sheet::read(bytes, COLUMNS, |row| opening(row, as_of));
    sheet.once("total", |opening| {
        vec![(opening.total.psn_no, opening.total.slot.clone())]
    });
    sheet
}

fn opening(row: &Row<'_>, as_of: ServiceDate) -> Option<Opening> {
    let psn_no = row.required("psn_no", cell::psn_no);
    let name = row.required("total", cell::scalar::<Name>);
    let stretch = row.required("stretch", |text| stretch(text, as_of));
    let key = row.optional("key", key);
    let amount = row.optional(AMOUNT, cell::yuan);
    let count = row.optional("count", cell::count::<i64>(COUNT_AT_MOST));
    let (amount, value) = match (amount?, count?) {
        (Some(amount), None) => (amount, amount.get()),
        (None, Some(count)) => (Fen::ZERO, count),
        (None, None) | (Some(_), Some(_)) => {
            let en = "fill either amount (a sum in yuan) or count (a number of times)";
            row.fault(
                AMOUNT,
                en,
                "金额（amount，元）与次数（count）须且只能填一项",
            );
            return None;
        }
    };
    let slot = TotalSlot {
        name: name?,
        stretch: stretch?,
        key: key?,
    };
    Some(Opening {
        total: OpeningTotal {
            psn_no: psn_no?,
            slot,
            value,
        },
        amount,
    })
}

/// `year:2023`, `quarter:2023-2`, `month:2023-05` or `life`, begun on the day that totals stand for.
fn stretch(text: &str, as_of: ServiceDate) -> Result<Stretch, Wrong> {
    let unknown = || {
        wrong(
            "write year:2023, quarter:2023-2, month:2023-05 or life",
            "应为 year:2023、quarter:2023-2、month:2023-05 或 life",
        )
    };
    let (stretch, first) = match text.split_once(':') {
        None if text == "life" => return Ok(Stretch::Life),
        Some(("year", year)) => {
            let year = number(year, 4).ok_or_else(unknown)?;
            (Stretch::Year(year), day(year, 1))
        }
        Some(("quarter", text)) => {
            let (year, quarter) = parts(text, 1, 4).ok_or_else(unknown)?;
            (
                Stretch::Quarter(year, quarter),
                day(year, quarter.saturating_mul(3).saturating_sub(2)),
            )
        }
        Some(("month", text)) => {
            let (year, month) = parts(text, 2, 12).ok_or_else(unknown)?;
            (Stretch::Month(year, month), day(year, month))
        }
        None | Some((_, _)) => return Err(unknown()),
    };
    if first.ok_or_else(unknown)? <= as_of {
        Ok(stretch)
    } else {
        Err(wrong(
            format!("it begins after {as_of}, the day that the totals stand for"),
            format!("晚于累计截止日 {as_of}"),
        ))
    }
}

fn day(year: u16, month: u8) -> Option<ServiceDate> {
    ServiceDate::new(year, month, 1).ok()
}

fn number(text: &str, width: usize) -> Option<u16> {
    let shaped = text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit());
    if shaped { text.parse().ok() } else { None }
}

/// A year and the number of a part of it, from 1.
fn parts(text: &str, width: usize, at_most: u16) -> Option<(u16, u8)> {
    let (year, part) = text.split_once('-')?;
    let part = number(part, width).filter(|part| (1..=at_most).contains(part))?;
    Some((number(year, 4)?, u8::try_from(part).ok()?))
}

fn key(text: &str) -> Result<String, Wrong> {
    if text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(text.to_owned())
    } else {
        Err(wrong(
            "at most 64 visible ASCII characters",
            "最多 64 个可见 ASCII 字符",
        ))
    }
}
