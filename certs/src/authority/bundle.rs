//! Several certificates in one PEM text, as they were written.
//!
//! Texts are cut and joined, never encoded anew: what was signed stays what it was.

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// Each certificate of a text, with its own two lines around it and the end of its line.
#[must_use]
pub fn certificates(pem: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = pem;
    while let Some(begin) = rest.find(BEGIN) {
        let (_, from) = rest.split_at(begin);
        let Some(end) = from.find(END) else {
            break;
        };
        let (block, after) = from.split_at(end.saturating_add(END.len()));
        let line_end = after
            .bytes()
            .take_while(|byte| matches!(byte, b'\r' | b'\n'));
        let (_, after_line) = after.split_at(line_end.count());
        let taken = from.len().saturating_sub(after_line.len());
        found.push(from.get(..taken).unwrap_or(block));
        rest = after_line;
    }
    found
}

/// One text of several, each ending in a line of its own.
#[must_use]
pub fn joined<'a>(blocks: impl IntoIterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for block in blocks {
        text.push_str(block.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_and_joined_without_a_change() {
        let one = format!("{BEGIN}\nAA==\n{END}\n");
        let two = format!("{BEGIN}\r\nBB==\r\n{END}\r\n\r\n");
        let text = format!("words\n{one}more words\n{two}{BEGIN}\nunfinished");
        assert_eq!(certificates(&text), [one.as_str(), two.as_str()]);
        let joined = joined(certificates(&text));
        assert_eq!(certificates(&joined).len(), 2);
        assert!(joined.starts_with(&one));
        assert!(certificates("nothing").is_empty());
    }
}
