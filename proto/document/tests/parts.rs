//! Policies written in parts: what is put together, where faults are told, and what is refused.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test that cannot put its text together fails"
)]

use huitong_core::digest::sha256;
use huitong_document::Faults;
use huitong_document::parts::{PARTS_AT_MOST, PartFile, Resolved, Unreadable, resolve};
use huitong_document::policy::PolicyDocument;

const NINGBO: &str = include_str!("fixtures/good/ningbo_resident_2023.toml");
const ASSISTANCE: &str = include_str!("fixtures/parts/assistance.toml");

/// Ningbo's policy with a part between its layers and its examples.
fn host(table: &str) -> String {
    let (before, example) = NINGBO.split_once("[[example]]").unwrap();
    format!("{before}{table}\n[[example]]{example}")
}

const NAMED: &str = "[[part]]\n# a remark\nfile = \"parts/assistance.toml\" # who is poor\n";

fn put_together(host: &str, part: &str) -> Result<Resolved, Faults> {
    resolve("host.toml", host.as_bytes(), &mut |name| {
        if name == "gone.toml" {
            return Err(Unreadable {
                en: "gone.toml cannot be read".to_owned(),
                zh: "无法读取".to_owned(),
            });
        }
        Ok(PartFile {
            shown: format!("shown/{name}"),
            bytes: part.as_bytes().to_vec(),
        })
    })
}

/// `file:line:column path: English` of each fault.
fn told(faults: &Faults) -> Vec<String> {
    let told = faults.to_string();
    told.lines()
        .map(|line| line.split(" / ").next().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn a_part_stands_where_its_table_stood() {
    let host = host(NAMED);
    let resolved = put_together(&host, ASSISTANCE).unwrap();
    let text = String::from_utf8(resolved.bytes().to_vec()).unwrap();
    let digest = sha256(ASSISTANCE.as_bytes());
    let expected = host.replace(
        NAMED,
        &format!(
            "# a remark\n# part parts/assistance.toml sha256 {digest}\n{ASSISTANCE}# end of part parts/assistance.toml\n"
        ),
    );
    assert_eq!(text, expected);
    let document = PolicyDocument::parse_resolved(&resolved).unwrap();
    assert_eq!(document.bytes(), resolved.bytes());
    assert_eq!(document.digest(), sha256(resolved.bytes()));
    let layers: Vec<_> = document
        .policy()
        .layers()
        .iter()
        .map(|layer| layer.name.to_string())
        .collect();
    assert_eq!(layers.last().map(String::as_str), Some("assistance"));
    // What was put together reads the same without the files.
    assert_eq!(
        PolicyDocument::parse(resolved.bytes()).unwrap().policy(),
        document.policy()
    );
}

#[test]
fn a_document_without_parts_stays_as_it_is() {
    let resolved = put_together(NINGBO, ASSISTANCE).unwrap();
    assert_eq!(resolved.bytes(), NINGBO.as_bytes());
    let crlf = NINGBO.replace('\n', "\r\n");
    assert_eq!(put_together(&crlf, "").unwrap().bytes(), crlf.as_bytes());
}

#[test]
fn every_line_knows_where_it_was_written() {
    let host = host(NAMED);
    let resolved = put_together(&host, ASSISTANCE).unwrap();
    let text = String::from_utf8(resolved.bytes().to_vec()).unwrap();
    for (line, number) in text.lines().zip(1..) {
        let (file, written) = resolved.origins().of(number);
        let of = match file {
            "host.toml" => host.as_str(),
            "shown/parts/assistance.toml" => ASSISTANCE,
            other => panic!("{other}"),
        };
        let there = of.lines().nth(written - 1).unwrap();
        let put_in = line.starts_with("# part ") || line.starts_with("# end of part ");
        assert!(
            there == line || put_in && there.starts_with("file = "),
            "{number}: {line}"
        );
    }
}

#[test]
fn faults_are_told_in_the_file_they_were_written_in() {
    let host = host(NAMED).replace("region = \"330200\"", "region = 330200");
    let part = ASSISTANCE.replace("payer", "payr");
    let resolved = put_together(&host, &part).unwrap();
    let faults = PolicyDocument::parse_resolved(&resolved).unwrap_err();
    insta::assert_snapshot!("parts", faults.to_string());
}

#[test]
fn what_would_mean_something_else_is_refused() {
    let named = "[[part]]\nfile = \"a.toml\"\n";
    let begins = "a part begins with a table of its own such as [[layer]]: this line would fall to whatever stands above the part";
    let cases = [
        ("[[layer]]\nname = \"x\"\n", "# remark\n\n  name = 1\n", format!("shown/a.toml:3:3 {begins}")),
        ("", "[layer.start]\namount = \"1\"\n", "shown/a.toml:1:2 layer: begin with [[layer]]: this would fall to the last layer above the part".to_owned()),
        ("", "[[part]]\nfile = \"b.toml\"\n", "shown/a.toml:1:1 part: a part cannot name further parts; name them in the document itself".to_owned()),
        ("", "[[layer]]\n[effective]\nfrom = 2023-01-01\n", "shown/a.toml:2:1 effective: a part holds [[layer]], [[tier]], [[example]], [totals.NAME] and [indexes.NAME]; this belongs to the document itself".to_owned()),
        ("", "[[layer]]\nname = \n", "shown/a.toml:2:8 no TOML: string values must be quoted, expected literal string".to_owned()),
    ];
    for (before, part, expected) in cases {
        let faults = put_together(&format!("{before}{named}"), part).unwrap_err();
        assert_eq!(told(&faults), [expected], "{part}");
    }
    let host = format!(
        "[[layer]]\nname = \"x\"\n{named}[layer.start]\namount = \"1\"\n[[layer]]\nname = \"y\"\n"
    );
    let faults = put_together(&host, "[[layer]]\n").unwrap_err();
    assert_eq!(
        told(&faults),
        [
            "host.toml:5:8 layer[0].start: this belongs to a [[layer]] above the part: write it before the part"
        ]
    );
}

#[test]
fn a_part_is_named_in_two_lines_by_a_file_beside_the_document() {
    let lines = "write a part as two lines: [[part]], and below it file = \"parts/tilt.toml\"";
    let relative = "name the file relative to this document, with `/`: \"parts/tilt.toml\"";
    let cases = [
        (
            "part = [{ file = \"a.toml\" }]\n",
            format!("host.toml:1:9 part[0]: {lines}"),
        ),
        (
            "[part]\nfile = \"a.toml\"\n",
            format!("host.toml:1:1 part: {lines}"),
        ),
        (
            "[[part]]\nfile = \"\"\"\na.toml\"\"\"\n",
            format!("host.toml:1:1 part[0]: {lines}"),
        ),
        (
            "[[part]]\nfile = \"/etc/a.toml\"\n",
            format!("host.toml:2:8 part[0].file: {relative}"),
        ),
        (
            "[[part]]\nfile = 'parts\\a.toml'\n",
            format!("host.toml:2:8 part[0].file: {relative}"),
        ),
        (
            "[[part]]\nfile = \"gone.toml\"\n",
            "host.toml:2:8 part[0].file: gone.toml cannot be read".to_owned(),
        ),
        (
            "[[part]]\nfile = 7\n",
            "host.toml:2:8 part[0].file: expected a text of 1 to 1000 characters, found 7"
                .to_owned(),
        ),
        (
            "[[part]]\nfiel = \"a.toml\"\n",
            "host.toml:2:1 part[0].fiel: unknown key; did you mean `file`?".to_owned(),
        ),
    ];
    for (host, expected) in cases {
        let found = told(&put_together(host, "").unwrap_err());
        assert!(found.contains(&expected), "{host}: {found:?}");
    }
    let up = "[[part]]\nfile = \"../parts/./a.toml\"\n";
    assert!(put_together(up, "[[layer]]\n").is_ok());
}

#[test]
fn parts_have_limits() {
    let many = "[[part]]\nfile = \"a.toml\"\n".repeat(PARTS_AT_MOST + 1);
    let faults = put_together(&many, "").unwrap_err();
    assert!(
        told(&faults)[0].contains("at most 64 parts, this one 65"),
        "{faults}"
    );
    let named = "[[part]]\nfile = \"a.toml\"\n";
    let large = format!("# {}\n", "x".repeat(1024 * 1024));
    let faults = put_together(named, &large).unwrap_err();
    assert!(
        told(&faults)[0].starts_with("shown/a.toml:1:1 the document has"),
        "{faults}"
    );
    // Each is within its limit, together they are not.
    let half = format!("# {}\n", "x".repeat(600 * 1024));
    let faults = put_together(&named.repeat(2), &half).unwrap_err();
    assert!(
        told(&faults)[0].starts_with("host.toml:1:1 with its parts the document has 12"),
        "{faults}"
    );
}

#[test]
fn published_bytes_have_no_parts() {
    let faults = PolicyDocument::parse(host(NAMED).as_bytes()).unwrap_err();
    assert_eq!(
        told(&faults),
        [
            "policy:33:1 part[0]: a published policy has no `[[part]]`: publish what `huitong policy build FILE` prints"
        ]
    );
}
