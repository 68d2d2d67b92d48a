//! What is drawn is read again by a reader of another make.

#![allow(
    clippy::arithmetic_side_effects,
    reason = "pixels of a small drawing are counted"
)]

use super::*;

/// Pixels of a module's side.
const SCALE: usize = 3;

/// The numbers in a piece of the drawing.
fn numbers(piece: &str) -> Vec<usize> {
    let numbers = piece.split(|letter: char| !letter.is_ascii_digit());
    let numbers = numbers.filter(|number| !number.is_empty());
    numbers.map(|number| number.parse().unwrap()).collect()
}

/// What a reader sees in a drawing.
fn read(svg: &str) -> quircs::Data {
    let side = numbers(
        svg.split("viewBox=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap(),
    )[2];
    let mut dark = vec![false; side * side];
    let path = svg
        .split(" d=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    for piece in path.split('M').skip(1) {
        let [x, y, long, high, back] = numbers(piece).try_into().unwrap();
        assert_eq!((high, back), (1, long));
        dark[y * side + x..][..long].fill(true);
    }
    let pixels = side * SCALE;
    let light = |at: usize| {
        let (x, y) = (at % pixels / SCALE, at / pixels / SCALE);
        if dark[y * side + x] { 0 } else { 255 }
    };
    let image: Vec<u8> = (0..pixels * pixels).map(light).collect();
    let mut reader = quircs::Quirc::default();
    let mut codes = reader.identify(pixels, pixels, &image);
    let read = codes.next().unwrap().unwrap().decode().unwrap();
    assert!(codes.next().is_none());
    read
}

#[test]
fn a_reader_finds_in_the_drawing_what_was_drawn() {
    // Of a small town's day, a city's, and the largest that is printed.
    for letters in [300, 1_500, 4_296] {
        let text: String = "HTR1:0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
            .chars()
            .cycle()
            .take(letters)
            .collect();
        let found = read(&svg(&text).unwrap());
        assert_eq!(String::from_utf8(found.payload), Ok(text));
    }
    // The largest there is, and the stronger level where it fits.
    for (letters, level) in [(4_296, "L"), (1_500, "M")] {
        let found = read(&svg(&"A".repeat(letters)).unwrap());
        assert_eq!(format!("{:?}", found.ecc_level), level);
        assert_eq!(found.version == 40, letters == 4_296);
    }
}

#[test]
fn what_no_code_holds_is_refused() {
    assert!(svg(&"A".repeat(4_297)).is_err());
}
