//! Files that officers hand on: written once and never over another, read only up to their limit.

use std::fs::File;
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// The largest statement, checkpoint or book that is read: several million legs.
const LARGEST_FILE_BYTES: u64 = 1 << 30;

/// Writes a file that must not be there yet.
pub(super) fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let cannot = |error: std::io::Error| unwritten(path, &error);
    let mut file = File::create_new(path).map_err(cannot)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    // Half a file, as on a full disk, would stand in the way of the next try.
    let written = written.inspect_err(|_| drop(std::fs::remove_file(path)));
    written.map_err(cannot)
}

/// Files that come into a folder together: each has its own name once all of them are on disk, and before that one
/// that ends in `.part`. So whoever ends the program in the middle leaves nothing that is half and reads like a whole
/// file; ended while the names are given, some have theirs and others end in `.part`, and on a medium that knows no
/// links one may have its name and be empty. What was made is taken away again unless all is well.
pub(super) struct Together<'a> {
    folder: &'a Path,
    /// The files by their own names.
    files: Vec<PathBuf>,
    /// What is to be taken away again.
    made: Vec<PathBuf>,
}

impl<'a> Together<'a> {
    pub(super) const fn new(folder: &'a Path) -> Self {
        Self {
            folder,
            files: Vec::new(),
            made: Vec::new(),
        }
    }

    /// Adds a file of the folder, under its own name no earlier than with the others.
    pub(super) fn add(&mut self, path: PathBuf, bytes: &[u8]) -> anyhow::Result<()> {
        let part = part_of(&path);
        let cannot = |error: std::io::Error| unwritten(&part, &error);
        let mut file = File::create_new(&part).map_err(cannot)?;
        self.made.push(part.clone());
        self.files.push(path);
        let written = file.write_all(bytes).and_then(|()| file.sync_all());
        written.map_err(cannot)
    }

    /// Gives all of them their own names, which nobody has yet.
    pub(super) fn finish(mut self) -> anyhow::Result<()> {
        for path in &self.files {
            let named = name(&part_of(path), path, &mut self.made);
            named.map_err(|error| unwritten(path, &error))?;
        }
        let synced = File::open(self.folder).and_then(|folder| folder.sync_all());
        synced.map_err(|error| unwritten(self.folder, &error))?;
        self.made.clear();
        Ok(())
    }
}

impl Drop for Together<'_> {
    fn drop(&mut self) {
        for path in &self.made {
            // A part that has its own name already is gone under the other.
            drop(std::fs::remove_file(path));
        }
    }
}

fn part_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

/// Gives a part its own name, and never writes over what has it already.
fn name(part: &Path, path: &Path, made: &mut Vec<PathBuf>) -> std::io::Result<()> {
    match std::fs::hard_link(part, path) {
        Ok(()) => {
            made.push(path.to_owned());
            std::fs::remove_file(part)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(error),
        Err(_) => name_without_link(part, path, made),
    }
}

/// The same on a medium that knows no links, such as officers carry about: the name is taken by an empty file first.
fn name_without_link(part: &Path, path: &Path, made: &mut Vec<PathBuf>) -> std::io::Result<()> {
    File::create_new(path)?;
    made.push(path.to_owned());
    std::fs::rename(part, path)
}

/// Reads a file.
pub(super) fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let cannot = |error: std::io::Error| unread(path, &error);
    let file = File::open(path).map_err(cannot)?;
    let mut bytes = Vec::new();
    let mut limited = file.take(LARGEST_FILE_BYTES.saturating_add(1));
    limited.read_to_end(&mut bytes).map_err(cannot)?;
    anyhow::ensure!(
        u64::try_from(bytes.len()).is_ok_and(|size| size <= LARGEST_FILE_BYTES),
        "{}: more than {LARGEST_FILE_BYTES} bytes / 文件过大",
        path.display()
    );
    Ok(bytes)
}

/// Why a file cannot be written, in both languages, with its name.
fn unwritten(path: &Path, error: &std::io::Error) -> anyhow::Error {
    let shown = path.display();
    let kind = error.kind();
    let (en, zh) = if kind == ErrorKind::AlreadyExists {
        (
            "it is there already, and is not written over: name another, or remove it".to_owned(),
            "该文件已存在，不予覆盖，请另行命名或先删除".to_owned(),
        )
    } else if kind == ErrorKind::NotFound {
        (
            "there is no such folder".to_owned(),
            "没有该目录".to_owned(),
        )
    } else if kind == ErrorKind::PermissionDenied {
        (
            "you may not write there: have its owner allow it".to_owned(),
            "当前用户无权写入，请由目录所有者授权".to_owned(),
        )
    } else {
        (error.to_string(), format!("系统返回 {kind:?}"))
    };
    anyhow::anyhow!("{shown}: cannot be written: {en} / 无法写入：{zh}")
}

/// Why a file cannot be read, in both languages, with its name.
pub(super) fn unread(path: &Path, error: &std::io::Error) -> anyhow::Error {
    let shown = path.display();
    let kind = error.kind();
    let (en, zh) = if kind == ErrorKind::NotFound {
        ("there is no such file".to_owned(), "没有该文件".to_owned())
    } else if kind == ErrorKind::IsADirectory {
        (
            "it is a folder, and a file was expected".to_owned(),
            "是一个目录，此处应为文件".to_owned(),
        )
    } else if kind == ErrorKind::PermissionDenied {
        (
            "you may not read it: have its owner allow it".to_owned(),
            "当前用户无权读取，请由文件所有者授权".to_owned(),
        )
    } else {
        (error.to_string(), format!("系统返回 {kind:?}"))
    };
    anyhow::anyhow!("{shown}: cannot be read: {en} / 无法读取：{zh}")
}

#[cfg(test)]
mod tests;
