//! Reads a journal from its first frame to its last and judges what it finds.
//! Nothing is written here; see `repair` for what follows.
//!
//! The judgement rests on one fact: a frame is written only after the one before
//! it is synced, and a segment is begun only after the one before it is full and
//! synced. So bad bytes at the very end are a write that was cut short and never
//! acknowledged (or the last frame, damaged; no one can tell, hence the report),
//! and bad bytes with anything good after them are damage.

use crate::chain::ChainHash;
use crate::disk::Disk;
use crate::error::{BadFrame, Damage, DiskFault, Flaw, OpenError, Operation};
use crate::frame::{self, FrameHeader};
use crate::position::Position;
use crate::segment::{self, SegmentHeader};
use crate::tip::Tip;
use crate::window::{Found, THROUGH, Window};

/// What opening a journal found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// Good frames, those of segments that were not read through included.
    pub frames: u64,
    /// Frames that were read and checked.
    pub read: u64,
    /// Records in those.
    pub records: u64,
    /// What stood after the last good frame and was set aside. Compare with an
    /// index or a peer before serving: it is a write that was never acknowledged,
    /// or the last acknowledged frame, damaged.
    pub torn: Option<Torn>,
    /// The end of the good frames.
    pub tip: Tip,
}

/// Bytes after the last good frame that are no frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Torn {
    /// The segment they stood in.
    pub segment: u64,
    /// Where they began.
    pub offset: u32,
    /// How many there were, up to the last that is not zero.
    pub bytes: u32,
    /// The file beside the segments that holds them now.
    pub file: String,
}

/// A journal that was read through and found good.
#[derive(Debug)]
pub(crate) struct Survey {
    pub(crate) tip: Tip,
    pub(crate) read: u64,
    pub(crate) records: u64,
    /// The last segment, which goes on being written.
    pub(crate) last: SegmentHeader,
    pub(crate) window: Window,
    /// Where bytes after the last good frame end, if there are any.
    pub(crate) torn_to: Option<u32>,
}

/// Reads all segments from `from` on; nothing when there are none. Of those before, which are full and were read
/// through when they were written or opened before, the headers are looked at: each names the chain that it
/// goes on from. Their frames are checked when they are read. Frames that name another keyring than the opener has
/// are refused; an opener who only copies has none to compare.
pub(crate) fn survey(
    disk: &dyn Disk,
    from: u64,
    keyring: Option<u32>,
) -> Result<Option<Survey>, OpenError> {
    let numbers = segment_numbers(disk)?;
    let mut tip = Tip::EMPTY;
    let (mut records, mut begun) = (0_u64, 0_u64);
    let mut remaining = numbers.len();
    for (expected, number) in (segment::FIRST..).zip(numbers) {
        remaining = remaining.saturating_sub(1);
        if number != expected {
            return Err(damage(Position::new(expected, 0), Flaw::MissingSegment).into());
        }
        let mut window = Window::open(disk, number, THROUGH)?;
        if number <= from && number > segment::FIRST {
            let header = trusted_header(&mut window, &tip)?;
            (tip.frame, tip.chain) = (header.first_frame.saturating_sub(1), header.chain);
            begun = tip.frame;
        }
        let header = segment_header(&mut window, &tip)?;
        if number < from && remaining > 0 {
            continue;
        }
        tip.next = Position::new(number, segment::HEADER_LEN);
        let stop = frames(&mut window, (header.size, keyring), &mut tip, &mut records)?;
        let from = tip.next.offset();
        let torn_to = window.end_of_content(from, header.size)?;
        if let Some(end) = torn_to {
            if remaining > 0 {
                return Err(damage(tip.next, stop.flaw).into());
            }
            only_torn(&mut window, header.size, &tip, &stop, end)?;
        }
        if remaining == 0 {
            return Ok(Some(Survey {
                tip,
                read: tip.frame.saturating_sub(begun),
                records,
                last: header,
                window,
                torn_to,
            }));
        }
    }
    Ok(None)
}

fn segment_numbers(disk: &dyn Disk) -> Result<Vec<u64>, DiskFault> {
    let names = disk
        .list()
        .map_err(|error| DiskFault::new(Operation::List, ".", &error))?;
    let mut numbers: Vec<u64> = names
        .iter()
        .filter_map(|name| segment::number(name))
        .collect();
    numbers.sort_unstable();
    Ok(numbers)
}

/// The header of a segment after ones that are not read through: it goes on from no earlier frame than they do.
fn trusted_header(window: &mut Window, tip: &Tip) -> Result<SegmentHeader, OpenError> {
    let place = Position::new(window.segment(), 0);
    let bytes = window.at(0, segment::HEADER_LEN, segment::HEADER_LEN)?;
    let header = SegmentHeader::decode(bytes.unwrap_or_default());
    let header = header.map_err(|flaw| damage(place, flaw))?;
    if header.first_frame > tip.frame {
        Ok(header)
    } else {
        Err(damage(place, Flaw::SegmentOrder).into())
    }
}

/// Reads the segment's header and checks that it continues from `tip`.
fn segment_header(window: &mut Window, tip: &Tip) -> Result<SegmentHeader, OpenError> {
    let place = Position::new(window.segment(), 0);
    let found = window.size()?;
    let limit = u32::try_from(found).unwrap_or(u32::MAX);
    let bytes = window.at(0, segment::HEADER_LEN, limit)?;
    let header = SegmentHeader::decode(bytes.unwrap_or_default());
    let header = header.map_err(|flaw| damage(place, flaw))?;
    let flaw = if found != u64::from(header.size) {
        Flaw::SegmentSize {
            expected: header.size,
            found,
        }
    } else if (header.number, header.first_frame, header.chain)
        != (window.segment(), tip.next_frame(), tip.chain)
    {
        Flaw::SegmentOrder
    } else {
        return Ok(header);
    };
    Err(damage(place, flaw).into())
}

/// Why reading frames ended.
struct Stop {
    flaw: Flaw,
    header: Option<FrameHeader>,
}

/// Moves `tip` over all good frames of a segment.
fn frames(
    window: &mut Window,
    (size, keyring): (u32, Option<u32>),
    tip: &mut Tip,
    records: &mut u64,
) -> Result<Stop, OpenError> {
    loop {
        match window.frame(tip.next.offset(), size)? {
            Found::Good(header, count, bytes) => {
                continues(&header, tip).map_err(|frame| damage(tip.next, Flaw::Frame { frame }))?;
                opens(&header, keyring, tip)?;
                *records = records.saturating_add(count);
                let chain = ChainHash::after(bytes);
                *tip = tip.after(tip.next, header.frame_len(), chain);
            }
            Found::Bad(flaw, header) => return Ok(Stop { flaw, header }),
        }
    }
}

/// Whether what is sealed in a frame can be opened with the opener's keyring.
fn opens(header: &FrameHeader, keyring: Option<u32>, tip: &Tip) -> Result<(), OpenError> {
    match keyring {
        Some(own) if header.key != frame::PLAIN && header.key != own => Err(OpenError::Keyring {
            frame: header.number,
            segment: tip.next.segment(),
            found: header.key,
            own,
        }),
        Some(_) | None => Ok(()),
    }
}

/// Whether a frame belongs directly after `tip`.
pub(crate) fn continues(header: &FrameHeader, tip: &Tip) -> Result<(), BadFrame> {
    let (expected, found) = (tip.next_frame(), header.number);
    if found != expected {
        return Err(BadFrame::Number { expected, found });
    }
    if header.previous != tip.chain {
        return Err(BadFrame::Chain);
    }
    Ok(())
}

/// Makes sure that no good frame stands in what looks torn.
fn only_torn(
    window: &mut Window,
    size: u32,
    tip: &Tip,
    stop: &Stop,
    end: u32,
) -> Result<(), OpenError> {
    if let Flaw::Unsupported { .. } = stop.flaw {
        return Err(damage(tip.next, stop.flaw).into());
    }
    let begin = tip.next.offset();
    // When the header of the frame that was cut short is whole, its records are
    // known to lie before its end: whatever they hold, even a frame's bytes, is
    // not a later frame.
    let mut from = stop
        .header
        .filter(|header| continues(header, tip).is_ok())
        .and_then(|header| begin.checked_add(header.frame_len()))
        .unwrap_or_else(|| begin.saturating_add(1));
    while let Some(place) = window.find_magic(from, end)? {
        // Up to the segment's end: a good frame may end in zeros.
        if let Found::Good(header, ..) = window.frame(place, size)?
            && header.number >= tip.next_frame()
        {
            return Err(damage(tip.next, stop.flaw).into());
        }
        from = place.saturating_add(1);
    }
    Ok(())
}

const fn damage(place: Position, what: Flaw) -> Damage {
    Damage {
        segment: place.segment(),
        offset: place.offset(),
        what,
    }
}
