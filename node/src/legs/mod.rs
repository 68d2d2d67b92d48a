//! The node's legs: one gap-free numbered stream of receivables and payables, out of the journal.
//!
//! | module | its question |
//! |---|---|
//! | [`stream`] | Which legs follow a number? |
//! | [`book`] | What does an officer get of them? |
//! | [`call_up`] | What is shown of a debt on which two regions do not agree? |
//! | [`day`] | What does closing a business day write? |
//! | [`report`] | How does the clearinghouse come to hold them? (PROTOCOL 11, 12) |
//! | [`attest`] | Does it hold what the own book has? (PROTOCOL 14) |
//!
//! The sending cursor is what the clearinghouse says it holds; nothing is remembered here beside that.

pub mod attest;
pub mod book;
pub mod call_up;
pub mod day;
pub mod report;
pub mod stream;
