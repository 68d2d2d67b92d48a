//! Expense checks: their words and findings.

use huitong_core::digest::Digest;
use huitong_core::expense_check::Finding;
use huitong_core::id::DeductionId;
use huitong_core::vocabulary::{CheckReason, CheckStanding, SendBackReason};

use super::common::amounts_to_wire;
use super::deduction::{
    deduction_amounts_from_wire, deduction_reason_from_wire, deduction_reason_to_wire,
};
use super::field::{Path, WireFault, wire_enum};
use crate::settlement::v1;

wire_enum!(
    check_reason_to_wire,
    check_reason_from_wire,
    CheckReason,
    v1::CheckReason {
        UnusualAmount,
        UnusualStay,
        ItemsDoNotFit,
        OtherPerson,
        SplitAdmission,
        Duplicate,
        Reported,
        Other,
    }
);

wire_enum!(
    send_back_reason_to_wire,
    send_back_reason_from_wire,
    SendBackReason,
    v1::SendBackReason {
        NotAnswered,
        Incomplete,
        AmountsUnclear,
        Other,
    }
);

wire_enum!(
    check_standing_to_wire,
    check_standing_from_wire,
    CheckStanding,
    v1::CheckStanding {
        Waiting,
        TakenUp,
        Overdue,
        Answered,
        Confirmed,
        ConfirmedBySilence,
        Reversed,
        Refused,
    }
);

/// The wire form of a [`Finding`].
#[must_use]
pub fn finding_to_wire(finding: &Finding) -> v1::CheckFinding {
    match finding {
        Finding::Verified => v1::CheckFinding::default(),
        Finding::Discrepancy {
            reason,
            amounts,
            deduction,
        } => v1::CheckFinding {
            reason: deduction_reason_to_wire(*reason),
            amounts: amounts_to_wire(amounts.as_slice()),
            deduction: deduction.map(|named| named.to_string()).unwrap_or_default(),
        },
    }
}

/// Reads a [`Finding`].
///
/// # Errors
/// [`WireFault`] with the path of the field; what was verified says nothing more.
pub fn finding_from_wire(sent: &v1::CheckFinding, path: Path<'_>) -> Result<Finding, WireFault> {
    if sent.reason == 0 {
        return if sent.amounts.is_empty() && sent.deduction.is_empty() {
            Ok(Finding::Verified)
        } else {
            Err(path.field("reason").missing())
        };
    }
    let deduction = path.field("deduction");
    Ok(Finding::Discrepancy {
        reason: deduction_reason_from_wire(sent.reason, path.field("reason"))?,
        amounts: deduction_amounts_from_wire(&sent.amounts, path.field("amounts"))?,
        deduction: deduction.optional(&sent.deduction, DeductionId::parse)?,
    })
}

/// Reads the digest of a word.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn word_digest_from_wire(digest: &[u8], path: Path<'_>) -> Result<Digest, WireFault> {
    let bytes = <[u8; 32]>::try_from(digest);
    let bytes = bytes.map_err(|_| path.wrong("a digest has 32 bytes / 摘要应为32字节"))?;
    Ok(Digest::from_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use huitong_core::deduction::DeductionAmounts;
    use huitong_core::fund::Fund;
    use huitong_core::money::Fen;
    use huitong_core::vocabulary::DeductionReason;

    use super::*;

    #[test]
    fn a_finding_comes_back_and_one_that_says_half_is_refused() {
        let path = Path::root("finding");
        let wrong = Finding::Discrepancy {
            reason: DeductionReason::Excessive,
            amounts: DeductionAmounts::new(vec![(Fund::ResidentPool, Fen::new(7).unwrap())])
                .unwrap(),
            deduction: Some(DeductionId::from_bytes([4; 16])),
        };
        for finding in [Finding::Verified, wrong.clone()] {
            let read = finding_from_wire(&finding_to_wire(&finding), path);
            assert_eq!(read.unwrap(), finding);
        }
        let sent = finding_to_wire(&wrong);
        let halves = [
            v1::CheckFinding {
                reason: 0,
                ..sent.clone()
            },
            v1::CheckFinding {
                amounts: Vec::new(),
                ..sent.clone()
            },
            v1::CheckFinding {
                deduction: "ded_1".to_owned(),
                ..sent
            },
        ];
        for half in halves {
            assert!(finding_from_wire(&half, path).is_err(), "{half:?}");
        }
    }
}
