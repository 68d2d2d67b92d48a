//! `huitong certs renew`: issues again for the party whose folder it is.
//!
//! The key that a party speaks with is new. Signing keys and the keys of region authorities stay: others check with them
//! what was signed and issued before, so such a certificate begins when the one before it began.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use jiff::Timestamp;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use crate::authority::{Authority, Hosts, Validity};
use crate::certificate::Certificate;
use crate::directory::{self, Directory, Overwrite};
use crate::identity::{Identity, IssuedBy};

use super::issue::{AUTHORITY_DAYS, LEAF_DAYS};

/// Issue again for the same party.
#[derive(Debug, clap::Args)]
pub struct Renew {
    /// The folder with the authorities, as made by `huitong certs init` / 证书目录
    #[arg(long)]
    dir: PathBuf,
    /// For how many days it is valid; 398, or 1825 for a region's authority / 有效天数
    #[arg(long)]
    days: Option<u16>,
    /// The folders of the parties, as `huitong certs issue` wrote them / 各方证书目录
    #[arg(required = true)]
    folders: Vec<PathBuf>,
}

impl Renew {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let place = Directory::new(&self.dir);
        for folder in &self.folders {
            let identity = self.renew(&place, folder)?;
            writeln!(out, "{identity}  {}", folder.display())?;
        }
        Ok(())
    }

    fn renew(&self, place: &Directory, folder: &Path) -> anyhow::Result<Identity> {
        let root_certificate = place.root_certificate()?;
        let authority = folder.join(directory::CA_CERTIFICATE);
        if authority.exists() {
            let held = leaf(&authority)?;
            let identity = held.spiffe_id()?.identity().clone();
            let Identity::RegionCa(region) = identity else {
                anyhow::bail!(
                    "{}: {identity} is no region's authority / 不是地区发证机构",
                    authority.display()
                );
            };
            let key = Directory::new(folder).region_authority(region)?.key_pem();
            let validity = self.from(held.not_before, AUTHORITY_DAYS)?;
            let renewed = place
                .root()?
                .renew_region_authority(region, &key, validity)?;
            directory::write_region_authority(
                folder,
                &renewed,
                &root_certificate,
                Overwrite::Replace,
            )?;
            return Ok(identity);
        }
        let held = leaf(&folder.join(directory::TLS_CERTIFICATE))?;
        let identity = held.spiffe_id()?.identity().clone();
        let authority = match identity.issued_by() {
            IssuedBy::Root => place.root()?,
            IssuedBy::RegionCa(region) => place.region_authority(region)?,
        };
        self.party(folder, &authority, (&identity, &held), &root_certificate)?;
        Ok(identity)
    }

    fn party(
        &self,
        folder: &Path,
        authority: &Authority,
        (identity, held): (&Identity, &Certificate),
        root_certificate: &str,
    ) -> anyhow::Result<()> {
        let hosts = Hosts {
            dns: held.dns_names.clone(),
            ip: held.ip_addresses.clone(),
        };
        let days = self.days.unwrap_or(LEAF_DAYS);
        let validity = Validity::days(Timestamp::now(), days)?;
        let speaking = authority.issue(identity, &hosts, validity)?;
        let signing = match identity.signing() {
            None => None,
            Some(signing) => {
                let certificate = leaf(&folder.join(directory::SIGNING_CERTIFICATE))?;
                let key = directory::read(&folder.join(directory::SIGNING_KEY))?;
                let validity = self.from(certificate.not_before, LEAF_DAYS)?;
                Some(authority.renew_signing(&signing, &key, validity)?)
            }
        };
        directory::write_party(
            folder,
            &speaking,
            signing.as_ref(),
            root_certificate,
            Overwrite::Replace,
        )?;
        Ok(())
    }

    /// From when the one before it began, until so many days from now.
    fn from(&self, begin: Timestamp, usual_days: u16) -> anyhow::Result<Validity> {
        let days = self.days.unwrap_or(usual_days);
        let end = Validity::days(Timestamp::now(), days)?.not_after();
        Ok(Validity::new(begin, end)?)
    }
}

fn leaf(file: &Path) -> anyhow::Result<Certificate> {
    let pem = directory::read(file)?;
    let der = CertificateDer::from_pem_slice(pem.as_bytes());
    let der = der.with_context(|| {
        let file = file.display();
        format!("{file}: no certificate in PEM / 未找到PEM格式的证书")
    })?;
    Ok(Certificate::read(&der)?)
}
