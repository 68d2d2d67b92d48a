//! `huitong clearing books`: accounts with opening and closing balance, what was posted to them, and the trial balance.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::date::Timestamp;
use huitong_core::fund::Fund;
use huitong_core::ledger::AccountClass;
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::books_service_client::BooksServiceClient;
use huitong_proto::conversion::common::fund_to_wire;
use serde_json::{Value, json};
use tonic::transport::Channel;

use super::connection::{Connection, Shape, print_json, told};
use super::{moment, shown};

/// The books at any moment. Entries are listed when an account is named.
#[derive(Debug, clap::Args)]
pub(super) struct Books {
    #[command(flatten)]
    connection: Connection,
    /// Only the accounts of this clearing member, such as 330000 / 清算成员
    #[arg(long, conflicts_with = "region")]
    member: Option<RegionCode>,
    /// Only the accounts of this region, such as 330200 / 统筹区
    #[arg(long)]
    region: Option<RegionCode>,
    /// Only this fund / 基金
    #[arg(long)]
    fund: Option<Fund>,
    /// Only this account, such as net_position, with what was posted to it / 科目（列出分录）
    #[arg(long, value_parser = AccountClass::parse)]
    account: Option<AccountClass>,
    /// From this moment or day on; what was posted before is in the opening / 起始时点
    #[arg(long, value_parser = moment::from)]
    from: Option<Timestamp>,
    /// As they stood at this moment, or at the end of this day in Shanghai / 截至时点
    #[arg(long, value_parser = moment::until)]
    at: Option<Timestamp>,
    /// List at most so many entries / 最多列出的分录数
    #[arg(long, default_value_t = 10_000)]
    limit: usize,
}

/// What was read of the books.
struct Read {
    up_to: u64,
    accounts: Vec<v1::BookAccount>,
    trial_balances: Vec<v1::TrialBalance>,
    /// None when no account was named.
    postings: Option<Vec<v1::BookPosting>>,
    /// Whether there are more postings than are listed.
    is_cut: bool,
}

impl Books {
    /// Fails with 1 when a fund's books do not balance.
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let mut client = self.connection.books().await?;
        let read = self.read(&mut client).await?;
        match self.connection.shape() {
            Shape::Json => print_json(out, &document(&read)?)?,
            Shape::Text => text(out, &read)?,
        }
        Ok(if balances(&read.trial_balances) {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }

    fn query(&self, up_to: u64) -> v1::BooksQuery {
        let holder = self.member.map(|code| format!("member/{code}"));
        let holder = holder.or_else(|| self.region.map(|code| format!("region/{code}")));
        v1::BooksQuery {
            holder: holder.unwrap_or_default(),
            fund: self.fund.map_or(0, fund_to_wire),
            account: self
                .account
                .map(|class| class.to_string())
                .unwrap_or_default(),
            from_ms: self.from.map_or(0, Timestamp::as_millis),
            at_ms: self.at.map_or(0, Timestamp::as_millis),
            up_to,
        }
    }

    async fn read(&self, client: &mut BooksServiceClient<Channel>) -> anyhow::Result<Read> {
        let (mut accounts, mut up_to, mut after) = (Vec::new(), 0, None);
        let trial_balances = loop {
            let query = Some(self.query(up_to));
            let asked = client.list_accounts(v1::ListAccountsRequest { query, after });
            let page = asked.await.map_err(|status| told(&status))?.into_inner();
            accounts.extend(page.accounts);
            (up_to, after) = (page.up_to, page.next);
            if after.is_none() {
                break page.trial_balances;
            }
        };
        let mut read = Read {
            up_to,
            accounts,
            trial_balances,
            postings: None,
            is_cut: false,
        };
        // Before the first voucher nothing is posted, and no voucher stands for that moment.
        if self.account.is_some() && up_to > 0 {
            let (postings, is_cut) = self.postings(client, up_to).await?;
            (read.postings, read.is_cut) = (Some(postings), is_cut);
        }
        Ok(read)
    }

    /// What was posted, and whether there is more than is listed.
    async fn postings(
        &self,
        client: &mut BooksServiceClient<Channel>,
        up_to: u64,
    ) -> anyhow::Result<(Vec<v1::BookPosting>, bool)> {
        let (mut postings, mut after) = (Vec::new(), None);
        loop {
            let query = Some(self.query(up_to));
            let asked = client.list_postings(v1::ListPostingsRequest { query, after });
            let page = asked.await.map_err(|status| told(&status))?.into_inner();
            postings.extend(page.postings);
            after = page.next;
            if postings.len() > self.limit {
                postings.truncate(self.limit);
                return Ok((postings, true));
            }
            if after.is_none() {
                return Ok((postings, false));
            }
        }
    }
}

fn balances(of: &[v1::TrialBalance]) -> bool {
    of.iter().all(|balance| balance.sum_fen == 0)
}

const fn kind(kind: v1::VoucherKind) -> (&'static str, &'static str) {
    match kind {
        v1::VoucherKind::Unspecified => ("unknown", "未知"),
        v1::VoucherKind::Netted => ("netted", "轧差"),
        v1::VoucherKind::PaymentConfirmed => ("payment_confirmed", "收付款登记"),
        v1::VoucherKind::PaymentParked => ("payment_parked", "挂账"),
        v1::VoucherKind::PaymentApplied => ("payment_applied", "挂账核销"),
        v1::VoucherKind::PaymentReturned => ("payment_returned", "挂账退回"),
        v1::VoucherKind::PaymentCorrected => ("payment_corrected", "更正"),
        v1::VoucherKind::PrefundMoved => ("prefund_moved", "预付金登记"),
        v1::VoucherKind::PrefundCorrected => ("prefund_corrected", "预付金更正"),
    }
}

fn document(read: &Read) -> anyhow::Result<Value> {
    let accounts = read.accounts.iter().map(|account| {
        Ok(json!({
            "holder": account.holder,
            "fund": shown::fund(account.fund)?.as_str(),
            "account": account.account,
            "opening": yuan(account.opening_fen),
            "debits": yuan(account.debits_fen),
            "credits": yuan(account.credits_fen),
            "closing": yuan(account.closing_fen),
        }))
    });
    let trial_balances = read.trial_balances.iter().map(|balance| {
        Ok(json!({
            "fund": shown::fund(balance.fund)?.as_str(),
            "sum": yuan(balance.sum_fen),
        }))
    });
    let postings = read.postings.iter().flatten().map(posting_document);
    let postings = postings.collect::<anyhow::Result<Vec<_>>>()?;
    Ok(json!({
        "up_to_voucher": read.up_to,
        "accounts": accounts.collect::<anyhow::Result<Vec<_>>>()?,
        "entries": read.postings.is_some().then_some(postings),
        "more_entries": read.is_cut,
        "trial_balances": trial_balances.collect::<anyhow::Result<Vec<_>>>()?,
        "balances": balances(&read.trial_balances),
    }))
}

fn posting_document(posting: &v1::BookPosting) -> anyhow::Result<Value> {
    Ok(json!({
        "holder": posting.holder,
        "fund": shown::fund(posting.fund)?.as_str(),
        "account": posting.account,
        "voucher": posting.voucher,
        "at": Timestamp::from_millis(posting.at_ms)?.to_string(),
        "kind": kind(posting.kind()).0,
        "about": posting.about,
        "debits": yuan(posting.debits_fen),
        "credits": yuan(posting.credits_fen),
        "balance": yuan(posting.balance_fen),
        "corrects": posting.corrects,
        "corrected_by": (posting.corrected_by > 0).then_some(posting.corrected_by),
    }))
}

/// An amount in yuan; sums of years are more than one amount may be.
fn yuan(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    let fen = fen.unsigned_abs();
    let (yuan, rest) = (fen / 100, fen % 100);
    format!("{sign}{yuan}.{rest:02}")
}

fn text(out: &mut dyn Write, read: &Read) -> anyhow::Result<()> {
    writeln!(out, "books up to voucher {} / 截至凭证号", read.up_to)?;
    shown::none(
        out,
        &read.accounts,
        "nothing was posted to such an account by then / 截至该时点此类科目无记账",
    )?;
    for account in &read.accounts {
        writeln!(
            out,
            "{:<14} {:<28} {:<20} opening {:>18}, debits {:>18}, credits {:>18}, closing {:>18}",
            account.holder,
            shown::fund(account.fund)?,
            account.account,
            yuan(account.opening_fen),
            yuan(account.debits_fen),
            yuan(account.credits_fen),
            yuan(account.closing_fen)
        )?;
    }
    for posting in read.postings.iter().flatten() {
        posting_text(out, posting)?;
    }
    if read.is_cut {
        writeln!(
            out,
            "there are more entries: narrow it down, or raise --limit / 分录未列完"
        )?;
    }
    for balance in &read.trial_balances {
        let (fund, sum) = (shown::fund(balance.fund)?, yuan(balance.sum_fen));
        if balance.sum_fen == 0 {
            writeln!(out, "trial balance {fund}: 0.00 / 试算平衡")?;
        } else {
            writeln!(
                out,
                "TRIAL BALANCE {fund}: {sum}, and not zero: the index is damaged; stop the clearinghouse, move the index \
                 away and start it: it is made anew from the journal / 试算不平衡，请停机移走索引后重启，由日志重建"
            )?;
        }
    }
    Ok(())
}

fn posting_text(out: &mut dyn Write, posting: &v1::BookPosting) -> anyhow::Result<()> {
    let (english, chinese) = kind(posting.kind());
    let corrects = posting
        .corrects
        .iter()
        .map(|of| format!(", corrects {of} / 更正"));
    let corrects: String = corrects.collect();
    let by = match posting.corrected_by {
        0 => String::new(),
        by => format!(", corrected by {by} / 已更正"),
    };
    writeln!(
        out,
        "  {} {} {} {}: voucher {} {english} {} / {chinese}: debits {}, credits {}, balance {}{corrects}{by}",
        Timestamp::from_millis(posting.at_ms)?,
        posting.holder,
        shown::fund(posting.fund)?,
        posting.account,
        posting.voucher,
        posting.about,
        yuan(posting.debits_fen),
        yuan(posting.credits_fen),
        yuan(posting.balance_fen)
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use huitong_proto::common::v1::Fund;

    use super::*;

    #[test]
    fn books_that_do_not_balance_are_said_to_be_damaged() {
        let read = |sum_fen| Read {
            up_to: 7,
            accounts: Vec::new(),
            trial_balances: vec![v1::TrialBalance {
                fund: Fund::ResidentPool.into(),
                sum_fen,
            }],
            postings: None,
            is_cut: false,
        };
        let printed = |sum_fen| {
            let mut out = Vec::new();
            text(&mut out, &read(sum_fen)).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert!(printed(-1).contains("TRIAL BALANCE resident_pool: -0.01"));
        assert!(printed(0).contains("trial balance resident_pool: 0.00"));
        assert!(!balances(&read(-1).trial_balances) && balances(&read(0).trial_balances));
        assert_eq!(document(&read(-1)).unwrap()["balances"], false);
    }
}
