//! `[[directory]]`: the other regions, where each is and with what it signs.

use std::collections::BTreeSet;
use std::path::Path;

use huitong_certs::Identity;
use huitong_core::region::RegionCode;
use huitong_document::config::Section;
use huitong_transport::{Certified, Credentials};

use super::identity::certified;
use super::{endpoint, path};
use crate::peers::{DirectoryEntry, REGIONS_AT_MOST};

pub(super) fn read(
    root: &Section<'_>,
    folder: &Path,
    trust: Option<&Credentials>,
) -> Option<Vec<DirectoryEntry>> {
    let sections = root.tables("directory");
    if sections.len() > REGIONS_AT_MOST {
        root.fault_of(
            "directory",
            format!("a directory has at most {REGIONS_AT_MOST} regions"),
            format!("名录最多 {REGIONS_AT_MOST} 个统筹区"),
        );
        return None;
    }
    let mut seen = BTreeSet::new();
    let entries: Vec<_> = sections
        .iter()
        .map(|section| entry(section, folder, trust, &mut seen))
        .collect();
    entries.into_iter().collect()
}

fn entry(
    section: &Section<'_>,
    folder: &Path,
    trust: Option<&Credentials>,
    seen: &mut BTreeSet<RegionCode>,
) -> Option<DirectoryEntry> {
    let region = section.required::<RegionCode>("region");
    let endpoint = endpoint(section);
    let file = path(section, "signing_certificate", folder);
    let signing = file.and_then(|file| {
        let key = certified(section, "signing_certificate", &file, trust)?;
        Some((key, file))
    });
    let pinned = section.flag("pinned");
    let (region, (signing, file), pinned) = (region?, signing?, pinned?);
    if !seen.insert(region) {
        section.fault_of(
            "region",
            "this region stands in the directory twice",
            "该统筹区在名录中重复",
        );
        return None;
    }
    if *signing.identity() != Identity::RegionNodeSigning(region) {
        let found = signing.identity();
        section.fault_of(
            "signing_certificate",
            format!("this certificate is {found}'s, not that of region {region}"),
            format!("该证书属于 {found}，不是 {region} 的签名证书"),
        );
        return None;
    }
    Some(DirectoryEntry {
        region,
        endpoint: endpoint?,
        signing: Certified::in_file(signing, file),
        pinned,
    })
}
