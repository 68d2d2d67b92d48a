//! The five regions and the documents they publish.

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
