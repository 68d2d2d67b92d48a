//! What is found when the bank's own file is held against what was entered: a stable word each, with what to do in English
//! and Chinese.

/// What is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Found {
    /// The bank booked it, and nobody entered it.
    NotEntered,
    /// The bank booked it, and as much moved the same way under a reference that the bank does not have: it may be the same.
    LikeAnother,
    /// It was entered, and the bank did not book it.
    NotInFile,
    /// Both have it: it moved the other way.
    Direction,
    /// Both have it, with another amount.
    Amount,
    /// Both have it, of another day.
    Day,
    /// Both have it, with another member.
    Member,
    /// Both have it, and it bears another payment's reference.
    Reference,
    /// The bank booked it, and it was taken out again as taken back.
    TakenOut,
    /// Nothing can be entered under the bank's reference.
    OddReference,
    /// The bank took it back, and it stands.
    TakenBack,
    /// The bank takes something back that is neither in its file nor entered.
    OddReversal,
    /// Another balance before the first day.
    Opening,
    /// Another balance after the last day.
    Closing,
}

impl Found {
    /// The stable word, and what to do in English and Chinese.
    pub(super) const fn said(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::NotEntered => (
                "not_entered",
                "enter it (bank-file enter, or confirm)",
                "银行已入账，尚未登记",
            ),
            Self::LikeAnother => (
                "like_another",
                "as much was entered under a reference that the bank does not have: correct that if it is the same, then enter this",
                "另有同额同向登记，银行无其流水号：如系同笔请先更正",
            ),
            Self::NotInFile => (
                "not_in_file",
                "the bank did not book it in these days: ask the bank, then correct",
                "已登记，银行对账单中无此笔",
            ),
            Self::Direction => (
                "direction",
                "it moved the other way: correct, then enter it",
                "收付方向不符",
            ),
            Self::Amount => (
                "amount",
                "another amount: correct, then enter it",
                "金额不符",
            ),
            Self::Day => (
                "day",
                "the bank booked it on another day: correct, then enter it",
                "入账日不符",
            ),
            Self::Member => (
                "member",
                "with another member: correct, then enter it",
                "清算成员不符",
            ),
            Self::Reference => (
                "reference",
                "it bears another payment's reference: correct, then enter it; or apply what is parked",
                "付款参考号不符",
            ),
            Self::TakenOut => (
                "taken_out",
                "it was taken out as bounced, and the bank does not take it back in this file: compare later days; if it never bounced, confirm it anew",
                "已按退回冲出，本文件中银行未退回：请核对后续日期，如未退回请重新登记（confirm）",
            ),
            Self::OddReference => (
                "odd_reference",
                "nothing can be entered under this reference (1 to 64 of letters, digits, . _ : / -): confirm it under one of your own, which stays a difference here",
                "银行流水号含不可登记的字符：请以自定流水号登记（confirm），此处将仍显示差异",
            ),
            Self::TakenBack => (
                "taken_back",
                "the bank took it back: correct it (bounced)",
                "银行已退回，登记仍有效：请更正（bounced）",
            ),
            Self::OddReversal => (
                "odd_reversal",
                "the bank takes back what is not found: ask the bank",
                "银行冲正，未找到原笔",
            ),
            Self::Opening | Self::Closing => self.said_of_balance(),
        }
    }

    const fn said_of_balance(self) -> (&'static str, &'static str, &'static str) {
        if matches!(self, Self::Opening) {
            (
                "opening",
                "another balance before the first day: compare earlier days",
                "期初余额不符",
            )
        } else {
            (
                "closing",
                "another balance after the last day",
                "期末余额不符",
            )
        }
    }
}

/// Something that is found, with what each side says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) found: Found,
    /// The bank's reference; empty for a balance.
    pub(super) bank_reference: String,
    pub(super) bank: String,
    pub(super) entered: String,
    /// Where it stands in the file.
    pub(super) line: Option<u64>,
}
