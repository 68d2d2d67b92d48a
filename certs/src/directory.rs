//! Where certificates and keys lie on disk.
//!
//! ```text
//! DIR/root.crt  root.key                       the operator's root
//!     next.key  old.key                        while one root takes another's place: root.crt holds both
//!     revoked.crl                              what the root took back; a region's authority has its own
//! DIR/region/310000/ca/ca.crt  ca.key          a region's authority
//! DIR/region/310000/node/tls.crt  tls.key      a party: what it speaks with
//!                       signing.crt  signing.key   and what it signs with
//!                       root.crt               whom it trusts
//! DIR/clearinghouse/…  region/310000/institution/H31010400001/…  …/officer/li.wei/…
//! ```
//!
//! A party's folder is complete: it can be handed over as it is. Folders are made with
//! mode 0700 and private keys with 0600; nothing that exists is overwritten unless
//! [`Overwrite::Replace`] is said, and then each file is replaced whole.

mod roll;

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use huitong_core::region::RegionCode;

use crate::authority::{Authority, IssueError, Issued};
use crate::identity::Identity;

/// The root's certificate, in the operator's folder and in each party's.
pub const ROOT_CERTIFICATE: &str = "root.crt";
const ROOT_KEY: &str = "root.key";
/// The key of the root that is to come.
const NEXT_KEY: &str = "next.key";
/// The key of the root that goes.
const OLD_KEY: &str = "old.key";
/// What an authority took back.
pub const REVOCATION_LIST: &str = "revoked.crl";
/// A region's authority.
pub const CA_CERTIFICATE: &str = "ca.crt";
const CA_KEY: &str = "ca.key";
/// The chain that a party speaks with.
pub const TLS_CERTIFICATE: &str = "tls.crt";
/// The private key that a party speaks with.
pub const TLS_KEY: &str = "tls.key";
/// The chain of a party's signing key.
pub const SIGNING_CERTIFICATE: &str = "signing.crt";
/// The private key that a party signs with.
pub const SIGNING_KEY: &str = "signing.key";

/// The largest certificate or key file that is read.
const MAX_FILE_BYTES: u64 = 1024 * 1024;

/// What to do with files that exist already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overwrite {
    /// Refuse, and write nothing.
    Refuse,
    /// Replace them.
    Replace,
}

/// What goes wrong with the files.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// A file that would be written exists already.
    #[error(
        "{path} exists; nothing was written (say --force to replace it) / {path}已存在，未写入任何文件（如需替换请加 --force）"
    )]
    Exists {
        /// The file.
        path: String,
    },
    /// There is no authority where one is needed.
    #[error(
        "there is no authority at {path}; make it first: {command} / {path}处没有发证机构，请先运行：{command}"
    )]
    NoAuthority {
        /// Where it should lie.
        path: String,
        /// How to make it.
        command: String,
    },
    /// A root is taking another's place already, or none is.
    #[error("{path}: {en} / {zh}")]
    Roll {
        /// The folder.
        path: String,
        /// What to do.
        en: &'static str,
        /// The same in Chinese.
        zh: &'static str,
    },
    /// A file or folder cannot be read or written.
    #[error("{path}: {source} / 文件或目录{path}读写失败")]
    Io {
        /// The file or folder.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// A file is far too large to be a certificate or key.
    #[error(
        "{path} is larger than {MAX_FILE_BYTES} bytes and no certificate or key / {path}过大，不是证书或私钥文件"
    )]
    TooLarge {
        /// The file.
        path: String,
    },
    /// What lies there is no authority.
    #[error("{path}: {source}")]
    NotAuthority {
        /// The certificate's file.
        path: String,
        /// Why.
        source: IssueError,
    },
}

/// A folder of certificates and keys.
#[derive(Debug, Clone)]
pub struct Directory {
    path: PathBuf,
}

/// One file to be written.
struct Entry<'a> {
    path: PathBuf,
    content: &'a str,
    mode: u32,
}

const PRIVATE: u32 = 0o600;
const PUBLIC: u32 = 0o644;

impl Directory {
    /// The folder at `path`, which need not exist yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Writes a new operator's root.
    ///
    /// # Errors
    /// [`DirectoryError`] names the file.
    pub fn write_root(&self, root: &Authority, overwrite: Overwrite) -> Result<(), DirectoryError> {
        let key = root.key_pem();
        let entries = [
            entry(self.path.join(ROOT_KEY), &key, PRIVATE),
            entry(
                self.path.join(ROOT_CERTIFICATE),
                root.certificate_pem(),
                PUBLIC,
            ),
        ];
        write_all(&entries, overwrite)
    }

    /// Reads the operator's root.
    ///
    /// # Errors
    /// [`DirectoryError::NoAuthority`] when there is none.
    pub fn root(&self) -> Result<Authority, DirectoryError> {
        let command = format!(
            "huitong certs init --dir {} --trust-domain …",
            self.path.display()
        );
        read_authority(
            &self.path.join(ROOT_CERTIFICATE),
            &self.path.join(ROOT_KEY),
            command,
        )
    }

    /// Reads the root's certificate, which every party needs to trust.
    ///
    /// # Errors
    /// [`DirectoryError`] names the file.
    pub fn root_certificate(&self) -> Result<String, DirectoryError> {
        read(&self.path.join(ROOT_CERTIFICATE))
    }

    /// The roots whose keys lie here: the one that issues, and beside it the one that is to come or goes.
    ///
    /// # Errors
    /// As [`Directory::root`].
    pub fn roots(&self) -> Result<Vec<Authority>, DirectoryError> {
        let mut roots = vec![self.root()?];
        for name in [NEXT_KEY, OLD_KEY] {
            let key = self.path.join(name);
            if key.exists() {
                let certificates = self.path.join(ROOT_CERTIFICATE);
                roots.push(read_authority(&certificates, &key, String::new())?);
            }
        }
        Ok(roots)
    }

    /// Where the revocation list of an authority lies: the root's, or a region's.
    pub fn revocation_list(&self, region: Option<RegionCode>) -> PathBuf {
        let folder = match region {
            Some(region) if !self.path.join(CA_CERTIFICATE).exists() => {
                self.of(&Identity::RegionCa(region))
            }
            Some(_) | None => self.path.clone(),
        };
        folder.join(REVOCATION_LIST)
    }

    /// The folder of a party below this one: the path of its SPIFFE id.
    pub fn of(&self, identity: &Identity) -> PathBuf {
        self.path.join(identity.to_string().trim_start_matches('/'))
    }

    /// Reads the authority of a region: from its place below this folder, or from this
    /// folder itself when it is the one that was handed over to the region.
    ///
    /// # Errors
    /// [`DirectoryError::NoAuthority`] when there is none.
    pub fn region_authority(&self, region: RegionCode) -> Result<Authority, DirectoryError> {
        let own = self.path.join(CA_CERTIFICATE).exists();
        let folder = if own {
            self.path.clone()
        } else {
            self.of(&Identity::RegionCa(region))
        };
        let command = format!(
            "huitong certs issue --dir {} region-ca {region}",
            self.path.display()
        );
        read_authority(&folder.join(CA_CERTIFICATE), &folder.join(CA_KEY), command)
    }
}

/// Writes a region's authority into `folder`, with the root that it stands under.
///
/// # Errors
/// [`DirectoryError`] names the file.
pub fn write_region_authority(
    folder: &Path,
    authority: &Authority,
    root_certificate: &str,
    overwrite: Overwrite,
) -> Result<(), DirectoryError> {
    let key = authority.key_pem();
    let entries = [
        entry(folder.join(CA_KEY), &key, PRIVATE),
        entry(
            folder.join(CA_CERTIFICATE),
            authority.certificate_pem(),
            PUBLIC,
        ),
        entry(folder.join(ROOT_CERTIFICATE), root_certificate, PUBLIC),
    ];
    write_all(&entries, overwrite)
}

/// Writes all that a party needs into `folder`.
///
/// # Errors
/// [`DirectoryError`] names the file.
pub fn write_party(
    folder: &Path,
    speaking: &Issued,
    signing: Option<&Issued>,
    root_certificate: &str,
    overwrite: Overwrite,
) -> Result<(), DirectoryError> {
    let key = speaking.key_pem();
    let signing_key = signing.map(Issued::key_pem);
    let mut entries = vec![
        entry(folder.join(TLS_KEY), &key, PRIVATE),
        entry(folder.join(TLS_CERTIFICATE), speaking.chain_pem(), PUBLIC),
        entry(folder.join(ROOT_CERTIFICATE), root_certificate, PUBLIC),
    ];
    if let (Some(signing), Some(signing_key)) = (signing, &signing_key) {
        entries.push(entry(folder.join(SIGNING_KEY), signing_key, PRIVATE));
        entries.push(entry(
            folder.join(SIGNING_CERTIFICATE),
            signing.chain_pem(),
            PUBLIC,
        ));
    }
    write_all(&entries, overwrite)
}

/// Writes a revocation list in the place of the one before.
///
/// # Errors
/// [`DirectoryError`] names the file.
pub fn write_revocation_list(path: &Path, pem: &str) -> Result<(), DirectoryError> {
    write_all(&[entry(path.to_owned(), pem, PUBLIC)], Overwrite::Replace)
}

fn entry(path: PathBuf, content: &str, mode: u32) -> Entry<'_> {
    Entry {
        path,
        content,
        mode,
    }
}

fn write_all(entries: &[Entry<'_>], overwrite: Overwrite) -> Result<(), DirectoryError> {
    match overwrite {
        Overwrite::Replace => {}
        Overwrite::Refuse => {
            // All are looked at before the first is written: half a party helps no one.
            if let Some(found) = entries.iter().find(|entry| entry.path.exists()) {
                return Err(DirectoryError::Exists {
                    path: shown(&found.path),
                });
            }
        }
    }
    for entry in entries {
        write(entry).map_err(|source| io_error(&entry.path, source))?;
    }
    Ok(())
}

/// Writes beside the file and renames, so that a reader sees the old or the new, never half.
fn write(entry: &Entry<'_>) -> io::Result<()> {
    let folder = entry.path.parent().unwrap_or(Path::new("."));
    if !folder.as_os_str().is_empty() {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
    }
    let beside = entry.path.with_extension("new");
    match fs::remove_file(&beside) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(entry.mode)
        .open(&beside)?;
    file.write_all(entry.content.as_bytes())?;
    file.sync_all()?;
    fs::rename(&beside, &entry.path)
}

fn read_authority(
    certificate: &Path,
    key: &Path,
    command: String,
) -> Result<Authority, DirectoryError> {
    if !certificate.exists() || !key.exists() {
        return Err(DirectoryError::NoAuthority {
            path: shown(certificate),
            command,
        });
    }
    Authority::from_pem(&read(certificate)?, &read(key)?).map_err(|source| {
        DirectoryError::NotAuthority {
            path: shown(certificate),
            source,
        }
    })
}

/// Reads a file of PEM text, within a bound.
///
/// # Errors
/// [`DirectoryError`] names the file.
pub fn read(path: &Path) -> Result<String, DirectoryError> {
    let size = fs::metadata(path)
        .map_err(|source| io_error(path, source))?
        .len();
    if size > MAX_FILE_BYTES {
        return Err(DirectoryError::TooLarge { path: shown(path) });
    }
    fs::read_to_string(path).map_err(|source| io_error(path, source))
}

fn io_error(path: &Path, source: io::Error) -> DirectoryError {
    DirectoryError::Io {
        path: shown(path),
        source,
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
