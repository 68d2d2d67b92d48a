//! Streams of legs: each flow is of two regions of its own, of which the one reports what is owed to it and the other,
//! right after it, the same debts as what it owes. So every debt agrees, as on a good day.

use huitong_core::date::BusinessDay;
use huitong_core::digest::sha256;
use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
use huitong_core::leg::{Leg, LegKind, NumberedLeg, Side};
use huitong_core::money::Fen;
use huitong_core::region::RegionCode;

/// Flows at most, each of two regions.
pub(crate) const FLOWS: usize = 8;

/// The regions of all flows: cities of Zhejiang owe cities of Sichuan.
pub(crate) fn regions() -> Vec<RegionCode> {
    (0..FLOWS).flat_map(ends).collect()
}

fn ends(flow: usize) -> [RegionCode; 2] {
    let city = |province: u32| {
        let code = province * 10_000 + (u32::try_from(flow).unwrap() + 1) * 100;
        RegionCode::from_number(code).unwrap()
    };
    [city(51), city(33)]
}

/// One report: whose, and its legs.
#[derive(Clone)]
pub(crate) struct Report {
    pub(crate) region: RegionCode,
    pub(crate) legs: Vec<NumberedLeg>,
}

/// A flow's reports, from where the last ended.
pub(crate) struct Flow {
    ends: [RegionCode; 2],
    written: u64,
}

impl Flow {
    pub(crate) fn new(flow: usize) -> Self {
        Self {
            ends: ends(flow),
            written: 0,
        }
    }

    /// So many pairs of reports, each of so many legs.
    pub(crate) fn next(&mut self, pairs: usize, legs: u64) -> Vec<Report> {
        (0..pairs).flat_map(|_| self.pair(legs)).collect()
    }

    fn pair(&mut self, legs: u64) -> [Report; 2] {
        let first = self.written + 1;
        self.written += legs;
        let numbers = first..=self.written;
        let debts: Vec<_> = numbers.map(|number| (number, self.debt(number))).collect();
        let [creditor, debtor] = self.ends;
        let report = |region, side| Report {
            region,
            legs: debts
                .iter()
                .map(|(number, leg)| NumberedLeg {
                    number: *number,
                    side,
                    leg: leg.clone(),
                })
                .collect(),
        };
        [
            report(creditor, Side::Receivable),
            report(debtor, Side::Payable),
        ]
    }

    fn debt(&self, number: u64) -> Leg {
        let [creditor, debtor] = self.ends;
        let place = sha256(
            &[
                creditor.number().to_be_bytes(),
                (number as u32).to_be_bytes(),
            ]
            .concat(),
        );
        let mut random = [0; 10];
        random.copy_from_slice(&place.as_bytes()[..10]);
        Leg {
            settlement: SettlementId::from_parts(1_772_000_000_000 + number as i64, random),
            kind: LegKind::Settlement,
            debtor,
            creditor,
            fund: Fund::ResidentPool,
            // What funds pay of a visit; what agrees of one region in a day is bounded.
            amount: Fen::new(1 + (number as i64 * 7_919) % 200_000).unwrap(),
            business_day: BusinessDay::new(2026, 3, 2).unwrap(),
            receipt: place,
        }
    }
}
