//! The five regions, their institutions, and the documents they publish.

/// A region of the demo.
#[derive(Debug)]
pub struct Region {
    /// Its code (GB/T 2260).
    pub code: &'static str,
    /// Its name.
    pub zh: &'static str,
    /// Its name.
    pub en: &'static str,
    /// The policy documents it publishes: file name and text.
    pub policies: &'static [(&'static str, &'static str)],
}

macro_rules! policy {
    ($name:literal) => {
        (
            concat!($name, ".toml"),
            include_str!(concat!("../../../policies/", $name, ".toml")),
        )
    };
}

/// The regions.
pub const REGIONS: &[Region] = &[
    Region {
        code: "330200",
        zh: "宁波",
        en: "Ningbo",
        policies: &[policy!("ningbo-resident"), policy!("ningbo-employee")],
    },
    Region {
        code: "510100",
        zh: "成都",
        en: "Chengdu",
        policies: &[policy!("chengdu-employee"), policy!("chengdu-resident")],
    },
    Region {
        code: "310000",
        zh: "上海",
        en: "Shanghai",
        policies: &[policy!("shanghai-employee"), policy!("shanghai-resident")],
    },
    Region {
        code: "110000",
        zh: "北京",
        en: "Beijing",
        policies: &[policy!("beijing-employee")],
    },
    Region {
        code: "500000",
        zh: "重庆",
        en: "Chongqing",
        policies: &[policy!("chongqing-resident")],
    },
];

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
