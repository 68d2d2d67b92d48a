//! `huitong certs revoke`: takes certificates back, by the list of the authority that issued them.
//!
//! Each list says all that its authority ever took back, under a number higher than the one before. Without a certificate
//! the list is signed anew, which is to be done before its next update. While one root takes another's place, each signs
//! the list of what it issued, and both lie in one file.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use huitong_core::region::RegionCode;
use jiff::Timestamp;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use crate::authority::{Authority, Revoked, Validity};
use crate::certificate::Certificate;
use crate::directory::{self, Directory};
use crate::identity::IssuedBy;
use crate::revocation;

/// Take certificates back.
#[derive(Debug, clap::Args)]
pub struct Revoke {
    /// The folder with the authorities, or the one that was handed to a region / 证书目录
    #[arg(long)]
    dir: PathBuf,
    /// The region whose authority signs its list anew, when no certificate is named / 地区代码
    #[arg(long)]
    region: Option<RegionCode>,
    /// By when a newer list is to be signed, in days / 下次更新天数
    #[arg(long, default_value_t = 30)]
    days: u16,
    /// The certificates; none only signs the list anew / 证书文件
    certificates: Vec<PathBuf>,
}

impl Revoke {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let revoked = self
            .certificates
            .iter()
            .map(|file| read(file))
            .collect::<anyhow::Result<Vec<_>>>()?;
        let region = self.authority(&revoked)?;
        let place = Directory::new(&self.dir);
        let authorities = match region {
            None => place.roots()?,
            Some(region) => vec![place.region_authority(region)?],
        };
        for (file, certificate) in self.certificates.iter().zip(&revoked) {
            let issued = |authority: &Authority| {
                let by = Certificate::read(authority.certificate());
                by.is_ok_and(|by| certificate.is_signed_by(&by))
            };
            if !authorities.iter().any(issued) {
                bail!(
                    "{}: no authority in {} issued this / 该证书不是由此处发证机构签发",
                    file.display(),
                    self.dir.display()
                );
            }
        }
        let path = place.revocation_list(region);
        let before = if path.exists() {
            directory::read(&path)?
        } else {
            String::new()
        };
        let lists = authorities
            .iter()
            .map(|authority| self.list(authority, &revoked, &before))
            .collect::<anyhow::Result<Vec<_>>>()?;
        directory::write_revocation_list(&path, &lists.concat())?;
        writeln!(out, "{}", path.display())?;
        Ok(())
    }

    /// Whose list it is: the one authority of all that are named.
    fn authority(&self, revoked: &[Certificate]) -> anyhow::Result<Option<RegionCode>> {
        let mut of = Vec::new();
        for certificate in revoked {
            of.push(match certificate.spiffe_id()?.identity().issued_by() {
                IssuedBy::Root => None,
                IssuedBy::RegionCa(region) => Some(region),
            });
        }
        let Some(first) = of.first().copied() else {
            return Ok(self.region);
        };
        let one = of.iter().all(|other| *other == first);
        if one && (self.region.is_none() || self.region == first) {
            Ok(first)
        } else {
            bail!(
                "these were issued by different authorities; say it once for each / 这些证书由不同发证机构签发，请分别吊销"
            );
        }
    }

    /// The list of one authority: what it had taken back, and what it issued of these.
    fn list(
        &self,
        authority: &Authority,
        revoked: &[Certificate],
        before: &str,
    ) -> anyhow::Result<String> {
        let own = Certificate::read(authority.certificate())?;
        let held = revocation::read_own(before.as_bytes(), &own)?;
        let now = Timestamp::now();
        let (mut entries, last) = held.unwrap_or_default();
        for certificate in revoked.iter().filter(|it| it.is_signed_by(&own)) {
            let serial = revocation::plain(&certificate.serial);
            if !entries.iter().any(|entry| entry.serial == serial) {
                entries.push(Revoked { serial, at: now });
            }
        }
        let seconds = u64::try_from(now.as_second()).unwrap_or(0);
        let number = seconds.max(last.saturating_add(1));
        let validity = Validity::days(now, self.days)?;
        Ok(authority.revocation_list(&entries, number, validity)?)
    }
}

fn read(file: &Path) -> anyhow::Result<Certificate> {
    let pem = directory::read(file)?;
    let der = CertificateDer::from_pem_slice(pem.as_bytes());
    let der = der.with_context(|| {
        let file = file.display();
        format!("{file}: no certificate in PEM / 未找到PEM格式的证书")
    })?;
    Ok(Certificate::read(&der)?)
}
