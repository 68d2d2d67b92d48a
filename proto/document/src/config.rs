//! How a server reads its configuration: every fault at once, unknown keys refused.
//!
//! ```
//! use std::net::SocketAddr;
//! use std::path::PathBuf;
//! use std::time::Duration;
//!
//! use huitong_core::region::RegionCode;
//! use huitong_document::config::{Document, Faults};
//!
//! #[derive(Debug)]
//! struct Config {
//!     region: RegionCode,
//!     listen: SocketAddr,
//!     certificate: PathBuf,
//!     home_deadline: Duration,
//!     peers: Vec<Peer>,
//! }
//!
//! #[derive(Debug)]
//! struct Peer {
//!     region: RegionCode,
//!     address: String,
//! }
//!
//! fn read(file: &str, text: &str) -> Result<Config, Faults> {
//!     let document = Document::parse(file, text)?;
//!     let root = document.root();
//!     // Ask for everything first, so that every fault is found and every key is known …
//!     let region = root.required("region");
//!     let listen = root.required("listen");
//!     let certificate = root.section("tls").required("certificate");
//!     let home_deadline = root.duration_ms("home_deadline_ms", 100..=60_000, Duration::from_secs(5));
//!     let peers: Vec<_> = root
//!         .tables("peer")
//!         .iter()
//!         .map(|peer| {
//!             let (region, address) = (peer.required("region"), peer.required("address"));
//!             Some(Peer { region: region?, address: address? })
//!         })
//!         .collect();
//!     // … and only then put it together.
//!     document.finish(|| {
//!         Some(Config {
//!             region: region?,
//!             listen: listen?,
//!             certificate: certificate?,
//!             home_deadline: home_deadline?,
//!             peers: peers.into_iter().collect::<Option<_>>()?,
//!         })
//!     })
//! }
//!
//! let faults = read("node.toml", "region = \"33020\"\nlisten = \"127.0.0.1:7400\"\nlisen = 1\n").unwrap_err();
//! let lines: Vec<_> = faults.list().iter().map(|fault| (fault.line, fault.path.as_str())).collect();
//! assert_eq!(lines, [(1, "tls"), (1, "region"), (3, "lisen")]);
//! assert!(faults.to_string().contains("node.toml:3:1 lisen: unknown key; did you mean `listen`?"));
//! ```

pub use crate::fault::{Fault, Faults};
pub use crate::reader::{Document, Field, Section};
pub use crate::scalar::Scalar;
