//! The registers of the world: its regions, their people, institutions, items and rules, and the files in
//! which a bureau brings them in. Everything is made up; codes are right in their shape.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use huitong_core::region::RegionCode;

/// A region of the world.
#[derive(Debug)]
pub struct Region {
    /// Its code (GB/T 2260).
    pub code: &'static str,
    scheme: &'static str,
    category: &'static str,
    policy: &'static str,
}

/// Residents: 1,200 a stay and 70 %, outpatients 300 a year and 50 %.
pub const NINGBO: Region = Region {
    code: "330200",
    scheme: "resident",
    category: "adult",
    policy: include_str!("../data/resident.toml"),
};
/// Employees: 800 a stay and 80 %, outpatients 200 a year and 60 %, then the own account.
pub const CHENGDU: Region = Region {
    code: "510100",
    scheme: "employee",
    category: "in_service",
    policy: include_str!("../data/employee.toml"),
};
/// Employees, as in Chengdu.
pub const SHANGHAI: Region = Region {
    code: "310000",
    scheme: "employee",
    category: "in_service",
    policy: include_str!("../data/employee.toml"),
};
/// Residents, as in Ningbo; emergencies are settled provisionally while the region cannot be reached.
pub const HANGZHOU: Region = Region {
    code: "330100",
    scheme: "resident",
    category: "adult",
    policy: include_str!("../data/provisional.toml"),
};
/// The region of the handbook for policy authors, whose documents take the place of this one.
pub const MAANSHAN: Region = Region {
    code: "340500",
    scheme: "resident",
    category: "adult",
    policy: include_str!("../data/resident.toml"),
};
/// In no directory of this world.
pub const NOWHERE: &str = "440100";

/// People of each region, numbered from 0. All are alike but for their account: person n holds n × 10 yuan.
pub const PEOPLE: u32 = 80;
/// One whose cover ended with 2019.
pub const LAPSED: u32 = 900;
/// One whom no region knows.
pub const STRANGER: u32 = 999;

/// The institutions of a region, by what their code ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Desk {
    /// A tertiary hospital.
    Three,
    /// A secondary hospital.
    Two,
    /// One that is not on the network.
    Alone,
    /// One that holds a certificate and stands in no register.
    Unregistered,
}

/// Every institution that holds a certificate.
pub const DESKS: [Desk; 4] = [Desk::Three, Desk::Two, Desk::Alone, Desk::Unregistered];

impl Desk {
    /// The institution's national code.
    #[must_use]
    pub fn code(self, region: &Region) -> String {
        let number = match self {
            Self::Three => 1,
            Self::Two => 2,
            Self::Alone => 3,
            Self::Unregistered => 9,
        };
        format!("H{}{number:05}", region.code)
    }
}

/// An item of every region's catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item {
    /// Class A.
    Drug,
    /// Class B, 10 % borne first.
    DearDrug,
    /// Class C.
    Comfort,
    /// Class A until the end of 2023.
    Former,
    /// Listed nowhere, of a kind of which the catalogue says that what is not listed is out of scope.
    UnlistedConsumable,
    /// Listed nowhere, of a kind of which the catalogue says nothing.
    UnlistedDrug,
}

impl Item {
    /// Its national code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Drug => "XC09AAA078A001010100001",
            Self::DearDrug => "XC10AAA012A001010100002",
            Self::Comfort => "001109000020000",
            Self::Former => "XC09AAA078A001010100009",
            Self::UnlistedConsumable => "C0301010100100100009",
            Self::UnlistedDrug => "XZ99ZZZ999Z999999999999",
        }
    }
}

impl Region {
    /// Its code, read.
    #[must_use]
    pub fn region(&self) -> RegionCode {
        self.code.parse().unwrap()
    }

    /// The number of a person.
    #[must_use]
    pub fn psn_no(&self, person: u32) -> String {
        format!("{}{person:012}", self.code)
    }

    /// The token of a person's electronic voucher.
    #[must_use]
    pub fn voucher(&self, person: u32) -> String {
        format!("EV{}", self.psn_no(person))
    }

    /// Writes the files into `folder`: the kind, as the command spells it, and the path.
    #[must_use]
    pub fn write_files(&self, folder: &Path) -> Vec<(&'static str, PathBuf)> {
        let files = [
            (
                "policy",
                "policy.toml",
                self.policy.replace("{region}", self.code),
            ),
            ("institutions", "institutions.csv", self.institutions()),
            ("catalogue", "catalogue.csv", catalogue()),
            ("members", "members.csv", self.members()),
            ("filings", "filings.csv", self.filings()),
            ("balances", "balances.csv", self.balances()),
        ];
        let write = |(kind, name, text): (&'static str, &str, String)| {
            let path = folder.join(name);
            std::fs::write(&path, text).unwrap();
            (kind, path)
        };
        files.into_iter().map(write).collect()
    }

    fn institutions(&self) -> String {
        let mut csv = String::from("code,name,type,grade,administration,networked,from\n");
        for (desk, grade, networked) in [
            (Desk::Three, "three", "yes"),
            (Desk::Two, "two", "yes"),
            (Desk::Alone, "two", "no"),
        ] {
            let code = desk.code(self);
            writeln!(
                csv,
                "{code},人民医院,general,{grade},city,{networked},2020-01-01"
            )
            .unwrap();
        }
        csv
    }

    fn members(&self) -> String {
        let mut csv =
            String::from("psn_no,credentials,birth_date,scheme,category,years_paid,coverage\n");
        let Self {
            scheme, category, ..
        } = self;
        let covered = (0..PEOPLE).map(|person| (person, "2015-01-01.."));
        for (person, coverage) in covered.chain([(LAPSED, "2015-01-01..2019-12-31")]) {
            let (number, voucher) = (self.psn_no(person), self.voucher(person));
            writeln!(
                csv,
                "{number},e_voucher:{voucher},1980-01-01,{scheme},{category},9,{coverage}"
            )
            .unwrap();
        }
        csv
    }

    fn filings(&self) -> String {
        let mut csv = String::from("psn_no,class,area,from,filed_on\n");
        for area in [NINGBO, CHENGDU, SHANGHAI]
            .iter()
            .filter(|other| other.code != self.code)
        {
            for person in 0..PEOPLE {
                let number = self.psn_no(person);
                writeln!(
                    csv,
                    "{number},long_term,{},2021-01-01,2021-01-01",
                    area.code
                )
                .unwrap();
            }
        }
        csv
    }

    fn balances(&self) -> String {
        let mut csv = String::from("psn_no,own\n");
        for person in 0..PEOPLE {
            writeln!(csv, "{},{}.00", self.psn_no(person), person * 10).unwrap();
        }
        csv
    }
}

fn catalogue() -> String {
    let rows = [
        (Item::Drug.code(), "甲类药品", "2020-01-01,", "a,0"),
        (Item::DearDrug.code(), "乙类药品", "2020-01-01,", "b,0.10"),
        (Item::Comfort.code(), "病房空调", "2020-01-01,", "c,0"),
        (
            Item::Former.code(),
            "曾列药品",
            "2020-01-01,2023-12-31",
            "a,0",
        ),
        ("*consumable", "未列耗材", "2020-01-01,", "c,0"),
    ];
    let mut csv = String::from("code,name,from,until,class,first_pay\n");
    for (code, name, days, class) in rows {
        writeln!(csv, "{code},{name},{days},{class}").unwrap();
    }
    csv
}
