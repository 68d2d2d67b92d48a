//! `huitong clearing checkpoint`: a cycle's checkpoint, and what each region says of it.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use huitong_core::canonical::Artifact;
use huitong_core::checkpoint::CertifiedCheckpoint;
use huitong_core::checkpoint::witness::{CertifiedWord, Findings, WitnessFile};
use huitong_core::date::BusinessDay;
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1;
use serde_json::{Value, json};

use super::connection::{Connection, Shape, print_json, told};
use super::file;

const AFTER: &str = "\
Whoever gets it elsewhere than the statement can hold the two against each other (huitong clearing verify): of one cycle
there is one checkpoint, and each names the one before. Regions' nodes look at each by themselves, and countersign it or say what
does not hold; --countersignatures writes what they said, for huitong clearing verify.
检查点宜经对账单以外的渠道公布：同一清算期只有一个检查点，且逐期相连。各统筹区节点自行核对后副署或说明不符之处，可用
--countersignatures 导出以供核验。";

/// A netted cycle's signed checkpoint, and which regions countersigned it.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Checkpoint {
    #[command(flatten)]
    connection: Connection,
    /// The business day, such as 2026-03-31 / 业务日
    #[arg(long)]
    day: BusinessDay,
    /// Write the checkpoint into this new file / 输出检查点文件
    #[arg(long)]
    out: Option<PathBuf>,
    /// Write what regions said of it into this new file / 输出副署文件
    #[arg(long)]
    countersignatures: Option<PathBuf>,
}

/// What is told of a checkpoint.
struct Told {
    checkpoint: CertifiedCheckpoint,
    words: WitnessFile,
    /// Regions that said nothing yet.
    silent: Vec<RegionCode>,
}

impl Told {
    fn of(answer: &v1::GetCheckpointResponse) -> anyhow::Result<Self> {
        let words = answer.words.iter();
        let words = words.map(|bytes| CertifiedWord::from_bytes(bytes));
        let words: Vec<CertifiedWord> = words.collect::<Result<_, _>>()?;
        let mut silent = Vec::new();
        for region in &answer.regions {
            let region = RegionCode::parse(region)?;
            if words.iter().all(|said| said.word.region != region) {
                silent.push(region);
            }
        }
        Ok(Self {
            checkpoint: CertifiedCheckpoint::from_bytes(&answer.file)?,
            words: WitnessFile { words },
            silent,
        })
    }

    /// By region what is wrong; nothing where it countersigned.
    fn said(&self) -> BTreeMap<RegionCode, Option<&Findings>> {
        let words = self.words.words.iter();
        let said = words.map(|said| (said.word.region, said.word.verdict.findings()));
        said.collect()
    }
}

impl Checkpoint {
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut officer = self.connection.proofs().await?;
        let request = v1::GetCheckpointRequest {
            business_day: self.day.to_string(),
        };
        let answer = officer.get_checkpoint(request).await;
        let answer = answer.map_err(|status| told(&status))?.into_inner();
        let told = Told::of(&answer)?;
        if let Some(path) = &self.out {
            file::write(path, &answer.file)?;
        }
        if let Some(path) = &self.countersignatures {
            file::write(path, &told.words.to_bytes())?;
        }
        match self.connection.shape() {
            Shape::Json => print_json(out, &self.document(&told)),
            Shape::Text => self.text(&told, out),
        }
    }

    fn document(&self, told: &Told) -> Value {
        let checkpoint = &told.checkpoint.signed.checkpoint;
        let said = told.said();
        let countersigned = said.iter().filter(|(_, findings)| findings.is_none());
        let refused = said.iter().filter_map(|(region, findings)| {
            findings.map(|findings| {
                json!({
                    "region": region.to_string(),
                    "count": findings.count(),
                    "findings": findings.first().iter().map(ToString::to_string).collect::<Vec<_>>(),
                    "codes": findings.first().iter().map(|it| it.kind.code()).collect::<Vec<_>>(),
                })
            })
        });
        json!({
            "file": self.out.as_ref().map(|path| path.display().to_string()),
            "business_day": checkpoint.day.to_string(),
            "plan": checkpoint.plan,
            "rows": checkpoint.rows,
            "digest": checkpoint.digest().to_string(),
            "countersigned": countersigned.map(|(region, _)| region.to_string()).collect::<Vec<_>>(),
            "refused": refused.collect::<Vec<_>>(),
            "not_yet": told.silent.iter().map(ToString::to_string).collect::<Vec<_>>(),
        })
    }

    fn text(&self, told: &Told, out: &mut dyn Write) -> anyhow::Result<()> {
        let checkpoint = &told.checkpoint.signed.checkpoint;
        let (day, plan, digest) = (checkpoint.day, checkpoint.plan, checkpoint.digest());
        let file = self
            .out
            .as_ref()
            .map(|path| format!("{}: ", path.display()));
        writeln!(
            out,
            "{}checkpoint of {day}, plan {plan}, {digest} / 检查点",
            file.unwrap_or_default()
        )?;
        for (region, findings) in told.said() {
            let Some(findings) = findings else {
                writeln!(out, "{region} countersigned / 已副署")?;
                continue;
            };
            let count = findings.count();
            writeln!(out, "{region} REFUSED, {count} findings / 拒绝副署")?;
            for finding in findings.first() {
                writeln!(out, "  {finding}")?;
            }
        }
        for region in &told.silent {
            writeln!(out, "{region} not yet / 尚未副署")?;
        }
        Ok(())
    }
}
