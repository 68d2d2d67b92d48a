//! The review of a policy document before it is published: what must be refused, what a person should see.
//!
//! The reader of documents has refused what has no meaning. Here is what has a meaning that nobody can have
//! meant: cases that no row answers, rules that nothing reaches, funds that pay less when there is more to
//! pay, slips of the unit, two documents for one day. Each finding has its place, both languages and, where
//! facts matter, facts that can really occur. Nothing is printed, no file or clock is touched, and
//! [`Limits`] bound the work, whatever a document says. Whether a policy is generous is nobody's business
//! here; limits set from above are documents of their own.

mod bounds;
mod falls;
mod finding;
mod labels;
mod overlap;
mod question;
mod ratios;
mod report;
mod shown;
mod situation;
mod stated;
mod tables;
mod tags;
mod thresholds;
mod tiers;
mod unfilled;
mod units;
mod work;
mod world;

use huitong_adjudication::Compiled;
use huitong_core::policy::FaultPath;
use huitong_document::policy::PolicyDocument;

pub use bounds::against;
pub use finding::{Finding, Kind, Meant, Passed, Said, Severity, Unleft};
pub use overlap::Beside;
#[cfg(test)]
pub(crate) use unfilled::MARKS;
pub use work::Limits;

use report::Report;
use work::Work;
use world::World;

/// Reviews a document that reads, beside the region's other documents, within the limits of publishing.
///
/// The findings stand in the order of the document. None that is [`Severity::Refused`] means that the
/// document may be published.
#[must_use]
pub fn review(document: &PolicyDocument, beside: &[Beside<'_>]) -> Vec<Finding> {
    review_within(document, beside, Limits::PUBLISHING)
}

/// As [`review`], within other limits.
#[must_use]
pub fn review_within(
    document: &PolicyDocument,
    beside: &[Beside<'_>],
    limits: Limits,
) -> Vec<Finding> {
    let policy = document.policy();
    let mut report = Report::new(document.places(), limits.findings);
    let mut work = Work::new(limits);
    let compiled = match Compiled::new(policy.clone(), document.digest()) {
        Ok(compiled) => compiled,
        Err(fault) => {
            let fault = Said(fault);
            report.note(&FaultPath::ROOT, Kind::CannotRun { fault });
            return report.finish();
        }
    };
    overlap::check(policy, document.digest(), beside, &mut report);
    if let Some(world) = World::of(policy) {
        tiers::check(&world, &mut report);
        tiers::figures(&world, &mut report);
        tables::check(&world, &mut report, &mut work);
        thresholds::check(&world, &mut report, &mut work);
        ratios::check(&world, &mut report, &mut work);
        units::check(&world, &mut report);
        labels::check(&world, &mut report);
        falls::check(&world, &compiled, &mut report, &mut work);
    }
    tags::check(policy, document.examples(), &mut report);
    unfilled::check(policy, document.examples(), &mut report);
    shown::check(&compiled, document.examples(), &mut report);
    report.finish()
}
