//! `policy schema`: the JSON Schema of policy documents, as deploy/schema/policy.schema.json has it.

use std::io::{self, Write};

use super::Verdict;
use crate::schema::schema;

pub(super) fn command(out: &mut impl Write) -> io::Result<Verdict> {
    serde_json::to_writer_pretty(&mut *out, &schema())?;
    writeln!(out)?;
    Ok(Verdict::Sound)
}
