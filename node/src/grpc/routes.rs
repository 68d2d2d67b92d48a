//! All services of a node under one roof, with health and reflection.

use std::sync::Arc;

use huitong_backup::grpc::server::{self as backup, Source};
use huitong_backup::note::Owner;
use huitong_core::region::RegionCode;
use huitong_desk::grpc::server::CertificateGrpc;
use huitong_proto::DESCRIPTORS;
use huitong_proto::clearing::v1::clearing_desk_service_server::ClearingDeskServiceServer;
use huitong_proto::clearing::v1::directory_desk_service_server::DirectoryDeskServiceServer;
use huitong_proto::clearing::v1::dispute_desk_service_server::DisputeDeskServiceServer;
use huitong_proto::clearing::v1::leg_book_service_server::LegBookServiceServer;
use huitong_proto::clearing::v1::month_desk_service_server::MonthDeskServiceServer;
use huitong_proto::clearing::v1::prefund_desk_service_server::PrefundDeskServiceServer;
use huitong_proto::clearing::v1::witness_office_service_server::WitnessOfficeServiceServer;
use huitong_proto::clearing::v1::witness_service_server::WitnessServiceServer;
use huitong_proto::common::v1::certificate_service_server::CertificateServiceServer;
use huitong_proto::policy::v1::policy_office_service_server::PolicyOfficeServiceServer;
use huitong_proto::policy::v1::policy_service_server::PolicyServiceServer;
use huitong_proto::settlement::v1::assistance_service_server::AssistanceServiceServer;
use huitong_proto::settlement::v1::deduction_service_server::DeductionServiceServer;
use huitong_proto::settlement::v1::duplicate_office_service_server::DuplicateOfficeServiceServer;
use huitong_proto::settlement::v1::duplicate_service_server::DuplicateServiceServer;
use huitong_proto::settlement::v1::evidence_service_server::EvidenceServiceServer;
use huitong_proto::settlement::v1::expense_check_service_server::ExpenseCheckServiceServer;
use huitong_proto::settlement::v1::external_service_server::ExternalServiceServer;
use huitong_proto::settlement::v1::home_service_server::HomeServiceServer;
use huitong_proto::settlement::v1::institution_account_service_server::InstitutionAccountServiceServer;
use huitong_proto::settlement::v1::institution_service_server::InstitutionServiceServer;
use huitong_proto::settlement::v1::payable_service_server::PayableServiceServer;
use huitong_proto::settlement::v1::people_service_server::PeopleServiceServer;
use huitong_proto::settlement::v1::provisional_service_server::ProvisionalServiceServer;
use huitong_proto::settlement::v1::recovery_service_server::RecoveryServiceServer;
use huitong_proto::settlement::v1::registry_service_server::RegistryServiceServer;
use huitong_proto::settlement::v1::relation_service_server::RelationServiceServer;
use huitong_proto::settlement::v1::transfer_service_server::TransferServiceServer;
use huitong_proto::settlement::v1::treatment_service_server::TreatmentServiceServer;
use huitong_transport::{MAX_MESSAGE_BYTES, Reloading};
use tonic::service::Routes;

use super::assistance::AssistanceGrpc;
use super::deduction::DeductionGrpc;
use super::directory::DirectoryGrpc;
use super::dispute::DisputeDeskGrpc;
use super::duplicate::DuplicateGrpc;
use super::evidence::EvidenceGrpc;
use super::expense_check::ExpenseCheckGrpc;
use super::external::ExternalGrpc;
use super::home::HomeGrpc;
use super::institution::{InstitutionGrpc, InstitutionParts};
use super::institution_account::InstitutionAccountGrpc;
use super::leg_book::LegBookGrpc;
use super::month::MonthDeskGrpc;
use super::office::PolicyOfficeGrpc;
use super::own_clearing::ClearingDeskGrpc;
use super::payable::PayableGrpc;
use super::people::PeopleGrpc;
use super::policy::PolicyGrpc;
use super::prefund::PrefundDeskGrpc;
use super::provisional::ProvisionalGrpc;
use super::recovery::RecoveryGrpc;
use super::registry::RegistryGrpc;
use super::status::refused;
use super::transfer::TransferGrpc;
use super::treatment::TreatmentGrpc;
use super::witness::WitnessGrpc;
use crate::assistance::AssistanceDesk;
use crate::checks::CheckDesk;
use crate::clock::Clock;
use crate::directory::DirectoryDesk;
use crate::disputes::DisputeDesk;
use crate::duplicates::DuplicateDesk;
use crate::evidence::EvidenceDesk;
use crate::external::ExternalDesk;
use crate::home::HomeRole;
use crate::institution_account::AccountDesk;
use crate::ledger::Ledger;
use crate::months::MonthDesk;
use crate::office::Office;
use crate::own_clearing::ClearingDesk;
use crate::payables::PayableDesk;
use crate::peers::Homes;
use crate::people::PeopleDesk;
use crate::policies::PolicyBook;
use crate::prefunds::PrefundDesk;
use crate::recovery::Recovery;
use crate::registry::Registry;
use crate::transfer::TransferDesk;
use crate::treatment::TreatmentRole;
use crate::witness::WitnessDesk;
use crate::writer::Writer;

/// What the services stand on.
pub struct Services {
    /// The node's region.
    pub region: RegionCode,
    /// Journal and rows.
    pub ledger: Arc<Ledger>,
    /// The home role.
    pub home: Arc<HomeRole>,
    /// The treatment role.
    pub treatment: Arc<TreatmentRole>,
    /// The officers' side.
    pub registry: Arc<Registry>,
    /// Evidence of what the node took part in.
    pub evidence: Arc<EvidenceDesk>,
    /// The node's certificates, which are read again while it runs.
    pub reloading: Reloading,
    /// What institutions are owed and were paid.
    pub payables: Arc<PayableDesk>,
    /// The records of the region's people.
    pub people: Arc<PeopleDesk>,
    /// Transfers of the relationship.
    pub transfers: Arc<TransferDesk>,
    /// People whom another region insures too.
    pub duplicates: Arc<DuplicateDesk>,
    /// Expense checks with other regions.
    pub checks: Arc<CheckDesk>,
    /// Disputes with other regions.
    pub disputes: Arc<DisputeDesk>,
    /// Months of clearing.
    pub months: Arc<MonthDesk>,
    /// What of clearing concerns the region.
    pub clearing: Arc<ClearingDesk>,
    /// The prefunds of the region's clearing member.
    pub prefunds: Arc<PrefundDesk>,
    /// The directory of the network.
    pub directory: Arc<DirectoryDesk>,
    /// The clearinghouse's checkpoints.
    pub witness: Arc<WitnessDesk>,
    /// The policies' office.
    pub office: Arc<Office>,
    /// The policies at hand.
    pub policies: Arc<PolicyBook>,
    /// The directory.
    pub homes: Homes,
    /// The writer.
    pub writer: Arc<Writer>,
    /// What a restored node still lacks.
    pub recovery: Arc<Recovery>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

/// The routes of a node.
///
/// # Errors
/// When reflection cannot read the descriptors, in its own words.
pub async fn routes(services: Services) -> Result<Routes, String> {
    let served = of_officers(&services, of_parties(&services));
    let (reporter, health) = tonic_health::server::health_reporter();
    reporter
        .set_serving::<InstitutionServiceServer<InstitutionGrpc>>()
        .await;
    reporter.set_serving::<HomeServiceServer<HomeGrpc>>().await;
    let described = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(DESCRIPTORS)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    let reflection = described().build_v1().map_err(|error| error.to_string())?;
    // Python and many tools still ask the older version, which is the same but for its name.
    let earlier_reflection = described()
        .build_v1alpha()
        .map_err(|error| error.to_string())?;
    Ok(served
        .add_service(health)
        .add_service(reflection)
        .add_service(earlier_reflection))
}

/// What institutions and other regions' nodes call.
fn of_parties(services: &Services) -> Routes {
    let region = services.region;
    let (home, people) = (Arc::clone(&services.home), Arc::clone(&services.people));
    let institution = InstitutionGrpc::new(InstitutionParts {
        region,
        role: Arc::clone(&services.treatment),
        policies: Arc::clone(&services.policies),
        people: Arc::clone(&people),
        homes: services.homes.clone(),
    });
    let institution = InstitutionServiceServer::new(institution)
        .max_decoding_message_size(MAX_MESSAGE_BYTES)
        .max_encoding_message_size(MAX_MESSAGE_BYTES);
    let home = HomeServiceServer::new(HomeGrpc::new(region, home, people))
        .max_decoding_message_size(MAX_MESSAGE_BYTES)
        .max_encoding_message_size(MAX_MESSAGE_BYTES);
    let treatment = TreatmentGrpc::new(Arc::clone(&services.treatment));
    let treatment =
        TreatmentServiceServer::new(treatment).max_decoding_message_size(MAX_MESSAGE_BYTES);
    let returning = RecoveryServiceServer::new(RecoveryGrpc {
        ledger: Arc::clone(&services.ledger),
        writer: Arc::clone(&services.writer),
        home: Arc::clone(&services.home),
        policies: Arc::clone(&services.policies),
    });
    let returning = returning.max_encoding_message_size(MAX_MESSAGE_BYTES);
    let desk = Arc::clone(&services.transfers);
    let relation = RelationServiceServer::new(TransferGrpc { desk })
        .max_decoding_message_size(MAX_MESSAGE_BYTES)
        .max_encoding_message_size(MAX_MESSAGE_BYTES);
    let policy = PolicyServiceServer::new(PolicyGrpc::new(Arc::clone(&services.policies)));
    let desk = Arc::clone(&services.duplicates);
    let duplicates = DuplicateServiceServer::new(DuplicateGrpc { desk });
    let desk = Arc::clone(&services.witness);
    let witness = WitnessServiceServer::new(WitnessGrpc { desk });
    Routes::new(institution)
        .add_service(duplicates)
        .add_service(witness)
        .add_service(home)
        .add_service(treatment)
        .add_service(policy)
        .add_service(returning)
        .add_service(relation)
        .add_service(checks(services))
}

/// What officers of the region call, and what they share with its institutions.
fn of_officers(services: &Services, routes: Routes) -> Routes {
    let (ledger, policies) = (Arc::clone(&services.ledger), Arc::clone(&services.policies));
    let (treatment, homes) = (Arc::clone(&services.treatment), services.homes.clone());
    let desk = Arc::clone(&services.evidence);
    let copying = backup::service(Source {
        owner: Owner::Region(services.region),
        reader: ledger.reader(),
        refused: |code, about| refused(code, about),
    });
    let evidence = EvidenceGrpc::new(desk, Arc::clone(&services.recovery));
    let evidence = EvidenceServiceServer::new(evidence)
        .max_encoding_message_size(MAX_MESSAGE_BYTES)
        .max_decoding_message_size(MAX_MESSAGE_BYTES);
    let office = Arc::clone(&services.office);
    let office = PolicyOfficeGrpc::new(office, Arc::clone(&policies), Arc::clone(&ledger));
    let office =
        PolicyOfficeServiceServer::new(office).max_encoding_message_size(MAX_MESSAGE_BYTES);
    let writer = Arc::clone(&services.writer);
    let externals = Arc::new(ExternalDesk::new(
        services.region,
        Arc::clone(&ledger),
        Arc::clone(&writer),
        Arc::clone(&policies),
        Arc::clone(&services.clock),
    ));
    let registry = RegistryGrpc {
        writer,
        externals: Arc::clone(&externals),
        recovery: Arc::clone(&services.recovery),
        registry: Arc::clone(&services.registry),
        ledger,
        home: Arc::clone(&services.home),
        treatment,
        policies,
        homes,
        witness: Arc::clone(&services.witness),
    };
    let registry =
        RegistryServiceServer::new(registry).max_encoding_message_size(MAX_MESSAGE_BYTES);
    let people = PeopleServiceServer::new(PeopleGrpc::new(Arc::clone(&services.people)))
        .max_encoding_message_size(MAX_MESSAGE_BYTES);
    let desk = Arc::clone(&services.transfers);
    let transfers = TransferServiceServer::new(TransferGrpc { desk })
        .max_encoding_message_size(MAX_MESSAGE_BYTES);
    let desk = Arc::clone(&services.duplicates);
    let duplicates = DuplicateOfficeServiceServer::new(DuplicateGrpc { desk })
        .max_encoding_message_size(MAX_MESSAGE_BYTES);
    routes
        .add_service(duplicates)
        .add_service(transfers)
        .add_service(evidence)
        .add_service(legs(services))
        .add_service(office)
        .add_service(registry)
        .add_service(people)
        .add_service(disputes(services))
        .add_service(months(services))
        .add_service(clearing(services))
        .add_service(prefunds(services))
        .add_service(external(externals))
        .add_service(witness(services))
        .add_service(directory(services))
        .add_service(assistance(services))
        .add_service(provisional(services))
        .add_service(deductions(services))
        .add_service(CertificateServiceServer::new(CertificateGrpc(
            services.reloading.clone(),
        )))
        .add_service(payables(services))
        .add_service(accounts(services))
        .add_service(copying)
}

fn months(services: &Services) -> MonthDeskServiceServer<MonthDeskGrpc> {
    let desk = Arc::clone(&services.months);
    MonthDeskServiceServer::new(MonthDeskGrpc { desk }).max_encoding_message_size(MAX_MESSAGE_BYTES)
}

fn clearing(services: &Services) -> ClearingDeskServiceServer<ClearingDeskGrpc> {
    let desk = Arc::clone(&services.clearing);
    ClearingDeskServiceServer::new(ClearingDeskGrpc { desk })
        .max_encoding_message_size(MAX_MESSAGE_BYTES)
}

fn prefunds(services: &Services) -> PrefundDeskServiceServer<PrefundDeskGrpc> {
    let desk = Arc::clone(&services.prefunds);
    PrefundDeskServiceServer::new(PrefundDeskGrpc { desk })
        .max_encoding_message_size(MAX_MESSAGE_BYTES)
}

fn disputes(services: &Services) -> DisputeDeskServiceServer<DisputeDeskGrpc> {
    let desk = Arc::clone(&services.disputes);
    DisputeDeskServiceServer::new(DisputeDeskGrpc { desk })
        .max_encoding_message_size(MAX_MESSAGE_BYTES)
}

fn assistance(services: &Services) -> AssistanceServiceServer<AssistanceGrpc> {
    let desk = AssistanceDesk::new(
        services.region,
        Arc::clone(&services.ledger),
        Arc::clone(&services.writer),
        Arc::clone(&services.policies),
    );
    AssistanceServiceServer::new(AssistanceGrpc::new(Arc::new(desk)))
        .max_encoding_message_size(MAX_MESSAGE_BYTES)
}

fn legs(services: &Services) -> LegBookServiceServer<LegBookGrpc> {
    let (region, ledger) = (services.region, Arc::clone(&services.ledger));
    LegBookServiceServer::new(LegBookGrpc { region, ledger })
        .max_encoding_message_size(MAX_MESSAGE_BYTES)
}

fn directory(services: &Services) -> DirectoryDeskServiceServer<DirectoryGrpc> {
    let (region, desk) = (services.region, Arc::clone(&services.directory));
    DirectoryDeskServiceServer::new(DirectoryGrpc { region, desk })
        .max_encoding_message_size(MAX_MESSAGE_BYTES)
}

fn witness(services: &Services) -> WitnessOfficeServiceServer<WitnessGrpc> {
    let desk = Arc::clone(&services.witness);
    WitnessOfficeServiceServer::new(WitnessGrpc { desk })
        .max_encoding_message_size(MAX_MESSAGE_BYTES)
}

fn provisional(services: &Services) -> ProvisionalServiceServer<ProvisionalGrpc> {
    let (treatment, home) = (Arc::clone(&services.treatment), Arc::clone(&services.home));
    ProvisionalServiceServer::new(ProvisionalGrpc { treatment, home })
        .max_encoding_message_size(MAX_MESSAGE_BYTES)
}

fn deductions(services: &Services) -> DeductionServiceServer<DeductionGrpc> {
    let (treatment, home) = (Arc::clone(&services.treatment), Arc::clone(&services.home));
    let homes = services.homes.clone();
    DeductionServiceServer::new(DeductionGrpc {
        treatment,
        home,
        homes,
    })
    .max_encoding_message_size(MAX_MESSAGE_BYTES)
}

fn checks(services: &Services) -> ExpenseCheckServiceServer<ExpenseCheckGrpc> {
    let desk = Arc::clone(&services.checks);
    ExpenseCheckServiceServer::new(ExpenseCheckGrpc { desk })
        .max_encoding_message_size(MAX_MESSAGE_BYTES)
}

fn payables(services: &Services) -> PayableServiceServer<PayableGrpc> {
    let (region, desk) = (services.region, Arc::clone(&services.payables));
    PayableServiceServer::new(PayableGrpc { region, desk })
        .max_encoding_message_size(MAX_MESSAGE_BYTES)
}

fn accounts(services: &Services) -> InstitutionAccountServiceServer<InstitutionAccountGrpc> {
    let (calendar, confirm_by_day) = services.payables.confirming();
    let over = (Arc::clone(&services.ledger), Arc::clone(&services.writer));
    let region = services.region;
    let desk = Arc::new(AccountDesk::new(region, over, calendar, confirm_by_day));
    InstitutionAccountServiceServer::new(InstitutionAccountGrpc { region, desk })
        .max_encoding_message_size(MAX_MESSAGE_BYTES)
}

fn external(desk: Arc<ExternalDesk>) -> ExternalServiceServer<ExternalGrpc> {
    ExternalServiceServer::new(ExternalGrpc::new(desk)).max_encoding_message_size(MAX_MESSAGE_BYTES)
}
