//! `CertificateService`: how the certificates of a running server stand, and that they are read again.
//!
//! | module | its question |
//! |---|---|
//! | [`server`] | What does a server say? |
//! | [`client`] | How is it asked? |

pub mod client;
pub mod server;
