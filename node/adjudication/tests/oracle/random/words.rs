//! The words that random policies and random claims share: tiers, tags, diseases, figures.

pub const TIERS: [&str; 3] = ["below", "middle", "top"];
pub const TAGS: [&str; 3] = ["implant", "package_a", "special"];
/// A tag that no policy asks for.
pub const UNASKED_TAG: &str = "ordinary";
pub const CATEGORIES: [&str; 3] = ["adult", "child", "student"];
pub const DISEASES: [&str; 3] = ["aids", "dialysis", "tumour"];
pub const PACKAGES: [&str; 2] = ["cataract", "two_diseases"];
pub const INDEXES: [&str; 2] = ["income", "wage"];
pub const GIVEN: [&str; 2] = ["elsewhere", "work_injury"];
/// The home region of every random policy.
pub const HOME: &str = "330200";
/// Where people are treated: at home, in the province, in another one.
pub const TREATMENT: [&str; 3] = ["330200", "330100", "510100"];
/// Where an episode began, when it was elsewhere.
pub const ELSEWHERE: &str = "H33010000007";
