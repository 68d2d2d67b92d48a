//! A region's node: adjudicates out-of-area treatment and commits for its own people.
//!
//! | module | its question |
//! |---|---|
//! | [`node`] | How is a node put together, started and stopped? |
//! | [`platform`] | What does it stand on? |
//! | [`treatment`] | What does a region do for a bill from one of its institutions? |
//! | [`home`] | What does a region answer for its own people? |
//! | `delivery` | How does a treatment region come to hold all its receipts? |
//! | [`transfer`] | How does a person come to have another home region? |
//! | [`duplicates`] | Whom does another region insure too? |
//! | [`months`] | Do the own days come to a month, and does the region confirm it? |
//! | [`own_clearing`] | What of clearing concerns the region: which debts wait, what does its clearing member pay? |
//! | [`prefunds`] | How do the prefunds stand that the region's clearing member pays and holds? |
//! | [`disputes`] | What do regions dispute, and what is corrected for it? |
//! | [`checks`] | Which settlements do regions have verified where people were treated? |
//! | [`registry`] | What do its officers bring in and close? |
//! | [`people`](mod@people) | What do officers change of one person's record? |
//! | [`hand`] | How is a bill settled that a patient paid and brought home? |
//! | [`office`] | How do two officers publish and withdraw a policy? |
//! | [`replay`] | What would stored settlements come to under another policy? |
//! | [`legs`] | How does the clearinghouse learn what is owed? |
//! | [`peers`] | Where are the other regions, who must they prove to be, and how much do we ask of them? |
//! | [`earlier`] | With what did regions sign before? |
//! | [`grpc`] | How do messages become checked values, and refusals status? |
//! | [`writer`] | Who decides, one after the other? |
//! | [`ledger`] | What was appended, what is synced, what is indexed? |
//! | [`store`] | What does the node know by key? |
//! | [`sealing`], [`keyring`] | How do records become stored bytes, and with whose keys? |
//! | `signature` | How do signatures become core values? |
//! | `saying` | With which certificate does the region say something? |
//! | [`group`] | How does one signature serve all who wait for one sync? |
//! | [`backup`] | With which record does a journal that was put back begin anew? |
//! | [`recovery`] | What does a restored node collect before it serves? |
//! | [`erasure`] | Who is kept no longer, and what does it take to erase them? |
//! | [`evidence`] | What proves a settlement to somebody outside? |
//! | [`policies`], [`catalogue`] | Which rules are at hand? |
//! | [`import`] | Which rows are in a file? |
//! | [`config`] | With what is a node started? |
//! | [`command`] | `huitong node …` |
//! | [`assistance`] | What is granted on a year's totals? |
//! | [`external`] | What did the region's own core system settle? |
//! | [`clock`], [`ordinal`] | Which day, which admission? |
//! | [`chance`] | Where do salts and jitter come from? |
//! | `clearing_answer` | What did the clearinghouse say when it gave no answer? |
//! | `measures` | What is counted for operators? |

pub mod assistance;
pub mod backup;
pub mod catalogue;
pub mod chance;
pub mod checks;
mod clearing_answer;
pub mod clock;
pub mod command;
mod compute;
pub mod config;
mod delivery;
pub mod directory;
pub mod disputes;
pub mod duplicates;
pub mod earlier;
pub mod erasure;
pub mod error;
pub mod evidence;
pub mod external;
pub mod group;
pub mod grpc;
pub mod hand;
pub mod home;
pub mod import;
pub mod institution_account;
pub mod keyring;
pub mod ledger;
pub mod legs;
mod measures;
pub mod months;
pub mod node;
pub mod office;
pub mod ordinal;
pub mod own_clearing;
pub mod payables;
pub mod peers;
pub mod people;
pub mod platform;
pub mod policies;
pub mod prefunds;
mod reading;
pub mod recovery;
mod regions;
pub mod registry;
pub mod replay;
#[cfg(test)]
mod samples;
mod saying;
pub mod sealing;
mod signature;
pub mod store;
pub mod transfer;
pub mod treatment;
pub mod witness;
pub mod writer;

pub use node::{Node, NodeConfig, RunningNode, StartError};
pub use platform::Platform;
