//! `huitong node person show`: a person's record as it stands.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::ExitCode;

use huitong_core::money::SignedFen;
use huitong_core::person::PsnNo;
use huitong_transport::ClientOptions;
use serde_json::{Value, json};

use crate::command::filing_shown::{filing_json, print_filing};
use crate::command::{block_on, said};
use crate::grpc::external_client::{ExternalAnswer, ExternalClient};
use crate::grpc::people_client::{PeopleClient, PersonAnswer, TotalAnswer};

/// Show a person's record.
#[derive(Debug, clap::Args)]
pub struct Show {
    /// The person's number / 人员编号
    #[arg(value_parser = PsnNo::parse)]
    person: PsnNo,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl Show {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let (person, externals) = block_on(async {
            let mut people = PeopleClient::connect(&self.server).await?;
            let person = people.person(self.person).await.map_err(said)?;
            let mut externals = ExternalClient::connect(&self.server).await?;
            let externals = externals.all(self.person).await.map_err(said)?;
            Ok((person, Outside::of(&externals)))
        })?;
        if self.json {
            writeln!(out, "{}", as_json(&person, &externals)?)?;
        } else {
            print(&person, &externals, out)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// What settlements of the own core system that stand have added, by total, stretch and key.
struct Outside {
    standing: usize,
    sums: BTreeMap<(String, String, String), i64>,
}

impl Outside {
    fn of(externals: &[ExternalAnswer]) -> Self {
        let standing: Vec<_> = externals.iter().filter(|it| it.end.is_none()).collect();
        let mut sums = BTreeMap::new();
        for (total, stretch, key, adds) in standing.iter().flat_map(|it| &it.changes) {
            let slot = (total.clone(), stretch.clone(), key.clone());
            let sum: &mut i64 = sums.entry(slot).or_default();
            *sum = sum.saturating_add(*adds);
        }
        Self {
            standing: standing.len(),
            sums,
        }
    }

    fn in_total(&self, total: &TotalAnswer) -> i64 {
        let TotalAnswer {
            total,
            stretch,
            key,
            ..
        } = total;
        let slot = (total.clone(), stretch.clone(), key.clone());
        self.sums.get(&slot).copied().unwrap_or_default()
    }
}

fn print(person: &PersonAnswer, externals: &Outside, out: &mut dyn Write) -> anyhow::Result<()> {
    let member = &person.member;
    let (birth, version) = (member.birth, person.version);
    writeln!(out, "born 出生 {birth}; version 版本 {version}")?;
    if let Some(died) = &person.died {
        writeln!(out, "died / 死亡日期: {died}")?;
    }
    for period in &member.periods {
        let (scheme, category, days) = (period.scheme.word(), period.category, period.days);
        let retired = if period.retired {
            ", retired 退休"
        } else {
            ""
        };
        writeln!(out, "cover 参保 {days}  {scheme}, {category}{retired}")?;
    }
    for held in &member.identities {
        writeln!(out, "identity 救助身份 {}  {}", held.days, held.identity)?;
    }
    for filing in &person.filings {
        print_filing(filing, out)?;
    }
    for total in &person.totals {
        let (name, stretch, key, value) = (&total.total, &total.stretch, &total.key, total.value);
        write!(out, "total 累计 {name} {stretch} {key}  {value}")?;
        match externals.in_total(total) {
            0 => writeln!(out)?,
            outside => writeln!(out, " (of it outside Huitong 其中网外结算 {outside})")?,
        }
    }
    if externals.standing > 0 {
        let standing = externals.standing;
        writeln!(out, "settlements outside Huitong 网外结算 {standing}")?;
    }
    let (own, family) = (yuan(person.own_fen)?, yuan(person.family_fen)?);
    writeln!(out, "accounts 账户: own 个人 {own}, family 共济 {family}")?;
    if person.own_lacks_fen > 0 || person.family_lacks_fen > 0 {
        let (own, family) = (yuan(person.own_lacks_fen)?, yuan(person.family_lacks_fen)?);
        writeln!(
            out,
            "since a restore they lack own {own}, family {family}: it is filled first, until their balances are set / \
             恢复后账户不足：个人 {own}，共济 {family}；退回款项先行补足，录入余额后终止"
        )?;
    }
    Ok(())
}

fn as_json(person: &PersonAnswer, externals: &Outside) -> anyhow::Result<Value> {
    let member = &person.member;
    let cover = member.periods.iter().map(|period| {
        json!({
            "scheme": period.scheme.word(),
            "category": period.category.to_string(),
            "retired": period.retired,
            "from": period.days.from().to_string(),
            "until": period.days.until().map(|day| day.to_string()),
        })
    });
    let identities = member.identities.iter().map(|held| {
        json!({
            "identity": held.identity.word(),
            "from": held.days.from().to_string(),
            "until": held.days.until().map(|day| day.to_string()),
        })
    });
    // A total is fen or a plain number, as its policy declares it.
    let totals = person.totals.iter().map(|total| {
        let (name, stretch, key) = (&total.total, &total.stretch, &total.key);
        let outside = externals.in_total(total);
        json!({
            "total": name,
            "stretch": stretch,
            "key": key,
            "value": total.value,
            "outside": outside,
        })
    });
    Ok(json!({
        "birth": member.birth.to_string(),
        "years_paid": member.years_paid,
        "claim_free_years": member.claim_free_years,
        "cover": cover.collect::<Vec<_>>(),
        "identities": identities.collect::<Vec<_>>(),
        "filings": person.filings.iter().map(filing_json).collect::<Vec<_>>(),
        "totals": totals.collect::<Vec<_>>(),
        "own": yuan(person.own_fen)?,
        "family": yuan(person.family_fen)?,
        "own_lacks": yuan(person.own_lacks_fen)?,
        "family_lacks": yuan(person.family_lacks_fen)?,
        "version": person.version,
        "died": person.died,
        "settlements_outside": externals.standing,
    }))
}

fn yuan(fen: i64) -> anyhow::Result<String> {
    Ok(SignedFen::new(fen)?.to_string())
}
