//! Whom a recovery waits for, and for what.
//!
//! First everyone gives back what the node had given and been given; then each region what it had handed over to here.
//! Not before: a word about somebody who went on takes a number to the next home, and until that home has given back
//! its words the numbers may be there already.

use std::collections::BTreeSet;

use huitong_core::region::RegionCode;

use super::Party;

/// One party, and what it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// What was given to it, and what it gave.
    ForWords(Party),
    /// What it had handed over to here, as an old home.
    ForHands(RegionCode),
}

impl Asked {
    pub(super) const fn party(self) -> Party {
        match self {
            Self::ForWords(party) => party,
            Self::ForHands(region) => Party::Region(region),
        }
    }
}

/// Who has not given back everything yet.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    words: BTreeSet<Party>,
    hands: BTreeSet<RegionCode>,
}

impl Waiting {
    /// For all that these parties hold.
    pub(super) fn of(parties: BTreeSet<Party>) -> Self {
        let region = |party: &Party| match party {
            Party::Region(region) => Some(*region),
            Party::Clearinghouse => None,
        };
        Self {
            hands: parties.iter().filter_map(region).collect(),
            words: parties,
        }
    }

    /// Who is waited for now: for hand-overs only when nobody is for words.
    pub(super) fn now(&self) -> Vec<Party> {
        let asked = if self.words.is_empty() {
            self.for_hands()
        } else {
            self.for_words()
        };
        asked.into_iter().map(Asked::party).collect()
    }

    pub(super) fn for_words(&self) -> Vec<Asked> {
        self.words.iter().copied().map(Asked::ForWords).collect()
    }

    pub(super) fn for_hands(&self) -> Vec<Asked> {
        self.hands.iter().copied().map(Asked::ForHands).collect()
    }

    /// It was given back. The last of all is waited for until the node serves.
    pub(super) fn has_answered(&mut self, asked: Asked) {
        if self.words.len().saturating_add(self.hands.len()) <= 1 {
            return;
        }
        match asked {
            Asked::ForWords(party) => self.words.remove(&party),
            Asked::ForHands(region) => self.hands.remove(&region),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(code: &str) -> RegionCode {
        code.parse().unwrap()
    }

    #[test]
    fn nobody_is_asked_for_hand_overs_until_all_have_given_back_their_words() {
        let (one, other) = (region("330200"), region("510100"));
        let all = [
            Party::Clearinghouse,
            Party::Region(one),
            Party::Region(other),
        ];
        let mut waiting = Waiting::of(all.into());
        assert_eq!(waiting.now(), all);
        waiting.has_answered(Asked::ForWords(Party::Clearinghouse));
        waiting.has_answered(Asked::ForWords(Party::Region(one)));
        assert_eq!(waiting.now(), [Party::Region(other)], "it answers late");
        waiting.has_answered(Asked::ForWords(Party::Region(other)));
        assert_eq!(waiting.for_words(), []);
        assert_eq!(waiting.now(), [Party::Region(one), Party::Region(other)]);
        // Whoever has given its words back and falls silent then is waited for, and can be left out.
        waiting.has_answered(Asked::ForHands(other));
        assert_eq!(waiting.now(), [Party::Region(one)]);
        waiting.has_answered(Asked::ForHands(one));
        assert_eq!(waiting.now(), [Party::Region(one)], "until the node serves");
    }

    #[test]
    fn a_node_without_other_regions_waits_for_the_clearinghouse_until_it_serves() {
        let mut waiting = Waiting::of([Party::Clearinghouse].into());
        waiting.has_answered(Asked::ForWords(Party::Clearinghouse));
        assert_eq!(waiting.now(), [Party::Clearinghouse]);
        assert_eq!(Waiting::default().now(), []);
    }
}
