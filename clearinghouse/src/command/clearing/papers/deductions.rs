//! What audits took off (审核扣款清单): one row for each debt of a deduction or of its end, and whether that is all of a month.
//!
//! A leg names a deduction where it would name a settlement. Here it has its own id, by which an officer of the region
//! that ordered it finds it at that node. Deliberately absent: anything of a person, and of the institution that is
//! paid less.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::checkpoint::row::Pair;
use huitong_core::clearing_month::row::Belongs;
use huitong_core::clearing_month::{ClearingMonth, MonthFile};
use huitong_core::date::BusinessDay;
use huitong_core::id::DeductionId;
use huitong_core::leg::LegKind;
use huitong_core::money::Fen;
use huitong_core::region::RegionCode;
use huitong_papers::{Cell, Kind, Table, TableError};

use super::standing::{Missing, NotTied, Standing};
use super::tables::{Gathered, GatheredLeg, text};

/// So many rows that do not tie are told.
const TOLD: usize = 10;

/// Of which debts the list is: the cycles of a month where one is given, and the rows of a region where one is named.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Of<'a> {
    pub(super) month: Option<&'a ClearingMonth>,
    pub(super) region: Option<RegionCode>,
}

/// The debts of deductions.
fn deductions<'a>(gathered: &'a Gathered, of: Of<'a>) -> impl Iterator<Item = GatheredLeg<'a>> {
    let Of { month, region } = of;
    let is_deduction = move |leg: &GatheredLeg<'_>| {
        let ends = [leg.pair.debtor, leg.pair.creditor];
        is_deduction(leg.kind) && region.is_none_or(|region| ends.contains(&region))
    };
    let is_of_month = move |leg: &GatheredLeg<'_>| {
        month.is_none_or(|month| (month.first_plan..=month.last_plan).contains(&leg.plan))
    };
    gathered.legs().filter(is_deduction).filter(is_of_month)
}

const fn is_deduction(kind: LegKind) -> bool {
    match kind {
        LegKind::Deduction | LegKind::DeductionEnd => true,
        LegKind::Settlement | LegKind::Reversal | LegKind::Correction => false,
    }
}

/// A row of the list.
#[derive(Debug)]
pub(in crate::command::clearing) struct Listed {
    /// The cycle, and its plan.
    pub(in crate::command::clearing) cycle: (BusinessDay, u64),
    pub(in crate::command::clearing) pair: Pair,
    /// By its id, of which kind.
    pub(in crate::command::clearing) deduction: (DeductionId, LegKind),
    pub(in crate::command::clearing) amount: Fen,
    pub(in crate::command::clearing) business_day: BusinessDay,
    /// Of which month's days it is, where the list is of a month.
    pub(in crate::command::clearing) belongs: Option<Belongs>,
}

/// The list, whoever it is made for.
///
/// # Errors
/// None for rows as these are; the type is the table's own.
pub(in crate::command::clearing) fn listed(
    rows: impl IntoIterator<Item = Listed>,
) -> Result<Table, TableError> {
    let mut table = Table::new(&[
        ("cycle", Kind::Day),
        ("plan", Kind::Count),
        ("debtor", Kind::Text),
        ("creditor", Kind::Text),
        ("fund", Kind::Text),
        ("deduction", Kind::Text),
        ("kind", Kind::Text),
        ("amount", Kind::Amount),
        ("business_day", Kind::Day),
        ("belongs", Kind::Text),
    ]);
    for row in rows {
        let belongs = row.belongs.map(|belongs| match belongs {
            Belongs::ToMonth => "month",
            Belongs::ToEarlier => "earlier",
        });
        table.push(vec![
            Cell::Day(row.cycle.0),
            Cell::Count(row.cycle.1),
            text(&row.pair.debtor),
            text(&row.pair.creditor),
            text(row.pair.fund.as_str()),
            text(&row.deduction.0),
            text(&row.deduction.1),
            Cell::Amount(row.amount.into()),
            Cell::Day(row.business_day),
            text(belongs.unwrap_or_default()),
        ])?;
    }
    Ok(table)
}

/// The list of what statements say. Of which month's days a deduction is, is said when the month is given.
pub(super) fn table(gathered: &Gathered, of: Of<'_>) -> Result<Table, TableError> {
    let rows = deductions(gathered, of).map(|leg| {
        let day = leg.leg.business_day;
        Listed {
            cycle: (leg.day, leg.plan),
            pair: leg.pair,
            deduction: (DeductionId::of_debt(leg.leg.settlement), leg.kind),
            amount: leg.leg.amount,
            business_day: day,
            belongs: of.month.map(|month| Belongs::of(day, month.after)),
        }
    });
    listed(rows)
}

/// How many deductions of a kind a row has, and what they sum to.
type Sums = BTreeMap<(Pair, LegKind), (u64, Fen)>;

fn add(sums: &mut Sums, of: (Pair, LegKind), (legs, amount): (u64, Fen)) {
    let sum = sums.entry(of).or_insert((0, Fen::ZERO));
    let amount = sum.1.checked_add(amount).unwrap_or(Fen::MAX);
    *sum = (sum.0.saturating_add(legs), amount);
}

/// Whether the statements have just the deductions that a month's rows of their regions, or of the one named, are made of.
/// Told are the regions that changed their member, with the rows of which that is not known.
pub(super) fn ties(
    gathered: &Gathered,
    held: &MonthFile,
    region: Option<RegionCode>,
) -> anyhow::Result<Vec<NotTied>> {
    let month = &held.certified.month;
    belong(gathered, month)?;
    let cycles = gathered.cycles(&(month.first_plan..=month.last_plan));
    let (clears, of) = (
        gathered.clears(),
        Of {
            month: Some(month),
            region,
        },
    );
    let standing = region.map_or_else(
        || Standing::of(clears, &cycles),
        |region| Standing::of_one(clears, &cycles, region),
    );
    let (mut expected, mut found) = (Sums::new(), Sums::new());
    for row in held.table.rows() {
        if standing.has(&row.pair) {
            for item in row.items().iter().filter(|item| is_deduction(item.kind)) {
                add(
                    &mut expected,
                    (row.pair, item.kind),
                    (item.legs, item.amount),
                );
            }
        }
    }
    for leg in deductions(gathered, of).filter(|leg| standing.has(&leg.pair)) {
        add(&mut found, (leg.pair, leg.kind), (1, leg.leg.amount));
    }
    same(month, &expected, &found, &standing)?;
    let rows = held.table.rows().iter().map(|row| row.pair);
    let not_tied = standing.not_tied(rows).collect();
    Ok(not_tied)
}

/// Whether the statements are of the cycles that a month names: one of its last is there, with the month's checkpoint.
fn belong(gathered: &Gathered, month: &ClearingMonth) -> anyhow::Result<()> {
    let (named, plan) = (&month.month, month.last_plan);
    let checkpoint = gathered.checkpoint(plan);
    anyhow::ensure!(
        checkpoint.is_some(),
        "month {named}: no statement of plan {plan} is here, its last; give it too, the month names its checkpoint: \
         where another member clears for the region by then, that one's (--region) \
         / 缺少该月最后一期（方案 {plan}）的对账单；统筹区已改由其他成员清算的，提供该成员对账单（--region）"
    );
    anyhow::ensure!(
        checkpoint == Some(month.checkpoint),
        "month {named} names another checkpoint of plan {plan} than the statements; keep both, they are evidence \
         / 月度文件与对账单的检查点不符，请一并保留作为证据"
    );
    Ok(())
}

/// Whether rows of deductions are the same ones.
fn same(
    month: &ClearingMonth,
    expected: &Sums,
    found: &Sums,
    standing: &Standing,
) -> anyhow::Result<()> {
    let rows: BTreeSet<_> = expected.keys().chain(found.keys()).collect();
    let none = (0, Fen::ZERO);
    let differing = rows.into_iter().filter_map(|of| {
        let (signed, stated) = (expected.get(of), found.get(of));
        let (signed, stated) = (signed.unwrap_or(&none), stated.unwrap_or(&none));
        let (
            Pair {
                debtor,
                creditor,
                fund,
            },
            kind,
        ) = of;
        (signed != stated).then(|| {
            format!(
                "{debtor} {creditor} {} {kind}: {} of {} in the month, {} of {} in the statements",
                fund.as_str(),
                signed.0,
                signed.1,
                stated.0,
                stated.1
            )
        })
    });
    let mut differing: Vec<_> = differing.take(TOLD).collect();
    if differing.is_empty() {
        return Ok(());
    }
    let missing = standing.missing().iter().take(TOLD);
    differing.extend(missing.map(|Missing { day, region, member }| match member {
        Some(member) => format!(
            "region {region} stands in no statement of {day}: give the statement of {member} for that cycle, if it has one; \
             where another member cleared for the region then, give that one's and name the region (--region {region}) \
             / 缺少成员 {member} 该期（{day}）的对账单（如有）；如该期由其他成员代为清算，请提供该成员对账单并加 --region {region}"
        ),
        None => format!(
            "region {region} stands in no statement of {day}: give the statement of the member that cleared for it then \
             / 缺少该统筹区 {day} 所属成员的对账单"
        ),
    }));
    anyhow::bail!(
        "month {}: the deductions of these statements are not those of its rows; give the statements of all of its cycles \
         / 扣款与月度各行不符，请提供当月各期对账单:\n{}",
        month.month,
        differing.join("\n")
    )
}

#[cfg(test)]
mod tests {
    use huitong_core::digest::Digest;
    use huitong_core::fund::Fund;
    use huitong_core::id::SettlementId;
    use huitong_netting::statement::StatedLeg;

    use super::*;

    #[test]
    fn of_one_region_only_the_rows_are_listed_in_which_it_stands() {
        let [ningbo, hangzhou, chengdu]: [RegionCode; 3] =
            ["330200", "330100", "510100"].map(|code| code.parse().unwrap());
        let day = "2026-03-02".parse().unwrap();
        let owed = |id: u8, debtor, creditor| {
            let pair = Pair {
                debtor,
                creditor,
                fund: Fund::ResidentPool,
            };
            let leg = StatedLeg {
                settlement: SettlementId::from_parts(1, [id; 10]),
                kind: LegKind::Deduction,
                amount: Fen::new(5).unwrap(),
                business_day: day,
                receipt: Digest::from_bytes([0; 32]),
            };
            (pair, LegKind::Deduction, leg)
        };
        let legs = [
            owed(1, chengdu, ningbo),
            owed(2, chengdu, hangzhou),
            owed(3, ningbo, hangzhou),
        ];
        let gathered = Gathered::of_legs(day, legs);
        for (region, rows) in [
            (None, 3),
            (Some(ningbo), 2),
            (Some(hangzhou), 2),
            (Some(chengdu), 2),
        ] {
            let of = Of {
                month: None,
                region,
            };
            assert_eq!(table(&gathered, of).unwrap().rows().len(), rows);
        }
    }
}
