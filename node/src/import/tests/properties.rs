//! What holds for any file at all.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "tests compute what they expect with plain arithmetic; an overflow fails the test"
)]

use proptest::prelude::*;

use super::*;

fn sound_rows(count: usize) -> Vec<String> {
    (0..count)
        .map(|at| format!("3302{at:014},{at}.50\n"))
        .collect()
}

fn joined(rows: &[String]) -> String {
    format!("psn_no,own\n{}", rows.concat())
}

/// Text that is nearly a file: its characters are those that files are made of.
fn scrambled() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just("psn_no,own\n".to_owned()),
        Just("code,from,class\n".to_owned()),
        Just("\"".to_owned()),
        Just("\u{feff}".to_owned()),
        "[0-9a-z*:.;, \\r\\n\"-]{0,40}",
        ".{0,10}",
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat().into_bytes())
}

proptest! {
    /// Reading answers for any bytes whatever, and says the same twice.
    #[test]
    fn any_bytes_are_read_or_refused(
        bytes in prop_oneof![prop::collection::vec(any::<u8>(), 0..200), scrambled()],
        which in 0..FileKind::ALL.len(),
    ) {
        let word = FileKind::ALL[which].word();
        let (once, again) = (read_file(word, &bytes), read_file(word, &bytes));
        match (once, again) {
            (Ok(one), Ok(other)) => prop_assert_eq!(one.digest(), other.digest()),
            (Err(one), Err(other)) => {
                prop_assert!(one.count() > 0);
                prop_assert_eq!(one, other);
            }
            (one, other) => prop_assert!(false, "{one:?} and {other:?}"),
        }
    }

    /// One bad row anywhere, and nothing of the file is brought in; the fault names its line.
    #[test]
    fn one_bad_row_refuses_the_file(count in 1..30_usize, at in 0..30_usize, bad in "[a-z]{1,5},[a-z]{1,5}") {
        let mut rows = sound_rows(count);
        let sound = read_file("balances", joined(&rows).as_bytes()).unwrap();
        prop_assert_eq!(sound.sums().rows, u64::try_from(count).unwrap());
        let at = at % (count + 1);
        rows.insert(at, format!("{bad}\n"));
        let faults = read_file("balances", joined(&rows).as_bytes()).unwrap_err();
        let lines: Vec<u64> = faults.listed().iter().map(|fault| fault.line).collect();
        prop_assert_eq!(lines, vec![u64::try_from(at + 2).unwrap(); 2]);
    }

    /// The order of columns does not matter.
    #[test]
    fn columns_stand_in_any_order(count in 1..30_usize) {
        let rows = sound_rows(count);
        let one = batch("balances", &joined(&rows));
        let swapped: String = rows
            .iter()
            .map(|row| row.trim_end().split_once(',').unwrap())
            .map(|(psn_no, own)| format!("{own},{psn_no}\n"))
            .collect();
        let other = batch("balances", &format!("own,psn_no\n{swapped}"));
        prop_assert_eq!(one.rows(), other.rows());
    }
}
