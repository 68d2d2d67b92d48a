//! A statement that was written holds, and no change of it does: what is said names which and where.

mod alike;
mod counts;
mod parts;
mod properties;
mod roots;

use huitong_core::checkpoint::book::LegBook;
use huitong_core::checkpoint::{CertifiedCheckpoint, Checkpoint, SignedCheckpoint};
use huitong_core::date::Timestamp;
use huitong_core::digest::Digest;

use super::properties::{Debt, Streams, streams};
use super::*;
use crate::statement::{
    MemberStatement, Neighbour, PlanRows, ProvenPlan, RegionPart, StatementFault, check,
    checkpoint, compare, follow, neighbour, pair_roots, part, statement,
};

/// The second of two cycles, and the checkpoint of the first.
struct Day {
    streams: Streams,
    first: CertifiedCheckpoint,
    second: CertifiedCheckpoint,
    statements: Vec<MemberStatement>,
    /// Those of the first cycle.
    earlier: Vec<MemberStatement>,
    /// Each region's part of the first cycle and of the second.
    parts: [Vec<RegionPart>; 2],
}

/// Whether a checkpoint is made as it is now, or as before there were counts of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Made {
    Counted,
    Uncounted,
}

fn signed(
    plan: &NettingPlan,
    roots: &[Digest],
    before: Option<Digest>,
    made: Made,
) -> CertifiedCheckpoint {
    let mut checkpoint = checkpoint(plan, roots, before);
    if made == Made::Uncounted {
        checkpoint.counts = None;
    }
    let signed = SignedCheckpoint {
        checkpoint,
        at: Timestamp::from_millis(1).unwrap(),
        algorithm: 1,
        key_id: sha256(b"key"),
        signature: vec![1; 64],
    };
    CertifiedCheckpoint {
        signed,
        signer: Vec::new(),
    }
}

/// Two cycles of these debts, the first up to so many tenths of each stream.
fn netted(debts: &[Debt], tenths: u64) -> Day {
    netted_as(debts, tenths, [Made::Counted; 2])
}

fn netted_as(debts: &[Debt], tenths: u64, made: [Made; 2]) -> Day {
    let (streams, members) = (streams(debts), members());
    let (early, late) = (streams.marks(tenths), streams.marks(10));
    let legs = streams.inside(&early, None);
    let inputs = Inputs {
        day: day(1),
        parent: None,
        members: &members,
        marks: &early,
        legs: &legs,
    };
    let one = plan(&inputs).unwrap();
    let roots = pair_roots(&one, &legs.iter().map(whole).collect::<Vec<_>>()).unwrap();
    let first = signed(&one, &roots, None, made[0]);
    let rows = PlanRows::of(&one, &roots);
    let taken: Vec<Leg> = legs.iter().map(whole).collect();
    let proven = ProvenPlan {
        plan: &one,
        parent: None,
        rows: &rows,
        checkpoint: &first,
    };
    let earlier = stated(&proven, &taken);
    let earlier_parts = parts::of(&proven, &taken);
    let rest = streams.inside(&late, Some(&one));
    let inputs = Inputs {
        day: day(2),
        parent: Some(&one),
        marks: &late,
        legs: &rest,
        ..inputs
    };
    let two = plan(&inputs).unwrap();
    let taken: Vec<Leg> = rest.iter().map(whole).collect();
    let roots = pair_roots(&two, &taken).unwrap();
    let before = first.signed.checkpoint.digest();
    let second = signed(&two, &roots, Some(before), made[1]);
    let rows = PlanRows::of(&two, &roots);
    let proven = ProvenPlan {
        plan: &two,
        parent: Some(&one),
        rows: &rows,
        checkpoint: &second,
    };
    let statements = stated(&proven, &taken);
    let parts = [earlier_parts, parts::of(&proven, &taken)];
    Day {
        streams,
        first,
        second,
        statements,
        earlier,
        parts,
    }
}

/// The statement of every member.
fn stated(proven: &ProvenPlan<'_>, taken: &[Leg]) -> Vec<MemberStatement> {
    let members = members();
    let codes = ["110000", "310000", "330000", "510100"];
    let statements = codes.map(|code| {
        let member = Member::new(code.parse().unwrap());
        let own = |region| members.of(region) == Some(member);
        let legs = taken.iter();
        let legs = legs.filter(|leg| own(leg.debtor) || own(leg.creditor));
        let legs: Vec<Leg> = legs.cloned().collect();
        statement(proven, member, &legs)
    });
    statements.into()
}

impl Day {
    /// The books of a statement's regions.
    fn books(&self, of: &MemberStatement) -> Vec<LegBook> {
        let regions = of.regions.iter().map(|region| region.region);
        let books = regions.filter_map(|region| Some((region, self.streams.books.get(&region)?)));
        books
            .map(|(region, legs)| LegBook::new(region, 1, legs.clone()).unwrap())
            .collect()
    }

    /// All that is wrong with a statement, held against books and the true checkpoint.
    fn faults(&self, of: &MemberStatement, books: &[LegBook]) -> Vec<StatementFault> {
        let mut faults = check(of);
        faults.extend(compare(of, books));
        faults.extend(neighbour(of, &self.second.signed.checkpoint).err());
        faults
    }
}

/// Debts among all regions in which Zhejiang's two stand with others and with each other.
fn busy() -> Vec<Debt> {
    let debt = |debtor, distance, fund, fen, both| (debtor, distance, fund, fen, both);
    vec![
        debt(3, 0, 1, 1_316_000, true),
        debt(3, 0, 1, 200_000, true),
        debt(4, 2, 1, 16_000, true),
        debt(2, 0, 1, 5_000, true),
        debt(2, 0, 0, 7_000, false),
        debt(0, 1, 2, 900, true),
        debt(3, 0, 1, 1, true),
        debt(4, 2, 1, 3, false),
        debt(3, 0, 0, 44, true),
    ]
}

fn zhejiang(day: &Day) -> MemberStatement {
    day.statements[2].clone()
}

fn codes(faults: &[StatementFault]) -> Vec<&'static str> {
    faults.iter().map(StatementFault::code).collect()
}

#[test]
fn golden_statement() {
    let old = include_str!("../golden/statement.hex");
    let new = include_str!("../golden/statement_counted.hex");
    for (made, golden) in [(Made::Uncounted, old), (Made::Counted, new)] {
        let day = netted_as(&busy(), 5, [made; 2]);
        let bytes = zhejiang(&day).to_bytes();
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, golden.trim());
        assert_eq!(MemberStatement::from_bytes(&bytes), Ok(zhejiang(&day)));
    }
}

#[test]
fn a_leg_that_was_dropped_added_or_changed_is_named() {
    let day = netted(&busy(), 0);
    let right = zhejiang(&day);
    let books = day.books(&right);
    assert_eq!(day.faults(&right, &books), []);

    // The clearinghouse leaves one out, and does all sums and roots anew.
    let row = right
        .rows
        .iter()
        .position(|row| row.legs.len() > 1)
        .unwrap();
    let pair = right.rows[row].row.pair;
    let mut wrong = right.clone();
    let gone = wrong.rows[row].legs.remove(0);
    let found = compare(&wrong, &books);
    assert_eq!(codes(&found), ["leg.dropped"]);
    assert_eq!(
        (found[0].pair(), found[0].settlement()),
        (Some(&pair), Some(gone.settlement))
    );
    let said = found[0].to_string();
    let number = day.streams.books[&pair.debtor].iter();
    let number = number
        .clone()
        .find(|it| it.leg.settlement == gone.settlement);
    let number = number.unwrap().number;
    assert!(
        said.contains(&gone.settlement.to_string())
            && said.contains(&format!("{} → {}", pair.debtor, pair.creditor))
            && said.contains(&format!("leg {number} of region {}", pair.debtor)),
        "{said}"
    );

    let mut wrong = right.clone();
    let mut strange = wrong.rows[row].legs[0];
    strange.settlement = SettlementId::from_parts(99, [9; 10]);
    wrong.rows[row].legs.push(strange);
    let found = compare(&wrong, &books);
    assert_eq!(codes(&found), ["leg.added"]);
    assert_eq!(found[0].settlement(), Some(strange.settlement));

    let mut wrong = right.clone();
    wrong.rows[row].legs[1].amount = Fen::new(1).unwrap();
    let found = compare(&wrong, &books);
    assert_eq!(codes(&found), ["leg.changed"]);
    assert!(
        found[0].to_string().contains("another amount"),
        "{}",
        found[0]
    );
    assert_eq!(codes(&check(&wrong)), ["row.sum", "row.root"]);
}

#[test]
fn a_leg_that_is_said_to_wait_is_not_taken_and_a_book_that_lacks_one_is_told() {
    let day = netted(&busy(), 5);
    let right = zhejiang(&day);
    assert!(
        right
            .regions
            .iter()
            .any(|region| !region.carried.as_slice().is_empty())
    );
    assert!(
        right
            .regions
            .iter()
            .any(|region| !region.waited.as_slice().is_empty())
    );
    let whole = day.books(&right);
    assert_eq!(day.faults(&right, &whole), []);
    // The same legs in several books are one book, and a book may begin anywhere.
    let mut parts = Vec::new();
    for book in &whole {
        for numbered in book.legs() {
            let legs = vec![numbered.clone()];
            parts.push(LegBook::new(book.region(), numbered.number, legs).unwrap());
        }
    }
    assert_eq!(compare(&right, &parts), []);
    let first = parts.iter().position(|book| {
        let region = right
            .regions
            .iter()
            .find(|region| region.region == book.region())
            .unwrap();
        let number = book.legs()[0].number;
        number > region.from && !region.carried.contains(number)
    });
    let gone = parts.remove(first.unwrap());
    let found = compare(&right, &parts);
    // That the leg was added is not known: it is under the number that is not there.
    assert_eq!(codes(&found), ["book.lacks"], "{found:?}");
    let number = gone.legs()[0].number;
    assert!(
        found[0]
            .to_string()
            .contains(&format!("--from {number} --to {number}")),
        "{}",
        found[0]
    );
    // More than the numbers that are not there cannot be under them.
    let mut more = right.clone();
    let mut rows = more.rows.iter_mut();
    let row = rows.find(|row| row.row.pair.names(gone.region()) && !row.legs.is_empty());
    let row = row.unwrap();
    let mut strange = row.legs[0];
    strange.settlement = SettlementId::from_parts(99, [9; 10]);
    row.legs.push(strange);
    let found = codes(&compare(&more, &parts)).join(" ");
    assert!(
        found.contains("book.lacks") && found.contains("leg.added"),
        "{found}"
    );
    let mut other = gone.legs()[0].clone();
    other.leg.amount = Fen::new(77).unwrap();
    parts.push(gone.clone());
    parts.push(LegBook::new(gone.region(), number, vec![other]).unwrap());
    assert!(codes(&compare(&right, &parts)).contains(&"book.twice"));
    let stranger = LegBook::new(region(4), 1, Vec::new()).unwrap();
    assert_eq!(codes(&compare(&right, &[stranger])), ["book.foreign"]);
}

#[test]
fn checkpoints_are_held_against_each_other() {
    let day = netted(&busy(), 5);
    let right = zhejiang(&day);
    let (first, second) = (&day.first.signed.checkpoint, &day.second.signed.checkpoint);
    assert_eq!(neighbour(&right, second), Ok(Neighbour::Same));
    assert_eq!(neighbour(&right, first), Ok(Neighbour::Before));
    let after = Checkpoint {
        plan: 3,
        day: super::day(3),
        before: Some(second.digest()),
        ..second.clone()
    };
    assert_eq!(neighbour(&right, &after), Ok(Neighbour::After));
    let code = |other: &Checkpoint| neighbour(&right, other).unwrap_err().code();
    let split = Checkpoint {
        rows: 9,
        ..second.clone()
    };
    assert_eq!(code(&split), "checkpoint.other");
    let other = Checkpoint {
        rows: 9,
        ..first.clone()
    };
    assert_eq!(code(&other), "checkpoint.chain");
    let other = Checkpoint {
        before: None,
        ..after.clone()
    };
    assert_eq!(code(&other), "checkpoint.chain");
    let far = Checkpoint { plan: 4, ..after };
    assert_eq!(code(&far), "checkpoint.far");
}

#[test]
fn a_cycle_begins_where_the_one_before_ended() {
    let day = netted(&busy(), 5);
    let (right, before) = (zhejiang(&day), day.earlier[2].clone());
    assert_eq!(follow(&right, &before), []);
    assert_eq!(codes(&follow(&before, &right)), ["checkpoint.far"]);
    assert_eq!(codes(&follow(&right, &right)), ["checkpoint.far"]);
    let changes: [fn(&mut MemberStatement); 3] = [
        |it| it.regions[1].to -= 1,
        |it| {
            let mut regions = it.regions.iter_mut();
            let waits = regions.find(|region| region.carried != Runs::EMPTY);
            waits.unwrap().carried = Runs::EMPTY;
        },
        |it| drop(it.regions.pop()),
    ];
    for change in changes {
        let mut wrong = before.clone();
        change(&mut wrong);
        let found = follow(&right, &wrong);
        assert_eq!(codes(&found), ["region.begin"], "{found:?}");
        let named = found[0].to_string();
        assert!(
            named.contains("region 3301") || named.contains("region 3302"),
            "{named}"
        );
    }
    // The first of all begins at the beginning, and has none before it.
    let mut wrong = before.clone();
    wrong.regions[1].from = 1;
    assert!(codes(&check(&wrong)).contains(&"region.begin"));
    let mut wrong = right;
    wrong.checkpoint.signed.checkpoint.before = None;
    assert_eq!(codes(&check(&wrong)), ["checkpoint.chain"]);
}
