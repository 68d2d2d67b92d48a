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

/// The first percentage, in ten-billionths of the whole.
pub(crate) fn ratio(sentence: &str) -> Option<i128> {
    let bare = without_asides(sentence);
    let (before, _) = bare.split_once('%')?;
    let start = before.rfind(|at: char| !at.is_ascii_digit() && at != '.');
    let percent = start.map_or(before, |at| {
        before[at..].trim_start_matches(|it: char| !it.is_ascii_digit())
    });
    let (whole, places) = percent.split_once('.').unwrap_or((percent, ""));
    format!("{whole}{places:0<8}").parse().ok()
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
    assert_eq!(ratio("中 89.5% 计入（3%）"), Some(8_950_000_000));
    assert_eq!(ratio("pays 70% of it"), Some(7_000_000_000));
    assert_eq!(ratio("no share"), None);
    let said = "\"a 1.00\" pays 0.05, (rule: 2.00) 10% of 7.10.";
    assert_eq!(amounts(said), [5, 710]);
}
