//! Whether a document may be put forward: it reads, it is this region's, it can be run, the review of
//! authoring refuses nothing in it, its examples come out.
//!
//! All that is wrong is said at once, at its place. What `huitong policy check` refuses, the node refuses
//! too, whatever the officer ran before; its warnings are for those who write. Whether it fits beside the region's other documents is asked when
//! it is published, since they may change while it waits.

use huitong_authoring::examples::{Failure, run};
use huitong_authoring::review::{Severity, review as reviewed};
use huitong_core::region::RegionCode;
use huitong_document::Fault;
use huitong_document::policy::PolicyDocument;

use crate::policies::HeldPolicy;

/// The policy, ready to run.
///
/// # Errors
/// Everything that is wrong with the document, in the order of its lines.
pub fn review(document: &[u8], region: RegionCode) -> Result<HeldPolicy, Vec<Fault>> {
    let read = PolicyDocument::parse(document).map_err(|faults| faults.list().to_vec())?;
    let of = read.policy().scope().region;
    if of != region {
        return Err(vec![Fault {
            path: "region".to_owned(),
            ..whole(
                format!("the policy is of region {of}; this node publishes those of {region}"),
                format!("该政策属于 {of}，本节点只发布 {region} 的政策"),
            )
        }]);
    }
    let held = HeldPolicy::compile(document.to_vec(), read.clone(), region);
    let held = held.map_err(|error| {
        vec![whole(
            format!("these rules cannot be run: {error}"),
            format!("规则无法执行：{error}"),
        )]
    })?;
    let mut faults = refused(&read);
    faults.extend(examples(&read, &held));
    faults.sort_by_key(|fault| (fault.line, fault.column));
    if faults.is_empty() {
        Ok(held)
    } else {
        Err(faults)
    }
}

/// What the review refuses.
fn refused(read: &PolicyDocument) -> Vec<Fault> {
    let findings = reviewed(read, &[]).into_iter();
    findings
        .filter(|finding| finding.severity() == Severity::Refused)
        .map(|finding| Fault {
            file: "policy".to_owned(),
            line: finding.line,
            column: finding.column,
            path: finding.path,
            en: finding.kind.en(),
            zh: finding.kind.zh(),
        })
        .collect()
}

/// What is wrong with the examples that do not come out.
fn examples(read: &PolicyDocument, held: &HeldPolicy) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (at, example) in read.examples().iter().enumerate() {
        let (line, column) = example.place;
        let fault = |path: String, en: String, zh: String| Fault {
            file: "policy".to_owned(),
            line,
            column,
            path,
            en,
            zh,
        };
        match run(&held.compiled, example) {
            Ok(_) => {}
            Err(Failure::Refused(reason)) => faults.push(fault(
                format!("example[{at}]"),
                format!("the rules give no result: {reason}"),
                format!("按规则无法核算：{reason}"),
            )),
            Err(Failure::Deviates(deviations)) => {
                faults.extend(deviations.into_iter().map(|deviation| {
                    let (stated, given) = (deviation.stated, deviation.given);
                    fault(
                        format!("example[{at}].expect.{}", deviation.figure),
                        format!("the example states {stated}, the rules give {given}"),
                        format!("示例为 {stated}，按规则应为 {given}"),
                    )
                }));
            }
        }
    }
    faults
}

fn whole(en: String, zh: String) -> Fault {
    Fault {
        file: "policy".to_owned(),
        line: 1,
        column: 1,
        path: String::new(),
        en,
        zh,
    }
}
