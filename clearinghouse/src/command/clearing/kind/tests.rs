//! What is told of each way in which a file is not what it was given for, and by each command that reads one alike.

use std::process::ExitCode;

use clap::Parser;
use huitong_certs::{Authority, Validity};
use tempfile::TempDir;

use super::*;
use crate::ClearingCommand;

#[derive(Debug, Parser)]
struct Typed {
    #[command(flatten)]
    clearing: ClearingCommand,
}

/// How a command ended, with all that was printed and said.
fn ended(folder: &TempDir, words: &str) -> (ExitCode, String) {
    let at = |word: &str| match word.strip_prefix('@') {
        Some(name) => folder.path().join(name).display().to_string(),
        None => word.to_owned(),
    };
    let words = ["clearing"].into_iter().chain(words.split_whitespace());
    let typed = Typed::try_parse_from(words.map(at)).unwrap();
    let mut out = Vec::new();
    match typed.clearing.run_to(&mut out) {
        Ok(code) => (code, String::from_utf8(out).unwrap()),
        // As `huitong` ends when a command fails.
        Err(error) => (ExitCode::FAILURE, format!("{error:#}")),
    }
}

/// A folder with the operator's root and a file of each way to be wrong.
fn folder() -> TempDir {
    let holds = Validity::days(jiff::Timestamp::now(), 9).unwrap();
    let root = Authority::new_root(&"huitong.example".parse().unwrap(), holds).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    write("root.crt", root.certificate_pem().as_bytes());
    write("words.htcs", &WitnessFile { words: Vec::new() }.to_bytes());
    write("empty", b"");
    write("table.csv", b"amount,day\n");
    std::fs::create_dir(folder.path().join("folder")).unwrap();
    folder
}

/// Every command that reads a file and asks no server: with what is expected of the file, and its words with FILE in
/// them.
const READERS: [(Kind, &str); 11] = [
    (
        Kind::Statement,
        "verify --roots @root.crt --statement @FILE",
    ),
    (Kind::Statement, "papers --out @out --statement @FILE"),
    (Kind::Month, "month verify --roots @root.crt @FILE"),
    (Kind::Dispute, "dispute verify @FILE --roots @root.crt"),
    (
        Kind::Checkpoint,
        "verify-receipt --roots @root.crt --checkpoint @FILE HTR1:A",
    ),
    (
        Kind::Checkpoint,
        "verify --roots @root.crt --statement @st --checkpoint @FILE",
    ),
    (
        Kind::Statement,
        "verify --roots @root.crt --statement @st --before @FILE",
    ),
    (
        Kind::Book,
        "verify --roots @root.crt --statement @st --book @FILE",
    ),
    (
        Kind::Countersignatures,
        "verify --roots @root.crt --statement @st --countersignatures @FILE",
    ),
    (
        Kind::Month,
        "papers --out @out --statement @st --month @FILE",
    ),
    (Kind::Certificate, "month verify @words.htcs --roots @FILE"),
];

#[test]
fn every_command_tells_the_same_of_a_file_that_is_not_what_it_was_given_for() {
    let folder = folder();
    std::fs::write(folder.path().join("st"), statement()).unwrap();
    for (expected, words) in READERS {
        let (en, zh, command) = expected.named();
        let told = |name: &str, parts: &[&str]| {
            let (code, said) = ended(&folder, &words.replace("FILE", name));
            let shown = folder.path().join(name).display().to_string();
            assert_eq!(code, ExitCode::FAILURE, "{words}: {said}");
            for part in parts.iter().copied().chain([shown.as_str()]) {
                assert!(
                    said.contains(part),
                    "{words} of {name}: {said} lacks {part}"
                );
            }
        };
        told("missing", &["there is no such file", "没有该文件"]);
        if expected != Kind::Book {
            told("folder", &["it is a folder", "是一个目录"]);
        }
        told(
            "empty",
            &["it is empty, and", en, command, "文件为空，此处应为", zh],
        );
        if expected == Kind::Certificate {
            told("table.csv", &["根证书无法读取"]);
            told(
                "words.htcs",
                &["it is countersignatures, and a certificate"],
            );
            continue;
        }
        told(
            "table.csv",
            &[
                "it is none of clearing's files, and",
                en,
                command,
                "不是清算文件",
            ],
        );
        if expected == Kind::Countersignatures {
            told("st", &["it is a statement, and", en, "该文件是对账单", zh]);
        } else {
            told("words.htcs", &["it is countersignatures, and", en, command]);
            told("words.htcs", &["该文件是副署文件，此处应为", zh]);
        }
        let cut = [expected.marks()[0].as_slice(), &[0, 1, 0, 0]].concat();
        std::fs::write(folder.path().join("cut"), cut).unwrap();
        told(
            "cut",
            &[
                "it begins as",
                en,
                "is cut off in the middle",
                "中途截断",
                command,
            ],
        );
    }
    assert!(!folder.path().join("out").exists(), "nothing is written");
}

/// A statement, whatever it says.
fn statement() -> Vec<u8> {
    let hex = include_str!("../../../../netting/src/golden/statement.hex").trim();
    let digits: Vec<u32> = hex.chars().map(|it| it.to_digit(16).unwrap()).collect();
    let bytes = digits.chunks(2).map(|it| {
        let byte = it.iter().fold(0, |byte, digit| byte * 16 + digit);
        u8::try_from(byte).unwrap()
    });
    bytes.collect()
}

#[test]
fn each_kind_is_told_by_what_its_files_begin_with() {
    for kind in Kind::ALL {
        for mark in kind.marks() {
            assert_eq!(Kind::of(mark), Some(kind));
        }
    }
    assert_eq!(Kind::of(b"MST"), None);
}

#[test]
fn what_begins_rightly_is_cut_off_changed_or_of_another_version() {
    let book = LegBook::new("330200".parse().unwrap(), 1, Vec::new());
    let whole = book.unwrap().to_bytes();
    let read = |bytes: &[u8]| of_bytes::<LegBook>(Kind::Book, bytes);
    assert!(read(&whole).is_ok());
    let said = |bytes: &[u8], en: &str, zh: &str| {
        let Unread {
            en: found,
            zh: found_zh,
        } = read(bytes).unwrap_err();
        assert!(found.starts_with("it begins as a region's own legs and") && found.contains(en));
        assert!(found_zh.contains(zh), "{found_zh}");
    };
    for left in 4..whole.len() {
        said(&whole[..left], "cut off in the middle", "中途截断");
    }
    said(
        &[&whole[..], &[0]].concat(),
        "changed or damaged",
        "被更改或损坏",
    );
    let mut later = whole.clone();
    later[4] ^= 1;
    said(&later, "another version", "其他版本");
}

#[test]
fn a_file_that_nobody_may_read_is_told_as_that() {
    let error = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
    let said = file::unread(Path::new("st.htst"), &error).to_string();
    assert!(
        said.starts_with("st.htst: cannot be read: you may not read it"),
        "{said}"
    );
    assert!(said.contains("无权读取"), "{said}");
}
