//! A decision for people: each amount on a line of its own, the Chinese term beside it.

use std::io::{self, Write};

use huitong_core::decision::{Decision, LayerResult};
use huitong_core::money::Fen;
use huitong_core::policy::Policy;
use huitong_core::policy::fact::Account;
use huitong_core::policy::layer::Payer;

use super::json::{bounds_word, given_total, payer_word};

/// Writes a decision.
pub(super) fn write(policy: &Policy, decision: &Decision, out: &mut impl Write) -> io::Result<()> {
    let split = &decision.split;
    writeln!(out, "{}", policy.title())?;
    writeln!(
        out,
        "policy {} · engine {}",
        decision.policy, decision.engine.0
    )?;
    writeln!(out)?;
    amount(out, "bill", decision.total, "费用总额")?;
    amount(out, "  out of scope", split.out_of_scope, "目录外")?;
    amount(out, "  over limit", split.over_limit, "超限价")?;
    amount(out, "  first-pay", split.first_pay, "先行自付")?;
    amount(out, "  in scope", split.in_scope, "政策范围内")?;
    for layer in &decision.layers {
        writeln!(out)?;
        write_layer(layer, out)?;
    }
    writeln!(out)?;
    let given = given_total(decision);
    let funds = decision.fund_total.saturating_sub(given);
    amount(out, "funds pay", funds, "基金支付")?;
    shown(out, "others gave", given, "其他途径已支付")?;
    amount(out, "hospital bears", decision.hospital, "医院负担")?;
    amount(out, "patient bears", decision.patient_total, "个人负担")?;
    amount(out, "  own account", decision.own_account, "个人账户")?;
    amount(
        out,
        "  family account",
        decision.family_account,
        "家庭共济账户",
    )?;
    amount(out, "  cash", decision.cash, "现金")
}

fn write_layer(layer: &LayerResult, out: &mut impl Write) -> io::Result<()> {
    let chinese = match layer.payer {
        Payer::Fund(fund) => fund.chinese(),
        Payer::Hospital => "医院",
        Payer::Given(_) => "已由其他方支付",
    };
    writeln!(out, "{}: {} {chinese}", layer.id, payer_word(layer.payer))?;
    amount(out, "  takes", layer.base, "纳入费用")?;
    shown(out, "  before, this period", layer.before, "本期此前累计")?;
    shown(out, "  start", layer.start, "起付线")?;
    for segment in &layer.segments {
        let stretch = format!("  {} to {} × {}", segment.from, segment.to, segment.ratio);
        amount(out, &stretch, segment.amount, "分段支付")?;
    }
    shown(out, "  added by a floor", layer.floor_extra, "保底补足")?;
    if let Some(ceiling) = &layer.ceiling {
        let bounds = bounds_word(ceiling.bounds);
        let (limit, room) = (ceiling.limit, ceiling.room);
        amount(
            out,
            &format!("  {bounds} ceiling {limit}, room"),
            room,
            "封顶线剩余额度",
        )?;
    }
    amount(out, "  pays", layer.paid, "支付")?;
    shown(out, "  leaves as share", layer.left.share, "按比例自付")?;
    let (beyond, chinese) = beyond(layer.payer);
    shown(out, beyond, layer.left.above, chinese)
}

/// What lies beyond all that a payer pays.
fn beyond(payer: Payer) -> (&'static str, &'static str) {
    match payer {
        Payer::Fund(fund) if Account::of(fund).is_some() => {
            ("  leaves beyond the balance", "超账户余额")
        }
        Payer::Fund(_) | Payer::Hospital => ("  leaves above ceiling", "超封顶线"),
        Payer::Given(_) => ("  leaves, not given", "未由其他途径支付"),
    }
}

/// An amount, unless it is nothing.
fn shown(out: &mut impl Write, label: &str, fen: Fen, chinese: &str) -> io::Result<()> {
    if fen.is_zero() {
        return Ok(());
    }
    amount(out, label, fen, chinese)
}

fn amount(out: &mut impl Write, label: &str, fen: Fen, chinese: &str) -> io::Result<()> {
    let yuan = fen.to_string();
    writeln!(out, "{label:<40}{yuan:>16}  {chinese}")
}
