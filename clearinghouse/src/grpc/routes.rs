//! All services under one roof, with health and reflection.

use std::sync::Arc;

use huitong_backup::grpc::server::{self as backup, Source};
use huitong_backup::note::Owner;
use huitong_desk::grpc::server::CertificateGrpc;
use huitong_proto::DESCRIPTORS;
use huitong_proto::clearing::v1::attestation_office_service_server::AttestationOfficeServiceServer;
use huitong_proto::clearing::v1::attestation_service_server::AttestationServiceServer;
use huitong_proto::clearing::v1::books_service_server::BooksServiceServer;
use huitong_proto::clearing::v1::call_up_service_server::CallUpServiceServer;
use huitong_proto::clearing::v1::clearing_service_server::ClearingServiceServer;
use huitong_proto::clearing::v1::deduction_office_service_server::DeductionOfficeServiceServer;
use huitong_proto::clearing::v1::directory_service_server::DirectoryServiceServer;
use huitong_proto::clearing::v1::dispute_office_service_server::DisputeOfficeServiceServer;
use huitong_proto::clearing::v1::dispute_service_server::DisputeServiceServer;
use huitong_proto::clearing::v1::exception_service_server::ExceptionServiceServer;
use huitong_proto::clearing::v1::member_service_server::MemberServiceServer;
use huitong_proto::clearing::v1::month_office_service_server::MonthOfficeServiceServer;
use huitong_proto::clearing::v1::month_service_server::MonthServiceServer;
use huitong_proto::clearing::v1::officer_service_server::OfficerServiceServer;
use huitong_proto::clearing::v1::own_clearing_service_server::OwnClearingServiceServer;
use huitong_proto::clearing::v1::own_prefund_service_server::OwnPrefundServiceServer;
use huitong_proto::clearing::v1::payment_service_server::PaymentServiceServer;
use huitong_proto::clearing::v1::prefund_service_server::PrefundServiceServer;
use huitong_proto::clearing::v1::proof_office_service_server::ProofOfficeServiceServer;
use huitong_proto::clearing::v1::proof_service_server::ProofServiceServer;
use huitong_proto::clearing::v1::tag_service_server::TagServiceServer;
use huitong_proto::common::v1::certificate_service_server::CertificateServiceServer;
use huitong_transport::{CredentialStore, MAX_MESSAGE_BYTES, Reloading};
use tonic::service::Routes;

use super::attestation::AttestationGrpc;
use super::attested::AttestationOfficeGrpc;
use super::books::BooksGrpc;
use super::clearing::ClearingGrpc;
use super::deduction::DeductionOfficeGrpc;
use super::dispute::DisputeGrpc;
use super::dispute_office::DisputeOfficeGrpc;
use super::evidence::CallUpGrpc;
use super::exception::ExceptionGrpc;
use super::in_force::InForce;
use super::member::MemberGrpc;
use super::month::MonthGrpc;
use super::month_office::MonthOfficeGrpc;
use super::month_read::Months;
use super::officer::OfficerGrpc;
use super::own_clearing::OwnClearingGrpc;
use super::own_prefund::OwnPrefundGrpc;
use super::parts::Parts;
use super::payment::PaymentGrpc;
use super::prefund::PrefundGrpc;
use super::proof::ProofOfficeGrpc;
use super::status::status;
use super::tags::TagGrpc;
use super::witness::ProofGrpc;
use crate::clock::Clock;
use crate::disputes::DisputeRules;
use crate::months::MonthRules;
use crate::payments::PaymentRules;
use crate::prefunds::Rules;
use crate::refusal::Refusal;
use crate::writer::Writer;

/// The most bytes of an answer: a plan of a thousand regions with its canonical form.
const LARGEST_ANSWER_BYTES: usize = 4 * MAX_MESSAGE_BYTES;

/// By when things are due, and what is set for prefunds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DayRules {
    pub(crate) payment: PaymentRules,
    /// How long netting waits after the cut-off for regions that have not attested.
    pub(crate) wait_minutes: u32,
    /// The deadline of a day, in minutes after it began.
    pub(crate) deadline_minutes: u32,
    pub(crate) prefund: Rules,
    pub(crate) dispute: DisputeRules,
    pub(crate) month: MonthRules,
}

/// The routes of the clearinghouse.
///
/// # Errors
/// When reflection cannot read the descriptors, in its own words.
pub(crate) async fn routes(
    writer: &Arc<Writer>,
    rules: DayRules,
    (credentials, clock): (CredentialStore, Arc<dyn Clock>),
    reloading: &Reloading,
) -> Result<Routes, String> {
    let clearing = ClearingServiceServer::new(ClearingGrpc(Arc::clone(writer)))
        .max_decoding_message_size(MAX_MESSAGE_BYTES);
    let looking = Arc::default();
    let officers = OfficerServiceServer::new(OfficerGrpc {
        writer: Arc::clone(writer),
        wait_minutes: rules.wait_minutes,
        deadline_minutes: rules.deadline_minutes,
        payment: rules.payment,
        looking: Arc::clone(&looking),
    })
    .max_encoding_message_size(LARGEST_ANSWER_BYTES);
    let attested = AttestationOfficeServiceServer::new(AttestationOfficeGrpc {
        writer: Arc::clone(writer),
        wait_minutes: rules.wait_minutes,
    });
    let copying = backup::service(Source {
        owner: Owner::Clearinghouse,
        reader: writer.reader(),
        refused: |code, about| status(&Refusal::general(code, about)),
    });
    let payments = PaymentServiceServer::new(PaymentGrpc {
        writer: Arc::clone(writer),
        rules: rules.payment,
    })
    .max_decoding_message_size(MAX_MESSAGE_BYTES);
    let proofs = ProofOfficeServiceServer::new(ProofOfficeGrpc::new(writer));
    let exceptions = ExceptionServiceServer::new(ExceptionGrpc::new(writer));
    let prefunds = PrefundServiceServer::new(PrefundGrpc {
        writer: Arc::clone(writer),
        rules: rules.prefund,
    });
    let dispute_office = DisputeOfficeServiceServer::new(DisputeOfficeGrpc(Arc::clone(writer)));
    let months = MonthOfficeServiceServer::new(MonthOfficeGrpc::new(
        writer,
        rules.month,
        (rules.payment, rules.prefund),
        looking,
    ));
    let (reporter, health) = tonic_health::server::health_reporter();
    reporter
        .set_serving::<ClearingServiceServer<ClearingGrpc>>()
        .await;
    reporter
        .set_serving::<OfficerServiceServer<OfficerGrpc>>()
        .await;
    let routes = (reloading, Routes::new(clearing));
    let routes = of_nodes(writer, rules, (credentials, clock), routes);
    reflected(
        routes
            .add_service(officers)
            .add_service(copying)
            .add_service(payments)
            .add_service(exceptions)
            .add_service(prefunds)
            .add_service(dispute_office)
            .add_service(months)
            .add_service(proofs)
            .add_service(attested)
            .add_service(health),
    )
}

/// What there is to call, for who asks.
fn reflected(routes: Routes) -> Result<Routes, String> {
    let described = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(DESCRIPTORS)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    let reflection = described().build_v1().map_err(|error| error.to_string())?;
    // Python and many tools still ask the older version, which is the same but for its name.
    let earlier = described().build_v1alpha();
    let earlier = earlier.map_err(|error| error.to_string())?;
    Ok(routes.add_service(reflection).add_service(earlier))
}

/// Who is a member: what officers say of it, and what nodes fetch; the books of all of them, and what audits took off.
fn directory(
    writer: &Arc<Writer>,
    (reloading, in_force): (&Reloading, &InForce),
    routes: Routes,
) -> Routes {
    let members = MemberGrpc {
        writer: Arc::clone(writer),
        reloading: reloading.clone(),
        in_force: in_force.clone(),
    };
    let directory =
        DirectoryServiceServer::new(members.clone()).max_encoding_message_size(MAX_MESSAGE_BYTES);
    let certificates = CertificateServiceServer::new(CertificateGrpc(reloading.clone()));
    routes
        .add_service(BooksServiceServer::new(BooksGrpc(Arc::clone(writer))))
        .add_service(DeductionOfficeServiceServer::new(DeductionOfficeGrpc::new(
            writer,
        )))
        .add_service(MemberServiceServer::new(members))
        .add_service(directory)
        .add_service(certificates)
}

/// What regions' nodes call beside reporting their legs.
fn of_nodes(
    writer: &Arc<Writer>,
    rules: DayRules,
    (credentials, clock): (CredentialStore, Arc<dyn Clock>),
    (reloading, routes): (&Reloading, Routes),
) -> Routes {
    let in_force = InForce {
        credentials: credentials.clone(),
        signer: writer.signer(),
        clock: Arc::clone(&clock),
    };
    let routes = directory(writer, (reloading, &in_force), routes);
    let attesting = AttestationServiceServer::new(AttestationGrpc(Arc::clone(writer)))
        .max_decoding_message_size(MAX_MESSAGE_BYTES);
    let tags = TagServiceServer::new(TagGrpc(Arc::clone(writer)))
        .max_decoding_message_size(MAX_MESSAGE_BYTES);
    let calling_up = CallUpServiceServer::new(CallUpGrpc {
        writer: Arc::clone(writer),
        credentials: credentials.clone(),
    });
    let witnessing = ProofServiceServer::new(ProofGrpc {
        writer: Arc::clone(writer),
        credentials: credentials.clone(),
        parts: Parts::new(),
        in_force: in_force.clone(),
    });
    let months = MonthServiceServer::new(MonthGrpc {
        writer: Arc::clone(writer),
        rules: rules.month,
        credentials: credentials.clone(),
        clock: Arc::clone(&clock),
        months: Months::default(),
        in_force: in_force.clone(),
    })
    .max_encoding_message_size(LARGEST_ANSWER_BYTES);
    let disputes = DisputeServiceServer::new(DisputeGrpc {
        writer: Arc::clone(writer),
        rules: rules.dispute,
        credentials,
        clock,
        in_force,
    })
    .max_encoding_message_size(LARGEST_ANSWER_BYTES);
    let prefunds = OwnPrefundServiceServer::new(OwnPrefundGrpc {
        writer: Arc::clone(writer),
        rules: rules.prefund,
    });
    routes
        .add_service(attesting)
        .add_service(prefunds)
        .add_service(OwnClearingServiceServer::new(OwnClearingGrpc::new(writer)))
        .add_service(tags)
        .add_service(calling_up)
        .add_service(witnessing)
        .add_service(months)
        .add_service(disputes)
}
