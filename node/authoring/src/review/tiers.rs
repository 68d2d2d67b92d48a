//! Institutions and published figures: does each institution have a tier, each year its figures?

use huitong_core::bill::Institution;
use huitong_core::policy::FaultPath;
use huitong_core::policy::fact::NumberFact;
use huitong_core::vocabulary::Place;

use super::finding::Kind;
use super::report::Report;
use super::world::World;

/// Looks at the tier map.
pub(super) fn check(world: &World<'_>, report: &mut Report<'_>) {
    let root = FaultPath::ROOT.key("tier");
    let rows = world.policy().tiers().len();
    for at in 0..rows {
        if !world.tier_rows_met.contains(&at) {
            report.note(&root.index(at), Kind::UnreachableTier {});
        }
    }
    if let Some((place, institution)) = world.without_tier.first() {
        let institution = shown(*place, institution);
        let last = root.index(rows.saturating_sub(1));
        report.note(&last, Kind::NoTier { institution });
    }
}

fn shown(place: Place, institution: &Institution) -> String {
    let Institution {
        grade,
        administration,
        kind,
        networked,
        ..
    } = institution;
    format!(
        "[place = {place}, grade = {grade}, administration = {administration}, kind = {kind}, networked = {networked}]"
    )
}

/// Looks at the figures that rules ask for.
pub(super) fn figures(world: &World<'_>, report: &mut Report<'_>) {
    let policy = world.policy();
    let effective = policy.scope().effective;
    for fact in policy.needs().numbers {
        let NumberFact::Index(name) = fact else {
            continue;
        };
        let Some(figures) = policy.indexes().get(&name) else {
            continue;
        };
        let path = FaultPath::ROOT.key("indexes").key(name);
        let missing = world
            .years()
            .into_iter()
            .find(|year| !figures.contains_key(year));
        if let Some(year) = missing {
            let name = name.to_string();
            report.note(&path, Kind::NoFigure { name, year });
        } else if effective.until().is_none()
            && let Some((year, _)) = figures.last_key_value()
        {
            let (name, year) = (name.to_string(), *year);
            report.note(&path, Kind::FiguresEnd { name, year });
        }
    }
}
