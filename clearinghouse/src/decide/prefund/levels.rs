//! How much of each prefund is used, found anew from time to time and written down when it has changed.

use huitong_core::record::clearing::{ClearingRecord, LevelChange, PrefundLevels, PrefundRecord};

use crate::decide::{Context, Decided, Decision};
use crate::prefunds::Rules;

/// The most changes of one record.
const CHANGES_AT_ONCE: usize = 1_000;

/// Writes down the levels that changed; answers which. After a restore nothing is said while cycles are missing.
pub(crate) fn levels(context: &Context<'_>, rules: &Rules) -> Decision<Vec<LevelChange>> {
    if context.state.restored.waits_since.is_some() {
        return Ok(Decided::answer(Vec::new()));
    }
    let prefunds = &context.state.prefunds;
    let changed = prefunds.after(None).filter_map(|(prefund, account)| {
        let used = prefunds.used(prefund);
        let level = account.level_at(used, rules);
        let (known, _) = account.level;
        (level != known).then_some(LevelChange {
            prefund,
            level,
            used,
            held: account.held,
        })
    });
    let changed: Vec<_> = changed.take(CHANGES_AT_ONCE).collect();
    if changed.is_empty() {
        return Ok(Decided::answer(changed));
    }
    let record = PrefundRecord::Levels(PrefundLevels {
        changed: changed.clone(),
        at: context.now,
    });
    Ok(Decided::record(ClearingRecord::Prefund(record), changed))
}
