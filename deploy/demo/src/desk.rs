//! The institutions of the demo: every region has one of each kind.

/// What an institution of the demo is; every region has one of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Desk {
    /// A tertiary hospital.
    Three,
    /// A county hospital.
    Two,
    /// A small hospital.
    One,
    /// A community health centre.
    Community,
    /// A pharmacy.
    Pharmacy,
}

impl Desk {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::Three,
        Self::Two,
        Self::One,
        Self::Community,
        Self::Pharmacy,
    ];

    /// The word in the case file.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Three => "three",
            Self::Two => "two",
            Self::One => "one",
            Self::Community => "community",
            Self::Pharmacy => "pharmacy",
        }
    }

    /// The kind of a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|desk| desk.word() == word)
    }

    /// The institution's national code in a region.
    #[must_use]
    pub fn code(self, region: &str) -> String {
        match self {
            Self::Three => format!("H{region}00001"),
            Self::Two => format!("H{region}00002"),
            Self::One => format!("H{region}00003"),
            Self::Community => format!("H{region}00004"),
            Self::Pharmacy => format!("P{region}00001"),
        }
    }
}
