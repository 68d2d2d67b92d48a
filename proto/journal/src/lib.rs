//! The durable record file: group commit, frames, chain, recovery.
