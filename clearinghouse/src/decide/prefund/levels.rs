//! How much of each prefund is used, found anew from time to time and after each word on it, and written down when it has
//! changed.

use huitong_core::prefund::Prefund;
use huitong_core::record::clearing::{ClearingRecord, LevelChange, PrefundLevels, PrefundRecord};
use huitong_core::vocabulary::PrefundLevel;

use crate::decide::{Context, Decided, Decision};
use crate::prefunds::{PrefundAccount, Rules};

/// The most changes of one record.
const CHANGES_AT_ONCE: usize = 1_000;

/// Writes down the levels that changed; answers which. After a restore nothing is said while cycles are missing.
pub(crate) fn levels(context: &Context<'_>, rules: &Rules) -> Decision<Vec<LevelChange>> {
    if context.state.restored.waits_since.is_some() {
        return Ok(Decided::answer(Vec::new()));
    }
    let prefunds = &context.state.prefunds;
    let all = prefunds.after(None);
    let changed = all.filter_map(|(prefund, account)| change(context, prefund, account, rules));
    Ok(written(context, changed.take(CHANGES_AT_ONCE).collect()))
}

/// The same of one prefund alone, of which something has just been said or entered.
pub(crate) fn level_of(
    context: &Context<'_>,
    prefund: Prefund,
    rules: &Rules,
) -> Decision<Vec<LevelChange>> {
    if context.state.restored.waits_since.is_some() {
        return Ok(Decided::answer(Vec::new()));
    }
    let account = context.state.prefunds.account(prefund);
    let changed = account.and_then(|account| change(context, prefund, account, rules));
    Ok(written(context, changed.into_iter().collect()))
}

/// The level that a prefund has by now, whatever was found last; after a restore that, while cycles are missing.
pub(super) fn level_now(
    context: &Context<'_>,
    prefund: Prefund,
    account: &PrefundAccount,
    rules: &Rules,
) -> PrefundLevel {
    let (known, _) = account.level;
    if context.state.restored.waits_since.is_some() {
        return known;
    }
    account.level_at(context.state.prefunds.used(prefund), rules)
}

fn change(
    context: &Context<'_>,
    prefund: Prefund,
    account: &PrefundAccount,
    rules: &Rules,
) -> Option<LevelChange> {
    let used = context.state.prefunds.used(prefund);
    let level = account.level_at(used, rules);
    let (known, _) = account.level;
    (level != known).then_some(LevelChange {
        prefund,
        level,
        used,
        held: account.held,
    })
}

fn written(context: &Context<'_>, changed: Vec<LevelChange>) -> Decided<Vec<LevelChange>> {
    if changed.is_empty() {
        return Decided::answer(changed);
    }
    let record = PrefundRecord::Levels(PrefundLevels {
        changed: changed.clone(),
        at: context.now,
    });
    Decided::record(ClearingRecord::Prefund(record), changed)
}
