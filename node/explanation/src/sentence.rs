//! A sentence in both languages, and how figures are spoken in one.
//!
//! `say!` writes one: two texts that share their parts, each part in the language of its text.

use std::fmt::{self, Formatter};

use huitong_core::money::Fen;
use huitong_core::name::Name;
use huitong_core::ratio::Ratio;
use rust_decimal::Decimal;

/// One sentence, or a part of one, in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Sentence {
    /// Nothing said.
    pub(crate) const fn nothing() -> Self {
        Self {
            zh: String::new(),
            en: String::new(),
        }
    }

    /// The same in both languages, such as a name.
    #[must_use]
    pub fn same(text: impl std::fmt::Display) -> Self {
        let text = text.to_string();
        Self {
            zh: text.clone(),
            en: text,
        }
    }

    /// Several in a row, with these between them.
    #[must_use]
    pub fn joined(parts: &[Self], zh: &str, en: &str) -> Self {
        let of = |text: fn(&Self) -> &str, between: &str| {
            parts.iter().map(text).collect::<Vec<_>>().join(between)
        };
        Self {
            zh: of(|part| &part.zh, zh),
            en: of(|part| &part.en, en),
        }
    }

    /// Whether nothing is said.
    pub(crate) const fn is_nothing(&self) -> bool {
        self.zh.is_empty() && self.en.is_empty()
    }
}

/// What has a text in each language.
pub(crate) trait Spoken {
    fn zh(&self, f: &mut Formatter<'_>) -> fmt::Result;
    fn en(&self, f: &mut Formatter<'_>) -> fmt::Result;
}

impl Spoken for Sentence {
    fn zh(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.zh)
    }
    fn en(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en)
    }
}

impl Spoken for &Sentence {
    fn zh(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.zh)
    }
    fn en(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en)
    }
}

/// A pair of constant texts: Chinese, English.
impl Spoken for (&str, &str) {
    fn zh(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
    fn en(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.1)
    }
}

macro_rules! alike {
    ($($type:ty, $value:ident => $text:expr;)*) => {
        $(impl Spoken for $type {
            fn zh(&self, f: &mut Formatter<'_>) -> fmt::Result {
                let $value = self;
                write!(f, "{}", $text)
            }
            fn en(&self, f: &mut Formatter<'_>) -> fmt::Result {
                self.zh(f)
            }
        })*
    };
}

alike! {
    Fen, amount => Grouped(*amount);
    Ratio, ratio => percent(*ratio);
    Name, name => name;
    &str, text => text;
    String, text => text;
    i64, count => count;
}

/// A part in Chinese, written where it stands in its sentence.
pub(crate) struct Zh<'a, S>(pub(crate) &'a S);

impl<S: Spoken> fmt::Display for Zh<'_, S> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.zh(f)
    }
}

/// A part in English.
pub(crate) struct En<'a, S>(pub(crate) &'a S);

impl<S: Spoken> fmt::Display for En<'_, S> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.en(f)
    }
}

/// Two texts with common parts: `say!("共 {total} 元", "{total} yuan in all", total = decision.total)`.
macro_rules! say {
    ($zh:literal, $en:literal $(,)?) => {
        $crate::sentence::Sentence {
            zh: $zh.to_owned(),
            en: $en.to_owned(),
        }
    };
    ($zh:literal, $en:literal $(, $name:ident = $value:expr)+ $(,)?) => {
        match ($(&$value,)+) {
            ($($name,)+) => $crate::sentence::Sentence {
                zh: format!($zh, $($name = $crate::sentence::Zh($name)),+),
                en: format!($en, $($name = $crate::sentence::En($name)),+),
            },
        }
    };
}
pub(crate) use say;

/// Yuan with its thousands apart: `22,000.00`.
#[must_use]
pub fn yuan(amount: Fen) -> String {
    Grouped(amount).to_string()
}

/// The same where it stands in a sentence.
struct Grouped(Fen);

impl fmt::Display for Grouped {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let plain = self.0.to_string();
        let (mut rest, decimals) = plain.split_once('.').unwrap_or((&plain, "00"));
        let first = rest.len().saturating_sub(1) % 3;
        let mut ahead = first.saturating_add(1);
        while let Some((group, more)) = rest.split_at_checked(ahead).filter(|it| !it.1.is_empty()) {
            write!(f, "{group},")?;
            (rest, ahead) = (more, 3);
        }
        write!(f, "{rest}.{decimals}")
    }
}

/// A ratio in percent: `70%`.
#[must_use]
pub fn percent(ratio: Ratio) -> String {
    let percent = ratio.get().checked_mul(Decimal::ONE_HUNDRED);
    percent.map_or_else(
        || ratio.to_string(),
        |percent| format!("{}%", percent.normalize()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_grouped_and_shares_are_percents() {
        let said = |text: &str| yuan(Fen::parse_yuan(text).unwrap());
        let cases = [
            ("0", "0.00"),
            ("999.9", "999.90"),
            ("1000", "1,000.00"),
            ("22000", "22,000.00"),
            ("1234567.89", "1,234,567.89"),
        ];
        for (text, expected) in cases {
            assert_eq!(said(text), expected);
        }
        let share = |text: &str| percent(Ratio::parse(text).unwrap());
        assert_eq!(
            [share("0.7"), share("0.895"), share("1"), share("0")],
            ["70%", "89.5%", "100%", "0%"]
        );
    }

    #[test]
    fn each_part_is_spoken_in_the_language_of_its_text() {
        let said = say!(
            "{who}付 {amount} 元",
            "{who} pays {amount}",
            who = ("医院", "the hospital"),
            amount = Fen::parse_yuan("1000").unwrap()
        );
        assert_eq!(said.zh, "医院付 1,000.00 元");
        assert_eq!(said.en, "the hospital pays 1,000.00");
    }
}
