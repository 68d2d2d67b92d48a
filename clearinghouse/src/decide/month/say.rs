//! A region's word on a month: taken until two officers approved it, and the newest counts.
//!
//! In order of precedence: a region outside the directory, a month that is not drawn up or not signed, another month than
//! the one that is signed here, a region that stands in no row, the same word again (which changes
//! nothing), a word of a moment to come, a month that is approved, a word older than the last, too many words.

use huitong_core::clearing_month::seen::MonthSeen;
use huitong_core::clearing_month::word::{CertifiedMonthWord, MonthWord};
use huitong_core::payable::Month;
use huitong_core::record::clearing::{ClearingRecord, MonthRecord, MonthSaid};
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::MonthStage;

use super::{known, looked_at, shown, stage};
use crate::decide::{Context, Decided, Decision};
use crate::months::{HeldMonth, MonthRules, Said};
use crate::refusal::{ClearingCode, Refusal};

/// How far ahead of the own clock a region's may be.
const AHEAD_MS: i64 = 10 * 60 * 1_000;
/// Words of a region on one month.
const WORDS_AT_MOST: u32 = 100;

/// Whether a region may see its part of a month.
pub(crate) fn party(context: &Context<'_>, region: RegionCode, month: &Month) -> Decision<()> {
    let held = in_directory(context, region).and_then(|()| known(context, month));
    Ok(match held {
        Ok(held) if held.signed.is_none() => {
            Decided::refuse(Refusal::new(ClearingCode::MonthNotSigned, month))
        }
        Ok(_) => Decided::answer(()),
        Err(refusal) => Decided::refuse(refusal),
    })
}

/// Whether a word on a month may be taken, before its rows are looked up: reading them costs something.
pub(crate) fn may_say(context: &Context<'_>, word: &MonthWord) -> Decision<()> {
    Ok(match to_take(context, word) {
        Ok(_) => Decided::answer(()),
        Err(refusal) => Decided::refuse(refusal),
    })
}

/// Takes a word that its region signed, and whose rows the month has.
pub(crate) fn say(
    context: &Context<'_>,
    word: CertifiedMonthWord,
    rules: MonthRules,
) -> Decision<MonthSeen> {
    let (held, said) = match to_take(context, &word.word) {
        Ok((held, said)) => (held, said),
        Err(refusal) => return Ok(Decided::refuse(refusal)),
    };
    let Some(said) = said else {
        return Ok(Decided::answer(shown(context, held, rules)));
    };
    let mut after = held.clone();
    after.said.insert(word.word.region, said);
    let answer = shown(context, &after, rules);
    let said = MonthSaid {
        word,
        at: context.now,
    };
    let record = ClearingRecord::Month(MonthRecord::Said(said));
    Ok(Decided::record(record, answer))
}

/// The month that a word is on, and what is new in it; nothing when it is the region's last word.
fn to_take<'a>(
    context: &Context<'a>,
    word: &MonthWord,
) -> Result<(&'a HeldMonth, Option<Said>), Refusal> {
    let held = spoken_of(context, word)?;
    let before = held.said.get(&word.region);
    let said = Said::of(word).after(before);
    if before.is_some_and(|before| before.word == said.word) {
        return Ok((held, None));
    }
    if said.at.as_millis() > context.now.as_millis().saturating_add(AHEAD_MS) {
        let detail = "word: it was said at a moment that is to come";
        return Err(Refusal::general(RefusalCode::Malformed, detail));
    }
    if stage(held) == MonthStage::Approved {
        return Err(Refusal::new(ClearingCode::MonthClosed, &word.month));
    }
    if let Some(before) = before.filter(|before| before.at >= said.at) {
        return Err(Refusal::new(ClearingCode::MonthWordOlder, before.at));
    }
    if said.number > WORDS_AT_MOST {
        return Err(Refusal::new(ClearingCode::MonthTooManyWords, WORDS_AT_MOST));
    }
    Ok((held, Some(said)))
}

/// The month that a region may speak of.
fn spoken_of<'a>(context: &Context<'a>, word: &MonthWord) -> Result<&'a HeldMonth, Refusal> {
    in_directory(context, word.region)?;
    let held = looked_at(context, &word.month, word.digest)?;
    if !held.drawn.regions.contains(&word.region) {
        return Err(Refusal::new(ClearingCode::MonthNoRows, &word.month));
    }
    Ok(held)
}

fn in_directory(context: &Context<'_>, region: RegionCode) -> Result<(), Refusal> {
    match context.state.members.of(region) {
        Some(_) => Ok(()),
        None => Err(Refusal::new(ClearingCode::StreamUnknownRegion, region)),
    }
}
