//! Somebody changes a file: a leg, a row, a sum, what was taken of a stream, or a checkpoint, and nothing else to match it.

use huitong_core::checkpoint::CertifiedCheckpoint;
use huitong_core::date::Timestamp;
use huitong_core::digest::sha256;
use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
use huitong_core::leg::LegKind;
use huitong_core::money::{Fen, SignedFen};
use huitong_netting::statement::{MemberStatement, StatedLeg, StatedRegion, StatedRow};
use huitong_netting::{Run, Runs};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::chain::{BEFORE, CYCLES, Chain, Fault, With, region};
use crate::chains;

/// Changes one thing; false when there is nothing of the sort to change.
type Change<T> = fn(&mut T, usize) -> bool;

fn more(fen: Fen) -> Fen {
    Fen::new(fen.get() + 1).unwrap()
}

/// A settlement that nobody ever reported.
pub fn strange() -> SettlementId {
    SettlementId::from_parts(1 << 40, [99; 10])
}

/// What becomes of a leg, and under which code it is named when it is held against the books.
const LEG: [(&str, Change<StatedRow>, &str); 9] = [
    (
        "amount",
        |row, at| {
            row.legs[at].amount = more(row.legs[at].amount);
            true
        },
        "leg.changed",
    ),
    (
        "business day",
        |row, at| {
            row.legs[at].business_day = row.legs[at].business_day.plus_days(1).unwrap();
            true
        },
        "leg.changed",
    ),
    (
        "receipt",
        |row, at| {
            row.legs[at].receipt = sha256(b"another");
            true
        },
        "leg.changed",
    ),
    (
        "kind",
        |row, at| {
            row.legs[at].kind = LegKind::Deduction;
            true
        },
        "leg.dropped",
    ),
    (
        "settlement",
        |row, at| {
            row.legs[at].settlement = strange();
            true
        },
        "leg.dropped",
    ),
    (
        "dropped",
        |row, at| {
            row.legs.remove(at);
            true
        },
        "leg.dropped",
    ),
    (
        "doubled",
        |row, at| {
            row.legs.insert(at, row.legs[at]);
            true
        },
        "leg.place",
    ),
    (
        "added",
        |row, at| {
            let settlement = strange();
            let leg = row.legs[at];
            row.legs.push(StatedLeg { settlement, ..leg });
            true
        },
        "leg.added",
    ),
    (
        "put elsewhere",
        |row, at| {
            let other = (at + 1) % row.legs.len();
            row.legs.swap(at, other);
            at != other
        },
        "leg.place",
    ),
];

/// What becomes of a row that stays where it is.
const ROW: [(&str, Change<StatedRow>); 9] = [
    ("amount", |row, _| {
        row.row.amount = more(row.row.amount);
        true
    }),
    ("count", |row, _| {
        row.row.legs += 1;
        true
    }),
    ("root of its legs", |row, _| {
        row.row.pair_root = sha256(b"another");
        true
    }),
    ("place in the tree", |row, _| {
        row.index += 1;
        true
    }),
    ("fund", |row, _| {
        row.row.pair.fund = Fund::MedicalAssistance;
        true
    }),
    ("creditor", |row, _| {
        let mut others = (0..5).map(region).filter(|it| !row.row.pair.names(*it));
        row.row.pair.creditor = others.next_back().unwrap();
        true
    }),
    ("step of its path changed", |row, at| {
        let count = row.path.len().max(1);
        let step = row.path.get_mut(at % count);
        step.map(|step| *step = sha256(b"another")).is_some()
    }),
    ("step of its path dropped", |row, _| {
        row.path.pop().is_some()
    }),
    ("step of its path added", |row, _| {
        row.path.push(sha256(b"another"));
        true
    }),
];

/// What becomes of what was taken of a region's stream, and of its nets.
const REGION: [(&str, Change<StatedRegion>); 7] = [
    ("a net", |it, _| {
        let net = it.nets.values_mut().next();
        net.map(|net| *net = SignedFen::new(net.get() + 1).unwrap())
            .is_some()
    }),
    ("a net is dropped", |it, _| it.nets.pop_first().is_some()),
    ("a net is added", |it, _| {
        it.nets
            .insert(Fund::MedicalAssistance, SignedFen::new(1).unwrap());
        true
    }),
    ("where it begins", |it, _| {
        it.from += 1;
        true
    }),
    ("where it ends", |it, _| {
        it.to += 1;
        true
    }),
    ("what had waited", |it, _| {
        let is_some = it.waited != Runs::EMPTY;
        it.waited = Runs::EMPTY;
        is_some
    }),
    ("what waits is dropped", |it, _| {
        let is_some = it.carried != Runs::EMPTY;
        it.carried = Runs::EMPTY;
        is_some
    }),
];

/// Changes one field.
type Forgery = fn(&mut CertifiedCheckpoint);

/// What becomes of a checkpoint; each is a field of what is signed, or of what proves that.
pub const CHECKPOINT: [(&str, Forgery); 12] = [
    ("plan", |it| it.signed.checkpoint.plan += 1),
    ("day", |it| {
        let day = it.signed.checkpoint.day.plus_days(1);
        it.signed.checkpoint.day = day.unwrap();
    }),
    ("root", |it| it.signed.checkpoint.root = sha256(b"another")),
    ("rows", |it| it.signed.checkpoint.rows += 1),
    ("nets", |it| it.signed.checkpoint.nets = sha256(b"another")),
    ("before", |it| {
        it.signed.checkpoint.before = Some(sha256(b"another"))
    }),
    ("counts", |it| it.signed.checkpoint.counts = None),
    ("at", |it| {
        let later = it.signed.at.as_millis() + 1;
        it.signed.at = Timestamp::from_millis(later).unwrap();
    }),
    ("algorithm", |it| it.signed.algorithm += 1),
    ("key", |it| it.signed.key_id = sha256(b"another")),
    ("signature", |it| it.signed.signature[7] ^= 1),
    ("certificates", |it| it.signer.clear()),
];

/// The second cycle's statement of somebody who has a row in it, and one of those with one of its legs.
pub fn picked(chain: &Chain, at: Index) -> Option<(MemberStatement, usize, usize)> {
    let stated = chain.cycles[1].statements.iter();
    let places = stated.flat_map(|it| {
        let rows = it.rows.iter().enumerate();
        rows.flat_map(move |(row, of)| (0..of.legs.len()).map(move |leg| (it, row, leg)))
    });
    let places: Vec<_> = places.collect();
    let (statement, row, leg) = (!places.is_empty()).then(|| places[at.index(places.len())])?;
    Some((statement.clone(), row, leg))
}

fn has(found: &[Fault], code: &str, is_it: impl Fn(&Fault) -> bool) -> bool {
    found.iter().any(|fault| fault.code == code && is_it(fault))
}

/// What is found of a statement that stands alone, and of one that is held against the books.
fn both(chain: &Chain, wrong: &MemberStatement) -> [Vec<Fault>; 2] {
    [false, true].map(|books| {
        let with = With {
            books,
            ..With::default()
        };
        chain.verify(wrong, &with)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Alone, the row is named; by a book, the settlement.
    #[test]
    fn a_leg_that_is_changed_dropped_added_or_put_elsewhere_is_named((debts, tenths) in chains(), at in any::<Index>()) {
        let chain = Chain::of(&debts, tenths);
        let Some((right, row, leg)) = picked(&chain, at) else { return Ok(()) };
        let (pair, settlement) = (right.rows[row].row.pair, right.rows[row].legs[leg].settlement);
        for (what, change, code) in LEG {
            let mut wrong = right.clone();
            if !change(&mut wrong.rows[row], leg) {
                continue;
            }
            let [alone, by_books] = both(&chain, &wrong);
            prop_assert!(has(&alone, "row.root", |it| it.is_of_row(&pair)), "{what}: {alone:?}");
            prop_assert!(alone.iter().all(|it| it.is_of_row(&pair)), "{what}: {alone:?}");
            prop_assert!(by_books.iter().all(|it| it.is_of_row(&pair)), "{what}: {by_books:?}");
            let of = if what == "added" { strange() } else { settlement };
            // Of two that change places either may be the one that is called misplaced.
            let is_it = |it: &Fault| what == "put elsewhere" || it.is_of(of);
            prop_assert!(has(&by_books, code, is_it), "{what}: {code} {by_books:?}");
            let also = has(&by_books, "leg.added", |it| it.is_of(strange()));
            prop_assert_eq!(also, ["settlement", "added"].contains(&what), "{}: {:?}", what, by_books);
        }
    }

    #[test]
    fn a_row_that_is_changed_dropped_added_or_put_elsewhere_is_named((debts, tenths) in chains(), at in any::<Index>()) {
        let chain = Chain::of(&debts, tenths);
        let Some((right, row, leg)) = picked(&chain, at) else { return Ok(()) };
        for (what, change) in ROW {
            let mut wrong = right.clone();
            if !change(&mut wrong.rows[row], leg) {
                continue;
            }
            let pair = wrong.rows[row].row.pair;
            let [alone, _] = both(&chain, &wrong);
            prop_assert!(has(&alone, "row.path", |it| it.is_of_row(&pair)), "{what}: {alone:?}");
        }
        let gone = &right.rows[row];
        let pair = gone.row.pair;
        let mut wrong = right.clone();
        wrong.rows.remove(row);
        let [alone, by_books] = both(&chain, &wrong);
        let ends = [pair.debtor, pair.creditor].map(|region| region.to_string());
        prop_assert!(has(&alone, "region.taken", |it| ends.iter().any(|end| it.names(end))), "{alone:?}");
        for leg in &gone.legs {
            let is_it = |it: &Fault| it.is_of(leg.settlement) && it.is_of_row(&pair);
            prop_assert!(has(&by_books, "leg.dropped", is_it), "{by_books:?}");
        }
        let mut wrong = right.clone();
        wrong.rows.insert(row, right.rows[row].clone());
        let [alone, _] = both(&chain, &wrong);
        prop_assert!(has(&alone, "row.place", |it| it.is_of_row(&pair)), "{alone:?}");
        if row > 0 {
            let mut wrong = right.clone();
            wrong.rows.swap(row - 1, row);
            let [alone, _] = both(&chain, &wrong);
            let before = right.rows[row - 1].row.pair;
            prop_assert!(has(&alone, "row.place", |it| it.is_of_row(&before)), "{alone:?}");
        }
    }

    #[test]
    fn a_sum_or_what_was_taken_of_a_stream_is_named_with_its_region((debts, tenths) in chains(), at in any::<Index>()) {
        let chain = Chain::of(&debts, tenths);
        let Some((right, row, _)) = picked(&chain, at) else { return Ok(()) };
        let pair = right.rows[row].row.pair;
        let own = right.regions.iter().position(|it| pair.names(it.region)).unwrap();
        let code = right.regions[own].region.to_string();
        for (what, change) in REGION {
            let mut wrong = right.clone();
            if !change(&mut wrong.regions[own], 0) {
                continue;
            }
            let before = chain.cycles[0].statements.iter().find(|it| it.member == right.member);
            let with = With { before, books: true, ..With::default() };
            let found = chain.verify(&wrong, &with);
            prop_assert!(found.iter().any(|it| it.names(&code)), "{what}: {found:?}");
        }
        // One number earlier at both ends is as many: where the cycle before ended, and the book, tell.
        let mut wrong = right.clone();
        let moved = &mut wrong.regions[own];
        if moved.from > 0 && moved.carried == Runs::EMPTY {
            (moved.from, moved.to) = (moved.from - 1, moved.to - 1);
            let before = chain.cycles[0].statements.iter().find(|it| it.member == right.member);
            let with = With { before, ..With::default() };
            let found = chain.verify(&wrong, &with);
            let is_it = |it: &Fault| it.names(&code) && (it.names(BEFORE) || it.code == "region.window");
            prop_assert!(found.iter().any(is_it), "{found:?}");
        }
        // That one more leg was reported, which waits, may be: the next cycle does not begin there.
        let mut wrong = right.clone();
        let moved = &mut wrong.regions[own];
        let mut runs = moved.carried.as_slice().to_vec();
        moved.to += 1;
        match runs.last_mut() {
            Some(run) if run.last + 1 == moved.to => run.last = moved.to,
            _ => runs.push(Run { first: moved.to, last: moved.to }),
        }
        moved.carried = Runs::new(runs).unwrap();
        let mut later = chain.cycles[2].statements.iter();
        let later = later.find(|it| it.member == right.member).unwrap();
        let with = With { before: Some(&wrong), ..With::default() };
        let found = chain.verify(later, &with);
        prop_assert!(has(&found, "region.begin", |it| it.names(&code) && it.names(BEFORE)), "{found:?}");
        let member = right.member.code();
        let other = right.table.nets.keys().copied().find(|(of, _)| *of != member);
        let own = right.table.nets.keys().copied().find(|(of, _)| *of == member);
        for key in other.into_iter().chain(own) {
            let mut wrong = right.clone();
            let net = wrong.table.nets.get_mut(&key).unwrap();
            *net = SignedFen::new(net.get() + 1).unwrap();
            let found = chain.verify(&wrong, &With::default());
            prop_assert!(has(&found, "table.other", |_| true), "{found:?}");
            prop_assert!(has(&found, "table.sum", |it| it.names(key.1.as_str())), "{found:?}");
            let names = |it: &Fault| it.names(&member.to_string()) && it.names(key.1.as_str());
            prop_assert_eq!(has(&found, "member.net", names), key.0 == member, "{:?}", found);
            let mut wrong = right.clone();
            wrong.table.nets.remove(&key);
            let found = chain.verify(&wrong, &With::default());
            prop_assert!(has(&found, "table.other", |_| true), "{found:?}");
        }
    }

    /// No field of a checkpoint stands without the signature, whichever file it is in, and the file is named.
    #[test]
    fn a_checkpoint_that_is_changed_is_named_with_its_file((debts, tenths) in chains(), which in 0_usize..4) {
        let chain = Chain::of(&debts, tenths);
        let right = &chain.cycles[1].statements[which];
        let before = &chain.cycles[0].statements[which];
        for (what, change) in CHECKPOINT {
            let mut wrong = right.clone();
            change(&mut wrong.checkpoint);
            let found = chain.verify(&wrong, &With::default());
            let is_own = |it: &Fault| it.en.contains("the statement's checkpoint") && it.zh.contains("对账单");
            prop_assert!(has(&found, "checkpoint.signature", is_own), "{what}: {found:?}");
            for (at, name) in ["c1.htck", "c2.htck", "c3.htck"].into_iter().enumerate().take(CYCLES) {
                let mut other = chain.cycles[at].checkpoint.clone();
                change(&mut other);
                let with = With { checkpoints: vec![(name, &other)], ..With::default() };
                let found = chain.verify(right, &with);
                prop_assert!(has(&found, "checkpoint.signature", |it| it.names(name)), "{what}: {found:?}");
            }
            let mut other = before.clone();
            change(&mut other.checkpoint);
            let with = With { before: Some(&other), ..With::default() };
            let found = chain.verify(right, &with);
            prop_assert!(has(&found, "checkpoint.signature", |it| it.names(BEFORE)), "{what}: {found:?}");
        }
        for region in 0..before.regions.len() {
            let mut other = before.clone();
            other.regions[region].to += 1;
            let code = other.regions[region].region.to_string();
            let with = With { before: Some(&other), ..With::default() };
            let found = chain.verify(right, &with);
            let is_it = |it: &Fault| it.names(BEFORE) && it.names(&code);
            prop_assert!(has(&found, "region.begin", is_it), "{found:?}");
        }
    }
}
