//! Addresses for nodes that are told one before they listen on it, and that are stopped and started again.
//!
//! An address is kept as long as the process lives, by a socket that is bound to it and never listens: beside it the own
//! nodes may, one after the other, and nobody is given it who asks for any free one. Tests run in many processes at once; an
//! address that was only looked up, or that a stopped node had left, was taken by another test's node.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Mutex;

use tokio::net::{TcpListener, TcpSocket, TcpStream};

/// A free address, kept.
pub fn free_address() -> SocketAddr {
    static KEPT: Mutex<Vec<TcpSocket>> = Mutex::new(Vec::new());
    let socket = TcpSocket::new_v4().unwrap();
    // Bound before it may be shared, so that nobody has it yet.
    socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    socket.set_reuseaddr(true).unwrap();
    let address = socket.local_addr().unwrap();
    KEPT.lock().unwrap().push(socket);
    address
}

#[tokio::test]
async fn an_address_is_nobody_elses_and_its_nodes_again_and_again() {
    let address = free_address();
    let other = TcpSocket::new_v4().unwrap();
    assert!(other.bind(address).is_err(), "another test was given it");
    for _ in 0..2 {
        let listener = TcpListener::bind(address).await.unwrap();
        let (calling, called) = tokio::join!(TcpStream::connect(address), listener.accept());
        drop((listener, called.unwrap(), calling.unwrap()));
    }
}
