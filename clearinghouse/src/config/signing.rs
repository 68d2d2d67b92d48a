//! `[signing]`: with what the clearinghouse signs checkpoints, and the certificate that proves it.

use std::path::{Path, PathBuf};

use huitong_certs::Trust;
use huitong_document::config::Section;
use huitong_transport::{Clock as _, SystemClock};

use crate::signer::{SignerError, SigningFiles};

/// The files that a section names; they are looked at only against a root.
pub(super) fn read(
    section: &Section<'_>,
    folder: &Path,
    trust: Option<&Trust>,
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
    let Some(trust) = trust else {
        return Some(files);
    };
    let now = jiff::Timestamp::from_millisecond(SystemClock.now().as_millis());
    match files.load(trust, now.unwrap_or(jiff::Timestamp::MAX)) {
        Ok(_) => Some(files),
        Err(error) => {
            let key = match &error {
                SignerError::Key(_) | SignerError::OtherKey => "key",
                SignerError::File { .. }
                | SignerError::Certificate(_)
                | SignerError::Identity(_)
                | SignerError::NotTheClearinghouse(_) => "certificate",
            };
            let said = error.to_string();
            let (en, zh) = said.rsplit_once(" / ").unwrap_or((&said, &said));
            section.fault_of(key, en, zh);
            None
        }
    }
}
