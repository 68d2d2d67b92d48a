//! Which backends the clearinghouse stands on: the only file that names them.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::Arc;

use huitong_journal::{DirDisk, Options};

use crate::config::Config;
use crate::store::{Embedded, Index, SledIndex, StoreError, StoreEvent};

/// Opens the store of a configuration.
pub(crate) fn open(
    config: &Config,
    events: Arc<dyn Fn(StoreEvent) + Send + Sync>,
) -> Result<Embedded, StoreError> {
    let folder = |path: &Path, error: std::io::Error| StoreError::Folder {
        folder: path.display().to_string(),
        reason: error.to_string(),
    };
    let data = &config.data;
    let mut make = DirBuilder::new();
    make.recursive(true)
        .mode(0o700)
        .create(data)
        .map_err(|error| folder(data, error))?;
    let journal = data.join("journal");
    let disk = DirDisk::at(&journal).map_err(|error| folder(&journal, error))?;
    let segment = config.segment_mib.saturating_mul(1 << 20);
    // A frame may take all of a segment but its header: a plan of a thousand regions is one record.
    let options = Options::standard()
        .segment_bytes(segment)
        .frame_bytes(segment.saturating_sub(4_096))
        .group(segment.saturating_div(2).min(4 << 20), 65_536);
    let index = data.join("index");
    let open_index =
        || -> Result<Arc<dyn Index>, StoreError> { Ok(Arc::new(SledIndex::open(&index)?)) };
    Embedded::open(disk, options, open_index, events)
}
