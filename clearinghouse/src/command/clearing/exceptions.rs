//! `huitong clearing exceptions`.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::date::Timestamp;
use huitong_core::own_clearing::Waits;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::WaitingReason;
use huitong_proto::clearing::v1;
use huitong_proto::conversion::Path;
use huitong_proto::conversion::own_clearing::waiting_reason_from_wire;
use serde_json::{Value, json};

use super::connection::{Connection, Shape, print_json, told};
use super::{shown, status};

/// What is to be done about a leg whose id a debt of two others had, which was netted.
const ID_TAKEN: &str = "a plan took a debt of two other regions under this id, so this one is never netted: the region that is owed raises a dispute over it; once it is reversed by both there is nothing to pay / 该编号已用于另两地已轧差的债务，本笔不再轧差：请债权方提出争议更正；双方均已冲正的无需支付";

/// What is to be done about a leg of which both regions reported that it is taken back.
const TAKEN_BACK: &str =
    "taken back by both: nothing to pay, nothing to do / 双方均已冲回：无需支付，无需处理";

/// What the groups of ages are called, in days.
const AGES: [&str; 4] = ["0-1", "2-7", "8-30", "31+"];

/// The legs that no plan took although their day is over: why, how long already, and what both regions said.
#[derive(Debug, clap::Args)]
pub(super) struct Exceptions {
    #[command(flatten)]
    connection: Connection,
    /// Only what this region reported / 统筹区
    #[arg(long)]
    region: Option<RegionCode>,
    /// Only those that wait for this reason / 原因
    #[arg(long, value_enum)]
    reason: Option<Reason>,
    /// Only those held for so many days / 挂账天数下限
    #[arg(long, default_value_t = 0)]
    days: u32,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
#[value(rename_all = "snake_case")]
enum Reason {
    /// The other region has not reported it / 对方未上报
    CounterpartMissing,
    /// The other region reported it otherwise / 双方不一致
    Differs,
    /// It was reported before / 重复上报
    Repeated,
    /// It agreed after its cycle was cut off / 迟到
    Late,
    /// A region attested it otherwise / 对账不一致
    AttestedOtherwise,
    /// More than one leg may be / 金额过大
    TooLarge,
    /// It takes back what no cycle took / 原结算未轧差
    OriginalNotNetted,
    /// Both took it back: nothing to pay / 双方已撤销
    TakenBack,
    /// Officers left it out of a failed cycle / 重开时剔除
    LeftOut,
    /// A region that is not in the directory / 未知统筹区
    UnknownRegion,
}

impl Exceptions {
    /// Fails with 1 when a leg that is listed, and about which something is to be done, waits for more than 30 days.
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let reason = self
            .reason
            .map_or(v1::WaitingReason::Unspecified, |reason| match reason {
                Reason::CounterpartMissing => v1::WaitingReason::CounterpartMissing,
                Reason::Differs => v1::WaitingReason::Differs,
                Reason::Repeated => v1::WaitingReason::Repeated,
                Reason::Late => v1::WaitingReason::Late,
                Reason::AttestedOtherwise => v1::WaitingReason::AttestedOtherwise,
                Reason::TooLarge => v1::WaitingReason::TooLarge,
                Reason::OriginalNotNetted => v1::WaitingReason::OriginalNotNetted,
                Reason::TakenBack => v1::WaitingReason::TakenBack,
                Reason::LeftOut => v1::WaitingReason::LeftOut,
                Reason::UnknownRegion => v1::WaitingReason::UnknownRegion,
            });
        let mut client = self.connection.exceptions().await?;
        let (mut exceptions, mut after) = (Vec::new(), None);
        let ageing = loop {
            let request = v1::ListExceptionsRequest {
                region: self
                    .region
                    .map(|region| region.to_string())
                    .unwrap_or_default(),
                reason: reason.into(),
                at_least_days: self.days,
                after,
            };
            let page = client.list_exceptions(request).await;
            let page = page.map_err(|status| told(&status))?.into_inner();
            exceptions.extend(page.exceptions);
            after = page.next;
            if after.is_none() {
                break page.ageing;
            }
        };
        match self.connection.shape() {
            Shape::Json => {
                let shown = exceptions.iter().map(document);
                let ages = ageing.iter().map(ageing_document);
                let document = json!({
                    "exceptions": shown.collect::<anyhow::Result<Vec<_>>>()?,
                    "ageing": ages.collect::<Vec<_>>(),
                });
                print_json(out, &document)?;
            }
            Shape::Text => {
                exceptions.iter().try_for_each(|of| text(out, of))?;
                ageing_text(out, &ageing)?;
            }
        }
        Ok(shown::exit_by(&exceptions, is_late))
    }
}

/// Whether a leg waits for too long. Of a reason that this program does not know something may be to be done.
fn is_late(exception: &v1::Exception) -> bool {
    let why = waiting_reason_from_wire(exception.reason, Path::root("reason"));
    let why = why.unwrap_or(WaitingReason::CounterpartMissing);
    let waits = Waits {
        why,
        id_taken: exception.id_taken,
        days: exception.days,
    };
    waits.is_late()
}

fn since(exception: &v1::Exception) -> anyhow::Result<Timestamp> {
    let place = exception.place.as_ref();
    let place = place.ok_or_else(|| anyhow::anyhow!("an exception has no place"))?;
    Ok(Timestamp::from_millis(place.since_ms)?)
}

fn reported(leg: &v1::ReportedLeg) -> anyhow::Result<Value> {
    Ok(json!({
        "region": leg.region,
        "number": leg.number,
        "debtor": leg.debtor,
        "creditor": leg.creditor,
        "amount": shown::yuan(leg.amount_fen)?,
        "business_day": leg.business_day,
        "receipt": shown::hex(&leg.receipt),
    }))
}

fn document(exception: &v1::Exception) -> anyhow::Result<Value> {
    let told = exception.told.as_ref().map(reported).transpose()?;
    let other = exception.other.as_ref().map(reported).transpose()?;
    Ok(json!({
        "since": since(exception)?.to_string(),
        "days": exception.days,
        "reason": status::reason(exception.reason()).0,
        "field": (!exception.field.is_empty()).then_some(&exception.field),
        "settlement": exception.settlement,
        "kind": shown::kind(exception.kind()).0,
        "fund": shown::fund(exception.fund)?.as_str(),
        "told": told,
        "other": other,
        "evidence": evidence(exception).map(|(word, _)| word),
        "evidence_field": (!exception.evidence_field.is_empty()).then_some(&exception.evidence_field),
        "id_taken": exception.id_taken,
    }))
}

fn ageing_document(ageing: &v1::Ageing) -> Value {
    let groups = AGES.iter().zip(&ageing.groups).map(|(days, group)| {
        json!({
            "days": days,
            "legs": group.legs,
            "amount": shown::sum(group.amount_fen),
        })
    });
    json!({
        "reason": status::reason(ageing.reason()).0,
        "groups": groups.collect::<Vec<_>>(),
    })
}

fn text(out: &mut dyn Write, exception: &v1::Exception) -> anyhow::Result<()> {
    let (english, chinese) = status::reason(exception.reason());
    let field = if exception.field.is_empty() {
        String::new()
    } else {
        format!(" ({})", exception.field)
    };
    writeln!(
        out,
        "{} {} {}: {english}{field}, {} days since {} / {chinese}，{}天",
        exception.settlement,
        shown::kind(exception.kind()).0,
        shown::fund(exception.fund)?,
        exception.days,
        since(exception)?,
        exception.days
    )?;
    for leg in exception.told.iter().chain(&exception.other) {
        writeln!(
            out,
            "  {} number {}: {} owes {} {} yuan on {}, receipt {:.16}",
            leg.region,
            leg.number,
            leg.debtor,
            leg.creditor,
            shown::yuan(leg.amount_fen)?,
            leg.business_day,
            shown::hex(&leg.receipt)
        )?;
    }
    if exception.reason() == v1::WaitingReason::TakenBack {
        writeln!(out, "  {TAKEN_BACK}")?;
    }
    if exception.id_taken {
        writeln!(out, "  {ID_TAKEN}")?;
    }
    if let Some((_, said)) = evidence(exception) {
        let field = &exception.evidence_field;
        let field = if field.is_empty() {
            String::new()
        } else {
            format!(" ({field})")
        };
        writeln!(out, "  {said}{field}")?;
    }
    Ok(())
}

/// What the home region's signed word says of the leg: in a word, and for people.
fn evidence(exception: &v1::Exception) -> Option<(&'static str, &'static str)> {
    match exception.evidence() {
        v1::EvidenceSays::Unspecified => None,
        v1::EvidenceSays::AsReported => Some((
            "as_reported",
            "it is what the home region signed: the other region is to report the same / 与参保地签名一致，应由对方补报",
        )),
        v1::EvidenceSays::Otherwise => Some((
            "otherwise",
            "it is another than the home region signed: the region that reported it is wrong / 与参保地签名不符，上报方有误",
        )),
        v1::EvidenceSays::NotOwed => Some((
            "not_owed",
            "the home region signed nothing of this fund / 参保地签名中无此基金",
        )),
        v1::EvidenceSays::TwoWords => Some((
            "two_words",
            "the home region signed two words on it that do not go together: both are evidence / 参保地就此签署了两份不一致的凭证",
        )),
    }
}

fn ageing_text(out: &mut dyn Write, ageing: &[v1::Ageing]) -> anyhow::Result<()> {
    if ageing.is_empty() {
        writeln!(out, "no exceptions / 无挂账")?;
        return Ok(());
    }
    writeln!(
        out,
        "{:<22}{:<8}{:>10}{:>20}",
        "reason", "days", "legs", "amount"
    )?;
    for of_reason in ageing {
        let (reason, _) = status::reason(of_reason.reason());
        let groups = AGES.iter().zip(&of_reason.groups);
        for (days, group) in groups.filter(|(_, group)| group.legs > 0) {
            let amount = shown::sum(group.amount_fen);
            writeln!(out, "{reason:<22}{days:<8}{:>10}{amount:>20}", group.legs)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use huitong_proto::common::v1::Fund;

    use super::*;

    #[test]
    fn of_what_both_took_back_it_is_said_that_nothing_is_to_be_done() {
        let printed = |reason: v1::WaitingReason| {
            let exception = v1::Exception {
                place: Some(v1::ExceptionPlace::default()),
                reason: reason.into(),
                kind: v1::LegKind::Settlement.into(),
                fund: Fund::ResidentPool.into(),
                ..v1::Exception::default()
            };
            let mut out = Vec::new();
            text(&mut out, &exception).unwrap();
            String::from_utf8(out).unwrap()
        };
        let taken_back = printed(v1::WaitingReason::TakenBack);
        assert!(taken_back.contains("nothing to pay, nothing to do / 双方均已冲回"));
        assert!(!printed(v1::WaitingReason::OriginalNotNetted).contains("nothing to do"));
    }

    #[test]
    fn of_a_leg_whose_id_another_debt_had_it_is_said_what_to_do() {
        let exception = |id_taken| v1::Exception {
            place: Some(v1::ExceptionPlace::default()),
            reason: v1::WaitingReason::Repeated.into(),
            kind: v1::LegKind::Correction.into(),
            fund: Fund::ResidentPool.into(),
            id_taken,
            ..v1::Exception::default()
        };
        let printed = |id_taken| {
            let mut out = Vec::new();
            text(&mut out, &exception(id_taken)).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert!(printed(true).contains("raises a dispute"));
        assert!(!printed(false).contains("dispute"));
        assert_eq!(document(&exception(true)).unwrap()["id_taken"], true);
    }

    #[test]
    fn ages_are_told_whatever_they_come_to() {
        let group = v1::AgeGroup {
            legs: 2,
            amount_fen: 2_000_000_000_000_000,
        };
        let ages = v1::Ageing {
            reason: v1::WaitingReason::TooLarge.into(),
            groups: vec![group],
        };
        let told = ageing_document(&ages);
        assert_eq!(told["groups"][0]["amount"], "20000000000000.00");
        let mut out = Vec::new();
        ageing_text(&mut out, &[ages]).unwrap();
        let said = String::from_utf8(out).unwrap();
        assert!(said.contains(" 20000000000000.00\n"), "{said}");
    }

    #[test]
    fn a_leg_is_late_after_thirty_days_unless_nothing_is_to_be_done_about_it() {
        let late = |reason: v1::WaitingReason, days, id_taken| {
            is_late(&v1::Exception {
                reason: reason.into(),
                days,
                id_taken,
                ..v1::Exception::default()
            })
        };
        assert!(!late(v1::WaitingReason::CounterpartMissing, 30, false));
        assert!(late(v1::WaitingReason::CounterpartMissing, 31, false));
        assert!(late(v1::WaitingReason::TooLarge, 31, false));
        assert!(!late(v1::WaitingReason::TakenBack, 400, false));
        assert!(!late(v1::WaitingReason::Repeated, 400, false));
        assert!(late(v1::WaitingReason::Repeated, 31, true));
        assert!(late(v1::WaitingReason::Unspecified, 31, false));
    }
}
