//! The commands that are the same for every server: `backup` and `archive`.

mod archive;
mod backup;

pub use archive::Archive;
pub use backup::{Backup, Server};
