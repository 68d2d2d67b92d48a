//! Fresh certificates for every party, by the hierarchy that a real network has.

use std::path::PathBuf;

use huitong_certs::authority::{Authority, Hosts, Validity};
use huitong_certs::directory::{Overwrite, write_party, write_region_authority};
use huitong_certs::{Identity, OfficerName, TrustDomain};
use jiff::Timestamp;

use super::{Place, World};
use crate::desk::Desk;

/// The trust domain of the demo.
pub const TRUST_DOMAIN: &str = "demo.huitong.example";
/// The officer of every region and of the clearinghouse.
pub const OFFICER: &str = "demo.officer";
/// The second officer of every region and of the clearinghouse, who approves what the first puts forward.
pub const APPROVER: &str = "demo.approver";
/// Certificates of a demo that is kept running outlive a day's work.
const DAYS: u16 = 7;

impl World {
    /// Makes the operator's root, a region authority for each region, and a certificate for every node,
    /// institution and officer.
    ///
    /// # Errors
    /// When a key or file cannot be made.
    pub fn issue_certificates(&self) -> anyhow::Result<()> {
        let now = Timestamp::now();
        let validity = Validity::days(now, DAYS)?;
        // An authority outlives all that it issues.
        let authority_validity = Validity::days(now, DAYS.saturating_add(1))?;
        let root_validity = Validity::days(now, DAYS.saturating_add(2))?;
        let root = Authority::new_root(&TRUST_DOMAIN.parse::<TrustDomain>()?, root_validity)?;
        self.certificates().write_root(&root, Overwrite::Refuse)?;
        let anchor = root.certificate_pem().to_owned();
        let party = |authority: &Authority, identity: &Identity| -> anyhow::Result<()> {
            let speaking = authority.issue(identity, &Hosts::loopback(), validity)?;
            let signing = identity
                .signing()
                .map(|signing| authority.issue(&signing, &Hosts::none(), validity))
                .transpose()?;
            let folder = self.credentials(identity);
            Ok(write_party(
                &folder,
                &speaking,
                signing.as_ref(),
                &anchor,
                Overwrite::Refuse,
            )?)
        };
        party(&root, &Identity::Clearinghouse)?;
        party(&root, &clearing_officer()?)?;
        party(&root, &clearing_approver()?)?;
        for place in self.places() {
            party(&root, &Identity::RegionNode(place.code))?;
            let authority = root.issue_region_authority(place.code, authority_validity)?;
            let folder = self.credentials(&Identity::RegionCa(place.code));
            write_region_authority(&folder, &authority, &anchor, Overwrite::Refuse)?;
            for name in [officer()?, approver()?] {
                let region = place.code;
                party(&authority, &Identity::RegionOfficer { region, name })?;
            }
            for desk in Desk::ALL {
                party(
                    &authority,
                    &Identity::institution(place.code, desk.code(place.region.code).parse()?)?,
                )?;
            }
        }
        Ok(())
    }
}

impl World {
    /// The folder with the certificate of a region's tertiary hospital.
    ///
    /// # Errors
    /// Never for the demo's own regions.
    pub fn hospital_credentials(&self, place: &Place) -> anyhow::Result<PathBuf> {
        let code = Desk::Three.code(place.region.code).parse()?;
        Ok(self.credentials(&Identity::institution(place.code, code)?))
    }
}

/// The name of every officer of the demo.
///
/// # Errors
/// Never for the name above.
pub fn officer() -> anyhow::Result<OfficerName> {
    Ok(OFFICER.parse()?)
}

/// The name of every region's second officer.
///
/// # Errors
/// Never for the name above.
pub fn approver() -> anyhow::Result<OfficerName> {
    Ok(APPROVER.parse()?)
}

/// The clearinghouse's officer.
///
/// # Errors
/// Never for the name above.
pub fn clearing_officer() -> anyhow::Result<Identity> {
    Ok(Identity::ClearinghouseOfficer { name: officer()? })
}

/// The clearinghouse's second officer: a plan is approved by two.
///
/// # Errors
/// Never for the name above.
pub fn clearing_approver() -> anyhow::Result<Identity> {
    Ok(Identity::ClearinghouseOfficer { name: approver()? })
}
