//! The home region's words on deductions, given back a page at a time after everything that has a number.

use huitong_core::canonical::Artifact;
use huitong_core::id::DeductionId;
use huitong_core::recovery::Returned;
use huitong_core::region::RegionCode;

use super::Page;
use crate::home::deduction::words::word_at;
use crate::ledger::Ledger;
use crate::store::{Key, Row, StoreError, Table};

/// What the place of a page of deductions begins with; that of any other page is of another length.
const PLACE: u8 = b'd';
/// Deductions of one page, of which each may have two words.
const DEDUCTIONS: usize = 32;
/// Where a page of deductions begins, if that is what is asked for.
pub(super) fn place(after: &[u8]) -> Option<DeductionId> {
    let (first, id) = after.split_first()?;
    let id = <[u8; 16]>::try_from(id).ok()?;
    (*first == PLACE).then_some(DeductionId::from_bytes(id))
}

/// The page, after which deductions of a treatment region come, if there are any, when it is the last of its kind.
pub(super) fn after_words(
    page: Page,
    ledger: &Ledger,
    treatment: RegionCode,
) -> Result<Page, StoreError> {
    if page.next.is_some() {
        return Ok(page);
    }
    let before = DeductionId::from_bytes([0; 16]);
    let first = Key::HomeDeduction(treatment, before);
    let rows = ledger.scan_after(Table::HomeDeduction, &first, 1)?;
    let is_of_it = |key: &Key| matches!(key, Key::HomeDeduction(of, _) if *of == treatment);
    let next = rows.first().filter(|(key, _)| is_of_it(key));
    let next = next.map(|_| place_of(before));
    Ok(Page { next, ..page })
}

fn place_of(id: DeductionId) -> Vec<u8> {
    let mut place = vec![PLACE];
    place.extend_from_slice(&id.to_bytes());
    place
}

/// The own words on deductions of a treatment region, a page of them by id.
pub(super) fn decided_for(
    ledger: &Ledger,
    treatment: RegionCode,
    after: DeductionId,
) -> Result<Page, StoreError> {
    let after = Key::HomeDeduction(treatment, after);
    let rows = ledger.scan_after(Table::HomeDeduction, &after, DEDUCTIONS)?;
    let mut next = (rows.len() >= DEDUCTIONS).then_some(());
    let (mut returned, mut last) = (Vec::new(), None);
    for (key, row) in rows {
        let (Key::HomeDeduction(of, id), Row::HomeDeduction(row)) = (key, row) else {
            return Err(StoreError::WrongRow("HomeDeduction"));
        };
        if of != treatment {
            next = None;
            break;
        }
        last = Some(place_of(id));
        for at in [Some(row.decided), row.withdrawn].into_iter().flatten() {
            returned.push(Returned::Deduction(word_at(ledger, at)?).to_bytes());
        }
    }
    let next = next.and(last);
    Ok(Page { returned, next })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_deductions_is_told_from_a_page_of_words_by_its_place() {
        let id = DeductionId::from_bytes([9; 16]);
        assert_eq!(place(&place_of(id)), Some(id));
        // The place of a frame and a record.
        assert_eq!(place(&[b'd'; 16]), None);
        assert_eq!(place(&[]), None);
    }
}
