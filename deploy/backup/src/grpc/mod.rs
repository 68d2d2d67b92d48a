//! BackupService: the journal, frame by frame, from the server that writes it to an officer who takes a backup.
//!
//! | module | its question |
//! |---|---|
//! | [`server`] | What leaves, and to whom? |
//! | [`client`] | How is it written down? |

pub mod client;
pub mod server;

/// The largest message: one frame with what gRPC puts around it.
pub const FRAME_BYTES_AT_MOST: usize = 65 << 20;
