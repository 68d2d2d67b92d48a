//! `huitong node external record`: one settlement of the core system, from a file that is read whole. Many at
//! once are brought in with `huitong node import externals`.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use huitong_core::bill::{Arrival, Visit, VisitNumber};
use huitong_core::date::ServiceDate;
use huitong_core::external::{Added, CoreId, ExternalSettlement};
use huitong_core::fund::Fund;
use huitong_core::institution::InstitutionCode;
use huitong_core::money::Fen;
use huitong_core::name::Name;
use huitong_core::person::PsnNo;
use huitong_core::vocabulary::Setting;
use huitong_document::config::{Document, Faults, Section};
use huitong_transport::ClientOptions;

use super::super::bill_file::{checked, parsed};
use super::shown::{as_json, print};
use crate::command::{BAD_FILE, block_on, said};
use crate::grpc::external_client::ExternalClient;

/// The most that one settlement adds to a total that counts.
const COUNT_AT_MOST: i64 = 1_000_000;

/// Record a settlement of the core system.
#[derive(Debug, clap::Args)]
pub struct Record {
    /// The settlement, as in deploy/examples/external.toml / 结算文件
    file: PathBuf,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl Record {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let file = self.file.display().to_string();
        let text = std::fs::read_to_string(&self.file)
            .with_context(|| format!("{file}: cannot be read / 文件无法读取"))?;
        let settlement = match read(&file, &text) {
            Ok(settlement) => settlement,
            Err(faults) => {
                writeln!(out, "{faults}")?;
                writeln!(out, "nothing was recorded / 未录入")?;
                return Ok(ExitCode::from(BAD_FILE));
            }
        };
        let (told, version) = block_on(async {
            let mut client = ExternalClient::connect(&self.server).await?;
            client.record(&settlement).await.map_err(said)
        })?;
        if self.json {
            writeln!(out, "{}", as_json(&told))?;
        } else {
            writeln!(out, "recorded; the record is at version {version} / 已录入")?;
            print(&told, out)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn read(file: &str, text: &str) -> Result<ExternalSettlement, Faults> {
    let document = Document::parse(file, text)?;
    let root = document.root();
    let core_id = parsed(&root, "core_id", CoreId::parse);
    let psn_no = parsed(&root, "person", PsnNo::parse);
    let institution = root.required::<InstitutionCode>("institution");
    let visit = visit(&root.section("visit"));
    let total = root.required::<Fen>("total");
    let cash = root.required::<Fen>("cash");
    let payments = named(&root, "payments", Fund::parse, |section, key| {
        section.required::<Fen>(key)
    });
    let sums = named(&root, "sums", Name::parse, |section, key| {
        section.required::<Fen>(key).map(Added::Sum)
    });
    let counts = named(&root, "counts", Name::parse, |section, key| {
        let count = section.integer_or(key, 0..=COUNT_AT_MOST, 0_u32);
        count.map(Added::Count)
    });
    let corrects = match root.get("corrects") {
        None => Some(None),
        Some(_) => parsed(&root, "corrects", CoreId::parse).map(Some),
    };
    let whole = || {
        let mut adds = sums?;
        adds.extend(counts?);
        let settlement = ExternalSettlement {
            core_id: core_id?,
            psn_no: psn_no?,
            institution: institution?,
            visit: visit?,
            total: total?,
            payments: payments?,
            cash: cash?,
            adds,
            corrects: corrects?,
        };
        match settlement.checked() {
            Ok(settlement) => Some(settlement),
            Err(fault) => {
                let zh = "各项支付与现金须等于费用总额，且无为零的支付";
                root.fault_of("total", fault.to_string(), zh);
                None
            }
        }
    };
    let settlement = whole();
    document.finish(|| settlement)
}

/// A table of values by names of a kind; none where it is not there.
fn named<K: Ord, V, E: std::fmt::Display>(
    root: &Section<'_>,
    table: &str,
    name: impl Fn(&str) -> Result<K, E>,
    value: impl Fn(&Section<'_>, &str) -> Option<V>,
) -> Option<BTreeMap<K, V>> {
    let Some(section) = root.optional_section(table) else {
        return Some(BTreeMap::new());
    };
    let entries = section.entries().into_iter();
    let read = entries.map(|(key, _)| match name(key) {
        Ok(name) => Some((name, value(&section, key)?)),
        Err(fault) => {
            section.fault_of(key, fault.to_string(), "名称有误");
            None
        }
    });
    let read: Vec<Option<(K, V)>> = read.collect();
    read.into_iter().collect()
}

fn visit(section: &Section<'_>) -> Option<Visit> {
    let number = parsed(section, "number", VisitNumber::parse);
    let setting = parsed(section, "setting", str::parse::<Setting>);
    let admitted = section.required::<ServiceDate>("admitted");
    let discharged = section.optional::<ServiceDate>("discharged");
    let billed_from = section.optional::<ServiceDate>("billed_from");
    let interim = section.integer_or("interim", 0..=999, 0_u16);
    let diseases = section.any::<Name>("diseases");
    let package = section.optional::<Name>("package");
    let episode = match section.get("episode") {
        None => number.clone(),
        Some(_) => parsed(section, "episode", VisitNumber::parse),
    };
    let episode_at = section.optional::<InstitutionCode>("episode_at");
    let visit = Visit {
        episode: episode?,
        number: number?,
        episode_at,
        setting: setting?,
        interim: interim?,
        admitted: admitted?,
        billed_from: billed_from.or(admitted)?,
        discharged: discharged.or(admitted)?,
        arrival: Arrival::Direct,
        sessions: 1,
        diseases,
        package,
    };
    checked(section, visit)
}
