//! A bank's statement as ISO 20022 camt.053.001.08: what moved on an account in some days, between two balances. Here it is
//! written; [`read`] reads what a bank wrote.
//!
//! Texts longer than their field are not cut where they name something: a bank's reference that is too long for its
//! field stands in the remarks. Characters that XML does not have become question marks.

mod fault;
pub mod read;
mod tree;

use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::money::{Fen, MoneyError, SignedFen};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

pub use self::fault::{BankFileFault, Wrong};
use crate::PaperError;

const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08";
/// The longest reference.
const REFERENCE_AT_MOST: usize = 35;
/// The longest remark on a payment.
const REMARK_AT_MOST: usize = 140;

/// What moved on an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountStatement {
    /// The name of this paper: at most 35 letters.
    pub name: String,
    /// The account: at most 34 letters.
    pub account: String,
    /// The first day.
    pub from: BusinessDay,
    /// The last day.
    pub until: BusinessDay,
    /// When it was written.
    pub at: Timestamp,
    /// What was on the account before the first day; below zero when more went out than came in.
    pub opening: SignedFen,
    /// What moved, in the order in which it is to stand.
    pub movements: Vec<Movement>,
}

/// One movement of money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// The bank's own name of it.
    pub bank_reference: String,
    /// The day on which the bank booked it.
    pub on: BusinessDay,
    /// Whether it came in.
    pub came_in: bool,
    /// How much.
    pub amount: Fen,
    /// From whom it came, or to whom it went.
    pub party: String,
    /// What it bears; empty for nothing.
    pub bears: String,
}

impl Movement {
    /// Whether it came in, and how much.
    #[must_use]
    pub const fn moved(&self) -> (bool, Fen) {
        (self.came_in, self.amount)
    }
}

/// What is on an account after these movements: whether each came in, and how much.
///
/// # Errors
/// A sum out of range.
pub fn balance(
    opening: SignedFen,
    movements: impl IntoIterator<Item = (bool, Fen)>,
) -> Result<SignedFen, MoneyError> {
    let mut movements = movements.into_iter();
    movements.try_fold(opening, |sum, (came_in, amount)| {
        let amount = SignedFen::from(amount);
        if came_in {
            sum.checked_add(amount)
        } else {
            sum.checked_sub(amount)
        }
    })
}

impl AccountStatement {
    /// What was on the account after the last day.
    ///
    /// # Errors
    /// A sum out of range.
    pub fn closing(&self) -> Result<SignedFen, PaperError> {
        Ok(balance(
            self.opening,
            self.movements.iter().map(Movement::moved),
        )?)
    }

    /// The paper.
    ///
    /// # Errors
    /// [`PaperError`].
    pub fn to_xml(&self) -> Result<Vec<u8>, PaperError> {
        let mut xml = Xml::new()?;
        xml.open("Document", &[("xmlns", NAMESPACE)])?;
        xml.open("BkToCstmrStmt", &[])?;
        xml.open("GrpHdr", &[])?;
        xml.text("MsgId", &self.name)?;
        xml.text("CreDtTm", &self.at.to_string())?;
        xml.close("GrpHdr")?;
        xml.open("Stmt", &[])?;
        xml.text("Id", &self.name)?;
        xml.text("CreDtTm", &self.at.to_string())?;
        xml.open("FrToDt", &[])?;
        xml.text("FrDtTm", &format!("{}T00:00:00+08:00", self.from))?;
        xml.text("ToDtTm", &format!("{}T23:59:59+08:00", self.until))?;
        xml.close("FrToDt")?;
        xml.account(&self.account)?;
        xml.balance("OPBD", self.opening, self.from)?;
        xml.balance("CLBD", self.closing()?, self.until)?;
        for (number, movement) in (1_u64..).zip(&self.movements) {
            xml.entry(number, movement)?;
        }
        for name in ["Stmt", "BkToCstmrStmt", "Document"] {
            xml.close(name)?;
        }
        Ok(xml.0.into_inner())
    }
}

/// A paper as it is written.
struct Xml(Writer<Vec<u8>>);

impl Xml {
    fn new() -> Result<Self, PaperError> {
        let mut writer = Writer::new_with_indent(Vec::new(), b' ', 1);
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        Ok(Self(writer))
    }

    fn open(&mut self, name: &str, attributes: &[(&str, &str)]) -> Result<(), PaperError> {
        let mut start = BytesStart::new(name);
        start.extend_attributes(attributes.iter().copied());
        Ok(self.0.write_event(Event::Start(start))?)
    }

    fn close(&mut self, name: &str) -> Result<(), PaperError> {
        Ok(self.0.write_event(Event::End(BytesEnd::new(name)))?)
    }

    fn text(&mut self, name: &str, text: &str) -> Result<(), PaperError> {
        self.valued(name, &[], text)
    }

    fn valued(
        &mut self,
        name: &str,
        attributes: &[(&str, &str)],
        text: &str,
    ) -> Result<(), PaperError> {
        self.open(name, attributes)?;
        let text = written(text);
        self.0.write_event(Event::Text(BytesText::new(&text)))?;
        self.close(name)
    }

    fn account(&mut self, account: &str) -> Result<(), PaperError> {
        for name in ["Acct", "Id", "Othr"] {
            self.open(name, &[])?;
        }
        self.text("Id", account)?;
        self.close("Othr")?;
        self.close("Id")?;
        self.text("Ccy", "CNY")?;
        self.close("Acct")
    }

    fn balance(
        &mut self,
        code: &str,
        amount: SignedFen,
        on: BusinessDay,
    ) -> Result<(), PaperError> {
        self.open("Bal", &[])?;
        self.open("Tp", &[])?;
        self.open("CdOrPrtry", &[])?;
        self.text("Cd", code)?;
        self.close("CdOrPrtry")?;
        self.close("Tp")?;
        self.valued("Amt", &[("Ccy", "CNY")], &amount.abs().to_string())?;
        let is_credit = amount.get() >= 0;
        self.text("CdtDbtInd", if is_credit { "CRDT" } else { "DBIT" })?;
        self.day("Dt", on)?;
        self.close("Bal")
    }

    fn day(&mut self, name: &str, on: BusinessDay) -> Result<(), PaperError> {
        self.open(name, &[])?;
        self.text("Dt", &on.to_string())?;
        self.close(name)
    }

    fn entry(&mut self, number: u64, movement: &Movement) -> Result<(), PaperError> {
        let Movement {
            bank_reference,
            on,
            came_in,
            amount,
            ..
        } = movement;
        self.open("Ntry", &[])?;
        self.text("NtryRef", &number.to_string())?;
        self.valued("Amt", &[("Ccy", "CNY")], &amount.to_string())?;
        self.text("CdtDbtInd", if *came_in { "CRDT" } else { "DBIT" })?;
        self.open("Sts", &[])?;
        self.text("Cd", "BOOK")?;
        self.close("Sts")?;
        self.day("BookgDt", *on)?;
        let fits = bank_reference.chars().count() <= REFERENCE_AT_MOST;
        if fits {
            self.text("AcctSvcrRef", bank_reference)?;
        }
        self.open("BkTxCd", &[])?;
        self.open("Prtry", &[])?;
        self.text("Cd", if *came_in { "pay_in" } else { "pay_out" })?;
        self.close("Prtry")?;
        self.close("BkTxCd")?;
        self.details(movement)?;
        if !fits {
            self.text("AddtlNtryInf", bank_reference)?;
        }
        self.close("Ntry")
    }

    /// With whom it moved, and what it bears.
    fn details(&mut self, movement: &Movement) -> Result<(), PaperError> {
        let side = if movement.came_in { "Dbtr" } else { "Cdtr" };
        for name in ["NtryDtls", "TxDtls", "RltdPties", side, "Pty"] {
            self.open(name, &[])?;
        }
        self.text("Nm", &movement.party)?;
        for name in ["Pty", side, "RltdPties"] {
            self.close(name)?;
        }
        if !movement.bears.is_empty() {
            let bears: String = movement.bears.chars().take(REMARK_AT_MOST).collect();
            self.open("RmtInf", &[])?;
            self.text("Ustrd", &bears)?;
            self.close("RmtInf")?;
        }
        self.close("TxDtls")?;
        self.close("NtryDtls")
    }
}

/// A text in the characters that XML 1.0 has.
fn written(text: &str) -> String {
    let has = |letter: char| {
        matches!(letter, '\t' | '\n' | '\r')
            || (letter >= ' ' && !('\u{FFFE}'..='\u{FFFF}').contains(&letter))
    };
    text.chars()
        .map(|letter| if has(letter) { letter } else { '?' })
        .collect()
}
