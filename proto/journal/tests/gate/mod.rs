//! Holds the writer's thread inside a frame, so that a test decides what waits.

use std::sync::mpsc::{Receiver, Sender, channel};

use huitong_journal::{FrameContents, Seal};

/// A seal that stops the writer inside a frame until it is let go.
pub(crate) fn gate() -> (Seal, Receiver<u64>, Sender<()>) {
    let (entered, at_gate) = channel();
    let (open, opened) = channel();
    let seal = move |contents: &FrameContents<'_>| {
        entered.send(contents.number()).unwrap();
        opened.recv().unwrap();
        Vec::new()
    };
    (Box::new(seal), at_gate, open)
}
