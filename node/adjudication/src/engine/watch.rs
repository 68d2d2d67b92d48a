//! Watching how buckets are divided, for those who must follow the money to the lines of a bill.

use super::buckets::{Bucket, Division};
use crate::compiled::LayerForm;
use crate::fault::RuleFault;

/// Is told of every layer that applied, with the buckets before it and how it divided them.
pub(crate) trait Watch {
    fn divided(
        &mut self,
        layer: &LayerForm,
        buckets: &[Bucket],
        divisions: &[Division],
    ) -> Result<(), RuleFault>;
}

/// Nobody watches: a decision needs no lines.
pub(crate) struct Nobody;

impl Watch for Nobody {
    fn divided(&mut self, _: &LayerForm, _: &[Bucket], _: &[Division]) -> Result<(), RuleFault> {
        Ok(())
    }
}
