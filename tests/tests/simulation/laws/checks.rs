//! The laws of expense checks: both regions have the same words of each, in the same order; each was said by an officer who
//! was told so, and what an officer was told is there; no more is found wrong than was paid; and a check goes as checks
//! go: asked, answered, sent back at most once, and confirmed.
//!
//! Left out: reasons, and on which day it is whose turn.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::canonical::Artifact as _;
use huitong_core::expense_check::{CheckSays, CheckWord, Finding};
use huitong_core::region::RegionCode;
use huitong_proto::settlement::v1::CheckStanding;

use super::{Audit, Law};
use crate::books::NodeBooks;
use crate::bureau::{Ending, Wanted};
use crate::certificates::OFFICER;
use crate::check_desk::{CheckStands, Speaks, Suspicion};
use crate::register::region;

/// A check, as those who spoke in it know it.
struct Told<'a> {
    of: &'a Suspicion,
    said: Vec<(Speaks, Option<&'a CheckStands>)>,
}

impl Told<'_> {
    fn is_said(&self, speaks: Speaks) -> bool {
        self.said.iter().any(|(said, _)| *said == speaks)
    }

    /// How it stood when it was looked at last, at home or there.
    fn last(&self, look: Speaks) -> Option<CheckStanding> {
        let said = self.said.iter().rev();
        let mut looks = said.filter(|(said, _)| *said == look);
        let last = looks.find_map(|(_, stands)| stands.map(|stands| stands.standing));
        last.map(|standing| match standing {
            // It is the treatment region's turn: on which day it is looked at is no matter here.
            CheckStanding::TakenUp | CheckStanding::Overdue => CheckStanding::Waiting,
            standing => standing,
        })
    }
}

impl CheckStands {
    /// The treatment region never took it.
    pub fn is_refused(&self) -> bool {
        self.standing == CheckStanding::Refused
    }
}

/// What an officer said by a word; nothing when a node says it by itself, or an officer could not have.
fn spoken(word: &CheckWord) -> Option<Speaks> {
    match &word.says {
        CheckSays::Ask(_) => Some(Speaks::Ask),
        CheckSays::Answer(Finding::Verified) => Some(Speaks::Verified),
        CheckSays::Answer(Finding::Discrepancy { amounts, .. }) => match amounts.as_slice() {
            [(_, fen)] => Some(Speaks::Discrepancy(fen.get())),
            _ => None,
        },
        CheckSays::Confirm => Some(Speaks::Confirm),
        CheckSays::SendBack(_) => Some(Speaks::SendBack),
        CheckSays::Silent(_) => None,
    }
}

impl NodeBooks {
    /// The words of a check, in the order of this book.
    fn words_of(&self, check: &str) -> Vec<&CheckWord> {
        let words = self.check_words.iter();
        words
            .filter(|word| word.check.to_string() == check)
            .collect()
    }
}

impl<'a> Audit<'a> {
    /// The checks that were told to be asked, by their ids.
    fn checks(&self) -> BTreeMap<&'a str, Told<'a>> {
        let mut checks: BTreeMap<&str, Told<'_>> = BTreeMap::new();
        for (wanted, done) in &self.exhibits.acts {
            let Wanted::Checked(of, speaks) = wanted else {
                continue;
            };
            let stands = match done {
                Some(Ending::Checked(stands)) => Some(stands),
                _ => None,
            };
            let check = match (speaks, stands) {
                (Speaks::Ask, Some(stands)) => &stands.check,
                (Speaks::Ask, None) => continue,
                _ => &of.check,
            };
            let told = checks.entry(check).or_insert_with(|| Told {
                of,
                said: Vec::new(),
            });
            told.said.push((*speaks, stands));
        }
        checks
    }

    fn books_of(&self, code: RegionCode) -> Option<&'a NodeBooks> {
        let mut nodes = self.exhibits.nodes.iter().enumerate();
        let found = nodes.find(|(number, _)| region(*number) == code);
        found.map(|(_, books)| books)
    }

    /// Both regions have the same words of a check, unless the one that was asked refused to take it and has none.
    pub(super) fn checks_are_in_both_books(&mut self) {
        let nodes = &self.exhibits.nodes;
        let all: BTreeMap<String, (RegionCode, RegionCode)> = nodes
            .iter()
            .flat_map(|books| &books.check_words)
            .map(|word| (word.check.to_string(), (word.home, word.treatment)))
            .collect();
        for (check, (home, treatment)) in all {
            let (Some(home), Some(there)) = (self.books_of(home), self.books_of(treatment)) else {
                self.report(Law::Checked, format!("{check} is between nobody"));
                continue;
            };
            let [own, other] = [home, there].map(|books| books.words_of(&check));
            let is_refused = home.checks_refused.contains(&check);
            let is_alike = own == other || (is_refused && other.is_empty() && own.len() == 1);
            if !is_alike {
                let story = format!("{check}: home has {own:?}, and treatment {other:?}");
                self.report(Law::Checked, story);
            }
            if let Some(why) = goes_wrong(&own) {
                self.report(Law::Checked, format!("{check}: {why}: {own:?}"));
            }
        }
    }

    /// Every word is one that an officer wanted to say, and finds no more wrong than was paid; and what an officer was
    /// told to be said is there once.
    pub(super) fn checks_say_what_officers_said(&mut self) {
        let checks = self.checks();
        for books in &self.exhibits.nodes {
            for word in &books.check_words {
                let check = word.check.to_string();
                if !checks
                    .get(check.as_str())
                    .is_some_and(|told| told.has(word))
                {
                    self.report(Law::Checked, format!("nobody said {word:?}"));
                }
                let paid = checks.get(check.as_str()).map(|told| told.of.paid);
                if found_wrong(word) > paid.unwrap_or(0) {
                    let story = format!("{check}: {paid:?} was paid, and {word:?}");
                    self.report(Law::Checked, story);
                }
            }
        }
        for (check, told) in &checks {
            for (speaks, stands) in &told.said {
                let Some(stands) = stands else {
                    continue;
                };
                let speaker = &self.exhibits.nodes[told.of.speaker(*speaks)];
                // What nobody else had is gone with the disk.
                let is_lost = speaker.is_restored && stands.to_send > 0;
                let is_look = matches!(speaks, Speaks::LookAtHome | Speaks::LookThere);
                let words = speaker.words_of(check);
                let found = words.iter().filter(|word| is_by(word, *speaks)).count();
                if found != 1 && !is_look && !is_lost {
                    let story = format!("{check}: {speaks:?} was told, and is there {found} times");
                    self.report(Law::Checked, story);
                }
            }
        }
    }

    /// In the end a check stands alike in both regions, and as its words and the reversal of its settlement say.
    pub(super) fn checks_stand_alike(&mut self) {
        let reversed: BTreeSet<String> = self
            .ordered()
            .map(|record| record.body().clearing.settlement.to_string())
            .collect();
        for (check, told) in self.checks() {
            let [home, there] = [Speaks::LookAtHome, Speaks::LookThere].map(|look| told.last(look));
            let Some(home) = home else {
                continue;
            };
            let words = self.exhibits.nodes[told.of.of.home].words_of(check);
            let is_reversed = reversed.contains(&told.of.settlement);
            let expected = match words.last().map(|word| &word.says) {
                Some(CheckSays::Confirm) => CheckStanding::Confirmed,
                Some(CheckSays::Silent(_)) => CheckStanding::ConfirmedBySilence,
                _ if is_reversed => CheckStanding::Reversed,
                Some(CheckSays::Answer(_)) => CheckStanding::Answered,
                // The treatment region is to answer.
                Some(CheckSays::Ask(_) | CheckSays::SendBack(_)) | None => CheckStanding::Waiting,
            };
            let is_right = match home {
                // Only of what is taken back nothing is asked.
                CheckStanding::Refused => is_reversed && there.is_none(),
                home => home == expected && there == Some(expected),
            };
            if !is_right {
                let story = format!("{check} is {home:?} at home and {there:?}, not {expected:?}");
                self.report(Law::Checked, story);
            }
        }
    }
}

impl Told<'_> {
    /// Whether somebody wanted to say a word, of this settlement.
    fn has(&self, word: &CheckWord) -> bool {
        let between = (region(self.of.of.home), region(self.of.treatment));
        let is_of_it = match &word.says {
            CheckSays::Ask(ask) => ask.settlement.to_string() == self.of.settlement,
            _ => true,
        };
        let by_officer = |speaks| {
            let officer = word.officer.as_ref().map(ToString::to_string);
            self.is_said(speaks) && officer.as_deref() == Some(OFFICER)
        };
        let is_said = match spoken(word) {
            Some(speaks) => by_officer(speaks),
            // The node says it once the day is over.
            None => match &word.says {
                CheckSays::Silent(until) => word.at.business_day_shanghai() > *until,
                _ => false,
            },
        };
        is_of_it && is_said && (word.home, word.treatment) == between
    }
}

/// How much should not have been owed by a word, in fen.
fn found_wrong(word: &CheckWord) -> i64 {
    match &word.says {
        CheckSays::Answer(Finding::Discrepancy { amounts, .. }) => {
            amounts.as_slice().iter().map(|(_, fen)| fen.get()).sum()
        }
        _ => 0,
    }
}

/// Whether an officer said a word; to confirm what counts as confirmed by silence says nothing more.
fn is_by(word: &CheckWord, speaks: Speaks) -> bool {
    let is_silence = matches!(word.says, CheckSays::Silent(_));
    spoken(word) == Some(speaks) || (is_silence && speaks == Speaks::Confirm)
}

/// Why words are not the course of a check: each follows the one before, and only in turn.
fn goes_wrong(words: &[&CheckWord]) -> Option<&'static str> {
    let mut before: Option<&CheckWord> = None;
    let mut sent_back = 0;
    for word in words {
        if word.follows != before.map(|before| before.digest()) {
            return Some("a word follows another one");
        }
        let may_follow = matches!(
            (&word.says, before.map(|before| &before.says)),
            (CheckSays::Ask(_), None)
                | (
                    CheckSays::Answer(_),
                    Some(CheckSays::Ask(_) | CheckSays::SendBack(_))
                )
                | (
                    CheckSays::Confirm | CheckSays::Silent(_) | CheckSays::SendBack(_),
                    Some(CheckSays::Answer(_))
                )
        );
        if !may_follow {
            return Some("a word comes out of turn");
        }
        sent_back += usize::from(matches!(word.says, CheckSays::SendBack(_)));
        before = Some(word);
    }
    (sent_back > 1).then_some("it is sent back twice")
}
