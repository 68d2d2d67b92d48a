//! What a region's own book has otherwise than the clearinghouse holds, for some cycles, and how the region says so: it
//! attests its rows as its book has them, searches those that differ down to the legs, and tells them, as a node does.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::checkpoint::row::Pair;
use huitong_core::checkpoint::search::{RowLegs, Search};
use huitong_core::date::BusinessDay;
use huitong_core::digest::sha256;
use huitong_core::id::SettlementId;
use huitong_core::leg::{Debt, Leg, LegKey};
use huitong_core::money::Fen;
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::attestation_service_client::AttestationServiceClient;
use huitong_proto::conversion::Path;
use huitong_proto::conversion::attestation::{
    body_to_wire, looked_from_wire, pair_from_wire, pair_to_wire, place_to_wire, row_to_wire,
    span_to_wire,
};
use tonic::transport::Channel;

use crate::evidence::Said;
use crate::source::{INCARNATION, Source, window};

/// How a book has a leg otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// With another amount.
    Changed,
    /// Not at all.
    Lacks,
    /// And another leg beside it, which nobody else has.
    Adds,
    /// With another amount, and the region never tells of which leg.
    Untold,
}

/// Whose book it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The first region's, which says nothing at all on one of the days between.
    First,
    /// One region's of each so many.
    OneOf(usize),
    /// One region's of each so many, and that of the other region of the leg.
    BothOf(usize),
}

/// From one cycle on until another one, in which the region attests as it is held.
#[derive(Debug, Clone, Copy)]
pub struct Misreading {
    pub from: usize,
    pub until: usize,
    pub how: How,
    pub whose: Whose,
}

const fn misreading(from: usize, until: usize, how: How, whose: Whose) -> Misreading {
    Misreading {
        from,
        until,
        how,
        whose,
    }
}

/// All of them.
pub const ALL: [Misreading; 6] = [
    misreading(4, 6, How::Changed, Whose::First),
    misreading(8, 9, How::Adds, Whose::OneOf(16)),
    misreading(9, 11, How::Lacks, Whose::OneOf(8)),
    misreading(14, 15, How::Untold, Whose::OneOf(16)),
    misreading(15, 18, How::Changed, Whose::BothOf(8)),
    misreading(19, 20, How::Lacks, Whose::OneOf(8)),
];

/// What a region has otherwise now.
pub type Misread = BTreeMap<Debt, How>;

/// What is to be found in a row that a book has otherwise.
#[derive(Default)]
struct Otherwise {
    /// Where the two differ.
    keys: BTreeSet<LegKey>,
    /// What the clearinghouse holds of that.
    held: BTreeSet<Debt>,
    is_untold: bool,
}

/// A book as the region reads it.
#[derive(Default)]
struct Book {
    legs: Vec<Leg>,
    otherwise: BTreeMap<Pair, Otherwise>,
}

impl Book {
    fn of(own: Vec<Leg>, misread: &Misread) -> Self {
        let mut book = Self::default();
        for leg in own {
            match misread.get(&leg.debt()) {
                Some(how) => book.misreads(leg, *how),
                None => book.legs.push(leg),
            }
        }
        book
    }

    fn misreads(&mut self, leg: Leg, how: How) {
        let otherwise = self.otherwise.entry(Pair::of(&leg)).or_default();
        otherwise.is_untold |= how == How::Untold;
        if how == How::Adds {
            let more = another(&leg);
            otherwise.keys.insert((more.settlement, more.kind));
            self.legs.extend([leg, more]);
            return;
        }
        otherwise.keys.insert((leg.settlement, leg.kind));
        otherwise.held.insert(leg.debt());
        if how != How::Lacks {
            let amount = Fen::new(leg.amount.get() + 1).unwrap();
            self.legs.push(Leg { amount, ..leg });
        }
    }
}

/// A leg like another one, of a settlement that there is not.
fn another(leg: &Leg) -> Leg {
    let digest = sha256(leg.settlement.to_string().as_bytes());
    let random = digest.as_bytes()[..10].try_into().unwrap();
    Leg {
        settlement: SettlementId::from_parts(1, random),
        ..leg.clone()
    }
}

impl Source {
    /// Attests what the cycle may take, from its own stream as it reads it; what it said, and what was answered wrongly.
    pub async fn attests(
        &mut self,
        day: BusinessDay,
        misread: &Misread,
    ) -> (RegionCode, Said, Vec<String>) {
        let code = self.place.code;
        let mut client = AttestationServiceClient::new(self.channel().await.unwrap());
        let Some(numbers) = window(&mut client, day).await else {
            return (code, Said::default(), Vec::new());
        };
        let own = numbers
            .into_iter()
            .flat_map(|(from, to)| self.numbers(from, to));
        let own: Vec<Leg> = own.map(|numbered| numbered.leg.clone()).collect();
        let Book { legs, otherwise } = Book::of(own, misread);
        let rows = RowLegs::all(legs).unwrap();
        let request = v1::AttestRequest {
            incarnation: INCARNATION,
            business_day: day.to_string(),
            rows: rows.values().map(|legs| row_to_wire(legs.row())).collect(),
        };
        let answer = client.attest(request).await.unwrap().into_inner();
        let differ = answer.differ.iter();
        let differ = differ.map(|pair| pair_from_wire(Some(pair), Path::root("differ")).unwrap());
        let differ: Vec<Pair> = differ.collect();
        let mut wrong = Vec::new();
        if !differ.iter().eq(otherwise.keys()) {
            wrong.push(format!("{code} {day}: {differ:?} are said to differ"));
        }
        let mut said = Said {
            rows: rows.keys().copied().collect(),
            otherwise: BTreeMap::new(),
        };
        for (pair, of_row) in otherwise {
            if of_row.is_untold {
                said.otherwise.insert(pair, None);
                continue;
            }
            let empty = RowLegs::new(pair, []).unwrap();
            let row = rows.get(&pair).unwrap_or(&empty);
            let found = tells(&mut client, day, (pair, row)).await;
            if found != of_row.keys {
                wrong.push(format!("{code} {day}: found {found:?} of {pair:?}"));
            }
            said.otherwise.insert(pair, Some(of_row.held));
        }
        (code, said, wrong)
    }
}

/// Searches a row that differs, and tells what the own book has of each leg that does; which these are.
async fn tells(
    client: &mut AttestationServiceClient<Channel>,
    day: BusinessDay,
    (pair, own): (Pair, &RowLegs),
) -> BTreeSet<LegKey> {
    let mut search = Search::new(own);
    loop {
        let asks = search.asks();
        if asks.is_empty() {
            break;
        }
        let request = v1::LookIntoRequest {
            incarnation: INCARNATION,
            business_day: day.to_string(),
            pair: Some(pair_to_wire(pair)),
            spans: asks.into_iter().map(span_to_wire).collect(),
        };
        let answer = client.look_into(request).await.unwrap().into_inner();
        let looked = answer.looked.iter();
        let looked = looked.map(|looked| looked_from_wire(looked, Path::root("looked")).unwrap());
        search.answered(looked.collect()).unwrap();
    }
    let found = search.found();
    let words = found.iter().map(|(key, (_, own))| v1::BookWord {
        place: Some(place_to_wire(*key)),
        book: own.as_ref().map(body_to_wire),
    });
    let request = v1::TellDifferencesRequest {
        incarnation: INCARNATION,
        business_day: day.to_string(),
        pair: Some(pair_to_wire(pair)),
        words: words.collect(),
    };
    client.tell_differences(request).await.unwrap();
    found.into_keys().collect()
}
