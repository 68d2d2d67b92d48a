//! What the running clearinghouse looks after by itself, every few seconds: levels of prefunds are written down, answers in
//! disputes stand, and once a day, and once after a start, the log says as errors what is past its day.
//!
//! Deliberately absent: cutting off, which is the schedule's (`server`); and doing what is late: that is officers'.

use std::sync::Arc;
use std::time::Duration;

use huitong_core::date::BusinessDay;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::decide::prefund::PrefundRow;
use crate::decide::{self, LateLegs, Overdue};
use crate::disputes::DisputeRules;
use crate::grpc::{DayRules, found, level_changed};
use crate::prefunds::Rules;
use crate::refusal::Refusal;
use crate::writer::Writer;

/// How often it looks.
const WATCH_EVERY: Duration = Duration::from_secs(10);

/// Watches until told to stop.
pub(crate) async fn watch(writer: Arc<Writer>, rules: DayRules, stop: CancellationToken) {
    let mut tick = tokio::time::interval(WATCH_EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut said = Said::default();
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            _ = tick.tick() => {}
        }
        said = tell_late(&writer, &rules, said).await;
        levels(&writer, rules.prefund).await;
        stand(&writer, rules.dispute).await;
    }
}

/// The day on which each kind of what is late was said last; of legs, on which they were last looked for, found or not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) prefunds: Option<BusinessDay>,
    pub(crate) others: Option<BusinessDay>,
    pub(crate) legs: Option<BusinessDay>,
}

/// Says what is late, each kind unless that was said today: one that cannot be found does not keep the others from it.
pub(crate) async fn tell_late(writer: &Writer, rules: &DayRules, said: Said) -> Said {
    let (prefund, by) = (rules.prefund, (rules.month, rules.payment));
    let prefunds = writer
        .decide(move |context| decide::prefund::late(context, said.prefunds, &prefund))
        .await;
    let others = writer
        .decide(move |context| decide::overdue(context, said.others, by))
        .await;
    let prefunds = tell(said.prefunds, "prefunds", prefunds, alarm);
    let others = tell(said.others, "what is past its day", others, ring);
    let today = prefunds.max(others);
    let mut legs = said.legs;
    if legs < today {
        match late_legs(writer).await {
            Ok(late) => late.iter().for_each(ring),
            Err(refusal) => not_found("legs that wait", &refusal),
        }
        legs = today;
    }
    Said {
        prefunds,
        others,
        legs,
    }
}

/// Says one kind of what was found late; the day on which that was said last.
fn tell<T>(
    said: Option<BusinessDay>,
    kind: &str,
    found: Result<Option<(BusinessDay, Vec<T>)>, Refusal>,
    say: impl Fn(&T),
) -> Option<BusinessDay> {
    match found {
        Ok(Some((today, late))) => {
            late.iter().for_each(say);
            Some(today)
        }
        Ok(None) => said,
        Err(refusal) => {
            not_found(kind, &refusal);
            said
        }
    }
}

fn not_found(kind: &str, refusal: &Refusal) {
    let code = refusal.code.code();
    warn!(
        kind,
        code,
        detail = refusal.detail,
        "what is late was not looked for"
    );
}

/// The legs that have waited for too long, counted some at a time: others are taken in between.
async fn late_legs(writer: &Writer) -> Result<Option<Overdue>, Refusal> {
    found(
        writer,
        decide::begin_late_legs,
        LateLegs::go_on,
        decide::late_legs,
        "cycles go on while legs are counted",
    )
    .await
}

async fn levels(writer: &Writer, rules: Rules) {
    let decided = writer
        .decide(move |context| decide::prefund::levels(context, &rules))
        .await;
    match decided {
        Ok(changed) => changed.iter().for_each(level_changed),
        Err(refusal) => {
            warn!(
                code = refusal.code.code(),
                detail = refusal.detail,
                "levels of prefunds were not written down"
            );
        }
    }
}

/// Settles the disputes of which the answer stands, since nothing was said to it in time.
async fn stand(writer: &Writer, rules: DisputeRules) {
    loop {
        let decided = writer
            .decide(move |context| decide::dispute::stand(context, &rules))
            .await;
        match decided {
            Ok(None) => return,
            Ok(Some(dispute)) => info!(%dispute, "an answer stands"),
            Err(refusal) => {
                let code = refusal.code.code();
                warn!(
                    code,
                    detail = refusal.detail,
                    "answers in disputes were not looked at"
                );
                return;
            }
        }
    }
}

/// Something is past its day: one line for each kind.
fn ring(overdue: &Overdue) {
    let Overdue {
        what,
        count,
        latest,
        days_late,
    } = overdue;
    error!(what, count, latest, days_late, "something is past its day");
}

/// Somebody is late with a prefund.
fn alarm(row: &PrefundRow) {
    let PrefundRow {
        prefund,
        ask_days_late,
        set_days_late,
        days_late,
        ..
    } = row;
    error!(%prefund, ask_days_late, set_days_late, days_late, "somebody is late with a prefund");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::ClearingCode;

    #[test]
    fn what_could_not_be_looked_for_today_is_looked_for_again_and_what_was_said_is_not() {
        let today: BusinessDay = "2026-05-02".parse().unwrap();
        let before: Option<BusinessDay> = Some("2026-05-01".parse().unwrap());
        let heard = std::cell::RefCell::new(Vec::new());
        let say = |row: &u8| heard.borrow_mut().push(*row);
        let refused = Refusal::new(ClearingCode::CycleRestored, "");
        assert_eq!(tell(before, "one", Err(refused), say), before);
        assert_eq!(tell(before, "one", Ok(None), say), before);
        let found = Ok(Some((today, vec![1, 2])));
        assert_eq!(tell(before, "other", found, say), Some(today));
        assert_eq!(heard.into_inner(), [1, 2]);
    }
}
