//! What clearing officers call to see the books, as they stand or stood: read from the index, beside the writer.

use std::sync::Arc;

use huitong_core::date::Timestamp;
use huitong_core::fund::Fund;
use huitong_core::ledger::{Account, AccountClass, Holder};
use huitong_core::refusal::RefusalCode;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::books_service_server::BooksService;
use huitong_proto::conversion::common::{fund_from_wire, fund_to_wire};
use huitong_proto::conversion::{Path, WireFault};
use tonic::{Request, Response, Status};
use tracing::error;

use super::reading::{Untold, proofs, read};
use super::status::malformed;
use crate::books::{Books, Cause};
use crate::refusal::Refusal;
use crate::store::{AccountRow, PostedRow, Proofs, StoreError};
use crate::writer::Writer;

/// The most rows of one page.
const ROWS_AT_ONCE: usize = 1_000;
/// The period begins after its end.
const AFTER: &str = "query.from_ms: after the moment that is asked for";

/// The officers' view of the books.
pub(super) struct BooksGrpc(pub(super) Arc<Writer>);

/// Which accounts, from when to when.
#[derive(Debug, Clone, Copy)]
struct Query {
    holder: Option<Holder>,
    fund: Option<Fund>,
    class: Option<AccountClass>,
    from: Option<Timestamp>,
    at: Option<Timestamp>,
    /// The last voucher that counts, where a page before told it.
    up_to: Option<u64>,
}

impl Query {
    fn wants(&self, account: &Account) -> bool {
        self.holder.is_none_or(|holder| holder == account.holder)
            && self.fund.is_none_or(|fund| fund == account.fund)
            && self.class.is_none_or(|class| class == account.class)
    }

    /// The last voucher before the period, and the last of it.
    fn span(&self, books: &Proofs) -> Result<(u64, u64), Untold> {
        let after = || Refusal::general(RefusalCode::Malformed, AFTER);
        if self.from.is_some() && self.at.is_some() && self.from > self.at {
            return Err(after().into());
        }
        let before = match self.from {
            Some(from) => books.voucher_at(from.plus_millis(-1).unwrap_or(from))?,
            None => 0,
        };
        let to = match (self.up_to, self.at) {
            (Some(up_to), _) => {
                let last = books.last_voucher()?;
                if up_to > last {
                    let detail = format_args!("query.up_to: the last voucher is {last}");
                    return Err(Refusal::general(RefusalCode::Malformed, detail).into());
                }
                up_to
            }
            (None, Some(at)) => books.voucher_at(at)?,
            (None, None) => books.last_voucher()?,
        };
        if before > to {
            return Err(after().into());
        }
        Ok((before, to))
    }
}

#[tonic::async_trait]
impl BooksService for BooksGrpc {
    async fn list_accounts(
        &self,
        request: Request<v1::ListAccountsRequest>,
    ) -> Result<Response<v1::ListAccountsResponse>, Status> {
        let request = request.into_inner();
        let (query, after) =
            asked(request.query, request.after).map_err(|fault| malformed(&fault))?;
        let books = proofs(&self.0).await?;
        let found = read(move || accounts(&books, query, after.map(|(account, _)| account)));
        found.await.map(Response::new)
    }

    async fn list_postings(
        &self,
        request: Request<v1::ListPostingsRequest>,
    ) -> Result<Response<v1::ListPostingsResponse>, Status> {
        let request = request.into_inner();
        let (query, after) =
            asked(request.query, request.after).map_err(|fault| malformed(&fault))?;
        let books = proofs(&self.0).await?;
        let found = read(move || postings(&books, query, after));
        found.await.map(Response::new)
    }
}

/// A page of accounts, and the trial balance of all.
fn accounts(
    books: &Proofs,
    query: Query,
    after: Option<Account>,
) -> Result<v1::ListAccountsResponse, Untold> {
    let (before, to) = query.span(books)?;
    let all = books.accounts(before, to)?;
    let mut trial_balances = Vec::new();
    let stands = all.iter().map(|row| (row.account, row.closing));
    for (fund, sum) in Books::new(stands.collect()).trial_balances() {
        if sum != 0 {
            error!(%fund, sum, voucher = to, "the books do not balance: the index is damaged");
        }
        trial_balances.push(v1::TrialBalance {
            fund: fund_to_wire(fund),
            sum_fen: balance(sum)?,
        });
    }
    let mut wanted = all
        .iter()
        .filter(|row| query.wants(&row.account) && after.is_none_or(|after| row.account > after));
    let page: Vec<_> = wanted.by_ref().take(ROWS_AT_ONCE).collect();
    let last = wanted.next().and_then(|_| page.last());
    Ok(v1::ListAccountsResponse {
        up_to: to,
        next: last.map(|row| place(&row.account, 0)),
        accounts: page.into_iter().map(account).collect::<Result<_, _>>()?,
        trial_balances,
    })
}

/// A page of postings.
fn postings(
    books: &Proofs,
    query: Query,
    after: Option<(Account, u64)>,
) -> Result<v1::ListPostingsResponse, Untold> {
    let (before, to) = query.span(books)?;
    let mut rows = Vec::new();
    for of in books.accounts(before, to)? {
        let from = match after {
            Some((account, _)) if of.account < account => continue,
            Some((account, voucher)) if of.account == account => voucher.max(before),
            Some(_) | None => before,
        };
        if !query.wants(&of.account) {
            continue;
        }
        let room = ROWS_AT_ONCE.saturating_add(1).saturating_sub(rows.len());
        let found = books.postings(&of.account, (from, to), room)?;
        rows.extend(found.into_iter().map(|row| (of.account, row)));
        if rows.len() > ROWS_AT_ONCE {
            break;
        }
    }
    let is_more = rows.len() > ROWS_AT_ONCE;
    rows.truncate(ROWS_AT_ONCE);
    let last = rows.last().filter(|_| is_more);
    let next = last.map(|(account, row)| place(account, row.voucher));
    let postings = rows
        .iter()
        .map(|(account, row)| posting(books, account, row, to));
    Ok(v1::ListPostingsResponse {
        up_to: to,
        next,
        postings: postings.collect::<Result<_, _>>()?,
    })
}

fn asked(
    query: Option<v1::BooksQuery>,
    after: Option<v1::BooksPlace>,
) -> Result<(Query, Option<(Account, u64)>), WireFault> {
    let query = query.unwrap_or_default();
    let moment = |name: &'static str, millis: i64| {
        let moment = (millis != 0).then(|| Timestamp::from_millis(millis));
        let moment = moment.transpose();
        moment.map_err(|error| Path::root(name).wrong(error))
    };
    let read = Query {
        holder: Path::root("holder").optional(&query.holder, Holder::parse)?,
        fund: fund(query.fund)?,
        class: Path::root("account").optional(&query.account, AccountClass::parse)?,
        from: moment("from_ms", query.from_ms)?,
        at: moment("at_ms", query.at_ms)?,
        up_to: (query.up_to > 0).then_some(query.up_to),
    };
    let after = after.map(|after| {
        let path = Path::root("after");
        let account = Account {
            holder: path.field("holder").parse(&after.holder, Holder::parse)?,
            fund: fund_from_wire(after.fund, path.field("fund"))?,
            class: path
                .field("account")
                .parse(&after.account, AccountClass::parse)?,
        };
        Ok((account, after.voucher))
    });
    Ok((read, after.transpose()?))
}

fn fund(number: i32) -> Result<Option<Fund>, WireFault> {
    let given = (number != 0).then(|| fund_from_wire(number, Path::root("fund")));
    given.transpose()
}

/// What a period posted to an account, as it goes over the wire: of a long one it may be more.
fn posted(amount: i128) -> Result<i64, Untold> {
    told(
        amount,
        "ask for a shorter period / 金额超出可显示范围，请缩短查询期间",
    )
}

/// What stands at a moment, or one voucher posted, as it goes over the wire: only beside a balance that is broken it is more.
fn balance(amount: i128) -> Result<i64, Untold> {
    told(
        amount,
        "no shorter period makes it less; stop the server, move its index away, and start it / 缩短期间无效；请停机、移走索引后重启",
    )
}

fn told(amount: i128, what_to_do: &str) -> Result<i64, Untold> {
    i64::try_from(amount).map_err(|_| {
        let detail = format_args!("{amount} fen is more than is told: {what_to_do}");
        Refusal::general(RefusalCode::TooLarge, detail).into()
    })
}

fn place(account: &Account, voucher: u64) -> v1::BooksPlace {
    v1::BooksPlace {
        holder: account.holder.to_string(),
        fund: fund_to_wire(account.fund),
        account: account.class.to_string(),
        voucher,
    }
}

fn account(row: &AccountRow) -> Result<v1::BookAccount, Untold> {
    let (opening, closing) = (row.opening, row.closing);
    Ok(v1::BookAccount {
        holder: row.account.holder.to_string(),
        fund: fund_to_wire(row.account.fund),
        account: row.account.class.to_string(),
        opening_fen: balance(opening.balance())?,
        debits_fen: posted(closing.debits.saturating_sub(opening.debits))?,
        credits_fen: posted(closing.credits.saturating_sub(opening.credits))?,
        closing_fen: balance(closing.balance())?,
    })
}

fn posting(
    books: &Proofs,
    account: &Account,
    row: &PostedRow,
    to: u64,
) -> Result<v1::BookPosting, Untold> {
    let found = books.voucher(row.voucher, to)?;
    let (voucher, by) = found.ok_or_else(|| {
        let missing = format!("in the index: voucher {} is missing", row.voucher);
        Untold::Store(StoreError::Foreign(missing))
    })?;
    Ok(v1::BookPosting {
        holder: account.holder.to_string(),
        fund: fund_to_wire(account.fund),
        account: account.class.to_string(),
        voucher: row.voucher,
        at_ms: voucher.at.as_millis(),
        kind: kind(voucher.cause).into(),
        about: voucher.about,
        debits_fen: balance(row.posted.debits)?,
        credits_fen: balance(row.posted.credits)?,
        balance_fen: balance(row.stands.balance())?,
        corrects: voucher.corrects,
        corrected_by: by.unwrap_or(0),
    })
}

const fn kind(cause: Cause) -> v1::VoucherKind {
    match cause {
        Cause::Netted => v1::VoucherKind::Netted,
        Cause::PaymentConfirmed => v1::VoucherKind::PaymentConfirmed,
        Cause::PaymentParked => v1::VoucherKind::PaymentParked,
        Cause::PaymentApplied => v1::VoucherKind::PaymentApplied,
        Cause::PaymentReturned => v1::VoucherKind::PaymentReturned,
        Cause::PaymentCorrected => v1::VoucherKind::PaymentCorrected,
        Cause::PrefundMoved => v1::VoucherKind::PrefundMoved,
        Cause::PrefundCorrected => v1::VoucherKind::PrefundCorrected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::Condition;
    use crate::testing::{House, day, debt, payable, receivable, region};

    fn refused<T>(found: Result<T, Untold>) -> Refusal {
        match found {
            Err(Untold::Refused(refusal)) => refusal,
            Err(Untold::Store(fault)) => panic!("{fault}"),
            Ok(_) => panic!("it is told"),
        }
    }

    #[test]
    fn a_page_is_of_no_voucher_that_there_is_not() {
        let house = House::new(304);
        let leg = debt(1, 2, 3, 500);
        house.report(2, &[payable(1, &leg)]).unwrap();
        house.report(3, &[receivable(1, &leg)]).unwrap();
        for of in 0..4 {
            house.close(of, 1, house.position(of)).unwrap();
        }
        house.cut_off(1, Condition::AllClosed).unwrap();
        assert_eq!(house.net(1).unwrap().day(), day(1));
        let books = house.proofs();
        let span = |up_to| {
            let (query, _) = asked(
                Some(v1::BooksQuery {
                    holder: format!("region/{}", region(2)),
                    up_to,
                    ..v1::BooksQuery::default()
                }),
                None,
            )
            .unwrap();
            query.span(&books)
        };
        for up_to in [0, 1] {
            assert!(matches!(span(up_to), Ok((0, 1))), "{up_to}");
        }
        let beyond = refused(span(2));
        assert_eq!(
            (beyond.code.code(), beyond.detail.as_str()),
            ("request.malformed", "query.up_to: the last voucher is 1")
        );
    }

    /// What a shorter period helps with says so, and nothing else does.
    #[test]
    fn an_amount_that_is_not_told_says_what_to_do_about_it() {
        assert!(matches!((posted(-5), balance(7)), (Ok(-5), Ok(7))));
        let (of_period, of_moment) = (refused(posted(i128::MAX)), refused(balance(i128::MAX)));
        assert_eq!(of_period.code.code(), "request.too_large");
        assert_eq!(of_moment.code.code(), "request.too_large");
        let asks = |refusal: &Refusal| refusal.detail.contains("ask for a shorter period / ");
        assert!(asks(&of_period) && !asks(&of_moment));
    }
}
