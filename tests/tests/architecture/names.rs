//! The paths that a Rust file names, read from its tokens: comments and strings do not count, `use`
//! trees are written out, and items under `#[cfg(test)]` are left out. It does not expand macros and
//! resolves nothing; `circles` does what resolving the rules need.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A path as written: `crate::store::Port`, `tokio`, `f64`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) path: Vec<String>,
    pub(crate) line: usize,
    /// How many inline modules it stands in.
    pub(crate) depth: usize,
    /// For one of a `use`: the name it has from there on.
    pub(crate) imported_as: Option<String>,
}

impl Named {
    pub(crate) fn shown(&self) -> String {
        self.path.join("::")
    }
}

/// Every path in `text`, in order.
pub(crate) fn names(text: &str) -> Vec<Named> {
    let tokens: TokenStream = text.parse().expect("a Rust file that compiles");
    let mut found = Vec::new();
    walk(tokens, 0, &mut found);
    found
}

/// The modules that `text` declares under `#[cfg(test)]` and keeps in files of their own.
pub(crate) fn test_modules(text: &str) -> Vec<String> {
    let tokens: TokenStream = text.parse().expect("a Rust file that compiles");
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut found = Vec::new();
    for at in (0..tokens.len()).filter(|at| is_cfg_test(&tokens[*at])) {
        let item = &tokens[at..after_item(&tokens, at + 1).min(tokens.len())];
        if let [.., keyword, name, end] = item
            && keyword.to_string() == "mod"
            && is_mark(Some(end), ';')
        {
            found.push(word(name));
        }
    }
    found
}

fn walk(tokens: TokenStream, depth: usize, found: &mut Vec<Named>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Punct(mark) if mark.as_char() == '#' => {
                let only_tests = tokens.get(at + 1).is_some_and(is_cfg_test);
                at += 1;
                if only_tests {
                    at = after_item(&tokens, at + 1);
                }
            }
            TokenTree::Ident(word) if word == "use" && !is_mark(tokens.get(at + 1), '<') => {
                at = use_tree(&tokens, at + 1, &[], depth, found);
            }
            TokenTree::Ident(word) if word == "mod" && is_group(tokens.get(at + 2)) => {
                if let Some(TokenTree::Group(body)) = tokens.get(at + 2) {
                    walk(body.stream(), depth + 1, found);
                }
                at += 3;
            }
            TokenTree::Ident(_) => {
                let (path, next) = path_from(&tokens, at);
                found.push(Named {
                    path,
                    line: line(&tokens[at]),
                    depth,
                    imported_as: None,
                });
                at = next;
            }
            TokenTree::Group(group) => {
                walk(group.stream(), depth, found);
                at += 1;
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => at += 1,
        }
    }
}

fn is_cfg_test(token: &TokenTree) -> bool {
    token.to_string().replace(' ', "") == "[cfg(test)]"
}

fn is_mark(token: Option<&TokenTree>, mark: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == mark)
}

fn is_group(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace)
}

fn is_separator(tokens: &[TokenTree], at: usize) -> bool {
    is_mark(tokens.get(at), ':') && is_mark(tokens.get(at + 1), ':')
}

fn line(token: &TokenTree) -> usize {
    token.span().start().line
}

fn word(token: &TokenTree) -> String {
    let text = token.to_string();
    text.strip_prefix("r#").unwrap_or(&text).to_owned()
}

/// The place after the item that begins at `at`: past its body or its semicolon.
fn after_item(tokens: &[TokenTree], mut at: usize) -> usize {
    while at < tokens.len() && !is_group(tokens.get(at)) && !is_mark(tokens.get(at), ';') {
        at += 1;
    }
    at + 1
}

/// The path that begins at `at`, and the place after it.
fn path_from(tokens: &[TokenTree], mut at: usize) -> (Vec<String>, usize) {
    let mut path = vec![word(&tokens[at])];
    at += 1;
    while is_separator(tokens, at) {
        let Some(TokenTree::Ident(next)) = tokens.get(at + 2) else {
            break;
        };
        path.push(word(&TokenTree::Ident(next.clone())));
        at += 3;
    }
    (path, at)
}

/// Writes out one `use` tree and returns the place after it: behind its `;` or its `,`.
fn use_tree(
    tokens: &[TokenTree],
    mut at: usize,
    before: &[String],
    depth: usize,
    found: &mut Vec<Named>,
) -> usize {
    let mut path = before.to_vec();
    let mut renamed = None;
    let mut is_whole = true;
    let first_line = tokens.get(at).map_or(0, line);
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token {
            TokenTree::Ident(next) if next == "as" => {
                renamed = tokens.get(at).map(word);
                at += 1;
            }
            TokenTree::Ident(next) if next == "self" && !path.is_empty() => {}
            TokenTree::Ident(_) => path.push(word(token)),
            TokenTree::Group(group) => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                let mut next = 0;
                while next < inner.len() {
                    next = use_tree(&inner, next, &path, depth, found);
                }
                is_whole = false;
            }
            TokenTree::Punct(mark) if mark.as_char() == ';' || mark.as_char() == ',' => break,
            TokenTree::Punct(mark) if mark.as_char() == '*' => path.push("*".to_owned()),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
    if is_whole && !path.is_empty() {
        let imported_as = renamed.or_else(|| path.last().cloned());
        found.push(Named {
            path,
            line: first_line,
            depth,
            imported_as,
        });
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        names(text).iter().map(Named::shown).collect()
    }

    #[test]
    fn use_trees_are_written_out() {
        assert_eq!(
            shown("use std::{fs, io::{self, Read as _}, time::*}; use crate::a;"),
            [
                "std::fs",
                "std::io",
                "std::io::Read",
                "std::time::*",
                "crate::a"
            ]
        );
        assert_eq!(names("use a::b as c;")[0].imported_as.as_deref(), Some("c"));
    }

    #[test]
    fn paths_in_code_attributes_and_macros_are_seen() {
        let text = "#[derive(serde::Serialize)] struct A(f64); fn b() { x!(tokio::spawn(y)) }";
        let all = shown(text);
        for expected in ["serde::Serialize", "f64", "tokio::spawn"] {
            assert!(
                all.iter().any(|name| name == expected),
                "{expected} is not in {all:?}"
            );
        }
    }

    #[test]
    fn comments_strings_and_tests_are_not() {
        let text = "//! tokio\n/// serde\nconst A: &str = \"std::fs\"; /* rand */\n\
                    #[cfg(test)]\n#[allow(x)]\nmod tests { use std::fs; }\n\
                    #[cfg(test)] mod more;\nuse last::one;";
        let all = shown(text);
        assert!(all.contains(&"last::one".to_owned()), "{all:?}");
        for hidden in ["std::fs", "tokio", "serde", "rand"] {
            assert!(
                !all.iter().any(|name| name == hidden),
                "{hidden} is in {all:?}"
            );
        }
    }

    #[test]
    fn modules_of_tests_in_files_of_their_own_are_found() {
        let text = "mod a;\n#[cfg(test)]\nmod tests;\n#[cfg(test)]\n#[allow(x)]\npub(crate) mod testing;\n\
                    #[cfg(test)]\nmod inline { mod b; }\n#[cfg(test)]\nuse a::B;";
        assert_eq!(test_modules(text), ["tests", "testing"]);
    }

    #[test]
    fn the_line_and_the_depth_are_told() {
        let all = names("struct A;\nmod inner {\n    use super::B;\n}");
        let seen = all.iter().find(|named| named.path[0] == "super").unwrap();
        assert_eq!((seen.line, seen.depth), (3, 1));
    }
}
