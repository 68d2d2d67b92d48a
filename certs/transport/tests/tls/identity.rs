//! Who is let in, who is not, and what each is told.

use huitong_certs::authority::Hosts;
use huitong_certs::{Authority, Issued};
use huitong_transport::{
    CertificateRefusal, ClientLimits, CredentialStore, ServeError, Server, ServerLimits,
    TransportError, connect_lazy,
};
use rustls_pki_types::ServerName;
use std::sync::{Arc, Mutex};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use crate::echo::call;
use crate::world::{Running, World, credentials, hours, id, year};

#[tokio::test]
async fn the_handler_learns_who_calls_from_the_certificate() {
    let world = World::new();
    let server = world.serve().await;
    for path in [
        "/region/330200/node",
        "/region/310000/institution/H31010400001",
    ] {
        let channel = server.connect(&world.party(path)).await.unwrap();
        assert_eq!(
            call(&channel, "Who", "/region/110000/node").await.unwrap(),
            format!("{path} Full")
        );
    }
}

/// What a client with these credentials is told by a server of `world`.
async fn refusal(world: &World, issued: &Issued) -> TransportError {
    let server = world.serve().await;
    let refused = server.connect(&world.store(issued)).await.unwrap_err();
    // A lazy channel meets the same reason in its first call, and again in its second.
    let lazy = connect_lazy(
        &server.endpoint(),
        id("/region/310000/node"),
        &world.store(issued),
        ClientLimits::standard(),
    )
    .unwrap();
    for _ in 0..2 {
        let status = call(&lazy, "Who", "").await.unwrap_err();
        assert_eq!(
            TransportError::of(&status).as_ref(),
            Some(&refused),
            "{status:?}"
        );
    }
    refused
}

#[tokio::test]
async fn each_refused_certificate_gets_its_reason() {
    let world = World::new();
    let stranger = World::new();
    let hosts = Hosts::none();
    let rogue = |authority: &Authority, path: &str| {
        authority
            .issue_without_right(&id(path), &hosts, year())
            .unwrap()
    };
    let rows = [
        (
            "expired",
            world.issue("/region/330200/node", hours(-48, -24)),
            CertificateRefusal::Expired,
        ),
        (
            "not yet valid",
            world.issue("/region/330200/node", hours(24, 48)),
            CertificateRefusal::Expired,
        ),
        (
            "another operator",
            stranger.issue("/region/330200/node", year()),
            CertificateRefusal::UnknownAuthority,
        ),
        (
            "outside the region's prefix",
            rogue(&world.shanghai, "/region/330200/officer/li.wei"),
            CertificateRefusal::Identity,
        ),
        (
            "a node by a region",
            rogue(&world.shanghai, "/region/310000/node"),
            CertificateRefusal::Identity,
        ),
        (
            "an institution by the root",
            rogue(&world.root, "/region/310000/institution/H31010400001"),
            CertificateRefusal::Identity,
        ),
        (
            "a signing certificate's use",
            rogue(&world.root, "/region/310000/ca"),
            CertificateRefusal::Identity,
        ),
    ];
    for (what, issued, reason) in rows {
        let refused = refusal(&world, &issued).await;
        assert_eq!(
            refused,
            TransportError::CertificateRefused { reason },
            "{what}"
        );
        assert!(!refused.retryable());
    }
}

#[tokio::test]
async fn a_revoked_certificate_is_refused() {
    let world = World::new();
    let revoked = world.issue("/region/330200/node", year());
    let node = world.issue("/region/310000/node", year());
    let store =
        CredentialStore::fixed(credentials(&node, &world.trust_without(&[&revoked]))).unwrap();
    let server = Running::start(store, ServerLimits::standard()).await;
    assert_eq!(
        server.connect(&world.store(&revoked)).await.unwrap_err(),
        TransportError::CertificateRefused {
            reason: CertificateRefusal::Revoked
        }
    );
    server
        .connect(&world.party("/region/110000/node"))
        .await
        .unwrap();
}

/// Any server's certificate is good enough for this client, which shows none of its own.
#[derive(Debug)]
struct Careless;

impl rustls::client::danger::ServerCertVerifier for Careless {
    fn verify_server_cert(
        &self,
        _: &rustls_pki_types::CertificateDer<'_>,
        _: &[rustls_pki_types::CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: rustls_pki_types::UnixTime,
    ) -> Result<rustls::client::danger::ServerCertVerified, rustls::Error> {
        Ok(rustls::client::danger::ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &rustls_pki_types::CertificateDer<'_>,
        _: &rustls::DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        Ok(rustls::client::danger::HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &rustls_pki_types::CertificateDer<'_>,
        _: &rustls::DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        Ok(rustls::client::danger::HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<rustls::SignatureScheme> {
        vec![rustls::SignatureScheme::ECDSA_NISTP256_SHA256]
    }
}

#[tokio::test]
async fn without_a_certificate_no_one_is_heard() {
    let world = World::new();
    let server = world.serve().await;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Careless))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let tcp = TcpStream::connect(server.address).await.unwrap();
    let mut tls = tokio_rustls::TlsConnector::from(Arc::new(config))
        .connect("localhost".try_into().unwrap(), tcp)
        .await
        .unwrap();
    let error = tls.read_u8().await.unwrap_err();
    assert!(error.to_string().contains("CertificateRequired"), "{error}");
}

#[tokio::test]
async fn a_server_that_is_someone_else_is_not_spoken_to() {
    let world = World::new();
    let server = world.serve().await;
    let us = world.party("/region/330200/node");
    assert_eq!(
        server
            .connect_to("/region/510100/node", &us)
            .await
            .unwrap_err(),
        TransportError::WrongPeer {
            expected: id("/region/510100/node"),
            found: id("/region/310000/node"),
        }
    );
    let stranger = World::new();
    let refused = server
        .connect(&stranger.party("/region/330200/node"))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), "transport.peer_not_trusted");
    assert!(
        refused
            .to_string()
            .contains("certificate was not issued under"),
        "{refused}"
    );
}

#[tokio::test]
async fn only_those_who_serve_can_bind() {
    let world = World::new();
    let officer = world.party("/region/310000/officer/li.wei");
    let refused = Server::bind(
        "127.0.0.1:0".parse().unwrap(),
        officer,
        ServerLimits::standard(),
    )
    .await;
    assert!(matches!(refused, Err(ServeError::NotAServer(_))));
}

#[tokio::test]
async fn what_is_not_tls_is_dropped_and_an_empty_port_is_unreachable() {
    let world = World::new();
    let server = world.serve().await;
    let mut tcp = TcpStream::connect(server.address).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut tcp, b"GET / HTTP/1.1\r\n\r\n")
        .await
        .unwrap();
    let mut answer = Vec::new();
    let _ = tcp.read_to_end(&mut answer).await;
    assert!(!answer.starts_with(b"HTTP"));

    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let us = world.party("/region/330200/node");
    let limits = ClientLimits::standard();
    let refused = huitong_transport::connect(
        &format!("https://{address}"),
        id("/region/310000/node"),
        &us,
        limits.clone(),
    )
    .await
    .unwrap_err();
    assert_eq!(refused.code(), "transport.unreachable");
    assert!(refused.retryable());
    for endpoint in [
        "http://127.0.0.1:1",
        "127.0.0.1:1",
        "https://127.0.0.1",
        "https://a:1/x",
        "",
    ] {
        let refused =
            connect_lazy(endpoint, id("/clearinghouse"), &us, limits.clone()).unwrap_err();
        assert_eq!(refused.code(), "transport.bad_endpoint", "{endpoint}");
    }
}

/// What was logged on this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_log_says_who_was_refused_and_why_and_raises_no_alarm() {
    let log = Log::default();
    let writer = log.clone();
    let _here = tracing::subscriber::set_default(
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::INFO)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish(),
    );
    let world = World::new();
    let rogue = world
        .shanghai
        .issue_without_right(&id("/region/330200/officer/li.wei"), &Hosts::none(), year())
        .unwrap();
    refusal(&world, &rogue).await;
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let line = text.lines().find(|line| line.contains("refused")).unwrap();
    for expected in [
        "INFO",
        "address=127.0.0.1:",
        "certificate.outside_prefix",
        "spiffe://huitong.example/region/330200/officer/li.wei",
    ] {
        assert!(line.contains(expected), "{expected}: {line}");
    }
    assert!(!text.contains("ERROR") && !text.contains("WARN"), "{text}");
}
