//! "Did you mean": the known word nearest to one that is not known.

/// The nearest of `known` within a third of its letters, at most 3 edits; the first on a tie.
#[must_use]
pub fn nearest<'w>(word: &str, known: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let reach = (word.chars().count() / 3).clamp(1, 3);
    known
        .into_iter()
        .map(|candidate| (edits(word, candidate), candidate))
        .filter(|(edits, _)| *edits <= reach)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate)
}

/// Letters to insert, delete, replace or swap with their neighbour.
fn edits(from: &str, to: &str) -> usize {
    let from: Vec<char> = from.chars().take(64).collect();
    let to: Vec<char> = to.chars().take(64).collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (at, letter) in from.iter().enumerate() {
        let mut next = vec![at.saturating_add(1)];
        for (to_at, to_letter) in to.iter().enumerate() {
            let cell = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX);
            let replaced = cell(&row, to_at).saturating_add(usize::from(letter != to_letter));
            let deleted = cell(&row, to_at.saturating_add(1)).saturating_add(1);
            let inserted = cell(&next, to_at).saturating_add(1);
            let earlier =
                |word: &[char], at: usize| at.checked_sub(1).and_then(|at| word.get(at).copied());
            let is_swap =
                earlier(&from, at) == Some(*to_letter) && earlier(&to, to_at) == Some(*letter);
            let swapped = match to_at.checked_sub(1) {
                Some(two_back) if is_swap => cell(&before, two_back).saturating_add(1),
                Some(_) | None => usize::MAX,
            };
            next.push(replaced.min(deleted).min(inserted).min(swapped));
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_hand_are_found_and_strangers_are_not() {
        let known = ["segments", "start", "source", "ratio"];
        for (word, expected) in [
            ("segment", Some("segments")),
            ("strat", Some("start")),
            ("raito", Some("ratio")),
            ("sauce", None),
            ("", None),
            ("完全不同", None),
        ] {
            assert_eq!(nearest(word, known), expected, "{word}");
        }
    }
}
