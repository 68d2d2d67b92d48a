//! MonthService: what regions' nodes call about months. The region is the caller's certificate; its word is signed with
//! its node's signing key, and checked here before anything is decided.

use std::sync::Arc;

use huitong_core::canonical::Artifact;
use huitong_core::clearing_month::part::MonthPart;
use huitong_core::clearing_month::row::MonthTable;
use huitong_core::clearing_month::word::{CertifiedMonthWord, MonthWord};
use huitong_core::payable::Month;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::month_service_server::MonthService;
use huitong_proto::conversion::Path;
use huitong_proto::conversion::month::{month_from_wire, month_to_wire};
use huitong_transport::{CredentialStore, aside};
use tonic::{Request, Response, Status};
use tracing::{info, warn};

use super::clearing::region;
use super::in_force::InForce;
use super::month_read::Months;
use super::reading::proofs;
use super::status::{malformed, status};
use crate::clock::Clock;
use crate::decide::month as decide;
use crate::months::MonthRules;
use crate::refusal::{ClearingCode, Refusal};
use crate::words;
use crate::writer::Writer;

/// The regions' side of months.
pub(super) struct MonthGrpc {
    pub(super) writer: Arc<Writer>,
    pub(super) rules: MonthRules,
    /// Whose signatures are trusted.
    pub(super) credentials: CredentialStore,
    pub(super) clock: Arc<dyn Clock>,
    /// The month that was read last.
    pub(super) months: Months,
    /// By what months can be checked now.
    pub(super) in_force: InForce,
}

#[tonic::async_trait]
impl MonthService for MonthGrpc {
    async fn fetch_month(
        &self,
        request: Request<v1::FetchMonthRequest>,
    ) -> Result<Response<v1::FetchMonthResponse>, Status> {
        let region = region(&request)?;
        let month = month(&request.into_inner().month)?;
        let proofs = proofs(&self.writer).await?;
        let of = month.clone();
        let party = self
            .writer
            .decide(move |context| decide::party(context, region, &of));
        party.await.map_err(|refusal| status(&refusal))?;
        let read = self.months.read(&proofs, &month).await?;
        let in_force = self.in_force.clone();
        let part = aside(move || {
            let rows = (&read.table, &read.tree);
            let certified = in_force.sign(read.certified.clone());
            MonthPart::of(region, certified, rows).to_bytes()
        });
        let lost = |error| status(&Refusal::general(RefusalCode::Overloaded, error));
        let part = part.await.map_err(lost)?;
        Ok(Response::new(v1::FetchMonthResponse { part }))
    }

    async fn say_of_month(
        &self,
        request: Request<v1::SayOfMonthRequest>,
    ) -> Result<Response<v1::SayOfMonthResponse>, Status> {
        let region = region(&request)?;
        let word = CertifiedMonthWord::from_bytes(&request.into_inner().word);
        let word = word.map_err(|fault| malformed(&Path::root("word").wrong(fault)))?;
        self.checked(region, &word)?;
        let said = word.word.clone();
        let may = self
            .writer
            .decide(move |context| decide::may_say(context, &said));
        may.await.map_err(|refusal| status(&refusal))?;
        if !word.word.objected().is_empty() {
            let proofs = proofs(&self.writer).await?;
            let read = self.months.read(&proofs, &word.word.month).await?;
            has_rows(&read.table, &word.word).map_err(|refusal| status(&refusal))?;
        }
        let (rules, said) = (self.rules, word.word.clone());
        let seen = self
            .writer
            .decide(move |context| decide::say(context, word, rules));
        let seen = seen.await.map_err(|refusal| status(&refusal))?;
        let (month, objected) = (&said.month, said.objected().len());
        info!(%region, %month, objected, stage = %seen.stage, "a region's word on a month");
        Ok(Response::new(v1::SayOfMonthResponse {
            month: Some(month_to_wire(&seen)),
        }))
    }
}

impl MonthGrpc {
    /// Whether the word is the caller's own, rightly signed.
    fn checked(&self, region: RegionCode, word: &CertifiedMonthWord) -> Result<(), Status> {
        let invalid = |detail: &dyn std::fmt::Display| {
            warn!(%region, detail = %detail, "a word on a month is not the region's own");
            status(&Refusal::new(ClearingCode::MonthWordInvalid, detail))
        };
        if word.word.region != region {
            return Err(invalid(&"it is of another region than the caller"));
        }
        let credentials = self.credentials.credentials();
        let checked = words::on_month(word, credentials.trust(), Some(self.clock.now()));
        checked.map_err(|fault| invalid(&fault))
    }
}

/// Whether the month has every row that a word objects to.
fn has_rows(table: &MonthTable, word: &MonthWord) -> Result<(), Refusal> {
    let rows = table.rows();
    let is_row = |pair| rows.binary_search_by(|row| row.pair.cmp(pair)).is_ok();
    let unknown = word.objected().iter().find(|row| !is_row(&row.pair));
    unknown.map_or(Ok(()), |row| {
        let pair = row.pair;
        let detail = format_args!("{} → {} {}", pair.debtor, pair.creditor, pair.fund.as_str());
        Err(Refusal::new(ClearingCode::MonthRowUnknown, detail))
    })
}

pub(super) fn month(month: &str) -> Result<Month, Status> {
    month_from_wire(month, Path::root("month")).map_err(|fault| malformed(&fault))
}
