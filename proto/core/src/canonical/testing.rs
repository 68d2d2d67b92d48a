//! What the tests of every canonical type check with: golden bytes and the laws of the form.

use std::fmt::Debug;

use super::{Canonical, decode_exact, encode_to_vec};

/// The value's bytes are these, written in hex, and the laws hold around them.
#[track_caller]
pub(crate) fn golden<T: Canonical + PartialEq + Debug>(value: &T, expected_hex: &str) {
    assert_eq!(
        hex(&encode_to_vec(value)),
        expected_hex,
        "the bytes of {value:?}"
    );
    laws(value);
}

/// Decoding gives the value back; no prefix decodes; every change of one bit and every appended
/// byte is either refused or the form of some other value.
#[track_caller]
pub(crate) fn laws<T: Canonical + PartialEq + Debug>(value: &T) {
    let bytes = encode_to_vec(value);
    assert_eq!(decode_exact::<T>(&bytes).as_ref(), Ok(value));
    for end in 0..bytes.len() {
        assert!(
            decode_exact::<T>(&bytes[..end]).is_err(),
            "a prefix of {value:?} decodes"
        );
    }
    let mut changed = bytes.clone();
    for index in 0..bytes.len() {
        for bit in 0..8 {
            changed[index] ^= 1 << bit;
            only_canonical::<T>(&changed);
            changed[index] ^= 1 << bit;
        }
    }
    changed.push(0);
    assert!(
        decode_exact::<T>(&changed).is_err(),
        "a byte after {value:?} is accepted"
    );
}

/// If these bytes decode, encoding gives them back.
#[track_caller]
pub(crate) fn only_canonical<T: Canonical + PartialEq + Debug>(bytes: &[u8]) {
    if let Ok(value) = decode_exact::<T>(bytes) {
        assert_eq!(
            hex(&encode_to_vec(&value)),
            hex(bytes),
            "a second form of {value:?}"
        );
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// The value's bytes are those of `golden/{name}.hex`, and the laws hold around them. For values whose
/// bytes are too long to read in a test. A new file is written when `GOLDEN=write` is set.
#[track_caller]
pub(crate) fn golden_file<T: Canonical + PartialEq + Debug>(name: &str, value: &T) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("golden")
        .join(format!("{name}.hex"));
    let bytes = hex(&encode_to_vec(value));
    if std::env::var("GOLDEN").is_ok_and(|mode| mode == "write") && !path.exists() {
        std::fs::write(&path, format!("{bytes}\n")).unwrap();
    }
    let expected = std::fs::read_to_string(&path)
        .unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
    assert_eq!(bytes, expected.trim(), "the bytes of {name}");
    laws(value);
}
