//! The faults in Chinese, sentence by sentence as they are in English.

use huitong_core::money::MoneyError;

use super::{Asked, Fault, RuleFault, Unsuited, yuan};

impl Fault {
    /// What is wrong, in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::Layer { layer, fault } => format!("`{layer}` 层：{}", fault.zh()),
            Self::Total { total, fault } => format!("累计 `{total}`：{}", fault.zh()),
            Self::NoTier {
                place,
                grade,
                administration,
                kind,
                networked,
            } => {
                let networked = if *networked { "已联网" } else { "未联网" };
                format!(
                    "没有适用于该机构的等级（place {place}，grade {grade}，administration {administration}，kind {kind}，{networked}）；请补充一行 [[tier]]"
                )
            }
            Self::NotInScope(unsuited) => format!("该政策不适用于这笔费用：{}", unsuited.zh()),
            Self::SpansYears { from, until } => {
                format!("拒绝：费用自 {from} 至 {until}，跨两个待遇年度；请按年度分别结算")
            }
            Self::GivenTooLarge { name, given, left } => format!(
                "拒绝：`{name}` 已支付 {} 元，但可由其支付的费用只剩 {} 元",
                yuan(*given),
                yuan(*left)
            ),
            Self::GivenUnknown { name } => {
                format!("拒绝：政策中没有为这笔费用登记名为 `{name}` 的支付")
            }
            Self::StoredTotal { total, value } => {
                format!("累计 `{total}` 现为 {value}，应在 0 至 10^15 之间")
            }
            Self::TooManyBuckets { layer, limit } => format!(
                "`{layer}` 层：费用被分成超过 {limit} 组；请减少按不同标签或剩余部分分别纳入的层"
            ),
            Self::Money(error) => money(*error),
            Self::OtherDecision => "该结果不是按此政策和这些数据得出的".to_owned(),
            Self::Unbalanced => "各方支付之和不等于费用总额".to_owned(),
        }
    }
}

impl Unsuited {
    const fn zh(self) -> &'static str {
        match self {
            Self::Scheme => "险种不同",
            Self::Setting => "就医类别不同",
            Self::Date => "待遇日期不在有效期内",
        }
    }
}

impl RuleFault {
    fn zh(&self) -> String {
        match self {
            Self::NoRow(asked) => format!("{}没有适用于这次就医的行", asked.zh()),
            Self::IndexMissing { name, year } => format!("指标 `{name}` 没有 {year} 年的数值"),
            Self::Undeclared(name) => format!("政策未经检查：没有声明 {name}"),
            Self::SegmentsCross(at) => format!("第 {at} 段（自 0 数起）的终点低于起点"),
            Self::RatioPlaces => "调整后的比例超过十位小数；请用更短的数字调整".to_owned(),
            Self::LabelTwice(name) => format!("另一个标签名为 `{name}` 的层也适用"),
            Self::TooMany { what, limit } => {
                let what = match *what {
                    "tags" => "标签",
                    "layers" => "层",
                    "totals" => "累计",
                    other => other,
                };
                format!("{what}超过 {limit} 个")
            }
            Self::Overflow => "金额超出范围".to_owned(),
        }
    }
}

impl Asked {
    fn zh(self) -> String {
        match self {
            Self::Weight(at) => format!("第 {at} 项（自 0 数起）纳入比例"),
            Self::Start => "起付线".to_owned(),
            Self::SegmentEnd(at) => format!("第 {at} 段（自 0 数起）的终点"),
            Self::Ratio(at) => format!("第 {at} 段（自 0 数起）的支付比例"),
            Self::Floor => "保底比例".to_owned(),
            Self::Ceiling(at) => format!("第 {at} 项（自 0 数起）限额"),
        }
    }
}

fn money(error: MoneyError) -> String {
    match error {
        MoneyError::Negative => "金额不能为负".to_owned(),
        MoneyError::OutOfRange => "金额不能超过 10,000,000,000,000.00 元".to_owned(),
        MoneyError::Malformed => "金额以元为单位，至多两位小数，如 13160.00".to_owned(),
        MoneyError::NothingToSplitBy => "各部分均为零，无法按比例分摊".to_owned(),
        MoneyError::PartsDiffer { targets, room } => {
            format!("需分成 {targets} 份，只能放下 {room} 份")
        }
        MoneyError::TargetsDiffer => "各份之和不等于被分摊的金额".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use huitong_core::name::Name;

    use super::*;

    /// Both languages say the same figures, in yuan.
    #[test]
    fn amounts_are_told_in_yuan() {
        let fault = Fault::GivenTooLarge {
            name: Name::parse("work_injury").unwrap(),
            given: 1_234_567,
            left: 50,
        };
        for said in [fault.to_string(), fault.zh()] {
            assert!(said.contains("12345.67") && said.contains("0.50"), "{said}");
        }
    }
}
