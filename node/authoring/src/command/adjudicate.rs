//! `policy adjudicate`: a bill document settled under a policy document, for people or for programs.

use std::io::{self, Write};
use std::path::Path;

use huitong_adjudication::{Case, Compiled, adjudicate};
use huitong_core::decision::Decision;
use huitong_document::bill::BillDocument;
use huitong_document::policy::PolicyDocument;

use super::{Form, Verdict, json, read, read_policy, text};
use crate::case::Inputs;

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
    let settled = settle(&document, bill, faults, |_, decision| decision.clone())?;
    let Some(decision) = settled else {
        return Ok(Verdict::Faulty);
    };
    match form {
        Form::Text => text::write(document.policy(), &decision, out)?,
        Form::Json => json::write(document.policy(), &decision, out)?,
    }
    Ok(Verdict::Sound)
}

/// Looks at the decision and what it was made on, or tells why there is none.
pub(super) fn settle<T>(
    document: &PolicyDocument,
    bill: &Path,
    faults: &mut impl Write,
    look: impl FnOnce(&Case<'_>, &Decision) -> T,
) -> io::Result<Option<T>> {
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
    let looked = compiled.and_then(|compiled| {
        let inputs = Inputs::of(compiled.policy(), &bill)?;
        let case = inputs.case();
        let decision = adjudicate(&compiled, &case)?;
        Ok(look(&case, &decision))
    });
    match looked {
        Ok(found) => Ok(Some(found)),
        Err(fault) => {
            writeln!(
                faults,
                "{file}: the rules give no result: {fault} / 按规则无法核算：{}",
                fault.zh()
            )?;
            Ok(None)
        }
    }
}
