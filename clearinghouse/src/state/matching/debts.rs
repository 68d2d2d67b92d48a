//! Debts, each with what was reported of it, found by what it is called.
//!
//! A day brings millions of debts, so where one lies is far from the processor, and whoever looks up one after the other
//! waits for each. Those of a report are looked up together: what is fetched for one is fetched while the others are. A
//! map of a library is asked for one key at a time, and stands between the hash and the cell that is to be fetched.
//!
//! They lie in the order they came, which is much the same in both regions: what is looked up next lies beside what was.
//! Beside them stands a table of cells, found by hash; the next free one is taken where one is not free. Debts go all
//! together, when a cycle's are let go of, and the table is made anew.

use std::hash::BuildHasher as _;

use foldhash::fast::RandomState;
use huitong_core::leg::Debt;

use super::held::Reports;

/// The fewest cells of a table.
const CELLS_AT_LEAST: usize = 16;

/// Debts with their reports.
#[derive(Debug, Clone, Default)]
pub(super) struct Debts {
    /// In the order they came.
    rows: Vec<(Debt, Reports)>,
    /// A power of two of [`Cell`]s, or none yet, of which half at least are free: so that what is looked for lies in the piece
    /// of memory that is fetched for it, or nothing does. As numbers, since new memory is free cells and need not be written.
    cells: Vec<u64>,
    hasher: RandomState,
}

/// Where a debt lies: its hash above, one more than its row below; 0 is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cell(u64);

impl Cell {
    const FREE: Self = Self(0);
    /// Of the row: four thousand million are more than the memory of any machine that runs this.
    const ROW: u64 = (1 << 32) - 1;

    fn of(hash: Hash, row: usize) -> Self {
        let row = u64::try_from(row).unwrap_or(Self::ROW).saturating_add(1);
        Self(hash.0 | row.min(Self::ROW))
    }

    const fn hash(self) -> Hash {
        Hash(self.0 & !Self::ROW)
    }

    /// The row, if one of this hash may lie here.
    fn row_of(self, hash: Hash) -> Option<usize> {
        let row = (self.0 & Self::ROW).checked_sub(1)?;
        (self.hash() == hash).then_some(usize::try_from(row).ok()?)
    }
}

/// A debt's hash, of 32 bits, in the upper half. Its first bits say where in a table it is looked for first: so a larger table
/// has what a smaller one has in the same order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hash(u64);

/// A debt's hash, and its row where it was found: rows stay where they are until some go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sought {
    hash: Hash,
    row: Option<usize>,
}

/// Debts that were looked up together.
pub(super) struct Asked {
    /// Each, in their order.
    pub(super) each: Vec<Sought>,
    /// Those that are not known.
    pub(super) unknown: Vec<Debt>,
}

impl Debts {
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn get(&self, debt: &Debt) -> Option<&Reports> {
        let row = self.find(self.hash(debt), debt)?;
        self.rows.get(row).map(|(_, reports)| reports)
    }

    pub(super) fn get_mut(&mut self, debt: &Debt) -> Option<&mut Reports> {
        let row = self.find(self.hash(debt), debt)?;
        self.rows.get_mut(row).map(|(_, reports)| reports)
    }

    /// Looks these up, all in one go: first all cells are fetched, then all rows.
    pub(super) fn ask(&self, debts: impl Iterator<Item = Debt> + Clone) -> Asked {
        let hashes: Vec<Hash> = debts.clone().map(|debt| self.hash(&debt)).collect();
        let cells: Vec<Cell> = hashes.iter().map(|hash| self.first_cell(*hash)).collect();
        let there = |((hash, cell), debt): ((&Hash, &Cell), Debt)| Sought {
            hash: *hash,
            row: cell.row_of(*hash).filter(|row| self.is_in(*row, &debt)),
        };
        let sought = hashes.iter().zip(&cells).zip(debts.clone());
        let mut each: Vec<Sought> = sought.map(there).collect();
        let mut unknown = Vec::new();
        for (sought, debt) in each.iter_mut().zip(debts) {
            if sought.row.is_none() {
                sought.row = self.find(sought.hash, &debt);
                if sought.row.is_none() {
                    unknown.push(debt);
                }
            }
        }
        Asked { each, unknown }
    }

    /// Makes room for so many more.
    pub(super) fn reserve(&mut self, more: usize) {
        let rows = self.rows.len().saturating_add(more);
        self.rows.reserve(more);
        let needed = cells_for(rows);
        if needed > self.cells.len() {
            let before = std::mem::replace(&mut self.cells, vec![Cell::FREE.0; needed]);
            // Among the first are those that found no place at the end.
            let first_free = before.iter().position(|cell| *cell == Cell::FREE.0);
            let (first, others) = before.split_at(first_free.unwrap_or_default());
            self.put_in_order(others.iter().chain(first).copied().map(Cell));
        }
    }

    /// What is known of a debt that was looked up; where nothing is, what is made of it is, from now on.
    pub(super) fn known_or(
        &mut self,
        (sought, debt): (Sought, Debt),
        begin: impl FnOnce() -> Reports,
    ) -> Option<&mut Reports> {
        let hash = sought.hash;
        // Another that was looked up with it may have been the same debt.
        if let Some(row) = sought.row.or_else(|| self.find(hash, &debt)) {
            return self.rows.get_mut(row).map(|(_, reports)| reports);
        }
        self.reserve(1);
        let row = self.rows.len();
        self.rows.push((debt, begin()));
        self.put(Cell::of(hash, row));
        None
    }

    /// Keeps what is to be kept.
    pub(super) fn retain(&mut self, mut keep: impl FnMut(&Debt, &mut Reports) -> bool) {
        let before = self.rows.len();
        self.rows.retain_mut(|(debt, reports)| keep(debt, reports));
        if self.rows.len() == before {
            return;
        }
        if self.rows.len() < self.rows.capacity() / 4 {
            self.rows.shrink_to_fit();
        }
        self.cells = Vec::new();
        self.cells = vec![Cell::FREE.0; cells_for(self.rows.len())];
        for row in 0..self.rows.len() {
            if let Some((debt, _)) = self.rows.get(row) {
                self.put(Cell::of(self.hash(debt), row));
            }
        }
    }

    pub(super) fn hash(&self, debt: &Debt) -> Hash {
        Hash(self.hasher.hash_one(debt) & !Cell::ROW)
    }

    fn is_in(&self, row: usize, debt: &Debt) -> bool {
        self.rows.get(row).is_some_and(|(other, _)| other == debt)
    }

    /// The row of a debt.
    fn find(&self, hash: Hash, debt: &Debt) -> Option<usize> {
        let mut at = self.begin(hash);
        loop {
            let cell = self.cell(at);
            if cell == Cell::FREE {
                return None;
            }
            if let Some(row) = cell.row_of(hash).filter(|row| self.is_in(*row, debt)) {
                return Some(row);
            }
            at = self.after(at);
        }
    }

    /// Notes where a debt lies that is not in the table.
    fn put(&mut self, cell: Cell) {
        self.set(self.free_from(self.begin(cell.hash())), cell);
    }

    /// The first free cell from one on.
    fn free_from(&self, mut at: usize) -> usize {
        while self.cell(at) != Cell::FREE {
            at = self.after(at);
        }
        at
    }

    fn set(&mut self, at: usize, cell: Cell) {
        if let Some(there) = self.cells.get_mut(at) {
            *there = cell.0;
        }
    }

    /// Notes in a new table what lay in a smaller one: in much the same order, so that what lies after all that is noted so far
    /// need not be looked at. New memory that is read before it is written costs twice.
    fn put_in_order(&mut self, cells: impl Iterator<Item = Cell>) {
        let mut after_all = 0;
        for cell in cells.filter(|cell| *cell != Cell::FREE) {
            let first = self.begin(cell.hash());
            let at = if first < after_all {
                self.free_from(first)
            } else {
                first
            };
            self.set(at, cell);
            after_all = after_all.max(at.saturating_add(1));
        }
    }

    fn first_cell(&self, hash: Hash) -> Cell {
        self.cell(self.begin(hash))
    }

    fn cell(&self, at: usize) -> Cell {
        self.cells.get(at).map_or(Cell::FREE, |cell| Cell(*cell))
    }

    /// The cell that a debt of this hash is looked for first.
    fn begin(&self, hash: Hash) -> usize {
        let bits = self.cells.len().trailing_zeros();
        let first = hash.0.checked_shr(u64::BITS.saturating_sub(bits));
        usize::try_from(first.unwrap_or_default()).unwrap_or_default()
    }

    fn after(&self, at: usize) -> usize {
        at.wrapping_add(1) & self.cells.len().saturating_sub(1)
    }
}

/// How many cells a table of so many rows has.
fn cells_for(rows: usize) -> usize {
    let least = rows.saturating_mul(2);
    least.max(CELLS_AT_LEAST).next_power_of_two()
}

#[cfg(test)]
mod tests;
