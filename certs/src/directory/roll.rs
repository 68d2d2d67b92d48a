//! The files of a root that takes the place of another: `root.crt` holds both certificates, each key its own file.
//!
//! Which root issues follows from where its key lies, so each step is one renaming, or is said once more.

use std::fs;
use std::path::Path;

use crate::authority::{Authority, bundle};

use super::{
    Directory, DirectoryError, NEXT_KEY, OLD_KEY, Overwrite, PRIVATE, PUBLIC, ROOT_CERTIFICATE,
    ROOT_KEY, entry, io_error, shown, write_all,
};

impl Directory {
    /// Has another root stand beside the one that issues: from here on every party is to trust both.
    ///
    /// # Errors
    /// [`DirectoryError::Roll`] when one does already.
    pub fn begin_roll(&self, next: &Authority) -> Result<(), DirectoryError> {
        if self.path.join(NEXT_KEY).exists() || self.path.join(OLD_KEY).exists() {
            return Err(self.roll_refused(
                "another root stands beside this one already; go on with `huitong certs roll switch` or `finish`",
                "已有另一根证书并存，请继续执行 huitong certs roll switch 或 finish",
            ));
        }
        let (key, both) = (
            next.key_pem(),
            bundle::joined([&*self.root_certificate()?, next.certificate_pem()]),
        );
        // The key first: a bundle whose second key is lost could never be finished.
        write_all(
            &[
                entry(self.path.join(NEXT_KEY), &key, PRIVATE),
                entry(self.path.join(ROOT_CERTIFICATE), &both, PUBLIC),
            ],
            Overwrite::Replace,
        )
    }

    /// Has the new root issue from here on. Broken off half way it is said once more.
    ///
    /// # Errors
    /// [`DirectoryError::Roll`] when no root is to come.
    pub fn switch_roll(&self) -> Result<(), DirectoryError> {
        let [root, next, old] = [ROOT_KEY, NEXT_KEY, OLD_KEY].map(|name| self.path.join(name));
        if !next.exists() {
            return Err(self.roll_refused(
                "no root is to come; begin with `huitong certs roll begin`",
                "没有待启用的根证书，请先执行 huitong certs roll begin",
            ));
        }
        let moved =
            |from: &Path, to: &Path| fs::rename(from, to).map_err(|source| io_error(from, source));
        if root.exists() && !old.exists() {
            moved(&root, &old)?;
        }
        moved(&next, &root)
    }

    /// Lets the old root go: every party is to trust the new one alone from here on.
    ///
    /// # Errors
    /// [`DirectoryError::Roll`] when none goes.
    pub fn finish_roll(&self) -> Result<(), DirectoryError> {
        let old = self.path.join(OLD_KEY);
        if !old.exists() {
            return Err(self.roll_refused(
                "no root goes; say `huitong certs roll switch` first",
                "没有待退役的根证书，请先执行 huitong certs roll switch",
            ));
        }
        let root = self.root()?;
        let only = entry(
            self.path.join(ROOT_CERTIFICATE),
            root.certificate_pem(),
            PUBLIC,
        );
        write_all(&[only], Overwrite::Replace)?;
        fs::remove_file(&old).map_err(|source| io_error(&old, source))
    }

    fn roll_refused(&self, en: &'static str, zh: &'static str) -> DirectoryError {
        DirectoryError::Roll {
            path: shown(&self.path),
            en,
            zh,
        }
    }
}
