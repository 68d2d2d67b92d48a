//! `huitong clearing dispute verify`: a dispute's history checked offline, by the operator's root alone. It asks nobody.
//!
//! The order is that of trust: what each region signed, then that each word follows upon the one before, then what the
//! clearinghouse signed of it.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use huitong_certs::Trust;
use huitong_certs::signing::of_clearinghouse;
use huitong_core::dispute::course::Course;
use huitong_core::dispute::history::DisputeHistory;
use serde_json::json;

use crate::command::clearing::connection::{Shape, print_json};
use crate::command::clearing::kind::{self, Kind};
use crate::command::clearing::offline::{Offline, ended};
use crate::words;

const AFTER: &str = "\
Checked are: the signature of each region under each of its words, up to the operator's root at the moment of signing; that each
word names the one before and follows from it; that what is settled is what these words come to, or what two different officers
decided, and that the clearinghouse signed it. That nothing was said in time, and the officers' names, are the clearinghouse's
word, which stands under its signature. Exit 1 when something is wrong.
依次核对：各统筹区对其每次表示的签名及证书链，各次表示是否首尾相接，了结结果是否由其得出或由两名不同人员裁定，并有清算中心签名。有误时退出码为1。";

/// Check a dispute's signed history offline; exit 1 when something is wrong.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Verify {
    /// The file, as `huitong clearing dispute show --out` wrote it / 争议记录文件
    file: PathBuf,
    #[command(flatten)]
    offline: Offline,
}

impl Verify {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let trust = self.offline.trust()?;
        let shown = self.file.display().to_string();
        let history = kind::read::<DisputeHistory>(Kind::Dispute, &self.file)?;
        let (course, faults) = match &history {
            Ok(history) => checked(history, &trust),
            Err(unread) => (None, vec![unread.to_string()]),
        };
        let signed = history.is_ok_and(|history| history.outcome.is_some());
        if self.offline.shape() == Shape::Json {
            let settled = course.as_ref().and_then(Course::settled);
            print_json(
                out,
                &json!({
                    "file": shown,
                    "dispute": course.as_ref().map(|course| course.name.to_string()),
                    "stage": course.as_ref().map(|course| course.stage().word()),
                    "settled": settled.map(|settled| settled.amount.to_string()),
                    "outcome_signed": signed,
                    "faults": faults,
                }),
            )?;
        } else {
            print(&shown, course.as_ref(), &faults, out)?;
        }
        Ok(ended(&faults))
    }
}

/// What a history comes to, and all that is wrong with it.
fn checked(history: &DisputeHistory, trust: &Trust) -> (Option<Course>, Vec<String>) {
    let mut faults = Vec::new();
    for (number, signed) in (1..).zip(history.words()) {
        if let Err(fault) = words::in_dispute(signed, trust, None) {
            faults.push(format!("word {number} / 第{number}次表示: {fault}"));
        }
    }
    let course = match history.course() {
        Ok(course) => Some(course),
        Err(fault) => {
            faults.push(fault.to_string());
            None
        }
    };
    // What officers decided, and that nothing was said in time, no region signs: without the outcome it is nobody's word.
    let is_settled = course.as_ref().and_then(Course::settled).is_some();
    match &history.outcome {
        Some(outcome) => {
            if let Err(fault) = of_clearinghouse::outcome(outcome, trust) {
                faults.push(format!("the outcome / 结果: {fault}"));
            }
        }
        None if is_settled => faults.push(
            "the outcome: it is settled, and the clearinghouse's signature is not there, without which that is nobody's word; get the file again (huitong clearing dispute show --out) / 结果: 已了结而无清算中心签名，不能作数，请重新取得文件".to_owned(),
        ),
        None => {}
    }
    (course, faults)
}

fn print(
    shown: &str,
    course: Option<&Course>,
    faults: &[String],
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    if let Some(course) = course {
        let settled = match course.settled() {
            Some(settled) => format!(" at {}", settled.amount),
            None => String::new(),
        };
        writeln!(
            out,
            "{shown}: dispute {}, {}{settled}",
            course.name,
            course.stage()
        )?;
    }
    match faults {
        [] => writeln!(out, "{shown}: it holds / 核验通过")?,
        faults => {
            for fault in faults {
                writeln!(out, "{shown}: {fault}")?;
            }
        }
    }
    Ok(())
}
