//! Everyone's year on the wire: what is asked, each who is entitled, counts and sums.

use huitong_core::date::ServiceDate;
use huitong_core::id::{ActId, RequestId};
use huitong_core::officer::OfficerName;
use huitong_proto::common::v1::FundAmount;
use huitong_proto::conversion::assistance::quoted_digest;
use huitong_proto::conversion::common::amounts_to_wire;
use huitong_proto::conversion::{Path, WireFault};
use huitong_proto::settlement::v1;

use crate::assistance::all::{Entitled, Everyone, Sums};
use crate::assistance::differences::Pays;

pub(super) fn everyone_from_wire(
    sent: &v1::AssessAllAssistanceRequest,
    by: OfficerName,
) -> Result<Everyone, WireFault> {
    Ok(Everyone {
        by,
        on: Path::root("on").parse(&sent.on, ServiceDate::parse)?,
        run: Path::root("run").optional(&sent.run, RequestId::parse)?,
        digest: quoted_digest(&sent.digest, Path::root("digest"))?,
    })
}

pub(super) fn paid(pays: &Pays) -> Vec<FundAmount> {
    let pays: Vec<_> = pays.iter().map(|(fund, paid)| (*fund, *paid)).collect();
    amounts_to_wire(&pays)
}

pub(super) fn entitled_part(of: Entitled) -> v1::AssessAllAssistanceResponse {
    let request_id = of.request.as_ref().map(RequestId::to_string);
    let granted = of.granted.as_ref().map(ActId::to_string);
    let person = v1::EntitledPerson {
        psn_no: of.psn_no.expose().to_owned(),
        digest: of.digest.as_bytes().to_vec(),
        pays: paid(&of.pays),
        request_id: request_id.unwrap_or_default(),
        granted: granted.unwrap_or_default(),
    };
    let part = v1::assess_all_assistance_response::Part::Person(person);
    v1::AssessAllAssistanceResponse { part: Some(part) }
}

pub(super) fn everyone_part(of: &Sums) -> v1::AssessAllAssistanceResponse {
    let refused = of.refused.iter().map(|(code, people)| v1::RefusedPeople {
        code: code.to_string(),
        people: *people,
    });
    let everyone = v1::EveryoneAssessed {
        people: of.people,
        entitled: of.entitled,
        granted: of.granted,
        nothing: of.nothing,
        refused: refused.collect(),
        pays: paid(&of.pays),
        digest: of.digest.as_bytes().to_vec(),
    };
    let part = v1::assess_all_assistance_response::Part::Everyone(everyone);
    v1::AssessAllAssistanceResponse { part: Some(part) }
}
