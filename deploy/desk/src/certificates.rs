//! How the certificates of a running server stand, as an officer reads it, in text and JSON.

use std::io::Write;

use serde_json::{Value, json};

use crate::grpc::client::CertificatesAnswer;
use crate::hex;

/// Writes how certificates stand, in text.
///
/// # Errors
/// When it cannot be written.
pub fn print(held: &CertificatesAnswer, out: &mut dyn Write) -> std::io::Result<()> {
    for certificate in &held.certificates {
        let until = moment(certificate.not_after_ms);
        writeln!(out, "{:<12} until {until} / 有效期至", certificate.purpose)?;
    }
    for key in &held.root_keys {
        writeln!(out, "root         {}", hex(key))?;
    }
    for list in &held.revocation_lists {
        writeln!(
            out,
            "revoked      {} by {} since {}, next {} / 吊销列表",
            list.revoked,
            list.authority,
            moment(list.this_update_ms),
            moment(list.next_update_ms)
        )?;
    }
    if !held.refused.is_empty() {
        writeln!(out, "REFUSED      {} / 未生效", held.refused)?;
    }
    Ok(())
}

/// How certificates stand, in JSON.
#[must_use]
pub fn as_json(held: &CertificatesAnswer) -> Value {
    let certificates = held.certificates.iter();
    let lists = held.revocation_lists.iter();
    json!({
        "certificates": certificates.map(|one| json!({
            "purpose": one.purpose,
            "not_after_ms": one.not_after_ms,
        })).collect::<Vec<_>>(),
        "root_keys": held.root_keys.iter().map(|key| hex(key)).collect::<Vec<_>>(),
        "revocation_lists": lists.map(|one| json!({
            "authority": one.authority,
            "this_update_ms": one.this_update_ms,
            "next_update_ms": one.next_update_ms,
            "revoked": one.revoked,
        })).collect::<Vec<_>>(),
        "refused": held.refused,
    })
}

fn moment(millis: i64) -> String {
    match jiff::Timestamp::from_millisecond(millis) {
        Ok(moment) if millis != 0 => moment.to_string(),
        Ok(_) | Err(_) => "…".to_owned(),
    }
}

#[cfg(test)]
mod tests;
