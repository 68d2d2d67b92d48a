//! Which file is wrong, and what kind of file was expected.

use clap::Parser;
use huitong_certs::{Authority, Validity};
use huitong_netting::statement::StatementFault;
use huitong_netting::statement::fault::{BookFault, RowFault};

use super::*;

#[derive(Debug, clap::Parser)]
struct Typed {
    #[command(flatten)]
    verify: Verify,
}

/// A folder with the operator's root in it.
fn folder() -> tempfile::TempDir {
    let holds = Validity::days(jiff::Timestamp::now(), 9).unwrap();
    let root = Authority::new_root(&"huitong.example".parse().unwrap(), holds).unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("root.crt"), root.certificate_pem()).unwrap();
    folder
}

/// What is printed and said, with these files.
fn typed(folder: &Path, files: &[&str]) -> anyhow::Result<(String, ExitCode)> {
    let at = |name: &&str| {
        if name.starts_with("--") {
            (*name).to_owned()
        } else {
            folder.join(name).display().to_string()
        }
    };
    let words = files.iter().chain(&["--roots", "root.crt"]).map(at);
    let words = std::iter::once("verify".to_owned()).chain(words);
    let mut out = Vec::new();
    let code = Typed::try_parse_from(words)?.verify.run(&mut out)?;
    Ok((String::from_utf8(out)?, code))
}

#[test]
fn a_file_of_another_kind_is_named_with_what_was_expected() {
    let folder = folder();
    let write = |name: &str, bytes: Vec<u8>| std::fs::write(folder.path().join(name), bytes);
    write("words.htcs", WitnessFile { words: Vec::new() }.to_bytes()).unwrap();
    let (said, code) = typed(folder.path(), &["--statement", "words.htcs"]).unwrap();
    assert_eq!(code, ExitCode::FAILURE);
    assert!(!said.contains("对账单有误"), "{said}");
    assert!(
        said.contains("words.htcs: nothing that could be checked"),
        "{said}"
    );
    assert!(said.contains("it is countersignatures, and a statement was expected"));
    let words = ["--statement", "words.htcs", "--book", "words.htcs"];
    let refused = typed(folder.path(), &words).unwrap_err().to_string();
    assert!(refused.contains("words.htcs: it is countersignatures, and a region's own legs"));
}

/// A statement, whatever it says.
fn statement() -> MemberStatement {
    let hex = include_str!("../../../../netting/src/golden/statement.hex").trim();
    let digits: Vec<u32> = hex.chars().map(|it| it.to_digit(16).unwrap()).collect();
    let bytes = digits.chunks(2).map(|it| {
        let byte = it.iter().fold(0, |byte, digit| byte * 16 + digit);
        u8::try_from(byte).unwrap()
    });
    MemberStatement::from_bytes(&bytes.collect::<Vec<_>>()).unwrap()
}

#[test]
fn a_wrong_book_is_named_and_the_statement_is_not_called_wrong() {
    let statement = statement();
    let book = LegBook::new("110000".parse().unwrap(), 1, Vec::new()).unwrap();
    let file = PathBuf::from("books/other.htlb");
    let of_book = StatementFault::Book(book.region(), BookFault::Foreign);
    let of_row = StatementFault::Row(statement.rows[0].row.pair, RowFault::Sum);
    let printed = |faults: &[&StatementFault]| {
        let books = [book.clone()];
        let said = faults.iter();
        let said = said.map(|fault| Said::of_books(fault, [&file].into_iter().zip(&books)));
        let found = shown::Found {
            file: "own.htst",
            statement: Some(&statement),
            books: &books,
            faults: &said.collect::<Vec<_>>(),
            has_words: false,
            words: &[],
            silent: &BTreeSet::new(),
        };
        let mut out = Vec::new();
        found.text(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    let book_alone = printed(&[&of_book]);
    assert!(book_alone.contains("book.foreign: books/other.htlb: a book is of region 110000"));
    assert!(
        book_alone.contains("/ books/other.htlb：账簿所属"),
        "{book_alone}"
    );
    assert!(!book_alone.contains("does not hold"), "{book_alone}");
    let both = printed(&[&of_row, &of_book]);
    assert!(both.starts_with("own.htst: does not hold"), "{both}");
    // It is one of before there were counts of rows, which is no fault and is said.
    let old = printed(&[]);
    assert!(
        old.contains("own.htst: holds") && old.contains("signed without counts of rows"),
        "{old}"
    );
    assert!(old.contains("--before"), "{old}");
}

#[test]
fn regions_without_a_word_are_told_up_to_a_number_and_what_cannot_be_told_too() {
    let old = statement();
    let mut counted = old.clone();
    counted.checkpoint.signed.checkpoint.counts = Some(counted.counts.digest());
    let printed_of = |statement: &MemberStatement, has_words: bool, many: usize| {
        let codes = (11_00..66_00).map(|it| format!("{it}00").parse().ok());
        let silent = codes.flatten().take(many);
        let found = shown::Found {
            file: "own.htst",
            statement: Some(statement),
            books: &[],
            faults: &[],
            has_words,
            words: &[],
            silent: &silent.collect(),
        };
        let mut out = Vec::new();
        found.text(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    let printed = |has_words, many| printed_of(&old, has_words, many);
    let many = printed(true, 103);
    assert_eq!(many.matches("no word of region").count(), 100, "{many}");
    assert!(many.contains("and 3 more; --json has all"), "{many}");
    assert!(!printed(true, 100).contains("more; --json"));
    // It is one of before there were counts of rows: who else had to do with the cycle it does not tell.
    let own_alone = "of the member's own regions alone";
    assert!(many.contains(own_alone), "{many}");
    assert!(!printed(false, 0).contains(own_alone));
    assert!(!printed_of(&counted, true, 103).contains(own_alone));
}
