//! How many rows each region has is committed to: a row that is left out whole is one too few, wherever it lay.

use huitong_core::checkpoint::row::Pair;
use huitong_core::leg::Side;

use super::*;
use crate::statement::StatedRegion;

/// Leaves a row out whole, with its legs said to wait and the nets of both its ends made to match.
fn without(right: &MemberStatement, row: usize) -> (MemberStatement, Pair) {
    let mut wrong = right.clone();
    let gone = wrong.rows.remove(row);
    let pair = gone.row.pair;
    for (end, sign) in [(pair.creditor, -1), (pair.debtor, 1)] {
        let Some(own) = wrong.regions.iter_mut().find(|it| it.region == end) else {
            continue;
        };
        let net = own.nets.get(&pair.fund).map_or(0, |net| net.get());
        let net = SignedFen::new(net + sign * gone.row.amount.get()).unwrap();
        own.nets.insert(pair.fund, net);
        // So many numbers fewer are taken; which they are is what a book would tell.
        own.to -= gone.row.legs;
    }
    (wrong, pair)
}

fn named(found: &[StatementFault], code: &str) -> Vec<String> {
    let found = found.iter().filter(|fault| fault.code() == code);
    found.map(ToString::to_string).collect()
}

#[test]
fn a_row_that_is_left_out_whole_is_missing_for_each_of_the_members_regions_in_it() {
    let day = netted(&busy(), 0);
    let right = zhejiang(&day);
    assert_eq!(check(&right), []);
    let own = |code| right.regions.iter().any(|it| it.region == code);
    let mut within = 0;
    for row in 0..right.rows.len() {
        let (wrong, pair) = without(&right, row);
        let found = named(&check(&wrong), "row.missing");
        let ends = [(pair.debtor, "owes in"), (pair.creditor, "is owed in")];
        let ends: Vec<_> = ends.into_iter().filter(|(end, _)| own(*end)).collect();
        assert_eq!(found.len(), ends.len(), "{found:?}");
        for (end, side) in &ends {
            let is_it = |said: &String| said.contains(&format!("region {end} {side}"));
            assert!(found.iter().any(is_it), "{found:?}");
        }
        within += usize::from(ends.len() == 2);
    }
    assert!(within > 0, "no row between two regions of the member");
}

#[test]
fn before_there_were_counts_a_row_that_is_left_out_at_the_end_of_its_debtor_cannot_be_told() {
    let day = netted_as(&busy(), 0, [Made::Uncounted; 2]);
    let right = zhejiang(&day);
    assert!(!right.is_counted() && right.counts == Default::default());
    let own = |code| right.regions.iter().any(|it| it.region == code);
    let mut within = (0..right.rows.len()).filter(|row| {
        let pair = right.rows[*row].row.pair;
        own(pair.debtor) && own(pair.creditor)
    });
    let (wrong, _) = without(&right, within.next().unwrap());
    assert!(named(&check(&wrong), "row.missing").is_empty());
}

#[test]
fn a_table_of_counts_that_is_not_the_one_committed_to_or_not_of_all_rows_is_told() {
    let day = netted(&busy(), 5);
    let right = zhejiang(&day);
    let owes = |it: &&StatedRegion| right.counts.standing(it.region, Side::Payable) > 0;
    let code = right.regions.iter().find(owes).unwrap().region;
    let mut wrong = right.clone();
    wrong.counts.regions.get_mut(&code).unwrap().owes -= 1;
    let found = check(&wrong);
    assert_eq!(
        codes(&found),
        ["counts.other", "counts.sum", "row.surplus"],
        "{found:?}"
    );
    // The clearinghouse commits to another table: what all rows come to still tells.
    wrong.checkpoint.signed.checkpoint.counts = Some(wrong.counts.digest());
    assert_eq!(codes(&check(&wrong)), ["counts.sum", "row.surplus"]);
    // One who takes the place of another's is found in the statement of either.
    let other = region(0);
    let more = wrong.counts.regions.entry(other).or_default();
    more.owes += 1;
    wrong.checkpoint.signed.checkpoint.counts = Some(wrong.counts.digest());
    assert_eq!(codes(&check(&wrong)), ["row.surplus"]);
    // A file without its table has another one: none stands for a row.
    let mut wrong = right;
    wrong.counts.regions.clear();
    assert!(codes(&check(&wrong)).contains(&"counts.other"));
}

#[test]
fn once_there_are_counts_every_later_checkpoint_has_some() {
    use Made::{Counted, Uncounted};
    for (made, code) in [
        ([Uncounted, Uncounted], None),
        ([Uncounted, Counted], None),
        ([Counted, Counted], None),
        ([Counted, Uncounted], Some("checkpoint.uncounted")),
    ] {
        let day = netted_as(&busy(), 5, made);
        let (right, before) = (zhejiang(&day), &day.earlier[2]);
        let found = neighbour(&right, &day.first.signed.checkpoint).err();
        assert_eq!(found.map(|fault| fault.code()), code, "{made:?}");
        assert_eq!(
            follow(&right, before).first().map(StatementFault::code),
            code
        );
        let found = neighbour(before, &day.second.signed.checkpoint).err();
        assert_eq!(found.map(|fault| fault.code()), code, "{made:?}");
    }
}

#[test]
fn bytes_with_a_table_that_the_checkpoint_does_not_say_cannot_be_read() {
    let day = netted(&busy(), 5);
    let mut wrong = zhejiang(&day);
    wrong.checkpoint.signed.checkpoint.counts = None;
    let read = MemberStatement::from_bytes(&wrong.to_bytes()).unwrap();
    assert!(read.counts.regions.is_empty());
    // Of a part as of a statement.
    for part in day.parts.iter().flatten() {
        assert_eq!(RegionPart::from_bytes(&part.to_bytes()).as_ref(), Ok(part));
        assert_eq!(part.check(), []);
    }
}

/// Hangzhou comes to nothing: what it owes Chengdu Chengdu owes it.
fn even() -> Vec<Debt> {
    let debt = |debtor, distance, fen| (debtor, distance, 1, fen, true);
    vec![debt(2, 1, 500), debt(4, 2, 500), debt(3, 0, 700)]
}

#[test]
fn a_region_that_comes_to_nothing_cannot_be_left_out_whole() {
    for (made, code) in [
        (Made::Counted, Some("region.missing")),
        (Made::Uncounted, None),
    ] {
        let day = netted_as(&even(), 0, [made; 2]);
        let mut wrong = zhejiang(&day);
        assert_eq!(check(&wrong), []);
        let gone = region(2);
        wrong.regions.retain(|it| it.region != gone);
        wrong.rows.retain(|it| !it.row.pair.names(gone));
        let found = check(&wrong);
        assert_eq!(
            codes(&found),
            code.into_iter().collect::<Vec<_>>(),
            "{found:?}"
        );
        assert!(
            found
                .iter()
                .all(|it| it.to_string().contains("region 330100"))
        );
    }
}
