//! Paths of the checked value lead to the line and column where the document says it.

use huitong_core::policy::{FaultPath, PathStep};
use huitong_document::policy::PolicyDocument;
use huitong_document::reader::Reach;

const POLICY: &str = r#"title = "t"
source = "s"
region = "330200"
scheme = "resident"
settings = ["inpatient"]
effective = { from = 2023-01-01 }

[[tier]]
name = "three"
grade = "three"

[[tier]]
name = "two"

[totals]
admissions = { adds = "admission", period = "year" }

[[layer]]
name = "basic"
take = "in"
start = [
    { when = { age = { at_least = 90 } }, value = "0" },
    { value = { by = "tier", three = { by = "ordinal", 1 = "1200", otherwise = "600" }, two = "500" } },
]
ratio = [
    { when = { tier = "three" }, value = "0.70" },
    { value = "0.80" },
]
payer = "resident_pool"
"#;

fn path(text: &str) -> FaultPath {
    let mut path = FaultPath::ROOT;
    for word in text.split('/') {
        path = match word.parse() {
            Ok(at) => path.index(at),
            Err(_) => path.key(word),
        };
    }
    assert!(
        path.steps()
            .iter()
            .all(|step| *step != PathStep::Key(String::new()))
    );
    path
}

#[test]
fn a_path_leads_as_far_as_the_document_goes() {
    let document = PolicyDocument::parse(POLICY.as_bytes()).unwrap();
    for (from, line, column, written, reach) in [
        ("effective", 6, 13, "effective", Reach::Whole),
        ("tier/1", 12, 1, "tier[1]", Reach::Whole),
        ("tier/1/grade", 12, 1, "tier[1]", Reach::Around),
        (
            "totals/admissions",
            16,
            14,
            "totals.admissions",
            Reach::Whole,
        ),
        ("layer/0", 18, 1, "layer[0]", Reach::Whole),
        ("layer/0/take/0", 20, 8, "layer[0].take", Reach::Around),
        // A short form leaves steps out.
        (
            "layer/0/segments/0/ratio/1/value",
            27,
            15,
            "layer[0].ratio[1].value",
            Reach::Around,
        ),
        (
            "layer/0/segments/0/ratio/0/when/0/tier",
            26,
            23,
            "layer[0].ratio[0].when.tier",
            Reach::Around,
        ),
        // The second row became three.
        (
            "layer/0/start/amount/0/value",
            22,
            5,
            "layer[0].start[0]",
            Reach::Around,
        ),
        (
            "layer/0/start/amount/1/value",
            23,
            60,
            "layer[0].start[1].value.three.1",
            Reach::Around,
        ),
        (
            "layer/0/start/amount/2/value",
            23,
            80,
            "layer[0].start[1].value.three.otherwise",
            Reach::Around,
        ),
        (
            "layer/0/start/amount/3",
            23,
            95,
            "layer[0].start[1].value.two",
            Reach::Around,
        ),
    ] {
        let place = document.places().find(&path(from));
        let found = (place.line, place.column, place.path.as_str(), place.reach);
        assert_eq!(found, (line, column, written, reach), "{from}");
    }
    let by_row = |table| document.places().is_written_row_by_row(&path(table));
    assert!(by_row("layer/0/ratio") && !by_row("layer/0/start"));
}
