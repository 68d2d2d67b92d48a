//! `[limits]`, `[peers]`, `[privacy]` and `[journal]`: bounds, each with the standard of the crate that keeps it.

use huitong_document::config::Section;
use huitong_journal::Options;
use huitong_transport::{ClientLimits, ServerLimits};

use crate::home::watch::WatchLimits;
use crate::peers::{BreakerRule, BudgetRule, PeerLimits};

/// All bounds of a node.
pub(super) struct Limits {
    pub(super) server: ServerLimits,
    pub(super) client: ClientLimits,
    pub(super) peers: PeerLimits,
    pub(super) watch: WatchLimits,
    pub(super) journal: Options,
}

pub(super) fn read(root: &Section<'_>) -> Option<Limits> {
    let (server, client) = match root.optional_section("limits") {
        None => (
            Some(ServerLimits::standard()),
            Some(ClientLimits::standard()),
        ),
        Some(section) => (server(&section), client(&section)),
    };
    let peers = peers(root);
    let watch = watch(root);
    let journal = journal(root);
    Some(Limits {
        server: server?,
        client: client?,
        peers: peers?,
        watch: watch?,
        journal: journal?,
    })
}

fn server(section: &Section<'_>) -> Option<ServerLimits> {
    let standard = ServerLimits::standard();
    // Institutions have three of four, others the fourth.
    let connections = section.integer_or("connections", 4..=100_000, standard.connections);
    // Three quarters of one call are none: no institution could ever call.
    let calls = section.integer_or("calls", 8..=100_000, standard.calls);
    let of_peer = section.integer_or("calls_per_peer", 1..=100_000, standard.calls_per_peer);
    let peers_connections = section.integer_or(
        "connections_per_peer",
        1..=100_000,
        standard.connections_per_peer,
    );
    let handshakes = section.integer_or("handshakes", 1..=10_000, standard.pending_handshakes);
    // A message has up to 16 MiB: less than two of them would refuse what is allowed. Nobody has more than is left to others
    // or near as much, institutions no more than three quarters: less than four would, too.
    let bytes_of_peer = section.integer_or::<usize>("mib_per_peer", 32..=4_096, 128);
    let bytes = section.integer_or::<usize>("mib", 64..=65_536, 512);
    let streams = section.integer_or(
        "calls_per_connection",
        1..=10_000,
        standard.streams_per_connection,
    );
    let call_deadline =
        section.duration_ms("call_deadline_ms", 1_000..=600_000, standard.call_deadline);
    let drain = section.duration_ms("drain_ms", 0..=600_000, standard.drain);
    Some(ServerLimits {
        connections: connections?,
        calls: calls?,
        calls_per_peer: of_peer?,
        connections_per_peer: peers_connections?,
        pending_handshakes: handshakes?,
        bytes_per_peer: bytes_of_peer?.checked_shl(20)?,
        bytes: bytes?.checked_shl(20)?,
        streams_per_connection: streams?,
        call_deadline: call_deadline?,
        drain: drain?,
        ..standard
    })
}

fn client(section: &Section<'_>) -> Option<ClientLimits> {
    let standard = ClientLimits::standard();
    let connect_timeout =
        section.duration_ms("connect_timeout_ms", 100..=60_000, standard.connect_timeout);
    Some(ClientLimits {
        connect_timeout: connect_timeout?,
        ..standard
    })
}

/// How another region's node is called: each of them for itself.
fn peers(root: &Section<'_>) -> Option<PeerLimits> {
    let standard = PeerLimits::standard();
    let Some(section) = root.optional_section("peers") else {
        return Some(standard);
    };
    let (breaker, retries) = (standard.breaker, standard.retries);
    let calls = section.integer_or("calls", 4..=10_000, standard.calls);
    let wait = section.duration_ms("wait_ms", 1..=60_000, standard.wait);
    let attempts = section.integer_or("attempts", 1..=10, standard.attempts);
    let pause = section.duration_ms("pause_ms", 1..=10_000, standard.pause);
    let failures = section.integer_or("breaker_failures", 1..=1_000, breaker.failures);
    let open = section.duration_ms("breaker_open_ms", 10..=60_000, breaker.open);
    let most = breaker.open_at_most;
    let open_at_most = section.duration_ms("breaker_open_at_most_ms", 10..=600_000, most);
    let per_cent = section.integer_or("retry_per_cent", 0..=100, retries.per_cent);
    let saved = section.integer_or("retries_saved_at_most", 0..=10_000, retries.saved_at_most);
    Some(PeerLimits {
        calls: calls?,
        wait: wait?,
        attempts: attempts?,
        pause: pause?,
        breaker: BreakerRule {
            failures: failures?,
            open: open?,
            open_at_most: open_at_most?,
        },
        retries: BudgetRule {
            per_cent: per_cent?,
            saved_at_most: saved?,
        },
    })
}

/// How many of the region's people others may ask about.
fn watch(root: &Section<'_>) -> Option<WatchLimits> {
    let standard = WatchLimits::standard();
    let Some(section) = root.optional_section("privacy") else {
        return Some(standard);
    };
    let most = 1..=1_000_000;
    let window = section.duration_ms("window_ms", 60_000..=86_400_000, standard.window);
    let count = |key, standard| section.integer_or(key, most.clone(), standard);
    let of_institution = count("people_per_institution", standard.people_per_institution);
    let of_region = count("people_per_region", standard.people_per_region);
    let unknown = count("unknown_per_institution", standard.unknown_per_institution);
    let unknown_of_region = count("unknown_per_region", standard.unknown_per_region);
    Some(WatchLimits {
        window: window?,
        people_per_institution: of_institution?,
        people_per_region: of_region?,
        unknown_per_institution: unknown?,
        unknown_per_region: unknown_of_region?,
    })
}

/// Sizes are in MiB, so that they cannot be mistaken for bytes.
fn journal(root: &Section<'_>) -> Option<Options> {
    let standard = Options::standard();
    let Some(section) = root.optional_section("journal") else {
        return Some(standard);
    };
    let segment = section.integer_or::<u32>("segment_mib", 32..=1_024, 64);
    let submissions = section.integer_or::<usize>("waiting_submissions", 16..=100_000, 8_192);
    let waiting = section.integer_or::<u64>("waiting_mib", 16..=1_024, 64);
    let bytes = segment?.checked_mul(MIB)?;
    let waiting = waiting?.checked_mul(u64::from(MIB))?;
    Some(standard.segment_bytes(bytes).queue(submissions?, waiting))
}

const MIB: u32 = 1 << 20;
