//! The files of one engine version: policies by digest, and decisions one after another.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use huitong_adjudication::{Compiled, Engine};
use huitong_core::canonical::{Artifact, Canonical, Decoder, Encoder};
use huitong_core::digest::Digest;
use huitong_document::policy::PolicyDocument;

use super::stored::Stored;

/// The most bytes that the files of one engine may have together.
const BYTES_AT_MOST: u64 = 1 << 20;

pub struct Store {
    folder: PathBuf,
    policies: BTreeMap<Digest, Compiled>,
    entries: Vec<Stored>,
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
        Self {
            entries: read_entries(&bytes),
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
        packed(&entry.to_bytes()).encode(&mut out);
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

fn read_entries(bytes: &[u8]) -> Vec<Stored> {
    let mut input = Decoder::new(bytes);
    let mut entries = Vec::new();
    while input.remaining() > 0 {
        let bytes = Vec::<u8>::decode(&mut input).unwrap();
        entries.push(Stored::from_bytes(&unpacked(&bytes)).unwrap());
    }
    entries
}

/// Canonical integers begin with zeros: a zero byte stands for as many zeros as the byte after it says.
fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    let mut rest = bytes;
    while let Some(first) = rest.first() {
        let zeros = rest.iter().take(255).take_while(|byte| **byte == 0).count();
        packed.push(*first);
        if zeros > 0 {
            packed.push(u8::try_from(zeros).unwrap());
        }
        rest = &rest[zeros.max(1)..];
    }
    packed
}

fn unpacked(packed: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = packed.iter();
    while let Some(byte) = rest.next() {
        let many = if *byte == 0 { *rest.next().unwrap() } else { 1 };
        bytes.extend(std::iter::repeat_n(*byte, many.into()));
    }
    bytes
}

#[test]
fn runs_of_zeros_are_packed_and_come_out_again() {
    assert_eq!(packed(&[0, 0, 0, 7, 0, 9]), [0, 3, 7, 0, 1, 9]);
    for zeros in [0, 1, 254, 255, 256, 600] {
        let mut bytes = vec![0; zeros];
        bytes.extend([1, 0]);
        assert_eq!(unpacked(&packed(&bytes)), bytes);
    }
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
