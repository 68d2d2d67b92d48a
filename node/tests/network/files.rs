//! The files that officers bring in, and the policies they publish.

use huitong_node::import::{ControlSums, FileKind};
use huitong_proto::settlement::v1;

/// People of Ningbo: one adult of the resident scheme, one covered until 2022, one child.
pub const MEMBERS: &str = "\
psn_no,credentials,birth_date,scheme,category,retired,years_paid,coverage,identities
330200000000000001,social_card:NB1,1964-02-29,resident,adult,no,0,2020-01-01..,
330200000000000002,social_card:NB2,1970-01-01,resident,adult,no,0,2020-01-01..2022-12-31,
330200000000000003,social_card:NB3,1990-01-01,employee,in_service,no,5,2020-01-01..,
";

/// A person of Chengdu.
pub const OWN_MEMBERS: &str = "\
psn_no,credentials,birth_date,scheme,category,retired,years_paid,coverage,identities
510100000000000001,social_card:CD1,1964-02-29,resident,adult,no,0,2020-01-01..,
";

/// Hospitals of Chengdu: two on the network, one that is not, one whose agreement has ended.
pub const INSTITUTIONS: &str = "\
code,name,type,grade,price_grade,administration,networked,from,until
H51010400001,成都市第一医院,general,three,three,city,yes,2020-01-01,
H51010400002,成都市第二医院,general,three,three,city,yes,2020-01-01,
H51010400003,成都市第三医院,general,three,three,city,no,2020-01-01,
H51010400004,成都市第四医院,general,three,three,city,yes,2020-01-01,2022-12-31
";

pub const CLASS_A: &str = "001101000010000";
pub const CLASS_B: &str = "XA01ABD075A002010100483";
pub const CLASS_C: &str = "C0101010010000104770";

/// The catalogue of Chengdu.
pub fn catalogue() -> String {
    format!(
        "code,name,from,until,class,first_pay\n\
         {CLASS_A},examination,2020-01-01,,a,\n\
         {CLASS_B},drug,2020-01-01,,b,0.10\n\
         {CLASS_C},consumable,2020-01-01,,c,\n"
    )
}

/// A policy of the resident scheme: a start of 1,200 a year, 70 %, at most 300,000 a year; a stay over
/// the turn of the year is billed in parts.
pub fn policy(region: &str) -> String {
    format!(
        r#"
title = "residents {region}"
source = "http://m.jwbk.com/techan/e0eed0076ac4010ca7eb111d6294a169.html"
region = "{region}"
scheme = "resident"
settings = ["inpatient"]
effective = {{ from = 2023-01-01, until = 2023-12-31 }}
benefit_date = "split"

[totals.paid]
adds = "basic.paid"
period = "year"

[totals.charged]
adds = "basic.charged"
period = "year"

[totals.admissions]
adds = "admission"
period = "year"

[[layer]]
name = "basic"
take = ["in"]
start = {{ amount = "1200", met_by = "charged.charged" }}
ratio = "0.70"
ceilings = [{{ payment = "300000", total = "paid" }}]
payer = "resident_pool"
"#
    )
}

/// The same policy with another ratio, which from a day on replaces others.
pub fn replacing(ratio: &str, from: &str, supersedes: &[&[u8]]) -> String {
    let named: Vec<String> = supersedes
        .iter()
        .map(|digest| {
            let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("\"{hex}\"")
        })
        .collect();
    let head = format!("supersedes = [{}]\neffective", named.join(", "));
    policy(crate::world::NINGBO)
        .replace("effective", &head)
        .replace("ratio = \"0.70\"", &format!("ratio = \"{ratio}\""))
        .replace("from = 2023-01-01", &format!("from = {from}"))
}

/// The messages that bring a file in.
pub fn messages(kind: v1::ImportKind, word: &str, file: &str) -> Vec<v1::ImportRequest> {
    let sums = ControlSums::of(word.parse::<FileKind>().unwrap(), file.as_bytes());
    let header = v1::ImportHeader {
        kind: kind.into(),
        as_of: "2022-12-31".to_owned(),
        rows: sums.rows,
        sum_fen: sums.sum.get(),
        dry_run: false,
    };
    let part = |part| v1::ImportRequest { part: Some(part) };
    vec![
        part(v1::import_request::Part::Header(header)),
        part(v1::import_request::Part::Chunk(file.as_bytes().to_vec())),
    ]
}
