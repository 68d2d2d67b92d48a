//! `policy adjudicate`: a bill document settled under a policy document, for people or for programs.

use std::io::{self, Write};
use std::path::Path;

use huitong_adjudication::Compiled;
use huitong_core::decision::Decision;
use huitong_document::bill::BillDocument;
use huitong_document::policy::PolicyDocument;

use super::{Form, Verdict, json, read, read_policy, text};
use crate::case::decide;

pub(super) fn command(
    policy: &Path,
    bill: &Path,
    form: Form,
    out: &mut impl Write,
    faults: &mut impl Write,
) -> io::Result<Verdict> {
    let Some(document) = read_policy(policy, faults)? else {
        return Ok(Verdict::Faulty);
    };
    let Some(decision) = settle(&document, bill, faults)? else {
        return Ok(Verdict::Faulty);
    };
    match form {
        Form::Text => text::write(document.policy(), &decision, out)?,
        Form::Json => json::write(document.policy(), &decision, out)?,
    }
    Ok(Verdict::Sound)
}

/// The decision, or why there is none.
fn settle(
    document: &PolicyDocument,
    bill: &Path,
    faults: &mut impl Write,
) -> io::Result<Option<Decision>> {
    let Some(bytes) = read(bill, faults)? else {
        return Ok(None);
    };
    let file = bill.display().to_string();
    let Ok(text) = String::from_utf8(bytes) else {
        writeln!(
            faults,
            "{file}:1:1 the text is not UTF-8 / 文件编码不是 UTF-8"
        )?;
        return Ok(None);
    };
    let bill = match BillDocument::parse(&file, &text, document.policy()) {
        Ok(bill) => bill,
        Err(found) => {
            writeln!(faults, "{found}")?;
            return Ok(None);
        }
    };
    let compiled = Compiled::new(document.policy().clone(), document.digest());
    match compiled.and_then(|compiled| decide(&compiled, &bill)) {
        Ok(decision) => Ok(Some(decision)),
        Err(fault) => {
            writeln!(
                faults,
                "{file}: the rules give no result: {fault} / 按规则无法核算"
            )?;
            Ok(None)
        }
    }
}
