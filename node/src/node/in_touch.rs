//! What of a node is in touch with the clearinghouse, or speaks with other regions by itself. Deliberately absent: what
//! officers and institutions call, which is in `desks`.

use std::sync::Arc;
use std::time::Duration;

use huitong_core::calendar::Calendar;
use huitong_core::date::Timestamp;
use huitong_core::digest::Digest;
use huitong_core::region::RegionCode;
use huitong_transport::CredentialStore;

use super::StartError;
use super::desks::{Parts, Signing};
use crate::checks::{self, CheckDesk, CheckRule};
use crate::clock::Clock;
use crate::directory::report::DirectoryClient;
use crate::directory::{self, DirectoryDesk};
use crate::disputes::report::DisputeClient;
use crate::disputes::{self, DisputeDesk};
use crate::evidence::EvidenceDesk;
use crate::ledger::Ledger;
use crate::legs::call_up::CallUp;
use crate::legs::report::Reporter;
use crate::months::report::MonthClient;
use crate::months::{self, MonthDesk};
use crate::own_clearing::ClearingDesk;
use crate::own_clearing::report::OwnClearingClient;
use crate::peers::{Calling, Homes};
use crate::prefunds::PrefundDesk;
use crate::prefunds::report::PrefundClient;
use crate::witness::heard::Hearing;
use crate::witness::report::ProofClient;
use crate::witness::{self, WitnessDesk};

/// What of a node is in touch with the clearinghouse, or speaks with other regions by itself.
pub(super) struct InTouch {
    pub(super) checks: Arc<CheckDesk>,
    pub(super) reporter: Option<Arc<Reporter>>,
    pub(super) call_up: Option<Arc<CallUp>>,
    pub(super) disputes: Arc<DisputeDesk>,
    pub(super) months: Arc<MonthDesk>,
    pub(super) witness: Arc<WitnessDesk>,
    pub(super) directory: Arc<DirectoryDesk>,
    pub(super) prefunds: Arc<PrefundDesk>,
    pub(super) clearing: Arc<ClearingDesk>,
}

pub(super) fn in_touch(
    (region, parts): (RegionCode, Parts<'_>),
    by: (&Arc<dyn Clock>, &Calling),
    signing: Signing<'_>,
    (homes, hearing, evidence): (&Homes, Arc<Hearing>, &Arc<EvidenceDesk>),
    (endpoint, every, checking): (Option<&str>, Duration, Checking<'_>),
) -> Result<InTouch, StartError> {
    let directory = directory(parts, by, signing.2, (homes, &hearing, endpoint))?;
    let witness = witness((region, parts), by, signing, (homes, hearing, endpoint))?;
    Ok(InTouch {
        checks: checks((region, parts), by.0, signing, homes, checking),
        months: months((region, parts), by, signing, (&witness, endpoint))?,
        reporter: reporter(endpoint, parts.0, by.1, every)?,
        call_up: call_up(endpoint, evidence, by.1)?,
        disputes: disputes((region, parts), by, signing, (homes, endpoint))?,
        prefunds: prefunds(region, endpoint, by.1)?,
        clearing: clearing(region, endpoint, by.1)?,
        witness,
        directory,
    })
}

/// What checks go by: the rule, business days, and how long another region is waited for.
type Checking<'a> = (CheckRule, &'a Arc<Calendar>, Duration);

fn checks(
    (region, (ledger, writer, _)): (RegionCode, Parts<'_>),
    clock: &Arc<dyn Clock>,
    (_, certified, _): Signing<'_>,
    homes: &Homes,
    (rule, calendar, call): Checking<'_>,
) -> Arc<CheckDesk> {
    Arc::new(CheckDesk::new(checks::Parts {
        region,
        ledger: Arc::clone(ledger),
        writer: Arc::clone(writer),
        clock: Arc::clone(clock),
        calendar: Arc::clone(calendar),
        homes: homes.clone(),
        certified: certified.clone(),
        rule,
        call,
    }))
}

fn disputes(
    (region, (_, writer, _)): (RegionCode, Parts<'_>),
    (clock, calling): (&Arc<dyn Clock>, &Calling),
    (key, certified, credentials): Signing<'_>,
    (homes, clearing): (&Homes, Option<&str>),
) -> Result<Arc<DisputeDesk>, StartError> {
    let (known, own) = (homes.clone(), certified.clone());
    let known = move |of: RegionCode, key_id: Digest, at: Timestamp| {
        if of == region {
            return Some(known.own_signer(&own.current(), key_id, at));
        }
        let peer = known.other(of)?;
        Some(known.signer(&peer, key_id, at))
    };
    let client = clearing.map(|endpoint| DisputeClient::new(endpoint, &calling.dialer));
    Ok(Arc::new(DisputeDesk::new(disputes::Parts {
        region,
        writer: Arc::clone(writer),
        clock: Arc::clone(clock),
        chance: Arc::clone(&calling.chance),
        key: Arc::clone(key),
        certified: certified.clone(),
        credentials: credentials.clone(),
        known: Arc::new(known),
        client: client.transpose().map_err(StartError::Clearinghouse)?,
    })))
}

fn witness(
    (region, (ledger, writer, _)): (RegionCode, Parts<'_>),
    (clock, calling): (&Arc<dyn Clock>, &Calling),
    (key, certified, credentials): Signing<'_>,
    (homes, hearing, clearing): (&Homes, Arc<Hearing>, Option<&str>),
) -> Result<Arc<WitnessDesk>, StartError> {
    let client = clearing.map(|endpoint| ProofClient::new(endpoint, &calling.dialer));
    let client = client.transpose().map_err(StartError::Clearinghouse)?;
    Ok(Arc::new(WitnessDesk::new(witness::Parts {
        region,
        ledger: Arc::clone(ledger),
        writer: Arc::clone(writer),
        clock: Arc::clone(clock),
        chance: Arc::clone(&calling.chance),
        credentials: credentials.clone(),
        key: Arc::clone(key),
        certified: certified.clone(),
        client,
        measures: Arc::clone(&calling.measures),
        homes: homes.clone(),
        hearing,
    })?))
}

fn directory(
    (ledger, writer, _): Parts<'_>,
    (clock, calling): (&Arc<dyn Clock>, &Calling),
    credentials: &CredentialStore,
    (homes, hearing, clearing): (&Homes, &Arc<Hearing>, Option<&str>),
) -> Result<Arc<DirectoryDesk>, StartError> {
    let client = clearing.map(|endpoint| DirectoryClient::new(endpoint, &calling.dialer));
    Ok(Arc::new(DirectoryDesk::new(directory::Parts {
        ledger: Arc::clone(ledger),
        writer: Arc::clone(writer),
        clock: Arc::clone(clock),
        chance: Arc::clone(&calling.chance),
        credentials: credentials.clone(),
        client: client.transpose().map_err(StartError::Clearinghouse)?,
        homes: homes.clone(),
        hearing: Arc::clone(hearing),
    })?))
}

fn months(
    (region, (ledger, writer, _)): (RegionCode, Parts<'_>),
    (clock, calling): (&Arc<dyn Clock>, &Calling),
    (key, certified, credentials): Signing<'_>,
    (witness, clearing): (&Arc<WitnessDesk>, Option<&str>),
) -> Result<Arc<MonthDesk>, StartError> {
    let client = clearing.map(|endpoint| MonthClient::new(endpoint, &calling.dialer));
    Ok(Arc::new(MonthDesk::new(months::Parts {
        region,
        ledger: Arc::clone(ledger),
        writer: Arc::clone(writer),
        clock: Arc::clone(clock),
        credentials: credentials.clone(),
        key: Arc::clone(key),
        certified: certified.clone(),
        witness: Arc::clone(witness),
        client: client.transpose().map_err(StartError::Clearinghouse)?,
    })))
}

fn prefunds(
    region: RegionCode,
    endpoint: Option<&str>,
    calling: &Calling,
) -> Result<Arc<PrefundDesk>, StartError> {
    let client = endpoint.map(|endpoint| PrefundClient::new(endpoint, &calling.dialer));
    let client = client.transpose().map_err(StartError::Clearinghouse)?;
    Ok(Arc::new(PrefundDesk::new(region, client)))
}

fn clearing(
    region: RegionCode,
    endpoint: Option<&str>,
    calling: &Calling,
) -> Result<Arc<ClearingDesk>, StartError> {
    let client = endpoint.map(|endpoint| OwnClearingClient::new(endpoint, &calling.dialer));
    let client = client.transpose().map_err(StartError::Clearinghouse)?;
    Ok(Arc::new(ClearingDesk::new(region, client)))
}

/// The way to show the clearinghouse evidence, where there is one.
fn call_up(
    endpoint: Option<&str>,
    desk: &Arc<EvidenceDesk>,
    calling: &Calling,
) -> Result<Option<Arc<CallUp>>, StartError> {
    let made = endpoint.map(|endpoint| {
        let (desk, chance) = (Arc::clone(desk), Arc::clone(&calling.chance));
        CallUp::new(desk, endpoint, &calling.dialer, chance)
    });
    let made = made.transpose().map_err(StartError::Clearinghouse)?;
    Ok(made.map(Arc::new))
}

/// The way to report legs, where there is a clearinghouse.
fn reporter(
    endpoint: Option<&str>,
    ledger: &Arc<Ledger>,
    calling: &Calling,
    every: Duration,
) -> Result<Option<Arc<Reporter>>, StartError> {
    let Some(endpoint) = endpoint else {
        return Ok(None);
    };
    let (ledger, chance) = (Arc::clone(ledger), Arc::clone(&calling.chance));
    let reporter = Reporter::new(ledger, endpoint, &calling.dialer, chance, every);
    let reporter = reporter.map_err(StartError::Clearinghouse)?;
    Ok(Some(Arc::new(reporter)))
}
