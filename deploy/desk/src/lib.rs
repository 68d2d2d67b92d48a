//! What both servers, a region's node and the clearinghouse, show their officers alike.
//!
//! | module | its question |
//! |---|---|
//! | [`grpc`] | How do the certificates of a running server come to an officer? |
//! | [`certificates`] | How are they shown? |
//! | [`dispute`] | How is a dispute shown? |
//! | [`waiting`] | How is a debt shown that no cycle took, and what is to be done about it? |
//!
//! Deliberately absent: who may call, and who is asked. Each server has its own table and its own commands.

pub mod certificates;
pub mod dispute;
pub mod grpc;
pub mod waiting;

/// Lower-case hexadecimal.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
