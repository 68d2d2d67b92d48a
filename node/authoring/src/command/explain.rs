//! `policy explain`: a bill document settled under a policy document, told step by step.

use std::io::{self, Write};
use std::path::Path;

use clap::ValueEnum;
use huitong_explanation::{Sentence, explain};

use super::adjudicate::settle;
use super::{Verdict, read_policy};

/// The languages that text is printed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// Chinese / 中文
    Zh,
    /// English / 英文
    En,
    /// Both, one below the other / 中英对照
    Both,
}

impl Language {
    /// The texts of a sentence in this language.
    pub(super) fn texts(self, sentence: &Sentence) -> Vec<&str> {
        match self {
            Self::Zh => vec![&sentence.zh],
            Self::En => vec![&sentence.en],
            Self::Both => vec![&sentence.zh, &sentence.en],
        }
    }
}

pub(super) fn command(
    policy: &Path,
    bill: &Path,
    language: Language,
    out: &mut impl Write,
    faults: &mut impl Write,
) -> io::Result<Verdict> {
    let Some(document) = read_policy(policy, faults)? else {
        return Ok(Verdict::Faulty);
    };
    let told = settle(&document, bill, faults, |case, decision| {
        explain(document.policy(), case, decision)
    })?;
    let Some(sentences) = told else {
        return Ok(Verdict::Faulty);
    };
    writeln!(out, "{}", document.policy().title())?;
    for (sentence, number) in sentences.iter().zip(1_u32..) {
        let mut label = format!("{number}.");
        for text in language.texts(sentence) {
            writeln!(out, "{label:<4}{text}")?;
            label.clear();
        }
    }
    Ok(Verdict::Sound)
}
