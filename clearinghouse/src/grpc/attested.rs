//! What clearing officers call to see what regions attested of a cycle.

use std::sync::Arc;

use huitong_core::checkpoint::difference::{Difference, Differs};
use huitong_core::checkpoint::row::Pair;
use huitong_core::date::Timestamp;
use huitong_core::money::Fen;
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::attestation_office_service_server::AttestationOfficeService;
use huitong_proto::conversion::Path;
use huitong_proto::conversion::attestation::{
    body_to_wire, pair_from_wire, pair_to_wire, place_to_wire, row_to_wire,
};
use tonic::{Request, Response, Status};

use super::asked::day;
use super::officer::officer_name;
use super::status::{malformed, status};
use crate::decide::{self, AttestedRow, HeldRow, Side};
use crate::writer::Writer;

/// How many legs of one row are named.
const NAMED: usize = 100;

/// The officers' view of attestation.
pub(super) struct AttestationOfficeGrpc {
    pub(super) writer: Arc<Writer>,
    /// How long netting waits after the cut-off.
    pub(super) wait_minutes: u32,
}

#[tonic::async_trait]
impl AttestationOfficeService for AttestationOfficeGrpc {
    async fn list_attestations(
        &self,
        request: Request<v1::ListAttestationsRequest>,
    ) -> Result<Response<v1::ListAttestationsResponse>, Status> {
        officer_name(&request)?;
        let message = request.into_inner();
        let of = (day(&message.business_day)?, self.wait_minutes);
        let after = message.after.as_ref();
        let after = after.map(|pair| pair_from_wire(Some(pair), Path::root("after")));
        let after = after.transpose().map_err(|fault| malformed(&fault))?;
        let found = self
            .writer
            .decide(move |context| decide::attested(context, of, after));
        let page = found.await.map_err(|refusal| status(&refusal))?;
        Ok(Response::new(v1::ListAttestationsResponse {
            outstanding: page.outstanding.iter().map(RegionCode::to_string).collect(),
            waits_until_ms: page.waits_until.map_or(0, Timestamp::as_millis),
            rows: page.rows.iter().map(row).collect(),
            next: page.next.map(pair_to_wire),
        }))
    }
}

fn row(row: &AttestedRow) -> v1::Attestation {
    v1::Attestation {
        pair: Some(pair_to_wire(row.pair)),
        held: row.held.map(|held| of_held(row.pair, held)),
        debtor: Some(side(&row.debtor)),
        creditor: Some(side(&row.creditor)),
    }
}

fn of_held(pair: Pair, held: HeldRow) -> v1::AttestedRow {
    let netted = |legs: u64, amount: Fen| v1::AttestedRow {
        pair: Some(pair_to_wire(pair)),
        legs,
        amount_fen: amount.get(),
        root: Vec::new(),
    };
    match held {
        HeldRow::Held(row) => row_to_wire(&row),
        HeldRow::Netted(legs, amount) => netted(legs, amount),
    }
}

fn side(side: &Side) -> v1::AttestedSide {
    let of = |state: v1::AttestationState, at: Option<Timestamp>| v1::AttestedSide {
        state: state.into(),
        at_ms: at.map_or(0, Timestamp::as_millis),
        ..v1::AttestedSide::default()
    };
    match side {
        Side::None => of(v1::AttestationState::Unspecified, None),
        Side::Outstanding => of(v1::AttestationState::Outstanding, None),
        Side::Alike(at) => of(v1::AttestationState::Alike, Some(*at)),
        Side::Otherwise(at, row) => {
            let state = match row.differences {
                Some(_) => v1::AttestationState::Otherwise,
                None => v1::AttestationState::Searched,
            };
            let differences = row.differences.as_deref().unwrap_or_default();
            v1::AttestedSide {
                told: row.told.as_ref().map(row_to_wire),
                differences: differences.iter().take(NAMED).map(difference).collect(),
                differing: u64::try_from(differences.len()).unwrap_or(u64::MAX),
                ..of(state, Some(*at))
            }
        }
    }
}

fn difference(difference: &Difference) -> v1::LegDifference {
    let (differs, field) = match difference.differs() {
        Differs::NotHeld => ("not_held", ""),
        Differs::NotInBook => ("not_in_book", ""),
        Differs::Changed(field) => ("changed", field.as_str()),
    };
    v1::LegDifference {
        differs: differs.to_owned(),
        field: field.to_owned(),
        place: difference.key().map(place_to_wire),
        held: difference.held().map(body_to_wire),
        book: difference.book().map(body_to_wire),
    }
}
