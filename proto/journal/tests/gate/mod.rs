//! Holds the writer's thread inside a frame, so that a test decides what waits.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use huitong_journal::{Disk, FrameContents, Journal, Options};

/// A journal whose writer stops inside each frame until it is let go. A test that
/// fails drops the ends of the gate first, so the writer never outwaits it.
pub(crate) struct Gated {
    pub(crate) at_gate: Receiver<u64>,
    pub(crate) open: Sender<()>,
    pub(crate) journal: Journal,
}

impl Gated {
    pub(crate) fn new(disk: Arc<dyn Disk>, options: Options) -> Self {
        let (entered, at_gate) = channel();
        let (open, opened) = channel();
        let seal = move |contents: &FrameContents<'_>| {
            entered.send(contents.number()).unwrap();
            opened.recv().unwrap();
            Vec::new()
        };
        let (journal, _) = Journal::open(disk, options, Some(Box::new(seal))).unwrap();
        Self {
            at_gate,
            open,
            journal,
        }
    }

    /// Waits until the writer is inside a frame; its number.
    pub(crate) fn entered(&self) -> u64 {
        self.at_gate.recv().unwrap()
    }

    /// Lets the writer go on with one frame.
    pub(crate) fn let_go(&self) {
        self.open.send(()).unwrap();
    }
}
