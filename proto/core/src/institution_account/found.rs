//! What is found of an institution's lines and days: closed lists, with their words.

/// What is found of a line that the institution and the node do not have alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineFinding {
    /// The node has nothing of it.
    OnlyAtInstitution,
    /// The institution lacks it.
    OnlyAtNode,
    /// Amounts differ.
    AmountsDiffer,
    /// The node has its reversal, which the institution lacks.
    ReversedAtNode,
    /// Its outcome is not known yet, or the home region has not answered what was settled provisionally.
    StillOpen,
    /// It is booked on another day, or for another kind of care, than was asked about.
    Elsewhere,
    /// It was settled provisionally and the home region refused it: the region bears it, and no book has it.
    BorneByRegion,
    /// It was settled provisionally and taken back before the home region answered: no book has it.
    TakenBack,
}

impl LineFinding {
    /// Its word in files and interfaces.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::OnlyAtInstitution => "only_at_institution",
            Self::OnlyAtNode => "only_at_node",
            Self::AmountsDiffer => "amounts_differ",
            Self::ReversedAtNode => "reversed_at_node",
            Self::StillOpen => "still_open",
            Self::Elsewhere => "elsewhere",
            Self::BorneByRegion => "borne_by_region",
            Self::TakenBack => "taken_back",
        }
    }

    /// What people call it, in Chinese.
    #[must_use]
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::OnlyAtInstitution => "仅院端有",
            Self::OnlyAtNode => "仅节点有",
            Self::AmountsDiffer => "金额不符",
            Self::ReversedAtNode => "节点已冲正",
            Self::StillOpen => "节点尚未决",
            Self::Elsewhere => "节点记在其他日期或类别",
            Self::BorneByRegion => "参保地拒付，由就医地承担",
            Self::TakenBack => "先行结算已撤回",
        }
    }
}

/// How a day of an institution's stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayStanding {
    /// What was stated last equals the node's book.
    Equal,
    /// It did not.
    Differs,
    /// The node's book of the day has changed since.
    ChangedSince,
    /// The node has something of that day, and nothing was reconciled.
    Missing,
}

impl DayStanding {
    /// Its word in files and interfaces.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::Differs => "differs",
            Self::ChangedSince => "changed_since",
            Self::Missing => "missing",
        }
    }

    /// What people call it, in Chinese.
    #[must_use]
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::Equal => "一致",
            Self::Differs => "不符",
            Self::ChangedSince => "对账后有变动",
            Self::Missing => "未对账",
        }
    }
}
