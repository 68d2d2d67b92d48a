//! The drawings of a settlement's codes are all written, or none is left behind.

use super::*;

#[test]
fn when_one_drawing_cannot_be_written_none_is_left_and_the_next_try_goes_through() {
    let folder = tempfile::tempdir().unwrap();
    let [first, second, third] =
        ["code.svg", "code-2.svg", "code-3.svg"].map(|name| folder.path().join(name));
    std::fs::write(&third, "of another").unwrap();
    let texts = ["HTR1:A", "HTR1:B", "HTR1:C"];
    let said = draw_all(&first, texts.into_iter()).unwrap_err();
    assert!(said.to_string().contains("code-3.svg"), "{said}");
    assert!(!first.exists() && !second.exists());
    // What stood in the way is not touched.
    assert_eq!(std::fs::read_to_string(&third).unwrap(), "of another");
    std::fs::remove_file(&third).unwrap();
    let drawn = draw_all(&first, texts.into_iter()).unwrap();
    assert_eq!(drawn, [first, second, third]);
    for path in drawn {
        assert!(std::fs::read_to_string(path).unwrap().starts_with("<svg "));
    }
}
