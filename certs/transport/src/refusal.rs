//! How a refusal travels as gRPC status.
//!
//! The message reads `code: English / 中文`, so that any gRPC tool shows it whole; typed
//! details ride along as opaque bytes (`grpc-status-details-bin`). What the bytes mean is
//! known to those who define the message, not here.

use tonic::{Code, Status};

/// The most bytes of details that are sent.
///
/// Status travels in HTTP/2 trailers, of which a client takes 16 KiB in all; a refusal that
/// breaks its own stream would tell nobody anything.
pub const MAX_DETAIL_BYTES: usize = 4096;

/// The most characters of either language. A Chinese one takes nine bytes on the wire.
const MAX_TEXT_CHARS: usize = 400;

/// A refusal with its stable code, its text in both languages and its encoded details.
///
/// Text past 400 characters is cut; details past [`MAX_DETAIL_BYTES`] are left out whole.
/// Pass an empty slice for none.
///
/// ```
/// use huitong_transport::{refusal_code, refusal_status};
///
/// let status = refusal_status(
///     tonic::Code::NotFound, "member.unknown", "no such person; check psn_no", "查无此人，请核对人员编号", &[],
/// );
/// assert_eq!(refusal_code(&status), Some("member.unknown"));
/// ```
pub fn refusal_status(
    code: Code,
    refusal_code: &str,
    english: &str,
    chinese: &str,
    details: &[u8],
) -> Status {
    let message = format!("{refusal_code}: {} / {}", cut(english), cut(chinese));
    if details.is_empty() || details.len() > MAX_DETAIL_BYTES {
        Status::new(code, message)
    } else {
        Status::with_details(code, message, details.to_vec().into())
    }
}

/// The stable code of a refusal; none when the status was made by something else.
///
/// The details, if any, are `status.details()`.
pub fn refusal_code(status: &Status) -> Option<&str> {
    let (code, _) = status.message().split_once(": ")?;
    let (area, name) = code.split_once('.')?;
    let word = |word: &str| {
        !word.is_empty()
            && word
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    (word(area) && name.split('.').all(word)).then_some(code)
}

fn cut(text: &str) -> String {
    text.chars().take(MAX_TEXT_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_keeps_its_code_text_and_details() {
        let status = refusal_status(
            Code::Aborted,
            "visit.already_settled",
            "settled",
            "已结算",
            b"\x08\x01",
        );
        assert_eq!(status.message(), "visit.already_settled: settled / 已结算");
        assert_eq!(refusal_code(&status), Some("visit.already_settled"));
        assert_eq!(status.details(), b"\x08\x01");
    }

    #[test]
    fn what_others_say_is_no_refusal_of_ours() {
        for message in [
            "",
            "Timeout expired",
            "Error: x.y: z",
            "a.b",
            ".b: c",
            "a.: c",
            "A.b: c",
        ] {
            assert_eq!(
                refusal_code(&Status::new(Code::Unknown, message)),
                None,
                "{message}"
            );
        }
    }

    #[test]
    fn a_refusal_always_fits_its_headers() {
        let long = "码".repeat(10_000);
        let status = refusal_status(
            Code::Aborted,
            "a.b",
            &long,
            &long,
            &vec![0; MAX_DETAIL_BYTES + 1],
        );
        assert!(status.message().chars().count() < 2 * MAX_TEXT_CHARS + 20);
        assert!(status.details().is_empty());
        assert_eq!(refusal_code(&status), Some("a.b"));
    }
}
