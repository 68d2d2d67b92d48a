//! `huitong clearing status`.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::date::BusinessDay;
use huitong_core::date::Timestamp;
use huitong_desk::waiting::chinese;
use huitong_proto::clearing::v1;
use huitong_proto::conversion::Path;
use huitong_proto::conversion::own_clearing::waiting_reason_from_wire;
use serde_json::{Value, json};

use super::connection::{Connection, Shape, print_json, told};
use super::cycles::{self, state};
use super::{reopen, shown};

/// Where a cycle stands and what blocks it; without a day, all that are not final too, and exit 1 when one is late.
#[derive(Debug, clap::Args)]
pub(super) struct Status {
    #[command(flatten)]
    connection: Connection,
    /// The business day, such as 2026-03-31; without it the earliest that waits for officers / 业务日；未指定的为最早待办清算期
    #[arg(long)]
    day: Option<BusinessDay>,
}

impl Status {
    /// Fails with 1 when, asked without a day, a cycle failed or somebody is late with one.
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let business_day = self.day.map(|day| day.to_string()).unwrap_or_default();
        let mut officer = self.connection.open().await?;
        let asked = officer.status(v1::StatusRequest { business_day }).await;
        let answer = asked.map_err(|status| told(&status))?.into_inner();
        let shape = self.connection.shape();
        if self.day.is_some() {
            return print(out, shape, &answer).map(|()| ExitCode::SUCCESS);
        }
        let open = cycles::all(&self.connection).await?;
        match shape {
            Shape::Json => {
                let mut document = document(&answer)?;
                if let Some(object) = document.as_object_mut() {
                    object.insert("cycles".to_owned(), json!(cycles::as_json(&open)?));
                }
                print_json(out, &document)?;
            }
            Shape::Text => {
                text(out, &answer)?;
                cycles::text(out, &open)?;
            }
        }
        Ok(shown::exit_by(&open, cycles::is_late))
    }
}

/// Prints a status, which a cut-off answers with too.
pub(super) fn print(
    out: &mut dyn Write,
    shape: Shape,
    status: &v1::StatusResponse,
) -> anyhow::Result<()> {
    match shape {
        Shape::Json => print_json(out, &document(status)?),
        Shape::Text => text(out, status),
    }
}

/// Prints the status that an answer has.
pub(super) fn print_answered(
    out: &mut dyn Write,
    shape: Shape,
    status: Option<v1::StatusResponse>,
) -> anyhow::Result<()> {
    let status = status.ok_or_else(|| anyhow::anyhow!("the answer has no status"))?;
    print(out, shape, &status)
}

/// Why a leg waits, in a word and in Chinese.
pub(super) fn reason(reason: v1::WaitingReason) -> (&'static str, &'static str) {
    let why = waiting_reason_from_wire(reason.into(), Path::root("reason"));
    why.map_or(("unknown", "未知"), |why| (why.word(), chinese(why)))
}

/// What became of a region's word; none when it is not asked for one.
fn attested(region: &v1::RegionStatus) -> Option<(&'static str, &'static str)> {
    match region.attested() {
        v1::RegionAttestation::Unspecified => None,
        v1::RegionAttestation::Outstanding => Some(("outstanding", "未核对")),
        v1::RegionAttestation::Alike => Some(("alike", "核对一致")),
        v1::RegionAttestation::Otherwise => Some(("otherwise", "核对不符")),
    }
}

fn document(status: &v1::StatusResponse) -> anyhow::Result<Value> {
    let regions = status.regions.iter().map(|region| {
        json!({
            "region": region.region,
            "member": region.member,
            "held": region.held,
            "closed": region.closed,
            "mark": region.mark,
            "halted_at": (region.halted_at > 0).then_some(region.halted_at),
            "attested": attested(region).map(|(word, _)| word),
        })
    });
    let waiting = status.oldest_waiting.iter().map(|leg| {
        Ok(json!({
            "region": leg.region,
            "number": leg.number,
            "reason": reason(leg.reason()).0,
            "field": leg.field,
            "since": Timestamp::from_millis(leg.since_ms)?.to_string(),
            "settlement": leg.settlement,
            "kind": shown::kind(leg.kind()).0,
            "fund": shown::fund(leg.fund)?.as_str(),
        }))
    });
    Ok(json!({
        "business_day": status.business_day,
        "state": state(status.state()).0,
        "restored": restored(status)?.map(|since| since.to_string()),
        "regions": regions.collect::<Vec<_>>(),
        "approvals": approvals(status)?.iter().map(|(officer, at)| json!({
            "officer": officer,
            "at": at.to_string(),
        })).collect::<Vec<_>>(),
        "due": (!status.due.is_empty()).then_some(&status.due),
        "month": (!status.month.is_empty()).then_some(&status.month),
        "failure": status.failure.as_ref().map(reopen::failure_json).transpose()?,
        "wanted": status.wanted.as_ref().map(reopen::wanted_json).transpose()?,
        "left_out": status.left_out.as_ref().map(reopen::left_out_json).transpose()?,
        "final": moment(status.final_at_ms)?.map(|at| at.to_string()),
        "agreed_legs": status.agreed_legs,
        "waiting_legs": status.waiting_legs,
        "differing_legs": status.differing_legs,
        "oldest_waiting": waiting.collect::<anyhow::Result<Vec<_>>>()?,
    }))
}

/// Since when no cycle goes on, because the clearinghouse was restored.
fn restored(status: &v1::StatusResponse) -> anyhow::Result<Option<Timestamp>> {
    moment(status.restored_at_ms)
}

/// A moment, if there is one.
fn moment(millis: i64) -> anyhow::Result<Option<Timestamp>> {
    let moment = Some(millis).filter(|millis| *millis > 0);
    Ok(moment.map(Timestamp::from_millis).transpose()?)
}

/// Who approved the plan, and when.
fn approvals(status: &v1::StatusResponse) -> anyhow::Result<Vec<(&str, Timestamp)>> {
    let approvals = status.approvals.iter();
    let approvals = approvals.map(|approval| {
        Ok((
            approval.officer.as_str(),
            Timestamp::from_millis(approval.at_ms)?,
        ))
    });
    approvals.collect()
}

fn paying_text(out: &mut dyn Write, status: &v1::StatusResponse) -> anyhow::Result<()> {
    let approved = approvals(status)?;
    for (officer, at) in &approved {
        writeln!(out, "approved by {officer} at {at} / 已审批")?;
    }
    let next = match status.state() {
        v1::CycleState::Netted if approved.is_empty() => Some((
            "two different officers approve its plan (approve)",
            "由两名不同人员审批（approve）",
        )),
        v1::CycleState::Netted => Some((
            "another officer has to approve it too (approve)",
            "尚需另一名人员审批（approve）",
        )),
        v1::CycleState::Approved => {
            Some(("its payment is ordered (instruct)", "下达拨付（instruct）"))
        }
        v1::CycleState::Unspecified
        | v1::CycleState::Open
        | v1::CycleState::CutOff
        | v1::CycleState::Attested
        | v1::CycleState::Failed
        | v1::CycleState::Instructed
        | v1::CycleState::Final => None,
    };
    // The answer does not say how money moves: that is the clearinghouse's configuration.
    if let Some((english, chinese)) = next {
        writeln!(
            out,
            "next, where money moves by the day: {english} / 下一步，按日拨付的：{chinese}"
        )?;
        writeln!(
            out,
            "next, where it moves by the month: the cycle takes no approval of its own; once the month is over it is drawn up, \
             approved and ordered (month draw-up, approve, instruct) / 按月拨付的：本期无需单独审批，\
             月末编制、审批、下达（month draw-up、approve、instruct）"
        )?;
    }
    if !status.month.is_empty() {
        writeln!(out, "ordered with month {} / 按月下达拨付", status.month)?;
    }
    if let Some(at) = moment(status.final_at_ms)? {
        writeln!(out, "paid in full at {at} / 已清讫")?;
    } else if !status.due.is_empty() {
        writeln!(out, "payment is due by {} / 缴款期限", status.due)?;
    }
    Ok(())
}

/// Why it could not be netted, and what is wanted or was left out of it.
fn reopening_text(out: &mut dyn Write, status: &v1::StatusResponse) -> anyhow::Result<()> {
    if let Some(failure) = &status.failure {
        reopen::failure_text(out, failure)?;
    }
    if let Some(v1::LeavingOut {
        by,
        left_out: Some(left_out),
    }) = &status.wanted
    {
        reopen::wanted_text(out, by, left_out)?;
    }
    if let Some(left_out) = &status.left_out {
        writeln!(out, "left out by two officers / 经两人剔除：")?;
        reopen::left_out_text(out, left_out)?;
    }
    Ok(())
}

fn text(out: &mut dyn Write, status: &v1::StatusResponse) -> anyhow::Result<()> {
    let (english, chinese) = state(status.state());
    writeln!(out, "cycle {}: {english} / {chinese}", status.business_day)?;
    if let Some(since) = restored(status)? {
        writeln!(
            out,
            "RESTORED {since}: no cycle goes on; cut off again what came after the backup, then resume / \
             已由备份恢复，请重新日切后以resume继续"
        )?;
    }
    reopening_text(out, status)?;
    paying_text(out, status)?;
    writeln!(
        out,
        "agreed {}, waiting {}, differing {}",
        status.agreed_legs, status.waiting_legs, status.differing_legs
    )?;
    writeln!(
        out,
        "{:<8}{:<8}{:>12}{:>12}  ",
        "region", "member", "held", "mark"
    )?;
    for region in &status.regions {
        let closed = if region.closed {
            "closed / 已日终"
        } else {
            "open / 未日终"
        };
        let attested = attested(region).map_or_else(String::new, |(english, chinese)| {
            format!(", attested: {english} / {chinese}")
        });
        let halted = match region.halted_at {
            0 => String::new(),
            number => format!(", halted at {number} / 序列已停止"),
        };
        writeln!(
            out,
            "{:<8}{:<8}{:>12}{:>12}  {closed}{attested}{halted}",
            region.region, region.member, region.held, region.mark
        )?;
    }
    for leg in &status.oldest_waiting {
        let (english, chinese) = reason(leg.reason());
        let field = if leg.field.is_empty() {
            String::new()
        } else {
            format!(" ({})", leg.field)
        };
        writeln!(
            out,
            "waiting since {}: region {} number {}, {} / {}: {english}{field} / {chinese}",
            Timestamp::from_millis(leg.since_ms)?,
            leg.region,
            leg.number,
            shown::kind(leg.kind()).0,
            shown::kind(leg.kind()).1
        )?;
    }
    Ok(())
}
