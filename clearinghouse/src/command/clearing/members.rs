//! `huitong clearing members …`: who is a member of the network.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use huitong_certs::signing::chain_from_pem;
use huitong_core::officer::OfficerName;
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1;
use serde_json::{Value, json};

use super::connection::{Connection, Shape, print_json, told};
use super::file;
use super::shown;

/// Who is a member of the network.
#[derive(Debug, clap::Args)]
pub(super) struct MembersCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Every region, how it stands, and what waits for a second officer / 成员名录
    List(List),
    /// A region becomes a member; two officers / 加入（须两人）
    Join(Say),
    /// Where its node is, with what it signs, who clears for it / 变更
    Change(Say),
    /// Nothing new is settled with it, what stands goes on; two officers. Of one that is suspended it ends what waits / 暂停（须两人）；已暂停的则撤回待确认事项
    Suspend(Name),
    /// It settles and clears again; two officers. Of one that is active it ends what waits / 恢复（须两人）；未暂停的则撤回待确认事项
    Resume(Name),
    /// It is no member any more; nothing of it may be open; two officers / 退出（须两人）
    Leave(Name),
    /// What waits of it for a second officer does not any more; one officer, also whoever wanted it / 撤回待确认事项（一人即可）
    End(End),
}

#[derive(Debug, clap::Args)]
struct List {
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, clap::Args)]
struct Name {
    /// The region, such as 510100 / 统筹区
    region: RegionCode,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, clap::Args)]
struct End {
    /// The region, such as 510100 / 统筹区
    region: RegionCode,
    /// What waits, as it is listed / 待确认事项
    waiting: Waiting,
    /// Who wants it, as it is listed / 提出人
    #[arg(long)]
    wanted_by: OfficerName,
    #[command(flatten)]
    connection: Connection,
}

/// What can wait of a region.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Waiting {
    Join,
    Change,
    Suspend,
    Resume,
    Leave,
}

impl From<Waiting> for v1::MemberAction {
    fn from(waiting: Waiting) -> Self {
        match waiting {
            Waiting::Join => Self::Join,
            Waiting::Change => Self::Change,
            Waiting::Suspend => Self::Suspend,
            Waiting::Resume => Self::Resume,
            Waiting::Leave => Self::Leave,
        }
    }
}

#[derive(Debug, clap::Args)]
struct Say {
    /// The region, such as 510100 / 统筹区
    region: RegionCode,
    /// Who clears for it; itself when it joins and nothing is said / 清算成员
    #[arg(long)]
    member: Option<RegionCode>,
    /// Its node, https://host:port / 节点地址
    #[arg(long)]
    node: Option<String>,
    /// The certificates of the keys it signs with (signing.crt), all of them / 签名证书
    #[arg(long)]
    signing_certificate: Vec<PathBuf>,
    #[command(flatten)]
    connection: Connection,
}

impl MembersCommand {
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        match self.action {
            Action::List(list) => list.run(out).await,
            Action::Join(say) => say.run(v1::MemberAction::Join, out).await,
            Action::Change(say) => say.run(v1::MemberAction::Change, out).await,
            Action::Suspend(name) => name.run(v1::MemberAction::Suspend, out).await,
            Action::Resume(name) => name.run(v1::MemberAction::Resume, out).await,
            Action::Leave(name) => name.run(v1::MemberAction::Leave, out).await,
            Action::End(end) => end.run(out).await,
        }
    }
}

impl List {
    async fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut client = self.connection.members().await?;
        let answer = client.list_members(v1::ListMembersRequest {}).await;
        let answer = answer.map_err(|status| told(&status))?.into_inner();
        match self.connection.shape() {
            Shape::Json => {
                let rows = |of: &[v1::ListedMember]| of.iter().map(as_json).collect::<Vec<_>>();
                let (members, joining) = (rows(&answer.members), rows(&answer.joining));
                let document =
                    json!({ "number": answer.number, "members": members, "joining": joining });
                print_json(out, &document)
            }
            Shape::Text => {
                let mut all = answer.members.iter().chain(&answer.joining);
                writeln!(out, "version {} / 名录版本", answer.number)?;
                Ok(all.try_for_each(|of| print(out, of))?)
            }
        }
    }
}

impl Name {
    async fn run(self, action: v1::MemberAction, out: &mut dyn Write) -> anyhow::Result<()> {
        let request = v1::ChangeMemberRequest {
            region: self.region.to_string(),
            action: action.into(),
            member: String::new(),
            endpoint: String::new(),
            signers: Vec::new(),
        };
        change(&self.connection, request, out).await
    }
}

impl End {
    async fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let request = v1::EndProposalRequest {
            region: self.region.to_string(),
            waiting: v1::MemberAction::from(self.waiting).into(),
            waiting_by: self.wanted_by.to_string(),
        };
        let mut client = self.connection.members().await?;
        let answer = client.end_proposal(request).await;
        let answer = answer.map_err(|status| told(&status))?.into_inner();
        let v1::EndProposalResponse {
            number,
            member,
            ended,
        } = answer;
        // Where the region is in no version, what was ended is all that there is to tell.
        let has_row = member.is_some();
        let answer = v1::ChangeMemberResponse {
            number,
            member,
            ended,
        };
        match self.connection.shape() {
            Shape::Text if !has_row => Ok(print_ended(out, &answer)?),
            shape @ (Shape::Text | Shape::Json) => {
                changed(out, shape, &self.region.to_string(), &answer)
            }
        }
    }
}

impl Say {
    async fn run(self, action: v1::MemberAction, out: &mut dyn Write) -> anyhow::Result<()> {
        let signers = self.signing_certificate.iter().map(|file| chain(file));
        let request = v1::ChangeMemberRequest {
            region: self.region.to_string(),
            action: action.into(),
            member: self
                .member
                .map(|member| member.to_string())
                .unwrap_or_default(),
            endpoint: self.node.clone().unwrap_or_default(),
            signers: signers.collect::<anyhow::Result<_>>()?,
        };
        change(&self.connection, request, out).await
    }
}

fn chain(file: &Path) -> anyhow::Result<v1::SigningChain> {
    let pem = file::read(file)?;
    let certificates = chain_from_pem(&pem).with_context(|| file.display().to_string())?;
    Ok(v1::SigningChain { certificates })
}

async fn change(
    connection: &Connection,
    request: v1::ChangeMemberRequest,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let region = request.region.clone();
    let mut client = connection.members().await?;
    let answer = client.change_member(request).await;
    let answer = answer.map_err(|status| told(&status))?.into_inner();
    changed(out, connection.shape(), &region, &answer)
}

/// Prints what became of a change, and first what it ended.
fn changed(
    out: &mut dyn Write,
    shape: Shape,
    region: &str,
    answer: &v1::ChangeMemberResponse,
) -> anyhow::Result<()> {
    let ended = answer.ended.as_ref();
    match shape {
        Shape::Json => {
            let members: Vec<Value> = answer.member.iter().map(as_json).collect();
            let ended = ended.map(|of| json!({ "wanted": wanted(of), "by": of.waiting_by }));
            let document = json!({ "number": answer.number, "members": members, "ended": ended });
            print_json(out, &document)
        }
        Shape::Text => {
            print_ended(out, answer)?;
            match &answer.member {
                Some(of) => {
                    writeln!(out, "version {} / 名录版本", answer.number)?;
                    print(out, of)?;
                }
                None => writeln!(
                    out,
                    "{region}: waits for a second officer / 待第二名清算人员确认"
                )?,
            }
            Ok(())
        }
    }
}

fn print_ended(out: &mut dyn Write, answer: &v1::ChangeMemberResponse) -> std::io::Result<()> {
    answer.ended.iter().try_for_each(|of| {
        let (wanted, by) = (wanted(of), &of.waiting_by);
        writeln!(out, "ended: {wanted}, wanted by {by} / 待确认事项已撤回")
    })
}

fn print(out: &mut dyn Write, of: &v1::ListedMember) -> std::io::Result<()> {
    let or = |text: &str, none: &str| {
        if text.is_empty() {
            none.to_owned()
        } else {
            text.to_owned()
        }
    };
    if of.standing() == v1::MemberStanding::Unspecified {
        writeln!(out, "{}  is no member yet / 尚未加入", of.region)?;
    } else {
        writeln!(
            out,
            "{}  {} by {}  since {}  at {}",
            of.region,
            standing(of.standing()),
            of.member,
            or(&of.since, "the beginning"),
            or(&of.endpoint, "as configured")
        )?;
    }
    if of.waiting() != v1::MemberAction::Unspecified {
        let by = &of.waiting_by;
        writeln!(
            out,
            "        {} waits, wanted by {by}: another officer says the same / 待第二人确认",
            wanted(of),
        )?;
        writeln!(
            out,
            "        or one ends it: members end {} {} --wanted-by {by} / 或由一人撤回",
            of.region,
            action(of.waiting()),
        )?;
    }
    Ok(())
}

/// What waits, as the second officer has to say it too.
fn wanted(of: &v1::ListedMember) -> String {
    let mut wanted = action(of.waiting()).to_owned();
    for (option, value) in [
        ("--member", &of.waiting_member),
        ("--node", &of.waiting_endpoint),
    ] {
        if !value.is_empty() {
            wanted = format!("{wanted} {option} {value}");
        }
    }
    for signer in &of.waiting_signers {
        let certificate = shown::hex(signer);
        wanted = format!("{wanted} --signing-certificate (SHA-256 {certificate})");
    }
    wanted
}

fn as_json(of: &v1::ListedMember) -> Value {
    let hex = |bytes: &Vec<u8>| shown::hex(bytes);
    json!({
        "region": of.region,
        "member": of.member,
        "standing": standing(of.standing()),
        "since": of.since,
        "endpoint": of.endpoint,
        "signers": of.signers.iter().map(hex).collect::<Vec<_>>(),
        "waiting": action(of.waiting()),
        "waiting_by": of.waiting_by,
        "waiting_member": of.waiting_member,
        "waiting_endpoint": of.waiting_endpoint,
        "waiting_signers": of.waiting_signers.iter().map(hex).collect::<Vec<_>>(),
    })
}

const fn standing(of: v1::MemberStanding) -> &'static str {
    match of {
        v1::MemberStanding::Active => "active",
        v1::MemberStanding::Suspended => "suspended",
        v1::MemberStanding::Left => "left",
        v1::MemberStanding::Unspecified => "unknown",
    }
}

const fn action(of: v1::MemberAction) -> &'static str {
    match of {
        v1::MemberAction::Join => "join",
        v1::MemberAction::Change => "change",
        v1::MemberAction::Suspend => "suspend",
        v1::MemberAction::Resume => "resume",
        v1::MemberAction::Leave => "leave",
        v1::MemberAction::Unspecified => "",
    }
}
