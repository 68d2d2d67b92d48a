//! Legs as they lie in an encoded report: what an index asks of them, without reading each whole, and what lies before them.
//!
//! All legs take equally many bytes, and what is asked of one stands at the same place in each. Deliberately absent: the
//! checks of decoding. Whoever needs more than this of a leg decodes it.

use super::{ClearingRecord, DeductionOf};
use crate::canonical::{Artifact, Canonical, Decoder, Encoder};
use crate::date::Timestamp;
use crate::fund::Fund;
use crate::leg::{DEBT_LEN, ENDS_LEN, LegKind, NUMBERED_LEG_LEN, Side};
use crate::region::RegionCode;

/// The bytes of a report without words on its legs, up to the legs: those may be there before it is known when they were taken.
#[must_use]
pub fn before_legs(region: RegionCode, at: Timestamp, count: usize) -> Vec<u8> {
    let mut out = Encoder::new();
    out.raw(&ClearingRecord::KIND);
    ClearingRecord::VERSION.encode(&mut out);
    let [without_words, _] = LEGS_TAKEN;
    without_words.encode(&mut out);
    region.encode(&mut out);
    at.encode(&mut out);
    out.count(count);
    out.into_bytes()
}

/// The tags of a report among records: of one without words on its legs, and with them.
const LEGS_TAKEN: [u8; 2] = [1, 25];

/// The legs of an encoded report.
#[derive(Debug, Clone, Copy)]
pub struct WrittenLegs<'a> {
    region: RegionCode,
    legs: &'a [[u8; NUMBERED_LEG_LEN]],
}

/// What is asked of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrittenLeg {
    /// Its number in the stream.
    pub number: u64,
    /// Which side reported it.
    pub side: Side,
    /// Its debt, as [`debt_bytes`](crate::leg::debt_bytes) has it.
    pub debt: [u8; DEBT_LEN],
    /// Who owes and who is owed, as [`ends_bytes`](crate::leg::ends_bytes) has them.
    pub ends: [u8; ENDS_LEN],
}

impl<'a> WrittenLegs<'a> {
    /// The legs of a record's bytes; none where it is another record.
    #[must_use]
    pub fn of(record: &'a [u8]) -> Option<Self> {
        let mut input = Decoder::new(record);
        ClearingRecord::head(&mut input).ok()?;
        let tag = u8::decode(&mut input).ok()?;
        let [_, with_words] = LEGS_TAKEN;
        if !LEGS_TAKEN.contains(&tag) {
            return None;
        }
        let region = RegionCode::decode(&mut input).ok()?;
        Timestamp::decode(&mut input).ok()?;
        let count = input.count().ok()?;
        let bytes = count.checked_mul(NUMBERED_LEG_LEN)?;
        let (legs, _) = input.take(bytes).ok()?.as_chunks();
        if tag == with_words {
            Vec::<DeductionOf>::decode(&mut input).ok()?;
        }
        (input.remaining() == 0).then_some(Self { region, legs })
    }

    /// Whose stream it is.
    #[must_use]
    pub const fn region(&self) -> RegionCode {
        self.region
    }

    /// The first and the last number; none without legs.
    #[must_use]
    pub fn ends(&self) -> Option<(u64, u64)> {
        let number = |leg: &[u8; NUMBERED_LEG_LEN]| u64::decode(&mut Decoder::new(leg)).ok();
        Some((number(self.legs.first()?)?, number(self.legs.last()?)?))
    }

    /// Each leg in turn; none for bytes of which side, kind or fund is none. Its other fields are not looked at: what
    /// decodes is given, and what is given need not decode.
    pub fn iter(&self) -> impl Iterator<Item = Option<WrittenLeg>> + use<'a> {
        self.legs.iter().map(read)
    }
}

fn read(leg: &[u8; NUMBERED_LEG_LEN]) -> Option<WrittenLeg> {
    let mut input = Decoder::new(leg);
    let (number, side) = (
        u64::decode(&mut input).ok()?,
        Side::decode(&mut input).ok()?,
    );
    // Settlement and kind, then the two regions, then the fund.
    let (begins, ends, fund): ([u8; 17], [u8; ENDS_LEN], [u8; 4]) = (
        input.array().ok()?,
        input.array().ok()?,
        input.array().ok()?,
    );
    let (_, kind) = begins.split_at_checked(16)?;
    LegKind::decode(&mut Decoder::new(kind)).ok()?;
    Fund::decode(&mut Decoder::new(&fund)).ok()?;
    let mut debt = [0; DEBT_LEN];
    let (first, last) = debt.split_at_mut(begins.len());
    first.copy_from_slice(&begins);
    last.copy_from_slice(&fund);
    Some(WrittenLeg {
        number,
        side,
        debt,
        ends,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::encode_to_vec;
    use crate::digest::sha256;
    use crate::id::SettlementId;
    use crate::leg::{Leg, NumberedLeg, debt_bytes, ends_bytes};
    use crate::money::Fen;
    use crate::record::clearing::{LegsTaken, RegionClosed};

    fn report() -> LegsTaken {
        let funds = Fund::ALL.iter().cycle();
        let legs = (1_u8..=20).zip(LegKind::ALL.iter().cycle()).zip(funds);
        let legs = legs.map(|((number, kind), fund)| NumberedLeg {
            number: u64::from(number) + 400,
            side: [Side::Receivable, Side::Payable][usize::from(number % 2)],
            leg: Leg {
                settlement: SettlementId::from_parts(i64::from(number), [number; 10]),
                kind: *kind,
                debtor: "330200".parse().unwrap(),
                creditor: "510100".parse().unwrap(),
                fund: *fund,
                amount: Fen::new(i64::from(number)).unwrap(),
                business_day: "2026-03-02".parse().unwrap(),
                receipt: sha256(&[number]),
            },
        });
        LegsTaken {
            region: "330200".parse().unwrap(),
            at: Timestamp::from_millis(1_775_000_000_000).unwrap(),
            legs: legs.collect(),
        }
    }

    /// The report in both forms: without words on its legs, and with some.
    fn forms() -> [ClearingRecord; 2] {
        let said = |number| DeductionOf {
            number,
            settlement: SettlementId::from_parts(1, [9; 10]),
        };
        [
            ClearingRecord::LegsTaken(report()),
            ClearingRecord::DeductionsTaken(report(), [403, 408].map(said).to_vec()),
        ]
    }

    /// The legs of what decodes as a report.
    fn legs_of(bytes: &[u8]) -> Option<LegsTaken> {
        match ClearingRecord::from_bytes(bytes) {
            Ok(ClearingRecord::LegsTaken(taken) | ClearingRecord::DeductionsTaken(taken, _)) => {
                Some(taken)
            }
            _ => None,
        }
    }

    #[test]
    fn what_is_asked_of_a_leg_is_what_decoding_it_gives() {
        let report = report();
        for form in forms() {
            let bytes = form.to_bytes();
            assert_eq!(ClearingRecord::from_bytes(&bytes), Ok(form));
            let written = WrittenLegs::of(&bytes).unwrap();
            assert_eq!(written.region(), report.region);
            assert_eq!(written.ends(), Some((401, 420)));
            let found: Vec<_> = written.iter().map(Option::unwrap).collect();
            let expected = report.legs.iter().map(|numbered| WrittenLeg {
                number: numbered.number,
                side: numbered.side,
                debt: debt_bytes(&numbered.leg.debt()),
                ends: ends_bytes(numbered.leg.debtor, numbered.leg.creditor),
            });
            assert_eq!(found, expected.collect::<Vec<_>>());
        }
    }

    #[test]
    fn what_lies_before_the_legs_and_the_legs_are_the_record() {
        let report = report();
        let mut bytes = before_legs(report.region, report.at, report.legs.len());
        for numbered in &report.legs {
            bytes.extend(encode_to_vec(numbered));
        }
        assert_eq!(bytes, ClearingRecord::LegsTaken(report).to_bytes());
    }

    /// Any one byte of a report changed: what decodes is read alike, and a leg of no side, kind or fund is none.
    #[test]
    fn what_decodes_with_a_byte_changed_is_read_as_it_decodes() {
        let changes =
            |length| (0..length).flat_map(|at| [0, 1, 2, 9, 0x80, 0xff].map(|to| (at, to)));
        let [without, _] = forms().map(|form| form.to_bytes());
        let first = without.len() - report().legs.len() * NUMBERED_LEG_LEN;
        let mut refused = 0;
        for bytes in forms().map(|form| form.to_bytes()) {
            for (at, to) in changes(bytes.len()) {
                let mut changed = bytes.clone();
                changed[at] ^= to;
                let read = WrittenLegs::of(&changed);
                if let Some(decoded) = legs_of(&changed) {
                    let read = read.unwrap();
                    let found: Vec<_> = read.iter().map(Option::unwrap).collect();
                    let expected = decoded.legs.iter().map(|numbered| WrittenLeg {
                        number: numbered.number,
                        side: numbered.side,
                        debt: debt_bytes(&numbered.leg.debt()),
                        ends: ends_bytes(numbered.leg.debtor, numbered.leg.creditor),
                    });
                    assert_eq!(found, expected.collect::<Vec<_>>(), "{at} {to}");
                    assert_eq!(read.region(), decoded.region);
                } else if (first..without.len()).contains(&at)
                    && [8, 25, 34, 35, 36, 37].contains(&((at - first) % NUMBERED_LEG_LEN))
                {
                    refused += 1;
                    assert!(read.unwrap().iter().any(|leg| leg.is_none()), "{at} {to}");
                }
            }
        }
        assert!(refused > 200, "{refused}");
    }

    #[test]
    fn what_is_no_report_or_not_whole_has_no_legs_to_ask() {
        let LegsTaken { region, at, .. } = report();
        let other = ClearingRecord::RegionClosed(RegionClosed {
            region,
            day: "2026-03-02".parse().unwrap(),
            up_to: 7,
            at,
        });
        assert!(WrittenLegs::of(&other.to_bytes()).is_none());
        for bytes in forms().map(|form| form.to_bytes()) {
            for cut in [0, 6, 30, bytes.len() - NUMBERED_LEG_LEN, bytes.len() - 1] {
                assert!(WrittenLegs::of(&bytes[..cut]).is_none(), "{cut}");
            }
            assert!(WrittenLegs::of(&[&*bytes, &[0]].concat()).is_none());
        }
    }
}
