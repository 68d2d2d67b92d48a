//! Policy documents: a region's benefit rules as it publishes them, with worked examples.
//!
//! The bytes as published are the policy's identity: their SHA-256 names it in every decision, and a
//! node elsewhere fetches and reads the same bytes. GRAMMAR.md describes the language. Running the
//! examples needs the engine and is not done here.

pub(crate) mod condition;
mod header;
mod layer;
mod provisional;
mod quantity;
mod table;
mod take;

use huitong_core::digest::{Digest, sha256};
use huitong_core::policy::{Draft, Policy};

use crate::bill::Example;
use crate::fault::{FAULTS_AT_MOST, Faults};
use crate::origin::Origins;
use crate::parts::Resolved;
use crate::reader::{BYTES_AT_MOST, Document, Field, Places, Section, sound};

/// A policy with the bytes it was published as.
#[derive(Debug, Clone)]
pub struct PolicyDocument {
    bytes: Vec<u8>,
    digest: Digest,
    policy: Policy,
    examples: Vec<Example>,
    origins: Origins,
    places: Places,
}

impl PolicyDocument {
    /// Reads a policy from its published bytes.
    ///
    /// # Errors
    /// Every fault of the document. What the parts mean to each other is checked once each can be read,
    /// and the examples once the policy stands.
    pub fn parse(bytes: &[u8]) -> Result<Self, Faults> {
        Self::parse_file("policy", bytes)
    }

    /// As [`PolicyDocument::parse`]; `file` names the document in its faults.
    ///
    /// # Errors
    /// As [`PolicyDocument::parse`].
    pub fn parse_file(file: &str, bytes: &[u8]) -> Result<Self, Faults> {
        Self::read(file, bytes, Origins::whole(file))
    }

    /// Reads a policy that was put together from parts; its bytes are the resolved text.
    ///
    /// # Errors
    /// As [`PolicyDocument::parse`], each fault in the file and at the line where it was written.
    pub fn parse_resolved(resolved: &Resolved) -> Result<Self, Faults> {
        let origins = resolved.origins().clone();
        Self::read(resolved.file(), resolved.bytes(), origins)
            .map_err(|faults| faults.written_in(resolved.origins()))
    }

    fn read(file: &str, bytes: &[u8], origins: Origins) -> Result<Self, Faults> {
        let document = Document::parse_bytes(file, bytes, BYTES_AT_MOST)?;
        let root = document.root();
        refuse_parts(&root);
        let draft = draft(&document);
        let fields: Vec<_> = root
            .get("example")
            .map(|field| field.one_or_many())
            .unwrap_or_default();
        let policy = draft.and_then(|draft| checked(&document, draft));
        let examples: Option<Vec<_>> = policy.as_ref().and_then(|policy| {
            let examples: Vec<_> = fields
                .iter()
                .map(|field| Example::read(field, policy))
                .collect();
            examples.into_iter().collect()
        });
        document.finish(|| {
            Some(Self {
                bytes: bytes.to_vec(),
                digest: sha256(bytes),
                policy: policy?,
                examples: examples?,
                origins,
                places: document.places(),
            })
        })
    }

    /// The bytes as published.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// SHA-256 of the bytes as published: the policy's name in every decision.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// The policy.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The worked examples, in the order written.
    #[must_use]
    pub fn examples(&self) -> &[Example] {
        &self.examples
    }

    /// Where its lines were written: in the document itself, or in a part of it.
    #[must_use]
    pub const fn origins(&self) -> &Origins {
        &self.origins
    }

    /// Where the values of the policy stand in the document.
    #[must_use]
    pub const fn places(&self) -> &Places {
        &self.places
    }

    /// The policy alone.
    #[must_use]
    pub fn into_policy(self) -> Policy {
        self.policy
    }
}

/// What is published, digested and fetched is whole: a node elsewhere has no files to look parts up in.
fn refuse_parts(root: &Section<'_>) {
    for field in root.get("part").iter().flat_map(Field::one_or_many) {
        field.fault(
            "a published policy has no `[[part]]`: publish what `huitong policy build FILE` prints",
            "发布的政策不得含有 `[[part]]`，请发布 `huitong policy build 文件` 的输出",
        );
    }
}

/// Everything but the examples.
fn draft(document: &Document) -> Option<Draft> {
    let root = document.root();
    let title = root.required::<String>("title");
    let source = root.required::<String>("source");
    let scope = header::scope(&root);
    let benefit_date = header::benefit_date(&root);
    let supersedes = header::supersedes(&root);
    let indexes = header::indexes(&root);
    let tiers = header::tiers(&root);
    let tags = header::tags(&root);
    let declared = header::declared(&root);
    let totals = header::totals(&root, &declared);
    let _ = root.need("layer", "at least one [[layer]]", "至少一个 [[layer]]");
    let provisional = sound(provisional::provisional(&root));
    let inherited = source.as_deref().unwrap_or("-");
    let layers: Vec<_> = root
        .tables("layer")
        .iter()
        .map(|section| layer::layer(section, &declared, inherited))
        .collect();
    let layers: Option<Vec<_>> = layers.into_iter().collect();
    Some(Draft {
        title: title?,
        source: source?,
        scope: scope?,
        benefit_date: benefit_date?,
        supersedes,
        indexes,
        tiers: tiers?,
        tags,
        totals: totals?,
        layers: layers?,
        provisional: provisional?,
    })
}

/// The policy, when its parts agree; their faults are put where the document says them. A draft from a
/// document with faults may lack parts, and what is said of it would mislead.
fn checked(document: &Document, draft: Draft) -> Option<Policy> {
    if document.has_faults() {
        return None;
    }
    match Policy::new(draft) {
        Ok(policy) => Some(policy),
        Err(faults) => {
            let places = document.places();
            // No more are told than these.
            for fault in faults.iter().take(FAULTS_AT_MOST.saturating_add(1)) {
                let place = places.find(&fault.path);
                document.note_at(place, &fault.kind.to_string(), &fault.kind.zh());
            }
            None
        }
    }
}
