//! The one code generation, used by the `gen` chore and by the test that compares.

use std::error::Error;
use std::path::Path;

use prost::Message as _;

/// Every .proto file, by its path under `proto/`.
pub(crate) const FILES: &[&str] = &[
    "huitong/common/v1/backup.proto",
    "huitong/common/v1/certificate.proto",
    "huitong/common/v1/common.proto",
    "huitong/policy/v1/policy.proto",
    "huitong/settlement/v1/assistance.proto",
    "huitong/settlement/v1/claim.proto",
    "huitong/settlement/v1/deduction.proto",
    "huitong/settlement/v1/duplicate.proto",
    "huitong/settlement/v1/evidence.proto",
    "huitong/settlement/v1/expense_check.proto",
    "huitong/settlement/v1/external.proto",
    "huitong/settlement/v1/home.proto",
    "huitong/settlement/v1/institution.proto",
    "huitong/settlement/v1/institution_account.proto",
    "huitong/settlement/v1/payable.proto",
    "huitong/settlement/v1/people.proto",
    "huitong/settlement/v1/provisional.proto",
    "huitong/settlement/v1/recovery.proto",
    "huitong/settlement/v1/registry.proto",
    "huitong/settlement/v1/transfer.proto",
    "huitong/clearing/v1/attestation.proto",
    "huitong/clearing/v1/books.proto",
    "huitong/clearing/v1/clearing.proto",
    "huitong/clearing/v1/deduct.proto",
    "huitong/clearing/v1/dispute.proto",
    "huitong/clearing/v1/duplicate.proto",
    "huitong/clearing/v1/evidence.proto",
    "huitong/clearing/v1/exception.proto",
    "huitong/clearing/v1/member.proto",
    "huitong/clearing/v1/money.proto",
    "huitong/clearing/v1/month.proto",
    "huitong/clearing/v1/own_clearing.proto",
    "huitong/clearing/v1/payment.proto",
    "huitong/clearing/v1/prefund.proto",
    "huitong/clearing/v1/proof.proto",
];

/// Compiles the .proto files under `root` into `out`: one Rust file a package, and the descriptor set
/// that reflection serves.
pub(crate) fn generate(root: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    let descriptors = protox::compile(FILES, [root])?;
    std::fs::create_dir_all(out)?;
    std::fs::write(out.join("descriptors.bin"), descriptors.encode_to_vec())?;
    tonic_prost_build::configure()
        .out_dir(out)
        .btree_map(".")
        .extern_path(".huitong.clearing.v1.Leg", "crate::message::leg::Leg")
        .extern_path(
            ".huitong.clearing.v1.DeductionOf",
            "crate::message::report::DeductionOf",
        )
        .extern_path(
            ".huitong.clearing.v1.ReportLegsRequest",
            "crate::message::report::ReportLegsRequest",
        )
        .emit_rerun_if_changed(false)
        .compile_fds(descriptors)?;
    Ok(())
}
