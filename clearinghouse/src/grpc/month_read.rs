//! Signed months as they are read for regions: the last one is kept at hand, since every region asks for the same month in
//! the same days, and all its rows are read and hashed for any part of it.

use std::sync::Arc;

use huitong_core::clearing_month::CertifiedMonth;
use huitong_core::clearing_month::row::MonthTable;
use huitong_core::merkle::Tree;
use huitong_core::payable::Month;
use tokio::sync::Mutex;
use tonic::Status;

use super::reading::{Untold, read};
use crate::refusal::{ClearingCode, Refusal};
use crate::store::Proofs;

/// A month with all that parts of it are made from.
pub(super) struct ReadMonth {
    pub(super) certified: CertifiedMonth,
    pub(super) table: MonthTable,
    pub(super) tree: Tree,
}

/// The month that was read last, if any was.
type Last = Option<(Month, Arc<ReadMonth>)>;

/// The month that was read last. It never changes once it is signed; one is read at a time.
#[derive(Clone, Default)]
pub(super) struct Months(Arc<Mutex<Last>>);

impl Months {
    /// A signed month.
    pub(super) async fn read(
        &self,
        proofs: &Proofs,
        month: &Month,
    ) -> Result<Arc<ReadMonth>, Status> {
        let mut last = self.0.lock().await;
        if let Some((_, read)) = last.as_ref().filter(|(of, _)| of == month) {
            return Ok(Arc::clone(read));
        }
        let (proofs, of) = (proofs.clone(), month.clone());
        let found = read(move || {
            let (certified, table) = signed(&proofs, &of)?;
            let tree = table.tree();
            Ok(ReadMonth {
                certified,
                table,
                tree,
            })
        });
        let found = Arc::new(found.await?);
        *last = Some((month.clone(), Arc::clone(&found)));
        Ok(found)
    }
}

/// A month as it was signed, with its rows.
pub(super) fn signed(
    proofs: &Proofs,
    month: &Month,
) -> Result<(CertifiedMonth, MonthTable), Untold> {
    let (certified, table) = (proofs.month_signed(month)?, proofs.month_table(month)?);
    let found = certified.zip(table);
    found.ok_or_else(|| Untold::Refused(Refusal::new(ClearingCode::MonthNotSigned, month)))
}
