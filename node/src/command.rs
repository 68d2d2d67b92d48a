//! `huitong node …`: run a region's node, check its configuration, and what its officers do.
//!
//! One file per command. The commands on a running node are gRPC clients with an officer's certificate; only
//! `restore`, `recover`, `archive` and `erase` open the node's files, and no port.

pub mod act;
pub mod assistance;
mod bill_file;
mod certificates;
mod check_config;
mod checkpoints;
mod clearing;
mod close_day;
pub mod deduction;
pub mod dispute;
pub mod duplicates;
mod erase;
mod evidence;
pub mod expense_check;
pub mod external;
mod file;
pub mod filing;
mod filing_shown;
mod give_up;
mod import;
pub mod institution_account;
mod leave_out;
mod legs;
mod members;
pub mod month;
pub mod payable;
pub mod person;
pub mod policy;
mod prefunds;
pub mod provisional;
mod receipt_proof;
mod recover;
mod release_person;
mod restore;
mod reverse;
mod run;
mod settle_by_hand;
mod status;
pub mod transfer;
mod true_up_shown;
mod who_looked;

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use huitong_backup::command::{Archive, Backup, Server};
use huitong_transport::TransportError;
use tonic::Status;

pub use certificates::Certificates;
pub use check_config::CheckConfig;
pub use checkpoints::Checkpoints;
pub use close_day::CloseDay;
pub use deduction::{Deduct, Deductions, WithdrawDeduction};
pub use erase::Erase;
pub use evidence::{PresentEvidence, VerifyEvidence, WriteEvidence};
pub use give_up::GiveUp;
pub use import::Import;
pub use institution_account::{InstitutionMonthCommand, ReconcileDays, Reconciled};
pub use leave_out::LeaveOut;
pub use legs::WriteLegs;
pub use members::ShowMembers;
pub use payable::{PayInstitution, Payables};
pub use prefunds::{ShowPrefunds, TopUpPrefund};
pub use receipt_proof::WriteReceiptProof;
pub use recover::Recover;
pub use release_person::ReleasePerson;
pub use restore::Restore;
pub use reverse::Reverse;
pub use run::Run;
pub use settle_by_hand::SettleByHand;
pub use status::ShowStatus;
pub use who_looked::WhoLooked;

use crate::clock::SystemClock;
use crate::config::{self, ConfigError, NodeSettings, Telemetry};

/// The configuration has faults (`EX_USAGE`).
const BAD_CONFIG: u8 = 64;
/// A file was refused (`EX_DATAERR`).
const BAD_FILE: u8 = 65;

/// What a configuration file says, or nothing once its faults were printed: then the command ends with [`BAD_CONFIG`].
///
/// # Errors
/// When the file cannot be read.
fn settings_of(file: &Path) -> anyhow::Result<Option<NodeSettings>> {
    match config::load(file, Arc::new(SystemClock)) {
        Ok(settings) => Ok(Some(settings)),
        Err(ConfigError::Faults(faults)) => {
            writeln!(io::stderr(), "{faults}")?;
            Ok(None)
        }
        Err(error @ ConfigError::Unreadable { .. }) => Err(error.into()),
    }
}

/// A region's node / 地区结算节点
#[derive(Debug, clap::Subcommand)]
pub enum NodeCommand {
    /// Run the node until it is told to stop / 运行节点
    Run(Run),
    /// Check a configuration and all that it names; exit 64 with every fault / 检查配置文件
    CheckConfig(CheckConfig),
    /// Bring a file in: every row or none / 导入文件
    Import(Import),
    /// Close a business day / 日切
    CloseDay(CloseDay),
    /// Write the region's own legs into a file / 导出清算明细账簿
    Legs(WriteLegs),
    /// Say what the region says of the clearinghouse's checkpoints, and which contradict / 检查点核对与副署
    Checkpoints(Checkpoints),
    /// Show which version of the signed directory the node goes by / 名录版本
    Members(ShowMembers),
    /// Write what proves a settlement against the day's checkpoint, as text and QR code / 回执验证码
    ReceiptProof(WriteReceiptProof),
    /// File, amend, cancel and list filings; review emergencies / 备案办理
    #[command(subcommand)]
    Filing(filing::FilingCommand),
    /// Enrol a person, change and end cover, note a death, set totals; see a record / 参保人员管理
    #[command(subcommand)]
    Person(person::PersonCommand),
    /// Record settlements that the region's own core system made; list and withdraw them / 网外结算记录
    #[command(subcommand)]
    External(external::ExternalCommand),
    /// Assess, grant, withdraw and list assistance on a year's totals / 依申请救助
    #[command(subcommand)]
    Assistance(assistance::AssistanceCommand),
    /// Transfer the relationship of a person between this region and another / 医保关系转移接续
    #[command(subcommand)]
    Transfer(transfer::TransferCommand),
    /// Find people whom another region insures too, and say what becomes of them / 重复参保
    #[command(subcommand)]
    Duplicates(duplicates::DuplicatesCommand),
    /// The clearing month: look at it beside the own days, and confirm it / 月度清算确认
    #[command(subcommand)]
    Month(month::MonthCommand),
    /// What of clearing concerns the region: debts that wait, payments, notices / 本地清算情况
    #[command(subcommand)]
    Clearing(clearing::ClearingCommand),
    /// Show how the prefunds stand that the region's clearing member pays and holds / 预付金查询
    Prefunds(ShowPrefunds),
    /// Ask for more, of a prefund that is red and that the clearing member holds / 申请紧急补拨
    TopUpPrefund(TopUpPrefund),
    /// Raise, answer and settle disputes with other regions / 清算争议
    #[command(subcommand)]
    Dispute(dispute::DisputeCommand),
    /// Have settlements verified where people were treated, and answer such checks / 异地费用协查
    #[command(subcommand)]
    Check(expense_check::CheckCommand),
    /// What was settled while a home region could not be reached, and who bears the difference / 先行结算
    #[command(subcommand)]
    Provisional(provisional::ProvisionalCommand),
    /// Take money off a settlement of the region's institutions, after an audit / 审核扣款
    Deduct(Deduct),
    /// List audit deductions, by month / 审核扣款查询
    Deductions(Deductions),
    /// Withdraw an audit deduction, in full / 撤销审核扣款
    WithdrawDeduction(WithdrawDeduction),
    /// List what institutions are owed for a month, and what was paid / 对医疗机构应付清单
    Payables(Payables),
    /// Enter a payment to an institution, or take one out / 登记或更正对医疗机构的付款
    #[command(override_usage = "huitong node pay-institution [OPTIONS] <INSTITUTION>")]
    PayInstitution(PayInstitution),
    /// Hold an institution's own totals and lines of a day against the node's book / 定点机构日对账
    Reconcile(ReconcileDays),
    /// Show which institutions have reconciled which days / 日对账情况
    Reconciled(Reconciled),
    /// List and confirm what an institution settled for other regions in a month / 异地清算月度确认
    #[command(subcommand)]
    InstitutionMonth(InstitutionMonthCommand),
    /// Settle a bill that an insured person paid and brought home / 手工报销
    SettleByHand(SettleByHand),
    /// Take a settlement of the region's insured back, in full / 冲正结算
    Reverse(Reverse),
    /// Say what the node holds and what is open / 查看节点状态
    Status(ShowStatus),
    /// How long the node's certificates hold; have them read again / 证书状态与重新加载
    Certificates(Certificates),
    /// Say to whom a person's standing was shown / 查询谁查看过参保人待遇信息
    WhoLooked(WhoLooked),
    /// Take a backup of the running node's journal, or bring one up to now / 备份
    Backup(Backup),
    /// Put a backup in the place of a lost journal; exit 65 when it does not verify / 由备份恢复
    Restore(Restore),
    /// Have a node collect what its own journal has lost / 日志缺失时向各方收集
    Recover(Recover),
    /// Have a restored node serve without a region that does not answer / 略过未应答的统筹区
    LeaveOut(LeaveOut),
    /// End a settlement whose receipt a restore lost and that does not stand again / 作废恢复后无法成立的结算
    #[command(override_usage = "huitong node give-up [OPTIONS] <SETTLEMENT>")]
    GiveUp(GiveUp),
    /// Move full segments of the journal away, but the newest / 归档日志段
    Archive(Archive),
    /// Serve a person again who is held since a restore / 放行恢复后被暂停的人员
    ReleasePerson(ReleasePerson),
    /// Erase people who are kept no longer: their keys are destroyed / 期满人员信息销毁
    Erase(Erase),
    /// Write the evidence of a settlement into a file / 导出结算凭证包
    Evidence(WriteEvidence),
    /// Have a restored node book again what evidence proves that it settled itself / 凭证包补录（恢复后）
    #[command(override_usage = "huitong node present-evidence [OPTIONS] <FILE>...")]
    PresentEvidence(PresentEvidence),
    /// Check evidence offline, by the operator's root alone; exit 65 when it does not hold / 离线验证凭证包
    VerifyEvidence(VerifyEvidence),
}

impl NodeCommand {
    /// Runs the command. `observe` starts telemetry once a server's configuration is read; what it answers
    /// is kept until the server has stopped.
    ///
    /// # Errors
    /// Whatever the command refuses, with what to do about it.
    pub fn run<G>(
        self,
        observe: impl FnOnce(&Telemetry) -> anyhow::Result<G>,
    ) -> anyhow::Result<ExitCode> {
        self.run_to(observe, &mut io::stdout())
    }

    /// Runs the command, printing to `out`.
    ///
    /// # Errors
    /// As [`NodeCommand::run`].
    pub fn run_to<G>(
        self,
        observe: impl FnOnce(&Telemetry) -> anyhow::Result<G>,
        out: &mut dyn Write,
    ) -> anyhow::Result<ExitCode> {
        match self {
            Self::Run(run) => run.run(observe, out),
            Self::CheckConfig(check) => check.run(out),
            Self::Import(import) => import.run(out),
            Self::CloseDay(close) => close.run(out),
            Self::Legs(legs) => legs.run(out),
            Self::Checkpoints(checkpoints) => checkpoints.run(out),
            Self::Members(members) => members.run(out),
            Self::ReceiptProof(proof) => proof.run(out),
            Self::Filing(filing) => filing.run(out),
            Self::Person(person) => person.run(out),
            Self::External(external) => external.run(out),
            Self::Assistance(assistance) => assistance.run(out),
            Self::Transfer(transfer) => transfer.run(out),
            Self::Duplicates(duplicates) => duplicates.run(out),
            Self::Dispute(dispute) => dispute.run(out),
            Self::Month(month) => month.run(out),
            Self::Clearing(clearing) => clearing.run(out),
            Self::Prefunds(prefunds) => prefunds.run(out),
            Self::TopUpPrefund(ask) => ask.run(out),
            Self::Check(check) => check.run(out),
            Self::Provisional(provisional) => provisional.run(out),
            Self::Deduct(deduct) => deduct.run(out),
            Self::Deductions(list) => list.run(out),
            Self::WithdrawDeduction(withdraw) => withdraw.run(out),
            Self::Payables(list) => list.run(out),
            Self::PayInstitution(pay) => pay.run(out),
            Self::Reconcile(reconcile) => reconcile.run(out),
            Self::Reconciled(reconciled) => reconciled.run(out),
            Self::InstitutionMonth(command) => command.run(out),
            Self::SettleByHand(settle) => settle.run(out),
            Self::Reverse(reverse) => reverse.run(out),
            Self::Status(status) => status.run(out),
            Self::Certificates(certificates) => certificates.run(out),
            Self::WhoLooked(asked) => asked.run(out),
            Self::Backup(backup) => backup.run(Server::OwnNode, out),
            Self::Restore(restore) => restore.run(out),
            Self::Recover(recover) => recover.run(out),
            Self::LeaveOut(leave_out) => leave_out.run(out),
            Self::GiveUp(give_up) => give_up.run(out),
            Self::Archive(archive) => archive.run(out),
            Self::ReleasePerson(release) => release.run(out),
            Self::Erase(erase) => erase.run(out),
            Self::Evidence(write) => write.run(out),
            Self::PresentEvidence(present) => present.run(out),
            Self::VerifyEvidence(verify) => verify.run(out),
        }
    }
}

/// Runs one call to its end.
fn block_on<T>(call: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("the runtime / 运行时无法启动")?
        .block_on(call)
}

/// What a failed call says to a person: the transport's own words, or the node's refusal.
fn said(status: Status) -> anyhow::Error {
    match TransportError::of(&status) {
        Some(error) => error.into(),
        None => anyhow::anyhow!("{}", status.message()),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
