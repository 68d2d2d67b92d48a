//! Buckets: money of a bill that no rule of the policy can tell apart.
//!
//! A bucket is a part of the bill, the tags that the policy knows, and the labels that layers have given
//! it so far. Buckets are kept in the order of part, tags and labels; that order breaks ties wherever fen
//! are handed out (rule 4), so the order of the bill's lines never does.

use huitong_core::bill::SplitBill;
use huitong_core::policy::layer::Left;
use huitong_core::vocabulary::Part;

use crate::compiled::{Names, label_code};
use crate::exact::add;
use crate::fault::RuleFault;

/// The most buckets that one bill may fall into.
pub(crate) const BUCKETS_AT_MOST: usize = 4_096;

/// One part of the bill with one set of tags, before any layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) part: Part,
    pub(crate) tags: u64,
    pub(crate) amount: i64,
    /// What layers have paid of it so far.
    pub(crate) paid: i64,
}

/// What is still unpaid of an origin under one set of labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bucket {
    /// The place of its origin; origins ascend by part and tags.
    pub(crate) origin: usize,
    pub(crate) labels: u128,
    pub(crate) amount: i64,
}

/// How a layer divides one bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Division {
    /// The take entry the bucket belongs to, if any.
    pub(crate) entry: Option<usize>,
    pub(crate) taken: i64,
    pub(crate) paid: i64,
    pub(crate) start: i64,
    pub(crate) share: i64,
    pub(crate) above: i64,
}

impl Division {
    pub(crate) const UNTAKEN: Self = Self {
        entry: None,
        taken: 0,
        paid: 0,
        start: 0,
        share: 0,
        above: 0,
    };
}

/// The bits of the tags of a line that the policy knows.
pub(crate) fn tag_bits(names: &Names, tags: &[huitong_core::name::Name]) -> u64 {
    tags.iter().fold(0, |bits, tag| bits | names.tag(*tag))
}

/// The origins of a bill, ascending by part and tags.
pub(crate) fn origins(bill: &SplitBill, names: &Names) -> Result<Vec<Origin>, RuleFault> {
    let mut origins: Vec<Origin> = Vec::with_capacity(8);
    for line in bill.lines() {
        let tags = tag_bits(names, &line.tags);
        for part in Part::ALL {
            let amount = line.parts.get(*part).get();
            if amount == 0 {
                continue;
            }
            let key = (*part, tags);
            match origins
                .iter_mut()
                .find(|origin| (origin.part, origin.tags) == key)
            {
                Some(origin) => origin.amount = add(origin.amount, amount)?,
                None => origins.push(Origin {
                    part: *part,
                    tags,
                    amount,
                    paid: 0,
                }),
            }
        }
    }
    origins.sort_unstable_by_key(|origin| (origin.part, origin.tags));
    Ok(origins)
}

/// Every origin as one bucket without labels.
pub(crate) fn unlabelled(origins: &[Origin]) -> Vec<Bucket> {
    let bucket = |(origin, from): (usize, &Origin)| Bucket {
        origin,
        labels: 0,
        amount: from.amount,
    };
    origins.iter().enumerate().map(bucket).collect()
}

/// The labels of a bucket with one more.
pub(crate) fn labelled(labels: u128, shift: u32, left: Left) -> u128 {
    labels | label_code(left).checked_shl(shift).unwrap_or(0)
}

/// The buckets after a layer: what it left of each, under its label when a later take asks for it.
pub(crate) fn after(
    buckets: &mut Vec<Bucket>,
    divisions: &[Division],
    label_shift: Option<u32>,
    spare: &mut Vec<Bucket>,
) -> Result<(), RuleFault> {
    let Some(shift) = label_shift else {
        for (bucket, division) in buckets.iter_mut().zip(divisions) {
            bucket.amount = crate::exact::sub(bucket.amount, division.paid)?;
        }
        buckets.retain(|bucket| bucket.amount > 0);
        return Ok(());
    };
    spare.clear();
    for (bucket, division) in buckets.iter().zip(divisions) {
        let none = crate::exact::sub(bucket.amount, division.taken)?;
        let pieces = [
            (division.start, Left::Start),
            (division.share, Left::Share),
            (division.above, Left::Above),
            (none, Left::None),
        ];
        for (amount, left) in pieces {
            if amount > 0 {
                let labels = labelled(bucket.labels, shift, left);
                spare.push(Bucket {
                    labels,
                    amount,
                    ..*bucket
                });
            }
        }
    }
    // Labels of earlier layers occupy lower fields, so what came from different buckets of one origin
    // stays apart: sorting is enough, no two keys are equal.
    spare.sort_unstable_by_key(|bucket| (bucket.origin, bucket.labels));
    std::mem::swap(buckets, spare);
    Ok(())
}
