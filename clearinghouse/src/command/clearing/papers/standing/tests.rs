//! Regions that stand in all cycles of a month, changed their member, or lack a statement.

use huitong_core::fund::Fund;

use super::*;

const NINGBO: &str = "330200";
const HANGZHOU: &str = "330100";
const ZHEJIANG: &str = "330000";
const CHENGDU: &str = "510100";
const DAYS: [&str; 3] = ["2026-03-02", "2026-03-03", "2026-03-04"];

fn region(code: &str) -> RegionCode {
    code.parse().unwrap()
}

/// Zhejiang clears for Hangzhou on all days, and for Ningbo on those named.
fn clears(ningbo: &[&str]) -> (Clears, BTreeSet<BusinessDay>) {
    let days = DAYS.iter().map(|day| day.parse().unwrap());
    let days: BTreeSet<BusinessDay> = days.collect();
    let mut clears = Clears::new();
    for day in &days {
        clears.insert((*day, region(HANGZHOU)), region(ZHEJIANG));
    }
    for day in ningbo {
        clears.insert((day.parse().unwrap(), region(NINGBO)), region(ZHEJIANG));
    }
    (clears, days)
}

fn pair(debtor: &str, creditor: &str) -> Pair {
    Pair {
        debtor: region(debtor),
        creditor: region(creditor),
        fund: Fund::ResidentPool,
    }
}

#[test]
fn a_region_that_changed_its_member_is_named_with_the_rows_that_are_not_all_here() {
    let (whole, days) = clears(&DAYS);
    let whole = Standing::of(&whole, &days);
    let own = pair(NINGBO, CHENGDU);
    assert!(whole.has(&own) && whole.not_tied(std::iter::once(own)).next().is_none());

    let (mut moved, _) = clears(&DAYS[..1]);
    let standing = Standing::of(&moved, &days);
    let rows = [
        own,
        pair(HANGZHOU, NINGBO),
        pair(HANGZHOU, CHENGDU),
        pair(CHENGDU, NINGBO),
    ];
    assert!(!standing.has(&own) && standing.has(&rows[1]) && standing.has(&rows[2]));
    let found: Vec<_> = standing.not_tied(rows.into_iter()).collect();
    let expected = NotTied {
        region: region(NINGBO),
        elsewhere: days.iter().skip(1).copied().collect(),
        rows: vec![own, rows[3]],
    };
    assert_eq!(found, [expected]);

    // With the statements of the member that clears for it now, all of it is here.
    for day in days.iter().skip(1) {
        moved.insert((*day, region(NINGBO)), region(NINGBO));
    }
    assert!(Standing::of(&moved, &days).has(&own));
}

#[test]
fn a_statement_that_is_missing_beside_another_members_is_known_and_the_rows_are_held_against_the_month()
 {
    let (mut clears, days) = clears(&DAYS);
    for day in &days {
        clears.insert((*day, region(CHENGDU)), region(CHENGDU));
    }
    assert!(Standing::of(&clears, &days).missing().is_empty());
    // Left out, or not there since the member's only region joined later or left before.
    let own = pair(CHENGDU, "440100");
    for gone in DAYS {
        let mut clears = clears.clone();
        let gone = gone.parse().unwrap();
        clears.remove(&(gone, region(CHENGDU)));
        let standing = Standing::of(&clears, &days);
        let of = Missing {
            day: gone,
            region: region(CHENGDU),
            member: Some(region(CHENGDU)),
        };
        assert_eq!(standing.missing(), &BTreeSet::from([of]));
        assert!(standing.has(&own) && standing.not_tied(std::iter::once(own)).next().is_none());
    }
}

#[test]
fn of_one_region_nothing_is_expected_of_what_else_its_members_clear_for() {
    // Zhejiang cleared for Ningbo on the first day, Sichuan does since; of neither is there a statement of the other days.
    let days: BTreeSet<BusinessDay> = DAYS.iter().map(|day| day.parse().unwrap()).collect();
    let mut clears = Clears::new();
    for (day, member) in days.iter().zip([ZHEJIANG, "510000", "510000"]) {
        let other = if member == ZHEJIANG {
            HANGZHOU
        } else {
            CHENGDU
        };
        for of in [NINGBO, other] {
            clears.insert((*day, region(of)), region(member));
        }
    }
    let standing = Standing::of_one(&clears, &days, region(NINGBO));
    assert!(standing.missing().is_empty());
    assert!(standing.has(&pair(NINGBO, "440100")) && standing.has(&pair(CHENGDU, NINGBO)));
    assert!(!standing.has(&pair(CHENGDU, HANGZHOU)));
    assert!(
        standing
            .not_tied([pair(CHENGDU, HANGZHOU)].into_iter())
            .next()
            .is_none()
    );
    // A day on which it stands nowhere is named, whoever cleared for it then.
    let gone = *days.iter().next().unwrap();
    clears.remove(&(gone, region(NINGBO)));
    let standing = Standing::of_one(&clears, &days, region(NINGBO));
    let missing = Missing {
        day: gone,
        region: region(NINGBO),
        member: None,
    };
    assert_eq!(standing.missing(), &BTreeSet::from([missing]));
}
