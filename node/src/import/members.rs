//! `members.csv`: who is insured, since when and how, what they show, and which identities they hold.
//!
//! `coverage` is stretches of days, each of the row's scheme, category and retirement unless it names its
//! own: `2020-01-01..2023-06-30 employee in_service no;2023-07-01..`. They ascend and do not overlap.

use huitong_core::date::{DateInterval, ServiceDate};
use huitong_core::name::Name;
use huitong_core::person::Credential;
use huitong_core::record::registry::{CoveragePeriod, IdentityPeriod, Member};
use huitong_core::vocabulary::Scheme;

use super::cell::{self, Wrong, wrong};
use super::table::{Column, Need, Row, Sheet};

const COLUMNS: &[Column] = &[
    ("psn_no", Need::Required),
    ("credentials", Need::Required),
    ("birth_date", Need::Required),
    ("scheme", Need::Required),
    ("category", Need::Required),
    ("retired", Need::Optional),
    ("years_paid", Need::Optional),
    ("claim_free_years", Need::Optional),
    ("coverage", Need::Required),
    ("identities", Need::Optional),
];
const CREDENTIALS_AT_MOST: usize = 8;
const PERIODS_AT_MOST: usize = 64;
const YEARS_AT_MOST: u64 = 80;

pub(super) fn read(bytes: &[u8]) -> Sheet<Member> {
    let mut sheet = Sheet::read(bytes, COLUMNS, member);
    sheet.once("psn_no", |member| vec![member.psn_no]);
    sheet.once("credentials", |member| {
        member.credentials.iter().cloned().collect()
    });
    sheet
}

fn member(row: &Row<'_>) -> Option<Member> {
    let psn_no = row.required("psn_no", cell::psn_no);
    let credentials = row.list("credentials", CREDENTIALS_AT_MOST, cell::credential);
    let birth = row.required("birth_date", cell::scalar::<ServiceDate>);
    let usual = usual(row);
    let years_paid = row.or("years_paid", 0, cell::count(YEARS_AT_MOST));
    let claim_free_years = row.or("claim_free_years", 0, cell::count(YEARS_AT_MOST));
    // Without the row's own class its stretches cannot be told; that they are days is still checked.
    let periods = match usual {
        Some(usual) => row.list("coverage", PERIODS_AT_MOST, |text| period(text, usual)),
        None => row.list("coverage", PERIODS_AT_MOST, bare_days).and(None),
    };
    let identities = row.list("identities", PERIODS_AT_MOST, identity);
    let (credentials, birth, periods, identities) = (credentials?, birth?, periods?, identities?);
    let is_sound = [
        shows_something(row, &credentials, birth),
        ascends(row, "coverage", periods.iter().map(|period| period.days)),
        is_covered(row, &periods),
        holds_each_once(row, &identities),
    ];
    is_sound.iter().all(|sound| *sound).then_some(Member {
        psn_no: psn_no?,
        credentials: credentials.into_iter().collect(),
        birth,
        years_paid: years_paid?,
        claim_free_years: claim_free_years?,
        periods,
        identities,
    })
}

/// How a person is insured.
#[derive(Clone, Copy)]
struct Class {
    scheme: Scheme,
    category: Name,
    retired: bool,
}

fn usual(row: &Row<'_>) -> Option<Class> {
    let scheme = row.required("scheme", cell::scalar::<Scheme>);
    let category = row.required("category", cell::scalar::<Name>);
    let retired = row.or("retired", false, cell::yes_no);
    Some(Class {
        scheme: scheme?,
        category: category?,
        retired: retired?,
    })
}

fn bare_days(text: &str) -> Result<DateInterval, Wrong> {
    cell::interval(text.split_whitespace().next().unwrap_or_default())
}

fn period(text: &str, usual: Class) -> Result<CoveragePeriod, Wrong> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let days = bare_days(text)?;
    let class = match words.as_slice() {
        [_] => usual,
        [_, scheme, category, retired] => Class {
            scheme: cell::scalar(scheme)?,
            category: cell::scalar(category)?,
            retired: cell::yes_no(retired)?,
        },
        _ => {
            return Err(wrong(
                "write a stretch as FROM..UNTIL, or FROM..UNTIL scheme category yes|no (retired)",
                "参保时段应写作“起..止”，或“起..止 险种 人员类别 yes|no（是否退休）”",
            ));
        }
    };
    let Class {
        scheme,
        category,
        retired,
    } = class;
    Ok(CoveragePeriod {
        scheme,
        category,
        retired,
        days,
    })
}

/// `subsistence 2023-01-01..2023-12-31`.
fn identity(text: &str) -> Result<IdentityPeriod, Wrong> {
    let Some((word, days)) = text.split_once(char::is_whitespace) else {
        return Err(wrong(
            "write an identity with its days: subsistence 2023-01-01..2023-12-31",
            "救助身份应连同起止日期：subsistence 2023-01-01..2023-12-31",
        ));
    };
    Ok(IdentityPeriod {
        identity: cell::scalar(word)?,
        days: cell::interval(days.trim())?,
    })
}

fn shows_something(row: &Row<'_>, credentials: &[Credential], birth: ServiceDate) -> bool {
    if credentials.is_empty() {
        row.fault(
            "credentials",
            "at least one credential is needed",
            "至少需要一个凭证",
        );
        return false;
    }
    let is_other = |credential: &Credential| match credential {
        Credential::ResidentId(id) => id.birth_date() != birth,
        Credential::EVoucher(_) | Credential::SocialCard(_) | Credential::Other { .. } => false,
    };
    if credentials.iter().any(is_other) {
        let en = "not the day of birth in the resident id: correct one of them";
        row.fault(
            "birth_date",
            en,
            "与居民身份证号码中的出生日期不符，请更正其一",
        );
        return false;
    }
    true
}

fn is_covered(row: &Row<'_>, periods: &[CoveragePeriod]) -> bool {
    if periods.is_empty() {
        row.fault(
            "coverage",
            "missing: at least one stretch of days",
            "不能为空：至少一段参保时间",
        );
    }
    !periods.is_empty()
}

/// Stretches of days stand one after another.
fn ascends(row: &Row<'_>, column: &str, stretches: impl Iterator<Item = DateInterval>) -> bool {
    let ascends =
        stretches.is_sorted_by(|one, next| one.until().is_some_and(|until| until < next.from()));
    if !ascends {
        let en = "stretches of days must ascend and not overlap";
        row.fault(column, en, "各时段须按先后排列且不得重叠");
    }
    ascends
}

/// Different identities may be held together; the same one twice on a day is a slip.
fn holds_each_once(row: &Row<'_>, identities: &[IdentityPeriod]) -> bool {
    let mut kinds: Vec<_> = identities.iter().map(|held| held.identity).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds.into_iter().all(|kind| {
        let of_kind = identities
            .iter()
            .filter(|held| held.identity == kind)
            .map(|held| held.days);
        ascends(row, "identities", of_kind)
    })
}
