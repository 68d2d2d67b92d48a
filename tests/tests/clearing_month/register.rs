//! Who takes part: regions of all provinces. In every second province each city is a clearing member of its own, in the
//! others the province is the member of its cities.

use huitong_core::region::RegionCode;

/// The provinces, by the first two digits of their codes.
const PROVINCES: [u32; 31] = [
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52,
    53, 54, 61, 62, 63, 64, 65,
];

/// A region and who clears for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub code: RegionCode,
    pub member: RegionCode,
}

fn region(number: u32) -> RegionCode {
    RegionCode::from_number(number).unwrap()
}

/// So many regions, spread over all provinces.
pub fn places(count: usize) -> Vec<Place> {
    let of = |number: usize| {
        let (province, city) = (number % PROVINCES.len(), number / PROVINCES.len() + 1);
        let city = u32::try_from(city).unwrap();
        let code = region(PROVINCES[province] * 10_000 + city * 100);
        let member = if province.is_multiple_of(2) {
            code
        } else {
            region(PROVINCES[province] * 10_000)
        };
        Place { code, member }
    };
    (0..count).map(of).collect()
}
