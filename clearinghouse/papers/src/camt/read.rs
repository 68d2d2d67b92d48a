//! A bank's camt.053.001.08 file as what moved on one account: booked entries between two balances.
//!
//! Only what is booked counts. Whatever would make the file say less than it seems to (another currency, a part of a fen, one
//! entry for several transactions, balances that its entries do not come to) is a fault, and nothing of the file is taken.
//! Deliberately absent: what an entry was for, beyond the texts that it bears; and days of another zone, which are taken as
//! the bank wrote them.

use std::collections::BTreeSet;

use huitong_core::date::BusinessDay;
use huitong_core::money::{Fen, SignedFen};

use super::REFERENCE_AT_MOST;
use super::fault::{BankFileFault, Wrong};
use super::tree::{self, Element};

/// What a bank writes where whoever paid gave no reference.
const NO_REFERENCE: &str = "NOTPROVIDED";

/// A bank's statement of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankFile {
    /// The account, as the bank names it.
    pub account: String,
    /// The first day.
    pub from: BusinessDay,
    /// The last day.
    pub until: BusinessDay,
    /// What was on the account before the first day.
    pub opening: SignedFen,
    /// What was on it after the last day.
    pub closing: SignedFen,
    /// What was booked, in the file's order.
    pub entries: Vec<BankEntry>,
    /// How many entries are not booked yet, and left out.
    pub not_booked: usize,
}

/// One booked entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankEntry {
    /// Where it stands in the file.
    pub line: u64,
    /// The bank's own name of it.
    pub bank_reference: String,
    /// The day on which it was booked.
    pub on: BusinessDay,
    /// Whether the account has more by it.
    pub came_in: bool,
    /// How much.
    pub amount: Fen,
    /// Whether the bank takes an earlier entry back by it.
    pub is_reversal: bool,
    /// With whom it moved, as the bank names them; empty when it does not say.
    pub party: String,
    /// The texts that it bears: what whoever paid named it, and what they wrote.
    pub bears: Vec<String>,
}

impl BankFile {
    /// Reads a file.
    ///
    /// # Errors
    /// [`BankFileFault`].
    pub fn read(bytes: &[u8]) -> Result<Self, BankFileFault> {
        let root = tree::read(bytes)?;
        if root.name != "Document" {
            return Err(root.fault(Wrong::Word(root.name.clone())));
        }
        let statement = root.need("BkToCstmrStmt")?.need("Stmt")?;
        let (opening, opened) = opening(statement)?;
        let (closing, closed, _) = balance(statement, &["CLBD"])?;
        let (from, until) = match statement.one("FrToDt")? {
            Some(days) => (day(days.need("FrDtTm")?)?, day(days.need("ToDtTm")?)?),
            None => (opened, closed),
        };
        let mut file = Self {
            account: account(statement.need("Acct")?)?,
            from,
            until,
            opening,
            closing,
            entries: Vec::new(),
            not_booked: 0,
        };
        let mut names = BTreeSet::new();
        for entry in statement.all("Ntry") {
            if !is_booked(entry.need("Sts")?)? {
                file.not_booked = file.not_booked.saturating_add(1);
                continue;
            }
            let read = booked(entry)?;
            if read.on < from || read.on > until {
                return Err(entry.fault(Wrong::OtherDay(read.on.to_string())));
            }
            let name = (read.bank_reference.clone(), read.is_reversal);
            if !names.insert(name) {
                return Err(entry.fault(Wrong::ReferenceTwice(read.bank_reference)));
            }
            file.entries.push(read);
        }
        file.adds_up(statement)?;
        Ok(file)
    }

    /// Whether the entries lead from the one balance to the other.
    fn adds_up(&self, statement: &Element) -> Result<(), BankFileFault> {
        let beyond = |_| statement.fault(Wrong::TooLarge);
        let entries = self.entries.iter();
        let entries = entries.map(|entry| (entry.came_in, entry.amount));
        let sum = super::balance(self.opening, entries).map_err(beyond)?;
        if sum == self.closing {
            return Ok(());
        }
        let found = format!("{sum}, not {}", self.closing);
        Err(statement.fault(Wrong::Sum(found)))
    }
}

/// The account's number: international, or the bank's own.
fn account(account: &Element) -> Result<String, BankFileFault> {
    if let Some(currency) = account.one("Ccy")? {
        in_yuan(currency, currency.text())?;
    }
    let id = account.need("Id")?;
    let number = match id.one("IBAN")? {
        Some(number) => number,
        None => id.need("Othr")?.need("Id")?,
    };
    if number.text().is_empty() {
        return Err(number.fault(Wrong::Missing));
    }
    Ok(number.text().to_owned())
}

fn in_yuan(at: &Element, currency: &str) -> Result<(), BankFileFault> {
    if currency == "CNY" {
        return Ok(());
    }
    Err(at.fault(Wrong::Currency(currency.to_owned())))
}

/// The balance before the first day, and that day: that of the closing before bears the day before.
fn opening(statement: &Element) -> Result<(SignedFen, BusinessDay), BankFileFault> {
    let (opening, on, code) = balance(statement, &["OPBD", "PRCD"])?;
    if code != "PRCD" {
        return Ok((opening, on));
    }
    let beyond = |_| statement.fault(Wrong::OtherDay(on.to_string()));
    Ok((opening, on.plus_days(1).map_err(beyond)?))
}

/// The first balance of one of these codes, its day and its code.
fn balance<'a>(
    statement: &Element,
    codes: &[&'a str],
) -> Result<(SignedFen, BusinessDay, &'a str), BankFileFault> {
    for wanted in codes {
        let mut found = None;
        for balance in statement.all("Bal") {
            let code = balance.need("Tp")?.need("CdOrPrtry")?.one("Cd")?;
            if code.is_some_and(|code| code.text() == *wanted) {
                if found.is_some() {
                    return Err(balance.fault(Wrong::Repeated));
                }
                found = Some(balance);
            }
        }
        if let Some(balance) = found {
            let amount = SignedFen::from(amount(balance.need("Amt")?)?);
            let on = day(chosen(balance.need("Dt")?)?)?;
            let beyond = |_| balance.fault(Wrong::TooLarge);
            let signed = if is_credit(balance.need("CdtDbtInd")?)? {
                amount
            } else {
                SignedFen::ZERO.checked_sub(amount).map_err(beyond)?
            };
            return Ok((signed, on, *wanted));
        }
    }
    Err(BankFileFault {
        line: statement.line,
        place: format!("{}/Bal[{}]", statement.name, codes.join("|")),
        wrong: Wrong::Missing,
    })
}

/// An amount in yuan. Places beyond the fen may stand there, and say nothing.
fn amount(at: &Element) -> Result<Fen, BankFileFault> {
    in_yuan(at, at.currency.as_deref().unwrap_or_default())?;
    let text = at.text();
    let wrong = || at.fault(Wrong::Amount(text.to_owned()));
    let fen = match text.split_once('.') {
        Some((yuan, places)) if places.len() > 2 => {
            let (fen, beyond) = places.split_at_checked(2).ok_or_else(wrong)?;
            if beyond.bytes().any(|place| place != b'0') {
                return Err(wrong());
            }
            Fen::parse_yuan(&format!("{yuan}.{fen}"))
        }
        Some(_) | None => Fen::parse_yuan(text),
    };
    fen.map_err(|_| wrong())
}

fn is_credit(at: &Element) -> Result<bool, BankFileFault> {
    match at.text() {
        "CRDT" => Ok(true),
        "DBIT" => Ok(false),
        other => Err(at.fault(Wrong::Word(other.to_owned()))),
    }
}

/// Whether an entry is booked, and not announced or for information.
fn is_booked(status: &Element) -> Result<bool, BankFileFault> {
    let code = status.need("Cd")?;
    match code.text() {
        "BOOK" => Ok(true),
        "PDNG" | "INFO" | "FUTR" => Ok(false),
        other => Err(code.fault(Wrong::Word(other.to_owned()))),
    }
}

/// A day, or a day and a time, whichever stands there.
fn chosen(at: &Element) -> Result<&Element, BankFileFault> {
    match at.one("DtTm")? {
        Some(moment) => Ok(moment),
        None => at.need("Dt"),
    }
}

/// The day that is written, with or without a time.
fn day(at: &Element) -> Result<BusinessDay, BankFileFault> {
    let text = at.text();
    let wrong = || at.fault(Wrong::Day(text.to_owned()));
    let (day, rest) = text.split_at_checked(10).ok_or_else(wrong)?;
    if !rest.is_empty() && !rest.starts_with(['T', 'Z', '+', '-']) {
        return Err(wrong());
    }
    BusinessDay::parse(day).map_err(|_| wrong())
}

fn booked(entry: &Element) -> Result<BankEntry, BankFileFault> {
    let transaction = transaction(entry)?;
    let is_reversal = match entry.one("RvslInd")? {
        None => false,
        Some(at) => match at.text() {
            "true" | "1" => true,
            "false" | "0" => false,
            other => return Err(at.fault(Wrong::Word(other.to_owned()))),
        },
    };
    let came_in = is_credit(entry.need("CdtDbtInd")?)?;
    let party = match transaction {
        Some(transaction) => party(transaction, if came_in { "Dbtr" } else { "Cdtr" })?,
        None => String::new(),
    };
    Ok(BankEntry {
        line: entry.line,
        party,
        bank_reference: bank_reference(entry, transaction)?,
        on: day(chosen(entry.need("BookgDt")?)?)?,
        came_in,
        amount: amount(entry.need("Amt")?)?,
        is_reversal,
        bears: match transaction {
            Some(transaction) => bears(transaction)?,
            None => Vec::new(),
        },
    })
}

/// The name of whoever is on the other side.
fn party(transaction: &Element, side: &str) -> Result<String, BankFileFault> {
    let mut at = Some(transaction);
    for name in ["RltdPties", side, "Pty", "Nm"] {
        at = match at {
            Some(element) => element.one(name)?,
            None => None,
        };
    }
    Ok(at.map(|name| name.text().to_owned()).unwrap_or_default())
}

/// The one transaction of an entry, where the bank tells of it.
fn transaction(entry: &Element) -> Result<Option<&Element>, BankFileFault> {
    let details = entry.all("NtryDtls");
    let mut all = details.clone().flat_map(|details| details.all("TxDtls"));
    let first = all.next();
    if let Some(second) = all.next() {
        return Err(second.fault(Wrong::Batch));
    }
    for batch in details.flat_map(|details| details.all("Btch")) {
        if let Some(number) = batch.one("NbOfTxs")?
            && number.text() != "1"
        {
            return Err(number.fault(Wrong::Batch));
        }
    }
    Ok(first)
}

/// The bank's own reference. One that is too long for its field stands in the remarks, where this program writes it.
fn bank_reference(entry: &Element, transaction: Option<&Element>) -> Result<String, BankFileFault> {
    let refs = match transaction {
        Some(transaction) => transaction.one("Refs")?,
        None => None,
    };
    let of_transaction = match refs {
        Some(refs) => refs.one("AcctSvcrRef")?,
        None => None,
    };
    let remark = entry.one("AddtlNtryInf")?.filter(|remark| {
        let text = remark.text();
        text.chars().count() > REFERENCE_AT_MOST && !text.contains(char::is_whitespace)
    });
    let named = entry.one("AcctSvcrRef")?.or(of_transaction).or(remark);
    let named = named.filter(|named| !named.text().is_empty());
    let named = named.ok_or_else(|| entry.fault(Wrong::NoReference))?;
    Ok(named.text().to_owned())
}

/// What a transaction bears: its name from end to end, and what was written to it.
fn bears(transaction: &Element) -> Result<Vec<String>, BankFileFault> {
    let mut texts = Vec::new();
    if let Some(refs) = transaction.one("Refs")?
        && let Some(name) = refs.one("EndToEndId")?
    {
        texts.push(name);
    }
    if let Some(remittance) = transaction.one("RmtInf")? {
        texts.extend(remittance.all("Ustrd"));
        let structured = remittance.all("Strd").flat_map(|of| of.all("CdtrRefInf"));
        texts.extend(structured.flat_map(|of| of.all("Ref")));
    }
    let texts = texts.into_iter().map(Element::text);
    let said = texts.filter(|text| !text.is_empty() && *text != NO_REFERENCE);
    Ok(said.map(str::to_owned).collect())
}
