//! The clearinghouse: takes both leg streams, matches, cuts off, nets and keeps the books.
//!
//! | room | its question |
//! |---|---|
//! | [`config`] | What is it told? |
//! | [`server`] | How does it run? |
//! | [`Offline`] | How does it work without the network? |
//! | [`platform`] | What does it stand on? |
//! | [`command`] | What do its operator and its officers type? |
//! | `grpc` | Who calls, and what is said? |
//! | `writer` | In which order is decided, and when is it answered? |
//! | `decide` | What is taken, closed, cut off, netted, told or refused? |
//! | `state` | What is held, what agrees, which cycles are there? |
//! | `store` | Where does it stay? The journal is the truth, the index finds it |
//! | [`signer`] | Who signs checkpoints, and is it a signature of the clearinghouse? |
//! | `payments` | Who approved, what is to be paid, what moved, what is open? |
//! | `disputes` | What do regions dispute, and what is settled of it? |
//! | `months` | Which months are drawn up, confirmed and approved? |
//! | `words` | Did a region sign what it is said to say? |
//! | [`books`] | What does a netted cycle post, and what moving money? |
//! | [`refusal`] | What is refused, and what to do about it |
//!
//! It is blind to patients: a leg carries ids, regions, a fund, an amount, a day and a digest. What nets
//! to what is computed and proven in `huitong-netting`.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        reason = "tests compute what they expect with plain arithmetic, and stop at the first surprise"
    )
)]

pub mod backup;
pub mod books;
pub mod clock;
pub mod command;
pub mod config;
mod decide;
mod disputes;
mod grpc;
mod months;
mod offline;
mod payments;
pub mod platform;
mod prefunds;
pub mod refusal;
mod roles;
pub mod server;
pub mod signer;
mod state;
mod store;
mod watch;
mod words;
mod writer;

#[cfg(test)]
mod histories;
#[cfg(test)]
mod testing;

pub use command::{ClearingCommand, ClearinghouseCommand};
pub use config::{Config, ConfigError};
pub use grpc::access_table;
pub use offline::{Offline, StatementError};
pub use platform::Platform;
pub use server::{Clearinghouse, RunningClearinghouse, StartError};
pub use signer::{Signer, SignerError};
pub use store::{Index, IndexError, MemoryIndex, Pair, StoreError};
