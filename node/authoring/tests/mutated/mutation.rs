//! One input: a document changed in a few places, or bytes out of nothing.
//!
//! Every input follows from its seed and number alone, so that a failure can be made again.

use crate::corpus::{Corpus, words};

/// Values at the edges of what readers accept.
const EDGES: [&str; 14] = [
    "\"0\"",
    "\"-1\"",
    "\"0.01\"",
    "\"0.001\"",
    "\"9999999999999.99\"",
    "\"99999999999999999999999999999\"",
    "\"1e9\"",
    "0.7",
    "-9223372036854775808",
    "9223372036854775808",
    "nan",
    "9999-12-31",
    "\"\"",
    "\"\\u0000\"",
];
const LARGEST: usize = 3 << 20;

/// Makes the input of one number.
pub(crate) struct Mutator<'c> {
    corpus: &'c Corpus,
    random: fastrand::Rng,
}

impl<'c> Mutator<'c> {
    pub(crate) fn new(corpus: &'c Corpus, seed: u64, number: u64) -> Self {
        let random = fastrand::Rng::with_seed(seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        Self { corpus, random }
    }

    pub(crate) fn input(&mut self) -> Vec<u8> {
        match self.random.usize(..20) {
            0 => self.noise(),
            1 => self.deep(),
            2 => self.long(),
            3..=8 => {
                let mut bytes = self.document().into_bytes();
                for _ in 0..self.random.usize(1..6) {
                    self.change_bytes(&mut bytes);
                }
                bytes
            }
            _ => {
                let mut text = self.document();
                for _ in 0..self.random.usize(1..6) {
                    text = self.change_words(&text);
                }
                text.into_bytes()
            }
        }
    }

    fn document(&mut self) -> String {
        let of = if self.random.usize(..5) == 0 {
            &self.corpus.bills
        } else {
            &self.corpus.policies
        };
        of[self.random.usize(..of.len())].clone()
    }

    fn word(&mut self) -> String {
        if self.random.usize(..4) == 0 {
            EDGES[self.random.usize(..EDGES.len())].to_owned()
        } else {
            self.corpus.words[self.random.usize(..self.corpus.words.len())].clone()
        }
    }

    fn noise(&mut self) -> Vec<u8> {
        let length = self.random.usize(..2_000);
        std::iter::repeat_with(|| self.random.u8(..))
            .take(length)
            .collect()
    }

    /// Brackets inside brackets, keys inside keys.
    fn deep(&mut self) -> Vec<u8> {
        let depth = self.random.usize(1..50_000);
        let (open, close) = [
            ("[", "]"),
            ("{ a = ", " }"),
            ("a.", "b"),
            ("[[", "]]"),
            ("{", "}"),
        ][self.random.usize(..5)];
        let mut text = self.document();
        text.push_str("\nwhen = ");
        text.push_str(&open.repeat(depth));
        text.push_str(&close.repeat(depth));
        text.into_bytes()
    }

    /// More of everything than a document may have.
    fn long(&mut self) -> Vec<u8> {
        let text = self.document();
        let piece = if self.random.bool() {
            self.word()
        } else {
            self.line_of(&text)
        };
        let times = self.random.usize(1..=LARGEST / piece.len().max(1));
        let (head, tail) = self.cut(&text);
        format!("{head}{}{tail}", piece.repeat(times)).into_bytes()
    }

    fn line_of(&mut self, text: &str) -> String {
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        lines[self.random.usize(..lines.len())].to_owned()
    }

    /// A text in two, anywhere between two characters.
    fn cut<'t>(&mut self, text: &'t str) -> (&'t str, &'t str) {
        let mut at = self.random.usize(..=text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        text.split_at(at)
    }

    fn change_bytes(&mut self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            bytes.push(self.random.u8(..));
        }
        let at = self.random.usize(..bytes.len());
        match self.random.usize(..5) {
            0 => bytes[at] = self.random.u8(..),
            1 => bytes[at] ^= 1 << self.random.u8(..8),
            2 => bytes.truncate(at),
            3 => {
                let until = (at + self.random.usize(1..200)).min(bytes.len());
                bytes.drain(at..until);
            }
            _ => {
                let until = (at + self.random.usize(1..200)).min(bytes.len());
                let piece = bytes[at..until].to_vec();
                let to = self.random.usize(..=bytes.len());
                bytes.splice(to..to, piece);
            }
        }
    }

    fn change_words(&mut self, text: &str) -> String {
        match self.random.usize(..6) {
            0 => {
                let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
                if !lines.is_empty() {
                    let at = self.random.usize(..lines.len());
                    let line = lines.remove(at);
                    let to = self.random.usize(..=lines.len());
                    lines.insert(to, line);
                }
                lines.concat()
            }
            1 => {
                let other = self.document();
                let (head, tail) = (self.cut(text).0, self.cut(&other).1);
                format!("{head}{tail}")
            }
            2 => {
                let other = self.document();
                let line = self.line_of(&other);
                let (head, tail) = self.cut(text);
                format!("{head}{line}{tail}")
            }
            _ => {
                let mut pieces = words(text);
                let at = self.random.usize(..=pieces.len());
                let word = self.word();
                if at == pieces.len() || self.random.usize(..4) == 0 {
                    pieces.insert(at, word);
                } else {
                    pieces[at] = word;
                }
                pieces.concat()
            }
        }
    }
}
