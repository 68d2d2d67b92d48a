//! What a treatment region brings in: institutions and the catalogue.

use huitong_core::catalogue::CatalogueRule;
use huitong_core::vocabulary::{CatalogueClass, Grade};

use super::*;

#[test]
fn institutions_fit_their_code_and_their_province() {
    let heading = "code,name,type,grade,price_grade,administration,networked,from,until\n";
    let file = format!(
        "{heading}H33020400001,宁波市第一医院,general,three,two,city,yes,2020-01-01,\n\
         P33020400001,\"药店, 东门\",pharmacy,ungraded,,private,否,2020-01-01,2023-12-31\n"
    );
    let batch = batch("institutions", &file);
    let RegistryRows::Institutions(rows) = batch.rows() else {
        panic!("{batch:?}")
    };
    assert_eq!(
        (rows[0].institution.grade, rows[0].institution.price_grade),
        (Grade::Three, Grade::Two)
    );
    assert_eq!(
        (&*rows[1].name, rows[1].institution.price_grade),
        ("药店, 东门", Grade::Ungraded)
    );
    assert!(rows[0].institution.networked && !rows[1].institution.networked);
    let bad = format!(
        "{heading}H51010400001,a,pharmacy,four,,city,yes,2020-01-01,\n\
         S33020400001,a,general,three,,city,maybe,2020-01-01,\n\
         H33020400001,a,pharmacy,three,,city,yes,2020-01-01,\n\
         H33020400002,a,general,three,,city,yes,2020-01-01,\n\
         H33020400002,b,general,three,,city,yes,2024-01-01,\n"
    );
    check(
        "institutions",
        &bad,
        &[
            "2 code",
            "2 grade",
            "2 type",
            "3 networked",
            "3 type",
            "4 type",
            "6 code",
        ],
    );
}

#[test]
fn a_catalogue_has_classes_limits_and_a_word_on_what_it_does_not_list() {
    let heading = "code,name,from,until,class,first_pay,limit_three,limit_two,restricted,tags\n";
    let file = format!(
        "{heading}XA01ABD075A002010100483,药,2023-01-01,,b,0.10,12.50,,yes,special;implant;special\n\
         001101000010000,,2023-01-01,2023-12-31,甲,,,,,\n\
         001101000010000,,2024-01-01,,c,0,,,,\n\
         *local_item,,2023-01-01,,丙,,,,,\n"
    );
    let batch = batch("catalogue", &file);
    let RegistryRows::Catalogue(rules) = batch.rows() else {
        panic!("{batch:?}")
    };
    let CatalogueRule::Listed(entry) = &rules[0] else {
        panic!("{rules:?}")
    };
    assert_eq!(
        (entry.class, entry.first_pay.to_string(), entry.restricted),
        (CatalogueClass::B, "0.1".to_owned(), true)
    );
    assert_eq!(
        entry.limits,
        [(Grade::Three, Fen::parse_yuan("12.5").unwrap())]
    );
    let tags: Vec<String> = entry.tags.iter().map(ToString::to_string).collect();
    assert_eq!(tags, ["implant", "special"]);
    assert!(matches!(rules[3], CatalogueRule::Unlisted(_)));
    let bad = format!(
        "{heading}X1,,2023-01-01,,b,,,,,\n\
         001101000010000,,2023-01-01,2022-01-01,d,1.1,-1,1.001,vielleicht,Tag\n\
         001101000010001,,2023-01-01,,b,,,,,\n\
         001101000010001,,2023-01-01,,a,0.1,,,,\n\
         *,,2023-01-01,,a,,,,,\n\
         *drug,,2023-01-01,,c,,1,,,\n\
         *,,2023-01-01,,c,,1,,,\n\
         001101000010002,,2023-01-01,2023-12-31,a,,,,,\n\
         001101000010002,,2023-12-31,,a,,,,,\n"
    );
    check(
        "catalogue",
        &bad,
        &[
            "2 code",
            "3 class",
            "3 first_pay",
            "3 limit_three",
            "3 limit_two",
            "3 restricted",
            "3 tags",
            "3 until",
            "4 first_pay",
            "5 first_pay",
            "6 class",
            "7 code",
            "8 class",
            "10 from",
        ],
    );
}

#[test]
fn essential_drugs_and_packages_are_tags() {
    let heading = "code,from,class,essential,packages,tags\n";
    let file = format!(
        "{heading}001101000010000,2023-01-01,a,yes,dialysis_pack;cataract,special\n\
         001101000010001,2023-01-01,a,否,special,special\n"
    );
    let batch = batch("catalogue", &file);
    let RegistryRows::Catalogue(rules) = batch.rows() else {
        panic!("{batch:?}")
    };
    let tags: Vec<Vec<String>> = rules
        .iter()
        .map(|rule| match rule {
            CatalogueRule::Listed(entry) => entry.tags.iter().map(ToString::to_string).collect(),
            CatalogueRule::Unlisted(_) => Vec::new(),
        })
        .collect();
    assert_eq!(
        tags,
        [
            vec!["cataract", "dialysis_pack", "essential_drug", "special"],
            vec!["special"]
        ]
    );
    let bad = format!(
        "{heading}001101000010000,2023-01-01,a,maybe,Pack,\n\
         001101000010001,2023-01-01,a,no,,essential_drug\n\
         001101000010002,2023-01-01,a,no,essential_drug,\n\
         *,2023-01-01,c,yes,,\n\
         *,2023-01-01,c,,pack,\n"
    );
    check(
        "catalogue",
        &bad,
        &[
            "2 essential",
            "2 packages",
            "3 tags",
            "4 packages",
            "5 class",
            "6 class",
        ],
    );
}
