//! The Import call: a header, then the file's bytes; read whole, brought in whole or refused row by row.

use huitong_core::date::ServiceDate;
use huitong_core::money::Fen;
use huitong_core::record::import::ImportKind;
use huitong_core::record::person::AskedBy;
use huitong_core::refusal::RefusalCode;
use huitong_proto::conversion::{Path, WireFault};
use huitong_proto::settlement::v1;
use tonic::{Status, Streaming};

use super::status::{malformed, refused};
use crate::compute::compute;
use crate::external::{ExternalDesk, Placed};
use crate::import::{
    Assembly, ControlSums, ExternalBatch, FileKind, ImportBatch, ImportHeader, Mode, RowFaults,
    Sound, read,
};
use crate::registry::Registry;

/// Reading a file is always long.
const AS_LONG_AS: usize = usize::MAX;

/// Takes a file and brings it in.
pub(super) async fn import(
    mut stream: Streaming<v1::ImportRequest>,
    registry: &Registry,
    externals: &ExternalDesk,
) -> Result<v1::ImportResponse, Status> {
    use v1::import_request::Part;
    let part = |message: Option<v1::ImportRequest>| message.and_then(|message| message.part);
    let Some(Part::Header(sent)) = part(stream.message().await?) else {
        return Err(malformed(&Path::root("header").missing()));
    };
    let mut assembly = Assembly::new(header(&sent).map_err(|fault| malformed(&fault))?);
    while let Some(message) = stream.message().await? {
        let Some(Part::Chunk(chunk)) = part(Some(message)) else {
            return Err(malformed(&Path::root("chunk").missing()));
        };
        assembly
            .take(&chunk)
            .map_err(|error| refused(RefusalCode::TooLarge, error))?;
    }
    let (header, bytes) = assembly.finish();
    match compute(AS_LONG_AS, || read(registry.region(), &header, &bytes)) {
        Err(faults) => Ok(refused_rows(&faults)),
        Ok(sound) => {
            let done = v1::ImportResponse {
                rows: sound.sums().rows,
                sum_fen: sound.sums().sum.get(),
                faults: Vec::new(),
                fault_count: 0,
                digest: sound.digest().as_bytes().to_vec(),
            };
            match sound {
                Sound::Registry(batch) => keep(batch, header.mode, registry).await?,
                Sound::Externals(batch) => {
                    let refused = note(&batch, header.mode, externals).await?;
                    if !refused.is_empty() {
                        return Ok(refused_rows(&batch.faults(&refused)));
                    }
                }
            }
            Ok(done)
        }
    }
}

async fn keep(batch: ImportBatch, mode: Mode, registry: &Registry) -> Result<(), Status> {
    match mode {
        Mode::DryRun => registry.check_import(&batch)?,
        Mode::Commit => {
            registry.apply_import(batch).await?;
        }
    }
    Ok(())
}

/// Records settlements, or only looks; what is refused of them.
async fn note(
    batch: &ExternalBatch,
    mode: Mode,
    externals: &ExternalDesk,
) -> Result<Vec<Placed>, Status> {
    let (by, settlements) = (AskedBy::File(batch.digest()), batch.settlements().to_vec());
    Ok(match mode {
        Mode::DryRun => externals.check(by, settlements)?,
        Mode::Commit => externals.note_all(by, settlements).await?,
    })
}

fn refused_rows(faults: &RowFaults) -> v1::ImportResponse {
    let listed = faults.listed().iter().map(|fault| v1::RowFault {
        line: fault.line,
        column: fault.column.clone(),
        message_zh: fault.zh.clone(),
        message_en: fault.en.clone(),
    });
    v1::ImportResponse {
        rows: 0,
        sum_fen: 0,
        faults: listed.collect(),
        fault_count: faults.count(),
        digest: Vec::new(),
    }
}

fn header(sent: &v1::ImportHeader) -> Result<ImportHeader, WireFault> {
    let path = Path::root("header");
    let as_of = match sent.as_of.as_str() {
        "" => None,
        text => Some(path.field("as_of").parse(text, ServiceDate::parse)?),
    };
    let sum: Fen = path.field("sum_fen").fen(sent.sum_fen)?;
    Ok(ImportHeader {
        kind: kind(sent.kind, path.field("kind"))?,
        as_of,
        sums: ControlSums {
            rows: sent.rows,
            sum,
        },
        mode: if sent.dry_run {
            Mode::DryRun
        } else {
            Mode::Commit
        },
    })
}

fn kind(number: i32, path: Path<'_>) -> Result<FileKind, WireFault> {
    let kind = v1::ImportKind::try_from(number).map_err(|_| path.wrong("is no kind of file"))?;
    Ok(match kind {
        v1::ImportKind::Unspecified => return Err(path.missing()),
        v1::ImportKind::Members => FileKind(ImportKind::Members),
        v1::ImportKind::Filings => FileKind(ImportKind::Filings),
        v1::ImportKind::OpeningTotals => FileKind(ImportKind::OpeningTotals),
        v1::ImportKind::Balances => FileKind(ImportKind::Balances),
        v1::ImportKind::Institutions => FileKind(ImportKind::Institutions),
        v1::ImportKind::Catalogue => FileKind(ImportKind::Catalogue),
        v1::ImportKind::Externals => FileKind(ImportKind::Externals),
    })
}
