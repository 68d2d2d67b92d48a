//! Single values that a document writes as text: amounts, ratios, codes, dates, words, paths.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use huitong_core::date::ServiceDate;
use huitong_core::digest::Digest;
use huitong_core::institution::InstitutionCode;
use huitong_core::money::{Fen, MoneyError, SignedFen};
use huitong_core::name::Name;
use huitong_core::officer::OfficerName;
use huitong_core::ratio::{Coefficient, Ratio};
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::{
    Administration, AssistanceIdentity, Care, FilingClass, FilingTime, Grade, InstitutionType,
    Part, Place, Scheme, Setting,
};
use rust_decimal::Decimal;

/// A value written as text.
pub trait Scalar: Sized {
    /// What a document should say, in English and Chinese, ready to stand after "expected" and 应为.
    const EXPECTED: (&'static str, &'static str);
    /// Whether a writer may take it for a number and leave out the quotes.
    const IS_NUMBER: bool = false;
    /// Whether TOML's own dates are read too.
    const MAY_BE_BARE_DATE: bool = false;

    /// What a document should say, in Chinese, at full length.
    #[must_use]
    fn expected_zh() -> String {
        Self::EXPECTED.1.to_owned()
    }

    /// What a writer probably meant by a text that is not read: a slip of the unit.
    #[must_use]
    fn meant(_text: &str) -> Option<String> {
        None
    }

    /// What is wrong with a text that is written as it should be, in Chinese, ready to stand behind the field: how it is
    /// written would tell its writer nothing then.
    #[must_use]
    fn refused_zh(_text: &str) -> Option<&'static str> {
        None
    }

    /// Reads the text.
    ///
    /// # Errors
    /// A sentence that says what is wrong and what would be right.
    fn read(text: &str) -> Result<Self, String>;
}

fn parsed<T: FromStr>(text: &str) -> Result<T, String>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|error: T::Err| error.to_string())
}

macro_rules! scalars {
    ($($type:ty: $en:literal, $zh:literal $(, $trait_const:ident)?;)+) => {
        $(impl Scalar for $type {
            const EXPECTED: (&'static str, &'static str) = ($en, $zh);
            $(const $trait_const: bool = true;)?
            fn read(text: &str) -> Result<Self, String> {
                parsed(text)
            }
        })+
    };
}

scalars! {
    Coefficient: "a decimal such as \"0.20\"", "小数，如 \"0.20\"", IS_NUMBER;
    RegionCode: "a region code of six digits such as \"330200\"", "六位统筹区代码，如 \"330200\"", IS_NUMBER;
    OfficerName: "an officer's name such as \"wang.fang\"", "工作人员名称，如 \"wang.fang\"";
    InstitutionCode: "an institution code such as \"H51010400001\"", "定点机构代码，如 \"H51010400001\"";
    ServiceDate: "a date such as 2023-01-31", "日期，如 2023-01-31", MAY_BE_BARE_DATE;
    Digest: "a digest of 64 hex digits", " 64 位十六进制摘要";
    Name: "a name of lower-case letters, digits and _", "由小写字母、数字和下划线组成的名称";
}

/// An amount below zero, or beyond all that is counted, is told as that.
macro_rules! amounts {
    ($($type:ty),+) => {
        $(impl Scalar for $type {
            const EXPECTED: (&'static str, &'static str) =
                ("an amount in yuan such as \"1200.00\"", "以元为单位的金额，如 \"1200.00\"");
            const IS_NUMBER: bool = true;
            fn refused_zh(text: &str) -> Option<&'static str> {
                let refused = text.parse::<Self>().err();
                let refused = refused.filter(|error| *error != MoneyError::Malformed);
                refused.map(MoneyError::chinese)
            }
            fn read(text: &str) -> Result<Self, String> {
                parsed(text)
            }
        })+
    };
}

amounts!(Fen, SignedFen);

/// A percentage where a ratio is meant is the likeliest slip of all, so it is told as what it is.
impl Scalar for Ratio {
    const EXPECTED: (&'static str, &'static str) = (
        "a ratio from 0 to 1 such as \"0.70\"",
        " 0 至 1 的比例，如 \"0.70\"",
    );
    const IS_NUMBER: bool = true;
    fn meant(text: &str) -> Option<String> {
        let percent: Decimal = text.strip_suffix('%').unwrap_or(text).parse().ok()?;
        if percent < Decimal::from(5) || percent > Decimal::ONE_HUNDRED {
            return None;
        }
        let mut ratio = percent.checked_div(Decimal::ONE_HUNDRED)?.normalize();
        if ratio.scale() < 2 {
            ratio.rescale(2);
        }
        Some(ratio.to_string())
    }
    fn read(text: &str) -> Result<Self, String> {
        parsed(text)
    }
}

/// Words of a closed vocabulary: a wrong one is told all that would be right.
macro_rules! vocabularies {
    ($($type:ty: $en:literal, $zh:literal;)+) => {
        $(impl Scalar for $type {
            const EXPECTED: (&'static str, &'static str) = ($en, $zh);
            fn expected_zh() -> String {
                let words: Vec<_> = Self::ALL.iter().map(|word| word.word()).collect();
                format!(" {} 之一", words.join("、"))
            }
            fn read(text: &str) -> Result<Self, String> {
                parsed(text)
            }
        })+
    };
}

vocabularies! {
    Scheme: "a scheme such as \"resident\"", "险种，如 \"resident\"";
    Setting: "a kind of treatment such as \"inpatient\"", "就医类别，如 \"inpatient\"";
    Place: "\"home\", \"province\" or \"other_province\"", " \"home\"、\"province\" 或 \"other_province\"";
    FilingClass: "a filing class such as \"long_term\"", "备案类别，如 \"long_term\"";
    FilingTime: "\"before\", \"during_stay\" or \"absent\"", " \"before\"、\"during_stay\" 或 \"absent\"";
    AssistanceIdentity: "an assistance identity such as \"subsistence\"", "救助身份，如 \"subsistence\"";
    Grade: "a grade such as \"three\"", "医院等级，如 \"three\"";
    Administration: "an administration such as \"city\"", "隶属级别，如 \"city\"";
    InstitutionType: "an institution type such as \"general\"", "机构类型，如 \"general\"";
    Care: "\"emergency\" or \"epidemic\"", " \"emergency\" 或 \"epidemic\"";
    Part: "a part of the bill: \"in\", \"first\", \"over\" or \"out\"", "费用部分：\"in\"、\"first\"、\"over\" 或 \"out\"";
}

/// A text for people. A control character would forge lines of a log or a page.
impl Scalar for String {
    const EXPECTED: (&'static str, &'static str) =
        ("a text of 1 to 1000 characters", " 1 至 1000 字的文本");
    fn read(text: &str) -> Result<Self, String> {
        if (1..=1000).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
            Ok(text.to_owned())
        } else {
            Err("a text has 1 to 1000 characters, none of them a control character".to_owned())
        }
    }
}

impl Scalar for SocketAddr {
    const EXPECTED: (&'static str, &'static str) = (
        "an address and port such as \"127.0.0.1:7400\"",
        "地址和端口，如 \"127.0.0.1:7400\"",
    );
    fn read(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_| {
            "an address and port is written \"127.0.0.1:7400\" or \"[::1]:7400\"".to_owned()
        })
    }
}

impl Scalar for PathBuf {
    const EXPECTED: (&'static str, &'static str) = ("a path", "路径");
    fn read(text: &str) -> Result<Self, String> {
        if text.is_empty() || text.contains('\0') {
            return Err("a path has at least one character and no NUL".to_owned());
        }
        Ok(Self::from(text))
    }
}
