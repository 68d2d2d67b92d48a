//! The bank's own file held against what officers entered: what is missing on either side, and what is said otherwise.
//!
//! Each entry is found by the bank's reference, among all that was entered and stands. What was taken out
//! because the bank took it back is looked for there with what takes it back; what was typed wrongly and taken out is entered anew. Deliberately absent: files, and the clearinghouse.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::date::BusinessDay;
use huitong_core::money::{MoneyError, SignedFen};
use huitong_core::payment::{BankLine, BankReference, PaymentReference};
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::Direction;
use huitong_papers::{BankEntry, BankFile, Movement, balance};

use super::found::{Finding, Found};

/// What the two come to.
#[derive(Debug)]
pub(super) struct Compared {
    /// How many entries both have alike, and how many are taken out on both sides.
    pub(super) alike: usize,
    pub(super) findings: Vec<Finding>,
    /// What the books have before the first day and after the last.
    pub(super) opening: SignedFen,
    pub(super) closing: SignedFen,
    /// The references of what is in the file and stands parked.
    pub(super) parked: Vec<String>,
    /// What is not entered, and can be.
    pub(super) to_enter: Vec<(BankLine, PaymentReference)>,
}

/// What was entered: what stands, and what was taken out again because the bank took it back.
pub(super) struct Books<'a> {
    pub(super) stand: &'a [Movement],
    pub(super) bounced: &'a [Movement],
}

impl Books<'_> {
    /// What they have on the account after the movements of such days.
    fn balance(&self, is_such: impl Fn(BusinessDay) -> bool) -> Result<SignedFen, MoneyError> {
        let such = self.stand.iter().filter(|it| is_such(it.on));
        balance(SignedFen::ZERO, such.map(Movement::moved))
    }

    fn bounced(&self, name: &str) -> Option<&Movement> {
        let mut bounced = self.bounced.iter();
        bounced.find(|it| it.bank_reference == name)
    }
}

/// Holds a file against the books.
pub(super) fn compare(file: &BankFile, books: &Books<'_>) -> Result<Compared, MoneyError> {
    let stand: BTreeMap<_, _> = books
        .stand
        .iter()
        .map(|it| (it.bank_reference.as_str(), it))
        .collect();
    let mut compared = Compared {
        alike: 0,
        findings: Vec::new(),
        opening: books.balance(|on| on < file.from)?,
        closing: books.balance(|on| on <= file.until)?,
        parked: Vec::new(),
        to_enter: Vec::new(),
    };
    let unknown = unknown(file, books.stand);
    let taken_back = taken_back(file, (&stand, books), &mut compared)?;
    for entry in &file.entries {
        let name = entry.bank_reference.as_str();
        let entered = stand.get(name).copied();
        if entry.is_reversal && !is_ordinary(entry, entered) {
            continue;
        }
        match entered {
            _ if taken_back.contains(name) && !entry.is_reversal => {
                let what = entered.map(|_| Found::TakenBack);
                compared.note(what, entry, entered);
            }
            Some(entered) => compared.note(differs(entry, entered), entry, Some(entered)),
            None if books.bounced(name).is_some() => {
                compared.note(Some(Found::TakenOut), entry, None);
            }
            None if name.parse::<BankReference>().is_err() => {
                compared.note(Some(Found::OddReference), entry, None);
            }
            None if unknown.iter().any(|it| is_like(entry, it)) => {
                compared.note(Some(Found::LikeAnother), entry, None);
            }
            None => {
                compared.note(Some(Found::NotEntered), entry, None);
                compared.to_enter.extend(line_of(entry));
            }
        }
    }
    // Entered in the order in which it moved, whichever way the file runs: what is paid out is covered by what came in.
    let order = |(line, payment): &(BankLine, PaymentReference)| {
        (line.on, line.direction == Direction::PayOut, *payment)
    };
    compared.to_enter.sort_by_key(order);
    for entered in unknown {
        compared.findings.push(Finding {
            found: Found::NotInFile,
            bank_reference: entered.bank_reference.clone(),
            bank: String::new(),
            entered: of_books(entered),
            line: None,
        });
    }
    for (found, bank, own) in [
        (Found::Opening, file.opening, compared.opening),
        (Found::Closing, file.closing, compared.closing),
    ] {
        if bank != own {
            compared.findings.push(Finding {
                found,
                bank_reference: String::new(),
                bank: bank.to_string(),
                entered: own.to_string(),
                line: None,
            });
        }
    }
    Ok(compared)
}

/// What was entered of these days under references that the file does not have.
fn unknown<'a>(file: &BankFile, stand: &'a [Movement]) -> Vec<&'a Movement> {
    let names: BTreeSet<_> = file.entries.iter().map(|it| &*it.bank_reference).collect();
    let of_days = |it: &&Movement| (file.from..=file.until).contains(&it.on);
    let own = stand.iter().filter(of_days);
    own.filter(|it| !names.contains(&*it.bank_reference))
        .collect()
}

/// Whether as much moved the same way: whoever mistypes the bank's reference has entered the same movement.
fn is_like(entry: &BankEntry, entered: &Movement) -> bool {
    entry.amount == entered.amount && entry.came_in == entered.came_in
}

impl Compared {
    fn note(&mut self, found: Option<Found>, entry: &BankEntry, entered: Option<&Movement>) {
        let Some(found) = found else {
            self.alike = self.alike.saturating_add(1);
            return;
        };
        self.findings.push(Finding {
            found,
            bank_reference: entry.bank_reference.clone(),
            bank: of_bank(entry),
            entered: entered.map(of_books).unwrap_or_default(),
            line: Some(entry.line),
        });
    }
}

/// Whether what the bank takes back by an entry was entered under that entry's own name, as any other movement.
fn is_ordinary(entry: &BankEntry, entered: Option<&Movement>) -> bool {
    entered.is_some_and(|it| it.came_in == entry.came_in)
}

/// The references of what the bank takes back in the file. Of a reversal of which the original is not found it is told.
fn taken_back(
    file: &BankFile,
    (stand, books): (&BTreeMap<&str, &Movement>, &Books<'_>),
    compared: &mut Compared,
) -> Result<BTreeSet<String>, MoneyError> {
    let mut names = BTreeSet::new();
    for back in file.entries.iter().filter(|entry| entry.is_reversal) {
        let entered = stand.get(back.bank_reference.as_str()).copied();
        if is_ordinary(back, entered) {
            continue;
        }
        let is_original = |entry: &&BankEntry| {
            !entry.is_reversal
                && entry.amount == back.amount
                && entry.came_in != back.came_in
                && !names.contains(&entry.bank_reference)
        };
        let same_name = |entry: &&BankEntry| entry.bank_reference == back.bank_reference;
        let same_text = |entry: &&BankEntry| entry.bears.iter().any(|of| back.bears.contains(of));
        let mut of_name = file.entries.iter().filter(is_original).filter(same_name);
        let of_text = file.entries.iter().filter(is_original).filter(same_text);
        let of_text: Vec<_> = of_text.collect();
        let original = of_name.next().or(match &*of_text {
            [one] => Some(*one),
            _ => None,
        });
        // One of earlier days is not in this file.
        let is_of = |it: &&Movement| it.amount == back.amount && it.came_in != back.came_in;
        let earlier = entered.filter(is_of);
        let bounced = books.bounced(&back.bank_reference).filter(is_of);
        match (original, earlier) {
            (Some(original), _) => {
                names.insert(original.bank_reference.clone());
            }
            (None, Some(earlier)) => compared.note(Some(Found::TakenBack), back, Some(earlier)),
            (None, None) => {
                compared.note(bounced.is_none().then_some(Found::OddReversal), back, None);
                // The bank had it on the account until it took it back.
                if let Some(bounced) = bounced.filter(|it| it.on < file.from) {
                    compared.opening = balance(compared.opening, [bounced.moved()])?;
                }
            }
        }
    }
    Ok(names)
}

/// The first in which the two differ.
fn differs(entry: &BankEntry, entered: &Movement) -> Option<Found> {
    let member = RegionCode::parse(&entry.party).ok();
    let bears = payment_of(entry);
    let bore = entered.bears.parse::<PaymentReference>().ok();
    let is_payment = bore.is_some() || entered.bears.is_empty();
    [
        (entry.came_in != entered.came_in, Found::Direction),
        (entry.amount != entered.amount, Found::Amount),
        (entry.on != entered.on, Found::Day),
        (
            member.is_some_and(|member| member.to_string() != entered.party),
            Found::Member,
        ),
        (
            bears.is_some() && is_payment && bears != bore,
            Found::Reference,
        ),
    ]
    .into_iter()
    .find_map(|(differs, found)| differs.then_some(found))
}

/// The one payment's reference that an entry bears, wherever it stands in its texts.
fn payment_of(entry: &BankEntry) -> Option<PaymentReference> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    let words = entry.bears.iter();
    let words = words.flat_map(|text| text.split(move |letter| !is_part(letter)));
    let found: BTreeSet<_> = words
        .filter_map(|word| word.parse::<PaymentReference>().ok())
        .collect();
    let mut found = found.into_iter();
    found.next().filter(|_| found.next().is_none())
}

/// An entry as an officer would enter it: whose and of which fund says the payment's reference that it bears.
fn line_of(entry: &BankEntry) -> Option<(BankLine, PaymentReference)> {
    if entry.is_reversal {
        return None;
    }
    let payment = payment_of(entry)?;
    let member = RegionCode::parse(&entry.party).ok();
    let line = BankLine {
        bank_reference: entry.bank_reference.parse().ok()?,
        member: member.unwrap_or(payment.member),
        fund: payment.fund,
        direction: direction(entry),
        amount: entry.amount,
        on: entry.on,
    };
    Some((line, payment))
}

const fn way(direction: Direction) -> &'static str {
    match direction {
        Direction::PayIn => "pay_in",
        Direction::PayOut => "pay_out",
    }
}

const fn direction(entry: &BankEntry) -> Direction {
    if entry.came_in {
        Direction::PayIn
    } else {
        Direction::PayOut
    }
}

fn of_bank(entry: &BankEntry) -> String {
    let BankEntry {
        amount, on, party, ..
    } = entry;
    let back = if entry.is_reversal {
        " (reversal / 冲正)"
    } else {
        ""
    };
    let bears = entry.bears.join(" · ");
    format!(
        "{} {amount} on {on} {party} {bears}{back}",
        way(direction(entry))
    )
}

fn of_books(entered: &Movement) -> String {
    let Movement {
        amount,
        on,
        party,
        bears,
        ..
    } = entered;
    let way = way(if entered.came_in {
        Direction::PayIn
    } else {
        Direction::PayOut
    });
    format!("{way} {amount} on {on} {party} {bears}")
}

#[cfg(test)]
mod tests;
