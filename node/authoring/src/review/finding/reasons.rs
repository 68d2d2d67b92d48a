//! Parts of findings that are sentences of their own: why a label is never left, how a limit is passed, what
//! a slip of the hand was meant to be.

use std::fmt;

use huitong_adjudication::Fault;

/// Why a label is never left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unleft {
    /// The layer has no start.
    NoStart,
    /// The layer has no ceiling.
    NoCeiling,
    /// The layer pays all it covers.
    PaysAll,
    /// The layer takes nothing of this part, or all of it.
    OtherPart,
}

/// English; with `#`, Chinese.
impl fmt::Display for Unleft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (en, zh) = match self {
            Self::NoStart => ("the layer has no start", "该层没有起付线"),
            Self::NoCeiling => ("the layer has no ceiling", "该层没有限额"),
            Self::PaysAll => ("the layer pays all it covers", "该层全额支付"),
            Self::OtherPart => (
                "the layer treats these parts of the bill otherwise",
                "该层对这些费用部分另有处理",
            ),
        };
        f.write_str(if f.alternate() { zh } else { en })
    }
}

/// How a limit set from above is passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Passed {
    /// The funds pay so many points less than otherwise.
    Points {
        /// How many less.
        points: String,
        /// How many are allowed.
        most: String,
        /// Otherwise: these facts.
        than: String,
    },
    /// The funds pay too small a share of what is covered.
    Ratio {
        /// The share.
        ratio: String,
        /// The least.
        least: String,
    },
    /// The funds pay too small a share of a bill.
    Share {
        /// The share.
        ratio: String,
        /// The least.
        least: String,
        /// The bill.
        bill: String,
    },
    /// The start is too high.
    Start {
        /// The start.
        start: String,
        /// The most.
        most: String,
    },
    /// The ceiling is too low.
    CeilingLow {
        /// The ceiling.
        ceiling: String,
        /// The least.
        least: String,
    },
    /// The ceiling is too high.
    CeilingHigh {
        /// The ceiling.
        ceiling: String,
        /// The most.
        most: String,
    },
    /// There is no ceiling.
    NoCeiling {
        /// The most.
        most: String,
    },
}

/// English; with `#`, Chinese.
impl fmt::Display for Passed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, f.alternate()) {
            (Self::Points { points, most, than }, false) => write!(
                f,
                "the funds pay {points} points less than for {than}, at most {most} are allowed"
            ),
            (Self::Points { points, most, than }, true) => {
                write!(
                    f,
                    "基金支付比例比 {than} 低 {points} 个百分点，最多允许 {most} 个百分点"
                )
            }
            (Self::Ratio { ratio, least }, false) => write!(
                f,
                "the funds pay {ratio} of what is covered, at least {least} is asked for"
            ),
            (Self::Ratio { ratio, least }, true) => {
                write!(f, "基金支付比例为 {ratio}，要求不低于 {least}")
            }
            (Self::Share { ratio, least, bill }, false) => write!(
                f,
                "the funds pay {ratio} of {bill} in scope, at least {least} is asked for"
            ),
            (Self::Share { ratio, least, bill }, true) => {
                write!(
                    f,
                    "范围内费用 {bill} 元基金支付 {ratio}，要求不低于 {least}"
                )
            }
            (Self::Start { start, most }, false) => {
                write!(f, "the start is {start}, at most {most} is allowed")
            }
            (Self::Start { start, most }, true) => write!(f, "起付线为 {start}，最高允许 {most}"),
            (Self::CeilingLow { ceiling, least }, false) => {
                write!(
                    f,
                    "at most {ceiling} is paid, the ceiling is to be at least {least}"
                )
            }
            (Self::CeilingLow { ceiling, least }, true) => {
                write!(f, "支付限额为 {ceiling}，要求不低于 {least}")
            }
            (Self::CeilingHigh { ceiling, most }, false) => {
                write!(
                    f,
                    "up to {ceiling} is paid, the ceiling is to be at most {most}"
                )
            }
            (Self::CeilingHigh { ceiling, most }, true) => {
                write!(f, "支付限额为 {ceiling}，要求不高于 {most}")
            }
            (Self::NoCeiling { most }, false) => {
                write!(
                    f,
                    "there is no ceiling on payment, one of at most {most} is asked for"
                )
            }
            (Self::NoCeiling { most }, true) => write!(f, "没有支付限额，要求不高于 {most}"),
        }
    }
}

/// The word that was probably meant, if one is near.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meant(pub Option<String>);

/// `; did you mean …?`, in English; with `#`, in Chinese; nothing where nothing is near.
impl fmt::Display for Meant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.0, f.alternate()) {
            (Some(word), false) => write!(f, "; did you mean `{word}`?"),
            (Some(word), true) => write!(f, "；是否应为 `{word}`？"),
            (None, _) => Ok(()),
        }
    }
}

/// What the engine says where it gives no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said(pub Fault);

/// English; with `#`, Chinese.
impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            f.write_str(&self.0.zh())
        } else {
            self.0.fmt(f)
        }
    }
}
