//! `huitong clearing verify`: a member's statement checked offline, by the operator's root alone. It needs neither the
//! clearinghouse nor a certificate of one's own, so a province need not believe anybody.
//!
//! The order is that of trust: signature, checkpoint, table, rows, sums, and the regions' own books.

mod shown;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use huitong_certs::Trust;
use huitong_certs::signing::of_clearinghouse;
use huitong_core::canonical::Artifact;
use huitong_core::checkpoint::CertifiedCheckpoint;
use huitong_core::checkpoint::book::LegBook;
use huitong_core::checkpoint::witness::{CertifiedWord, WitnessFile};
use huitong_core::region::RegionCode;
use huitong_netting::statement::{MemberStatement, check, compare, follow, neighbour};

use self::shown::Said;
use super::connection::{Shape, print_json};
use super::file;
use super::kind::{self, Kind, Unread};
use super::offline::{Offline, ended};
use crate::words::on_checkpoint;

const AFTER: &str = "\
Checked are: the clearinghouse's signature, up to the operator's root at the moment of signing; that the public table
of nets and every row are what it signed; that no row of its regions is left out; that the legs of each row come to
its sum and root, and the rows to the nets; that all members' nets sum to zero. With --checkpoint: that everybody was
told the same one, and that each names the one before. With --before: that the cycle goes on where the one before
ended, so that no leg lies between them. With --book: that every leg that your region's node wrote (huitong node legs)
and the cycle took is in its row, and no other is. With --countersignatures: that each region's word on the checkpoint
is its own; which countersigned, which refused and of which no word is there is told: whoever hands over the file can
leave a refusal out. A checkpoint that was signed before there were counts of rows cannot tell of each row whether it
is left out: that is said. Exit 1 when something is wrong: each is named, with its row and settlement.
依次核对：清算中心签名及证书链，轧差总表和各行均在检查点所确认的树中，各统筹区的行无遗漏，明细之和与根，各行与轧差额，全体成员之和为零；
给出--checkpoint时核对检查点是否唯一且逐期相连；给出--before时核对与上一期首尾相接；给出--countersignatures时核对各统筹区副署；给出--book时逐笔核对本统筹区账簿，指明遗漏、增添或更改的结算。有误时退出码为1。";

/// Check a member's statement offline, down to each leg; exit 1 when something is wrong.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Verify {
    /// The statement, as `huitong clearing statement --out` wrote it / 对账单文件
    #[arg(long)]
    statement: PathBuf,
    /// A checkpoint got elsewhere: of the cycle, the one before or after; may be repeated / 另行取得的检查点
    #[arg(long)]
    checkpoint: Vec<PathBuf>,
    /// What regions said of the checkpoint (`huitong clearing checkpoint --countersignatures`) / 副署文件
    #[arg(long)]
    countersignatures: Option<PathBuf>,
    /// The statement of the cycle before: of each stream nothing may lie between the two / 上一期对账单
    #[arg(long)]
    before: Option<PathBuf>,
    /// A region's own legs (`huitong node legs`): a file, or a folder of them; may be repeated / 统筹区自有账簿
    #[arg(long)]
    book: Vec<PathBuf>,
    #[command(flatten)]
    offline: Offline,
}

impl Verify {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let trust = self.offline.trust()?;
        let (files, books): (Vec<PathBuf>, Vec<LegBook>) = self.books()?.into_iter().unzip();
        let shown = self.statement.display().to_string();
        let statement = kind::read(Kind::Statement, &self.statement)?;
        let (statement, faults) = match statement {
            Ok(statement) => {
                let mut faults = self.faults(&statement, &trust)?;
                let by_books = compare(&statement, &books);
                let named = |fault: &_| Said::of_books(fault, files.iter().zip(&books));
                faults.extend(by_books.iter().map(named));
                (Some(statement), faults)
            }
            Err(Unread { en, zh }) => (None, vec![Said::new("statement.unreadable", &en, &zh)]),
        };
        let (words, mut unsound) = self.words(statement.as_ref(), &trust)?;
        let mut faults = faults;
        faults.append(&mut unsound);
        let silent = self.silent(statement.as_ref(), &words);
        let found = shown::Found {
            has_words: self.countersignatures.is_some(),
            words: &words,
            silent: &silent,
            file: &shown,
            statement: statement.as_ref(),
            books: &books,
            faults: &faults,
        };
        if self.offline.shape() == Shape::Json {
            print_json(out, &found.document())?;
        } else {
            found.text(out)?;
        }
        Ok(ended(&faults))
    }

    /// The books with their files.
    fn books(&self) -> anyhow::Result<Vec<(PathBuf, LegBook)>> {
        let mut files = Vec::new();
        for path in &self.book {
            files.extend(files_of(path)?);
        }
        let read = |path: PathBuf| {
            let book = kind::need(Kind::Book, &path)?;
            Ok((path, book))
        };
        files.into_iter().map(read).collect()
    }

    /// What regions said of the statement's checkpoint, and what is wrong with words that are not theirs or of another.
    fn words(
        &self,
        statement: Option<&MemberStatement>,
        trust: &Trust,
    ) -> anyhow::Result<(Vec<CertifiedWord>, Vec<Said>)> {
        let (Some(path), Some(statement)) = (&self.countersignatures, statement) else {
            return Ok((Vec::new(), Vec::new()));
        };
        let WitnessFile { words } = kind::need(Kind::Countersignatures, path)?;
        let own = statement.checkpoint.signed.checkpoint.digest();
        let (mut sound, mut faults) = (Vec::new(), Vec::new());
        for word in words {
            let region = word.word.region;
            if let Err(fault) = on_checkpoint(&word, trust) {
                faults.push(Said::word(region, &fault));
            } else if word.word.checkpoint == own {
                sound.push(word);
            } else {
                let en = format!(
                    "region {region} says it of another checkpoint, {}",
                    word.word.checkpoint
                );
                let zh = format!("统筹区{region}所签为另一检查点");
                faults.push(Said::new("countersignature.other", &en, &zh));
            }
        }
        Ok((sound, faults))
    }

    /// Regions that stand in the cycle, and of which no word is among those that were given: a refusal can be left out of them.
    fn silent(
        &self,
        statement: Option<&MemberStatement>,
        words: &[CertifiedWord],
    ) -> BTreeSet<RegionCode> {
        let (Some(_), Some(statement)) = (&self.countersignatures, statement) else {
            return BTreeSet::new();
        };
        let own = statement.regions.iter().map(|it| it.region);
        let standing = own.chain(statement.counts.regions.keys().copied());
        let has_said = |region: &RegionCode| words.iter().any(|it| it.word.region == *region);
        standing.filter(|region| !has_said(region)).collect()
    }

    fn faults(&self, statement: &MemberStatement, trust: &Trust) -> anyhow::Result<Vec<Said>> {
        let mut faults = Vec::new();
        if let Err(fault) = of_clearinghouse::checkpoint(&statement.checkpoint, trust) {
            let whose = ["the statement's checkpoint", "对账单的检查点"];
            faults.push(Said::signature(whose, &fault));
        }
        for path in &self.checkpoint {
            let shown = path.display().to_string();
            let other = kind::read(Kind::Checkpoint, path)?;
            let other: CertifiedCheckpoint = match other {
                Ok(other) => other,
                Err(unread) => {
                    let Unread { en, zh } = unread.in_file(path);
                    faults.push(Said::new("checkpoint.unreadable", &en, &zh));
                    continue;
                }
            };
            // What is not the clearinghouse's word proves nothing against it either.
            match of_clearinghouse::checkpoint(&other, trust) {
                Ok(()) => {
                    let fault = neighbour(statement, &other.signed.checkpoint).err();
                    faults.extend(fault.map(|fault| Said::of(&fault).by_file(path)));
                }
                Err(fault) => faults.push(Said::signature([&shown; 2], &fault)),
            }
        }
        faults.extend(check(statement).iter().map(Said::of));
        if let Some(path) = &self.before {
            faults.extend(follows(statement, path, trust)?);
        }
        Ok(faults)
    }
}

/// All that is wrong with the statement of the cycle before, or between the two.
fn follows(statement: &MemberStatement, path: &Path, trust: &Trust) -> anyhow::Result<Vec<Said>> {
    let before: MemberStatement = kind::need(Kind::Statement, path)?;
    if let Err(fault) = of_clearinghouse::checkpoint(&before.checkpoint, trust) {
        let shown = path.display().to_string();
        return Ok(vec![Said::signature([&shown; 2], &fault)]);
    }
    // Where it ended says something only as far as all of it belongs together.
    let found = follow(statement, &before).into_iter().chain(check(&before));
    let mut faults: Vec<_> = found.map(|fault| Said::of(&fault).by_file(path)).collect();
    // A region that it does not have may begin now; one that has none of them says nothing of any.
    let regions = &statement.regions;
    let has = |code| before.regions.iter().any(|it| it.region == code);
    if !regions.is_empty() && !regions.iter().any(|it| has(it.region)) {
        let en = "it has no region of the statement: give the one of the same member of the cycle before";
        let zh = "与对账单无相同统筹区，请给出同一成员上一期的对账单";
        faults.push(Said::new("before.foreign", en, zh).by_file(path));
    }
    Ok(faults)
}

/// A file itself, or the files of a folder in the order of their names.
fn files_of(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let cannot = |error: std::io::Error| file::unread(path, &error);
    if !std::fs::metadata(path).map_err(cannot)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = std::fs::read_dir(path).map_err(cannot)?;
    let files = entries.map(|entry| entry.map(|entry| entry.path()));
    let mut files = files.collect::<Result<Vec<_>, _>>().map_err(cannot)?;
    files.retain(|file| file.is_file());
    files.sort();
    anyhow::ensure!(
        !files.is_empty(),
        "{}: no book in this folder / 目录中没有账簿",
        path.display()
    );
    Ok(files)
}

#[cfg(test)]
mod tests;
