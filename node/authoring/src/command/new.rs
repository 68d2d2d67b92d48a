//! `policy new`: a skeleton that passes `policy check` once it says what notice it is of, with a remark at
//! everything that a notice decides.
//!
//! Its figures are made up and its examples worked by hand, so that the author changes both together. Its
//! title and source are left to be filled in, and `policy check` refuses them until they are. Nothing is
//! asked and no file is overwritten.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use huitong_core::date::ServiceDate;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::{Scheme, Setting};

use super::Verdict;

/// What the skeleton is for.
#[derive(Debug, clap::Args)]
pub struct NewArguments {
    /// The region's code, such as 330200 / 参保地区划代码
    #[arg(long)]
    region: RegionCode,
    /// employee, resident, retired_cadre or rural_cooperative / 险种
    #[arg(long)]
    scheme: Scheme,
    /// inpatient, outpatient, chronic, pharmacy, maternity; several times for several / 就医类别，可重复
    #[arg(long, default_value = "inpatient")]
    setting: Vec<Setting>,
    /// The first day it holds for, such as 2024-01-01 / 实施首日
    #[arg(long)]
    from: ServiceDate,
    /// The file to write; standard output if left out. Never overwritten / 输出文件，不会覆盖已有文件
    #[arg(long)]
    out: Option<PathBuf>,
}

pub(super) fn command(
    arguments: &NewArguments,
    out: &mut impl Write,
    faults: &mut impl Write,
) -> io::Result<Verdict> {
    let text = skeleton(arguments);
    let Some(file) = &arguments.out else {
        out.write_all(text.as_bytes())?;
        return Ok(Verdict::Sound);
    };
    if let Err(error) = write_new(file, &text) {
        let file = file.display();
        writeln!(faults, "{file}: cannot be written: {error} / 无法写入文件")?;
        return Ok(Verdict::Faulty);
    }
    let file = file.display();
    writeln!(
        out,
        "{file}: written; now fill in its title and source, replace its figures, then `huitong policy check {file}` / \
         已生成，请填写名称和依据、替换其中数字后运行检查"
    )?;
    Ok(Verdict::Sound)
}

fn write_new(file: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(file)?;
    file.write_all(text.as_bytes())
}

/// The pieces in order, filled in.
fn skeleton(arguments: &NewArguments) -> String {
    let mut settings: Vec<Setting> = Vec::new();
    for setting in &arguments.setting {
        if !settings.contains(setting) {
            settings.push(*setting);
        }
    }
    let has = |setting| settings.contains(&setting);
    let is_employee = arguments.scheme == Scheme::Employee;
    let pieces = [
        (true, include_str!("new/head.toml")),
        (has(Setting::Inpatient), include_str!("new/inpatient.toml")),
        (
            has(Setting::Outpatient),
            include_str!("new/outpatient.toml"),
        ),
        (has(Setting::Chronic), include_str!("new/chronic.toml")),
        (has(Setting::Pharmacy), include_str!("new/pharmacy.toml")),
        (has(Setting::Maternity), include_str!("new/maternity.toml")),
        (is_employee, include_str!("new/account.toml")),
        (true, include_str!("new/examples.toml")),
        (
            has(Setting::Inpatient),
            include_str!("new/example_inpatient.toml"),
        ),
        (
            has(Setting::Outpatient),
            include_str!("new/example_outpatient.toml"),
        ),
        (
            has(Setting::Chronic),
            include_str!("new/example_chronic.toml"),
        ),
        (
            has(Setting::Pharmacy),
            include_str!("new/example_pharmacy.toml"),
        ),
        (
            has(Setting::Maternity),
            include_str!("new/example_maternity.toml"),
        ),
        (is_employee, include_str!("new/example_account.toml")),
    ];
    let text: String = pieces
        .into_iter()
        .filter_map(|(is_there, piece)| is_there.then_some(piece))
        .collect();
    let first = settings.first().map_or("", |setting| setting.word());
    let words: Vec<String> = settings.iter().map(|it| format!("\"{it}\"")).collect();
    let (pool, critical) = funds(arguments.scheme);
    text.replace("REGION", &arguments.region.to_string())
        .replace("SCHEME", arguments.scheme.word())
        .replace("SETTINGS", &words.join(", "))
        .replace("FIRST", first)
        .replace("FROM", &arguments.from.to_string())
        .replace("POOL", pool)
        .replace("CRITICAL", critical)
        .replace("ASKED", asked(&settings))
}

/// Who pays first, and who pays large expenses.
const fn funds(scheme: Scheme) -> (&'static str, &'static str) {
    match scheme {
        Scheme::Employee => ("employee_pool", "large_expense"),
        Scheme::Resident | Scheme::RuralCooperative => {
            ("resident_pool", "resident_critical_illness")
        }
        Scheme::RetiredCadre => ("retired_cadre", "retired_cadre"),
    }
}

/// The facts that every example must state, because some rule of the skeleton asks for them.
fn asked(settings: &[Setting]) -> &'static str {
    if settings.contains(&Setting::Inpatient) {
        "place = \"home\", filing = \"unfiled\", tier = \"three\""
    } else {
        "tier = \"three\""
    }
}
