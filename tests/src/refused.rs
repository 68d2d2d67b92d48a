//! What a caller is told that is refused: a stable code, whether sending again helps, and what to do in both
//! languages. A status without these is a defect, and reading it fails the test.

use huitong_proto::common::v1 as common;
use huitong_proto::conversion::refusal::refusal_of_details;
use huitong_transport::TransportError;
use tonic::Status;

/// Whether sending again helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// The same request will be refused again.
    No,
    /// The same request under the same id, a little later.
    SameId,
}

/// A refusal, or a call that did not come through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The stable code.
    pub code: String,
    /// What it is about.
    pub detail: String,
    /// Whether sending again helps.
    pub again: Again,
}

impl Refused {
    /// Reads a failed call. Both languages must be there.
    #[must_use]
    pub fn of_status(status: &Status) -> Self {
        if let Some(refusal) = refusal_of_details(status.details()) {
            let refused = Self::of_wire(&refusal);
            let begins = format!("{}: ", refused.code);
            assert!(
                status.message().starts_with(&begins),
                "told otherwise: {status:?}"
            );
            assert_both_languages(status.message());
            return refused;
        }
        let error = TransportError::of(status);
        let error = error.unwrap_or_else(|| panic!("a failed call without a code: {status:?}"));
        Self::of_transport(&error)
    }

    /// Reads a refusal in an answer. Both languages must be there.
    #[must_use]
    pub fn of_wire(refusal: &common::Refusal) -> Self {
        assert_both_languages(&format!("{} / {}", refusal.advice_en, refusal.advice_zh));
        let again = match refusal.retry() {
            common::Retry::No => Again::No,
            common::Retry::SameId => Again::SameId,
            common::Retry::Unspecified => panic!("does sending again help? {refusal:?}"),
        };
        Self {
            code: refusal.code.clone(),
            detail: refusal.detail.clone(),
            again,
        }
    }

    /// Reads what went wrong on the way. Both languages must be there.
    #[must_use]
    pub fn of_transport(error: &TransportError) -> Self {
        assert_both_languages(&format!("{} / {}", error.english(), error.chinese()));
        Self {
            code: error.code().to_owned(),
            detail: error.english(),
            again: if error.retryable() {
                Again::SameId
            } else {
                Again::No
            },
        }
    }
}

/// English before the last ` / `, Chinese after it.
fn assert_both_languages(text: &str) {
    let (english, chinese) = text
        .rsplit_once(" / ")
        .unwrap_or_else(|| panic!("one language: {text}"));
    let words = english
        .split_whitespace()
        .filter(|word| word.chars().all(|c| c.is_ascii_alphabetic()));
    assert!(words.count() >= 3, "no English: {text}");
    let characters = chinese
        .chars()
        .filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c));
    assert!(characters.count() >= 4, "no Chinese: {text}");
}
