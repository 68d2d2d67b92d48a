//! Addresses for nodes that are told one before they listen on it.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};

/// Below the ports that the system gives to whoever calls: none is taken between here and the node's start.
const PORTS: Range<u16> = 12_000..19_000;

/// A free address. Where the search begins differs from process to process, and goes on in one.
pub fn free_address() -> SocketAddr {
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    let width = u32::from(PORTS.end - PORTS.start);
    let mut tries = (0..width).map(|_| {
        let taken = TAKEN.fetch_add(1, Ordering::Relaxed);
        let offset = std::process::id().wrapping_mul(17).wrapping_add(taken) % width;
        SocketAddr::from((
            Ipv4Addr::LOCALHOST,
            PORTS.start + u16::try_from(offset).unwrap(),
        ))
    });
    tries
        .find(|address| TcpListener::bind(address).is_ok())
        .expect("a free port")
}
