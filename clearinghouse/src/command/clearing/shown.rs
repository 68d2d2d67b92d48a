//! Plans, pairs, nets and postings as an officer reads them, in text and JSON. Amounts are yuan.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::fund::Fund;
use huitong_core::money::{MoneyError, SignedFen};
use huitong_proto::clearing::v1;
use huitong_proto::conversion::Path;
use huitong_proto::conversion::common::fund_from_wire;
use serde_json::{Value, json};

/// An amount in yuan.
pub(super) fn yuan(fen: i64) -> Result<String, MoneyError> {
    SignedFen::new(fen).map(|amount| amount.to_string())
}

pub(super) fn fund(number: i32) -> anyhow::Result<Fund> {
    Ok(fund_from_wire(number, Path::root("fund"))?)
}

/// What a debt arose from, in English and Chinese.
pub(super) const fn kind(kind: v1::LegKind) -> (&'static str, &'static str) {
    match kind {
        v1::LegKind::Unspecified => ("unknown", "未知"),
        v1::LegKind::Settlement => ("settlement", "结算"),
        v1::LegKind::Reversal => ("reversal", "冲正"),
        v1::LegKind::Deduction => ("deduction", "审核扣款"),
        v1::LegKind::DeductionEnd => ("end of a deduction", "扣款终止"),
        v1::LegKind::Correction => ("correction", "争议更正"),
    }
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A list that was printed ends with 1 when something of it is late.
pub(super) fn exit_by<T>(of: &[T], is_late: impl Fn(&T) -> bool) -> ExitCode {
    if of.iter().any(is_late) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

/// One line where a list has nothing: silence would be taken for a fault.
pub(super) fn none<T>(out: &mut dyn Write, of: &[T], said: &str) -> std::io::Result<()> {
    if of.is_empty() {
        writeln!(out, "{said}")?;
    }
    Ok(())
}

pub(super) fn pair_json(pair: &v1::PairGross) -> anyhow::Result<Value> {
    Ok(json!({
        "debtor": pair.debtor,
        "creditor": pair.creditor,
        "fund": fund(pair.fund)?.as_str(),
        "amount": yuan(pair.amount_fen)?,
        "legs": pair.legs,
    }))
}

/// `whose` is what the net is called by: member or region.
pub(super) fn net_json(whose: &str, net: &v1::Net) -> anyhow::Result<Value> {
    Ok(json!({
        whose: net.member,
        "fund": fund(net.fund)?.as_str(),
        "amount": yuan(net.amount_fen)?,
    }))
}

pub(super) fn pairs_text(out: &mut dyn Write, pairs: &[v1::PairGross]) -> anyhow::Result<()> {
    writeln!(
        out,
        "{:<8}{:<10}{:<28}{:>20}{:>10}",
        "debtor", "creditor", "fund", "amount", "legs"
    )?;
    for pair in pairs {
        let (fund, amount) = (fund(pair.fund)?, yuan(pair.amount_fen)?);
        writeln!(
            out,
            "{:<8}{:<10}{fund:<28}{amount:>20}{:>10}",
            pair.debtor, pair.creditor, pair.legs
        )?;
    }
    Ok(())
}

pub(super) fn nets_text(out: &mut dyn Write, whose: &str, nets: &[v1::Net]) -> anyhow::Result<()> {
    writeln!(out, "{whose:<18}{:<28}{:>20}", "fund", "net")?;
    for net in nets {
        let (fund, amount) = (fund(net.fund)?, yuan(net.amount_fen)?);
        writeln!(out, "{:<18}{fund:<28}{amount:>20}", net.member)?;
    }
    Ok(())
}
