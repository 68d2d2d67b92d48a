//! What is found among all that is held: some legs are looked at at a time, and others are taken in between. Deliberately
//! absent: what is looked for, and when that has to begin anew, which `decide` says.

use huitong_core::refusal::RefusalCode;

use crate::decide::{Context, Decision};
use crate::refusal::Refusal;
use crate::writer::Writer;

/// How many legs are looked at in one go; no leg is taken meanwhile.
const LOOKED_AT_ONCE: usize = 16_384;
/// How often it is begun at most: a cycle is cut off once and netted once.
const BEGUN_AT_MOST: usize = 3;

/// Begins, goes on until there is no more, and ends, which gives nothing where a cycle went on meanwhile: then it is begun anew.
/// What is told is what was on disk when it ended.
///
/// # Errors
/// `node.overloaded`, with the words given, when cycles go on each time.
pub(crate) async fn found<S, T>(
    writer: &Writer,
    begin: impl Fn(&Context<'_>) -> Decision<S> + Copy + Send + 'static,
    go_on: impl Fn(&mut S, &Context<'_>, usize) -> Result<bool, Refusal> + Copy + Send + 'static,
    end: impl Fn(&Context<'_>, S) -> Decision<Option<T>> + Copy + Send + 'static,
    busy: &str,
) -> Result<T, Refusal>
where
    S: Send + 'static,
    T: Send + 'static,
{
    for _ in 0..BEGUN_AT_MOST {
        let mut so_far = writer.decide(begin).await?;
        loop {
            let looked = writer.look(move |context| {
                let is_more = go_on(&mut so_far, context, LOOKED_AT_ONCE);
                (so_far, is_more)
            });
            let is_more;
            (so_far, is_more) = looked.await?;
            if !is_more? {
                break;
            }
        }
        let ended = writer.decide(move |context| end(context, so_far));
        if let Some(found) = ended.await? {
            return Ok(found);
        }
    }
    Err(Refusal::general(RefusalCode::Overloaded, busy))
}
