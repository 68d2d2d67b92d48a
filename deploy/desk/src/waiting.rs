//! A debt that no cycle took, as an officer reads it, of a region or of the operator: why, for how long, what both regions told,
//! and what is to be done. Amounts are yuan. Deliberately absent: which debts wait, and whether one is late.

use std::io::{self, Write};

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use huitong_core::leg::{LegField, LegKind};
use huitong_core::own_clearing::{DebtWaiting, LegTold, WaitingAges};
use huitong_core::vocabulary::{EvidenceSays, WaitingReason};
use serde_json::{Value, json};

use crate::hex;

/// What the groups of ages are called, in days.
const AGES: [&str; 4] = ["0-1", "2-7", "8-30", "31+"];

/// What is to be done about a debt of which a plan took another under its id.
const ID_TAKEN: &str = "a plan took a debt of two others under this id, so this one is never netted: the region that is owed raises \
                        a dispute over it; once both reversed it there is nothing to pay / \
                        该编号已用于另两地已轧差的债务，本笔不再轧差：请债权方提出争议更正；双方均已冲正的无需支付";

/// The reasons that an option takes, each as people call it.
pub fn reasons() -> impl TypedValueParser<Value = WaitingReason> {
    let named = |why: &WaitingReason| PossibleValue::new(why.word()).help(chinese(*why));
    PossibleValuesParser::new(WaitingReason::ALL.iter().map(named))
        .try_map(|word| word.parse::<WaitingReason>())
}

/// Why a debt waits, in Chinese.
#[must_use]
pub const fn chinese(why: WaitingReason) -> &'static str {
    match why {
        WaitingReason::CounterpartMissing => "对方未上报",
        WaitingReason::Differs => "双方不一致",
        WaitingReason::Repeated => "重复上报",
        WaitingReason::Late => "逾日切",
        WaitingReason::AttestedOtherwise => "核对不符",
        WaitingReason::TooLarge => "超过单笔上限",
        WaitingReason::OriginalNotNetted => "原债务未轧差",
        WaitingReason::TakenBack => "双方均已冲回",
        WaitingReason::LeftOut => "经两人剔除",
        WaitingReason::UnknownRegion => "对方统筹区不在名录",
    }
}

/// What is to be done about a debt that waits for this reason.
const fn to_do(why: WaitingReason) -> &'static str {
    match why {
        WaitingReason::CounterpartMissing => {
            "only one of the two told it: whoever did not is to report it / 应由未上报方补报"
        }
        WaitingReason::Differs => {
            "the two told it differently: find out who is right, the evidence says it where it is here / 请按凭证核对"
        }
        WaitingReason::Repeated => "it was told before: nothing to pay / 无需支付",
        WaitingReason::Late => "the next cycle takes it / 转入下期",
        WaitingReason::AttestedOtherwise => {
            "one of the two attested otherwise: once it attests it as it is held, the next cycle takes it / 核对一致后转入下期"
        }
        WaitingReason::TooLarge => {
            "it is never netted: reverse the settlement, and settle it again as interim bills if it was right; the reversal waits like it / 不轧差，请冲正，确属应付的分次中途结算；冲正分录同样挂账"
        }
        WaitingReason::OriginalNotNetted => {
            "it goes with what it takes back, or after it / 随原债务轧差"
        }
        WaitingReason::TakenBack => "nothing to pay, nothing to do / 无需支付，无需处理",
        WaitingReason::LeftOut => {
            "officers left it out of a cycle: the next one takes it / 转入下期"
        }
        WaitingReason::UnknownRegion => {
            "it waits until that region joins and tells it / 待该统筹区加入后上报"
        }
    }
}

/// What a leg is of, in a word for people.
const fn kind(kind: LegKind) -> &'static str {
    match kind {
        LegKind::Settlement => "settlement",
        LegKind::Reversal => "reversal",
        LegKind::Deduction => "deduction",
        LegKind::DeductionEnd => "end of a deduction",
        LegKind::Correction => "correction",
    }
}

const fn evidence(says: EvidenceSays) -> &'static str {
    match says {
        EvidenceSays::AsReported => {
            "it is what the home region signed: the other region is to report the same / 与参保地签名一致，应由对方补报"
        }
        EvidenceSays::Otherwise => {
            "it is another than the home region signed: whoever told it is wrong / 与参保地签名不符，上报方有误"
        }
        EvidenceSays::NotOwed => {
            "the home region signed nothing of this fund / 参保地签名中无此基金"
        }
        EvidenceSays::TwoWords => {
            "the home region signed two words that do not go together: both are evidence / 参保地签署了两份不一致的凭证"
        }
    }
}

fn field(field: Option<LegField>) -> Option<&'static str> {
    field.map(LegField::as_str)
}

/// The field in brackets, where there is one.
fn bracketed(of: Option<LegField>) -> String {
    field(of).map_or_else(String::new, |field| format!(" ({field})"))
}

fn told(of: &LegTold) -> Value {
    json!({
        "region": of.region.to_string(),
        "number": of.number,
        "debtor": of.debtor.to_string(),
        "creditor": of.creditor.to_string(),
        "amount": of.amount.to_string(),
        "business_day": of.business_day.to_string(),
        "receipt": hex(of.receipt.as_bytes()),
    })
}

/// A debt that waits, as JSON.
#[must_use]
pub fn document(debt: &DebtWaiting) -> Value {
    json!({
        "since": debt.since.to_string(),
        "days": debt.days,
        "is_late": debt.is_late(),
        "reason": debt.why.word(),
        "field": field(debt.field),
        "settlement": debt.settlement.to_string(),
        "kind": kind(debt.kind),
        "fund": debt.fund.as_str(),
        "told": told(&debt.told),
        "other": debt.other.as_ref().map(told),
        "evidence": debt.evidence.map(EvidenceSays::word),
        "evidence_field": field(debt.evidence_field),
        "id_taken": debt.id_taken,
    })
}

/// How old those are that wait, by reason, as JSON.
#[must_use]
pub fn ages_document(ages: &[WaitingAges]) -> Value {
    let by_reason = ages.iter().map(|of| {
        let groups = AGES.iter().zip(&of.groups).map(|(days, group)| {
            json!({ "days": days, "legs": group.legs, "amount": group.amount.to_string() })
        });
        json!({ "reason": of.why.word(), "groups": groups.collect::<Vec<_>>() })
    });
    Value::Array(by_reason.collect())
}

/// Writes a debt that waits in text.
///
/// # Errors
/// When it cannot be written.
pub fn print(debt: &DebtWaiting, out: &mut dyn Write) -> io::Result<()> {
    let late = if debt.is_late() { ", LATE" } else { "" };
    writeln!(
        out,
        "{} {} {}: {}{}, {} days since {}{late} / {}，{}天",
        debt.settlement,
        kind(debt.kind),
        debt.fund,
        debt.why,
        bracketed(debt.field),
        debt.days,
        debt.since,
        chinese(debt.why),
        debt.days
    )?;
    for leg in std::iter::once(&debt.told).chain(&debt.other) {
        writeln!(
            out,
            "  {} number {}: {} owes {} {} yuan on {}, receipt {:.16}",
            leg.region,
            leg.number,
            leg.debtor,
            leg.creditor,
            leg.amount,
            leg.business_day,
            hex(leg.receipt.as_bytes())
        )?;
    }
    let to_do = if debt.id_taken {
        ID_TAKEN
    } else {
        to_do(debt.why)
    };
    writeln!(out, "  {to_do}")?;
    if let Some(says) = debt.evidence {
        writeln!(
            out,
            "  {}{}",
            evidence(says),
            bracketed(debt.evidence_field)
        )?;
    }
    Ok(())
}

/// Writes how old those are that wait, by reason.
///
/// # Errors
/// When it cannot be written.
pub fn print_ages(ages: &[WaitingAges], out: &mut dyn Write) -> io::Result<()> {
    if ages.is_empty() {
        return writeln!(out, "nothing waits / 无挂账");
    }
    writeln!(
        out,
        "{:<22}{:<8}{:>10}{:>20}",
        "reason", "days", "legs", "yuan"
    )?;
    for of in ages {
        let groups = AGES.iter().zip(&of.groups);
        for (days, group) in groups.filter(|(_, group)| group.legs > 0) {
            writeln!(
                out,
                "{:<22}{days:<8}{:>10}{:>20}",
                of.why, group.legs, group.amount
            )?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use huitong_core::date::Timestamp;
    use huitong_core::digest::sha256;
    use huitong_core::fund::Fund;
    use huitong_core::id::SettlementId;
    use huitong_core::money::{Fen, FenSum};
    use huitong_core::own_clearing::WaitingGroup;

    use super::*;

    fn leg(region: &str, fen: i64) -> LegTold {
        LegTold {
            region: region.parse().unwrap(),
            number: 7,
            debtor: "330200".parse().unwrap(),
            creditor: "510100".parse().unwrap(),
            amount: Fen::new(fen).unwrap(),
            business_day: "2026-03-01".parse().unwrap(),
            receipt: sha256(b"receipt"),
        }
    }

    fn debt(why: WaitingReason) -> DebtWaiting {
        DebtWaiting {
            since: Timestamp::parse("2026-03-01T02:00:00.000Z").unwrap(),
            days: 31,
            why,
            field: Some(LegField::Amount),
            settlement: SettlementId::from_parts(1, [1; 10]),
            kind: LegKind::Settlement,
            fund: Fund::ResidentPool,
            told: leg("330200", 700),
            other: Some(leg("510100", 701)),
            evidence: Some(EvidenceSays::AsReported),
            evidence_field: None,
            id_taken: false,
        }
    }

    fn printed(debt: &DebtWaiting) -> String {
        let mut out = Vec::new();
        print(debt, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_debt_that_waits_is_shown_with_both_words_and_what_is_to_be_done() {
        let debt = debt(WaitingReason::Differs);
        let said = printed(&debt);
        for part in [
            "resident_pool: differs (amount), 31 days since 2026-03-01T02:00:00.000Z, LATE / 双方不一致，31天",
            "330200 number 7: 330200 owes 510100 7.00 yuan on 2026-03-01",
            "510100 number 7: 330200 owes 510100 7.01 yuan",
            "the two told it differently",
            "the other region is to report the same",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
        let told = document(&debt);
        assert_eq!(told["other"]["amount"], "7.01");
        assert_eq!(told["is_late"], true);
        assert_eq!(told["reason"], "differs");
    }

    #[test]
    fn what_is_to_be_done_follows_from_the_reason() {
        for why in WaitingReason::ALL {
            assert!(printed(&debt(*why)).contains(to_do(*why)), "{why}");
        }
        let over = printed(&debt(WaitingReason::TakenBack));
        assert!(over.contains("nothing to pay, nothing to do") && !over.contains("LATE"));
        // Over what is too large no dispute is taken.
        assert!(!printed(&debt(WaitingReason::TooLarge)).contains("dispute"));
        let taken = DebtWaiting {
            id_taken: true,
            ..debt(WaitingReason::Repeated)
        };
        assert!(printed(&taken).contains("raises a dispute"));
        assert!(!printed(&debt(WaitingReason::Repeated)).contains("dispute"));
    }

    #[test]
    fn ages_are_told_whatever_they_come_to() {
        let group = |legs| WaitingGroup {
            legs,
            amount: FenSum::new(2_000_000_000_000_000),
        };
        let ages = [WaitingAges {
            why: WaitingReason::TooLarge,
            groups: [group(0), group(0), group(0), group(2)],
        }];
        let told = ages_document(&ages);
        assert_eq!(told[0]["groups"][3]["amount"], "20000000000000.00");
        assert_eq!(told[0]["groups"][3]["days"], "31+");
        let mut out = Vec::new();
        print_ages(&ages, &mut out).unwrap();
        let said = String::from_utf8(out).unwrap();
        assert!(
            said.ends_with("31+              2   20000000000000.00\n"),
            "{said}"
        );
        assert_eq!(
            said.lines().count(),
            2,
            "an age of which there is none is left out"
        );
    }

    #[test]
    fn an_option_takes_the_reasons_and_nothing_else() {
        let parse = |word: &str| {
            let command =
                clap::Command::new("x").arg(clap::Arg::new("reason").value_parser(reasons()));
            let parsed = command.try_get_matches_from(["x", word]);
            parsed.map(|found| *found.get_one::<WaitingReason>("reason").unwrap())
        };
        for why in WaitingReason::ALL {
            assert_eq!(parse(why.word()).unwrap(), *why);
        }
        assert!(
            parse("sun")
                .unwrap_err()
                .to_string()
                .contains("counterpart_missing")
        );
    }
}
