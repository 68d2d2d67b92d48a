//! Bytes with whatever came before written as copies: decisions name the same layers and carry the same
//! zeros over and over, and a frozen file is better small.
//!
//! A token below 128 is followed by that many bytes and one, as they are. Any other token is a copy: its low
//! seven bits and four more are the length, and the three bytes after it, big-endian, say how far back in the
//! stream it begins.

use std::collections::HashMap;

const COPY: u8 = 128;
/// The shortest copy: as long as its token.
const SHORTEST: usize = 4;
const LONGEST: usize = SHORTEST + 127;
const FARTHEST: usize = (1 << 24) - 1;

/// How many places that begin alike are tried for a copy, the last first.
const TRIED: usize = 64;

/// A stream that grows, and where its first so many places are, by the bytes that they begin with.
#[derive(Default)]
pub struct Stream {
    bytes: Vec<u8>,
    seen: HashMap<[u8; SHORTEST], Vec<usize>>,
    indexed: usize,
}

impl Stream {
    /// Packs bytes and appends them to the stream.
    pub fn pack(&mut self, bytes: &[u8]) -> Vec<u8> {
        let (mut packed, mut plain) = (Vec::new(), Vec::new());
        let end = self.bytes.len() + bytes.len();
        let mut rest = bytes;
        while !rest.is_empty() {
            match self.longest(rest) {
                Some((from, length)) => {
                    write_plain(&mut packed, &mut plain);
                    packed.push(COPY | u8::try_from(length - SHORTEST).unwrap());
                    let back = u32::try_from(self.bytes.len() - from).unwrap();
                    packed.extend(&back.to_be_bytes()[1..]);
                    self.bytes.extend(&rest[..length]);
                    rest = &rest[length..];
                }
                None => {
                    plain.push(rest[0]);
                    self.bytes.push(rest[0]);
                    rest = &rest[1..];
                }
            }
        }
        write_plain(&mut packed, &mut plain);
        assert_eq!(self.bytes.len(), end);
        packed
    }

    /// Unpacks bytes, which it appends to the stream.
    pub fn unpack(&mut self, packed: &[u8]) -> Vec<u8> {
        let start = self.bytes.len();
        let mut rest = packed;
        while let Some((token, after)) = rest.split_first() {
            if *token < COPY {
                let (plain, after) = after.split_at(usize::from(*token) + 1);
                self.bytes.extend(plain);
                rest = after;
            } else {
                let back = u32::from_be_bytes([0, after[0], after[1], after[2]]);
                let from = self.bytes.len() - usize::try_from(back).unwrap();
                for at in from..from + usize::from(token & !COPY) + SHORTEST {
                    self.bytes.push(self.bytes[at]);
                }
                rest = &after[3..];
            }
        }
        self.bytes[start..].to_vec()
    }

    /// Where the longest copy of how these bytes begin lies, and how long it is.
    fn longest(&mut self, bytes: &[u8]) -> Option<(usize, usize)> {
        self.index();
        let places = self.seen.get(bytes.first_chunk::<SHORTEST>()?)?;
        let near = |from: &&usize| self.bytes.len() - **from <= FARTHEST;
        let alike = |from: usize| {
            let there = self.bytes[from..].iter().zip(bytes).take(LONGEST);
            there.take_while(|(there, here)| there == here).count()
        };
        let places = places.iter().rev().take(TRIED).filter(near);
        places
            .map(|from| (*from, alike(*from)))
            .max_by_key(|(_, length)| *length)
    }

    /// Notes the places that were appended since; only who packs needs them.
    fn index(&mut self) {
        while let Some(begins) = self.bytes[self.indexed..].first_chunk::<SHORTEST>() {
            self.seen.entry(*begins).or_default().push(self.indexed);
            self.indexed += 1;
        }
    }
}

fn write_plain(packed: &mut Vec<u8>, plain: &mut Vec<u8>) {
    for run in plain.chunks(usize::from(COPY)) {
        packed.push(u8::try_from(run.len() - 1).unwrap());
        packed.extend(run);
    }
    plain.clear();
}

#[test]
fn what_is_packed_comes_out_again_piece_by_piece() {
    let mut dice = fastrand::Rng::with_seed(7);
    let pieces: Vec<Vec<u8>> = (0..60)
        .map(|_| {
            let length = dice.usize(0..700);
            (0..length).map(|_| dice.u8(0..3) * dice.u8(0..2)).collect()
        })
        .collect();
    let (mut packer, mut unpacker) = (Stream::default(), Stream::default());
    let packed: Vec<Vec<u8>> = pieces.iter().map(|piece| packer.pack(piece)).collect();
    for (piece, packed) in pieces.iter().zip(&packed) {
        assert_eq!(&unpacker.unpack(packed), piece);
    }
    assert_eq!(packer.pack(&[5; 9]), [3, 5, 5, 5, 5, 128, 0, 0, 4, 0, 5]);
}
