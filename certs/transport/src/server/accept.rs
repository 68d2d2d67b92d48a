//! The accept loop: streams of bytes in, proven connections out.
//!
//! The bounds: handshakes under way (one more takes the place of the oldest: a caller who means it is
//! done within moments, so the oldest is a silent one), the time of a handshake, and connections open, of all and of one peer.
//! Who has those places is decided once it is known whose the connection is ([`super::places`]). A stranger's bad certificate is
//! logged as information, never as an error: it is their fault, not ours.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use huitong_certs::{Certificate, IdentityError, Purpose, verify_chain_identity};
use rustls::HandshakeKind;
use rustls_pki_types::CertificateDer;
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, info, info_span, warn};

use super::connection::Connection;
use super::door::{Door, Reason};
use super::expiry::run_out;
use super::places::{NoPlace, Place, Places};
use crate::credentials::{CredentialStore, Session};
use crate::limits::ServerLimits;
use crate::network::{ByteStream, Listening};
use crate::peer::{Handshake, Peer};

/// How long accepting rests after the system refused it, mostly for want of descriptors.
const ACCEPT_REST: Duration = Duration::from_millis(50);

pub(super) struct Acceptor {
    credentials: CredentialStore,
    handshakes_at_most: usize,
    places: Arc<Places>,
    handshake_timeout: Duration,
    longest_call: Duration,
    proven: Proven,
    door: Door,
}

/// Where proven connections go, and what cuts them.
#[derive(Clone)]
pub(super) struct Proven {
    pub(super) to: mpsc::Sender<io::Result<Connection>>,
    pub(super) cut: CancellationToken,
}

/// Why a handshake led to no connection.
#[derive(Debug, thiserror::Error)]
enum HandshakeError {
    #[error("no handshake within {0:?}")]
    Timeout(Duration),
    #[error("{0}")]
    Tls(#[from] io::Error),
    #[error("the caller does not speak HTTP/2 (no ALPN h2)")]
    NotHttp2,
    #[error("{0}")]
    Identity(#[from] IdentityError),
}

impl Acceptor {
    pub(super) fn new(
        credentials: CredentialStore,
        limits: &ServerLimits,
        proven: Proven,
        door: Door,
    ) -> Self {
        Self {
            credentials,
            handshakes_at_most: limits.pending_handshakes.max(1),
            places: Places::new(limits),
            handshake_timeout: limits.handshake_timeout,
            longest_call: limits.call_deadline,
            proven,
            door,
        }
    }

    /// Accepts until `stop`, then closes the port and drops handshakes still under way.
    pub(super) async fn run(self, listener: Box<dyn Listening>, stop: CancellationToken) {
        let mut tasks = JoinSet::new();
        let mut pending = VecDeque::new();
        let accepting = async {
            loop {
                let accepted = listener.accept().await;
                while tasks.try_join_next().is_some() {}
                self.make_room(&mut pending);
                match accepted {
                    Ok((bytes, address)) => {
                        pending.push_back(self.receive(bytes, address, &mut tasks));
                    }
                    Err(error) => {
                        warn!(%error, "accepting failed");
                        sleep(ACCEPT_REST).await;
                    }
                }
            }
        };
        tokio::select! {
            biased;
            () = stop.cancelled() => {}
            () = accepting => {}
        }
        drop(listener);
        tasks.shutdown().await;
    }

    /// Drops the oldest handshakes until there is room for one more.
    fn make_room(&self, pending: &mut VecDeque<AbortHandle>) {
        if pending.len() < self.handshakes_at_most {
            return;
        }
        pending.retain(|handshake| !handshake.is_finished());
        while pending.len() >= self.handshakes_at_most {
            if let Some(oldest) = pending.pop_front() {
                oldest.abort();
                self.door.turned_away(Reason::HandshakePushedOut);
            }
        }
    }

    fn receive(
        &self,
        bytes: ByteStream,
        address: SocketAddr,
        tasks: &mut JoinSet<()>,
    ) -> AbortHandle {
        let (places, session) = (Arc::clone(&self.places), self.credentials.session());
        let (limit, door, cuts) = (self.handshake_timeout, self.door.clone(), self.cuts());
        let to = self.proven.to.clone();
        let handshake = async move {
            match prove(bytes, address, &session, limit).await {
                Ok((stream, peer)) => {
                    let Some(place) = placed(&places, &peer, &door) else {
                        return;
                    };
                    let ends = cuts.of(session, chain(&stream), (&peer, &place));
                    // The receiver is gone only when serving has ended.
                    let _ = to
                        .send(Ok(Connection::new(stream, peer, place, ends)))
                        .await;
                }
                Err(error) => {
                    info!(%error, "connection refused");
                    door.turned_away(Reason::Handshake);
                }
            }
        };
        tasks.spawn(handshake.instrument(info_span!("handshake", %address)))
    }

    fn cuts(&self) -> Cuts {
        Cuts {
            credentials: self.credentials.clone(),
            longest_call: self.longest_call,
            cut: self.proven.cut.clone(),
            door: self.door.clone(),
        }
    }
}

/// What a connection that stands is cut by.
struct Cuts {
    credentials: CredentialStore,
    longest_call: Duration,
    cut: CancellationToken,
    door: Door,
}

impl Cuts {
    /// Waits until a connection is to be cut, and says why.
    fn of(
        self,
        session: Arc<Session>,
        chain: Vec<CertificateDer<'static>>,
        (peer, place): (&Peer, &Place),
    ) -> impl Future<Output = ()> + Send + use<> {
        let clock = session.clock.clone();
        let ran_out = run_out(
            peer.not_after(),
            clock,
            Arc::clone(&place.doing),
            self.longest_call,
        );
        let refused = self.credentials.refusing(session, chain, Purpose::Call);
        let pushed_out = place.pushed_out.clone();
        let (peer, cut, door) = (peer.clone(), self.cut, self.door);
        async move {
            let identity = peer.identity();
            tokio::select! {
                biased;
                () = cut.cancelled() => {}
                () = pushed_out.cancelled() => {
                    info!(%identity, "connection cut: it gave way to another");
                    door.turned_away(Reason::ConnectionPushedOut);
                }
                reason = refused => {
                    let code = reason.code();
                    warn!(%identity, code, "connection cut: its peer is not trusted any more");
                    door.turned_away(Reason::NoLongerTrusted);
                }
                () = ran_out => {
                    info!(%identity, "connection cut: the certificate has expired since it connected");
                    door.turned_away(Reason::Expired);
                }
            }
        }
    }
}

/// A place for a connection of this peer.
fn placed(places: &Arc<Places>, peer: &Peer, door: &Door) -> Option<Place> {
    let identity = peer.identity();
    let no_place = match places.take(identity) {
        Ok(place) => return Some(place),
        Err(no_place) => no_place,
    };
    door.turned_away(match no_place {
        NoPlace::OfPeer => {
            warn!(%identity, "too many connections of one peer: closed");
            Reason::ConnectionsOfPeer
        }
        NoPlace::Full => {
            warn!(%identity, "connection limit reached, and none gives way: closed");
            Reason::Connections
        }
    });
    None
}

/// The certificates that a peer showed.
fn chain(stream: &TlsStream<ByteStream>) -> Vec<CertificateDer<'static>> {
    let shown = stream.get_ref().1.peer_certificates().unwrap_or_default();
    shown.iter().map(|der| der.clone().into_owned()).collect()
}

/// Carries a handshake through and reads who is there.
///
/// The chain is checked here once more, since a resumed session brings a certificate that
/// was checked when the session began: with the roots, lists and clock of that day.
async fn prove(
    bytes: ByteStream,
    address: SocketAddr,
    session: &Session,
    limit: Duration,
) -> Result<(TlsStream<ByteStream>, Peer), HandshakeError> {
    let acceptor = TlsAcceptor::from(Arc::clone(&session.server));
    let stream = timeout(limit, acceptor.accept(bytes))
        .await
        .map_err(|_| HandshakeError::Timeout(limit))??;
    let tls = stream.get_ref().1;
    if tls.alpn_protocol() != Some(b"h2") {
        return Err(HandshakeError::NotHttp2);
    }
    let chain = tls.peer_certificates().unwrap_or_default();
    let trust = session.credentials.trust();
    let identity = verify_chain_identity(chain, trust, Purpose::Call, session.clock.now())?;
    let leaf = Certificate::read(chain.first().ok_or(IdentityError::NoCertificate)?)?;
    let handshake = match tls.handshake_kind() {
        Some(HandshakeKind::Resumed) => Handshake::Resumed,
        Some(HandshakeKind::Full | HandshakeKind::FullWithHelloRetryRequest) | None => {
            Handshake::Full
        }
    };
    let peer = Peer::new(identity, address, leaf.not_after, handshake);
    Ok((stream, peer))
}
