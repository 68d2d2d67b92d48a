//! The files that a region's bureau brings into its node: institutions, members, filings, totals, balances.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;
use huitong_core::date::ServiceDate;

use super::item::catalogue_csv;
use super::people::{PEOPLE, Who};
use super::{Place, World};
use crate::cases::Case;
use crate::desk::Desk;

/// Files in the order in which they are brought in: the kind, as the command spells it, and the path.
pub type Files = Vec<(&'static str, PathBuf)>;

impl World {
    /// Writes the files of one region.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write_region_files(
        &self,
        place: &Place,
        cases: &[Case],
        today: ServiceDate,
    ) -> anyhow::Result<Files> {
        let folder = self.region_folder(place.code);
        let mut files = Files::new();
        let mut write = |kind: &'static str, name: &str, text: &str| -> anyhow::Result<()> {
            let path = folder.join(name);
            std::fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
            files.push((kind, path));
            Ok(())
        };
        for (name, text) in place.region.policies {
            write("policy", name, text)?;
        }
        write("institutions", "institutions.csv", &institutions(place))?;
        write("catalogue", "catalogue.csv", &catalogue_csv())?;
        write("members", "members.csv", &members(place, cases))?;
        write("filings", "filings.csv", &filings(place, cases))?;
        write(
            "opening-totals",
            "opening_totals.csv",
            &opening_totals(place, cases, today),
        )?;
        write("balances", "balances.csv", &balances(place))?;
        Ok(files)
    }
}

fn institutions(place: &Place) -> String {
    let mut csv = String::from("code,name,type,grade,administration,networked,from\n");
    for desk in Desk::ALL {
        let (name, kind, grade, administration) = match desk {
            Desk::Three => ("第一人民医院", "general", "three", "city"),
            Desk::Two => ("县人民医院", "general", "two", "county"),
            Desk::One => ("镇卫生院", "general", "one", "township"),
            Desk::Community => ("社区卫生服务中心", "community", "primary", "township"),
            Desk::Pharmacy => ("惠民大药房", "pharmacy", "ungraded", "private"),
        };
        let code = desk.code(place.region.code);
        let zh = place.region.zh;
        let _ = writeln!(
            csv,
            "{code},{zh}{name},{kind},{grade},{administration},yes,2020-01-01"
        );
    }
    csv
}

fn cases_of<'a>(place: &'a Place, cases: &'a [Case]) -> impl Iterator<Item = (Who, &'a Case)> {
    let of_region = move |(index, case): (usize, &'a Case)| {
        (case.home == place.region.code).then_some((Who::Case(index), case))
    };
    cases.iter().enumerate().filter_map(of_region)
}

/// The scheme that a member of the crowd belongs to, of those for which the region publishes a policy.
fn crowd_scheme(place: &Place, index: u32) -> (&'static str, &'static str, &'static str) {
    let publishes = |scheme: &str| {
        place
            .region
            .policies
            .iter()
            .any(|(name, _)| name.contains(scheme))
    };
    let employee = match (publishes("employee"), publishes("resident")) {
        (true, true) => index.is_multiple_of(2),
        (employee, _) => employee,
    };
    match (employee, index.is_multiple_of(4)) {
        (true, true) => ("employee", "retired", "yes"),
        (true, false) => ("employee", "in_service", "no"),
        (false, _) => ("resident", "adult", "no"),
    }
}

/// The nth of a crowd that is spread evenly over `count` values from `first`.
fn spread(index: u32, first: u32, count: u32) -> u32 {
    index.checked_rem(count).unwrap_or(0).saturating_add(first)
}

fn members(place: &Place, cases: &[Case]) -> String {
    let mut csv = String::from(
        "psn_no,credentials,birth_date,scheme,category,retired,years_paid,coverage,identities\n",
    );
    for (who, case) in cases_of(place, cases) {
        let identity = case
            .identity
            .as_ref()
            .map(|word| format!("{word} 2020-01-01.."))
            .unwrap_or_default();
        let (number, voucher) = (who.psn_no(place.code), who.voucher(place.code));
        let retired = if case.retired { "yes" } else { "no" };
        let Case {
            birth,
            scheme,
            category,
            ..
        } = case;
        let _ = writeln!(
            csv,
            "{number},e_voucher:{voucher},{birth},{scheme},{category},{retired},12,2015-01-01..,{identity}"
        );
    }
    for index in 0..PEOPLE {
        let who = Who::Crowd(index);
        let (scheme, category, retired) = crowd_scheme(place, index);
        let (number, voucher) = (who.psn_no(place.code), who.voucher(place.code));
        // Half of the retired were born before 1960; the rest of the crowd is of every age.
        let year = if retired == "yes" {
            spread(index, 1945, 18)
        } else {
            spread(index, 1965, 40)
        };
        let (month, day) = (spread(index, 1, 12), spread(index, 1, 28));
        let _ = writeln!(
            csv,
            "{number},e_voucher:{voucher},{year}-{month:02}-{day:02},{scheme},{category},{retired},10,2015-01-01..,"
        );
    }
    let lapsed = Who::Lapsed;
    let (scheme, category, _) = crowd_scheme(place, 1);
    let _ = writeln!(
        csv,
        "{},e_voucher:{},1980-01-01,{scheme},{category},no,3,2015-01-01..2019-12-31,",
        lapsed.psn_no(place.code),
        lapsed.voucher(place.code),
    );
    csv
}

fn filings(place: &Place, cases: &[Case]) -> String {
    let mut csv = String::from("psn_no,class,area,from,filed_on\n");
    for (who, case) in cases_of(place, cases) {
        let number = who.psn_no(place.code);
        let _ = writeln!(
            csv,
            "{number},long_term,{},2020-01-01,2020-01-01",
            case.treatment
        );
    }
    // A third of the crowd lives in another region of the demo and has filed for it.
    let elsewhere = super::region::REGIONS
        .iter()
        .filter(|region| region.code != place.region.code);
    for (index, region) in (0..PEOPLE).step_by(3).zip(elsewhere.cycle()) {
        let number = Who::Crowd(index).psn_no(place.code);
        let _ = writeln!(
            csv,
            "{number},long_term,{},2021-01-01,2021-01-01",
            region.code
        );
    }
    csv
}

fn opening_totals(place: &Place, cases: &[Case], today: ServiceDate) -> String {
    let mut csv = String::from("psn_no,total,stretch,count\n");
    for (who, case) in cases_of(place, cases).filter(|(_, case)| case.admissions_before > 0) {
        let number = who.psn_no(place.code);
        let _ = writeln!(
            csv,
            "{number},admissions,year:{},{}",
            today.year(),
            case.admissions_before
        );
    }
    csv
}

fn balances(place: &Place) -> String {
    let mut csv = String::from("psn_no,own\n");
    for index in 0..PEOPLE {
        if crowd_scheme(place, index).0 == "employee" {
            let yuan = spread(index, 200, 2_800);
            let _ = writeln!(csv, "{},{yuan}", Who::Crowd(index).psn_no(place.code));
        }
    }
    csv
}
