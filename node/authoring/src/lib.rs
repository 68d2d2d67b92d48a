//! What a bureau uses while it writes a policy.
//!
//! No server, store or network is touched, and the figures are those of the engine that settles real
//! bills.
//!
//! - [`case`]: from a bill document to what the engine starts from
//! - [`examples`]: a policy's worked examples against the engine
//! - [`review`]: what keeps a document from being published, and what a person should look at
//! - [`source`]: a policy file and the parts that it names
//! - [`compare`]: two policies beside each other
//! - [`schema`]: the JSON Schema of policy documents
//! - [`command`]: `huitong policy …`

pub mod case;
pub mod command;
pub mod compare;
pub mod examples;
pub mod review;
pub mod schema;
pub mod source;

pub use command::PolicyCommand;
