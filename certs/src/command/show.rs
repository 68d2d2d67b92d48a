//! `huitong certs show`: what a certificate file says, one block for each certificate.
//!
//! It shows; it does not vouch. Whether a chain proves anything is checked when it is used.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, bail};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use crate::certificate::{Certificate, Standing};
use crate::directory;

/// Say what a certificate file holds.
#[derive(Debug, clap::Args)]
pub struct Show {
    /// A PEM file with one or more certificates / 证书文件
    file: PathBuf,
}

impl Show {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let name = self.file.display();
        let pem = directory::read(&self.file)?;
        let chain = CertificateDer::pem_slice_iter(pem.as_bytes())
            .collect::<Result<Vec<_>, _>>()
            .with_context(|| format!("{name}: its PEM text is damaged / PEM内容损坏"))?;
        if chain.is_empty() {
            if pem.contains("PRIVATE KEY") {
                bail!(
                    "{name}: a private key, no certificate; keys are not shown / 这是私钥文件，不予显示"
                );
            }
            bail!(
                "{name}: no PEM certificate in it (a file that begins with -----BEGIN CERTIFICATE----- is expected) / 文件中没有PEM格式的证书"
            );
        }
        for der in &chain {
            let certificate = Certificate::read(der).with_context(|| name.to_string())?;
            print(&certificate, out)?;
        }
        Ok(())
    }
}

fn print(certificate: &Certificate, out: &mut dyn Write) -> anyhow::Result<()> {
    let identity = match (certificate.spiffe_id(), certificate.root_trust_domain()) {
        (Ok(id), _) => id.to_string(),
        (Err(_), Ok(domain)) => domain.uri(),
        (Err(error), Err(_)) => format!("none ({})", error.english()),
    };
    let standing = match certificate.standing {
        Standing::Authority => "authority",
        Standing::Leaf => "party",
    };
    writeln!(out, "identity      {identity}")?;
    writeln!(out, "standing      {standing}")?;
    writeln!(out, "subject       {}", certificate.subject)?;
    writeln!(out, "issuer        {}", certificate.issuer)?;
    writeln!(out, "serial        {}", hex(&certificate.serial))?;
    writeln!(out, "valid from    {}", certificate.not_before)?;
    writeln!(out, "valid until   {}", certificate.not_after)?;
    writeln!(out, "key           {}", certificate.key)?;
    writeln!(out, "key id        {}", certificate.key_id)?;
    writeln!(out, "fingerprint   {}", hex(&certificate.fingerprint))?;
    for host in &certificate.dns_names {
        writeln!(out, "host          {host}")?;
    }
    for address in &certificate.ip_addresses {
        writeln!(out, "address       {address}")?;
    }
    writeln!(out)?;
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
