//! Amounts, shares and payers in words.

use huitong_core::money::Fen;
use huitong_core::policy::layer::Payer;
use huitong_core::ratio::Ratio;
use rust_decimal::Decimal;

/// Yuan with its thousands apart: `22,000.00`.
pub(super) fn yuan(amount: Fen) -> String {
    let plain = amount.to_string();
    let (whole, decimals) = plain.split_once('.').unwrap_or((&plain, "00"));
    let mut grouped = String::with_capacity(plain.len().saturating_add(4));
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && whole.len().saturating_sub(at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{grouped}.{decimals}")
}

/// A ratio in percent: `70%`.
pub(super) fn percent(ratio: Ratio) -> String {
    let percent = ratio.get().checked_mul(Decimal::ONE_HUNDRED);
    percent.map_or_else(
        || ratio.to_string(),
        |percent| format!("{}%", percent.normalize()),
    )
}

/// Who pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Payment {
    pub(super) zh: String,
    pub(super) en: String,
}

impl Payment {
    pub(super) fn by(payer: Payer) -> Self {
        match payer {
            Payer::Fund(fund) => Self {
                zh: fund.chinese().to_owned(),
                en: fund.english().to_owned(),
            },
            Payer::Hospital => Self {
                zh: "医院承担".to_owned(),
                en: "The hospital".to_owned(),
            },
            Payer::Given(name) => Self {
                zh: format!("其他途径已支付（{name}）"),
                en: format!("Paid elsewhere already ({name})"),
            },
        }
    }
}

/// An amount and what is said of it.
pub(super) struct Phrase {
    pub(super) amount: Fen,
    pub(super) zh: &'static str,
    pub(super) en: &'static str,
}

/// The phrases whose amount is not zero, in a row; all of them when every amount is.
pub(super) fn joined(phrases: &[Phrase]) -> (String, String) {
    let all_zero = phrases.iter().all(|phrase| phrase.amount.is_zero());
    let shown = || {
        phrases
            .iter()
            .filter(move |phrase| all_zero || !phrase.amount.is_zero())
    };
    let zh: Vec<String> = shown()
        .map(|phrase| format!("{} 元{}", yuan(phrase.amount), phrase.zh))
        .collect();
    let en: Vec<String> = shown()
        .map(|phrase| format!("{} {}", yuan(phrase.amount), phrase.en))
        .collect();
    (zh.join("；"), en.join("; "))
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
}
