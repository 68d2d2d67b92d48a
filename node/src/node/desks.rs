//! The desks of a node: what officers call, put together over the same ledger and writer.

use std::sync::Arc;
use std::time::Duration;

use huitong_certs::SigningKey;
use huitong_certs::signing::CertifiedKey;
use huitong_core::calendar::Calendar;
use huitong_core::region::RegionCode;
use huitong_transport::{Certified, CredentialStore, Dialer, Reloading};
use tokio::sync::watch;

use super::StartError;
use crate::chance::Chance;
use crate::clock::Clock;
use crate::duplicates::report::TagClient;
use crate::duplicates::{self, DuplicateDesk, DuplicateRule};
use crate::earlier::Earlier;
use crate::evidence::EvidenceDesk;
use crate::home::reverse::ReversalRule;
use crate::home::watch::{Watch, WatchLimits};
use crate::home::{HomeRole, HomeRules};
use crate::ledger::Ledger;
use crate::legs::report::{Reported, Reporter};
use crate::measures::Measures;
use crate::office::Office;
use crate::payables::{PayableDesk, PayableRule};
use crate::peers::{Calling, Configured, DirectoryEntry, Homes, PeerLimits};
use crate::people::PeopleDesk;
use crate::people::rule::FilingRule;
use crate::policies::PolicyBook;
use crate::reading::read_catalogue;
use crate::recovery::{self, Recovery};
use crate::registry::{self, Registry};
use crate::store::StoreError;
use crate::transfer::TransferDesk;
use crate::transfer::deliver::WayThere;
use crate::treatment::{self, Timing, TreatmentRole};
use crate::witness::heard::Hearing;
use crate::writer::Writer;

/// What every desk stands on.
pub(super) type Parts<'a> = (&'a Arc<Ledger>, &'a Arc<Writer>, &'a Arc<PolicyBook>);

pub(super) fn transfers(
    (ledger, writer, _): (&Arc<Ledger>, &Arc<Writer>, &Arc<PolicyBook>),
    home: &Arc<HomeRole>,
    homes: &Homes,
    clock: &Arc<dyn Clock>,
    chance: &Arc<dyn Chance>,
) -> Arc<TransferDesk> {
    let desk = Arc::new(TransferDesk::new(
        (Arc::clone(ledger), Arc::clone(writer)),
        Arc::clone(home),
        homes.clone(),
        Arc::clone(clock),
        Arc::clone(chance),
    ));
    // Weakly: the desk has the role too.
    home.reaches(WayThere::of(&desk));
    desk
}

pub(super) fn duplicates(
    (region, (ledger, writer, _)): (RegionCode, Parts<'_>),
    homes: &Homes,
    (clock, calling): (&Arc<dyn Clock>, &Calling),
    (rule, clearing, watch): (Option<DuplicateRule>, Option<&str>, WatchLimits),
) -> Result<Arc<DuplicateDesk>, StartError> {
    let client = clearing.map(|endpoint| TagClient::new(endpoint, &calling.dialer));
    Ok(Arc::new(DuplicateDesk::new(duplicates::Parts {
        region,
        ledger: Arc::clone(ledger),
        writer: Arc::clone(writer),
        homes: homes.clone(),
        clock: Arc::clone(clock),
        chance: Arc::clone(&calling.chance),
        rule,
        client: client.transpose().map_err(StartError::Clearinghouse)?,
        watch,
    })))
}

pub(super) fn recovery(
    (region, (ledger, writer, policies)): (RegionCode, Parts<'_>),
    treatment: &Arc<TreatmentRole>,
    (homes, reporter): (&Homes, &Option<Arc<Reporter>>),
    (signer, chance, every): (CertifiedKey, Arc<dyn Chance>, Duration),
) -> Result<Arc<Recovery>, StoreError> {
    Ok(Arc::new(Recovery::new(recovery::Parts {
        region,
        ledger: Arc::clone(ledger),
        writer: Arc::clone(writer),
        treatment: Arc::clone(treatment),
        policies: Arc::clone(policies),
        homes: homes.clone(),
        reporter: reporter.clone(),
        signer,
        chance,
        every,
    })?))
}

/// With what the region signs, and whose signatures are trusted.
pub(super) type Signing<'a> = (&'a Arc<SigningKey>, &'a Certified, &'a CredentialStore);

pub(super) fn registry(
    (ledger, writer, _): (&Arc<Ledger>, &Arc<Writer>, &Arc<PolicyBook>),
    treatment: &Arc<TreatmentRole>,
    calendar: Arc<Calendar>,
    (region, clock): (RegionCode, &Arc<dyn Clock>),
    reported: Option<watch::Receiver<Reported>>,
) -> Arc<Registry> {
    Arc::new(Registry::new(registry::Parts {
        region,
        ledger: Arc::clone(ledger),
        writer: Arc::clone(writer),
        treatment: Arc::clone(treatment),
        calendar,
        clock: Arc::clone(clock),
        reported,
    }))
}

pub(super) fn payables(
    (region, (ledger, writer, _)): (RegionCode, Parts<'_>),
    (calendar, clock): (&Arc<Calendar>, &Arc<dyn Clock>),
    rule: PayableRule,
) -> Arc<PayableDesk> {
    let over = (Arc::clone(ledger), Arc::clone(writer));
    let (calendar, clock) = (Arc::clone(calendar), Arc::clone(clock));
    Arc::new(PayableDesk::new(region, over, calendar, clock, rule))
}

pub(super) fn people(
    region: RegionCode,
    (ledger, writer, policies): (&Arc<Ledger>, &Arc<Writer>, &Arc<PolicyBook>),
    rule: (FilingRule, Arc<Watch>),
    clock: &Arc<dyn Clock>,
) -> Arc<PeopleDesk> {
    let (ledger, writer) = (Arc::clone(ledger), Arc::clone(writer));
    let (policies, clock) = (Arc::clone(policies), Arc::clone(clock));
    Arc::new(PeopleDesk::new(
        region, ledger, writer, policies, rule, clock,
    ))
}

pub(super) fn office(
    ledger: &Arc<Ledger>,
    writer: &Arc<Writer>,
    policies: &Arc<PolicyBook>,
    clock: &Arc<dyn Clock>,
    key: Arc<SigningKey>,
) -> Office {
    let (ledger, writer) = (Arc::clone(ledger), Arc::clone(writer));
    Office::new(ledger, writer, Arc::clone(policies), Arc::clone(clock), key)
}

pub(super) fn evidence(
    (region, (ledger, _, policies)): (RegionCode, Parts<'_>),
    treatment: &Arc<TreatmentRole>,
    homes: &Homes,
    signer: Certified,
) -> Arc<EvidenceDesk> {
    Arc::new(EvidenceDesk {
        region,
        signer,
        ledger: Arc::clone(ledger),
        treatment: Arc::clone(treatment),
        policies: Arc::clone(policies),
        homes: homes.clone(),
    })
}

pub(super) fn treating(
    (region, (ledger, writer, policies)): (RegionCode, Parts<'_>),
    homes: &Homes,
    (clock, chance, timing): (&Arc<dyn Clock>, &Arc<dyn Chance>, Timing),
) -> Result<Arc<TreatmentRole>, StartError> {
    Ok(Arc::new(TreatmentRole::new(treatment::Parts {
        region,
        ledger: Arc::clone(ledger),
        writer: Arc::clone(writer),
        policies: Arc::clone(policies),
        homes: homes.clone(),
        clock: Arc::clone(clock),
        chance: Arc::clone(chance),
        timing,
        catalogue: read_catalogue(ledger)?.map(Arc::new),
    })))
}

/// What keeps the node's certificates as the files are, and those of the configured regions.
pub(super) fn reloading(
    (credentials, certified): (&CredentialStore, &Certified),
    directory: &[DirectoryEntry],
) -> Reloading {
    let own = Reloading::new(credentials.clone()).with(Arc::new(certified.clone()));
    own.with(Arc::new(Configured::of(directory)))
}

/// How other parties are called.
pub(super) fn calling(
    (dialer, measures): (Dialer, Arc<Measures>),
    limits: PeerLimits,
    chance: &Arc<dyn Chance>,
    hearing: &Arc<Hearing>,
) -> Calling {
    Calling {
        dialer,
        limits,
        chance: Arc::clone(chance),
        measures,
        remarks: Some(Arc::<Hearing>::clone(hearing)),
    }
}

pub(super) fn home(
    region: RegionCode,
    (ledger, writer, policies): (&Arc<Ledger>, &Arc<Writer>, &Arc<PolicyBook>),
    calendar: &Arc<Calendar>,
    (reversal, watch): (ReversalRule, &Arc<Watch>),
    (certified, earlier): (&CertifiedKey, &Arc<Earlier>),
    chance: &Arc<dyn Chance>,
) -> Arc<HomeRole> {
    let rules = HomeRules {
        reversal,
        watch: Arc::clone(watch),
        certified: certified.clone(),
        earlier: Arc::clone(earlier),
    };
    let (ledger, writer) = (Arc::clone(ledger), Arc::clone(writer));
    let (policies, calendar) = (Arc::clone(policies), Arc::clone(calendar));
    let chance = Arc::clone(chance);
    let role = HomeRole::new(region, ledger, writer, policies, calendar, rules, chance);
    Arc::new(role)
}
