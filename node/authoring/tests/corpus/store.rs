//! The files of one engine version: policies by digest, and decisions one after another.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use huitong_adjudication::{Compiled, Engine};
use huitong_core::canonical::{Artifact, Canonical, Decoder, Encoder};
use huitong_core::digest::Digest;
use huitong_document::policy::PolicyDocument;

use super::pack::Stream;
use super::stored::Stored;

/// The most bytes that the files of one engine may have together.
const BYTES_AT_MOST: u64 = 1 << 20;

pub struct Store {
    folder: PathBuf,
    policies: BTreeMap<Digest, Compiled>,
    entries: Vec<Stored>,
    stream: Stream,
    /// What is not written yet: entries' bytes, and texts of policies.
    new_entries: Vec<u8>,
    new_policies: BTreeMap<Digest, Vec<u8>>,
}

impl Store {
    /// Reads all that is stored of an engine.
    pub fn of(engine: Engine) -> Self {
        let folder = format!("tests/corpus/engine_{}", engine.version().0);
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let mut policies = BTreeMap::new();
        let mut size = 0;
        for file in files(&folder.join("policies")) {
            let bytes = fs::read(&file).unwrap();
            size += bytes.len() as u64;
            let (digest, compiled) = read_policy(&bytes);
            let called = file.file_stem().unwrap().to_str().unwrap();
            assert_eq!(
                called,
                short(digest),
                "{} is not what its name says",
                file.display()
            );
            policies.insert(digest, compiled);
        }
        let bytes = fs::read(folder.join("decisions.bin")).unwrap_or_default();
        size += bytes.len() as u64;
        assert!(size < BYTES_AT_MOST, "the corpus has {size} bytes");
        let mut stream = Stream::default();
        Self {
            entries: read_entries(&bytes, &mut stream),
            stream,
            folder,
            policies,
            new_entries: vec![],
            new_policies: BTreeMap::new(),
        }
    }

    pub fn entries(&self) -> &[Stored] {
        &self.entries
    }

    pub fn policy(&self, digest: Digest) -> &Compiled {
        self.policies
            .get(&digest)
            .unwrap_or_else(|| panic!("no policy {digest} is stored"))
    }

    /// Adds an entry under a policy given by its published text.
    pub fn add(&mut self, source: &[u8], entry: Stored) {
        let (digest, compiled) = read_policy(source);
        assert_eq!(digest, entry.policy);
        if self.policies.insert(digest, compiled).is_none() {
            self.new_policies.insert(digest, source.to_vec());
        }
        let mut out = Encoder::new();
        self.stream.pack(&entry.to_bytes()).encode(&mut out);
        self.new_entries.extend(out.into_bytes());
        self.entries.push(entry);
    }

    /// Writes what was added behind what is there.
    pub fn write(&self) {
        let policies = self.folder.join("policies");
        fs::create_dir_all(&policies).unwrap();
        for (digest, text) in &self.new_policies {
            let file = policies.join(format!("{}.toml", short(*digest)));
            let mut new = fs::File::create_new(file).unwrap();
            std::io::Write::write_all(&mut new, text).unwrap();
        }
        let file = self.folder.join("decisions.bin");
        let mut file = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(file)
            .unwrap();
        std::io::Write::write_all(&mut file, &self.new_entries).unwrap();
    }
}

fn read_policy(bytes: &[u8]) -> (Digest, Compiled) {
    let document = PolicyDocument::parse(bytes).unwrap_or_else(|faults| panic!("{faults}"));
    let digest = document.digest();
    (
        digest,
        Compiled::new(document.policy().clone(), digest).unwrap(),
    )
}

fn read_entries(bytes: &[u8], stream: &mut Stream) -> Vec<Stored> {
    let mut input = Decoder::new(bytes);
    let mut entries = Vec::new();
    while input.remaining() > 0 {
        let bytes = Vec::<u8>::decode(&mut input).unwrap();
        entries.push(Stored::from_bytes(&stream.unpack(&bytes)).unwrap());
    }
    entries
}

/// The first 16 digits of a digest, which name a file.
fn short(digest: Digest) -> String {
    digest.to_string().chars().take(16).collect()
}

/// The files of a folder, in the order of their names; none when there is no such folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}
