//! A day's legs of the whole country, in the journal of a clearinghouse that nobody has closed yet.
//!
//! Half of what a region owes goes to ten others, as patients travel; the rest goes anywhere.

use huitong_clearinghouse::{Offline, Platform};
use huitong_core::date::BusinessDay;
use huitong_core::digest::sha256;
use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
use huitong_core::leg::{Leg, LegKind, NumberedLeg, Side};
use huitong_core::money::Fen;
use huitong_core::region::RegionCode;

use crate::ground::Ground;

/// The name of the clearinghouse's folder.
pub(crate) const FOLDER: &str = "clearinghouse";
/// Regions of the country.
const REGIONS: usize = 370;
/// Legs of a report.
const AT_ONCE: usize = 4_000;
const PROVINCES: [u32; 23] = [
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51,
];

pub(crate) fn day() -> BusinessDay {
    BusinessDay::new(2026, 3, 2).unwrap()
}

pub(crate) fn regions() -> Vec<RegionCode> {
    let codes = PROVINCES
        .iter()
        .flat_map(|province| (1..=17).map(move |city| province * 10_000 + city * 100));
    codes
        .filter_map(|code| RegionCode::from_number(code).ok())
        .take(REGIONS)
        .collect()
}

/// A region's stream, and what of it is not reported yet.
struct Stream {
    region: RegionCode,
    written: u64,
    waiting: Vec<NumberedLeg>,
}

/// Reports so many debts from both sides, and closes the day for every region.
pub(crate) async fn write(ground: &Ground, debts: u64) {
    let regions = regions();
    let config = ground.clearinghouse(FOLDER, &regions);
    let platform = Platform::machine(&config).unwrap();
    let clearing = Offline::open(platform, config).await.unwrap();
    let streams = regions.iter().map(|region| Stream {
        region: *region,
        written: 0,
        waiting: Vec::new(),
    });
    let mut streams: Vec<_> = streams.collect();
    let mut chance = Chance(42);
    for number in 0..debts {
        let (creditor, debtor, leg) = debt(&mut chance, &regions, number);
        for (place, side) in [(creditor, Side::Receivable), (debtor, Side::Payable)] {
            let stream = &mut streams[place];
            stream.written += 1;
            stream.waiting.push(NumberedLeg {
                number: stream.written,
                side,
                leg: leg.clone(),
            });
            if stream.waiting.len() == AT_ONCE {
                report(&clearing, stream).await;
            }
        }
    }
    for stream in &mut streams {
        if !stream.waiting.is_empty() {
            report(&clearing, stream).await;
        }
        let closed = clearing.close_day(stream.region, day(), stream.written);
        assert!(closed.await.unwrap(), "{} is closed", stream.region);
    }
    clearing.close();
}

async fn report(clearing: &Offline, stream: &mut Stream) {
    let legs = std::mem::take(&mut stream.waiting);
    let held = clearing.report(stream.region, legs).await.unwrap();
    assert_eq!(held, stream.written);
}

/// Debts of a settlement: seldom more than one.
fn debt(chance: &mut Chance, regions: &[RegionCode], number: u64) -> (usize, usize, Leg) {
    const FUNDS: [Fund; 4] = [
        Fund::EmployeePool,
        Fund::ResidentPool,
        Fund::ResidentCriticalIllness,
        Fund::OwnAccount,
    ];
    let debtor = chance.below(regions.len());
    let distance = if chance.below(2) == 0 {
        chance.below(10)
    } else {
        chance.below(regions.len() - 1)
    };
    let creditor = (debtor + 1 + distance) % regions.len();
    let receipt = sha256(&number.to_be_bytes());
    // Nodes take an id from a digest: ids of a day lie anywhere among all ids.
    let mut id = [0; 16];
    id.copy_from_slice(&receipt.as_bytes()[..16]);
    let leg = Leg {
        settlement: SettlementId::from_bytes(id),
        kind: LegKind::Settlement,
        debtor: regions[debtor],
        creditor: regions[creditor],
        fund: FUNDS[chance.below(FUNDS.len())],
        amount: Fen::new(1 + chance.below(5_000_000) as i64).unwrap(),
        business_day: day(),
        receipt,
    };
    (creditor, debtor, leg)
}

/// Numbers that are the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}
