//! What several statements say, each thing once.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use huitong_core::canonical::Artifact;
use huitong_core::checkpoint::row::{Pair, Row};
use huitong_core::date::BusinessDay;
use huitong_core::digest::Digest;
use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
use huitong_core::leg::LegKind;
use huitong_core::money::SignedFen;
use huitong_core::region::RegionCode;
use huitong_netting::statement::{MemberStatement, StatedLeg};
use huitong_papers::{Cell, Kind, Table, TableError};

use super::standing::Clears;

/// A leg, and where it stands.
pub(super) struct GatheredLeg<'a> {
    /// The cycle.
    pub(super) day: BusinessDay,
    /// Its plan.
    pub(super) plan: u64,
    pub(super) pair: Pair,
    pub(super) kind: LegKind,
    pub(super) leg: &'a StatedLeg,
}

/// All that statements say.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    checkpoints: BTreeMap<BusinessDay, (Digest, u64)>,
    legs: BTreeMap<(BusinessDay, Pair, SettlementId, LegKind), StatedLeg>,
    rows: BTreeMap<(BusinessDay, Pair), Row>,
    nets: BTreeMap<(BusinessDay, RegionCode, Fund), SignedFen>,
    regions: Clears,
}

impl Gathered {
    /// Takes what a statement says.
    ///
    /// # Errors
    /// Another checkpoint of a day than an earlier statement has.
    pub(super) fn take(&mut self, statement: &MemberStatement) -> anyhow::Result<()> {
        let checkpoint = &statement.checkpoint.signed.checkpoint;
        let (day, digest) = (checkpoint.day, checkpoint.digest());
        let known = self
            .checkpoints
            .insert(day, (digest, checkpoint.plan))
            .map(|(known, _)| known);
        anyhow::ensure!(
            known.is_none_or(|known| known == digest),
            "of {day} there are two checkpoints; keep both statements, they are evidence \
             / 该日存在两个检查点，请保留两份对账单作为证据"
        );
        for row in &statement.rows {
            self.rows.insert((day, row.row.pair), row.row);
            for leg in &row.legs {
                let key = (day, row.row.pair, leg.settlement, leg.kind);
                self.legs.insert(key, *leg);
            }
        }
        for ((member, fund), net) in &statement.table.nets {
            self.nets.insert((day, *member, *fund), *net);
        }
        for region in &statement.regions {
            let member = statement.member.code();
            self.regions.insert((day, region.region), member);
        }
        Ok(())
    }

    /// Each leg once, with where it stands.
    pub(super) fn legs(&self) -> impl Iterator<Item = GatheredLeg<'_>> {
        let legs = self.legs.iter();
        legs.map(|((day, pair, _, kind), leg)| GatheredLeg {
            day: *day,
            plan: self.checkpoints.get(day).map_or(0, |(_, plan)| *plan),
            pair: *pair,
            kind: *kind,
            leg,
        })
    }

    /// Who clears for each region on each day.
    pub(super) const fn clears(&self) -> &Clears {
        &self.regions
    }

    /// The cycles of some plans of which there are statements.
    pub(super) fn cycles(&self, plans: &RangeInclusive<u64>) -> BTreeSet<BusinessDay> {
        let cycles = self.checkpoints.iter();
        let cycles = cycles.filter(|(_, (_, plan))| plans.contains(plan));
        cycles.map(|(day, _)| *day).collect()
    }

    /// The checkpoint of a plan, if there is a statement of it.
    pub(super) fn checkpoint(&self, plan: u64) -> Option<Digest> {
        let mut checkpoints = self.checkpoints.values();
        let found = checkpoints.find(|(_, of)| *of == plan);
        found.map(|(digest, _)| *digest)
    }

    /// The tables, each with its name.
    ///
    /// # Errors
    /// None for what these tables are; the type is the tables' own.
    pub(super) fn tables(&self) -> Result<[(&'static str, Table); 4], TableError> {
        Ok([
            ("legs", self.leg_table()?),
            ("rows", self.row_table()?),
            ("nets", self.net_table()?),
            ("regions", self.region_table()?),
        ])
    }

    fn leg_table(&self) -> Result<Table, TableError> {
        let mut table = Table::new(&[
            ("cycle", Kind::Day),
            ("debtor", Kind::Text),
            ("creditor", Kind::Text),
            ("fund", Kind::Text),
            ("settlement", Kind::Text),
            ("kind", Kind::Text),
            ("amount", Kind::Amount),
            ("business_day", Kind::Day),
            ("receipt", Kind::Text),
        ]);
        for ((day, pair, settlement, kind), leg) in &self.legs {
            table.push(vec![
                Cell::Day(*day),
                text(&pair.debtor),
                text(&pair.creditor),
                text(pair.fund.as_str()),
                text(settlement),
                text(kind),
                Cell::Amount(leg.amount.into()),
                Cell::Day(leg.business_day),
                text(&leg.receipt),
            ])?;
        }
        Ok(table)
    }

    fn row_table(&self) -> Result<Table, TableError> {
        let mut table = Table::new(&[
            ("cycle", Kind::Day),
            ("plan", Kind::Count),
            ("debtor", Kind::Text),
            ("creditor", Kind::Text),
            ("fund", Kind::Text),
            ("amount", Kind::Amount),
            ("legs", Kind::Count),
            ("pair_root", Kind::Text),
        ]);
        for ((day, pair), row) in &self.rows {
            let plan = self.checkpoints.get(day).map_or(0, |(_, plan)| *plan);
            table.push(vec![
                Cell::Day(*day),
                Cell::Count(plan),
                text(&pair.debtor),
                text(&pair.creditor),
                text(pair.fund.as_str()),
                Cell::Amount(row.amount.into()),
                Cell::Count(row.legs),
                text(&row.pair_root),
            ])?;
        }
        Ok(table)
    }

    fn net_table(&self) -> Result<Table, TableError> {
        let mut table = Table::new(&[
            ("cycle", Kind::Day),
            ("member", Kind::Text),
            ("fund", Kind::Text),
            ("net", Kind::Amount),
        ]);
        for ((day, member, fund), net) in &self.nets {
            table.push(vec![
                Cell::Day(*day),
                text(member),
                text(fund.as_str()),
                Cell::Amount(*net),
            ])?;
        }
        Ok(table)
    }

    fn region_table(&self) -> Result<Table, TableError> {
        let mut table = Table::new(&[
            ("cycle", Kind::Day),
            ("region", Kind::Text),
            ("member", Kind::Text),
        ]);
        for ((day, region), member) in &self.regions {
            table.push(vec![Cell::Day(*day), text(region), text(member)])?;
        }
        Ok(table)
    }
}

#[cfg(test)]
impl Gathered {
    /// Of one day just these legs.
    pub(super) fn of_legs(
        day: BusinessDay,
        legs: impl IntoIterator<Item = (Pair, LegKind, StatedLeg)>,
    ) -> Self {
        let legs = legs.into_iter();
        let legs = legs.map(|(pair, kind, leg)| ((day, pair, leg.settlement, kind), leg));
        Self {
            legs: legs.collect(),
            ..Self::default()
        }
    }
}

pub(super) fn text(of: &(impl ToString + ?Sized)) -> Cell {
    Cell::Text(of.to_string())
}
