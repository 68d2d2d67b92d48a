//! `huitong clearing …`: all that a clearing officer does.

mod approve;
mod attest;
mod bank;
mod bank_file;
mod bank_statement;
mod books;
mod certificates;
mod checkpoint;
mod connection;
mod cut_off;
mod cycles;
mod deduct;
mod dispute;
mod exceptions;
mod file;
mod kind;
mod members;
mod moment;
mod month;
mod net;
mod notices;
mod offline;
mod paid;
mod papers;
mod prefund;
mod release;
mod reopen;
mod resume;
mod shown;
mod statement;
mod status;
mod verify;
mod verify_receipt;
mod what_if;

use std::io::{self, Write};
use std::process::ExitCode;

/// What a clearing officer does / 清算业务
#[derive(Debug, clap::Args)]
pub struct ClearingCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Where a cycle stands, what blocks it, and which are not final; exit 1 when one is late / 查看清算期状态，逾期的以1退出
    Status(status::Status),
    /// Cut a business day off / 日切
    CutOff(cut_off::CutOff),
    /// What regions attested of a cycle's rows, and which legs differ / 各统筹区核对情况
    Attest(attest::Attest),
    /// The legs that no plan took: why, and how long already; exit 1 when one waits for more than 30 days / 对账差异与账龄，超过30天的以1退出
    Exceptions(exceptions::Exceptions),
    /// Net a cycle that is cut off / 轧差
    Net(net::Net),
    /// A member's statement of a netted cycle / 清算成员对账单
    Statement(statement::Statement),
    /// The books at any moment: accounts, what was posted to them, and the trial balance / 账簿与试算平衡
    Books(books::Books),
    /// A netted cycle's signed checkpoint into a file / 导出检查点
    Checkpoint(checkpoint::Checkpoint),
    /// How long the clearinghouse's certificates hold; have them read again / 证书状态与重新加载
    Certificates(certificates::Certificates),
    /// Check a member's statement offline, down to each leg / 离线核验对账单
    Verify(verify::Verify),
    /// Check the code printed beside a receipt offline, against that day's checkpoint / 离线核验回执验证码
    VerifyReceipt(verify_receipt::VerifyReceipt),
    /// What members' statements say, with the list of deductions, as CSV and Parquet / 导出明细、汇总表与扣款清单
    Papers(papers::Papers),
    /// What moved on the clearing account, as ISO 20022 camt.053 / 导出银行对账单（camt.053）
    BankStatement(bank_statement::BankStatement),
    /// The bank's own camt.053 file held against what was entered; enter what is missing / 银行对账单核对与登记
    BankFile(bank_file::BankFileCommand),
    /// What nets, payments and prefunds would be if a member dropped out, did not pay or paid late, or a day were moved / 轧差试算
    WhatIf(what_if::WhatIf),
    /// Approve a cycle's plan; two different officers must / 审批轧差方案（须两人）
    Approve(approve::Approve),
    /// Order payment of an approved cycle, where money moves by the day / 下达拨付指令（按日拨付）
    Instruct(approve::Instruct),
    /// Enter what the bank says moved / 登记银行流水
    #[command(override_usage = "huitong clearing confirm [OPTIONS]")]
    Confirm(bank::Confirm),
    /// Have parked money count for what it was meant for / 核销挂账款项
    #[command(override_usage = "huitong clearing apply [OPTIONS]")]
    Apply(bank::Apply),
    /// Say that parked money went back / 登记挂账退回
    #[command(override_usage = "huitong clearing send-back [OPTIONS]")]
    SendBack(bank::SendBack),
    /// Take out again what was entered wrongly, or what the bank took back / 更正有误登记
    #[command(override_usage = "huitong clearing correct [OPTIONS]")]
    Correct(bank::Correct),
    /// What was ordered to be paid, and how far it is; exit 1 when one is past its day / 付款清单，逾期的以1退出
    Payments(paid::Payments),
    /// A member's payment and receipt notices, of a day or a month that is ordered; with --out as tables / 付款、收款通知书
    Notices(notices::Notices),
    /// What the bank said moved, and what has become of it / 银行流水清单
    Movements(paid::Movements),
    /// Say why a payment is late / 登记逾期原因
    Delay(paid::Delay),
    /// Who is a member of the network: join, change, suspend, resume, leave / 成员管理
    Members(members::MembersCommand),
    /// The clearing month: drawn up, confirmed, approved, and ordered to be paid where money moves by the month / 月度清算
    Month(month::MonthCommand),
    /// What members leave with each other, and how much of it is used / 预付金
    Prefund(prefund::PrefundCommand),
    /// What audits took off: as cycles netted it, and what of it waits / 审核扣款清单
    Deduct(deduct::DeductCommand),
    /// What regions dispute with each other, and how it is decided / 清算争议
    Dispute(dispute::DisputeCommand),
    /// Let a halted stream go on, once you have looked / 核查后放行序列
    Release(release::Release),
    /// Leave out of a cycle what it cannot be netted with; two different officers must / 剔除无法轧差的分录（须两人）
    Reopen(reopen::Reopen),
    /// Let cycles go on after a restore, once those that came after the backup are cut off again / 恢复后继续清算
    Resume(resume::Resume),
}

impl ClearingCommand {
    /// Runs the command, printing to standard output.
    ///
    /// # Errors
    /// Whatever the clearinghouse refuses, with its code and what to do.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        self.run_to(&mut io::stdout().lock())
    }

    /// Runs the command, printing to `out`.
    ///
    /// # Errors
    /// As [`ClearingCommand::run`].
    pub fn run_to(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(async {
            let done = match self.action {
                // It asks nobody.
                Action::Verify(verify) => return verify.run(out),
                Action::VerifyReceipt(verify) => return verify.run(out),
                Action::Dispute(dispute) => return dispute.run(out).await,
                Action::Month(month) => return month.run(out).await,
                Action::Status(status) => return status.run(out).await,
                Action::Exceptions(exceptions) => return exceptions.run(out).await,
                Action::Payments(payments) => return payments.run(out).await,
                Action::Prefund(prefund) => return prefund.run(out).await,
                Action::Deduct(deduct) => return deduct.run(out).await,
                Action::BankFile(bank_file) => return bank_file.run(out).await,
                Action::Books(books) => return books.run(out).await,
                Action::Papers(papers) => papers.run(out),
                Action::BankStatement(statement) => statement.run(out).await,
                Action::Certificates(certificates) => certificates.run(out).await,
                Action::CutOff(cut_off) => cut_off.run(out).await,
                Action::Attest(attest) => attest.run(out).await,
                Action::Net(net) => net.run(out).await,
                Action::Statement(statement) => statement.run(out).await,
                Action::Checkpoint(checkpoint) => checkpoint.run(out).await,
                Action::WhatIf(what_if) => what_if.run(out).await,
                Action::Approve(approve) => approve.run(out).await,
                Action::Instruct(instruct) => instruct.run(out).await,
                Action::Confirm(confirm) => confirm.run(out).await,
                Action::Apply(apply) => apply.run(out).await,
                Action::SendBack(back) => back.run(out).await,
                Action::Correct(correct) => correct.run(out).await,
                Action::Notices(notices) => notices.run(out).await,
                Action::Movements(movements) => movements.run(out).await,
                Action::Delay(delay) => delay.run(out).await,
                Action::Members(members) => members.run(out).await,
                Action::Release(release) => release.run(out).await,
                Action::Resume(resume) => resume.run(out).await,
                Action::Reopen(reopen) => reopen.run(out).await,
            };
            done.map(|()| ExitCode::SUCCESS)
        })
    }
}
