//! The amounts in a sentence: digits with two decimals that are no percentage, outside of quotation marks
//! and brackets, where titles, sources and reasons stand.

/// The amounts, in fen, in order.
pub(crate) fn amounts(sentence: &str) -> Vec<i64> {
    let bare = without_asides(sentence);
    let mut found = Vec::new();
    let mut word = String::new();
    for character in bare.chars().chain([' ']) {
        if character.is_ascii_digit() || character == ',' || character == '.' || character == '%' {
            word.push(character);
            continue;
        }
        found.extend(amount(word.trim_end_matches([',', '.'])));
        word.clear();
    }
    found
}

fn amount(word: &str) -> Option<i64> {
    let (yuan, fen) = word.split_once('.')?;
    let is_amount = fen.len() == 2 && fen.bytes().all(|byte| byte.is_ascii_digit());
    is_amount.then(|| format!("{}{fen}", yuan.replace(',', "")).parse().unwrap())
}

/// A sentence without what stands in quotation marks or brackets.
fn without_asides(sentence: &str) -> String {
    let (mut depth, mut in_quotes) = (0_usize, false);
    let mut bare = String::new();
    for character in sentence.chars() {
        match character {
            '"' => in_quotes = !in_quotes,
            '“' => in_quotes = true,
            '”' => in_quotes = false,
            '（' | '(' => depth += 1,
            '）' | ')' => depth = depth.saturating_sub(1),
            other if depth == 0 && !in_quotes => bare.push(other),
            _ => {}
        }
    }
    bare
}

#[test]
fn amounts_are_found_and_nothing_else() {
    let said =
        "“2.50 层”，共 22,000.00 元的 89.55%（依据 1.00 元（2.00））：1,500.00 元，3 次，4.00。";
    assert_eq!(amounts(said), [2_200_000, 150_000, 400]);
    let said = "\"a 1.00\" pays 0.05, (rule: 2.00) 10% of 7.10.";
    assert_eq!(amounts(said), [5, 710]);
}
