//! `[facts]`: the person, the visit and the institution.
//!
//! A fact that the policy asks for must be stated, unless leaving it out says it plainly (no identity,
//! no disease, not retired). Facts that the policy does not ask for may be left out; they then take a
//! neutral value, which decides nothing.

use std::collections::BTreeSet;

use huitong_core::bill::{
    Arrival, DAYS_AT_MOST, DISEASES_AT_MOST, Institution, Visit, VisitNumber,
};
use huitong_core::coverage::Coverage;
use huitong_core::institution::InstitutionCode;
use huitong_core::name::Name;
use huitong_core::policy::fact::{NumberFact, WordFact};
use huitong_core::policy::{Policy, Scope};
use huitong_core::vocabulary::{
    Administration, FilingClass, FilingTime, Grade, InstitutionType, Place, Setting,
};

use super::asked::Asked;
use super::stay::{Stay, stay};
use crate::reader::{Section, sound};

/// Everything a policy may ask of a person, a visit and an institution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The person's standing.
    pub coverage: Coverage,
    /// The visit, under the number `1`.
    pub visit: Visit,
    /// Where it took place, seen from home.
    pub place: Place,
    /// The home region's tier, when it is stated outright.
    pub tier: Option<Name>,
    /// The institution, when its tier is to be worked out.
    pub institution: Option<Institution>,
    /// Whether the institution is on the direct-settlement network.
    pub networked: Networked,
}

/// Whether an institution is on the direct-settlement network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Networked {
    /// It is.
    Yes,
    /// It is not.
    No,
}

/// The most days of cover: a century of them.
const COVERED_DAYS_AT_MOST: i64 = 36_525;
/// The neutral age of a person whose age nobody asks for.
const ADULT: u16 = 40;

impl Facts {
    pub(super) fn read(section: &Section<'_>, policy: &Policy) -> Option<Self> {
        let needs = policy.needs();
        let facts = Asked {
            section: section.section_or_empty("facts"),
            needs: &needs,
        };
        let coverage = facts.coverage(policy);
        let filing = coverage.as_ref().map(|coverage| coverage.filing);
        let visit = facts.visit(policy, filing);
        let place = facts.word("place", WordFact::Place, Place::Home);
        let networked = facts
            .section
            .get("networked")
            .map_or(Some(true), |field| field.flag());
        let networked = networked.map(|flag| if flag { Networked::Yes } else { Networked::No });
        let tier = facts
            .section
            .get("tier")
            .map(|field| field.scalar::<Name>());
        let institution = facts.section.get("institution");
        if tier.is_none() && institution.is_none() && needs.words.contains(&WordFact::Tier) {
            facts.section.fault_of(
                "tier",
                "the policy asks for the tier: give `tier`, or `institution` with its grade",
                "政策需要层级：请给出 `tier`，或给出带等级的 `institution`",
            );
        }
        let institution = institution.map(|field| {
            field
                .section()
                .and_then(|section| read_institution(&section, policy, networked))
        });
        let tier = tier.map(|tier| tier.filter(|tier| facts.known_tier(*tier, policy)));
        Some(Self {
            coverage: coverage?,
            visit: visit?,
            place: place?,
            tier: sound(tier)?,
            institution: sound(institution)?,
            networked: networked?,
        })
    }
}

impl Asked<'_, '_> {
    fn coverage(&self, policy: &Policy) -> Option<Coverage> {
        let section = &self.section;
        let scope = policy.scope();
        let scheme = section.or("scheme", scope.scheme);
        if scheme.is_some_and(|scheme| scheme != scope.scheme) {
            let own = scope.scheme;
            section.fault_of(
                "scheme",
                format!("the policy is for `{own}`"),
                format!("该政策适用于 `{own}`"),
            );
        }
        let category = self.word("category", WordFact::Category, Name::ANY);
        let retired = section.flag("retired");
        let continued = section.flag("continued");
        let age = self.count("age", NumberFact::Age, 0..=150, ADULT);
        let years_paid = self.count("years_paid", NumberFact::YearsPaid, 0..=100, 0);
        let covered_days = self.count(
            "covered_days",
            NumberFact::CoveredDays,
            1..=COVERED_DAYS_AT_MOST,
            1,
        );
        let covered_years = self.count("covered_years", NumberFact::CoveredYears, 0..=100, 0);
        let claim_free_years =
            self.count("claim_free_years", NumberFact::ClaimFreeYears, 0..=100, 0);
        let identities = section.any("identity");
        let filing = self.word("filing", WordFact::Filing, FilingClass::Unfiled);
        let filed = match filing {
            Some(FilingClass::Unfiled) => FilingTime::Absent,
            Some(_) | None => FilingTime::Before,
        };
        let filing_time = section.or("filing_time", filed);
        let ordinal = self.count("ordinal", NumberFact::Ordinal, 1..=1000, 1);
        Some(Coverage {
            scheme: scheme?,
            category: category?,
            retired: retired?,
            age: age?,
            years_paid: years_paid?,
            covered_days: covered_days?,
            covered_years: covered_years?,
            claim_free_years: claim_free_years?,
            identities: identities.into_iter().collect::<BTreeSet<_>>(),
            filing: filing?,
            filing_time: filing_time?,
            ordinal: ordinal?,
            continued: continued?,
        })
    }

    fn visit(&self, policy: &Policy, filing: Option<FilingClass>) -> Option<Visit> {
        let section = &self.section;
        let setting = self.setting(policy.scope());
        let stay = stay(self, policy, setting);
        let most = i64::from(DAYS_AT_MOST);
        let sessions = self.count("sessions", NumberFact::Sessions, 1..=most, 1_u32);
        let diseases = section.any::<Name>("disease");
        if diseases.len() > DISEASES_AT_MOST {
            let most = DISEASES_AT_MOST;
            section.fault_of(
                "disease",
                format!("at most {most} diseases"),
                format!("最多 {most} 种疾病"),
            );
        }
        let package = section.get("package").map(|field| field.scalar::<Name>());
        let arrival = match (section.flag("referred")?, filing) {
            (true, _) => Arrival::Referred,
            (false, Some(FilingClass::Emergency)) => Arrival::Emergency,
            (false, Some(_) | None) => Arrival::Direct,
        };
        let number = VisitNumber::parse("1").ok()?;
        let Stay {
            admitted,
            billed_from,
            discharged,
        } = stay?;
        Some(Visit {
            number: number.clone(),
            episode: number,
            episode_at: None,
            setting: setting?,
            interim: 0,
            admitted,
            billed_from,
            discharged,
            arrival,
            sessions: sessions?,
            diseases,
            package: sound(package)?,
        })
    }

    fn setting(&self, scope: &Scope) -> Option<Setting> {
        let section = &self.section;
        let setting = match scope.settings.as_slice() {
            [only] => section.or("setting", *only),
            [] | [_, ..] => section.required("setting"),
        };
        if setting.is_some_and(|setting| !scope.settings.contains(&setting)) {
            let all = scope
                .settings
                .iter()
                .map(|setting| setting.word())
                .collect::<Vec<_>>()
                .join(", ");
            section.fault_of(
                "setting",
                format!("the policy is for {all}"),
                format!("该政策适用于 {all}"),
            );
        }
        setting
    }

    fn known_tier(&self, tier: Name, policy: &Policy) -> bool {
        let known = policy.tiers().iter().any(|row| row.tier == tier);
        if !known {
            let all: BTreeSet<_> = policy
                .tiers()
                .iter()
                .map(|row| row.tier.to_string())
                .collect();
            let all = all.into_iter().collect::<Vec<_>>().join(", ");
            let (en, zh) = if all.is_empty() {
                (
                    "it tells no tiers apart".to_owned(),
                    "该政策不分层级".to_owned(),
                )
            } else {
                (format!("it has {all}"), format!("该政策有 {all}"))
            };
            self.section.fault_of(
                "tier",
                format!("the policy has no tier `{tier}`; {en}"),
                format!("政策中没有层级 `{tier}`；{zh}"),
            );
        }
        known
    }
}

/// `institution = { grade = "three", administration = "city", kind = "general" }`.
fn read_institution(
    section: &Section<'_>,
    policy: &Policy,
    networked: Option<Networked>,
) -> Option<Institution> {
    let grade = section.required::<Grade>("grade");
    let price_grade = section
        .get("price_grade")
        .map_or(grade, |field| field.scalar());
    let administration = section.or("administration", Administration::City);
    let kind = section.or("kind", InstitutionType::General);
    let first_of_region = format!("H{}00001", policy.scope().region);
    let code = section.or("code", InstitutionCode::parse(&first_of_region).ok()?);
    Some(Institution {
        code: code?,
        kind: kind?,
        grade: grade?,
        price_grade: price_grade?,
        administration: administration?,
        networked: networked? == Networked::Yes,
    })
}
