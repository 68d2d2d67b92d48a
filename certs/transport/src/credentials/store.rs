//! The current credentials as one value that swaps whole.
//!
//! Each swap makes new TLS configurations with fresh session storage, so that no session
//! begun under the old roots or revocation lists is taken up again under the new ones.
//! What triggers a reload is not decided here.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use huitong_certs::signing::KeyId;
use huitong_certs::{Freshness, Identity, IdentityError, Purpose, verify_chain_identity};
use jiff::Timestamp;
use rustls::server::ServerSessionMemoryCache;
use rustls::sign::SingleCertAndKey;
use rustls::{ClientConfig, ServerConfig};
use rustls_pki_types::CertificateDer;
use tokio::sync::Notify;

use super::verifier::{CallerVerifier, ServerVerifier};
use super::{CredentialFiles, Credentials, CredentialsError, provider};
use crate::clock::{CertificateClock, Clock, SystemClock};

/// Sessions that a server remembers for resumption.
const REMEMBERED_SESSIONS: usize = 1024;

/// How often the files are looked at, unless a configuration says otherwise.
pub const LOOK_EVERY: Duration = Duration::from_secs(10);

/// The credentials of this process, shared and replaceable.
#[derive(Debug, Clone)]
pub struct CredentialStore {
    files: Option<Arc<CredentialFiles>>,
    look_every: Duration,
    current: Arc<Current>,
    /// Why the files were refused when they were last read again.
    refused: Arc<Mutex<Option<String>>>,
}

/// The generation in force. Those who wait for another are woken in the order in which they came: where one of many
/// channels is drawn for each, as in a watch, two runs of one simulation differ.
#[derive(Debug)]
struct Current {
    session: Mutex<Arc<Session>>,
    changed: Notify,
}

impl Current {
    fn get(&self) -> Arc<Session> {
        Arc::clone(&self.session.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn put(&self, session: Session) {
        *self.session.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(session);
        self.changed.notify_waiters();
    }
}

/// How the credentials of a process stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The last second of the own certificate.
    pub not_after: Timestamp,
    /// The keys of the roots that are trusted.
    pub roots: Vec<KeyId>,
    /// How fresh each revocation list is.
    pub lists: Vec<Freshness>,
    /// Why the files on disk are not in force, if they are not.
    pub refused: Option<String>,
}

/// One generation of credentials and what TLS needs to serve with them.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) credentials: Credentials,
    pub(crate) clock: CertificateClock,
    pub(crate) server: Arc<ServerConfig>,
    /// One for each party that is called, of which the directory has only so many.
    clients: Mutex<HashMap<Identity, Arc<ClientConfig>>>,
}

impl CredentialStore {
    /// Reads credentials from files and keeps the names for [`CredentialStore::reload`].
    ///
    /// # Errors
    /// As [`Credentials::load`], at this moment.
    pub fn load(files: CredentialFiles) -> Result<Self, CredentialsError> {
        let credentials = Credentials::load(&files, machine_clock().now())?;
        let mut store = Self::fixed(credentials)?;
        store.files = Some(Arc::new(files));
        Ok(store)
    }

    /// Holds credentials made in memory, unchecked against time and root.
    ///
    /// # Errors
    /// [`CredentialsError::Tls`] when TLS cannot be set up with them.
    pub fn fixed(credentials: Credentials) -> Result<Self, CredentialsError> {
        Self::starting_with(Session::new(credentials, machine_clock())?)
    }

    /// As [`CredentialStore::fixed`], with certificates checked by another clock than the machine's.
    ///
    /// # Errors
    /// As [`CredentialStore::fixed`].
    pub fn fixed_by(
        credentials: Credentials,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, CredentialsError> {
        let clock = CertificateClock::new(clock);
        Self::starting_with(Session::new(credentials, clock)?)
    }

    fn starting_with(first: Session) -> Result<Self, CredentialsError> {
        let current = Current {
            session: Mutex::new(Arc::new(first)),
            changed: Notify::new(),
        };
        Ok(Self {
            files: None,
            look_every: LOOK_EVERY,
            current: Arc::new(current),
            refused: Arc::default(),
        })
    }

    /// Reads the files again and swaps. When anything is wrong with them, the old
    /// credentials stay.
    ///
    /// # Errors
    /// As [`Credentials::load`], and as [`CredentialStore::replace`].
    pub fn reload(&self) -> Result<(), CredentialsError> {
        let files = self.files.as_ref().ok_or(CredentialsError::NoFiles)?;
        let read = Credentials::load(files, self.clock().now())?;
        if read.is(&self.credentials()) {
            return Ok(());
        }
        self.replace(read)
    }

    /// Swaps in other credentials of the same party.
    ///
    /// # Errors
    /// [`CredentialsError::OtherIdentity`] when they are another's, [`CredentialsError::Revocation`] when a revocation list
    /// is older than the one in force, or gone; the old ones stay.
    pub fn replace(&self, credentials: Credentials) -> Result<(), CredentialsError> {
        let old = self.session();
        if old.credentials.identity() != credentials.identity() {
            return Err(CredentialsError::OtherIdentity {
                expected: old.credentials.identity().clone(),
                found: credentials.identity().clone(),
            });
        }
        credentials.trust.may_follow(&old.credentials.trust)?;
        // Built before it is swapped in, so that a failure leaves the old one in place.
        self.current
            .put(Session::new(credentials, old.clock.clone())?);
        Ok(())
    }

    /// As whom this process speaks. It never changes.
    pub fn identity(&self) -> Identity {
        self.session().credentials.identity().clone()
    }

    /// The credentials now in use.
    pub fn credentials(&self) -> Credentials {
        self.session().credentials.clone()
    }

    /// How they stand.
    pub fn standing(&self) -> Standing {
        let credentials = self.credentials();
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        Standing {
            not_after: credentials.not_after,
            roots: credentials.trust.root_keys(),
            lists: credentials.trust.freshness(),
            refused: refused.clone(),
        }
    }

    /// The same, with its files looked at so often.
    #[must_use]
    pub fn looked_at_every(mut self, every: Duration) -> Self {
        self.look_every = every;
        self
    }

    /// How often its files are looked at.
    pub(crate) const fn look_every(&self) -> Duration {
        self.look_every
    }

    /// Where they were read from, if from files.
    pub(crate) fn files(&self) -> Option<&CredentialFiles> {
        self.files.as_deref()
    }

    /// Notes how reading the files again went.
    pub(crate) fn note(&self, refused: Option<&String>) {
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = refused.cloned();
    }

    /// Waits until credentials that came after `checked` refuse a chain that those had accepted, and says why.
    pub(crate) async fn refusing(
        self,
        mut checked: Arc<Session>,
        chain: Vec<CertificateDer<'static>>,
        purpose: Purpose,
    ) -> IdentityError {
        loop {
            // In line before looking, so that nothing is missed in between.
            let changed = self.current.changed.notified();
            let now = self.session();
            if !Arc::ptr_eq(&now, &checked) {
                let (trust, at) = (now.credentials.trust(), now.clock.now());
                if let Err(refused) = verify_chain_identity(&chain, trust, purpose, at) {
                    return refused;
                }
                checked = now;
            }
            changed.await;
        }
    }

    /// What certificates are checked by.
    pub(crate) fn clock(&self) -> CertificateClock {
        self.session().clock.clone()
    }

    pub(crate) fn session(&self) -> Arc<Session> {
        self.current.get()
    }
}

impl Session {
    fn new(credentials: Credentials, clock: CertificateClock) -> Result<Self, CredentialsError> {
        let server = Arc::new(server_config(&credentials, &clock)?);
        Ok(Self {
            credentials,
            clock,
            server,
            clients: Mutex::new(HashMap::new()),
        })
    }

    /// The configuration for calling `expected` and no one else. Its session storage is its
    /// own, so a session with one server is never taken up with another.
    pub(crate) fn client_config(
        &self,
        expected: &Identity,
    ) -> Result<Arc<ClientConfig>, CredentialsError> {
        // A server that takes up an old session finds only afterwards that the certificate has run out, when it cannot say so
        // any more: to be told why, the client begins a new one.
        if self.credentials.not_after < self.clock.now() {
            return client_config(&self.credentials, &self.clock, expected).map(Arc::new);
        }
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(config) = clients.get(expected) {
            return Ok(Arc::clone(config));
        }
        let config = Arc::new(client_config(&self.credentials, &self.clock, expected)?);
        clients.insert(expected.clone(), Arc::clone(&config));
        Ok(config)
    }
}

fn machine_clock() -> CertificateClock {
    CertificateClock::new(Arc::new(SystemClock))
}

fn client_config(
    credentials: &Credentials,
    clock: &CertificateClock,
    expected: &Identity,
) -> Result<ClientConfig, CredentialsError> {
    let verifier = ServerVerifier::new(expected.clone(), credentials.trust.clone());
    let mut config = ClientConfig::builder_with_details(provider(), Arc::new(clock.clone()))
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_client_cert_resolver(Arc::new(SingleCertAndKey::from(
            credentials.certified.clone(),
        )));
    config.alpn_protocols = vec![b"h2".to_vec()];
    Ok(config)
}

fn server_config(
    credentials: &Credentials,
    clock: &CertificateClock,
) -> Result<ServerConfig, CredentialsError> {
    let verifier = CallerVerifier::new(credentials.trust.clone());
    let mut config = ServerConfig::builder_with_details(provider(), Arc::new(clock.clone()))
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_client_cert_verifier(Arc::new(verifier))
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(
            credentials.certified.clone(),
        )));
    config.alpn_protocols = vec![b"h2".to_vec()];
    // Sessions stay in this memory, which is dropped with the configuration. Tickets that
    // a key could open would outlive it.
    config.session_storage = ServerSessionMemoryCache::new(REMEMBERED_SESSIONS);
    config.max_early_data_size = 0;
    Ok(config)
}
