//! `externals.csv`: settlements that the region's own core system made (网外结算).
//!
//! Here each row is only read; whether it may count (person, institution, visit, totals) is found against the
//! node's records, and told at its line in the same way.

use std::collections::BTreeMap;

use huitong_core::bill::{Arrival, Visit, VisitNumber};
use huitong_core::date::ServiceDate;
use huitong_core::digest::{Digest, sha256};
use huitong_core::external::{Added, CoreId, ExternalError, ExternalSettlement};
use huitong_core::fund::Fund;
use huitong_core::institution::InstitutionCode;
use huitong_core::money::Fen;
use huitong_core::name::Name;
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::vocabulary::Setting;

use super::cell::{self, Wrong, wrong};
use super::control::{ControlSums, EXTERNAL_TOTAL as TOTAL};
use super::fault::{Findings, RowFaults};
use super::table::{Column, Lined, Need, Row, Sheet};
use super::{ImportHeader, control};

const COLUMNS: &[Column] = &[
    ("core_id", Need::Required),
    ("psn_no", Need::Required),
    ("institution", Need::Required),
    ("visit", Need::Required),
    ("setting", Need::Required),
    ("admitted", Need::Required),
    ("discharged", Need::Optional),
    ("episode", Need::Optional),
    ("episode_at", Need::Optional),
    ("interim", Need::Optional),
    ("billed_from", Need::Optional),
    ("diseases", Need::Optional),
    ("package", Need::Optional),
    (TOTAL, Need::Required),
    ("payments", Need::Optional),
    ("cash", Need::Required),
    ("sums", Need::Optional),
    ("counts", Need::Optional),
    ("corrects", Need::Optional),
];
const DISEASES_AT_MOST: usize = 16;
const ENTRIES_AT_MOST: usize = 64;
const COUNT_AT_MOST: u64 = 1_000_000;

/// The settlements of one sound file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalBatch {
    digest: Digest,
    sums: ControlSums,
    lines: Vec<u64>,
    settlements: Vec<ExternalSettlement>,
}

impl ExternalBatch {
    /// SHA-256 of the file.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// How many rows, and what they sum to.
    #[must_use]
    pub const fn sums(&self) -> ControlSums {
        self.sums
    }

    /// The settlements, in the order of the file.
    #[must_use]
    pub fn settlements(&self) -> &[ExternalSettlement] {
        &self.settlements
    }

    /// What the node refuses of them, each at its line.
    #[must_use]
    pub fn faults(&self, refused: &[(usize, Refusal)]) -> RowFaults {
        let mut findings = Findings::none();
        for (nth, refusal) in refused {
            let line = self.lines.get(*nth).copied().unwrap_or_default();
            let Refusal { code, detail } = refusal;
            let (en, zh) = (code.advice_en(), code.advice_zh());
            findings.add(
                line,
                column(*code),
                format!("{code} ({detail}): {en}"),
                format!("{code}（{detail}）：{zh}"),
            );
        }
        findings.into_faults()
    }
}

/// The columns that refusals are about; one that is not here is of the whole row.
const REFUSED: [(RefusalCode, &str); 14] = [
    (RefusalCode::IdConflict, "core_id"),
    (RefusalCode::UnknownPerson, "psn_no"),
    (RefusalCode::PersonHeld, "psn_no"),
    (RefusalCode::RecordFull, "psn_no"),
    (RefusalCode::UnknownInstitution, "institution"),
    (RefusalCode::VisitAlreadySettled, "visit"),
    (RefusalCode::VisitInProgress, "visit"),
    (RefusalCode::NotEnrolled, "admitted"),
    (RefusalCode::Malformed, "discharged"),
    (RefusalCode::PersonDead, "discharged"),
    (RefusalCode::NoPolicy, "discharged"),
    (RefusalCode::AccountShort, "payments"),
    (RefusalCode::ExternalTotals, "sums"),
    (RefusalCode::ExternalCorrects, "corrects"),
];

fn column(code: RefusalCode) -> &'static str {
    let found = REFUSED.iter().find(|(of, _)| *of == code);
    found.map_or("", |(_, column)| column)
}

/// Reads a file.
///
/// # Errors
/// Every fault of it.
pub(super) fn batch(header: &ImportHeader, bytes: &[u8]) -> Result<ExternalBatch, RowFaults> {
    let mut sheet = Sheet::read(bytes, COLUMNS, settlement);
    sheet.once("core_id", |row| vec![row.core_id.clone()]);
    sheet.once("visit", |row| vec![row.visit_key()]);
    let Sheet {
        rows,
        count,
        mut findings,
    } = sheet;
    let sum = Fen::sum(rows.iter().map(|lined| lined.row.total)).ok();
    control(header, count, sum, &mut findings);
    let (lines, settlements) = rows
        .into_iter()
        .map(|Lined { line, row }| (line, row))
        .unzip();
    findings.or(ExternalBatch {
        digest: sha256(bytes),
        sums: ControlSums {
            rows: count,
            sum: sum.unwrap_or(Fen::MAX),
        },
        lines,
        settlements,
    })
}

fn settlement(row: &Row<'_>) -> Option<ExternalSettlement> {
    let core_id = row.required("core_id", core_id);
    let psn_no = row.required("psn_no", cell::psn_no);
    let institution = row.required("institution", cell::scalar::<InstitutionCode>);
    let visit = visit(row);
    let total = row.required(TOTAL, cell::yuan);
    let payments = payments(row);
    let cash = row.required("cash", cell::yuan);
    let adds = adds(row);
    let corrects = row.optional("corrects", self::core_id);
    let settlement = ExternalSettlement {
        core_id: core_id?,
        psn_no: psn_no?,
        institution: institution?,
        visit: visit?,
        total: total?,
        payments: payments?,
        cash: cash?,
        adds: adds?,
        corrects: corrects?,
    };
    match settlement.checked() {
        Ok(settlement) => Some(settlement),
        Err(error) => {
            let (column, zh) = said(&error);
            row.fault(column, error.to_string(), zh);
            None
        }
    }
}

/// The column of a fault of the row as a whole, and what is said of it in Chinese.
fn said(error: &ExternalError) -> (&'static str, String) {
    match error {
        ExternalError::CoreId => (
            "core_id",
            "结算编号应为 1 至 64 个可见 ASCII 字符".to_owned(),
        ),
        ExternalError::PaysNothing(fund) => ("payments", format!("{fund} 支付额为 0，请删去此项")),
        ExternalError::Sum(total) => (
            TOTAL,
            format!("各项支付与现金合计不等于费用总额 {total} 元"),
        ),
        ExternalError::Totals => ("sums", format!("累计最多 {ENTRIES_AT_MOST} 项")),
        ExternalError::CorrectsItself => ("corrects", "不得更正自身".to_owned()),
    }
}

fn visit(row: &Row<'_>) -> Option<Visit> {
    let number = row.required("visit", visit_number);
    let setting = row.required("setting", word::<Setting>);
    let admitted = row.required("admitted", cell::scalar::<ServiceDate>);
    let discharged = row.optional("discharged", cell::scalar::<ServiceDate>);
    let episode = row.optional("episode", visit_number);
    let episode_at = row.optional("episode_at", cell::scalar::<InstitutionCode>);
    let interim = row.or("interim", 0, cell::count::<u16>(999));
    let billed_from = row.optional("billed_from", cell::scalar::<ServiceDate>);
    let diseases = row.list("diseases", DISEASES_AT_MOST, cell::scalar::<Name>);
    let package = row.optional("package", cell::scalar::<Name>);
    let (number, admitted) = (number?, admitted?);
    let visit = Visit {
        episode: episode?.unwrap_or_else(|| number.clone()),
        number,
        episode_at: episode_at?,
        setting: setting?,
        interim: interim?,
        admitted,
        billed_from: billed_from?.unwrap_or(admitted),
        discharged: discharged?.unwrap_or(admitted),
        arrival: Arrival::Direct,
        sessions: 1,
        diseases: diseases?,
        package: package?,
    };
    match visit.checked() {
        Ok(visit) => Some(visit),
        Err(fault) => {
            row.fault("discharged", fault.to_string(), "就诊日期有误，请更正");
            None
        }
    }
}

/// `resident_pool=13160.00;own_account=100.00`.
fn payments(row: &Row<'_>) -> Option<BTreeMap<Fund, Fen>> {
    let entries = row.list("payments", ENTRIES_AT_MOST, |text| {
        let (name, amount) = entry(text)?;
        let fund = Fund::parse(name);
        let fund = fund.map_err(|fault| wrong(fault.to_string(), "没有此基金或账户"))?;
        Ok((fund, cell::yuan(amount)?))
    })?;
    once(row, "payments", entries)
}

/// `basic_paid=13160.00` under `sums`, `visits=1` under `counts`.
fn adds(row: &Row<'_>) -> Option<BTreeMap<Name, Added>> {
    let sums = row.list("sums", ENTRIES_AT_MOST, |text| {
        let (name, amount) = entry(text)?;
        let amount = cell::yuan(amount)?;
        Ok((cell::scalar::<Name>(name)?, Added::Sum(amount)))
    });
    let counts = row.list("counts", ENTRIES_AT_MOST, |text| {
        let (name, count) = entry(text)?;
        let count = cell::count::<u32>(COUNT_AT_MOST)(count)?;
        Ok((cell::scalar::<Name>(name)?, Added::Count(count)))
    });
    let entries = sums?.into_iter().chain(counts?).collect();
    once(row, "sums", entries)
}

fn entry(text: &str) -> Result<(&str, &str), Wrong> {
    let split = text.split_once('=');
    let split = split.map(|(name, value)| (name.trim(), value.trim()));
    split.ok_or_else(|| wrong("write name=value", "应写作“名称=数值”"))
}

fn once<K: Ord + std::fmt::Display, V>(
    row: &Row<'_>,
    column: &str,
    entries: Vec<(K, V)>,
) -> Option<BTreeMap<K, V>> {
    let mut map = BTreeMap::new();
    for (key, value) in entries {
        if map.contains_key(&key) {
            let en = format!("{key} stands twice");
            row.fault(column, en, format!("{key} 重复"));
            return None;
        }
        map.insert(key, value);
    }
    Some(map)
}

fn core_id(text: &str) -> Result<CoreId, Wrong> {
    CoreId::parse(text).map_err(|error| wrong(error.to_string(), said(&error).1))
}

fn visit_number(text: &str) -> Result<VisitNumber, Wrong> {
    let number = VisitNumber::parse(text);
    number.map_err(|fault| wrong(fault.to_string(), "就诊号应为 1 至 64 个可见 ASCII 字符"))
}

fn word<T: std::str::FromStr>(text: &str) -> Result<T, Wrong>
where
    T::Err: std::fmt::Display,
{
    let word = text.parse::<T>();
    word.map_err(|fault| wrong(fault.to_string(), "没有此类别，请按所列用词填写"))
}
