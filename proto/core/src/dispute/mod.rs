//! Disputes between regions (清算争议): what one region says another owes it on a debt or a row of a cycle, and what
//! comes of that.
//!
//! | room | its question |
//! |---|---|
//! | [`name`] | Which dispute, and about what? |
//! | [`word`] | What does a region say, under its signature? |
//! | [`step`] | What does the clearinghouse write down? |
//! | [`course`] | How far is it, and what may follow? |
//! | [`fault`] | Why does something not follow? |
//! | [`outcome`] | What is settled, and what do both regions book for it? |
//! | [`history`] | What does a file prove to who has only the operator's root? |
//! | [`seen`] | What does a list show? |
//!
//! Each word names the one that it follows upon, so that nobody accepts an answer that they have not seen, and the
//! clearinghouse cannot leave one out. One function, [`course::Course::apply`], says what may follow what: when a step is
//! decided, when a journal is read again, and when a file is checked. Deliberately absent: cryptography, deadlines as
//! they are configured, free text (the clearinghouse knows no patient), and any effect on a cycle that is netted.

pub mod course;
pub mod fault;
pub mod history;
pub mod name;
pub mod outcome;
pub mod seen;
pub mod step;
pub mod word;

#[cfg(test)]
pub(crate) mod tests;
