//! `huitong node transfer …`: transfers of the insurance relationship between two home regions.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::date::ServiceDate;
use huitong_core::id::{RequestId, TransferId};
use huitong_core::name::Name;
use huitong_core::person::PsnNo;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::Scheme;
use huitong_transport::ClientOptions;
use serde_json::{Value, json};

use super::{block_on, said};
use crate::grpc::transfer_client::{Retired, StartAsked, TransferClient, TransferTold};
use crate::transfer::seen::Which;

/// Transfers of the relationship / 医保关系转移接续
#[derive(Debug, clap::Subcommand)]
pub enum TransferCommand {
    /// Ask another region for a person who comes here / 申请转入
    #[command(override_usage = "huitong node transfer request [OPTIONS] <PERSON>")]
    Request(In),
    /// Hand a person over who goes to another region / 办理转出
    #[command(override_usage = "huitong node transfer send [OPTIONS] <PERSON>")]
    Send(Out),
    /// List transfers, with how long each is in its state / 查看转移
    List(List),
    /// Call a transfer back before the hand-over is written / 撤销转移
    Cancel(Cancel),
}

impl TransferCommand {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        match self {
            Self::Request(asked) => asked.terms.run(Some(asked.from), None, out),
            Self::Send(asked) => asked.terms.run(None, Some(asked.to), out),
            Self::List(list) => list.run(out),
            Self::Cancel(cancel) => cancel.run(out),
        }
    }
}

/// Ask another region for a person who comes here.
#[derive(Debug, clap::Args)]
pub struct In {
    /// The region that insures the person now / 转出地
    #[arg(long)]
    from: RegionCode,
    #[command(flatten)]
    terms: Terms,
}

/// Hand a person over who goes to another region.
#[derive(Debug, clap::Args)]
pub struct Out {
    /// The region that insures the person from the day on / 转入地
    #[arg(long)]
    to: RegionCode,
    #[command(flatten)]
    terms: Terms,
}

/// What both homes agree to.
#[derive(Debug, clap::Args)]
pub struct Terms {
    /// The person's number at the old home / 转出地人员编号
    #[arg(value_parser = PsnNo::parse)]
    person: PsnNo,
    /// The number at the new home; the same one unless it is given / 转入地人员编号
    #[arg(long, value_parser = PsnNo::parse)]
    number: Option<PsnNo>,
    /// A credential that the old home knows, kind:number / 凭证
    #[arg(long)]
    credential: String,
    /// The first day of cover at the new home; the old cover ends the day before / 转入参保起始日
    #[arg(long)]
    day: ServiceDate,
    /// employee, resident, retired_cadre or rural_cooperative, at the new home / 险种
    #[arg(long)]
    scheme: Scheme,
    /// The new home's own class of insured people / 人员类别
    #[arg(long)]
    category: Name,
    /// Retired by the scheme's rules / 退休
    #[arg(long)]
    retired: bool,
    /// Your own id of this request, 1 to 64 of A–Z a–z 0–9 . _ : - / 请求编号
    #[arg(long)]
    id: RequestId,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl Terms {
    fn run(
        self,
        from: Option<RegionCode>,
        to: Option<RegionCode>,
        out: &mut dyn Write,
    ) -> anyhow::Result<ExitCode> {
        crate::import::credential(&self.credential).map_err(anyhow::Error::msg)?;
        let asked = StartAsked {
            request: self.id,
            psn_no: self.person,
            from,
            to,
            number: self.number,
            credential: self.credential,
            day: self.day,
            scheme: self.scheme,
            category: self.category,
            retired: if self.retired {
                Retired::Yes
            } else {
                Retired::No
            },
        };
        let told = block_on(async {
            let mut client = TransferClient::connect(&self.server).await?;
            client.start(&asked).await.map_err(said)
        })?;
        print(&told, if self.json { Form::Json } else { Form::Text }, out)
    }
}

/// List transfers.
#[derive(Debug, clap::Args)]
pub struct List {
    /// Only those that are not done / 仅未办结
    #[arg(long)]
    open: bool,
    /// Those after this one, where the last page ended / 上页末尾
    #[arg(long)]
    after: Option<TransferId>,
    /// Transfers of the page, at most 200 / 每页件数
    #[arg(long, default_value_t = 200)]
    limit: u32,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl List {
    fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let which = if self.open { Which::Open } else { Which::All };
        let (transfers, next) = block_on(async {
            let mut client = TransferClient::connect(&self.server).await?;
            let page = client.page(self.after, self.limit, which).await;
            page.map_err(said)
        })?;
        if self.json {
            let all: Vec<Value> = transfers.iter().map(as_json).collect();
            writeln!(out, "{}", json!({ "transfers": all, "next": next }))?;
            return Ok(ExitCode::SUCCESS);
        }
        writeln!(out, "{} transfers / 件转移", transfers.len())?;
        for told in &transfers {
            line(told, out)?;
        }
        if !next.is_empty() {
            writeln!(out, "more with / 下一页: --after {next}")?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Call a transfer back.
#[derive(Debug, clap::Args)]
pub struct Cancel {
    /// The transfer, trf_… / 转移编号
    transfer: TransferId,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl Cancel {
    fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let told = block_on(async {
            let mut client = TransferClient::connect(&self.server).await?;
            client.call_back(self.transfer).await.map_err(said)
        })?;
        print(&told, if self.json { Form::Json } else { Form::Text }, out)
    }
}

/// How an answer is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Json,
    Text,
}

fn print(told: &TransferTold, form: Form, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    match form {
        Form::Json => writeln!(out, "{}", as_json(told))?,
        Form::Text => line(told, out)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn line(told: &TransferTold, out: &mut dyn Write) -> anyhow::Result<()> {
    let (from, to) = (&told.from, &told.to);
    let state = match told.state {
        "agreed" => "agreed / 已约定",
        "frozen" => "frozen / 已冻结",
        "handed_over" => "handed over / 已移交",
        "done" => "done / 已办结",
        "cancelled" => "cancelled / 已撤销",
        other => other,
    };
    let hours = told.age_ms / 3_600_000;
    let days = hours / 24;
    writeln!(out, "{}: {state}", told.transfer)?;
    writeln!(out, "  {} {} → {} {}", from.0, from.1, to.0, to.1)?;
    writeln!(
        out,
        "  insured there from {} / 转入参保起始日; {days} d {} h in this state / 已历时",
        told.from_day,
        hours % 24
    )?;
    if !told.refusal.is_empty() {
        writeln!(out, "  {} / 转出地不予受理", told.refusal)?;
    }
    Ok(())
}

fn as_json(told: &TransferTold) -> Value {
    json!({
        "transfer": told.transfer,
        "state": told.state,
        "from_region": told.from.0,
        "person": told.from.1,
        "to_region": told.to.0,
        "new_person": told.to.1,
        "from_day": told.from_day,
        "started_by": told.started_by,
        "started_at": told.started_at.to_string(),
        "age_ms": told.age_ms,
        "number": told.number,
        "own_fen": told.own_fen,
        "family_fen": told.family_fen,
        "refusal": told.refusal,
    })
}
