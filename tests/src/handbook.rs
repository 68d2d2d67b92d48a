//! The handbook for policy authors as tests read it: its fenced blocks, and the commands in them.
//!
//! | behind the fence | what it is |
//! |---|---|
//! | `toml document NAME` | a whole document: written as NAME, must pass `policy check` |
//! | `toml broken NAME` | a whole document that must not pass |
//! | `toml bill NAME`, `toml part NAME` | a bill, or a part of a document: written as NAME for what comes after it |
//! | `toml host` | the head that snippets stand in |
//! | `toml in a layer`, `toml in a document` | a snippet: the host with it must pass |
//! | `console` | commands that need files alone, run in order, their output compared; each exits with 0 |
//! | `console exits 1` | the same, where each finds faults |
//! | `console node` | commands at a running node |
//!
//! Documents and snippets are settled in the room `authoring`; commands are run in the room `processes`.

use std::path::Path;

/// One command as it is typed, and what is shown below it.
#[derive(Debug)]
pub struct Exchange {
    /// What is typed.
    pub typed: String,
    /// What is shown, where `…` stands for anything; empty where nothing is.
    pub shown: String,
}

/// Every fenced block of the handbook.
#[must_use]
pub fn handbook() -> Vec<Block> {
    blocks(&page())
}

/// The handbook's text.
#[must_use]
pub fn page() -> String {
    page_of("policy-authors.md")
}

/// The text of a page under `deploy/docs/`.
#[must_use]
pub fn page_of(name: &str) -> String {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/docs");
    std::fs::read_to_string(docs.join(name)).unwrap()
}

/// The commands of a block; a line before the first of them belongs to none, and fails.
#[must_use]
pub fn exchanges(block: &Block) -> Vec<Exchange> {
    let mut found: Vec<Exchange> = Vec::new();
    for line in block.text.lines() {
        match (line.strip_prefix("$ "), found.last_mut()) {
            (Some(typed), _) => found.push(Exchange {
                typed: typed.to_owned(),
                shown: String::new(),
            }),
            (None, Some(exchange)) => {
                exchange.shown.push_str(line);
                exchange.shown.push('\n');
            }
            (None, None) => panic!("line {}: `{line}` is no command", block.line),
        }
    }
    found
}

/// The words of a line; what stands in quotation marks is one.
#[must_use]
pub fn words(line: &str) -> Vec<String> {
    let pieces = line.split('"').enumerate();
    pieces
        .flat_map(|(at, piece)| {
            if at % 2 == 1 {
                vec![piece.to_owned()]
            } else {
                piece.split_whitespace().map(str::to_owned).collect()
            }
        })
        .collect()
}

/// Whether a text is what was expected, where `…` stands for anything.
#[must_use]
pub fn is_like(text: &str, expected: &str) -> bool {
    let mut pieces = expected.split('…');
    let Some(mut rest) = text.strip_prefix(pieces.next().unwrap()) else {
        return false;
    };
    let mut pieces = pieces.peekable();
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() {
            return rest.ends_with(piece.trim_start_matches('\n')) || piece.trim().is_empty();
        }
        let Some((_, after)) = rest.split_once(piece) else {
            return false;
        };
        rest = after;
    }
    rest.is_empty()
}

/// A fenced block.
#[derive(Debug)]
pub struct Block {
    /// What stands behind the fence.
    pub info: String,
    /// Its text.
    pub text: String,
    /// The line that it begins on.
    pub line: usize,
}

/// Every fenced block of a page.
#[must_use]
pub fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (line, number) in page.lines().zip(1..) {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => {
                open = Some(Block {
                    info: info.to_owned(),
                    text: String::new(),
                    line: number,
                });
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(block), None) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block is not closed");
    blocks
}

#[cfg(test)]
mod tests {
    use super::is_like;

    #[test]
    fn an_expected_text_is_matched_with_gaps_and_nothing_else() {
        assert!(is_like("a\nb\nc\n", "a\n…\nc\n"));
        assert!(is_like("a 12 b\n", "a … b\n"));
        assert!(is_like("warned\nx: 1 of 1, more\n", "…x: 1 of 1…\n"));
        assert!(!is_like("a\nb\nc\n", "a\n…\nd\n"));
        assert!(!is_like("a\nb\n", "a\n"));
    }
}
