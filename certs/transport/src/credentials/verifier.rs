//! Both ends' certificate checks, as the TLS library asks for them.
//!
//! What decides is `huitong_certs::verify_chain_identity`; here its answer is turned into
//! the alert that tells the other end as much as an alert can. Host names are not compared:
//! a server is known by its SPIFFE id, whatever its address.

use std::sync::Arc;

use huitong_certs::{Certificate, Identity, IdentityError, Purpose, Trust, verify_chain_identity};
use jiff::Timestamp;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls13_signature};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, OtherError,
    PeerIncompatible, SignatureScheme,
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use tracing::info;

use super::provider;
use crate::error::TransportError;

/// Checks those who call: anyone whose certificate may speak.
#[derive(Debug)]
pub(super) struct CallerVerifier {
    trust: Arc<Trust>,
    provider: Arc<CryptoProvider>,
}

impl CallerVerifier {
    pub(super) fn new(trust: Arc<Trust>) -> Self {
        Self {
            trust,
            provider: provider(),
        }
    }
}

impl ClientCertVerifier for CallerVerifier {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        match verify(end_entity, intermediates, &self.trust, Purpose::Call, now) {
            Ok(_) => Ok(ClientCertVerified::assertion()),
            Err(reason) => {
                // Logged here, inside the connection's span: the alert keeps only the class.
                info!(
                    code = reason.code(),
                    claimed = claimed(end_entity),
                    reason = reason.english(),
                    "caller's certificate refused"
                );
                Err(Error::InvalidCertificate(alert_class(&reason)))
            }
        }
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(tls12())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

/// Checks a server: it must be the one party that was meant.
#[derive(Debug)]
pub(super) struct ServerVerifier {
    expected: Identity,
    trust: Arc<Trust>,
    provider: Arc<CryptoProvider>,
}

impl ServerVerifier {
    pub(super) fn new(expected: Identity, trust: Arc<Trust>) -> Self {
        Self {
            expected,
            trust,
            provider: provider(),
        }
    }
}

impl ServerCertVerifier for ServerVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let refusal = match verify(end_entity, intermediates, &self.trust, Purpose::Serve, now) {
            Ok(found) if found == self.expected => return Ok(ServerCertVerified::assertion()),
            Ok(found) => TransportError::WrongPeer {
                expected: self.expected.clone(),
                found,
            },
            Err(reason) => TransportError::PeerNotTrusted { reason },
        };
        // Kept whole: the connector takes it out again for the person who is waiting.
        Err(Error::InvalidCertificate(CertificateError::Other(
            OtherError(Arc::new(refusal)),
        )))
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(tls12())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

fn verify(
    end_entity: &CertificateDer<'_>,
    intermediates: &[CertificateDer<'_>],
    trust: &Trust,
    purpose: Purpose,
    now: UnixTime,
) -> Result<Identity, IdentityError> {
    let chain: Vec<CertificateDer<'_>> = std::iter::once(end_entity)
        .chain(intermediates)
        .cloned()
        .collect();
    let seconds = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    let at = Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX);
    verify_chain_identity(&chain, trust, purpose, at)
}

/// The class whose alert says most to the other end.
fn alert_class(reason: &IdentityError) -> CertificateError {
    match reason {
        IdentityError::Expired { .. } => CertificateError::Expired,
        IdentityError::NotYetValid { .. } => CertificateError::NotValidYet,
        IdentityError::UnknownAuthority => CertificateError::UnknownIssuer,
        IdentityError::Revoked => CertificateError::Revoked,
        IdentityError::WrongUse { .. } => CertificateError::InvalidPurpose,
        IdentityError::NoCertificate
        | IdentityError::ChainTooLong { .. }
        | IdentityError::Malformed(_) => CertificateError::BadEncoding,
        IdentityError::PathRefused(_)
        | IdentityError::NotOneName { .. }
        | IdentityError::BadName(_)
        | IdentityError::OtherTrustDomain { .. }
        | IdentityError::OutsidePrefix { .. }
        | IdentityError::NotFromRegion { .. }
        | IdentityError::IssuerNotAuthority { .. }
        | IdentityError::WrongRole { .. } => CertificateError::ApplicationVerificationFailure,
    }
}

/// Whom a refused certificate names, unproven, for the log.
fn claimed(end_entity: &CertificateDer<'_>) -> String {
    match Certificate::read(end_entity).and_then(|certificate| certificate.spiffe_id()) {
        Ok(id) => id.to_string(),
        Err(_) => "no SPIFFE id".into(),
    }
}

fn tls12() -> Error {
    Error::PeerIncompatible(PeerIncompatible::Tls12NotOffered)
}
