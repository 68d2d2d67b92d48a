//! A day once more: what was looked at comes again as it was, and nothing can be left out of it meanwhile.

use huitong_core::checkpoint::row::Pair;
use huitong_core::checkpoint::witness::{CertifiedWord, FindingKind, Verdict, WitnessWord};
use huitong_core::record::witness::CheckpointSeen;
use huitong_netting::statement::MemberStatement;

use super::super::held::{HeldDay, Wanted, held};
use super::*;

/// What Ningbo's node journaled of a cycle.
fn seen(cycle: &Cycle, findings: &[Finding]) -> CheckpointSeen {
    let word = WitnessWord {
        region: region(NINGBO),
        plan: cycle.checkpoint.plan,
        checkpoint: cycle.checkpoint.digest(),
        verdict: Verdict::of(findings),
        at: now(),
    };
    CheckpointSeen {
        checkpoint: certified(&cycle.checkpoint),
        word: CertifiedWord {
            word,
            algorithm: 1,
            key_id: sha256(b"key"),
            signature: vec![1; 64],
            signer: Vec::new(),
        },
        reach: cycle.part.reach(),
    }
}

fn again(cycle: &CheckpointSeen, before: Option<&CheckpointSeen>, part: &[u8]) -> HeldDay {
    let (day, owed) = held(region(NINGBO), (cycle, before), part, Wanted::Owed).unwrap();
    assert!(owed.is_empty(), "it owes them, and is owed none");
    day
}

#[test]
fn a_day_comes_again_as_it_was_looked_at_and_not_without_what_was_in_it() {
    let first = cycle(3, None);
    let second = cycle(5, Some(&first));
    let (of_first, of_second) = (seen(&first, &[]), seen(&second, &[]));
    let day = again(&of_second, Some(&of_first), &second.part.to_bytes());
    assert_eq!(
        (day.day, day.checkpoint),
        (second.checkpoint.day, second.checkpoint.digest())
    );
    assert_eq!(day.findings, []);
    let sums: Vec<_> = day
        .sums
        .values()
        .map(|(legs, amount)| (*legs, amount.get()))
        .collect();
    assert_eq!(sums, [(2, 900)]);

    let empty = again(&of_second, Some(&of_first), &[]);
    assert_eq!(codes(&empty.findings), ["part.missing"]);
    // A part of the same checkpoint that takes less of the stream, and leaves out the row with it.
    let less = |meddle: &dyn Fn(&mut MemberStatement)| {
        let mut statement = second.part.statement().clone();
        meddle(&mut statement);
        let part = RegionPart::new(statement).unwrap();
        again(&of_second, Some(&of_first), &part.to_bytes()).findings
    };
    let without = less(&|statement| {
        statement.rows.clear();
        statement.regions[0].to = statement.regions[0].from;
        statement.regions[0].nets.clear();
    });
    assert!(codes(&without).contains(&"region.window"), "{without:?}");
    let begun_later = less(&|statement| statement.regions[0].from += 1);
    assert!(
        codes(&begun_later).contains(&"region.begin"),
        "{begun_later:?}"
    );
    let of_other = again(&of_second, Some(&of_first), &first.part.to_bytes());
    assert_eq!(codes(&of_other.findings), ["checkpoint.other"]);
}

#[test]
fn what_was_found_wrong_then_still_is_and_more_than_a_word_carries_puts_all_in_doubt() {
    let first = cycle(3, None);
    let dropped = |nth: u64| Finding {
        number: Some(nth),
        pair: Some(Pair::of(&leg(1))),
        ..Finding::whole(FindingKind::LegDropped)
    };
    let few: Vec<Finding> = (1..=2).map(dropped).collect();
    let day = again(&seen(&first, &few), None, &first.part.to_bytes());
    assert_eq!(day.findings, few);
    let many: Vec<Finding> = (1..=40).map(dropped).collect();
    let day = again(&seen(&first, &many), None, &first.part.to_bytes());
    assert!(day.findings.iter().any(|finding| finding.pair.is_none()));
}
