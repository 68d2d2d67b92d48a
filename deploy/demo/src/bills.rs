//! Bills as a hospital's system would send them: of the published cases, and of the crowd.

use std::collections::BTreeMap;

use anyhow::Context as _;
use huitong_core::date::ServiceDate;
use huitong_core::money::Fen;
use huitong_core::region::RegionCode;
use huitong_proto::common::v1 as common;
use huitong_proto::settlement::v1 as settlement;

use crate::cases::Case;
use crate::crowd::{Errand, Wrong};
use crate::world::item::{UNLISTED, code_of};
use crate::world::people::Who;

/// The bill of a published case. The patient was discharged on the last possible day of the year so far.
///
/// # Errors
/// When the case names an item or amount that is none.
pub fn of_case(index: usize, case: &Case, today: ServiceDate) -> anyhow::Result<settlement::Bill> {
    let home = RegionCode::parse(&case.home)?;
    let setting =
        settlement::Setting::from_str_name(&format!("SETTING_{}", case.setting.to_uppercase()))
            .with_context(|| format!("{}: no setting {}", case.id, case.setting))?;
    let arrival = match case.arrival.as_deref() {
        Some("referred") => settlement::Arrival::Referred,
        Some(other) => anyhow::bail!("{}: no arrival {other}", case.id),
        None => settlement::Arrival::Direct,
    };
    let mut lines = Vec::new();
    for (number, line) in (1..).zip(&case.lines) {
        lines.push(settlement::BillLine {
            number,
            code: code_of(&line.item)
                .with_context(|| format!("{}: no item {}", case.id, line.item))?
                .to_owned(),
            date: today.to_string(),
            quantity: line.quantity.to_string(),
            amount_fen: Fen::parse_yuan(&line.yuan)?.get(),
            returns: 0,
            approved: false,
        });
    }
    let visit = visit(
        &format!("CASE-{}", case.id),
        setting,
        arrival,
        (today, today),
    );
    Ok(bill(Who::Case(index), home, visit, lines))
}

/// The bill of one of the crowd.
///
/// # Errors
/// When a day lies outside the calendar.
pub fn of_errand(
    number: u64,
    errand: &Errand,
    today: ServiceDate,
) -> anyhow::Result<settlement::Bill> {
    let last = today.plus_days(0_i32.saturating_sub(i32::from(errand.days_ago)))?;
    let first = last.plus_days(0_i32.saturating_sub(i32::from(errand.nights)))?;
    let setting =
        settlement::Setting::from_str_name(&format!("SETTING_{}", errand.setting.to_uppercase()))
            .with_context(|| format!("no setting {}", errand.setting))?;
    let mut lines = Vec::new();
    for (line, (item, amount_fen)) in (1..).zip(&errand.lines) {
        let unlisted = line == 1 && errand.wrong == Some(Wrong::UnknownCode);
        lines.push(settlement::BillLine {
            number: line,
            code: if unlisted {
                UNLISTED
            } else {
                code_of(item).context("an item of the crowd")?
            }
            .to_owned(),
            date: last.to_string(),
            quantity: "1".to_owned(),
            amount_fen: *amount_fen,
            returns: 0,
            approved: false,
        });
    }
    let who = match errand.wrong {
        Some(Wrong::Stranger) => Who::Stranger,
        Some(Wrong::Lapsed) => Who::Lapsed,
        Some(Wrong::UnknownCode) | None => Who::Crowd(errand.person),
    };
    let visit = visit(
        &format!("CROWD-{number}"),
        setting,
        settlement::Arrival::Direct,
        (first, last),
    );
    Ok(bill(who, errand.home, visit, lines))
}

fn visit(
    number: &str,
    setting: settlement::Setting,
    arrival: settlement::Arrival,
    (admitted, discharged): (ServiceDate, ServiceDate),
) -> settlement::Visit {
    settlement::Visit {
        number: number.to_owned(),
        episode: number.to_owned(),
        setting: setting.into(),
        interim: 0,
        admitted: admitted.to_string(),
        discharged: discharged.to_string(),
        arrival: arrival.into(),
        sessions: 1,
        diseases: Vec::new(),
        package: String::new(),
        billed_from: String::new(),
        episode_at: String::new(),
    }
}

fn bill(
    who: Who,
    home: RegionCode,
    visit: settlement::Visit,
    lines: Vec<settlement::BillLine>,
) -> settlement::Bill {
    settlement::Bill {
        person: Some(common::Person {
            home_region: home.to_string(),
            psn_no: who.psn_no(home),
        }),
        credential: Some(common::Credential {
            kind: Some(common::credential::Kind::EVoucher(who.voucher(home))),
        }),
        visit: Some(visit),
        total_fen: lines.iter().map(|line| line.amount_fen).sum(),
        lines,
        given_fen: BTreeMap::new(),
    }
}
