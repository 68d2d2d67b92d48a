//! Regions attest. Some of them have something otherwise in their own books for a while, and say so.

use std::collections::BTreeMap;

use huitong_core::leg::Leg;
use huitong_core::region::RegionCode;

use super::Month;
use crate::evidence::Said;
use crate::misread::{ALL, How, Misread, Whose};
use crate::source::{Shared, each, of};

type Marks = BTreeMap<RegionCode, u64>;

impl Month {
    /// All who are present attest a cycle; what each said. Netting waits for whoever does not tell in which leg it differs.
    pub(super) async fn attest(
        &mut self,
        number: usize,
        present: &[Shared],
        marks: &Marks,
    ) -> BTreeMap<RegionCode, Said> {
        self.misreads(number, marks).await;
        let day = self.days[number];
        let mut of_regions: BTreeMap<RegionCode, Misread> = BTreeMap::new();
        for (_, region, leg, how) in &self.misread {
            of_regions
                .entry(*region)
                .or_default()
                .insert(leg.debt(), *how);
        }
        let told = each(present, |mut source| {
            let own = of_regions.get(&source.place.code).cloned();
            async move { source.attests(day, &own.unwrap_or_default()).await }
        });
        let mut said = BTreeMap::new();
        for (region, of_region, wrong) in told.await {
            said.insert(region, of_region);
            self.checked.faults.extend(wrong);
        }
        said
    }

    /// Whether somebody does not tell now in which leg its book differs.
    pub(super) fn is_untold(&self) -> bool {
        self.misread
            .iter()
            .any(|(_, _, _, how)| *how == How::Untold)
    }

    /// What is read otherwise from this cycle on, and what no more.
    async fn misreads(&mut self, number: usize, marks: &Marks) {
        self.misread.retain(|(until, ..)| *until > number);
        for begun in ALL.iter().filter(|begun| begun.from == number) {
            // In the last cycle all attest as it is held.
            let until = begun.until.min(self.days.len() - 1);
            let count = match begun.whose {
                Whose::First => 0,
                Whose::OneOf(each) | Whose::BothOf(each) => self.places.len().div_ceil(each),
            };
            let mut whose: Vec<usize> = (0..count)
                .map(|_| self.chance.usize(1..self.places.len()))
                .collect();
            if begun.whose == Whose::First {
                whose.push(0);
            }
            for at in whose {
                let Some(leg) = self.fresh(at, marks).await else {
                    continue;
                };
                let regions = match begun.whose {
                    Whose::BothOf(_) => vec![leg.debtor, leg.creditor],
                    Whose::First | Whose::OneOf(_) => vec![self.places[at].code],
                };
                for region in regions {
                    let one = (until, region, leg.clone(), begun.how);
                    self.misread.push(one);
                }
            }
        }
    }

    /// A leg of a region that this cycle may take and no earlier one could, and that nobody has otherwise.
    async fn fresh(&self, at: usize, marks: &Marks) -> Option<Leg> {
        let code = self.places[at].code;
        let mark = |marks: &Marks, code| marks.get(&code).copied().unwrap_or(0);
        let before = |code| self.cycles.last().map_or(0, |last| mark(&last.marks, code));
        let is_steady = |code: &RegionCode| !self.moving.contains(code);
        if !is_steady(&code) {
            return None;
        }
        let candidates: Vec<Leg> = {
            let source = self.sources[at].lock().await;
            let (old, new): (Vec<_>, Vec<_>) = source
                .stream
                .iter()
                .take_while(|numbered| numbered.number <= mark(marks, code))
                .partition(|numbered| numbered.number <= before(code));
            let is_known = |leg: &Leg| old.iter().any(|known| known.leg.debt() == leg.debt());
            let new = new.into_iter().map(|numbered| &numbered.leg);
            new.filter(|leg| !is_known(leg)).cloned().collect()
        };
        for leg in candidates {
            let other = if leg.debtor == code {
                leg.creditor
            } else {
                leg.debtor
            };
            let is_taken = |(_, _, taken, _): &(usize, RegionCode, Leg, How)| *taken == leg;
            if !is_steady(&other) || self.misread.iter().any(is_taken) {
                continue;
            }
            let source = of(&self.sources, &self.places, other);
            let source = source.lock().await;
            let numbers = before(other) + 1..=mark(marks, other);
            let of_debt = source
                .stream
                .iter()
                .filter(|numbered| numbered.leg.debt() == leg.debt());
            let mut alike = of_debt.filter(|numbered| numbered.leg == leg);
            if alike.any(|numbered| numbers.contains(&numbered.number)) {
                return Some(leg);
            }
        }
        None
    }
}
