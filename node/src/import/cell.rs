//! What single cells hold: numbers, days, codes, credentials, words.
//!
//! A fault says what is wrong and what would be right; it does not repeat what identifies a person.

use huitong_core::catalogue_code::{CatalogueCode, CatalogueKind};
use huitong_core::date::{DateInterval, ServiceDate};
use huitong_core::money::Fen;
use huitong_core::person::{Credential, CredentialNumber, DocumentKind, PsnNo, ResidentId};
use huitong_core::vocabulary::CatalogueClass;
use huitong_document::Scalar;

/// Why a cell cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) en: String,
    pub(super) zh: String,
}

pub(super) fn wrong(en: impl Into<String>, zh: impl Into<String>) -> Wrong {
    Wrong {
        en: en.into(),
        zh: zh.into(),
    }
}

/// Anything that documents write as text too.
pub(super) fn scalar<T: Scalar>(text: &str) -> Result<T, Wrong> {
    T::read(text).map_err(|en| wrong(en, format!("应为{}", T::EXPECTED.1.trim_start())))
}

/// Yuan with at most two decimals.
pub(super) fn yuan(text: &str) -> Result<Fen, Wrong> {
    scalar(text)
}

pub(super) fn psn_no(text: &str) -> Result<PsnNo, Wrong> {
    PsnNo::parse(text)
        .map_err(|error| wrong(error.to_string(), "人员编号应为 18 至 26 位数字或大写字母"))
}

/// `kind:number`, such as `resident_id:11010519491231002X`.
pub(super) fn credential(text: &str) -> Result<Credential, Wrong> {
    let Some((kind, number)) = text.split_once(':') else {
        return Err(wrong(
            "write a credential as kind:number, such as resident_id:…",
            "凭证应写作“类型:号码”，如 resident_id:…",
        ));
    };
    let number = number.trim();
    let numbered = |number: &str| {
        CredentialNumber::parse(number).map_err(|error| {
            wrong(
                error.to_string(),
                "凭证号码应为 1 至 128 个可见 ASCII 字符，不含空格",
            )
        })
    };
    match kind.trim() {
        "resident_id" => ResidentId::parse(number)
            .map(Credential::ResidentId)
            .map_err(|error| {
                wrong(
                    error.to_string(),
                    "居民身份证号码有误，请核对位数、生日和校验位",
                )
            }),
        "e_voucher" => numbered(number).map(Credential::EVoucher),
        "social_card" => numbered(number).map(Credential::SocialCard),
        other => match DocumentKind::from_name(other) {
            Some(kind) => Ok(Credential::Other {
                kind,
                number: numbered(number)?,
            }),
            None => Err(unknown_word(
                "kind of credential",
                "凭证类型",
                &credential_kinds(),
            )),
        },
    }
}

fn credential_kinds() -> Vec<&'static str> {
    let own = ["resident_id", "e_voucher", "social_card"];
    own.into_iter()
        .chain(DocumentKind::ALL.iter().map(|kind| kind.as_str()))
        .collect()
}

/// `2020-01-01..2023-12-31`, or `2020-01-01..` without end; both days belong to it.
pub(super) fn interval(text: &str) -> Result<DateInterval, Wrong> {
    let Some((from, until)) = text.split_once("..") else {
        return Err(wrong(
            "write days as 2020-01-01..2023-12-31, or 2020-01-01.. without end",
            "起止日期应写作 2020-01-01..2023-12-31，无截止日时写 2020-01-01..",
        ));
    };
    let until = match until.trim() {
        "" => None,
        day => Some(scalar::<ServiceDate>(day)?),
    };
    days(scalar(from.trim())?, until)
}

/// The days from the first to the last.
pub(super) fn days(from: ServiceDate, until: Option<ServiceDate>) -> Result<DateInterval, Wrong> {
    DateInterval::new(from, until).map_err(|_| {
        wrong(
            "the last day comes before the first",
            "截止日期早于起始日期",
        )
    })
}

/// `yes` or `no`, in either language.
pub(super) fn yes_no(text: &str) -> Result<bool, Wrong> {
    match text {
        "yes" | "是" => Ok(true),
        "no" | "否" => Ok(false),
        _ => Err(wrong("write yes or no", "应为“是”或“否”（yes 或 no）")),
    }
}

/// A whole number from zero to `at_most`.
pub(super) fn count<T: TryFrom<u64>>(at_most: u64) -> impl Fn(&str) -> Result<T, Wrong> {
    move |text| {
        let digits = text.len() <= 18 && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = if digits {
            text.parse::<u64>().ok()
        } else {
            None
        };
        number
            .filter(|number| *number <= at_most)
            .and_then(|number| T::try_from(number).ok())
            .ok_or_else(|| {
                wrong(
                    format!("a whole number from 0 to {at_most}"),
                    format!("应为 0 至 {at_most} 的整数"),
                )
            })
    }
}

/// A text for people, of at most 200 characters.
pub(super) fn text(text: &str) -> Result<String, Wrong> {
    if text.chars().count() <= 200 && !text.chars().any(char::is_control) {
        Ok(text.to_owned())
    } else {
        Err(wrong(
            "at most 200 characters, no control characters",
            "最多 200 字，不得含控制字符",
        ))
    }
}

pub(super) fn class(text: &str) -> Result<CatalogueClass, Wrong> {
    match text {
        "a" | "甲" => Ok(CatalogueClass::A),
        "b" | "乙" => Ok(CatalogueClass::B),
        "c" | "丙" => Ok(CatalogueClass::C),
        _ => Err(wrong(
            "a class is a, b or c",
            "类别应为甲、乙、丙（a、b、c）",
        )),
    }
}

/// Whom a row of a catalogue speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Codes {
    One(CatalogueCode),
    /// `*` or `*kind`: whatever is not listed.
    Unlisted(Option<CatalogueKind>),
}

pub(super) fn codes(text: &str) -> Result<Codes, Wrong> {
    match text.strip_prefix('*') {
        None => CatalogueCode::parse(text).map(Codes::One).map_err(|error| {
            wrong(
                error.to_string(),
                "编码应为：X 加 22 位（西药）、Z 加 19 位（中成药）、C 加 19 或 26 位数字（耗材）、\
                 15 位数字（服务项目），或 L 加统筹区代码及最多 12 位（本地项目）",
            )
        }),
        Some("") => Ok(Codes::Unlisted(None)),
        Some(word) => {
            let kind = CatalogueKind::ALL
                .into_iter()
                .find(|kind| kind.word() == word);
            let words: Vec<_> = CatalogueKind::ALL.iter().map(|kind| kind.word()).collect();
            kind.map(|kind| Codes::Unlisted(Some(kind)))
                .ok_or_else(|| unknown_word("kind of item after *", "“*”后的项目类别", &words))
        }
    }
}

fn unknown_word(en: &str, zh: &str, words: &[&str]) -> Wrong {
    let words = words.join(", ");
    wrong(
        format!("no {en}: use one of {words}"),
        format!("没有此{zh}，可用：{words}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_with_two_dots_and_may_have_no_end() {
        let until = |text: &str| interval(text).map(|days| days.until().map(|day| day.to_string()));
        assert_eq!(
            until("2020-01-01..2023-12-31"),
            Ok(Some("2023-12-31".to_owned()))
        );
        assert_eq!(until("2020-01-01 .. "), Ok(None));
        for bad in [
            "2020-01-01",
            "..2020-01-01",
            "2020-02-30..",
            "2023-01-02..2023-01-01",
            "a..b",
        ] {
            assert!(interval(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_credential_names_its_kind_and_a_wrong_one_is_not_repeated() {
        let kinds = credential_kinds();
        assert_eq!(kinds.len(), 8);
        for kind in kinds.into_iter().filter(|kind| *kind != "resident_id") {
            assert!(credential(&format!("{kind}: A1")).is_ok(), "{kind}");
        }
        assert!(credential("resident_id:11010519491231002X").is_ok());
        for bad in [
            "11010519491231002X",
            "resident_id:110105194912310021",
            "id:1",
            "e_voucher:",
            "passport:A 1",
        ] {
            let wrong = credential(bad).unwrap_err();
            assert!(
                !wrong.en.contains("1101") && !wrong.zh.contains("1101"),
                "{wrong:?}"
            );
        }
    }

    #[test]
    fn counts_are_bounded() {
        assert_eq!(count::<u16>(80)("80"), Ok(80));
        for bad in ["81", "-1", "1.0", "", "99999999999999999999", "１"] {
            assert!(count::<u16>(80)(bad).is_err(), "{bad}");
        }
        assert!(count::<u8>(1000)("256").is_err());
    }

    #[test]
    fn a_star_speaks_of_what_is_not_listed() {
        assert_eq!(codes("*"), Ok(Codes::Unlisted(None)));
        assert_eq!(
            codes("*service_item"),
            Ok(Codes::Unlisted(Some(CatalogueKind::ServiceItem)))
        );
        assert!(codes("*drug").unwrap_err().en.contains("western_drug"));
        assert!(matches!(codes("001101000010000"), Ok(Codes::One(_))));
        assert!(codes("x").is_err());
    }
}
