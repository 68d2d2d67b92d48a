//! A disk in memory that behaves as badly as disks may: it loses what was not
//! synced, keeps parts of it, tears writes, refuses, and forgets after a failed
//! sync. For crash tests and simulation; everything follows from a seed.
//!
//! Each creation, write, sync, rename and sync of names is one *operation*,
//! counted from 0, at which one misfortune can be planned.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

mod content;

use content::{Chance, Content};

use crate::disk::{Disk, DiskFile, Held, LockRefusal};

/// What goes wrong at an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfortune {
    /// The operation does nothing and fails; later ones succeed.
    Refused,
    /// Half of a write arrives and the operation fails; later ones succeed.
    Half,
    /// A sync fails, and what it should have saved is then thought clean: later
    /// syncs succeed without saving it.
    Forgotten,
    /// The power fails in the middle: this and all later operations fail until
    /// [`FakeDisk::restore_power`].
    PowerCut,
}

/// A disk in memory. Clones are the same disk.
#[derive(Clone, Debug)]
pub struct FakeDisk(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    files: Vec<Content>,
    names: BTreeMap<String, usize>,
    durable_names: BTreeMap<String, usize>,
    name_changes: Vec<NameChange>,
    operations: u64,
    planned: Option<(u64, Misfortune)>,
    room: u64,
    boot: u64,
    powered: bool,
    locked: bool,
    seed: u64,
}

#[derive(Clone, Debug)]
enum NameChange {
    Create(String, usize),
    Rename(String, String),
}

impl FakeDisk {
    /// An empty disk whose losses follow from `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(State {
            files: Vec::new(),
            names: BTreeMap::new(),
            durable_names: BTreeMap::new(),
            name_changes: Vec::new(),
            operations: 0,
            planned: None,
            room: u64::MAX,
            boot: 0,
            powered: true,
            locked: false,
            seed,
        })))
    }

    /// This disk as the journal's port.
    #[must_use]
    pub fn port(&self) -> Arc<dyn Disk> {
        Arc::new(self.clone())
    }

    /// Plans one misfortune, in place of any other, at the operation `ahead` from
    /// now; 0 is the next.
    pub fn plan(&self, ahead: u64, misfortune: Misfortune) {
        let mut state = self.state();
        state.planned = Some((state.operations.saturating_add(ahead), misfortune));
    }

    /// From now on only so many more bytes can be reserved by new files.
    pub fn leave_room(&self, bytes: u64) {
        self.state().room = bytes;
    }

    /// How many operations were tried so far.
    #[must_use]
    pub fn operations(&self) -> u64 {
        self.state().operations
    }

    /// Cuts the power, if it is on, and turns it on again: of what was not synced
    /// some sectors and some names survive, the rest is lost. Old handles fail.
    pub fn restore_power(&self) {
        let mut state = self.state();
        state.lose_unsynced();
        state.restart();
    }

    /// The process dies and the machine does not: everything written stays, synced
    /// or not. Old handles fail.
    pub fn restart_process(&self) {
        self.state().restart();
    }

    /// Flips one bit of a file, on disk and in the cache; whether there was one.
    #[must_use]
    pub fn flip_bit(&self, name: &str, offset: u64, bit: u32) -> bool {
        let mut state = self.state();
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        let mask = 1_u8.rotate_left(bit);
        let Some(content) = state.named(name) else {
            return false;
        };
        let sides = [
            content.cached.get_mut(offset),
            content.durable.get_mut(offset),
        ];
        let mut flipped = false;
        for byte in sides.into_iter().flatten() {
            *byte ^= mask;
            flipped = true;
        }
        flipped
    }

    /// Removes a file, as an operator's mistake would; whether there was one.
    #[must_use]
    pub fn remove(&self, name: &str) -> bool {
        let mut state = self.state();
        state.durable_names.remove(name);
        state.names.remove(name).is_some()
    }

    /// Another disk with what is durable on this one, as a backup would hold it.
    #[must_use]
    pub fn copy(&self) -> Self {
        let state = self.state();
        let files = state.files.iter().map(Content::copy).collect();
        let copy = Self::new(state.seed);
        copy.state().files = files;
        copy.state().names = state.durable_names.clone();
        copy.state().durable_names = state.durable_names.clone();
        copy
    }

    /// The bytes of a file as a reader sees them.
    #[must_use]
    pub fn bytes(&self, name: &str) -> Option<Vec<u8>> {
        self.state()
            .named(name)
            .map(|content| content.cached.clone())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Counts an operation and says what goes wrong at it, if anything.
    fn begin(&mut self, boot: u64) -> io::Result<Option<Misfortune>> {
        self.alive(boot)?;
        let operation = self.operations;
        self.operations = operation.saturating_add(1);
        let misfortune = self
            .planned
            .filter(|(planned, _)| *planned == operation)
            .map(|(_, misfortune)| misfortune);
        if misfortune == Some(Misfortune::PowerCut) {
            self.powered = false;
        }
        Ok(misfortune)
    }

    fn alive(&self, boot: u64) -> io::Result<()> {
        if self.powered && self.boot == boot {
            Ok(())
        } else {
            Err(io::Error::other("the power is off"))
        }
    }

    fn named(&mut self, name: &str) -> Option<&mut Content> {
        let file = *self.names.get(name)?;
        self.files.get_mut(file)
    }

    fn file(&mut self, file: usize) -> io::Result<&mut Content> {
        self.files
            .get_mut(file)
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn restart(&mut self) {
        self.boot = self.boot.saturating_add(1);
        (self.powered, self.locked, self.planned) = (true, false, None);
    }

    fn lose_unsynced(&mut self) {
        let mut chance = Chance(self.seed);
        for content in &mut self.files {
            content.lose_unsynced(&mut chance);
        }
        // Names change in order, so what survives is a beginning.
        let changes = std::mem::take(&mut self.name_changes);
        let kept = chance.below(changes.len().saturating_add(1));
        for change in changes.into_iter().take(kept) {
            apply(&mut self.durable_names, change);
        }
        self.names = self.durable_names.clone();
        self.seed = chance.0;
    }

    fn change_name(&mut self, change: NameChange) {
        apply(&mut self.names, change.clone());
        self.name_changes.push(change);
    }
}

fn apply(names: &mut BTreeMap<String, usize>, change: NameChange) {
    match change {
        NameChange::Create(name, file) => {
            names.insert(name, file);
        }
        NameChange::Rename(from, to) => {
            if let Some(file) = names.remove(&from) {
                names.insert(to, file);
            }
        }
    }
}

impl Disk for FakeDisk {
    fn lock(&self) -> Result<Box<dyn Held>, LockRefusal> {
        let mut state = self.state();
        if state.locked {
            return Err(LockRefusal::Held { process: None });
        }
        state.alive(state.boot).map_err(LockRefusal::Disk)?;
        state.locked = true;
        let (disk, boot) = (self.clone(), state.boot);
        Ok(Box::new(FakeLock { disk, boot }))
    }

    fn list(&self) -> io::Result<Vec<String>> {
        let state = self.state();
        state.alive(state.boot)?;
        Ok(state.names.keys().cloned().collect())
    }

    fn create(&self, name: &str, size: u64) -> io::Result<Arc<dyn DiskFile>> {
        let mut state = self.state();
        let boot = state.boot;
        match state.begin(boot)? {
            None => {}
            Some(misfortune) => return Err(refusal(misfortune)),
        }
        let Some(room) = state.room.checked_sub(size) else {
            return Err(io::ErrorKind::StorageFull.into());
        };
        state.room = room;
        let file = state.files.len();
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        state.files.push(Content::zeros(size));
        state.change_name(NameChange::Create(name.to_owned(), file));
        let disk = self.clone();
        Ok(Arc::new(FakeFile { disk, file, boot }))
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        let state = self.state();
        state.alive(state.boot)?;
        let file = state.names.get(name).copied();
        let file = file.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        let (disk, boot) = (self.clone(), state.boot);
        Ok(Arc::new(FakeFile { disk, file, boot }))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut state = self.state();
        let boot = state.boot;
        let misfortune = state.begin(boot)?;
        if !matches!(misfortune, Some(Misfortune::Refused)) {
            state.change_name(NameChange::Rename(from.to_owned(), to.to_owned()));
        }
        misfortune.map_or(Ok(()), |misfortune| Err(refusal(misfortune)))
    }

    fn sync_names(&self) -> io::Result<()> {
        let mut state = self.state();
        let boot = state.boot;
        match state.begin(boot)? {
            None => {
                state.name_changes.clear();
                state.durable_names = state.names.clone();
                Ok(())
            }
            Some(misfortune) => Err(refusal(misfortune)),
        }
    }
}

#[derive(Debug)]
struct FakeFile {
    disk: FakeDisk,
    file: usize,
    boot: u64,
}

impl DiskFile for FakeFile {
    fn size(&self) -> io::Result<u64> {
        let mut state = self.disk.state();
        state.alive(self.boot)?;
        let size = state.file(self.file)?.cached.len();
        u64::try_from(size).map_err(io::Error::other)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let mut state = self.disk.state();
        state.alive(self.boot)?;
        let offset = usize::try_from(offset).map_err(io::Error::other)?;
        let end = offset.saturating_add(buffer.len());
        let cached = state.file(self.file)?.cached.get(offset..end);
        let bytes = cached.ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))?;
        buffer.copy_from_slice(bytes);
        Ok(())
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.disk.state();
        let misfortune = state.begin(self.boot)?;
        let offset = usize::try_from(offset).map_err(io::Error::other)?;
        let (half, _) = bytes.split_at(bytes.len() / 2);
        let content = state.file(self.file)?;
        match misfortune {
            None => content.write(offset, bytes),
            Some(misfortune @ (Misfortune::Half | Misfortune::PowerCut)) => {
                content.write(offset, half)?;
                Err(refusal(misfortune))
            }
            Some(misfortune @ (Misfortune::Refused | Misfortune::Forgotten)) => {
                Err(refusal(misfortune))
            }
        }
    }

    fn sync(&self) -> io::Result<()> {
        let mut state = self.disk.state();
        let misfortune = state.begin(self.boot)?;
        let content = state.file(self.file)?;
        match misfortune {
            None => {
                content.sync();
                Ok(())
            }
            Some(misfortune) => {
                if misfortune == Misfortune::Forgotten {
                    content.forget();
                }
                Err(refusal(misfortune))
            }
        }
    }
}

fn refusal(misfortune: Misfortune) -> io::Error {
    match misfortune {
        Misfortune::Refused | Misfortune::Half => io::Error::other("the disk refused"),
        Misfortune::Forgotten => io::Error::other("the disk refused and forgot"),
        Misfortune::PowerCut => io::Error::other("the power is off"),
    }
}

#[derive(Debug)]
struct FakeLock {
    disk: FakeDisk,
    boot: u64,
}

impl Held for FakeLock {}

impl Drop for FakeLock {
    fn drop(&mut self) {
        let mut state = self.disk.state();
        if state.boot == self.boot {
            state.locked = false;
        }
    }
}
