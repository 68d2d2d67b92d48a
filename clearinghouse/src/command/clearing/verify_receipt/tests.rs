//! Codes on standard input: found among other lines, and none left out silently.

use super::*;

fn refused(input: &str) -> String {
    codes(input.as_bytes()).unwrap_err().to_string()
}

#[test]
fn codes_are_found_behind_a_byte_order_mark_and_between_spaces() {
    let input = "\u{feff}HTR1:AAA\r\n  HTR1:BBB \n\nreceipt 1\n\tHTR1:CCC";
    let expected = ["HTR1:AAA", "HTR1:BBB", "HTR1:CCC"];
    assert_eq!(codes(input.as_bytes()).unwrap(), expected);
}

#[test]
fn lines_past_the_limit_are_refused_and_not_left_out() {
    let whole = "HTR1:A\n".repeat(LINES_AT_MOST);
    assert_eq!(codes(whole.as_bytes()).unwrap().len(), LINES_AT_MOST);
    let said = refused(&format!("{whole}HTR1:B"));
    assert!(
        said.contains("1000 lines") && said.contains("行数过多"),
        "{said}"
    );
}

#[test]
fn bytes_past_the_limit_are_refused_and_not_left_out() {
    let most = usize::try_from(INPUT_AT_MOST).unwrap();
    let code = "HTR1:A";
    let whole = format!("{code}{}", " ".repeat(most - code.len()));
    assert_eq!(codes(whole.as_bytes()).unwrap(), [code]);
    // Cut in the middle of a letter, it is still too long and not malformed.
    for more in ["\nHTR1:B", "码"] {
        let said = refused(&format!("{whole}{more}"));
        assert!(
            said.contains("8388608 bytes") && said.contains("过大"),
            "{said}"
        );
    }
}
