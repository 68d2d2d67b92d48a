//! `[signing]`: with what the clearinghouse signs checkpoints, and the certificate that proves it.

use std::path::{Path, PathBuf};

use huitong_certs::signing::CertifiedKey;
use huitong_certs::{SigningKey, Trust};
use huitong_document::config::Section;
use huitong_transport::{Clock as _, SystemClock};

use crate::signer::{Signer, SignerError};

/// The files of the signing key.
#[derive(Debug, Clone)]
pub(crate) struct SigningFiles {
    key: PathBuf,
    certificate: PathBuf,
}

impl SigningFiles {
    /// The files that a section names; they are looked at only against a root.
    pub(super) fn read(
        section: &Section<'_>,
        folder: &Path,
        trust: Option<&Trust>,
    ) -> Option<Self> {
        let path = |key| {
            let path = section.required::<PathBuf>(key);
            path.map(|path| folder.join(path))
        };
        let (key, certificate) = (path("key"), path("certificate"));
        let files = Self {
            key: key?,
            certificate: certificate?,
        };
        let Some(trust) = trust else {
            return Some(files);
        };
        match files.load(trust) {
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

    /// The key and its certificate, checked against the root as of now.
    pub(crate) fn load(&self, trust: &Trust) -> Result<Signer, SignerError> {
        let key = SigningKey::load(&self.key)?;
        let pem = std::fs::read(&self.certificate).map_err(|error| SignerError::File {
            file: self.certificate.display().to_string(),
            reason: error.to_string(),
        })?;
        let now = jiff::Timestamp::from_millisecond(SystemClock.now().as_millis());
        let certified = CertifiedKey::from_pem(&pem, trust, now.unwrap_or(jiff::Timestamp::MAX))?;
        Signer::new(key, &certified)
    }
}
