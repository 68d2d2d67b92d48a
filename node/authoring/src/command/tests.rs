//! The commands as a person runs them: what they print, and how they end.

mod words;

use std::path::PathBuf;

use super::{Form, PolicyCommand, Verdict};

const POLICY: &str = include_str!("../../../../deploy/examples/policy.toml");
const LINES: &str = include_str!("../../../../deploy/examples/bill_lines.toml");
const AMOUNTS: &str = include_str!("../../../../deploy/examples/bill_amounts.toml");

/// A folder of documents; printed paths are cut to what stands below it.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        desk.put("policy.toml", POLICY);
        desk.put("lines.toml", LINES);
        desk.put("amounts.toml", AMOUNTS);
        desk
    }

    fn put(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, command: PolicyCommand) -> (Verdict, String, String) {
        let (mut out, mut faults) = (Vec::new(), Vec::new());
        let verdict = command.run_to(&mut out, &mut faults).unwrap();
        let folder = format!("{}/", self.0.path().display());
        let [out, faults] =
            [out, faults].map(|text| String::from_utf8(text).unwrap().replace(&folder, ""));
        (verdict, out, faults)
    }

    fn check(&self, names: &[&str]) -> (Verdict, String, String) {
        let files = names.iter().map(|name| self.path(name)).collect();
        self.run(PolicyCommand::Check {
            files,
            bounds: Vec::new(),
            json: false,
        })
    }

    fn adjudicate(&self, policy: &str, bill: &str, form: Form) -> (Verdict, String, String) {
        let (policy, bill) = (self.path(policy), self.path(bill));
        let json = form == Form::Json;
        self.run(PolicyCommand::Adjudicate { policy, bill, json })
    }

    /// What a sound bill prints.
    fn printed(&self, bill: &str, form: Form) -> String {
        let (verdict, out, faults) = self.adjudicate("policy.toml", bill, form);
        assert_eq!((verdict, faults.as_str()), (Verdict::Sound, ""));
        out
    }
}

#[test]
fn ningbo_as_json() {
    insta::assert_snapshot!(Desk::new().printed("lines.toml", Form::Json));
}

#[test]
fn ningbo_as_text() {
    insta::assert_snapshot!(Desk::new().printed("lines.toml", Form::Text));
}

#[test]
fn ningbo_at_its_ceiling_as_json() {
    insta::assert_snapshot!(Desk::new().printed("amounts.toml", Form::Json));
}

#[test]
fn ningbo_at_its_ceiling_as_text() {
    insta::assert_snapshot!(Desk::new().printed("amounts.toml", Form::Text));
}

#[test]
fn every_step_of_a_trace_has_its_operands() {
    let desk = Desk::new();
    desk.put(
        "policy.toml",
        include_str!("../../../../proto/document/tests/fixtures/good/every_construct.toml"),
    );
    desk.put(
        "bill.toml",
        include_str!("../../../../proto/document/tests/fixtures/bills/every_construct.toml"),
    );
    assert_eq!(desk.check(&["policy.toml"]).0, Verdict::Sound);
    insta::assert_snapshot!(desk.printed("bill.toml", Form::Json));
}

/// Examples that do not come out are told where they stand; a good policy beside them is still checked.
#[test]
fn a_check_tells_which_examples_come_out() {
    let desk = Desk::new();
    desk.put("wrong.toml", &POLICY.replace("13160", "13860"));
    let no_row = POLICY.replace(
        r#"three = "1200", below_three = "600""#,
        r#"below_three = "600""#,
    );
    desk.put("no_row.toml", &no_row);
    let mut told = String::new();
    for (name, expected) in [
        ("wrong.toml", Verdict::Faulty),
        ("no_row.toml", Verdict::Faulty),
        ("policy.toml", Verdict::Sound),
    ] {
        let (verdict, out, faults) = desk.check(&[name]);
        assert_eq!(verdict, expected, "{name}");
        told.push_str(&format!("{faults}{out}"));
    }
    insta::assert_snapshot!(told);
}

/// Documents that are checked together are looked at beside one another.
#[test]
fn two_documents_for_one_day_are_refused_together() {
    let desk = Desk::new();
    desk.put("copy.toml", &format!("# another\n{POLICY}"));
    assert_eq!(desk.check(&["copy.toml"]).0, Verdict::Sound);
    let (verdict, _, faults) = desk.check(&["copy.toml", "policy.toml"]);
    assert_eq!(verdict, Verdict::Faulty);
    for begin in [
        "copy.toml:8:13 effective: refused",
        "policy.toml:7:13 effective: refused",
    ] {
        assert!(
            faults.lines().any(|line| line.starts_with(begin)),
            "{faults}"
        );
    }
}

/// Limits set from above are reported, and refuse where their document says so; one with faults measures
/// nothing.
#[test]
fn policies_are_measured_against_bounds() {
    let desk = Desk::new();
    let bounds = |refuse: &str| {
        format!(
            "kind = \"bounds\"\ntitle = \"t\"\nsource = \"s\"\nregion = \"33\"\n\
             effective = {{ from = 2023-01-01 }}\n[[bound]]\nname = \"start\"\ntitle = \"起付线不高于 1000 元\"\n\
             funds = \"resident_pool\"\nstart_at_most = \"1000\"\n{refuse}"
        )
    };
    for (text, expected, says) in [
        (
            bounds(""),
            Verdict::Sound,
            "起付线不高于 1000 元: for [tier = three] the start is 1200.00",
        ),
        (
            bounds("refuse = true\n"),
            Verdict::Faulty,
            "refused: 起付线不高于 1000 元",
        ),
        (
            bounds("refuse = 1\n"),
            Verdict::Faulty,
            "bounds.toml:11:10 bound[0].refuse: expected true or false",
        ),
    ] {
        desk.put("bounds.toml", &text);
        let (verdict, _, faults) = desk.run(PolicyCommand::Check {
            files: vec![desk.path("policy.toml")],
            bounds: vec![desk.path("bounds.toml")],
            json: false,
        });
        assert_eq!(verdict, expected, "{faults}");
        assert!(faults.contains(says), "{faults}");
    }
}

/// For programs everything stands in one document: what was found, and what could not be read.
#[test]
fn a_check_as_json() {
    let desk = Desk::new();
    desk.put("wrong.toml", &POLICY.replace("\"1200\"", "\"120000\""));
    desk.put("faulty.toml", &POLICY.replace("\"0.70\"", "70"));
    let names = ["wrong.toml", "faulty.toml", "nowhere.toml"];
    let files = names.iter().map(|name| desk.path(name)).collect();
    let (verdict, out, faults) = desk.run(PolicyCommand::Check {
        files,
        bounds: Vec::new(),
        json: true,
    });
    assert_eq!((verdict, faults.as_str()), (Verdict::Faulty, ""));
    insta::assert_snapshot!(out);
}

#[test]
fn faults_of_documents_are_told_at_their_place() {
    let desk = Desk::new();
    desk.put(
        "faulty.toml",
        &POLICY.replace("\"0.70\"", "0.70").replace("payer", "payr"),
    );
    let (verdict, out, checked) = desk.check(&["faulty.toml", "nowhere.toml"]);
    assert_eq!((verdict, out.as_str()), (Verdict::Faulty, ""));
    desk.put(
        "bill.toml",
        &AMOUNTS
            .replace("tier", "tire")
            .replace("\"20000\"", "\"-1\""),
    );
    let (verdict, out, settled) = desk.adjudicate("policy.toml", "bill.toml", Form::Json);
    assert_eq!((verdict, out.as_str()), (Verdict::Faulty, ""));
    let (verdict, _, digested) = desk.run(PolicyCommand::Digest {
        file: desk.path("faulty.toml"),
    });
    assert_eq!(verdict, Verdict::Faulty);
    assert!(checked.starts_with(&digested), "{digested}");
    insta::assert_snapshot!(format!("{checked}---\n{settled}"));
}

/// A host that names a part for its layer, and one for its example.
fn in_parts(desk: &Desk) {
    std::fs::create_dir(desk.path("parts")).unwrap();
    let (head, rest) = POLICY.split_once("[[layer]]").unwrap();
    let (layer, example) = rest.split_once("[[example]]").unwrap();
    desk.put("parts/layer.toml", &format!("# 住院\n[[layer]]{layer}"));
    desk.put("parts/example.toml", &format!("[[example]]{example}"));
    desk.put(
        "host.toml",
        &format!(
            "{head}[[part]]\nfile = \"parts/layer.toml\"\n\n[[part]]\nfile = \"parts/example.toml\"\n"
        ),
    );
}

#[test]
fn a_policy_in_parts_is_checked_settled_and_digested_as_it_is_built() {
    let desk = Desk::new();
    in_parts(&desk);
    let (verdict, out, faults) = desk.check(&["host.toml"]);
    // The one example is told of in the part where it stands.
    let few = "parts/example.toml:1:1 example[0]: warning: worked examples: 1";
    assert!(
        verdict == Verdict::Sound && faults.starts_with(few),
        "{out}"
    );
    assert_eq!(faults.lines().count(), 1, "{faults}");
    let settled = |policy: &str| desk.adjudicate(policy, "lines.toml", Form::Text).1;
    let build = |out: Option<&str>| {
        desk.run(PolicyCommand::Build {
            file: desk.path("host.toml"),
            out: out.map(|name| desk.path(name)),
        })
    };
    let (_, built, _) = build(None);
    let digest = huitong_core::digest::sha256(built.as_bytes());
    assert_eq!(
        build(Some("built.toml")).1,
        format!("{digest}  built.toml\n")
    );
    assert_eq!(
        std::fs::read_to_string(desk.path("built.toml")).unwrap(),
        built
    );
    let digested = desk.run(PolicyCommand::Digest {
        file: desk.path("host.toml"),
    });
    assert_eq!(digested.1, format!("{digest}  host.toml\n"));
    assert_eq!(settled("host.toml"), settled("built.toml"));
    let part = huitong_core::digest::sha256(&std::fs::read(desk.path("parts/layer.toml")).unwrap());
    assert!(
        built.contains(&format!(
            "# part parts/layer.toml sha256 {part}\n# 住院\n[[layer]]\n"
        )),
        "{built}"
    );
    // A source is not written over, and what has faults is not built.
    assert_eq!(build(Some("host.toml")).0, Verdict::Faulty);
    desk.put("parts/example.toml", "[[example]]\nname = \"nothing\"\n");
    assert_eq!(build(Some("other.toml")).0, Verdict::Faulty);
    assert!(!desk.path("other.toml").exists());
}

/// What is wrong with a part is told in the part, and what is wrong with naming it in the document.
#[test]
fn faults_of_parts_are_told_where_they_were_written() {
    let desk = Desk::new();
    in_parts(&desk);
    let part = |name: &str| std::fs::read_to_string(desk.path(name)).unwrap();
    let (layer, example) = (part("parts/layer.toml"), part("parts/example.toml"));
    desk.put("parts/layer.toml", &layer.replace("\"0.70\"", "0.70"));
    let faulty = desk.check(&["host.toml"]).2;
    desk.put("parts/layer.toml", &layer);
    desk.put("parts/example.toml", &example.replace("13160", "13161"));
    let deviates = desk.check(&["host.toml"]).2;
    std::fs::remove_file(desk.path("parts/example.toml")).unwrap();
    desk.put("parts/layer.toml", "name = 1\n");
    let missing = desk.check(&["host.toml"]).2;
    insta::assert_snapshot!(format!("{faulty}---\n{deviates}---\n{missing}"));
}

#[test]
fn files_that_cannot_be_read_are_faults_too() {
    let desk = Desk::new();
    std::fs::write(desk.path("latin.toml"), [b'#', 0xe9]).unwrap();
    for (policy, bill) in [
        ("nowhere.toml", "lines.toml"),
        ("policy.toml", "nowhere.toml"),
        ("policy.toml", "latin.toml"),
        ("latin.toml", "lines.toml"),
    ] {
        let (verdict, out, faults) = desk.adjudicate(policy, bill, Form::Text);
        assert_eq!(
            (verdict, out.as_str()),
            (Verdict::Faulty, ""),
            "{policy} {bill}"
        );
        assert!(
            faults.contains(if policy == "policy.toml" {
                bill
            } else {
                policy
            }),
            "{faults}"
        );
    }
}

/// A bill that the rules give no result for is refused with the reason, not settled in part.
#[test]
fn a_refusal_of_the_engine_is_a_fault_of_the_bill() {
    let desk = Desk::new();
    desk.put(
        "policy.toml",
        &POLICY.replace(
            "[[tier]]\nname = \"below_three\"\n",
            "[[tier]]\nname = \"below_three\"\ngrade = \"two\"\n",
        ),
    );
    desk.put(
        "lines.toml",
        &LINES.replace("grade = \"three\"", "grade = \"one\""),
    );
    let (verdict, out, faults) = desk.adjudicate("policy.toml", "lines.toml", Form::Text);
    assert_eq!((verdict, out.as_str()), (Verdict::Faulty, ""));
    insta::assert_snapshot!(faults);
}

/// The digest is that of the bytes, whatever they are called.
#[test]
fn a_digest_names_the_bytes() {
    let desk = Desk::new();
    let digest = |name: &str| {
        desk.run(PolicyCommand::Digest {
            file: desk.path(name),
        })
        .1
    };
    desk.put("copy.toml", POLICY);
    desk.put("other.toml", &format!("# a remark\n{POLICY}"));
    let expected = huitong_core::digest::sha256(POLICY.as_bytes());
    assert_eq!(digest("policy.toml"), format!("{expected}  policy.toml\n"));
    assert_eq!(digest("copy.toml"), format!("{expected}  copy.toml\n"));
    assert!(!digest("other.toml").contains(&expected.to_string()));
}
