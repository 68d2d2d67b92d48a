//! `[limits]`, `[peers]` and `[journal]`: bounds, each with the standard of the crate that keeps it.

use huitong_document::config::Section;
use huitong_journal::Options;
use huitong_transport::{ClientLimits, ServerLimits};

use crate::peers::{BreakerRule, BudgetRule, PeerLimits};

/// All bounds of a node.
pub(super) struct Limits {
    pub(super) server: ServerLimits,
    pub(super) client: ClientLimits,
    pub(super) peers: PeerLimits,
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
    let journal = journal(root);
    Some(Limits {
        server: server?,
        client: client?,
        peers: peers?,
        journal: journal?,
    })
}

fn server(section: &Section<'_>) -> Option<ServerLimits> {
    let standard = ServerLimits::standard();
    let connections = section.integer_or("connections", 1..=100_000, standard.connections);
    let calls = section.integer_or("calls", 1..=100_000, standard.calls);
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
