//! The whole network on one machine: a clearinghouse and five regions as separate processes, real
//! certificates, published cases settled as real out-of-area bills, and a seeded crowd.
//!
//! | room | its question |
//! |---|---|
//! | [`command`] | `huitong demo`: in what order does it happen? |
//! | [`world`] | Which regions, institutions, people and files are there? |
//! | [`network`] | Which processes make up the network? |
//! | [`process`] | How is a server started, awaited and stopped? |
//! | [`hospital`] | How does a hospital call its node? |
//! | [`officer`] | How do officers fill the nodes, close the day and net it? |
//! | [`desk`] | Which institutions does a region have? |
//! | [`bills`] | What does a bill look like on the wire? |
//! | [`settling`] | In what order is everything settled? |
//! | [`day`] | How is the day closed and netted? |
//! | [`cases`] | Which published cases are settled, and what was published? |
//! | [`crowd`] | Who else is ill today? |
//! | [`progress`], [`report`] | What is printed meanwhile, and at the end? |
//!
//! Nothing here is known to the servers: they are the executable that a region would run, started from
//! files that a region would write. The people are made up; the published figures are not.

pub mod bills;
pub mod cases;
pub mod command;
pub mod crowd;
pub mod day;
pub mod desk;
pub mod hospital;
pub mod network;
pub mod officer;
pub mod process;
pub mod progress;
pub mod report;
pub mod settling;
pub mod world;

pub use command::DemoCommand;
