//! A difference as one JSON document: amounts are yuan as text, every changed cell is there.

use std::io::{self, Write};

use huitong_explanation::Sentence;
use serde_json::{Value, json};

use super::{Cell, Difference};
use crate::compare::grid::Shares;

pub(super) fn write(difference: &Difference, out: &mut impl Write) -> io::Result<()> {
    let Difference {
        old,
        new,
        rules,
        cells,
        settled,
    } = difference;
    let named = |document: &huitong_document::policy::PolicyDocument| json!({"digest": document.digest().to_string(), "title": document.policy().title()});
    let rules = rules.iter().map(|rule| {
        let changes: Vec<Value> = rule.changes.iter().map(sentence).collect();
        json!({"what": sentence(&rule.what), "changes": changes})
    });
    let document = json!({
        "old": named(old),
        "new": named(new),
        "rules": rules.collect::<Vec<_>>(),
        "cells": settled,
        "changed": cells.iter().map(cell).collect::<Vec<_>>(),
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn sentence(sentence: &Sentence) -> Value {
    json!({"zh": sentence.zh, "en": sentence.en})
}

fn cell(cell: &Cell) -> Value {
    json!({
        "setting": cell.setting.word(),
        "total": cell.total.to_string(),
        "whom": sentence(&cell.whom),
        "facts": cell.facts,
        "old": shares(&cell.old),
        "new": shares(&cell.new),
        "patient_more_fen": cell.patient_more(),
    })
}

fn shares(shares: &Result<Shares, String>) -> Value {
    match shares {
        Ok(shares) => {
            json!({"fund": shares.fund.to_string(), "patient": shares.patient.to_string()})
        }
        Err(fault) => json!({"fault": fault}),
    }
}
