//! Reads frames while the writer runs, and never one that is not synced.
//!
//! Every frame is checked as it is read: its checksums, and along a stream its
//! number and chain; the chain after a frame that this process wrote a moment ago
//! is the one that was computed then, when the frame read has the same last checksum.
//! A reader outlives the journal's writer and then simply sees no more.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use crate::chain::ChainHash;
use crate::disk::Disk;
use crate::error::{BadFrame, Damage, Flaw, ReadError};
use crate::frame::Frame;
use crate::position::Position;
use crate::segment::{self, SegmentHeader};
use crate::tip::{Published, Tip};
use crate::window::{Found, LOOK_UP, THROUGH, Window};

const OPEN_SEGMENTS: usize = 16;

/// Reads the durable frames of a journal; cloning is cheap.
#[derive(Clone, Debug)]
pub struct Reader {
    disk: Arc<dyn Disk>,
    published: Published,
    /// Segments read last at random, the most recent at the back.
    open: Arc<Mutex<VecDeque<Window>>>,
}

impl Reader {
    pub(crate) fn new(disk: Arc<dyn Disk>, published: Published) -> Self {
        Self {
            disk,
            published,
            open: Arc::default(),
        }
    }

    /// The end of what is durable.
    #[must_use]
    pub fn tip(&self) -> Tip {
        self.published.get()
    }

    /// The frame that begins at `position`.
    ///
    /// # Errors
    /// [`ReadError::NotYet`] at or past the tip; [`ReadError::Damage`] when no good
    /// frame stands there.
    pub fn frame_at(&self, position: Position) -> Result<Frame, ReadError> {
        let tip = self.tip();
        if position >= tip.next {
            return Err(ReadError::NotYet(position));
        }
        let mut window = self.window(position.segment())?;
        let frame = read(&mut window, position, &tip);
        self.keep(window);
        frame
    }

    /// The header of a segment that has frames, as it lies on disk: what a copy begins the segment with.
    ///
    /// # Errors
    /// [`ReadError::Damage`] when it is not the one written.
    pub fn segment_header(&self, number: u64) -> Result<Vec<u8>, ReadError> {
        let mut window = self.window(number)?;
        let bytes = window.at(0, segment::HEADER_LEN, segment::HEADER_LEN)?;
        let bytes = bytes.unwrap_or_default().to_vec();
        let checked = SegmentHeader::decode(&bytes);
        self.keep(window);
        let place = Position::new(number, 0);
        checked.map(|_| bytes).map_err(|what| damage(place, what))
    }

    /// All frames from `position` on, in order; [`Position::START`] for the first.
    /// `position` is a frame's beginning or its [`Frame::next`].
    #[must_use]
    pub fn frames_from(&self, position: Position) -> Frames {
        Frames {
            reader: self.clone(),
            next: position,
            before: (position == Position::START).then_some((0, ChainHash::GENESIS)),
            window: None,
            failed: false,
        }
    }

    fn window(&self, number: u64) -> Result<Window, ReadError> {
        let mut held = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let place = held.iter().position(|window| window.segment() == number);
        if let Some(window) = place.and_then(|place| held.remove(place)) {
            return Ok(window);
        }
        drop(held);
        Ok(Window::open(&*self.disk, number, LOOK_UP)?)
    }

    fn keep(&self, window: Window) {
        let mut held = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= OPEN_SEGMENTS {
            held.pop_front();
        }
        held.push_back(window);
    }
}

/// The frames of a journal in order. At the tip it gives `None`, and goes on when
/// asked again after more was appended; after an error it has ended.
#[derive(Debug)]
pub struct Frames {
    reader: Reader,
    next: Position,
    /// Number and chain of the frame before, where they are known.
    before: Option<(u64, ChainHash)>,
    window: Option<Window>,
    failed: bool,
}

impl Frames {
    /// Where reading goes on: a cursor to be remembered.
    #[must_use]
    pub const fn position(&self) -> Position {
        self.next
    }

    fn advance(&mut self) -> Result<Option<Frame>, ReadError> {
        let tip = self.reader.tip();
        loop {
            if self.next >= tip.next {
                return Ok(None);
            }
            let mut window = match self.window.take() {
                Some(window) if window.segment() == self.next.segment() => window,
                _ => Window::open(&*self.reader.disk, self.next.segment(), THROUGH)?,
            };
            if self.next.segment() < tip.next.segment() && at_end(&mut window, self.next)? {
                let segment = self.next.segment().saturating_add(1);
                self.next = Position::new(segment, segment::HEADER_LEN);
                continue;
            }
            let frame = read(&mut window, self.next, &tip)?;
            self.window = Some(window);
            self.follow(&frame)?;
            return Ok(Some(frame));
        }
    }

    /// Checks that the frame continues the one before, and moves past it.
    fn follow(&mut self, frame: &Frame) -> Result<(), ReadError> {
        let found = frame.number();
        if let Some((number, chain)) = self.before {
            let expected = number.saturating_add(1);
            let misfit = if found != expected {
                Some(BadFrame::Number { expected, found })
            } else if frame.previous() != chain {
                Some(BadFrame::Chain)
            } else {
                None
            };
            if let Some(frame) = misfit {
                return Err(damage(self.next, Flaw::Frame { frame }));
            }
        }
        // It was hashed as it was written, when this process wrote it and no other lies there since.
        let published = &self.reader.published;
        if let Some(chain) = published.chain_after(found, frame.checksum()) {
            frame.hashed(chain);
        }
        self.before = Some((found, frame.chain()));
        self.next = frame.next();
        Ok(())
    }
}

impl Iterator for Frames {
    type Item = Result<Frame, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let frame = self.advance();
        self.failed = frame.is_err();
        frame.transpose()
    }
}

/// Whether a full segment has no frame from here on: zeros to its end.
fn at_end(window: &mut Window, position: Position) -> Result<bool, ReadError> {
    let limit = limit(window, position)?;
    let magic = window.at(position.offset(), 1, limit)?;
    match magic {
        Some([0]) | None => Ok(window.end_of_content(position.offset(), limit)?.is_none()),
        Some(_) => Ok(false),
    }
}

/// Reads one frame that lies before the tip.
fn read(window: &mut Window, position: Position, tip: &Tip) -> Result<Frame, ReadError> {
    let limit = if position.segment() == tip.next.segment() {
        tip.next.offset()
    } else {
        limit(window, position)?
    };
    match window.frame(position.offset(), limit)? {
        Found::Good(header, _, bytes) => Ok(Frame::checked(position, header, bytes)),
        Found::Bad(flaw, _) => Err(damage(position, flaw)),
    }
}

/// The end of a full segment.
fn limit(window: &Window, position: Position) -> Result<u32, ReadError> {
    let found = window.size()?;
    let flaw = |_too_large| Flaw::SegmentSize {
        expected: segment::LARGEST,
        found,
    };
    u32::try_from(found).map_err(|error| damage(position, flaw(error)))
}

fn damage(position: Position, what: Flaw) -> ReadError {
    ReadError::Damage(Damage {
        segment: position.segment(),
        offset: position.offset(),
        what,
    })
}
