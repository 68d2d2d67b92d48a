//! The table as the public page has it.

use super::*;

const NAMES: &str = include_str!("../../../../certs/NAMES.md");

fn words(callers: &[Caller]) -> String {
    let word = |caller: &Caller| match caller {
        Caller::AnyCertified => "any certified peer",
        Caller::RegionNode => "node of any region",
        Caller::InstitutionOf(_) => "institution of the own region",
        Caller::OfficerOf(_) => "officer of the own region",
        Caller::Clearinghouse => "the clearinghouse",
        Caller::ClearinghouseOfficer => "clearing officer",
    };
    callers.iter().map(word).collect::<Vec<_>>().join(", ")
}

#[test]
fn the_table_is_the_one_in_names_md() {
    let section = NAMES.split("### A region's node").nth(1).unwrap();
    let section = section.split("###").next().unwrap();
    let written: Vec<String> = section
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(str::to_owned)
        .collect();
    let table = table("510100".parse().unwrap()).unwrap();
    let ours: Vec<String> = table
        .rows()
        .iter()
        .map(|row| format!("| `{}` | {} |", row.target(), words(row.callers())))
        .collect();
    assert_eq!(ours, written);
}
