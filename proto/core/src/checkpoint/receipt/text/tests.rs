//! Base45 as RFC 9285 has it, and nothing else.

use proptest::prelude::*;

use super::*;

fn coded(bytes: &[u8]) -> String {
    let mut text = String::new();
    encode(bytes, &mut text);
    text
}

#[test]
fn the_examples_of_the_rfc_are_coded_as_it_says() {
    for (bytes, text) in [
        ("AB", "BB8"),
        ("Hello!!", "%69 VD92EX0"),
        ("base-45", "UJCLQE7W581"),
        ("ietf!", "QED8WEX0"),
        ("", ""),
    ] {
        assert_eq!(coded(bytes.as_bytes()), text);
        assert_eq!(decode(text.as_bytes()), Ok(bytes.as_bytes().to_vec()));
    }
}

#[test]
fn what_stands_for_no_bytes_is_refused_with_its_place() {
    // More than two bytes or one can be, one letter alone, lower case, and what is no letter of it.
    for (text, at) in [
        ("GGW", 0),
        ("BB8:::", 3),
        ("BB8ZZ", 3),
        ("BB8B", 3),
        ("bb8", 0),
        ("BB8B,8", 3),
        ("BB8\u{e9}", 3),
    ] {
        assert_eq!(decode(text.as_bytes()), Err(at), "{text}");
    }
    assert_eq!(decode(b"FGW"), Ok(vec![0xff, 0xff]));
}

#[test]
fn a_text_has_its_prefix_and_an_end() {
    let long = format!("{PREFIX}{}", "0".repeat(LETTERS_AT_MOST));
    assert_eq!(read(&long), Err(TextError::TooLong(long.len())));
    assert_eq!(read("HTR2:BB8"), Err(TextError::Prefix));
    assert_eq!(read("HTR1:BB8:::"), Err(TextError::Letter(8)));
    assert!(matches!(read("HTR1:BB8"), Err(TextError::Bytes(_))));
}

proptest! {
    /// Any bytes come back, and any text that is read is the one that they are coded as.
    #[test]
    fn bytes_come_back_and_have_one_text(bytes in prop::collection::vec(any::<u8>(), 0..64), text in "[0-9A-Z $%*+./:-]{0,12}") {
        prop_assert_eq!(decode(coded(&bytes).as_bytes()), Ok(bytes));
        if let Ok(read) = decode(text.as_bytes()) {
            prop_assert_eq!(coded(&read), text);
        }
    }
}
