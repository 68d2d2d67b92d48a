//! `[signing]`: with what the clearinghouse signs checkpoints, and the certificate that proves it.

use std::path::{Path, PathBuf};

use huitong_certs::Trust;
use huitong_document::config::Section;
use huitong_transport::{Clock as _, SystemClock};

use super::Files;
use crate::signer::{SignerError, SigningFiles};

/// The files that a section names; where they are looked at, each by itself and then together against the root.
pub(super) fn read(
    section: &Section<'_>,
    folder: &Path,
    trust: Option<&Trust>,
    looked_at: Files,
) -> Option<SigningFiles> {
    let path = |key| {
        let path = section.required::<PathBuf>(key);
        path.map(|path| folder.join(path))
    };
    let (key, certificate) = (path("key"), path("certificate"));
    let files = SigningFiles {
        key: key?,
        certificate: certificate?,
    };
    if looked_at == Files::Named {
        return Some(files);
    }
    let unreadable = files.unreadable();
    if !unreadable.is_empty() {
        for error in &unreadable {
            fault(section, error);
        }
        return None;
    }
    // What is wrong with the roots is told already.
    let trust = trust?;
    let now = jiff::Timestamp::from_millisecond(SystemClock.now().as_millis());
    match files.load(trust, now.unwrap_or(jiff::Timestamp::MAX)) {
        Ok(_) => Some(files),
        Err(error) => {
            fault(section, &error);
            None
        }
    }
}

fn fault(section: &Section<'_>, error: &SignerError) {
    let key = match error {
        SignerError::Key(_) | SignerError::OtherKey => "key",
        SignerError::File { .. }
        | SignerError::Certificate(_)
        | SignerError::Identity(_)
        | SignerError::NotTheClearinghouse(_) => "certificate",
    };
    let said = error.to_string();
    let (en, zh) = said.rsplit_once(" / ").unwrap_or((&said, &said));
    section.fault_of(key, en, zh);
}
