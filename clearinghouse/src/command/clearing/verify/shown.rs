//! What was found of a statement, in text and JSON.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

use huitong_certs::signing::CarriedFault;
use huitong_core::canonical::Artifact;
use huitong_core::checkpoint::book::LegBook;
use huitong_core::checkpoint::row::Pair;
use huitong_core::checkpoint::witness::{CertifiedWord, Findings, Verdict};
use huitong_core::region::RegionCode;
use huitong_netting::statement::{MemberStatement, StatementFault};
use serde_json::{Value, json};

use crate::words::WordFault;

/// Faults, and silent regions, that are printed as text; JSON has all of them.
const PRINTED: usize = 100;

/// Something that is wrong, as it is told.
pub(super) struct Said {
    code: &'static str,
    pair: Option<Pair>,
    settlement: Option<String>,
    en: String,
    zh: String,
}

impl Said {
    pub(super) fn new(code: &'static str, en: &str, zh: &str) -> Self {
        Self {
            code,
            pair: None,
            settlement: None,
            en: en.to_owned(),
            zh: zh.to_owned(),
        }
    }

    pub(super) fn of(fault: &StatementFault) -> Self {
        let (en, zh) = fault.words();
        Self {
            code: fault.code(),
            pair: fault.pair().copied(),
            settlement: fault.settlement().map(|settlement| settlement.to_string()),
            en,
            zh,
        }
    }

    /// What was found by books: where it is a book that is wrong, its files are named.
    pub(super) fn of_books<'a>(
        fault: &StatementFault,
        books: impl Iterator<Item = (&'a PathBuf, &'a LegBook)>,
    ) -> Self {
        let said = Self::of(fault);
        let StatementFault::Book(region, _) = fault else {
            return said;
        };
        let of_region = books.filter(|(_, book)| book.region() == *region);
        let files: Vec<_> = of_region
            .map(|(file, _)| file.display().to_string())
            .collect();
        let files = files.join(", ");
        Self {
            en: format!("{files}: {}", said.en),
            zh: format!("{files}：{}", said.zh),
            ..said
        }
    }

    /// Whether it is a book that is wrong, and not what it was held against.
    fn is_of_a_book(&self) -> bool {
        self.code.starts_with("book.")
    }

    /// What another file than the statement showed: it is named.
    pub(super) fn by_file(self, file: &Path) -> Self {
        let file = file.display();
        Self {
            en: format!("{file}: {}", self.en),
            zh: format!("{file}：{}", self.zh),
            ..self
        }
    }

    /// `whose` is the checkpoint that is not signed as it must be, in English and in Chinese.
    pub(super) fn signature(whose: [&str; 2], fault: &CarriedFault) -> Self {
        let said = fault.to_string();
        let (en, zh) = said.rsplit_once(" / ").unwrap_or((&said, &said));
        let [whose, whose_zh] = whose;
        let en = format!("{whose} is not the clearinghouse's word: {en}");
        let zh = format!("{whose_zh}签名无效：{zh}");
        Self::new("checkpoint.signature", &en, &zh)
    }

    /// A word that the region did not sign.
    pub(super) fn word(region: RegionCode, fault: &WordFault) -> Self {
        let said = fault.to_string();
        let (en, zh) = said.rsplit_once(" / ").unwrap_or((&said, &said));
        let en = format!("the word of region {region} is not its own: {en}");
        let zh = format!("统筹区{region}的副署无效：{zh}");
        Self::new("countersignature.signature", &en, &zh)
    }

    fn document(&self) -> Value {
        let row = self.pair.map(|pair| {
            json!({
                "debtor": pair.debtor.to_string(),
                "creditor": pair.creditor.to_string(),
                "fund": pair.fund.as_str(),
            })
        });
        json!({
            "code": self.code,
            "row": row,
            "settlement": self.settlement,
            "en": self.en,
            "zh": self.zh,
        })
    }
}

/// What was found.
pub(super) struct Found<'a> {
    pub(super) file: &'a str,
    pub(super) statement: Option<&'a MemberStatement>,
    pub(super) books: &'a [LegBook],
    pub(super) faults: &'a [Said],
    /// Whether it was asked what regions said.
    pub(super) has_words: bool,
    /// What regions rightly said of the checkpoint.
    pub(super) words: &'a [CertifiedWord],
    /// Regions of which it could be had, and is not among those.
    pub(super) silent: &'a BTreeSet<RegionCode>,
}

impl Found<'_> {
    fn compared(&self) -> Vec<String> {
        let regions: BTreeSet<_> = self.books.iter().map(LegBook::region).collect();
        regions.iter().map(ToString::to_string).collect()
    }

    fn legs(&self) -> u64 {
        let rows = self.statement.iter().flat_map(|it| &it.rows);
        rows.fold(0, |legs, row| legs.saturating_add(row.row.legs))
    }

    pub(super) fn document(&self) -> Value {
        let signed = self.statement.map(|it| &it.checkpoint.signed);
        let checkpoint = signed.map(|signed| &signed.checkpoint);
        let waiting = self.statement.iter().flat_map(|it| &it.regions);
        let waiting = waiting.map(|region| {
            json!({
                "region": region.region.to_string(),
                "legs": region.carried.count(),
            })
        });
        let faults = self.faults.iter().map(Said::document);
        let refused = self
            .words
            .iter()
            .filter(|said| said.word.verdict != Verdict::Holds);
        let holds = self
            .words
            .iter()
            .filter(|said| said.word.verdict == Verdict::Holds);
        let regions = |said: &CertifiedWord| said.word.region.to_string();
        json!({
            "holds": self.faults.is_empty(),
            "member": self.statement.map(|it| it.member.to_string()),
            "business_day": checkpoint.map(|it| it.day.to_string()),
            "plan": checkpoint.map(|it| it.plan),
            "checkpoint": checkpoint.map(|it| it.digest().to_string()),
            "signed_at": signed.map(|signed| signed.at.to_string()),
            "rows": self.statement.map(|it| it.rows.len()),
            "counted": self.statement.map(MemberStatement::is_counted),
            "legs": self.statement.map(|_| self.legs()),
            "waiting": waiting.collect::<Vec<_>>(),
            "compared": self.compared(),
            "countersigned": holds.map(regions).collect::<Vec<_>>(),
            "refused": refused.map(regions).collect::<Vec<_>>(),
            "silent": self.silent.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "faults": faults.collect::<Vec<_>>(),
        })
    }

    pub(super) fn text(&self, out: &mut dyn Write) -> anyhow::Result<()> {
        let file = self.file;
        if !self.faults.is_empty() {
            let found = if self.statement.is_none() {
                "nothing that could be checked / 无法核验"
            } else if self.faults.iter().all(Said::is_of_a_book) {
                "nothing wrong was found with it but with a book, without which legs are not checked / 对账单未见错误，账簿有误，未能逐笔核对"
            } else {
                "does not hold / 对账单有误"
            };
            writeln!(out, "{file}: {found}")?;
            for said in self.faults.iter().take(PRINTED) {
                writeln!(out, "{}: {} / {}", said.code, said.en, said.zh)?;
            }
            return more(self.faults.len(), out);
        }
        let Some(statement) = self.statement else {
            return Ok(());
        };
        let signed = &statement.checkpoint.signed;
        let checkpoint = &signed.checkpoint;
        writeln!(out, "{file}: holds / 对账单有效")?;
        writeln!(
            out,
            "member {} for {}, plan {}, {} rows, {} legs",
            statement.member,
            checkpoint.day,
            checkpoint.plan,
            statement.rows.len(),
            self.legs()
        )?;
        writeln!(
            out,
            "checkpoint {} signed by /clearinghouse/signing at {}",
            checkpoint.digest(),
            signed.at
        )?;
        for (fund, net) in statement.table.of(statement.member.code()) {
            writeln!(out, "net {:<28}{:>20}", fund.as_str(), net.to_string())?;
        }
        believed(statement, out)?;
        self.countersignatures(statement, out)?;
        if self.books.is_empty() {
            writeln!(
                out,
                "held against no book: legs are as the clearinghouse says (--book) / 未与自有账簿核对"
            )?;
        } else {
            let compared = self.compared().join(", ");
            writeln!(
                out,
                "held against the books of {compared} / 已与账簿逐笔核对"
            )?;
        }
        Ok(())
    }

    /// Who said what of the checkpoint, and who did not, as far as that can be told.
    fn countersignatures(
        &self,
        statement: &MemberStatement,
        out: &mut dyn Write,
    ) -> anyhow::Result<()> {
        self.words.iter().try_for_each(|said| print(said, out))?;
        self.silent.iter().take(PRINTED).try_for_each(|region| {
            writeln!(
                out,
                "no word of region {region} / 无统筹区{region}的副署或拒绝"
            )
        })?;
        more(self.silent.len(), out)?;
        if self.has_words && !statement.is_counted() {
            writeln!(
                out,
                "the checkpoint was signed without counts of rows: it is told of the member's own regions alone that no word of theirs is there, of others it cannot be / 检查点未载明行数：仅能列示本成员无副署或拒绝的统筹区，其他统筹区无从列示"
            )?;
        }
        Ok(())
    }
}

/// How many there are beyond those that are printed.
fn more(all: usize, out: &mut dyn Write) -> anyhow::Result<()> {
    if let Some(more @ 1..) = all.checked_sub(PRINTED) {
        writeln!(out, "and {more} more; --json has all / 另有{more}处")?;
    }
    Ok(())
}

/// What this statement alone does not tell.
fn believed(statement: &MemberStatement, out: &mut dyn Write) -> anyhow::Result<()> {
    for region in &statement.regions {
        let waits = region.carried.count();
        if waits > 0 {
            let code = region.region;
            writeln!(
                out,
                "region {code}: {waits} legs wait for a later cycle / {waits}笔待下期"
            )?;
        }
    }
    if !statement.is_counted() {
        writeln!(
            out,
            "the checkpoint was signed without counts of rows: whether a row between two regions of the member is left out whole cannot be told from this statement alone, the next one tells (--before) / 检查点未载明行数：本成员统筹区之间是否整行遗漏，单凭本对账单无法判断，请以下一期核对"
        )?;
    }
    Ok(())
}

/// What a region said of the checkpoint.
fn print(said: &CertifiedWord, out: &mut dyn Write) -> anyhow::Result<()> {
    let (region, findings) = (said.word.region, said.word.verdict.findings());
    match findings.map(Findings::count) {
        None => writeln!(
            out,
            "countersigned by region {region} / 统筹区{region}已副署"
        )?,
        Some(count) => writeln!(
            out,
            "REFUSED by region {region}, {count} findings / 统筹区{region}拒绝副署"
        )?,
    }
    Ok(())
}
