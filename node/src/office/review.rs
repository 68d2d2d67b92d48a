//! Whether a document may be put forward: it reads, it is this region's, it can be run, it passes the review.
//!
//! All that is wrong is said at once, at its place. What `huitong policy check` refuses, the node refuses
//! too, whatever the officer ran before; what it only warns of is for the two officers to weigh. Whether a
//! document fits beside the region's others is asked again when it is published, since they may change while
//! it waits.

use huitong_authoring::review::{Severity, review as findings};
use huitong_core::region::RegionCode;
use huitong_document::Fault;
use huitong_document::policy::PolicyDocument;

use crate::policies::HeldPolicy;

/// A policy of this region, ready to run.
///
/// # Errors
/// Everything that keeps it from being run, in the order of its lines.
pub fn read(document: &[u8], region: RegionCode) -> Result<HeldPolicy, Vec<Fault>> {
    let read = parse(document, region)?;
    compile(document, read, region)
}

/// A policy of this region that may be put forward, ready to run.
///
/// # Errors
/// Everything that is wrong with it, in the order of its lines.
pub fn review(document: &[u8], region: RegionCode) -> Result<HeldPolicy, Vec<Fault>> {
    let read = parse(document, region)?;
    let refused: Vec<Fault> = findings(&read, &[])
        .into_iter()
        .filter(|finding| finding.severity() == Severity::Refused)
        .map(|finding| Fault {
            line: finding.line,
            column: finding.column,
            en: finding.kind.en(),
            zh: finding.kind.zh(),
            path: finding.path,
            file: "policy".to_owned(),
        })
        .collect();
    if refused.is_empty() {
        compile(document, read, region)
    } else {
        Err(refused)
    }
}

fn parse(document: &[u8], region: RegionCode) -> Result<PolicyDocument, Vec<Fault>> {
    let read = PolicyDocument::parse(document).map_err(|faults| faults.list().to_vec())?;
    let of = read.policy().scope().region;
    if of == region {
        return Ok(read);
    }
    Err(vec![whole(
        "region",
        format!("the policy is of region {of}; this node publishes those of {region}"),
        format!("该政策属于 {of}，本节点只发布 {region} 的政策"),
    )])
}

fn compile(
    document: &[u8],
    read: PolicyDocument,
    region: RegionCode,
) -> Result<HeldPolicy, Vec<Fault>> {
    HeldPolicy::compile(document.to_vec(), read, region).map_err(|error| {
        vec![whole(
            "",
            format!("these rules cannot be run: {error}"),
            format!("规则无法执行：{error}"),
        )]
    })
}

fn whole(path: &str, en: String, zh: String) -> Fault {
    Fault {
        line: 1,
        column: 1,
        path: path.to_owned(),
        en,
        zh,
        file: "policy".to_owned(),
    }
}
