//! The configuration files of the demo's servers, as a bureau or the operator would write them.

use std::path::PathBuf;

use super::{Place, World};

impl World {
    /// Writes the clearinghouse's file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_clearinghouse_configuration(&self) -> anyhow::Result<PathBuf> {
        let path = self.clearinghouse_folder().join("clearinghouse.toml");
        std::fs::write(&path, "")?;
        Ok(path)
    }

    /// Writes a node's file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_node_configuration(&self, place: &Place) -> anyhow::Result<PathBuf> {
        let path = self.region_folder(place.code).join("node.toml");
        std::fs::write(&path, "")?;
        Ok(path)
    }
}
