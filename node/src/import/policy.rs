//! A policy document of the region itself.

use huitong_core::region::RegionCode;
use huitong_document::policy::PolicyDocument;

use super::fault::{Findings, RowFaults};

pub(super) fn read(region: RegionCode, bytes: &[u8]) -> Result<PolicyDocument, RowFaults> {
    let mut findings = Findings::none();
    let document = match PolicyDocument::parse(bytes) {
        Ok(document) => document,
        Err(faults) => {
            for fault in faults.list() {
                let line = u64::try_from(fault.line).unwrap_or(u64::MAX);
                findings.add(line, &fault.path, &fault.en, &fault.zh);
            }
            return Err(findings.into_faults());
        }
    };
    let of = document.policy().scope().region;
    if of != region {
        findings.add(
            0,
            "region",
            format!("the policy is of region {of}; this node publishes those of {region}"),
            format!("该政策属于 {of}，本节点只发布 {region} 的政策"),
        );
    }
    findings.or(document)
}
