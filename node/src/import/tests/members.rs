//! `members.csv`: people, their cover and what they show.

use huitong_core::record::registry::Member;
use huitong_core::vocabulary::Scheme;

use super::*;

const MEMBERS: &str = "psn_no,credentials,birth_date,scheme,category,retired,years_paid,coverage,identities,claim_free_years\n";

fn member(row: &str) -> Member {
    let batch = batch("members", &format!("{MEMBERS}{row}\n"));
    let RegistryRows::Members(members) = batch.rows() else {
        panic!("{batch:?}")
    };
    members[0].clone()
}

#[test]
fn a_member_may_change_scheme_and_retire() {
    let member = member(&format!(
        "{ONE},resident_id:11010519491231002X;e_voucher:T-1,1949-12-31,employee,retiree,yes,30,\
         2009-01-01..2009-12-31 employee in_service no;2010-01-01..,subsistence 2023-01-01..2023-12-31,4"
    ));
    assert_eq!(
        (
            member.psn_no.expose(),
            member.credentials.len(),
            member.years_paid,
            member.claim_free_years
        ),
        (ONE, 2, 30, 4)
    );
    let periods: Vec<_> = member
        .periods
        .iter()
        .map(|period| {
            (
                period.scheme,
                period.category.to_string(),
                period.retired,
                period.days.until(),
            )
        })
        .collect();
    let end = "2009-12-31".parse().unwrap();
    assert_eq!(
        periods[0],
        (Scheme::Employee, "in_service".to_owned(), false, Some(end))
    );
    assert_eq!(
        periods[1],
        (Scheme::Employee, "retiree".to_owned(), true, None)
    );
    assert_eq!(member.identities.len(), 1);
}

#[test]
fn columns_stand_in_any_order_after_a_byte_order_mark_and_optional_ones_may_be_missing() {
    let file = format!(
        "\u{feff} coverage ,category,scheme,birth_date,credentials,psn_no\r\n\
         2020-01-01..,adult,resident,1964-02-29, social_card:A1 ,{ONE}\r\n"
    );
    let batch = batch("members", &file);
    let RegistryRows::Members(members) = batch.rows() else {
        panic!("{batch:?}")
    };
    assert_eq!(
        (
            members[0].periods[0].retired,
            members[0].years_paid,
            members[0].claim_free_years
        ),
        (false, 0, 0)
    );
    assert_eq!(batch.digest(), sha256(file.as_bytes()));
}

#[test]
fn every_fault_of_every_member_is_found() {
    let file = format!(
        "{MEMBERS}\
         {ONE},social_card:A1,1964-02-29,resident,adult,no,0,2020-01-01..,,\n\
         12,resident_id:1,1964-02-30,citizen,Adult,perhaps,81,2020-01-01,poor 2020-01-01..,-1\n\
         \n\
         {ONE},social_card:A1,1964-02-29,resident,adult,,,2020-01-01..2020-12-31;2020-12-31..,,\n\
         {TWO},,1964-02-29,resident,adult,,,2020-01-01.. x,,\n\
         {TWO},resident_id:11010519491231002X,1949-12-30,resident,adult,,,,,\n\
         {TWO},passport:P1,1949-12-30,resident\n\
         ,,,,,,,,,\n\
         {TWO},social_card:A1,1964-02-29,resident,adult,no,0,2020-01-01..,,\n\
         {TWO},passport:P1,1949-12-30,resident,adult,,,2020-01-01..,fringe 2020-01-01..;fringe 2021-01-01..,\n"
    );
    check(
        "members",
        &file,
        &[
            "3 birth_date",
            "3 category",
            "3 claim_free_years",
            "3 coverage",
            "3 credentials",
            "3 identities",
            "3 psn_no",
            "3 retired",
            "3 scheme",
            "3 years_paid",
            "5 coverage",
            "6 coverage",
            "7 birth_date",
            "7 coverage",
            "8 ",
            "9 ",
            "10 credentials",
            "11 identities",
        ],
    );
}

#[test]
fn a_person_stands_in_a_file_once() {
    let row = format!("{ONE},social_card:A1,1964-02-29,resident,adult,no,0,2020-01-01..,,\n");
    let other = row.replace("A1", "A2");
    check("members", &format!("{MEMBERS}{row}{other}"), &["3 psn_no"]);
}
