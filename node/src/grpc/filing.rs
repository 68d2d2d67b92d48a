//! An institution files for a patient: in the own region's records, or at the patient's home region.
//!
//! The institution's own id names the request at home too, so that a lost answer is asked for again under it
//! and nothing is filed twice.

use std::sync::Arc;

use huitong_core::id::RequestId;
use huitong_core::institution::InstitutionCode;
use huitong_core::record::person::{AskedBy, PersonChange};
use huitong_core::record::registry::FilingArea;
use huitong_core::refusal::RefusalCode;
use huitong_proto::conversion::common::{credential_from_wire, person_from_wire};
use huitong_proto::conversion::filing::filing_class_from_wire;
use huitong_proto::conversion::{Path, WireFault};
use huitong_proto::settlement::v1;
use huitong_transport::Deadline;
use tonic::Status;

use super::people::filed;
use super::status::{malformed, refused, status};
use crate::error::NodeError;
use crate::peers::{HomeFault, Homes};
use crate::people::{ActAsked, PeopleDesk};

/// Where an institution's filings go.
pub(super) struct FilesElsewhere {
    pub(super) people: Arc<PeopleDesk>,
    pub(super) homes: Homes,
}

impl FilesElsewhere {
    pub(super) async fn file(
        &self,
        message: v1::FileRequest,
        institution: InstitutionCode,
        due: Deadline,
    ) -> Result<v1::Filing, Status> {
        let read = checked(&message).map_err(|fault| malformed(&fault))?;
        let own = self.people.region();
        if read.home == own {
            let asked = self.own(message, read, institution);
            let asked = asked.map_err(|fault| malformed(&fault))?;
            return filed(&self.people.change(asked).await?);
        }
        if !message.area.is_empty() {
            let path = Path::root("area");
            return Err(malformed(
                &path.wrong("is the own region, and is left empty"),
            ));
        }
        let home = self.homes.other(read.home);
        let home = home.ok_or_else(|| refused(RefusalCode::UnknownRegion, read.home))?;
        let request = v1::HomeFileRequest {
            request_id: message.request_id,
            institution: institution.to_string(),
            person: message.person,
            credential: message.credential,
            class: message.class,
        };
        home.file(request, due.remaining())
            .await
            .map_err(|fault| match fault {
                HomeFault::Refused(refusal) => status(&refusal),
                HomeFault::Pushed { refusal, after } => NodeError::Pushed(refusal, after).into(),
                HomeFault::Unreachable(why) => refused(RefusalCode::HomeUnreachable, why),
            })
    }

    fn own(
        &self,
        message: v1::FileRequest,
        read: Checked,
        institution: InstitutionCode,
    ) -> Result<ActAsked, WireFault> {
        let by = AskedBy::Institution {
            region: self.people.region(),
            code: institution,
        };
        let credential = credential_from_wire(message.credential, Path::root("credential"))?;
        Ok(ActAsked {
            by,
            request: read.request,
            psn_no: read.psn_no,
            change: PersonChange::File {
                class: filing_class_from_wire(message.class, Path::root("class"))?,
                area: Path::root("area").parse(&message.area, FilingArea::parse)?,
                from: None,
                until: None,
            },
            credential: Some(credential),
        })
    }
}

/// What is read of a message wherever it goes.
struct Checked {
    request: RequestId,
    home: huitong_core::region::RegionCode,
    psn_no: huitong_core::person::PsnNo,
}

fn checked(message: &v1::FileRequest) -> Result<Checked, WireFault> {
    let person = person_from_wire(message.person.clone(), Path::root("person"))?;
    credential_from_wire(message.credential.clone(), Path::root("credential"))?;
    filing_class_from_wire(message.class, Path::root("class"))?;
    Ok(Checked {
        request: Path::root("request_id").parse(&message.request_id, RequestId::parse)?,
        home: person.home,
        psn_no: person.psn_no,
    })
}
