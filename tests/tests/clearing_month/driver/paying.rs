//! How what was ordered is paid on the next business day, and what is not.

use huitong_proto::clearing::v1::CycleState;

use super::{Month, SILENT_FROM};
use crate::bank;

/// The silent member pays its oldest cycle on this day.
const PAYS_ONE: usize = 19;

impl Month {
    /// What was ordered the day before is paid, but for what one member owes.
    pub(super) async fn banks(&mut self, number: usize) {
        let (today, silent) = (self.days[number], self.silent());
        let Some(at) = number.checked_sub(1) else {
            return;
        };
        let mut cycle = self.cycles[at].clone();
        let who = (at >= SILENT_FROM).then_some(silent);
        let lines = bank::pay_in(&cycle, who);
        bank::enter(&mut self.office, &mut cycle, &lines, today).await;
        if number == 12 {
            self.goes_down("instructed").await;
            bank::enter_again(&mut self.office, &cycle, &lines, today).await;
        }
        let lines = bank::pay_out(&cycle);
        bank::enter(&mut self.office, &mut cycle, &lines, today).await;
        let state = self.office.state(cycle.day).await;
        if who.is_none() {
            assert_eq!(state, CycleState::Final, "{}", cycle.day);
        }
        bank::say_why(&mut self.office, &cycle, silent).await;
        self.cycles[at] = cycle;
        if number == PAYS_ONE {
            self.pays_the_oldest(number).await;
        }
    }

    /// The member that did not pay pays its oldest cycle; what it pays for a later one before counts for nothing.
    async fn pays_the_oldest(&mut self, number: usize) {
        let (today, silent) = (self.days[number], self.silent());
        let oldest = &self.cycles[SILENT_FROM];
        let lines = bank::owed_by(oldest, silent);
        let later = self.cycles[SILENT_FROM + 1..].iter();
        let later = later.flat_map(|cycle| bank::owed_by(cycle, silent));
        let too_soon: Vec<_> = later.collect();
        let too_soon = too_soon
            .iter()
            .find(|later| lines.iter().any(|line| line.fund == later.fund));
        if let Some(line) = too_soon {
            bank::enter_too_soon(&mut self.office, line, today).await;
            self.too_soon += 1;
        }
        let mut cycle = oldest.clone();
        bank::enter(&mut self.office, &mut cycle, &lines, today).await;
        let lines = bank::pay_out(&cycle);
        bank::enter(&mut self.office, &mut cycle, &lines, today).await;
        assert_eq!(self.office.state(cycle.day).await, CycleState::Final);
        self.cycles[SILENT_FROM] = cycle;
    }
}
