//! Rows with one thing in them forgotten, or another than it is.

use huitong_core::date::DateInterval;
use huitong_core::deduction::DeductionAmounts;
use huitong_core::money::Fen;
use huitong_core::provisional::TrueUp;
use huitong_core::record::registry::{CoveragePeriod, Member};
use huitong_node::store::{
    Deductions, HomeRow, HomeState, ProvisionalRow, ProvisionalState, Row, SettlementRow,
    SettlementState,
};

/// Without its reversal.
pub fn not_reversed(row: HomeRow) -> HomeRow {
    let state = match row.state {
        HomeState::Reversed(places) => HomeState::Committed(places.settled),
        state => state,
    };
    HomeRow { state, ..row }
}

/// As if it had never been settled.
pub fn given_up(row: SettlementRow) -> SettlementRow {
    let state = match row.state {
        SettlementState::Settled(_) => SettlementState::Abandoned(None),
        state => state,
    };
    SettlementRow { state, ..row }
}

/// One less in each sum that is not nothing.
pub fn less(row: Row) -> Row {
    let Row::Account(mut account) = row else {
        return row;
    };
    for total in account.totals.values_mut() {
        *total -= i64::from(*total > 0);
    }
    Row::Account(account)
}

pub fn one_fen_more(row: Deductions) -> Deductions {
    let more = |amounts: DeductionAmounts| {
        let amounts = amounts.as_slice().iter();
        let amounts = amounts.map(|(fund, fen)| (*fund, Fen::new(fen.get() + 1).unwrap()));
        DeductionAmounts::new(amounts.collect()).unwrap()
    };
    let rows = row.0.into_iter();
    Deductions(rows.map(|(id, amounts)| (id, more(amounts))).collect())
}

pub fn borne_by_nobody(row: ProvisionalRow) -> ProvisionalRow {
    let forgotten = |true_up: TrueUp| TrueUp {
        home_bears: Fen::ZERO,
        treatment_bears: Fen::ZERO,
        ..true_up
    };
    let state = match row.state {
        ProvisionalState::TruedUp(true_up) => ProvisionalState::TruedUp(forgotten(true_up)),
        ProvisionalState::Borne(true_up) => ProvisionalState::Borne(forgotten(true_up)),
        state => state,
    };
    ProvisionalRow { state, ..row }
}

/// Nobody's cover ends in the simulated world but by a hand-over.
pub fn covered_without_end(member: Member) -> Member {
    let goes_on = |period: CoveragePeriod| CoveragePeriod {
        days: DateInterval::new(period.days.from(), None).unwrap(),
        ..period
    };
    let periods = member.periods.into_iter().map(goes_on).collect();
    Member { periods, ..member }
}
