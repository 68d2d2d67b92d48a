//! `huitong clearing confirm`, `apply`, `send-back` and `correct`: what the bank says moved.

use std::io::Write;

use huitong_core::date::BusinessDay;
use huitong_core::fund::Fund;
use huitong_core::money::Fen;
use huitong_core::payment::{BankLine, BankReference, PaymentReference};
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::{CorrectionReason, Direction};
use huitong_proto::clearing::v1;
use huitong_proto::conversion::payment::{bank_line_to_wire, correction_reason_to_wire};

use super::connection::{Connection, told};
use super::paid;

/// Enter what the bank says moved. It counts for what was ordered under its reference, or is parked.
#[derive(Debug, clap::Args)]
pub(super) struct Confirm {
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    line: Line,
    /// The reference that it bears, such as 12-330000-resident_pool; left out when it bears none / 付款参考号
    #[arg(long, default_value = "")]
    reference: String,
}

/// One movement of money, as a line of the bank's statement.
#[derive(Debug, clap::Args)]
struct Line {
    /// The bank's own reference of the movement / 银行流水号
    #[arg(long)]
    bank_ref: BankReference,
    /// From whom it came, or to whom it went / 清算成员
    #[arg(long)]
    member: RegionCode,
    /// Which fund's money it is, such as resident_pool / 基金
    #[arg(long)]
    fund: Fund,
    /// pay_in (the member paid) or pay_out (the member was paid) / 收付方向
    #[arg(long)]
    direction: Direction,
    /// The amount in yuan / 金额（元）
    #[arg(long)]
    amount: Fen,
    /// The day on which the bank booked it / 银行入账日
    #[arg(long)]
    on: BusinessDay,
}

impl Line {
    fn wire(&self) -> v1::BankLine {
        bank_line_to_wire(&BankLine {
            bank_reference: self.bank_ref,
            member: self.member,
            fund: self.fund,
            direction: self.direction,
            amount: self.amount,
            on: self.on,
        })
    }
}

impl Confirm {
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut payments = self.connection.payments().await?;
        let request = v1::ConfirmRequest {
            line: Some(self.line.wire()),
            reference: self.reference,
        };
        let answer = payments.confirm(request).await;
        let answer = answer.map_err(|status| told(&status))?.into_inner();
        let shape = self.connection.shape();
        paid::print_movement(out, shape, answer.movement, &answer.payments)
    }
}

/// A payment and how much of the money is for it, `12-330000-resident_pool=1316.00`.
#[derive(Debug, Clone, Copy)]
struct Purpose {
    reference: PaymentReference,
    amount: Fen,
}

impl std::str::FromStr for Purpose {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (reference, amount) = text.split_once('=').ok_or(
            "write REFERENCE=YUAN, such as 12-330000-resident_pool=1316.00 / 格式为 付款参考号=金额（元）",
        )?;
        Ok(Self {
            reference: reference
                .parse()
                .map_err(|error: huitong_core::payment::PaymentReferenceError| error.to_string())?,
            amount: Fen::parse_yuan(amount)
                .map_err(|error| format!("{error} / {}", error.chinese()))?,
        })
    }
}

/// Have parked money count for payments of its member, fund and direction.
#[derive(Debug, clap::Args)]
pub(super) struct Apply {
    #[command(flatten)]
    connection: Connection,
    /// The bank's own reference of the movement / 银行流水号
    #[arg(long)]
    bank_ref: BankReference,
    /// REFERENCE=YUAN for each payment: all that counts for it, with what counts already / 付款参考号=累计核销金额（元），可重复
    #[arg(long, required = true)]
    to: Vec<Purpose>,
}

impl Apply {
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut payments = self.connection.payments().await?;
        let to = self.to.iter().map(|purpose| v1::Counted {
            reference: purpose.reference.to_string(),
            amount_fen: purpose.amount.get(),
        });
        let request = v1::ApplyRequest {
            bank_reference: self.bank_ref.to_string(),
            to: to.collect(),
        };
        let answer = payments.apply(request).await;
        let answer = answer.map_err(|status| told(&status))?.into_inner();
        let shape = self.connection.shape();
        paid::print_movement(out, shape, answer.movement, &answer.payments)
    }
}

/// Say that what is parked of a movement went back.
#[derive(Debug, clap::Args)]
pub(super) struct SendBack {
    #[command(flatten)]
    connection: Connection,
    /// The bank's own reference of the movement / 银行流水号
    #[arg(long)]
    bank_ref: BankReference,
    /// The bank's own reference of the movement back / 退款流水号
    #[arg(long)]
    back: BankReference,
    /// The day on which the bank booked that / 退款入账日
    #[arg(long)]
    on: BusinessDay,
}

impl SendBack {
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut payments = self.connection.payments().await?;
        let request = v1::SendBackRequest {
            bank_reference: self.bank_ref.to_string(),
            back: self.back.to_string(),
            on: self.on.to_string(),
        };
        let answer = payments.send_back(request).await;
        let answer = answer.map_err(|status| told(&status))?.into_inner();
        paid::print_movement(out, self.connection.shape(), answer.movement, &[])
    }
}

/// Take a movement out again that was entered wrongly, or that the bank took back, said as it was entered. What it
/// counted for is open again; then enter what is right.
#[derive(Debug, clap::Args)]
pub(super) struct Correct {
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    line: Line,
    /// wrong_amount, wrong_purpose, entered_twice or bounced / 更正原因
    #[arg(long)]
    because: CorrectionReason,
}

impl Correct {
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut payments = self.connection.payments().await?;
        let request = v1::CorrectRequest {
            line: Some(self.line.wire()),
            reason: correction_reason_to_wire(self.because),
        };
        let answer = payments.correct(request).await;
        let answer = answer.map_err(|status| told(&status))?.into_inner();
        let shape = self.connection.shape();
        paid::print_movement(out, shape, answer.movement, &answer.payments)
    }
}
