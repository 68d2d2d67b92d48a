//! One record of each kind that a reversal writes, made up.

use super::refusals::{final_refusal, refused_of};
use super::samples::{at, body, chengdu, claim, id, ningbo, refusal, settled, version};
use super::*;

pub(super) fn reversal_id() -> ReversalId {
    ReversalId::from_parts(1_700_000_000_000, [8; 10])
}

pub(super) fn reversal_body() -> ReversalBody {
    ReversalBody {
        number: 2,
        reversal: reversal_id(),
        clearing: ReversalPart {
            settlement: id(),
            home: ningbo(),
            treatment: chengdu(),
            receipt: body().digest(),
            amounts: body().clearing.amounts,
            business_day: "2023-03-13".parse().unwrap(),
        },
        reason: ReversalReason::Duplicate,
        begun_by: BegunBy::Institution("H51010400001".parse().unwrap()),
        personal: reversed_person().commitment(&[9; 16]),
        incarnation: 1,
        reversed_at: at(),
    }
}

fn reversed_person() -> ReversedPerson {
    ReversedPerson {
        person: claim().person,
        version: version(5),
    }
}

pub(super) fn reversal_ordered() -> ReversalOrdered {
    let effects = ReversalEffects {
        salt: [9; 16],
        person: reversed_person(),
        visit: claim().visit_key(),
        begun: Some((claim().institution.code, claim().visit.episode)),
        totals: vec![(
            TotalSlot {
                name: "basic_paid".parse().unwrap(),
                stretch: Stretch::Year(2023),
                key: None,
            },
            0,
        )],
        balances: Balances::NONE,
        legs_from: 4,
    };
    ReversalOrdered::new(reversal_body(), effects)
}

/// A wish of an officer's that is refused.
fn reversal_refused() -> HomeRefused {
    let wish = RefusedReversal {
        reversal: reversal_id(),
        order: ReversalOrder {
            begun_by: BegunBy::Officer("li.wei".parse().unwrap()),
            ..reversal_body().order()
        },
    };
    let refused = refused_of(
        Some(reversal_id()),
        refusal(),
        RefusedRequest::Reversal(wish),
    );
    assert_eq!(refused.body().asked_by(refused.request()), ningbo());
    refused
}

pub(super) fn of_reversals() -> [NodeRecord; 6] {
    let (reversal, settlement, at) = (reversal_id(), id(), at());
    let institution = "H51010400001".parse().unwrap();
    let signed = Reversal {
        body: reversal_body(),
        person: reversed_person(),
        salt: [9; 16],
        group: settled().receipt.group,
        index: 0,
        path: Vec::new(),
    };
    [
        NodeRecord::ReversalOrdered(reversal_ordered()),
        NodeRecord::HomeRefused(reversal_refused()),
        NodeRecord::ReversalIntended(ReversalIntended {
            reversal,
            settlement,
            institution,
            request: RequestId::parse("r-2").unwrap(),
            reason: ReversalReason::Duplicate,
            at,
        }),
        NodeRecord::ReversalBooked(ReversalBooked {
            reversal: signed,
            legs_from: 4,
            at,
        }),
        NodeRecord::ReversalRefused(ReversalRefused {
            reversal,
            refusal: refusal(),
            word: Some(final_refusal(&reversal_refused())),
            at,
        }),
        NodeRecord::ReversalNoted(ReversalNoted {
            institution,
            settlement,
            at,
        }),
    ]
}
